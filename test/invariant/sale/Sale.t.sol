// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {ITokenSale} from "../../../contracts/sale/ITokenSale.sol";
import {TokenSale} from "../../../contracts/sale/TokenSale.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {SaleHandler} from "./SaleHandler.sol";

/// @notice Money of a sale under a hostile currency, all its buyers and its owner at once.
contract SaleInvariants is InvariantBase {
    SaleHandler private _handler;
    HostileToken private _token;
    HostileToken private _currency;

    function setUp() external {
        _handler = new SaleHandler();
        _token = _handler.token();
        _currency = _handler.currency();
        _target(_handler, "SaleHandler");
    }

    /// forge-config: default.invariant.runs = 90
    /// forge-config: default.invariant.depth = 120
    /// forge-config: default.invariant.check_interval = 3
    /// @notice I5, I6: the sale holds what it owes and what was donated, to the unit; I36: caps, limits and rounding.
    function invariant_I5_I36_holdsWhatItOwesAndSellsWithinItsCaps() external view {
        TokenSale sale = _handler.sale();
        ITokenSale.SaleStatus status = sale.status();
        bool won = status == ITokenSale.SaleStatus.Succeeded;
        bool over = won || status == ITokenSale.SaleStatus.Failed;
        uint256 due = won ? 0 : _handler.raised() - _handler.refunded();
        vm.assertEq(_currency.balanceOf(address(sale)), due + _handler.currencySurplus(), "I5 currency");
        vm.assertEq(
            _token.balanceOf(address(sale)),
            (over ? 0 : _handler.FOR_SALE()) + _handler.tokenSurplus(),
            "I5 tokens"
        );
        vm.assertEq(
            _token.balanceOf(address(_handler.vault())),
            won ? sale.sold() : 0,
            "I5 the vault has what was sold"
        );

        uint256 sold = _handler.soldIn(0) + _handler.soldIn(1);
        vm.assertEq(sale.sold(), sold, "sold");
        vm.assertEq(sale.raised(), _handler.raised(), "raised");
        vm.assertLe(sold, _handler.FOR_SALE(), "I36 hard cap");
        for (uint8 round = 0; round < 2; ++round) {
            vm.assertLe(_handler.soldIn(round), _handler.terms(round).cap, "I36 cap of the round");
        }
        vm.assertTrue(_handler.raised() * 1e18 >= _handler.exact(), "I36 rounding against the buyer");
        vm.assertTrue(
            _handler.raised() * 1e18 <= _handler.exact() + _handler.purchases() * 1e18,
            "I36 rounding by less than a unit each"
        );
        _checkBuyers(sale);
    }

    /// @notice I44: at any end everybody gets all that is due, in whatever state the sale is.
    function _afterRun() internal override {
        TokenSale sale = _handler.sale();
        if (uint8(sale.status()) <= uint8(ITokenSale.SaleStatus.Open)) {
            vm.warp(vm.getBlockTimestamp() + 60 days);
            sale.finalise();
        }
        for (uint256 i = 0; i < _handler.buyerCount(); ++i) _handler.settle(i, 0);
        if (sale.status() == ITokenSale.SaleStatus.Succeeded) {
            vm.assertEq(_handler.vault().poolOf(sale.schedule()), 0, "I5 every token sold was granted");
            vm.assertEq(_handler.granted(), sale.sold(), "I5 grants = sold");
        } else {
            vm.assertEq(_handler.refunded(), sale.raised(), "I36 100% refunded");
        }
        vm.assertEq(_currency.balanceOf(address(sale)), _handler.currencySurplus(), "I6 only donations are left");
    }

    function _checkBuyers(TokenSale sale) private view {
        uint256 bought = 0;
        uint256 paid = 0;
        for (uint256 i = 0; i < _handler.buyerCount(); ++i) {
            address buyer = _handler.buyers(i);
            (uint256 amount, uint256 cost) = sale.purchaseOf(buyer);
            if (cost != 0) {
                vm.assertEq(amount, _handler.bought(buyer), "purchases of a buyer");
                vm.assertEq(cost, _handler.paidBy(buyer), "payments of a buyer");
            }
            for (uint8 round = 0; round < 2; ++round) {
                vm.assertLe(_handler.boughtIn(round, buyer), _handler.terms(round).perBuyer, "I36 limit of a buyer");
            }
            bought += amount;
            paid += cost;
        }
        if (sale.status() == ITokenSale.SaleStatus.Succeeded) {
            vm.assertEq(bought, sale.sold() - _handler.granted(), "I5 unclaimed = sold - granted");
        } else {
            vm.assertEq(paid, sale.raised() - _handler.refunded(), "I5 refunds due = raised - refunded");
        }
    }
}
