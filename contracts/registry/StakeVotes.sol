// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IDelegable} from "../token/IDelegable.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {IStakeVotes} from "./IStakeVotes.sol";

/// @title StakeVotes
/// @notice Votes of stake in force (ERC-5805 on a timestamp clock, SPEC 3). Unbonding stake does not vote.
/// @dev Counts only owners who chose a delegate: the registry is told to follow an owner with the first choice and to
/// stop with the choice of nobody, so that no checkpoint is written for anybody else. The total is the sum of what
/// delegates hold (I40), not of all stake.
contract StakeVotes is IStakeVotes, IDelegable, Votes {
    /// @notice Thrown when anybody but the registry reports a change.
    error StakeVotesOnlyRegistry(address caller);

    /// @notice Thrown when an address without an account of the vault chooses a delegate: it can own no GPU yet.
    error StakeVotesNoAccount(address holder);

    /// @notice Registry whose stake votes.
    IGpuRegistry public immutable registry;

    /// @notice Vault that names the holders of accounts.
    IPaymentVault public immutable vault;

    /// @inheritdoc IDelegable
    address public immutable delegationDesk;

    /// @notice Fixes whose stake votes.
    /// @param registry_ registry, which must be given this contract by `setVotes`
    /// @param delegationDesk_ the DelegationDesk, which sets delegates for those who ask it
    constructor(IGpuRegistry registry_, address delegationDesk_) EIP712("GPU Commons StakeVotes", "1") {
        registry = registry_;
        vault = registry_.vault();
        delegationDesk = delegationDesk_;
    }

    /// @inheritdoc IStakeVotes
    function stakeChanged(uint40 owner, uint256 oldStake, uint256 newStake) external {
        if (msg.sender != address(registry)) revert StakeVotesOnlyRegistry(msg.sender);
        address holder = vault.holderOf(owner);
        if (newStake > oldStake) _transferVotingUnits(address(0), holder, newStake - oldStake);
        else _transferVotingUnits(holder, address(0), oldStake - newStake);
    }

    /// @inheritdoc IDelegable
    function delegateFor(address account, address delegatee) external {
        if (msg.sender != delegationDesk) revert DelegableOnlyDesk(msg.sender);
        _delegate(account, delegatee);
    }

    /// @notice Current time of the votes' clock, seconds (ERC-6372).
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice Machine-readable description of the clock (ERC-6372).
    // solhint-disable-next-line func-name-mixedcase, use-natspec
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @dev The first choice brings the stake into the total, the choice of nobody takes it out.
    function _delegate(address account, address delegatee) internal override {
        uint40 owner = vault.accountOf(account);
        if (owner == 0) revert StakeVotesNoAccount(account);
        bool counted = delegates(account) != address(0);
        bool counts = delegatee != address(0);
        if (counts && !counted) _transferVotingUnits(address(0), account, registry.setVoting(owner, true));
        super._delegate(account, delegatee);
        if (counted && !counts) _transferVotingUnits(account, address(0), registry.setVoting(owner, false));
    }

    /// @dev Asked for while a delegate changes; the flag is set already where it is to be set.
    function _getVotingUnits(address account) internal view override returns (uint256) {
        return registry.stakeOf(vault.accountOf(account));
    }
}
