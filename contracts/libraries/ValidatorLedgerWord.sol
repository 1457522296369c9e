// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Sums of the ValidatorRegistry, gwei units, in one storage word.
/// @dev Layout, from the low bits:
///   0..63    stake, stake in force of all validators
///   64..127  unbonding, tranches of all validators
///   128..191 slashed, slashed and not collected
///   192..255 free
type ValidatorLedgerWord is uint256;

using ValidatorLedgerWordLib for ValidatorLedgerWord global;

/// @title ValidatorLedgerWordLib
/// @notice Getters and pure setters of ValidatorLedgerWord.
library ValidatorLedgerWordLib {
    uint256 private constant STAKE_MASK = type(uint64).max;
    uint256 private constant UNBONDING_MASK = type(uint64).max;
    uint256 private constant UNBONDING_SHIFT = 64;
    uint256 private constant SLASHED_MASK = type(uint64).max;
    uint256 private constant SLASHED_SHIFT = 128;

    /// @notice Stake in force of all validators.
    function stake(ValidatorLedgerWord self) internal pure returns (uint64) {
        return uint64(ValidatorLedgerWord.unwrap(self) & STAKE_MASK);
    }

    /// @notice Tranches of all validators.
    function unbonding(ValidatorLedgerWord self) internal pure returns (uint64) {
        return uint64((ValidatorLedgerWord.unwrap(self) >> UNBONDING_SHIFT) & UNBONDING_MASK);
    }

    /// @notice Slashed and not collected.
    function slashed(ValidatorLedgerWord self) internal pure returns (uint64) {
        return uint64((ValidatorLedgerWord.unwrap(self) >> SLASHED_SHIFT) & SLASHED_MASK);
    }

    /// @notice `self` with another stake field.
    function withStake(ValidatorLedgerWord self, uint64 value) internal pure returns (ValidatorLedgerWord) {
        return ValidatorLedgerWord.wrap((ValidatorLedgerWord.unwrap(self) & ~STAKE_MASK) | uint256(value));
    }

    /// @notice `self` with another unbonding field.
    function withUnbonding(ValidatorLedgerWord self, uint64 value) internal pure returns (ValidatorLedgerWord) {
        return
            ValidatorLedgerWord.wrap(
                (ValidatorLedgerWord.unwrap(self) & ~(UNBONDING_MASK << UNBONDING_SHIFT)) |
                    (uint256(value) << UNBONDING_SHIFT)
            );
    }

    /// @notice `self` with another slashed field.
    function withSlashed(ValidatorLedgerWord self, uint64 value) internal pure returns (ValidatorLedgerWord) {
        return
            ValidatorLedgerWord.wrap(
                (ValidatorLedgerWord.unwrap(self) & ~(SLASHED_MASK << SLASHED_SHIFT)) |
                    (uint256(value) << SLASHED_SHIFT)
            );
    }
}
