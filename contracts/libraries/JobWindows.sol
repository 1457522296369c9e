// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Windows, payees and the named GPU; part of an agreement. Windows in the unit that the name says.
/// @dev Layout, from the lowest bit:
///     0 acceptanceMinutes 8
///     8 reviewHours 8
///    16 revealSeconds 24
///    40 disputeSeconds 24
///    64 referenceSeconds 24
///    88 modelPayee 40
///   128 datasetPayee 40
///   168 namedGpu 40
type JobWindows is uint256;

using JobWindowsLib for JobWindows global;

/// @title JobWindowsLib
/// @notice One getter and one pure setter per field of JobWindows. Setters refuse a value that does not fit.
library JobWindowsLib {
    error JobWindowsFieldTooLarge(uint256 value, uint256 bits);

    function acceptanceMinutes(JobWindows word) internal pure returns (uint8) {
        return uint8(JobWindows.unwrap(word));
    }

    function reviewHours(JobWindows word) internal pure returns (uint8) {
        return uint8((JobWindows.unwrap(word) >> 8));
    }

    function revealSeconds(JobWindows word) internal pure returns (uint32) {
        return uint32((JobWindows.unwrap(word) >> 16) & 0xffffff);
    }

    function disputeSeconds(JobWindows word) internal pure returns (uint32) {
        return uint32((JobWindows.unwrap(word) >> 40) & 0xffffff);
    }

    function referenceSeconds(JobWindows word) internal pure returns (uint32) {
        return uint32((JobWindows.unwrap(word) >> 64) & 0xffffff);
    }

    function modelPayee(JobWindows word) internal pure returns (uint40) {
        return uint40((JobWindows.unwrap(word) >> 88));
    }

    function datasetPayee(JobWindows word) internal pure returns (uint40) {
        return uint40((JobWindows.unwrap(word) >> 128));
    }

    function namedGpu(JobWindows word) internal pure returns (uint40) {
        return uint40((JobWindows.unwrap(word) >> 168));
    }

    function withAcceptanceMinutes(JobWindows word, uint8 value) internal pure returns (JobWindows) {
        return _put(word, value, 0, 8);
    }

    function withReviewHours(JobWindows word, uint8 value) internal pure returns (JobWindows) {
        return _put(word, value, 8, 8);
    }

    function withRevealSeconds(JobWindows word, uint32 value) internal pure returns (JobWindows) {
        return _put(word, value, 16, 24);
    }

    function withDisputeSeconds(JobWindows word, uint32 value) internal pure returns (JobWindows) {
        return _put(word, value, 40, 24);
    }

    function withReferenceSeconds(JobWindows word, uint32 value) internal pure returns (JobWindows) {
        return _put(word, value, 64, 24);
    }

    function withModelPayee(JobWindows word, uint40 value) internal pure returns (JobWindows) {
        return _put(word, value, 88, 40);
    }

    function withDatasetPayee(JobWindows word, uint40 value) internal pure returns (JobWindows) {
        return _put(word, value, 128, 40);
    }

    function withNamedGpu(JobWindows word, uint40 value) internal pure returns (JobWindows) {
        return _put(word, value, 168, 40);
    }

    function _put(JobWindows word, uint256 value, uint256 offset, uint256 bits) private pure returns (JobWindows) {
        if (value >> bits != 0) revert JobWindowsFieldTooLarge(value, bits);
        uint256 mask = ((1 << bits) - 1) << offset;
        return JobWindows.wrap((JobWindows.unwrap(word) & ~mask) | (value << offset));
    }
}
