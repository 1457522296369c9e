// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EmissionController} from "../../../contracts/emission/EmissionController.sol";
import {IssuableToken} from "../../../contracts/token/IssuableToken.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {IssuanceHandler} from "./IssuanceHandler.sol";

/// @notice New tokens of a preset with issuance.
contract IssuanceInvariants is InvariantBase {
    IssuanceHandler private _handler;
    EmissionController private _controller;
    IssuableToken private _token;

    function setUp() external {
        _handler = new IssuanceHandler();
        _controller = _handler.controller();
        _token = _handler.token();
        _target(_handler, "IssuanceHandler");
    }

    /// @notice I8, I9: supply = genesis + minted <= genesis + authorised, everything new went to the rewards contract,
    /// and no 365 days saw more than 2% of their opening supply.
    function invariant_I8_I9_issuanceWithinBounds() external view {
        uint256 supply = _token.totalSupply();
        vm.assertEq(supply, _handler.GENESIS() + _handler.minted(), "I9 supply = genesis + minted");
        vm.assertLe(_handler.minted(), _handler.authorised(), "I8 supply <= genesis + authorised");
        vm.assertEq(_token.balanceOf(_handler.rewards()), _handler.minted(), "I9 minted to the rewards contract alone");
        vm.assertEq(_token.balanceOf(address(_controller)), 0, "the controller holds nothing");
        vm.assertEq(
            _token.balanceOf(address(_handler)) + _token.balanceOf(address(0xBEEF)) + _handler.minted(),
            supply,
            "I8 supply = sum of balances"
        );
        vm.assertEq(_controller.mintable(), _handler.room(), "I9 mintable is what is left of 2%");

        // Spans that end with a mint see the most; the one that ends now is checked by mintable.
        for (uint256 i = 1; i < _handler.mintCount(); ++i) {
            (uint256 time, uint256 after_) = _handler.mintAt(i);
            uint256 opening = _handler.supplyAt(time - 365 days);
            vm.assertLe(after_ - opening, (opening * 2) / 100, "I9 2% in any 365 days");
        }
    }
}
