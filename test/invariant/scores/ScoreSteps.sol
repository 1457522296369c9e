// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SeatCommit} from "../../../contracts/libraries/SeatCommit.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IScoreBoard} from "../../../contracts/review/IScoreBoard.sol";
import {vm} from "../base/Vm.sol";
import {ScoreWorld} from "./ScoreWorld.sol";

/// @notice The steps of a batch, each of which checks what it did.
abstract contract ScoreSteps is ScoreWorld {
    uint256 internal constant NONE = type(uint256).max;
    bytes32 internal constant SALT = keccak256("salt");
    uint24 internal constant KNOWN = 50;

    /// @dev A batch of one or two questions that waits; gold ones among them.
    function _fresh(uint256 seed) internal returns (uint256 index) {
        index = _batches.length;
        _batches.push();
        uint256 count = 1 + (seed % 2);
        for (uint256 i = 0; i < count; ++i) _ask(index, uint256(keccak256(abi.encode(seed, i))));
        uint40 end = board.batchOf(_batches[index].id).askEnd;
        if (vm.getBlockTimestamp() <= end) vm.warp(end + 1);
    }

    function _ask(uint256 index, uint256 seed) internal {
        uint256 fee = (SEATS + (seed % 1e7)) * UNIT;
        bytes32 subject = keccak256(abi.encode(index, seed));
        bytes32 note = seed % 2 == 0 ? board.noteOf(address(this), subject, KNOWN, SALT) : bytes32(seed);
        IScoreBoard.AskRequest memory request = IScoreBoard.AskRequest(subject, subject, 0, 1, 0, fee, note);
        uint256 before = vault.balanceOf(ASKER);
        vm.prank(_holder(ASKER));
        (uint40 batch, bytes32 question) = board.ask(request);
        vm.assertEq(before - vault.balanceOf(ASKER), fee, "the asker pays the fee");
        _batches[index].id = batch;
        _texts[batch].push(IScoreBoard.Question(batch, _holder(ASKER), subject, subject, 1, 0, note));
        _feeOf[question] = fee;
        fees += fee;
    }

    /// @dev Binds, answers and draws. False when too few could be drawn.
    function _draw(uint256 index) internal returns (bool) {
        uint40 batch = _batches[index].id;
        board.bind(batch);
        rounds.set(board.batchOf(batch).round, IRandomnessBeacon.RoundStatus.Answered, false);
        board.draw(batch);
        uint40[] memory panel = board.seatsOf(batch);
        if (panel.length == 0) return false;
        vm.assertEq(panel.length, SEATS, "all seats or none");
        for (uint256 i = 0; i < SEATS; ++i) {
            for (uint256 j = 0; j < i; ++j) vm.assertNotEq(panel[i], panel[j], "distinct owners");
            ++openSeats[panel[i]];
        }
        _batches[index].panel = panel;
        return true;
    }

    /// @dev All seats but `silent` commit to marks near or far from what is known.
    function _commit(uint256 index, uint256 seed, uint256 silent) internal {
        Batch storage b = _batches[index];
        for (uint256 seat = 0; seat < SEATS; ++seat) {
            if (seat == silent) continue;
            uint256 count = _texts[b.id].length;
            for (uint256 i = 0; i < count; ++i) {
                uint256 random = uint256(keccak256(abi.encode(seed, seat, i)));
                uint256 mark = random % 4 == 0 ? 1 + ((random >> 8) % 101) : 45 + ((random >> 8) % 10);
                _marks[_questionAt(b.id, i)][seat] = uint24(mark);
            }
            bytes32 root = _rootOf(b.id, seat, b.panel[seat]);
            vm.prank(_holder(b.panel[seat]));
            board.commit(b.id, uint8(seat), root);
            SeatCommit one = SeatCommit.wrap(0).withSigner(_holder(b.panel[seat]));
            _commits[b.id].push(one.withValidator(b.panel[seat]).withSeat(uint8(seat)));
        }
        if (silent < SEATS) vm.warp(board.batchOf(b.id).commitEnd + 1);
    }

    /// @dev Sheet of all questions, signed by all who committed.
    function _report(uint256 index, uint256 silent) internal {
        Batch storage b = _batches[index];
        IScoreBoard.Row[] memory rows = _rows(b.id, silent);
        board.report(b.id, rows, _commits[b.id], _signatures(b.id, rows));
        for (uint256 i = 0; i < rows.length; ++i) {
            vm.assertEq(
                board.wordOf(b.id, rows[i].question).sheet(),
                rows[i].sheet,
                "what was signed is what is known"
            );
            resultOf[rows[i].question] = rows[i].sheet;
        }
    }

    function _rows(uint40 batch, uint256 silent) internal view returns (IScoreBoard.Row[] memory rows) {
        rows = new IScoreBoard.Row[](_texts[batch].length);
        for (uint256 i = 0; i < rows.length; ++i) {
            bytes32 question = _questionAt(batch, i);
            rows[i] = IScoreBoard.Row(question, _sheet(question, silent));
        }
    }

    function _signatures(uint40 batch, IScoreBoard.Row[] memory rows) internal view returns (bytes[] memory all) {
        SeatCommit[] memory commits = _commits[batch];
        all = new bytes[](commits.length);
        bytes32 digest = board.sheetDigest(batch, rows);
        for (uint256 i = 0; i < all.length; ++i) all[i] = _sign(commits[i].validator(), digest);
    }

    function _leaves(uint40 batch, uint256 seat) internal view returns (IScoreBoard.Leaf[] memory leaves) {
        uint256 count = _texts[batch].length;
        uint40 validator = board.seatsOf(batch)[seat];
        leaves = new IScoreBoard.Leaf[](count);
        for (uint256 i = 0; i < count; ++i) {
            bytes32 question = _questionAt(batch, i);
            bytes32[] memory proof = new bytes32[](count - 1);
            if (count == 2) {
                bytes32 sibling = _questionAt(batch, 1 - i);
                proof[0] = board.leafOf(sibling, validator, _marks[sibling][seat], SALT);
            }
            leaves[i] = IScoreBoard.Leaf(question, _marks[question][seat], SALT, proof);
        }
    }

    /// @dev Settles the open questions of a batch and checks that every wei went to its seats or back.
    function _settle(uint256 index) internal {
        Batch storage b = _batches[index];
        IScoreBoard.Question[] memory texts = _texts[b.id];
        uint256 fee;
        for (uint256 i = 0; i < texts.length; ++i) fee += _feeOf[_questionAt(b.id, i)];
        uint256 before = _moneyOf(b.panel);
        board.settle(texts);
        vm.assertEq(_moneyOf(b.panel) - before, fee, "I13 a fee goes to the seats or back");
        fees -= fee;
        b.settled = texts.length;
        for (uint256 i = 0; i < texts.length; ++i) {
            bytes32 question = _questionAt(b.id, i);
            if (resultOf[question] == 0) resultOf[question] = board.wordOf(b.id, question).sheet();
        }
    }

    function _close(uint256 index) internal {
        Batch storage b = _batches[index];
        board.close(b.id);
        b.closed = true;
        for (uint256 seat = 0; seat < SEATS; ++seat) --openSeats[b.panel[seat]];
    }

    /// @dev As far as time alone lets anybody bring a batch.
    function _end(uint256 index) internal {
        IScoreBoard.Status status = _status(index);
        bool over = status == IScoreBoard.Status.Settling || status == IScoreBoard.Status.Failed;
        if (over && _batches[index].settled == 0) _settle(index);
        if (status == IScoreBoard.Status.Settling) _close(index);
    }

    function _passGrading(uint256 index) internal {
        uint256 end = board.batchOf(_batches[index].id).gradeEnd;
        if (vm.getBlockTimestamp() <= end) vm.warp(end + 1);
    }

    function _questionAt(uint40 batch, uint256 place) internal view returns (bytes32) {
        return board.questionIdOf(_texts[batch][place]);
    }

    function _moneyOf(uint40[] memory panel) private view returns (uint256 sum) {
        sum = vault.balanceOf(ASKER);
        for (uint256 i = 0; i < panel.length; ++i) sum += vault.balanceOf(panel[i]);
    }

    function _rootOf(uint40 batch, uint256 seat, uint40 validator) private view returns (bytes32 root) {
        uint256 count = _texts[batch].length;
        bytes32 first = _questionAt(batch, 0);
        root = board.leafOf(first, validator, _marks[first][seat], SALT);
        if (count == 1) return root;
        bytes32 second = _questionAt(batch, 1);
        bytes32 other = board.leafOf(second, validator, _marks[second][seat], SALT);
        return root < other ? keccak256(abi.encode(root, other)) : keccak256(abi.encode(other, root));
    }
}
