// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAssetRegistry} from "../assets/IAssetRegistry.sol";
import {ITrainingRecord} from "../assets/ITrainingRecord.sol";
import {AccusationWord} from "../libraries/AccusationWord.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {Agreements} from "./Agreements.sol";
import {Disputes} from "./Disputes.sol";
import {DrawDesk} from "./DrawDesk.sol";
import {EscrowSettings} from "./EscrowSettings.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {IServiceCatalog} from "./IServiceCatalog.sol";
import {JobExits} from "./JobExits.sol";
import {JobQueue} from "./JobQueue.sol";
import {JobStore} from "./JobStore.sol";
import {Agreement, JobMode, JobStatus, Verdict} from "./JobTypes.sol";
import {Settlement} from "./Settlement.sol";
import {TransitionTable} from "./TransitionTable.sol";

/// @title JobEscrow
/// @notice Spot lane and named jobs. See IJobEscrow.
/// @dev Permissions, guards and entry points; the engine is in JobStore, DrawDesk, Settlement, JobExits and
/// Disputes.
contract JobEscrow is EscrowSettings, ReentrancyGuardTransient, ITrainingRecord {
    using JobStore for JobStore.State;

    uint256 private constant MIN_ATTEMPT = 60;
    uint256 private constant MIN_HEARTBEAT = 60;
    uint256 private constant MAX_ATTEMPT = 72 hours;
    uint256 private constant MAX_EXPIRY = 365 days;
    uint256 private constant MIN_VERIFIER_GAS = 50_000;
    uint256 private constant MAX_VERIFIER_GAS = 5_000_000;
    uint8 private constant LAST_REGION = 11;

    /// @notice Holds every token of every job.
    IPaymentVault public immutable vault;
    /// @notice Source of rounds and seeds.
    IRandomnessBeacon public immutable beacon;
    /// @notice GPUs, stake, reputation and draws.
    IGpuRegistry public immutable registry;
    /// @notice Where royalties accrue.
    IAssetRegistry public immutable assets;
    /// @notice Services and their prices.
    IServiceCatalog public immutable catalog;

    JobStore.State private _state;

    constructor(
        address owner_,
        IPaymentVault vault_,
        IRandomnessBeacon beacon_,
        IGpuRegistry registry_,
        IAssetRegistry assets_,
        IServiceCatalog catalog_,
        Settings memory initial
    ) EscrowSettings(owner_, initial) {
        vault = vault_;
        beacon = beacon_;
        registry = registry_;
        assets = assets_;
        catalog = catalog_;
    }

    // POSTING

    /// @inheritdoc IJobEscrow
    function post(PostRequest calldata request) external override nonReentrant returns (uint256 jobId) {
        Stored memory s = _stored;
        if (block.timestamp < uint256(s.pausedUntilUnit) * PAUSE_UNIT) revert EscrowPaused();
        _checkRequest(request);
        bool named = request.namedGpu != 0;
        IServiceCatalog.Offer memory offer = catalog.offer(request.service, request.units, named);
        uint64 total = offer.totalGwei;
        if (total > request.maxTotalGwei) revert EscrowPriceAboveMaximum(total, request.maxTotalGwei);
        uint40 requester = vault.debitHolder(
            msg.sender,
            uint256(total) * JobStore.WEI_PER_GWEI,
            named ? JobStore.NAMED_LANE : JobStore.SPOT_LANE
        );
        uint256 key = (uint256(requester) << 16) | request.ring;
        JobWord job = _startGeneration(key, request, offer.lines.compute(), s);
        jobId = (key << 32) | job.generation();
        Agreement memory agreement = Agreements.build(request, offer, s);
        _state.jobs[key] = job;
        _state.agreements[key] = JobStore.hashOf(jobId, agreement);
        if (named) _assignNamed(jobId, job, agreement);
        else _enqueue(jobId, job, agreement);
    }

    /// @inheritdoc IJobEscrow
    function cancel(
        uint256 jobId,
        Agreement calldata agreement,
        uint32 ticket,
        bool front
    ) external override nonReentrant {
        JobExits.cancel(_state, _modules(), jobId, agreement, ticket, front);
    }

    /// @inheritdoc IJobEscrow
    function expire(
        uint256 jobId,
        Agreement calldata agreement,
        uint32 ticket,
        bool front
    ) external override nonReentrant {
        JobExits.expire(_state, _modules(), jobId, agreement, ticket, front);
    }

    // ROUNDS AND DRAWS

    /// @inheritdoc IJobEscrow
    function requestRound(uint8[] calldata classIds) external payable override nonReentrant returns (uint32 round) {
        return DrawDesk.requestRound(_state, _modules(), classIds);
    }

    /// @inheritdoc IJobEscrow
    function assign(uint8 classId, uint256 maxJobs) external override nonReentrant returns (uint256 concluded) {
        return DrawDesk.assign(_state, _modules(), classId, maxJobs);
    }

    /// @inheritdoc IJobEscrow
    function closeRound(uint8 classId, uint256 maxJobs) external override nonReentrant returns (uint256 closed) {
        return DrawDesk.closeRound(_state, _modules(), classId, maxJobs);
    }

    /// @inheritdoc IJobEscrow
    function collect() external override nonReentrant returns (uint256 amount) {
        amount = _state.drawFees[msg.sender];
        if (amount == 0) revert EscrowNothingToCollect(msg.sender);
        _state.drawFees[msg.sender] = 0;
        emit DrawFeesCollected(msg.sender, amount);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: vault.openAccount(msg.sender), amount: amount});
        vault.release(payments, 0);
    }

    // WORK

    /// @inheritdoc IJobEscrow
    function decline(
        uint256 jobId,
        Agreement calldata agreement,
        bool inputUnavailable
    ) external override nonReentrant {
        JobExits.decline(_state, _modules(), jobId, agreement, inputUnavailable);
    }

    /// @inheritdoc IJobEscrow
    function heartbeat(
        uint256 jobId,
        Agreement calldata agreement,
        uint32 step,
        bytes32 checkpointDigest
    ) external override nonReentrant {
        JobWord job = _state.load(jobId, JobStatus.Assigned, agreement);
        JobStore.requireOperator(_modules(), jobId, job.gpu());
        JobStore.requireInTime(jobId, job);
        uint256 key = jobId >> 32;
        uint256 deadline;
        if (job.accepted()) {
            deadline = _state.work[key].hardDeadline;
        } else {
            deadline = block.timestamp + agreement.terms.secondsPerAttempt();
            // Both are below 2^35 for the next thousand years.
            _state.work[key] = JobStore.Work({startedAt: uint40(block.timestamp), hardDeadline: uint40(deadline)});
        }
        uint256 silence = agreement.terms.heartbeat();
        uint256 due = silence == 0 || block.timestamp + silence > deadline ? deadline : block.timestamp + silence;
        _state.jobs[key] = job.withAccepted(true).withDue(uint40(due));
        emit JobCheckpointed(jobId, job.gpu(), step, checkpointDigest, uint40(due));
    }

    /// @inheritdoc IJobEscrow
    function commit(uint256 jobId, Agreement calldata agreement, bytes32 commitment) external override nonReentrant {
        JobWord job = _state.load(jobId, JobStatus.Assigned, agreement);
        JobStore.requireOperator(_modules(), jobId, job.gpu());
        JobStore.requireNoProof(jobId, job);
        JobStore.requireInTime(jobId, job);
        uint256 key = jobId >> 32;
        uint40 due = uint40(block.timestamp + agreement.windows.revealSeconds());
        job = JobStore.move(job, JobStatus.Committed).withElapsed(_state.elapsedOf(key, job)).withDue(due);
        _state.results[key] = commitment;
        _state.jobs[key] = job;
        emit JobCommitted(jobId, job.gpu(), commitment, due);
    }

    /// @inheritdoc IJobEscrow
    function reveal(
        uint256 jobId,
        bytes32 resultDigest,
        bytes32 salt,
        uint32 energyMilliWattHours
    ) external override nonReentrant {
        JobWord job = _state.loadStatus(jobId, JobStatus.Committed);
        JobStore.requireInTime(jobId, job);
        bytes32 sealed_ = JobStore.commitmentOf(jobId, job.attempt(), job.gpu(), resultDigest, salt);
        if (_state.results[jobId >> 32] != sealed_) revert EscrowWrongCommitment(jobId);
        _state.deliver(_modules(), jobId, job, resultDigest, energyMilliWattHours);
    }

    /// @inheritdoc IJobEscrow
    function deliver(uint256 jobId, bytes32 resultDigest, uint32 energyMilliWattHours) external override nonReentrant {
        JobWord job = _state.loadStatus(jobId, JobStatus.Assigned);
        JobStore.requireNoProof(jobId, job);
        JobStore.requireInTime(jobId, job);
        job = job.withElapsed(_state.elapsedOf(jobId >> 32, job));
        _state.deliver(_modules(), jobId, job, resultDigest, energyMilliWattHours);
    }

    /// @inheritdoc IJobEscrow
    function deliverWithProof(
        uint256 jobId,
        Agreement calldata agreement,
        bytes32 resultDigest,
        uint32 energyMilliWattHours,
        bytes calldata proof
    ) external override nonReentrant {
        JobExits.deliverWithProof(_state, _modules(), jobId, agreement, resultDigest, energyMilliWattHours, proof);
    }

    /// @inheritdoc IJobEscrow
    function miss(uint256 jobId, Agreement calldata agreement) external override nonReentrant {
        _requireSequencerUp();
        JobExits.miss(_state, _modules(), jobId, agreement);
    }

    // SETTLEMENT

    /// @inheritdoc IJobEscrow
    function settle(uint256 jobId, Agreement calldata agreement) external override nonReentrant {
        JobWord job = _state.load(jobId, JobStatus.Delivered, agreement);
        if (!_maySettle(job, agreement)) revert EscrowTooEarly(jobId, job.due());
        Settlement.settle(_state, _modules(), jobId, job, agreement, block.timestamp > job.due());
    }

    /// @inheritdoc IJobEscrow
    function settleMany(
        uint256[] calldata jobIds,
        Agreement[] calldata agreements
    ) external override nonReentrant returns (uint256 settled) {
        if (jobIds.length != agreements.length) {
            revert EscrowOutOfBounds(agreements.length, jobIds.length, jobIds.length);
        }
        JobStore.Modules memory m = _modules();
        for (uint256 i = 0; i < jobIds.length; ++i) {
            uint256 jobId = jobIds[i];
            JobWord job = _state.jobs[jobId >> 32];
            bool ready =
                job.generation() == uint32(jobId) &&
                    job.status() == uint8(JobStatus.Delivered) &&
                    _state.agreements[jobId >> 32] == JobStore.hashOfCalldata(jobId, agreements[i]) &&
                    _maySettle(job, agreements[i]);
            if (ready) {
                Settlement.settle(_state, m, jobId, job, agreements[i], block.timestamp > job.due());
                ++settled;
            } else {
                emit SettlementSkipped(jobId);
            }
        }
    }

    /// @inheritdoc IJobEscrow
    function reject(uint256 jobId, Agreement calldata agreement, bytes32 reason) external override nonReentrant {
        Disputes.reject(_state, _modules(), jobId, agreement, reason);
    }

    /// @inheritdoc IJobEscrow
    function challenge(uint256 jobId, Agreement calldata agreement, bytes32 reason) external override nonReentrant {
        Disputes.challenge(_state, _modules(), jobId, agreement, reason);
    }

    /// @inheritdoc IJobEscrow
    function accuse(
        uint256 jobId,
        Agreement calldata agreement,
        bytes32 expectedDigest,
        bytes32 salt
    ) external override nonReentrant {
        Disputes.accuse(_state, _modules(), jobId, agreement, expectedDigest, salt);
    }

    /// @inheritdoc IJobEscrow
    function contest(uint256 jobId, Agreement calldata agreement) external override nonReentrant {
        Disputes.contest(_state, _modules(), jobId, agreement);
    }

    /// @inheritdoc IJobEscrow
    function convict(uint256 jobId, Agreement calldata agreement) external override nonReentrant {
        _requireSequencerUp();
        Disputes.convict(_state, _modules(), jobId, agreement);
    }

    /// @inheritdoc IJobEscrow
    function rule(
        uint256 jobId,
        Agreement calldata agreement,
        Verdict verdict,
        bytes32 evidence
    ) external override nonReentrant {
        Disputes.rule(_state, _modules(), jobId, agreement, verdict, evidence);
    }

    /// @inheritdoc IJobEscrow
    function splitDispute(uint256 jobId, Agreement calldata agreement) external override nonReentrant {
        Disputes.splitDispute(_state, _modules(), jobId, agreement);
    }

    /// @inheritdoc IJobEscrow
    function refund(uint256 jobId, Agreement calldata agreement) external override nonReentrant {
        JobExits.refund(_state, _modules(), jobId, agreement);
    }

    // VIEWS

    /// @inheritdoc IJobEscrow
    function jobOf(uint256 jobId) external view override returns (JobWord) {
        return _state.loadGeneration(jobId);
    }

    /// @inheritdoc IJobEscrow
    function jobAt(uint40 requester, uint16 ring) external view override returns (uint256 jobId, JobWord job) {
        uint256 key = (uint256(requester) << 16) | ring;
        job = _state.jobs[key];
        jobId = (key << 32) | job.generation();
    }

    /// @inheritdoc IJobEscrow
    function agreementHashOf(uint256 jobId) external view override returns (bytes32) {
        _state.loadGeneration(jobId);
        return _state.agreements[jobId >> 32];
    }

    /// @inheritdoc IJobEscrow
    function resultOf(uint256 jobId) public view override returns (bytes32) {
        // The slot keeps what an earlier generation or attempt wrote until this one seals or delivers its own.
        bool written = TransitionTable.WITH_RESULT & (1 << _state.loadGeneration(jobId).status()) != 0;
        return written ? _state.results[jobId >> 32] : bytes32(0);
    }

    /// @inheritdoc IJobEscrow
    function hashAgreement(uint256 jobId, Agreement calldata agreement) external view override returns (bytes32) {
        return JobStore.hashOfCalldata(jobId, agreement);
    }

    /// @inheritdoc IJobEscrow
    function commitmentOf(
        uint256 jobId,
        uint8 attempt,
        uint40 gpu,
        bytes32 resultDigest,
        bytes32 salt
    ) external view override returns (bytes32) {
        return JobStore.commitmentOf(jobId, attempt, gpu, resultDigest, salt);
    }

    /// @inheritdoc IJobEscrow
    function accusationOf(uint256 jobId) external view override returns (uint40 account, uint256 bond) {
        if (!_state.loadGeneration(jobId).accused()) return (0, 0);
        AccusationWord accusation = _state.accusations[jobId >> 32];
        return (accusation.account(), accusation.bondGwei() * JobStore.WEI_PER_GWEI);
    }

    /// @inheritdoc IJobEscrow
    function canaryNoteOf(
        address requester,
        bytes32 inputDigest,
        bytes32 expectedDigest,
        bytes32 salt
    ) external view override returns (bytes32) {
        return Disputes.canaryNote(requester, inputDigest, expectedDigest, salt);
    }

    /// @inheritdoc IJobEscrow
    function queueOf(uint8 classId) external view override returns (QueueWord) {
        return _state.queue.words[classId];
    }

    /// @inheritdoc IJobEscrow
    function entryOf(uint8 classId, bool front, uint32 ticket) external view override returns (QueueEntry) {
        return _state.queue.entries[JobQueue.slotOf(classId, front, ticket)];
    }

    /// @inheritdoc IJobEscrow
    function roundOf() external view override returns (uint32 round, address requestedBy) {
        return (_state.round.number, _state.round.requestedBy);
    }

    /// @inheritdoc IJobEscrow
    function drawFeesOf(address account) external view override returns (uint256) {
        return _state.drawFees[account];
    }

    /// @inheritdoc IJobEscrow
    function transitionsFrom(JobStatus from) external pure override returns (uint16 mask) {
        return TransitionTable.row(from);
    }

    /// @inheritdoc ITrainingRecord
    function trainedBy(uint256 jobId, bytes32 resultDigest) external view override returns (address requester) {
        JobWord job = _state.jobs[jobId >> 32];
        bool settled = job.generation() == uint32(jobId) && job.status() == uint8(JobStatus.Settled);
        if (settled && _state.results[jobId >> 32] == resultDigest) {
            requester = vault.holderOf(JobStore.requesterOf(jobId));
        }
    }

    // INTERNAL

    function _checkRequest(PostRequest calldata request) private view {
        _requireWithin(request.secondsPerAttempt, MIN_ATTEMPT, MAX_ATTEMPT);
        // A requester who asks for signs of life that no block can carry would only be after the caller's pay.
        if (request.heartbeat != 0) _requireWithin(request.heartbeat, MIN_HEARTBEAT, request.secondsPerAttempt);
        _requireWithin(request.expiry, block.timestamp, block.timestamp + MAX_EXPIRY);
        if (request.region != DrawDesk.ANY_REGION) _requireWithin(request.region, 0, LAST_REGION);
        if (request.mode == JobMode.Proof) {
            if (!isVerifier[request.verifier]) revert EscrowVerifierNotAllowed(request.verifier);
            _requireWithin(request.verifierGas, MIN_VERIFIER_GAS, MAX_VERIFIER_GAS);
        } else if (request.verifier != address(0)) {
            revert EscrowVerifierNotAllowed(request.verifier);
        }
    }

    /// @dev Word of a fresh generation; the ring index must have ended and owe nothing.
    function _startGeneration(
        uint256 key,
        PostRequest calldata request,
        uint64 compute,
        Stored memory s
    ) private view returns (JobWord) {
        JobWord last = _state.jobs[key];
        if (TransitionTable.ENDED & (1 << last.status()) == 0 || last.refundDue()) {
            revert EscrowRingBusy(uint40(key >> 16), request.ring, JobStatus(last.status()));
        }
        uint8 lane = request.namedGpu == 0 ? JobStore.SPOT_LANE : JobStore.NAMED_LANE;
        JobWord job = JobWord.wrap(0).withPayGwei(compute).withGeneration(last.generation() + 1);
        job = job.withMode(uint8(request.mode)).withLane(lane).withSeats(1);
        job = job.withAcceptanceMinutes(s.acceptanceMinutes).withReviewHours(Agreements.reviewHoursOf(request.mode, s));
        return JobStore.move(job, JobStatus.Posted);
    }

    function _enqueue(uint256 jobId, JobWord job, Agreement memory a) private {
        (bool pushed, uint32 ticket) = DrawDesk.enqueue(_state, jobId >> 32, job, a, false);
        if (!pushed) revert EscrowQueueFull(a.terms.classId());
        emit JobPosted(jobId, JobStore.requesterOf(jobId), a.terms.service(), ticket, a);
    }

    function _assignNamed(uint256 jobId, JobWord job, Agreement memory a) private {
        uint40 gpu = a.windows.namedGpu();
        uint40 due = uint40(block.timestamp + uint256(job.acceptanceMinutes()) * 60);
        _state.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Assigned).withGpu(gpu).withAttempt(1).withDue(due);
        emit JobPosted(jobId, JobStore.requesterOf(jobId), a.terms.service(), 0, a);
        emit JobAssigned(jobId, gpu, 0, 1, due);
        registry.assignNamed(gpu, JobStore.lockGwei(job.payGwei(), a.terms.lockFactor()));
    }

    /// @dev Anyone after the review window; inside it the requester, unless anyone may object until its end.
    function _maySettle(JobWord job, Agreement calldata agreement) private view returns (bool) {
        if (block.timestamp > job.due()) return true;
        return agreement.requester == msg.sender && job.mode() != uint8(JobMode.Optimistic);
    }

    function _modules() private view returns (JobStore.Modules memory) {
        return JobStore.Modules({vault: vault, beacon: beacon, registry: registry, assets: assets});
    }
}
