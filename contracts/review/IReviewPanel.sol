// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";

/// @title IReviewPanel
/// @notice Drawn panels of validators that find out what a piece of work should have given (SPEC 7). Holds no money:
/// who asks pays, out of what it holds itself, whom `close` names.
/// @dev A question is asked by a module (`setAsker`) about a claimed digest. Its pool is frozen and it is bound to the
/// beacon's next round, so that the seats depend on nothing after the question but the seed. Each seat commits to the
/// digest that it found, then reveals it. Zero stands for content that cannot be had, also when zero is claimed; equal
/// to the claim is Valid; any other digest is Invalid.
///
/// Verdict of a panel of k seats: Invalid when more than half of all seats name the same other digest; else Unavailable
/// when more than half of all seats say so; else, with at least half of the seats revealed, Valid: tie and shortfall
/// are no guilt. Fewer revealed: a new panel is drawn once, then there is no verdict. Invalid and Unavailable are
/// guilt.
///
/// One appeal, to a panel of 2k + 1 validators who did not sit. An appeal that comes to nothing leaves the verdict it
/// was raised against. Guilt counts without more only if the panel that found it was drawn by VRF from a pool of at
/// least 3 owners a seat and no appeal came to nothing; else an arbiter has to confirm it before the deadline.
///
/// Nothing gets stuck: without a verdict in time, `close` says None, and whoever asked returns what it holds.
interface IReviewPanel {
    /// @notice What a panel says.
    /// @param None nothing (yet, or in time)
    /// @param Valid the claim is right, or guilt was not shown
    /// @param Invalid another result is right
    /// @param Unavailable the content cannot be had
    enum Finding {
        None,
        Valid,
        Invalid,
        Unavailable
    }

    /// @notice Where a question stands; derived from its word and the time.
    /// @param None never asked
    /// @param Waiting bound to a round; not drawn
    /// @param Committing seats commit until `commitEnd`, or until all did
    /// @param Revealing seats reveal until `revealEnd`, or until all did
    /// @param Counting may be tallied
    /// @param Decided tallied; may be appealed until `appealEnd`, then closed
    /// @param Closed over
    enum Status {
        None,
        Waiting,
        Committing,
        Revealing,
        Counting,
        Decided,
        Closed
    }

    /// @notice What a module asks.
    /// @param subject what it is about, unique for the asker
    /// @param claim digest under review
    /// @param domain domain 0..31 that validators must have
    /// @param seats k, odd, 1..15
    /// @param deadline last second in which a verdict is of use
    /// @param parties accounts that never sit, at most 8; zeros are ignored
    struct AskRequest {
        bytes32 subject;
        bytes32 claim;
        uint8 domain;
        uint8 seats;
        uint40 deadline;
        uint40[] parties;
    }

    /// @notice Windows of new questions, seconds.
    /// @param commitSeconds 12..72 h (default 24 h)
    /// @param revealSeconds 12..72 h (default 24 h)
    /// @param appealSeconds 24 h..7 d (default 48 h)
    struct Windows {
        uint24 commitSeconds;
        uint24 revealSeconds;
        uint24 appealSeconds;
    }

    /// @notice State of a question, unpacked for readers.
    /// @param status where it stands now
    /// @param asker module that asked
    /// @param claim digest under review
    /// @param domain domain
    /// @param instance 0, or 1 once appealed
    /// @param redrawn whether the instance's first panel came to nothing
    /// @param seats seats of the present panel
    /// @param frozenAt second in which its pool was frozen
    /// @param owners owners in that pool
    /// @param round beacon round that it is bound to
    /// @param commitEnd last second for commits, 0 before the draw
    /// @param revealEnd last second for reveals, 0 before the draw
    /// @param appealEnd last second for an appeal, 0 when it is not decided or can't be appealed
    /// @param deadline last second in which a verdict is of use
    /// @param finding verdict so far
    /// @param digest digest that the verdict names: the claim, the right one, or zero
    /// @param needsConfirmation whether an arbiter has to confirm the verdict
    /// @param confirmed whether one did
    /// @param lot of the seed that drew the present panel, odd; 0 before its draw. Modules let it choose what has to be
    /// opened to the panel
    struct QuestionView {
        Status status;
        address asker;
        bytes32 claim;
        uint8 domain;
        uint8 instance;
        bool redrawn;
        uint8 seats;
        uint40 frozenAt;
        uint16 owners;
        uint32 round;
        uint40 commitEnd;
        uint40 revealEnd;
        uint40 appealEnd;
        uint40 deadline;
        Finding finding;
        bytes32 digest;
        bool needsConfirmation;
        bool confirmed;
        uint48 lot;
    }

    /// @notice A question was asked; `question` = keccak256(abi.encode(asker, subject)).
    event QuestionAsked(bytes32 indexed question, address indexed asker, bytes32 indexed subject, bytes32 claim);
    /// @notice A panel of the question waits for a round; its pool is that of this second.
    event PanelBound(bytes32 indexed question, uint8 instance, bool redrawn, uint8 seats, uint16 owners, uint32 round);
    /// @notice The seats were drawn, `by` a caller.
    event PanelDrawn(bytes32 indexed question, uint32 indexed round, address indexed by, uint40[] validators);
    /// @notice A seat sealed its vote.
    event VoteCommitted(bytes32 indexed question, uint40 indexed validator, bytes32 commitment);
    /// @notice A seat's vote is known.
    event VoteRevealed(bytes32 indexed question, uint40 indexed validator, bytes32 digest);
    /// @notice A panel came to nothing: too few seats could be drawn, or too few votes were revealed.
    event PanelFailed(bytes32 indexed question, uint8 instance, bool redrawn);
    /// @notice The verdict so far.
    event QuestionDecided(bytes32 indexed question, uint8 instance, Finding finding, bytes32 digest);
    /// @notice The verdict was appealed; `appellant` never sits.
    event QuestionAppealed(bytes32 indexed question, uint40 indexed appellant);
    /// @notice An arbiter confirmed the verdict, or refused to.
    event FindingConfirmed(bytes32 indexed question, address indexed arbiter, bool confirmed);
    /// @notice The question is over.
    event QuestionClosed(bytes32 indexed question, Finding finding, bytes32 digest);
    /// @notice A module may ask, or no more.
    event AskerChanged(address indexed asker, bool allowed);
    /// @notice An arbiter may confirm, or no more.
    event ArbiterChanged(address indexed arbiter, bool allowed);
    /// @notice New windows.
    event WindowsChanged(Windows windows);

    /// @notice An address must not be zero.
    error PanelZeroAddress();
    /// @notice A value is outside its bounds.
    error PanelOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice The number of seats is even.
    error PanelEvenSeats(uint8 seats);
    /// @notice The caller may not ask.
    error PanelNotAsker(address caller);
    /// @notice The caller may not confirm.
    error PanelNotArbiter(address caller);
    /// @notice The subject was asked about before.
    error PanelKnownQuestion(bytes32 question);
    /// @notice The question's status does not allow this.
    error PanelWrongStatus(bytes32 question, Status status);
    /// @notice The caller does not work for the seat's validator.
    error PanelNotSeated(bytes32 question, uint8 seat, address caller);
    /// @notice The seat has committed, or revealed, before.
    error PanelVotedBefore(bytes32 question, uint8 seat);
    /// @notice The seat did not commit, or to something else.
    error PanelWrongCommitment(bytes32 question, uint8 seat);
    /// @notice A commitment must not be zero.
    error PanelZeroCommitment();
    /// @notice The bound round has no seed yet.
    error PanelRoundUnanswered(bytes32 question, uint32 round);
    /// @notice The bound round still can be used, or a round was requested already.
    error PanelRoundAlive(bytes32 question, uint32 round);
    /// @notice This opens after `opensAt`.
    error PanelTooEarly(bytes32 question, uint256 opensAt);
    /// @notice This closed after `closedAt`.
    error PanelTooLate(bytes32 question, uint256 closedAt);
    /// @notice The verdict was appealed before, or there is none.
    error PanelNoAppeal(bytes32 question);
    /// @notice The verdict needs no confirmation, or has it.
    error PanelNothingToConfirm(bytes32 question);
    /// @notice An arbiter has to confirm the verdict first.
    error PanelUnconfirmed(bytes32 question);

    // Asking

    /// @notice Asker: asks a question; freezes its pool and binds it to the beacon's next round.
    /// @dev Emits QuestionAsked, PanelBound. Reverts PanelNotAsker, PanelKnownQuestion,
    /// PanelEvenSeats, PanelOutOfBounds (seats, domain, parties, deadline not ahead).
    function ask(AskRequest calldata request) external returns (bytes32 question);

    /// @notice Asker: appeals the verdict for `appellant`, within the appeal window, once, while a panel still fits
    /// before the deadline; freezes a pool anew.
    /// @dev Emits QuestionAppealed, PanelBound. Reverts PanelNotAsker, PanelWrongStatus, PanelNoAppeal, PanelTooLate.
    function appeal(bytes32 question, uint40 appellant) external;

    /// @notice Asker: closes a question: after the appeal window, at once when it was appealed or has no verdict, and
    /// in every status after the deadline, then with None. Ends all seats with what they did.
    /// @dev A vote is coherent when it says what the final verdict says, for Invalid the same digest. Emits
    /// QuestionClosed. Reverts PanelNotAsker, PanelWrongStatus, PanelTooEarly, PanelUnconfirmed.
    /// @return finding final verdict; None when there is none, or none in time
    /// @return digest digest that it names
    /// @return payees accounts to pay alike: the seats that were coherent, and those who drew panels that voted; an
    /// account stands in it once for each
    /// @return seats seats of all panels that voted
    function close(
        bytes32 question
    ) external returns (Finding finding, bytes32 digest, uint40[] memory payees, uint256 seats);

    // Panels

    /// @notice Anyone: requests the round that a waiting question is bound to, paid in native coin (IRandomnessBeacon).
    /// @dev All of msg.value goes to the beacon. Reverts PanelWrongStatus, PanelRoundAlive (somebody requested it), and
    /// as the beacon does.
    function requestRound(bytes32 question) external payable returns (uint32 round);

    /// @notice Anyone: binds a waiting question anew, when its round died, left the beacon's ring, or its pool was
    /// frozen 3 days ago. Freezes the pool anew.
    /// @dev Emits PanelBound. Reverts PanelWrongStatus, PanelRoundAlive.
    function rebind(bytes32 question) external;

    /// @notice Anyone, once the round is answered: draws the seats, all of them in this call.
    /// @dev When too few can be drawn, or no panel fits before the deadline any more, the panel fails. The caller's
    /// vault account, if it has one, is paid like a seat once the panel voted. Emits PanelDrawn, or PanelFailed and
    /// what follows from it (PanelBound, QuestionDecided). Reverts PanelWrongStatus, PanelRoundUnanswered.
    function draw(bytes32 question) external;

    /// @notice Seat's validator or its hot key: seals a vote, `commitmentOf`. Once.
    /// @dev Emits VoteCommitted. Reverts PanelWrongStatus, PanelOutOfBounds (seat), PanelNotSeated, PanelVotedBefore,
    /// PanelZeroCommitment.
    function commit(bytes32 question, uint8 seat, bytes32 commitment) external;

    /// @notice Anyone who knows the salt: opens a vote after the commit window, or as soon as all seats committed.
    /// @dev Emits VoteRevealed. Reverts PanelWrongStatus, PanelOutOfBounds (seat), PanelWrongCommitment.
    /// @param digest sha-256 digest that the validator found, zero for unavailable content
    function reveal(bytes32 question, uint8 seat, bytes32 digest, bytes32 salt) external;

    /// @notice Anyone, after the reveal window or once every seat revealed: counts.
    /// @dev Emits QuestionDecided, or PanelFailed and PanelBound. Reverts PanelWrongStatus.
    function tally(bytes32 question) external;

    /// @notice Arbiter, while it is decided and before the deadline: confirms guilt that needs it, or refuses to, which
    /// leaves no verdict.
    /// @dev Emits FindingConfirmed. Reverts PanelNotArbiter, PanelWrongStatus, PanelNothingToConfirm.
    function confirm(bytes32 question, bool confirmed) external;

    // Governance

    /// @notice Owner: allows a module to ask, or not. Open questions of a removed asker can still be appealed and
    /// closed by it. Emits AskerChanged. Reverts PanelZeroAddress.
    function setAsker(address asker, bool allowed) external;

    /// @notice Owner: allows an arbiter to confirm, or not. Emits ArbiterChanged. Reverts PanelZeroAddress.
    function setArbiter(address arbiter, bool allowed) external;

    /// @notice Owner: windows of questions asked from now on. Emits WindowsChanged. Reverts PanelOutOfBounds.
    function setWindows(Windows calldata value) external;

    // Views

    /// @notice Beacon whose rounds draw.
    function beacon() external view returns (IRandomnessBeacon);

    /// @notice Registry of the validators.
    function validators() external view returns (IValidatorRegistry);

    /// @notice State of a question.
    function questionOf(bytes32 question) external view returns (QuestionView memory);

    /// @notice Id of the question that `asker` asks about `subject`.
    function questionIdOf(address asker, bytes32 subject) external pure returns (bytes32);

    /// @notice Validators of a panel in the order of their seats; empty before the draw.
    /// @param instance 0 or 1
    /// @param redrawn whether the instance's second panel is meant
    function seatsOf(bytes32 question, uint8 instance, bool redrawn) external view returns (uint40[] memory);

    /// @notice Vote of a seat of the present panel: whether it committed, revealed, and the commitment or digest.
    function voteOf(bytes32 question, uint8 seat) external view returns (bool committed, bool revealed, bytes32 vote);

    /// @notice keccak256(abi.encode(chain id, panel, question, round, validator, digest, salt)); round is the beacon's
    /// round of the present panel, which no other panel of the question has.
    function commitmentOf(
        bytes32 question,
        uint40 validator,
        bytes32 digest,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice Longest time that a question of these windows takes without the waits for rounds: four panels and the
    /// appeal window, seconds.
    function longestQuestion() external view returns (uint256);

    /// @notice Present windows.
    function windows() external view returns (Windows memory);

    /// @notice Whether a module may ask.
    function isAsker(address asker) external view returns (bool);

    /// @notice Whether an address may confirm.
    function isArbiter(address arbiter) external view returns (bool);
}
