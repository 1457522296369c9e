// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {GpuWord} from "../../../contracts/libraries/GpuWord.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {IRegistryLens} from "../../../contracts/registry/IRegistryLens.sol";
import {vm} from "../base/Vm.sol";
import {LeverActions} from "./LeverActions.sol";

/// @notice What holds after every action: the registry against the ghosts, and both against the statements of SPEC 13.
abstract contract RegistryChecks is LeverActions {
    function jobs() external view returns (Job[] memory) {
        return _jobs;
    }

    function slashes() external view returns (Slash[] memory) {
        return _slashes;
    }

    function modules() external view returns (address[] memory) {
        return _modules;
    }

    function payees() external view returns (address[] memory) {
        return _payees;
    }

    function donated() external view returns (uint256) {
        return _donated;
    }

    /// @notice I2, I6: the registry holds what it owes and what was donated, to the wei; so does the vault.
    /// I20: all stake that ever came in is in force, unbonding, held by a slash, or gone by a known way.
    function checkMoney() external view {
        uint256 stake = _totalStake();
        uint256 unbonding = 0;
        for (uint256 i = 0; i < _gpus.length; ++i) unbonding += _gpus[i].unbonding;
        uint256 slashed = 0;
        for (uint256 i = 0; i < _slashes.length; ++i) slashed += _slashes[i].taken;
        uint256 credits = 0;
        for (uint256 i = 0; i < _payees.length; ++i) {
            uint40 account = _payee(i);
            _same(registry.creditOf(account), _credits[account] * GWEI, "I19 credit");
            credits += _credits[account];
        }
        _same(
            token.balanceOf(address(registry)),
            (stake + unbonding + slashed + credits + _fees) * GWEI + _donated,
            "I2 I6 tokens = stake + unbonding + held slashes + credits + fees + donations"
        );
        _same(
            _staked,
            stake + unbonding + slashed + _forfeited + _withdrawn + _returned,
            "I20 deposited = in force + unbonding + held + forfeited + withdrawn + returned"
        );
        _same(lens.totals().fees, _fees * GWEI, "fees owed to the treasury");
        _same(lens.totals().stake, stake * GWEI, "I21 total stake = sum over GPUs");
        _same(lens.totals().gpus, _gpus.length, "GPUs ever registered");
        _same(vault.liabilities(), _intoVault * GWEI, "I6 the vault owes what was paid into it");
        _same(token.balanceOf(address(vault)), vault.liabilities(), "I6 the vault holds what it owes");
    }

    /// @notice I21, I23, I24, I25: every GPU as the ghosts have it; its locks are covered; its slots suffice.
    function checkGpus() external view {
        for (uint40 gpu = 1; gpu <= _gpus.length; ++gpu) _checkGpu(gpu);
        for (uint256 i = 0; i < DEVICES; ++i) {
            (uint40 gpu, uint32 nonce) = registry.deviceOf(_devices[i]);
            _same(gpu, _deviceGpu[_devices[i]], "I25 newest GPU of a device");
            _same(nonce, _nonces[_devices[i]], "I10 nonce rises by 1");
        }
    }

    function _checkGpu(uint40 gpu) private view {
        IGpuRegistry.GpuView memory v = registry.gpuOf(gpu);
        Gpu storage g = _gpu(gpu);
        _same(v.owner, g.owner, "owner");
        _same(v.operator, g.operator == address(0) ? _holderOf(gpu) : g.operator, "operator");
        _same(v.stake, g.stake * GWEI, "I20 stake in force");
        _same(v.unbonding, g.unbonding * GWEI, "I20 tranche");
        _same(v.unbondingEnds, g.endsAt, "I24 a tranche matures when it was to");
        _same(v.locked, _lockedOf(gpu) * GWEI, "I23 locked = open locks + deferred slashes");
        _atMost(v.locked, (_held(gpu) + g.lost) * GWEI, "I23 locked <= held, but for what was taken since");
        _same(v.active, _activeOf(gpu), "slots in use = jobs that hold one");
        _atMost(v.active, v.slots, "a GPU never holds more jobs than slots");
        _same(v.paused, g.paused, "paused");
        _same(v.leaving, g.leaving, "leaving");
        _same(_deviceGpu[g.device] == gpu || _isRetired(gpu), true, "I25 one registration in service per device");
    }

    /// @notice The lists: idle GPUs and nothing else while no round is open, but for those flagged during one; while
    /// one is open, its entrants stand where they stood but for assignments, and those who joined stand behind them.
    function checkLists() external view {
        (uint32 round, uint32 remaining, address module) = registry.openRoundInfo();
        _same(round, _round, "open round");
        _same(remaining, _remaining, "jobs left in the round");
        _same(module, _opener, "module of the round");
        uint256[3][CLASSES] memory listed;
        for (uint40 gpu = 1; gpu <= _gpus.length; ++gpu) {
            Gpu storage g = _gpu(gpu);
            GpuWord word = GpuWord.wrap(registry.wordOf(IGpuRegistry.Table.Gpu, gpu));
            bool expected = g.flagged || _isEntrant(gpu) || _isIdle(gpu);
            _same(word.listed(), expected, "listed: idle, entrant, or flagged and not touched since");
            if (!expected) continue;
            ++listed[g.classId - 1][g.region < 2 ? g.region : 2];
            uint40 there = registry.listedAt(g.classId, g.region, word.position());
            _same(there, gpu, "a listed GPU stands where it says");
        }
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            for (uint256 i = 0; i < 3; ++i) _checkList(classId, _region(i), listed[classId - 1][i]);
        }
    }

    function _checkList(uint8 classId, uint8 region, uint256 listed) private view {
        (uint256 entrants, uint256 joined) = registry.listOf(classId, region);
        _same(entrants + joined, listed, "as many places as listed GPUs");
        if (_round == 0) {
            _same(joined, 0, "nobody stands behind when no round is open");
            return;
        }
        uint40[] storage frozen = _entrants[classId][region];
        _same(entrants, frozen.length, "entrants leave by assignments only");
        for (uint16 i = 0; i < entrants; ++i) {
            _same(registry.listedAt(classId, region, i), frozen[i], "entrants move by assignments only");
        }
    }

    /// @notice I26: scores within [0, 100] and where their history puts them. I27: windows as brute force counts them.
    function checkScores() external view {
        for (uint256 i = 0; i < OWNERS; ++i) {
            uint40 owner = _accountOf(_owners[i]);
            IRegistryLens.ReputationView memory v = lens.reputationOf(owner);
            (uint256 score, bool rested) = _effective(owner, _day());
            if (!_states[owner].known) score = 0;
            _atMost(v.score, 100e6, "I26 score <= 100");
            _same(registry.scoreOf(owner), v.score, "I26 registry and lens agree");
            if (_states[owner].known) {
                _same(v.score, score, "I26 score as its history says");
                _same(v.verified, rested ? 0 : _states[owner].verified, "verified jobs");
                _same(v.lastDay, _states[owner].day, "day of the last outcome");
                _same(v.barredUntil, _states[owner].barredUntil, "barred by a fraud");
                _atMost(v.gainedToday, (6e6 * 150) / 100, "I26 a day's gain is bounded");
            }
            (uint256 completed, uint256 attempted) = _window(owner, _day());
            _same(v.completed, completed, "I27 completed in 30 days");
            _same(v.attempted, attempted, "I27 attempted in 30 days");
            _same(lens.stakerOf(owner).energyMilliWattHours, _ownerEnergy[owner], "energy of the owner");
        }
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            _same(lens.energyOf(classId), _classEnergy[classId], "energy of the class");
        }
    }

    /// @notice I40: delegated votes = delegated stake in force, now; and what they were does not change.
    /// I21: an owner's stake is the sum over its GPUs.
    function checkVotes() external view {
        uint256[3] memory delegated;
        for (uint256 i = 0; i < OWNERS; ++i) {
            uint40 owner = _accountOf(_owners[i]);
            uint256 stake = _stakeOf(owner) * GWEI;
            _same(registry.stakeOf(owner), stake, "I21 stake of an owner = sum over its GPUs");
            _same(lens.stakerOf(owner).gpus, _serving(owner), "GPUs in service of an owner");
            for (uint256 j = 0; j < 3; ++j) {
                if (_delegates[owner] == _payees[j]) delegated[j] += stake;
            }
        }
        for (uint256 j = 0; j < 3; ++j) {
            _same(votes.getVotes(_payees[j]), delegated[j], "I40 votes = stake of those who delegated");
        }
        for (uint256 i = 0; i < _marks.length; ++i) {
            Mark storage mark = _marks[i];
            if (mark.time >= _now()) continue;
            _same(votes.getPastTotalSupply(mark.time), mark.total, "I40 total = sum of the delegates, then");
            for (uint256 j = 0; j < 3; ++j) {
                _same(votes.getPastVotes(_payees[j], mark.time), mark.held[j], "I40 the past does not change");
            }
        }
    }

    /// @notice I22: every open slash as the ghosts have it.
    function checkSlashes() external view {
        _same(lens.totals().slashes, _slashCount, "slashes ever made");
        for (uint256 i = 0; i < _slashes.length; ++i) {
            Slash storage slash = _slashes[i];
            IRegistryLens.SlashView memory v = lens.slashOf(slash.id);
            _same(v.gpu, slash.gpu, "slashed GPU");
            _same(v.module, slash.module, "slashing module");
            _same(v.takenGwei, slash.taken, "I22 taken and held");
            _same(v.pendingGwei, slash.pending, "I22 deferred by the cap");
            _same(v.holdUntil, slash.holdUntil, "held until");
            _same(uint256(v.state), uint256(IRegistryLens.SlashState.Held), "I22 held");
        }
    }

    // The cheatcode costs more than the comparison: it is called where the comparison fails, for its message.
    function _same(uint256 left, uint256 right, string memory what) private pure {
        if (left != right) vm.assertEq(left, right, what);
    }

    function _same(address left, address right, string memory what) private pure {
        if (left != right) vm.assertEq(left, right, what);
    }

    function _same(bool left, bool right, string memory what) private pure {
        if (left != right) vm.assertEq(left, right, what);
    }

    function _atMost(uint256 left, uint256 right, string memory what) private pure {
        if (left > right) vm.assertLe(left, right, what);
    }
}
