// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {IPaymentVault} from "../../../contracts/vault/IPaymentVault.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {VaultHandler} from "./VaultHandler.sol";

/// @notice Money of the vault under a hostile token, a hostile hook, and all its users at once.
contract VaultInvariants is InvariantBase {
    VaultHandler private _handler;
    PaymentVault private _vault;
    HostileToken private _token;

    function setUp() external {
        _handler = new VaultHandler();
        _vault = _handler.vault();
        _token = _handler.token();
        _target(_handler, "VaultHandler");
    }

    /// @notice I6: it holds what it owes and what was donated since the last skim, to the wei.
    function invariant_I6_holdsWhatItOwes() external view {
        uint256 surplus = _handler.donated() - _handler.skimmed();
        vm.assertEq(
            _token.balanceOf(address(_vault)),
            _vault.liabilities() + surplus,
            "I6 tokens = liabilities + surplus"
        );
        vm.assertEq(
            _vault.liabilities(),
            _handler.deposited() + _handler.skimmed() - _handler.withdrawn(),
            "I6 liabilities = in - out"
        );

        uint256 owed = 0;
        for (uint40 account = 1; account <= _handler.holderCount(); ++account) {
            vm.assertEq(_vault.balanceOf(account), _handler.expected(account), "I6 balance");
            vm.assertEq(_vault.lowestBalance(account), _handler.lowest(account), "lowest balance of two days");
            owed += _vault.balanceOf(account);
        }
        for (uint256 i = 0; i < _handler.moduleCount(); ++i) {
            address module = _handler.modules(i);
            vm.assertEq(_vault.heldBy(module), _handler.expectedHeld(module), "I6 held");
            vm.assertEq(_vault.feesOf(module), _handler.expectedFees(module), "I6 fees");
            owed += _vault.heldBy(module) + _vault.feesOf(module);
        }
        vm.assertEq(owed, _vault.liabilities(), "I6 the parts add up to the liabilities");
        vm.assertEq(_vault.balanceOf(0), 0, "account 0 never exists");
    }

    /// @notice I19, I44: at any end, without a single scope left, everybody gets everything out.
    function _afterRun() internal override {
        for (uint256 i = 0; i < _handler.moduleCount(); ++i) _windDown(_handler.modules(i));
        for (uint40 account = 1; account <= _handler.holderCount(); ++account) {
            uint256 balance = _vault.balanceOf(account);
            if (balance == 0) continue;
            vm.prank(_vault.holderOf(account));
            _vault.withdraw(balance, address(this));
        }
        vm.assertEq(_vault.liabilities(), 0, "I44 everybody is paid out");
        vm.assertEq(
            _token.balanceOf(address(_vault)),
            _handler.donated() - _handler.skimmed(),
            "I6 only donations are left"
        );
    }

    function _windDown(address module) private {
        vm.prank(address(_handler));
        _vault.setModule(module, 0);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: 1, amount: _vault.heldBy(module)});
        vm.prank(module);
        _vault.release(payments, 0);
        _vault.collectFees(module);
    }
}
