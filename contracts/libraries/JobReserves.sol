// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Lines of the quote that return unless they are spent, units of 1e9 wei (drawUnit: 1e14 wei); part of an agreement.
/// @dev Layout, from the lowest bit:
///     0 drawUnit 28
///    28 drawReserve 64
///    92 reviewFee 64
///   156 inputCharge 64
type JobReserves is uint256;

using JobReservesLib for JobReserves global;

/// @title JobReservesLib
/// @notice One getter and one pure setter per field of JobReserves. Setters refuse a value that does not fit.
library JobReservesLib {
    error JobReservesFieldTooLarge(uint256 value, uint256 bits);

    function drawUnit(JobReserves word) internal pure returns (uint32) {
        return uint32(JobReserves.unwrap(word) & 0xfffffff);
    }

    function drawReserve(JobReserves word) internal pure returns (uint64) {
        return uint64(JobReserves.unwrap(word) >> 28);
    }

    function reviewFee(JobReserves word) internal pure returns (uint64) {
        return uint64(JobReserves.unwrap(word) >> 92);
    }

    function inputCharge(JobReserves word) internal pure returns (uint64) {
        return uint64(JobReserves.unwrap(word) >> 156);
    }

    function withDrawUnit(JobReserves word, uint32 value) internal pure returns (JobReserves) {
        return _put(word, value, 0, 28);
    }

    function withDrawReserve(JobReserves word, uint64 value) internal pure returns (JobReserves) {
        return _put(word, value, 28, 64);
    }

    function withReviewFee(JobReserves word, uint64 value) internal pure returns (JobReserves) {
        return _put(word, value, 92, 64);
    }

    function withInputCharge(JobReserves word, uint64 value) internal pure returns (JobReserves) {
        return _put(word, value, 156, 64);
    }

    function _put(JobReserves word, uint256 value, uint256 offset, uint256 bits) private pure returns (JobReserves) {
        if (value >> bits != 0) revert JobReservesFieldTooLarge(value, bits);
        uint256 mask = ((1 << bits) - 1) << offset;
        return JobReserves.wrap((JobReserves.unwrap(word) & ~mask) | (value << offset));
    }
}
