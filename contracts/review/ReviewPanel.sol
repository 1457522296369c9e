// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {PanelWord} from "../libraries/PanelWord.sol";
import {QuestionWord, QuestionWordLib} from "../libraries/QuestionWord.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {IReviewPanel} from "./IReviewPanel.sol";
import {Questions} from "./Questions.sol";

/// @title ReviewPanel
/// @notice See IReviewPanel.
/// @dev Checks who calls and when; Questions changes the state. Beacon and registry are contracts of the suite; they
/// call nobody back.
contract ReviewPanel is IReviewPanel, AlwaysOwned, ReentrancyGuardTransient {
    using Questions for Questions.Question;

    uint8 private constant MAX_SEATS = 15;
    uint8 private constant MAX_DOMAIN = 31;
    uint256 private constant MAX_PARTIES = 8;
    uint256 private constant MIN_VOTE_SECONDS = 12 hours;
    uint256 private constant MAX_VOTE_SECONDS = 72 hours;
    uint256 private constant MIN_APPEAL_SECONDS = 24 hours;
    uint256 private constant MAX_APPEAL_SECONDS = 7 days;

    /// @inheritdoc IReviewPanel
    IRandomnessBeacon public immutable beacon;

    /// @inheritdoc IReviewPanel
    IValidatorRegistry public immutable validators;

    Windows private _windows;
    mapping(bytes32 id => Questions.Question question) private _questions;

    /// @inheritdoc IReviewPanel
    mapping(address asker => bool allowed) public isAsker;

    /// @inheritdoc IReviewPanel
    mapping(address arbiter => bool allowed) public isArbiter;

    /// @notice Sets the windows; askers and arbiters follow by their setters.
    /// @param beacon_ beacon whose rounds draw, not zero
    /// @param validators_ registry of the validators, not zero
    /// @param windows_ windows, within the bounds of `setWindows`
    /// @param initialOwner owner, to become the timelock
    constructor(
        IRandomnessBeacon beacon_,
        IValidatorRegistry validators_,
        Windows memory windows_,
        address initialOwner
    ) AlwaysOwned(initialOwner) {
        if (address(beacon_) == address(0) || address(validators_) == address(0)) revert PanelZeroAddress();
        beacon = beacon_;
        validators = validators_;
        _setWindows(windows_);
    }

    // Asking

    /// @inheritdoc IReviewPanel
    function ask(AskRequest calldata request) external nonReentrant returns (bytes32 id) {
        if (!isAsker[msg.sender]) revert PanelNotAsker(msg.sender);
        id = questionIdOf(msg.sender, request.subject);
        Questions.Question storage question = _questions[id];
        if (question.word.stage() != 0) revert PanelKnownQuestion(id);
        _requireWithin(request.seats, 1, MAX_SEATS);
        if (request.seats % 2 == 0) revert PanelEvenSeats(request.seats);
        _requireWithin(request.domain, 0, MAX_DOMAIN);
        _requireWithin(request.parties.length, 0, MAX_PARTIES);
        _requireWithin(request.deadline, block.timestamp + 1, type(uint40).max);

        Windows memory now_ = _windows;
        question.terms = Questions.Terms({
            asker: msg.sender,
            commitSeconds: now_.commitSeconds,
            revealSeconds: now_.revealSeconds,
            appealSeconds: now_.appealSeconds
        });
        question.claim = request.claim;
        question.parties = request.parties;
        emit QuestionAsked(id, msg.sender, request.subject, request.claim);
        QuestionWord word = QuestionWord.wrap(0).withDomain(request.domain).withSeats(request.seats);
        question.bind(_modules(), id, word.withDeadline(request.deadline));
    }

    /// @inheritdoc IReviewPanel
    function appeal(bytes32 id, uint40 appellant) external nonReentrant {
        Questions.Question storage question = _asked(id);
        QuestionWord word = question.requireStage(id, QuestionWordLib.DECIDED);
        if (word.appealed() || word.finding() == uint8(Finding.None)) revert PanelNoAppeal(id);
        uint256 until = _appealEnd(question, word);
        if (block.timestamp > until) revert PanelTooLate(id, until);
        Questions.Terms memory terms = question.terms;
        // A panel that cannot end before the deadline could only take the verdict away.
        uint256 longest = uint256(terms.commitSeconds) + terms.revealSeconds;
        if (block.timestamp + longest > word.deadline()) revert PanelTooLate(id, word.deadline() - longest);

        question.appellant = appellant;
        emit QuestionAppealed(id, appellant);
        word = word.withAppealed(true).withRedrawn(false).withSeats(word.seats() * 2 + 1);
        question.bind(_modules(), id, word);
    }

    /// @inheritdoc IReviewPanel
    function close(
        bytes32 id
    ) external nonReentrant returns (Finding finding, bytes32 digest, uint40[] memory payees, uint256 seats) {
        Questions.Question storage question = _asked(id);
        QuestionWord word = question.word;
        (finding, digest) = _finalOf(question, id, word);
        question.word = word.withStage(QuestionWordLib.CLOSED).withFinding(uint8(finding));
        question.digest = digest;
        emit QuestionClosed(id, finding, digest);
        (payees, seats) = question.endPanels(_modules(), finding, digest);
    }

    // Panels

    /// @inheritdoc IReviewPanel
    function requestRound(bytes32 id) external payable nonReentrant returns (uint32 round) {
        QuestionWord word = _questions[id].requireStage(id, QuestionWordLib.WAITING);
        round = word.round();
        if (beacon.currentRound() >= round) revert PanelRoundAlive(id, round);
        beacon.request{value: msg.value}();
    }

    /// @inheritdoc IReviewPanel
    function rebind(bytes32 id) external nonReentrant {
        _questions[id].rebind(_modules(), id);
    }

    /// @inheritdoc IReviewPanel
    function draw(bytes32 id) external nonReentrant {
        _questions[id].draw(_modules(), id, validators.vault().accountOf(msg.sender));
    }

    /// @inheritdoc IReviewPanel
    function commit(bytes32 id, uint8 seat, bytes32 commitment) external {
        Questions.Question storage question = _questions[id];
        QuestionWord word = question.requireStatus(id, Status.Committing);
        _requireWithin(seat, 0, word.seats() - 1);
        if (commitment == bytes32(0)) revert PanelZeroCommitment();
        Questions.Panel storage panel = question.panels[Questions.indexOf(word)];
        uint40 validator = panel.seats[seat];
        if (!validators.worksFor(validator, msg.sender)) revert PanelNotSeated(id, seat, msg.sender);
        PanelWord cast = panel.word;
        uint32 bit = _bit(seat);
        if (cast.committed() & bit != 0) revert PanelVotedBefore(id, seat);
        panel.word = cast.withCommitted(cast.committed() | bit);
        panel.ballots[seat] = commitment;
        emit VoteCommitted(id, validator, commitment);
    }

    /// @inheritdoc IReviewPanel
    function reveal(bytes32 id, uint8 seat, bytes32 digest, bytes32 salt) external {
        Questions.Question storage question = _questions[id];
        QuestionWord word = question.requireStatus(id, Status.Revealing);
        _requireWithin(seat, 0, word.seats() - 1);
        Questions.Panel storage panel = question.panels[Questions.indexOf(word)];
        PanelWord cast = panel.word;
        uint32 bit = _bit(seat);
        if (cast.revealed() & bit != 0) revert PanelVotedBefore(id, seat);
        uint40 validator = panel.seats[seat];
        // Seats that did not commit hold zero, which is nobody's commitment.
        bytes32 commitment = _commitment(id, cast.round(), validator, digest, salt);
        if (panel.ballots[seat] != commitment) revert PanelWrongCommitment(id, seat);
        panel.word = cast.withRevealed(cast.revealed() | bit);
        panel.ballots[seat] = digest;
        emit VoteRevealed(id, validator, digest);
    }

    /// @inheritdoc IReviewPanel
    function tally(bytes32 id) external nonReentrant {
        _questions[id].tally(_modules(), id);
    }

    /// @inheritdoc IReviewPanel
    function confirm(bytes32 id, bool confirmed) external {
        if (!isArbiter[msg.sender]) revert PanelNotArbiter(msg.sender);
        Questions.Question storage question = _questions[id];
        QuestionWord word = question.requireStage(id, QuestionWordLib.DECIDED);
        if (block.timestamp > word.deadline()) revert PanelTooLate(id, word.deadline());
        if (!word.needsConfirmation() || word.confirmed()) revert PanelNothingToConfirm(id);
        emit FindingConfirmed(id, msg.sender, confirmed);
        if (confirmed) {
            question.word = word.withConfirmed(true);
            return;
        }
        question.word = word.withNeedsConfirmation(false).withFinding(uint8(Finding.None));
        question.digest = bytes32(0);
    }

    // Governance

    /// @inheritdoc IReviewPanel
    function setAsker(address asker, bool allowed) external onlyOwner {
        if (asker == address(0)) revert PanelZeroAddress();
        isAsker[asker] = allowed;
        emit AskerChanged(asker, allowed);
    }

    /// @inheritdoc IReviewPanel
    function setArbiter(address arbiter, bool allowed) external onlyOwner {
        if (arbiter == address(0)) revert PanelZeroAddress();
        isArbiter[arbiter] = allowed;
        emit ArbiterChanged(arbiter, allowed);
    }

    /// @inheritdoc IReviewPanel
    function setWindows(Windows calldata value) external onlyOwner {
        _setWindows(value);
    }

    // Views

    /// @inheritdoc IReviewPanel
    function questionOf(bytes32 id) external view returns (QuestionView memory v) {
        Questions.Question storage question = _questions[id];
        QuestionWord word = question.word;
        if (word.stage() == 0) return v;
        v.status = question.statusOf(word);
        v.asker = question.terms.asker;
        v.claim = question.claim;
        v.domain = word.domain();
        v.instance = Questions.instanceOf(word);
        v.redrawn = word.redrawn();
        v.seats = word.seats();
        v.frozenAt = word.frozenAt();
        v.owners = word.owners();
        v.round = word.round();
        PanelWord cast = question.panels[Questions.indexOf(word)].word;
        if (cast.drawnAt() != 0) {
            (uint256 commitEnd, uint256 revealEnd) = question.windowsOf(cast);
            (v.commitEnd, v.revealEnd) = (uint40(commitEnd), uint40(revealEnd));
        }
        bool canBeAppealed = word.stage() == QuestionWordLib.DECIDED && !word.appealed() && word.finding() != 0;
        if (canBeAppealed) v.appealEnd = uint40(_appealEnd(question, word));
        v.deadline = word.deadline();
        v.finding = Finding(word.finding());
        v.digest = question.digest;
        v.needsConfirmation = word.needsConfirmation();
        v.confirmed = word.confirmed();
    }

    /// @inheritdoc IReviewPanel
    function seatsOf(bytes32 id, uint8 instance, bool redrawn) external view returns (uint40[] memory) {
        return _questions[id].panels[Questions.indexAt(instance, redrawn)].seats;
    }

    /// @inheritdoc IReviewPanel
    function voteOf(bytes32 id, uint8 seat) external view returns (bool committed, bool revealed, bytes32 vote) {
        Questions.Question storage question = _questions[id];
        Questions.Panel storage panel = question.panels[Questions.indexOf(question.word)];
        uint256 bit = uint256(1) << seat;
        return (panel.word.committed() & bit != 0, panel.word.revealed() & bit != 0, panel.ballots[seat]);
    }

    /// @inheritdoc IReviewPanel
    function commitmentOf(bytes32 id, uint40 validator, bytes32 digest, bytes32 salt) external view returns (bytes32) {
        return _commitment(id, _questions[id].word.round(), validator, digest, salt);
    }

    /// @inheritdoc IReviewPanel
    function longestQuestion() external view returns (uint256) {
        Windows memory now_ = _windows;
        return Questions.PANELS * (uint256(now_.commitSeconds) + now_.revealSeconds) + now_.appealSeconds;
    }

    /// @inheritdoc IReviewPanel
    function windows() external view returns (Windows memory) {
        return _windows;
    }

    /// @inheritdoc IReviewPanel
    function questionIdOf(address asker, bytes32 subject) public pure returns (bytes32) {
        return keccak256(abi.encode(asker, subject));
    }

    function _setWindows(Windows memory value) private {
        _requireWithin(value.commitSeconds, MIN_VOTE_SECONDS, MAX_VOTE_SECONDS);
        _requireWithin(value.revealSeconds, MIN_VOTE_SECONDS, MAX_VOTE_SECONDS);
        _requireWithin(value.appealSeconds, MIN_APPEAL_SECONDS, MAX_APPEAL_SECONDS);
        _windows = value;
        emit WindowsChanged(value);
    }

    /// @dev A question of the caller's, also of one that may ask no more.
    function _asked(bytes32 id) private view returns (Questions.Question storage question) {
        question = _questions[id];
        if (question.terms.asker != msg.sender) revert PanelNotAsker(msg.sender);
    }

    /// @dev What `close` says now; reverts while it must not be closed.
    function _finalOf(
        Questions.Question storage question,
        bytes32 id,
        QuestionWord word
    ) private view returns (Finding finding, bytes32 digest) {
        Status status = question.statusOf(word);
        if (status == Status.Closed) revert PanelWrongStatus(id, status);
        if (block.timestamp > word.deadline()) return (Finding.None, bytes32(0));
        if (status != Status.Decided) revert PanelWrongStatus(id, status);
        finding = Finding(word.finding());
        if (finding == Finding.None) return (finding, bytes32(0));
        if (!word.appealed()) {
            uint256 until = _appealEnd(question, word);
            if (block.timestamp <= until) revert PanelTooEarly(id, until);
        }
        if (word.needsConfirmation() && !word.confirmed()) revert PanelUnconfirmed(id);
        return (finding, question.digest);
    }

    function _appealEnd(Questions.Question storage question, QuestionWord word) private view returns (uint256) {
        return uint256(word.decidedAt()) + question.terms.appealSeconds;
    }

    function _modules() private view returns (Questions.Modules memory) {
        return Questions.Modules({beacon: beacon, validators: validators});
    }

    function _commitment(
        bytes32 id,
        uint32 round,
        uint40 validator,
        bytes32 digest,
        bytes32 salt
    ) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), id, round, validator, digest, salt));
    }

    function _bit(uint8 seat) private pure returns (uint32) {
        return uint32(1 << seat);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert PanelOutOfBounds(value, low, high);
    }
}
