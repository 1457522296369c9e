// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {IServiceCatalog} from "../../../contracts/market/IServiceCatalog.sol";
import {JobMode} from "../../../contracts/market/JobTypes.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {MarketQueues} from "./MarketQueues.sol";

/// @notice Requesters post, cancel and close; keepers request rounds, draw and close them. Actions that find nothing to
/// act on make it first, with the same checks.
abstract contract DrawActions is MarketQueues {
    uint16 private constant RINGS = 6;
    // What the notes of canaries seal; no operator delivers it.
    bytes32 internal constant EXPECTED = "expected";
    bytes32 internal constant CANARY_SALT = "salt of a canary";
    uint256 internal constant OPTIMISTIC = 4;

    // Posting

    function postSpot(uint256 seed) external {
        if (_post(_spread(seed), 0, seed % 5) != NONE) _success();
    }

    function postNamed(uint256 seed) external {
        if (_postNamed(_spread(seed), seed % 4) != NONE) _success();
    }

    function cancel(uint256 seed) external {
        uint256 index = _find(seed, _isUnbound);
        if (index == NONE) index = _post(_spread(seed), 0, 0);
        if (index == NONE) return;
        _begin(index);
        _book(index, Ending.Closed);
        Played storage p = _played[index];
        vm.prank(p.requester);
        escrow.cancel(p.id, p.a, p.ticket, p.front);
        _end();
        _success();
    }

    /// @notice I15: what a round binds can be neither cancelled nor closed before the round ends or dies.
    function leaveRound(uint256 seed) external {
        uint256 index = _find(seed, _isBound);
        if (index == NONE && _requestFor(_spread(seed))) index = _find(seed, _isBound);
        if (index == NONE) return;
        Played storage p = _played[index];
        (uint32 round, ) = escrow.roundOf();
        vm.prank(p.requester);
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowBoundToRound.selector, p.id, round));
        escrow.cancel(p.id, p.a, p.ticket, p.front);
        _success();
    }

    function expire(uint256 seed) external {
        uint256 index = _find(seed, _isUnbound);
        if (index == NONE) index = _post(_spread(seed), 0, 0);
        if (index == NONE) return;
        _warp(uint256(_played[index].a.terms.expiry()) + 1);
        _expire(index, _keeper(seed));
        _success();
    }

    // Rounds

    function requestRound(uint256 seed) external {
        _endRound(seed);
        if (_waiting().length == 0 && _post(_spread(seed), 0, 0) == NONE) return;
        _request(_keeper(seed));
        _success();
    }

    /// @notice A round without an answer for an hour is replaced.
    function requestAgain(uint256 seed) external {
        if (!_requestFor(_spread(seed)) || beacon.fallbackTarget() != 0) return;
        (, uint40 requestedAt, , ) = beacon.roundInfo(beacon.currentRound());
        _warp(uint256(requestedAt) + 1 hours);
        _request(_keeper(seed));
        _success();
    }

    function answer(uint256 seed) external {
        if (!_requestFor(_spread(seed))) return;
        _answer(_spread(seed));
        _success();
    }

    function fixFallback(uint256 seed) external {
        if (!_requestFor(_spread(seed)) || beacon.fallbackTarget() != 0) return;
        _warp(beacon.fallbackOpensAt());
        beacon.fixFallback();
        _success();
    }

    function answerByFallback(uint256 seed) external {
        if (!_requestFor(_spread(seed))) return;
        _warp(beacon.fallbackOpensAt());
        if (beacon.fallbackTarget() == 0) beacon.fixFallback();
        _answer(seed);
        _success();
    }

    function assign(uint256 seed, uint256 most) external {
        uint8 classId = _answered(_spread(seed));
        if (classId == 0) return;
        _assign(classId, _bound(most, 1, 5), _keeper(seed));
        _success();
    }

    function closeRound(uint256 seed, uint256 most) external {
        uint8 classId = _answered(_spread(seed));
        if (classId == 0) return;
        _close(classId, _bound(most, 1, 5), _keeper(seed));
        _success();
    }

    function refund(uint256 seed) external {
        uint256 index = _find(seed, _isRefundable);
        if (index == NONE) {
            uint8 classId = _answered(_spread(seed));
            if (classId != 0) _close(classId, 256, _keeper(seed));
            index = _find(seed, _isRefundable);
        }
        if (index == NONE) return;
        _refund(index, _keeper(seed));
        Played storage p = _played[index];
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowNoRefundDue.selector, p.id));
        escrow.refund(p.id, p.a);
        _success();
    }

    function collect(uint256 seed) external {
        address earner = _earner(seed);
        if (earner == address(0) && _answered(_spread(seed)) != 0) {
            _endRound(seed);
            earner = _earner(seed);
        }
        if (earner == address(0)) return;
        vm.startPrank(earner);
        vm.assertEq(escrow.collect(), _drawFees[earner], "I19 exactly what was earned");
        vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowNothingToCollect.selector, earner));
        escrow.collect();
        vm.stopPrank();
        _expected[_accountOf(earner)] += _drawFees[earner];
        _drawFees[earner] = 0;
        _success();
    }

    // For other actions

    /// @dev Verifier 0: the requester accepts; 1 to 3: one that agrees, refuses, or fails; 4: the challenge window
    /// does. NONE when no ring is free.
    function _post(uint256 seed, uint40 gpu, uint256 verifier) internal returns (uint256) {
        address requester = _requesters[seed % REQUESTERS];
        IJobEscrow.PostRequest memory r;
        for (uint256 i = 0; i <= RINGS; ++i) {
            if (i == RINGS) return NONE;
            r.ring = uint16((seed + i) % RINGS);
            uint256 last = _rings[requester][r.ring];
            if (last == 0 || _isOver(_played[last - 1].word)) break;
        }
        (r.service, r.units) = (uint32((seed >> 16) % SERVICES) + 1, uint32((seed >> 24) % 20) + 1);
        r.region = (seed >> 32) % 4 == 0 ? uint8((seed >> 40) % 3) : ANY_REGION;
        r.secondsPerAttempt = uint32(_bound((seed >> 48) % 1e6, 60, 72 hours));
        r.heartbeat = (seed >> 64) % 2 == 0 ? 0 : 60 + (r.secondsPerAttempt - 60) / 2;
        r.expiry = uint40(_now() + ((seed >> 72) % 2 days));
        (r.namedGpu, r.maxTotalGwei) = (gpu, type(uint64).max);
        r.note = escrow.canaryNoteOf(requester, 0, EXPECTED, CANARY_SALT);
        if (verifier == OPTIMISTIC) {
            r.mode = JobMode.Optimistic;
        } else if (verifier != 0) {
            r.mode = JobMode.Proof;
            r.verifier = [_agreeing, _refusing, _failing][verifier - 1];
            r.verifierGas = 50_000;
        }
        _begin();
        vm.prank(requester);
        escrow.post(r);
        _end();
        return _played.length - 1;
    }

    /// @dev A job that a GPU holds: drawn, or named when the draw found none; NONE when that fails too.
    function _assigned(uint256 seed, uint256 verifier) internal returns (uint256 index) {
        if ((seed >> 128) % 2 == 0) {
            _endRound(seed);
            index = _post(seed, 0, verifier);
            if (index != NONE) {
                _request(_keeper(seed));
                _endRound(seed);
                if (_isFresh(_played[index])) return index;
            }
        }
        return _postNamed(seed, verifier);
    }

    /// @dev NONE when no GPU can take the job.
    function _postNamed(uint256 seed, uint256 verifier) internal returns (uint256) {
        (uint32 round, , ) = registry.openRoundInfo();
        if (round != 0) _endRound(seed);
        IServiceCatalog.Offer memory offer = catalog.offer(
            uint32((seed >> 16) % SERVICES) + 1,
            uint32((seed >> 24) % 20) + 1,
            true
        );
        uint256 lock = uint256(offer.lines.compute()) * escrow.settings().lockFactor * GWEI;
        for (uint256 i = 0; i < GPUS; ++i) {
            uint40 gpu = (uint40((seed % GPUS) + i) % GPUS) + 1;
            IGpuRegistry.GpuView memory g = registry.gpuOf(gpu);
            bool barred = lens.reputationOf(g.owner).barredUntil > _now() / 1 days;
            if (!barred && !g.leaving && g.active < g.slots && g.stake >= g.locked + lock) {
                return _post(seed, gpu, verifier);
            }
        }
        return NONE;
    }

    function _expire(uint256 index, address caller) internal {
        _begin(index);
        _book(index, Ending.Closed);
        Played storage p = _played[index];
        vm.prank(caller);
        escrow.expire(p.id, p.a, p.ticket, p.front);
        _end();
    }

    function _refund(uint256 index, address caller) internal {
        _begin(index);
        _book(index, Ending.Closed);
        vm.prank(caller);
        escrow.refund(_played[index].id, _played[index].a);
        _end();
    }

    // Whether a round waits for its answer, requested for this purpose if need be.
    function _requestFor(uint256 seed) internal returns (bool) {
        if (beacon.fallbackOpensAt() != 0) return true;
        _endRound(seed);
        if (_waiting().length == 0 && _post(seed, 0, 0) == NONE) return false;
        _request(_keeper(seed));
        return true;
    }

    function _request(address caller) internal {
        uint8[] memory classes = _waiting();
        (, uint40 requestedAt, , ) = beacon.roundInfo(beacon.currentRound());
        _warp(uint256(requestedAt) + 10);
        uint256 price = beacon.price();
        vm.deal(caller, price);
        _begin();
        vm.prank(caller);
        escrow.requestRound{value: price}(classes);
        _end();
    }

    function _answer(uint256 seed) internal {
        uint256 target = beacon.fallbackTarget();
        if (target != 0) {
            vm.roll(target + 1);
            beacon.answerByFallback();
            return;
        }
        uint256[] memory words = new uint256[](1);
        words[0] = seed;
        uint32 round = beacon.currentRound();
        // Each request of the one consumer has the number of its round.
        coordinator.fulfillRandomWordsWithOverride(round, address(beacon), words);
        (IRandomnessBeacon.RoundStatus status, , , ) = beacon.roundInfo(round);
        vm.assertTrue(status == IRandomnessBeacon.RoundStatus.Answered, "the callback stores");
    }

    function _assign(uint8 classId, uint256 most, address caller) internal {
        (, address requestedBy) = escrow.roundOf();
        _beginDraw();
        vm.prank(caller);
        escrow.assign(classId, most);
        _end();
        uint256 half = _newDrawFees / 2;
        _drawFees[requestedBy] += half;
        _drawFees[caller] += _newDrawFees - half;
    }

    function _close(uint8 classId, uint256 most, address caller) internal {
        (, , uint40 answeredAt, ) = beacon.roundInfo(beacon.currentRound());
        _warp(uint256(answeredAt) + 10 minutes);
        _beginDraw();
        vm.prank(caller);
        escrow.closeRound(classId, most);
        _end();
        _drawFees[caller] += _newDrawFees;
    }

    // Ends the open round, if there is one.
    function _endRound(uint256 seed) internal {
        if (beacon.fallbackOpensAt() != 0) _answer(_spread(seed));
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            for (uint256 i = 0; i < 4 && _pending(classId); ++i) _assign(classId, 256, _keeper(seed >> 8));
            if (_pending(classId)) _close(classId, 256, _keeper(seed >> 8));
        }
    }

    // A class with jobs to be drawn in a round that has its seed, brought about if need be; 0 when that fails.
    function _answered(uint256 seed) private returns (uint8) {
        for (uint256 i = 0; i < 2; ++i) {
            if (i == 1 && !_requestFor(seed)) return 0;
            if (beacon.fallbackOpensAt() != 0) _answer(seed);
            for (uint8 classId = 1; classId <= CLASSES; ++classId) {
                if (_pending(classId)) return classId;
            }
        }
        return 0;
    }

    function _earner(uint256 seed) private view returns (address) {
        for (uint256 i = 0; i < _keepers.length; ++i) {
            address earner = _keepers[((seed % _keepers.length) + i) % _keepers.length];
            if (_drawFees[earner] != 0) return earner;
        }
        return address(0);
    }
}
