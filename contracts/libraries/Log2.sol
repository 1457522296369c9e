// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Log2
/// @notice Binary logarithm of whole numbers in fixed point.
/// @dev log2(x) = n + log2(m) with m = x / 2^n brought into [1/sqrt 2, sqrt 2), and ln(m) = 2 artanh((m - 1) / (m + 1))
/// as a series. With |z| <= 0.1716 the first term left out, 2 z^13 / 13, is below 2e-11.
library Log2 {
    int256 private constant ONE = 1e18;
    int256 private constant TWO_LOG2_E = 2_885390081777926815;
    int256 private constant SQRT_2 = 1_414213562373095049;

    /// @notice log2(x) in 1e-18, for 1 <= x < 2^64; the error is below 1e-10.
    // The stated error has the roundings in it.
    // slither-disable-next-line divide-before-multiply
    function log2(uint256 x) internal pure returns (uint256) {
        uint256 whole = Math.log2(x);
        // No overflow: x < 2^64 and ONE < 2^60, later products of two numbers below 2e18, and all sums are below 2^70.
        unchecked {
            int256 m = int256((x * uint256(ONE)) >> whole);
            if (m >= SQRT_2) {
                m >>= 1;
                ++whole;
            }
            int256 z = ((m - ONE) * ONE) / (m + ONE);
            int256 q = (z * z) / ONE;
            int256 series = ONE / 11;
            series = ONE / 9 + (series * q) / ONE;
            series = ONE / 7 + (series * q) / ONE;
            series = ONE / 5 + (series * q) / ONE;
            series = ONE / 3 + (series * q) / ONE;
            series = ONE + (series * q) / ONE;
            // Not negative: |log2(m)| is at most a half and m < 1 only where whole was raised to at least 1.
            return uint256(int256(whole) * ONE + (((z * series) / ONE) * TWO_LOG2_E) / ONE);
        }
    }
}
