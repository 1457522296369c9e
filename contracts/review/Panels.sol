// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PanelWord} from "../libraries/PanelWord.sol";
import {RosterWord, RosterWordLib} from "../libraries/RosterWord.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {Ballots} from "./Ballots.sol";
import {IReviewPanel} from "./IReviewPanel.sol";

/// @title Panels
/// @notice Engine of one drawn panel: who sits, what was sealed and revealed, and how its seats end.
library Panels {
    using Ballots for PanelWord;

    /// @notice State of a panel.
    /// @param word where it stands
    /// @param seats validators by seat, six a word
    /// @param votes the commitment of a seat, and once it is revealed the digest in its place
    struct Panel {
        PanelWord word;
        mapping(uint256 index => RosterWord word) seats;
        mapping(uint256 seat => bytes32 vote) votes;
    }

    /// @notice What becomes of the seats of a question's panels.
    /// @param validators who sat
    /// @param outcomes how each of these seats ends
    /// @param seats seats written so far
    struct Endings {
        uint40[] validators;
        IValidatorRegistry.SeatOutcome[] outcomes;
        uint256 seats;
    }

    /// @notice Seats `validators`; the panel votes from now on.
    function open(Panel storage self, uint40[] memory validators, uint40 drawer) internal {
        self.word = self.word.withDrawnAt(uint40(block.timestamp)).withSeats(uint8(validators.length)).withDrawer(
            drawer
        );
        store(self.seats, validators);
    }

    /// @notice Seals the vote of a seat.
    function commit(Panel storage self, uint256 seat, bytes32 commitment) internal {
        self.word = self.word.withCommit(seat);
        self.votes[seat] = commitment;
    }

    /// @notice Notes the vote of a seat.
    function reveal(Panel storage self, uint256 seat, bytes32 digest) internal {
        self.word = self.word.withReveal(seat);
        self.votes[seat] = digest;
    }

    /// @notice Ends a panel that comes to nothing: who revealed a vote leaves without consequence.
    function fail(Panel storage self) internal returns (Endings memory endings) {
        PanelWord word = self.word;
        self.word = word.withFailed(true);
        endings = endingsFor(word.seats());
        end(self, endings, IReviewPanel.Finding.None, 0);
    }

    /// @notice Adds the seats of this panel to `endings`, which has room for them.
    function end(
        Panel storage self,
        Endings memory endings,
        IReviewPanel.Finding finding,
        bytes32 digest
    ) internal view {
        PanelWord word = self.word;
        uint40[] memory validators = seatsOf(self);
        for (uint256 seat = 0; seat < validators.length; ++seat) {
            endings.validators[endings.seats] = validators[seat];
            endings.outcomes[endings.seats++] = word.outcomeOf(seat, self.votes[seat], finding, digest);
        }
    }

    /// @notice Empty endings with room for so many seats.
    function endingsFor(uint256 seats) internal pure returns (Endings memory) {
        return Endings(new uint40[](seats), new IValidatorRegistry.SeatOutcome[](seats), 0);
    }

    /// @notice Validator of a seat.
    function seatAt(Panel storage self, uint256 seat) internal view returns (uint40) {
        return self.seats[seat / RosterWordLib.IDS].idAt(seat % RosterWordLib.IDS);
    }

    /// @notice Validators in the order of their seats.
    function seatsOf(Panel storage self) internal view returns (uint40[] memory) {
        return load(self.seats, self.word.seats());
    }

    /// @notice What stands in the place of each seat's vote.
    function votesOf(Panel storage self) internal view returns (bytes32[] memory votes) {
        votes = new bytes32[](self.word.seats());
        for (uint256 seat = 0; seat < votes.length; ++seat) votes[seat] = self.votes[seat];
    }

    /// @notice Where a drawn panel stands: Committing, Revealing or Counting.
    /// @dev The last second of a window belongs to it. A panel can be counted as soon as no vote can come any more.
    function statusOf(
        PanelWord word,
        uint256 commitEnd,
        uint256 revealEnd
    ) internal view returns (IReviewPanel.Status) {
        if (block.timestamp <= commitEnd && !word.allCommitted()) return IReviewPanel.Status.Committing;
        bool complete = word.revealed() == word.committed();
        return complete || block.timestamp > revealEnd ? IReviewPanel.Status.Counting : IReviewPanel.Status.Revealing;
    }

    // Rosters

    /// @notice Writes a list of ids, six a word.
    function store(mapping(uint256 index => RosterWord word) storage roster, uint40[] memory ids) internal {
        for (uint256 first = 0; first < ids.length; first += RosterWordLib.IDS) {
            RosterWord word = RosterWord.wrap(0);
            for (uint256 place = 0; place < RosterWordLib.IDS && first + place < ids.length; ++place) {
                word = word.withId(place, ids[first + place]);
            }
            roster[first / RosterWordLib.IDS] = word;
        }
    }

    /// @notice The first `count` ids of a list.
    function load(
        mapping(uint256 index => RosterWord word) storage roster,
        uint256 count
    ) internal view returns (uint40[] memory ids) {
        ids = new uint40[](count);
        for (uint256 first = 0; first < count; first += RosterWordLib.IDS) {
            RosterWord word = roster[first / RosterWordLib.IDS];
            for (uint256 place = 0; place < RosterWordLib.IDS && first + place < count; ++place) {
                ids[first + place] = word.idAt(place);
            }
        }
    }
}
