// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ISpendHook
/// @notice Told of every debit by the PaymentVault; the place where rank (SPEC 4) counts what was spent.
interface ISpendHook {
    /// @notice Called by the vault with a gas cap; a revert is ignored.
    /// @param account account that spent
    /// @param amount token wei
    /// @param lane lane of the module (0 spot, 1 named, ...)
    /// @param day UTC day number (seconds / 86,400)
    function onSpend(uint40 account, uint256 amount, uint8 lane, uint16 day) external;
}
