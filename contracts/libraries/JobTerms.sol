// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice What is run, and within which limits; part of an agreement.
/// @dev Layout, from the lowest bit:
///     0 service 32
///    32 units 32
///    64 expiry 40
///   104 secondsPerAttempt 24
///   128 heartbeat 24
///   152 classId 8
///   160 region 8
///   168 complexity 8
///   176 mode 8
///   184 gpuCount 8
///   192 lockFactor 8
///   200 feeBps 16
///   216 moduleGeneration 8
type JobTerms is uint256;

using JobTermsLib for JobTerms global;

/// @title JobTermsLib
/// @notice One getter and one pure setter per field of JobTerms. Setters refuse a value that does not fit (BitField).
library JobTermsLib {
    using BitField for uint256;

    function service(JobTerms word) internal pure returns (uint32) {
        return uint32(JobTerms.unwrap(word));
    }

    function units(JobTerms word) internal pure returns (uint32) {
        return uint32(JobTerms.unwrap(word) >> 32);
    }

    function expiry(JobTerms word) internal pure returns (uint40) {
        return uint40(JobTerms.unwrap(word) >> 64);
    }

    function secondsPerAttempt(JobTerms word) internal pure returns (uint32) {
        return uint32((JobTerms.unwrap(word) >> 104) & 0xffffff);
    }

    function heartbeat(JobTerms word) internal pure returns (uint32) {
        return uint32((JobTerms.unwrap(word) >> 128) & 0xffffff);
    }

    function classId(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 152);
    }

    function region(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 160);
    }

    function complexity(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 168);
    }

    function mode(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 176);
    }

    function gpuCount(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 184);
    }

    function lockFactor(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 192);
    }

    function feeBps(JobTerms word) internal pure returns (uint16) {
        return uint16(JobTerms.unwrap(word) >> 200);
    }

    function moduleGeneration(JobTerms word) internal pure returns (uint8) {
        return uint8(JobTerms.unwrap(word) >> 216);
    }

    function withService(JobTerms word, uint32 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~uint256(type(uint32).max)) | value);
    }

    function withUnits(JobTerms word, uint32 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint32).max) << 32)) | (uint256(value) << 32));
    }

    function withExpiry(JobTerms word, uint40 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint40).max) << 64)) | (uint256(value) << 64));
    }

    function withSecondsPerAttempt(JobTerms word, uint32 value) internal pure returns (JobTerms) {
        return JobTerms.wrap(JobTerms.unwrap(word).put(104, 24, value));
    }

    function withHeartbeat(JobTerms word, uint32 value) internal pure returns (JobTerms) {
        return JobTerms.wrap(JobTerms.unwrap(word).put(128, 24, value));
    }

    function withClassId(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 152)) | (uint256(value) << 152));
    }

    function withRegion(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 160)) | (uint256(value) << 160));
    }

    function withComplexity(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 168)) | (uint256(value) << 168));
    }

    function withMode(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 176)) | (uint256(value) << 176));
    }

    function withGpuCount(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 184)) | (uint256(value) << 184));
    }

    function withLockFactor(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 192)) | (uint256(value) << 192));
    }

    function withFeeBps(JobTerms word, uint16 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint16).max) << 200)) | (uint256(value) << 200));
    }

    function withModuleGeneration(JobTerms word, uint8 value) internal pure returns (JobTerms) {
        return JobTerms.wrap((JobTerms.unwrap(word) & ~(uint256(type(uint8).max) << 216)) | (uint256(value) << 216));
    }
}
