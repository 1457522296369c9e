// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobStatus} from "../../../contracts/market/JobTypes.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {vm} from "../base/Vm.sol";
import {ReviewWorld} from "./ReviewWorld.sol";

/// @notice The steps of a case, each of which checks what it did.
abstract contract ReviewSteps is ReviewWorld {
    bytes32 internal constant CLAIM = keccak256("claimed");
    bytes32 internal constant RIGHT = keccak256("right");
    uint256 internal constant NONE = type(uint256).max;
    /// @dev Cases that a search looks through.
    uint256 private constant RECENT = 10;

    // Finding a case

    /// @dev A recent case in this status with time left, or else a fresh one that is driven there; NONE when nobody can
    /// be drawn, because too many were silent too often.
    function _reach(uint256 seed, IReviewPanel.Status wanted) internal returns (uint256 index) {
        if (seed % 3 != 0) {
            index = _recent(seed, wanted);
            if (index != NONE) return index;
        }
        index = _open(seed);
        _drive(index, wanted, seed, false);
        if (_ask(index).status != wanted) index = NONE;
    }

    function _recent(uint256 seed, IReviewPanel.Status wanted) internal view returns (uint256) {
        uint256 count = _cases.length;
        for (uint256 i = 0; i < RECENT && i < count; ++i) {
            uint256 index = count - 1 - ((i + (seed % RECENT)) % (count < RECENT ? count : RECENT));
            if (_ask(index).status == wanted && vm.getBlockTimestamp() <= _cases[index].due) return index;
        }
        return NONE;
    }

    /// @dev Drives a fresh case on, without losing time.
    function _drive(uint256 index, IReviewPanel.Status wanted, uint256 seed, bool guilt) internal {
        IReviewPanel.Status status = _ask(index).status;
        while (status != wanted) {
            if (status == IReviewPanel.Status.Waiting) {
                _ready(index, seed % 5 == 0);
                _draw(index);
            } else if (status == IReviewPanel.Status.Committing) {
                for (uint256 seat = 0; seat < _ask(index).seats; ++seat) {
                    _commit(index, seat, guilt ? RIGHT : _vote(index, uint256(keccak256(abi.encode(seed, seat)))));
                }
            } else if (status == IReviewPanel.Status.Revealing) {
                for (uint256 seat = 0; seat < _ask(index).seats; ++seat) _reveal(index, seat);
            } else if (status == IReviewPanel.Status.Counting) {
                _tally(index);
            } else {
                return;
            }
            status = _ask(index).status;
        }
    }

    // Steps

    function _open(uint256 seed) internal returns (uint256 index) {
        index = _cases.length;
        Case storage c = _cases.push();
        (c.requester, c.owner) = (seed % 5 == 0 ? 2 : REQUESTER, seed % 7 == 0 ? 1 : OWNER);
        (c.jobId, c.claim) = ((uint256(c.requester) << 48) | index, seed % 11 == 0 ? bytes32(0) : CLAIM);
        c.due = uint40(vm.getBlockTimestamp() + DISPUTE);
        escrow.dispute(c.jobId, _agreement(c.requester), uint40(index), c.owner, c.claim);
        fees += FEE_GWEI * GWEI;
        c.question = court.openCase(_court(), c.jobId, _agreement(c.requester));
        _noteBound(index);
    }

    /// @dev A seed for the panel that waits, bound anew where that is needed.
    function _ready(uint256 index, bool byFallback) internal {
        IReviewPanel.QuestionView memory q = _ask(index);
        (IRandomnessBeacon.RoundStatus status, , , ) = rounds.roundInfo(q.round);
        if (status == IRandomnessBeacon.RoundStatus.Dead || vm.getBlockTimestamp() >= q.frozenAt + FREEZE) {
            panel.rebind(_cases[index].question);
            _noteBound(index);
            q = _ask(index);
        }
        if (q.round > rounds.currentRound()) {
            vm.assertEq(panel.requestRound(_cases[index].question), q.round, "the very round");
        }
        rounds.set(q.round, IRandomnessBeacon.RoundStatus.Answered, byFallback);
    }

    function _draw(uint256 index) internal {
        Case memory c = _cases[index];
        IReviewPanel.QuestionView memory q = _ask(index);
        (, , , bool byFallback) = rounds.roundInfo(q.round);
        vm.prank(_holder(KEEPER));
        panel.draw(c.question);
        Panel storage p = _panels[c.question][_number(q)];
        p.seats = panel.seatsOf(c.question, q.instance, q.redrawn);
        if (p.seats.length == 0) return _failed(index, p);
        vm.assertEq(p.seats.length, q.seats, "all seats are filled");
        p.byFallback = byFallback;
        for (uint256 i = 0; i < p.seats.length; ++i) {
            ++openSeats[p.seats[i]];
            _checkSeat(c, p.seats[i], _number(q), i);
        }
    }

    function _commit(uint256 index, uint256 seat, bytes32 digest) internal {
        Case memory c = _cases[index];
        uint256 number = _number(_ask(index));
        uint40 validator = _panels[c.question][number].seats[seat];
        bytes32 commitment = panel.commitmentOf(c.question, validator, digest, _salt(c, number, seat));
        vm.prank(_holder(validator));
        panel.commit(c.question, uint8(seat), commitment);
        _votes[c.question][number][seat] = Vote({committed: true, revealed: false, digest: digest});
    }

    function _reveal(uint256 index, uint256 seat) internal {
        Case memory c = _cases[index];
        uint256 number = _number(_ask(index));
        Vote storage vote = _votes[c.question][number][seat];
        panel.reveal(c.question, uint8(seat), vote.digest, _salt(c, number, seat));
        vote.revealed = true;
    }

    /// @dev I26: what the panel counts is what the naive count of the same votes says.
    function _tally(uint256 index) internal {
        Case memory c = _cases[index];
        IReviewPanel.QuestionView memory q = _ask(index);
        Panel storage p = _panels[c.question][_number(q)];
        (bool short, IReviewPanel.Finding finding, bytes32 digest) = _expected(c.question, _number(q), c.claim);
        panel.tally(c.question);
        if (short) {
            for (uint256 i = 0; i < p.seats.length; ++i) --openSeats[p.seats[i]];
            return _failed(index, p);
        }
        p.voted = true;
        IReviewPanel.QuestionView memory said = _ask(index);
        vm.assertEq(uint8(said.status), uint8(IReviewPanel.Status.Decided), "a verdict");
        vm.assertEq(uint8(said.finding), uint8(finding), "the votes' verdict");
        vm.assertEq(said.digest, digest, "the digest of those votes");
    }

    function _appeal(uint256 index) internal {
        Case storage c = _cases[index];
        bool guilt = _ask(index).finding != IReviewPanel.Finding.Valid;
        c.appellant = guilt ? c.owner : c.requester;
        bonds += 2 * FEE_GWEI * GWEI;
        vm.prank(_holder(c.appellant));
        court.appeal(_court(), c.jobId, _agreement(c.requester));
        // The arbiter spoke about a verdict that is open again.
        c.confirmed = false;
        _noteBound(index);
        vm.assertEq(_ask(index).seats, 2 * SEATS + 1, "twice as many and one");
    }

    /// @dev Whether the case's verdict can be appealed now.
    function _appealable(uint256 index) internal view returns (bool) {
        IReviewPanel.QuestionView memory q = _ask(index);
        bool open = q.status == IReviewPanel.Status.Decided && vm.getBlockTimestamp() <= q.appealEnd;
        return open && vm.getBlockTimestamp() + 24 hours <= q.deadline;
    }

    /// @dev From the rules alone: guilt of a small pool, of a block hash or after a failed appeal needs an arbiter.
    function _needsArbiter(uint256 index) internal view returns (bool) {
        Case memory c = _cases[index];
        IReviewPanel.QuestionView memory q = _ask(index);
        if (q.finding == IReviewPanel.Finding.None || q.finding == IReviewPanel.Finding.Valid) return false;
        Panel memory last = _panels[c.question][_number(q)];
        if (!last.voted) return true;
        return last.byFallback || last.owners < 3 * last.seats.length;
    }

    function _isDisputed(uint256 index) internal view returns (bool) {
        return escrow.jobOf(_cases[index].jobId).status() == uint8(JobStatus.Disputed);
    }

    /// @dev A vote for the claim more often than for the right digest, rarely that the content cannot be had.
    function _vote(uint256 index, uint256 seed) internal view returns (bytes32) {
        if (seed % 9 < 4) return _cases[index].claim;
        return seed % 9 < 8 ? RIGHT : bytes32(0);
    }

    function _noteBound(uint256 index) internal {
        IReviewPanel.QuestionView memory q = _ask(index);
        (, uint16 owners) = registry.poolOf(q.domain);
        vm.assertEq(uint8(q.status), uint8(IReviewPanel.Status.Waiting), "bound");
        vm.assertEq(q.owners, owners, "the pool of this second");
        vm.assertEq(q.frozenAt, vm.getBlockTimestamp(), "frozen in this second");
        vm.assertGt(q.round, rounds.currentRound(), "I16 a round that nobody requested yet");
        _panels[_cases[index].question][_number(q)].owners = owners;
    }

    function _salt(Case memory c, uint256 number, uint256 seat) internal pure returns (bytes32) {
        return keccak256(abi.encode(c.question, number, seat));
    }

    /// @dev A second panel while there is time, else no verdict, or the one that was appealed.
    function _failed(uint256 index, Panel storage p) private {
        p.failed = true;
        IReviewPanel.QuestionView memory q = _ask(index);
        if (q.status == IReviewPanel.Status.Waiting) {
            vm.assertTrue(q.redrawn, "drawn once more, not twice");
            _noteBound(index);
        } else {
            vm.assertEq(uint8(q.status), uint8(IReviewPanel.Status.Decided), "the end of the instance");
            bool stands = q.instance == 1;
            vm.assertEq(stands, q.finding != IReviewPanel.Finding.None, "no verdict, or the one that was appealed");
        }
    }

    /// @dev I17: neither a party, nor an appellant, nor who sat before; nobody twice.
    function _checkSeat(Case memory c, uint40 validator, uint256 number, uint256 seat) private view {
        vm.assertTrue(validator != c.requester && validator != c.owner, "I17 parties never sit");
        for (uint256 n = 0; n <= number; ++n) {
            uint40[] memory seats = _panels[c.question][n].seats;
            for (uint256 i = 0; i < seats.length; ++i) {
                if (n == number && i == seat) continue;
                vm.assertNotEq(uint256(seats[i]), uint256(validator), "I17 nobody sits twice");
            }
        }
    }
}
