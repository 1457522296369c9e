// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice A drawn panel in one storage word. Zero means that it was not drawn.
/// @dev Layout, from the lowest bit:
///     0 drawnAt 40, second of the draw
///    40 drawer 40, account of who drew it, 0 for none
///    80 round 32, beacon round that it was drawn by
///   112 committed 32, bit of each seat that sealed a vote
///   144 revealed 32, bit of each seat whose vote is known
///   176 byFallback 1, whether a block hash drew it
///   177 voted 1, whether enough votes were revealed to count
///   178 ended 1, whether its seats were ended
///   179 free 77
type PanelWord is uint256;

using PanelWordLib for PanelWord global;

/// @title PanelWordLib
/// @notice One getter and one pure setter per field of PanelWord.
library PanelWordLib {
    using BitField for uint256;

    function drawnAt(PanelWord word) internal pure returns (uint40) {
        return uint40(PanelWord.unwrap(word));
    }

    function drawer(PanelWord word) internal pure returns (uint40) {
        return uint40(PanelWord.unwrap(word) >> 40);
    }

    function round(PanelWord word) internal pure returns (uint32) {
        return uint32(PanelWord.unwrap(word) >> 80);
    }

    function committed(PanelWord word) internal pure returns (uint32) {
        return uint32(PanelWord.unwrap(word) >> 112);
    }

    function revealed(PanelWord word) internal pure returns (uint32) {
        return uint32(PanelWord.unwrap(word) >> 144);
    }

    function byFallback(PanelWord word) internal pure returns (bool) {
        return PanelWord.unwrap(word).read(176, 1) != 0;
    }

    function voted(PanelWord word) internal pure returns (bool) {
        return PanelWord.unwrap(word).read(177, 1) != 0;
    }

    function ended(PanelWord word) internal pure returns (bool) {
        return PanelWord.unwrap(word).read(178, 1) != 0;
    }

    function withDrawnAt(PanelWord word, uint40 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(0, type(uint40).max, value));
    }

    function withDrawer(PanelWord word, uint40 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(40, type(uint40).max, value));
    }

    function withRound(PanelWord word, uint32 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(80, type(uint32).max, value));
    }

    function withCommitted(PanelWord word, uint32 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(112, type(uint32).max, value));
    }

    function withRevealed(PanelWord word, uint32 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(144, type(uint32).max, value));
    }

    function withByFallback(PanelWord word, bool value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(176, 1, value ? 1 : 0));
    }

    function withVoted(PanelWord word, bool value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(177, 1, value ? 1 : 0));
    }

    function withEnded(PanelWord word, bool value) internal pure returns (PanelWord) {
        return PanelWord.wrap(PanelWord.unwrap(word).write(178, 1, value ? 1 : 0));
    }
}
