// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {ReviewActions} from "./ReviewActions.sol";

/// @notice Cases before drawn panels: court, panel, validators' registry and vault together.
contract ReviewInvariants is InvariantBase {
    ReviewActions private _handler;

    function setUp() external {
        _handler = new ReviewActions();
        _target(_handler, "ReviewActions");
    }

    /// forge-config: default.invariant.runs = 60
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.check_interval = 4
    /// @notice I1: the court holds the bonds of appeals and nothing else, the escrow the fees of open cases. A
    /// seat stays open until its panel failed or its question closed. I11: what is closed stays closed.
    function invariant_I1_I11_bondsAndSeatsAreWhatTheyAre() external view {
        address court = address(_handler.court());
        vm.assertEq(_handler.vault().heldBy(court), _handler.bonds(), "I1 the court holds the bonds");
        vm.assertEq(_handler.vault().balanceOf(_handler.court().account()), 0, "I1 and keeps no fee");
        vm.assertEq(
            _handler.vault().heldBy(address(_handler.escrow())),
            _handler.fees(),
            "I1 the escrow holds the fees"
        );
        for (uint40 id = 1; id <= _handler.VALIDATORS(); ++id) {
            vm.assertEq(_handler.registry().validatorOf(id).openSeats, _handler.openSeats(id), "open seats");
        }
        for (uint256 i = 0; i < _handler.cases(); ++i) _check(_handler.caseAt(i));
    }

    /// @notice I15: after the last deadline every case ends by anybody's call, and all money and seats are free.
    function _afterRun() internal override {
        vm.warp(vm.getBlockTimestamp() + 30 days);
        _handler.concludeOverdue();
        vm.assertEq(_handler.bonds(), 0, "I15 no bond is kept");
        vm.assertEq(_handler.fees(), 0, "I15 no fee is kept");
        for (uint40 id = 1; id <= _handler.VALIDATORS(); ++id) {
            vm.assertEq(_handler.registry().validatorOf(id).openSeats, 0, "I15 no seat is kept");
        }
        vm.assertEq(
            _handler.token().balanceOf(address(_handler.vault())),
            _handler.vault().liabilities(),
            "I6 the vault owes what it holds"
        );
    }

    function _check(ReviewActions.Case memory c) private view {
        IReviewPanel.QuestionView memory q = _handler.panel().questionOf(c.question);
        vm.assertEq(q.status == IReviewPanel.Status.Closed, c.closed, "I11 closed for good");
        vm.assertEq(q.deadline, c.due, "the deadline stays");
        vm.assertEq(q.claim, c.claim, "the claim stays");
        if (c.refused && q.instance == 0) {
            vm.assertEq(uint8(q.finding), uint8(IReviewPanel.Finding.None), "what was refused counts for nothing");
        }
    }
}
