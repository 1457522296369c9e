// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVestingVault} from "../../../contracts/vesting/IVestingVault.sol";
import {VestingVault} from "../../../contracts/vesting/VestingVault.sol";
import {ComputeToken} from "../../../contracts/token/ComputeToken.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {VestingHandler} from "./VestingHandler.sol";

/// @notice Money and votes of the vesting vault under all its users at once.
contract VestingInvariants is InvariantBase {
    VestingHandler private _handler;
    VestingVault private _vault;
    ComputeToken private _token;

    function setUp() external {
        _handler = new VestingHandler();
        _vault = _handler.vault();
        _token = _handler.token();
        _target(_handler, "VestingHandler");
    }

    /// @notice I3: it holds what it owes, to the wei. I33, I34: nobody is paid more than has vested, and what was
    /// granted is vested, unvested or returned. I40: delegates have the unreleased tokens of those who chose them, on
    /// schedules that vote, and no token votes twice.
    /// forge-config: default.invariant.runs = 80
    /// forge-config: default.invariant.depth = 120
    /// forge-config: default.invariant.check_interval = 4
    function invariant_I3_I33_I34_I40_holdsWhatItOwes() external view {
        uint256 owed = 0;
        for (uint32 schedule = 1; schedule <= _handler.SCHEDULES(); ++schedule) {
            owed += _vault.poolOf(schedule) + _handler.reserved(schedule);
            for (uint256 i = 0; i < _handler.peopleCount(); ++i) owed += _checkGrant(schedule, _handler.people(i));
        }
        uint256 balance = _token.balanceOf(address(_vault));
        vm.assertEq(balance, owed, "I3 tokens = pools + roots + grants");
        vm.assertEq(balance, _handler.cameIn() - _handler.wentOut(), "I3 tokens = in - out");
        _checkVotes();
    }

    /// @notice I33, I44: in the end everybody has everything, and only pools and roots are left.
    function _afterRun() internal override {
        vm.warp(block.timestamp + 3000 days);
        uint256 left = 0;
        for (uint32 schedule = 1; schedule <= _handler.SCHEDULES(); ++schedule) {
            for (uint256 i = 0; i < _handler.peopleCount(); ++i) _drain(schedule, _handler.people(i));
            left += _vault.poolOf(schedule) + _handler.reserved(schedule);
        }
        vm.assertEq(_token.balanceOf(address(_vault)), left, "I44 every grant is paid out");
        for (uint256 i = 0; i < _handler.peopleCount(); ++i) {
            vm.assertEq(_vault.getVotes(_handler.people(i)), 0, "I40 nothing is left to vote with");
        }
    }

    function _drain(uint32 schedule, address who) private {
        IVestingVault.GrantState memory state = _vault.grantOf(schedule, who);
        if (state.total != state.paid) {
            vm.prank(state.payee);
            _vault.release(schedule, who);
        }
        vm.assertEq(
            _vault.grantOf(schedule, who).paid,
            _handler.granted(schedule, who) - _handler.returned(schedule, who),
            "I33 I34 everything that was granted and not returned is paid"
        );
    }

    function _checkGrant(uint32 schedule, address who) private view returns (uint256) {
        IVestingVault.GrantState memory state = _vault.grantOf(schedule, who);
        uint256 vested = _vault.vestedOf(schedule, who);
        vm.assertEq(
            state.total,
            _handler.granted(schedule, who) - _handler.returned(schedule, who),
            "I34 total = granted - returned"
        );
        vm.assertEq(state.paid, _handler.paid(schedule, who), "I33 paid");
        vm.assertLe(state.paid, vested, "I33 paid <= vested");
        vm.assertLe(vested, state.total, "I33 vested <= total");
        vm.assertEq(_vault.releasableOf(schedule, who), vested - state.paid, "I33 releasable");
        vm.assertEq(state.revokedAt != 0, _handler.wasRevoked(schedule, who), "I34 revoked");
        if (state.revokedAt != 0) vm.assertEq(vested, state.total, "I34 a revoked grant stands still");
        return state.total - state.paid;
    }

    function _checkVotes() private view {
        uint256 all = 0;
        uint256 count = _handler.peopleCount();
        for (uint256 d = 0; d < count; ++d) {
            address delegatee = _handler.people(d);
            uint256 expected = 0;
            for (uint256 i = 0; i < count; ++i) {
                if (_vault.delegates(_handler.people(i)) == delegatee) expected += _unitsOf(_handler.people(i));
            }
            vm.assertEq(_vault.getVotes(delegatee), expected, "I40 votes = unreleased tokens of those who delegated");
            all += expected + _token.getVotes(delegatee);
        }
        vm.assertLe(all, _token.totalSupply(), "I40 votes of wallet and vault <= supply");
        vm.assertEq(_vault.delegates(address(_vault)), address(0), "the vault delegates nothing");
        vm.assertEq(_token.delegates(address(_vault)), address(0), "the vault delegates nothing on the token");
    }

    /// @dev What is granted on schedules 1 and 3 and paid to `payee`, by going through all grants.
    function _unitsOf(address payee) private view returns (uint256 units) {
        for (uint32 schedule = 1; schedule <= _handler.SCHEDULES(); schedule += 2) {
            for (uint256 i = 0; i < _handler.peopleCount(); ++i) {
                IVestingVault.GrantState memory state = _vault.grantOf(schedule, _handler.people(i));
                if (state.payee == payee) units += state.total - state.paid;
            }
        }
        vm.assertEq(_vault.votingUnitsOf(payee), units, "I40 units");
    }
}
