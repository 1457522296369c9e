// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVestingVault} from "../../../contracts/vesting/IVestingVault.sol";
import {VestingVault} from "../../../contracts/vesting/VestingVault.sol";
import {ComputeToken} from "../../../contracts/token/ComputeToken.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Four people grant to each other on three schedules and act on their grants while days pass. What was granted
/// to each key, what it was paid, and what it had vested when last looked at is kept beside the vault.
contract VestingHandler is Handler {
    uint256 private constant PEOPLE = 4;
    uint256 private constant MAX_AMOUNT = 1e25;
    uint32 public constant SCHEDULES = 3;

    VestingVault public immutable vault;
    ComputeToken public immutable token;
    address[] public people;
    /// @notice Roots of one leaf each: that of person `i` for ROOT_AMOUNT is leaf and root.
    uint96 public constant ROOT_AMOUNT = 1e21;

    /// @notice Ghosts: tokens that came in and went out of the vault, by any door.
    uint256 public cameIn;
    uint256 public wentOut;

    mapping(uint32 schedule => mapping(address beneficiary => uint256 amount)) public granted;
    mapping(uint32 schedule => mapping(address beneficiary => uint256 amount)) public paid;
    mapping(uint32 schedule => mapping(address beneficiary => uint256 amount)) public returned;
    mapping(uint32 schedule => mapping(address beneficiary => uint256 amount)) public lastVested;
    mapping(uint32 schedule => mapping(address beneficiary => bool)) public wasRevoked;
    mapping(uint32 schedule => uint256 amount) public reserved;

    /// @dev The handler is owner, desk and grantor of every schedule, and holds all tokens.
    constructor() {
        token = new ComputeToken("Token", "TKN", 1e28, address(this), address(0));
        vault = new VestingVault(token, address(this), address(this));
        string[4] memory names = ["Alice", "Bob", "Carol", "Dave"];
        for (uint256 i = 0; i < PEOPLE; ++i) {
            (address who, ) = _actor(names[i]);
            people.push(who);
        }
        token.approve(address(vault), type(uint256).max);
        uint40 start = uint40(block.timestamp + 30 days);
        _schedule(IVestingVault.Terms(start, 90 days, 1000 days, 0, 1_000, true, true));
        _schedule(IVestingVault.Terms(start, 180 days, 800 days, 30 days, 0, true, false));
        _schedule(IVestingVault.Terms(start, 0, 600 days, 7 days, 500, false, true));
    }

    // Pools

    function fund(uint256 scheduleSeed, uint256 amount) external {
        amount = _bound(amount, 1, MAX_AMOUNT);
        if (amount > token.balanceOf(address(this))) return;
        vault.fund(_id(scheduleSeed), amount);
        cameIn += amount;
        _success();
    }

    function allot(uint256 scheduleSeed, uint256 amount) external {
        amount = _bound(amount, 1, MAX_AMOUNT);
        if (amount > token.balanceOf(address(this))) return;
        token.transfer(vault.inbox(), amount);
        vault.allot(_id(scheduleSeed), amount);
        cameIn += amount;
        _success();
    }

    function allotTooMuch(uint256 scheduleSeed, uint256 amount) external {
        amount = _bound(amount, 1, MAX_AMOUNT);
        uint256 waiting = token.balanceOf(vault.inbox());
        vm.expectRevert();
        vault.allot(_id(scheduleSeed), waiting + amount);
        _success();
    }

    function withdrawPool(uint256 scheduleSeed, uint256 amount) external {
        uint32 schedule = _id(scheduleSeed);
        uint256 pool = vault.poolOf(schedule);
        if (pool == 0) return;
        amount = _bound(amount, 1, pool / 4 + 1);
        vault.withdrawPool(schedule, address(this), amount);
        wentOut += amount;
        _success();
    }

    function withdrawTooMuch(uint256 scheduleSeed, uint256 amount) external {
        uint32 schedule = _id(scheduleSeed);
        amount = _bound(amount, vault.poolOf(schedule) + 1, type(uint256).max);
        vm.expectPartialRevert(IVestingVault.VestingPoolShort.selector);
        vault.withdrawPool(schedule, address(this), amount);
        _success();
    }

    // Grants

    function grant(uint256 scheduleSeed, uint256 whoSeed, uint256 amount) external {
        (uint32 schedule, address who) = (_id(scheduleSeed), _who(whoSeed));
        if (vault.poolOf(schedule) == 0 || wasRevoked[schedule][who]) return;
        amount = _bound(amount, 1, vault.poolOf(schedule));
        vault.grant(schedule, who, uint96(amount));
        granted[schedule][who] += amount;
        _look(schedule, who);
        _success();
    }

    function grantMany(uint256 scheduleSeed, uint256 amount) external {
        uint32 schedule = _id(scheduleSeed);
        uint256 pool = vault.poolOf(schedule);
        if (pool < PEOPLE) return;
        amount = _bound(amount, 1, pool / PEOPLE);
        uint256 count = 0;
        IVestingVault.Grant[] memory rows = new IVestingVault.Grant[](PEOPLE);
        for (uint256 i = 0; i < PEOPLE; ++i) {
            if (wasRevoked[schedule][people[i]]) continue;
            rows[count++] = IVestingVault.Grant(people[i], uint96(amount));
        }
        IVestingVault.Grant[] memory live = new IVestingVault.Grant[](count);
        for (uint256 i = 0; i < count; ++i) live[i] = rows[i];
        vault.grantMany(schedule, live);
        for (uint256 i = 0; i < count; ++i) granted[schedule][live[i].beneficiary] += amount;
        _success();
    }

    /// @dev The root is the leaf itself, set again and again under other amounts: `nonce` wei more each time.
    function reserveAndClaim(uint256 scheduleSeed, uint256 whoSeed, uint256 claims) external {
        (uint32 schedule, address who) = (_id(scheduleSeed), _who(whoSeed));
        if (vault.poolOf(schedule) < 2 * ROOT_AMOUNT || _rootCount[schedule] == vault.MAX_ROOTS()) return;
        uint96 amount = ROOT_AMOUNT + uint96(_rootCount[schedule]++);
        bytes32 root = vault.leafOf(who, amount);
        vault.grantByRoot(schedule, root, amount);
        reserved[schedule] += amount;
        if (claims % 4 == 0) _claim(schedule, who, root, amount);
        else _waiting.push(Waiting(schedule, who, root, amount));
        _success();
    }

    function claimLater(uint256 seed) external {
        if (_waiting.length == 0) return;
        Waiting memory leaf = _pop(seed);
        _claim(leaf.schedule, leaf.who, leaf.root, leaf.amount);
        vm.expectPartialRevert(IVestingVault.VestingAlreadyClaimed.selector);
        vault.claimGrant(leaf.schedule, leaf.root, leaf.who, leaf.amount, new bytes32[](0));
        _success();
    }

    /// @dev Whenever the vault lets the grantor have it back, nothing of the leaf has vested, or two years have passed.
    function closeRoot(uint256 seed) external {
        if (_waiting.length == 0) return;
        Waiting memory leaf = _waiting[seed % _waiting.length];
        IVestingVault.Terms memory terms = vault.termsOf(leaf.schedule);
        bool lapsed = block.timestamp >= vault.rootClosableFrom(leaf.schedule, leaf.root);
        uint256 firstVests = terms.startBps == 0 ? terms.start + terms.cliff : terms.start;
        if (!lapsed && !(terms.revocable && block.timestamp < firstVests)) {
            // Days of the first step may pass before anything vests: then closing is allowed as well.
            if (terms.revocable && terms.step != 0) return;
            vm.expectPartialRevert(IVestingVault.VestingRootOpen.selector);
            vault.closeRoot(leaf.schedule, leaf.root);
            _success();
            return;
        }
        _pop(seed);
        vault.closeRoot(leaf.schedule, leaf.root);
        reserved[leaf.schedule] -= leaf.amount;
        _success();
    }

    function release(uint256 seed, bool bySelf) external {
        (uint32 schedule, address who) = _ripe(seed);
        if (schedule == 0) return;
        uint256 due = vault.releasableOf(schedule, who);
        address payee = vault.grantOf(schedule, who).payee;
        uint256 before = token.balanceOf(payee);
        if (bySelf || (vault.termsOf(schedule).votes && token.delegates(payee) == address(0))) vm.prank(payee);
        vault.release(schedule, who);
        vm.assertEq(token.balanceOf(payee) - before, due, "I33 release pays what it said");
        paid[schedule][who] += due;
        wentOut += due;
        _look(schedule, who);
        _success();
    }

    function releaseTwice(uint256 seed) external {
        (uint32 schedule, address who) = _ripe(seed);
        if (schedule == 0) return;
        address payee = vault.grantOf(schedule, who).payee;
        uint256 due = vault.releasableOf(schedule, who);
        vm.startPrank(payee);
        vault.release(schedule, who);
        vm.expectPartialRevert(IVestingVault.VestingNothingToRelease.selector);
        vault.release(schedule, who);
        vm.stopPrank();
        paid[schedule][who] += due;
        wentOut += due;
        _success();
    }

    /// @dev I34: what was paid, what stays claimable and what returns is everything that was granted.
    function revoke(uint256 scheduleSeed, uint256 whoSeed, uint256 rare) external {
        (uint32 schedule, address who) = (1 + uint32(scheduleSeed % 2), _who(whoSeed));
        // Revocations are for good: not every call may be one, or soon nobody could be granted anything.
        if (rare % 3 == 0 || wasRevoked[schedule][who] || vault.grantOf(schedule, who).total == 0) return;
        (uint256 pool, uint256 vested) = (vault.poolOf(schedule), vault.vestedOf(schedule, who));
        vault.revoke(schedule, who);
        uint256 back = vault.poolOf(schedule) - pool;
        returned[schedule][who] += back;
        wasRevoked[schedule][who] = true;
        vm.assertEq(vested + back, granted[schedule][who], "I34 vested + returned = granted");
        vm.assertEq(vault.releasableOf(schedule, who) + paid[schedule][who], vested, "I34 vested stays claimable");
        _success();
    }

    function revokeWithoutRight(uint256 whoSeed, uint256 scheduleSeed) external {
        address who = _who(whoSeed);
        vm.prank(who);
        vm.expectPartialRevert(IVestingVault.VestingOnlyGrantor.selector);
        vault.revoke(_id(scheduleSeed), who);
        vm.expectPartialRevert(IVestingVault.VestingNotRevocable.selector);
        vault.revoke(3, who);
        _success();
    }

    function move(uint256 scheduleSeed, uint256 whoSeed, uint256 toSeed) external {
        (uint32 schedule, address who, address to) = (_id(scheduleSeed), _who(whoSeed), _who(toSeed));
        IVestingVault.GrantState memory before = vault.grantOf(schedule, who);
        if (before.total == 0) return;
        vm.prank(before.payee);
        vault.offerGrant(schedule, who, to);
        vm.prank(to);
        vault.acceptGrant(schedule, who);
        IVestingVault.GrantState memory state = vault.grantOf(schedule, who);
        vm.assertEq(state.payee, to, "I35 the payee is new");
        vm.assertEq(state.total, before.total, "I35 the total is not");
        vm.assertEq(state.paid, before.paid, "I35 nor what was paid");
        _success();
    }

    // Votes and time

    function delegate(uint256 whoSeed, uint256 toSeed, bool onToken) external {
        (address who, address to) = (_who(whoSeed), _who(toSeed));
        if (onToken) {
            vm.prank(who);
            token.delegate(to);
        } else {
            vault.delegateFor(who, toSeed % 5 == 0 ? address(0) : to);
        }
        _success();
    }

    function pass(uint256 span) external {
        vm.warp(block.timestamp + _bound(span, 1 days, 90 days));
        for (uint32 schedule = 1; schedule <= SCHEDULES; ++schedule) {
            for (uint256 i = 0; i < PEOPLE; ++i) _look(schedule, people[i]);
        }
        _success();
    }

    // For the invariants

    function peopleCount() external view returns (uint256) {
        return people.length;
    }

    // Private

    struct Waiting {
        uint32 schedule;
        address who;
        bytes32 root;
        uint96 amount;
    }

    Waiting[] private _waiting;
    mapping(uint32 schedule => uint8 count) private _rootCount;

    function _schedule(IVestingVault.Terms memory terms) private {
        uint32 schedule = vault.createSchedule(terms, address(this));
        vault.fund(schedule, MAX_AMOUNT);
        cameIn += MAX_AMOUNT;
    }

    function _claim(uint32 schedule, address who, bytes32 root, uint96 amount) private {
        uint256 pool = vault.poolOf(schedule);
        vault.claimGrant(schedule, root, who, amount, new bytes32[](0));
        uint256 back = vault.poolOf(schedule) - pool;
        if (!wasRevoked[schedule][who]) vm.assertEq(back, 0, "a claim takes nothing back");
        reserved[schedule] -= amount;
        granted[schedule][who] += amount;
        returned[schedule][who] += back;
    }

    function _pop(uint256 seed) private returns (Waiting memory leaf) {
        uint256 index = seed % _waiting.length;
        leaf = _waiting[index];
        _waiting[index] = _waiting[_waiting.length - 1];
        _waiting.pop();
    }

    /// @dev I33: what has vested never falls, but by a revocation of what had not.
    function _look(uint32 schedule, address who) private {
        uint256 vested = vault.vestedOf(schedule, who);
        vm.assertGe(vested, lastVested[schedule][who], "I33 vested never falls");
        lastVested[schedule][who] = vested;
    }

    /// @dev The first grant from a random one on of which something can be released; schedule 0 for none.
    function _ripe(uint256 seed) private view returns (uint32 schedule, address who) {
        uint256 all = SCHEDULES * PEOPLE;
        for (uint256 i = 0; i < all; ++i) {
            uint256 place = ((seed % all) + i) % all;
            (schedule, who) = (1 + uint32(place / PEOPLE), people[place % PEOPLE]);
            if (vault.releasableOf(schedule, who) != 0) return (schedule, who);
        }
        return (0, address(0));
    }

    function _id(uint256 seed) private pure returns (uint32) {
        return 1 + uint32(seed % SCHEDULES);
    }

    function _who(uint256 seed) private view returns (address) {
        return people[(seed >> 8) % PEOPLE];
    }
}
