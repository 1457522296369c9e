// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../libraries/JobWord.sol";
import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";
import {Agreement, JobMode, JobStatus, Verdict} from "./JobTypes.sol";

/// @title IJobEscrow
/// @notice Spot lane and named jobs: post, draw, work, deliver, settle (SPEC 5, 6).
/// @dev A job lives at key = requester account (40 bits) << 16 | ring index (16 bits); its public id is
/// key << 32 | generation. All money stays in the PaymentVault, held for this module. Units: Gwei = 1e9 wei.
/// Every state is left by time and any caller; no exit calls a verifier, resolver or receiver.
interface IJobEscrow {
    /// @notice What a requester asks for.
    /// @param ring ring index 0..65,535 whose last job has ended
    /// @param service catalogue id
    /// @param units units of the service
    /// @param region region 0..11 or 255 for any
    /// @param mode how the result is accepted
    /// @param secondsPerAttempt work time from acceptance, at least 60, at most 72 h
    /// @param heartbeat longest silence while working, 0 for none but the end of the attempt
    /// @param expiry time from which an undrawn job may be closed
    /// @param namedGpu GPU to work for it without a draw, 0 for a draw
    /// @param maxTotalGwei the most that posting may debit
    /// @param inputDigest sha-256 digest of the input
    /// @param parametersHash hash of the parameters
    /// @param note 32 random bytes
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
    /// @param revealSeconds 30 min..12 h
    /// @param disputeSeconds 7..30 d
    /// @param lockFactor L, 1..50
    struct Settings {
        address resolver;
        uint8 acceptanceMinutes;
        uint8 reviewHours;
        uint32 revealSeconds;
        uint32 disputeSeconds;
        uint8 lockFactor;
    }

    event JobPosted(
        uint256 indexed jobId, uint40 indexed requester, uint32 indexed service, uint32 ticket, Agreement agreement
    );
    event RoundRequested(uint32 indexed round, address indexed by, uint32 jobs);
    event JobAssigned(uint256 indexed jobId, uint40 indexed gpu, uint32 indexed round, uint8 attempt, uint40 due);
    event JobDrawFailed(uint256 indexed jobId, uint32 indexed round, uint8 attempt);
    event JobRequeued(uint256 indexed jobId, uint8 indexed classId, bool front, uint32 ticket);
    event JobDeclined(uint256 indexed jobId, uint40 indexed gpu, bool inputUnavailable);
    event JobCheckpointed(uint256 indexed jobId, uint40 indexed gpu, uint32 step, bytes32 checkpointDigest, uint40 due);
    event JobCommitted(uint256 indexed jobId, uint40 indexed gpu, bytes32 commitment, uint40 due);
    event JobDelivered(
        uint256 indexed jobId, uint40 indexed gpu, bytes32 resultDigest, uint32 energyMilliWattHours, uint40 due
    );
    event JobMissed(uint256 indexed jobId, uint40 indexed gpu, address indexed caller);
    event JobRejected(uint256 indexed jobId, uint256 bond, bytes32 reason);
    event JobDisputed(uint256 indexed jobId, uint40 due);
    event JobRuled(uint256 indexed jobId, Verdict verdict, bytes32 evidence);
    event JobSettled(uint256 indexed jobId, uint40 indexed gpu, uint256 paid, bool bySilence);
    event JobRefunded(uint256 indexed jobId, JobStatus status, uint256 amount);
    event JobSplit(uint256 indexed jobId, uint256 toOwner, uint256 toRequester);
    event SettlementSkipped(uint256 indexed jobId);
    event DrawFeesCollected(address indexed account, uint256 amount);
    event SettingsChanged(Settings settings);
    event VerifierAllowed(address indexed verifier, bool allowed);
    event SequencerFeedChanged(address indexed oldFeed, address indexed newFeed);
    event PausedChanged(bool paused);

    error EscrowPaused();
    error EscrowZeroAddress();
    error EscrowOutOfBounds(uint256 value, uint256 low, uint256 high);
    error EscrowUnknownJob(uint256 jobId);
    error EscrowWrongStatus(uint256 jobId, JobStatus status);
    error EscrowForbiddenTransition(JobStatus from, JobStatus to);
    error EscrowWrongAgreement(uint256 jobId, bytes32 stored, bytes32 given);
    error EscrowRingBusy(uint40 requester, uint16 ring, JobStatus status);
    error EscrowPriceAboveMaximum(uint64 totalGwei, uint64 maxTotalGwei);
    error EscrowQueueFull(uint8 classId);
    error EscrowNotRequester(uint256 jobId, address caller);
    error EscrowNotOperator(uint256 jobId, address caller);
    error EscrowNotResolver(uint256 jobId, address caller);
    error EscrowTooEarly(uint256 jobId, uint256 opensAt);
    error EscrowTooLate(uint256 jobId, uint256 closedAt);
    error EscrowBoundToRound(uint256 jobId, uint32 round);
    error EscrowWrongTicket(uint256 jobId, uint32 ticket);
    error EscrowNothingWaiting(uint8 classId);
    error EscrowNoRound(uint8 classId);
    error EscrowRoundOpen(uint32 round);
    error EscrowAlreadyAccepted(uint256 jobId);
    error EscrowWrongMode(uint256 jobId, JobMode mode);
    error EscrowWrongCommitment(uint256 jobId);
    error EscrowVerifierNotAllowed(address verifier);
    error EscrowProofRejected(uint256 jobId);
    error EscrowNotEnoughGas(uint256 available, uint256 required);
    error EscrowSequencerDown();
    error EscrowInvalidVerdict();
    error EscrowNoRefundDue(uint256 jobId);
    error EscrowNothingToCollect(address account);

    /// @notice Posts a job and debits its total from the caller's vault account (which must have authorised this module).
    /// A named GPU takes it at once; otherwise it waits in its class queue. Stopped by pause.
    function post(PostRequest calldata request) external returns (uint256 jobId);

    /// @notice Requester: cancels a waiting job with full refund (less draw fees spent) while its round is not requested,
    /// or the round got no answer for an hour.
    /// @param ticket queue ticket of JobPosted or JobRequeued
    /// @param front line of the ticket
    function cancel(uint256 jobId, Agreement calldata agreement, uint32 ticket, bool front) external;

    /// @notice Anyone, after expiry: closes a waiting job that no round binds; refund less draw fees.
    function expire(uint256 jobId, Agreement calldata agreement, uint32 ticket, bool front) external;

    /// @notice Anyone: requests a round for the jobs that wait in `classIds`; pays VRF in native coin and earns half of
    /// each draw fee of the round.
    function requestRound(uint8[] calldata classIds) external payable returns (uint32 round);

    /// @notice Anyone, once the seed is known: draws up to `maxJobs` jobs of the round in queue order (assignMany);
    /// earns the other half of their draw fees.
    function assign(uint8 classId, uint256 maxJobs) external returns (uint256 concluded);

    /// @notice Anyone, 10 minutes after the seed: closes up to `maxJobs` jobs that were still not drawn; their draw fee
    /// goes to the caller, the rest is refundable.
    function closeRound(uint8 classId, uint256 maxJobs) external returns (uint256 closed);

    /// @notice Operator, inside the acceptance window and before any sign of life: gives the job back.
    function decline(uint256 jobId, Agreement calldata agreement, bool inputUnavailable) external;

    /// @notice Operator: sign of life; accepts the job, moves its due time (never past acceptance + secondsPerAttempt)
    /// and names the latest checkpoint (0 for none).
    function heartbeat(uint256 jobId, Agreement calldata agreement, uint32 step, bytes32 checkpointDigest) external;

    /// @notice Operator: seals a result; stops the clock.
    /// @param commitment `commitmentOf` of the result
    function commit(uint256 jobId, Agreement calldata agreement, bytes32 commitment) external;

    /// @notice Operator: opens a sealed result.
    function reveal(uint256 jobId, bytes32 resultDigest, bytes32 salt, uint32 energyMilliWattHours) external;

    /// @notice Operator: commit and delivery in one call.
    function deliver(uint256 jobId, bytes32 resultDigest, uint32 energyMilliWattHours) external;

    /// @notice Operator, Proof mode: delivers with a proof. True settles at once, false reverts (the delivery is refused),
    /// a verifier that reverts or burns its gas leads to dispute.
    function deliverWithProof(
        uint256 jobId,
        Agreement calldata agreement,
        bytes32 resultDigest,
        uint32 energyMilliWattHours,
        bytes calldata proof
    ) external;

    /// @notice Settles a delivered job: the requester inside the review window (accepts), anyone after it (silence).
    function settle(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Settles many; rows that cannot be settled are skipped with an event.
    /// @return settled number of rows settled
    function settleMany(uint256[] calldata jobIds, Agreement[] calldata agreements) external returns (uint256 settled);

    /// @notice Requester, inside the review window: rejects a result with a bond of min(review fee, 10% of compute).
    function reject(uint256 jobId, Agreement calldata agreement, bytes32 reason) external;

    /// @notice The agreement's resolver, before the dispute deadline: rules. Earns the review fee.
    function rule(uint256 jobId, Agreement calldata agreement, Verdict verdict, bytes32 evidence) external;

    /// @notice Anyone, after the dispute deadline: compute is halved, everything else and the bond return.
    function splitDispute(uint256 jobId, Agreement calldata agreement) external;

    /// @notice Anyone, after the due time of an assigned or committed job: counts the attempt, re-queues or closes it. The
    /// caller is paid by the GPU's stake unless it is a party.
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

    /// @notice Owner: stops or resumes new jobs; nothing else.
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
    function commitmentOf(uint256 jobId, uint8 attempt, uint40 gpu, bytes32 resultDigest, bytes32 salt)
        external
        view
        returns (bytes32);

    function queueOf(uint8 classId) external view returns (QueueWord);

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
