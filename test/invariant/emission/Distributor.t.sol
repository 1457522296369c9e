// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EmissionDistributor} from "../../../contracts/emission/EmissionDistributor.sol";
import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {DistributorHandler} from "./DistributorHandler.sol";

/// @notice The pool of the node providers at any time and under any draws.
contract DistributorInvariants is InvariantBase {
    DistributorHandler private _handler;
    EmissionDistributor private _distributor;
    HostileToken private _token;

    function setUp() external {
        _handler = new DistributorHandler();
        _distributor = _handler.distributor();
        _token = _handler.token();
        _target(_handler, "DistributorHandler");
    }

    /// @notice I4, I6, I28, I32: drawn <= emitted <= pool <= funded, and it holds what it did not pay, to the wei.
    function invariant_I4_I28_drawnWithinEmittedWithinFunded() external view {
        uint256 emitted = _distributor.emittedAt(vm.getBlockTimestamp());
        vm.assertEq(_distributor.drawn(), _handler.paid(), "I28 drawn is what was paid");
        vm.assertEq(_token.balanceOf(_handler.RECEIVER()), _handler.paid(), "I28 paid where the drawer said");
        vm.assertLe(_distributor.drawn(), emitted, "I28 drawn <= emitted");
        vm.assertLe(emitted, _handler.POOL(), "I28 emitted <= pool");
        if (_distributor.startedAt() == 0) vm.assertEq(emitted, 0, "I28 nothing is emitted before the start");
        else vm.assertLe(_handler.POOL(), _handler.funded(), "I28 pool <= funded");
        vm.assertEq(
            _token.balanceOf(address(_distributor)),
            _handler.funded() - _handler.paid(),
            "I4, I32 what was not drawn is there"
        );
        uint256 capacity = _distributor.allowanceCapacity();
        vm.assertLe(_handler.greatestBurst(capacity), capacity, "30 days at once and 3 days a day");
    }

    /// @notice I32: at any end, everything is emitted one day and can be drawn, to the last wei of the pool.
    function _afterRun() internal override {
        if (_handler.funded() < _handler.POOL()) _handler.fund(0);
        if (_handler.funded() < _handler.POOL()) _handler.fund(0);
        if (_distributor.startedAt() == 0) _handler.start();
        if (_distributor.drawer() == address(0)) _handler.setDrawer();
        vm.warp(vm.getBlockTimestamp() + 90 * uint256(_handler.PERIOD()));
        // The whole pool is less than 49 allowances.
        for (uint256 i = 0; i < 49; ++i) {
            _handler.drawAll();
            vm.warp(vm.getBlockTimestamp() + 10 days);
        }
        vm.assertEq(_distributor.drawn(), _handler.POOL(), "I32 everything is drawn in the end");
    }
}
