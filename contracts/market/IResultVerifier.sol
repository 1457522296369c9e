// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IResultVerifier
/// @notice Proof plug-in of a job (SPEC 6). Called by static call with the agreement's gas limit.
interface IResultVerifier {
    /// @notice Whether `proof` proves that `resultDigest` is the result of the job.
    /// @dev Must be a view. An explicit false rejects the delivery; a revert sends the job to the resolver.
    /// @param escrow escrow that asks (bound into what is proven)
    /// @param jobId public id of the job (key and generation)
    /// @param agreementHash hash of the job's agreement
    /// @param resultDigest sha-256 digest of the result
    /// @param proof opaque to the escrow
    function verify(
        address escrow,
        uint256 jobId,
        bytes32 agreementHash,
        bytes32 resultDigest,
        bytes calldata proof
    ) external view returns (bool valid);
}
