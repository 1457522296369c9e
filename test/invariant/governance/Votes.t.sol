// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CompositeVotes} from "../../../contracts/governance/CompositeVotes.sol";
import {CommonsGovernor} from "../../../contracts/governance/CommonsGovernor.sol";
import {InvariantBase} from "../base/InvariantBase.sol";
import {vm} from "../base/Vm.sol";
import {VotesHandler} from "./VotesHandler.sol";

/// @notice Each token votes once, the past stays as it was, and what is counted is what there is.
contract VotesInvariants is InvariantBase {
    VotesHandler private _handler;
    CompositeVotes private _composite;
    CommonsGovernor private _governor;

    function setUp() external {
        _handler = new VotesHandler();
        _composite = _handler.composite();
        _governor = _handler.governor();
        _target(_handler, "VotesHandler");
    }

    /// @notice I40, I41, I42 and "votes total <= supply", at once.
    function invariant_I40_I41_I42_eachTokenVotesOnce() external view {
        _sourcesAddUp();
        _nobodyDelegatesWhatItHolds();
        _pastStays();
        _countsAddUp();
        vm.assertEq(_handler.target().number(), _handler.lastNumber(), "I42 set by executions alone");
        vm.assertEq(_handler.target().owner(), address(_handler.timelock()), "the timelock owns it");
    }

    /// @notice I40: at each source delegates hold what was delegated; all sources together not more than the supply.
    function _sourcesAddUp() private view {
        uint256[3] memory held;
        uint256[3] memory delegated;
        uint256 sum = 0;
        for (uint256 i = 0; i < _handler.holderCount(); ++i) {
            address holder = _handler.holders(i);
            held[0] += _handler.token().getVotes(holder);
            held[1] += _handler.stakes().getVotes(holder);
            held[2] += _handler.grants().getVotes(holder);
            (address wallet, address stake, address grants) = _composite.delegatesBySource(holder);
            if (wallet != address(0)) delegated[0] += _handler.token().balanceOf(holder);
            if (stake != address(0)) delegated[1] += _stakeOf(holder);
            if (grants != address(0)) delegated[2] += _handler.grants().votingUnitsOf(holder);
            sum += _composite.getVotes(holder);
        }
        for (uint256 i = 0; i < 3; ++i) vm.assertEq(held[i], delegated[i], "I40 votes = what was delegated");
        vm.assertEq(sum, held[0] + held[1] + held[2], "I40 the reader adds up the sources");
        vm.assertLe(sum, _handler.token().totalSupply(), "votes total <= supply");
        vm.assertLe(held[1], _handler.token().balanceOf(address(_handler.registry())), "stake votes are staked");
        vm.assertLe(held[2], _handler.token().balanceOf(address(_handler.grants())), "grant votes are held");
    }

    /// @notice What holds the tokens of others lends its votes to nobody, and has none.
    function _nobodyDelegatesWhatItHolds() private view {
        address[3] memory keepers = [
            address(_handler.vault()),
            address(_handler.registry()),
            address(_handler.grants())
        ];
        for (uint256 i = 0; i < keepers.length; ++i) {
            (address wallet, address stake, address grants) = _composite.delegatesBySource(keepers[i]);
            vm.assertTrue(wallet == address(0) && stake == address(0) && grants == address(0), "keepers do not vote");
            vm.assertEq(_composite.getVotes(keepers[i]), 0, "nobody can choose a keeper here");
        }
    }

    /// @notice I40: votes at a past second never change, nor does the supply they are part of.
    function _pastStays() private view {
        VotesHandler.Sighting[] memory seen = _handler.sightings();
        for (uint256 i = 0; i < seen.length; ++i) {
            vm.assertEq(_composite.getPastVotes(seen[i].holder, seen[i].time), seen[i].votes, "I40 past votes");
            vm.assertEq(_composite.getPastTotalSupply(seen[i].time), seen[i].supply, "I40 past supply");
        }
    }

    /// @notice I41: what a proposal counted is what was cast, not more than the supply, at most once a vote.
    function _countsAddUp() private view {
        uint256[] memory ids = _handler.proposals();
        vm.assertEq(_governor.proposalCount(), ids.length, "every proposal is listed");
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint256 against, uint256 inFavour, uint256 abstain) = _governor.proposalVotes(ids[i]);
            uint256[3] memory counted = _handler.countedOf(ids[i]);
            vm.assertEq(against, counted[0], "I41 against");
            vm.assertEq(inFavour, counted[1], "I41 for");
            vm.assertEq(abstain, counted[2], "I41 abstaining");
            vm.assertLe(against + inFavour + abstain, _handler.token().totalSupply(), "I41 <= supply");
            uint256 used = 0;
            for (uint256 j = 0; j < _handler.holderCount(); ++j) {
                used += _governor.usedVotes(ids[i], _handler.holders(j));
            }
            vm.assertEq(used, against + inFavour + abstain, "I41 each vote once");
        }
    }

    function _stakeOf(address holder) private view returns (uint256) {
        return _handler.registry().stakeOf(_handler.vault().accountOf(holder));
    }
}
