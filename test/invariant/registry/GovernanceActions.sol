// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {SlashActions} from "./SlashActions.sol";

/// @notice Votes, payouts, governance, gifts and time.
abstract contract GovernanceActions is SlashActions {
    // Votes at the end of a second.
    struct Mark {
        uint256 time;
        uint256 total;
        uint256[3] held;
    }

    Mark[] internal _marks;

    function delegate(uint256 ownerSeed, uint256 toSeed) external {
        address owner = _owner(ownerSeed);
        address to = toSeed % 4 == 0 ? address(0) : _payees[toSeed % 3];
        vm.prank(owner);
        votes.delegate(to);
        _delegates[_accountOf(owner)] = to;
        _success();
    }

    function collect(uint256 accountSeed) external {
        uint40 account = _creditor(accountSeed);
        uint256 expected = _credits[account] + (account == _treasury ? _fees : 0);
        uint256 before = vault.balanceOf(account);
        vm.assertEq(registry.collect(account), expected * GWEI, "I19 exactly what is owed");
        vm.assertEq(vault.balanceOf(account) - before, expected * GWEI, "I19 and into the account");
        vm.assertEq(registry.collect(account), 0, "I19 once");
        _credits[account] = 0;
        if (account == _treasury) _fees = 0;
        _intoVault += expected;
        if (expected != 0) _success();
    }

    function setTerms(uint256 seed) external {
        _setTerms(seed);
        _success();
    }

    function _setTerms(uint256 seed) internal {
        seed = _spread(seed);
        _terms.gainPercent = uint8(_bound(seed % 1_000, 50, 150));
        _terms.lossMinPercent = uint8(_bound((seed >> 16) % 1_000, 50, 150));
        _terms.lossMaxPercent = uint8(_bound((seed >> 32) % 1_000, 50, 150));
        _terms.fraudPercent = uint8(_bound((seed >> 48) % 1_000, 50, 150));
        _terms.dayCapPercent = uint8(_bound((seed >> 64) % 1_000, 50, 150));
        _terms.probationShare = uint8(_bound((seed >> 80) % 1_000, 5, 50));
        _terms.probationJobs = uint8(_bound((seed >> 96) % 1_000, 1, 50));
        _terms.freeDeclines = uint8(_bound((seed >> 112) % 1_000, 0, 10));
        _terms.finderBps = uint16(_bound((seed >> 128) % 10_000, 0, 2_000));
        _terms.incidentPercent = uint8(_bound((seed >> 144) % 1_000, 10, 50));
        _terms.moduleCapPercent = uint8(_bound((seed >> 160) % 1_000, 1, 20));
        _terms.registrationFeeBps = uint16(_bound((seed >> 176) % 10_000, 0, 500));
        _terms.callerPayBps = uint8(_bound((seed >> 192) % 1_000, 0, 100));
        _terms.unbonding = uint32(_bound((seed >> 208) % 1e8, 14 days, 60 days));
        registry.setTerms(_terms);
    }

    function setClass(uint256 classSeed, uint256 factor) external {
        uint8 classId = uint8(classSeed % CLASSES) + 1;
        registry.setClass(classId, "class", _class(classId, uint64(_bound(factor, 1, 2))));
        _success();
    }

    /// @notice A module without the right to draw loses its round, and may still end what it began.
    function setScopes(uint256 moduleSeed, uint8 scopes) external {
        address module = _module(moduleSeed);
        scopes = scopes % 2 == 0 ? 0 : scopes % 16;
        registry.setModule(module, scopes);
        if (scopes % 2 == 0) {
            if (_opener == module) _endRound();
            vm.startPrank(module);
            registry.dropFromRound(1);
            vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryMissingScope.selector, module, 1));
            registry.openRound(_lastRound + 1, 1, 0);
            vm.stopPrank();
        }
        _success();
    }

    /// @notice I44: while work is stopped nothing new begins; everything else goes on, and so does this once it ends.
    function stopWork(uint256 seed) external {
        registry.setWorkStopped(true);
        vm.startPrank(_owner(seed));
        vm.expectRevert(IGpuRegistry.RegistryPaused.selector);
        registry.registerMany(new IGpuRegistry.Registration[](1));
        vm.stopPrank();
        address module = _module(seed);
        vm.startPrank(module);
        vm.expectRevert(IGpuRegistry.RegistryPaused.selector);
        registry.assignNamed(_anyGpu(seed), 1);
        vm.expectRevert(IGpuRegistry.RegistryPaused.selector);
        registry.openRound(_lastRound + 1, 1, _round);
        vm.stopPrank();
        if (_jobs.length != 0) _conclude(seed % _jobs.length, IGpuRegistry.OutcomeKind.Released, seed);
        registry.setWorkStopped(false);
        _success();
    }

    function donate(uint256 amount) external {
        amount = _bound(amount, 1, 1e24);
        token.transfer(address(registry), amount);
        _donated += amount;
        _success();
    }

    /// @dev Seconds, to the edge of a day, days, or weeks; votes are written down first.
    function pass(uint256 span, uint256 kind) external {
        _markVotes();
        uint256 time = _now();
        if (kind % 4 == 0) time += _bound(span, 1, 1 hours);
        else if (kind % 4 == 1) time = (_day() + 1) * 1 days - (span % 2);
        else if (kind % 4 == 2) time += _bound(span, 1, 3 days);
        else time += _bound(span, 1, 40 days);
        vm.warp(time > _now() ? time : _now() + 1);
        _success();
    }

    function _markVotes() private {
        Mark memory mark;
        mark.time = _now();
        for (uint256 i = 0; i < 3; ++i) mark.held[i] = votes.getVotes(_payees[i]);
        mark.total = mark.held[0] + mark.held[1] + mark.held[2];
        _marks.push(mark);
    }

    // The treasury, or the first payee from the seed on that has something to collect.
    function _creditor(uint256 seed) private view returns (uint40) {
        if (seed % 3 == 0 && _fees != 0) return _treasury;
        for (uint256 i = 0; i < _payees.length; ++i) {
            uint40 account = _payee((seed % _payees.length) + i);
            if (_credits[account] != 0) return account;
        }
        return _treasury;
    }
}
