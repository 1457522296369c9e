// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {BondWord} from "../libraries/BondWord.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {DrawLists} from "./DrawLists.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";
import {Stakes} from "./Stakes.sol";

/// @title StakeDesk
/// @notice What owners and operators do with their GPUs, and payouts into the vault. External library: its code runs in
/// the registry's storage, for the caller of the registry.
library StakeDesk {
    using SafeERC20 for IERC20;

    /// @notice See IGpuRegistry.addStake.
    function addStake(RegistryState storage s, IERC20 token, uint40 gpu, uint256 amount) external {
        uint64 added = Units.toGweiExact(amount);
        if (added == 0) revert IGpuRegistry.RegistryZeroAmount();
        GpuWord word = Stakes.open(s, gpu);
        if (word.leaving()) revert IGpuRegistry.RegistryLeaving(gpu);
        word = Stakes.give(s, word, added);
        s.gpus[gpu] = word;
        emit IGpuRegistry.StakeAdded(gpu, amount, Units.toWei(word.stake()));
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice See IGpuRegistry.beginUnbond.
    function beginUnbond(RegistryState storage s, uint40 gpu, uint256 amount) external {
        RegistryWord hub = s.hub;
        GpuWord word = Stakes.open(s, gpu, hub);
        Stakes.requireOwner(s, gpu, word);
        // Anyone may add stake, so that an owner who leaves cannot know the exact sum beforehand.
        uint64 part = amount == type(uint256).max ? word.stake() : Units.toGweiExact(amount);
        uint40 endsAt;
        (word, endsAt) = Stakes.beginUnbond(s, gpu, word, part);
        word = DrawLists.sync(s, gpu, word, hub);
        s.gpus[gpu] = word;
        emit IGpuRegistry.UnbondingBegun(gpu, Units.toWei(part), endsAt);
        if (Stakes.isRetired(s, gpu, word)) emit IGpuRegistry.GpuRetired(gpu, word.owner());
    }

    /// @notice See IGpuRegistry.cancelUnbond.
    function cancelUnbond(RegistryState storage s, uint40 gpu) external {
        RegistryWord hub = s.hub;
        GpuWord word = Stakes.open(s, gpu, hub);
        Stakes.requireOwner(s, gpu, word);
        uint64 amount;
        (word, amount) = Stakes.cancelUnbond(s, gpu, word);
        s.gpus[gpu] = DrawLists.sync(s, gpu, word, hub);
        emit IGpuRegistry.UnbondingCancelled(gpu, Units.toWei(amount));
    }

    /// @notice See IGpuRegistry.setPaused.
    function setPaused(RegistryState storage s, uint40 gpu, bool paused) external {
        RegistryWord hub = s.hub;
        GpuWord word = Stakes.open(s, gpu, hub);
        Stakes.requireWorker(s, gpu, word, msg.sender);
        s.gpus[gpu] = DrawLists.sync(s, gpu, word.withPaused(paused), hub);
        emit IGpuRegistry.GpuPaused(gpu, paused);
    }

    /// @notice See IGpuRegistry.setOperator.
    function setOperator(RegistryState storage s, uint40 gpu, address operator) external {
        GpuWord word = Stakes.known(s, gpu);
        Stakes.requireOwner(s, gpu, word);
        BondWord bond = s.bonds[gpu];
        emit IGpuRegistry.OperatorChanged(gpu, bond.operator(), operator);
        s.bonds[gpu] = bond.withOperator(operator);
        s.gpus[gpu] = word.withHasBond(true);
    }

    /// @notice See IGpuRegistry.prune.
    function prune(RegistryState storage s, uint40[] calldata gpus) external {
        RegistryWord hub = s.hub;
        if (hub.isOpen()) revert IGpuRegistry.RegistryRoundOpen(hub.round());
        for (uint256 i = 0; i < gpus.length; ++i) {
            s.gpus[gpus[i]] = DrawLists.sync(s, gpus[i], Stakes.known(s, gpus[i]), hub);
        }
    }

    /// @notice See IGpuRegistry.collect.
    function collect(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        uint40 account
    ) external returns (uint256 amount) {
        uint64 credit = s.credits[account];
        s.credits[account] = 0;
        if (account == vault.treasury()) {
            credit += s.ledger.fees();
            s.ledger = s.ledger.withFees(0);
        }
        if (credit == 0) return 0;
        amount = Units.toWei(credit);
        Stakes.deposit(vault, token, account, amount);
    }
}
