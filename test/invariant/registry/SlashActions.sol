// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {WorkActions} from "./WorkActions.sol";

/// @notice Slashes: of a job's lock, of an incident, deferred by the daily cap, paid out, given back.
abstract contract SlashActions is WorkActions {
    function slashLock(uint256 jobSeed, uint256 part, uint256 amount, uint256 seed) external {
        (uint256 index, bool found) = _lockedJob(jobSeed);
        if (!found) (index, found) = _newJob(jobSeed);
        if (!found) return;
        Job storage job = _jobs[index];
        uint256 lock = part % 3 == 0 ? _bound(part, 1, job.lock) : job.lock;
        _slash(job.module, _request(job.gpu, _bound(amount, 1, 3 * lock), lock, seed), index);
        _success();
    }

    function slashIncident(uint256 gpuSeed, uint256 moduleSeed, uint256 amount, uint256 seed) external {
        uint40 gpu = _gpuThat(gpuSeed, _hasSomething);
        if (gpu == 0) return;
        _slash(_module(moduleSeed), _request(gpu, _bound(amount, 1, _held(gpu)), 0, seed), _jobs.length);
        _success();
    }

    /// @notice I22: whoever begins to unbond first is slashed for the same sum.
    function slashAfterUnbonding(uint256 gpuSeed, uint256 moduleSeed, uint256 amount, uint256 seed) external {
        uint40 gpu = _gpuThat(gpuSeed, _mayUnbond);
        if (gpu == 0) return;
        address module = _module(moduleSeed);
        IGpuRegistry.SlashRequest memory request = _request(gpu, _bound(amount, 1, 1e20), 0, seed);
        uint256 snapshot = vm.snapshotState();
        uint256 before = _slash(module, request, _jobs.length);
        vm.revertToState(snapshot);
        _beginUnbond(gpu, seed);
        vm.assertEq(_slash(module, request, _jobs.length), before, "I22 unbonding first saves nothing");
        vm.revertToState(snapshot);
        _success();
    }

    function continueSlash(uint256 seed, uint256 day) external {
        (uint256 index, bool found) = _deferredSlash(seed);
        for (uint256 i = 0; i < 4 && !found; ++i) {
            uint40 gpu = _gpuThat((seed % MAX_GPUS) + i, _hasSomething);
            if (gpu != 0) _slash(_module(seed), _request(gpu, _held(gpu), 0, seed), _jobs.length);
            (index, found) = _deferredSlash(seed);
        }
        if (!found) return;
        Slash storage slash = _slashes[index];
        if (day % 4 != 0) vm.warp((_day() + 1) * 1 days);
        uint256 held = _held(slash.gpu);
        uint256 expected = _rationed(slash.module, slash.gpu, slash.pending < held ? slash.pending : held);
        vm.assertEq(registry.continueSlash(slash.id), expected, "the cap rations what was deferred");
        _takeFrom(slash.gpu, expected);
        slash.taken += expected;
        // Nothing will ever cover the rest of a GPU that leaves empty.
        slash.pending = _gpu(slash.gpu).leaving && expected == held ? 0 : slash.pending - expected;
        _settleLost(slash.gpu);
        if (expected != 0) _success();
    }

    /// @notice A held slash is paid to the wei, and not a second early.
    function finaliseSlash(uint256 seed) external {
        if (_slashes.length == 0) return;
        uint256 index = seed % _slashes.length;
        Slash storage slash = _slashes[index];
        if (_now() < slash.holdUntil) {
            vm.warp(slash.holdUntil - 1);
            vm.expectRevert(
                abi.encodeWithSelector(IGpuRegistry.RegistryStillHeld.selector, slash.id, uint40(slash.holdUntil))
            );
            registry.finaliseSlash(slash.id);
            vm.warp(slash.holdUntil);
        }
        _finalise(index);
        _success();
    }

    function reverseSlash(uint256 seed, bool byOwner) external {
        if (_slashes.length == 0) return;
        uint256 index = seed % _slashes.length;
        address stranger = _owner(seed);
        vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryNotSlasher.selector, stranger));
        vm.prank(stranger);
        registry.reverseSlash(_slashes[index].id);
        _reverse(index, byOwner);
        _success();
    }

    // For other actions

    // Slashes and returns what was taken or deferred. `jobIndex` is the job whose lock it uses up, if there is one.
    function _slash(
        address module,
        IGpuRegistry.SlashRequest memory request,
        uint256 jobIndex
    ) internal returns (uint256 wanted) {
        uint40 gpu = request.gpu;
        wanted = _wanted(request);
        uint256 taken = _rationed(module, gpu, wanted);
        vm.prank(module);
        (uint256 id, uint64 takenGwei) = registry.slash(request);
        vm.assertEq(id, ++_slashCount, "ids of slashes follow each other");
        vm.assertEq(takenGwei, taken, "I22 a slash takes what is asked, held and allowed today");
        vm.assertEq(_takeFrom(gpu, taken), taken, "I22 never more than is held");
        if (jobIndex < _jobs.length) _jobs[jobIndex].lock -= request.fromLockGwei;

        Slash memory slash;
        (slash.id, slash.gpu, slash.module, slash.finder) = (id, gpu, module, request.finder);
        (slash.taken, slash.pending) = (taken, wanted - taken);
        if (request.beneficiary != 0) {
            (slash.beneficiary, slash.promised) = (request.beneficiary, request.beneficiaryGwei);
        }
        slash.holdUntil = _clamped(request.holdUntil, _now() + 48 hours, _now() + 90 days);
        _slashes.push(slash);
        _lose(gpu, wanted > request.fromLockGwei ? wanted - request.fromLockGwei : 0);
    }

    function _finalise(uint256 index) internal {
        Slash storage slash = _slashes[index];
        uint256 rest = slash.taken;
        _forfeited += rest;
        uint256 toBeneficiary = slash.promised < rest ? slash.promised : rest;
        uint256 toFinder = slash.finder == 0 ? 0 : (rest * _terms.finderBps) / 10_000;
        rest -= toBeneficiary;
        if (toFinder > rest) toFinder = rest;
        _fees += rest - toFinder;
        slash.promised -= toBeneficiary;
        _pay(slash.beneficiary, toBeneficiary);
        _pay(slash.finder, toFinder);
        registry.finaliseSlash(slash.id);
        slash.taken = 0;
        if (slash.pending == 0) _dropSlash(index);
    }

    function _reverse(uint256 index, bool byOwner) internal {
        Slash memory slash = _slashes[index];
        // The handler owns the registry.
        if (!byOwner) vm.prank(slash.module);
        registry.reverseSlash(slash.id);
        _dropSlash(index);
        Gpu storage g = _gpu(slash.gpu);
        if (!g.leaving) {
            g.stake += slash.taken;
        } else if (_isRetired(slash.gpu)) {
            _pay(g.owner, slash.taken);
            _returned += slash.taken;
        } else {
            g.unbonding += slash.taken;
        }
        _settleLost(slash.gpu);
    }

    // What is paid into the vault, or owed to the treasury where the account is unknown.
    function _pay(uint40 account, uint256 amount) private {
        if (account == NOBODY || account == 0) _fees += amount;
        else _intoVault += amount;
    }

    function _dropSlash(uint256 index) private {
        _slashes[index] = _slashes[_slashes.length - 1];
        _slashes.pop();
    }

    function _request(
        uint40 gpu,
        uint256 amount,
        uint256 lock,
        uint256 seed
    ) internal view returns (IGpuRegistry.SlashRequest memory r) {
        seed = _spread(seed);
        (r.gpu, r.amountGwei, r.fromLockGwei) = (gpu, _toUint64(amount), uint64(lock));
        r.finder = _anyAccount(seed);
        r.beneficiary = _anyAccount(seed >> 32);
        r.beneficiaryGwei = uint64(_bound(seed >> 64, 0, amount));
        // Before, within and behind the bounds of the hold.
        r.holdUntil = uint40(_now() + ((seed >> 128) % 100 days));
    }

    // I22: at most the larger of the lock and the incident's share, and what no other slash has claimed.
    function _wanted(IGpuRegistry.SlashRequest memory request) private view returns (uint256) {
        uint256 held = _held(request.gpu);
        uint256 pending = _pendingOf(request.gpu);
        uint256 most = (held * _terms.incidentPercent) / 100;
        if (most < request.fromLockGwei) most = request.fromLockGwei;
        uint256 free = held > pending ? held - pending : 0;
        if (most > free) most = free;
        return request.amountGwei < most ? request.amountGwei : most;
    }

    // What the daily cap of a module leaves of `wanted`; counts it.
    function _rationed(address module, uint40 gpu, uint256 wanted) private returns (uint256 taken) {
        uint256 cap = ((_totalStake() + _gpu(gpu).unbonding) * _terms.moduleCapPercent + 99) / 100;
        uint256 spent = _slashedOn[module][_day()];
        uint256 left = cap > spent ? cap - spent : 0;
        taken = wanted < left ? wanted : left;
        _slashedOn[module][_day()] += taken;
    }

    function _lockedJob(uint256 seed) private view returns (uint256 index, bool found) {
        for (uint256 i = 0; i < _jobs.length; ++i) {
            index = ((seed % _jobs.length) + i) % _jobs.length;
            if (_jobs[index].lock != 0) return (index, true);
        }
    }

    function _deferredSlash(uint256 seed) private view returns (uint256 index, bool found) {
        for (uint256 i = 0; i < _slashes.length; ++i) {
            index = ((seed % _slashes.length) + i) % _slashes.length;
            if (_slashes[index].pending != 0 && _held(_slashes[index].gpu) != 0) return (index, true);
        }
    }

    function _hasSomething(uint40 gpu) private view returns (bool) {
        return _held(gpu) != 0;
    }

    function _toUint64(uint256 amount) private pure returns (uint64) {
        return amount > type(uint64).max ? type(uint64).max : uint64(amount);
    }

    function _clamped(uint256 value, uint256 low, uint256 high) private pure returns (uint256) {
        if (value < low) return low;
        return value > high ? high : value;
    }
}
