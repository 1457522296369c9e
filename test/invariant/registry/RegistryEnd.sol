// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {GpuRegistry} from "../../../contracts/registry/GpuRegistry.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {TestBase} from "../base/TestBase.sol";
import {vm} from "../base/Vm.sol";
import {RegistryChecks} from "./RegistryChecks.sol";
import {RegistryWorld} from "./RegistryWorld.sol";

/// @notice I44: from any state, with work stopped and the modules' rights gone, every job can be ended, every slash
/// paid, all stake withdrawn and all credits collected; then the registry holds nothing but donations.
abstract contract RegistryEnd is TestBase {
    function _windDown(RegistryChecks handler) internal {
        GpuRegistry registry = handler.registry();
        address[] memory modules = handler.modules();
        vm.startPrank(address(handler));
        registry.setWorkStopped(true);
        for (uint256 i = 0; i < modules.length; ++i) registry.setModule(modules[i], 0);
        vm.stopPrank();

        _endJobs(handler, registry);
        _endSlashes(handler, registry);
        uint40 count = handler.lens().totals().gpus;
        for (uint40 gpu = 1; gpu <= count; ++gpu) _leave(registry, gpu);
        _collect(handler, registry);
        vm.assertEq(
            handler.token().balanceOf(address(registry)),
            handler.donated(),
            "I44 I6 nothing is left but donations"
        );
        vm.assertEq(handler.lens().totals().stake, 0, "I44 no stake is left in force");
    }

    function _endJobs(RegistryChecks handler, GpuRegistry registry) private {
        RegistryWorld.Job[] memory jobs = handler.jobs();
        for (uint256 i = 0; i < jobs.length; ++i) {
            IGpuRegistry.Outcome memory outcome;
            (outcome.gpu, outcome.lockGwei, outcome.freeSlot) = (jobs[i].gpu, uint64(jobs[i].lock), jobs[i].slot);
            vm.prank(jobs[i].module);
            registry.conclude(outcome);
        }
    }

    // A few days of the cap; what it defers for longer is given back.
    function _endSlashes(RegistryChecks handler, GpuRegistry registry) private {
        RegistryWorld.Slash[] memory slashes = handler.slashes();
        for (uint256 day = 0; day < 3; ++day) {
            vm.warp(vm.getBlockTimestamp() + 1 days);
            for (uint256 i = 0; i < slashes.length; ++i) {
                if (handler.lens().slashOf(slashes[i].id).pendingGwei != 0) registry.continueSlash(slashes[i].id);
            }
        }
        vm.warp(vm.getBlockTimestamp() + 90 days);
        for (uint256 i = 0; i < slashes.length; ++i) {
            registry.finaliseSlash(slashes[i].id);
            if (handler.lens().slashOf(slashes[i].id).pendingGwei == 0) continue;
            vm.prank(address(handler));
            registry.reverseSlash(slashes[i].id);
        }
    }

    function _leave(GpuRegistry registry, uint40 gpu) private {
        PaymentVault vault = PaymentVault(address(registry.vault()));
        address owner = vault.holderOf(registry.ownerOf(gpu));
        vm.startPrank(owner);
        // A tranche matures within 60 days, whatever the terms were.
        vm.warp(vm.getBlockTimestamp() + 60 days);
        if (registry.gpuOf(gpu).unbonding != 0) registry.withdraw(gpu, owner);
        if (!registry.gpuOf(gpu).leaving) {
            registry.beginUnbond(gpu, registry.gpuOf(gpu).stake);
            vm.warp(vm.getBlockTimestamp() + 60 days);
            if (registry.gpuOf(gpu).unbonding != 0) registry.withdraw(gpu, owner);
        }
        vm.stopPrank();
        // Flagged as an entrant, perhaps, and not touched since.
        uint40[] memory one = new uint40[](1);
        one[0] = gpu;
        registry.prune(one);
        IGpuRegistry.GpuView memory left = registry.gpuOf(gpu);
        vm.assertEq(left.stake + left.unbonding + left.locked + left.active, 0, "I44 every GPU can leave for good");
        vm.assertTrue(left.leaving && !left.listed, "I44 and stands in no list");
    }

    function _collect(RegistryChecks handler, GpuRegistry registry) private {
        PaymentVault vault = handler.vault();
        address[] memory payees = handler.payees();
        for (uint256 i = 0; i < payees.length; ++i) registry.collect(vault.accountOf(payees[i]));
        registry.collect(vault.treasury());
    }
}
