// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BatchWord} from "../libraries/BatchWord.sol";
import {MarkingWord} from "../libraries/MarkingWord.sol";
import {ScoreWord} from "../libraries/ScoreWord.sol";
import {Units} from "../libraries/Units.sol";
import {IValidatorRegistry} from "../registry/IValidatorRegistry.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {Batches} from "./Batches.sol";
import {Grades} from "./Grades.sol";
import {IScoreBoard} from "./IScoreBoard.sol";

/// @title ScoreSettlement
/// @notice Ends of a batch: what its seats and askers are paid, and how its seats end.
/// @dev Linked, so that the board stays below the size limit. It runs on the board's storage and as the board.
library ScoreSettlement {
    using Batches for Batches.Batch;
    using Batches for BatchWord;
    using Grades for ScoreWord;

    /// @dev What settling one question comes to, units of 1e9 wei.
    struct Pay {
        uint64[] seats;
        uint64 paid;
        uint64 returned;
    }

    /// @notice Units of 1e9 wei in a unit of fees.
    uint64 internal constant GWEI_PER_FEE = 1_000;

    /// @notice See IScoreBoard.settle; all of one batch.
    function settle(Batches.Batch storage self, IPaymentVault vault, IScoreBoard.Question[] calldata texts) external {
        uint40 id = texts[0].batch;
        BatchWord word = self.word;
        IScoreBoard.Status status = word.statusOf();
        bool ready = status == IScoreBoard.Status.Settling || status == IScoreBoard.Status.Failed;
        if (!ready) revert IScoreBoard.BoardWrongStatus(id, status);

        uint40[] memory panel = self.seatsOf(word);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](panel.length + texts.length);
        for (uint256 seat = 0; seat < panel.length; ++seat) payments[seat].account = panel[seat];
        MarkingWord marking = self.marking;
        for (uint256 i = 0; i < texts.length; ++i) {
            Pay memory pay;
            (pay, marking) = _settle(self, id, word, keccak256(abi.encode(texts[i])), panel, marking);
            for (uint256 seat = 0; seat < panel.length; ++seat) payments[seat].amount += Units.toWei(pay.seats[seat]);
            payments[panel.length + i].account = vault.accountOf(texts[i].asker);
            payments[panel.length + i].amount = Units.toWei(pay.returned);
        }
        self.marking = marking;
        vault.release(payments, 0);
    }

    /// @notice See IScoreBoard.close.
    function close(Batches.Batch storage self, IValidatorRegistry validators, uint40 id) external {
        BatchWord word = self.inStatus(id, IScoreBoard.Status.Settling);
        MarkingWord marking = self.marking;
        (uint16 settled, uint16 all) = (marking.settled(), marking.asked());
        if (settled != all) revert IScoreBoard.BoardUnsettled(id, settled, all);
        uint40[] memory panel = self.seatsOf(word);
        self.close(word);
        emit IScoreBoard.BatchClosed(id);
        validators.endSeats(panel, _outcomes(word, marking, panel.length));
    }

    /// @dev Settled: what its seats earned; what they did counts in `marking`.
    function _settle(
        Batches.Batch storage self,
        uint40 id,
        BatchWord word,
        bytes32 question,
        uint40[] memory panel,
        MarkingWord marking
    ) private returns (Pay memory pay, MarkingWord) {
        ScoreWord known = self.scores[question];
        uint8 stage = known.stage();
        bool open = stage == uint8(IScoreBoard.Stage.Asked) || stage == uint8(IScoreBoard.Stage.Scored);
        if (!open) revert IScoreBoard.BoardWrongQuestion(question, IScoreBoard.Stage(stage));
        bool scores = known.medians() == 0 && known.count() >= Grades.quorum(word.seats());
        if (scores) {
            known = known.withMedians(known.mediansOf());
            emit IScoreBoard.QuestionScored(id, question, known.sheet());
        }
        self.scores[question] = known.withStage(uint8(IScoreBoard.Stage.Settled));
        marking = marking.withSettled(marking.settled() + 1);
        pay.seats = new uint64[](panel.length);
        if (panel.length != 0) marking = _grade(word, known, panel, marking, pay);
        // No overflow: a fee is 40 bits, and what is paid is at most the fee.
        pay.returned = uint64(known.fee()) * GWEI_PER_FEE - pay.paid;
        emit IScoreBoard.QuestionSettled(id, question, Units.toWei(pay.paid), Units.toWei(pay.returned));
        return (pay, marking);
    }

    /// @dev Parts of the fee, by share; a failed seat's part is not paid. A party on the panel counts as sound. Where
    /// there is no result nobody is paid, and whoever gave a mark counts as sound.
    function _grade(
        BatchWord word,
        ScoreWord known,
        uint40[] memory panel,
        MarkingWord marking,
        Pay memory pay
    ) private pure returns (MarkingWord) {
        bool scored = known.medians() != 0;
        uint256[] memory shares = known.sharesOf(known.medians());
        uint256 part = (uint256(known.fee()) * GWEI_PER_FEE) / panel.length;
        for (uint256 number = 0; number < panel.length; ++number) {
            bool isParty = panel[number] == known.party();
            bool marked = known.markAt(number) != 0;
            if (!isParty && !marked) continue;
            marking = marking.withAnswered(number, marking.answeredBy(number) + 1);
            bool sound = isParty || !scored || 2 * shares[number] >= Grades.WHOLE;
            if (sound) marking = marking.withSound(number, marking.soundOf(number) + 1);
            if (!scored || word.hasFailed(number)) continue;
            // The cast is safe: at most a part of a fee of 40 bits in units of 1e9 wei.
            pay.seats[number] = uint64((part * shares[number]) / Grades.WHOLE);
            pay.paid += pay.seats[number];
        }
        return marking;
    }

    /// @dev How each seat ends.
    function _outcomes(
        BatchWord word,
        MarkingWord marking,
        uint256 seats
    ) private pure returns (IValidatorRegistry.SeatOutcome[] memory outcomes) {
        uint16 all = marking.asked();
        outcomes = new IValidatorRegistry.SeatOutcome[](seats);
        for (uint256 seat = 0; seat < seats; ++seat) {
            bool silent = word.hasFailed(seat) || marking.answeredBy(seat) != all;
            bool sound = 2 * uint256(marking.soundOf(seat)) >= all;
            if (silent) outcomes[seat] = IValidatorRegistry.SeatOutcome.Silent;
            else if (sound) outcomes[seat] = IValidatorRegistry.SeatOutcome.Coherent;
            else outcomes[seat] = IValidatorRegistry.SeatOutcome.Incoherent;
        }
    }
}
