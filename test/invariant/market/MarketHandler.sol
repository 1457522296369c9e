// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {vm} from "../base/Vm.sol";
import {MarketChecks} from "./MarketChecks.sol";

/// @notice I15: from whatever state, time and a stranger end every job.
contract MarketHandler is MarketChecks {
    /// @notice What remains of the escrow when every party falls silent; then the run goes on as if it had not been.
    function endAll(bool paused) external {
        uint256 state = vm.snapshotState();
        _endAll(paused);
        vm.revertToState(state);
        _success();
    }

    function _endAll(bool paused) private {
        (address stranger, ) = _actor("stranger");
        _keepers.push(stranger);
        escrow.setPaused(paused);
        // A job that comes back waits again: at most three draws, a request of a round for none of them.
        for (uint256 turn = 0; turn < 4 && _open.length != 0; ++turn) {
            vm.warp(_now() + 366 days);
            _letRoundEnd(stranger);
            for (uint256 place = _open.length; place > 0; --place) _endOne(_open[place - 1], stranger);
        }
        vm.assertEq(_open.length, 0, "I15 time and a stranger end every job");
        this.checkMoney();
        this.checkJobs();
        this.checkGpus();
        vm.assertEq(vault.heldBy(address(escrow)), _uncollected(), "I1 nothing is left but draw fees");
        for (uint256 i = 0; i < _keepers.length; ++i) {
            if (_drawFees[_keepers[i]] == 0) continue;
            vm.prank(_keepers[i]);
            escrow.collect();
        }
        vm.assertEq(vault.heldBy(address(escrow)), 0, "I1 and they are all collected");
    }

    function _endOne(uint256 index, address stranger) private {
        Played storage p = _played[index];
        if (_isUnbound(p)) _expire(index, stranger);
        else if (_isUnderWay(p)) _miss(index, stranger);
        else if (_isDelivered(p)) _settle(index, stranger);
        else if (_isDisputed(p)) _split(index, stranger);
        else if (_isAccused(p)) _convict(index, stranger);
        else if (_isRefundable(p)) _refund(index, stranger);
    }

    // The oracle stays silent: only a fallback block that was fixed before is a seed. Nobody draws.
    function _letRoundEnd(address stranger) private {
        if (beacon.fallbackTarget() != 0) _answer(0);
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            if (_hasSeed() && _pending(classId)) _close(classId, 256, stranger);
        }
    }
}
