// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title WeightedDraw
/// @notice Rejection sampling: a try picks an index at random and accepts it with probability weight / MAX_WEIGHT.
/// @dev Every try is numbered and depends on seed and number only, so that a draw may stop and continue. Index and
/// acceptance use different halves of the word. Reducing 128 random bits leaves a bias below 2^-100.
library WeightedDraw {
    /// @notice Weight that is always accepted.
    uint256 internal constant MAX_WEIGHT = 20_000;

    /// @notice Random word of a try.
    function word(bytes32 seed, uint256 tryNumber) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, tryNumber)));
    }

    /// @notice Index below `length` that the try picks; `length` is not 0.
    function index(uint256 random, uint256 length) internal pure returns (uint256) {
        return (random >> 128) % length;
    }

    /// @notice Whether the try accepts an item of `weight`, at most MAX_WEIGHT.
    function accepts(uint256 random, uint256 weight) internal pure returns (bool) {
        return uint128(random) % MAX_WEIGHT < weight;
    }
}
