// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BatchWord} from "../../libraries/BatchWord.sol";
import {MarkingWord} from "../../libraries/MarkingWord.sol";
import {ScoreWord, ScoreWordLib} from "../../libraries/ScoreWord.sol";
import {SeatCommit} from "../../libraries/SeatCommit.sol";
import {Grades} from "../../review/Grades.sol";

/// @title ScoreWords
/// @notice Test double: the packed words of the score board and the grades over them, for tests to call.
contract ScoreWords {
    using Grades for ScoreWord;

    // ScoreWord

    function readScore(ScoreWord word) external pure returns (uint256[] memory all) {
        all = new uint256[](6);
        all[0] = word.medians();
        all[1] = word.sheet();
        all[2] = word.dimensions();
        all[3] = word.stage();
        all[4] = word.party();
        all[5] = word.fee();
    }

    function scoreWithMedians(ScoreWord word, uint24 value) external pure returns (ScoreWord) {
        return word.withMedians(value);
    }

    function scoreWithSheet(ScoreWord word, uint168 value) external pure returns (ScoreWord) {
        return word.withSheet(value);
    }

    function scoreWithDimensions(ScoreWord word, uint8 value) external pure returns (ScoreWord) {
        return word.withDimensions(value);
    }

    function scoreWithStage(ScoreWord word, uint8 value) external pure returns (ScoreWord) {
        return word.withStage(value);
    }

    function scoreWithParty(ScoreWord word, uint40 value) external pure returns (ScoreWord) {
        return word.withParty(value);
    }

    function scoreWithFee(ScoreWord word, uint40 value) external pure returns (ScoreWord) {
        return word.withFee(value);
    }

    // BatchWord

    function readBatch(BatchWord word) external pure returns (uint256[] memory all) {
        all = new uint256[](12);
        all[0] = word.stage();
        all[1] = word.seats();
        all[2] = word.tolerance();
        all[3] = word.committed();
        all[4] = word.failed();
        all[5] = word.commitSeconds();
        all[6] = word.revealSeconds();
        all[7] = word.gradeSeconds();
        all[8] = word.askEnd();
        all[9] = word.since();
        all[10] = word.length();
        all[11] = word.round();
    }

    function batchWithStage(BatchWord word, uint8 value) external pure returns (BatchWord) {
        return word.withStage(value);
    }

    function batchWithSeats(BatchWord word, uint8 value) external pure returns (BatchWord) {
        return word.withSeats(value);
    }

    function batchWithTolerance(BatchWord word, uint8 value) external pure returns (BatchWord) {
        return word.withTolerance(value);
    }

    function batchWithCommitted(BatchWord word, uint8 value) external pure returns (BatchWord) {
        return word.withCommitted(value);
    }

    function batchWithFailed(BatchWord word, uint8 value) external pure returns (BatchWord) {
        return word.withFailed(value);
    }

    function batchWithCommitSeconds(BatchWord word, uint24 value) external pure returns (BatchWord) {
        return word.withCommitSeconds(value);
    }

    function batchWithRevealSeconds(BatchWord word, uint24 value) external pure returns (BatchWord) {
        return word.withRevealSeconds(value);
    }

    function batchWithGradeSeconds(BatchWord word, uint24 value) external pure returns (BatchWord) {
        return word.withGradeSeconds(value);
    }

    function batchWithAskEnd(BatchWord word, uint40 value) external pure returns (BatchWord) {
        return word.withAskEnd(value);
    }

    function batchWithSince(BatchWord word, uint40 value) external pure returns (BatchWord) {
        return word.withSince(value);
    }

    function batchWithLength(BatchWord word, uint16 value) external pure returns (BatchWord) {
        return word.withLength(value);
    }

    function batchWithRound(BatchWord word, uint32 value) external pure returns (BatchWord) {
        return word.withRound(value);
    }

    // MarkingWord

    function readMarking(MarkingWord word) external pure returns (uint256[] memory all) {
        all = new uint256[](2);
        all[0] = word.asked();
        all[1] = word.settled();
    }

    function markingWithAsked(MarkingWord word, uint16 value) external pure returns (MarkingWord) {
        return word.withAsked(value);
    }

    function markingWithSettled(MarkingWord word, uint16 value) external pure returns (MarkingWord) {
        return word.withSettled(value);
    }

    // SeatCommit

    function readSeatCommit(SeatCommit word) external pure returns (uint256[] memory all) {
        all = new uint256[](3);
        all[0] = uint160(word.signer());
        all[1] = word.validator();
        all[2] = word.seat();
    }

    function seatCommitWithSigner(SeatCommit word, address value) external pure returns (SeatCommit) {
        return word.withSigner(value);
    }

    function seatCommitWithValidator(SeatCommit word, uint40 value) external pure returns (SeatCommit) {
        return word.withValidator(value);
    }

    function seatCommitWithSeat(SeatCommit word, uint8 value) external pure returns (SeatCommit) {
        return word.withSeat(value);
    }

    // Per seat

    function scoreMark(ScoreWord word, uint256 seat) external pure returns (uint24) {
        return word.markAt(seat);
    }

    function scoreWithMark(ScoreWord word, uint256 seat, uint24 value) external pure returns (ScoreWord) {
        return word.withMark(seat, value);
    }

    function markingAnswered(MarkingWord word, uint256 seat) external pure returns (uint16) {
        return word.answeredBy(seat);
    }

    function markingWithAnswered(MarkingWord word, uint256 seat, uint16 value) external pure returns (MarkingWord) {
        return word.withAnswered(seat, value);
    }

    function markingSound(MarkingWord word, uint256 seat) external pure returns (uint16) {
        return word.soundOf(seat);
    }

    function markingWithSound(MarkingWord word, uint256 seat, uint16 value) external pure returns (MarkingWord) {
        return word.withSound(seat, value);
    }

    function batchSeat(BatchWord word, uint256 seat) external pure returns (bool committed, bool failed, bool all) {
        return (word.hasCommitted(seat), word.hasFailed(seat), word.allCommitted());
    }

    function scoreIn(uint24 mark, uint256 dimension) external pure returns (uint256) {
        return ScoreWordLib.scoreIn(mark, dimension);
    }

    // Grades

    function isMark(uint24 mark, uint256 dimensions) external pure returns (bool) {
        return Grades.isMark(mark, dimensions);
    }

    function count(ScoreWord word) external pure returns (uint256) {
        return word.count();
    }

    function quorum(uint256 seats) external pure returns (uint256) {
        return Grades.quorum(seats);
    }

    function isSheet(ScoreWord word, uint256 present, uint256 all) external pure returns (bool) {
        return word.isSheet(present, all);
    }

    function mediansOf(ScoreWord word) external pure returns (uint24) {
        return word.mediansOf();
    }

    function sharesOf(ScoreWord word, uint24 medians) external pure returns (uint256[] memory) {
        return word.sharesOf(medians);
    }

    function missing(ScoreWord word, uint24 known, uint256 tolerance) external pure returns (uint8) {
        return word.missing(known, tolerance);
    }
}
