// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {GovernanceActions} from "./GovernanceActions.sol";

/// @notice Everything that an owner, a module or governance could pull between the request of a round and a draw in it.
abstract contract LeverActions is GovernanceActions {
    /// @notice No lever on a GPU moves the draw in which that GPU only just fits, or only just does not (SPEC 5).
    function drawAfterLever(uint256 gpuSeed, uint256 lever, uint256 seed, uint256 jobs) external {
        if (_round == 0) _open(_module(seed), _bound(jobs, 2, 6));
        uint40 gpu = _gpuThat(gpuSeed, _isEntrant);
        if (gpu == 0) return;
        _pull(gpu, lever, _spread(seed));
        // Twice, because a GPU with several slots stays among the entrants.
        for (uint256 i = 0; i < 2 && _isEntrant(gpu); ++i) _draw(_atTheEdge(gpu, _spread(seed) >> i));
        _success();
    }

    function _pull(uint40 gpu, uint256 lever, uint256 seed) private {
        lever %= 8;
        if (lever == 0 && !_gpu(gpu).leaving) _addStake(gpu, seed);
        if (lever == 1) _setPaused(gpu, !_gpu(gpu).paused, seed % 2 == 0);
        if (lever == 2 && _mayUnbond(gpu)) _beginUnbond(gpu, seed);
        if (lever == 3) _slash(_module(seed), _request(gpu, _held(gpu), 0, seed), _jobs.length);
        if (lever == 4) _setTerms(seed);
        if (lever > 4) _endJobOf(gpu, IGpuRegistry.OutcomeKind(seed % 4), seed);
    }

    // Ends a job of the owner, so that its score, its locks and its slots change.
    function _endJobOf(uint40 gpu, IGpuRegistry.OutcomeKind kind, uint256 seed) private {
        if (kind == IGpuRegistry.OutcomeKind.Fraud && _barredOwners() > OWNERS / 2) return;
        for (uint256 i = 0; i < _jobs.length; ++i) {
            uint256 index = ((seed % _jobs.length) + i) % _jobs.length;
            if (_gpu(_jobs[index].gpu).owner != _gpu(gpu).owner) continue;
            _conclude(index, kind, seed);
            return;
        }
    }

    // A lock that the entrant can just cover, or just not; or a price that its probation just allows, or just not.
    function _atTheEdge(uint40 gpu, uint256 seed) private view returns (IGpuRegistry.DrawRequest memory r) {
        Entrant storage e = _frozen[gpu];
        (r.classId, r.region, r.tries, r.seed) = (_gpu(gpu).classId, _gpu(gpu).region, 16, bytes32(seed));
        uint64 more = uint64(seed % 2);
        if ((seed >> 8) % 3 != 0 && e.stake >= e.locked) {
            (r.lockGwei, r.priceGwei) = (uint64(e.stake - e.locked) + more, 1);
        } else {
            (r.lockGwei, r.priceGwei) = (1, uint64((e.stake * _roundShare) / 100) + more);
        }
        r.requester = _payee(seed);
    }
}
