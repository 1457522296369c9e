// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPaymentVault} from "../../vault/IPaymentVault.sol";
import {IRoyaltySink} from "../../vault/IRoyaltySink.sol";

/// @notice A royalty sink as the vault meets it: books what it is told, refuses, or calls the vault back.
contract RoyaltySinkMock is IRoyaltySink {
    IPaymentVault private immutable _vault;
    bool private _refuses;
    bool private _passesOn;

    event Booked(address module, uint256 asset, uint256 amount, uint32 uses, uint256 heldThen);

    error SinkRefused();

    constructor(IPaymentVault vault) {
        _vault = vault;
    }

    function setRefuses(bool refuses) external {
        _refuses = refuses;
    }

    /// @notice Whether it pays everything to account 1 in the midst of being told.
    function setPassesOn(bool passesOn) external {
        _passesOn = passesOn;
    }

    function onRoyalties(address module, IPaymentVault.Royalty[] calldata royalties) external {
        if (_refuses) revert SinkRefused();
        for (uint256 i = 0; i < royalties.length; ++i) {
            IPaymentVault.Royalty calldata booked = royalties[i];
            emit Booked(module, booked.asset, booked.amount, booked.uses, _vault.heldBy(address(this)));
        }
        if (!_passesOn) return;
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: 1, amount: _vault.heldBy(address(this))});
        _vault.release(payments, 0);
    }
}
