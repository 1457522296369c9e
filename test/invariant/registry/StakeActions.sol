// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {RegistrationActions} from "./RegistrationActions.sol";

/// @notice What owners and operators do: stake, unbonding, keys, pauses.
abstract contract StakeActions is RegistrationActions {
    function addStake(uint256 gpuSeed, uint256 amount) external {
        uint40 gpu = _gpuThat(gpuSeed, _isStaying);
        if (gpu == 0) return;
        _addStake(gpu, amount);
        _success();
    }

    function beginUnbond(uint256 gpuSeed, uint256 amount) external {
        uint40 gpu = _gpuThat(gpuSeed, _mayUnbond);
        if (gpu == 0) return;
        _beginUnbond(gpu, amount);
        _success();
    }

    function cancelUnbond(uint256 gpuSeed) external {
        uint40 gpu = _gpuThat(gpuSeed, _hasTranche);
        if (gpu == 0) gpu = _gpuThat(gpuSeed, _mayUnbond);
        if (gpu == 0) return;
        Gpu storage g = _gpu(gpu);
        if (g.unbonding == 0) _beginUnbond(gpu, gpuSeed);
        if (g.unbonding == 0) return;
        address holder = _holderOf(gpu);
        bool tooLittle = g.leaving && g.unbonding < _minStake(g.classId);
        if (tooLittle) {
            bytes4 refusal = IGpuRegistry.RegistryStakeOutOfBounds.selector;
            vm.expectRevert(abi.encodeWithSelector(refusal, uint64(g.unbonding), uint64(_minStake(g.classId))));
        }
        vm.prank(holder);
        registry.cancelUnbond(gpu);
        if (tooLittle) return;
        g.stake += g.unbonding;
        (g.unbonding, g.endsAt, g.leaving) = (0, 0, false);
        _touch(gpu);
        _success();
    }

    /// @notice I22, I24: the second before a tranche matures belongs to the registry, the next one to the owner.
    function withdraw(uint256 gpuSeed, bool early) external {
        uint40 gpu = _gpuThat(gpuSeed, _mayWithdraw);
        if (gpu == 0) {
            gpu = _gpuThat(gpuSeed, _mayUnbond);
            if (gpu != 0) _beginUnbond(gpu, gpuSeed);
        }
        if (gpu == 0 || !_mayWithdraw(gpu)) return;
        Gpu storage g = _gpu(gpu);
        address holder = _holderOf(gpu);
        if (_now() < g.endsAt) {
            if (early) vm.warp(g.endsAt - 1);
            vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryStillUnbonding.selector, g.endsAt));
            vm.prank(holder);
            registry.withdraw(gpu, address(this));
            vm.warp(g.endsAt);
        }
        uint256 free = _held(gpu) - _lockedOf(gpu);
        uint256 expected = free < g.unbonding ? free : g.unbonding;
        uint256 before = token.balanceOf(address(this));
        vm.prank(holder);
        uint256 amount = registry.withdraw(gpu, address(this));
        vm.assertEq(amount, expected * GWEI, "I23 exactly what no lock covers leaves");
        vm.assertEq(token.balanceOf(address(this)) - before, amount, "paid as reported");
        g.unbonding -= expected;
        if (g.unbonding == 0) g.endsAt = 0;
        _withdrawn += expected;
        // Its stake at the request may be gone when it is drawn (a round that stays open for weeks).
        if (_isEntrant(gpu)) _lose(gpu, expected);
        _success();
    }

    // Keys and availability

    function setPaused(uint256 gpuSeed, bool paused, bool byOperator) external {
        _setPaused(_anyGpu(gpuSeed), paused, byOperator);
        _success();
    }

    function setOperator(uint256 gpuSeed, uint160 operator) external {
        uint40 gpu = _anyGpu(gpuSeed);
        address key = operator % 3 == 0 ? address(0) : address(operator);
        vm.prank(_holderOf(gpu));
        registry.setOperator(gpu, key);
        _gpu(gpu).operator = key;
        _success();
    }

    // For other actions

    function _addStake(uint40 gpu, uint256 amount) internal {
        amount = _bound(amount, 1, 2 * _minStake(_gpu(gpu).classId));
        registry.addStake(gpu, amount * GWEI);
        _gpu(gpu).stake += amount;
        _staked += amount;
    }

    function _setPaused(uint40 gpu, bool paused, bool byOperator) internal {
        address caller = byOperator && _gpu(gpu).operator != address(0) ? _gpu(gpu).operator : _holderOf(gpu);
        vm.prank(caller);
        registry.setPaused(gpu, paused);
        _gpu(gpu).paused = paused;
        _touch(gpu);
    }

    function _beginUnbond(uint40 gpu, uint256 amount) internal {
        Gpu storage g = _gpu(gpu);
        uint256 least = _minStake(g.classId);
        // All of it, or so much that the least stake stays.
        if (g.stake <= least || amount % 4 == 0) amount = g.stake;
        else amount = _bound(amount, 1, g.stake - least);
        vm.prank(_holderOf(gpu));
        registry.beginUnbond(gpu, amount * GWEI);
        g.leaving = amount == g.stake;
        g.stake -= amount;
        (g.unbonding, g.endsAt) = (amount, _now() + _terms.unbonding);
        _touch(gpu);
    }

    /// @dev The first GPU from the seed on of which `fits` is true, or 0.
    function _gpuThat(uint256 seed, function(uint40) view returns (bool) fits) internal view returns (uint40) {
        for (uint256 i = 0; i < _gpus.length; ++i) {
            uint40 gpu = uint40(((seed % _gpus.length) + i) % _gpus.length) + 1;
            if (fits(gpu)) return gpu;
        }
        return 0;
    }

    function _isStaying(uint40 gpu) internal view returns (bool) {
        return !_gpu(gpu).leaving;
    }

    function _hasTranche(uint40 gpu) internal view returns (bool) {
        return _gpu(gpu).unbonding != 0;
    }

    function _mayUnbond(uint40 gpu) internal view returns (bool) {
        return !_gpu(gpu).leaving && _gpu(gpu).unbonding == 0;
    }

    function _mayWithdraw(uint40 gpu) internal view returns (bool) {
        return _gpu(gpu).unbonding != 0 && _held(gpu) > _lockedOf(gpu);
    }
}
