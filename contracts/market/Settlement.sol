// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../libraries/JobWord.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {JobStore} from "./JobStore.sol";
import {Agreement, JobStatus} from "./JobTypes.sol";
import {Payouts} from "./Payouts.sol";

/// @title Settlement
/// @notice How an ending reaches the vault, the assets and the registry.
library Settlement {
    /// @notice Pays the work of a delivered job.
    function settle(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a,
        bool bySilence
    ) internal {
        self.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Settled);
        Payouts.Sums memory sums = Payouts.settled(job, a.lines, a.reserves, false, 0);
        emit IJobEscrow.JobSettled(jobId, job.gpu(), sums.owner * JobStore.WEI_PER_GWEI, bySilence);
        pay(m, jobId, conclude(m, jobId, job, a, IGpuRegistry.OutcomeKind.Success, bySilence), sums, a);
    }

    /// @notice Closes a job without a result and returns its money at once.
    function closeWithRefund(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a,
        JobStatus status
    ) internal {
        self.jobs[jobId >> 32] = JobStore.move(job, status);
        Payouts.Sums memory sums = Payouts.refunded(job, a.lines, a.reserves, false, 0);
        emit IJobEscrow.JobRefunded(jobId, status, sums.requester * JobStore.WEI_PER_GWEI);
        pay(m, jobId, 0, sums, a);
    }

    /// @notice Opens the time in which the resolver may rule.
    function dispute(JobStore.State storage self, uint256 jobId, JobWord job, Agreement calldata a) internal {
        uint40 due = uint40(block.timestamp + a.windows.disputeSeconds());
        self.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Disputed).withDue(due);
        emit IJobEscrow.JobDisputed(jobId, due);
    }

    /// @notice Reports the end of an assignment to the registry.
    /// @param flag silence of a success, or the unrevealed commit of a non-completion
    function conclude(
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a,
        IGpuRegistry.OutcomeKind kind,
        bool flag
    ) internal returns (uint40 owner) {
        bool success = kind == IGpuRegistry.OutcomeKind.Success;
        IGpuRegistry.Outcome memory o;
        o.gpu = job.gpu();
        o.kind = kind;
        // A slash for fraud has taken the lock over.
        if (kind != IGpuRegistry.OutcomeKind.Fraud) {
            o.lockGwei = JobStore.lockGwei(job.payGwei(), a.terms.lockFactor());
        }
        o.scored = job.lane() == JobStore.SPOT_LANE && !job.byFallback();
        o.gain = success && !job.redrawn();
        o.halfGain = success && flag;
        o.worst = !success && flag;
        o.complexity = a.terms.complexity();
        o.creditedSeconds = _min(job.elapsed(), a.windows.referenceSeconds());
        o.requester = JobStore.requesterOf(jobId);
        o.freeSlot = job.status() == uint8(JobStatus.Assigned) || job.status() == uint8(JobStatus.Committed);
        if (o.freeSlot) o.caller = _paidCaller(m, jobId, o.gpu, a);
        return m.registry.conclude(o);
    }

    /// @notice Pays one ending out of the vault's held sum. `owner` may be 0 when nothing goes to it.
    function pay(
        JobStore.Modules memory m,
        uint256 jobId,
        uint40 owner,
        Payouts.Sums memory sums,
        Agreement calldata a
    ) internal {
        uint256 count = (sums.owner == 0 ? 0 : 1) + (sums.requester == 0 ? 0 : 1) + (sums.resolver == 0 ? 0 : 1);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](count);
        if (sums.resolver != 0) payments[--count] = _payment(m.vault.openAccount(a.resolver), sums.resolver);
        if (sums.requester != 0) payments[--count] = _payment(JobStore.requesterOf(jobId), sums.requester);
        if (sums.owner != 0) payments[--count] = _payment(owner, sums.owner);
        uint256 fee = sums.fee * JobStore.WEI_PER_GWEI;
        if (sums.modelRoyalty == 0 && sums.datasetRoyalty == 0) m.vault.release(payments, fee);
        else m.vault.releaseWithRoyalties(payments, fee, m.assets, _royalties(sums, a));
    }

    /// @dev Royalties of a job stand for one use of the model, and of the dataset.
    function _royalties(
        Payouts.Sums memory sums,
        Agreement calldata a
    ) private pure returns (IPaymentVault.Royalty[] memory royalties) {
        uint256 count = (sums.modelRoyalty == 0 ? 0 : 1) + (sums.datasetRoyalty == 0 ? 0 : 1);
        royalties = new IPaymentVault.Royalty[](count);
        if (sums.datasetRoyalty != 0) royalties[--count] = _royalty(a.dataset, sums.datasetRoyalty);
        if (sums.modelRoyalty != 0) royalties[--count] = _royalty(a.model, sums.modelRoyalty);
    }

    function _royalty(uint256 asset, uint64 gweiAmount) private pure returns (IPaymentVault.Royalty memory) {
        return IPaymentVault.Royalty({asset: asset, amount: gweiAmount * JobStore.WEI_PER_GWEI, uses: 1});
    }

    /// @dev Account of a timeout's caller, 0 when it has none or is the requester, a payee or works for the GPU.
    function _paidCaller(
        JobStore.Modules memory m,
        uint256 jobId,
        uint40 gpu,
        Agreement calldata a
    ) private view returns (uint40 account) {
        account = m.vault.accountOf(msg.sender);
        bool isParty =
            account == JobStore.requesterOf(jobId) ||
                account == a.windows.modelPayee() ||
                account == a.windows.datasetPayee() ||
                m.registry.worksFor(gpu, msg.sender);
        if (isParty) account = 0;
    }

    function _payment(uint40 account, uint256 gweiAmount) private pure returns (IPaymentVault.Payment memory) {
        return IPaymentVault.Payment({account: account, amount: gweiAmount * JobStore.WEI_PER_GWEI});
    }

    function _min(uint32 a, uint32 b) private pure returns (uint32) {
        return a < b ? a : b;
    }
}
