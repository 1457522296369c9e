// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IStakeVotes
/// @notice What the GpuRegistry tells the ledger of votes.
interface IStakeVotes {
    /// @notice Registry call: the stake in force of an owner who delegated changed.
    /// @param owner vault account of the owner
    /// @param oldStake token wei before
    /// @param newStake token wei after
    function stakeChanged(uint40 owner, uint256 oldStake, uint256 newStake) external;
}
