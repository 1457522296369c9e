// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PanelWord} from "../libraries/PanelWord.sol";
import {QuestionWord, QuestionWordLib} from "../libraries/QuestionWord.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {Ballots} from "./Ballots.sol";
import {IReviewPanel} from "./IReviewPanel.sol";

/// @title Questions
/// @notice Engine of the review panel: a question, its panels, and how one follows from the other.
/// @dev Stages: Waiting -> Voting -> Decided -> Closed; a panel that comes to nothing leads back to Waiting or to
/// Decided, an appeal from Decided back to Waiting. Windows of voting are derived from the time of the draw.
library Questions {
    /// @notice Fixed when the question is asked, one slot beside the claim.
    struct Terms {
        address asker;
        uint24 commitSeconds;
        uint24 revealSeconds;
        uint24 appealSeconds;
    }

    /// @notice Seats and votes. A ballot holds the commitment, and the digest once it is revealed.
    struct Panel {
        PanelWord word;
        uint40[] seats;
        mapping(uint256 seat => bytes32 vote) ballots;
    }

    /// @notice All that is kept of a question. `digest` goes with the finding in its word; panels by
    /// instance * 2 + redrawn.
    struct Question {
        QuestionWord word;
        Terms terms;
        bytes32 claim;
        bytes32 digest;
        uint40 appellant;
        uint40[] parties;
        mapping(uint256 index => Panel panel) panels;
    }

    /// @notice The contracts that a panel works with.
    struct Modules {
        IRandomnessBeacon beacon;
        IValidatorRegistry validators;
    }

    /// @notice A pool can be drawn from for less than this; as in the registry of validators.
    uint256 internal constant FREEZE = 3 days;
    /// @notice Owners for each seat from which on a panel needs nobody's confirmation.
    uint256 internal constant OWNERS_PER_SEAT = 3;
    /// @notice Panels that a question can have.
    uint256 internal constant PANELS = 4;

    /// @dev As many as the longest list has places.
    uint16 private constant TRIES = 4_096;
    bytes32 private constant DRAW_DOMAIN = keccak256("GPU Commons ReviewPanel draw");

    // Binding and drawing

    /// @notice Freezes the pool in this second and binds the question to the beacon's next round.
    function bind(Question storage self, Modules memory m, bytes32 id, QuestionWord word) internal {
        (uint16 length, uint16 owners) = m.validators.poolOf(word.domain());
        uint32 round = m.beacon.currentRound() + 1;
        word = word.withStage(QuestionWordLib.WAITING).withFrozenAt(uint40(block.timestamp)).withRound(round);
        self.word = word.withLength(length).withOwners(owners);
        emit IReviewPanel.PanelBound(id, instanceOf(word), word.redrawn(), word.seats(), owners, round);
    }

    /// @notice See IReviewPanel.rebind.
    function rebind(Question storage self, Modules memory m, bytes32 id) internal {
        QuestionWord word = requireStage(self, id, QuestionWordLib.WAITING);
        bool isStale = block.timestamp >= word.frozenAt() + FREEZE;
        if (!isStale && _isAlive(m, word.round())) revert IReviewPanel.PanelRoundAlive(id, word.round());
        bind(self, m, id, word);
    }

    /// @notice See IReviewPanel.draw.
    /// @param drawer account of the caller, 0 for none
    function draw(Question storage self, Modules memory m, bytes32 id, uint40 drawer) internal {
        QuestionWord word = requireStage(self, id, QuestionWordLib.WAITING);
        uint32 round = word.round();
        (IRandomnessBeacon.RoundStatus status, , , bool byFallback) = m.beacon.roundInfo(round);
        if (status != IRandomnessBeacon.RoundStatus.Answered) revert IReviewPanel.PanelRoundUnanswered(id, round);
        if (block.timestamp >= word.frozenAt() + FREEZE) {
            revert IReviewPanel.PanelTooLate(id, word.frozenAt() + FREEZE - 1);
        }
        if (!_fits(self, word)) {
            fail(self, m, id, word);
            return;
        }

        uint40[] memory seats = _takeSeats(self, m, id, word);
        if (seats.length != word.seats()) {
            m.validators.endSeats(seats, _same(seats.length, IValidatorRegistry.SeatOutcome.Void));
            fail(self, m, id, word);
            return;
        }
        Panel storage panel = self.panels[indexOf(word)];
        panel.word = PanelWord
            .wrap(0)
            .withDrawnAt(uint40(block.timestamp))
            .withDrawer(drawer)
            .withRound(round)
            .withByFallback(byFallback);
        panel.seats = seats;
        self.word = word.withStage(QuestionWordLib.VOTING);
        emit IReviewPanel.PanelDrawn(id, round, msg.sender, seats);
    }

    /// @notice A panel came to nothing: a new one is drawn once; after that there is no verdict, or, of an appeal, the
    /// verdict stands that it was raised against, and an arbiter has to confirm its guilt.
    function fail(Question storage self, Modules memory m, bytes32 id, QuestionWord word) internal {
        emit IReviewPanel.PanelFailed(id, instanceOf(word), word.redrawn());
        if (!word.redrawn() && _fits(self, word)) {
            bind(self, m, id, word.withRedrawn(true));
            return;
        }
        IReviewPanel.Finding finding = IReviewPanel.Finding(word.finding());
        _decide(self, id, word.withNeedsConfirmation(isGuilt(finding)), finding, self.digest);
    }

    // Votes

    /// @notice See IReviewPanel.tally.
    function tally(Question storage self, Modules memory m, bytes32 id) internal {
        QuestionWord word = requireStatus(self, id, IReviewPanel.Status.Counting);
        Panel storage panel = self.panels[indexOf(word)];
        PanelWord cast = panel.word;
        uint256 seats = word.seats();
        bytes32[] memory votes = _votes(panel, cast.revealed(), seats);
        if (!Ballots.isQuorate(votes.length, seats)) {
            panel.word = cast.withEnded(true);
            m.validators.endSeats(panel.seats, _failedOutcomes(cast, seats));
            fail(self, m, id, word);
            return;
        }
        panel.word = cast.withVoted(true);
        (IReviewPanel.Finding finding, bytes32 digest) = Ballots.count(votes, seats, self.claim);
        bool isSmall = cast.byFallback() || word.owners() < seats * OWNERS_PER_SEAT;
        word = word.withNeedsConfirmation(isSmall && isGuilt(finding)).withConfirmed(false);
        _decide(self, id, word, finding, digest);
    }

    /// @notice Ends the seats of every panel whose seats are not ended, with what they did.
    /// @return payees coherent seats, and drawers of panels that voted
    /// @return voted seats of the panels that voted
    function endPanels(
        Question storage self,
        Modules memory m,
        IReviewPanel.Finding finding,
        bytes32 digest
    ) internal returns (uint40[] memory payees, uint256 voted) {
        uint256 most = 0;
        for (uint256 i = 0; i < PANELS; ++i) most += self.panels[i].seats.length + 1;
        payees = new uint40[](most);
        uint256 count = 0;
        for (uint256 i = 0; i < PANELS; ++i) {
            Panel storage panel = self.panels[i];
            PanelWord cast = panel.word;
            if (cast.drawnAt() == 0 || cast.ended()) continue;
            panel.word = cast.withEnded(true);
            if (cast.voted()) voted += panel.seats.length;
            count = _endPanel(self, m, panel, finding, digest, payees, count);
        }
        // Shortens the list in place: the words behind `count` are not used.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(payees, count)
        }
    }

    // Reading

    /// @notice Word of a question in the expected stage.
    function requireStage(Question storage self, bytes32 id, uint8 stage) internal view returns (QuestionWord word) {
        word = self.word;
        if (word.stage() != stage) revert IReviewPanel.PanelWrongStatus(id, statusOf(self, word));
    }

    /// @notice Word of a question in the expected status.
    function requireStatus(
        Question storage self,
        bytes32 id,
        IReviewPanel.Status expected
    ) internal view returns (QuestionWord word) {
        word = self.word;
        IReviewPanel.Status status = statusOf(self, word);
        if (status != expected) revert IReviewPanel.PanelWrongStatus(id, status);
    }

    /// @notice Status now. Last seconds belong to the window that ends with them.
    function statusOf(Question storage self, QuestionWord word) internal view returns (IReviewPanel.Status) {
        uint8 stage = word.stage();
        if (stage == QuestionWordLib.VOTING) return _votingStatus(self, word);
        if (stage == QuestionWordLib.WAITING) return IReviewPanel.Status.Waiting;
        if (stage == QuestionWordLib.DECIDED) return IReviewPanel.Status.Decided;
        return stage == QuestionWordLib.CLOSED ? IReviewPanel.Status.Closed : IReviewPanel.Status.None;
    }

    /// @notice Last seconds for commits and reveals of a drawn panel.
    function windowsOf(
        Question storage self,
        PanelWord cast
    ) internal view returns (uint256 commitEnd, uint256 revealEnd) {
        commitEnd = uint256(cast.drawnAt()) + self.terms.commitSeconds;
        revealEnd = commitEnd + self.terms.revealSeconds;
    }

    /// @notice Index of the present panel.
    function indexOf(QuestionWord word) internal pure returns (uint256) {
        return indexAt(instanceOf(word), word.redrawn());
    }

    /// @notice Index of a panel.
    function indexAt(uint8 instance, bool redrawn) internal pure returns (uint256) {
        return uint256(instance) * 2 + (redrawn ? 1 : 0);
    }

    /// @notice 1 once it was appealed, else 0.
    function instanceOf(QuestionWord word) internal pure returns (uint8) {
        return word.appealed() ? 1 : 0;
    }

    /// @notice Whether a verdict costs the party under review something.
    function isGuilt(IReviewPanel.Finding finding) internal pure returns (bool) {
        return finding == IReviewPanel.Finding.Invalid || finding == IReviewPanel.Finding.Unavailable;
    }

    /// @notice Bits of all seats.
    function allOf(uint256 seats) internal pure returns (uint32) {
        // The cast is safe: panels have at most 31 seats.
        return uint32((1 << seats) - 1);
    }

    /// @notice Whether a panel that is drawn now is over before the deadline.
    function _fits(Question storage self, QuestionWord word) private view returns (bool) {
        Terms memory terms = self.terms;
        return block.timestamp + terms.commitSeconds + terms.revealSeconds <= word.deadline();
    }

    function _decide(
        Question storage self,
        bytes32 id,
        QuestionWord word,
        IReviewPanel.Finding finding,
        bytes32 digest
    ) private {
        word = word.withStage(QuestionWordLib.DECIDED).withDecidedAt(uint40(block.timestamp));
        self.word = word.withFinding(uint8(finding));
        self.digest = digest;
        emit IReviewPanel.QuestionDecided(id, instanceOf(word), finding, digest);
    }

    function _endPanel(
        Question storage self,
        Modules memory m,
        Panel storage panel,
        IReviewPanel.Finding finding,
        bytes32 digest,
        uint40[] memory payees,
        uint256 count
    ) private returns (uint256) {
        PanelWord cast = panel.word;
        uint40[] memory seats = panel.seats;
        IValidatorRegistry.SeatOutcome[] memory outcomes = _failedOutcomes(cast, seats.length);
        if (cast.voted() && finding != IReviewPanel.Finding.None) {
            for (uint256 i = 0; i < seats.length; ++i) {
                if (outcomes[i] == IValidatorRegistry.SeatOutcome.Silent) continue;
                bool coherent = Ballots.isCoherent(panel.ballots[i], self.claim, finding, digest);
                outcomes[i] =
                    coherent ? IValidatorRegistry.SeatOutcome.Coherent : IValidatorRegistry.SeatOutcome.Incoherent;
                if (coherent) payees[count++] = seats[i];
            }
            if (cast.drawer() != 0) payees[count++] = cast.drawer();
        }
        m.validators.endSeats(seats, outcomes);
        return count;
    }

    /// @dev Draws the seats of the present panel; nobody who sat before, no party, not who appealed.
    function _takeSeats(
        Question storage self,
        Modules memory m,
        bytes32 id,
        QuestionWord word
    ) private returns (uint40[] memory) {
        (bytes32 seed, ) = m.beacon.seedOf(word.round());
        uint256 index = indexOf(word);
        return
            m.validators.takeSeats(
                IValidatorRegistry.SeatRequest({
                    domain: word.domain(),
                    frozenAt: word.frozenAt(),
                    length: word.length(),
                    seats: word.seats(),
                    tries: TRIES,
                    seed: keccak256(abi.encode(DRAW_DOMAIN, seed, id, index)),
                    excluded: _excluded(self, index)
                })
            );
    }

    function _excluded(Question storage self, uint256 index) private view returns (uint40[] memory excluded) {
        uint40[] memory parties = self.parties;
        uint256 count = parties.length + 1;
        for (uint256 i = 0; i < index; ++i) count += self.panels[i].seats.length;
        excluded = new uint40[](count);
        excluded[0] = self.appellant;
        count = 1;
        for (uint256 i = 0; i < parties.length; ++i) excluded[count++] = parties[i];
        for (uint256 i = 0; i < index; ++i) {
            uint40[] memory seats = self.panels[i].seats;
            for (uint256 j = 0; j < seats.length; ++j) excluded[count++] = seats[j];
        }
    }

    /// @dev A round that nobody requested yet, that waits for its answer, or whose seed can be read.
    function _isAlive(Modules memory m, uint32 round) private view returns (bool) {
        if (round > m.beacon.currentRound()) return true;
        (IRandomnessBeacon.RoundStatus status, , , ) = m.beacon.roundInfo(round);
        return status == IRandomnessBeacon.RoundStatus.Requested || status == IRandomnessBeacon.RoundStatus.Answered;
    }

    function _votingStatus(Question storage self, QuestionWord word) private view returns (IReviewPanel.Status) {
        PanelWord cast = self.panels[indexOf(word)].word;
        uint32 all = allOf(word.seats());
        (uint256 commitEnd, uint256 revealEnd) = windowsOf(self, cast);
        bool isCommitOver = cast.committed() == all || block.timestamp > commitEnd;
        // Who did not commit in time has nothing to reveal.
        if (isCommitOver && cast.revealed() == cast.committed()) return IReviewPanel.Status.Counting;
        if (block.timestamp > revealEnd) return IReviewPanel.Status.Counting;
        return isCommitOver ? IReviewPanel.Status.Revealing : IReviewPanel.Status.Committing;
    }

    /// @dev Revealed votes in the order of the seats.
    function _votes(Panel storage panel, uint32 revealed, uint256 seats) private view returns (bytes32[] memory votes) {
        votes = new bytes32[](seats);
        uint256 count = 0;
        for (uint256 i = 0; i < seats; ++i) {
            if (revealed & (1 << i) != 0) votes[count++] = panel.ballots[i];
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(votes, count)
        }
    }

    /// @dev What ends the seats of a panel without a verdict: only silence has a consequence.
    function _failedOutcomes(
        PanelWord cast,
        uint256 seats
    ) private pure returns (IValidatorRegistry.SeatOutcome[] memory outcomes) {
        outcomes = _same(seats, IValidatorRegistry.SeatOutcome.Void);
        for (uint256 i = 0; i < seats; ++i) {
            if (cast.revealed() & (1 << i) == 0) outcomes[i] = IValidatorRegistry.SeatOutcome.Silent;
        }
    }

    function _same(
        uint256 count,
        IValidatorRegistry.SeatOutcome outcome
    ) private pure returns (IValidatorRegistry.SeatOutcome[] memory outcomes) {
        outcomes = new IValidatorRegistry.SeatOutcome[](count);
        for (uint256 i = 0; i < count; ++i) outcomes[i] = outcome;
    }
}
