// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A slash in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..39    gpu, GPU slashed
///   40..103  taken, gwei units taken and not paid out
///   104..167 pending, gwei units that a daily cap deferred
///   168..207 holdUntil, time from which it may be finalised, seconds
///   208..247 finder, account of the finder, 0 for none
///   248..253 module, index of the module that slashed
///   254..255 state, 0 none, 1 held, 2 finalised, 3 reversed
type SlashWord is uint256;

using SlashWordLib for SlashWord global;

/// @title SlashWordLib
/// @notice Getters and pure setters of SlashWord.
library SlashWordLib {
    uint256 private constant GPU_MASK = type(uint40).max;
    uint256 private constant TAKEN_MASK = type(uint64).max;
    uint256 private constant TAKEN_SHIFT = 40;
    uint256 private constant PENDING_MASK = type(uint64).max;
    uint256 private constant PENDING_SHIFT = 104;
    uint256 private constant HOLD_UNTIL_MASK = type(uint40).max;
    uint256 private constant HOLD_UNTIL_SHIFT = 168;
    uint256 private constant FINDER_MASK = type(uint40).max;
    uint256 private constant FINDER_SHIFT = 208;
    uint256 private constant MODULE_MASK = 0x3f;
    uint256 private constant MODULE_SHIFT = 248;
    uint256 private constant STATE_MASK = 0x3;
    uint256 private constant STATE_SHIFT = 254;

    /// @notice GPU slashed.
    function gpu(SlashWord self) internal pure returns (uint40) {
        return uint40(SlashWord.unwrap(self) & GPU_MASK);
    }

    /// @notice Gwei units taken and not paid out.
    function taken(SlashWord self) internal pure returns (uint64) {
        return uint64((SlashWord.unwrap(self) >> TAKEN_SHIFT) & TAKEN_MASK);
    }

    /// @notice Gwei units that a daily cap deferred.
    function pending(SlashWord self) internal pure returns (uint64) {
        return uint64((SlashWord.unwrap(self) >> PENDING_SHIFT) & PENDING_MASK);
    }

    /// @notice Time from which it may be finalised, seconds.
    function holdUntil(SlashWord self) internal pure returns (uint40) {
        return uint40((SlashWord.unwrap(self) >> HOLD_UNTIL_SHIFT) & HOLD_UNTIL_MASK);
    }

    /// @notice Account of the finder, 0 for none.
    function finder(SlashWord self) internal pure returns (uint40) {
        return uint40((SlashWord.unwrap(self) >> FINDER_SHIFT) & FINDER_MASK);
    }

    /// @notice Index of the module that slashed.
    function module(SlashWord self) internal pure returns (uint8) {
        return uint8((SlashWord.unwrap(self) >> MODULE_SHIFT) & MODULE_MASK);
    }

    /// @notice 0 none, 1 held, 2 finalised, 3 reversed.
    function state(SlashWord self) internal pure returns (uint8) {
        return uint8((SlashWord.unwrap(self) >> STATE_SHIFT) & STATE_MASK);
    }

    /// @notice `self` with another gpu field.
    function withGpu(SlashWord self, uint40 value) internal pure returns (SlashWord) {
        return SlashWord.wrap((SlashWord.unwrap(self) & ~GPU_MASK) | uint256(value));
    }

    /// @notice `self` with another taken field.
    function withTaken(SlashWord self, uint64 value) internal pure returns (SlashWord) {
        return
            SlashWord.wrap((SlashWord.unwrap(self) & ~(TAKEN_MASK << TAKEN_SHIFT)) | (uint256(value) << TAKEN_SHIFT));
    }

    /// @notice `self` with another pending field.
    function withPending(SlashWord self, uint64 value) internal pure returns (SlashWord) {
        return
            SlashWord.wrap(
                (SlashWord.unwrap(self) & ~(PENDING_MASK << PENDING_SHIFT)) | (uint256(value) << PENDING_SHIFT)
            );
    }

    /// @notice `self` with another holdUntil field.
    function withHoldUntil(SlashWord self, uint40 value) internal pure returns (SlashWord) {
        return
            SlashWord.wrap(
                (SlashWord.unwrap(self) & ~(HOLD_UNTIL_MASK << HOLD_UNTIL_SHIFT)) | (uint256(value) << HOLD_UNTIL_SHIFT)
            );
    }

    /// @notice `self` with another finder field.
    function withFinder(SlashWord self, uint40 value) internal pure returns (SlashWord) {
        return
            SlashWord.wrap(
                (SlashWord.unwrap(self) & ~(FINDER_MASK << FINDER_SHIFT)) | (uint256(value) << FINDER_SHIFT)
            );
    }

    /// @notice `self` with another module field. Bound: 6 bits.
    function withModule(SlashWord self, uint8 value) internal pure returns (SlashWord) {
        return
            SlashWord.wrap(
                (SlashWord.unwrap(self) & ~(MODULE_MASK << MODULE_SHIFT)) | (uint256(value) << MODULE_SHIFT)
            );
    }

    /// @notice `self` with another state field. Bound: 2 bits.
    function withState(SlashWord self, uint8 value) internal pure returns (SlashWord) {
        return
            SlashWord.wrap((SlashWord.unwrap(self) & ~(STATE_MASK << STATE_SHIFT)) | (uint256(value) << STATE_SHIFT));
    }
}
