// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice A question before the panel, in one storage word. Zero means that it was never asked.
/// @dev Layout, from the lowest bit:
///     0 stage 4, QuestionWordLib.WAITING and so on
///     4 finding 4, verdict so far (IReviewPanel.Finding)
///     8 domain 8, domain that its validators have
///    16 seats 8, seats of the present panel
///    24 frozenAt 40, second in which the pool of the present panel was frozen
///    64 length 16, places of the domain's list then
///    80 owners 16, validators that were available then
///    96 round 32, beacon round that the present panel is bound to
///   128 decidedAt 40, second of the verdict
///   168 deadline 40, last second in which a verdict is of use
///   208 appealed 1, whether the present panel is that of the appeal
///   209 redrawn 1, whether the first panel of this instance came to nothing
///   210 needsConfirmation 1, whether an arbiter has to confirm the verdict
///   211 confirmed 1, whether one did
///   212 free 44
type QuestionWord is uint256;

using QuestionWordLib for QuestionWord global;

/// @title QuestionWordLib
/// @notice One getter and one pure setter per field of QuestionWord.
library QuestionWordLib {
    using BitField for uint256;

    /// @notice Bound to a round and not drawn.
    uint8 internal constant WAITING = 1;
    /// @notice Its seats commit, reveal, and are counted.
    uint8 internal constant VOTING = 2;
    /// @notice Counted.
    uint8 internal constant DECIDED = 3;
    /// @notice Over.
    uint8 internal constant CLOSED = 4;

    uint256 private constant NIBBLE = 0xf;

    function stage(QuestionWord word) internal pure returns (uint8) {
        return uint8(QuestionWord.unwrap(word).read(0, NIBBLE));
    }

    function finding(QuestionWord word) internal pure returns (uint8) {
        return uint8(QuestionWord.unwrap(word).read(4, NIBBLE));
    }

    function domain(QuestionWord word) internal pure returns (uint8) {
        return uint8(QuestionWord.unwrap(word) >> 8);
    }

    function seats(QuestionWord word) internal pure returns (uint8) {
        return uint8(QuestionWord.unwrap(word) >> 16);
    }

    function frozenAt(QuestionWord word) internal pure returns (uint40) {
        return uint40(QuestionWord.unwrap(word) >> 24);
    }

    function length(QuestionWord word) internal pure returns (uint16) {
        return uint16(QuestionWord.unwrap(word) >> 64);
    }

    function owners(QuestionWord word) internal pure returns (uint16) {
        return uint16(QuestionWord.unwrap(word) >> 80);
    }

    function round(QuestionWord word) internal pure returns (uint32) {
        return uint32(QuestionWord.unwrap(word) >> 96);
    }

    function decidedAt(QuestionWord word) internal pure returns (uint40) {
        return uint40(QuestionWord.unwrap(word) >> 128);
    }

    function deadline(QuestionWord word) internal pure returns (uint40) {
        return uint40(QuestionWord.unwrap(word) >> 168);
    }

    function appealed(QuestionWord word) internal pure returns (bool) {
        return QuestionWord.unwrap(word).read(208, 1) != 0;
    }

    function redrawn(QuestionWord word) internal pure returns (bool) {
        return QuestionWord.unwrap(word).read(209, 1) != 0;
    }

    function needsConfirmation(QuestionWord word) internal pure returns (bool) {
        return QuestionWord.unwrap(word).read(210, 1) != 0;
    }

    function confirmed(QuestionWord word) internal pure returns (bool) {
        return QuestionWord.unwrap(word).read(211, 1) != 0;
    }

    function withStage(QuestionWord word, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).put(0, 4, value));
    }

    function withFinding(QuestionWord word, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).put(4, 4, value));
    }

    function withDomain(QuestionWord word, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(8, type(uint8).max, value));
    }

    function withSeats(QuestionWord word, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(16, type(uint8).max, value));
    }

    function withFrozenAt(QuestionWord word, uint40 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(24, type(uint40).max, value));
    }

    function withLength(QuestionWord word, uint16 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(64, type(uint16).max, value));
    }

    function withOwners(QuestionWord word, uint16 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(80, type(uint16).max, value));
    }

    function withRound(QuestionWord word, uint32 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(96, type(uint32).max, value));
    }

    function withDecidedAt(QuestionWord word, uint40 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(128, type(uint40).max, value));
    }

    function withDeadline(QuestionWord word, uint40 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(168, type(uint40).max, value));
    }

    function withAppealed(QuestionWord word, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(208, 1, value ? 1 : 0));
    }

    function withRedrawn(QuestionWord word, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(209, 1, value ? 1 : 0));
    }

    function withNeedsConfirmation(QuestionWord word, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(210, 1, value ? 1 : 0));
    }

    function withConfirmed(QuestionWord word, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(QuestionWord.unwrap(word).write(211, 1, value ? 1 : 0));
    }
}
