// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommonsGuardian} from "./ICommonsGuardian.sol";

/// @title ICommonsGovernor
/// @notice What the governor adds to OpenZeppelin's (SPEC 11); `propose`, `castVote`, `queue`, `execute` and `cancel`
/// are theirs (IGovernor).
/// @dev A description ends with `#proposer=0x` and the 40 hexadecimal digits of whoever proposes it, so that nobody can
/// propose somebody else's words first to cancel them. A line `Discussion: <URI>` in it names where it is talked about.
///
/// Who may cancel: the proposer before the vote begins; the guardian while there is one; anyone before the vote is over
/// when the proposer's votes have fallen below the threshold. What was voted is not undone by what its proposer holds
/// later.
interface ICommonsGovernor {
    /// @notice What governance may change, with its default and bounds.
    /// @param votingDelay seconds from the proposal to the snapshot: 2 d, 1..14 d
    /// @param votingPeriod seconds of the vote: 5 d, 3..14 d
    /// @param lateExtension seconds that are left at least after the quorum is reached: 2 d, 1..3 d
    /// @param thresholdBps votes that a proposer needs, basis points of the supply: 10, 1..100
    /// @param quorumBps votes for and abstaining that a decision needs, basis points of the supply: 200, 100..1,000
    struct Settings {
        uint48 votingDelay;
        uint32 votingPeriod;
        uint48 lateExtension;
        uint256 thresholdBps;
        uint256 quorumBps;
    }

    /// @notice Thrown when a setting is outside its bounds.
    error GovernorOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Thrown when the proposer has a proposal that is not voted on yet.
    error GovernorProposalLive(address proposer, uint256 proposalId);

    /// @notice The guardian.
    function guardian() external view returns (ICommonsGuardian);

    /// @notice Newest proposal of a proposer, zero for none.
    function latestProposalOf(address proposer) external view returns (uint256);

    /// @notice Share of the supply that a proposer needs, basis points; `setProposalThreshold` sets it.
    function thresholdBps() external view returns (uint256);
}
