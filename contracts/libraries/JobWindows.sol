// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

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
///   208 challengeHours 8
type JobWindows is uint256;

using JobWindowsLib for JobWindows global;

/// @title JobWindowsLib
/// @notice One getter and one pure setter per field of JobWindows. Setters refuse a value that does not fit
/// (BitField).
library JobWindowsLib {
    using BitField for uint256;

    function acceptanceMinutes(JobWindows word) internal pure returns (uint8) {
        return uint8(JobWindows.unwrap(word));
    }

    function reviewHours(JobWindows word) internal pure returns (uint8) {
        return uint8(JobWindows.unwrap(word) >> 8);
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
        return uint40(JobWindows.unwrap(word) >> 88);
    }

    function datasetPayee(JobWindows word) internal pure returns (uint40) {
        return uint40(JobWindows.unwrap(word) >> 128);
    }

    function namedGpu(JobWindows word) internal pure returns (uint40) {
        return uint40(JobWindows.unwrap(word) >> 168);
    }

    function challengeHours(JobWindows word) internal pure returns (uint8) {
        return uint8(JobWindows.unwrap(word) >> 208);
    }

    function withAcceptanceMinutes(JobWindows word, uint8 value) internal pure returns (JobWindows) {
        return JobWindows.wrap((JobWindows.unwrap(word) & ~uint256(type(uint8).max)) | value);
    }

    function withReviewHours(JobWindows word, uint8 value) internal pure returns (JobWindows) {
        return JobWindows.wrap((JobWindows.unwrap(word) & ~(uint256(type(uint8).max) << 8)) | (uint256(value) << 8));
    }

    function withRevealSeconds(JobWindows word, uint32 value) internal pure returns (JobWindows) {
        return JobWindows.wrap(JobWindows.unwrap(word).put(16, 24, value));
    }

    function withDisputeSeconds(JobWindows word, uint32 value) internal pure returns (JobWindows) {
        return JobWindows.wrap(JobWindows.unwrap(word).put(40, 24, value));
    }

    function withReferenceSeconds(JobWindows word, uint32 value) internal pure returns (JobWindows) {
        return JobWindows.wrap(JobWindows.unwrap(word).put(64, 24, value));
    }

    function withModelPayee(JobWindows word, uint40 value) internal pure returns (JobWindows) {
        return JobWindows.wrap((JobWindows.unwrap(word) & ~(uint256(type(uint40).max) << 88)) | (uint256(value) << 88));
    }

    function withDatasetPayee(JobWindows word, uint40 value) internal pure returns (JobWindows) {
        return
            JobWindows.wrap((JobWindows.unwrap(word) & ~(uint256(type(uint40).max) << 128)) | (uint256(value) << 128));
    }

    function withNamedGpu(JobWindows word, uint40 value) internal pure returns (JobWindows) {
        return
            JobWindows.wrap((JobWindows.unwrap(word) & ~(uint256(type(uint40).max) << 168)) | (uint256(value) << 168));
    }

    function withChallengeHours(JobWindows word, uint8 value) internal pure returns (JobWindows) {
        return
            JobWindows.wrap((JobWindows.unwrap(word) & ~(uint256(type(uint8).max) << 208)) | (uint256(value) << 208));
    }
}
