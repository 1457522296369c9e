// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {AsideWord} from "../libraries/AsideWord.sol";
import {BondWord} from "../libraries/BondWord.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {StakerWord} from "../libraries/StakerWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {DrawLists} from "./DrawLists.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";

/// @title Stakes
/// @notice Stake in force, unbonding tranche and locks of GPUs.
/// @dev A GPU holds stake in force plus its tranche. `locked` is the sum of the open locks as they were taken, plus the
/// deferred parts of slashes; it never shrinks by a slash of something else, so that every lock is released for exactly
/// what it was. Functions take and return the GPU's word, which the caller stores.
library Stakes {
    using SafeERC20 for IERC20;

    uint256 private constant BPS = 10_000;

    /// @notice Word of a known GPU.
    function known(RegistryState storage s, uint40 gpu) internal view returns (GpuWord word) {
        word = s.gpus[gpu];
        if (!word.exists()) revert IGpuRegistry.RegistryUnknownGpu(gpu);
    }

    /// @notice Refuses a caller who does not hold the account of the GPU's owner.
    function requireOwner(RegistryState storage s, uint40 gpu, GpuWord word) internal view {
        if (s.accounts[msg.sender] != word.owner()) revert IGpuRegistry.RegistryNotOwner(gpu, msg.sender);
    }

    /// @notice Refuses a caller who neither is the hot key nor holds the account of the GPU's owner.
    function requireWorker(RegistryState storage s, uint40 gpu, GpuWord word, address caller) internal view {
        if (!worksFor(s, gpu, word, caller)) revert IGpuRegistry.RegistryNotWorker(gpu, caller);
    }

    /// @notice Whether `caller` is the hot key of a known GPU or holds the account of its owner.
    function worksFor(RegistryState storage s, uint40 gpu, GpuWord word, address caller) internal view returns (bool) {
        if (word.hasBond() && caller != address(0) && s.bonds[gpu].operator() == caller) return true;
        return word.exists() && s.accounts[caller] == word.owner();
    }

    /// @notice Word of a known GPU that is about to change: the first change of a listed GPU in an open round sets the
    /// values of its request aside, for the draws still to come.
    function open(RegistryState storage s, uint40 gpu, RegistryWord hub) internal returns (GpuWord word) {
        word = known(s, gpu);
        return word.listed() ? setAside(s, gpu, word, hub) : word;
    }

    /// @notice As `open`, without the latest round at hand: only a listed GPU needs it.
    function open(RegistryState storage s, uint40 gpu) internal returns (GpuWord word) {
        word = known(s, gpu);
        return word.listed() ? setAside(s, gpu, word, s.hub) : word;
    }

    /// @notice `word` of a listed GPU, its values set aside when a round is open that has not done so.
    function setAside(RegistryState storage s, uint40 gpu, GpuWord word, RegistryWord hub) internal returns (GpuWord) {
        if (!hub.isOpen() || word.stamp() == hub.round()) return word;
        s.asides[gpu] = s.asides[gpu].withFrozenStake(word.stake()).withFrozenLocked(word.locked()).withFrozenActive(
            word.active()
        );
        return word.withStamp(hub.round()).withWasOut(word.paused() || word.leaving());
    }

    /// @notice Gwei units of the tranche.
    function unbondingOf(RegistryState storage s, uint40 gpu, GpuWord word) internal view returns (uint64) {
        return word.hasBond() ? s.bonds[gpu].unbonding() : 0;
    }

    /// @notice Gwei units that the contract holds for the GPU: stake in force and tranche.
    function held(RegistryState storage s, uint40 gpu, GpuWord word) internal view returns (uint64) {
        return word.stake() + unbondingOf(s, gpu, word);
    }

    /// @notice Whether the GPU left for good: nothing held, nothing locked, no job.
    function isRetired(RegistryState storage s, uint40 gpu, GpuWord word) internal view returns (bool) {
        return word.leaving() && word.locked() == 0 && word.active() == 0 && held(s, gpu, word) == 0;
    }

    /// @notice Moves stake into force.
    function give(RegistryState storage s, GpuWord word, uint64 amount) internal returns (GpuWord) {
        _move(s, word.owner(), 0, amount);
        return word.withStake(word.stake() + amount);
    }

    /// @notice Takes up to `amount` of what is held, stake in force first, then the tranche.
    function take(
        RegistryState storage s,
        uint40 gpu,
        GpuWord word,
        uint64 amount
    ) internal returns (GpuWord, uint64 taken) {
        taken = amount < word.stake() ? amount : word.stake();
        uint64 rest = amount - taken;
        if (taken != 0) {
            _move(s, word.owner(), taken, 0);
            word = word.withStake(word.stake() - taken);
        }
        if (rest != 0 && word.hasBond()) {
            BondWord bond = s.bonds[gpu];
            if (rest > bond.unbonding()) rest = bond.unbonding();
            s.bonds[gpu] = bond.withUnbonding(bond.unbonding() - rest);
            taken += rest;
        }
        return (word, taken);
    }

    /// @notice Moves `amount` out of force into a fresh tranche; all of it means that the GPU leaves.
    function beginUnbond(
        RegistryState storage s,
        uint40 gpu,
        GpuWord word,
        uint64 amount
    ) internal returns (GpuWord, uint40 endsAt) {
        if (word.leaving()) revert IGpuRegistry.RegistryLeaving(gpu);
        BondWord bond = s.bonds[gpu];
        if (bond.unbonding() != 0) revert IGpuRegistry.RegistryTrancheOpen(gpu);
        if (amount == word.stake()) {
            StakerWord staker = s.stakers[word.owner()];
            s.stakers[word.owner()] = staker.withGpus(staker.gpus() - 1);
            word = word.withLeaving(true);
        } else {
            uint64 least = s.classes[word.classId()].minStakeGwei();
            if (amount > word.stake() || word.stake() - amount < least || amount == 0) {
                revert IGpuRegistry.RegistryStakeOutOfBounds(amount, least);
            }
        }
        // The cast is safe until the year 2106.
        endsAt = uint32(block.timestamp + s.ledger.unbonding());
        s.bonds[gpu] = bond.withUnbonding(amount).withEndsAt(uint32(endsAt));
        _move(s, word.owner(), amount, 0);
        return (word.withStake(word.stake() - amount).withHasBond(true), endsAt);
    }

    /// @notice Returns the whole tranche to the stake in force; a leaving GPU stays, if that is still the class
    /// minimum.
    function cancelUnbond(RegistryState storage s, uint40 gpu, GpuWord word) internal returns (GpuWord, uint64 amount) {
        BondWord bond = s.bonds[gpu];
        amount = bond.unbonding();
        if (amount == 0) revert IGpuRegistry.RegistryNoTranche(gpu);
        s.bonds[gpu] = bond.withUnbonding(0).withEndsAt(0);
        if (word.leaving()) {
            uint64 least = s.classes[word.classId()].minStakeGwei();
            if (amount < least) revert IGpuRegistry.RegistryStakeOutOfBounds(amount, least);
            StakerWord staker = s.stakers[word.owner()];
            s.stakers[word.owner()] = staker.withGpus(staker.gpus() + 1);
            word = word.withLeaving(false);
        }
        return (give(s, word, amount), amount);
    }

    /// @notice Takes out of a matured tranche what no lock covers.
    function withdraw(RegistryState storage s, uint40 gpu, GpuWord word) internal returns (uint64 amount) {
        BondWord bond = s.bonds[gpu];
        amount = bond.unbonding();
        if (amount == 0) revert IGpuRegistry.RegistryNoTranche(gpu);
        if (block.timestamp < bond.endsAt()) revert IGpuRegistry.RegistryStillUnbonding(bond.endsAt());
        uint64 free = word.stake() + amount;
        if (free <= word.locked()) revert IGpuRegistry.RegistryStakeLocked(gpu, word.locked());
        free -= word.locked();
        if (free < amount) {
            s.bonds[gpu] = bond.withUnbonding(amount - free);
            return free;
        }
        s.bonds[gpu] = bond.withUnbonding(0).withEndsAt(0);
    }

    /// @notice Releases a lock; the deferred parts of slashes stay locked.
    function unlock(RegistryState storage s, uint40 gpu, GpuWord word, uint64 amount) internal view returns (GpuWord) {
        uint64 most = word.locked();
        // Never negative: the deferred parts are locked.
        if (word.hasPending()) most -= s.asides[gpu].pending();
        return word.withLocked(word.locked() - (amount < most ? amount : most));
    }

    /// @notice Caller's pay of a class, gwei units (SPEC 12).
    function callerPay(RegistryState storage s, uint8 classId) internal view returns (uint64) {
        // The cast is safe: at most 1% of a uint64.
        return uint64((uint256(s.classes[classId].minStakeGwei()) * s.ledger.callerPayBps()) / BPS);
    }

    /// @notice Counts gwei units owed to the treasury.
    function owe(RegistryState storage s, uint64 amount) internal {
        s.ledger = s.ledger.withFees(s.ledger.fees() + amount);
    }

    /// @notice Counts a decline; returns how many that makes today, and whether it costs the caller's pay.
    function countDecline(
        RegistryState storage s,
        uint40 gpu,
        uint16 day
    ) internal returns (uint8 declines, bool charged) {
        AsideWord aside = s.asides[gpu];
        declines = aside.declineDay() == day ? aside.declines() : 0;
        if (declines < type(uint8).max) ++declines;
        s.asides[gpu] = aside.withDeclineDay(day).withDeclines(declines);
        charged = declines > s.penalties.freeDeclines();
    }

    /// @notice Counts reported energy for owner and class, and gives the slot of the finished work back.
    function finish(
        RegistryState storage s,
        uint40 gpu,
        GpuWord word,
        RegistryWord hub,
        uint32 energy
    ) internal returns (GpuWord) {
        StakerWord staker = s.stakers[word.owner()];
        uint256 sum = uint256(staker.energy()) + energy;
        // The cast is safe: the sum is cut at the greatest uint64.
        s.stakers[word.owner()] = staker.withEnergy(sum > type(uint64).max ? type(uint64).max : uint64(sum));
        if (word.active() != 0) word = word.withActive(word.active() - 1);
        if (word.isIdle() && !word.listed()) return DrawLists.joinWithEnergy(s, gpu, word, hub, energy);
        DrawLists.addEnergy(s, word.classId(), hub, energy);
        return DrawLists.sync(s, gpu, word, hub);
    }

    /// @notice One slot less in use, and the GPU back in its list when it is idle.
    function freeSlot(RegistryState storage s, uint40 gpu, GpuWord word, RegistryWord hub) internal returns (GpuWord) {
        if (word.active() != 0) word = word.withActive(word.active() - 1);
        return DrawLists.sync(s, gpu, word, hub);
    }

    /// @notice Pays an account of the vault; what names none goes to the treasury, so that no payout gets stuck.
    function payOrOwe(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        uint40 account,
        uint64 amount
    ) internal {
        if (amount == 0) return;
        if (vault.holderOf(account) == address(0)) owe(s, amount);
        else deposit(vault, token, account, Units.toWei(amount));
    }

    /// @notice Pays token wei into an account of the vault.
    function deposit(IPaymentVault vault, IERC20 token, uint40 account, uint256 amount) internal {
        emit IGpuRegistry.Collected(account, amount);
        token.forceApprove(address(vault), amount);
        vault.deposit(account, amount);
    }

    /// @dev Sums of the owner and of all, and the votes of an owner who delegated them.
    function _move(RegistryState storage s, uint40 owner, uint64 minus, uint64 plus) private {
        StakerWord staker = s.stakers[owner];
        uint64 oldStake = staker.stake();
        uint64 newStake = oldStake - minus + plus;
        s.stakers[owner] = staker.withStake(newStake);
        s.ledger = s.ledger.withTotal(s.ledger.total() - minus + plus);
        if (staker.votes()) s.votes.stakeChanged(owner, Units.toWei(oldStake), Units.toWei(newStake));
    }
}
