// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ISpendHook
/// @notice Told of every debit by the PaymentVault; the place where rank (SPEC 4) counts what was spent.
/// @dev Only the vault may be believed: an implementation checks its caller. It cannot re-enter the vault's writes, and
/// what it returns or reverts with is never read.
interface ISpendHook {
    /// @notice Called by the vault with a gas cap of 60,000, after the money moved; a revert is reported and ignored.
    /// @param account account that spent
    /// @param amount token wei
    /// @param lane lane of the module (0 spot, 1 named, ...)
    /// @param day UTC day number (seconds / 86,400)
    function onSpend(uint40 account, uint256 amount, uint8 lane, uint16 day) external;
}
