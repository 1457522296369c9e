// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Grants reserved by a Merkle root, in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..95    left, token wei reserved and not claimed yet
///   96..135  setAt, when it was set, seconds
///   136..143 number, its number on its schedule, from 1
///   144..255 free
type GrantRootWord is uint256;

using GrantRootWordLib for GrantRootWord global;

/// @title GrantRootWordLib
/// @notice Getters and pure setters of GrantRootWord.
library GrantRootWordLib {
    uint256 private constant LEFT_MASK = type(uint96).max;
    uint256 private constant SET_AT_MASK = type(uint40).max;
    uint256 private constant SET_AT_SHIFT = 96;
    uint256 private constant NUMBER_MASK = type(uint8).max;
    uint256 private constant NUMBER_SHIFT = 136;

    /// @notice Token wei reserved and not claimed yet.
    function left(GrantRootWord self) internal pure returns (uint96) {
        return uint96(GrantRootWord.unwrap(self) & LEFT_MASK);
    }

    /// @notice When it was set, seconds.
    function setAt(GrantRootWord self) internal pure returns (uint40) {
        return uint40((GrantRootWord.unwrap(self) >> SET_AT_SHIFT) & SET_AT_MASK);
    }

    /// @notice Its number on its schedule, from 1.
    function number(GrantRootWord self) internal pure returns (uint8) {
        return uint8((GrantRootWord.unwrap(self) >> NUMBER_SHIFT) & NUMBER_MASK);
    }

    /// @notice `self` with another left field.
    function withLeft(GrantRootWord self, uint96 value) internal pure returns (GrantRootWord) {
        return GrantRootWord.wrap((GrantRootWord.unwrap(self) & ~LEFT_MASK) | uint256(value));
    }

    /// @notice `self` with another setAt field.
    function withSetAt(GrantRootWord self, uint40 value) internal pure returns (GrantRootWord) {
        return
            GrantRootWord.wrap(
                (GrantRootWord.unwrap(self) & ~(SET_AT_MASK << SET_AT_SHIFT)) | (uint256(value) << SET_AT_SHIFT)
            );
    }

    /// @notice `self` with another number field.
    function withNumber(GrantRootWord self, uint8 value) internal pure returns (GrantRootWord) {
        return
            GrantRootWord.wrap(
                (GrantRootWord.unwrap(self) & ~(NUMBER_MASK << NUMBER_SHIFT)) | (uint256(value) << NUMBER_SHIFT)
            );
    }

    /// @notice Whether the root was ever set.
    function exists(GrantRootWord self) internal pure returns (bool) {
        return number(self) != 0;
    }
}
