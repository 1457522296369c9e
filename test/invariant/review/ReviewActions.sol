// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Verdict} from "../../../contracts/market/JobTypes.sol";
import {IDisputeCourt} from "../../../contracts/market/IDisputeCourt.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {vm} from "../base/Vm.sol";
import {ReviewSteps} from "./ReviewSteps.sol";

/// @notice Parties, validators, keepers, an arbiter and strangers act on the cases of a court.
contract ReviewActions is ReviewSteps {
    function openCase(uint256 seed) external {
        _open(seed);
        _success();
    }

    function openCaseTwice(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Waiting);
        if (index == NONE) return;
        vm.expectPartialRevert(IReviewPanel.PanelKnownQuestion.selector);
        court.openCase(_court(), _cases[index].jobId, _agreement(_cases[index].requester));
        _success();
    }

    function draw(uint256 seed, bool byFallback) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Waiting);
        if (index == NONE) return;
        _ready(index, byFallback);
        _draw(index);
        _success();
    }

    function drawUnanswered(uint256 seed) external {
        uint256 index = _open(seed);
        if (_ask(index).round > rounds.currentRound()) panel.requestRound(_cases[index].question);
        vm.expectPartialRevert(IReviewPanel.PanelRoundUnanswered.selector);
        panel.draw(_cases[index].question);
        _success();
    }

    /// @dev While its round lives, no panel is bound to another: nobody chooses a seed.
    function rebindAlive(uint256 seed) external {
        uint256 index = _open(seed);
        if (seed % 2 == 0) _ready(index, false);
        vm.expectPartialRevert(IReviewPanel.PanelRoundAlive.selector);
        panel.rebind(_cases[index].question);
        _success();
    }

    function rebind(uint256 seed, bool dead) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Waiting);
        if (index == NONE) return;
        if (dead) rounds.set(_ask(index).round, IRandomnessBeacon.RoundStatus.Dead, false);
        else vm.warp(_max(vm.getBlockTimestamp(), _ask(index).frozenAt + FREEZE));
        panel.rebind(_cases[index].question);
        _noteBound(index);
        _success();
    }

    function commit(uint256 seed, uint256 vote) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Committing);
        if (index == NONE) return;
        uint256 seat = _seatWithout(index, false);
        _commit(index, seat, _vote(index, vote));
        _success();
    }

    function commitForAnother(uint256 seed, address caller) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Committing);
        if (index == NONE) return;
        uint256 seat = _seatWithout(index, false);
        uint40 validator = _panels[_cases[index].question][_number(_ask(index))].seats[seat];
        // Nobody sends from zero, the operator of whoever named none.
        if (caller == _holder(validator) || caller == address(0)) return;
        vm.prank(caller);
        vm.expectPartialRevert(IReviewPanel.PanelNotSeated.selector);
        panel.commit(_cases[index].question, uint8(seat), CLAIM);
        _success();
    }

    function commitTwice(uint256 seed) external {
        uint256 index = _open(seed);
        _drive(index, IReviewPanel.Status.Committing, seed, false);
        bytes32 question = _cases[index].question;
        if (_ask(index).status != IReviewPanel.Status.Committing) return;
        _commit(index, 0, CLAIM);
        vm.prank(_holder(_panels[question][_number(_ask(index))].seats[0]));
        vm.expectPartialRevert(IReviewPanel.PanelVotedBefore.selector);
        panel.commit(question, 0, RIGHT);
        _success();
    }

    /// @dev The last second of the window belongs to it.
    function commitTooLate(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Committing);
        if (index == NONE) return;
        uint256 seat = _seatWithout(index, false);
        bytes32 question = _cases[index].question;
        address holder = _holder(_panels[question][_number(_ask(index))].seats[seat]);
        vm.warp(_ask(index).commitEnd + 1);
        vm.prank(holder);
        vm.expectPartialRevert(IReviewPanel.PanelWrongStatus.selector);
        panel.commit(question, uint8(seat), CLAIM);
        _success();
    }

    function reveal(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Revealing);
        if (index == NONE) return;
        _reveal(index, _seatWithout(index, true));
        _success();
    }

    function revealAnotherVote(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Revealing);
        if (index == NONE) return;
        uint256 seat = _seatWithout(index, true);
        uint256 number = _number(_ask(index));
        bytes32 salt = _salt(_cases[index], number, seat);
        bytes32 other = keccak256(abi.encode(_votes[_cases[index].question][number][seat].digest));
        vm.expectPartialRevert(IReviewPanel.PanelWrongCommitment.selector);
        panel.reveal(_cases[index].question, uint8(seat), other, salt);
        _success();
    }

    /// @dev Nobody seals any more; who did not reveal is silent.
    function endWindows(uint256 seed, bool both) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Committing);
        if (index == NONE) return;
        uint256 end = both ? _ask(index).revealEnd : _ask(index).commitEnd;
        vm.warp(end + 1);
        if (_ask(index).status == IReviewPanel.Status.Counting) _tally(index);
        _success();
    }

    function tally(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Counting);
        if (index == NONE) return;
        _tally(index);
        _success();
    }

    function tallyTooEarly(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Committing);
        if (index == NONE) return;
        vm.expectPartialRevert(IReviewPanel.PanelWrongStatus.selector);
        panel.tally(_cases[index].question);
        _success();
    }

    function appeal(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Decided);
        if (index == NONE) return;
        if (!_appealable(index)) {
            index = _open(seed);
            _drive(index, IReviewPanel.Status.Decided, seed, true);
            if (!_appealable(index)) return;
        }
        _appeal(index);
        _success();
    }

    /// @dev Whom a verdict does not go against has nothing to appeal; nobody else has either.
    function appealWithoutRight(uint256 seed) external {
        uint256 index = _open(seed);
        _drive(index, IReviewPanel.Status.Decided, seed, seed % 2 == 0);
        if (_ask(index).finding == IReviewPanel.Finding.None) return;
        Case memory c = _cases[index];
        bool guilt = _ask(index).finding != IReviewPanel.Finding.Valid;
        vm.prank(_holder(guilt ? c.requester : c.owner));
        vm.expectPartialRevert(IDisputeCourt.CourtNotAggrieved.selector);
        court.appeal(_court(), c.jobId, _agreement(c.requester));
        vm.prank(_holder(KEEPER));
        vm.expectPartialRevert(IDisputeCourt.CourtNotParty.selector);
        court.appeal(_court(), c.jobId, _agreement(c.requester));
        _success();
    }

    function confirm(uint256 seed, bool confirmed) external {
        uint256 index = _open(seed);
        // Drawn by a block hash: guilt needs an arbiter.
        _drive(index, IReviewPanel.Status.Decided, 5 * (seed % 1e6), true);
        if (!_needsArbiter(index)) return;
        vm.prank(_holder(KEEPER));
        vm.expectPartialRevert(IReviewPanel.PanelNotArbiter.selector);
        panel.confirm(_cases[index].question, confirmed);
        panel.confirm(_cases[index].question, confirmed);
        (_cases[index].confirmed, _cases[index].refused) = (confirmed, !confirmed);
        _success();
    }

    function conclude(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Decided);
        if (index == NONE) return;
        uint256 appealEnd = _ask(index).appealEnd;
        if (appealEnd != 0) vm.warp(_max(vm.getBlockTimestamp(), appealEnd + 1));
        if (_needsArbiter(index) && !_cases[index].confirmed) {
            if (vm.getBlockTimestamp() > _cases[index].due) return;
            vm.expectPartialRevert(IReviewPanel.PanelUnconfirmed.selector);
            court.conclude(_court(), _cases[index].jobId, _agreement(_cases[index].requester));
            panel.confirm(_cases[index].question, true);
            _cases[index].confirmed = true;
        }
        _conclude(index);
        _success();
    }

    function concludeTooEarly(uint256 seed) external {
        uint256 index = _open(seed);
        _drive(index, IReviewPanel.Status.Decided, seed, seed % 2 == 0);
        uint256 appealEnd = _ask(index).appealEnd;
        if (appealEnd == 0) return;
        vm.warp(appealEnd);
        vm.expectPartialRevert(IReviewPanel.PanelTooEarly.selector);
        court.conclude(_court(), _cases[index].jobId, _agreement(_cases[index].requester));
        _success();
    }

    /// @dev In whatever status it is: late, it ends without a verdict, and the fee returns.
    function concludeLate(uint256 seed, uint256 status) external {
        uint256 index = _reach(seed, IReviewPanel.Status(1 + (status % 5)));
        if (index == NONE) return;
        if (_cases[index].closed) return;
        vm.warp(_cases[index].due + 1);
        _conclude(index);
        escrow.split(_cases[index].jobId, _agreement(_cases[index].requester));
        fees -= FEE_GWEI * GWEI;
        _success();
    }

    function concludeTwice(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Waiting);
        if (index == NONE) return;
        vm.warp(_cases[index].due + 1);
        _conclude(index);
        vm.expectPartialRevert(IDisputeCourt.CourtNoCase.selector);
        court.conclude(_court(), _cases[index].jobId, _agreement(_cases[index].requester));
        _success();
    }

    function split(uint256 seed) external {
        uint256 index = _reach(seed, IReviewPanel.Status.Waiting);
        if (index == NONE) return;
        vm.warp(_cases[index].due + 1);
        escrow.split(_cases[index].jobId, _agreement(_cases[index].requester));
        fees -= FEE_GWEI * GWEI;
        _success();
    }

    function pass(uint256 span) external {
        vm.warp(vm.getBlockTimestamp() + _bound(span, 1, 13 hours));
        _success();
    }

    /// @dev Also at the end of a run: nothing is stuck, whatever happened.
    function concludeOverdue() external {
        uint256 concluded = 0;
        for (uint256 i = 0; i < _cases.length; ++i) {
            if (vm.getBlockTimestamp() <= _cases[i].due) continue;
            if (!_cases[i].closed) {
                _conclude(i);
                ++concluded;
            }
            if (!_isDisputed(i)) continue;
            escrow.split(_cases[i].jobId, _agreement(_cases[i].requester));
            fees -= FEE_GWEI * GWEI;
        }
        if (concluded != 0) _success();
    }

    // Private

    /// @dev Everybody is paid what the naive count of the votes says, and nobody else.
    function _conclude(uint256 index) private {
        Case memory c = _cases[index];
        IReviewPanel.QuestionView memory q = _ask(index);
        bool late = vm.getBlockTimestamp() > c.due;
        if (late) (q.finding, q.digest) = (IReviewPanel.Finding.None, bytes32(0));
        bool ruled = q.finding != IReviewPanel.Finding.None && _isDisputed(index);
        if (q.finding > IReviewPanel.Finding.Valid && _needsArbiter(index)) {
            vm.assertTrue(c.confirmed, "I14 no guilt of a small pool alone");
        }
        uint256[] memory owed = new uint256[](KEEPER + 1);
        uint256 left = _share(c, q, ruled, owed);
        uint256 held = vault.feesOf(address(court));
        uint256[] memory had = _balances();
        court.conclude(_court(), c.jobId, _agreement(c.requester));
        _cases[index].closed = true;
        uint256[] memory have = _balances();
        for (uint256 id = 1; id <= KEEPER; ++id) vm.assertEq(have[id], had[id] + owed[id], "I26 paid what is due");
        vm.assertEq(vault.feesOf(address(court)), held + left, "the rest is protocol fee");
        if (ruled) {
            fees -= FEE_GWEI * GWEI;
            vm.assertEq(uint8(escrow.ruledOf(c.jobId)), uint8(q.finding), "the escrow heard the verdict");
        } else {
            vm.assertEq(uint8(escrow.ruledOf(c.jobId)), uint8(Verdict.None), "no verdict, no ruling");
        }
    }

    /// @dev Adds to `owed` by account what a close has to pay, ends the seats, and returns what is left over.
    function _share(
        Case memory c,
        IReviewPanel.QuestionView memory q,
        bool ruled,
        uint256[] memory owed
    ) private returns (uint256 left) {
        uint256 pot = ruled ? FEE_GWEI : 0;
        if (c.appellant != 0) {
            bonds -= 2 * FEE_GWEI * GWEI;
            if (ruled && _isLost(c, q.finding)) pot += 2 * FEE_GWEI;
            else owed[c.appellant] += 2 * FEE_GWEI * GWEI;
        }
        (uint256[] memory parts, uint256 payees, uint256 seats) = _parts(c, q);
        if (payees == 0 || seats == 0) return pot * GWEI;
        uint256 share = pot / payees;
        if (share > (2 * pot) / seats) share = (2 * pot) / seats;
        for (uint256 id = 1; id <= KEEPER; ++id) owed[id] += parts[id] * share * GWEI;
        return (pot - share * payees) * GWEI;
    }

    /// @dev Nobody hears an appeal against Valid but its own panel; guilt without one was confirmed by the arbiter.
    function _isLost(Case memory c, IReviewPanel.Finding finding) private view returns (bool) {
        bool heard = _panels[c.question][2].voted || _panels[c.question][3].voted;
        bool same = finding == court.caseOf(_court(), c.jobId).against;
        return same && (heard || finding != IReviewPanel.Finding.Valid);
    }

    function _parts(
        Case memory c,
        IReviewPanel.QuestionView memory q
    ) private returns (uint256[] memory parts, uint256 payees, uint256 seats) {
        parts = new uint256[](KEEPER + 1);
        for (uint256 n = 0; n < 4; ++n) {
            Panel memory p = _panels[c.question][n];
            if (p.failed) continue;
            if (p.voted) (parts[KEEPER], payees, seats) = (parts[KEEPER] + 1, payees + 1, seats + p.seats.length);
            for (uint256 i = 0; i < p.seats.length; ++i) {
                --openSeats[p.seats[i]];
                Vote memory vote = _votes[c.question][n][i];
                bool agrees = vote.revealed && q.finding == _opinion(vote.digest, c.claim);
                if (!agrees || (q.finding == IReviewPanel.Finding.Invalid && vote.digest != q.digest)) continue;
                (parts[p.seats[i]], payees) = (parts[p.seats[i]] + 1, payees + 1);
            }
        }
    }

    function _balances() private view returns (uint256[] memory balances) {
        balances = new uint256[](KEEPER + 1);
        for (uint40 id = 1; id <= KEEPER; ++id) balances[id] = vault.balanceOf(id);
    }

    /// @dev First seat of the present panel that has not sealed, or not revealed what it sealed.
    function _seatWithout(uint256 index, bool revealed) private view returns (uint256 seat) {
        IReviewPanel.QuestionView memory q = _ask(index);
        for (seat = 0; seat < q.seats; ++seat) {
            Vote memory vote = _votes[_cases[index].question][_number(q)][seat];
            if (revealed ? vote.committed && !vote.revealed : !vote.committed) return seat;
        }
    }

    function _max(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
