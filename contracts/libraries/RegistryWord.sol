// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The latest draw round, who runs it, and the terms that every draw and success needs, in one storage word.
/// @dev Layout, from the low bits:
///   0..159   module, module that opened the latest round
///   160..191 round, number of the latest round, open or not
///   192..207 remaining, jobs of the round not drawn yet; 0 means that no round is open
///   208..223 day, UTC day of the request of the round
///   224..231 gainPercent, reputation g in percent of its default
///   232..239 dayCapPercent, reputation day cap in percent of its default
///   240..245 probationShare, percent of stake that bounds a job on probation, as frozen by the round
///   246..251 probationJobs, verified jobs that end probation, as frozen by the round
///   252      canDraw, whether the module has the right DRAW
///   253      canRecord, whether the module has or had the right RECORD
///   254      paused, whether new work is stopped
///   255      free
type RegistryWord is uint256;

using RegistryWordLib for RegistryWord global;

/// @title RegistryWordLib
/// @notice Getters and pure setters of RegistryWord.
/// @dev The module of the latest round is the busiest caller: a copy of its rights here spares it the module table.
library RegistryWordLib {
    uint256 private constant MODULE_MASK = type(uint160).max;
    uint256 private constant ROUND_MASK = type(uint32).max;
    uint256 private constant ROUND_SHIFT = 160;
    uint256 private constant REMAINING_MASK = type(uint16).max;
    uint256 private constant REMAINING_SHIFT = 192;
    uint256 private constant DAY_MASK = type(uint16).max;
    uint256 private constant DAY_SHIFT = 208;
    uint256 private constant GAIN_PERCENT_MASK = type(uint8).max;
    uint256 private constant GAIN_PERCENT_SHIFT = 224;
    uint256 private constant DAY_CAP_PERCENT_MASK = type(uint8).max;
    uint256 private constant DAY_CAP_PERCENT_SHIFT = 232;
    uint256 private constant PROBATION_SHARE_MASK = 0x3f;
    uint256 private constant PROBATION_SHARE_SHIFT = 240;
    uint256 private constant PROBATION_JOBS_MASK = 0x3f;
    uint256 private constant PROBATION_JOBS_SHIFT = 246;
    uint256 private constant CAN_DRAW_SHIFT = 252;
    uint256 private constant CAN_RECORD_SHIFT = 253;
    uint256 private constant PAUSED_SHIFT = 254;

    /// @notice Module that opened the latest round.
    function module(RegistryWord self) internal pure returns (address) {
        return address(uint160(RegistryWord.unwrap(self) & MODULE_MASK));
    }

    /// @notice Number of the latest round, open or not.
    function round(RegistryWord self) internal pure returns (uint32) {
        return uint32((RegistryWord.unwrap(self) >> ROUND_SHIFT) & ROUND_MASK);
    }

    /// @notice Jobs of the round not drawn yet; 0 means that no round is open.
    function remaining(RegistryWord self) internal pure returns (uint16) {
        return uint16((RegistryWord.unwrap(self) >> REMAINING_SHIFT) & REMAINING_MASK);
    }

    /// @notice UTC day of the request of the round.
    function day(RegistryWord self) internal pure returns (uint16) {
        return uint16((RegistryWord.unwrap(self) >> DAY_SHIFT) & DAY_MASK);
    }

    /// @notice Reputation g in percent of its default.
    function gainPercent(RegistryWord self) internal pure returns (uint8) {
        return uint8((RegistryWord.unwrap(self) >> GAIN_PERCENT_SHIFT) & GAIN_PERCENT_MASK);
    }

    /// @notice Reputation day cap in percent of its default.
    function dayCapPercent(RegistryWord self) internal pure returns (uint8) {
        return uint8((RegistryWord.unwrap(self) >> DAY_CAP_PERCENT_SHIFT) & DAY_CAP_PERCENT_MASK);
    }

    /// @notice Percent of stake that bounds a job on probation, as frozen by the round.
    function probationShare(RegistryWord self) internal pure returns (uint8) {
        return uint8((RegistryWord.unwrap(self) >> PROBATION_SHARE_SHIFT) & PROBATION_SHARE_MASK);
    }

    /// @notice Verified jobs that end probation, as frozen by the round.
    function probationJobs(RegistryWord self) internal pure returns (uint8) {
        return uint8((RegistryWord.unwrap(self) >> PROBATION_JOBS_SHIFT) & PROBATION_JOBS_MASK);
    }

    /// @notice Whether the module has the right DRAW.
    function canDraw(RegistryWord self) internal pure returns (bool) {
        return (RegistryWord.unwrap(self) >> CAN_DRAW_SHIFT) & 1 != 0;
    }

    /// @notice Whether the module has or had the right RECORD.
    function canRecord(RegistryWord self) internal pure returns (bool) {
        return (RegistryWord.unwrap(self) >> CAN_RECORD_SHIFT) & 1 != 0;
    }

    /// @notice Whether new work is stopped.
    function paused(RegistryWord self) internal pure returns (bool) {
        return (RegistryWord.unwrap(self) >> PAUSED_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another module field.
    function withModule(RegistryWord self, address value) internal pure returns (RegistryWord) {
        return RegistryWord.wrap((RegistryWord.unwrap(self) & ~MODULE_MASK) | uint256(uint160(value)));
    }

    /// @notice `self` with another round field.
    function withRound(RegistryWord self, uint32 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(ROUND_MASK << ROUND_SHIFT)) | (uint256(value) << ROUND_SHIFT)
            );
    }

    /// @notice `self` with another remaining field.
    function withRemaining(RegistryWord self, uint16 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(REMAINING_MASK << REMAINING_SHIFT)) | (uint256(value) << REMAINING_SHIFT)
            );
    }

    /// @notice `self` with another day field.
    function withDay(RegistryWord self, uint16 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap((RegistryWord.unwrap(self) & ~(DAY_MASK << DAY_SHIFT)) | (uint256(value) << DAY_SHIFT));
    }

    /// @notice `self` with another gainPercent field.
    function withGainPercent(RegistryWord self, uint8 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(GAIN_PERCENT_MASK << GAIN_PERCENT_SHIFT)) |
                    (uint256(value) << GAIN_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another dayCapPercent field.
    function withDayCapPercent(RegistryWord self, uint8 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(DAY_CAP_PERCENT_MASK << DAY_CAP_PERCENT_SHIFT)) |
                    (uint256(value) << DAY_CAP_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another probationShare field. Bound: 6 bits.
    function withProbationShare(RegistryWord self, uint8 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(PROBATION_SHARE_MASK << PROBATION_SHARE_SHIFT)) |
                    (uint256(value) << PROBATION_SHARE_SHIFT)
            );
    }

    /// @notice `self` with another probationJobs field. Bound: 6 bits.
    function withProbationJobs(RegistryWord self, uint8 value) internal pure returns (RegistryWord) {
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(PROBATION_JOBS_MASK << PROBATION_JOBS_SHIFT)) |
                    (uint256(value) << PROBATION_JOBS_SHIFT)
            );
    }

    /// @notice `self` with another canDraw field.
    function withCanDraw(RegistryWord self, bool value) internal pure returns (RegistryWord) {
        uint256 bit = value ? 1 : 0;
        return
            RegistryWord.wrap((RegistryWord.unwrap(self) & ~(uint256(1) << CAN_DRAW_SHIFT)) | (bit << CAN_DRAW_SHIFT));
    }

    /// @notice `self` with another canRecord field.
    function withCanRecord(RegistryWord self, bool value) internal pure returns (RegistryWord) {
        uint256 bit = value ? 1 : 0;
        return
            RegistryWord.wrap(
                (RegistryWord.unwrap(self) & ~(uint256(1) << CAN_RECORD_SHIFT)) | (bit << CAN_RECORD_SHIFT)
            );
    }

    /// @notice `self` with another paused field.
    function withPaused(RegistryWord self, bool value) internal pure returns (RegistryWord) {
        uint256 bit = value ? 1 : 0;
        return RegistryWord.wrap((RegistryWord.unwrap(self) & ~(uint256(1) << PAUSED_SHIFT)) | (bit << PAUSED_SHIFT));
    }

    /// @notice Whether a round is open.
    function isOpen(RegistryWord self) internal pure returns (bool) {
        return remaining(self) != 0;
    }

    /// @notice Mark of the latest round in 24 bits, never 0.
    function stamp(RegistryWord self) internal pure returns (uint24) {
        // The cast is safe: a remainder of 2^24 - 1, plus 1.
        return uint24((round(self) % type(uint24).max) + 1);
    }
}
