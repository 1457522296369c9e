// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AskerWord} from "../libraries/AskerWord.sol";
import {PanelWord} from "../libraries/PanelWord.sol";
import {QuestionWord} from "../libraries/QuestionWord.sol";
import {RosterWord, RosterWordLib} from "../libraries/RosterWord.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {Ballots} from "./Ballots.sol";
import {IReviewPanel} from "./IReviewPanel.sol";
import {Panels} from "./Panels.sol";

/// @title Questions
/// @notice Engine of one question: its life from the asking to the close, and its panels.
/// @dev Calls no other contract. Whoever calls brings what beacon and registry say and passes on how seats end.
library Questions {
    using Ballots for PanelWord;
    using Panels for Panels.Panel;

    /// @notice Stages that a question reaches; Voting is Committing, Revealing or Counting, as the time says.
    enum Stage {
        None,
        Waiting,
        Voting,
        Decided,
        Closed
    }

    /// @notice State of a question.
    /// @param word where it stands
    /// @param terms who asked, and the windows as they were then
    /// @param claim digest under review
    /// @param rightDigest digest of the last Invalid verdict
    /// @param parties who never sits, the appellant included
    /// @param panels at most four: the first and the second panel of instance 0, then those of instance 1
    struct Question {
        QuestionWord word;
        AskerWord terms;
        bytes32 claim;
        bytes32 rightDigest;
        mapping(uint256 index => RosterWord word) parties;
        mapping(uint256 number => Panels.Panel) panels;
    }

    /// @notice A pool as it is in this second, and the round that draws from it.
    struct Pool {
        uint16 length;
        uint16 owners;
        uint32 round;
    }

    /// @notice What closing a question comes to.
    struct Result {
        IReviewPanel.Finding finding;
        bytes32 digest;
        uint40[] payees;
        uint256 seats;
    }

    /// @notice Seconds for which the registry can draw from a frozen pool.
    uint256 internal constant FREEZE = 3 days;

    /// @notice Parties that a question can name.
    uint256 internal constant MAX_PARTIES = 8;

    /// @dev Panels of a question.
    uint256 private constant PANELS = 4;

    /// @dev A pool of fewer owners a seat condemns nobody alone.
    uint256 private constant OWNERS_PER_SEAT = 3;

    // Life

    /// @notice Writes a new question; `bind` makes it wait.
    function ask(Question storage self, IReviewPanel.AskRequest calldata request, AskerWord terms) internal {
        self.terms = terms;
        self.claim = request.claim;
        Panels.store(self.parties, request.parties);
    }

    /// @notice Waiting: the present panel is drawn from `pool`.
    function bind(Question storage self, bytes32 id, QuestionWord word, Pool memory pool) internal {
        word = word.withFrozenAt(uint40(block.timestamp)).withLength(pool.length).withOwners(pool.owners).withLot(0);
        _enter(self, word.withRound(pool.round), Stage.Waiting);
        emit IReviewPanel.PanelBound(id, word.instance(), word.redrawn(), word.seats(), pool.owners, pool.round);
    }

    /// @notice Voting: `validators` sit.
    function seat(
        Question storage self,
        bytes32 id,
        QuestionWord word,
        uint40[] memory validators,
        uint40 drawer
    ) internal {
        _enter(self, word, Stage.Voting);
        self.panels[word.panel()].open(validators, drawer);
        emit IReviewPanel.PanelDrawn(id, word.round(), msg.sender, validators);
    }

    /// @notice Decided: by the votes of a panel that does not fall short.
    function decide(Question storage self, bytes32 id, QuestionWord word) internal {
        Panels.Panel storage panel = self.panels[word.panel()];
        PanelWord votes = panel.word;
        (IReviewPanel.Finding finding, bytes32 digest) = votes.tally(panel.votesOf(), self.claim);
        panel.word = votes.withVoted(true);
        if (finding == IReviewPanel.Finding.Invalid) self.rightDigest = digest;
        _decided(self, id, word.withFinding(uint8(finding)));
    }

    /// @notice Decided: both panels of the instance came to nothing. The verdict that was appealed stands, if any.
    function decideWithout(Question storage self, bytes32 id, QuestionWord word) internal {
        _decided(self, id, word.withAppealFailed(word.instance() == 1));
    }

    /// @notice Waiting again, for a panel that is twice as large and one more.
    /// @dev The arbiter confirmed a verdict that is open again.
    function appeal(Question storage self, QuestionWord word, uint40 appellant) internal returns (QuestionWord) {
        (uint256 index, uint256 place) = (MAX_PARTIES / RosterWordLib.IDS, MAX_PARTIES % RosterWordLib.IDS);
        self.parties[index] = self.parties[index].withId(place, appellant);
        return word.withInstance(1).withRedrawn(false).withSeats(2 * word.seats() + 1).withConfirmed(false);
    }

    /// @notice An arbiter lets guilt count, or not.
    function confirm(Question storage self, QuestionWord word, bool confirmed) internal {
        word = confirmed ? word.withConfirmed(true) : word.withFinding(uint8(IReviewPanel.Finding.None));
        _enter(self, word, Stage.Decided);
    }

    /// @notice Closed: with the verdict so far in time, else with none.
    function close(
        Question storage self,
        bytes32 id,
        QuestionWord word
    ) internal returns (Result memory result, Panels.Endings memory endings) {
        if (isLate(word)) word = word.withFinding(uint8(IReviewPanel.Finding.None));
        (result.finding, result.digest) = verdictOf(self, word);
        _enter(self, word, Stage.Closed);
        emit IReviewPanel.QuestionClosed(id, result.finding, result.digest);
        endings = _endSeats(self, result);
    }

    // Views

    /// @notice The panel that waits, votes or voted last.
    function present(Question storage self) internal view returns (Panels.Panel storage) {
        return self.panels[self.word.panel()];
    }

    /// @notice Where the question stands now.
    function statusOf(Question storage self, QuestionWord word) internal view returns (IReviewPanel.Status) {
        Stage stage = Stage(word.stage());
        if (stage == Stage.Voting) {
            (uint256 commitEnd, uint256 revealEnd) = windowsOf(self, word);
            return Panels.statusOf(self.panels[word.panel()].word, commitEnd, revealEnd);
        }
        if (stage == Stage.Waiting) return IReviewPanel.Status.Waiting;
        if (stage == Stage.Decided) return IReviewPanel.Status.Decided;
        return stage == Stage.Closed ? IReviewPanel.Status.Closed : IReviewPanel.Status.None;
    }

    /// @notice The question's word, if it stands where `wanted` says.
    function inStatus(
        Question storage self,
        bytes32 id,
        IReviewPanel.Status wanted
    ) internal view returns (QuestionWord word) {
        word = self.word;
        IReviewPanel.Status status = statusOf(self, word);
        if (status != wanted) revert IReviewPanel.PanelWrongStatus(id, status);
    }

    /// @notice Last seconds for commits and reveals of the present panel, 0 before its draw.
    function windowsOf(
        Question storage self,
        QuestionWord word
    ) internal view returns (uint256 commitEnd, uint256 revealEnd) {
        uint256 drawnAt = self.panels[word.panel()].word.drawnAt();
        if (drawnAt == 0) return (0, 0);
        AskerWord terms = self.terms;
        commitEnd = drawnAt + terms.commitSeconds();
        revealEnd = commitEnd + terms.revealSeconds();
    }

    /// @notice Last second for an appeal, 0 when there is nothing to appeal.
    function appealEndOf(Question storage self, QuestionWord word) internal view returns (uint256) {
        bool appealable = word.stage() == uint8(Stage.Decided) && word.instance() == 0 && word.finding() != 0;
        return appealable ? uint256(word.decidedAt()) + self.terms.appealSeconds() : 0;
    }

    /// @notice Last second in which a panel can be drawn so that it can vote before the deadline.
    function lastDrawOf(Question storage self, QuestionWord word) internal view returns (uint256) {
        // Deadlines lie ahead of the asking; the windows are hours.
        return word.deadline() - self.terms.voting();
    }

    /// @notice Whether a panel that is drawn now can vote before the deadline.
    function hasTime(Question storage self, QuestionWord word) internal view returns (bool) {
        return block.timestamp <= lastDrawOf(self, word);
    }

    /// @notice Whether a verdict is of no use any more.
    function isLate(QuestionWord word) internal view returns (bool) {
        return block.timestamp > word.deadline();
    }

    /// @notice Verdict so far and the digest that it names: the claim, the right one, or zero.
    function verdictOf(
        Question storage self,
        QuestionWord word
    ) internal view returns (IReviewPanel.Finding finding, bytes32 digest) {
        finding = IReviewPanel.Finding(word.finding());
        if (finding == IReviewPanel.Finding.Valid) digest = self.claim;
        if (finding == IReviewPanel.Finding.Invalid) digest = self.rightDigest;
    }

    /// @notice Whether the verdict is guilt that does not count without an arbiter.
    function needsConfirmation(QuestionWord word) internal pure returns (bool) {
        bool stands = word.stage() >= uint8(Stage.Decided);
        bool small = word.owners() < OWNERS_PER_SEAT * word.seats();
        bool guilt = word.finding() > uint8(IReviewPanel.Finding.Valid);
        return stands && guilt && (word.byFallback() || small || word.appealFailed());
    }

    /// @notice Who may not sit on the present panel: the parties, the appellant, and who sat on a panel before.
    function excludedOf(Question storage self, QuestionWord word) internal view returns (uint40[] memory excluded) {
        uint256 count = MAX_PARTIES + 1;
        for (uint256 i = 0; i < word.panel(); ++i) count += self.panels[i].word.seats();
        excluded = new uint40[](count);
        count = _append(excluded, 0, Panels.load(self.parties, MAX_PARTIES + 1));
        for (uint256 i = 0; i < word.panel(); ++i) count = _append(excluded, count, self.panels[i].seatsOf());
    }

    // Private

    /// @dev All changes of stage.
    function _enter(Question storage self, QuestionWord word, Stage stage) private {
        self.word = word.withStage(uint8(stage));
    }

    function _decided(Question storage self, bytes32 id, QuestionWord word) private {
        _enter(self, word.withDecidedAt(uint40(block.timestamp)), Stage.Decided);
        (IReviewPanel.Finding finding, bytes32 digest) = verdictOf(self, word);
        emit IReviewPanel.QuestionDecided(id, word.instance(), finding, digest);
    }

    /// @dev Seats of panels that failed were ended then. One that was not counted in time votes for nothing.
    function _endSeats(
        Question storage self,
        Result memory result
    ) private view returns (Panels.Endings memory endings) {
        endings = Panels.endingsFor(_openSeats(self));
        uint40[] memory drawers = new uint40[](PANELS);
        uint256 count;
        for (uint256 i = 0; i < PANELS; ++i) {
            Panels.Panel storage panel = self.panels[i];
            PanelWord word = panel.word;
            if (word.failed()) continue;
            panel.end(endings, result.finding, result.digest);
            if (!word.voted()) continue;
            result.seats += word.seats();
            if (word.drawer() != 0) drawers[count++] = word.drawer();
        }
        result.payees = _payeesOf(drawers, count, endings);
    }

    /// @dev Seats that the registry still counts as taken.
    function _openSeats(Question storage self) private view returns (uint256 open) {
        for (uint256 i = 0; i < PANELS; ++i) {
            PanelWord word = self.panels[i].word;
            if (!word.failed()) open += word.seats();
        }
    }

    /// @dev The first `count` drawers, then whoever was coherent.
    function _payeesOf(
        uint40[] memory drawers,
        uint256 count,
        Panels.Endings memory endings
    ) private pure returns (uint40[] memory payees) {
        uint40[] memory coherent = new uint40[](endings.seats);
        uint256 found;
        for (uint256 i = 0; i < endings.seats; ++i) {
            bool isRight = endings.outcomes[i] == IValidatorRegistry.SeatOutcome.Coherent;
            if (isRight) coherent[found++] = endings.validators[i];
        }
        payees = new uint40[](count + found);
        for (uint256 i = 0; i < count; ++i) payees[i] = drawers[i];
        for (uint256 i = 0; i < found; ++i) payees[count + i] = coherent[i];
    }

    /// @dev Copies `ids` behind the first `count` of `all`.
    function _append(uint40[] memory all, uint256 count, uint40[] memory ids) private pure returns (uint256) {
        for (uint256 i = 0; i < ids.length; ++i) all[count++] = ids[i];
        return count;
    }
}
