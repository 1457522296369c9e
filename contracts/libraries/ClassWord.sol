// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A GPU class in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..15    vramGb, memory in GB
///   16..39   tflopsDeci, reference dense FP16 throughput in tenths of a TFLOPS
///   40..55   watts, board power
///   56..71   idleWatts, floor of an energy report
///   72..135  ratePerSecondGwei, list price of one second, gwei units
///   136..199 minStakeGwei, least stake, gwei units
///   200      enabled, whether GPUs may register
///   201..224 maxTflopsDeci, highest throughput of the whole table, tenths of a TFLOPS
///   225..255 free
type ClassWord is uint256;

using ClassWordLib for ClassWord global;

/// @title ClassWordLib
/// @notice Getters and pure setters of ClassWord.
library ClassWordLib {
    uint256 private constant VRAM_GB_MASK = type(uint16).max;
    uint256 private constant TFLOPS_DECI_MASK = type(uint24).max;
    uint256 private constant TFLOPS_DECI_SHIFT = 16;
    uint256 private constant WATTS_MASK = type(uint16).max;
    uint256 private constant WATTS_SHIFT = 40;
    uint256 private constant IDLE_WATTS_MASK = type(uint16).max;
    uint256 private constant IDLE_WATTS_SHIFT = 56;
    uint256 private constant RATE_PER_SECOND_GWEI_MASK = type(uint64).max;
    uint256 private constant RATE_PER_SECOND_GWEI_SHIFT = 72;
    uint256 private constant MIN_STAKE_GWEI_MASK = type(uint64).max;
    uint256 private constant MIN_STAKE_GWEI_SHIFT = 136;
    uint256 private constant ENABLED_SHIFT = 200;
    uint256 private constant MAX_TFLOPS_DECI_MASK = type(uint24).max;
    uint256 private constant MAX_TFLOPS_DECI_SHIFT = 201;

    /// @notice Memory in GB.
    function vramGb(ClassWord self) internal pure returns (uint16) {
        return uint16(ClassWord.unwrap(self) & VRAM_GB_MASK);
    }

    /// @notice Reference dense FP16 throughput in tenths of a TFLOPS.
    function tflopsDeci(ClassWord self) internal pure returns (uint24) {
        return uint24((ClassWord.unwrap(self) >> TFLOPS_DECI_SHIFT) & TFLOPS_DECI_MASK);
    }

    /// @notice Board power.
    function watts(ClassWord self) internal pure returns (uint16) {
        return uint16((ClassWord.unwrap(self) >> WATTS_SHIFT) & WATTS_MASK);
    }

    /// @notice Floor of an energy report.
    function idleWatts(ClassWord self) internal pure returns (uint16) {
        return uint16((ClassWord.unwrap(self) >> IDLE_WATTS_SHIFT) & IDLE_WATTS_MASK);
    }

    /// @notice List price of one second, gwei units.
    function ratePerSecondGwei(ClassWord self) internal pure returns (uint64) {
        return uint64((ClassWord.unwrap(self) >> RATE_PER_SECOND_GWEI_SHIFT) & RATE_PER_SECOND_GWEI_MASK);
    }

    /// @notice Least stake, gwei units.
    function minStakeGwei(ClassWord self) internal pure returns (uint64) {
        return uint64((ClassWord.unwrap(self) >> MIN_STAKE_GWEI_SHIFT) & MIN_STAKE_GWEI_MASK);
    }

    /// @notice Whether GPUs may register.
    function enabled(ClassWord self) internal pure returns (bool) {
        return (ClassWord.unwrap(self) >> ENABLED_SHIFT) & 1 != 0;
    }

    /// @notice Highest throughput of the whole table, tenths of a TFLOPS.
    function maxTflopsDeci(ClassWord self) internal pure returns (uint24) {
        return uint24((ClassWord.unwrap(self) >> MAX_TFLOPS_DECI_SHIFT) & MAX_TFLOPS_DECI_MASK);
    }

    /// @notice `self` with another vramGb field.
    function withVramGb(ClassWord self, uint16 value) internal pure returns (ClassWord) {
        return ClassWord.wrap((ClassWord.unwrap(self) & ~VRAM_GB_MASK) | uint256(value));
    }

    /// @notice `self` with another tflopsDeci field.
    function withTflopsDeci(ClassWord self, uint24 value) internal pure returns (ClassWord) {
        return
            ClassWord.wrap(
                (ClassWord.unwrap(self) & ~(TFLOPS_DECI_MASK << TFLOPS_DECI_SHIFT)) |
                    (uint256(value) << TFLOPS_DECI_SHIFT)
            );
    }

    /// @notice `self` with another watts field.
    function withWatts(ClassWord self, uint16 value) internal pure returns (ClassWord) {
        return
            ClassWord.wrap((ClassWord.unwrap(self) & ~(WATTS_MASK << WATTS_SHIFT)) | (uint256(value) << WATTS_SHIFT));
    }

    /// @notice `self` with another idleWatts field.
    function withIdleWatts(ClassWord self, uint16 value) internal pure returns (ClassWord) {
        return
            ClassWord.wrap(
                (ClassWord.unwrap(self) & ~(IDLE_WATTS_MASK << IDLE_WATTS_SHIFT)) | (uint256(value) << IDLE_WATTS_SHIFT)
            );
    }

    /// @notice `self` with another ratePerSecondGwei field.
    function withRatePerSecondGwei(ClassWord self, uint64 value) internal pure returns (ClassWord) {
        return
            ClassWord.wrap(
                (ClassWord.unwrap(self) & ~(RATE_PER_SECOND_GWEI_MASK << RATE_PER_SECOND_GWEI_SHIFT)) |
                    (uint256(value) << RATE_PER_SECOND_GWEI_SHIFT)
            );
    }

    /// @notice `self` with another minStakeGwei field.
    function withMinStakeGwei(ClassWord self, uint64 value) internal pure returns (ClassWord) {
        return
            ClassWord.wrap(
                (ClassWord.unwrap(self) & ~(MIN_STAKE_GWEI_MASK << MIN_STAKE_GWEI_SHIFT)) |
                    (uint256(value) << MIN_STAKE_GWEI_SHIFT)
            );
    }

    /// @notice `self` with another enabled field.
    function withEnabled(ClassWord self, bool value) internal pure returns (ClassWord) {
        uint256 bit = value ? 1 : 0;
        return ClassWord.wrap((ClassWord.unwrap(self) & ~(uint256(1) << ENABLED_SHIFT)) | (bit << ENABLED_SHIFT));
    }

    /// @notice `self` with another maxTflopsDeci field.
    function withMaxTflopsDeci(ClassWord self, uint24 value) internal pure returns (ClassWord) {
        return
            ClassWord.wrap(
                (ClassWord.unwrap(self) & ~(MAX_TFLOPS_DECI_MASK << MAX_TFLOPS_DECI_SHIFT)) |
                    (uint256(value) << MAX_TFLOPS_DECI_SHIFT)
            );
    }
}
