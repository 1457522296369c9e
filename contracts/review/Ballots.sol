// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PanelWord} from "../libraries/PanelWord.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {IReviewPanel} from "./IReviewPanel.sol";

/// @title Ballots
/// @notice What the votes of a panel say, and what each seat has earned by its own.
/// @dev Pure. A vote is the digest that a seat revealed; `votes` has one place per seat, and places of seats that did
/// not reveal mean nothing. Zero always says that the content cannot be had, also when zero is claimed.
library Ballots {
    /// @notice Whether so few votes were revealed that the panel says nothing: less than half of its seats.
    function fallsShort(PanelWord panel) internal pure returns (bool) {
        uint256 revealed;
        for (uint256 rest = panel.revealed(); rest != 0; rest &= rest - 1) ++revealed;
        return 2 * revealed < panel.seats();
    }

    /// @notice What a panel that does not fall short finds about `claim`.
    /// @return finding Invalid or Unavailable when more than half of all seats agree on it, else Valid
    /// @return digest what those seats named; the claim when it is Valid
    function tally(
        PanelWord panel,
        bytes32[] memory votes,
        bytes32 claim
    ) internal pure returns (IReviewPanel.Finding finding, bytes32 digest) {
        digest = _candidate(panel, votes);
        bool isClaim = digest == claim && digest != 0;
        if (isClaim || 2 * _count(panel, votes, digest) <= panel.seats()) {
            return (IReviewPanel.Finding.Valid, claim);
        }
        return (digest == 0 ? IReviewPanel.Finding.Unavailable : IReviewPanel.Finding.Invalid, digest);
    }

    /// @notice How a seat ends under a final verdict. Without one nobody was right or wrong, only silent or not.
    function outcomeOf(
        PanelWord panel,
        uint256 seat,
        bytes32 vote,
        IReviewPanel.Finding finding,
        bytes32 digest
    ) internal pure returns (IValidatorRegistry.SeatOutcome) {
        if (!panel.hasRevealed(seat)) return IValidatorRegistry.SeatOutcome.Silent;
        if (finding == IReviewPanel.Finding.None) return IValidatorRegistry.SeatOutcome.Void;
        // A verdict names one digest: the claim, the right one, or zero. Where zero was claimed and stands, nobody said
        // so: votes of zero spoke of content that cannot be had.
        bool names = vote == digest && (vote != 0 || finding == IReviewPanel.Finding.Unavailable);
        return names ? IValidatorRegistry.SeatOutcome.Coherent : IValidatorRegistry.SeatOutcome.Incoherent;
    }

    /// @dev The only digest that more than half of the revealed votes can name: pairs of different votes cancel each
    /// other, and a majority is not cancelled out.
    function _candidate(PanelWord panel, bytes32[] memory votes) private pure returns (bytes32 candidate) {
        uint256 lead;
        for (uint256 seat = 0; seat < votes.length; ++seat) {
            if (!panel.hasRevealed(seat)) continue;
            if (lead == 0) candidate = votes[seat];
            if (votes[seat] == candidate) ++lead;
            else --lead;
        }
    }

    function _count(PanelWord panel, bytes32[] memory votes, bytes32 digest) private pure returns (uint256 count) {
        for (uint256 seat = 0; seat < votes.length; ++seat) {
            if (panel.hasRevealed(seat) && votes[seat] == digest) ++count;
        }
    }
}
