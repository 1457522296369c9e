// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../../../contracts/libraries/JobWord.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {Agreement, JobStatus, Verdict} from "../../../contracts/market/JobTypes.sol";
import {IPaymentVault} from "../../../contracts/vault/IPaymentVault.sol";

/// @notice As much of an escrow as chains and a court see: jobs from the draw of an operator to the ruling, attempt
/// after attempt. Is the registry of their GPUs, too.
contract JobsStub {
    struct Job {
        JobWord word;
        bytes32 result;
        bytes32 agreement;
        uint40 accuser;
    }

    uint256 private constant GWEI = 1e9;

    IPaymentVault public immutable vault;
    uint32 public immutable disputeSeconds;

    mapping(uint256 jobId => Job job) private _jobs;
    mapping(uint40 gpu => uint40 owner) public ownerOf;
    mapping(uint40 gpu => address operator) private _operators;

    error NotResolver(address caller);
    error WrongStatus(uint256 jobId);

    constructor(IPaymentVault vault_, uint32 disputeSeconds_) {
        (vault, disputeSeconds) = (vault_, disputeSeconds_);
    }

    /// @notice An attempt begins: the first, or the one after an operator who missed the job.
    function assign(
        uint256 jobId,
        Agreement calldata a,
        uint40 gpu,
        uint40 owner,
        address operator,
        uint40 due
    ) external {
        (ownerOf[gpu], _operators[gpu]) = (owner, operator);
        JobWord word = _jobs[jobId].word;
        if (word.attempt() != 0) _require(jobId, JobStatus.Assigned);
        word = word.withStatus(uint8(JobStatus.Assigned)).withAttempt(word.attempt() + 1).withGpu(gpu);
        (_jobs[jobId].word, _jobs[jobId].agreement) = (word.withDue(due), hashAgreement(jobId, a));
    }

    function deliver(uint256 jobId, bytes32 result) external {
        _require(jobId, JobStatus.Assigned);
        _jobs[jobId].word = _jobs[jobId].word.withStatus(uint8(JobStatus.Delivered));
        _jobs[jobId].result = result;
    }

    /// @notice A dispute begins now: a rejection, or an accusation where `accuser` is not zero.
    function dispute(uint256 jobId, Agreement calldata a, uint40 accuser) external {
        _require(jobId, JobStatus.Delivered);
        JobWord word = _jobs[jobId].word.withStatus(uint8(JobStatus.Disputed));
        _jobs[jobId].word = word.withDue(uint40(block.timestamp + disputeSeconds));
        _jobs[jobId].accuser = accuser;
        vault.debit(uint40(jobId >> 48), a.reserves.reviewFee() * GWEI, 0);
    }

    function rule(uint256 jobId, Agreement calldata a, Verdict verdict, bytes32) external {
        if (msg.sender != a.resolver) revert NotResolver(msg.sender);
        _require(jobId, JobStatus.Disputed);
        JobStatus status = verdict == Verdict.Valid ? JobStatus.Settled : JobStatus.Refunded;
        _jobs[jobId].word = _jobs[jobId].word.withStatus(uint8(status));
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        uint256 amount = a.reserves.reviewFee() * GWEI;
        payments[0] = IPaymentVault.Payment({account: vault.accountOf(msg.sender), amount: amount});
        vault.release(payments, 0);
    }

    function settings() external view returns (IJobEscrow.Settings memory s) {
        s.disputeSeconds = disputeSeconds;
    }

    function worksFor(uint40 gpu, address caller) external view returns (bool) {
        return _operators[gpu] == caller || vault.accountOf(caller) == ownerOf[gpu];
    }

    function jobOf(uint256 jobId) external view returns (JobWord) {
        return _jobs[jobId].word;
    }

    function accusationOf(uint256 jobId) external view returns (uint40, uint256) {
        return (_jobs[jobId].accuser, 0);
    }

    function resultOf(uint256 jobId) external view returns (bytes32) {
        return _jobs[jobId].result;
    }

    function agreementHashOf(uint256 jobId) external view returns (bytes32) {
        return _jobs[jobId].agreement;
    }

    function hashAgreement(uint256 jobId, Agreement calldata a) public pure returns (bytes32) {
        return keccak256(abi.encode(jobId, a));
    }

    function _require(uint256 jobId, JobStatus status) private view {
        if (_jobs[jobId].word.status() != uint8(status)) revert WrongStatus(jobId);
    }
}
