// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice An owner's sums over its GPUs in one storage word.
/// @dev Layout, from the low bits:
///   0..63    stake, gwei units of stake in force
///   64..127  energy, milliwatt-hours reported, saturating
///   128..151 gpus, GPUs that are not leaving
///   152..167 barredUntil, UTC day until which the owner is barred after a fraud
///   168      votes, whether the vote ledger follows this owner
///   169..255 free
type StakerWord is uint256;

using StakerWordLib for StakerWord global;

/// @title StakerWordLib
/// @notice Getters and pure setters of StakerWord.
library StakerWordLib {
    uint256 private constant STAKE_MASK = type(uint64).max;
    uint256 private constant ENERGY_MASK = type(uint64).max;
    uint256 private constant ENERGY_SHIFT = 64;
    uint256 private constant GPUS_MASK = type(uint24).max;
    uint256 private constant GPUS_SHIFT = 128;
    uint256 private constant BARRED_UNTIL_MASK = type(uint16).max;
    uint256 private constant BARRED_UNTIL_SHIFT = 152;
    uint256 private constant VOTES_SHIFT = 168;

    /// @notice Gwei units of stake in force.
    function stake(StakerWord self) internal pure returns (uint64) {
        return uint64(StakerWord.unwrap(self) & STAKE_MASK);
    }

    /// @notice Milliwatt-hours reported, saturating.
    function energy(StakerWord self) internal pure returns (uint64) {
        return uint64((StakerWord.unwrap(self) >> ENERGY_SHIFT) & ENERGY_MASK);
    }

    /// @notice GPUs that are not leaving.
    function gpus(StakerWord self) internal pure returns (uint24) {
        return uint24((StakerWord.unwrap(self) >> GPUS_SHIFT) & GPUS_MASK);
    }

    /// @notice UTC day until which the owner is barred after a fraud.
    function barredUntil(StakerWord self) internal pure returns (uint16) {
        return uint16((StakerWord.unwrap(self) >> BARRED_UNTIL_SHIFT) & BARRED_UNTIL_MASK);
    }

    /// @notice Whether the vote ledger follows this owner.
    function votes(StakerWord self) internal pure returns (bool) {
        return (StakerWord.unwrap(self) >> VOTES_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another stake field.
    function withStake(StakerWord self, uint64 value) internal pure returns (StakerWord) {
        return StakerWord.wrap((StakerWord.unwrap(self) & ~STAKE_MASK) | uint256(value));
    }

    /// @notice `self` with another energy field.
    function withEnergy(StakerWord self, uint64 value) internal pure returns (StakerWord) {
        return
            StakerWord.wrap(
                (StakerWord.unwrap(self) & ~(ENERGY_MASK << ENERGY_SHIFT)) | (uint256(value) << ENERGY_SHIFT)
            );
    }

    /// @notice `self` with another gpus field.
    function withGpus(StakerWord self, uint24 value) internal pure returns (StakerWord) {
        return StakerWord.wrap((StakerWord.unwrap(self) & ~(GPUS_MASK << GPUS_SHIFT)) | (uint256(value) << GPUS_SHIFT));
    }

    /// @notice `self` with another barredUntil field.
    function withBarredUntil(StakerWord self, uint16 value) internal pure returns (StakerWord) {
        return
            StakerWord.wrap(
                (StakerWord.unwrap(self) & ~(BARRED_UNTIL_MASK << BARRED_UNTIL_SHIFT)) |
                    (uint256(value) << BARRED_UNTIL_SHIFT)
            );
    }

    /// @notice `self` with another votes field.
    function withVotes(StakerWord self, bool value) internal pure returns (StakerWord) {
        uint256 bit = value ? 1 : 0;
        return StakerWord.wrap((StakerWord.unwrap(self) & ~(uint256(1) << VOTES_SHIFT)) | (bit << VOTES_SHIFT));
    }
}
