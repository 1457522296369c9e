// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BondWord} from "../../libraries/BondWord.sol";
import {GpuWord} from "../../libraries/GpuWord.sol";
import {PenaltyTermsWord} from "../../libraries/PenaltyTermsWord.sol";
import {RegistryWord} from "../../libraries/RegistryWord.sol";
import {StakeLedgerWord} from "../../libraries/StakeLedgerWord.sol";

/// @title RegistryWordsHarness
/// @notice Test double: packs and unpacks words of the registry through their libraries.
contract RegistryWordsHarness {
    struct RegistryWordFields {
        address module;
        uint32 round;
        uint16 remaining;
        uint16 day;
        uint8 gainPercent;
        uint8 dayCapPercent;
        uint8 probationShare;
        uint8 probationJobs;
        bool canDraw;
        bool canRecord;
        bool paused;
    }

    struct StakeLedgerWordFields {
        uint40 gpus;
        uint64 total;
        uint64 fees;
        uint24 unbonding;
        uint16 registrationFeeBps;
        uint8 callerPayBps;
        uint8 incidentPercent;
        uint8 moduleCapPercent;
        uint32 slashes;
    }

    struct PenaltyTermsWordFields {
        uint8 lossMinPercent;
        uint8 lossMaxPercent;
        uint8 fraudPercent;
        uint8 probationShare;
        uint8 probationJobs;
        uint8 freeDeclines;
        uint16 finderBps;
    }

    struct GpuWordFields {
        uint40 owner;
        uint8 classId;
        uint8 region;
        uint8 slots;
        uint8 active;
        uint16 position;
        uint64 stake;
        uint64 locked;
        uint32 stamp;
        bool listed;
        bool paused;
        bool leaving;
        bool wasOut;
        bool hasBond;
        bool hasPending;
    }

    struct BondWordFields {
        address operator;
        uint64 unbonding;
        uint32 endsAt;
    }

    function packRegistryWord(RegistryWordFields calldata f) external pure returns (uint256) {
        RegistryWord word;
        word = word.withModule(f.module);
        word = word.withRound(f.round);
        word = word.withRemaining(f.remaining);
        word = word.withDay(f.day);
        word = word.withGainPercent(f.gainPercent);
        word = word.withDayCapPercent(f.dayCapPercent);
        word = word.withProbationShare(f.probationShare);
        word = word.withProbationJobs(f.probationJobs);
        word = word.withCanDraw(f.canDraw);
        word = word.withCanRecord(f.canRecord);
        word = word.withPaused(f.paused);
        return RegistryWord.unwrap(word);
    }

    function unpackRegistryWord(uint256 raw) external pure returns (RegistryWordFields memory f) {
        RegistryWord word = RegistryWord.wrap(raw);
        f.module = word.module();
        f.round = word.round();
        f.remaining = word.remaining();
        f.day = word.day();
        f.gainPercent = word.gainPercent();
        f.dayCapPercent = word.dayCapPercent();
        f.probationShare = word.probationShare();
        f.probationJobs = word.probationJobs();
        f.canDraw = word.canDraw();
        f.canRecord = word.canRecord();
        f.paused = word.paused();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackRegistryWord(
        RegistryWordFields calldata f,
        RegistryWordFields calldata g
    ) external pure returns (uint256) {
        RegistryWord word;
        word = word.withModule(f.module);
        word = word.withRound(f.round);
        word = word.withRemaining(f.remaining);
        word = word.withDay(f.day);
        word = word.withGainPercent(f.gainPercent);
        word = word.withDayCapPercent(f.dayCapPercent);
        word = word.withProbationShare(f.probationShare);
        word = word.withProbationJobs(f.probationJobs);
        word = word.withCanDraw(f.canDraw);
        word = word.withCanRecord(f.canRecord);
        word = word.withPaused(f.paused);
        word = word.withModule(g.module);
        word = word.withRound(g.round);
        word = word.withRemaining(g.remaining);
        word = word.withDay(g.day);
        word = word.withGainPercent(g.gainPercent);
        word = word.withDayCapPercent(g.dayCapPercent);
        word = word.withProbationShare(g.probationShare);
        word = word.withProbationJobs(g.probationJobs);
        word = word.withCanDraw(g.canDraw);
        word = word.withCanRecord(g.canRecord);
        word = word.withPaused(g.paused);
        return RegistryWord.unwrap(word);
    }

    function packStakeLedgerWord(StakeLedgerWordFields calldata f) external pure returns (uint256) {
        StakeLedgerWord word;
        word = word.withGpus(f.gpus);
        word = word.withTotal(f.total);
        word = word.withFees(f.fees);
        word = word.withUnbonding(f.unbonding);
        word = word.withRegistrationFeeBps(f.registrationFeeBps);
        word = word.withCallerPayBps(f.callerPayBps);
        word = word.withIncidentPercent(f.incidentPercent);
        word = word.withModuleCapPercent(f.moduleCapPercent);
        word = word.withSlashes(f.slashes);
        return StakeLedgerWord.unwrap(word);
    }

    function unpackStakeLedgerWord(uint256 raw) external pure returns (StakeLedgerWordFields memory f) {
        StakeLedgerWord word = StakeLedgerWord.wrap(raw);
        f.gpus = word.gpus();
        f.total = word.total();
        f.fees = word.fees();
        f.unbonding = word.unbonding();
        f.registrationFeeBps = word.registrationFeeBps();
        f.callerPayBps = word.callerPayBps();
        f.incidentPercent = word.incidentPercent();
        f.moduleCapPercent = word.moduleCapPercent();
        f.slashes = word.slashes();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackStakeLedgerWord(
        StakeLedgerWordFields calldata f,
        StakeLedgerWordFields calldata g
    ) external pure returns (uint256) {
        StakeLedgerWord word;
        word = word.withGpus(f.gpus);
        word = word.withTotal(f.total);
        word = word.withFees(f.fees);
        word = word.withUnbonding(f.unbonding);
        word = word.withRegistrationFeeBps(f.registrationFeeBps);
        word = word.withCallerPayBps(f.callerPayBps);
        word = word.withIncidentPercent(f.incidentPercent);
        word = word.withModuleCapPercent(f.moduleCapPercent);
        word = word.withSlashes(f.slashes);
        word = word.withGpus(g.gpus);
        word = word.withTotal(g.total);
        word = word.withFees(g.fees);
        word = word.withUnbonding(g.unbonding);
        word = word.withRegistrationFeeBps(g.registrationFeeBps);
        word = word.withCallerPayBps(g.callerPayBps);
        word = word.withIncidentPercent(g.incidentPercent);
        word = word.withModuleCapPercent(g.moduleCapPercent);
        word = word.withSlashes(g.slashes);
        return StakeLedgerWord.unwrap(word);
    }

    function packPenaltyTermsWord(PenaltyTermsWordFields calldata f) external pure returns (uint256) {
        PenaltyTermsWord word;
        word = word.withLossMinPercent(f.lossMinPercent);
        word = word.withLossMaxPercent(f.lossMaxPercent);
        word = word.withFraudPercent(f.fraudPercent);
        word = word.withProbationShare(f.probationShare);
        word = word.withProbationJobs(f.probationJobs);
        word = word.withFreeDeclines(f.freeDeclines);
        word = word.withFinderBps(f.finderBps);
        return PenaltyTermsWord.unwrap(word);
    }

    function unpackPenaltyTermsWord(uint256 raw) external pure returns (PenaltyTermsWordFields memory f) {
        PenaltyTermsWord word = PenaltyTermsWord.wrap(raw);
        f.lossMinPercent = word.lossMinPercent();
        f.lossMaxPercent = word.lossMaxPercent();
        f.fraudPercent = word.fraudPercent();
        f.probationShare = word.probationShare();
        f.probationJobs = word.probationJobs();
        f.freeDeclines = word.freeDeclines();
        f.finderBps = word.finderBps();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackPenaltyTermsWord(
        PenaltyTermsWordFields calldata f,
        PenaltyTermsWordFields calldata g
    ) external pure returns (uint256) {
        PenaltyTermsWord word;
        word = word.withLossMinPercent(f.lossMinPercent);
        word = word.withLossMaxPercent(f.lossMaxPercent);
        word = word.withFraudPercent(f.fraudPercent);
        word = word.withProbationShare(f.probationShare);
        word = word.withProbationJobs(f.probationJobs);
        word = word.withFreeDeclines(f.freeDeclines);
        word = word.withFinderBps(f.finderBps);
        word = word.withLossMinPercent(g.lossMinPercent);
        word = word.withLossMaxPercent(g.lossMaxPercent);
        word = word.withFraudPercent(g.fraudPercent);
        word = word.withProbationShare(g.probationShare);
        word = word.withProbationJobs(g.probationJobs);
        word = word.withFreeDeclines(g.freeDeclines);
        word = word.withFinderBps(g.finderBps);
        return PenaltyTermsWord.unwrap(word);
    }

    function packGpuWord(GpuWordFields calldata f) external pure returns (uint256) {
        GpuWord word;
        word = word.withOwner(f.owner);
        word = word.withClassId(f.classId);
        word = word.withRegion(f.region);
        word = word.withSlots(f.slots);
        word = word.withActive(f.active);
        word = word.withPosition(f.position);
        word = word.withStake(f.stake);
        word = word.withLocked(f.locked);
        word = word.withStamp(f.stamp);
        word = word.withListed(f.listed);
        word = word.withPaused(f.paused);
        word = word.withLeaving(f.leaving);
        word = word.withWasOut(f.wasOut);
        word = word.withHasBond(f.hasBond);
        word = word.withHasPending(f.hasPending);
        return GpuWord.unwrap(word);
    }

    function unpackGpuWord(uint256 raw) external pure returns (GpuWordFields memory f) {
        GpuWord word = GpuWord.wrap(raw);
        f.owner = word.owner();
        f.classId = word.classId();
        f.region = word.region();
        f.slots = word.slots();
        f.active = word.active();
        f.position = word.position();
        f.stake = word.stake();
        f.locked = word.locked();
        f.stamp = word.stamp();
        f.listed = word.listed();
        f.paused = word.paused();
        f.leaving = word.leaving();
        f.wasOut = word.wasOut();
        f.hasBond = word.hasBond();
        f.hasPending = word.hasPending();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackGpuWord(GpuWordFields calldata f, GpuWordFields calldata g) external pure returns (uint256) {
        GpuWord word;
        word = word.withOwner(f.owner);
        word = word.withClassId(f.classId);
        word = word.withRegion(f.region);
        word = word.withSlots(f.slots);
        word = word.withActive(f.active);
        word = word.withPosition(f.position);
        word = word.withStake(f.stake);
        word = word.withLocked(f.locked);
        word = word.withStamp(f.stamp);
        word = word.withListed(f.listed);
        word = word.withPaused(f.paused);
        word = word.withLeaving(f.leaving);
        word = word.withWasOut(f.wasOut);
        word = word.withHasBond(f.hasBond);
        word = word.withHasPending(f.hasPending);
        word = word.withOwner(g.owner);
        word = word.withClassId(g.classId);
        word = word.withRegion(g.region);
        word = word.withSlots(g.slots);
        word = word.withActive(g.active);
        word = word.withPosition(g.position);
        word = word.withStake(g.stake);
        word = word.withLocked(g.locked);
        word = word.withStamp(g.stamp);
        word = word.withListed(g.listed);
        word = word.withPaused(g.paused);
        word = word.withLeaving(g.leaving);
        word = word.withWasOut(g.wasOut);
        word = word.withHasBond(g.hasBond);
        word = word.withHasPending(g.hasPending);
        return GpuWord.unwrap(word);
    }

    function packBondWord(BondWordFields calldata f) external pure returns (uint256) {
        BondWord word;
        word = word.withOperator(f.operator);
        word = word.withUnbonding(f.unbonding);
        word = word.withEndsAt(f.endsAt);
        return BondWord.unwrap(word);
    }

    function unpackBondWord(uint256 raw) external pure returns (BondWordFields memory f) {
        BondWord word = BondWord.wrap(raw);
        f.operator = word.operator();
        f.unbonding = word.unbonding();
        f.endsAt = word.endsAt();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackBondWord(BondWordFields calldata f, BondWordFields calldata g) external pure returns (uint256) {
        BondWord word;
        word = word.withOperator(f.operator);
        word = word.withUnbonding(f.unbonding);
        word = word.withEndsAt(f.endsAt);
        word = word.withOperator(g.operator);
        word = word.withUnbonding(g.unbonding);
        word = word.withEndsAt(g.endsAt);
        return BondWord.unwrap(word);
    }
}
