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
/// @notice One getter and one pure setter per field of JobLines. Setters refuse a value that does not fit.
library JobLinesLib {
    error JobLinesFieldTooLarge(uint256 value, uint256 bits);

    function compute(JobLines word) internal pure returns (uint64) {
        return uint64(JobLines.unwrap(word));
    }

    function modelRoyalty(JobLines word) internal pure returns (uint64) {
        return uint64((JobLines.unwrap(word) >> 64));
    }

    function datasetRoyalty(JobLines word) internal pure returns (uint64) {
        return uint64((JobLines.unwrap(word) >> 128));
    }

    function protocolFee(JobLines word) internal pure returns (uint64) {
        return uint64((JobLines.unwrap(word) >> 192));
    }

    function withCompute(JobLines word, uint64 value) internal pure returns (JobLines) {
        return _put(word, value, 0, 64);
    }

    function withModelRoyalty(JobLines word, uint64 value) internal pure returns (JobLines) {
        return _put(word, value, 64, 64);
    }

    function withDatasetRoyalty(JobLines word, uint64 value) internal pure returns (JobLines) {
        return _put(word, value, 128, 64);
    }

    function withProtocolFee(JobLines word, uint64 value) internal pure returns (JobLines) {
        return _put(word, value, 192, 64);
    }

    function _put(JobLines word, uint256 value, uint256 offset, uint256 bits) private pure returns (JobLines) {
        if (value >> bits != 0) revert JobLinesFieldTooLarge(value, bits);
        uint256 mask = ((1 << bits) - 1) << offset;
        return JobLines.wrap((JobLines.unwrap(word) & ~mask) | (value << offset));
    }
}
