// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

import {IDelegable} from "../token/IDelegable.sol";
import {ICompositeVotes} from "./ICompositeVotes.sol";

/// @title CompositeVotes
/// @notice See ICompositeVotes.
contract CompositeVotes is ICompositeVotes {
    bytes32 private constant SECONDS = keccak256("mode=timestamp");

    /// @inheritdoc ICompositeVotes
    IERC5805 public immutable token;
    /// @inheritdoc ICompositeVotes
    IERC5805 public immutable stake;
    /// @inheritdoc ICompositeVotes
    IERC5805 public immutable grants;
    /// @inheritdoc ICompositeVotes
    address public immutable delegationDesk;

    /// @notice Fixes the sources, three different ones that count in seconds and follow the same desk.
    /// @param token_ votes token
    /// @param stake_ StakeVotes
    /// @param grants_ VestingVault
    constructor(IERC5805 token_, IERC5805 stake_, IERC5805 grants_) {
        if (stake_ == token_ || grants_ == token_) revert CompositeVotesSameSource(address(token_));
        if (grants_ == stake_) revert CompositeVotesSameSource(address(stake_));
        token = token_;
        stake = stake_;
        grants = grants_;
        delegationDesk = IDelegable(address(token_)).delegationDesk();
        _checkSource(token_);
        _checkSource(stake_);
        _checkSource(grants_);
    }

    /// @notice Votes of an account now: sum over the sources.
    function getVotes(address account) external view returns (uint256) {
        return token.getVotes(account) + stake.getVotes(account) + grants.getVotes(account);
    }

    /// @notice Votes of an account at a past second: sum over the sources.
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256) {
        (uint256 ofWallet, uint256 ofStake, uint256 ofGrants) = pastVotesBySource(account, timepoint);
        return ofWallet + ofStake + ofGrants;
    }

    /// @notice Supply of the token at a past second: staked and granted tokens are in it already.
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256) {
        return token.getPastTotalSupply(timepoint);
    }

    /// @notice Whom an account chose for the tokens in its wallet. Stake and grants keep choices of their own:
    /// `delegatesBySource`.
    function delegates(address account) external view returns (address) {
        return token.delegates(account);
    }

    /// @notice Always reverts CompositeVotesUseDesk.
    function delegate(address) external view {
        revert CompositeVotesUseDesk(delegationDesk);
    }

    /// @notice Always reverts CompositeVotesUseDesk.
    function delegateBySig(address, uint256, uint256, uint8, bytes32, bytes32) external view {
        revert CompositeVotesUseDesk(delegationDesk);
    }

    /// @inheritdoc ICompositeVotes
    function delegatesBySource(
        address account
    ) external view returns (address ofWallet, address ofStake, address ofGrants) {
        return (token.delegates(account), stake.delegates(account), grants.delegates(account));
    }

    /// @notice Current time of the votes' clock, seconds (ERC-6372).
    function clock() external view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice Machine-readable description of the clock (ERC-6372).
    // solhint-disable-next-line func-name-mixedcase, use-natspec
    function CLOCK_MODE() external pure returns (string memory) {
        return "mode=timestamp";
    }

    /// @inheritdoc ICompositeVotes
    function pastVotesBySource(
        address account,
        uint256 timepoint
    ) public view returns (uint256 ofWallet, uint256 ofStake, uint256 ofGrants) {
        ofWallet = token.getPastVotes(account, timepoint);
        ofStake = stake.getPastVotes(account, timepoint);
        ofGrants = grants.getPastVotes(account, timepoint);
    }

    function _checkSource(IERC5805 source) private view {
        bool inSeconds = keccak256(bytes(source.CLOCK_MODE())) == SECONDS && source.clock() == block.timestamp;
        if (!inSeconds) revert CompositeVotesWrongClock(address(source));
        address desk = IDelegable(address(source)).delegationDesk();
        if (desk != delegationDesk) revert CompositeVotesWrongDesk(address(source), desk);
    }
}
