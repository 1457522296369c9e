// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Lines of the quote that return unless they are spent, units of 1e9 wei (drawUnit: 1e14 wei); part of an
/// agreement.
/// @dev Layout, from the lowest bit:
///     0 drawUnit 28
///    28 drawReserve 64
///    92 reviewFee 64
///   156 inputCharge 64
type JobReserves is uint256;

using JobReservesLib for JobReserves global;

/// @title JobReservesLib
/// @notice One getter and one pure setter per field of JobReserves. Setters refuse a value that does not fit
/// (BitField).
library JobReservesLib {
    using BitField for uint256;

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
        return JobReserves.wrap(JobReserves.unwrap(word).put(0, 28, value));
    }

    function withDrawReserve(JobReserves word, uint64 value) internal pure returns (JobReserves) {
        return
            JobReserves.wrap((JobReserves.unwrap(word) & ~(uint256(type(uint64).max) << 28)) | (uint256(value) << 28));
    }

    function withReviewFee(JobReserves word, uint64 value) internal pure returns (JobReserves) {
        return
            JobReserves.wrap((JobReserves.unwrap(word) & ~(uint256(type(uint64).max) << 92)) | (uint256(value) << 92));
    }

    function withInputCharge(JobReserves word, uint64 value) internal pure returns (JobReserves) {
        return
            JobReserves.wrap(
                (JobReserves.unwrap(word) & ~(uint256(type(uint64).max) << 156)) | (uint256(value) << 156)
            );
    }
}
