// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ScoreWord} from "../../../contracts/libraries/ScoreWord.sol";
import {SeatCommit} from "../../../contracts/libraries/SeatCommit.sol";
import {IScoreBoard} from "../../../contracts/review/IScoreBoard.sol";
import {vm} from "../base/Vm.sol";
import {ScoreSteps} from "./ScoreSteps.sol";

/// @notice Askers, validators, a gold setter and strangers act on the batches of a board.
contract ScoreActions is ScoreSteps {
    function ask(uint256 seed) external {
        _fresh(seed);
        _success();
    }

    function bindAlive(uint256 seed) external {
        uint256 index = _fresh(seed);
        board.bind(_batches[index].id);
        vm.expectPartialRevert(IScoreBoard.BoardRoundAlive.selector);
        board.bind(_batches[index].id);
        _success();
    }

    function expire(uint256 seed) external {
        uint256 index = _fresh(seed);
        vm.warp(board.batchOf(_batches[index].id).askEnd + 14 days + 1);
        vm.assertEq(uint8(_status(index)), uint8(IScoreBoard.Status.Failed), "I15 nobody draws for ever");
        _end(index);
        _success();
    }

    function report(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        uint256 silent = seed % 4;
        _commit(index, seed, silent);
        _report(index, silent);
        if (seed % 3 == 0) _passGrading(index);
        _success();
    }

    function revealAndSettle(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        uint40 batch = _batches[index].id;
        _commit(index, seed, NONE);
        uint256 open = seed % 4;
        for (uint256 seat = 0; seat < SEATS && seat < open; ++seat) {
            board.reveal(batch, uint8(seat), _leaves(batch, seat));
        }
        _passGrading(index);
        _settle(index);
        for (uint256 i = 0; i < _texts[batch].length; ++i) {
            bytes32 question = _questionAt(batch, i);
            uint168 expected = open < 2 ? 0 : _sheet(question, open == 2 ? 2 : NONE);
            if (open >= 2) vm.assertEq(board.wordOf(batch, question).sheet(), expected, "medians of what was opened");
            else vm.assertEq(board.scoreOf(batch, question).quality, 0, "no result without a quorum");
        }
        _close(index);
        _success();
    }

    function openGold(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        uint40 batch = _batches[index].id;
        _commit(index, seed, NONE);
        _report(index, NONE);
        vm.warp(board.batchOf(batch).revealEnd + 1);
        IScoreBoard.Question memory text = _texts[batch][0];
        bytes32 note = board.noteOf(address(this), text.subject, KNOWN, SALT);
        if (text.note != note) {
            vm.expectPartialRevert(IScoreBoard.BoardWrongNote.selector);
            board.openGold(text, KNOWN, SALT);
            return;
        }
        board.openGold(text, KNOWN, SALT);
        uint8 failed = board.batchOf(batch).failed;
        uint256[] memory before = new uint256[](SEATS);
        for (uint256 seat = 0; seat < SEATS; ++seat) {
            uint256 mark = _marks[_questionAt(batch, 0)][seat];
            bool far = mark > KNOWN + 15 || mark + 15 < KNOWN;
            vm.assertEq(failed & (1 << seat) != 0, far, "who is far off fails");
            before[seat] = vault.balanceOf(_batches[index].panel[seat]);
        }
        _passGrading(index);
        _settle(index);
        for (uint256 seat = 0; seat < SEATS; ++seat) {
            if (failed & (1 << seat) == 0) continue;
            uint40 validator = _batches[index].panel[seat];
            vm.assertEq(vault.balanceOf(validator), before[seat], "who failed is not paid");
        }
        _close(index);
        _success();
    }

    function accuse(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        uint40 batch = _batches[index].id;
        _commit(index, seed, NONE);
        uint256 seat = seed % SEATS;
        IScoreBoard.Row[] memory lie = _rows(batch, NONE);
        uint24 other = _marks[lie[0].question][seat] == 1 ? 2 : 1;
        lie[0].sheet = ScoreWord.wrap(lie[0].sheet).withMark(seat, other).sheet();
        _report(index, NONE);
        uint40 validator = _batches[index].panel[seat];
        bytes memory signature = _sign(validator, board.sheetDigest(batch, lie));
        IScoreBoard.Statement memory one = IScoreBoard.Statement(lie, 0, signature);
        IScoreBoard.Statement memory none = IScoreBoard.Statement(new IScoreBoard.Row[](0), 0, "");
        board.accuse(batch, _commits[batch], seat, one, none);
        vm.assertEq(board.batchOf(batch).failed, 1 << seat, "who signs two marks fails, alone");
        _success();
    }

    function forgeReport(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        uint40 batch = _batches[index].id;
        _commit(index, seed, NONE);
        IScoreBoard.Row[] memory rows = _rows(batch, NONE);
        bytes[] memory signatures = _signatures(batch, rows);
        SeatCommit[] memory commits = _commits[batch];
        if (seed % 2 == 0) {
            signatures[seed % SEATS] = signatures[((seed % SEATS) + 1) % SEATS];
            vm.expectPartialRevert(IScoreBoard.BoardWrongSignature.selector);
        } else {
            commits[seed % SEATS] = commits[seed % SEATS].withSigner(address(this));
            vm.expectPartialRevert(IScoreBoard.BoardWrongCommits.selector);
        }
        board.report(batch, rows, commits, signatures);
        _success();
    }

    function revealOther(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        uint40 batch = _batches[index].id;
        _commit(index, seed, NONE);
        IScoreBoard.Leaf[] memory leaves = _leaves(batch, seed % SEATS);
        if (seed % 2 == 0) leaves[0].mark = leaves[0].mark == 1 ? 2 : 1;
        uint8 seat = uint8(seed % 2 == 0 ? seed % SEATS : ((seed % SEATS) + 1) % SEATS);
        vm.expectPartialRevert(IScoreBoard.BoardWrongLeaf.selector);
        board.reveal(batch, seat, leaves);
        _success();
    }

    function settleTwice(uint256 seed) external {
        uint256 index = _seated(seed);
        if (index == NONE) return;
        _passGrading(index);
        _settle(index);
        vm.expectPartialRevert(IScoreBoard.BoardWrongQuestion.selector);
        board.settle(_texts[_batches[index].id]);
        _close(index);
        _success();
    }

    /// @notice Ends every batch that time has run out for.
    function endOverdue() external {
        for (uint256 i = 0; i < _batches.length; ++i) _end(i);
        _success();
    }

    /// @dev A fresh batch whose panel sits; NONE when too few could be drawn.
    function _seated(uint256 seed) private returns (uint256 index) {
        index = _fresh(seed);
        if (!_draw(index)) index = NONE;
    }
}
