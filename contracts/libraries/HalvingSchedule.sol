// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title HalvingSchedule
/// @notice How much of a pool is emitted after some time: each period pays half of what was left, evenly per second.
/// @dev What is left after k periods is the pool shifted down by k, so the payment of a period is half of the rest
/// rounded up, nothing is paid twice, and after as many periods as the pool has bits (90 for 4.5e26) all of it is paid,
/// to the last wei.
library HalvingSchedule {
    /// @notice Emitted in the first `elapsed` seconds. Never falls as `elapsed` grows, never above `pool`.
    /// @param pool token wei in all
    /// @param period seconds from one halving to the next, not zero
    /// @param elapsed seconds since the start
    function emitted(uint128 pool, uint32 period, uint256 elapsed) internal pure returns (uint256) {
        // A shift by the width of the word or more leaves nothing.
        uint256 left = uint256(pool) >> (elapsed / period);
        uint256 payment = left - (left >> 1);
        // No overflow: 128 bits times 32 bits.
        return pool - left + (payment * (elapsed % period)) / period;
    }
}
