// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EmissionDistributor} from "../../../contracts/emission/EmissionDistributor.sol";
import {IEmissionDistributor} from "../../../contracts/emission/IEmissionDistributor.sol";
import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice A distributor's owner, drawer and strangers act while time passes, with a token that may misbehave. The pool
/// arrives, the emission begins and the drawer is named in any order that is possible.
contract DistributorHandler is Handler {
    struct Draw {
        uint256 time;
        uint256 amount;
    }

    uint128 public constant POOL = 4.5e26 + 1;
    uint32 public constant PERIOD = 730 days;

    EmissionDistributor public immutable distributor;
    HostileToken public immutable token;

    /// @notice Ghosts: tokens that came to the distributor, and what was paid to the receiver.
    uint256 public funded;
    uint256 public paid;

    /// @notice Where everything is drawn to.
    address public constant RECEIVER = address(0xD0A1);

    Draw[] private _draws;

    /// @dev The handler owns the distributor and holds all tokens; the token is also the drawer, so that a draw from
    /// within a transfer is stopped by nothing but the guard.
    constructor() {
        token = new HostileToken(address(this), 1e30);
        distributor = new EmissionDistributor(token, POOL, PERIOD, address(this));
    }

    /// @dev In two halves, and then any donation.
    function fund(uint256 amount) external {
        amount = funded < POOL ? POOL / 2 + 1 : _bound(amount, 1, POOL);
        token.transfer(address(distributor), amount);
        funded += amount;
        _success();
    }

    function start() external {
        if (distributor.startedAt() != 0) return _startTwice();
        if (funded < POOL) vm.expectPartialRevert(IEmissionDistributor.DistributorNotFunded.selector);
        distributor.start();
        _success();
    }

    function setDrawer() external {
        if (distributor.drawer() != address(0)) {
            vm.expectPartialRevert(IEmissionDistributor.DistributorDrawerAlreadySet.selector);
        }
        distributor.setDrawer(address(token));
        _success();
    }

    function draw(uint256 amount) external {
        uint256 most = distributor.drawable();
        if (most == 0 || distributor.drawer() == address(0)) return;
        _draw(_bound(amount, 1, most));
        _success();
    }

    function drawAll() external {
        uint256 most = distributor.drawable();
        if (most == 0 || distributor.drawer() == address(0)) return;
        _draw(most);
        _success();
    }

    function drawTooMuch(uint256 amount) external {
        if (distributor.drawer() == address(0)) return;
        amount = _bound(amount, distributor.drawable() + 1, type(uint256).max);
        vm.prank(address(token));
        vm.expectRevert();
        distributor.draw(RECEIVER, amount);
        _success();
    }

    function drawAsAnother(address caller, uint256 amount) external {
        if (caller == distributor.drawer() || caller == address(vm)) return;
        vm.prank(caller);
        vm.expectPartialRevert(IEmissionDistributor.DistributorOnlyDrawer.selector);
        distributor.draw(caller, amount);
        _success();
    }

    /// @dev The token draws again in the middle of a draw.
    function drawReentrantly(uint256 amount) external {
        uint256 most = distributor.drawable();
        if (most < 2 || distributor.drawer() == address(0)) return;
        token.setAttack(address(distributor), abi.encodeCall(distributor.draw, (RECEIVER, 1)));
        _draw(_bound(amount, 1, most - 1));
        vm.assertFalse(token.attackSucceeded(), "I28 a token re-entered the distributor");
        _success();
    }

    /// @dev Moments, days, or years.
    function pass(uint256 span, uint256 scale) external {
        uint256 longest =
            scale % 3 == 0
                ? 1 hours
                : scale % 3 == 1
                    ? 30 days
                    : 900 days;
        vm.warp(block.timestamp + _bound(span, 1, longest));
        _success();
    }

    // For the invariants

    /// @notice Most that was drawn above `rate` a second between two draws, both counted: what a bucket that refills
    /// at this rate must have held.
    function greatestBurst(uint256 perTenDays) external view returns (uint256 burst) {
        uint256 level = 0;
        uint256 last = 0;
        for (uint256 i = 0; i < _draws.length; ++i) {
            uint256 refilled = ((_draws[i].time - last) * perTenDays) / 10 days;
            level = (level > refilled ? level - refilled : 0) + _draws[i].amount;
            if (level > burst) burst = level;
            last = _draws[i].time;
        }
    }

    // Private

    function _draw(uint256 amount) private {
        vm.prank(address(token));
        distributor.draw(RECEIVER, amount);
        paid += amount;
        _draws.push(Draw({time: block.timestamp, amount: amount}));
    }

    function _startTwice() private {
        vm.expectPartialRevert(IEmissionDistributor.DistributorAlreadyStarted.selector);
        distributor.start();
        _success();
    }
}
