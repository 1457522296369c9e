// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {Reputation} from "../../../contracts/libraries/Reputation.sol";
import {vm} from "../base/Vm.sol";
import {RegistryWorld} from "./RegistryWorld.sol";

/// @notice A plain model of what the registry decides: the owners' scores from their whole history, and who is drawn
/// from what was written down when the round was requested.
abstract contract RegistryModel is RegistryWorld {
    struct Owner {
        bool known;
        uint256 score;
        // UTC day of the last outcome, or of the entry.
        uint256 day;
        uint256 gained;
        uint256 verified;
        uint256 barredUntil;
    }

    // An outcome that counts in the window.
    struct Event {
        uint256 day;
        bool completed;
    }

    // A GPU as it was at the request of the open round, and what draws of the round took since.
    struct Entrant {
        bool out;
        bool probation;
        uint256 stake;
        uint256 locked;
        uint256 active;
        uint256 weight;
    }

    mapping(uint40 owner => Owner state) internal _states;
    mapping(uint40 owner => Event[] events) internal _history;
    mapping(uint40 owner => mapping(uint256 day => uint40[] requesters)) internal _served;

    // The open round: 0 when none.
    uint32 internal _round;
    uint32 internal _lastRound;
    uint256 internal _remaining;
    address internal _opener;
    uint256 internal _roundShare;
    mapping(uint8 classId => mapping(uint8 region => uint40[] gpus)) internal _entrants;
    mapping(uint40 gpu => Entrant state) internal _frozen;
    mapping(uint40 gpu => uint32 round) internal _entered;

    // Scores

    // What a score counts for on a day, and whether it returned to the floor by resting.
    function _effective(uint40 owner, uint256 day) internal view returns (uint256 score, bool rested) {
        Owner storage o = _states[owner];
        rested = o.score < 20e6 && day >= o.day + 30;
        score = rested ? 20e6 : o.score;
    }

    function _isBarred(uint40 owner) internal view returns (bool) {
        return _states[owner].barredUntil > _day();
    }

    // Jobs completed and attempted in the 30 days that end with `day`, by going through all of them.
    function _window(uint40 owner, uint256 day) internal view returns (uint256 completed, uint256 attempted) {
        Event[] storage events = _history[owner];
        for (uint256 i = 0; i < events.length; ++i) {
            if (events[i].day + 30 <= day) continue;
            ++attempted;
            if (events[i].completed) ++completed;
        }
    }

    // A fresh or returning owner starts at the least of 50, its own score, and the last one behind the device.
    function _enter(uint40 owner, uint256 lastScore) internal {
        Owner storage o = _states[owner];
        uint256 start = lastScore < 50e6 ? lastScore : 50e6;
        if (!o.known) {
            o.known = true;
            o.score = start;
            o.day = _day();
            return;
        }
        _rest(owner);
        if (o.score <= start) return;
        // The rest of a score under the floor starts with the cut.
        if (o.day != _day()) (o.day, o.gained) = (_day(), 0);
        o.score = start;
    }

    function _record(IGpuRegistry.Outcome memory outcome) internal {
        bool fraud = outcome.kind == IGpuRegistry.OutcomeKind.Fraud;
        if (outcome.kind == IGpuRegistry.OutcomeKind.Released || (!outcome.scored && !fraud)) return;
        uint40 owner = _gpu(outcome.gpu).owner;
        bool success = outcome.kind == IGpuRegistry.OutcomeKind.Success;
        _rest(owner);
        Owner storage o = _states[owner];
        if (o.day != _day()) (o.day, o.gained) = (_day(), 0);
        if (outcome.scored) _history[owner].push(Event({day: _day(), completed: success}));

        if (success) {
            _succeed(outcome, owner, o);
        } else if (fraud) {
            o.barredUntil = _day() + 180;
            _gpu(outcome.gpu).barredUntil = _day() + 180;
            o.score = _less(o.score, (25e6 * uint256(_terms.fraudPercent)) / 100);
        } else {
            o.score = _less(o.score, _missLoss(owner, outcome.worst));
        }
    }

    function _succeed(IGpuRegistry.Outcome memory outcome, uint40 owner, Owner storage o) private {
        bool again = _servedLately(owner, outcome.requester);
        _served[owner][_day()].push(outcome.requester);
        if (again || !outcome.gain) return;
        if (o.verified < 63) ++o.verified;
        uint256 weight = Reputation.successWeight({
            complexity: outcome.complexity,
            creditedSeconds: outcome.creditedSeconds,
            throughput: uint256(650) * _gpu(outcome.gpu).classId,
            greatest: uint256(650) * CLASSES
        });
        uint256 gain = (2e6 * uint256(_terms.gainPercent) * weight * (100e6 - o.score)) / (100 * 1e9 * 100e6);
        if (outcome.halfGain) gain /= 2;
        uint256 cap = (6e6 * uint256(_terms.dayCapPercent)) / 100;
        if (o.gained >= cap) gain = 0;
        else if (o.gained + gain > cap) gain = cap - o.gained;
        o.gained += gain;
        o.score = o.score + gain > 100e6 ? 100e6 : o.score + gain;
    }

    // Whether the requester is among the last four different ones of the day.
    function _servedLately(uint40 owner, uint40 requester) private view returns (bool) {
        uint40[] storage served = _served[owner][_day()];
        uint256 different = 0;
        for (uint256 i = served.length; i != 0; --i) {
            if (served[i - 1] == requester) return different < 4;
            bool later = false;
            for (uint256 j = i; j < served.length; ++j) later = later || served[j] == served[i - 1];
            if (!later) ++different;
        }
        return false;
    }

    // lmin + (lmax - lmin)(1 - r) over the window with this attempt, which is in the history already.
    function _missLoss(uint40 owner, bool worst) private view returns (uint256) {
        uint256 least = (1e6 * uint256(_terms.lossMinPercent)) / 100;
        uint256 greatest = (10e6 * uint256(_terms.lossMaxPercent)) / 100;
        (uint256 completed, uint256 attempted) = _window(owner, _day());
        return worst ? greatest : least + ((greatest - least) * (attempted - completed)) / attempted;
    }

    function _rest(uint40 owner) private {
        (uint256 score, bool rested) = _effective(owner, _day());
        if (rested) (_states[owner].score, _states[owner].verified) = (score, 0);
    }

    function _less(uint256 score, uint256 loss) private pure returns (uint256) {
        return loss >= score ? 0 : score - loss;
    }

    // Rounds

    function _isEntrant(uint40 gpu) internal view returns (bool) {
        return _round != 0 && _entered[gpu] == _round;
    }

    function _mayBeDrawn(uint40 gpu) internal view override returns (bool) {
        return _isEntrant(gpu);
    }

    // Writes down the lists and what every GPU and owner is at the request.
    function _freeze(uint32 round, uint256 jobs, address module) internal {
        _endRound();
        (_round, _lastRound, _remaining, _opener) = (round, round, jobs, module);
        _roundShare = _terms.probationShare;
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            for (uint256 j = 0; j < 3; ++j) {
                uint8 region = _region(j);
                (uint256 length, ) = registry.listOf(classId, region);
                for (uint16 i = 0; i < length; ++i) {
                    uint40 gpu = registry.listedAt(classId, region, i);
                    _entrants[classId][region].push(gpu);
                    _entered[gpu] = round;
                    _frozen[gpu] = _entrantOf(gpu);
                }
            }
        }
    }

    function _entrantOf(uint40 gpu) private view returns (Entrant memory e) {
        Gpu storage g = _gpu(gpu);
        e.out = g.paused || g.leaving;
        (e.stake, e.locked, e.active) = (g.stake, _lockedOf(gpu), _activeOf(gpu));
        (uint256 score, bool rested) = _effective(g.owner, _day());
        e.probation = rested || _states[g.owner].verified < _terms.probationJobs;
        if (score >= 20e6 && !_isBarred(g.owner)) e.weight = score / 1e4;
    }

    // Jobs drawn or dropped; the last one ends the round.
    function _count(uint256 jobs) internal {
        _remaining -= jobs;
        if (_remaining == 0) _endRound();
    }

    // Entrants that went out of service stay listed until somebody touches them.
    function _endRound() internal {
        if (_round == 0) return;
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            for (uint256 j = 0; j < 3; ++j) {
                uint40[] storage list = _entrants[classId][_region(j)];
                for (uint256 i = 0; i < list.length; ++i) _gpu(list[i]).flagged = !_isIdle(list[i]);
                delete _entrants[classId][_region(j)];
            }
        }
        (_round, _remaining, _opener) = (0, 0, address(0));
    }

    // A change that brings the GPU in line with its list.
    function _touch(uint40 gpu) internal {
        if (_round == 0) _gpu(gpu).flagged = false;
    }

    // Who is drawn, from what was written down and the seed alone.
    function _expectedDraw(IGpuRegistry.DrawRequest memory request) internal view returns (uint40 gpu, uint256 next) {
        uint40[] memory list = _drawnFrom(request.classId, request.region);
        next = uint256(request.firstTry) + request.tries;
        if (list.length == 0) return (0, next);
        for (uint256 number = request.firstTry; number < next; ++number) {
            uint256 random = uint256(keccak256(abi.encode(request.seed, number)));
            gpu = list[(random >> 128) % list.length];
            if (_accepts(request, gpu, random)) return (gpu, number + 1);
        }
        return (0, next);
    }

    function _accepts(IGpuRegistry.DrawRequest memory request, uint40 gpu, uint256 random) private view returns (bool) {
        Entrant storage e = _frozen[gpu];
        uint40 owner = _gpu(gpu).owner;
        if (owner == request.requester || owner == request.payeeA || owner == request.payeeB) return false;
        if (e.out || e.stake < e.locked + request.lockGwei) return false;
        if (e.probation && uint256(request.priceGwei) * 100 > e.stake * _roundShare) return false;
        return uint128(random) % 20_000 < (e.probation ? e.weight : 2 * e.weight);
    }

    // The lists of one or all regions, one behind the other.
    function _drawnFrom(uint8 classId, uint8 region) private view returns (uint40[] memory list) {
        if (region != ANY_REGION) return _entrants[classId][region];
        list = new uint40[](_gpus.length);
        uint256 count = 0;
        for (uint256 r = 0; r < 3; ++r) {
            uint40[] storage part = _entrants[classId][_region(r)];
            for (uint256 i = 0; i < part.length; ++i) list[count++] = part[i];
        }
        // The memory behind the last one stays unused.
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }

    // The slot and the lock of a drawn GPU; without a slot left it leaves the entrants, the last takes its place.
    function _seat(uint40 gpu, IGpuRegistry.DrawRequest memory request) internal {
        Entrant storage e = _frozen[gpu];
        e.locked += request.lockGwei;
        ++e.active;
        _jobs.push(Job({gpu: gpu, module: _opener, slot: true, drawn: true, lock: request.lockGwei, since: _now()}));
        if (e.active < _gpu(gpu).slots) return;
        uint40[] storage list = _entrants[_gpu(gpu).classId][_gpu(gpu).region];
        uint256 hole = 0;
        while (list[hole] != gpu) ++hole;
        list[hole] = list[list.length - 1];
        list.pop();
        _entered[gpu] = 0;
        vm.assertTrue(e.active == _gpu(gpu).slots, "a GPU never holds more jobs than slots");
    }
}
