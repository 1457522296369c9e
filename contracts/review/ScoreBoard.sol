// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {BatchWord} from "../libraries/BatchWord.sol";
import {MarkingWord} from "../libraries/MarkingWord.sol";
import {ScoreWord, ScoreWordLib} from "../libraries/ScoreWord.sol";
import {SeatCommit} from "../libraries/SeatCommit.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {Batches} from "./Batches.sol";
import {BoardSettings} from "./BoardSettings.sol";
import {Grades} from "./Grades.sol";
import {IScoreBoard} from "./IScoreBoard.sol";
import {ScoreSettlement} from "./ScoreSettlement.sol";
import {Sheets} from "./Sheets.sol";

/// @title ScoreBoard
/// @notice See IScoreBoard.
/// @dev Beacon, registry and vault are the only foreign code that can write; all of them are trusted. Signatures are
/// checked by static calls. Only `draw` writes after a call, because who sits is what the call answers.
contract ScoreBoard is BoardSettings, EIP712, ReentrancyGuardTransient {
    using Batches for Batches.Batch;
    using Batches for BatchWord;
    using Grades for ScoreWord;
    using Sheets for SeatCommit;

    /// @notice Domain of the seeds of draws.
    bytes32 public constant DRAW_DOMAIN = keccak256("GPU Commons ScoreBoard draw");

    /// @notice Domain of the notes of gold questions.
    bytes32 public constant GOLD_DOMAIN = keccak256("GPU Commons ScoreBoard gold");

    /// @notice Tries of a draw for each of its seats.
    uint256 public constant TRIES_PER_SEAT = 32;

    /// @notice Token wei in a unit of fees.
    uint256 public constant FEE_UNIT = 1e12;

    /// @dev Told to the vault's spend hook, as of the escrow's own fees.
    uint8 private constant LANE = 0;

    /// @dev Batches of a domain are numbered below this offset.
    uint256 private constant DOMAIN_SHIFT = 32;

    /// @inheritdoc IScoreBoard
    IRandomnessBeacon public immutable beacon;

    /// @inheritdoc IScoreBoard
    IValidatorRegistry public immutable validators;

    /// @inheritdoc IScoreBoard
    IPaymentVault public immutable vault;

    /// @dev Id of the newest batch of a domain.
    mapping(uint8 domain => uint40 batch) private _newest;
    mapping(uint40 batch => Batches.Batch) private _batches;

    /// @notice Deploys a board without askers and gold setters.
    /// @param beacon_ beacon whose rounds draw, not zero; the board becomes one of its consumers
    /// @param validators_ registry of the validators, not zero; the board becomes one of its modules and of its vault's
    /// @param terms_ first terms
    /// @param initialOwner owner, to become the timelock
    constructor(
        IRandomnessBeacon beacon_,
        IValidatorRegistry validators_,
        Terms memory terms_,
        address initialOwner
    ) AlwaysOwned(initialOwner) BoardSettings(terms_) EIP712("GPU Commons ScoreBoard", "1") {
        if (address(beacon_) == address(0) || address(validators_) == address(0)) revert BoardZeroAddress();
        beacon = beacon_;
        validators = validators_;
        vault = validators_.vault();
    }

    // Asking

    /// @inheritdoc IScoreBoard
    function ask(AskRequest calldata request) external nonReentrant returns (uint40 batch, bytes32 question) {
        if (!isAsker[msg.sender]) revert BoardNotAsker(msg.sender);
        _requireWithin(request.domain, 0, 31);
        _requireWithin(request.dimensions, 1, ScoreWordLib.DIMENSIONS);
        Terms memory terms_ = terms();
        BatchWord word;
        (batch, word) = _presentBatch(request.domain, terms_);

        Question memory text = Question({
            batch: batch,
            asker: msg.sender,
            subject: request.subject,
            claim: request.claim,
            dimensions: request.dimensions,
            party: request.party,
            note: request.note
        });
        question = _idOf(text);
        ScoreWord score = ScoreWord.wrap(0).withDimensions(request.dimensions).withParty(request.party);
        score = score.withFee(_feeUnits(request.fee, uint256(terms_.minFee) * word.seats()));
        _batches[batch].add(word, question, score, terms_.maxQuestions);
        emit QuestionAsked(batch, question, text, request.fee);
        vault.debitHolder(msg.sender, request.fee, LANE);
    }

    // Panels

    /// @inheritdoc IScoreBoard
    function bind(uint40 batch) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.inStatus(batch, Status.Waiting);
        if (word.round() != 0 && !_isSpent(word)) revert BoardRoundAlive(batch, word.round());
        // Nobody has seen the next round's seed, whatever the present one's state.
        uint32 round = beacon.currentRound() + 1;
        (uint16 length, uint16 owners) = validators.poolOf(_domainOf(batch));
        b.bind(word, length, round);
        emit BatchBound(batch, owners, round);
    }

    /// @inheritdoc IScoreBoard
    function requestRound(uint40 batch) external payable nonReentrant returns (uint32 round) {
        round = _boundRound(batch, _batches[batch].inStatus(batch, Status.Waiting));
        if (round <= beacon.currentRound()) revert BoardRoundAlive(batch, round);
        // The very round: the beacon counts by ones.
        return beacon.request{value: msg.value}();
    }

    /// @inheritdoc IScoreBoard
    function draw(uint40 batch) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.inStatus(batch, Status.Waiting);
        uint40[] memory drawn = _takeSeats(batch, word, _seedOf(batch, word));
        if (b.seat(batch, word, drawn) || drawn.length == 0) return;
        // All Void.
        validators.endSeats(drawn, new IValidatorRegistry.SeatOutcome[](drawn.length));
    }

    // Marks

    /// @inheritdoc IScoreBoard
    function commit(uint40 batch, uint8 seat, bytes32 root) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.inStatus(batch, Status.Committing);
        uint40 validator = _validatorAt(b, word, seat);
        if (!validators.worksFor(validator, msg.sender)) revert BoardNotSeated(batch, seat, msg.sender);
        if (word.hasCommitted(seat)) revert BoardCommittedBefore(batch, seat);
        if (root == 0) revert BoardZeroRoot();

        SeatCommit seatCommit = SeatCommit.wrap(0).withSigner(msg.sender).withValidator(validator).withSeat(seat);
        b.commit(word, seatCommit, root);
        emit MarksCommitted(batch, seatCommit, root);
    }

    /// @inheritdoc IScoreBoard
    function report(
        uint40 batch,
        Row[] calldata rows,
        SeatCommit[] calldata commits,
        bytes[] calldata signatures
    ) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.inStatus(batch, Status.Revealing);
        if (rows.length == 0) revert BoardEmpty();
        _requireCommits(batch, b, commits);
        if (signatures.length != commits.length) revert BoardWrongCount(signatures.length, commits.length);
        bytes32 digest = sheetDigest(batch, rows);
        for (uint256 i = 0; i < commits.length; ++i) commits[i].requireSigned(digest, signatures[i]);
        for (uint256 i = 0; i < rows.length; ++i) b.score(batch, word, rows[i], commits);
    }

    /// @inheritdoc IScoreBoard
    function reveal(uint40 batch, uint8 seat, Leaf[] calldata leaves) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.inStatus(batch, Status.Revealing);
        uint40 validator = _validatorAt(b, word, seat);
        bytes32 root = b.roots[seat];
        for (uint256 i = 0; i < leaves.length; ++i) {
            Leaf calldata leaf = leaves[i];
            bytes32 hash = leafOf(leaf.question, validator, leaf.mark, leaf.salt);
            if (!MerkleProof.verifyCalldata(leaf.proof, root, hash)) revert BoardWrongLeaf(leaf.question, seat);
            b.reveal(batch, seat, validator, leaf.question, leaf.mark);
        }
    }

    /// @inheritdoc IScoreBoard
    function tally(uint40 batch, bytes32[] calldata questions) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.word;
        Status status = word.statusOf();
        if (status != Status.Grading && status != Status.Settling) revert BoardWrongStatus(batch, status);
        for (uint256 i = 0; i < questions.length; ++i) b.tally(batch, word, questions[i]);
    }

    // Grading

    /// @inheritdoc IScoreBoard
    function openGold(Question calldata text, uint24 known, bytes32 salt) external nonReentrant {
        if (!isGoldSetter[msg.sender]) revert BoardNotGoldSetter(msg.sender);
        Batches.Batch storage b = _batches[text.batch];
        BatchWord word = b.inStatus(text.batch, Status.Grading);
        bytes32 question = questionIdOf(text);
        ScoreWord score = b.scores[question];
        if (score.stage() == 0) revert BoardWrongQuestion(question, Stage.None);
        if (text.note != noteOf(msg.sender, text.subject, known, salt)) revert BoardWrongNote(question);
        if (!Grades.isMark(known, text.dimensions)) revert BoardWrongMark(question, type(uint8).max);

        uint8 failed = score.missing(known, word.tolerance());
        b.fail(word, failed);
        emit GoldOpened(text.batch, question, known, failed);
    }

    /// @inheritdoc IScoreBoard
    function accuse(
        uint40 batch,
        SeatCommit[] calldata commits,
        uint256 index,
        Statement calldata one,
        Statement calldata other
    ) external nonReentrant {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.word;
        Status status = word.statusOf();
        if (status != Status.Revealing && status != Status.Grading) revert BoardWrongStatus(batch, status);
        _requireCommits(batch, b, commits);
        _requireWithin(index, 0, commits.length - 1);
        SeatCommit seatCommit = commits[index];
        uint8 seat = seatCommit.seat();
        Row calldata first = _signedRow(batch, seatCommit, one);
        uint24 mark = ScoreWord.wrap(first.sheet).markAt(seat);
        bool contradicts;
        if (other.signature.length == 0) {
            uint24 opened = b.scores[first.question].markAt(seat);
            contradicts = opened != 0 && opened != mark;
        } else {
            Row calldata second = _signedRow(batch, seatCommit, other);
            contradicts = first.question == second.question && ScoreWord.wrap(second.sheet).markAt(seat) != mark;
        }
        if (!contradicts) revert BoardNoContradiction(seat);

        // The cast is safe: at most seven seats.
        b.fail(word, uint8(1 << seat));
        emit SeatConvicted(batch, seat, first.question);
    }

    // Ends

    /// @inheritdoc IScoreBoard
    function settle(Question[] calldata texts) external nonReentrant {
        if (texts.length == 0) revert BoardEmpty();
        ScoreSettlement.settle(_batches[texts[0].batch], vault, texts);
    }

    /// @inheritdoc IScoreBoard
    function close(uint40 batch) external nonReentrant {
        ScoreSettlement.close(_batches[batch], validators, batch);
    }

    // Views

    /// @inheritdoc IScoreBoard
    function scoreOf(uint40 batch, bytes32 question) external view returns (ScoreView memory v) {
        Batches.Batch storage b = _batches[batch];
        ScoreWord word = b.scores[question];
        uint24 medians = word.medians();
        v.stage = Stage(word.stage());
        v.dimensions = word.dimensions();
        (v.quality, v.relevance, v.uniqueness) = (_score(medians, 0), _score(medians, 1), _score(medians, 2));
        // The cast is safe: at most seven seats.
        v.count = uint8(word.count());
        (uint256 commitEnd, , ) = b.word.windowsOf();
        v.drawnAt = commitEnd == 0 ? 0 : b.word.since();
    }

    /// @inheritdoc IScoreBoard
    function wordOf(uint40 batch, bytes32 question) external view returns (ScoreWord) {
        return _batches[batch].scores[question];
    }

    /// @inheritdoc IScoreBoard
    function batchOf(uint40 batch) external view returns (BatchView memory v) {
        Batches.Batch storage b = _batches[batch];
        BatchWord word = b.word;
        v.status = word.statusOf();
        (v.seats, v.tolerance, v.committed, v.failed) = (
            word.seats(),
            word.tolerance(),
            word.committed(),
            word.failed()
        );
        (v.asked, v.settled) = (b.marking.asked(), b.marking.settled());
        (v.askEnd, v.round) = (word.askEnd(), word.round());
        (uint256 commitEnd, uint256 revealEnd, uint256 gradeEnd) = word.windowsOf();
        v.frozenAt = commitEnd == 0 ? word.since() : 0;
        // No later than 13 days after a second of 40 bits.
        (v.commitEnd, v.revealEnd, v.gradeEnd) = (uint40(commitEnd), uint40(revealEnd), uint40(gradeEnd));
    }

    /// @inheritdoc IScoreBoard
    function newestBatch(uint8 domain) external view returns (uint40) {
        return _newest[domain];
    }

    /// @inheritdoc IScoreBoard
    function seatsOf(uint40 batch) external view returns (uint40[] memory) {
        return _batches[batch].seatsOf(_batches[batch].word);
    }

    /// @inheritdoc IScoreBoard
    function rootOf(uint40 batch, uint8 seat) external view returns (bytes32) {
        return _batches[batch].roots[seat];
    }

    /// @inheritdoc IScoreBoard
    function markingOf(uint40 batch, uint8 seat) external view returns (uint16 answered, uint16 sound) {
        _requireWithin(seat, 0, ScoreWordLib.SEATS - 1);
        MarkingWord marking = _batches[batch].marking;
        return (marking.answeredBy(seat), marking.soundOf(seat));
    }

    /// @inheritdoc IScoreBoard
    function questionIdOf(Question calldata text) public pure returns (bytes32) {
        return _idOf(text);
    }

    /// @inheritdoc IScoreBoard
    function noteOf(address setter, bytes32 subject, uint24 known, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(GOLD_DOMAIN, block.chainid, address(this), setter, subject, known, salt));
    }

    /// @inheritdoc IScoreBoard
    function leafOf(bytes32 question, uint40 validator, uint24 mark, bytes32 salt) public view returns (bytes32) {
        bytes32 hash = keccak256(abi.encode(block.chainid, address(this), question, validator, mark, salt));
        return keccak256(bytes.concat(hash));
    }

    /// @inheritdoc IScoreBoard
    function sheetDigest(uint40 batch, Row[] calldata rows) public view returns (bytes32) {
        return _hashTypedDataV4(Sheets.hashOf(batch, rows));
    }

    // Private

    /// @dev The batch of a domain that takes questions in this second; a new one, if there is none.
    function _presentBatch(uint8 domain, Terms memory terms_) private returns (uint40 batch, BatchWord word) {
        batch = _newest[domain];
        Batches.Batch storage b = _batches[batch];
        word = b.word;
        bool takes = word.statusOf() == Status.Asking && b.marking.asked() < terms_.maxQuestions;
        if (takes) return (batch, word);
        // The first of a domain is number 1, so that no id is zero.
        batch = batch == 0 ? uint40((uint256(domain) << DOMAIN_SHIFT) + 1) : batch + 1;
        _newest[domain] = batch;
        word = _batches[batch].open(terms_);
        emit BatchOpened(batch, domain, word.seats(), word.askEnd());
    }

    function _takeSeats(uint40 batch, BatchWord word, bytes32 seed) private returns (uint40[] memory) {
        // Nothing to draw from: a draw is not for certain to accept that.
        if (word.length() == 0) return new uint40[](0);
        return
            validators.takeSeats(
                IValidatorRegistry.SeatRequest({
                    domain: _domainOf(batch),
                    frozenAt: word.since(),
                    length: word.length(),
                    seats: word.seats(),
                    tries: uint16(TRIES_PER_SEAT * word.seats()),
                    seed: seed,
                    excluded: new uint40[](0)
                })
            );
    }

    function _validatorAt(Batches.Batch storage b, BatchWord word, uint8 seat) private view returns (uint40) {
        _requireWithin(seat, 0, uint256(word.seats()) - 1);
        return b.seatsOf(word)[seat];
    }

    function _requireCommits(uint40 batch, Batches.Batch storage b, SeatCommit[] calldata commits) private view {
        bool right = commits.length != 0 && Sheets.chainOf(commits) == b.chain;
        if (!right) revert BoardWrongCommits(batch);
    }

    /// @dev Row of a statement that the seat signed.
    function _signedRow(
        uint40 batch,
        SeatCommit seatCommit,
        Statement calldata statement
    ) private view returns (Row calldata row) {
        _requireWithin(statement.index, 0, statement.rows.length - 1);
        seatCommit.requireSigned(sheetDigest(batch, statement.rows), statement.signature);
        return statement.rows[statement.index];
    }

    /// @dev Whether the seed that the batch waits for cannot draw any more.
    function _isSpent(BatchWord word) private view returns (bool) {
        if (block.timestamp >= word.since() + Batches.FREEZE) return true;
        uint32 round = word.round();
        (IRandomnessBeacon.RoundStatus status, , , ) = beacon.roundInfo(round);
        if (status == IRandomnessBeacon.RoundStatus.None) return round <= beacon.currentRound();
        return status == IRandomnessBeacon.RoundStatus.Dead;
    }

    function _seedOf(uint40 batch, BatchWord word) private view returns (bytes32 seed) {
        uint32 round = _boundRound(batch, word);
        (IRandomnessBeacon.RoundStatus status, , , ) = beacon.roundInfo(round);
        if (status != IRandomnessBeacon.RoundStatus.Answered) revert BoardRoundUnanswered(batch, round);
        (seed, ) = beacon.seedOf(round);
        return keccak256(abi.encode(seed, DRAW_DOMAIN, batch));
    }

    /// @dev Fee in its units, at least `least`.
    function _feeUnits(uint256 fee, uint256 least) private pure returns (uint40) {
        if (fee % FEE_UNIT != 0) revert BoardFeeNotWhole(fee);
        uint256 units = fee / FEE_UNIT;
        _requireWithin(units, least, type(uint40).max);
        // The cast is safe by the check.
        return uint40(units);
    }

    function _boundRound(uint40 batch, BatchWord word) private pure returns (uint32 round) {
        round = word.round();
        if (round == 0) revert BoardUnbound(batch);
    }

    function _domainOf(uint40 batch) private pure returns (uint8) {
        return uint8(batch >> DOMAIN_SHIFT);
    }

    function _idOf(Question memory text) private pure returns (bytes32) {
        return keccak256(abi.encode(text));
    }

    /// @dev Score of a dimension, 0 for none.
    function _score(uint24 mark, uint256 dimension) private pure returns (uint8) {
        uint256 score = ScoreWordLib.scoreIn(mark, dimension);
        // The cast is safe: 7 bits.
        return score == 0 ? 0 : uint8(score - 1);
    }
}
