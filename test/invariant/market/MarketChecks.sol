// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../../../contracts/libraries/JobWord.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {MoneyActions} from "./MoneyActions.sol";

/// @notice What holds after every action: the contracts against the books, and both against the statements of SPEC 13.
abstract contract MarketChecks is MoneyActions {
    /// @notice I1, I6, I7, I12, I13, I19: every account, pot, fee and royalty is what the books say, and the parts are
    /// all that the vault holds.
    function checkMoney() external view {
        uint256 pots = 0;
        for (uint256 i = 0; i < _open.length; ++i) pots += _potGwei(_played[_open[i]]) * GWEI;
        vm.assertEq(vault.heldBy(address(escrow)), pots + _uncollected(), "I1 pots and draw fees, exactly");
        uint256 royalties = 0;
        for (uint256 i = 0; i < _assets.length; ++i) {
            vm.assertEq(assets.assetOf(_assets[i]).accruedGwei, _accrued[_assets[i]], "I13 royalties");
            royalties += _accrued[_assets[i]] * GWEI;
        }
        vm.assertEq(vault.heldBy(address(assets)), royalties, "I6 the vault holds them");
        vm.assertEq(vault.feesOf(address(escrow)), _feesGwei * GWEI, "I13 fees");
        uint256 owed = pots + _uncollected() + royalties + _feesGwei * GWEI;
        for (uint40 account = 1; vault.holderOf(account) != address(0); ++account) {
            vm.assertEq(vault.balanceOf(account), _expected[account], "I12 I16 I19 balance");
            owed += _expected[account];
        }
        vm.assertEq(vault.liabilities(), owed, "I6 the parts are the liabilities");
        vm.assertEq(token.balanceOf(address(vault)), owed + _donated, "I6 I7 and all but them is a gift");
    }

    /// @notice I11, I18: agreements never change, and what ended stays ended.
    function checkJobs() external view {
        for (uint256 i = 0; i < _played.length; ++i) {
            Played storage p = _played[i];
            if (_rings[p.requester][uint16(p.id >> 32)] != i + 1) continue;
            vm.assertEq(JobWord.unwrap(escrow.jobOf(p.id)), JobWord.unwrap(p.word), "I11 no step without an action");
            vm.assertEq(escrow.agreementHashOf(p.id), p.hash, "I18 the agreement is that of the posting");
        }
    }

    /// @notice I23: a GPU has the slots and the stake in use that its open jobs take, and what slashes defer.
    function checkGpus() external view {
        uint256[GPUS + 1] memory locks;
        uint256[GPUS + 1] memory active;
        for (uint256 i = 0; i < _open.length; ++i) {
            Played storage p = _played[_open[i]];
            uint40 gpu = p.word.gpu();
            if (_isPosted(p) || _isRefundable(p)) continue;
            locks[gpu] += uint256(p.a.lines.compute()) * p.a.terms.lockFactor();
            if (_isUnderWay(p)) ++active[gpu];
        }
        uint256 count = _slashCount();
        for (uint256 id = 1; id <= count; ++id) locks[lens.slashOf(id).gpu] += lens.slashOf(id).pendingGwei;
        for (uint40 gpu = 1; gpu <= GPUS; ++gpu) {
            IGpuRegistry.GpuView memory g = registry.gpuOf(gpu);
            vm.assertEq(g.locked, locks[gpu] * GWEI, "I23 locked for open jobs and deferred slashes");
            vm.assertEq(g.active, active[gpu], "as many slots as jobs");
            vm.assertLe(g.active, g.slots, "never more jobs than slots");
        }
    }

    function _uncollected() internal view returns (uint256 sum) {
        for (uint256 i = 0; i < _keepers.length; ++i) {
            vm.assertEq(escrow.drawFeesOf(_keepers[i]), _drawFees[_keepers[i]], "I12 draw fees");
            sum += _drawFees[_keepers[i]];
        }
    }
}
