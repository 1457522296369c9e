// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JoinedWord} from "./JoinedWord.sol";
import {Lanes} from "./Lanes.sol";

/// @notice Lengths of a class's draw lists, one per region, in one storage word.
/// @dev Layout, from the low bits:
///   0..191   lengths of the lists of regions 0..11, 16 bits each
///   192..254 energy, milliwatt-hours reported by the class, saturating
///   255      hasJoined, whether the class's JoinedWord counts anything
/// While a round is open the lengths are those of the frozen entrants; GPUs that joined since are in JoinedWord.
type PoolWord is uint256;

using PoolWordLib for PoolWord global;

/// @title PoolWordLib
/// @notice Getters and pure setters of PoolWord.
library PoolWordLib {
    uint256 private constant ENERGY_SHIFT = 192;
    uint256 private constant ENERGY_MASK = type(uint64).max >> 1;
    uint256 private constant HAS_JOINED_SHIFT = 255;

    /// @notice Length of the list of `region`.
    function length(PoolWord self, uint256 region) internal pure returns (uint256) {
        return Lanes.read(PoolWord.unwrap(self), region);
    }

    /// @notice All lengths, as packed lanes.
    function lanes(PoolWord self) internal pure returns (uint256) {
        return PoolWord.unwrap(self) & Lanes.ALL;
    }

    /// @notice Milliwatt-hours reported by the class.
    function energy(PoolWord self) internal pure returns (uint64) {
        return uint64((PoolWord.unwrap(self) >> ENERGY_SHIFT) & ENERGY_MASK);
    }

    /// @notice Whether the class's JoinedWord counts anything; if not, it need not be read.
    function hasJoined(PoolWord self) internal pure returns (bool) {
        return PoolWord.unwrap(self) >> HAS_JOINED_SHIFT != 0;
    }

    /// @notice `self` with another length of `region`.
    function withLength(PoolWord self, uint256 region, uint256 value) internal pure returns (PoolWord) {
        return PoolWord.wrap(Lanes.write(PoolWord.unwrap(self), region, value));
    }

    /// @notice `self` with another energy field. Bound: 63 bits.
    function withEnergy(PoolWord self, uint64 value) internal pure returns (PoolWord) {
        uint256 rest = PoolWord.unwrap(self) & ~(ENERGY_MASK << ENERGY_SHIFT);
        return PoolWord.wrap(rest | (uint256(value) << ENERGY_SHIFT));
    }

    /// @notice `self` with another hasJoined field.
    function withHasJoined(PoolWord self, bool value) internal pure returns (PoolWord) {
        uint256 bit = value ? 1 : 0;
        return PoolWord.wrap((PoolWord.unwrap(self) & ~(uint256(1) << HAS_JOINED_SHIFT)) | (bit << HAS_JOINED_SHIFT));
    }

    /// @notice `self` with `value` milliwatt-hours more, saturating.
    function addEnergy(PoolWord self, uint256 value) internal pure returns (PoolWord) {
        uint256 sum = energy(self) + value;
        // The cast is safe: the sum is cut at 63 bits.
        return withEnergy(self, uint64(sum > ENERGY_MASK ? ENERGY_MASK : sum));
    }

    /// @notice `self` with everything that `joined` counts.
    /// @dev Lanes are added without carry: a list never holds more than 65,535 GPUs, joined ones included.
    function absorb(PoolWord self, JoinedWord joined) internal pure returns (PoolWord) {
        return addEnergy(PoolWord.wrap(PoolWord.unwrap(self) + joined.lanes()), joined.energy());
    }
}
