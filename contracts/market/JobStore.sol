// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetRegistry} from "../assets/IAssetRegistry.sol";
import {AccusationWord} from "../libraries/AccusationWord.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {IRandomnessBeacon} from "../randomness/IRandomnessBeacon.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {JobQueue} from "./JobQueue.sol";
import {Agreement, JobMode, JobStatus} from "./JobTypes.sol";
import {TransitionTable} from "./TransitionTable.sol";

/// @title JobStore
/// @notice What the escrow stores, and the checks that every function on a job begins with.
library JobStore {
    /// @notice Acceptance by a sign of life; valid while the job's `accepted` flag is set.
    struct Work {
        uint40 startedAt;
        uint40 hardDeadline;
    }

    /// @notice Newest round, and who paid for it.
    struct OpenedRound {
        uint32 number;
        address requestedBy;
    }

    /// @notice All state of jobs. key = requester account << 16 | ring index.
    struct State {
        OpenedRound round;
        JobQueue.State queue;
        mapping(uint256 key => JobWord job) jobs;
        mapping(uint256 key => bytes32 hash) agreements;
        mapping(uint256 key => bytes32 digest) results;
        mapping(uint256 key => Work work) work;
        mapping(address account => uint256 amount) drawFees;
        mapping(uint256 key => AccusationWord word) accusations;
    }

    /// @notice The contracts that an escrow works with.
    struct Modules {
        IPaymentVault vault;
        IRandomnessBeacon beacon;
        IGpuRegistry registry;
        IAssetRegistry assets;
    }

    uint8 internal constant SPOT_LANE = 0;
    uint8 internal constant NAMED_LANE = 1;
    uint256 internal constant WEI_PER_GWEI = 1e9;
    /// @dev Agreement has 15 static words.
    uint256 private constant AGREEMENT_BYTES = 480;

    /// @notice The only place where a status changes.
    function move(JobWord job, JobStatus to) internal pure returns (JobWord) {
        JobStatus from = JobStatus(job.status());
        if (TransitionTable.row(from) & (1 << uint8(to)) == 0) revert IJobEscrow.EscrowForbiddenTransition(from, to);
        return job.withStatus(uint8(to));
    }

    /// @notice Word of a job in the expected status whose agreement is the one given.
    function load(
        State storage self,
        uint256 jobId,
        JobStatus expected,
        Agreement calldata agreement
    ) internal view returns (JobWord job) {
        job = loadStatus(self, jobId, expected);
        requireAgreement(self, jobId, agreement);
    }

    /// @notice Word of a job in the expected status.
    function loadStatus(State storage self, uint256 jobId, JobStatus expected) internal view returns (JobWord job) {
        job = loadGeneration(self, jobId);
        if (job.status() != uint8(expected)) revert IJobEscrow.EscrowWrongStatus(jobId, JobStatus(job.status()));
    }

    /// @notice Word of a job whose ring index still holds this generation.
    function loadGeneration(State storage self, uint256 jobId) internal view returns (JobWord job) {
        job = self.jobs[jobId >> 32];
        if (job.generation() != uint32(jobId) || job.generation() == 0) revert IJobEscrow.EscrowUnknownJob(jobId);
    }

    /// @notice Refuses an agreement that is not the job's.
    function requireAgreement(State storage self, uint256 jobId, Agreement calldata agreement) internal view {
        bytes32 stored = self.agreements[jobId >> 32];
        bytes32 given = hashOfCalldata(jobId, agreement);
        if (stored != given) revert IJobEscrow.EscrowWrongAgreement(jobId, stored, given);
    }

    /// @notice Hash that binds an agreement to this chain, contract and job:
    /// keccak256(abi.encode(chain id, escrow, job id, agreement)).
    function hashOf(uint256 jobId, Agreement memory agreement) internal view returns (bytes32 hash) {
        // A struct of static words lies in memory as its encoding does; a test compares the two.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, chainid())
            mstore(add(free, 0x20), address())
            mstore(add(free, 0x40), jobId)
            mcopy(add(free, 0x60), agreement, AGREEMENT_BYTES)
            hash := keccak256(free, add(AGREEMENT_BYTES, 0x60))
        }
    }

    /// @notice Equal to `hashOf` of the decoded agreement, straight from calldata. A word with stray high bits hashes
    /// to something else and is refused; a test compares the two.
    function hashOfCalldata(uint256 jobId, Agreement calldata agreement) internal view returns (bytes32 hash) {
        // Decoding and encoding 15 words again would cost ten times as much on every settlement.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, chainid())
            mstore(add(free, 0x20), address())
            mstore(add(free, 0x40), jobId)
            calldatacopy(add(free, 0x60), agreement, AGREEMENT_BYTES)
            hash := keccak256(free, add(AGREEMENT_BYTES, 0x60))
        }
    }

    /// @notice Refuses callers that did not post the job.
    function requireRequester(uint256 jobId, Agreement calldata agreement) internal view {
        if (agreement.requester != msg.sender) revert IJobEscrow.EscrowNotRequester(jobId, msg.sender);
    }

    /// @notice Refuses callers that do not work for the job's GPU.
    function requireOperator(Modules memory m, uint256 jobId, uint40 gpu) internal view {
        if (!m.registry.worksFor(gpu, msg.sender)) revert IJobEscrow.EscrowNotOperator(jobId, msg.sender);
    }

    /// @notice Refuses what comes after the due second; that second itself belongs to the operator or requester.
    function requireInTime(uint256 jobId, JobWord job) internal view {
        if (block.timestamp > job.due()) revert IJobEscrow.EscrowTooLate(jobId, job.due());
    }

    /// @notice Refuses what comes before or in the due second.
    function requireOverdue(uint256 jobId, JobWord job) internal view {
        if (block.timestamp <= job.due()) revert IJobEscrow.EscrowTooEarly(jobId, job.due());
    }

    /// @notice Refuses a job of another mode.
    function requireMode(uint256 jobId, JobWord job, JobMode mode) internal pure {
        if (job.mode() != uint8(mode)) revert IJobEscrow.EscrowWrongMode(jobId, JobMode(job.mode()));
    }

    /// @notice Refuses a job whose result has to come with a proof.
    function requireNoProof(uint256 jobId, JobWord job) internal pure {
        if (job.mode() == uint8(JobMode.Proof)) revert IJobEscrow.EscrowWrongMode(jobId, JobMode.Proof);
    }

    /// @notice Seconds from acceptance (or assignment) to now: what energy is measured against, and what counts for the
    /// score up to the catalogue's seconds. At most the longest attempt, since what comes later is refused.
    function elapsedOf(State storage self, uint256 key, JobWord job) internal view returns (uint32) {
        uint256 startedAt =
            job.accepted() ? self.work[key].startedAt : job.due() - uint256(job.acceptanceMinutes()) * 60;
        return uint32(block.timestamp - startedAt);
    }

    /// @notice Frees the GPU's slot, stores the digest and opens the review window.
    function deliver(
        State storage self,
        Modules memory m,
        uint256 jobId,
        JobWord job,
        bytes32 resultDigest,
        uint32 energyMilliWattHours
    ) internal returns (JobWord delivered) {
        uint40 gpu = job.gpu();
        uint40 due = uint40(block.timestamp + uint256(job.reviewHours()) * 1 hours);
        self.results[jobId >> 32] = resultDigest;
        delivered = move(job, JobStatus.Delivered).withDue(due);
        self.jobs[jobId >> 32] = delivered;
        emit IJobEscrow.JobDelivered(jobId, gpu, resultDigest, energyMilliWattHours, due);
        m.registry.finishWork(gpu, msg.sender, energyMilliWattHours, job.elapsed());
    }

    /// @notice Hash of a sealed result.
    function commitmentOf(
        uint256 jobId,
        uint8 attempt,
        uint40 gpu,
        bytes32 resultDigest,
        bytes32 salt
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), jobId, attempt, uint8(0), gpu, resultDigest, salt));
    }

    /// @notice Requester's account in a public id (40 + 16 + 32 bits).
    function requesterOf(uint256 jobId) internal pure returns (uint40) {
        return uint40(jobId >> 48);
    }

    /// @notice L x price, saturated: a lock that no stake covers is drawn for no one.
    function lockGwei(uint64 priceGwei, uint8 lockFactor) internal pure returns (uint64) {
        uint256 lock = uint256(priceGwei) * lockFactor;
        return lock > type(uint64).max ? type(uint64).max : uint64(lock);
    }
}
