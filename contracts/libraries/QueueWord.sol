// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Heads, tails and the part of one class queue that is bound to a round. Two FIFO lines: front (re-queued) before main.
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
/// @notice One getter and one pure setter per field of QueueWord. Setters refuse a value that does not fit.
library QueueWordLib {
    error QueueWordFieldTooLarge(uint256 value, uint256 bits);

    function mainHead(QueueWord word) internal pure returns (uint32) {
        return uint32(QueueWord.unwrap(word));
    }

    function mainTail(QueueWord word) internal pure returns (uint32) {
        return uint32((QueueWord.unwrap(word) >> 32));
    }

    function frontHead(QueueWord word) internal pure returns (uint32) {
        return uint32((QueueWord.unwrap(word) >> 64));
    }

    function frontTail(QueueWord word) internal pure returns (uint32) {
        return uint32((QueueWord.unwrap(word) >> 96));
    }

    function round(QueueWord word) internal pure returns (uint32) {
        return uint32((QueueWord.unwrap(word) >> 128));
    }

    function pendingMain(QueueWord word) internal pure returns (uint16) {
        return uint16((QueueWord.unwrap(word) >> 160));
    }

    function pendingFront(QueueWord word) internal pure returns (uint16) {
        return uint16((QueueWord.unwrap(word) >> 176));
    }

    function tries(QueueWord word) internal pure returns (uint16) {
        return uint16((QueueWord.unwrap(word) >> 192));
    }

    function withMainHead(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return _put(word, value, 0, 32);
    }

    function withMainTail(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return _put(word, value, 32, 32);
    }

    function withFrontHead(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return _put(word, value, 64, 32);
    }

    function withFrontTail(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return _put(word, value, 96, 32);
    }

    function withRound(QueueWord word, uint32 value) internal pure returns (QueueWord) {
        return _put(word, value, 128, 32);
    }

    function withPendingMain(QueueWord word, uint16 value) internal pure returns (QueueWord) {
        return _put(word, value, 160, 16);
    }

    function withPendingFront(QueueWord word, uint16 value) internal pure returns (QueueWord) {
        return _put(word, value, 176, 16);
    }

    function withTries(QueueWord word, uint16 value) internal pure returns (QueueWord) {
        return _put(word, value, 192, 16);
    }

    function _put(QueueWord word, uint256 value, uint256 offset, uint256 bits) private pure returns (QueueWord) {
        if (value >> bits != 0) revert QueueWordFieldTooLarge(value, bits);
        uint256 mask = ((1 << bits) - 1) << offset;
        return QueueWord.wrap((QueueWord.unwrap(word) & ~mask) | (value << offset));
    }
}
