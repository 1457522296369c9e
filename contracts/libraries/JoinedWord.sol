// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Lanes} from "./Lanes.sol";

/// @notice GPUs that joined a class's draw lists while a round was open, in one storage word.
/// @dev Layout, from the low bits:
///   0..191   GPUs joined behind the frozen entrants of regions 0..11, 16 bits each
///   192..215 stamp, mark of the round in which they joined (RegistryWord.stamp)
///   216..255 energy, milliwatt-hours reported meanwhile
/// The counts stand apart only while the round of the stamp is open; afterwards they belong to PoolWord, and the next
/// write of the class moves them there. So opening a round freezes every list without a write per class. A class that
/// nobody touched for exactly 2^24 - 1 rounds would take old joins for new ones: they miss one round as entrants, no
/// more.
type JoinedWord is uint256;

using JoinedWordLib for JoinedWord global;

/// @title JoinedWordLib
/// @notice Getters and pure setters of JoinedWord.
library JoinedWordLib {
    uint256 private constant STAMP_MASK = type(uint24).max;
    uint256 private constant STAMP_SHIFT = 192;
    uint256 private constant ENERGY_SHIFT = 216;

    /// @notice Greatest energy field.
    uint256 internal constant MAX_ENERGY = type(uint40).max;

    /// @notice A word without GPUs, kept non-zero by its stamp, so that the next join does not pay for a fresh slot.
    function empty(uint24 roundStamp) internal pure returns (JoinedWord) {
        return JoinedWord.wrap(uint256(roundStamp) << STAMP_SHIFT);
    }

    /// @notice Whether it counts nothing, whatever its stamp.
    function isEmpty(JoinedWord self) internal pure returns (bool) {
        return JoinedWord.unwrap(self) & ~(STAMP_MASK << STAMP_SHIFT) == 0;
    }

    /// @notice GPUs that joined in `region`.
    function count(JoinedWord self, uint256 region) internal pure returns (uint256) {
        return Lanes.read(JoinedWord.unwrap(self), region);
    }

    /// @notice All counts, as packed lanes.
    function lanes(JoinedWord self) internal pure returns (uint256) {
        return JoinedWord.unwrap(self) & Lanes.ALL;
    }

    /// @notice Mark of the round in which they joined.
    function stamp(JoinedWord self) internal pure returns (uint24) {
        return uint24((JoinedWord.unwrap(self) >> STAMP_SHIFT) & STAMP_MASK);
    }

    /// @notice Milliwatt-hours reported meanwhile.
    function energy(JoinedWord self) internal pure returns (uint40) {
        return uint40(JoinedWord.unwrap(self) >> ENERGY_SHIFT);
    }

    /// @notice `self` with another count of `region`.
    function withCount(JoinedWord self, uint256 region, uint256 value) internal pure returns (JoinedWord) {
        return JoinedWord.wrap(Lanes.write(JoinedWord.unwrap(self), region, value));
    }

    /// @notice `self` with another energy field.
    function withEnergy(JoinedWord self, uint40 value) internal pure returns (JoinedWord) {
        uint256 rest = JoinedWord.unwrap(self) & ((1 << ENERGY_SHIFT) - 1);
        return JoinedWord.wrap(rest | (uint256(value) << ENERGY_SHIFT));
    }
}
