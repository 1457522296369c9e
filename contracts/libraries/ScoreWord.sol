// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice A question of the score board, what its seats said and what came of it, in one storage word. Zero means that
/// it was never asked.
/// @dev Layout, from the low bits:
///   0..146   marks, one of 21 bits per seat 0..6; 0 for a seat that said nothing
///   147..167 medians, a mark; 0 before the tally
///   168..169 dimensions, 1..3
///   170..171 stage, stage that was reached
///   172..211 party, account that the question is about, 0 for none
///   212..251 fee, units of 1e12 token wei
///   252..255 free
/// A mark holds up to three scores of 7 bits, from the low bits: quality, relevance, uniqueness, each as score + 1, so
/// that 0 stands for none. The low 168 bits, marks and medians, are called what the sheet says.
type ScoreWord is uint256;

using ScoreWordLib for ScoreWord global;

/// @title ScoreWordLib
/// @notice Getters and pure setters of ScoreWord.
library ScoreWordLib {
    /// @notice Most seats whose marks fit.
    uint256 internal constant SEATS = 7;

    /// @notice Most dimensions of a mark.
    uint256 internal constant DIMENSIONS = 3;

    /// @notice Bits of a score in a mark.
    uint256 internal constant SCORE_BITS = 7;

    /// @notice Bits of a mark.
    uint256 internal constant MARK_BITS = 21;

    uint256 private constant MEDIANS_SHIFT = 147;
    uint256 private constant DIMENSIONS_SHIFT = 168;
    uint256 private constant STAGE_SHIFT = 170;
    uint256 private constant PARTY_SHIFT = 172;
    uint256 private constant FEE_SHIFT = 212;
    uint256 private constant MARK_MASK = 0x1fffff;
    uint256 private constant DIMENSIONS_BITS = 2;
    uint256 private constant STAGE_BITS = 2;

    /// @notice Mark of a seat, 0 for none.
    function markAt(ScoreWord self, uint256 seat) internal pure returns (uint24) {
        return uint24(BitField.read(ScoreWord.unwrap(self), seat * MARK_BITS, MARK_MASK));
    }

    /// @notice Medians as a mark, 0 before the tally.
    function medians(ScoreWord self) internal pure returns (uint24) {
        return uint24(BitField.read(ScoreWord.unwrap(self), MEDIANS_SHIFT, MARK_MASK));
    }

    /// @notice Marks and medians together.
    function sheet(ScoreWord self) internal pure returns (uint168) {
        return uint168(BitField.read(ScoreWord.unwrap(self), 0, type(uint168).max));
    }

    /// @notice Dimensions that are scored, 1..3.
    function dimensions(ScoreWord self) internal pure returns (uint8) {
        return uint8(BitField.read(ScoreWord.unwrap(self), DIMENSIONS_SHIFT, 0x3));
    }

    /// @notice Stage that was reached.
    function stage(ScoreWord self) internal pure returns (uint8) {
        return uint8(BitField.read(ScoreWord.unwrap(self), STAGE_SHIFT, 0x3));
    }

    /// @notice Account that the question is about, 0 for none.
    function party(ScoreWord self) internal pure returns (uint40) {
        return uint40(BitField.read(ScoreWord.unwrap(self), PARTY_SHIFT, type(uint40).max));
    }

    /// @notice Fee, units of 1e12 token wei.
    function fee(ScoreWord self) internal pure returns (uint40) {
        return uint40(BitField.read(ScoreWord.unwrap(self), FEE_SHIFT, type(uint40).max));
    }

    /// @notice `self` with another mark of a seat. Bound: 21 bits.
    function withMark(ScoreWord self, uint256 seat, uint24 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.put(ScoreWord.unwrap(self), seat * MARK_BITS, MARK_BITS, value));
    }

    /// @notice `self` with other medians. Bound: 21 bits.
    function withMedians(ScoreWord self, uint24 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.put(ScoreWord.unwrap(self), MEDIANS_SHIFT, MARK_BITS, value));
    }

    /// @notice `self` with other marks and medians.
    function withSheet(ScoreWord self, uint168 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.write(ScoreWord.unwrap(self), 0, type(uint168).max, value));
    }

    /// @notice `self` with another dimensions field. Bound: 2 bits.
    function withDimensions(ScoreWord self, uint8 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.put(ScoreWord.unwrap(self), DIMENSIONS_SHIFT, DIMENSIONS_BITS, value));
    }

    /// @notice `self` with another stage field. Bound: 2 bits.
    function withStage(ScoreWord self, uint8 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.put(ScoreWord.unwrap(self), STAGE_SHIFT, STAGE_BITS, value));
    }

    /// @notice `self` with another party field.
    function withParty(ScoreWord self, uint40 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.write(ScoreWord.unwrap(self), PARTY_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another fee field.
    function withFee(ScoreWord self, uint40 value) internal pure returns (ScoreWord) {
        return ScoreWord.wrap(BitField.write(ScoreWord.unwrap(self), FEE_SHIFT, type(uint40).max, value));
    }

    /// @notice Score + 1 of a dimension in a mark, 0 for none.
    function scoreIn(uint24 mark, uint256 dimension) internal pure returns (uint256) {
        return BitField.read(mark, dimension * SCORE_BITS, 0x7f);
    }
}
