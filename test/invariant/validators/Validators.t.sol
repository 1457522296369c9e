// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {IValidatorRegistry} from "../../../contracts/registry/IValidatorRegistry.sol";
import {ValidatorRegistry} from "../../../contracts/registry/ValidatorRegistry.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {ValidatorActions} from "./ValidatorActions.sol";

/// @notice Stake, places and pools of the ValidatorRegistry under a hostile token, with all its users at once.
contract ValidatorInvariants is InvariantBase {
    ValidatorActions private _handler;
    ValidatorRegistry private _registry;
    HostileToken private _token;

    function setUp() external {
        _handler = new ValidatorActions();
        _registry = _handler.registry();
        _token = _handler.token();
        _target(_handler, "ValidatorActions");
    }

    /// forge-config: default.invariant.runs = 60
    /// forge-config: default.invariant.depth = 150
    /// forge-config: default.invariant.check_interval = 3
    /// @notice I2: the registry holds what it owes, to the unit. I20, I22: of all and of each, what came in is there,
    /// went out, or was claimed by slashes; no order of unbonding and slashes changes that. I47: lists don't grow by
    /// coming and going.
    function invariant_I2_I20_I22_I47_stakeIsConservedAndPoolsAreWhatTheyAre() external view {
        (uint256 stake, uint256 unbonding, uint256 slashed) = _registry.totals();
        vm.assertEq(
            _token.balanceOf(address(_registry)),
            stake + unbonding + slashed + _handler.donated(),
            "I2 holds what it owes"
        );
        vm.assertEq(
            _handler.deposited(),
            stake + unbonding + _handler.withdrawn() + slashed + _handler.collected(),
            "I20 conservation"
        );
        uint256 stakes = 0;
        uint256 tranches = 0;
        for (uint40 id = 1; id <= _handler.ACTORS(); ++id) {
            IValidatorRegistry.ValidatorView memory v = _registry.validatorOf(id);
            stakes += v.stake;
            tranches += v.unbonding;
            vm.assertLe(v.owed, v.stake + v.unbonding, "I22 what is owed is held");
            vm.assertEq(
                _handler.depositedBy(id),
                v.stake + v.unbonding - v.owed + _handler.withdrawnBy(id) + _handler.claimedOf(id),
                "I22 the loss is what was claimed"
            );
            vm.assertEq(v.unbonding == 0, v.unbondingEnds == 0, "a tranche has an end");
            if (v.unbonding != 0) vm.assertEq(v.unbondingEnds, _handler.maturesAt(id), "I24 and keeps it");
            vm.assertTrue(!v.available || v.stake != 0, "nobody is available with nothing at stake");
        }
        vm.assertEq(stakes, stake, "sum of stakes");
        vm.assertEq(tranches, unbonding, "sum of tranches");
        for (uint8 domain = 0; domain < _handler.DOMAINS(); ++domain) _checkDomain(domain);
    }

    /// @notice I44: with work stopped for good, everybody gets out all that was not claimed.
    function _afterRun() internal override {
        vm.startPrank(address(_handler));
        _registry.setWorkStopped(true);
        vm.stopPrank();
        for (uint40 id = 1; id <= _handler.ACTORS(); ++id) {
            _handler.leave(id - 1);
            vm.assertEq(
                _handler.withdrawnBy(id) + _handler.claimedOf(id),
                _handler.depositedBy(id),
                "I44 all but the claims is out"
            );
        }
        (uint256 stake, uint256 unbonding, uint256 slashed) = _registry.totals();
        vm.assertEq(stake + unbonding, 0, "I44 nothing stays behind");
        vm.assertEq(_token.balanceOf(address(_registry)), slashed + _handler.donated(), "I2 only slashes are left");
        for (uint8 domain = 0; domain < _handler.DOMAINS(); ++domain) {
            (uint16 places, uint16 owners) = _registry.poolOf(domain);
            vm.assertEq(owners, 0, "nobody is in a pool");
            vm.assertEq(places, 0, "no place is left");
        }
    }

    function _checkDomain(uint8 domain) private view {
        (uint16 places, uint16 owners) = _registry.poolOf(domain);
        vm.assertLe(places, _handler.ACTORS(), "I47 free places are used again");
        uint256 members = 0;
        uint256 eligible = 0;
        for (uint40 id = 1; id <= _handler.ACTORS(); ++id) {
            IValidatorRegistry.ValidatorView memory v = _registry.validatorOf(id);
            if (v.domains & (uint32(1) << domain) == 0) continue;
            ++members;
            bool before = v.inSince < block.timestamp;
            if (before && (v.outSince == 0 || v.outSince >= block.timestamp)) ++eligible;
        }
        vm.assertEq(owners, eligible, "the pool is who can be drawn");
        uint256 taken = 0;
        uint256 seen = 0;
        for (uint16 place = 0; place < places; ++place) {
            uint40 id = _registry.listedAt(domain, place);
            if (id == 0) continue;
            ++taken;
            vm.assertEq((seen >> id) & 1, 0, "one place each");
            seen |= uint256(1) << id;
            vm.assertTrue(_registry.validatorOf(id).domains & (uint32(1) << domain) != 0, "its holder is a member");
        }
        vm.assertEq(taken, members, "a place for each");
        if (places != 0) vm.assertTrue(_registry.listedAt(domain, places - 1) != 0, "I47 no free place at the end");
    }
}
