// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BatchWord} from "../libraries/BatchWord.sol";
import {MarkingWord} from "../libraries/MarkingWord.sol";
import {RosterWord} from "../libraries/RosterWord.sol";
import {ScoreWord, ScoreWordLib} from "../libraries/ScoreWord.sol";
import {SeatCommit} from "../libraries/SeatCommit.sol";
import {Grades} from "./Grades.sol";
import {IScoreBoard} from "./IScoreBoard.sol";
import {Panels} from "./Panels.sol";
import {Sheets} from "./Sheets.sol";

/// @title Batches
/// @notice Engine of one batch: its life, its panel, and the marks of its questions.
/// @dev Calls no other contract but those whose signatures it checks. Whoever calls brings what beacon and registry say
/// and moves the money.
library Batches {
    using Grades for ScoreWord;
    using Sheets for SeatCommit;

    /// @notice Stages that a batch reaches; the status follows from stage and time.
    enum Phase {
        None,
        Open,
        Seated,
        Failed,
        Closed
    }

    /// @notice State of a batch.
    /// @param word where it stands
    /// @param marking counts of its questions and of what its seats did
    /// @param chain hash of who committed, in their order
    /// @param seats validators by seat, six a word
    /// @param roots Merkle root that a seat committed to
    /// @param scores word of each question
    struct Batch {
        BatchWord word;
        MarkingWord marking;
        bytes32 chain;
        mapping(uint256 index => RosterWord word) seats;
        mapping(uint256 seat => bytes32 root) roots;
        mapping(bytes32 question => ScoreWord word) scores;
    }

    /// @notice Seconds for which the registry can draw from a frozen pool.
    uint256 internal constant FREEZE = 3 days;

    /// @notice Seconds after its last question in which a batch can be drawn; then its fees go back.
    uint256 internal constant DRAW_TIME = 14 days;

    // Life

    /// @notice Open: with the terms of this second.
    function open(Batch storage self, IScoreBoard.Terms memory terms) internal returns (BatchWord word) {
        word = BatchWord.wrap(0).withStage(uint8(Phase.Open)).withSeats(terms.seats).withTolerance(terms.tolerance);
        word = word.withCommitSeconds(terms.commitSeconds).withRevealSeconds(terms.revealSeconds);
        word = word.withGradeSeconds(terms.gradeSeconds).withAskEnd(uint40(block.timestamp + terms.epochSeconds));
        self.word = word;
    }

    /// @notice Adds a question; the one that fills the batch ends the asking.
    function add(Batch storage self, BatchWord word, bytes32 question, ScoreWord fresh, uint256 most) internal {
        if (self.scores[question].stage() != 0) revert IScoreBoard.BoardKnownQuestion(question);
        self.scores[question] = fresh.withStage(uint8(IScoreBoard.Stage.Asked));
        MarkingWord marking = self.marking;
        // The cast is safe: fewer than `most` are asked, at most 1,024.
        uint16 count = marking.asked() + 1;
        self.marking = marking.withAsked(count);
        if (count >= most) self.word = word.withAskEnd(uint40(block.timestamp - 1));
    }

    /// @notice Waiting: for the seed of `round`, with the pool of this second.
    function bind(Batch storage self, BatchWord word, uint16 length, uint32 round) internal {
        self.word = word.withSince(uint40(block.timestamp)).withLength(length).withRound(round);
    }

    /// @notice Seated: `drawn` sit. Failed, if they are too few.
    function seat(Batch storage self, uint40 id, BatchWord word, uint40[] memory drawn) internal returns (bool seated) {
        seated = drawn.length == word.seats();
        if (!seated) {
            self.word = word.withStage(uint8(Phase.Failed));
            emit IScoreBoard.BatchFailed(id);
            return false;
        }
        self.word = word.withStage(uint8(Phase.Seated)).withSince(uint40(block.timestamp));
        Panels.store(self.seats, drawn);
        emit IScoreBoard.BatchDrawn(id, word.round(), drawn);
    }

    /// @notice Seals what a seat says; `caller` signs for it.
    function commit(Batch storage self, BatchWord word, SeatCommit seatCommit, bytes32 root) internal {
        uint8 number = seatCommit.seat();
        // The cast is safe: at most seven seats.
        self.word = word.withCommitted(word.committed() | uint8(1 << number));
        self.chain = Sheets.chained(self.chain, seatCommit);
        self.roots[number] = root;
    }

    // Marks

    /// @notice Scored: by a row that everyone who committed has signed.
    function score(
        Batch storage self,
        uint40 id,
        BatchWord word,
        IScoreBoard.Row calldata row,
        SeatCommit[] calldata commits
    ) internal {
        bytes32 question = row.question;
        ScoreWord known = unscored(self, question);
        ScoreWord said = known.withSheet(row.sheet);
        uint256 party = known.party();
        uint256 present;
        uint256 all;
        for (uint256 i = 0; i < commits.length; ++i) {
            if (commits[i].validator() == party) continue;
            present |= 1 << commits[i].seat();
            ++all;
        }
        uint256 least = Grades.quorum(word.seats());
        if (all < least) revert IScoreBoard.BoardTooFewMarks(question, all, least);
        bool fits = known.sheet() == 0 || _agree(known, said);
        if (!fits || !said.isSheet(present, all)) _refuse(question, known, said, present);
        _scored(self, id, question, said);
    }

    /// @notice Notes an opened mark; passes over one that is known.
    function reveal(
        Batch storage self,
        uint40 id,
        uint8 number,
        uint40 validator,
        bytes32 question,
        uint24 mark
    ) internal {
        ScoreWord known = self.scores[question];
        if (known.stage() == uint8(IScoreBoard.Stage.Scored) || known.markAt(number) != 0) return;
        known = unscored(self, question);
        bool allowed = known.party() != validator && Grades.isMark(mark, known.dimensions());
        if (!allowed) revert IScoreBoard.BoardWrongMark(question, number);
        self.scores[question] = known.withMark(number, mark);
        emit IScoreBoard.MarkRevealed(id, question, number, mark);
    }

    /// @notice Scored: by what was opened.
    function tally(Batch storage self, uint40 id, BatchWord word, bytes32 question) internal {
        ScoreWord known = unscored(self, question);
        _requireQuorum(question, known, word);
        _scored(self, id, question, known.withMedians(known.mediansOf()));
    }

    /// @notice Lets seats fail.
    function fail(Batch storage self, BatchWord word, uint8 seats) internal {
        self.word = word.withFailed(word.failed() | seats);
    }

    /// @notice Closed.
    function close(Batch storage self, BatchWord word) internal {
        self.word = word.withStage(uint8(Phase.Closed));
    }

    // Views

    /// @notice Where a batch stands now. The last second of a window belongs to it.
    function statusOf(BatchWord word) internal view returns (IScoreBoard.Status) {
        Phase phase = Phase(word.stage());
        if (phase == Phase.Open) {
            if (block.timestamp <= word.askEnd()) return IScoreBoard.Status.Asking;
            bool late = block.timestamp > uint256(word.askEnd()) + DRAW_TIME;
            return late ? IScoreBoard.Status.Failed : IScoreBoard.Status.Waiting;
        }
        if (phase == Phase.Seated) return _seatedStatus(word);
        if (phase == Phase.Failed) return IScoreBoard.Status.Failed;
        return phase == Phase.Closed ? IScoreBoard.Status.Closed : IScoreBoard.Status.None;
    }

    /// @notice The batch's word, if it stands where `wanted` says.
    function inStatus(Batch storage self, uint40 id, IScoreBoard.Status wanted) internal view returns (BatchWord word) {
        word = self.word;
        IScoreBoard.Status status = statusOf(word);
        if (status != wanted) revert IScoreBoard.BoardWrongStatus(id, status);
    }

    /// @notice Last seconds of the commit, reveal and grading windows; 0 before the draw.
    function windowsOf(BatchWord word) internal pure returns (uint256 commitEnd, uint256 revealEnd, uint256 gradeEnd) {
        if (word.stage() != uint8(Phase.Seated) && word.stage() != uint8(Phase.Closed)) return (0, 0, 0);
        commitEnd = uint256(word.since()) + word.commitSeconds();
        revealEnd = commitEnd + word.revealSeconds();
        gradeEnd = revealEnd + word.gradeSeconds();
    }

    /// @notice Validators in the order of their seats; empty before the draw.
    function seatsOf(Batch storage self, BatchWord word) internal view returns (uint40[] memory) {
        (uint256 commitEnd, , ) = windowsOf(word);
        return Panels.load(self.seats, commitEnd == 0 ? 0 : word.seats());
    }

    /// @notice Word of a question that is asked and has no result.
    function unscored(Batch storage self, bytes32 question) internal view returns (ScoreWord word) {
        word = self.scores[question];
        uint8 stage = word.stage();
        if (stage != uint8(IScoreBoard.Stage.Asked)) {
            revert IScoreBoard.BoardWrongQuestion(question, IScoreBoard.Stage(stage));
        }
    }

    // Private

    function _scored(Batch storage self, uint40 id, bytes32 question, ScoreWord word) private {
        self.scores[question] = word.withStage(uint8(IScoreBoard.Stage.Scored));
        emit IScoreBoard.QuestionScored(id, question, word.sheet());
    }

    function _seatedStatus(BatchWord word) private view returns (IScoreBoard.Status) {
        (uint256 commitEnd, uint256 revealEnd, uint256 gradeEnd) = windowsOf(word);
        if (block.timestamp <= commitEnd && !word.allCommitted()) return IScoreBoard.Status.Committing;
        if (block.timestamp <= revealEnd) return IScoreBoard.Status.Revealing;
        return block.timestamp <= gradeEnd ? IScoreBoard.Status.Grading : IScoreBoard.Status.Settling;
    }

    /// @dev Whether a sheet repeats what was opened.
    function _agree(ScoreWord known, ScoreWord said) private pure returns (bool) {
        for (uint256 number = 0; number < ScoreWordLib.SEATS; ++number) {
            uint24 opened = known.markAt(number);
            if (opened != 0 && opened != said.markAt(number)) return false;
        }
        return true;
    }

    /// @dev Says what is wrong with a sheet: the first mark, or else the medians.
    function _refuse(bytes32 question, ScoreWord known, ScoreWord said, uint256 present) private pure {
        uint256 dimensions = known.dimensions();
        for (uint8 number = 0; number < ScoreWordLib.SEATS; ++number) {
            uint24 mark = said.markAt(number);
            uint24 opened = known.markAt(number);
            bool right = present & (1 << number) == 0 ? mark == 0 : Grades.isMark(mark, dimensions);
            if (!right || (opened != 0 && opened != mark)) revert IScoreBoard.BoardWrongMark(question, number);
        }
        revert IScoreBoard.BoardWrongMedians(question, said.medians());
    }

    function _requireQuorum(bytes32 question, ScoreWord word, BatchWord batch) private pure {
        uint256 count = word.count();
        uint256 least = Grades.quorum(batch.seats());
        if (count < least) revert IScoreBoard.BoardTooFewMarks(question, count, least);
    }
}
