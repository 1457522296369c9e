// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {PanelWord} from "../libraries/PanelWord.sol";
import {QuestionWord, QuestionWordLib} from "../libraries/QuestionWord.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {Ballots} from "./Ballots.sol";
import {IReviewPanel} from "./IReviewPanel.sol";
import {PanelSettings} from "./PanelSettings.sol";
import {Panels} from "./Panels.sol";
import {Questions} from "./Questions.sol";

/// @title ReviewPanel
/// @notice See IReviewPanel.
/// @dev Beacon, registry and vault are the only foreign code called, all of them trusted. Only `draw` writes after such
/// a call, because who sits is what the call answers; the guard keeps everything else out meanwhile.
contract ReviewPanel is PanelSettings, ReentrancyGuardTransient {
    using Ballots for PanelWord;
    using Panels for Panels.Panel;
    using Questions for Questions.Question;
    using Questions for QuestionWord;

    /// @notice Domain of the seeds of draws.
    bytes32 public constant DRAW_DOMAIN = keccak256("GPU Commons ReviewPanel draw");

    /// @notice Most seats that a question can ask for; an appeal has twice as many and one.
    uint256 public constant MAX_SEATS = 15;

    /// @notice Tries of a draw for each of its seats.
    uint256 public constant TRIES_PER_SEAT = 32;

    /// @inheritdoc IReviewPanel
    IRandomnessBeacon public immutable beacon;

    /// @inheritdoc IReviewPanel
    IValidatorRegistry public immutable validators;

    IPaymentVault private immutable _vault;

    mapping(bytes32 question => Questions.Question) private _questions;

    /// @notice Deploys a panel without askers and arbiters.
    /// @param beacon_ beacon whose rounds draw, not zero; the panel becomes one of its consumers
    /// @param validators_ registry of the validators, not zero; the panel becomes one of its modules
    /// @param windows_ first windows
    /// @param initialOwner owner, to become the timelock
    constructor(
        IRandomnessBeacon beacon_,
        IValidatorRegistry validators_,
        Windows memory windows_,
        address initialOwner
    ) AlwaysOwned(initialOwner) PanelSettings(windows_) {
        if (address(beacon_) == address(0) || address(validators_) == address(0)) revert PanelZeroAddress();
        beacon = beacon_;
        validators = validators_;
        _vault = validators_.vault();
    }

    // Asking

    /// @inheritdoc IReviewPanel
    function ask(AskRequest calldata request) external nonReentrant returns (bytes32 question) {
        if (!isAsker[msg.sender]) revert PanelNotAsker(msg.sender);
        question = questionIdOf(msg.sender, request.subject);
        Questions.Question storage q = _questions[question];
        if (q.word.stage() != uint8(Questions.Stage.None)) revert PanelKnownQuestion(question);
        _requireAskable(request);

        emit QuestionAsked(question, msg.sender, request.subject, request.claim);
        q.ask(request, _termsOf(msg.sender));
        QuestionWord word = QuestionWord.wrap(0).withSeats(request.seats).withDomain(request.domain);
        q.bind(question, word.withDeadline(request.deadline), _pool(request.domain));
    }

    /// @inheritdoc IReviewPanel
    function appeal(bytes32 question, uint40 appellant) external nonReentrant {
        Questions.Question storage q = _asked(question);
        QuestionWord word = q.inStatus(question, Status.Decided);
        uint256 appealEnd = q.appealEndOf(word);
        if (appealEnd == 0) revert PanelNoAppeal(question);
        _requireNotAfter(question, appealEnd);
        _requireNotAfter(question, q.lastDrawOf(word));

        emit QuestionAppealed(question, appellant);
        word = q.appeal(word, appellant);
        q.bind(question, word, _pool(word.domain()));
    }

    /// @inheritdoc IReviewPanel
    function close(
        bytes32 question
    ) external nonReentrant returns (Finding finding, bytes32 digest, uint40[] memory payees, uint256 seats) {
        Questions.Question storage q = _asked(question);
        QuestionWord word = q.word;
        if (word.stage() == uint8(Questions.Stage.Closed)) revert PanelWrongStatus(question, Status.Closed);
        if (!word.isLate()) _requireClosable(question, q);

        (Questions.Result memory result, Panels.Endings memory endings) = q.close(question, word);
        _endSeats(endings);
        return (result.finding, result.digest, result.payees, result.seats);
    }

    // Panels

    /// @inheritdoc IReviewPanel
    function requestRound(bytes32 question) external payable nonReentrant returns (uint32 round) {
        round = _questions[question].inStatus(question, Status.Waiting).round();
        if (round <= beacon.currentRound()) revert PanelRoundAlive(question, round);
        // The very round: the beacon counts by ones.
        return beacon.request{value: msg.value}();
    }

    /// @inheritdoc IReviewPanel
    function rebind(bytes32 question) external nonReentrant {
        Questions.Question storage q = _questions[question];
        QuestionWord word = q.inStatus(question, Status.Waiting);
        if (!_isSpent(word)) revert PanelRoundAlive(question, word.round());
        q.bind(question, word, _pool(word.domain()));
    }

    /// @inheritdoc IReviewPanel
    function draw(bytes32 question) external nonReentrant {
        Questions.Question storage q = _questions[question];
        QuestionWord word = q.inStatus(question, Status.Waiting);
        if (!q.hasTime(word)) return _fail(question, q, word);

        (bytes32 seed, bool byFallback) = _seedOf(question, word);
        uint40[] memory drawn = _takeSeats(q, word, seed);
        if (drawn.length == word.seats()) {
            // Odd, so that it is never that of a panel which is not drawn.
            word = word.withByFallback(byFallback).withLot(uint48(uint256(seed)) | 1);
            return q.seat(question, word, drawn, _vault.accountOf(msg.sender));
        }
        _fail(question, q, word);
        // All Void.
        _endSeats(Panels.Endings(drawn, new IValidatorRegistry.SeatOutcome[](drawn.length), drawn.length));
    }

    /// @inheritdoc IReviewPanel
    function commit(bytes32 question, uint8 seat, bytes32 commitment) external nonReentrant {
        Questions.Question storage q = _questions[question];
        Panels.Panel storage panel = q.panels[q.inStatus(question, Status.Committing).panel()];
        PanelWord word = panel.word;
        _requireSeat(word, seat);
        uint40 validator = panel.seatAt(seat);
        if (!validators.worksFor(validator, msg.sender)) revert PanelNotSeated(question, seat, msg.sender);
        if (word.hasCommitted(seat)) revert PanelVotedBefore(question, seat);
        if (commitment == 0) revert PanelZeroCommitment();

        panel.commit(seat, commitment);
        emit VoteCommitted(question, validator, commitment);
    }

    /// @inheritdoc IReviewPanel
    function reveal(bytes32 question, uint8 seat, bytes32 digest, bytes32 salt) external nonReentrant {
        Questions.Question storage q = _questions[question];
        Panels.Panel storage panel = q.panels[q.inStatus(question, Status.Revealing).panel()];
        PanelWord word = panel.word;
        _requireSeat(word, seat);
        if (word.hasRevealed(seat)) revert PanelVotedBefore(question, seat);
        uint40 validator = panel.seatAt(seat);
        // A seat without a vote has none of this hash: nobody finds a preimage of zero.
        bytes32 commitment = commitmentOf(question, validator, digest, salt);
        if (panel.votes[seat] != commitment) revert PanelWrongCommitment(question, seat);

        panel.reveal(seat, digest);
        emit VoteRevealed(question, validator, digest);
    }

    /// @inheritdoc IReviewPanel
    function tally(bytes32 question) external nonReentrant {
        Questions.Question storage q = _questions[question];
        QuestionWord word = q.inStatus(question, Status.Counting);
        Panels.Panel storage panel = q.panels[word.panel()];
        if (!panel.word.fallsShort()) return q.decide(question, word);

        Panels.Endings memory endings = panel.fail();
        _fail(question, q, word);
        _endSeats(endings);
    }

    /// @inheritdoc IReviewPanel
    function confirm(bytes32 question, bool confirmed) external nonReentrant {
        if (!isArbiter[msg.sender]) revert PanelNotArbiter(msg.sender);
        Questions.Question storage q = _questions[question];
        QuestionWord word = q.inStatus(question, Status.Decided);
        _requireNotAfter(question, word.deadline());
        if (!word.needsConfirmation() || word.confirmed()) revert PanelNothingToConfirm(question);

        q.confirm(word, confirmed);
        emit FindingConfirmed(question, msg.sender, confirmed);
    }

    // Views

    /// @inheritdoc IReviewPanel
    function questionOf(bytes32 question) external view returns (QuestionView memory v) {
        Questions.Question storage q = _questions[question];
        QuestionWord word = q.word;
        v.status = q.statusOf(word);
        v.asker = q.terms.asker();
        v.claim = q.claim;
        (v.domain, v.instance, v.redrawn) = (word.domain(), word.instance(), word.redrawn());
        (v.seats, v.frozenAt, v.owners, v.round) = (word.seats(), word.frozenAt(), word.owners(), word.round());
        (uint256 commitEnd, uint256 revealEnd) = q.windowsOf(word);
        // No later than the deadline, which has 40 bits.
        (v.commitEnd, v.revealEnd) = (uint40(commitEnd), uint40(revealEnd));
        v.appealEnd = uint40(q.appealEndOf(word));
        v.deadline = word.deadline();
        (v.finding, v.digest) = q.verdictOf(word);
        (v.needsConfirmation, v.confirmed) = (word.needsConfirmation(), word.confirmed());
        v.lot = word.lot();
    }

    /// @inheritdoc IReviewPanel
    function seatsOf(bytes32 question, uint8 instance, bool redrawn) external view returns (uint40[] memory) {
        return _questions[question].panels[QuestionWordLib.panelOf(instance, redrawn)].seatsOf();
    }

    /// @inheritdoc IReviewPanel
    function voteOf(bytes32 question, uint8 seat) external view returns (bool committed, bool revealed, bytes32 vote) {
        Panels.Panel storage panel = _questions[question].present();
        PanelWord word = panel.word;
        return (word.hasCommitted(seat), word.hasRevealed(seat), panel.votes[seat]);
    }

    /// @inheritdoc IReviewPanel
    function commitmentOf(
        bytes32 question,
        uint40 validator,
        bytes32 digest,
        bytes32 salt
    ) public view returns (bytes32) {
        uint32 round = _questions[question].word.round();
        return keccak256(abi.encode(block.chainid, address(this), question, round, validator, digest, salt));
    }

    /// @inheritdoc IReviewPanel
    function questionIdOf(address asker, bytes32 subject) public pure returns (bytes32) {
        return keccak256(abi.encode(asker, subject));
    }

    // Private: panels

    /// @dev The present panel comes to nothing: a second one while there is time, else the instance ends without.
    function _fail(bytes32 question, Questions.Question storage q, QuestionWord word) private {
        emit PanelFailed(question, word.instance(), word.redrawn());
        if (!word.redrawn() && q.hasTime(word)) q.bind(question, word.withRedrawn(true), _pool(word.domain()));
        else q.decideWithout(question, word);
    }

    function _takeSeats(
        Questions.Question storage q,
        QuestionWord word,
        bytes32 seed
    ) private returns (uint40[] memory) {
        // Nothing to draw from: a draw is not for certain to accept that.
        if (word.length() == 0) return new uint40[](0);
        return
            validators.takeSeats(
                IValidatorRegistry.SeatRequest({
                    domain: word.domain(),
                    frozenAt: word.frozenAt(),
                    length: word.length(),
                    seats: word.seats(),
                    tries: uint16(TRIES_PER_SEAT * word.seats()),
                    seed: seed,
                    excluded: q.excludedOf(word)
                })
            );
    }

    function _endSeats(Panels.Endings memory endings) private {
        if (endings.validators.length != 0) validators.endSeats(endings.validators, endings.outcomes);
    }

    // Private: checks and reading

    function _requireAskable(AskRequest calldata request) private view {
        _requireWithin(request.seats, 1, MAX_SEATS);
        if (request.seats % 2 == 0) revert PanelEvenSeats(request.seats);
        _requireWithin(request.domain, 0, 31);
        _requireWithin(request.parties.length, 0, Questions.MAX_PARTIES);
        _requireWithin(request.deadline, block.timestamp + 1, type(uint40).max);
    }

    function _requireClosable(bytes32 question, Questions.Question storage q) private view {
        QuestionWord word = q.inStatus(question, Status.Decided);
        if (word.finding() == uint8(Finding.None)) return;
        uint256 appealEnd = q.appealEndOf(word);
        if (block.timestamp <= appealEnd) revert PanelTooEarly(question, appealEnd);
        if (word.needsConfirmation() && !word.confirmed()) revert PanelUnconfirmed(question);
    }

    function _requireNotAfter(bytes32 question, uint256 end) private view {
        if (block.timestamp > end) revert PanelTooLate(question, end);
    }

    function _requireSeat(PanelWord word, uint8 seat) private pure {
        _requireWithin(seat, 0, uint256(word.seats()) - 1);
    }

    /// @dev The caller's own question, whether or not it still may ask.
    function _asked(bytes32 question) private view returns (Questions.Question storage q) {
        q = _questions[question];
        if (q.terms.asker() != msg.sender) revert PanelNotAsker(msg.sender);
    }

    /// @dev The domain's pool in this second. Nobody has seen the next round's seed, whatever the present one's state.
    function _pool(uint8 domain) private view returns (Questions.Pool memory pool) {
        (pool.length, pool.owners) = validators.poolOf(domain);
        pool.round = beacon.currentRound() + 1;
    }

    /// @dev Whether the seed that the question waits for cannot draw any more.
    function _isSpent(QuestionWord word) private view returns (bool) {
        if (block.timestamp >= word.frozenAt() + Questions.FREEZE) return true;
        uint32 round = word.round();
        (IRandomnessBeacon.RoundStatus status, , , ) = beacon.roundInfo(round);
        if (status == IRandomnessBeacon.RoundStatus.None) return round <= beacon.currentRound();
        return status == IRandomnessBeacon.RoundStatus.Dead;
    }

    function _seedOf(bytes32 question, QuestionWord word) private view returns (bytes32 seed, bool byFallback) {
        _requireNotAfter(question, word.frozenAt() + Questions.FREEZE - 1);
        uint32 round = word.round();
        (IRandomnessBeacon.RoundStatus status, , , ) = beacon.roundInfo(round);
        if (status != IRandomnessBeacon.RoundStatus.Answered) revert PanelRoundUnanswered(question, round);
        (seed, byFallback) = beacon.seedOf(round);
        seed = keccak256(abi.encode(seed, DRAW_DOMAIN, question, word.instance(), word.redrawn()));
    }
}
