// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AskerWord} from "../../libraries/AskerWord.sol";
import {PanelWord} from "../../libraries/PanelWord.sol";
import {QuestionWord} from "../../libraries/QuestionWord.sol";
import {RosterWord} from "../../libraries/RosterWord.sol";
import {IValidatorRegistry} from "../../registry/IValidatorRegistry.sol";
import {Ballots} from "../../review/Ballots.sol";
import {IReviewPanel} from "../../review/IReviewPanel.sol";

/// @title ReviewWords
/// @notice Test double: the packed words of review and the tally over them, for tests to call.
contract ReviewWords {
    // QuestionWord

    function readQuestion(QuestionWord word) external pure returns (uint256[] memory all) {
        all = new uint256[](16);
        all[0] = word.stage();
        all[1] = word.instance();
        all[2] = word.redrawn() ? 1 : 0;
        all[3] = word.finding();
        all[4] = word.seats();
        all[5] = word.domain();
        all[6] = word.byFallback() ? 1 : 0;
        all[7] = word.confirmed() ? 1 : 0;
        all[8] = word.appealFailed() ? 1 : 0;
        all[9] = word.owners();
        all[10] = word.length();
        all[11] = word.frozenAt();
        all[12] = word.round();
        all[13] = word.decidedAt();
        all[14] = word.deadline();
        all[15] = word.lot();
    }

    function questionWithStage(QuestionWord word, uint8 value) external pure returns (QuestionWord) {
        return word.withStage(value);
    }

    function questionWithInstance(QuestionWord word, uint8 value) external pure returns (QuestionWord) {
        return word.withInstance(value);
    }

    function questionWithRedrawn(QuestionWord word, bool value) external pure returns (QuestionWord) {
        return word.withRedrawn(value);
    }

    function questionWithFinding(QuestionWord word, uint8 value) external pure returns (QuestionWord) {
        return word.withFinding(value);
    }

    function questionWithSeats(QuestionWord word, uint8 value) external pure returns (QuestionWord) {
        return word.withSeats(value);
    }

    function questionWithDomain(QuestionWord word, uint8 value) external pure returns (QuestionWord) {
        return word.withDomain(value);
    }

    function questionWithByFallback(QuestionWord word, bool value) external pure returns (QuestionWord) {
        return word.withByFallback(value);
    }

    function questionWithConfirmed(QuestionWord word, bool value) external pure returns (QuestionWord) {
        return word.withConfirmed(value);
    }

    function questionWithAppealFailed(QuestionWord word, bool value) external pure returns (QuestionWord) {
        return word.withAppealFailed(value);
    }

    function questionWithOwners(QuestionWord word, uint16 value) external pure returns (QuestionWord) {
        return word.withOwners(value);
    }

    function questionWithLength(QuestionWord word, uint16 value) external pure returns (QuestionWord) {
        return word.withLength(value);
    }

    function questionWithFrozenAt(QuestionWord word, uint40 value) external pure returns (QuestionWord) {
        return word.withFrozenAt(value);
    }

    function questionWithRound(QuestionWord word, uint32 value) external pure returns (QuestionWord) {
        return word.withRound(value);
    }

    function questionWithDecidedAt(QuestionWord word, uint40 value) external pure returns (QuestionWord) {
        return word.withDecidedAt(value);
    }

    function questionWithDeadline(QuestionWord word, uint40 value) external pure returns (QuestionWord) {
        return word.withDeadline(value);
    }

    function questionWithLot(QuestionWord word, uint48 value) external pure returns (QuestionWord) {
        return word.withLot(value);
    }

    // AskerWord

    function readAsker(AskerWord word) external pure returns (uint256[] memory all) {
        all = new uint256[](4);
        all[0] = uint160(word.asker());
        all[1] = word.commitSeconds();
        all[2] = word.revealSeconds();
        all[3] = word.appealSeconds();
    }

    function askerWithAsker(AskerWord word, address value) external pure returns (AskerWord) {
        return word.withAsker(value);
    }

    function askerWithCommitSeconds(AskerWord word, uint24 value) external pure returns (AskerWord) {
        return word.withCommitSeconds(value);
    }

    function askerWithRevealSeconds(AskerWord word, uint24 value) external pure returns (AskerWord) {
        return word.withRevealSeconds(value);
    }

    function askerWithAppealSeconds(AskerWord word, uint24 value) external pure returns (AskerWord) {
        return word.withAppealSeconds(value);
    }

    // PanelWord

    function readPanel(PanelWord word) external pure returns (uint256[] memory all) {
        all = new uint256[](7);
        all[0] = word.drawnAt();
        all[1] = word.seats();
        all[2] = word.committed();
        all[3] = word.revealed();
        all[4] = word.drawer();
        all[5] = word.voted() ? 1 : 0;
        all[6] = word.failed() ? 1 : 0;
    }

    function panelWithDrawnAt(PanelWord word, uint40 value) external pure returns (PanelWord) {
        return word.withDrawnAt(value);
    }

    function panelWithSeats(PanelWord word, uint8 value) external pure returns (PanelWord) {
        return word.withSeats(value);
    }

    function panelWithCommitted(PanelWord word, uint32 value) external pure returns (PanelWord) {
        return word.withCommitted(value);
    }

    function panelWithRevealed(PanelWord word, uint32 value) external pure returns (PanelWord) {
        return word.withRevealed(value);
    }

    function panelWithDrawer(PanelWord word, uint40 value) external pure returns (PanelWord) {
        return word.withDrawer(value);
    }

    function panelWithVoted(PanelWord word, bool value) external pure returns (PanelWord) {
        return word.withVoted(value);
    }

    function panelWithFailed(PanelWord word, bool value) external pure returns (PanelWord) {
        return word.withFailed(value);
    }

    function questionPanel(QuestionWord word) external pure returns (uint256) {
        return word.panel();
    }

    function askerVoting(AskerWord word) external pure returns (uint256) {
        return word.voting();
    }

    function panelSeat(PanelWord word, uint256 seat) external pure returns (bool committed, bool revealed) {
        return (word.hasCommitted(seat), word.hasRevealed(seat));
    }

    function panelWithCommit(PanelWord word, uint256 seat) external pure returns (PanelWord) {
        return word.withCommit(seat);
    }

    function panelWithReveal(PanelWord word, uint256 seat) external pure returns (PanelWord) {
        return word.withReveal(seat);
    }

    function panelAllCommitted(PanelWord word) external pure returns (bool) {
        return word.allCommitted();
    }

    // RosterWord

    function rosterIdAt(RosterWord word, uint256 place) external pure returns (uint40) {
        return word.idAt(place);
    }

    function rosterWithId(RosterWord word, uint256 place, uint40 value) external pure returns (RosterWord) {
        return word.withId(place, value);
    }

    // Ballots

    function fallsShort(PanelWord panel) external pure returns (bool) {
        return Ballots.fallsShort(panel);
    }

    function tally(
        PanelWord panel,
        bytes32[] memory votes,
        bytes32 claim
    ) external pure returns (IReviewPanel.Finding finding, bytes32 digest) {
        return Ballots.tally(panel, votes, claim);
    }

    function outcomeOf(
        PanelWord panel,
        uint256 seat,
        bytes32 vote,
        IReviewPanel.Finding finding,
        bytes32 digest
    ) external pure returns (IValidatorRegistry.SeatOutcome) {
        return Ballots.outcomeOf(panel, seat, vote, finding, digest);
    }
}
