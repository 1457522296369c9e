// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Lanes
/// @notice Twelve 16-bit counts, one per region, in the low 192 bits of a word.
library Lanes {
    /// @notice Regions of a class.
    uint256 internal constant REGIONS = 12;

    /// @notice Highest count of a lane.
    uint256 internal constant MAX_COUNT = type(uint16).max;

    /// @notice Mask of all lanes.
    uint256 internal constant ALL = type(uint192).max;

    /// @notice Count of `region`, 0..11.
    function read(uint256 word, uint256 region) internal pure returns (uint256) {
        return (word >> (region << 4)) & MAX_COUNT;
    }

    /// @notice `word` with another count of `region`, at most MAX_COUNT.
    function write(uint256 word, uint256 region, uint256 value) internal pure returns (uint256) {
        uint256 shift = region << 4;
        return (word & ~(MAX_COUNT << shift)) | (value << shift);
    }

    /// @notice Sum of the twelve counts.
    function total(uint256 word) internal pure returns (uint256 sum) {
        for (uint256 rest = word & ALL; rest != 0; rest >>= 16) sum += rest & MAX_COUNT;
    }

    /// @notice Region and index in it of the `index`-th item when the twelve lists stand one behind the other.
    /// @dev `index` must be less than `total(word)`.
    function locate(uint256 word, uint256 index) internal pure returns (uint256 region, uint256 position) {
        position = index;
        uint256 count = read(word, 0);
        while (position >= count) {
            position -= count;
            count = read(word, ++region);
        }
    }
}
