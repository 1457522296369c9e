// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../../../contracts/libraries/JobWord.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {Agreement, JobStatus, Verdict} from "../../../contracts/market/JobTypes.sol";
import {IPaymentVault} from "../../../contracts/vault/IPaymentVault.sol";

/// @notice As much of an escrow as its court sees: jobs in dispute, each with a review fee that a ruling pays to the
/// court and that returns to the requester without one. Is the registry of their GPUs, too.
contract EscrowStub {
    struct Job {
        JobWord word;
        bytes32 result;
        bytes32 agreement;
        Verdict ruled;
    }

    uint256 private constant GWEI = 1e9;

    IPaymentVault public immutable vault;
    uint32 public immutable disputeSeconds;

    mapping(uint256 jobId => Job job) private _jobs;
    mapping(uint40 gpu => uint40 owner) public ownerOf;

    error NotResolver(address caller);
    error NotRulable(uint256 jobId);

    constructor(IPaymentVault vault_, uint32 disputeSeconds_) {
        (vault, disputeSeconds) = (vault_, disputeSeconds_);
    }

    /// @notice A dispute begins now. The requester's account pays the fee.
    function dispute(uint256 jobId, Agreement calldata a, uint40 gpu, uint40 owner, bytes32 result) external {
        ownerOf[gpu] = owner;
        JobWord word = JobWord.wrap(0).withStatus(uint8(JobStatus.Disputed)).withGpu(gpu);
        word = word.withDue(uint40(block.timestamp + disputeSeconds));
        _jobs[jobId] = Job({word: word, result: result, agreement: hashAgreement(jobId, a), ruled: Verdict.None});
        vault.debit(uint40(jobId >> 48), a.reserves.reviewFee() * GWEI, 0);
    }

    function rule(uint256 jobId, Agreement calldata a, Verdict verdict, bytes32) external {
        if (msg.sender != a.resolver) revert NotResolver(msg.sender);
        _end(jobId, a, verdict == Verdict.Valid ? JobStatus.Settled : JobStatus.Refunded, vault.accountOf(msg.sender));
        _jobs[jobId].ruled = verdict;
    }

    /// @notice No ruling in time.
    function split(uint256 jobId, Agreement calldata a) external {
        _end(jobId, a, JobStatus.Split, uint40(jobId >> 48));
    }

    function settings() external view returns (IJobEscrow.Settings memory s) {
        s.disputeSeconds = disputeSeconds;
    }

    function jobOf(uint256 jobId) external view returns (JobWord) {
        return _jobs[jobId].word;
    }

    /// @notice Nobody accused: every job was rejected.
    function accusationOf(uint256) external pure returns (uint40, uint256) {
        return (0, 0);
    }

    function resultOf(uint256 jobId) external view returns (bytes32) {
        return _jobs[jobId].result;
    }

    function ruledOf(uint256 jobId) external view returns (Verdict) {
        return _jobs[jobId].ruled;
    }

    function agreementHashOf(uint256 jobId) external view returns (bytes32) {
        return _jobs[jobId].agreement;
    }

    function hashAgreement(uint256 jobId, Agreement calldata a) public pure returns (bytes32) {
        return keccak256(abi.encode(jobId, a));
    }

    function _end(uint256 jobId, Agreement calldata a, JobStatus status, uint40 payee) private {
        JobWord word = _jobs[jobId].word;
        bool late = block.timestamp > word.due();
        if (word.status() != uint8(JobStatus.Disputed) || late != (status == JobStatus.Split)) revert NotRulable(jobId);
        _jobs[jobId].word = word.withStatus(uint8(status));
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: payee, amount: a.reserves.reviewFee() * GWEI});
        vault.release(payments, 0);
    }
}
