// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Totals of the vault in one storage word.
/// @dev Layout, from the low bits:
///   0..95    liabilities, token wei owed to accounts and modules
///   96..135  accounts, number of accounts opened (ids run from 1)
///   136..175 treasury, account that fees and surplus go to
///   176..255 free
type LedgerWord is uint256;

using LedgerWordLib for LedgerWord global;

/// @title LedgerWordLib
/// @notice Getters and pure setters of LedgerWord.
library LedgerWordLib {
    using BitField for uint256;

    uint256 private constant LIABILITIES_MASK = type(uint96).max;
    uint256 private constant ACCOUNT_MASK = type(uint40).max;
    uint256 private constant ACCOUNTS_SHIFT = 96;
    uint256 private constant TREASURY_SHIFT = 136;

    /// @notice Token wei owed.
    function liabilities(LedgerWord self) internal pure returns (uint96) {
        return uint96(LedgerWord.unwrap(self) & LIABILITIES_MASK);
    }

    /// @notice Number of accounts, and the id of the newest.
    function accounts(LedgerWord self) internal pure returns (uint40) {
        return uint40((LedgerWord.unwrap(self) >> ACCOUNTS_SHIFT) & ACCOUNT_MASK);
    }

    /// @notice Account of the treasury.
    function treasury(LedgerWord self) internal pure returns (uint40) {
        return uint40((LedgerWord.unwrap(self) >> TREASURY_SHIFT) & ACCOUNT_MASK);
    }

    /// @notice `self` with another liabilities field.
    function withLiabilities(LedgerWord self, uint96 value) internal pure returns (LedgerWord) {
        return LedgerWord.wrap((LedgerWord.unwrap(self) & ~LIABILITIES_MASK) | value);
    }

    /// @notice `self` with another accounts field.
    function withAccounts(LedgerWord self, uint40 value) internal pure returns (LedgerWord) {
        return LedgerWord.wrap(LedgerWord.unwrap(self).write(ACCOUNTS_SHIFT, ACCOUNT_MASK, value));
    }

    /// @notice `self` with another treasury field.
    function withTreasury(LedgerWord self, uint40 value) internal pure returns (LedgerWord) {
        return LedgerWord.wrap(LedgerWord.unwrap(self).write(TREASURY_SHIFT, ACCOUNT_MASK, value));
    }
}
