// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IReviewPanel} from "./IReviewPanel.sol";

/// @title Ballots
/// @notice What the votes of a panel add up to (SPEC 7). Pure.
/// @dev A vote is the digest that a seat found: the claim, another one, or zero for content that cannot be had. Panels
/// have at most 31 seats, so that comparing all pairs is cheap enough and needs no order.
library Ballots {
    /// @notice Whether enough of all seats revealed their vote: at least half.
    function isQuorate(uint256 revealed, uint256 seats) internal pure returns (bool) {
        return revealed * 2 >= seats;
    }

    /// @notice Verdict of a quorate panel. Guilt is what more than half of all seats agree on; else the claim stands.
    /// @param votes revealed votes
    /// @param seats all seats, revealed or not
    /// @param claim digest under review
    /// @return finding verdict
    /// @return digest digest that it names
    function count(
        bytes32[] memory votes,
        uint256 seats,
        bytes32 claim
    ) internal pure returns (IReviewPanel.Finding finding, bytes32 digest) {
        // Only one digest can have more than half.
        for (uint256 i = 0; i < votes.length; ++i) {
            if (_findingOf(votes[i], claim) == IReviewPanel.Finding.Valid) continue;
            if (_timesFrom(votes, i) * 2 > seats) return (_findingOf(votes[i], claim), votes[i]);
        }
        return (IReviewPanel.Finding.Valid, claim);
    }

    /// @notice Whether a vote says what the verdict says; a wrong result has to be wrong in the same way.
    function isCoherent(
        bytes32 vote,
        bytes32 claim,
        IReviewPanel.Finding finding,
        bytes32 digest
    ) internal pure returns (bool) {
        return _findingOf(vote, claim) == finding && vote == digest;
    }

    /// @dev Zero is never right, not even when the claim is zero: such content cannot be had.
    function _findingOf(bytes32 vote, bytes32 claim) private pure returns (IReviewPanel.Finding) {
        if (vote == bytes32(0)) return IReviewPanel.Finding.Unavailable;
        return vote == claim ? IReviewPanel.Finding.Valid : IReviewPanel.Finding.Invalid;
    }

    /// @dev How often the vote at `first` occurs from there on.
    function _timesFrom(bytes32[] memory votes, uint256 first) private pure returns (uint256 times) {
        bytes32 vote = votes[first];
        for (uint256 i = first; i < votes.length; ++i) {
            if (votes[i] == vote) ++times;
        }
    }
}
