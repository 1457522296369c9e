// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ScoreWord} from "../libraries/ScoreWord.sol";
import {SeatCommit} from "../libraries/SeatCommit.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";

/// @title IScoreBoard
/// @notice Scores of 0..100 by drawn panels of validators: quality, relevance, uniqueness (SPEC 7).
/// @dev Modules (`setAsker`) ask. The questions of a domain that are asked in the same epoch, at most `maxQuestions`,
/// make a batch, and one panel scores a whole batch: one draw, one commit per seat. A batch takes questions until its
/// epoch ends or it is full; the next question opens the next batch. Then its pool is frozen and it is bound to the
/// beacon's next round, so that nobody knows the panel of a question that can still be asked.
///
/// Each seat commits to the Merkle root of its marks of all questions (`leafOf`). After the commit window the marks
/// come in on one of two ways: all seats that committed sign one sheet and anybody reports it, or leaves are opened one
/// by one. Nobody signs before the others opened their leaves to it, outside the chain; a seat whose leaves are not
/// what it says gets no signatures and has to open them here. Every way, a mark is fixed by the commit.
///
/// The result are the lower medians, final when they are counted: no later step changes a mark. Pay comes after the
/// grading window. In it gold questions are opened: a gold setter shows the marks that it had sealed in the question's
/// `note`, and who misses them by more than the tolerance did not look. Whoever is shown to have signed two different
/// marks fails alike. A seat that failed, or that left a question without an answer, gets no pay for the batch or none
/// for that question, and ends as a silent one, with a slash.
///
/// Money: the fee of a question is debited from its asker's vault account, and every wei of it goes to the seats or
/// back. Without a panel, and without marks of more than half of the seats, all of it goes back.
interface IScoreBoard {
    /// @notice Where a batch stands; derived from its word and the time.
    /// @param None never opened
    /// @param Asking takes questions until `askEnd`, or until it is full
    /// @param Waiting to be bound to a round and drawn
    /// @param Committing seats commit until `commitEnd`, or until all did
    /// @param Revealing marks are reported or opened until `revealEnd`
    /// @param Grading gold questions are opened until `gradeEnd`
    /// @param Settling questions are settled; then it can be closed
    /// @param Failed no panel, or none within 14 days: fees are settled back
    /// @param Closed its seats ended
    enum Status {
        None,
        Asking,
        Waiting,
        Committing,
        Revealing,
        Grading,
        Settling,
        Failed,
        Closed
    }

    /// @notice Where a question stands.
    /// @param None never asked
    /// @param Asked without a result
    /// @param Scored with a result
    /// @param Settled its fee was paid or returned
    enum Stage {
        None,
        Asked,
        Scored,
        Settled
    }

    /// @notice What a module asks.
    /// @param subject what is to be scored
    /// @param claim digest of the content, or of what is claimed about it
    /// @param domain domain 0..31 that validators must have
    /// @param dimensions 1 quality, 2 and relevance, 3 and uniqueness
    /// @param party account that the question is about; if it is on the panel it gives no mark. 0 for none
    /// @param fee token wei, whole units of 1e12, at least `minFee` for each seat
    /// @param note random; in a gold question `noteOf` what is known
    struct AskRequest {
        bytes32 subject;
        bytes32 claim;
        uint8 domain;
        uint8 dimensions;
        uint40 party;
        uint256 fee;
        bytes32 note;
    }

    /// @notice Text of a question, as its event tells it; its hash is its id.
    struct Question {
        uint40 batch;
        address asker;
        bytes32 subject;
        bytes32 claim;
        uint8 dimensions;
        uint40 party;
        bytes32 note;
    }

    /// @notice What a sheet says about a question.
    /// @param question id
    /// @param sheet marks of all seats and their medians, as in ScoreWord
    struct Row {
        bytes32 question;
        uint168 sheet;
    }

    /// @notice A mark that a seat committed to.
    /// @param question id
    /// @param mark scores, as in ScoreWord
    /// @param salt secret until it is opened
    /// @param proof Merkle proof of its leaf
    struct Leaf {
        bytes32 question;
        uint24 mark;
        bytes32 salt;
        bytes32[] proof;
    }

    /// @notice A signed sheet, shown for one of its rows.
    struct Statement {
        Row[] rows;
        uint256 index;
        bytes signature;
    }

    /// @notice Terms of new batches.
    /// @param epochSeconds 1..30 d (default 7 d)
    /// @param seats 3, 5 or 7 (default 5)
    /// @param commitSeconds 12..72 h (default 24 h)
    /// @param revealSeconds 12..72 h (default 24 h)
    /// @param gradeSeconds 12 h..7 d (default 24 h)
    /// @param tolerance points by which a mark may miss a gold question, 6..50 (default 15)
    /// @param maxQuestions questions of a batch, 1..1,024 (default 64); also of batches that are open
    /// @param minFee least fee for a seat and question, units of 1e12 token wei, 1..1e9; also of batches that are open
    struct Terms {
        uint32 epochSeconds;
        uint8 seats;
        uint24 commitSeconds;
        uint24 revealSeconds;
        uint24 gradeSeconds;
        uint8 tolerance;
        uint16 maxQuestions;
        uint40 minFee;
    }

    /// @notice State of a batch, unpacked for readers.
    /// @param status where it stands now
    /// @param seats seats of its panel
    /// @param tolerance points by which a mark may miss a gold question
    /// @param asked questions
    /// @param settled questions that are settled
    /// @param askEnd last second in which it takes questions
    /// @param frozenAt second in which its pool was frozen, 0 before and once it is drawn
    /// @param round beacon round that it is bound to, 0 before
    /// @param commitEnd last second for commits, 0 before the draw
    /// @param revealEnd last second for reports and reveals, 0 before the draw
    /// @param gradeEnd last second for gold questions, 0 before the draw
    /// @param committed bit set of the seats that committed
    /// @param failed bit set of the seats that failed
    struct BatchView {
        Status status;
        uint8 seats;
        uint8 tolerance;
        uint16 asked;
        uint16 settled;
        uint40 askEnd;
        uint40 frozenAt;
        uint32 round;
        uint40 commitEnd;
        uint40 revealEnd;
        uint40 gradeEnd;
        uint8 committed;
        uint8 failed;
    }

    /// @notice Result of a question. Scores are 0 without a result and in dimensions that were not asked for.
    /// @param stage where it stands
    /// @param dimensions dimensions that were asked for
    /// @param quality median
    /// @param relevance median
    /// @param uniqueness median
    /// @param count seats that gave a mark
    /// @param drawnAt second in which the panel was drawn: it says nothing about what came later
    struct ScoreView {
        Stage stage;
        uint8 dimensions;
        uint8 quality;
        uint8 relevance;
        uint8 uniqueness;
        uint8 count;
        uint40 drawnAt;
    }

    /// @notice A batch takes questions until `askEnd`.
    event BatchOpened(uint40 indexed batch, uint8 indexed domain, uint8 seats, uint40 askEnd);
    /// @notice A question was asked; `fee` token wei.
    event QuestionAsked(uint40 indexed batch, bytes32 indexed question, Question text, uint256 fee);
    /// @notice The batch waits for a round; its pool is that of this second.
    event BatchBound(uint40 indexed batch, uint16 owners, uint32 round);
    /// @notice Its panel was drawn.
    event BatchDrawn(uint40 indexed batch, uint32 indexed round, uint40[] validators);
    /// @notice Too few seats could be drawn.
    event BatchFailed(uint40 indexed batch);
    /// @notice A seat sealed its marks; `commit` goes to `report`, in the order of these events.
    event MarksCommitted(uint40 indexed batch, SeatCommit commit, bytes32 root);
    /// @notice A seat's mark is known.
    event MarkRevealed(uint40 indexed batch, bytes32 indexed question, uint8 seat, uint24 mark);
    /// @notice The question has a result; `sheet` are marks and medians as in ScoreWord.
    event QuestionScored(uint40 indexed batch, bytes32 indexed question, uint168 sheet);
    /// @notice A gold question was opened; `failed` are the seats that missed it, a bit set.
    event GoldOpened(uint40 indexed batch, bytes32 indexed question, uint24 known, uint8 failed);
    /// @notice A seat had signed two different marks.
    event SeatConvicted(uint40 indexed batch, uint8 seat, bytes32 indexed question);
    /// @notice The fee was divided; token wei.
    event QuestionSettled(uint40 indexed batch, bytes32 indexed question, uint256 paid, uint256 returned);
    /// @notice The seats ended.
    event BatchClosed(uint40 indexed batch);
    /// @notice A module may ask, or no more.
    event AskerChanged(address indexed asker, bool allowed);
    /// @notice An address may open gold questions, or no more.
    event GoldSetterChanged(address indexed setter, bool allowed);
    /// @notice New terms.
    event TermsChanged(Terms terms);

    /// @notice An address must not be zero.
    error BoardZeroAddress();
    /// @notice A value is outside its bounds.
    error BoardOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice The number of seats is even.
    error BoardEvenSeats(uint8 seats);
    /// @notice The caller may not ask.
    error BoardNotAsker(address caller);
    /// @notice The caller may not open gold questions.
    error BoardNotGoldSetter(address caller);
    /// @notice The fee is no whole number of units of 1e12 token wei.
    error BoardFeeNotWhole(uint256 fee);
    /// @notice The very same question was asked before.
    error BoardKnownQuestion(bytes32 question);
    /// @notice The batch's status does not allow this.
    error BoardWrongStatus(uint40 batch, Status status);
    /// @notice The question is not of this batch, or its stage does not allow this.
    error BoardWrongQuestion(bytes32 question, Stage stage);
    /// @notice The bound round still can be used.
    error BoardRoundAlive(uint40 batch, uint32 round);
    /// @notice The batch is bound to no round.
    error BoardUnbound(uint40 batch);
    /// @notice The bound round has no seed yet.
    error BoardRoundUnanswered(uint40 batch, uint32 round);
    /// @notice The caller does not work for the seat's validator.
    error BoardNotSeated(uint40 batch, uint8 seat, address caller);
    /// @notice The seat committed before.
    error BoardCommittedBefore(uint40 batch, uint8 seat);
    /// @notice A root must not be zero.
    error BoardZeroRoot();
    /// @notice These are not the commits of the batch in their order.
    error BoardWrongCommits(uint40 batch);
    /// @notice There is not one signature per commit.
    error BoardWrongCount(uint256 signatures, uint256 commits);
    /// @notice The signature is not the seat's.
    error BoardWrongSignature(uint8 seat);
    /// @notice The seat's mark is missing, malformed, or not what is known of it, or it is there and should not be.
    error BoardWrongMark(bytes32 question, uint8 seat);
    /// @notice These are not the lower medians.
    error BoardWrongMedians(bytes32 question, uint24 medians);
    /// @notice Too few seats gave a mark.
    error BoardTooFewMarks(bytes32 question, uint256 count, uint256 quorum);
    /// @notice The leaf is not in what the seat committed to.
    error BoardWrongLeaf(bytes32 question, uint8 seat);
    /// @notice This is not what the note sealed.
    error BoardWrongNote(bytes32 question);
    /// @notice The statements don't contradict each other.
    error BoardNoContradiction(uint8 seat);
    /// @notice Questions are open.
    error BoardUnsettled(uint40 batch, uint16 settled, uint16 asked);
    /// @notice Nothing was given.
    error BoardEmpty();

    // Asking

    /// @notice Asker: asks a question in the present batch of the domain, which opens one if there is none; debits the
    /// fee from the asker's vault account, which has authorised the board.
    /// @dev Emits BatchOpened, QuestionAsked. Reverts BoardNotAsker, BoardOutOfBounds (domain, dimensions, fee),
    /// BoardFeeNotWhole, BoardKnownQuestion, and as the vault does.
    /// @return batch id
    /// @return question id, by which `scoreOf` answers
    function ask(AskRequest calldata request) external returns (uint40 batch, bytes32 question);

    // Panels

    /// @notice Anyone: freezes the pool of a waiting batch and binds it to the beacon's next round; again, when that
    /// round died, left the beacon's ring, or the pool was frozen 3 days ago.
    /// @dev Emits BatchBound. Reverts BoardWrongStatus, BoardRoundAlive.
    function bind(uint40 batch) external;

    /// @notice Anyone: requests the round that a batch is bound to, paid in native coin (IRandomnessBeacon).
    /// @dev All of msg.value goes to the beacon. Reverts BoardWrongStatus, BoardUnbound, BoardRoundAlive (somebody
    /// requested it), and as the beacon does.
    function requestRound(uint40 batch) external payable returns (uint32 round);

    /// @notice Anyone, once the round is answered: draws the panel.
    /// @dev When too few can be drawn, the batch fails. Emits BatchDrawn or BatchFailed. Reverts BoardWrongStatus,
    /// BoardUnbound, BoardRoundUnanswered, and as the registry does.
    function draw(uint40 batch) external;

    // Marks

    /// @notice Seat's validator or its hot key: seals its marks of all questions. Once. Its signatures are those of the
    /// caller from now on.
    /// @dev Emits MarksCommitted. Reverts BoardWrongStatus, BoardOutOfBounds (seat), BoardNotSeated,
    /// BoardCommittedBefore, BoardZeroRoot.
    /// @param root OpenZeppelin Merkle root of `leafOf` each question
    function commit(uint40 batch, uint8 seat, bytes32 root) external;

    /// @notice Anyone: reports a sheet that all seats which committed have signed (EIP-712 ScoreSheet).
    /// @dev A row has the marks of exactly these seats, without the question's party. Emits QuestionScored for each.
    /// Reverts BoardWrongStatus, BoardEmpty, BoardWrongCommits, BoardWrongCount, BoardWrongSignature,
    /// BoardWrongQuestion, BoardWrongMark, BoardTooFewMarks, BoardWrongMedians.
    /// @param rows what the sheet says
    /// @param commits commits of the batch in their order
    /// @param signatures one per commit: 65 bytes of an account, or what its ERC-1271 contract accepts
    function report(
        uint40 batch,
        Row[] calldata rows,
        SeatCommit[] calldata commits,
        bytes[] calldata signatures
    ) external;

    /// @notice Anyone who knows the salts: opens marks of a seat. Those that are known already are passed over.
    /// @dev Emits MarkRevealed for each. Reverts BoardWrongStatus, BoardOutOfBounds (seat), BoardWrongLeaf,
    /// BoardWrongQuestion, BoardWrongMark.
    function reveal(uint40 batch, uint8 seat, Leaf[] calldata leaves) external;

    /// @notice Anyone, after the reveal window: counts what was opened.
    /// @dev Settling does it too. Emits QuestionScored for each. Reverts BoardWrongStatus, BoardWrongQuestion,
    /// BoardTooFewMarks.
    function tally(uint40 batch, bytes32[] calldata questions) external;

    // Grading

    /// @notice Gold setter, in the grading window: opens what it sealed in a question's note. Seats that miss it fail.
    /// @dev Emits GoldOpened. Reverts BoardNotGoldSetter, BoardWrongStatus, BoardWrongQuestion, BoardWrongNote,
    /// BoardWrongMark.
    function openGold(Question calldata text, uint24 known, bytes32 salt) external;

    /// @notice Anyone, until the grading window ends: shows that a seat signed two different marks, or another one than
    /// is known here (`other` without a signature then).
    /// @dev Emits SeatConvicted. Reverts BoardWrongStatus, BoardWrongCommits, BoardOutOfBounds (commit, index),
    /// BoardWrongSignature, BoardNoContradiction.
    /// @param commits commits of the batch in their order
    /// @param index which of them is the seat's
    function accuse(
        uint40 batch,
        SeatCommit[] calldata commits,
        uint256 index,
        Statement calldata one,
        Statement calldata other
    ) external;

    // Ends

    /// @notice Anyone, after the grading window or when the batch failed: pays the seats and returns the rest to the
    /// askers, for any open questions of a batch.
    /// @dev Emits QuestionSettled for each, QuestionScored for those not counted before. Reverts BoardEmpty,
    /// BoardWrongStatus, BoardWrongQuestion.
    function settle(Question[] calldata texts) external;

    /// @notice Anyone, once all is settled: ends the seats. Failed, or without an answer to a question: Silent. Else
    /// Coherent when at least half of the questions earned it at least half of its part, or Incoherent.
    /// @dev Emits BatchClosed. Reverts BoardWrongStatus, BoardUnsettled.
    function close(uint40 batch) external;

    // Governance

    /// @notice Owner: allows a module to ask, or not. Emits AskerChanged. Reverts BoardZeroAddress.
    function setAsker(address asker, bool allowed) external;

    /// @notice Owner: allows an address to open gold questions, or not. Emits GoldSetterChanged. Reverts
    /// BoardZeroAddress.
    function setGoldSetter(address setter, bool allowed) external;

    /// @notice Owner: terms of new batches. Emits TermsChanged. Reverts BoardOutOfBounds, BoardEvenSeats.
    function setTerms(Terms calldata value) external;

    // Views

    /// @notice Beacon whose rounds draw.
    function beacon() external view returns (IRandomnessBeacon);

    /// @notice Registry of the validators.
    function validators() external view returns (IValidatorRegistry);

    /// @notice Vault through which fees go.
    function vault() external view returns (IPaymentVault);

    /// @notice Whether a module may ask.
    function isAsker(address asker) external view returns (bool);

    /// @notice Whether an address may open gold questions.
    function isGoldSetter(address setter) external view returns (bool);

    /// @notice Present terms.
    function terms() external view returns (Terms memory);

    /// @notice Result of a question.
    function scoreOf(uint40 batch, bytes32 question) external view returns (ScoreView memory);

    /// @notice Word of a question: marks, medians, fee, party.
    function wordOf(uint40 batch, bytes32 question) external view returns (ScoreWord);

    /// @notice State of a batch.
    function batchOf(uint40 batch) external view returns (BatchView memory);

    /// @notice Newest batch of a domain, 0 when there was none.
    function newestBatch(uint8 domain) external view returns (uint40 batch);

    /// @notice Validators of a batch in the order of their seats; empty before the draw.
    function seatsOf(uint40 batch) external view returns (uint40[] memory);

    /// @notice Root that a seat committed to, 0 before.
    function rootOf(uint40 batch, uint8 seat) external view returns (bytes32);

    /// @notice Settled questions of a batch that a seat answered, and those that earned it at least half of its part.
    function markingOf(uint40 batch, uint8 seat) external view returns (uint16 answered, uint16 sound);

    /// @notice keccak256(abi.encode(text)).
    function questionIdOf(Question calldata text) external pure returns (bytes32);

    /// @notice What seals known marks in the note of a question that `setter` will open:
    /// keccak256(abi.encode(GOLD_DOMAIN, chain id, board, setter, subject, known, salt)).
    function noteOf(address setter, bytes32 subject, uint24 known, bytes32 salt) external view returns (bytes32);

    /// @notice Leaf of a mark: keccak256(bytes.concat(keccak256(abi.encode(chain id, board, question, validator, mark,
    /// salt)))). The question's id has its batch in it.
    function leafOf(bytes32 question, uint40 validator, uint24 mark, bytes32 salt) external view returns (bytes32);

    /// @notice EIP-712 digest of a sheet: ScoreSheet(uint40 batch,Row[] rows)Row(bytes32 question,uint168 sheet).
    function sheetDigest(uint40 batch, Row[] calldata rows) external view returns (bytes32);
}
