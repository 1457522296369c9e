// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {StakeActions} from "./StakeActions.sol";

/// @notice What modules do: rounds, draws, named jobs, and every way an assignment ends.
abstract contract WorkActions is StakeActions {
    // Rounds

    function openRound(uint256 moduleSeed, uint256 jobs) external {
        if (_round != 0) _close();
        _open(_module(moduleSeed), _bound(jobs, 1, 6));
        _success();
    }

    /// @notice A request that died is replaced by its own module only; everything is frozen anew.
    function replaceRound(uint256 jobs, uint256 step) external {
        if (_round == 0) _open(_module(step), _bound(jobs, 1, 6));
        address module = _opener;
        uint32 round = _round + uint32(_bound(step, 1, 1e6));
        jobs = _bound(jobs, 1, 6);
        address other = module == _modules[0] ? _modules[1] : _modules[0];
        _grant(other);
        vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryRoundOpen.selector, _round));
        vm.prank(other);
        registry.openRound(round, uint32(jobs), _round);
        vm.prank(module);
        registry.openRound(round, uint32(jobs), _round);
        _freeze(round, jobs, module);
        _success();
    }

    function dropFromRound(uint256 jobs) external {
        if (_round == 0) return;
        jobs = _bound(jobs, 1, _remaining);
        vm.prank(_opener);
        registry.dropFromRound(uint32(jobs));
        _count(jobs);
        _success();
    }

    /// @notice Who is drawn is what the request froze and the seed say, whatever happened since.
    function draw(uint256 seed, uint256 place, uint256 lock, uint256 who) external {
        if (_round == 0) _open(_module(place), 3);
        if (_draw(_drawRequest(seed, place, lock, who)) != 0) _success();
    }

    function assignNamed(uint256 gpuSeed, uint256 moduleSeed, uint256 lock) external {
        uint40 gpu = _gpuThat(gpuSeed, _mayBeNamed);
        if (gpu == 0) return;
        _name(gpu, _module(moduleSeed), _bound(lock, 1, _gpu(gpu).stake - _lockedOf(gpu)));
        _success();
    }

    function assignNamedEntrant(uint256 gpuSeed, uint256 moduleSeed) external {
        if (_round == 0) _open(_module(moduleSeed), 2);
        uint40 gpu = _gpuThat(gpuSeed, _isEntrant);
        if (gpu == 0 || _gpu(gpu).leaving) return;
        _grant(_module(moduleSeed));
        vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryFrozenEntrant.selector, gpu, _round));
        vm.prank(_module(moduleSeed));
        registry.assignNamed(gpu, 1);
        _success();
    }

    /// @notice I23: what a lock covers stays, matured or not.
    function withdrawLocked(uint256 gpuSeed, uint256 moduleSeed) external {
        uint40 gpu = _gpuThat(gpuSeed, _mayBeNamedAndUnbond);
        if (gpu == 0) return;
        uint256 snapshot = vm.snapshotState();
        _name(gpu, _module(moduleSeed), _gpu(gpu).stake - _lockedOf(gpu));
        _beginUnbond(gpu, 0);
        address holder = _holderOf(gpu);
        vm.warp(_gpu(gpu).endsAt);
        vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryStakeLocked.selector, gpu, uint64(_lockedOf(gpu))));
        vm.prank(holder);
        registry.withdraw(gpu, address(this));
        vm.revertToState(snapshot);
        _success();
    }

    function prune(uint256 fromSeed) external {
        if (_round != 0) {
            vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryRoundOpen.selector, _round));
            registry.prune(new uint40[](0));
            _close();
        }
        uint40[] memory all = new uint40[](_gpus.length);
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = uint40((i + (fromSeed % all.length)) % all.length) + 1;
            _touch(all[i]);
        }
        registry.prune(all);
        _success();
    }

    // Ends of assignments

    function finishWork(uint256 jobSeed, uint256 energy, bool byOperator) external {
        (uint256 index, bool found) = _workingJob(jobSeed);
        if (!found) (index, found) = _newJob(jobSeed);
        if (!found) return;
        Job storage job = _jobs[index];
        Gpu storage g = _gpu(job.gpu);
        uint256 elapsed = _now() - job.since < 1 days ? _now() - job.since : 1 days;
        uint256 watts = uint256(71) * g.classId;
        energy = _bound(
            energy,
            (uint256(7) * g.classId * elapsed * 1_000) / (3_600 * uint256(g.slots)),
            (watts * (elapsed + 1) * 1_200) / (3_600 * uint256(g.slots))
        );
        address worker = byOperator && g.operator != address(0) ? g.operator : _holderOf(job.gpu);
        vm.prank(job.module);
        registry.finishWork({
            gpu: job.gpu,
            caller: worker,
            energyMilliWattHours: uint32(energy),
            elapsed: uint32(elapsed)
        });
        job.slot = false;
        _classEnergy[g.classId] += energy;
        _ownerEnergy[g.owner] += energy;
        _touch(job.gpu);
        _success();
    }

    function settle(uint256 jobSeed, uint256 seed) external {
        if (!_anyJob(jobSeed)) return;
        _conclude(jobSeed % _jobs.length, IGpuRegistry.OutcomeKind.Success, seed);
        _success();
    }

    function miss(uint256 jobSeed, uint256 seed) external {
        if (!_anyJob(jobSeed)) return;
        _conclude(jobSeed % _jobs.length, IGpuRegistry.OutcomeKind.NonCompletion, seed);
        _success();
    }

    function defraud(uint256 jobSeed, uint256 seed) external {
        // The others must find somebody to work for them.
        if (_barredOwners() > OWNERS / 2 || !_anyJob(jobSeed)) return;
        _conclude(jobSeed % _jobs.length, IGpuRegistry.OutcomeKind.Fraud, seed);
        _success();
    }

    function letGo(uint256 jobSeed, uint256 seed) external {
        if (!_anyJob(jobSeed)) return;
        _conclude(jobSeed % _jobs.length, IGpuRegistry.OutcomeKind.Released, seed);
        _success();
    }

    function decline(uint256 jobSeed) external {
        (uint256 index, bool found) = _workingJob(jobSeed);
        if (!found) (index, found) = _newJob(jobSeed);
        if (!found) return;
        (uint40 gpu, uint256 lock) = (_jobs[index].gpu, _jobs[index].lock);
        vm.prank(_jobs[index].module);
        registry.recordDecline(gpu, uint64(lock));
        _dropJob(index);
        _touch(gpu);
        Gpu storage g = _gpu(gpu);
        if (g.declineDay != _day()) (g.declineDay, g.declines) = (_day(), 0);
        if (++g.declines > _terms.freeDeclines) _fees += _charge(gpu);
        _settleLost(gpu);
        _success();
    }

    // For other actions

    function _open(address module, uint256 jobs) internal {
        _grant(module);
        vm.prank(module);
        registry.openRound(_lastRound + 1, uint32(jobs), 0);
        _freeze(_lastRound + 1, jobs, module);
    }

    // Draws in up to three calls; returns who was drawn, 0 for nobody.
    function _draw(IGpuRegistry.DrawRequest memory request) internal returns (uint40 gpu) {
        for (uint256 calls = 0; calls < 3 && gpu == 0; ++calls) {
            (uint40 expected, uint256 next) = _expectedDraw(request);
            vm.prank(_opener);
            (gpu, request.firstTry) = registry.draw(request);
            vm.assertEq(gpu, expected, "drawn by the frozen state and the seed alone");
            vm.assertEq(request.firstTry, next, "tries are numbered, and go on where the last call stopped");
        }
        if (gpu == 0) return 0;
        _seat(gpu, request);
        _count(1);
    }

    function _close() internal {
        vm.prank(_opener);
        registry.dropFromRound(uint32(_remaining));
        _count(_remaining);
    }

    function _name(uint40 gpu, address module, uint256 lock) internal {
        _grant(module);
        vm.prank(module);
        registry.assignNamed(gpu, uint64(lock));
        _jobs.push(Job({gpu: gpu, module: module, slot: true, drawn: false, lock: lock, since: _now()}));
        _touch(gpu);
    }

    function _conclude(uint256 index, IGpuRegistry.OutcomeKind kind, uint256 seed) internal {
        Job memory job = _jobs[index];
        IGpuRegistry.Outcome memory outcome = _outcome(job, kind, seed);
        vm.prank(job.module);
        vm.assertEq(registry.conclude(outcome), _gpu(job.gpu).owner, "concluded for the owner");
        _dropJob(index);
        if (job.slot) _touch(job.gpu);
        if (kind == IGpuRegistry.OutcomeKind.NonCompletion && outcome.caller != 0) {
            _credits[outcome.caller] += _charge(job.gpu);
        }
        _record(outcome);
        _settleLost(job.gpu);
    }

    // The sum that an owner pays for a miss or a decline, as far as there is anything.
    function _charge(uint40 gpu) private returns (uint256 paid) {
        paid = _takeFrom(gpu, _callerPay(_gpu(gpu).classId));
        _forfeited += paid;
        _lose(gpu, paid);
    }

    function _outcome(
        Job memory job,
        IGpuRegistry.OutcomeKind kind,
        uint256 seed
    ) private view returns (IGpuRegistry.Outcome memory o) {
        seed = _spread(seed);
        (o.gpu, o.lockGwei, o.kind, o.freeSlot) = (job.gpu, uint64(job.lock), kind, job.slot);
        o.scored = seed % 8 != 0;
        o.gain = (seed >> 8) % 4 != 0;
        o.halfGain = (seed >> 16) % 2 == 0;
        o.worst = (seed >> 24) % 4 == 0;
        o.complexity = uint8((seed >> 32) % 12);
        o.creditedSeconds = uint32((seed >> 40) % 90_000);
        // Few requesters, so that a day sees some of them again.
        o.requester = uint40((seed >> 64) % 7) + 1;
        o.caller = (seed >> 72) % 3 == 0 ? 0 : _payee(seed >> 80);
    }

    function _drawRequest(
        uint256 seed,
        uint256 place,
        uint256 lock,
        uint256 who
    ) private view returns (IGpuRegistry.DrawRequest memory r) {
        (place, who) = (_spread(place), _spread(who));
        r.classId = _drawableClass(place);
        r.region = (place >> 8) % 4 == 0 ? _region(place >> 10) : ANY_REGION;
        r.firstTry = uint16((place >> 16) % 257);
        r.tries = (place >> 32) % 8 == 0 ? uint16((place >> 40) % 17) : 16;
        r.seed = bytes32(seed);
        r.lockGwei = uint64(_bound(lock, 1, _minStake(r.classId) / 2));
        r.priceGwei = r.lockGwei / 5;
        r.requester = who % 3 != 0 ? _payee(who >> 8) : _accountOf(_owner(who >> 8));
        r.payeeA = (who >> 16) % 4 == 0 ? _accountOf(_owner(who >> 24)) : 0;
        r.payeeB = (who >> 32) % 8 == 0 ? _accountOf(_owner(who >> 40)) : 0;
    }

    // The first class from the seed on that has entrants.
    function _drawableClass(uint256 seed) private view returns (uint8 classId) {
        for (uint256 i = 0; i < CLASSES; ++i) {
            classId = uint8(((seed % CLASSES) + i) % CLASSES) + 1;
            for (uint256 j = 0; j < 3; ++j) {
                if (_entrants[classId][_region(j)].length != 0) return classId;
            }
        }
    }

    // Whether there is a job, or can be.
    function _anyJob(uint256 seed) internal returns (bool found) {
        if (_jobs.length != 0) return true;
        (, found) = _newJob(seed);
    }

    // A named job of a GPU that takes one.
    function _newJob(uint256 seed) internal returns (uint256 index, bool found) {
        uint40 gpu = _gpuThat(seed, _mayBeNamed);
        if (gpu == 0) return (0, false);
        _name(gpu, _module(seed), _bound(seed >> 8, 1, _gpu(gpu).stake - _lockedOf(gpu)));
        return (_jobs.length - 1, true);
    }

    function _workingJob(uint256 seed) internal view returns (uint256 index, bool found) {
        for (uint256 i = 0; i < _jobs.length; ++i) {
            index = ((seed % _jobs.length) + i) % _jobs.length;
            if (_jobs[index].slot) return (index, true);
        }
    }

    // Gives a module the rights that it lacks for new work.
    function _grant(address module) internal {
        if (lens.moduleOf(module).scopes != ALL_SCOPES) registry.setModule(module, ALL_SCOPES);
    }

    function _mayBeNamed(uint40 gpu) internal view returns (bool) {
        Gpu storage g = _gpu(gpu);
        if (g.leaving || _isEntrant(gpu) || _isBarred(g.owner)) return false;
        return _activeOf(gpu) < g.slots && g.stake > _lockedOf(gpu);
    }

    function _barredOwners() internal view returns (uint256 count) {
        for (uint256 i = 0; i < OWNERS; ++i) {
            if (_isBarred(_accountOf(_owners[i]))) ++count;
        }
    }

    function _mayBeNamedAndUnbond(uint40 gpu) internal view returns (bool) {
        return _mayBeNamed(gpu) && _mayUnbond(gpu);
    }
}
