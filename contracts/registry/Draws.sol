// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {AsideWord} from "../libraries/AsideWord.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {Lanes} from "../libraries/Lanes.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {WeightedDraw} from "../libraries/WeightedDraw.sol";
import {DrawLists} from "./DrawLists.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";
import {Scores} from "./Scores.sol";

/// @title Draws
/// @notice Weighted draws among the frozen entrants of the open round, and assignments.
library Draws {
    /// @notice Region of a draw that any region serves.
    uint8 internal constant ANY_REGION = 255;

    /// @notice Tries of one call.
    uint16 internal constant MAX_TRIES = 16;

    /// @notice Makes the tries of a request until one fits. Returns 0 when none did.
    function pick(
        RegistryState storage s,
        IGpuRegistry.DrawRequest memory request,
        RegistryWord hub
    ) internal view returns (uint40 gpu, uint16 nextTry) {
        uint256 lanes = DrawLists.frozenLanes(s, request.classId, hub);
        uint256 length = request.region == ANY_REGION ? Lanes.total(lanes) : Lanes.read(lanes, request.region);
        uint256 end = uint256(request.firstTry) + request.tries;
        for (uint256 number = request.firstTry; length != 0 && number < end; ++number) {
            uint256 random = WeightedDraw.word(request.seed, number);
            uint256 region = request.region;
            uint256 index = WeightedDraw.index(random, length);
            if (region == ANY_REGION) (region, index) = Lanes.locate(lanes, index);
            uint40 candidate = DrawLists.at(s, request.classId, region, index);
            if (_fits(s, request, hub, candidate, random)) return (candidate, SafeCast.toUint16(number + 1));
        }
        return (0, SafeCast.toUint16(end));
    }

    /// @notice Takes a slot and the lock of a GPU that was drawn.
    /// @dev It leaves the entrants when the slots it had at the request are used up. Slots freed since do not count for
    /// this round; with one of those it joins the list again, behind the entrants.
    function seat(RegistryState storage s, uint40 gpu, uint64 lock, RegistryWord hub) internal {
        GpuWord word = s.gpus[gpu];
        uint8 active = word.active();
        if (word.stamp() == hub.round()) {
            AsideWord aside = s.asides[gpu];
            active = aside.frozenActive();
            s.asides[gpu] = aside.withFrozenActive(active + 1).withFrozenLocked(aside.frozenLocked() + lock);
        }
        word = word.withActive(word.active() + 1).withLocked(word.locked() + lock);
        if (active + 1 >= word.slots()) {
            word = DrawLists.remove(s, word, hub);
            if (word.isIdle()) word = DrawLists.join(s, gpu, word, hub);
        }
        s.gpus[gpu] = word;
    }

    /// @notice `hub` with jobs taken off the open round; the last one closes it.
    function countOff(RegistryWord hub, uint32 jobs) internal returns (RegistryWord) {
        uint16 remaining = hub.remaining();
        if (jobs > remaining) revert IGpuRegistry.RegistryOutOfBounds(jobs, 0, remaining);
        if (jobs == remaining) emit IGpuRegistry.RoundClosed(hub.round());
        // The cast is safe by the check.
        return hub.withRemaining(remaining - uint16(jobs));
    }

    /// @dev Eligible as of the request of the round, and accepted by the try.
    function _fits(
        RegistryState storage s,
        IGpuRegistry.DrawRequest memory request,
        RegistryWord hub,
        uint40 candidate,
        uint256 random
    ) private view returns (bool) {
        GpuWord word = s.gpus[candidate];
        uint40 owner = word.owner();
        if (owner == request.requester || owner == request.payeeA || owner == request.payeeB) return false;
        (bool out, uint64 stake, uint64 locked) = _frozen(s, candidate, word, hub);
        if (out || stake < locked || stake - locked < request.lockGwei) return false;
        (uint256 weight, bool probation) = Scores.frozenWeight(s, owner, hub);
        if (probation) {
            if (uint256(request.priceGwei) * 100 > uint256(stake) * hub.probationShare()) return false;
        } else {
            weight *= 2;
        }
        return WeightedDraw.accepts(random, weight);
    }

    /// @dev State of a frozen entrant at the request, less what draws of the round took since.
    function _frozen(
        RegistryState storage s,
        uint40 gpu,
        GpuWord word,
        RegistryWord hub
    ) private view returns (bool out, uint64 stake, uint64 locked) {
        if (word.stamp() != hub.round()) return (word.paused() || word.leaving(), word.stake(), word.locked());
        AsideWord aside = s.asides[gpu];
        return (word.wasOut(), aside.frozenStake(), aside.frozenLocked());
    }
}
