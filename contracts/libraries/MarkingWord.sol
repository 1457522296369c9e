// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Counts of a batch of the score board, in one storage word.
/// @dev Layout, from the low bits:
///   0..15    asked, questions
///   16..31   settled, questions that are settled
///   32..143  answered, per seat 0..6 the settled questions that it answered, 16 bits each
///   144..255 sound, per seat 0..6 those of them that earned it at least half of its part, 16 bits each
type MarkingWord is uint256;

using MarkingWordLib for MarkingWord global;

/// @title MarkingWordLib
/// @notice Getters and pure setters of MarkingWord.
library MarkingWordLib {
    uint256 private constant ASKED_SHIFT = 0;
    uint256 private constant SETTLED_SHIFT = 16;
    uint256 private constant ANSWERED_SHIFT = 32;
    uint256 private constant SOUND_SHIFT = 144;
    uint256 private constant COUNT_BITS = 16;

    /// @notice Questions.
    function asked(MarkingWord self) internal pure returns (uint16) {
        return uint16(BitField.read(MarkingWord.unwrap(self), ASKED_SHIFT, type(uint16).max));
    }

    /// @notice Questions that are settled.
    function settled(MarkingWord self) internal pure returns (uint16) {
        return uint16(BitField.read(MarkingWord.unwrap(self), SETTLED_SHIFT, type(uint16).max));
    }

    /// @notice Settled questions that `seat` answered.
    function answeredBy(MarkingWord self, uint256 seat) internal pure returns (uint16) {
        return uint16(BitField.read(MarkingWord.unwrap(self), ANSWERED_SHIFT + seat * COUNT_BITS, type(uint16).max));
    }

    /// @notice Settled questions that earned `seat` at least half of its part.
    function soundOf(MarkingWord self, uint256 seat) internal pure returns (uint16) {
        return uint16(BitField.read(MarkingWord.unwrap(self), SOUND_SHIFT + seat * COUNT_BITS, type(uint16).max));
    }

    /// @notice `self` with another asked field.
    function withAsked(MarkingWord self, uint16 value) internal pure returns (MarkingWord) {
        return MarkingWord.wrap(BitField.write(MarkingWord.unwrap(self), ASKED_SHIFT, type(uint16).max, value));
    }

    /// @notice `self` with another settled field.
    function withSettled(MarkingWord self, uint16 value) internal pure returns (MarkingWord) {
        return MarkingWord.wrap(BitField.write(MarkingWord.unwrap(self), SETTLED_SHIFT, type(uint16).max, value));
    }

    /// @notice `self` with another count of questions that `seat` answered.
    function withAnswered(MarkingWord self, uint256 seat, uint16 value) internal pure returns (MarkingWord) {
        uint256 shift = ANSWERED_SHIFT + seat * COUNT_BITS;
        return MarkingWord.wrap(BitField.write(MarkingWord.unwrap(self), shift, type(uint16).max, value));
    }

    /// @notice `self` with another count of questions that earned `seat` at least half of its part.
    function withSound(MarkingWord self, uint256 seat, uint16 value) internal pure returns (MarkingWord) {
        uint256 shift = SOUND_SHIFT + seat * COUNT_BITS;
        return MarkingWord.wrap(BitField.write(MarkingWord.unwrap(self), shift, type(uint16).max, value));
    }
}
