// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ISequencerFeed
/// @notice The one function of Chainlink's feed interface that is read: the L2 sequencer uptime feed
/// (docs.chain.link/data-feeds/l2-sequencer-feeds). answer 0 = up, 1 = down; startedAt = when that began.
interface ISequencerFeed {
    /// @notice Latest status and since when it holds.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
