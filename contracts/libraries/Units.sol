// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Units
/// @notice Token wei outside, units of 1e9 wei ("gwei units") in packed 64-bit fields.
/// @dev 64 bits of gwei units reach 18.4 billion tokens, more than any preset mints.
library Units {
    /// @notice Token wei in one gwei unit.
    uint256 internal constant WEI_PER_GWEI = 1e9;

    /// @notice Thrown when an amount that must be whole gwei units is not.
    error UnitsNotWhole(uint256 amountWei);

    /// @notice Whether `amountWei` is a whole number of gwei units.
    function isWhole(uint256 amountWei) internal pure returns (bool) {
        return amountWei % WEI_PER_GWEI == 0;
    }

    /// @notice Gwei units as token wei; cannot overflow.
    function toWei(uint64 amountGwei) internal pure returns (uint256) {
        // Widen first: a product of uint64 and a constant that fits uint64 would stay uint64 and overflow.
        return uint256(amountGwei) * WEI_PER_GWEI;
    }

    /// @notice Token wei as gwei units; reverts UnitsNotWhole on a remainder, SafeCast's error above 64 bits.
    function toGweiExact(uint256 amountWei) internal pure returns (uint64) {
        if (!isWhole(amountWei)) revert UnitsNotWhole(amountWei);
        return SafeCast.toUint64(amountWei / WEI_PER_GWEI);
    }

    /// @notice Token wei as gwei units, rounded down; SafeCast's error above 64 bits.
    function toGweiDown(uint256 amountWei) internal pure returns (uint64) {
        return SafeCast.toUint64(amountWei / WEI_PER_GWEI);
    }

    /// @notice Token wei as gwei units, rounded up; SafeCast's error above 64 bits.
    function toGweiUp(uint256 amountWei) internal pure returns (uint64) {
        return SafeCast.toUint64(amountWei / WEI_PER_GWEI + (isWhole(amountWei) ? 0 : 1));
    }
}
