// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Segments} from "../../../contracts/libraries/Segments.sol";
import {ITrainingChains} from "../../../contracts/market/ITrainingChains.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {vm} from "../base/Vm.sol";
import {ChainModel} from "./ChainModel.sol";
import {ChainSteps} from "./ChainSteps.sol";

/// @notice Operators, requesters, accusers, keepers and strangers around chains, whatever the job's state.
contract ChainActions is ChainSteps {
    using ChainModel for ChainModel.Job;

    // Work

    function commitChain(uint256 seed, bool isTrue, bool atEnd) external {
        uint256 index = _reach(seed, At.Work);
        if (index == NONE) return;
        if (atEnd) vm.warp(_jobs[index].due);
        _commitChain(index, seed, isTrue);
        _success();
    }

    /// @dev Anyone tries it with any job, in its due second or the next as well.
    function commitChainRefused(uint256 seed, uint256 who, uint256 segments, bool atEnd) external {
        uint256 index = seed % 2 == 0 ? _any(seed) : _reach(seed, At.Work);
        if (index == NONE) return;
        ChainModel.Job memory j = _jobs[index];
        if (atEnd && _at(index) == At.Work) vm.warp(j.due + (who % 2));
        bytes32 root = seed % 9 == 0 ? bytes32(0) : keccak256(abi.encode(seed));
        segments = segments % 7 == 0 ? 0 : _bound(segments, 1, type(uint16).max);
        address caller = _who(j, who);
        bytes4 refusal = _refusalOfChain(j, caller, root, segments);
        if (refusal == 0) return;
        vm.prank(caller);
        vm.expectPartialRevert(refusal);
        chains.commitChain(_escrow(), j.jobId, root, uint16(segments));
        _success();
    }

    /// @dev Whatever was committed to is of the attempt before.
    function missJob(uint256 seed) external {
        uint256 index = _assign(seed);
        _commitChain(index, seed, true);
        _attempt(index);
        _success();
    }

    /// @dev A chain of the attempt before is there when the next one delivers without.
    function deliverWithoutChain(uint256 seed) external {
        uint256 index = _assign(seed);
        _commitChain(index, seed, true);
        _attempt(index);
        _deliver(index);
        _dispute(index, 0);
        _drive(index, seed % 2 == 0 ? At.Disputed : At.Committing, seed);
        ChainModel.Job memory j = _jobs[index];
        vm.prank(_holder(j.requester));
        vm.expectPartialRevert(ITrainingChains.ChainsNoChain.selector);
        chains.nameSegment(_escrow(), j.jobId, 0);
        vm.expectPartialRevert(ITrainingChains.ChainsNoChain.selector);
        chains.open(_escrow(), j.jobId, new Segments.Opening[](0));
        _success();
    }

    function deliver(uint256 seed) external {
        uint256 index = _reach(seed, At.Work);
        if (index == NONE) return;
        _deliver(index);
        _success();
    }

    function dispute(uint256 seed, uint256 who) external {
        uint256 index = _reach(seed, At.Delivered);
        if (index == NONE) return;
        _dispute(
            index,
            who % 3 == 0
                ? 0
                : who % 3 == 1
                    ? _jobs[index].requester
                    : ACCUSER
        );
        _success();
    }

    // Consent

    function nameSegment(uint256 seed, uint256 segment) external {
        uint256 index = _reach(seed, seed % 2 == 0 ? At.Disputed : At.Waiting);
        if (index == NONE || !_nameable(index)) {
            index = _assign(seed);
            _commitChain(index, seed, seed % 5 != 0);
            _deliver(index);
            _dispute(index, 0);
        }
        _name(index, _bound(segment, 0, uint256(_jobs[index].segments) - 1));
        _success();
    }

    /// @dev Anyone tries it, with any job, at any time.
    function nameSegmentRefused(uint256 seed, uint256 who, uint256 segment) external {
        uint256 index = seed % 2 == 0 ? _any(seed) : _reach(seed, At(seed % 7));
        if (index == NONE) return;
        ChainModel.Job memory j = _jobs[index];
        address caller = _who(j, who);
        segment = segment % 5 == 0 ? j.segments : _bound(segment, 0, j.segments);
        bytes4 refusal = _refusalOfName(j, caller, segment);
        if (refusal == 0) return;
        vm.prank(caller);
        vm.expectPartialRevert(refusal);
        chains.nameSegment(_escrow(), j.jobId, segment);
        _success();
    }

    /// @dev The first panel's seats are known, or it came to nothing: too late, also before a second or larger panel.
    function nameSegmentLate(uint256 seed, uint256 segment) external {
        uint256 index = _assign(seed);
        _commitChain(index, seed, true);
        _deliver(index);
        _dispute(index, seed % 2 == 0 ? 0 : _jobs[index].requester);
        _openCase(index);
        _draw(index, false);
        if (seed % 3 == 1 && _at(index) == At.Committing) _silence(index);
        if (seed % 3 == 2 && _at(index) == At.Committing) {
            _vote(index, false);
            _appeal(index);
        }
        ChainModel.Job memory j = _jobs[index];
        vm.prank(_holder(j.requester));
        vm.expectPartialRevert(ITrainingChains.ChainsTooLateToName.selector);
        chains.nameSegment(_escrow(), j.jobId, _bound(segment, 0, j.segments - 1));
        _success();
    }

    // Openings

    function open(uint256 seed, address caller, bool atEnd) external {
        uint256 index = _openable(seed);
        if (index == NONE) return;
        if (atEnd) vm.warp(openEndOf(_jobs[index].drawnAt));
        _open(index, caller);
        _success();
    }

    /// @dev To each panel anew: the second of the instance, or the larger one of an appeal.
    function openToNextPanel(uint256 seed, bool afterOpening) external {
        uint256 index = _openable(seed);
        if (index == NONE) return;
        if (afterOpening) _open(index, _holder(KEEPER));
        if (seed % 2 == 0) {
            _silence(index);
        } else {
            _vote(index, seed % 4 == 1);
            _appeal(index);
        }
        vm.assertEq(_jobs[index].lot, 0, "another panel waits");
        _draw(index, false);
        if (_at(index) != At.Committing) return;
        vm.assertFalse(chains.checkOf(_escrow(), _jobs[index].jobId).opened, "nothing is opened to a new panel");
        _open(index, _holder(KEEPER));
        _success();
    }

    /// @dev Honest openings of any job, where they are of no use.
    function openRefused(uint256 seed, bool late) external {
        uint256 index =
            seed % 4 == 0
                ? _any(seed)
                : seed % 4 == 1
                    ? _openable(seed)
                    : _reach(seed, At(seed % 7));
        if (index == NONE) return;
        ChainModel.Job memory j = _jobs[index];
        uint256 openEnd = openEndOf(j.drawnAt);
        if (late && j.lot != 0 && vm.getBlockTimestamp() <= openEnd) vm.warp(openEnd + 1);
        bytes4 refusal = _refusalOfOpening(j);
        if (refusal == 0) return;
        Segments.Opening[] memory openings = _openings(j);
        vm.expectPartialRevert(refusal);
        chains.open(_escrow(), j.jobId, openings);
        _success();
    }

    function openTwice(uint256 seed) external {
        uint256 index = _openable(seed);
        if (index == NONE) return;
        _open(index, _holder(KEEPER));
        ChainModel.Job memory j = _jobs[index];
        Segments.Opening[] memory openings = j.openingsOf(j.drawnOf());
        vm.expectPartialRevert(ITrainingChains.ChainsOpenedBefore.selector);
        chains.open(_escrow(), j.jobId, openings);
        _success();
    }

    /// @dev Openings that are not what the root says: each forgery is refused, whichever segment it is of.
    function openForged(uint256 seed, uint256 forgery, uint256 place) external {
        uint256 index = _openable(seed);
        if (index == NONE) return;
        ChainModel.Job memory j = _jobs[index];
        Segments.Opening[] memory openings = _forged(j, forgery % 8, place);
        bool sized = openings.length == j.drawnOf().length;
        vm.expectPartialRevert(
            sized ? ITrainingChains.ChainsWrongOpening.selector : ITrainingChains.ChainsOutOfBounds.selector
        );
        chains.open(_escrow(), j.jobId, openings);
        _success();
    }

    /// @dev A chain whose last leaf is not what was delivered: even its own openings are refused.
    function openOtherResult(uint256 seed) external {
        uint256 index = _assign(seed);
        _commitChain(index, 2 * (seed % 1e9), false);
        _deliver(index);
        _dispute(index, 0);
        _name(index, 0);
        _drive(index, At.Committing, seed);
        if (_at(index) != At.Committing) return;
        ChainModel.Job memory j = _jobs[index];
        Segments.Opening[] memory openings = j.openingsOf(j.drawnOf());
        vm.expectPartialRevert(ITrainingChains.ChainsWrongOpening.selector);
        chains.open(_escrow(), j.jobId, openings);
        _success();
    }

    /// @dev An escrow that the court does not know, whatever it says of its jobs.
    function foreignEscrow(uint256 seed) external {
        ChainModel.Job memory j = _jobs[_any(seed)];
        IJobEscrow other = IJobEscrow(address(foreign));
        vm.startPrank(_who(j, seed));
        vm.expectPartialRevert(ITrainingChains.ChainsUnknownEscrow.selector);
        chains.commitChain(other, j.jobId, RIGHT, 1);
        vm.expectPartialRevert(ITrainingChains.ChainsUnknownEscrow.selector);
        chains.nameSegment(other, j.jobId, 0);
        vm.expectPartialRevert(ITrainingChains.ChainsUnknownEscrow.selector);
        chains.open(other, j.jobId, new Segments.Opening[](0));
        vm.stopPrank();
        _success();
    }

    // Cases

    function openCase(uint256 seed) external {
        uint256 index = _reach(seed, At.Disputed);
        if (index == NONE) return;
        _openCase(index);
        _success();
    }

    function draw(uint256 seed, bool byFallback) external {
        uint256 index = _reach(seed, At.Waiting);
        if (index == NONE) return;
        _draw(index, byFallback);
        _success();
    }

    /// @dev The panel that waits is bound to another round: it has no lot, and consent is still open if it was.
    function rebind(uint256 seed) external {
        uint256 index = _reach(seed, At.Waiting);
        if (index == NONE) return;
        bytes32 question = _jobs[index].question;
        rounds.set(panel.questionOf(question).round, IRandomnessBeacon.RoundStatus.Dead, false);
        panel.rebind(question);
        _success();
    }

    function vote(uint256 seed, bool guilt) external {
        uint256 index = _reach(seed, At.Committing);
        if (index == NONE) return;
        _vote(index, guilt);
        _success();
    }

    function silence(uint256 seed) external {
        uint256 index = _reach(seed, At.Committing);
        if (index == NONE) return;
        _silence(index);
        _success();
    }

    function appeal(uint256 seed) external {
        uint256 index = _reach(seed, At.Decided);
        if (index == NONE) return;
        IReviewPanel.QuestionView memory q = panel.questionOf(_jobs[index].question);
        uint256 time = vm.getBlockTimestamp();
        if (time > q.appealEnd || time + 24 hours > q.deadline) return;
        _appeal(index);
        _success();
    }

    function conclude(uint256 seed) external {
        uint256 index = _reach(seed, At.Decided);
        if (index == NONE) return;
        uint256 appealEnd = panel.questionOf(_jobs[index].question).appealEnd;
        if (vm.getBlockTimestamp() <= appealEnd) vm.warp(appealEnd + 1);
        _conclude(index);
        _success();
    }

    function pass(uint256 span) external {
        vm.warp(vm.getBlockTimestamp() + _bound(span, 1, 13 hours));
        _success();
    }

    // Private: what has to be refused, from the rules alone

    function _refusalOfChain(
        ChainModel.Job memory j,
        address caller,
        bytes32 root,
        uint256 segments
    ) private view returns (bytes4) {
        if (root == 0 || segments == 0) return ITrainingChains.ChainsEmpty.selector;
        bool inTime = vm.getBlockTimestamp() <= j.due;
        if (j.stage != ChainModel.Stage.Work || !inTime) return ITrainingChains.ChainsNotAtWork.selector;
        bool works = caller == _operator(j.gpu) || caller == _holder(j.owner);
        return works ? bytes4(0) : ITrainingChains.ChainsNotOperator.selector;
    }

    function _refusalOfName(ChainModel.Job memory j, address caller, uint256 segment) private view returns (bytes4) {
        if (j.stage != ChainModel.Stage.Disputed) return ITrainingChains.ChainsNotDisputed.selector;
        if (j.root == 0) return ITrainingChains.ChainsNoChain.selector;
        bool nobodyElse = j.accuser == 0 || j.accuser == j.requester;
        if (caller != _holder(j.requester) || !nobodyElse) return ITrainingChains.ChainsNotObjector.selector;
        if (segment >= j.segments) return ITrainingChains.ChainsOutOfBounds.selector;
        bool late = j.named != 0 || j.firstDrawn;
        return late ? ITrainingChains.ChainsTooLateToName.selector : bytes4(0);
    }

    function _refusalOfOpening(ChainModel.Job memory j) private view returns (bytes4) {
        if (j.stage != ChainModel.Stage.Disputed) return ITrainingChains.ChainsNotDisputed.selector;
        if (j.root == 0) return ITrainingChains.ChainsNoChain.selector;
        if (j.lot == 0 || j.named == 0) return ITrainingChains.ChainsNotDrawn.selector;
        if (vm.getBlockTimestamp() > openEndOf(j.drawnAt)) return ITrainingChains.ChainsTooLate.selector;
        if (j.openedLot == j.lot) return ITrainingChains.ChainsOpenedBefore.selector;
        return j.isRight ? bytes4(0) : ITrainingChains.ChainsWrongOpening.selector;
    }

    /// @dev Whoever has to do with a job, and who has nothing to do with it.
    function _who(ChainModel.Job memory j, uint256 seed) private view returns (address) {
        if (seed % 5 == 0) return _holder(j.requester);
        if (seed % 5 == 1) return _holder(j.owner);
        if (seed % 5 == 2) return _holder(ACCUSER);
        return seed % 5 == 3 ? _operator(j.gpu) : address(uint160(uint256(keccak256(abi.encode("stranger", seed)))));
    }

    // Private: openings

    function _open(uint256 index, address caller) private {
        ChainModel.Job storage j = _jobs[index];
        Segments.Opening[] memory openings = _openings(j);
        vm.prank(caller);
        chains.open(_escrow(), j.jobId, openings);
        j.openedLot = j.lot;
    }

    /// @dev As good as they can be had; without a tree, of the right number.
    function _openings(ChainModel.Job memory j) private pure returns (Segments.Opening[] memory) {
        uint256[] memory drawn = j.drawnOf();
        return j.isTree ? j.openingsOf(drawn) : new Segments.Opening[](drawn.length);
    }

    /// @dev Right openings but for one thing.
    function _forged(
        ChainModel.Job memory j,
        uint256 forgery,
        uint256 place
    ) private pure returns (Segments.Opening[] memory openings) {
        uint256[] memory drawn = j.drawnOf();
        openings = j.openingsOf(drawn);
        place %= drawn.length;
        if (forgery == 0) {
            openings[place].start = keccak256(abi.encode(openings[place].start));
        } else if (forgery == 1) {
            openings[place].end = keccak256(abi.encode(openings[place].end));
        } else if (forgery == 2) {
            openings[place].endProof = _longer(openings[place].endProof);
        } else if (forgery == 3 && drawn.length > 1) {
            uint256 next = (place + 1) % drawn.length;
            (openings[place], openings[next]) = (openings[next], openings[place]);
        } else if (forgery == 4 && drawn.length < j.segments) {
            // Right, of a segment that nobody asked for.
            uint256 other = 0;
            while (ChainModel.contains(drawn, drawn.length, other)) ++other;
            drawn[place] = other;
            openings = j.openingsOf(drawn);
        } else if (forgery == 5) {
            openings = j.openingsOf(_resized(drawn, drawn.length - 1));
        } else if (forgery == 6) {
            openings = j.openingsOf(_resized(drawn, drawn.length + 1));
        } else {
            // All of another tree.
            (j.salt, j.isRight) = (keccak256(abi.encode(j.salt)), j.segments > 1);
            openings = j.openingsOf(drawn);
        }
    }

    function _longer(bytes32[] memory proof) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
    }

    function _resized(uint256[] memory list, uint256 size) private pure returns (uint256[] memory sized) {
        sized = new uint256[](size);
        for (uint256 i = 0; i < size && i < list.length; ++i) sized[i] = list[i];
    }
}
