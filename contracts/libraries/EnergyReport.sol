// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title EnergyReport
/// @notice Plausible energy of a delivered job, and the efficiency gain of SPEC 3.
library EnergyReport {
    /// @notice Thrown when a gain is asked against nothing.
    error EnergyZeroReference();

    /// @notice Thrown when an energy does not fit a signed number.
    error EnergyTooLarge(uint256 energy);

    uint256 private constant BPS = 10_000;

    /// @notice Least and greatest milliwatt-hours of a job of `elapsed` seconds on one of `slots` slots.
    /// @dev 1 mWh = 3.6 J. Greatest: watts x (elapsed + 1) x 1.2 / 3.6 J / slots, rounded down. Least: idle watts x
    /// elapsed / 3.6 J / slots, rounded down. `slots` is not 0.
    function bounds(
        uint256 watts,
        uint256 idleWatts,
        uint256 slots,
        uint256 elapsed
    ) internal pure returns (uint256 least, uint256 greatest) {
        least = (idleWatts * elapsed * 1_000) / (3_600 * slots);
        greatest = (watts * (elapsed + 1) * 1_200) / (3_600 * slots);
    }

    /// @notice (conventional - used) / conventional, in signed basis points, rounded toward zero: 1000 against 600
    /// gives 4000.
    /// @param conventional energy of the conventional way, not 0
    /// @param used energy of our way, same unit
    function efficiencyGain(uint256 conventional, uint256 used) internal pure returns (int256 gainBps) {
        if (conventional == 0) revert EnergyZeroReference();
        if (conventional > type(uint128).max) revert EnergyTooLarge(conventional);
        if (used > type(uint128).max) revert EnergyTooLarge(used);
        // Both fit 128 bits, so the casts keep the sign and the product stays below 2^142.
        return ((int256(conventional) - int256(used)) * int256(BPS)) / int256(conventional);
    }
}
