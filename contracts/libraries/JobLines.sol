// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Lines of the quote that are paid when a job settles, units of 1e9 wei; part of an agreement.
/// @dev Layout, from the lowest bit:
///     0 compute 64
///    64 modelRoyalty 64
///   128 datasetRoyalty 64
///   192 protocolFee 64
type JobLines is uint256;

using JobLinesLib for JobLines global;

/// @title JobLinesLib
/// @notice One getter and one pure setter per field of JobLines.
library JobLinesLib {
    function compute(JobLines word) internal pure returns (uint64) {
        return uint64(JobLines.unwrap(word));
    }

    function modelRoyalty(JobLines word) internal pure returns (uint64) {
        return uint64(JobLines.unwrap(word) >> 64);
    }

    function datasetRoyalty(JobLines word) internal pure returns (uint64) {
        return uint64(JobLines.unwrap(word) >> 128);
    }

    function protocolFee(JobLines word) internal pure returns (uint64) {
        return uint64(JobLines.unwrap(word) >> 192);
    }

    function withCompute(JobLines word, uint64 value) internal pure returns (JobLines) {
        return JobLines.wrap((JobLines.unwrap(word) & ~uint256(type(uint64).max)) | value);
    }

    function withModelRoyalty(JobLines word, uint64 value) internal pure returns (JobLines) {
        return JobLines.wrap((JobLines.unwrap(word) & ~(uint256(type(uint64).max) << 64)) | (uint256(value) << 64));
    }

    function withDatasetRoyalty(JobLines word, uint64 value) internal pure returns (JobLines) {
        return JobLines.wrap((JobLines.unwrap(word) & ~(uint256(type(uint64).max) << 128)) | (uint256(value) << 128));
    }

    function withProtocolFee(JobLines word, uint64 value) internal pure returns (JobLines) {
        return JobLines.wrap((JobLines.unwrap(word) & ~(uint256(type(uint64).max) << 192)) | (uint256(value) << 192));
    }
}
