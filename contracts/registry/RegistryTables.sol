// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ClassWord} from "../libraries/ClassWord.sol";
import {PenaltyTermsWord} from "../libraries/PenaltyTermsWord.sol";
import {RegistryModuleWord} from "../libraries/RegistryModuleWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";

/// @title RegistryTables
/// @notice Governed tables of the registry: classes, modules, terms. External library: its code runs in the registry's
/// storage, and the registry checks that its owner calls.
library RegistryTables {
    /// @notice Right to open rounds and to assign.
    uint8 internal constant DRAW = 1;

    /// @notice Right to record deliveries and outcomes.
    uint8 internal constant RECORD = 2;

    /// @notice Right to lock stake outside of a draw; no function needs it yet.
    uint8 internal constant LOCK = 4;

    /// @notice Right to slash.
    uint8 internal constant SLASH = 8;

    /// @notice Most modules; a slash names its module in six bits.
    uint256 internal constant MAX_MODULES = 48;

    /// @notice Most classes; a change of the highest throughput visits all of them.
    uint256 internal constant MAX_CLASSES = 64;

    uint8 private constant ALL_SCOPES = DRAW | RECORD | LOCK | SLASH;

    /// @notice Adds a class when its id is the next one, else changes it (IGpuRegistry.setClass).
    /// @param arguments encoded (classId, name, value)
    function setClass(RegistryState storage s, bytes calldata arguments) external {
        (uint8 classId, string memory name, IGpuRegistry.GpuClass memory value) = abi.decode(
            arguments,
            (uint8, string, IGpuRegistry.GpuClass)
        );
        uint256 next = uint256(s.classCount) + 1;
        uint256 last = next > MAX_CLASSES ? MAX_CLASSES : next;
        if (classId == 0 || classId > last) revert IGpuRegistry.RegistryOutOfBounds(classId, 1, last);
        _requireAtLeast(value.vramGb, 1);
        _requireAtLeast(value.tflopsDeci, 1);
        _requireAtLeast(value.watts, uint256(value.idleWatts) + 1);
        _requireAtLeast(value.ratePerSecondGwei, 1);
        _requireAtLeast(value.minStakeGwei, 1);
        if (classId == next) s.classCount = classId;
        s.classes[classId] = ClassWord
            .wrap(0)
            .withVramGb(value.vramGb)
            .withTflopsDeci(value.tflopsDeci)
            .withWatts(value.watts)
            .withIdleWatts(value.idleWatts)
            .withRatePerSecondGwei(value.ratePerSecondGwei)
            .withMinStakeGwei(value.minStakeGwei)
            .withEnabled(value.enabled);
        _spreadMaximum(s);
        emit IGpuRegistry.ClassChanged(classId, name, value);
    }

    /// @notice Adds a module or changes its rights.
    function setModule(RegistryState storage s, address module, uint8 scopes) external {
        if (module == address(0)) revert IGpuRegistry.RegistryZeroAddress();
        if (scopes & ~ALL_SCOPES != 0) revert IGpuRegistry.RegistryUnknownScopes(scopes);
        RegistryModuleWord word = s.moduleWords[module];
        uint8 oldScopes = word.scopes();
        if (word.slot() == 0) {
            uint256 count = s.modules.length + 1;
            if (count > MAX_MODULES) revert IGpuRegistry.RegistryOutOfBounds(count, 1, MAX_MODULES);
            s.modules.push(module);
            word = word.withSlot(uint8(count));
        }
        word = word.withScopes(scopes).withGranted(word.granted() | scopes);
        s.moduleWords[module] = word;
        emit IGpuRegistry.ModuleChanged(module, oldScopes, scopes);

        RegistryWord hub = s.hub;
        if (hub.module() != module) return;
        bool canDraw = scopes & DRAW != 0;
        // Nobody else could finish its round, and no other round could be opened.
        if (hub.isOpen() && !canDraw) {
            hub = hub.withRemaining(0);
            s.moduleWords[module] = word.withLostRound(true);
            emit IGpuRegistry.RoundClosed(hub.round());
        }
        s.hub = hub.withCanDraw(canDraw).withCanRecord(word.granted() & RECORD != 0);
    }

    /// @notice Sets every governed term, each within its bounds (IGpuRegistry.setTerms).
    /// @param arguments encoded Terms
    function setTerms(RegistryState storage s, bytes calldata arguments) external {
        IGpuRegistry.Terms memory t = abi.decode(arguments, (IGpuRegistry.Terms));
        _requireTerms(t);
        // The cast below is safe: sixty days are less than 2^23 seconds.
        s.hub = s.hub.withGainPercent(t.gainPercent).withDayCapPercent(t.dayCapPercent);
        s.ledger = s
            .ledger
            .withUnbonding(uint24(t.unbonding))
            .withRegistrationFeeBps(t.registrationFeeBps)
            .withCallerPayBps(t.callerPayBps)
            .withIncidentPercent(t.incidentPercent)
            .withModuleCapPercent(t.moduleCapPercent);
        s.penalties = PenaltyTermsWord
            .wrap(0)
            .withLossMinPercent(t.lossMinPercent)
            .withLossMaxPercent(t.lossMaxPercent)
            .withFraudPercent(t.fraudPercent)
            .withProbationShare(t.probationShare)
            .withProbationJobs(t.probationJobs)
            .withFreeDeclines(t.freeDeclines)
            .withFinderBps(t.finderBps);
        emit IGpuRegistry.TermsChanged(t);
    }

    /// @dev Every class keeps the highest throughput of the table, so that a success reads one word.
    function _spreadMaximum(RegistryState storage s) private {
        uint24 greatest;
        for (uint8 id = 1; id <= s.classCount; ++id) {
            uint24 throughput = s.classes[id].tflopsDeci();
            if (throughput > greatest) greatest = throughput;
        }
        for (uint8 id = 1; id <= s.classCount; ++id) {
            s.classes[id] = s.classes[id].withMaxTflopsDeci(greatest);
        }
    }

    function _requireTerms(IGpuRegistry.Terms memory t) private pure {
        _requireWithin(t.gainPercent, 50, 150);
        _requireWithin(t.dayCapPercent, 50, 150);
        _requireWithin(t.lossMinPercent, 50, 150);
        _requireWithin(t.lossMaxPercent, 50, 150);
        _requireWithin(t.fraudPercent, 50, 150);
        _requireWithin(t.probationShare, 5, 50);
        _requireWithin(t.probationJobs, 1, 50);
        _requireWithin(t.freeDeclines, 0, 10);
        _requireWithin(t.finderBps, 0, 2_000);
        _requireWithin(t.incidentPercent, 10, 50);
        _requireWithin(t.moduleCapPercent, 1, 20);
        _requireWithin(t.registrationFeeBps, 0, 500);
        _requireWithin(t.callerPayBps, 0, 100);
        _requireWithin(t.unbonding, 14 days, 60 days);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert IGpuRegistry.RegistryOutOfBounds(value, low, high);
    }

    function _requireAtLeast(uint256 value, uint256 low) private pure {
        if (value < low) revert IGpuRegistry.RegistryOutOfBounds(value, low, type(uint256).max);
    }
}
