// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobStatus} from "../../../contracts/market/JobTypes.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {vm} from "../base/Vm.sol";
import {ChainModel} from "./ChainModel.sol";
import {ChainWorld} from "./ChainWorld.sol";

/// @notice The steps of a job and of its case, and what each changes in the model.
abstract contract ChainSteps is ChainWorld {
    using ChainModel for ChainModel.Job;

    /// @notice How far a job is.
    enum At {
        Work,
        Delivered,
        Disputed,
        Waiting,
        Committing,
        Voting,
        Decided,
        Over
    }

    bytes32 internal constant RIGHT = keccak256("right");
    /// @dev Jobs that a search looks through.
    uint256 private constant RECENT = 8;

    // Finding a job

    /// @dev A recent job that is so far, or else a fresh one that is driven there; NONE when that cannot be.
    function _reach(uint256 seed, At wanted) internal returns (uint256 index) {
        if (seed % 3 != 0) {
            index = _recent(seed, wanted);
            if (index != NONE) return index;
        }
        index = _assign(seed);
        _drive(index, wanted, seed);
        if (_at(index) != wanted) index = NONE;
    }

    /// @dev A fresh job before its first panel, whose segments can be opened: requester's consent, and a true chain.
    function _openable(uint256 seed) internal returns (uint256 index) {
        index = _assign(seed);
        _commitChain(index, seed, true);
        _deliver(index);
        _dispute(index, seed % 2 == 0 ? 0 : _jobs[index].requester);
        _name(index, seed % _jobs[index].segments);
        _drive(index, At.Committing, seed);
        if (_at(index) != At.Committing) index = NONE;
    }

    /// @dev Any of the recent jobs; a fresh one when there is none.
    function _any(uint256 seed) internal returns (uint256) {
        uint256 known = _jobs.length;
        if (known == 0) return _assign(seed);
        return known - 1 - (seed % (known < RECENT ? known : RECENT));
    }

    function _recent(uint256 seed, At wanted) internal view returns (uint256) {
        uint256 known = _jobs.length;
        uint256 span = known < RECENT ? known : RECENT;
        for (uint256 i = 0; i < span; ++i) {
            uint256 index = known - 1 - ((i + (seed % RECENT)) % span);
            if (_at(index) == wanted) return index;
        }
        return NONE;
    }

    function _at(uint256 index) internal view returns (At) {
        ChainModel.Job memory j = _jobs[index];
        if (j.stage == ChainModel.Stage.Ended || vm.getBlockTimestamp() > j.due) return At.Over;
        if (j.stage == ChainModel.Stage.Work) return At.Work;
        if (j.stage == ChainModel.Stage.Delivered) return At.Delivered;
        if (j.question == 0) return At.Disputed;
        IReviewPanel.Status status = panel.questionOf(j.question).status;
        if (status == IReviewPanel.Status.Waiting) return At.Waiting;
        if (status == IReviewPanel.Status.Committing) return At.Committing;
        if (status == IReviewPanel.Status.Decided) return At.Decided;
        return status == IReviewPanel.Status.Closed ? At.Over : At.Voting;
    }

    /// @dev Drives a job on, with what `seed` says of chain, challenge and consent.
    function _drive(uint256 index, At wanted, uint256 seed) internal {
        for (At at = _at(index); at != wanted && at != At.Over; at = _at(index)) {
            if (at == At.Work) {
                if (seed % 6 != 0 && _jobs[index].root == 0) _commitChain(index, seed, seed % 5 != 0);
                _deliver(index);
            } else if (at == At.Delivered) {
                _dispute(
                    index,
                    seed % 7 == 0
                        ? ACCUSER
                        : seed % 7 == 1
                            ? _jobs[index].requester
                            : 0
                );
            } else if (at == At.Disputed) {
                if (seed % 4 != 0 && _nameable(index)) _name(index, seed % _jobs[index].segments);
                _openCase(index);
            } else if (at == At.Waiting) {
                _draw(index, seed % 5 == 0);
            } else if (at == At.Committing) {
                _vote(index, seed % 2 == 0);
            } else {
                return;
            }
        }
    }

    // Steps of a job

    function _assign(uint256 seed) internal returns (uint256 index) {
        index = _jobs.length;
        ChainModel.Job storage j = _jobs.push();
        // A validator may post or serve as well.
        (j.requester, j.owner) = (seed % 5 == 0 ? 2 : REQUESTER, seed % 7 == 0 ? 1 : OWNER);
        j.jobId = (uint256(j.requester) << 48) | index;
        _attempt(index);
    }

    /// @dev The next attempt: another operator, and no chain.
    function _attempt(uint256 index) internal {
        ChainModel.Job storage j = _jobs[index];
        ++j.attempt;
        (j.gpu, j.due) = (uint40(index * 8 + j.attempt), uint40(vm.getBlockTimestamp() + 1 days));
        (j.root, j.segments, j.isTree, j.isRight) = (0, 0, false, false);
        jobs.assign(j.jobId, _agreement(j.requester), j.gpu, j.owner, _operator(j.gpu), j.due);
    }

    /// @dev A chain that can be opened if `isTrue`; else one whose end is not the result, or a root of nothing.
    function _commitChain(uint256 index, uint256 seed, bool isTrue) internal {
        ChainModel.Job storage j = _jobs[index];
        j.salt = keccak256(abi.encode(seed, index, j.attempt, j.root));
        (j.isRight, j.isTree) = (isTrue, isTrue || seed % 2 == 0);
        j.segments = uint16(j.isTree ? 1 + (seed % 23) : 65_535 - (seed % 9));
        j.root = j.isTree ? ChainModel.rootOf(j) : j.salt;
        vm.prank(seed % 4 == 0 ? _holder(j.owner) : _operator(j.gpu));
        chains.commitChain(_escrow(), j.jobId, j.root, j.segments);
    }

    function _deliver(uint256 index) internal {
        ChainModel.Job storage j = _jobs[index];
        jobs.deliver(j.jobId, j.resultOf());
        // Time to object: as long as it takes.
        (j.stage, j.fixedRoot, j.due) = (ChainModel.Stage.Delivered, j.root, type(uint40).max);
    }

    function _dispute(uint256 index, uint40 accuser) internal {
        ChainModel.Job storage j = _jobs[index];
        jobs.dispute(j.jobId, _agreement(j.requester), accuser);
        (j.stage, j.accuser) = (ChainModel.Stage.Disputed, accuser);
        j.due = uint40(vm.getBlockTimestamp() + DISPUTE);
    }

    /// @dev Whether its requester may still consent, from the rules alone.
    function _nameable(uint256 index) internal view returns (bool) {
        ChainModel.Job memory j = _jobs[index];
        bool nobodyElse = j.accuser == 0 || j.accuser == j.requester;
        return j.stage == ChainModel.Stage.Disputed && j.root != 0 && nobodyElse && j.named == 0 && !j.firstDrawn;
    }

    function _name(uint256 index, uint256 segment) internal {
        ChainModel.Job storage j = _jobs[index];
        vm.prank(_holder(j.requester));
        chains.nameSegment(_escrow(), j.jobId, segment);
        vm.assertEq(j.named, 0, "named at most once");
        j.named = segment + 1;
    }

    // Steps of a case

    function _openCase(uint256 index) internal {
        ChainModel.Job storage j = _jobs[index];
        j.question = court.openCase(_escrow(), j.jobId, _agreement(j.requester));
    }

    /// @dev Draws the panel that waits, from a seed that it may be drawn from.
    function _draw(uint256 index, bool byFallback) internal {
        ChainModel.Job storage j = _jobs[index];
        IReviewPanel.QuestionView memory q = panel.questionOf(j.question);
        (IRandomnessBeacon.RoundStatus status, , , ) = rounds.roundInfo(q.round);
        if (status == IRandomnessBeacon.RoundStatus.Dead || vm.getBlockTimestamp() >= q.frozenAt + FREEZE) {
            panel.rebind(j.question);
            q = panel.questionOf(j.question);
        }
        rounds.set(q.round, IRandomnessBeacon.RoundStatus.Answered, byFallback);
        vm.prank(_holder(KEEPER));
        panel.draw(j.question);
        if (panel.questionOf(j.question).status != IReviewPanel.Status.Committing) {
            _failed(index);
            return;
        }
        (bytes32 word, ) = rounds.seedOf(q.round);
        word = keccak256(abi.encode(word, panel.DRAW_DOMAIN(), j.question, j.instance, j.redrawn));
        (j.firstDrawn, j.lot, j.drawnAt) = (true, uint48(uint256(word)) | 1, uint40(vm.getBlockTimestamp()));
    }

    /// @dev All seats of the panel vote, for the result or against it, and are counted.
    function _vote(uint256 index, bool guilt) internal {
        ChainModel.Job storage j = _jobs[index];
        bytes32 digest = guilt ? RIGHT : j.resultOf();
        uint40[] memory seats = panel.seatsOf(j.question, j.instance, j.redrawn);
        for (uint8 seat = 0; seat < seats.length; ++seat) {
            bytes32 commitment = panel.commitmentOf(j.question, seats[seat], digest, bytes32(uint256(seat)));
            vm.prank(_holder(seats[seat]));
            panel.commit(j.question, seat, commitment);
        }
        for (uint8 seat = 0; seat < seats.length; ++seat) {
            panel.reveal(j.question, seat, digest, bytes32(uint256(seat)));
        }
        panel.tally(j.question);
    }

    /// @dev Nobody votes: the panel comes to nothing.
    function _silence(uint256 index) internal {
        ChainModel.Job storage j = _jobs[index];
        IReviewPanel.QuestionView memory q = panel.questionOf(j.question);
        if (vm.getBlockTimestamp() <= q.revealEnd) vm.warp(q.revealEnd + 1);
        panel.tally(j.question);
        _failed(index);
    }

    function _appeal(uint256 index) internal {
        ChainModel.Job storage j = _jobs[index];
        bool guilt = panel.questionOf(j.question).finding != IReviewPanel.Finding.Valid;
        vm.prank(_holder(guilt ? j.owner : j.requester));
        court.appeal(_escrow(), j.jobId, _agreement(j.requester));
        (j.instance, j.redrawn, j.lot) = (1, false, 0);
    }

    /// @dev The verdict as it is; an arbiter lets it count where one has to.
    function _conclude(uint256 index) internal {
        ChainModel.Job storage j = _jobs[index];
        IReviewPanel.QuestionView memory q = panel.questionOf(j.question);
        if (vm.getBlockTimestamp() <= j.due && q.needsConfirmation && !q.confirmed) panel.confirm(j.question, true);
        court.conclude(_escrow(), j.jobId, _agreement(j.requester));
        if (jobs.jobOf(j.jobId).status() != uint8(JobStatus.Disputed)) j.stage = ChainModel.Stage.Ended;
    }

    /// @dev A second panel waits, or the instance ended and what was drawn stays the last word. Without time for a
    /// panel nobody was seated at all, and consent to a look that never comes harms nobody.
    function _failed(uint256 index) private {
        ChainModel.Job storage j = _jobs[index];
        if (panel.questionOf(j.question).status != IReviewPanel.Status.Waiting) return;
        (j.firstDrawn, j.redrawn, j.lot) = (true, true, 0);
    }
}
