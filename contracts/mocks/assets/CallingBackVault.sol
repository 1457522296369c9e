// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetRegistry} from "../../assets/IAssetRegistry.sol";
import {IPaymentVault} from "../../vault/IPaymentVault.sol";

/// @title CallingBackVault
/// @notice Test double: as much of a vault as the AssetRegistry asks for, which claims again while it pays a claim.
contract CallingBackVault {
    address[] private _holders;

    uint256 public paid;

    function openAccount(address holder) external returns (uint40) {
        _holders.push(holder);
        return uint40(_holders.length);
    }

    function book(IAssetRegistry assets, uint256 asset, uint256 amount) external {
        IPaymentVault.Royalty[] memory royalties = new IPaymentVault.Royalty[](1);
        royalties[0] = IPaymentVault.Royalty({asset: asset, amount: amount, uses: 1});
        assets.onRoyalties(msg.sender, royalties);
    }

    function release(IPaymentVault.Payment[] calldata payments, uint256) external {
        paid += payments[0].amount;
        IAssetRegistry(msg.sender).claim(0);
    }

    function holderOf(uint40 account) external view returns (address) {
        return _holders[account - 1];
    }
}
