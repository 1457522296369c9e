// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Segments
/// @notice Chains of training checkpoints: leaf i of a tree is the checkpoint after i segments, 1 to n, the last of
/// them the result. Segment i leads from checkpoint i to checkpoint i + 1; nothing lies before the first, which begins
/// with the input.
library Segments {
    /// @notice One segment with its proofs.
    /// @param start checkpoint before it, zero for the first segment
    /// @param end checkpoint after it
    /// @param startProof proof of `start`, empty for the first segment
    /// @param endProof proof of `end`
    struct Opening {
        bytes32 start;
        bytes32 end;
        bytes32[] startProof;
        bytes32[] endProof;
    }

    /// @notice Segments that are looked at, where a chain has as many.
    uint256 internal constant DRAWN = 4;

    /// @notice Hash of a leaf: twice, so that no inner node passes for one; the place is in it, so that no leaf passes
    /// for another.
    function leafOf(uint256 place, bytes32 checkpoint) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(place, checkpoint))));
    }

    /// @notice Which of `count` segments `seed` chooses: always the last, which ends with the result, and others that
    /// differ, each set of them as likely as every other.
    function drawnFrom(bytes32 seed, uint256 count) internal pure returns (uint256[] memory drawn) {
        drawn = new uint256[](count < DRAWN ? count : DRAWN);
        if (drawn.length == 0) return drawn;
        drawn[0] = count - 1;
        // Floyd: of the first j + 1 segments one more is chosen, and when that is taken already, the j-th itself.
        for (uint256 i = 1; i < drawn.length; ++i) {
            uint256 j = count + i - 1 - drawn.length;
            uint256 pick = uint256(keccak256(abi.encode(seed, i))) % (j + 1);
            drawn[i] = _isAmong(drawn, i, pick) ? j : pick;
        }
    }

    /// @notice Whether an opening is of `segment` in the chain of `root`, and its last one ends with `result`.
    function isOf(
        Opening calldata opening,
        bytes32 root,
        uint256 segment,
        uint256 count,
        bytes32 result
    ) internal pure returns (bool) {
        if (segment == 0 ? opening.start != 0 : !_proves(opening.startProof, root, segment, opening.start))
            return false;
        if (segment + 1 == count && opening.end != result) return false;
        return _proves(opening.endProof, root, segment + 1, opening.end);
    }

    function _proves(
        bytes32[] calldata proof,
        bytes32 root,
        uint256 place,
        bytes32 checkpoint
    ) private pure returns (bool) {
        return MerkleProof.verifyCalldata(proof, root, leafOf(place, checkpoint));
    }

    function _isAmong(uint256[] memory drawn, uint256 found, uint256 pick) private pure returns (bool) {
        for (uint256 i = 1; i < found; ++i) {
            if (drawn[i] == pick) return true;
        }
        return false;
    }
}
