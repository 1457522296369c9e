// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {Agreement, Verdict} from "../../../contracts/market/JobTypes.sol";
import {GovernedArbiter} from "../../../contracts/market/GovernedArbiter.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {DrawActions} from "./DrawActions.sol";

/// @notice Operators work, requesters accept or reject, arbiters rule, and time does what nobody did.
abstract contract WorkActions is DrawActions {
    struct Rows {
        uint256[] ids;
        Agreement[] agreements;
    }

    bytes32 private constant SALT = "salt";

    // Work

    function decline(uint256 seed, bool inputUnavailable) external {
        uint256 index = _find(seed, _isFresh);
        if (index == NONE) index = _assigned(_spread(seed), 0);
        if (index == NONE) return;
        Played storage p = _played[index];
        if (inputUnavailable && p.a.windows.namedGpu() == 0) ++p.charges;
        _begin(index);
        _bookReturn(index);
        vm.prank(_operatorOf(p.word.gpu()));
        escrow.decline(p.id, p.a, inputUnavailable);
        _end();
        _success();
    }

    function heartbeat(uint256 seed, uint32 step) external {
        uint256 index = _find(seed, _isHeld);
        if (index == NONE) index = _assigned(_spread(seed), 0);
        if (index == NONE) return;
        _heartbeat(index, step);
        _success();
    }

    function commit(uint256 seed) external {
        uint256 index = _worked(seed);
        if (index == NONE) return;
        _commit(index, _spread(seed));
        _success();
    }

    function reveal(uint256 seed) external {
        uint256 index = _find(seed, _isSealed);
        if (index == NONE) {
            index = _worked(seed);
            if (index == NONE) return;
            _commit(index, _spread(seed));
        }
        Played storage p = _played[index];
        uint32 energy = _energy(p, p.word.elapsed());
        address operator = _operatorOf(p.word.gpu());
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowWrongCommitment.selector, p.id));
        vm.prank(operator);
        escrow.reveal(p.id, p.result, "another", energy);
        _begin(index);
        vm.prank(operator);
        escrow.reveal(p.id, p.result, SALT, energy);
        _end();
        _success();
    }

    function deliver(uint256 seed) external {
        uint256 index = _worked(seed);
        if (index == NONE) return;
        _deliver(index, _spread(seed));
        _success();
    }

    function deliverWithProof(uint256 seed) external {
        uint256 index = _find(seed, _isProven);
        if (index == NONE) index = _assigned(_spread(seed), (seed % 3) + 1);
        if (index == NONE) return;
        Played storage p = _played[index];
        uint32 energy = _energy(p, _elapsed(p));
        _begin(index);
        if (p.a.verifier == _agreeing) _book(index, Ending.Settled);
        if (p.a.verifier == _refusing) {
            vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowProofRejected.selector, p.id));
        } else {
            p.result = bytes32(_spread(seed));
        }
        vm.prank(_operatorOf(p.word.gpu()));
        escrow.deliverWithProof(p.id, p.a, bytes32(_spread(seed)), energy, "proof");
        _end();
        _success();
    }

    /// @notice The requester is never paid for reporting a miss of its own job (SPEC 6).
    function miss(uint256 seed) external {
        uint256 index = _find(seed, _isUnderWay);
        if (index == NONE) index = _assigned(_spread(seed), 0);
        if (index == NONE) return;
        Played storage p = _played[index];
        uint40 account = _accountOf(p.requester);
        uint256 credit = registry.creditOf(account);
        _miss(index, seed % 3 == 0 ? p.requester : _keeper(seed));
        vm.assertEq(registry.creditOf(account), credit, "the requester earns nothing by a miss");
        _success();
    }

    /// @notice I19: what a caller earned by reporting misses is paid into its account, once.
    function collectPay(uint256 seed) external {
        uint40 account = _accountOf(_keepers[seed % 2]);
        if (registry.creditOf(account) == 0) {
            uint256 index = _find(seed, _isFresh);
            if (index == NONE) index = _assigned(_spread(seed), 0);
            if (index == NONE) return;
            _heartbeat(index, 0);
            _miss(index, _keepers[seed % 2]);
        }
        uint256 credit = registry.creditOf(account);
        if (credit == 0) return;
        vm.assertEq(registry.collect(account), credit, "I19 all of it");
        vm.assertEq(registry.collect(account), 0, "I19 once");
        _expected[account] += credit;
        _success();
    }

    // Endings

    function settle(uint256 seed, bool bySilence) external {
        uint256 index = _delivered(seed);
        if (index == NONE) return;
        Played storage p = _played[index];
        if (bySilence || _isOptimistic(p)) _warp(uint256(p.word.due()) + 1);
        _settle(index, _inTime(p) ? p.requester : _keeper(seed));
        _success();
    }

    /// @notice Rows that cannot be settled are left as they are; no row is settled twice.
    function settleMany(uint256 seed, bool bySilence) external {
        uint256 first = _delivered(seed);
        if (first == NONE) return;
        if (bySilence) _warp(uint256(_played[first].word.due()) + 1);
        address caller = _played[first].requester;
        uint256 rows = _open.length < 6 ? _open.length : 6;
        uint256[] memory indices = new uint256[](rows + 2);
        (indices[0], indices[rows + 1]) = (first, first);
        for (uint256 i = 0; i < rows; ++i) indices[i + 1] = _open[i];
        _begin();
        Rows memory list = _rows(indices);
        uint256 ready = 0;
        for (uint256 i = 0; i < _open.length; ++i) {
            if (_isAmong(indices, _open[i]) && _isReady(_played[_open[i]], caller)) {
                _book(_open[i], Ending.Settled);
                _touch(_open[i]);
                ++ready;
            }
        }
        vm.prank(caller);
        vm.assertEq(escrow.settleMany(list.ids, list.agreements), ready, "I12 each row once, if it is ready");
        _end();
        _success();
    }

    function reject(uint256 seed) external {
        uint256 index = _find(seed, _isReviewed);
        if (index == NONE) index = _freshReview(seed);
        if (index == NONE) return;
        _reject(index);
        _success();
    }

    function rule(uint256 seed) external {
        uint256 index = _rulable(seed);
        if (index == NONE) return;
        _rule(index, [Verdict.Valid, Verdict.Invalid, Verdict.Invalid, Verdict.Unavailable][seed % 4]);
        _success();
    }

    function splitDispute(uint256 seed) external {
        uint256 index = _find(seed, _isDisputed);
        if (index == NONE) {
            index = _freshReview(seed);
            if (index == NONE) return;
            _reject(index);
        }
        _split(index, _keeper(seed));
        _success();
    }

    // For other actions

    function _heartbeat(uint256 index, uint32 step) private {
        Played storage p = _played[index];
        if (!p.word.accepted()) p.startedAt = _now();
        _begin(index);
        vm.prank(_operatorOf(p.word.gpu()));
        escrow.heartbeat(p.id, p.a, step, 0);
        _end();
    }

    function _commit(uint256 index, uint256 seed) private {
        Played storage p = _played[index];
        p.result = bytes32(seed);
        bytes32 commitment = escrow.commitmentOf(p.id, p.word.attempt(), p.word.gpu(), p.result, SALT);
        _begin(index);
        vm.prank(_operatorOf(p.word.gpu()));
        escrow.commit(p.id, p.a, commitment);
        _end();
    }

    function _deliver(uint256 index, uint256 seed) internal {
        Played storage p = _played[index];
        p.result = bytes32(seed);
        uint32 energy = _energy(p, _elapsed(p));
        _begin(index);
        vm.prank(_operatorOf(p.word.gpu()));
        escrow.deliver(p.id, p.result, energy);
        _end();
    }

    function _miss(uint256 index, address caller) internal {
        Played storage p = _played[index];
        _warp(uint256(p.word.due()) + 1);
        _begin(index);
        _bookReturn(index);
        vm.prank(caller);
        escrow.miss(p.id, p.a);
        _end();
    }

    function _settle(uint256 index, address caller) internal {
        _begin(index);
        _book(index, Ending.Settled);
        vm.prank(caller);
        escrow.settle(_played[index].id, _played[index].a);
        _end();
    }

    function _reject(uint256 index) private {
        Played storage p = _played[index];
        uint256 tenth = p.a.lines.compute() / 10;
        p.bondGwei = p.a.reserves.reviewFee() < tenth ? p.a.reserves.reviewFee() : tenth;
        _expected[_accountOf(p.requester)] -= p.bondGwei * GWEI;
        _begin(index);
        vm.prank(p.requester);
        escrow.reject(p.id, p.a, "reasons");
        _end();
    }

    function _rule(uint256 index, Verdict verdict) internal {
        Played storage p = _played[index];
        bytes32 right = verdict == Verdict.Valid ? p.result : keccak256(abi.encode(p.result));
        _begin(index);
        _book(index, verdict == Verdict.Valid ? Ending.RuledValid : Ending.RuledAgainst);
        vm.prank(_judge);
        GovernedArbiter(p.a.resolver).rule(escrow, p.id, p.a, verdict, right, "reasons");
        _end();
    }

    function _split(uint256 index, address caller) internal {
        Played storage p = _played[index];
        _warp(uint256(p.word.due()) + 1);
        _begin(index);
        _book(index, Ending.Split);
        vm.prank(caller);
        escrow.splitDispute(p.id, p.a);
        _end();
    }

    // A named job, and one whose draws are used up, closes when it comes back; any other waits again.
    function _bookReturn(uint256 index) private {
        Played storage p = _played[index];
        if (p.a.windows.namedGpu() != 0 || p.word.attempt() == 3) _book(index, Ending.Closed);
    }

    function _worked(uint256 seed) internal returns (uint256 index) {
        index = _find(seed, _isWorked);
        if (index == NONE) index = _assigned(_spread(seed), 0);
    }

    function _delivered(uint256 seed) private returns (uint256 index) {
        index = _find(seed, _isDelivered);
        if (index == NONE) index = _freshDelivery(seed);
    }

    function _freshDelivery(uint256 seed) private returns (uint256 index) {
        index = _worked(seed);
        if (index != NONE) _deliver(index, _spread(seed));
    }

    // Of a job that its requester may reject.
    function _freshReview(uint256 seed) private returns (uint256 index) {
        index = _freshDelivery(seed);
        if (index != NONE && _isOptimistic(_played[index])) index = NONE;
    }

    function _rulable(uint256 seed) internal returns (uint256 index) {
        index = _find(seed, _isRulable);
        if (index != NONE) return index;
        index = _freshReview(seed);
        if (index != NONE) _reject(index);
    }

    function _elapsed(Played storage p) private view returns (uint256) {
        if (p.word.accepted()) return _now() - p.startedAt;
        return _now() - (p.word.due() - uint256(p.word.acceptanceMinutes()) * 60);
    }

    // The least that the class can have drawn.
    function _energy(Played storage p, uint256 elapsed) private view returns (uint32) {
        IGpuRegistry.GpuView memory g = registry.gpuOf(p.word.gpu());
        return uint32((uint256(registry.classOf(g.classId).idleWatts) * elapsed * 1_000) / (3_600 * uint256(g.slots)));
    }

    function _isReady(Played storage p, address caller) private view returns (bool) {
        return _isDelivered(p) && (!_inTime(p) || (p.requester == caller && !_isOptimistic(p)));
    }

    function _isAmong(uint256[] memory indices, uint256 index) private pure returns (bool) {
        for (uint256 i = 0; i < indices.length; ++i) {
            if (indices[i] == index) return true;
        }
        return false;
    }

    function _rows(uint256[] memory indices) private view returns (Rows memory list) {
        list.ids = new uint256[](indices.length);
        list.agreements = new Agreement[](indices.length);
        for (uint256 i = 0; i < indices.length; ++i) {
            list.ids[i] = _played[indices[i]].id;
            list.agreements[i] = _played[indices[i]].a;
        }
    }
}
