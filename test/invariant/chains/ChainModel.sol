// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Segments} from "../../../contracts/libraries/Segments.sol";

/// @notice What chains are, said plainly: whole trees, and draws as sets.
library ChainModel {
    /// @notice Where a job stands.
    enum Stage {
        Work,
        Delivered,
        Disputed,
        Ended
    }

    /// @notice A job and its chain, as they have to be.
    /// @param root of the present attempt, 0 for none
    /// @param fixedRoot root at the delivery
    /// @param segments of the present attempt
    /// @param salt makes the checkpoints
    /// @param isRight whether the last checkpoint is the result
    /// @param isTree whether there is a tree of `root`; else nobody can open anything
    /// @param named segment + 1, 0 for none
    /// @param firstDrawn whether a first panel was seated or came to nothing
    /// @param lot of the present panel, 0 without
    /// @param openedLot lot to which segments were opened last
    /// @param drawnAt second of the last draw
    struct Job {
        uint256 jobId;
        uint40 requester;
        uint40 owner;
        uint40 accuser;
        uint40 gpu;
        uint40 due;
        uint8 attempt;
        Stage stage;
        bytes32 root;
        bytes32 fixedRoot;
        uint16 segments;
        bytes32 salt;
        bool isRight;
        bool isTree;
        uint256 named;
        bytes32 question;
        uint8 instance;
        bool redrawn;
        bool firstDrawn;
        uint48 lot;
        uint48 openedLot;
        uint40 drawnAt;
    }

    /// @notice What is delivered in the present attempt.
    function resultOf(Job memory j) internal pure returns (bytes32) {
        return keccak256(abi.encode("result", j.jobId, j.attempt));
    }

    /// @notice Checkpoint after `place` segments.
    function checkpointAt(Job memory j, uint256 place) internal pure returns (bytes32) {
        if (place == j.segments && j.isRight) return resultOf(j);
        return keccak256(abi.encode("checkpoint", j.salt, place));
    }

    /// @notice Levels of the whole tree, leaves first; who has no neighbour goes up as it is.
    function treeOf(Job memory j) internal pure returns (bytes32[][] memory levels) {
        uint256 height = 1;
        for (uint256 width = j.segments; width > 1; width = (width + 1) / 2) ++height;
        levels = new bytes32[][](height);
        levels[0] = new bytes32[](j.segments);
        for (uint256 i = 0; i < j.segments; ++i) {
            bytes memory leaf = abi.encode(i + 1, checkpointAt(j, i + 1));
            levels[0][i] = keccak256(abi.encode(keccak256(leaf)));
        }
        for (uint256 level = 1; level < height; ++level) {
            bytes32[] memory below = levels[level - 1];
            levels[level] = new bytes32[]((below.length + 1) / 2);
            for (uint256 i = 0; i < levels[level].length; ++i) {
                levels[level][i] = 2 * i + 1 < below.length ? _join(below[2 * i], below[2 * i + 1]) : below[2 * i];
            }
        }
    }

    /// @notice Top of the tree.
    function rootOf(Job memory j) internal pure returns (bytes32) {
        bytes32[][] memory levels = treeOf(j);
        return levels[levels.length - 1][0];
    }

    /// @notice Openings of these segments, as an honest operator makes them.
    function openingsOf(
        Job memory j,
        uint256[] memory segments
    ) internal pure returns (Segments.Opening[] memory openings) {
        bytes32[][] memory levels = treeOf(j);
        openings = new Segments.Opening[](segments.length);
        for (uint256 i = 0; i < segments.length; ++i) {
            uint256 segment = segments[i];
            if (segment != 0) {
                openings[i].start = checkpointAt(j, segment);
                openings[i].startProof = _proofOf(levels, segment - 1);
            }
            openings[i].end = checkpointAt(j, segment + 1);
            openings[i].endProof = _proofOf(levels, segment);
        }
    }

    /// @notice What the present panel looks at: nothing before its draw or without consent; else the last segment, up
    /// to three others, and the named one.
    function drawnOf(Job memory j) internal pure returns (uint256[] memory) {
        if (j.lot == 0 || j.named == 0) return new uint256[](0);
        bytes32 seed = keccak256(abi.encode(j.question, j.lot));
        uint256 size = j.segments < 4 ? j.segments : 4;
        uint256[] memory all = new uint256[](size + 1);
        all[0] = j.segments - 1;
        uint256 found = 1;
        // Each step lets one more segment be chosen; it is chosen itself when the pick is taken.
        for (uint256 newest = j.segments - size; found < size; ++newest) {
            uint256 pick = uint256(keccak256(abi.encode(seed, found))) % (newest + 1);
            all[found] = contains(all, found, pick) ? newest : pick;
            ++found;
        }
        if (!contains(all, found, j.named - 1)) all[found++] = j.named - 1;
        return _first(all, found);
    }

    /// @notice Whether one of the first `count` is `item`.
    function contains(uint256[] memory list, uint256 count, uint256 item) internal pure returns (bool) {
        for (uint256 i = 0; i < count; ++i) {
            if (list[i] == item) return true;
        }
        return false;
    }

    function _proofOf(bytes32[][] memory levels, uint256 index) private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](levels.length);
        uint256 length = 0;
        for (uint256 level = 0; level + 1 < levels.length; ++level) {
            uint256 sibling = index ^ 1;
            if (sibling < levels[level].length) proof[length++] = levels[level][sibling];
            index /= 2;
        }
        bytes32[] memory whole = proof;
        proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) proof[i] = whole[i];
    }

    function _join(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    function _first(uint256[] memory list, uint256 count) private pure returns (uint256[] memory head) {
        head = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) head[i] = list[i];
    }
}
