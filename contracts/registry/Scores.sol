// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ClassWord} from "../libraries/ClassWord.sol";
import {OwnerWord} from "../libraries/OwnerWord.sol";
import {PenaltyTermsWord} from "../libraries/PenaltyTermsWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {Reputation} from "../libraries/Reputation.sol";
import {RollingWindow} from "../libraries/RollingWindow.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";

/// @title Scores
/// @notice Owners' reputation: outcomes, the window, probation, and the weight that a round froze.
library Scores {
    uint256 private constant MARK_BITS = 16;
    uint256 private constant MARK_MASK = type(uint16).max;
    uint256 private constant MARKS_BITS = 64;
    uint8 private constant MAX_VERIFIED = 63;

    /// @notice UTC day number; 16 bits last until the year 2149.
    function today() internal view returns (uint16) {
        return uint16(block.timestamp / 1 days);
    }

    /// @notice Score as it counts on `day`, and whether it returned to the floor by resting.
    function effective(OwnerWord word, uint256 day) internal pure returns (uint32 score, bool rested) {
        score = word.score();
        // An account that never registered has no score to return to.
        rested = score < Reputation.FLOOR && day >= word.day() + Reputation.REST_DAYS && word.known();
        if (rested) score = uint32(Reputation.FLOOR);
    }

    /// @notice Draw weight in 0.01 points as it counts on `day` (0: never drawn), and whether the owner is on
    /// probation.
    function weightOn(
        RegistryState storage s,
        uint40 owner,
        OwnerWord word,
        uint256 day,
        uint256 probationJobs
    ) internal view returns (uint16 weight, bool probation) {
        (uint32 score, bool rested) = effective(word, day);
        probation = rested || word.verified() < probationJobs;
        if (score < Reputation.FLOOR) return (0, probation);
        if (word.barred() && s.stakers[owner].barredUntil() > day) return (0, probation);
        // The cast is safe: a score is at most 1e8.
        weight = uint16(score / Reputation.PER_WEIGHT);
    }

    /// @notice Whether a fraud bars the owner today.
    function isBarred(RegistryState storage s, uint40 owner) internal view returns (bool) {
        return s.owners[owner].barred() && s.stakers[owner].barredUntil() > today();
    }

    /// @notice Weight and probation of an owner at the request of the open round.
    function frozenWeight(
        RegistryState storage s,
        uint40 owner,
        RegistryWord hub
    ) internal view returns (uint16 weight, bool probation) {
        OwnerWord word = s.owners[owner];
        if (_isFrozen(word, hub)) return (word.frozenWeight(), word.frozenProbation());
        return weightOn(s, owner, word, hub.day(), hub.probationJobs());
    }

    /// @notice `word` with its weight set aside, when a round is open that has not done so.
    /// @dev The stamp has 24 bits: a score that nothing changed for exactly 2^24 - 1 rounds is drawn once by an old
    /// weight.
    function setAside(
        RegistryState storage s,
        uint40 owner,
        OwnerWord word,
        RegistryWord hub
    ) internal view returns (OwnerWord) {
        if (!hub.isOpen() || _isFrozen(word, hub)) return word;
        (uint16 weight, bool probation) = weightOn(s, owner, word, hub.day(), hub.probationJobs());
        return word.withFrozenWeight(weight).withFrozenProbation(probation).withFrozenRound(hub.stamp());
    }

    /// @notice `word` with its score cut to `most`. The rest of a score under the floor starts with the cut: a day that
    /// passed before would return it to the floor at once.
    function cutTo(
        RegistryState storage s,
        uint40 owner,
        OwnerWord word,
        uint32 most,
        RegistryWord hub
    ) internal returns (OwnerWord) {
        word = _rested(setAside(s, owner, word, hub));
        if (word.score() <= most) return word;
        uint16 day = today();
        if (day != word.day()) word = _turn(s, owner, word, day);
        return word.withScore(most);
    }

    /// @notice Counts a success, a non-completion or a fraud. Returns the score before and after.
    function record(
        RegistryState storage s,
        IGpuRegistry.Outcome calldata outcome,
        uint40 owner,
        uint8 classId,
        RegistryWord hub
    ) internal returns (uint32 oldScore, uint32 newScore) {
        OwnerWord word = _rested(setAside(s, owner, s.owners[owner], hub));
        oldScore = word.score();
        uint16 day = today();
        if (day != word.day()) word = _turn(s, owner, word, day);
        if (outcome.scored) word = word.counted(outcome.kind == IGpuRegistry.OutcomeKind.Success);

        if (outcome.kind == IGpuRegistry.OutcomeKind.Success) word = _success(s, outcome, word, classId, hub);
        else if (outcome.kind == IGpuRegistry.OutcomeKind.Fraud) word = _fraud(s, outcome.gpu, owner, word);
        else word = _miss(s.penalties, word, outcome.worst);

        newScore = word.score();
        s.owners[owner] = word;
    }

    /// @notice Completed and attempted jobs of the window that ends today.
    function windowOf(RegistryState storage s, uint40 owner) internal view returns (uint256, uint256) {
        return RollingWindow.sums(s.lanes[owner], _counts(s.owners[owner]), today());
    }

    /// @dev A second job of a day for one of its last four requesters gains nothing, nor does one without gain.
    function _success(
        RegistryState storage s,
        IGpuRegistry.Outcome calldata outcome,
        OwnerWord word,
        uint8 classId,
        RegistryWord hub
    ) private view returns (OwnerWord) {
        (uint64 marks, bool again) = _marked(word.requesters(), outcome.requester);
        word = word.withRequesters(marks);
        if (again || !outcome.gain) return word;

        if (word.verified() < MAX_VERIFIED) word = word.withVerified(word.verified() + 1);
        ClassWord class = s.classes[classId];
        uint256 gain = Reputation.gainOf({
            score: word.score(),
            weight: Reputation.successWeight({
                complexity: outcome.complexity,
                creditedSeconds: outcome.creditedSeconds,
                throughput: class.tflopsDeci(),
                greatest: class.maxTflopsDeci()
            }),
            gainPercent: hub.gainPercent(),
            half: outcome.halfGain
        });
        gain = Reputation.capGain(gain, word.dayGain(), hub.dayCapPercent());
        // The casts are safe: a day's gain is at most 9e6, a score at most 1e8.
        return word.withDayGain(uint24(word.dayGain() + gain)).withScore(uint32(Reputation.raised(word.score(), gain)));
    }

    function _miss(PenaltyTermsWord terms, OwnerWord word, bool worst) private pure returns (OwnerWord) {
        uint256 loss = Reputation.missLoss({
            completed: word.completed(),
            attempted: word.attempted(),
            minPercent: terms.lossMinPercent(),
            maxPercent: terms.lossMaxPercent(),
            worst: worst
        });
        return word.withScore(uint32(Reputation.lowered(word.score(), loss)));
    }

    /// @dev Bars owner and device.
    function _fraud(RegistryState storage s, uint40 gpu, uint40 owner, OwnerWord word) private returns (OwnerWord) {
        uint16 until = uint16(today() + Reputation.FRAUD_DAYS);
        s.stakers[owner] = s.stakers[owner].withBarredUntil(until);
        s.asides[gpu] = s.asides[gpu].withBarredUntil(until);
        uint256 loss = Reputation.fraudLoss(s.penalties.fraudPercent());
        return word.withBarred(true).withScore(uint32(Reputation.lowered(word.score(), loss)));
    }

    /// @dev Makes the return to the floor real before the score changes again.
    function _rested(OwnerWord word) private view returns (OwnerWord) {
        (uint32 score, bool rested) = effective(word, today());
        return rested ? word.withScore(score).withVerified(0) : word;
    }

    /// @dev Puts the requester's mark in front of the last four of the day; says whether it was among them. A mark is
    /// 16 bits of the account and never 0, so that two accounts may share one, which only withholds a gain.
    function _marked(uint64 marks, uint40 requester) private pure returns (uint64, bool) {
        uint256 mark = (uint256(requester) % MARK_MASK) + 1;
        // No overflow: shifts up to 64 and numbers below 2^80.
        unchecked {
            for (uint256 shift = 0; shift < MARKS_BITS; shift += MARK_BITS) {
                if ((marks >> shift) & MARK_MASK != mark) continue;
                uint256 later = marks & ((1 << shift) - 1);
                uint256 earlier = (uint256(marks) >> (shift + MARK_BITS)) << (shift + MARK_BITS);
                // The cast is safe: the same four marks in another order.
                return (uint64(earlier | (later << MARK_BITS) | mark), true);
            }
        }
        return (uint64((uint256(marks) << MARK_BITS) | mark), false);
    }

    function _isFrozen(OwnerWord word, RegistryWord hub) private pure returns (bool) {
        return word.frozenRound() == hub.stamp();
    }

    /// @dev A new day begins: the last one is filed in the window, what fell out of it is dropped.
    function _turn(RegistryState storage s, uint40 owner, OwnerWord word, uint16 day) private returns (OwnerWord) {
        RollingWindow.Counts memory counts = _counts(word);
        RollingWindow.roll(s.lanes[owner], counts, day);
        // The casts are safe: thirty days count less than 2^21 attempts.
        word = word.withCompleted(uint24(counts.completed)).withAttempted(uint24(counts.attempted)).withDay(day);
        return word.withDayCompleted(0).withDayAttempted(0).withDayGain(0).withRequesters(0);
    }

    function _counts(OwnerWord word) private pure returns (RollingWindow.Counts memory) {
        return
            RollingWindow.Counts({
                completed: word.completed(),
                attempted: word.attempted(),
                dayCompleted: word.dayCompleted(),
                dayAttempted: word.dayAttempted(),
                day: word.day()
            });
    }
}
