// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ScoreWord, ScoreWordLib} from "../libraries/ScoreWord.sol";

/// @title Grades
/// @notice What the marks of a panel come to: medians, and how well each seat did.
/// @dev Pure. A panel has at most 7 seats, so that every loop here is short. Scores inside marks are score + 1.
library Grades {
    /// @notice A whole part of the pay.
    uint256 internal constant WHOLE = 1_000_000;

    /// @notice Distances up to this many points are paid in full, however close the others are.
    uint256 internal constant LEAST_SPREAD = 2;

    /// @dev Highest score, as it stands in a mark.
    uint256 private constant TOP = 101;

    /// @dev A score in a mark.
    uint256 private constant SCORE = 0x7f;

    /// @dev Where the medians stand.
    uint256 private constant MEDIAN_SHIFT = ScoreWordLib.SEATS * ScoreWordLib.MARK_BITS;

    /// @dev The scores of the first dimension of all seats, and their median.
    uint256 private constant COLUMN = 0x00003f8001fc000fe0007f0003f8001fc000fe0007f;

    /// @notice Whether a mark gives a score of 0..100 in each of the first `dimensions`, and nothing else.
    function isMark(uint24 mark, uint256 dimensions) internal pure returns (bool) {
        for (uint256 d = 0; d < ScoreWordLib.DIMENSIONS; ++d) {
            uint256 score = ScoreWordLib.scoreIn(mark, d);
            if (d < dimensions ? score == 0 || score > TOP : score != 0) return false;
        }
        return mark >> ScoreWordLib.MARK_BITS == 0;
    }

    /// @notice Seats that gave a mark.
    function count(ScoreWord word) internal pure returns (uint256 found) {
        for (uint256 seat = 0; seat < ScoreWordLib.SEATS; ++seat) {
            if (word.markAt(seat) != 0) ++found;
        }
    }

    /// @notice Marks that a panel needs for a result: more than half of its seats.
    function quorum(uint256 seats) internal pure returns (uint256) {
        return seats / 2 + 1;
    }

    /// @notice Whether the seats of the bit set `present`, `all` of them and nobody else, gave marks, and the word's
    /// medians are the lower ones of these. The short form of all checks of a sheet.
    function isSheet(ScoreWord word, uint256 present, uint256 all) internal pure returns (bool) {
        uint256 dimensions = word.dimensions();
        for (uint256 d = 0; d < ScoreWordLib.DIMENSIONS; ++d) {
            uint256 column = uint256(word.sheet()) >> (d * ScoreWordLib.SCORE_BITS);
            if (d < dimensions ? !_isColumn(column, present, all) : column & COLUMN != 0) return false;
        }
        return true;
    }

    /// @notice Lower medians of the marks, as a mark; 0 without marks.
    function mediansOf(ScoreWord word) internal pure returns (uint24 medians) {
        for (uint256 d = 0; d < word.dimensions(); ++d) {
            // The cast is safe: 7 bits at offsets 0, 7, 14.
            medians |= uint24(_lowerMedian(_scores(word, d)) << (d * ScoreWordLib.SCORE_BITS));
        }
    }

    /// @notice Part of its pay that each seat has earned, in parts of WHOLE: by its distances from the medians,
    /// averaged over the dimensions. Whoever gave no mark earned nothing.
    /// @dev Full within one median absolute deviation (at least 2 points), linear down to zero at three.
    function sharesOf(ScoreWord word, uint24 medians) internal pure returns (uint256[] memory shares) {
        shares = new uint256[](ScoreWordLib.SEATS);
        uint256 dimensions = word.dimensions();
        for (uint256 d = 0; d < dimensions; ++d) {
            uint256 median = ScoreWordLib.scoreIn(medians, d);
            uint256 spread = _spread(word, d, median);
            for (uint256 seat = 0; seat < ScoreWordLib.SEATS; ++seat) {
                uint256 score = ScoreWordLib.scoreIn(word.markAt(seat), d);
                if (score != 0) shares[seat] += _shareAt(_distance(score, median), spread);
            }
        }
        for (uint256 seat = 0; seat < ScoreWordLib.SEATS; ++seat) shares[seat] /= dimensions;
    }

    /// @notice Bit set of the seats whose mark misses the known one by more than `tolerance` points in a dimension.
    function missing(ScoreWord word, uint24 known, uint256 tolerance) internal pure returns (uint8 seats) {
        for (uint256 seat = 0; seat < ScoreWordLib.SEATS; ++seat) {
            uint24 mark = word.markAt(seat);
            // The cast is safe: 7 seats.
            if (mark != 0 && _misses(mark, known, tolerance)) seats |= uint8(1 << seat);
        }
    }

    function _misses(uint24 mark, uint24 known, uint256 tolerance) private pure returns (bool) {
        for (uint256 d = 0; d < ScoreWordLib.DIMENSIONS; ++d) {
            if (_distance(ScoreWordLib.scoreIn(mark, d), ScoreWordLib.scoreIn(known, d)) > tolerance) return true;
        }
        return false;
    }

    /// @dev Whether the scores of a dimension, every third field of 7 bits, are those of `present`, and the eighth, the
    /// median, is their lower one. Checked by counting: nothing is sorted.
    function _isColumn(uint256 column, uint256 present, uint256 all) private pure returns (bool) {
        uint256 median = (column >> MEDIAN_SHIFT) & SCORE;
        uint256 given;
        uint256 below;
        uint256 same;
        // No counter passes 7. The loop runs 21 times for each question of a report.
        unchecked {
            for (uint256 seat = 1; seat <= 1 << (ScoreWordLib.SEATS - 1); seat <<= 1) {
                uint256 score = column & SCORE;
                column >>= ScoreWordLib.MARK_BITS;
                if (score == 0) continue;
                if (score > TOP) return false;
                given |= seat;
                if (score < median) ++below;
                else if (score == median) ++same;
            }
        }
        return given == present && _isMiddle(below, same, all);
    }

    /// @dev Whether a value with so many below it and so many alike, of `all`, is the lower median.
    function _isMiddle(uint256 below, uint256 same, uint256 all) private pure returns (bool) {
        return same != 0 && 2 * below < all && 2 * (below + same) >= all;
    }

    /// @dev Median absolute deviation, at least LEAST_SPREAD.
    function _spread(ScoreWord word, uint256 dimension, uint256 median) private pure returns (uint256 spread) {
        uint256[] memory scores = _scores(word, dimension);
        for (uint256 i = 0; i < scores.length; ++i) scores[i] = _distance(scores[i], median);
        spread = _lowerMedian(scores);
        if (spread < LEAST_SPREAD) spread = LEAST_SPREAD;
    }

    /// @dev What a seat earns at a distance, in parts of WHOLE.
    function _shareAt(uint256 distance, uint256 spread) private pure returns (uint256) {
        if (distance <= spread) return WHOLE;
        if (distance >= 3 * spread) return 0;
        return ((3 * spread - distance) * WHOLE) / (2 * spread);
    }

    /// @dev Scores of a dimension that were given, as they stand in the marks.
    function _scores(ScoreWord word, uint256 dimension) private pure returns (uint256[] memory scores) {
        scores = new uint256[](count(word));
        uint256 found;
        for (uint256 seat = 0; seat < ScoreWordLib.SEATS; ++seat) {
            uint256 score = ScoreWordLib.scoreIn(word.markAt(seat), dimension);
            if (score != 0) scores[found++] = score;
        }
    }

    function _lowerMedian(uint256[] memory values) private pure returns (uint256 median) {
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 below;
            uint256 same;
            for (uint256 j = 0; j < values.length; ++j) {
                if (values[j] < values[i]) ++below;
                else if (values[j] == values[i]) ++same;
            }
            if (_isMiddle(below, same, values.length)) median = values[i];
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
