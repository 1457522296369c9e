// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPaymentVault} from "./IPaymentVault.sol";

/// @title IRoyaltySink
/// @notice A module that keeps the books of royalties which the vault holds for it.
interface IRoyaltySink {
    /// @notice Vault only: books royalties that the vault has just added to this contract's held sum, so that the books
    /// never claim more than is held. Must not revert for an asset that it knows.
    /// @param module module that paid them
    /// @param royalties what each asset receives
    function onRoyalties(address module, IPaymentVault.Royalty[] calldata royalties) external;
}
