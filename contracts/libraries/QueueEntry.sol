// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice One waiting job: everything that its draw needs, so that a draw never asks for the agreement. rank is kept
/// for SPEC 4.
/// @dev Layout, from the lowest bit:
///     0 key 56
///    56 generation 16
///    72 modelPayee 40
///   112 datasetPayee 40
///   152 region 4
///   156 lockFactor 8
///   164 acceptanceMinutes 8
///   172 drawUnit 28
///   200 rank 48
type QueueEntry is uint256;

using QueueEntryLib for QueueEntry global;

/// @title QueueEntryLib
/// @notice One getter and one pure setter per field of QueueEntry. Setters refuse a value that does not fit
/// (BitField).
library QueueEntryLib {
    using BitField for uint256;

    function key(QueueEntry word) internal pure returns (uint56) {
        return uint56(QueueEntry.unwrap(word));
    }

    function generation(QueueEntry word) internal pure returns (uint16) {
        return uint16(QueueEntry.unwrap(word) >> 56);
    }

    function modelPayee(QueueEntry word) internal pure returns (uint40) {
        return uint40(QueueEntry.unwrap(word) >> 72);
    }

    function datasetPayee(QueueEntry word) internal pure returns (uint40) {
        return uint40(QueueEntry.unwrap(word) >> 112);
    }

    function region(QueueEntry word) internal pure returns (uint8) {
        return uint8((QueueEntry.unwrap(word) >> 152) & 0xf);
    }

    function lockFactor(QueueEntry word) internal pure returns (uint8) {
        return uint8(QueueEntry.unwrap(word) >> 156);
    }

    function acceptanceMinutes(QueueEntry word) internal pure returns (uint8) {
        return uint8(QueueEntry.unwrap(word) >> 164);
    }

    function drawUnit(QueueEntry word) internal pure returns (uint32) {
        return uint32((QueueEntry.unwrap(word) >> 172) & 0xfffffff);
    }

    function rank(QueueEntry word) internal pure returns (uint64) {
        return uint64((QueueEntry.unwrap(word) >> 200) & 0xffffffffffff);
    }

    function withKey(QueueEntry word, uint56 value) internal pure returns (QueueEntry) {
        return QueueEntry.wrap((QueueEntry.unwrap(word) & ~uint256(type(uint56).max)) | value);
    }

    function withGeneration(QueueEntry word, uint16 value) internal pure returns (QueueEntry) {
        return QueueEntry.wrap((QueueEntry.unwrap(word) & ~(uint256(type(uint16).max) << 56)) | (uint256(value) << 56));
    }

    function withModelPayee(QueueEntry word, uint40 value) internal pure returns (QueueEntry) {
        return QueueEntry.wrap((QueueEntry.unwrap(word) & ~(uint256(type(uint40).max) << 72)) | (uint256(value) << 72));
    }

    function withDatasetPayee(QueueEntry word, uint40 value) internal pure returns (QueueEntry) {
        return
            QueueEntry.wrap((QueueEntry.unwrap(word) & ~(uint256(type(uint40).max) << 112)) | (uint256(value) << 112));
    }

    function withRegion(QueueEntry word, uint8 value) internal pure returns (QueueEntry) {
        return QueueEntry.wrap(QueueEntry.unwrap(word).put(152, 4, value));
    }

    function withLockFactor(QueueEntry word, uint8 value) internal pure returns (QueueEntry) {
        return
            QueueEntry.wrap((QueueEntry.unwrap(word) & ~(uint256(type(uint8).max) << 156)) | (uint256(value) << 156));
    }

    function withAcceptanceMinutes(QueueEntry word, uint8 value) internal pure returns (QueueEntry) {
        return
            QueueEntry.wrap((QueueEntry.unwrap(word) & ~(uint256(type(uint8).max) << 164)) | (uint256(value) << 164));
    }

    function withDrawUnit(QueueEntry word, uint32 value) internal pure returns (QueueEntry) {
        return QueueEntry.wrap(QueueEntry.unwrap(word).put(172, 28, value));
    }

    function withRank(QueueEntry word, uint64 value) internal pure returns (QueueEntry) {
        return QueueEntry.wrap(QueueEntry.unwrap(word).put(200, 48, value));
    }
}
