// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RefusingCurrency} from "../../../contracts/mocks/sale/RefusingCurrency.sol";
import {ProceedsSplitter} from "../../../contracts/sale/ProceedsSplitter.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {SplitterHandler} from "./SplitterHandler.sol";

/// @notice Money of a splitter whose tokens refuse payees and whose payees change.
contract SplitterInvariants is InvariantBase {
    SplitterHandler private _handler;
    ProceedsSplitter private _splitter;

    function setUp() external {
        _handler = new SplitterHandler();
        _splitter = _handler.splitter();
        _target(_handler, "SplitterHandler");
    }

    /// @notice I13, I19: paid + credits + not yet split = received, for every token, and every payee has its share.
    function invariant_I13_I19_paidAndCreditsAreWhatWasReceived() external view {
        address[] memory payees = _handler.payees();
        for (uint256 which = 0; which < 2; ++which) {
            RefusingCurrency token = _handler.tokens(which);
            uint256 paid = 0;
            uint256 credits = 0;
            for (uint256 i = 0; i < payees.length; ++i) {
                uint256 own = token.balanceOf(payees[i]) + _handler.tookElsewhere(which, payees[i]);
                uint256 credit = _splitter.creditOf(token, payees[i]);
                vm.assertEq(own + credit, _handler.due(which, payees[i]), "I13 a payee has its shares");
                paid += own;
                credits += credit;
            }
            vm.assertEq(_splitter.creditsOf(token), credits, "I19 sum of credits");
            vm.assertEq(_splitter.pending(token), _handler.waiting(which), "what the next split divides");
            vm.assertEq(token.balanceOf(address(_splitter)), credits + _handler.waiting(which), "I19 solvent");
            vm.assertEq(paid + credits + _handler.waiting(which), _handler.received(which), "I13 nothing lost or made");
        }
    }

    /// @notice Without dust: at any end everything can leave.
    function _afterRun() internal override {
        address[] memory payees = _handler.payees();
        for (uint256 which = 0; which < 2; ++which) {
            RefusingCurrency token = _handler.tokens(which);
            for (uint256 i = 0; i < payees.length; ++i) token.setBlacklisted(payees[i], false);
            _splitter.split(token);
            for (uint256 i = 0; i < payees.length; ++i) {
                if (_splitter.creditOf(token, payees[i]) != 0) _splitter.payCredit(token, payees[i]);
            }
            vm.assertEq(token.balanceOf(address(_splitter)), 0, "I13 no dust");
        }
    }
}
