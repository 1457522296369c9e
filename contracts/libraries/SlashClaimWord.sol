// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Who is made whole first out of a slash, in one storage word.
/// @dev Layout, from the low bits:
///   0..39    beneficiary, account, 0 for none
///   40..103  amount, gwei units it may still receive
///   104..255 free
type SlashClaimWord is uint256;

using SlashClaimWordLib for SlashClaimWord global;

/// @title SlashClaimWordLib
/// @notice Getters and pure setters of SlashClaimWord.
library SlashClaimWordLib {
    uint256 private constant BENEFICIARY_MASK = type(uint40).max;
    uint256 private constant AMOUNT_MASK = type(uint64).max;
    uint256 private constant AMOUNT_SHIFT = 40;

    /// @notice Account, 0 for none.
    function beneficiary(SlashClaimWord self) internal pure returns (uint40) {
        return uint40(SlashClaimWord.unwrap(self) & BENEFICIARY_MASK);
    }

    /// @notice Gwei units it may still receive.
    function amount(SlashClaimWord self) internal pure returns (uint64) {
        return uint64((SlashClaimWord.unwrap(self) >> AMOUNT_SHIFT) & AMOUNT_MASK);
    }

    /// @notice `self` with another beneficiary field.
    function withBeneficiary(SlashClaimWord self, uint40 value) internal pure returns (SlashClaimWord) {
        return SlashClaimWord.wrap((SlashClaimWord.unwrap(self) & ~BENEFICIARY_MASK) | uint256(value));
    }

    /// @notice `self` with another amount field.
    function withAmount(SlashClaimWord self, uint64 value) internal pure returns (SlashClaimWord) {
        return
            SlashClaimWord.wrap(
                (SlashClaimWord.unwrap(self) & ~(AMOUNT_MASK << AMOUNT_SHIFT)) | (uint256(value) << AMOUNT_SHIFT)
            );
    }
}
