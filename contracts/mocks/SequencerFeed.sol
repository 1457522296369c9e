// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISequencerFeed} from "../market/ISequencerFeed.sol";

/// @title SequencerFeed
/// @notice Test double of Chainlink's uptime feed.
contract SequencerFeed is ISequencerFeed {
    error FeedBroken();

    int256 private _answer;
    uint256 private _startedAt;
    bool private _broken;

    function set(int256 answer, uint256 startedAt) external {
        _answer = answer;
        _startedAt = startedAt;
    }

    function setBroken(bool broken) external {
        _broken = broken;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        if (_broken) revert FeedBroken();
        return (1, _answer, _startedAt, block.timestamp, 1);
    }
}
