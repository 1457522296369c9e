// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice State of one job in one word (SPEC 6); kept non-zero after the end so that its slot is reused cheaply.
/// @dev Layout, from the lowest bit:
///     0 gpu 40
///    40 payGwei 64
///   104 due 35
///   139 round 28
///   167 generation 28
///   195 elapsed 18
///   213 status 4
///   217 mode 3
///   220 lane 3
///   223 attempt 3
///   226 drawFees 3
///   229 inputCharges 2
///   231 acceptanceMinutes 7
///   238 reviewHours 8
///   246 seats 4
///   250 accepted 1
///   251 redrawn 1
///   252 byFallback 1
///   253 refundDue 1
///   254 bonded 1
///   255 accused 1
type JobWord is uint256;

using JobWordLib for JobWord global;

/// @title JobWordLib
/// @notice One getter and one pure setter per field of JobWord. Setters refuse a value that does not fit (BitField).
library JobWordLib {
    using BitField for uint256;

    function gpu(JobWord word) internal pure returns (uint40) {
        return uint40(JobWord.unwrap(word));
    }

    function payGwei(JobWord word) internal pure returns (uint64) {
        return uint64(JobWord.unwrap(word) >> 40);
    }

    function due(JobWord word) internal pure returns (uint40) {
        return uint40((JobWord.unwrap(word) >> 104) & 0x7ffffffff);
    }

    function round(JobWord word) internal pure returns (uint32) {
        return uint32((JobWord.unwrap(word) >> 139) & 0xfffffff);
    }

    function generation(JobWord word) internal pure returns (uint32) {
        return uint32((JobWord.unwrap(word) >> 167) & 0xfffffff);
    }

    function elapsed(JobWord word) internal pure returns (uint32) {
        return uint32((JobWord.unwrap(word) >> 195) & 0x3ffff);
    }

    function status(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 213) & 0xf);
    }

    function mode(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 217) & 0x7);
    }

    function lane(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 220) & 0x7);
    }

    function attempt(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 223) & 0x7);
    }

    function drawFees(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 226) & 0x7);
    }

    function inputCharges(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 229) & 0x3);
    }

    function acceptanceMinutes(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 231) & 0x7f);
    }

    function reviewHours(JobWord word) internal pure returns (uint8) {
        return uint8(JobWord.unwrap(word) >> 238);
    }

    function seats(JobWord word) internal pure returns (uint8) {
        return uint8((JobWord.unwrap(word) >> 246) & 0xf);
    }

    function accepted(JobWord word) internal pure returns (bool) {
        return (JobWord.unwrap(word) >> 250) & 1 != 0;
    }

    function redrawn(JobWord word) internal pure returns (bool) {
        return (JobWord.unwrap(word) >> 251) & 1 != 0;
    }

    function byFallback(JobWord word) internal pure returns (bool) {
        return (JobWord.unwrap(word) >> 252) & 1 != 0;
    }

    function refundDue(JobWord word) internal pure returns (bool) {
        return (JobWord.unwrap(word) >> 253) & 1 != 0;
    }

    function bonded(JobWord word) internal pure returns (bool) {
        return (JobWord.unwrap(word) >> 254) & 1 != 0;
    }

    function accused(JobWord word) internal pure returns (bool) {
        return JobWord.unwrap(word) >> 255 != 0;
    }

    function withGpu(JobWord word, uint40 value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~uint256(type(uint40).max)) | value);
    }

    function withPayGwei(JobWord word, uint64 value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(type(uint64).max) << 40)) | (uint256(value) << 40));
    }

    function withDue(JobWord word, uint40 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(104, 35, value));
    }

    function withRound(JobWord word, uint32 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(139, 28, value));
    }

    function withGeneration(JobWord word, uint32 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(167, 28, value));
    }

    function withElapsed(JobWord word, uint32 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(195, 18, value));
    }

    function withStatus(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(213, 4, value));
    }

    function withMode(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(217, 3, value));
    }

    function withLane(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(220, 3, value));
    }

    function withAttempt(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(223, 3, value));
    }

    function withDrawFees(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(226, 3, value));
    }

    function withInputCharges(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(229, 2, value));
    }

    function withAcceptanceMinutes(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(231, 7, value));
    }

    function withReviewHours(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(type(uint8).max) << 238)) | (uint256(value) << 238));
    }

    function withSeats(JobWord word, uint8 value) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(word).put(246, 4, value));
    }

    function withAccepted(JobWord word, bool value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(1) << 250)) | (value ? 1 << 250 : 0));
    }

    function withRedrawn(JobWord word, bool value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(1) << 251)) | (value ? 1 << 251 : 0));
    }

    function withByFallback(JobWord word, bool value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(1) << 252)) | (value ? 1 << 252 : 0));
    }

    function withRefundDue(JobWord word, bool value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(1) << 253)) | (value ? 1 << 253 : 0));
    }

    function withBonded(JobWord word, bool value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(1) << 254)) | (value ? 1 << 254 : 0));
    }

    function withAccused(JobWord word, bool value) internal pure returns (JobWord) {
        return JobWord.wrap((JobWord.unwrap(word) & ~(uint256(1) << 255)) | (value ? 1 << 255 : 0));
    }
}
