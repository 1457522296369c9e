// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Up to four parents of an asset with their royalty shares, in one word. Zero means: no parents.
/// @dev Layout: four entries of 64 bits, entry 0 lowest; in an entry, from the lowest bit:
///   parent  48  low bits of the parent's id; it only finds the parent and never authorises anything
///   share   16  basis points
type LineageWord is uint256;

using LineageWordLib for LineageWord global;

/// @title LineageWordLib
/// @notice Getters and pure setters of a LineageWord.
library LineageWordLib {
    using BitField for uint256;

    uint256 internal constant PARENTS = 4;
    uint256 private constant ENTRY = 64;
    uint256 private constant SHARE = 48;
    uint256 private constant MASK_16 = 0xffff;
    uint256 private constant MASK_48 = 0xffffffffffff;

    error LineageIndexTooLarge(uint256 index);

    /// @notice Low 48 bits of the id of parent `index` (0..3), 0 for none.
    function parent(LineageWord word, uint256 index) internal pure returns (uint48) {
        return uint48(LineageWord.unwrap(word).read(_offset(index), MASK_48));
    }

    /// @notice Royalty share of parent `index` (0..3) in basis points.
    function shareBps(LineageWord word, uint256 index) internal pure returns (uint16) {
        return uint16(LineageWord.unwrap(word).read(_offset(index) + SHARE, MASK_16));
    }

    function withParent(LineageWord word, uint256 index, uint48 value) internal pure returns (LineageWord) {
        return LineageWord.wrap(LineageWord.unwrap(word).write(_offset(index), MASK_48, value));
    }

    function withShareBps(LineageWord word, uint256 index, uint16 value) internal pure returns (LineageWord) {
        return LineageWord.wrap(LineageWord.unwrap(word).write(_offset(index) + SHARE, MASK_16, value));
    }

    function _offset(uint256 index) private pure returns (uint256) {
        if (index >= PARENTS) revert LineageIndexTooLarge(index);
        return index * ENTRY;
    }
}
