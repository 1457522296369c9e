// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Where a batch of the score board stands, in one storage word. Zero means that it was never opened.
/// @dev Layout, from the low bits:
///   0..2     stage, stage that was reached; the status follows from it and the time
///   3..5     seats, seats of its panel
///   6..12    tolerance, points by which a mark may miss a gold question
///   13..19   committed, bit set of the seats that committed
///   20..26   failed, bit set of the seats that missed a gold question or contradicted themselves
///   27..50   commitSeconds, length of the commit window, seconds
///   51..74   revealSeconds, length of the reveal window, seconds
///   75..98   gradeSeconds, length of the grading window, seconds
///   99..138  askEnd, last second in which it takes questions
///   139..178 since, when its pool was frozen, and once it is drawn, when that was, seconds
///   179..194 length, length of the domain's list when it was frozen
///   195..226 round, beacon round that draws its panel, 0 before it is bound
///   227..255 free
type BatchWord is uint256;

using BatchWordLib for BatchWord global;

/// @title BatchWordLib
/// @notice Getters and pure setters of BatchWord.
library BatchWordLib {
    uint256 private constant STAGE_SHIFT = 0;
    uint256 private constant SEATS_SHIFT = 3;
    uint256 private constant TOLERANCE_SHIFT = 6;
    uint256 private constant COMMITTED_SHIFT = 13;
    uint256 private constant FAILED_SHIFT = 20;
    uint256 private constant COMMIT_SECONDS_SHIFT = 27;
    uint256 private constant REVEAL_SECONDS_SHIFT = 51;
    uint256 private constant GRADE_SECONDS_SHIFT = 75;
    uint256 private constant ASK_END_SHIFT = 99;
    uint256 private constant SINCE_SHIFT = 139;
    uint256 private constant LENGTH_SHIFT = 179;
    uint256 private constant ROUND_SHIFT = 195;
    uint256 private constant STAGE_BITS = 3;
    uint256 private constant SEATS_BITS = 3;
    uint256 private constant SET_BITS = 7;

    /// @notice Stage that was reached; the status follows from it and the time.
    function stage(BatchWord self) internal pure returns (uint8) {
        return uint8(BitField.read(BatchWord.unwrap(self), STAGE_SHIFT, 0x7));
    }

    /// @notice Seats of its panel.
    function seats(BatchWord self) internal pure returns (uint8) {
        return uint8(BitField.read(BatchWord.unwrap(self), SEATS_SHIFT, 0x7));
    }

    /// @notice Points by which a mark may miss a gold question.
    function tolerance(BatchWord self) internal pure returns (uint8) {
        return uint8(BitField.read(BatchWord.unwrap(self), TOLERANCE_SHIFT, 0x7f));
    }

    /// @notice Bit set of the seats that committed.
    function committed(BatchWord self) internal pure returns (uint8) {
        return uint8(BitField.read(BatchWord.unwrap(self), COMMITTED_SHIFT, 0x7f));
    }

    /// @notice Bit set of the seats that missed a gold question or contradicted themselves.
    function failed(BatchWord self) internal pure returns (uint8) {
        return uint8(BitField.read(BatchWord.unwrap(self), FAILED_SHIFT, 0x7f));
    }

    /// @notice Length of the commit window, seconds.
    function commitSeconds(BatchWord self) internal pure returns (uint24) {
        return uint24(BitField.read(BatchWord.unwrap(self), COMMIT_SECONDS_SHIFT, type(uint24).max));
    }

    /// @notice Length of the reveal window, seconds.
    function revealSeconds(BatchWord self) internal pure returns (uint24) {
        return uint24(BitField.read(BatchWord.unwrap(self), REVEAL_SECONDS_SHIFT, type(uint24).max));
    }

    /// @notice Length of the grading window, seconds.
    function gradeSeconds(BatchWord self) internal pure returns (uint24) {
        return uint24(BitField.read(BatchWord.unwrap(self), GRADE_SECONDS_SHIFT, type(uint24).max));
    }

    /// @notice Last second in which it takes questions.
    function askEnd(BatchWord self) internal pure returns (uint40) {
        return uint40(BitField.read(BatchWord.unwrap(self), ASK_END_SHIFT, type(uint40).max));
    }

    /// @notice When its pool was frozen, and once it is drawn, when that was, seconds.
    function since(BatchWord self) internal pure returns (uint40) {
        return uint40(BitField.read(BatchWord.unwrap(self), SINCE_SHIFT, type(uint40).max));
    }

    /// @notice Length of the domain's list when it was frozen.
    function length(BatchWord self) internal pure returns (uint16) {
        return uint16(BitField.read(BatchWord.unwrap(self), LENGTH_SHIFT, type(uint16).max));
    }

    /// @notice Beacon round that draws its panel, 0 before it is bound.
    function round(BatchWord self) internal pure returns (uint32) {
        return uint32(BitField.read(BatchWord.unwrap(self), ROUND_SHIFT, type(uint32).max));
    }

    /// @notice `self` with another stage field. Bound: 3 bits.
    function withStage(BatchWord self, uint8 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.put(BatchWord.unwrap(self), STAGE_SHIFT, STAGE_BITS, value));
    }

    /// @notice `self` with another seats field. Bound: 3 bits.
    function withSeats(BatchWord self, uint8 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.put(BatchWord.unwrap(self), SEATS_SHIFT, SEATS_BITS, value));
    }

    /// @notice `self` with another tolerance field. Bound: 7 bits.
    function withTolerance(BatchWord self, uint8 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.put(BatchWord.unwrap(self), TOLERANCE_SHIFT, SET_BITS, value));
    }

    /// @notice `self` with another committed field. Bound: 7 bits.
    function withCommitted(BatchWord self, uint8 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.put(BatchWord.unwrap(self), COMMITTED_SHIFT, SET_BITS, value));
    }

    /// @notice `self` with another failed field. Bound: 7 bits.
    function withFailed(BatchWord self, uint8 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.put(BatchWord.unwrap(self), FAILED_SHIFT, SET_BITS, value));
    }

    /// @notice `self` with another commitSeconds field.
    function withCommitSeconds(BatchWord self, uint24 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), COMMIT_SECONDS_SHIFT, type(uint24).max, value));
    }

    /// @notice `self` with another revealSeconds field.
    function withRevealSeconds(BatchWord self, uint24 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), REVEAL_SECONDS_SHIFT, type(uint24).max, value));
    }

    /// @notice `self` with another gradeSeconds field.
    function withGradeSeconds(BatchWord self, uint24 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), GRADE_SECONDS_SHIFT, type(uint24).max, value));
    }

    /// @notice `self` with another askEnd field.
    function withAskEnd(BatchWord self, uint40 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), ASK_END_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another since field.
    function withSince(BatchWord self, uint40 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), SINCE_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another length field.
    function withLength(BatchWord self, uint16 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), LENGTH_SHIFT, type(uint16).max, value));
    }

    /// @notice `self` with another round field.
    function withRound(BatchWord self, uint32 value) internal pure returns (BatchWord) {
        return BatchWord.wrap(BitField.write(BatchWord.unwrap(self), ROUND_SHIFT, type(uint32).max, value));
    }

    /// @notice Whether every seat committed.
    function allCommitted(BatchWord self) internal pure returns (bool) {
        return committed(self) == (1 << seats(self)) - 1;
    }

    /// @notice Whether `seat` committed.
    function hasCommitted(BatchWord self, uint256 seat) internal pure returns (bool) {
        return committed(self) & (1 << seat) != 0;
    }

    /// @notice Whether `seat` failed.
    function hasFailed(BatchWord self, uint256 seat) internal pure returns (bool) {
        return failed(self) & (1 << seat) != 0;
    }
}
