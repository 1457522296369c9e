// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {ITrainingChains} from "../../../contracts/market/ITrainingChains.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {ChainActions} from "./ChainActions.sol";
import {ChainModel} from "./ChainModel.sol";

/// @notice Chains of trainings beside a plain model of them, while their jobs are worked on, disputed and judged.
contract ChainInvariants is InvariantBase {
    using ChainModel for ChainModel.Job;

    ChainActions private _handler;

    function setUp() external {
        _handler = new ChainActions();
        _target(_handler, "ChainActions");
    }

    /// forge-config: default.invariant.runs = 45
    /// forge-config: default.invariant.depth = 120
    /// forge-config: default.invariant.check_interval = 4
    /// @notice I18: a chain is what the attempt's operator committed to last, and nothing changes it from the delivery
    /// on; one of an earlier attempt counts for nothing. I16: jobs are independent. What a panel looks at is drawn by
    /// consent alone, is in range, named segment and last one included, and counts as opened to no panel but that to
    /// which it was opened.
    function invariant_I16_I18_chainsAreWhatTheModelSays() external view {
        for (uint256 i = 0; i < _handler.count(); ++i) _check(_handler.jobAt(i));
    }

    function _check(ChainModel.Job memory j) private view {
        IJobEscrow escrow = IJobEscrow(address(_handler.jobs()));
        ITrainingChains.ChainView memory chain = _handler.chains().chainOf(escrow, j.jobId);
        vm.assertEq(chain.root, j.root, "I18 the chain of the present attempt");
        vm.assertEq(chain.segments, j.segments, "I18 as long as it was said");
        if (j.stage != ChainModel.Stage.Work) vm.assertEq(chain.root, j.fixedRoot, "I18 fixed by the delivery");

        ITrainingChains.CheckView memory check = _handler.chains().checkOf(escrow, j.jobId);
        vm.assertEq(check.question, j.question, "the question of this job");
        vm.assertEq(uint256(check.lot), j.lot, "the lot of the present panel");
        vm.assertEq(
            check.openEnd,
            j.lot == 0 ? 0 : _handler.openEndOf(j.drawnAt),
            "until 6 hours before the commits end"
        );
        bool opened = j.lot != 0 && j.openedLot == j.lot;
        vm.assertEq(check.opened, opened, "opened to the present panel");
        if (opened) vm.assertTrue(j.isRight && j.named != 0, "with the result at its end, and by consent");
        _checkDrawn(j, check.drawn);
    }

    function _checkDrawn(ChainModel.Job memory j, uint256[] memory drawn) private pure {
        uint256[] memory expected = j.drawnOf();
        vm.assertEq(abi.encode(drawn), abi.encode(expected), "the segments that the seed chooses");
        if (j.named == 0 || j.lot == 0) {
            vm.assertEq(drawn.length, 0, "nothing without consent or draw");
            return;
        }
        for (uint256 i = 0; i < drawn.length; ++i) {
            vm.assertLt(drawn[i], j.segments, "in range");
            vm.assertFalse(ChainModel.contains(drawn, i, drawn[i]), "distinct");
        }
        vm.assertEq(drawn[0], uint256(j.segments) - 1, "the last one");
        vm.assertTrue(ChainModel.contains(drawn, drawn.length, j.named - 1), "the named one");
    }
}
