// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ITrainingRecord
/// @notice What the AssetRegistry asks an escrow before it mints a TrainedModel (SPEC 8).
interface ITrainingRecord {
    /// @notice Who asked for the job that produced a result.
    /// @dev Must be a view. Returns the zero address, or reverts, when the job is unknown, not settled, or settled with
    /// another result.
    /// @param jobId public id of the job (key and generation)
    /// @param resultDigest sha-256 digest of the result
    /// @return requester holder of the account that posted the job
    function trainedBy(uint256 jobId, bytes32 resultDigest) external view returns (address requester);
}
