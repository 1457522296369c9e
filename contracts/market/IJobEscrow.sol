// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGuardedPause} from "../libraries/IGuardedPause.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";
import {Agreement, JobMode, JobStatus, Verdict} from "./JobTypes.sol";

/// @title IJobEscrow
/// @notice Spot lane and named jobs: post, draw, work, deliver, settle (SPEC 5, 6).
/// @dev A job lives at key = requester account (40 bits) << 16 | ring index (16 bits); its public id is
/// key << 32 | generation. All money stays in the PaymentVault, held for this module. Units: Gwei = 1e9 wei.
/// Every state is left by time and any caller; no exit calls a verifier, resolver or receiver.
interface IJobEscrow is IGuardedPause {
    /// @notice What a requester asks for.
    /// @param ring ring index 0..65,535 whose last job has ended
    /// @param service catalogue id
    /// @param units units of the service
    /// @param region region 0..11 or 255 for any
    /// @param mode how the result is accepted
    /// @param secondsPerAttempt work time from acceptance, at least 60, at most 72 h
    /// @param heartbeat longest silence while working, at least 60, or 0 for none but the end of the attempt
    /// @param expiry time from which an undrawn job may be closed
    /// @param namedGpu GPU to work for it without a draw, 0 for a draw
    /// @param maxTotalGwei the most that posting may debit
    /// @param inputDigest sha-256 digest of the input
    /// @param parametersHash hash of the parameters
    /// @param note 32 random bytes, or `canaryNoteOf` of a canary: nobody can tell which before it is opened
    /// @param verifier allow-listed verifier in Proof mode, else zero
    /// @param verifierGas gas for it
    struct PostRequest {
        uint16 ring;
        uint32 service;
        uint32 units;
        uint8 region;
        JobMode mode;
        uint32 secondsPerAttempt;
        uint32 heartbeat;
        uint40 expiry;
        uint40 namedGpu;
        uint64 maxTotalGwei;
        bytes32 inputDigest;
        bytes32 parametersHash;
        bytes32 note;
        address verifier;
        uint32 verifierGas;
    }

    /// @notice Settings that new agreements take over; bounds of SPEC 12 in the setter.
    /// @param resolver resolver of new jobs
    /// @param acceptanceMinutes 2..120
    /// @param reviewHours 12..168
    /// @param challengeHours 24..168: time to challenge an Optimistic job, and to contest a canary
    /// @param revealSeconds 30 min..12 h
    /// @param disputeSeconds 7..30 d
    /// @param lockFactor L, 1..50
    struct Settings {
        address resolver;
        uint8 acceptanceMinutes;
        uint8 reviewHours;
        uint8 challengeHours;
        uint32 revealSeconds;
        uint32 disputeSeconds;
        uint8 lockFactor;
    }

    /// @notice A job was paid for. `ticket` is its place in the main line (0 when a GPU was named); the agreement is
    /// its full text.
    event JobPosted(
        uint256 indexed jobId,
        uint40 indexed requester,
        uint32 indexed service,
        uint32 ticket,
        Agreement agreement
    );
    /// @notice A round was requested for `jobs` waiting jobs.
    event RoundRequested(uint32 indexed round, address indexed by, uint32 jobs);
    /// @notice A GPU holds the job (round 0: it was named); it must give a sign of life by `due`.
    event JobAssigned(uint256 indexed jobId, uint40 indexed gpu, uint32 indexed round, uint8 attempt, uint40 due);
    /// @notice All tries of a draw found no GPU; it counts as one of the three draws.
    event JobDrawFailed(uint256 indexed jobId, uint32 indexed round, uint8 attempt);
    /// @notice The job waits again, in the front line after a decline or a miss, in the main line after a failed
    /// draw.
    event JobRequeued(uint256 indexed jobId, uint8 indexed classId, bool front, uint32 ticket);
    /// @notice The operator gave the job back inside the acceptance window.
    event JobDeclined(uint256 indexed jobId, uint40 indexed gpu, bool inputUnavailable);
    /// @notice Sign of life; `checkpointDigest` is the sha-256 digest of the latest checkpoint or 0.
    event JobCheckpointed(uint256 indexed jobId, uint40 indexed gpu, uint32 step, bytes32 checkpointDigest, uint40 due);
    /// @notice A result was sealed; it must be revealed by `due`.
    event JobCommitted(uint256 indexed jobId, uint40 indexed gpu, bytes32 commitment, uint40 due);
    /// @notice A result was delivered; the requester may object until `due`.
    event JobDelivered(
        uint256 indexed jobId,
        uint40 indexed gpu,
        bytes32 resultDigest,
        uint32 energyMilliWattHours,
        uint40 due
    );
    /// @notice The due time passed; `caller` reported it.
    event JobMissed(uint256 indexed jobId, uint40 indexed gpu, address indexed caller);
    /// @notice The requester rejected the result with a bond (wei) and the digest of its reasons.
    event JobRejected(uint256 indexed jobId, uint256 bond, bytes32 reason);
    /// @notice Anyone challenged the result of an Optimistic job with a bond (wei) and the digest of its reasons.
    event JobChallenged(uint256 indexed jobId, uint40 indexed challenger, uint256 bond, bytes32 reason);
    /// @notice A canary was opened with a bond (wei): its operator may contest until `due`.
    event JobAccused(uint256 indexed jobId, uint40 indexed gpu, uint256 bond, uint40 due);
    /// @notice What the canary's note had sealed.
    event CanaryOpened(uint256 indexed jobId, bytes32 expectedDigest, bytes32 salt);
    /// @notice Who works for the GPU denies the accusation; the resolver decides.
    event AccusationContested(uint256 indexed jobId, uint40 indexed gpu, address indexed by);
    /// @notice Nobody contested in time; `caller` closed the job.
    event JobConvicted(uint256 indexed jobId, uint40 indexed gpu, address indexed caller);
    /// @notice The bond (wei) of a challenge or canary went back to who put it up.
    event AccusationBondReturned(uint256 indexed jobId, uint40 indexed account, uint256 amount);
    /// @notice The resolver may rule until `due`.
    event JobDisputed(uint256 indexed jobId, uint40 due);
    /// @notice The resolver ruled; `evidence` is the digest of what it found.
    event JobRuled(uint256 indexed jobId, Verdict verdict, bytes32 evidence);
    /// @notice The work was paid: `paid` wei to the GPU owner.
    event JobSettled(uint256 indexed jobId, uint40 indexed gpu, uint256 paid, bool bySilence);
    /// @notice The job ended in `status` and `amount` wei returned (0: `refund` pays later).
    event JobRefunded(uint256 indexed jobId, JobStatus status, uint256 amount);
    /// @notice No ruling came in time; the pot was divided (wei).
    event JobSplit(uint256 indexed jobId, uint256 toOwner, uint256 toRequester);
    /// @notice A row of `settleMany` could not be settled.
    event SettlementSkipped(uint256 indexed jobId);
    /// @notice Draw fees (wei) went to the account's vault balance.
    event DrawFeesCollected(address indexed account, uint256 amount);
    /// @notice New agreements take over other settings.
    event SettingsChanged(Settings settings);
    /// @notice A verifier joined or left the allow-list.
    event VerifierAllowed(address indexed verifier, bool allowed);
    /// @notice Another uptime feed is asked.
    event SequencerFeedChanged(address indexed oldFeed, address indexed newFeed);
    /// @notice The owner stopped or resumed new jobs. A guardian's stop is told by PausedUntil.
    event PausedChanged(bool paused);

    /// @notice New jobs are stopped.
    error EscrowPaused();
    /// @notice An address must not be zero.
    error EscrowZeroAddress();
    /// @notice A value is outside its bounds.
    error EscrowOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice No such job, or its ring index holds another generation.
    error EscrowUnknownJob(uint256 jobId);
    /// @notice The job's status does not allow this.
    error EscrowWrongStatus(uint256 jobId, JobStatus status);
    /// @notice No arrow leads from one status to the other.
    error EscrowForbiddenTransition(JobStatus from, JobStatus to);
    /// @notice The agreement given is not the one that the job was posted with.
    error EscrowWrongAgreement(uint256 jobId, bytes32 stored, bytes32 given);
    /// @notice The ring index is still in use, or a refund of its last job is due.
    error EscrowRingBusy(uint40 requester, uint16 ring, JobStatus status);
    /// @notice The quote is above what the requester allowed.
    error EscrowPriceAboveMaximum(uint64 totalGwei, uint64 maxTotalGwei);
    /// @notice The class queue holds as many jobs as it can.
    error EscrowQueueFull(uint8 classId);
    /// @notice The caller does not hold the requester's account.
    error EscrowNotRequester(uint256 jobId, address caller);
    /// @notice The caller does not work for the job's GPU.
    error EscrowNotOperator(uint256 jobId, address caller);
    /// @notice The caller is not the agreement's resolver.
    error EscrowNotResolver(uint256 jobId, address caller);
    /// @notice This opens after `opensAt`.
    error EscrowTooEarly(uint256 jobId, uint256 opensAt);
    /// @notice This closed after `closedAt`.
    error EscrowTooLate(uint256 jobId, uint256 closedAt);
    /// @notice A requested round binds the job: it can neither be cancelled nor closed.
    error EscrowBoundToRound(uint256 jobId, uint32 round);
    /// @notice The job does not wait under this ticket.
    error EscrowWrongTicket(uint256 jobId, uint32 ticket);
    /// @notice No job of the class waits, or the class was named twice.
    error EscrowNothingWaiting(uint8 classId);
    /// @notice No job of the class is left in the newest round.
    error EscrowNoRound(uint8 classId);
    /// @notice Another round is still open.
    error EscrowRoundOpen(uint32 round);
    /// @notice The operator gave a sign of life and can no longer decline.
    error EscrowAlreadyAccepted(uint256 jobId);
    /// @notice The job's mode asks for another way of delivery.
    error EscrowWrongMode(uint256 jobId, JobMode mode);
    /// @notice The opening does not match the sealed result.
    error EscrowWrongCommitment(uint256 jobId);
    /// @notice The verifier is not on the allow-list, or the mode takes none.
    error EscrowVerifierNotAllowed(address verifier);
    /// @notice The verifier answered false.
    error EscrowProofRejected(uint256 jobId);
    /// @notice Too little gas is left to give the verifier its limit.
    error EscrowNotEnoughGas(uint256 available, uint256 required);
    /// @notice The sequencer is down or came back less than an hour ago.
    error EscrowSequencerDown();
    /// @notice Who works for the GPU cannot challenge its result.
    error EscrowOwnWork(uint256 jobId, address caller);
    /// @notice This module has lost the right to debit accounts, and this needs a bond.
    error EscrowTakesNoBond(uint256 jobId);
    /// @notice Only a drawn job can be a canary.
    error EscrowNotDrawn(uint256 jobId);
    /// @notice The opening hashes to another note than the agreement's.
    error EscrowWrongOpening(uint256 jobId, bytes32 opened, bytes32 note);
    /// @notice The canary's result is the one expected.
    error EscrowAsExpected(uint256 jobId, bytes32 digest);
    /// @notice None is not a ruling.
    error EscrowInvalidVerdict();
    /// @notice No refund is due.
    error EscrowNoRefundDue(uint256 jobId);
    /// @notice The account has no draw fees.
    error EscrowNothingToCollect(address account);

    /// @notice Posts a job and debits its total from the caller's vault account (which must have authorised this
    /// module).
    /// A named GPU takes it at once; otherwise it waits in its class queue. Stopped by pause.
    function post(PostRequest calldata request) external returns (uint256 jobId);

    /// @notice Requester: cancels a waiting job with full refund (less draw fees spent) while its round is not
    /// requested,
    /// or the round got no answer for an hour.
    /// @param ticket queue ticket of JobPosted or JobRequeued
    /// @param front line of the ticket
    function cancel(uint256 jobId, Agreement calldata agreement, uint32 ticket, bool front) external;

    /// @notice Anyone, after expiry: closes a waiting job that no round binds; refund less draw fees.
    function expire(uint256 jobId, Agreement calldata agreement, uint32 ticket, bool front) external;

    /// @notice Anyone: requests a round for the jobs that wait in `classIds`; pays VRF in native coin and earns half
    /// of
    /// each draw fee of the round.
    function requestRound(uint8[] calldata classIds) external payable returns (uint32 round);

    /// @notice Anyone, once the seed is known: draws up to `maxJobs` jobs of the round in queue order (assignMany);
    /// earns the other half of their draw fees.
    function assign(uint8 classId, uint256 maxJobs) external returns (uint256 concluded);

    /// @notice Anyone, 10 minutes after the seed: closes up to `maxJobs` jobs that were still not drawn; their draw
    /// fee
    /// goes to the caller, the rest is refundable.
    function closeRound(uint8 classId, uint256 maxJobs) external returns (uint256 closed);

    /// @notice Operator, inside the acceptance window and before any sign of life: gives the job back.
    function decline(uint256 jobId, Agreement calldata agreement, bool inputUnavailable) external;

    /// @notice Operator: sign of life; accepts the job, moves its due time (never past acceptance +
    /// secondsPerAttempt)
    /// and names the latest checkpoint (0 for none).
    function heartbeat(uint256 jobId, Agreement calldata agreement, uint32 step, bytes32 checkpointDigest) external;

    /// @notice Operator: seals a result; stops the clock.
    /// @param commitment `commitmentOf` of the result
    function commit(uint256 jobId, Agreement calldata agreement, bytes32 commitment) external;

    /// @notice Operator: opens a sealed result.
    function reveal(uint256 jobId, bytes32 resultDigest, bytes32 salt, uint32 energyMilliWattHours) external;

    /// @notice Operator, not in Proof mode: commit and delivery in one call.
    function deliver(uint256 jobId, bytes32 resultDigest, uint32 energyMilliWattHours) external;

    /// @notice Operator, Proof mode: delivers with a proof. True settles at once, false reverts (the delivery is
    /// refused),
    /// a verifier that reverts or burns its gas leads to dispute.
    function deliverWithProof(
        uint256 jobId,
        Agreement calldata agreement,
        bytes32 resultDigest,
        uint32 energyMilliWattHours,
        bytes calldata proof
    ) external;

    /// @notice Settles a delivered job: the requester inside the review window (accepts), anyone after it (silence). An
    /// Optimistic job settles only after its window, so that nobody's challenge comes too late.
    function settle(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Settles many; rows that cannot be settled are skipped with an event.
    /// @return settled number of rows settled
    function settleMany(uint256[] calldata jobIds, Agreement[] calldata agreements) external returns (uint256 settled);

    /// @notice Requester, inside the review window, not in Optimistic mode: rejects a result with a bond of min(review
    /// fee, 10% of compute); of nothing when this module has lost the right to debit accounts.
    function reject(uint256 jobId, Agreement calldata agreement, bytes32 reason) external;

    /// @notice Anyone but who works for the GPU, Optimistic mode, inside the challenge window: sends the result to the
    /// resolver with a bond of review fee + 10% of compute, out of the caller's vault account, which must have
    /// authorised this module.
    ///
    /// Ruled valid, the bond pays the resolver and its rest the GPU's owner; the requester's review line returns. Ruled
    /// invalid, the bond returns and the challenger is the slash's finder; the requester is refunded in full, the
    /// review fee out of the slash. Ruled unavailable or not at all, the bond returns. Without the right to debit
    /// accounts this module takes a challenge from the requester alone, for nothing.
    ///
    /// Reverts: EscrowUnknownJob, EscrowWrongStatus, EscrowWrongAgreement, EscrowWrongMode, EscrowTooLate,
    /// EscrowOwnWork, EscrowTakesNoBond, and the vault's on the debit.
    /// @param reason digest of the reasons
    function challenge(uint256 jobId, Agreement calldata agreement, bytes32 reason) external;

    /// @notice Requester of a drawn job in Acceptance mode, inside the review window: opens the job's note, which had
    /// sealed another result than the one delivered (a canary). The bond is the most that a conviction could take: the
    /// greater of lock and draw fees spent + review fee.
    ///
    /// The operator may contest within the agreement's challenge hours; else `convict` ends the job as fraud, and the
    /// bond returns. Contested and ruled valid, the whole bond is the GPU owner's; otherwise it returns. The requester
    /// alone can accept the result, so that no accusation has to come after settlement.
    ///
    /// Reverts: EscrowUnknownJob, EscrowWrongStatus, EscrowWrongAgreement, EscrowNotRequester, EscrowWrongMode,
    /// EscrowNotDrawn, EscrowTooLate, EscrowWrongOpening, EscrowAsExpected, EscrowTakesNoBond, and the vault's on the
    /// debit.
    /// @param expectedDigest sha-256 digest of the right result
    /// @param salt 32 random bytes
    function accuse(uint256 jobId, Agreement calldata agreement, bytes32 expectedDigest, bytes32 salt) external;

    /// @notice Who works for the GPU of an accused job, until its due time: denies; the resolver decides. Needs no bond
    /// beside the lock.
    /// Reverts: EscrowUnknownJob, EscrowWrongStatus, EscrowWrongAgreement, EscrowNotOperator, EscrowTooLate.
    function contest(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Anyone, once an accused job's due time passed without a contest: refunds the requester in full (no
    /// review happened), slashes the lock as for a ruling of invalid, and returns the bond. Not while the sequencer is
    /// down.
    /// Reverts: EscrowSequencerDown, EscrowUnknownJob, EscrowWrongStatus, EscrowWrongAgreement, EscrowTooEarly.
    function convict(uint256 jobId, Agreement calldata agreement) external;

    /// @notice The agreement's resolver, before the dispute deadline: rules. Earns the review fee.
    function rule(uint256 jobId, Agreement calldata agreement, Verdict verdict, bytes32 evidence) external;

    /// @notice Anyone, after the dispute deadline: compute is halved, everything else and the bond return.
    function splitDispute(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Anyone, after the due time of an assigned or committed job: counts the attempt, re-queues or closes
    /// it. The
    /// caller is paid by the GPU's stake unless it is a party, or the GPU was named and never gave a sign of life.
    function miss(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Anyone: pays the refund of a job that closed without its agreement at hand (`refundDue`).
    function refund(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Moves the caller's draw fees to its vault account.
    function collect() external returns (uint256 amount);

    /// @notice Owner: settings of new agreements.
    function setSettings(Settings calldata settings) external;

    /// @notice Owner: allow-list of verifiers.
    function setVerifier(address verifier, bool allowed) external;

    /// @notice Owner: Chainlink uptime feed of the sequencer, zero for none.
    function setSequencerFeed(address feed) external;

    /// @notice Owner: stops new jobs without an end, or resumes them, also before the end of a guardian's stop; nothing
    /// else.
    function setPaused(bool paused) external;

    /// @notice Word of a job by public id; reverts EscrowUnknownJob when its ring index holds another generation.
    function jobOf(uint256 jobId) external view returns (JobWord);

    /// @notice Word of whatever job is at a ring index.
    function jobAt(uint40 requester, uint16 ring) external view returns (uint256 jobId, JobWord job);

    /// @notice Hash of the agreement of a job.
    function agreementHashOf(uint256 jobId) external view returns (bytes32);

    /// @notice Sealed commitment (Committed) or result digest (Delivered and later).
    function resultOf(uint256 jobId) external view returns (bytes32);

    /// @notice Hash that binds an agreement to this chain, contract and job.
    function hashAgreement(uint256 jobId, Agreement calldata agreement) external view returns (bytes32);

    /// @notice keccak256 over chain, contract, job, attempt, seat 0, GPU, result digest and a 256-bit salt (SPEC 6).
    function commitmentOf(
        uint256 jobId,
        uint8 attempt,
        uint40 gpu,
        bytes32 resultDigest,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice Who challenged a job or opened it as a canary, and the bond put up (wei); zeros when nobody did. The
    /// bond is held until the job ends, and stays on show after that.
    function accusationOf(uint256 jobId) external view returns (uint40 account, uint256 bond);

    /// @notice Note of a canary: keccak256(abi.encode(keccak256("gpu-commons.canary.v1"), chain id, escrow, requester,
    /// inputDigest, expectedDigest, salt)).
    function canaryNoteOf(
        address requester,
        bytes32 inputDigest,
        bytes32 expectedDigest,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice Heads, tails and bound part of a class queue.
    function queueOf(uint8 classId) external view returns (QueueWord);

    /// @notice Ring slot of a ticket; stale once the ticket has left the line.
    function entryOf(uint8 classId, bool front, uint32 ticket) external view returns (QueueEntry);

    /// @notice Newest round requested here and who is credited half of its draw fees.
    function roundOf() external view returns (uint32 round, address requestedBy);

    /// @notice Draw fees of an account not yet collected, wei.
    function drawFeesOf(address account) external view returns (uint256);

    /// @notice Bit j of row i: whether status i may become status j.
    function transitionsFrom(JobStatus from) external pure returns (uint16 mask);

    /// @notice Settings that the next job takes over.
    function settings() external view returns (Settings memory);

    /// @notice Whether a verifier may be named by new jobs.
    function isVerifier(address verifier) external view returns (bool);

    /// @notice Uptime feed of the chain's sequencer, zero for none.
    function sequencerFeed() external view returns (address);
}
