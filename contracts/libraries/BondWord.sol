// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Hot key and unbonding tranche of a GPU in one storage word; written when the first of them is needed.
/// @dev Layout, from the low bits:
///   0..159   operator, hot key; zero means that the owner's holder works itself
///   160..223 unbonding, gwei units of the tranche that unbonds
///   224..255 endsAt, when the tranche matures, seconds; 32 bits last until the year 2106
type BondWord is uint256;

using BondWordLib for BondWord global;

/// @title BondWordLib
/// @notice Getters and pure setters of BondWord.
library BondWordLib {
    uint256 private constant OPERATOR_MASK = type(uint160).max;
    uint256 private constant UNBONDING_MASK = type(uint64).max;
    uint256 private constant UNBONDING_SHIFT = 160;
    uint256 private constant ENDS_AT_MASK = type(uint32).max;
    uint256 private constant ENDS_AT_SHIFT = 224;

    /// @notice Hot key; zero means that the owner's holder works itself.
    function operator(BondWord self) internal pure returns (address) {
        return address(uint160(BondWord.unwrap(self) & OPERATOR_MASK));
    }

    /// @notice Gwei units of the tranche that unbonds.
    function unbonding(BondWord self) internal pure returns (uint64) {
        return uint64((BondWord.unwrap(self) >> UNBONDING_SHIFT) & UNBONDING_MASK);
    }

    /// @notice When the tranche matures, seconds; 32 bits last until the year 2106.
    function endsAt(BondWord self) internal pure returns (uint32) {
        return uint32((BondWord.unwrap(self) >> ENDS_AT_SHIFT) & ENDS_AT_MASK);
    }

    /// @notice `self` with another operator field.
    function withOperator(BondWord self, address value) internal pure returns (BondWord) {
        return BondWord.wrap((BondWord.unwrap(self) & ~OPERATOR_MASK) | uint256(uint160(value)));
    }

    /// @notice `self` with another unbonding field.
    function withUnbonding(BondWord self, uint64 value) internal pure returns (BondWord) {
        return
            BondWord.wrap(
                (BondWord.unwrap(self) & ~(UNBONDING_MASK << UNBONDING_SHIFT)) | (uint256(value) << UNBONDING_SHIFT)
            );
    }

    /// @notice `self` with another endsAt field.
    function withEndsAt(BondWord self, uint32 value) internal pure returns (BondWord) {
        return
            BondWord.wrap(
                (BondWord.unwrap(self) & ~(ENDS_AT_MASK << ENDS_AT_SHIFT)) | (uint256(value) << ENDS_AT_SHIFT)
            );
    }
}
