// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {GpuWord} from "../libraries/GpuWord.sol";
import {PenaltyTermsWord} from "../libraries/PenaltyTermsWord.sol";
import {RegistryModuleWord} from "../libraries/RegistryModuleWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {Units} from "../libraries/Units.sol";
import {DrawLists} from "./DrawLists.sol";
import {Draws} from "./Draws.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";
import {RegistryTables} from "./RegistryTables.sol";
import {Scores} from "./Scores.sol";
import {Stakes} from "./Stakes.sol";

/// @title RoundDesk
/// @notice Opening and ending of rounds, named assignments and declines. External library: its code runs in the
/// registry's
/// storage, for the caller of the registry.
library RoundDesk {
    /// @notice See IGpuRegistry.openRound.
    function openRound(RegistryState storage s, uint32 round, uint32 jobs, uint32 replaces) external {
        RegistryWord hub = _working(s);
        if (hub.isOpen() && (hub.module() != msg.sender || hub.round() != replaces)) {
            revert IGpuRegistry.RegistryRoundOpen(hub.round());
        }
        if (round <= hub.round()) {
            revert IGpuRegistry.RegistryOutOfBounds(round, uint256(hub.round()) + 1, type(uint32).max);
        }
        if (jobs == 0 || jobs > type(uint16).max) {
            revert IGpuRegistry.RegistryOutOfBounds(jobs, 1, type(uint16).max);
        }
        // The cast is safe by the line above.
        hub = hub.withRound(round).withRemaining(uint16(jobs)).withDay(Scores.today());
        PenaltyTermsWord terms = s.penalties;
        hub = hub.withProbationShare(terms.probationShare()).withProbationJobs(terms.probationJobs());
        RegistryModuleWord module = s.moduleWords[msg.sender];
        if (module.lostRound()) s.moduleWords[msg.sender] = module.withLostRound(false);
        bool canRecord = module.granted() & RegistryTables.RECORD != 0;
        s.hub = hub.withModule(msg.sender).withCanDraw(true).withCanRecord(canRecord);
        emit IGpuRegistry.RoundOpened(round, jobs, msg.sender);
    }

    /// @notice See IGpuRegistry.dropFromRound.
    function dropFromRound(RegistryState storage s, uint32 jobs) external {
        RegistryWord hub = s.hub;
        if (hub.isOpen() && hub.module() == msg.sender) {
            s.hub = Draws.countOff(hub, jobs);
            return;
        }
        // A module that lost its right to draw lost its round with it, and may still drop the jobs of it, also when it
        // got the right back since.
        RegistryModuleWord module = s.moduleWords[msg.sender];
        bool lacksRight = module.granted() & ~module.scopes() & RegistryTables.DRAW != 0;
        if (!lacksRight && !module.lostRound()) revert IGpuRegistry.RegistryNoOpenRound(msg.sender);
    }

    /// @notice See IGpuRegistry.assignNamed.
    function assignNamed(RegistryState storage s, uint40 gpu, uint64 lock) external {
        RegistryWord hub = _working(s);
        GpuWord word = Stakes.known(s, gpu);
        if (word.leaving()) revert IGpuRegistry.RegistryLeaving(gpu);
        if (DrawLists.isEntrant(s, word, hub)) revert IGpuRegistry.RegistryFrozenEntrant(gpu, hub.round());
        if (word.active() >= word.slots()) revert IGpuRegistry.RegistryNoFreeSlot(gpu);
        if (word.unlocked() < lock) revert IGpuRegistry.RegistryStakeShort(gpu, word.unlocked(), lock);
        if (Scores.isBarred(s, word.owner())) revert IGpuRegistry.RegistryOwnerBarred(word.owner());
        word = word.withActive(word.active() + 1).withLocked(word.locked() + lock);
        s.gpus[gpu] = DrawLists.sync(s, gpu, word, hub);
        emit IGpuRegistry.GpuNamed(gpu, lock);
    }

    /// @notice See IGpuRegistry.recordDecline.
    /// @param hub latest round, after the registry checked the caller's rights
    function recordDecline(RegistryState storage s, uint40 gpu, uint64 lock, RegistryWord hub) external {
        GpuWord word = Stakes.unlock(s, gpu, Stakes.open(s, gpu, hub), lock);
        word = Stakes.freeSlot(s, gpu, word, hub);
        (uint8 declines, bool charged) = Stakes.countDecline(s, gpu, Scores.today());
        uint64 paid;
        if (charged) {
            (word, paid) = Stakes.take(s, gpu, word, Stakes.callerPay(s, word.classId()));
            Stakes.owe(s, paid);
        }
        s.gpus[gpu] = word;
        emit IGpuRegistry.Declined(gpu, declines, Units.toWei(paid));
    }

    /// @dev The latest round, if the caller may start new work now.
    function _working(RegistryState storage s) private view returns (RegistryWord hub) {
        hub = s.hub;
        if (hub.paused()) revert IGpuRegistry.RegistryPaused();
        if (hub.module() == msg.sender && hub.canDraw()) return hub;
        if (s.moduleWords[msg.sender].scopes() & RegistryTables.DRAW == 0) {
            revert IGpuRegistry.RegistryMissingScope(msg.sender, RegistryTables.DRAW);
        }
    }
}
