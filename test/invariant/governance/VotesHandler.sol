// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernorCountingFractional} from "@openzeppelin/contracts/governance/extensions/GovernorCountingFractional.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IDelegable} from "../../../contracts/token/IDelegable.sol";
import {vm} from "../base/Vm.sol";
import {VotesWorld} from "./VotesWorld.sol";

/// @notice Moves tokens between wallets, vault, stake and grants, delegates in every way, and votes, while time passes.
contract VotesHandler is VotesWorld {
    /// @notice What was seen of somebody's votes at a moment that is over.
    struct Sighting {
        address holder;
        uint256 time;
        uint256 votes;
        uint256 supply;
    }

    bytes32 private constant DELEGATE_ALL = keccak256(
        "DelegateAll(address account,address delegatee,address[] sources,uint256 nonce,uint256 expiry)"
    );

    Sighting[] private _sightings;
    uint256[] private _proposals;
    uint256 private _titles;
    mapping(uint256 proposal => bytes data) private _datas;
    mapping(uint256 proposal => bytes32 hash) private _hashes;
    /// @notice What the handler counted itself of a proposal: votes against, for, abstaining.
    mapping(uint256 proposal => uint256[3]) private _counted;
    /// @notice Number that the last executed proposal set.
    uint256 public lastNumber;
    uint256 public executions;

    // Tokens

    function transfer(uint256 fromSeed, uint256 toSeed, uint256 amount) external {
        address from = _holder(fromSeed);
        amount = _bound(amount, 0, token.balanceOf(from));
        vm.prank(from);
        token.transfer(_holder(toSeed), amount);
        _success();
    }

    function deposit(uint256 seed, uint256 amount) external {
        address holder = _holder(seed);
        uint256 balance = token.balanceOf(holder);
        if (balance == 0) return;
        uint40 account = vault.accountOf(holder);
        vm.prank(holder);
        vault.deposit(account, _bound(amount, 1, balance));
        _success();
    }

    function withdraw(uint256 seed, uint256 amount) external {
        address holder = _holder(seed);
        uint256 balance = vault.balanceOf(vault.accountOf(holder));
        if (balance == 0) return;
        vm.prank(holder);
        vault.withdraw(_bound(amount, 1, balance), holder);
        _success();
    }

    function addStake(uint256 seed, uint256 amount) external {
        uint256 i = seed % HOLDERS;
        uint256 units = token.balanceOf(holders[i]) / 1e9;
        if (units == 0) return;
        vm.prank(holders[i]);
        registry.addStake(uint40(i + 1), _bound(amount, 1, units < 1e15 ? units : 1e15) * 1e9);
        _success();
    }

    function beginUnbond(uint256 seed, uint256 amount) external {
        uint256 i = seed % HOLDERS;
        uint40 gpu = uint40(i + 1);
        uint256 spare = registry.gpuOf(gpu).stake / 1e9;
        spare = spare > 1_000e9 ? spare - 1_000e9 : 0;
        if (spare == 0 || registry.gpuOf(gpu).unbonding != 0) return;
        vm.prank(holders[i]);
        registry.beginUnbond(gpu, _bound(amount, 1, spare) * 1e9);
        _success();
    }

    function cancelUnbond(uint256 seed) external {
        for (uint256 i = 0; i < HOLDERS; ++i) {
            uint256 at = ((seed % HOLDERS) + i) % HOLDERS;
            if (registry.gpuOf(uint40(at + 1)).unbonding == 0) continue;
            vm.prank(holders[at]);
            registry.cancelUnbond(uint40(at + 1));
            return _success();
        }
    }

    /// @dev One grant in four is on a schedule that does not vote.
    function grant(uint256 fromSeed, uint256 toSeed, uint256 amount) external {
        address from = _holder(fromSeed);
        address to = _holder(toSeed);
        uint256 balance = token.balanceOf(from);
        if (balance == 0) return;
        amount = _bound(amount, 1, balance);
        uint32 schedule = amount % 4 == 0 ? _silent : _voting[to];
        vm.prank(from);
        grants.fund(schedule, amount);
        grants.grant(schedule, to, uint96(amount));
        _success();
    }

    function release(uint256 seed, bool voting) external {
        for (uint256 i = 0; i < HOLDERS; ++i) {
            address holder = _holder((seed % HOLDERS) + i);
            uint32 schedule = voting ? _voting[holder] : _silent;
            if (grants.releasableOf(schedule, holder) == 0) continue;
            vm.prank(holder);
            grants.release(schedule, holder);
            return _success();
        }
    }

    /// @dev What had not vested goes back to the holder's wallet; later grants come on a new schedule.
    function revoke(uint256 seed) external {
        for (uint256 i = 0; i < HOLDERS; ++i) {
            address holder = _holder((seed % HOLDERS) + i);
            uint32 schedule = _voting[holder];
            if (grants.grantOf(schedule, holder).total == 0) continue;
            grants.revoke(schedule, holder);
            uint256 pool = grants.poolOf(schedule);
            if (pool != 0) grants.withdrawPool(schedule, holder, pool);
            _voting[holder] = _newSchedule(true);
            return _success();
        }
    }

    // Delegation

    function delegateOne(uint256 seed, uint256 toSeed, uint256 sourceSeed) external {
        address delegatee = _delegatee(toSeed);
        uint256 source = sourceSeed % 3;
        vm.prank(_holder(seed));
        if (source == 0) token.delegate(delegatee);
        else if (source == 1) stakes.delegate(delegatee);
        else grants.delegate(delegatee);
        _success();
    }

    function delegateAll(uint256 seed, uint256 toSeed) external {
        vm.prank(_holder(seed));
        desk.delegateAll(_delegatee(toSeed), _sources());
        _success();
    }

    function delegateAllBySig(uint256 seed, uint256 toSeed, uint64 key) external {
        address holder = _holder(seed);
        address delegatee = _delegatee(toSeed);
        uint256 nonce = desk.nonces(holder, key);
        bytes memory signature = _signedChoice(holder, delegatee, nonce);
        desk.delegateAllBySig(holder, delegatee, _sources(), nonce, _now(), signature);
        vm.expectRevert();
        desk.delegateAllBySig(holder, delegatee, _sources(), nonce, _now(), signature);
        vm.assertEq(token.delegates(holder), delegatee, "token follows the signature");
        vm.assertEq(stakes.delegates(holder), delegatee, "stake follows the signature");
        vm.assertEq(grants.delegates(holder), delegatee, "grants follow the signature");
        _success();
    }

    function delegateForSomebody(uint256 seed, uint256 toSeed, uint256 sourceSeed) external {
        address caller = _holder(seed);
        IDelegable source = IDelegable(_sources()[sourceSeed % 3]);
        vm.expectRevert(abi.encodeWithSelector(IDelegable.DelegableOnlyDesk.selector, caller));
        vm.prank(caller);
        source.delegateFor(_holder(toSeed), caller);
        _success();
    }

    // Time

    /// @dev Notes what everybody's votes were, so that they can be looked up for ever.
    function wait(uint256 duration) external {
        uint256 over = _now();
        vm.warp(over + _bound(duration, 1, 3 days));
        if (_sightings.length > 40) return;
        for (uint256 i = 0; i < HOLDERS; ++i) {
            address holder = holders[i];
            _sightings.push(Sighting(holder, over, composite.getVotes(holder), token.totalSupply()));
        }
        _success();
    }

    // Proposals

    /// @dev From the proposal to the deed; every step too early or twice is refused.
    function life(uint256 seed, uint256[4] calldata choices) external {
        (uint256 id, address proposer) = _propose(seed);
        if (id == 0) return;
        _jump(governor.proposalSnapshot(id) + 1);
        for (uint256 i = 0; i < HOLDERS; ++i) _vote(id, holders[i], choices[i]);
        _jump(governor.proposalDeadline(id) + 1);
        if (governor.state(id) == IGovernor.ProposalState.Succeeded) _carryOut(id);
        else vm.assertEq(uint8(governor.state(id)), uint8(IGovernor.ProposalState.Defeated), "one or the other");
        vm.assertEq(governor.latestProposalOf(proposer), id, "newest of its proposer");
        _success();
    }

    function proposeTwice(uint256 seed) external {
        (uint256 id, address proposer) = _propose(seed);
        if (id == 0) return;
        string memory description = _described(proposer);
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = _actions(1);
        vm.expectRevert();
        vm.prank(proposer);
        governor.propose(targets, values, datas, description);
        guard.cancel(governor, targets, values, _one(_datas[id]), _hashes[id]);
        vm.assertEq(uint8(governor.state(id)), uint8(IGovernor.ProposalState.Canceled), "the guardian cancels");
        _success();
    }

    // What the suite reads

    function sightings() external view returns (Sighting[] memory) {
        return _sightings;
    }

    function proposals() external view returns (uint256[] memory) {
        return _proposals;
    }

    function countedOf(uint256 proposal) external view returns (uint256[3] memory) {
        return _counted[proposal];
    }

    // For the actions

    function _propose(uint256 seed) private returns (uint256 id, address proposer) {
        vm.warp(_now() + 1);
        for (uint256 i = 0; i < HOLDERS; ++i) {
            proposer = _holder((seed % HOLDERS) + i);
            if (governor.getVotes(proposer, _now() - 1) >= governor.proposalThreshold()) break;
            if (i == HOLDERS - 1) return (0, proposer);
        }
        string memory description = _described(proposer);
        (address[] memory targets, uint256[] memory values, bytes[] memory datas) = _actions(seed % 500);
        vm.prank(proposer);
        id = governor.propose(targets, values, datas, description);
        _datas[id] = datas[0];
        _hashes[id] = keccak256(bytes(description));
        _proposals.push(id);
    }

    /// @dev A whole vote and once more, or a quarter each way and then more than is left.
    function _vote(uint256 id, address voter, uint256 choice) private {
        uint256 weight = governor.getVotes(voter, governor.proposalSnapshot(id));
        vm.assertEq(weight, composite.getPastVotes(voter, governor.proposalSnapshot(id)), "as the reader says");
        vm.startPrank(voter);
        if (weight == 0) {
            vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, voter));
            governor.castVote(id, 1);
        } else if (choice % 4 == 3) {
            uint128 quarter = uint128(weight / 4);
            governor.castVoteWithReasonAndParams(id, 255, "", abi.encodePacked(quarter, quarter, quarter));
            for (uint256 i = 0; i < 3; ++i) _counted[id][i] += quarter;
            bytes memory beyond = abi.encodePacked(uint128(0), uint128(weight), uint128(1));
            vm.expectPartialRevert(GovernorCountingFractional.GovernorExceedRemainingWeight.selector);
            governor.castVoteWithReasonAndParams(id, 255, "", beyond);
        } else {
            governor.castVote(id, uint8(choice % 4));
            _counted[id][choice % 4] += weight;
            vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, voter));
            governor.castVote(id, 1);
        }
        vm.stopPrank();
    }

    /// @notice I42: not before its time, not twice.
    function _carryOut(uint256 id) private {
        governor.queue(id);
        vm.warp(governor.proposalEta(id) - 1);
        vm.expectRevert();
        governor.execute(id);
        vm.warp(governor.proposalEta(id));
        governor.execute(id);
        vm.expectRevert();
        governor.execute(id);
        (, , bytes[] memory datas, ) = governor.proposalDetails(id);
        vm.assertEq(datas[0], _datas[id], "I43 kept as it was proposed");
        lastNumber = abi.decode(_argument(datas[0]), (uint256));
        vm.assertEq(target.number(), lastNumber, "I43 executed as it was voted");
        ++executions;
    }

    /// @dev Not back, where a late quorum or another action was there first.
    function _jump(uint256 time) private {
        if (time > _now()) vm.warp(time);
    }

    function _described(address proposer) private returns (string memory) {
        return string.concat("# ", vm.toString(_titles++), "\n\n#proposer=", Strings.toHexString(proposer));
    }

    function _actions(
        uint256 number
    ) private view returns (address[] memory targets, uint256[] memory values, bytes[] memory datas) {
        targets = new address[](1);
        targets[0] = address(target);
        values = new uint256[](1);
        datas = _one(abi.encodeCall(target.setNumber, (number)));
    }

    function _signedChoice(address holder, address delegatee, uint256 nonce) private view returns (bytes memory) {
        (, string memory name, string memory version, uint256 chainId, address verifier, , ) = desk.eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 sources = keccak256(abi.encodePacked(_sources()));
        bytes32 message = keccak256(abi.encode(DELEGATE_ALL, holder, delegatee, sources, nonce, _now()));
        return _signed(_keys[holder], keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function _sources() private view returns (address[] memory sources) {
        sources = new address[](3);
        (sources[0], sources[1], sources[2]) = (address(token), address(stakes), address(grants));
    }

    function _one(bytes memory data) private pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = data;
    }

    function _argument(bytes memory data) private pure returns (bytes memory argument) {
        argument = new bytes(data.length - 4);
        for (uint256 i = 0; i < argument.length; ++i) argument[i] = data[i + 4];
    }
}
