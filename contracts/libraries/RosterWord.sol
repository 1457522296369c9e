// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Six account ids in one storage word; id 0 stands for none.
/// @dev Layout, from the low bits: ids 0..5 of 40 bits each, then 16 free bits.
type RosterWord is uint256;

using RosterWordLib for RosterWord global;

/// @title RosterWordLib
/// @notice Getter and pure setter of RosterWord.
library RosterWordLib {
    /// @notice Ids in a word.
    uint256 internal constant IDS = 6;

    uint256 private constant ID_BITS = 40;

    /// @notice The id at `place`, 0..5.
    function idAt(RosterWord self, uint256 place) internal pure returns (uint40) {
        return uint40(BitField.read(RosterWord.unwrap(self), place * ID_BITS, type(uint40).max));
    }

    /// @notice `self` with another id at `place`, 0..5.
    function withId(RosterWord self, uint256 place, uint40 value) internal pure returns (RosterWord) {
        return RosterWord.wrap(BitField.write(RosterWord.unwrap(self), place * ID_BITS, type(uint40).max, value));
    }
}
