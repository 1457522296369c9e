// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../../../contracts/libraries/JobWord.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {Agreement, JobMode, JobStatus} from "../../../contracts/market/JobTypes.sol";
import {vm, Vm} from "../base/Vm.sol";
import {MarketWorld} from "./MarketWorld.sol";

/// @notice What every job and every account should hold, kept beside the contracts: from the text of the agreement that
/// was announced when the job was posted, and from what happened to it since. Sums named Gwei are units of 1e9 wei.
abstract contract MarketBooks is MarketWorld {
    struct Played {
        uint256 id;
        uint256 startedAt;
        address requester;
        Agreement a;
        bytes32 hash;
        uint256 totalGwei;
        uint256 bondGwei;
        uint40 accuser;
        uint256 accusationGwei;
        uint256 charges;
        JobWord word;
        uint32 ticket;
        bool front;
        bytes32 result;
    }

    // What an ending gives to whom.
    enum Ending {
        Settled,
        RuledValid,
        Closed,
        RuledAgainst,
        Split,
        Convicted
    }

    // What of a pot goes to whom, units of 1e9 wei.
    struct Parts {
        uint256 owner;
        uint256 resolver;
        uint256 requester;
        uint256 accuser;
        uint256 fee;
    }

    uint256 internal constant NONE = type(uint256).max;

    Played[] internal _played;
    // Jobs that have not ended, or whose refund is due.
    uint256[] internal _open;
    mapping(address requester => mapping(uint16 ring => uint256 place)) internal _rings;

    mapping(uint40 account => uint256 amount) internal _expected;
    mapping(address earner => uint256 amount) internal _drawFees;
    mapping(uint256 asset => uint256 gweiAmount) internal _accrued;
    uint256 internal _feesGwei;
    uint256 internal _donated;
    // The running call: its number, the jobs that it may touch (those that wait, when it draws), and the draw fees that
    // it took out of pots.
    uint256 private _call;
    mapping(uint256 index => uint256 call) private _touchedIn;
    bool private _drawing;
    uint256 internal _newDrawFees;

    constructor() {
        for (uint256 i = 0; i < REQUESTERS; ++i) _expected[_accountOf(_requesters[i])] = 1e24;
    }

    // Around every call

    function _begin() internal {
        vm.recordLogs();
        (_drawing, _newDrawFees) = (false, 0);
        ++_call;
    }

    function _begin(uint256 index) internal {
        _begin();
        _touch(index);
    }

    function _beginDraw() internal {
        _begin();
        _drawing = true;
    }

    function _touch(uint256 index) internal {
        _touchedIn[index] = _call;
    }

    /// @dev Reads the events of the call, then compares every open job with what it was: only those touched may differ,
    /// and only along the arrows (I11, I16).
    function _end() internal {
        _readEvents();
        for (uint256 place = _open.length; place > 0; --place) {
            uint256 index = _open[place - 1];
            Played storage p = _played[index];
            JobWord word = escrow.jobOf(p.id);
            if (JobWord.unwrap(word) == JobWord.unwrap(p.word)) continue;
            bool drawn = _drawing && _isPosted(p);
            vm.assertTrue(drawn || _touchedIn[index] == _call, "I16 no other job is touched");
            _step(p, word);
            if (!_isOver(word)) continue;
            _open[place - 1] = _open[_open.length - 1];
            _open.pop();
        }
    }

    function _step(Played storage p, JobWord word) private {
        (uint8 from, uint8 to) = (p.word.status(), word.status());
        if (from != to) {
            bool inOneCall = p.a.verifier != address(0) && from == 2 && (to == 5 || to == 6);
            vm.assertTrue(inOneCall || _arrows(from) & (1 << to) != 0, "I11 along the arrows");
        }
        uint256 fees = word.drawFees() - p.word.drawFees();
        vm.assertTrue(fees == 0 || from == uint8(JobStatus.Posted), "only draws cost draw fees");
        _newDrawFees += fees * p.a.reserves.drawUnit() * 1e14;
        vm.assertLe(word.attempt(), 3, "at most three draws");
        p.word = word;
    }

    // The arrows of SPEC 6, written out again.
    function _arrows(uint8 from) internal pure returns (uint256) {
        uint16[12] memory rows = [
            uint16(1 << 1),
            (1 << 2) | (1 << 9) | (1 << 10),
            (1 << 3) | (1 << 4) | (1 << 1) | (1 << 10),
            (1 << 4) | (1 << 1) | (1 << 10),
            (1 << 6) | (1 << 5) | (1 << 11),
            (1 << 6) | (1 << 7) | (1 << 8),
            0,
            0,
            0,
            0,
            0,
            (1 << 5) | (1 << 7)
        ];
        return rows[from];
    }

    function _readEvents() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(escrow)) continue;
            if (logs[i].topics[0] == IJobEscrow.JobPosted.selector) _posted(logs[i]);
            if (logs[i].topics[0] == IJobEscrow.JobRequeued.selector) _requeued(logs[i]);
        }
    }

    function _posted(Vm.Log memory entry) private {
        (uint32 ticket, Agreement memory a) = abi.decode(entry.data, (uint32, Agreement));
        _played.push();
        Played storage p = _played[_played.length - 1];
        (p.id, p.requester, p.a, p.ticket) = (uint256(entry.topics[1]), a.requester, a, ticket);
        p.hash = keccak256(abi.encode(block.chainid, address(escrow), p.id, a));
        p.totalGwei = uint256(a.lines.compute()) + a.lines.modelRoyalty() + a.lines.datasetRoyalty();
        uint256 most = (p.totalGwei * 1_000 + 9_999) / 10_000;
        vm.assertLe(a.lines.protocolFee(), most, "I13 the fee is at most a tenth");
        p.totalGwei += uint256(a.lines.protocolFee()) + a.reserves.drawReserve() + a.reserves.reviewFee();
        p.word = escrow.jobOf(p.id);
        _open.push(_played.length - 1);
        _rings[a.requester][uint16(p.id >> 32)] = _played.length;
        _expected[_accountOf(a.requester)] -= p.totalGwei * GWEI;
    }

    function _requeued(Vm.Log memory entry) private {
        (bool front, uint32 ticket) = abi.decode(entry.data, (bool, uint32));
        for (uint256 i = 0; i < _open.length; ++i) {
            Played storage p = _played[_open[i]];
            if (p.id == uint256(entry.topics[1])) (p.front, p.ticket) = (front, ticket);
        }
    }

    // Money

    /// @notice What the vault should hold for a job.
    function _potGwei(Played storage p) internal view returns (uint256) {
        return p.totalGwei + p.bondGwei + p.accusationGwei - _spentGwei(p);
    }

    function _spentGwei(Played storage p) private view returns (uint256) {
        return uint256(p.word.drawFees()) * p.a.reserves.drawUnit() * 1e5;
    }

    /// @dev Books an ending; call it before `_end`, while the job is still what it was.
    function _book(uint256 index, Ending e) internal {
        Played storage p = _played[index];
        Parts memory to = _partsOf(p, e);
        if (to.owner != 0) _expected[registry.ownerOf(p.word.gpu())] += to.owner * GWEI;
        _expected[_accountOf(p.a.resolver)] += to.resolver * GWEI;
        _expected[_accountOf(p.requester)] += to.requester * GWEI;
        _expected[p.accuser] += to.accuser * GWEI;
        _feesGwei += to.fee;
        if (!_isPaid(e)) return;
        _accrued[p.a.model] += p.a.lines.modelRoyalty();
        _accrued[p.a.dataset] += p.a.lines.datasetRoyalty();
    }

    /// @dev Who gets what; royalties are the rest of the pot.
    function _partsOf(Played storage p, Ending e) private view returns (Parts memory to) {
        bool paid = _isPaid(e);
        uint256 compute = p.a.lines.compute();
        uint256 royalties = uint256(p.a.lines.modelRoyalty()) + p.a.lines.datasetRoyalty();
        uint256 charges = p.charges * p.a.reserves.inputCharge();
        if (paid) to.owner = compute;
        if (e == Ending.RuledValid) to.owner += p.bondGwei + p.accusationGwei;
        if (e == Ending.Split) to.owner = compute / 2;
        if (e == Ending.RuledValid || e == Ending.RuledAgainst) to.resolver = p.a.reserves.reviewFee();
        to.fee = charges + (paid ? p.a.lines.protocolFee() : 0);
        to.requester = p.a.reserves.drawReserve() - _spentGwei(p) - charges + p.a.reserves.reviewFee() - to.resolver;
        if (e == Ending.RuledValid && _isOptimistic(p)) {
            // Who challenged wrongly pays the review.
            (to.owner, to.requester) = (to.owner - to.resolver, to.requester + to.resolver);
        }
        if (!paid) {
            to.accuser = p.accusationGwei;
            to.requester += compute - to.owner + royalties + p.a.lines.protocolFee() + p.bondGwei;
        }
        uint256 sum = to.owner + to.resolver + to.fee + to.requester + to.accuser + (paid ? royalties : 0);
        vm.assertEq(sum, _potGwei(p), "I12 I13 the parts are the pot");
    }

    function _isPaid(Ending e) private pure returns (bool) {
        return e == Ending.Settled || e == Ending.RuledValid;
    }

    function _isOver(JobWord word) internal pure returns (bool) {
        bool ended = word.status() > uint8(JobStatus.Disputed) && word.status() != uint8(JobStatus.Accused);
        return ended && !word.refundDue();
    }

    // Choices

    // The first open job from the seed on that fits, or NONE.
    function _find(
        uint256 seed,
        function(Played storage) internal view returns (bool) fits
    ) internal view returns (uint256) {
        for (uint256 i = 0; i < _open.length; ++i) {
            uint256 index = _open[((seed % _open.length) + i) % _open.length];
            if (fits(_played[index])) return index;
        }
        return NONE;
    }

    function _is(Played storage p, JobStatus status) internal view returns (bool) {
        return p.word.status() == uint8(status);
    }

    function _isPosted(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Posted);
    }

    function _inTime(Played storage p) internal view returns (bool) {
        return _now() <= p.word.due();
    }

    function _isWorked(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Assigned) && p.a.verifier == address(0) && _inTime(p);
    }

    function _isProven(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Assigned) && p.a.verifier != address(0) && _inTime(p);
    }

    function _isHeld(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Assigned) && _inTime(p);
    }

    function _isFresh(Played storage p) internal view returns (bool) {
        return _isHeld(p) && !p.word.accepted();
    }

    function _isSealed(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Committed) && _inTime(p);
    }

    function _isUnderWay(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Assigned) || _is(p, JobStatus.Committed);
    }

    function _isDelivered(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Delivered);
    }

    function _isOptimistic(Played storage p) internal view returns (bool) {
        return p.a.terms.mode() == uint8(JobMode.Optimistic);
    }

    // Whether its requester may reject it.
    function _isReviewed(Played storage p) internal view returns (bool) {
        return _isDelivered(p) && _inTime(p) && !_isOptimistic(p);
    }

    function _isChallengeable(Played storage p) internal view returns (bool) {
        return _isDelivered(p) && _inTime(p) && _isOptimistic(p);
    }

    // A drawn job in Acceptance mode: the note of each of them seals a result that no operator delivers.
    function _isCanary(Played storage p) internal view returns (bool) {
        bool drawn = p.a.windows.namedGpu() == 0 && p.a.terms.mode() == uint8(JobMode.Acceptance);
        return drawn && _isDelivered(p) && _inTime(p);
    }

    function _isAccused(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Accused);
    }

    function _isContestable(Played storage p) internal view returns (bool) {
        return _isAccused(p) && _inTime(p);
    }

    function _isDisputed(Played storage p) internal view returns (bool) {
        return _is(p, JobStatus.Disputed);
    }

    function _isRulable(Played storage p) internal view returns (bool) {
        return _isDisputed(p) && _inTime(p);
    }

    function _isRefundable(Played storage p) internal view returns (bool) {
        return p.word.refundDue();
    }
}
