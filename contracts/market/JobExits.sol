// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BoundedCall} from "../libraries/BoundedCall.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {DrawDesk} from "./DrawDesk.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {IResultVerifier} from "./IResultVerifier.sol";
import {JobStore} from "./JobStore.sol";
import {Agreement, JobMode, JobStatus} from "./JobTypes.sol";
import {Payouts} from "./Payouts.sol";
import {Settlement} from "./Settlement.sol";

/// @title JobExits
/// @notice The ways out of a job that are taken rarely: cancelling, expiry, declines, misses, proofs.
/// @dev A linked library: the escrow calls it by delegatecall on its own storage, so that the escrow itself stays
/// below 24,576 bytes. It has no storage and no rights of its own.
library JobExits {
    using JobStore for JobStore.State;

    /// @dev Gas kept back for what follows a verifier's answer.
    uint256 private constant GAS_AFTER_VERIFIER = 500_000;

    /// @notice See IJobEscrow.cancel.
    function cancel(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        uint32 ticket,
        bool front
    ) external {
        JobWord job = self.load(jobId, JobStatus.Posted, a);
        JobStore.requireRequester(jobId, a);
        DrawDesk.requireUnbound(self, m, jobId, a.terms.classId(), ticket, front);
        Settlement.closeWithRefund(self, m, jobId, job, a, JobStatus.Cancelled);
    }

    /// @notice See IJobEscrow.expire.
    function expire(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        uint32 ticket,
        bool front
    ) external {
        JobWord job = self.load(jobId, JobStatus.Posted, a);
        uint40 expiry = a.terms.expiry();
        if (block.timestamp <= expiry) revert IJobEscrow.EscrowTooEarly(jobId, expiry);
        DrawDesk.requireUnbound(self, m, jobId, a.terms.classId(), ticket, front);
        Settlement.closeWithRefund(self, m, jobId, job, a, JobStatus.Expired);
    }

    /// @notice See IJobEscrow.refund.
    function refund(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a
    ) external {
        JobWord job = self.load(jobId, JobStatus.Expired, a);
        if (!job.refundDue()) revert IJobEscrow.EscrowNoRefundDue(jobId);
        self.jobs[jobId >> 32] = job.withRefundDue(false);
        Payouts.Sums memory sums = Payouts.refunded(job, a.lines, a.reserves, false, 0);
        emit IJobEscrow.JobRefunded(jobId, JobStatus.Expired, sums.requester * JobStore.WEI_PER_GWEI);
        Settlement.pay(m, jobId, 0, sums, a);
    }

    /// @notice See IJobEscrow.decline.
    function decline(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        bool inputUnavailable
    ) external {
        JobWord job = self.load(jobId, JobStatus.Assigned, a);
        uint40 gpu = job.gpu();
        JobStore.requireOperator(m, jobId, gpu);
        if (job.accepted()) revert IJobEscrow.EscrowAlreadyAccepted(jobId);
        JobStore.requireInTime(jobId, job);
        if (inputUnavailable && a.windows.namedGpu() == 0) job = job.withInputCharges(job.inputCharges() + 1);
        emit IJobEscrow.JobDeclined(jobId, gpu, inputUnavailable);
        _giveBack(self, m, jobId, job, a);
        if (a.windows.namedGpu() == 0) {
            m.registry.recordDecline(gpu, JobStore.lockGwei(job.payGwei(), a.terms.lockFactor()));
        } else {
            // Nobody asks a GPU before naming it, so that declining costs its owner nothing, however often.
            Settlement.conclude(m, jobId, job, a, IGpuRegistry.OutcomeKind.Released, false);
        }
    }

    /// @notice See IJobEscrow.miss; the sequencer was checked by the escrow.
    function miss(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a
    ) external {
        JobWord job = self.loadGeneration(jobId);
        JobStatus status = JobStatus(job.status());
        bool working = status == JobStatus.Assigned || status == JobStatus.Committed;
        if (!working) revert IJobEscrow.EscrowWrongStatus(jobId, status);
        self.requireAgreement(jobId, a);
        JobStore.requireOverdue(jobId, job);
        emit IJobEscrow.JobMissed(jobId, job.gpu(), msg.sender);
        _giveBack(self, m, jobId, job, a);
        bool committed = status == JobStatus.Committed;
        // A GPU that was named and never answered promised nothing: its stake pays no caller, or anyone could name it
        // for the sake of that pay.
        bool promised = a.windows.namedGpu() == 0 || job.accepted() || committed;
        IGpuRegistry.OutcomeKind kind =
            promised ? IGpuRegistry.OutcomeKind.NonCompletion : IGpuRegistry.OutcomeKind.Released;
        Settlement.conclude(m, jobId, job, a, kind, committed);
    }

    /// @notice See IJobEscrow.deliverWithProof.
    function deliverWithProof(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        bytes32 resultDigest,
        uint32 energyMilliWattHours,
        bytes calldata proof
    ) external {
        JobWord job = self.load(jobId, JobStatus.Assigned, a);
        JobStore.requireMode(jobId, job, JobMode.Proof);
        JobStore.requireInTime(jobId, job);
        job = job.withElapsed(self.elapsedOf(jobId >> 32, job));
        job = self.deliver(m, jobId, job, resultDigest, energyMilliWattHours);
        BoundedCall.Answer answer = _verify(self, jobId, a, resultDigest, proof);
        if (answer == BoundedCall.Answer.False) revert IJobEscrow.EscrowProofRejected(jobId);
        if (answer == BoundedCall.Answer.True) Settlement.settle(self, m, jobId, job, a, false);
        else Settlement.dispute(self, jobId, job, a);
    }

    /// @dev A declined or missed job: back to the head of its class with a new round, or closed with a refund when it
    /// was
    /// named, its draws are used up or the line is full.
    function _giveBack(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a
    ) private {
        bool pushed;
        uint32 ticket;
        if (a.windows.namedGpu() == 0 && job.attempt() < DrawDesk.MAX_DRAWS) {
            (pushed, ticket) = DrawDesk.enqueue(self, jobId >> 32, job, a, true);
        }
        if (!pushed) {
            Settlement.closeWithRefund(self, m, jobId, job, a, JobStatus.Expired);
            return;
        }
        job = JobStore.move(job, JobStatus.Posted).withGpu(0).withDue(0).withElapsed(0);
        self.jobs[jobId >> 32] = job.withAccepted(false).withRedrawn(true);
        emit IJobEscrow.JobRequeued(jobId, a.terms.classId(), true, ticket);
    }

    function _verify(
        JobStore.State storage self,
        uint256 jobId,
        Agreement calldata a,
        bytes32 resultDigest,
        bytes calldata proof
    ) private view returns (BoundedCall.Answer) {
        bytes memory data = abi.encodeCall(
            IResultVerifier.verify,
            (address(this), jobId, self.agreements[jobId >> 32], resultDigest, proof)
        );
        // One 64th stays behind at a call (EIP-150): the verifier must get its whole limit, or a caller could starve
        // it. Checked once the call is encoded, since a long proof takes much gas for that.
        uint256 required = (uint256(a.verifierGas) * 64) / 63 + GAS_AFTER_VERIFIER;
        if (gasleft() < required) revert IJobEscrow.EscrowNotEnoughGas(gasleft(), required);
        return BoundedCall.staticBool(a.verifier, a.verifierGas, data);
    }
}
