// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../libraries/JobWord.sol";
import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {JobQueue} from "./JobQueue.sol";
import {JobStore} from "./JobStore.sol";
import {Agreement, JobStatus} from "./JobTypes.sol";
import {Payouts} from "./Payouts.sol";

/// @title DrawDesk
/// @notice Rounds and draws of the escrow (SPEC 5): who waits, who is bound to a round, who gets the job.
/// @dev Its external functions are a linked library: the escrow calls them by delegatecall on its own storage, so
/// that the
/// escrow itself stays below 24,576 bytes. It has no storage and no rights of its own.
library DrawDesk {
    using JobQueue for JobQueue.State;
    using JobQueue for QueueWord;

    /// @dev Draws of one job, tries of one draw, tries of one call (SPEC 5).
    uint8 internal constant MAX_DRAWS = 3;
    uint16 private constant MAX_TRIES = 256;
    uint16 private constant TRIES_PER_CALL = 16;
    uint256 private constant ROUND_CLOSES_AFTER = 10 minutes;
    uint256 private constant ROUND_DIES_AFTER = 1 hours;
    uint256 private constant WEI_PER_DRAW_UNIT = 1e14;
    uint8 internal constant ANY_REGION = 255;
    uint8 private constant ENTRY_ANY_REGION = 15;

    /// @dev One `assign` call.
    struct Drawing {
        QueueWord queue;
        bytes32 seed;
        uint64 fallbackCapGwei;
        uint32 round;
        uint32 dropped;
        uint8 classId;
        bool byFallback;
        uint256 feeUnits;
    }

    // Delegate-called by a payable function, which the detector does not see.
    // slither-disable-start msg-value-in-nonpayable
    /// @notice Requests a round for what waits in the classes and freezes the registry's lists.
    function requestRound(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint8[] calldata classIds
    ) external returns (uint32 round) {
        uint32 replaces = _replaceableRound(m);
        round = m.beacon.request{value: msg.value}();
        uint32 jobs;
        // Each class is bound at most once, so the caller's list is its own cost only.
        for (uint256 i = 0; i < classIds.length; ++i) {
            uint8 classId = classIds[i];
            bool again = self.queue.words[classId].round() == round;
            uint32 bound = again ? 0 : self.queue.bind(classId, round);
            if (bound == 0) revert IJobEscrow.EscrowNothingWaiting(classId);
            jobs += bound;
        }
        if (jobs == 0) revert IJobEscrow.EscrowNothingWaiting(0);
        self.round = JobStore.OpenedRound({number: round, requestedBy: msg.sender});
        m.registry.openRound(round, jobs, replaces);
        emit IJobEscrow.RoundRequested(round, msg.sender, jobs);
    }
    // slither-disable-end msg-value-in-nonpayable

    /// @notice Draws up to `maxJobs` jobs of the class in queue order.
    function assign(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint8 classId,
        uint256 maxJobs
    ) external returns (uint256 concluded) {
        JobStore.OpenedRound memory opened = self.round;
        Drawing memory d;
        d.queue = self.queue.words[classId];
        if (d.queue.round() != opened.number || d.queue.pending() == 0) revert IJobEscrow.EscrowNoRound(classId);
        (d.classId, d.round) = (classId, opened.number);
        (d.seed, d.byFallback) = m.beacon.seedOf(opened.number);
        if (d.byFallback) d.fallbackCapGwei = m.registry.probationValueGwei(classId);
        while (concluded < maxJobs && d.queue.pending() != 0 && _drawNext(self, m, d)) ++concluded;
        self.queue.words[classId] = d.queue;
        _creditDrawFees(self, opened.requestedBy, d.feeUnits);
        if (d.dropped != 0) m.registry.dropFromRound(d.dropped);
    }

    /// @notice Closes jobs of the class that were not drawn within 10 minutes of the seed.
    function closeRound(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint8 classId,
        uint256 maxJobs
    ) external returns (uint256 closed) {
        QueueWord queue = self.queue.words[classId];
        uint32 round = self.round.number;
        if (queue.round() != round || queue.pending() == 0) revert IJobEscrow.EscrowNoRound(classId);
        (IRandomnessBeacon.RoundStatus status, , uint40 answeredAt, ) = m.beacon.roundInfo(round);
        uint256 opensAt = uint256(answeredAt) + ROUND_CLOSES_AFTER;
        if (status != IRandomnessBeacon.RoundStatus.Answered || block.timestamp < opensAt) {
            revert IJobEscrow.EscrowTooEarly(round, opensAt);
        }
        uint256 units;
        for (; closed < maxJobs && queue.pending() != 0; ++closed) {
            QueueEntry entry = self.queue.next(queue, classId);
            queue = queue.pop();
            JobWord job = self.jobs[entry.key()];
            if (!_isLive(entry, job)) continue;
            if (job.drawFees() < Payouts.MAX_DRAW_FEES) {
                job = job.withDrawFees(job.drawFees() + 1);
                units += entry.drawUnit();
            }
            _closeUnpaid(self, entry.key(), job);
        }
        self.queue.words[classId] = queue;
        self.drawFees[msg.sender] += units * WEI_PER_DRAW_UNIT;
        // At most JobQueue.ROUND_LIMIT jobs are bound to a round.
        m.registry.dropFromRound(uint32(closed));
    }

    /// @notice Puts a job into its class queue; `front` for one that was drawn before. Not pushed when the line is
    /// full.
    function enqueue(
        JobStore.State storage self,
        uint256 key,
        JobWord job,
        Agreement memory a,
        bool front
    ) internal returns (bool pushed, uint32 ticket) {
        uint8 region = a.terms.region();
        QueueEntry entry = QueueEntry.wrap(0).withKey(uint56(key)).withGeneration(uint16(job.generation()));
        entry = entry.withModelPayee(a.windows.modelPayee()).withDatasetPayee(a.windows.datasetPayee());
        entry = entry.withRegion(region == ANY_REGION ? ENTRY_ANY_REGION : region).withLockFactor(a.terms.lockFactor());
        entry = entry.withAcceptanceMinutes(a.windows.acceptanceMinutes()).withDrawUnit(a.reserves.drawUnit());
        return self.queue.push(a.terms.classId(), front, entry);
    }

    /// @notice A waiting job may leave unless a round binds it; a round without an answer for an hour does not,
    /// unless a fallback block is fixed.
    function requireUnbound(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        uint8 classId,
        uint32 ticket,
        bool front
    ) internal view {
        QueueWord queue = self.queue.words[classId];
        QueueEntry entry = self.queue.entries[JobQueue.slotOf(classId, front, ticket)];
        bool matches = entry.key() == jobId >> 32 && entry.generation() == uint16(jobId);
        if (!matches || !queue.waits(front, ticket)) revert IJobEscrow.EscrowWrongTicket(jobId, ticket);
        uint32 round = self.round.number;
        if (queue.round() != round || !queue.isBound(front, ticket)) return;
        (IRandomnessBeacon.RoundStatus status, uint40 requestedAt, , ) = m.beacon.roundInfo(round);
        // Once a fallback block is fixed the round will be answered, and its hash may be known already. A round that
        // another consumer of the beacon gave up, or whose seed its later rounds have overwritten, can draw no one
        // any more.
        bool timedOut = block.timestamp >= uint256(requestedAt) + ROUND_DIES_AFTER && m.beacon.fallbackTarget() == 0;
        bool binds =
            status == IRandomnessBeacon.RoundStatus.Answered ||
                (status == IRandomnessBeacon.RoundStatus.Requested && !timedOut);
        if (binds) revert IJobEscrow.EscrowBoundToRound(jobId, round);
    }

    /// @dev Draws for the job at the head. False when its tries continue in the next call.
    function _drawNext(
        JobStore.State storage self,
        JobStore.Modules memory m,
        Drawing memory d
    ) private returns (bool concluded) {
        QueueEntry entry = self.queue.next(d.queue, d.classId);
        JobWord job = self.jobs[entry.key()];
        if (!_isLive(entry, job)) {
            d.queue = d.queue.pop();
            ++d.dropped;
            return true;
        }
        uint256 jobId = (uint256(entry.key()) << 32) | job.generation();
        if (d.byFallback && job.payGwei() > d.fallbackCapGwei) {
            _toTail(self, d, entry, job, jobId);
            return true;
        }
        (uint40 gpu, uint16 nextTry) = m.registry.draw(_drawRequest(d, entry, job, jobId));
        if (job.drawFees() < Payouts.MAX_DRAW_FEES) {
            job = job.withDrawFees(job.drawFees() + 1);
            d.feeUnits += entry.drawUnit();
        }
        if (gpu == 0 && nextTry < MAX_TRIES) {
            d.queue = d.queue.withTries(nextTry);
            self.jobs[entry.key()] = job;
            return false;
        }
        job = job.withAttempt(job.attempt() + 1);
        if (gpu == 0) {
            emit IJobEscrow.JobDrawFailed(jobId, d.round, job.attempt());
            _toTail(self, d, entry, job, jobId);
        } else {
            d.queue = d.queue.pop();
            _hand(self, d, jobId, job, gpu);
        }
        return true;
    }

    /// @dev The drawn GPU holds the job; its acceptance window begins.
    function _hand(JobStore.State storage self, Drawing memory d, uint256 jobId, JobWord job, uint40 gpu) private {
        uint40 due = uint40(block.timestamp + uint256(job.acceptanceMinutes()) * 60);
        job = JobStore.move(job, JobStatus.Assigned).withGpu(gpu).withRound(d.round).withDue(due);
        self.jobs[jobId >> 32] = job.withByFallback(d.byFallback);
        emit IJobEscrow.JobAssigned(jobId, gpu, d.round, job.attempt(), due);
    }

    function _drawRequest(
        Drawing memory d,
        QueueEntry entry,
        JobWord job,
        uint256 jobId
    ) private view returns (IGpuRegistry.DrawRequest memory) {
        uint8 region = entry.region();
        return
            IGpuRegistry.DrawRequest({
                classId: d.classId,
                region: region == ENTRY_ANY_REGION ? ANY_REGION : region,
                firstTry: d.queue.tries(),
                tries: TRIES_PER_CALL,
                seed: keccak256(abi.encode(d.seed, address(this), jobId, job.attempt())),
                lockGwei: JobStore.lockGwei(job.payGwei(), entry.lockFactor()),
                priceGwei: job.payGwei(),
                requester: uint40(entry.key() >> 16),
                payeeA: entry.modelPayee(),
                payeeB: entry.datasetPayee()
            });
    }

    /// @dev The job leaves the round: to the tail of the main line and a later round, or closed when its draws are
    /// used up
    /// or the line is full.
    function _toTail(
        JobStore.State storage self,
        Drawing memory d,
        QueueEntry entry,
        JobWord job,
        uint256 jobId
    ) private {
        d.queue = d.queue.pop();
        ++d.dropped;
        bool pushed;
        uint32 ticket;
        if (job.attempt() < MAX_DRAWS) {
            (pushed, ticket, d.queue) = self.queue.append(d.queue, d.classId, false, entry);
        }
        if (!pushed) {
            _closeUnpaid(self, jobId >> 32, job);
            return;
        }
        self.jobs[jobId >> 32] = job;
        emit IJobEscrow.JobRequeued(jobId, d.classId, false, ticket);
    }

    /// @dev Closes a job whose agreement is not at hand; `refund` pays it.
    function _closeUnpaid(JobStore.State storage self, uint256 key, JobWord job) private {
        uint256 jobId = (key << 32) | job.generation();
        self.jobs[key] = JobStore.move(job, JobStatus.Expired).withRefundDue(true);
        emit IJobEscrow.JobRefunded(jobId, JobStatus.Expired, 0);
    }

    /// @dev Half of each draw fee to whoever requested (and paid) the round, half to the caller.
    function _creditDrawFees(JobStore.State storage self, address requestedBy, uint256 units) private {
        uint256 fees = units * WEI_PER_DRAW_UNIT;
        uint256 half = fees / 2;
        if (requestedBy == msg.sender) {
            self.drawFees[msg.sender] += fees;
            return;
        }
        self.drawFees[requestedBy] += half;
        self.drawFees[msg.sender] += fees - half;
    }

    /// @dev The open round of this module that a new request may replace: one without a seed, be it unanswered (the
    /// beacon checks for how long), given up by another consumer of the beacon, or overwritten by its later rounds.
    function _replaceableRound(JobStore.Modules memory m) private view returns (uint32 replaces) {
        (uint32 open, , address module) = m.registry.openRoundInfo();
        if (open == 0) return 0;
        (IRandomnessBeacon.RoundStatus status, , , ) = m.beacon.roundInfo(open);
        bool replaceable = module == address(this) && status != IRandomnessBeacon.RoundStatus.Answered;
        if (!replaceable) revert IJobEscrow.EscrowRoundOpen(open);
        return open;
    }

    function _isLive(QueueEntry entry, JobWord job) private pure returns (bool) {
        return job.status() == uint8(JobStatus.Posted) && uint16(job.generation()) == entry.generation();
    }
}
