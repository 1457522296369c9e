// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EnergyReport} from "../libraries/EnergyReport.sol";
import {JoinedWord} from "../libraries/JoinedWord.sol";
import {OwnerWord} from "../libraries/OwnerWord.sol";
import {PenaltyTermsWord} from "../libraries/PenaltyTermsWord.sol";
import {PoolWord} from "../libraries/PoolWord.sol";
import {RegistryModuleWord} from "../libraries/RegistryModuleWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {Reputation} from "../libraries/Reputation.sol";
import {SlashClaimWord} from "../libraries/SlashClaimWord.sol";
import {SlashWord} from "../libraries/SlashWord.sol";
import {StakeLedgerWord} from "../libraries/StakeLedgerWord.sol";
import {StakerWord} from "../libraries/StakerWord.sol";
import {Units} from "../libraries/Units.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {IRegistryLens} from "./IRegistryLens.sol";
import {Scores} from "./Scores.sol";

/// @title RegistryLens
/// @notice See IRegistryLens. Holds no state; any number may be deployed.
contract RegistryLens is IRegistryLens {
    /// @inheritdoc IRegistryLens
    IGpuRegistry public immutable registry;

    /// @notice Fixes what is read.
    /// @param registry_ registry to read
    constructor(IGpuRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc IRegistryLens
    function reputationOf(uint40 account) external view returns (ReputationView memory v) {
        OwnerWord word = OwnerWord.wrap(registry.wordOf(IGpuRegistry.Table.Owner, account));
        uint16 today = Scores.today();
        bool rested;
        (v.score, rested) = Scores.effective(word, today);
        (v.completed, v.attempted) = registry.windowOf(account);
        v.verified = rested ? 0 : word.verified();
        v.probation = v.verified < _penalties().probationJobs();
        v.gainedToday = word.day() == today ? word.dayGain() : 0;
        v.lastDay = word.day();
        v.barredUntil = _staker(account).barredUntil();
        v.known = word.known();
        // The cast is safe: a score is at most 1e8.
        if (v.score >= Reputation.FLOOR && v.barredUntil <= today)
            v.drawWeight = uint16(v.score / Reputation.PER_WEIGHT);
    }

    /// @inheritdoc IRegistryLens
    function stakerOf(uint40 account) external view returns (StakerView memory) {
        StakerWord word = _staker(account);
        return
            StakerView({
                stake: Units.toWei(word.stake()),
                gpus: word.gpus(),
                energyMilliWattHours: word.energy(),
                votes: word.votes()
            });
    }

    /// @inheritdoc IRegistryLens
    function slashOf(uint256 slashId) external view returns (SlashView memory) {
        SlashWord word = SlashWord.wrap(registry.wordOf(IGpuRegistry.Table.Slash, slashId));
        SlashClaimWord claim = SlashClaimWord.wrap(registry.wordOf(IGpuRegistry.Table.Claim, slashId));
        return
            SlashView({
                gpu: word.gpu(),
                module: word.state() == 0 ? address(0) : registry.moduleAt(word.module()),
                finder: word.finder(),
                beneficiary: claim.beneficiary(),
                beneficiaryGwei: claim.amount(),
                takenGwei: word.taken(),
                pendingGwei: word.pending(),
                holdUntil: word.holdUntil(),
                state: SlashState(word.state())
            });
    }

    /// @inheritdoc IRegistryLens
    function moduleOf(address module) external view returns (ModuleView memory) {
        uint256 key = uint160(module);
        RegistryModuleWord word = RegistryModuleWord.wrap(registry.wordOf(IGpuRegistry.Table.Module, key));
        return
            ModuleView({
                scopes: word.scopes(),
                granted: word.granted(),
                slashedTodayGwei: word.slashDay() == Scores.today() ? word.slashedToday() : 0
            });
    }

    /// @inheritdoc IRegistryLens
    function terms() external view returns (IGpuRegistry.Terms memory t) {
        RegistryWord hub = _hub();
        t.gainPercent = hub.gainPercent();
        t.dayCapPercent = hub.dayCapPercent();

        PenaltyTermsWord penalties = _penalties();
        t.lossMinPercent = penalties.lossMinPercent();
        t.lossMaxPercent = penalties.lossMaxPercent();
        t.fraudPercent = penalties.fraudPercent();
        t.probationShare = penalties.probationShare();
        t.probationJobs = penalties.probationJobs();
        t.freeDeclines = penalties.freeDeclines();
        t.finderBps = penalties.finderBps();

        StakeLedgerWord ledger = _ledger();
        t.incidentPercent = ledger.incidentPercent();
        t.moduleCapPercent = ledger.moduleCapPercent();
        t.registrationFeeBps = ledger.registrationFeeBps();
        t.callerPayBps = ledger.callerPayBps();
        t.unbonding = ledger.unbonding();
    }

    /// @inheritdoc IRegistryLens
    function totals() external view returns (TotalsView memory) {
        StakeLedgerWord ledger = _ledger();
        return
            TotalsView({
                gpus: ledger.gpus(),
                classes: registry.classCount(),
                stake: Units.toWei(ledger.total()),
                fees: Units.toWei(ledger.fees()),
                slashes: ledger.slashes(),
                workStopped: _hub().paused(),
                votes: address(registry.votes())
            });
    }

    /// @inheritdoc IRegistryLens
    function energyOf(uint8 classId) external view returns (uint256 milliWattHours) {
        PoolWord pool = PoolWord.wrap(registry.wordOf(IGpuRegistry.Table.Pool, classId));
        if (!pool.hasJoined()) return pool.energy();
        JoinedWord joined = JoinedWord.wrap(registry.wordOf(IGpuRegistry.Table.Joined, classId));
        return uint256(pool.energy()) + joined.energy();
    }

    /// @inheritdoc IRegistryLens
    function efficiencyGain(uint256 conventional, uint256 used) external pure returns (int256 gainBps) {
        return EnergyReport.efficiencyGain(conventional, used);
    }

    function _hub() private view returns (RegistryWord) {
        return RegistryWord.wrap(registry.wordOf(IGpuRegistry.Table.Hub, 0));
    }

    function _ledger() private view returns (StakeLedgerWord) {
        return StakeLedgerWord.wrap(registry.wordOf(IGpuRegistry.Table.Ledger, 0));
    }

    function _penalties() private view returns (PenaltyTermsWord) {
        return PenaltyTermsWord.wrap(registry.wordOf(IGpuRegistry.Table.Penalties, 0));
    }

    function _staker(uint40 account) private view returns (StakerWord) {
        return StakerWord.wrap(registry.wordOf(IGpuRegistry.Table.Staker, account));
    }
}
