// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EmissionController} from "../../../contracts/emission/EmissionController.sol";
import {IEmissionController} from "../../../contracts/emission/IEmissionController.sol";
import {Answers} from "../../../contracts/mocks/Answers.sol";
import {IIssuableToken} from "../../../contracts/token/IIssuableToken.sol";
import {IssuableToken} from "../../../contracts/token/IssuableToken.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice A controller's owner announces and cancels, anyone executes, holders move tokens, time jumps, often to the
/// edges of delays and windows. Every mint is written down.
contract IssuanceHandler is Handler {
    struct Mint {
        uint256 time;
        uint256 supply;
    }

    uint256 public constant GENESIS = 1e28 + 49;

    EmissionController public immutable controller;
    IssuableToken public immutable token;
    address public immutable rewards;

    /// @notice Ghosts: announced and not cancelled, and minted.
    uint256 public authorised;
    uint256 public minted;

    uint256[] private _open;
    Mint[] private _mints;

    /// @dev The handler owns the controller and holds the genesis supply.
    constructor() {
        controller = new EmissionController(address(this));
        token = new IssuableToken("AI Crypto", "AIC", GENESIS, address(this), address(0), address(controller));
        rewards = address(new Answers());
        controller.setToken(IIssuableToken(address(token)));
        controller.setRewards(rewards);
        _mints.push(Mint({time: 0, supply: GENESIS}));
    }

    // The owner

    function announce(uint256 amount, uint256 all) external {
        uint256 most = (token.totalSupply() * 2) / 100;
        // Often all that is left now, which may be too much or too little when it is minted.
        if (all % 2 == 0 && controller.mintable() != 0) most = controller.mintable();
        amount = _bound(amount, 1, most);
        _open.push(controller.announce(amount));
        authorised += amount;
        _success();
    }

    function announceTooMuch(uint256 amount) external {
        amount = _bound(amount, (token.totalSupply() * 2) / 100 + 1, type(uint256).max);
        vm.expectPartialRevert(IEmissionController.ControllerAboveBound.selector);
        controller.announce(amount);
        _success();
    }

    function cancel(uint256 seed) external {
        if (_open.length == 0) return;
        uint256 index = seed % _open.length;
        (uint256 amount, , ) = controller.announcementOf(_open[index]);
        controller.cancel(_open[index]);
        authorised -= amount;
        _forget(index);
        _success();
    }

    function fillSlotsAgain() external {
        vm.expectPartialRevert(IEmissionController.ControllerTokenAlreadySet.selector);
        controller.setToken(IIssuableToken(address(token)));
        vm.expectPartialRevert(IEmissionController.ControllerRewardsAlreadySet.selector);
        controller.setRewards(address(token));
        _success();
    }

    // Anyone

    /// @dev The first from the seed on that can be minted; else one that will be, in its first second.
    function execute(address caller, uint256 seed) external {
        if (caller == address(vm)) return;
        uint256 index = _find(seed, true);
        if (index == _open.length) index = _find(seed, false);
        if (index == _open.length) return;
        (uint256 amount, uint256 executableAt, ) = controller.announcementOf(_open[index]);
        if (block.timestamp < executableAt) vm.warp(executableAt);
        if (amount > room()) return;

        vm.prank(caller);
        controller.execute(_open[index]);
        minted += amount;
        _mints.push(Mint({time: vm.getBlockTimestamp(), supply: token.totalSupply()}));
        _forget(index);
        _success();
    }

    /// @dev Too early, too late, or above what was written down as possible.
    function executeWrongly(address caller, uint256 seed) external {
        if (caller == address(vm) || _open.length == 0) return;
        uint256 id = _open[seed % _open.length];
        (uint256 amount, uint256 executableAt, ) = controller.announcementOf(id);
        bytes4 refusal;
        if (block.timestamp < executableAt) refusal = IEmissionController.ControllerTooEarly.selector;
        else if (block.timestamp >= executableAt + 14 days) refusal = IEmissionController.ControllerExpired.selector;
        else if (amount > room()) refusal = IEmissionController.ControllerAboveBound.selector;
        else return;

        vm.prank(caller);
        vm.expectPartialRevert(refusal);
        controller.execute(id);
        _success();
    }

    function executeTwice(uint256 id) external {
        id = _bound(id, 0, controller.announcements() + 1);
        for (uint256 i = 0; i < _open.length; ++i) if (_open[i] == id) return;
        vm.expectPartialRevert(IEmissionController.ControllerNotAnnounced.selector);
        controller.execute(id);
        _success();
    }

    function mintAsAnother(address caller, uint256 amount) external {
        if (caller == address(controller) || caller == address(vm)) return;
        vm.prank(caller);
        vm.expectPartialRevert(IIssuableToken.TokenOnlyMinter.selector);
        token.mint(caller, amount);
        _success();
    }

    function actAsAnother(address caller, uint256 amount) external {
        if (caller == address(this) || caller == address(vm)) return;
        vm.prank(caller);
        vm.expectRevert();
        controller.announce(amount);
        vm.prank(caller);
        vm.expectRevert();
        controller.cancel(amount);
        _success();
    }

    function transfer(uint256 amount) external {
        amount = _bound(amount, 0, token.balanceOf(address(this)));
        token.transfer(address(0xBEEF), amount);
        _success();
    }

    /// @dev Up to 400 days, often to the end of the window of the last mint or a second before it.
    function pass(uint256 span, uint256 edge) external {
        uint256 target = block.timestamp + _bound(span, 1, edge % 4 == 3 ? 400 days : 6 days);
        uint256 end = _mints[_mints.length - 1].time + 365 days;
        if (edge % 4 == 2 && end > block.timestamp + 1) target = end - ((edge >> 8) % 2);
        vm.warp(target);
        _success();
    }

    // For the invariants

    /// @notice Supply in force at a second, by what was written down.
    function supplyAt(uint256 time) public view returns (uint256 supply) {
        for (uint256 i = 0; i < _mints.length && _mints[i].time <= time; ++i) supply = _mints[i].supply;
    }

    /// @notice What may be minted now, by what was written down.
    function room() public view returns (uint256) {
        uint256 opening = supplyAt(vm.getBlockTimestamp() - 365 days);
        return opening + (opening * 2) / 100 - supplyAt(vm.getBlockTimestamp());
    }

    function mintCount() external view returns (uint256) {
        return _mints.length;
    }

    function mintAt(uint256 index) external view returns (uint256 time, uint256 supply) {
        return (_mints[index].time, _mints[index].supply);
    }

    /// @dev The first open announcement from the seed on that can be executed now and fits, or that is not ripe yet;
    /// the number of them when there is none.
    function _find(uint256 seed, bool now_) private view returns (uint256) {
        for (uint256 i = 0; i < _open.length; ++i) {
            uint256 index = ((seed % _open.length) + i) % _open.length;
            (uint256 amount, uint256 executableAt, ) = controller.announcementOf(_open[index]);
            if (!now_ && block.timestamp < executableAt) return index;
            bool isOpen = block.timestamp >= executableAt && block.timestamp < executableAt + 14 days;
            if (now_ && isOpen && amount <= room()) return index;
        }
        return _open.length;
    }

    function _forget(uint256 index) private {
        _open[index] = _open[_open.length - 1];
        _open.pop();
    }
}
