// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EnergyReport} from "../../libraries/EnergyReport.sol";
import {JoinedWord, JoinedWordLib} from "../../libraries/JoinedWord.sol";
import {Lanes} from "../../libraries/Lanes.sol";
import {Log2} from "../../libraries/Log2.sol";
import {OwnerWord} from "../../libraries/OwnerWord.sol";
import {PoolWord} from "../../libraries/PoolWord.sol";
import {RegistryWord} from "../../libraries/RegistryWord.sol";
import {Reputation} from "../../libraries/Reputation.sol";
import {RollingWindow} from "../../libraries/RollingWindow.sol";
import {WeightedDraw} from "../../libraries/WeightedDraw.sol";

/// @title RegistryMathHarness
/// @notice Test double: the pure libraries of the registry, callable.
contract RegistryMathHarness {
    uint256[5] private _lanes;

    /// @notice An outcome, or a look at the sums (`count` false) of a day.
    struct Step {
        uint16 day;
        bool count;
        bool completed;
    }

    function log2(uint256 x) external pure returns (uint256) {
        return Log2.log2(x);
    }

    function successWeight(uint256 c, uint256 d, uint256 t, uint256 greatest) external pure returns (uint256) {
        return Reputation.successWeight(c, d, t, greatest);
    }

    function gainOf(uint256 score, uint256 weight, uint256 percent, bool half) external pure returns (uint256) {
        return Reputation.gainOf(score, weight, percent, half);
    }

    function capGain(uint256 gain, uint256 gained, uint256 percent) external pure returns (uint256) {
        return Reputation.capGain(gain, gained, percent);
    }

    function missLoss(
        uint256 completed,
        uint256 attempted,
        uint256 min,
        uint256 max,
        bool worst
    ) external pure returns (uint256) {
        return Reputation.missLoss(completed, attempted, min, max, worst);
    }

    function fraudLoss(uint256 percent) external pure returns (uint256) {
        return Reputation.fraudLoss(percent);
    }

    function raised(uint256 score, uint256 gain) external pure returns (uint256) {
        return Reputation.raised(score, gain);
    }

    function lowered(uint256 score, uint256 loss) external pure returns (uint256) {
        return Reputation.lowered(score, loss);
    }

    function tryWord(bytes32 seed, uint256 number) external pure returns (uint256) {
        return WeightedDraw.word(seed, number);
    }

    function index(uint256 random, uint256 length) external pure returns (uint256) {
        return WeightedDraw.index(random, length);
    }

    function accepts(uint256 random, uint256 weight) external pure returns (bool) {
        return WeightedDraw.accepts(random, weight);
    }

    function readLane(uint256 word, uint256 region) external pure returns (uint256) {
        return Lanes.read(word, region);
    }

    function writeLane(uint256 word, uint256 region, uint256 value) external pure returns (uint256) {
        return Lanes.write(word, region, value);
    }

    function totalOf(uint256 word) external pure returns (uint256) {
        return Lanes.total(word);
    }

    function locate(uint256 word, uint256 item) external pure returns (uint256 region, uint256 position) {
        return Lanes.locate(word, item);
    }

    function absorb(uint256 pool, uint256 joined) external pure returns (uint256) {
        return PoolWord.unwrap(PoolWord.wrap(pool).absorb(JoinedWord.wrap(joined)));
    }

    function poolParts(
        uint256 word,
        uint256 region
    ) external pure returns (uint256 length, uint256 lanes, uint64 energy) {
        PoolWord pool = PoolWord.wrap(word);
        return (pool.length(region), pool.lanes(), pool.energy());
    }

    function packPool(uint256 word, uint256 region, uint16 length, uint64 energy) external pure returns (uint256) {
        return PoolWord.unwrap(PoolWord.wrap(word).withLength(region, length).withEnergy(energy));
    }

    function addEnergy(uint256 word, uint256 value) external pure returns (uint256) {
        return PoolWord.unwrap(PoolWord.wrap(word).addEnergy(value));
    }

    function joinedParts(
        uint256 word,
        uint256 region
    ) external pure returns (uint256 count, uint256 lanes, uint24 stamp, uint40 energy) {
        JoinedWord joined = JoinedWord.wrap(word);
        return (joined.count(region), joined.lanes(), joined.stamp(), joined.energy());
    }

    function packJoined(uint24 stamp, uint256 region, uint16 count, uint40 energy) external pure returns (uint256) {
        return JoinedWord.unwrap(JoinedWordLib.empty(stamp).withCount(region, count).withEnergy(energy));
    }

    function stampOf(uint256 word) external pure returns (uint24) {
        return RegistryWord.wrap(word).stamp();
    }

    function counted(uint256 word, bool completed) external pure returns (uint256) {
        return OwnerWord.unwrap(OwnerWord.wrap(word).counted(completed));
    }

    function energyBounds(
        uint256 watts,
        uint256 idleWatts,
        uint256 slots,
        uint256 elapsed
    ) external pure returns (uint256 least, uint256 greatest) {
        return EnergyReport.bounds(watts, idleWatts, slots, elapsed);
    }

    /// @notice Plays outcomes in order of their days; returns the sums after each step. Called statically.
    function playWindow(
        Step[] calldata steps
    ) external returns (uint256[] memory completed, uint256[] memory attempted) {
        completed = new uint256[](steps.length);
        attempted = new uint256[](steps.length);
        OwnerWord word;
        for (uint256 i = 0; i < steps.length; ++i) {
            Step calldata step = steps[i];
            if (step.count) word = _count(word, step);
            (completed[i], attempted[i]) = RollingWindow.sums(_lanes, _counts(word), step.day);
        }
    }

    function _count(OwnerWord word, Step calldata step) private returns (OwnerWord) {
        if (step.day != word.day()) {
            RollingWindow.Counts memory counts = _counts(word);
            RollingWindow.roll(_lanes, counts, step.day);
            word = word.withCompleted(uint24(counts.completed)).withAttempted(uint24(counts.attempted));
            word = word.withDay(step.day).withDayCompleted(0).withDayAttempted(0);
        }
        return word.counted(step.completed);
    }

    function _counts(OwnerWord word) private pure returns (RollingWindow.Counts memory) {
        return
            RollingWindow.Counts({
                completed: word.completed(),
                attempted: word.attempted(),
                dayCompleted: word.dayCompleted(),
                dayAttempted: word.dayAttempted(),
                day: word.day()
            });
    }
}
