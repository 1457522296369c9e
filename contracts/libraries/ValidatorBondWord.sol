// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What a validator has at stake, in one storage word.
/// @dev Layout, from the low bits:
///   0..63    stake, gwei units of stake in force
///   64..127  unbonding, gwei units of the tranche that unbonds
///   128..191 owed, gwei units slashed and not yet taken, at most both together
///   192..231 unbondingEnds, when the tranche matures, seconds; 0 without one
///   232..239 slasher, place in the list of modules, from 1, of the one that slashed last; 0 when none did
///   240..255 free
type ValidatorBondWord is uint256;

using ValidatorBondWordLib for ValidatorBondWord global;

/// @title ValidatorBondWordLib
/// @notice Getters and pure setters of ValidatorBondWord.
library ValidatorBondWordLib {
    uint256 private constant STAKE_MASK = type(uint64).max;
    uint256 private constant UNBONDING_MASK = type(uint64).max;
    uint256 private constant UNBONDING_SHIFT = 64;
    uint256 private constant OWED_MASK = type(uint64).max;
    uint256 private constant OWED_SHIFT = 128;
    uint256 private constant UNBONDING_ENDS_MASK = type(uint40).max;
    uint256 private constant UNBONDING_ENDS_SHIFT = 192;
    uint256 private constant SLASHER_MASK = type(uint8).max;
    uint256 private constant SLASHER_SHIFT = 232;

    /// @notice Gwei units of stake in force.
    function stake(ValidatorBondWord self) internal pure returns (uint64) {
        return uint64(ValidatorBondWord.unwrap(self) & STAKE_MASK);
    }

    /// @notice Gwei units of the tranche that unbonds.
    function unbonding(ValidatorBondWord self) internal pure returns (uint64) {
        return uint64((ValidatorBondWord.unwrap(self) >> UNBONDING_SHIFT) & UNBONDING_MASK);
    }

    /// @notice Gwei units slashed and not yet taken, at most both together.
    function owed(ValidatorBondWord self) internal pure returns (uint64) {
        return uint64((ValidatorBondWord.unwrap(self) >> OWED_SHIFT) & OWED_MASK);
    }

    /// @notice When the tranche matures, seconds; 0 without one.
    function unbondingEnds(ValidatorBondWord self) internal pure returns (uint40) {
        return uint40((ValidatorBondWord.unwrap(self) >> UNBONDING_ENDS_SHIFT) & UNBONDING_ENDS_MASK);
    }

    /// @notice Place in the list of modules, from 1, of the one that slashed last; 0 when none did.
    function slasher(ValidatorBondWord self) internal pure returns (uint8) {
        return uint8((ValidatorBondWord.unwrap(self) >> SLASHER_SHIFT) & SLASHER_MASK);
    }

    /// @notice `self` with another stake field.
    function withStake(ValidatorBondWord self, uint64 value) internal pure returns (ValidatorBondWord) {
        return ValidatorBondWord.wrap((ValidatorBondWord.unwrap(self) & ~STAKE_MASK) | uint256(value));
    }

    /// @notice `self` with another unbonding field.
    function withUnbonding(ValidatorBondWord self, uint64 value) internal pure returns (ValidatorBondWord) {
        return
            ValidatorBondWord.wrap(
                (ValidatorBondWord.unwrap(self) & ~(UNBONDING_MASK << UNBONDING_SHIFT)) |
                    (uint256(value) << UNBONDING_SHIFT)
            );
    }

    /// @notice `self` with another owed field.
    function withOwed(ValidatorBondWord self, uint64 value) internal pure returns (ValidatorBondWord) {
        return
            ValidatorBondWord.wrap(
                (ValidatorBondWord.unwrap(self) & ~(OWED_MASK << OWED_SHIFT)) | (uint256(value) << OWED_SHIFT)
            );
    }

    /// @notice `self` with another unbondingEnds field.
    function withUnbondingEnds(ValidatorBondWord self, uint40 value) internal pure returns (ValidatorBondWord) {
        return
            ValidatorBondWord.wrap(
                (ValidatorBondWord.unwrap(self) & ~(UNBONDING_ENDS_MASK << UNBONDING_ENDS_SHIFT)) |
                    (uint256(value) << UNBONDING_ENDS_SHIFT)
            );
    }

    /// @notice `self` with another slasher field.
    function withSlasher(ValidatorBondWord self, uint8 value) internal pure returns (ValidatorBondWord) {
        return
            ValidatorBondWord.wrap(
                (ValidatorBondWord.unwrap(self) & ~(SLASHER_MASK << SLASHER_SHIFT)) | (uint256(value) << SLASHER_SHIFT)
            );
    }

    /// @notice Gwei units that a slash can still claim.
    function unclaimed(ValidatorBondWord self) internal pure returns (uint256) {
        return uint256(stake(self)) + unbonding(self) - owed(self);
    }
}
