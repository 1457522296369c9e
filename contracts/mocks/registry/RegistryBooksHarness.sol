// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AsideWord} from "../../libraries/AsideWord.sol";
import {ClassWord} from "../../libraries/ClassWord.sol";
import {DeviceWord} from "../../libraries/DeviceWord.sol";
import {OwnerWord} from "../../libraries/OwnerWord.sol";
import {RegistryModuleWord} from "../../libraries/RegistryModuleWord.sol";
import {SlashClaimWord} from "../../libraries/SlashClaimWord.sol";
import {SlashWord} from "../../libraries/SlashWord.sol";
import {StakerWord} from "../../libraries/StakerWord.sol";

/// @title RegistryBooksHarness
/// @notice Test double: packs and unpacks words of the registry through their libraries.
contract RegistryBooksHarness {
    struct AsideWordFields {
        uint64 frozenStake;
        uint64 frozenLocked;
        uint8 frozenActive;
        uint64 pending;
        uint16 declineDay;
        uint8 declines;
        uint16 barredUntil;
    }

    struct DeviceWordFields {
        uint40 gpu;
        uint32 nonce;
    }

    struct OwnerWordFields {
        uint32 score;
        uint24 completed;
        uint24 attempted;
        uint16 day;
        uint16 dayCompleted;
        uint16 dayAttempted;
        uint24 dayGain;
        uint64 requesters;
        uint8 verified;
        bool barred;
        uint16 frozenWeight;
        bool frozenProbation;
        uint24 frozenRound;
        bool known;
    }

    struct StakerWordFields {
        uint64 stake;
        uint64 energy;
        uint24 gpus;
        uint16 barredUntil;
        bool votes;
    }

    struct ClassWordFields {
        uint16 vramGb;
        uint24 tflopsDeci;
        uint16 watts;
        uint16 idleWatts;
        uint64 ratePerSecondGwei;
        uint64 minStakeGwei;
        bool enabled;
        uint24 maxTflopsDeci;
    }

    struct RegistryModuleWordFields {
        uint8 scopes;
        uint8 granted;
        uint8 slot;
        uint16 slashDay;
        uint64 slashedToday;
        bool lostRound;
    }

    struct SlashWordFields {
        uint40 gpu;
        uint64 taken;
        uint64 pending;
        uint40 holdUntil;
        uint40 finder;
        uint8 module;
        uint8 state;
    }

    struct SlashClaimWordFields {
        uint40 beneficiary;
        uint64 amount;
    }

    function packAsideWord(AsideWordFields calldata f) external pure returns (uint256) {
        AsideWord word;
        word = word.withFrozenStake(f.frozenStake);
        word = word.withFrozenLocked(f.frozenLocked);
        word = word.withFrozenActive(f.frozenActive);
        word = word.withPending(f.pending);
        word = word.withDeclineDay(f.declineDay);
        word = word.withDeclines(f.declines);
        word = word.withBarredUntil(f.barredUntil);
        return AsideWord.unwrap(word);
    }

    function unpackAsideWord(uint256 raw) external pure returns (AsideWordFields memory f) {
        AsideWord word = AsideWord.wrap(raw);
        f.frozenStake = word.frozenStake();
        f.frozenLocked = word.frozenLocked();
        f.frozenActive = word.frozenActive();
        f.pending = word.pending();
        f.declineDay = word.declineDay();
        f.declines = word.declines();
        f.barredUntil = word.barredUntil();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackAsideWord(AsideWordFields calldata f, AsideWordFields calldata g) external pure returns (uint256) {
        AsideWord word;
        word = word.withFrozenStake(f.frozenStake);
        word = word.withFrozenLocked(f.frozenLocked);
        word = word.withFrozenActive(f.frozenActive);
        word = word.withPending(f.pending);
        word = word.withDeclineDay(f.declineDay);
        word = word.withDeclines(f.declines);
        word = word.withBarredUntil(f.barredUntil);
        word = word.withFrozenStake(g.frozenStake);
        word = word.withFrozenLocked(g.frozenLocked);
        word = word.withFrozenActive(g.frozenActive);
        word = word.withPending(g.pending);
        word = word.withDeclineDay(g.declineDay);
        word = word.withDeclines(g.declines);
        word = word.withBarredUntil(g.barredUntil);
        return AsideWord.unwrap(word);
    }

    function packDeviceWord(DeviceWordFields calldata f) external pure returns (uint256) {
        DeviceWord word;
        word = word.withGpu(f.gpu);
        word = word.withNonce(f.nonce);
        return DeviceWord.unwrap(word);
    }

    function unpackDeviceWord(uint256 raw) external pure returns (DeviceWordFields memory f) {
        DeviceWord word = DeviceWord.wrap(raw);
        f.gpu = word.gpu();
        f.nonce = word.nonce();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackDeviceWord(
        DeviceWordFields calldata f,
        DeviceWordFields calldata g
    ) external pure returns (uint256) {
        DeviceWord word;
        word = word.withGpu(f.gpu);
        word = word.withNonce(f.nonce);
        word = word.withGpu(g.gpu);
        word = word.withNonce(g.nonce);
        return DeviceWord.unwrap(word);
    }

    function packOwnerWord(OwnerWordFields calldata f) external pure returns (uint256) {
        OwnerWord word;
        word = word.withScore(f.score);
        word = word.withCompleted(f.completed);
        word = word.withAttempted(f.attempted);
        word = word.withDay(f.day);
        word = word.withDayCompleted(f.dayCompleted);
        word = word.withDayAttempted(f.dayAttempted);
        word = word.withDayGain(f.dayGain);
        word = word.withRequesters(f.requesters);
        word = word.withVerified(f.verified);
        word = word.withBarred(f.barred);
        word = word.withFrozenWeight(f.frozenWeight);
        word = word.withFrozenProbation(f.frozenProbation);
        word = word.withFrozenRound(f.frozenRound);
        word = word.withKnown(f.known);
        return OwnerWord.unwrap(word);
    }

    function unpackOwnerWord(uint256 raw) external pure returns (OwnerWordFields memory f) {
        OwnerWord word = OwnerWord.wrap(raw);
        f.score = word.score();
        f.completed = word.completed();
        f.attempted = word.attempted();
        f.day = word.day();
        f.dayCompleted = word.dayCompleted();
        f.dayAttempted = word.dayAttempted();
        f.dayGain = word.dayGain();
        f.requesters = word.requesters();
        f.verified = word.verified();
        f.barred = word.barred();
        f.frozenWeight = word.frozenWeight();
        f.frozenProbation = word.frozenProbation();
        f.frozenRound = word.frozenRound();
        f.known = word.known();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackOwnerWord(OwnerWordFields calldata f, OwnerWordFields calldata g) external pure returns (uint256) {
        OwnerWord word;
        word = word.withScore(f.score);
        word = word.withCompleted(f.completed);
        word = word.withAttempted(f.attempted);
        word = word.withDay(f.day);
        word = word.withDayCompleted(f.dayCompleted);
        word = word.withDayAttempted(f.dayAttempted);
        word = word.withDayGain(f.dayGain);
        word = word.withRequesters(f.requesters);
        word = word.withVerified(f.verified);
        word = word.withBarred(f.barred);
        word = word.withFrozenWeight(f.frozenWeight);
        word = word.withFrozenProbation(f.frozenProbation);
        word = word.withFrozenRound(f.frozenRound);
        word = word.withKnown(f.known);
        word = word.withScore(g.score);
        word = word.withCompleted(g.completed);
        word = word.withAttempted(g.attempted);
        word = word.withDay(g.day);
        word = word.withDayCompleted(g.dayCompleted);
        word = word.withDayAttempted(g.dayAttempted);
        word = word.withDayGain(g.dayGain);
        word = word.withRequesters(g.requesters);
        word = word.withVerified(g.verified);
        word = word.withBarred(g.barred);
        word = word.withFrozenWeight(g.frozenWeight);
        word = word.withFrozenProbation(g.frozenProbation);
        word = word.withFrozenRound(g.frozenRound);
        word = word.withKnown(g.known);
        return OwnerWord.unwrap(word);
    }

    function packStakerWord(StakerWordFields calldata f) external pure returns (uint256) {
        StakerWord word;
        word = word.withStake(f.stake);
        word = word.withEnergy(f.energy);
        word = word.withGpus(f.gpus);
        word = word.withBarredUntil(f.barredUntil);
        word = word.withVotes(f.votes);
        return StakerWord.unwrap(word);
    }

    function unpackStakerWord(uint256 raw) external pure returns (StakerWordFields memory f) {
        StakerWord word = StakerWord.wrap(raw);
        f.stake = word.stake();
        f.energy = word.energy();
        f.gpus = word.gpus();
        f.barredUntil = word.barredUntil();
        f.votes = word.votes();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackStakerWord(
        StakerWordFields calldata f,
        StakerWordFields calldata g
    ) external pure returns (uint256) {
        StakerWord word;
        word = word.withStake(f.stake);
        word = word.withEnergy(f.energy);
        word = word.withGpus(f.gpus);
        word = word.withBarredUntil(f.barredUntil);
        word = word.withVotes(f.votes);
        word = word.withStake(g.stake);
        word = word.withEnergy(g.energy);
        word = word.withGpus(g.gpus);
        word = word.withBarredUntil(g.barredUntil);
        word = word.withVotes(g.votes);
        return StakerWord.unwrap(word);
    }

    function packClassWord(ClassWordFields calldata f) external pure returns (uint256) {
        ClassWord word;
        word = word.withVramGb(f.vramGb);
        word = word.withTflopsDeci(f.tflopsDeci);
        word = word.withWatts(f.watts);
        word = word.withIdleWatts(f.idleWatts);
        word = word.withRatePerSecondGwei(f.ratePerSecondGwei);
        word = word.withMinStakeGwei(f.minStakeGwei);
        word = word.withEnabled(f.enabled);
        word = word.withMaxTflopsDeci(f.maxTflopsDeci);
        return ClassWord.unwrap(word);
    }

    function unpackClassWord(uint256 raw) external pure returns (ClassWordFields memory f) {
        ClassWord word = ClassWord.wrap(raw);
        f.vramGb = word.vramGb();
        f.tflopsDeci = word.tflopsDeci();
        f.watts = word.watts();
        f.idleWatts = word.idleWatts();
        f.ratePerSecondGwei = word.ratePerSecondGwei();
        f.minStakeGwei = word.minStakeGwei();
        f.enabled = word.enabled();
        f.maxTflopsDeci = word.maxTflopsDeci();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackClassWord(ClassWordFields calldata f, ClassWordFields calldata g) external pure returns (uint256) {
        ClassWord word;
        word = word.withVramGb(f.vramGb);
        word = word.withTflopsDeci(f.tflopsDeci);
        word = word.withWatts(f.watts);
        word = word.withIdleWatts(f.idleWatts);
        word = word.withRatePerSecondGwei(f.ratePerSecondGwei);
        word = word.withMinStakeGwei(f.minStakeGwei);
        word = word.withEnabled(f.enabled);
        word = word.withMaxTflopsDeci(f.maxTflopsDeci);
        word = word.withVramGb(g.vramGb);
        word = word.withTflopsDeci(g.tflopsDeci);
        word = word.withWatts(g.watts);
        word = word.withIdleWatts(g.idleWatts);
        word = word.withRatePerSecondGwei(g.ratePerSecondGwei);
        word = word.withMinStakeGwei(g.minStakeGwei);
        word = word.withEnabled(g.enabled);
        word = word.withMaxTflopsDeci(g.maxTflopsDeci);
        return ClassWord.unwrap(word);
    }

    function packRegistryModuleWord(RegistryModuleWordFields calldata f) external pure returns (uint256) {
        RegistryModuleWord word;
        word = word.withScopes(f.scopes);
        word = word.withGranted(f.granted);
        word = word.withSlot(f.slot);
        word = word.withSlashDay(f.slashDay);
        word = word.withSlashedToday(f.slashedToday);
        word = word.withLostRound(f.lostRound);
        return RegistryModuleWord.unwrap(word);
    }

    function unpackRegistryModuleWord(uint256 raw) external pure returns (RegistryModuleWordFields memory f) {
        RegistryModuleWord word = RegistryModuleWord.wrap(raw);
        f.scopes = word.scopes();
        f.granted = word.granted();
        f.slot = word.slot();
        f.slashDay = word.slashDay();
        f.slashedToday = word.slashedToday();
        f.lostRound = word.lostRound();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackRegistryModuleWord(
        RegistryModuleWordFields calldata f,
        RegistryModuleWordFields calldata g
    ) external pure returns (uint256) {
        RegistryModuleWord word;
        word = word.withScopes(f.scopes);
        word = word.withGranted(f.granted);
        word = word.withSlot(f.slot);
        word = word.withSlashDay(f.slashDay);
        word = word.withSlashedToday(f.slashedToday);
        word = word.withLostRound(f.lostRound);
        word = word.withScopes(g.scopes);
        word = word.withGranted(g.granted);
        word = word.withSlot(g.slot);
        word = word.withSlashDay(g.slashDay);
        word = word.withSlashedToday(g.slashedToday);
        word = word.withLostRound(g.lostRound);
        return RegistryModuleWord.unwrap(word);
    }

    function packSlashWord(SlashWordFields calldata f) external pure returns (uint256) {
        SlashWord word;
        word = word.withGpu(f.gpu);
        word = word.withTaken(f.taken);
        word = word.withPending(f.pending);
        word = word.withHoldUntil(f.holdUntil);
        word = word.withFinder(f.finder);
        word = word.withModule(f.module);
        word = word.withState(f.state);
        return SlashWord.unwrap(word);
    }

    function unpackSlashWord(uint256 raw) external pure returns (SlashWordFields memory f) {
        SlashWord word = SlashWord.wrap(raw);
        f.gpu = word.gpu();
        f.taken = word.taken();
        f.pending = word.pending();
        f.holdUntil = word.holdUntil();
        f.finder = word.finder();
        f.module = word.module();
        f.state = word.state();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackSlashWord(SlashWordFields calldata f, SlashWordFields calldata g) external pure returns (uint256) {
        SlashWord word;
        word = word.withGpu(f.gpu);
        word = word.withTaken(f.taken);
        word = word.withPending(f.pending);
        word = word.withHoldUntil(f.holdUntil);
        word = word.withFinder(f.finder);
        word = word.withModule(f.module);
        word = word.withState(f.state);
        word = word.withGpu(g.gpu);
        word = word.withTaken(g.taken);
        word = word.withPending(g.pending);
        word = word.withHoldUntil(g.holdUntil);
        word = word.withFinder(g.finder);
        word = word.withModule(g.module);
        word = word.withState(g.state);
        return SlashWord.unwrap(word);
    }

    function packSlashClaimWord(SlashClaimWordFields calldata f) external pure returns (uint256) {
        SlashClaimWord word;
        word = word.withBeneficiary(f.beneficiary);
        word = word.withAmount(f.amount);
        return SlashClaimWord.unwrap(word);
    }

    function unpackSlashClaimWord(uint256 raw) external pure returns (SlashClaimWordFields memory f) {
        SlashClaimWord word = SlashClaimWord.wrap(raw);
        f.beneficiary = word.beneficiary();
        f.amount = word.amount();
    }

    /// @notice Sets one field after the other twice, from values and then from others: a setter touches its field only.
    function repackSlashClaimWord(
        SlashClaimWordFields calldata f,
        SlashClaimWordFields calldata g
    ) external pure returns (uint256) {
        SlashClaimWord word;
        word = word.withBeneficiary(f.beneficiary);
        word = word.withAmount(f.amount);
        word = word.withBeneficiary(g.beneficiary);
        word = word.withAmount(g.amount);
        return SlashClaimWord.unwrap(word);
    }
}
