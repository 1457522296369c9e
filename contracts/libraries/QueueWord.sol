// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Heads, tails and the part of one class queue that is bound to a round. Two FIFO lines: front (re-queued)
/// before main.
/// @dev Layout, from the lowest bit:
///     0 mainHead 32
///    32 mainTail 32
///    64 frontHead 32
///    96 frontTail 32
///   128 round 32
///   160 pendingMain 16
///   176 pendingFront 16
///   192 tries 16
type QueueWord is uint256;

using QueueWordLib for QueueWord global;

/// @title QueueWordLib
/// @notice One getter and one pure setter per field of QueueWord.
library QueueWordLib {
    function mainHead(QueueWord word) internal pure returns (uint32) {
        return uint32(QueueWord.unwrap(word));
    }

    function mainTail(QueueWord word) internal pure returns (uint32) {
        return uint32(QueueWord.unwrap(word) >> 32);
    }

    function frontHead(QueueWord word) internal pure returns (uint32) {
        return uint32(QueueWord.unwrap(word) >> 64);
    }

    function frontTail(QueueWord word) internal pure returns (uint32) {
        return uint32(QueueWord.unwrap(word) >> 96);
    }

    function round(QueueWord word) internal pure returns (uint32) {
        return uint32(QueueWord.unwrap(word) >> 128);
    }

    function pendingMain(QueueWord word) internal pure returns (uint16) {
        return uint16(QueueWord.unwrap(word) >> 160);
    }

    function pendingFront(QueueWord word) internal pure returns (uint16) {
        return uint16(QueueWord.unwrap(word) >> 176);
    }

    function tries(QueueWord word) internal pure returns (uint16) {
        return uint16(QueueWord.unwrap(word) >> 192);
    }

    function withMainHead(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~uint256(type(uint32).max)) | value);
    }

    function withMainTail(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint32).max) << 32)) | (uint256(value) << 32));
    }

    function withFrontHead(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint32).max) << 64)) | (uint256(value) << 64));
    }

    function withFrontTail(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint32).max) << 96)) | (uint256(value) << 96));
    }

    function withRound(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint32).max) << 128)) | (uint256(value) << 128));
    }

    function withPendingMain(QueueWord word, uint16 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint16).max) << 160)) | (uint256(value) << 160));
    }

    function withPendingFront(QueueWord word, uint16 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint16).max) << 176)) | (uint256(value) << 176));
    }

    function withTries(QueueWord word, uint16 value) internal pure returns (QueueWord) {
        return QueueWord.wrap((QueueWord.unwrap(word) & ~(uint256(type(uint16).max) << 192)) | (uint256(value) << 192));
    }
}
