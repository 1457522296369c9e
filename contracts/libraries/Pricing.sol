// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Pricing
/// @notice The arithmetic behind each line of a quote (SPEC 6). Units of 1e9 wei; roundings are up, against the payer.
library Pricing {
    /// @notice Calls of draw tries that a job may cost: three draws, each of which may go round twice.
    uint256 internal constant DRAW_CALLS = 6;
    /// @notice Draws of a job, each of which may end in "input unavailable".
    uint256 internal constant INPUT_CHARGES = 3;
    /// @notice Seats of a review panel that a quote provides for.
    uint256 internal constant VALIDATORS = 5;
    /// @notice Smallest compute line: this many seconds of the class rate (SPEC 12, minimum job).
    uint256 internal constant MINIMUM_SECONDS = 60;
    /// @notice Most seconds that count for reputation (SPEC 3).
    uint256 internal constant MAX_REFERENCE_SECONDS = 86_400;
    uint256 internal constant BPS = 10_000;
    uint256 private constant HOUR = 3_600;

    /// @notice A line or a sum of lines does not fit in 64 bits. Thrown by `fit`.
    error PricingSumTooLarge(uint256 sum);

    /// @notice Compute line: units x price, at least the minimum of the class.
    function compute(uint32 units, uint64 pricePerUnit, uint64 minimum) internal pure returns (uint256) {
        return Math.max(uint256(units) * pricePerUnit, minimum);
    }

    /// @notice What is held back for draws and "input unavailable" charges.
    function drawReserve(uint64 drawUnit, uint64 inputCharge) internal pure returns (uint256) {
        return DRAW_CALLS * drawUnit + INPUT_CHARGES * inputCharge;
    }

    /// @notice Protocol fee: `feeBps` of compute and royalties, rounded up.
    function protocolFee(uint256 base, uint16 feeBps) internal pure returns (uint256) {
        return Math.ceilDiv(base * feeBps, BPS);
    }

    /// @notice Seconds that count for reputation: seconds of one unit x units, at most a day.
    function referenceSeconds(uint32 units, uint32 secondsPerUnit) internal pure returns (uint32) {
        // At most 86,400, so it fits.
        return uint32(Math.min(uint256(units) * secondsPerUnit, MAX_REFERENCE_SECONDS));
    }

    /// @notice Price of some power over some time (000): power x rate per power and hour, rounded up.
    /// @param power units of power
    /// @param ratePerPowerHour price of one unit of power for one hour
    /// @param duration seconds
    function ofPower(uint32 power, uint64 ratePerPowerHour, uint32 duration) internal pure returns (uint256) {
        return Math.ceilDiv(uint256(power) * ratePerPowerHour * duration, HOUR);
    }

    /// @notice `sum` as 64 bits; reverts with PricingSumTooLarge when it does not fit.
    function fit(uint256 sum) internal pure returns (uint64) {
        if (sum > type(uint64).max) revert PricingSumTooLarge(sum);
        return uint64(sum);
    }
}
