// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IScoreBoard} from "../../../contracts/review/IScoreBoard.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {ScoreActions} from "./ScoreActions.sol";

/// @notice Batches of questions to be scored: board, validators' registry and vault together.
contract ScoreInvariants is InvariantBase {
    ScoreActions private _handler;

    function setUp() external {
        _handler = new ScoreActions();
        _target(_handler, "ScoreActions");
    }

    /// forge-config: default.invariant.runs = 60
    /// forge-config: default.invariant.depth = 60
    /// forge-config: default.invariant.check_interval = 4
    /// @notice I1: the board holds the fees of questions that are not settled, to the wei. I11: a result is for good,
    /// and so is an end; a seat stays open until its batch is closed.
    function invariant_I1_I11_feesAndSeatsAreWhatTheyAre() external view {
        vm.assertEq(_handler.vault().heldBy(address(_handler.board())), _handler.fees(), "I1 the board holds the fees");
        for (uint40 id = 1; id <= _handler.VALIDATORS(); ++id) {
            vm.assertEq(_handler.registry().validatorOf(id).openSeats, _handler.openSeats(id), "open seats");
        }
        for (uint256 i = 0; i < _handler.batches(); ++i) _check(_handler.batchAt(i));
    }

    /// @notice I15: after the last window every batch ends by anybody's calls, and all money and seats are free.
    function _afterRun() internal override {
        vm.warp(vm.getBlockTimestamp() + 30 days);
        _handler.endOverdue();
        vm.assertEq(_handler.vault().heldBy(address(_handler.board())), 0, "I15 no fee is kept");
        for (uint40 id = 1; id <= _handler.VALIDATORS(); ++id) {
            vm.assertEq(_handler.registry().validatorOf(id).openSeats, 0, "I15 no seat is kept");
        }
        uint256 held = _handler.token().balanceOf(address(_handler.vault()));
        vm.assertEq(held, _handler.vault().liabilities(), "I6 the vault owes what it holds");
    }

    function _check(ScoreActions.Batch memory b) private view {
        IScoreBoard.Question[] memory texts = _handler.textsOf(b.id);
        IScoreBoard.BatchView memory v = _handler.board().batchOf(b.id);
        vm.assertEq(v.asked, texts.length, "questions of a batch");
        vm.assertEq(v.settled, b.settled, "I11 settled once");
        vm.assertEq(v.status == IScoreBoard.Status.Closed, b.closed, "I11 closed for good");
        for (uint256 i = 0; i < texts.length; ++i) {
            bytes32 question = _handler.board().questionIdOf(texts[i]);
            uint168 result = _handler.resultOf(question);
            if (result == 0) continue;
            vm.assertEq(_handler.board().wordOf(b.id, question).sheet(), result, "I11 a result is for good");
        }
    }
}
