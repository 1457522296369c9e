// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccusationWord} from "../libraries/AccusationWord.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {JobStore} from "./JobStore.sol";
import {Agreement, JobMode, JobStatus, Verdict} from "./JobTypes.sol";
import {Payouts} from "./Payouts.sol";
import {Settlement} from "./Settlement.sol";

/// @title Disputes
/// @notice What follows when somebody objects to a delivered result: rejections by the requester, challenges by anyone,
/// canaries, rulings and the end without one.
/// @dev A linked library: the escrow calls it by delegatecall on its own storage, so that the escrow itself stays below
/// 24,576 bytes. It has no storage and no rights of its own.
library Disputes {
    using JobStore for JobStore.State;

    /// @dev Appeal window and 48 h (SPEC 12): a slash is final no earlier.
    uint256 private constant SLASH_HOLD = 96 hours;
    /// @dev Scope of the vault: the right to debit accounts.
    uint8 private constant SPEND = 1;
    /// @dev Keeps the hash of a note apart from every other hash.
    bytes32 private constant CANARY_DOMAIN = keccak256("gpu-commons.canary.v1");

    /// @notice See IJobEscrow.reject.
    function reject(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        bytes32 reason
    ) external {
        JobWord job = self.load(jobId, JobStatus.Delivered, a);
        JobStore.requireRequester(jobId, a);
        // In an Optimistic job the requester challenges like anyone, with the bond that pays the panel.
        if (job.mode() == uint8(JobMode.Optimistic)) revert IJobEscrow.EscrowWrongMode(jobId, JobMode.Optimistic);
        JobStore.requireInTime(jobId, job);
        uint256 bond = uint256(Payouts.rejectionBond(a.lines, a.reserves)) * JobStore.WEI_PER_GWEI;
        // An escrow that lost the right to spend still drains its jobs: a wrong result can be rejected without a bond.
        if (!_maySpend(m)) bond = 0;
        emit IJobEscrow.JobRejected(jobId, bond, reason);
        Settlement.dispute(self, jobId, job.withBonded(bond != 0), a);
        if (bond != 0) m.vault.debit(JobStore.requesterOf(jobId), bond, JobStore.SPOT_LANE);
    }

    /// @notice See IJobEscrow.challenge.
    function challenge(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        bytes32 reason
    ) external {
        JobWord job = self.load(jobId, JobStatus.Delivered, a);
        JobStore.requireMode(jobId, job, JobMode.Optimistic);
        JobStore.requireInTime(jobId, job);
        // A cheat that expects a challenge must not become the finder of its own slash.
        if (m.registry.worksFor(job.gpu(), msg.sender)) revert IJobEscrow.EscrowOwnWork(jobId, msg.sender);
        uint64 bondGwei;
        bool maySpend = _maySpend(m);
        if (maySpend) {
            bondGwei = Payouts.challengeBond(a.lines, a.reserves);
        } else if (msg.sender != a.requester) {
            // Only the requester, who lost money to a wrong result, accuses for nothing.
            revert IJobEscrow.EscrowTakesNoBond(jobId);
        }
        uint40 account = m.vault.accountOf(msg.sender);
        _record(self, jobId, account, bondGwei);
        emit IJobEscrow.JobChallenged(jobId, account, bondGwei * JobStore.WEI_PER_GWEI, reason);
        Settlement.dispute(self, jobId, job.withAccused(true), a);
        // Refuses a caller without an account, also when the bond is nothing.
        if (maySpend) m.vault.debitHolder(msg.sender, bondGwei * JobStore.WEI_PER_GWEI, JobStore.SPOT_LANE);
    }

    /// @notice See IJobEscrow.accuse.
    function accuse(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        bytes32 expectedDigest,
        bytes32 salt
    ) external {
        JobWord job = self.load(jobId, JobStatus.Delivered, a);
        JobStore.requireRequester(jobId, a);
        JobStore.requireMode(jobId, job, JobMode.Acceptance);
        if (job.lane() != JobStore.SPOT_LANE) revert IJobEscrow.EscrowNotDrawn(jobId);
        JobStore.requireInTime(jobId, job);
        bytes32 note = canaryNote(a.requester, a.inputDigest, expectedDigest, salt);
        if (note != a.note) revert IJobEscrow.EscrowWrongOpening(jobId, note, a.note);
        if (self.results[jobId >> 32] == expectedDigest) revert IJobEscrow.EscrowAsExpected(jobId, expectedDigest);
        if (!_maySpend(m)) revert IJobEscrow.EscrowTakesNoBond(jobId);
        _openCanary(self, m, jobId, job, a);
        emit IJobEscrow.CanaryOpened(jobId, expectedDigest, salt);
    }

    /// @notice See IJobEscrow.contest.
    function contest(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a
    ) external {
        JobWord job = self.load(jobId, JobStatus.Accused, a);
        JobStore.requireOperator(m, jobId, job.gpu());
        JobStore.requireInTime(jobId, job);
        emit IJobEscrow.AccusationContested(jobId, job.gpu(), msg.sender);
        Settlement.dispute(self, jobId, job, a);
    }

    /// @notice See IJobEscrow.convict; the sequencer was checked by the escrow.
    function convict(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a
    ) external {
        JobWord job = self.load(jobId, JobStatus.Accused, a);
        JobStore.requireOverdue(jobId, job);
        emit IJobEscrow.JobConvicted(jobId, job.gpu(), msg.sender);
        _against(self, m, jobId, job, a, Judgement({fraud: true, reviewed: false}));
    }

    /// @notice See IJobEscrow.rule.
    function rule(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a,
        Verdict verdict,
        bytes32 evidence
    ) external {
        JobWord job = self.load(jobId, JobStatus.Disputed, a);
        if (msg.sender != a.resolver) revert IJobEscrow.EscrowNotResolver(jobId, msg.sender);
        JobStore.requireInTime(jobId, job);
        if (verdict == Verdict.None) revert IJobEscrow.EscrowInvalidVerdict();
        emit IJobEscrow.JobRuled(jobId, verdict, evidence);
        if (verdict == Verdict.Valid) _inFavour(self, m, jobId, job, a);
        else _against(self, m, jobId, job, a, Judgement({fraud: verdict == Verdict.Invalid, reviewed: true}));
    }

    /// @notice See IJobEscrow.splitDispute.
    function splitDispute(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        Agreement calldata a
    ) external {
        JobWord job = self.load(jobId, JobStatus.Disputed, a);
        JobStore.requireOverdue(jobId, job);
        self.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Split);
        Payouts.Sums memory sums = Payouts.halved(job, a.lines, a.reserves, _rejectionBondHeld(job, a));
        uint40 owner = Settlement.conclude(m, jobId, job, a, IGpuRegistry.OutcomeKind.Released, false);
        emit IJobEscrow.JobSplit(jobId, sums.owner * JobStore.WEI_PER_GWEI, sums.requester * JobStore.WEI_PER_GWEI);
        Settlement.pay(m, jobId, owner, sums, a);
        if (job.accused()) _returnBond(self, m, jobId);
    }

    /// @notice See IJobEscrow.canaryNoteOf.
    function canaryNote(
        address requester,
        bytes32 inputDigest,
        bytes32 expectedDigest,
        bytes32 salt
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(CANARY_DOMAIN, block.chainid, address(this), requester, inputDigest, expectedDigest, salt)
            );
    }

    /// @dev How a result was found wrong.
    /// @param fraud whether the lock is slashed, else it counts as a non-completion
    /// @param reviewed whether the resolver earned the review fee
    struct Judgement {
        bool fraud;
        bool reviewed;
    }

    /// @dev The result was right: paid with full gain; the bond of who objected pays the review or goes to the owner.
    function _inFavour(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a
    ) private {
        self.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Settled);
        uint256 bond = job.accused() ? self.accusations[jobId >> 32].bondGwei() : _rejectionBondHeld(job, a);
        Payouts.Sums memory sums =
            job.mode() == uint8(JobMode.Optimistic)
                ? Payouts.challenged(job, a.lines, a.reserves, bond)
                : Payouts.settled(job, a.lines, a.reserves, true, bond);
        emit IJobEscrow.JobSettled(jobId, job.gpu(), sums.owner * JobStore.WEI_PER_GWEI, false);
        uint40 owner = Settlement.conclude(m, jobId, job, a, IGpuRegistry.OutcomeKind.Success, false);
        Settlement.pay(m, jobId, owner, sums, a);
    }

    /// @dev The result was wrong (fraud: the lock is slashed) or cannot be had (non-completion): the requester is
    /// refunded.
    function _against(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a,
        Judgement memory judgement
    ) private {
        self.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Refunded);
        bool reviewed = judgement.reviewed;
        Payouts.Sums memory sums = Payouts.refunded(job, a.lines, a.reserves, reviewed, _rejectionBondHeld(job, a));
        emit IJobEscrow.JobRefunded(jobId, JobStatus.Refunded, sums.requester * JobStore.WEI_PER_GWEI);
        IGpuRegistry.OutcomeKind kind = IGpuRegistry.OutcomeKind.NonCompletion;
        if (judgement.fraud) {
            kind = IGpuRegistry.OutcomeKind.Fraud;
            _slash(self, m, jobId, job, a, Payouts.slashedFirst(job, a.reserves, reviewed));
        }
        Settlement.conclude(m, jobId, job, a, kind, false);
        Settlement.pay(m, jobId, 0, sums, a);
        if (job.accused()) _returnBond(self, m, jobId);
    }

    /// @dev Takes the lock, or more where the lock of a cheap job does not cover `spent`: what the dispute cost the
    /// requester, who is made whole for it first. The registry bounds the excess. Who accused is the finder.
    function _slash(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a,
        uint64 spent
    ) private {
        uint64 lock = JobStore.lockGwei(job.payGwei(), a.terms.lockFactor());
        uint40 requester = JobStore.requesterOf(jobId);
        m.registry.slash(
            IGpuRegistry.SlashRequest({
                gpu: job.gpu(),
                amountGwei: lock > spent ? lock : spent,
                fromLockGwei: lock,
                finder: job.accused() ? self.accusations[jobId >> 32].account() : requester,
                beneficiary: requester,
                beneficiaryGwei: spent,
                holdUntil: uint40(block.timestamp + SLASH_HOLD)
            })
        );
    }

    function _openCanary(
        JobStore.State storage self,
        JobStore.Modules memory m,
        uint256 jobId,
        JobWord job,
        Agreement calldata a
    ) private {
        uint40 requester = JobStore.requesterOf(jobId);
        uint64 lock = JobStore.lockGwei(job.payGwei(), a.terms.lockFactor());
        uint64 bondGwei = Payouts.canaryBond(lock, job, a.reserves);
        uint40 due = uint40(block.timestamp + uint256(a.windows.challengeHours()) * 1 hours);
        _record(self, jobId, requester, bondGwei);
        self.jobs[jobId >> 32] = JobStore.move(job, JobStatus.Accused).withAccused(true).withDue(due);
        emit IJobEscrow.JobAccused(jobId, job.gpu(), bondGwei * JobStore.WEI_PER_GWEI, due);
        m.vault.debit(requester, bondGwei * JobStore.WEI_PER_GWEI, JobStore.SPOT_LANE);
    }

    function _record(JobStore.State storage self, uint256 jobId, uint40 account, uint64 bondGwei) private {
        self.accusations[jobId >> 32] = AccusationWord.wrap(0).withAccount(account).withBondGwei(bondGwei);
    }

    /// @dev The accusation was not wrong: its bond goes back. The job has ended, so that this runs once.
    function _returnBond(JobStore.State storage self, JobStore.Modules memory m, uint256 jobId) private {
        AccusationWord accusation = self.accusations[jobId >> 32];
        uint256 bond = accusation.bondGwei() * JobStore.WEI_PER_GWEI;
        if (bond == 0) return;
        emit IJobEscrow.AccusationBondReturned(jobId, accusation.account(), bond);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: accusation.account(), amount: bond});
        m.vault.release(payments, 0);
    }

    /// @dev Bond that a rejection paid; a job that its verifier sent to dispute has none.
    function _rejectionBondHeld(JobWord job, Agreement calldata a) private pure returns (uint256) {
        return job.bonded() ? Payouts.rejectionBond(a.lines, a.reserves) : 0;
    }

    function _maySpend(JobStore.Modules memory m) private view returns (bool) {
        return m.vault.scopesOf(address(this)) & SPEND != 0;
    }
}
