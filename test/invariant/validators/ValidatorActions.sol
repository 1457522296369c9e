// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IValidatorRegistry} from "../../../contracts/registry/IValidatorRegistry.sol";
import {vm} from "../base/Vm.sol";
import {ValidatorHandler} from "./ValidatorHandler.sol";

/// @notice Six validators, a module, governance and strangers act on the registry, in any order within a second.
contract ValidatorActions is ValidatorHandler {
    // Validators

    function register(uint256 seed, uint256 domains, uint256 extra) external {
        uint40 id = _pick(seed, false);
        if (_known(id)) _leave(id);
        _register(id, _bound(domains, 1, 7), _least() + GWEI * _bound(extra, 0, 500e9));
        _success();
    }

    function registerTwice(uint256 seed) external {
        uint40 id = _pick(seed, true);
        vm.prank(_owner(id));
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsKnown.selector);
        registry.register(address(0), 1, 1_000e18);
        _success();
    }

    function addStake(uint256 seed, uint256 amount) external {
        _add(_pick(seed, true), GWEI * _bound(amount, 1, 100e9));
        _success();
    }

    function addStakeWithFee(uint256 seed, uint256 amount, uint256 feeBps) external {
        uint40 id = _pick(seed, true);
        token.setFee(_bound(feeBps, 1, 10_000));
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsTransferShort.selector);
        registry.addStake(id, GWEI * _bound(amount, 1, 100e9));
        token.setFee(0);
        _success();
    }

    /// @dev The token calls back in the middle of a payment.
    function addStakeReentrantly(uint256 seed, uint256 amount, uint256 entry) external {
        uint40 id = _pick(seed, true);
        token.setAttack(address(registry), _attack(id, entry));
        _add(id, GWEI * _bound(amount, 1, 100e9));
        vm.assertFalse(token.attackSucceeded(), "I6 a token re-entered the registry");
        _success();
    }

    function stop(uint256 seed) external {
        uint40 id = _pick(seed, true);
        if (!_view(id).available) return;
        _setAvailable(id, false);
        vm.assertEq(_view(id).outSince, block.timestamp, "out from this second");
        _success();
    }

    function resume(uint256 seed) external {
        uint40 id = _pick(seed, true);
        _getOut(id);
        _stakeLeast(id);
        if (_view(id).domains == 0) {
            vm.prank(_owner(id));
            registry.setDomains(id, 1);
        }
        _setAvailable(id, true);
        vm.assertEq(_view(id).inSince, block.timestamp, "in from the next second");
        _success();
    }

    function resumeTooEarly(uint256 seed, uint256 early) external {
        uint40 id = _pick(seed, true);
        if (_view(id).available) _setAvailable(id, false);
        uint256 from = _view(id).outSince + FREEZE;
        if (block.timestamp >= from) return;
        vm.warp(from - _bound(early, 1, from - block.timestamp));
        vm.prank(_owner(id));
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsNotOutLongEnough.selector);
        registry.setAvailable(id, true);
        vm.prank(_owner(id));
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsNotOutLongEnough.selector);
        registry.setDomains(id, 1);
        _success();
    }

    function setDomains(uint256 seed, uint256 domains) external {
        uint40 id = _pick(seed, true);
        _getOut(id);
        _stakeLeast(id);
        vm.prank(_owner(id));
        registry.setDomains(id, uint32(_bound(domains, 1, 7)));
        _success();
    }

    /// @dev Of whoever has too little at stake; unbonds all of it first where it has enough.
    function delist(uint256 seed) external {
        uint40 id = _pick(seed, true);
        if (_view(id).stake >= _least()) {
            if (_view(id).unbonding != 0) return;
            _unbond(id, type(uint256).max);
        }
        _getOut(id);
        if (_view(id).domains == 0) return;
        registry.delist(id);
        vm.assertEq(_view(id).domains, 0, "I47 whoever has nothing at stake has no place");
        _success();
    }

    function delistStaked(uint256 seed) external {
        uint40 id = _pick(seed, true);
        bool isOut = block.timestamp >= _view(id).outSince + FREEZE && !_view(id).available;
        if (isOut && _view(id).stake < _least()) return;
        vm.expectPartialRevert(
            isOut
                ? IValidatorRegistry.ValidatorsStakeEnough.selector
                : IValidatorRegistry.ValidatorsNotOutLongEnough.selector
        );
        registry.delist(id);
        _success();
    }

    function beginUnbond(uint256 seed, uint256 part, bool all) external {
        uint40 id = _pick(seed, true);
        IValidatorRegistry.ValidatorView memory had = _view(id);
        if (had.unbonding != 0 || had.stake == 0) return;
        uint256 free = had.stake > _least() ? had.stake - _least() : 0;
        _unbond(id, all || free == 0 ? type(uint256).max : GWEI * _bound(part, 1, free / GWEI));
        vm.assertTrue(_view(id).stake >= _least() || !_view(id).available, "nobody is available by less");
        _success();
    }

    function unbondTooMuch(uint256 seed, uint256 excess) external {
        uint40 id = _pick(seed, true);
        IValidatorRegistry.ValidatorView memory had = _view(id);
        if (had.unbonding != 0 || had.stake < 2 * GWEI) return;
        uint256 free = had.stake > _least() ? had.stake - _least() : 0;
        uint256 amount = free + GWEI * _bound(excess, 1, had.stake < _least() ? had.stake / GWEI - 1 : 1e9);
        vm.prank(_owner(id));
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsStakeShort.selector);
        registry.beginUnbond(id, amount);
        _success();
    }

    function cancelUnbond(uint256 seed) external {
        uint40 id = _pick(seed, true);
        IValidatorRegistry.ValidatorView memory had = _view(id);
        if (had.unbonding == 0) {
            if (had.stake == 0) return;
            _unbond(id, type(uint256).max);
            had = _view(id);
        }
        vm.prank(_owner(id));
        registry.cancelUnbond(id);
        vm.assertEq(_view(id).stake, had.stake + had.unbonding, "all of it returns");
        vm.assertEq(_view(id).available, had.available, "and nothing else changes");
        _success();
    }

    function withdraw(uint256 seed, bool all) external {
        uint40 id = _pick(seed, true);
        if (_view(id).unbonding == 0) {
            if (_view(id).stake < _least() + GWEI) _add(id, _least() + GWEI);
            _unbond(id, all ? type(uint256).max : GWEI);
        }
        _endAll(id);
        _withdraw(id);
        _success();
    }

    /// @dev Neither a second too early nor while a seat is open.
    function withdrawTooEarly(uint256 seed, uint256 early) external {
        uint40 id = _pick(seed, true);
        if (_view(id).unbonding == 0) {
            if (_view(id).stake == 0) return;
            _unbond(id, type(uint256).max);
        }
        uint256 ends = maturesAt[id];
        bool seated = _view(id).openSeats != 0;
        if (block.timestamp >= ends && !seated) return;
        if (block.timestamp < ends) vm.warp(ends - _bound(early, 1, ends - block.timestamp));
        vm.prank(_owner(id));
        vm.expectPartialRevert(
            seated
                ? IValidatorRegistry.ValidatorsSeatsOpen.selector
                : IValidatorRegistry.ValidatorsStillUnbonding.selector
        );
        registry.withdraw(id, address(0xe15e));
        _success();
    }

    /// @dev Also at the end of a run, for each.
    function leave(uint256 seed) external {
        uint40 id = _pick(seed, false);
        if (!_known(id)) return;
        _leave(id);
        _success();
    }

    function actForAnother(uint256 seed, address caller) external {
        uint40 id = _pick(seed, true);
        // Nobody sends from zero, the operator of whoever named none.
        if (caller == _owner(id) || caller == address(0)) return;
        vm.startPrank(caller);
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsNotOwner.selector);
        registry.withdraw(id, address(this));
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsNotOwner.selector);
        registry.beginUnbond(id, type(uint256).max);
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsNotWorker.selector);
        registry.setAvailable(id, false);
        vm.stopPrank();
        _success();
    }

    // Seats

    function ask(uint256 domain, uint256 seats, uint256 party) external {
        _ask(domain % DOMAINS, _bound(seats, 1, 5), party);
        _success();
    }

    /// @dev Asks first when there is no question that can be drawn for.
    function draw(uint256 which, uint256 wait) external {
        which = _questions.length == 0 ? 0 : which % _questions.length;
        if (_questions.length == 0 || _isStale(which)) {
            _ask(wait % DOMAINS, 1 + (wait % 5), wait);
            which = _questions.length - 1;
        }
        uint256 latest = _questions[which].request.frozenAt + FREEZE - 1;
        if (wait % 8 == 0) vm.warp(block.timestamp + ((wait / 8) % (latest - block.timestamp + 1)));
        _draw(which);
        _success();
    }

    function drawTooLate(uint256 which) external {
        if (_questions.length == 0) return;
        which %= _questions.length;
        uint256 latest = _questions[which].request.frozenAt + FREEZE;
        if (block.timestamp < latest) return;
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsStaleFreeze.selector);
        registry.takeSeats(_questions[which].request);
        _success();
    }

    /// @dev Of whoever has one; most often silent, so that more is owed than a day's cap takes.
    function endSeat(uint256 seed, uint256 outcome) external {
        uint40 id = _seated(seed);
        if (id == 0) {
            _ask(seed % DOMAINS, 5, 0);
            _draw(_questions.length - 1);
            id = _seated(seed);
        }
        if (id == 0) return;
        _endSeat(id, IValidatorRegistry.SeatOutcome(outcome % 8 < 3 ? outcome % 8 : 3));
        _success();
    }

    function endNoSeat(uint256 seed) external {
        uint40[] memory ids = new uint40[](1);
        ids[0] = _pick(seed, false);
        if (_view(ids[0]).openSeats != 0) return;
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsNoSeat.selector);
        registry.endSeats(ids, new IValidatorRegistry.SeatOutcome[](1));
        _success();
    }

    function takeOwed(uint256 seed) external {
        _takeOwed(_pick(seed, false));
        _success();
    }

    function collectSlashes() external {
        (, , uint256 slashed) = registry.totals();
        vm.assertEq(registry.collectSlashes(), slashed, "all of it");
        collected += slashed;
        _success();
    }

    // Governance and the world

    function setTerms(uint256 minStake, uint256 silenceBps, uint256 cap, uint256 unbonding) external {
        registry.setTerms(
            IValidatorRegistry.Terms({
                minStakeGwei: uint64(_bound(minStake, 800e9, 1_200e9)),
                unbonding: uint32(_bound(unbonding, 14 days, 60 days)),
                silenceBps: uint16(_bound(silenceBps, 10, 1_000)),
                moduleCapPercent: uint8(_bound(cap, 1, 20)),
                gain: 20_000,
                incoherentLoss: 50_000,
                silentLoss: 100_000
            })
        );
        _success();
    }

    function stopWork(uint256 domain) external {
        registry.setWorkStopped(true);
        IValidatorRegistry.SeatRequest memory request;
        request.domain = uint8(domain % DOMAINS);
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsStopped.selector);
        registry.takeSeats(request);
        vm.expectPartialRevert(IValidatorRegistry.ValidatorsStopped.selector);
        registry.register(address(0), 1, 1e30);
        registry.setWorkStopped(false);
        _success();
    }

    function donate(uint256 amount) external {
        amount = _bound(amount, 1, 1e24);
        token.transfer(address(registry), amount);
        donated += amount;
        _success();
    }

    function pass(uint256 span, bool far) external {
        vm.warp(block.timestamp + _bound(span, 1, far ? 8 days : 6 hours));
        _success();
    }

    // Private

    /// @dev A validator with an open seat, or 0.
    function _seated(uint256 seed) private view returns (uint40 id) {
        for (uint256 i = 0; i < ACTORS; ++i) {
            id = uint40((((seed % ACTORS) + i) % ACTORS) + 1);
            if (_view(id).openSeats != 0) return id;
        }
        return 0;
    }

    function _add(uint40 id, uint256 amount) private {
        registry.addStake(id, amount);
        deposited += amount;
        depositedBy[id] += amount;
    }

    function _stakeLeast(uint40 id) private {
        uint256 stake = _view(id).stake;
        if (stake < _least()) _add(id, _least() - stake);
    }

    function _setAvailable(uint40 id, bool available) private {
        vm.prank(_owner(id));
        registry.setAvailable(id, available);
    }

    function _getOut(uint40 id) private {
        if (_view(id).available) _setAvailable(id, false);
        uint256 from = _view(id).outSince + FREEZE;
        if (vm.getBlockTimestamp() < from) vm.warp(from);
    }

    function _isStale(uint256 index) private view returns (bool) {
        return vm.getBlockTimestamp() >= _questions[index].request.frozenAt + FREEZE;
    }

    function _attack(uint40 id, uint256 entry) private view returns (bytes memory) {
        uint256 choice = entry % 6;
        if (choice == 0) return abi.encodeCall(registry.register, (address(0), 1, 1_000e18));
        if (choice == 1) return abi.encodeCall(registry.addStake, (id, 1e18));
        if (choice == 2) return abi.encodeCall(registry.takeOwed, (id));
        if (choice == 3) return abi.encodeCall(registry.collectSlashes, ());
        if (choice == 4) return abi.encodeCall(registry.withdraw, (id, address(token)));
        return abi.encodeCall(registry.cancelUnbond, (id));
    }
}
