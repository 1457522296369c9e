// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {AsideWord} from "../libraries/AsideWord.sol";
import {BondWord} from "../libraries/BondWord.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {RegistryModuleWord} from "../libraries/RegistryModuleWord.sol";
import {SlashClaimWord} from "../libraries/SlashClaimWord.sol";
import {SlashWord} from "../libraries/SlashWord.sol";
import {StakeLedgerWord} from "../libraries/StakeLedgerWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";
import {Scores} from "./Scores.sol";
import {Stakes} from "./Stakes.sol";

/// @title Slashes
/// @notice Held slashes: taken at once, paid out or given back later. External library: its code runs in the registry's
/// storage.
library Slashes {
    /// @notice Least time from a slash to its payout, seconds; a module that asks for less gets this.
    uint256 internal constant MIN_HOLD = 48 hours;

    /// @notice Greatest time from a slash to its payout, seconds; a module that asks for more gets this.
    uint256 internal constant MAX_HOLD = 90 days;

    uint8 internal constant HELD = 1;
    uint8 internal constant FINALISED = 2;
    uint8 internal constant REVERSED = 3;

    uint256 private constant BPS = 10_000;

    /// @notice Takes stake into a held slash (IGpuRegistry.slash), called by a module with the right to.
    /// @param arguments encoded SlashRequest
    function slash(RegistryState storage s, bytes calldata arguments) external returns (uint256 slashId, uint64 taken) {
        IGpuRegistry.SlashRequest memory request = abi.decode(arguments, (IGpuRegistry.SlashRequest));
        GpuWord word = Stakes.open(s, request.gpu);
        RegistryModuleWord module = s.moduleWords[msg.sender];
        uint64 pending;
        (word, pending) = _claimed(s, request, word);
        (module, taken) = _ration(s.ledger, module, Stakes.unbondingOf(s, request.gpu, word), pending);
        s.moduleWords[msg.sender] = module;
        pending -= taken;
        (word, ) = Stakes.take(s, request.gpu, word, taken);
        s.gpus[request.gpu] = _defer(s, request.gpu, word, pending);
        // No underflow: a module with a right has a place in the list.
        SlashWord filed = SlashWord.wrap(0).withTaken(taken).withPending(pending).withModule(module.slot() - 1);
        slashId = _file(s, request, filed);
    }

    /// @notice Takes more of a deferred slash (IGpuRegistry.continueSlash).
    function continueSlash(RegistryState storage s, uint256 slashId) external returns (uint64 taken) {
        SlashWord word = _held(s, slashId);
        uint64 pending = word.pending();
        if (pending == 0) revert IGpuRegistry.RegistryNothingPending(slashId);
        uint40 gpu = word.gpu();
        GpuWord gpuWord = Stakes.open(s, gpu);
        uint64 held = Stakes.held(s, gpu, gpuWord);

        address by = s.modules[word.module()];
        RegistryModuleWord module;
        // The tranche is what is held beside the stake in force.
        uint64 wanted = pending < held ? pending : held;
        (module, taken) = _ration(s.ledger, s.moduleWords[by], held - gpuWord.stake(), wanted);
        s.moduleWords[by] = module;
        (gpuWord, ) = Stakes.take(s, gpu, gpuWord, taken);
        // A GPU that leaves empty never holds anything again: what is left would only keep its device bound.
        uint64 dropped = gpuWord.leaving() && taken == held ? pending - taken : 0;
        s.gpus[gpu] = _undefer(s, gpu, gpuWord, taken + dropped);
        pending -= taken + dropped;
        word = word.withTaken(word.taken() + taken).withPending(pending);
        s.slashes[slashId] = word;
        emit IGpuRegistry.Slashed(slashId, gpu, Units.toWei(taken), Units.toWei(pending), word.holdUntil());
    }

    /// @notice Splits what a slash took (IGpuRegistry.finaliseSlash). A deferred rest stays open for another call.
    function finalise(RegistryState storage s, IPaymentVault vault, IERC20 token, uint256 slashId) external {
        SlashWord word = _held(s, slashId);
        if (block.timestamp < word.holdUntil()) revert IGpuRegistry.RegistryStillHeld(slashId, word.holdUntil());
        uint64 rest = word.taken();
        (uint40 beneficiary, uint64 toBeneficiary) = _toBeneficiary(s, slashId, rest);
        rest -= toBeneficiary;
        uint64 toFinder = _toFinder(s, word, rest);
        rest -= toFinder;
        s.slashes[slashId] = word.withTaken(0).withState(word.pending() == 0 ? FINALISED : HELD);
        Stakes.owe(s, rest);
        emit IGpuRegistry.SlashFinalised({
            slash: slashId,
            toBeneficiary: Units.toWei(toBeneficiary),
            toFinder: Units.toWei(toFinder),
            toTreasury: Units.toWei(rest)
        });
        Stakes.payOrOwe(s, vault, token, beneficiary, toBeneficiary);
        Stakes.payOrOwe(s, vault, token, word.finder(), toFinder);
    }

    /// @notice Gives back what a slash took and did not pay out (IGpuRegistry.reverseSlash).
    /// @param byOwner whether the registry's owner calls
    function reverse(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        uint256 slashId,
        bool byOwner
    ) external {
        SlashWord word = _held(s, slashId);
        if (!byOwner && s.modules[word.module()] != msg.sender) revert IGpuRegistry.RegistryNotSlasher(msg.sender);
        uint40 gpu = word.gpu();
        uint64 amount = word.taken();
        s.slashes[slashId] = word.withTaken(0).withPending(0).withState(REVERSED);
        emit IGpuRegistry.SlashReversed(slashId, Units.toWei(amount));

        GpuWord gpuWord = _undefer(s, gpu, Stakes.open(s, gpu), word.pending());
        if (!gpuWord.leaving()) {
            s.gpus[gpu] = Stakes.give(s, gpuWord, amount);
            return;
        }
        s.gpus[gpu] = gpuWord;
        if (Stakes.isRetired(s, gpu, gpuWord)) {
            Stakes.payOrOwe(s, vault, token, gpuWord.owner(), amount);
        } else {
            BondWord bond = s.bonds[gpu];
            s.bonds[gpu] = bond.withUnbonding(bond.unbonding() + amount);
        }
    }

    /// @dev Who is made whole first, and with how much of `rest`.
    function _toBeneficiary(
        RegistryState storage s,
        uint256 slashId,
        uint64 rest
    ) private returns (uint40 beneficiary, uint64 amount) {
        SlashClaimWord claim = s.claims[slashId];
        beneficiary = claim.beneficiary();
        if (beneficiary == 0) return (0, 0);
        amount = rest < claim.amount() ? rest : claim.amount();
        s.claims[slashId] = claim.withAmount(claim.amount() - amount);
    }

    /// @dev The finder's share of everything taken, at most what is left.
    function _toFinder(RegistryState storage s, SlashWord word, uint64 rest) private view returns (uint64 amount) {
        if (word.finder() == 0) return 0;
        // The cast is safe: at most a fifth of a uint64.
        amount = uint64((uint256(word.taken()) * s.penalties.finderBps()) / BPS);
        return amount < rest ? amount : rest;
    }

    /// @dev Clamps what is asked to what an incident may take and to what is held and not yet claimed by a deferred
    /// slash, and frees the lock that it uses up.
    function _claimed(
        RegistryState storage s,
        IGpuRegistry.SlashRequest memory request,
        GpuWord word
    ) private view returns (GpuWord, uint64 wanted) {
        uint64 held = Stakes.held(s, request.gpu, word);
        uint64 deferred = word.hasPending() ? s.asides[request.gpu].pending() : 0;
        uint64 lock = word.locked() - deferred;
        if (request.fromLockGwei < lock) lock = request.fromLockGwei;
        // The cast is safe: at most half of a uint64.
        uint64 most = uint64((uint256(held) * s.ledger.incidentPercent()) / 100);
        if (most < lock) most = lock;
        uint64 free = held > deferred ? held - deferred : 0;
        if (most > free) most = free;
        wanted = request.amountGwei < most ? request.amountGwei : most;
        return (word.withLocked(word.locked() - lock), wanted);
    }

    /// @dev What a module may still slash today out of `wanted`. The GPU's stake counts in the cap with its tranche
    /// (`unbonding`), so that leaving first changes nothing; rounded up, the cap is never 0 while something is held.
    function _ration(
        StakeLedgerWord ledger,
        RegistryModuleWord module,
        uint64 unbonding,
        uint64 wanted
    ) private view returns (RegistryModuleWord, uint64 taken) {
        uint16 day = Scores.today();
        uint64 spent = module.slashDay() == day ? module.slashedToday() : 0;
        // The cast is safe: at most a fifth of twice a uint64.
        uint64 cap = uint64(((uint256(ledger.total()) + unbonding) * ledger.moduleCapPercent() + 99) / 100);
        uint64 left = cap > spent ? cap - spent : 0;
        taken = wanted < left ? wanted : left;
        return (module.withSlashDay(day).withSlashedToday(spent + taken), taken);
    }

    /// @dev Locks what the daily cap deferred.
    function _defer(RegistryState storage s, uint40 gpu, GpuWord word, uint64 pending) private returns (GpuWord) {
        if (pending == 0) return word;
        AsideWord aside = s.asides[gpu];
        s.asides[gpu] = aside.withPending(aside.pending() + pending);
        return word.withHasPending(true).withLocked(word.locked() + pending);
    }

    /// @dev Unlocks a deferred part that was taken or dropped.
    function _undefer(RegistryState storage s, uint40 gpu, GpuWord word, uint64 amount) private returns (GpuWord) {
        if (amount == 0) return word;
        AsideWord aside = s.asides[gpu];
        uint64 left = aside.pending() - amount;
        s.asides[gpu] = aside.withPending(left);
        return word.withHasPending(left != 0).withLocked(word.locked() - amount);
    }

    function _file(
        RegistryState storage s,
        IGpuRegistry.SlashRequest memory request,
        SlashWord word
    ) private returns (uint256 slashId) {
        slashId = s.ledger.slashes() + 1;
        // The cast is safe: fewer than 2^32 slashes, each of which costs a transaction.
        s.ledger = s.ledger.withSlashes(uint32(slashId));
        word = word.withGpu(request.gpu).withFinder(request.finder).withState(HELD);
        word = word.withHoldUntil(_bounded(request.holdUntil));
        s.slashes[slashId] = word;
        if (request.beneficiary != 0) {
            SlashClaimWord claim = SlashClaimWord.wrap(0).withBeneficiary(request.beneficiary);
            s.claims[slashId] = claim.withAmount(request.beneficiaryGwei);
        }
        emit IGpuRegistry.Slashed({
            slash: slashId,
            gpu: request.gpu,
            taken: Units.toWei(word.taken()),
            pending: Units.toWei(word.pending()),
            holdUntil: word.holdUntil()
        });
    }

    function _bounded(uint40 holdUntil) private view returns (uint40) {
        if (holdUntil < block.timestamp + MIN_HOLD) return uint40(block.timestamp + MIN_HOLD);
        if (holdUntil > block.timestamp + MAX_HOLD) return uint40(block.timestamp + MAX_HOLD);
        return holdUntil;
    }

    function _held(RegistryState storage s, uint256 slashId) private view returns (SlashWord word) {
        word = s.slashes[slashId];
        if (word.state() != HELD) revert IGpuRegistry.RegistrySlashNotHeld(slashId);
    }
}
