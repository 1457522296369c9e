// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Log2} from "./Log2.sol";

/// @title Reputation
/// @notice Score arithmetic of SPEC 3 in units of 1e-6 points. Pure; saturates and never reverts, whatever it is given.
/// @dev Governed terms are percent of the defaults below, 50..150. Gains and losses are rounded down.
library Reputation {
    /// @notice Greatest score, 100 points.
    uint256 internal constant MAX = 100e6;

    /// @notice Score of a fresh owner, 50 points, and most that a returning one starts with.
    uint256 internal constant START = 50e6;

    /// @notice Score under which nobody is drawn, 20 points; also where a rested score returns to.
    uint256 internal constant FLOOR = 20e6;

    /// @notice Days without an outcome after which a score under the floor returns to it.
    uint256 internal constant REST_DAYS = 30;

    /// @notice Days that fraud bars owner and device.
    uint256 internal constant FRAUD_DAYS = 180;

    /// @notice Units of 1e-6 points in the 0.01 points of a draw weight.
    uint256 internal constant PER_WEIGHT = 1e4;

    uint256 private constant GAIN = 2e6;
    uint256 private constant LOSS_MIN = 1e6;
    uint256 private constant LOSS_MAX = 10e6;
    uint256 private constant FRAUD = 25e6;
    uint256 private constant DAY_CAP = 6e6;

    uint256 private constant ONE = 1e9;
    uint256 private constant COMPLEXITY_SHARE = 4e8;
    uint256 private constant DURATION_SHARE = 3e8;
    uint256 private constant POWER_SHARE = 3e8;
    uint256 private constant MAX_COMPLEXITY = 10;
    uint256 private constant MAX_SECONDS = 86_400;

    /// @dev log2(86,401) in 1e-18.
    uint256 private constant LOG2_MAX = 16_398760389700832403;

    /// @notice w = 0.4 c/10 + 0.3 log2(1+d)/log2(86,401) + 0.3 T/Tmax, in 1e-9, at most 1e9.
    /// @param complexity c, cut at 10
    /// @param creditedSeconds d, cut at 86,400
    /// @param throughput T of the GPU's class, below 2^128
    /// @param greatest Tmax of the table, same unit; the term is 0 when this is 0
    function successWeight(
        uint256 complexity,
        uint256 creditedSeconds,
        uint256 throughput,
        uint256 greatest
    ) internal pure returns (uint256 weight) {
        // No overflow: factors are at most 1e9, the logarithm below 17e18, a throughput below 2^128.
        unchecked {
            uint256 c = complexity > MAX_COMPLEXITY ? MAX_COMPLEXITY : complexity;
            weight = (COMPLEXITY_SHARE * c) / MAX_COMPLEXITY;
            if (creditedSeconds >= MAX_SECONDS) weight += DURATION_SHARE;
            else weight += (DURATION_SHARE * Log2.log2(1 + creditedSeconds)) / LOG2_MAX;
            if (greatest != 0) weight += throughput >= greatest ? POWER_SHARE : (POWER_SHARE * throughput) / greatest;
        }
    }

    /// @notice g w (1 - S/100), half of it when `half`. `weight` is at most 1e9.
    function gainOf(
        uint256 score,
        uint256 weight,
        uint256 gainPercent,
        bool half
    ) internal pure returns (uint256 gain) {
        if (score >= MAX) return 0;
        // No overflow: the product is below 2e6 x 2^8 x 1e9 x 1e8.
        unchecked {
            gain = (GAIN * gainPercent * weight * (MAX - score)) / (100 * ONE * MAX);
            if (half) gain /= 2;
        }
    }

    /// @notice What of `gain` still fits under the day's cap when `gained` was gained on the same UTC day.
    function capGain(uint256 gain, uint256 gained, uint256 capPercent) internal pure returns (uint256) {
        uint256 cap = (DAY_CAP * capPercent) / 100;
        if (gained >= cap) return 0;
        return gain > cap - gained ? cap - gained : gain;
    }

    /// @notice lmin + (lmax - lmin)(1 - r), r = completed/attempted with this attempt counted; lmax when `worst`.
    function missLoss(
        uint256 completed,
        uint256 attempted,
        uint256 minPercent,
        uint256 maxPercent,
        bool worst
    ) internal pure returns (uint256) {
        uint256 least = (LOSS_MIN * minPercent) / 100;
        uint256 greatest = (LOSS_MAX * maxPercent) / 100;
        if (worst || attempted == 0) return greatest;
        uint256 failed = attempted > completed ? attempted - completed : 0;
        return least + ((greatest - least) * failed) / attempted;
    }

    /// @notice Loss by proven fraud.
    function fraudLoss(uint256 fraudPercent) internal pure returns (uint256) {
        return (FRAUD * fraudPercent) / 100;
    }

    /// @notice `score` plus `gain`, at most MAX.
    function raised(uint256 score, uint256 gain) internal pure returns (uint256) {
        return gain >= MAX - score ? MAX : score + gain;
    }

    /// @notice `score` less `loss`, at least 0.
    function lowered(uint256 score, uint256 loss) internal pure returns (uint256) {
        return loss >= score ? 0 : score - loss;
    }
}
