// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Segments} from "../../libraries/Segments.sol";

/// @notice Test double: the functions of Segments alone.
contract SegmentsHarness {
    using Segments for Segments.Opening;

    function leafOf(uint256 place, bytes32 checkpoint) external pure returns (bytes32) {
        return Segments.leafOf(place, checkpoint);
    }

    function drawnFrom(bytes32 seed, uint256 count) external pure returns (uint256[] memory) {
        return Segments.drawnFrom(seed, count);
    }

    function isOf(
        Segments.Opening calldata opening,
        bytes32 root,
        uint256 segment,
        uint256 count,
        bytes32 result
    ) external pure returns (bool) {
        return opening.isOf(root, segment, count, result);
    }
}
