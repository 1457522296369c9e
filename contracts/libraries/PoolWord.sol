// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JoinedWord} from "./JoinedWord.sol";
import {Lanes} from "./Lanes.sol";

/// @notice Lengths of a class's draw lists, one per region, in one storage word.
/// @dev Layout, from the low bits:
///   0..191   lengths of the lists of regions 0..11, 16 bits each
///   192..255 energy, milliwatt-hours reported by the class, saturating
/// While a round is open the lengths are those of the frozen entrants; GPUs that joined since are in JoinedWord.
type PoolWord is uint256;

using PoolWordLib for PoolWord global;

/// @title PoolWordLib
/// @notice Getters and pure setters of PoolWord.
library PoolWordLib {
    uint256 private constant ENERGY_SHIFT = 192;

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
        return uint64(PoolWord.unwrap(self) >> ENERGY_SHIFT);
    }

    /// @notice `self` with another length of `region`.
    function withLength(PoolWord self, uint256 region, uint256 value) internal pure returns (PoolWord) {
        return PoolWord.wrap(Lanes.write(PoolWord.unwrap(self), region, value));
    }

    /// @notice `self` with another energy field.
    function withEnergy(PoolWord self, uint64 value) internal pure returns (PoolWord) {
        return PoolWord.wrap((PoolWord.unwrap(self) & Lanes.ALL) | (uint256(value) << ENERGY_SHIFT));
    }

    /// @notice `self` with `value` milliwatt-hours more, saturating.
    function addEnergy(PoolWord self, uint256 value) internal pure returns (PoolWord) {
        uint256 sum = energy(self) + value;
        // The cast is safe: the sum is cut at the greatest uint64.
        return withEnergy(self, sum > type(uint64).max ? type(uint64).max : uint64(sum));
    }

    /// @notice `self` with everything that `joined` counts.
    /// @dev Lanes are added without carry: a list never holds more than 65,535 GPUs, joined ones included.
    function absorb(PoolWord self, JoinedWord joined) internal pure returns (PoolWord) {
        return addEnergy(PoolWord.wrap(PoolWord.unwrap(self) + joined.lanes()), joined.energy());
    }
}
