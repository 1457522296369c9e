// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IDelegable} from "../token/IDelegable.sol";

/// @title VestingVotes
/// @notice Votes of tokens that are granted and not released (ERC-5805 on a timestamp clock). They have a delegation of
/// their own, nobody until chosen, and vote only where their schedule says so.
/// @dev No total is kept: it would cost a second checkpoint (27,000 gas) at every grant, release and revocation, and
/// these tokens are a part of the token's own supply, which is what quorums are counted from.
abstract contract VestingVotes is IDelegable, Votes {
    /// @inheritdoc IDelegable
    address public immutable delegationDesk;

    mapping(address account => uint256 units) private _units;

    /// @notice Thrown by getPastTotalSupply: a sum that would count tokens twice is worse than none.
    error VestingVotesNoTotal();

    /// @notice Fixes the delegation desk.
    /// @param delegationDesk_ the DelegationDesk, which sets delegates for those who ask it
    constructor(address delegationDesk_) EIP712("GPU Commons VestingVault", "1") {
        delegationDesk = delegationDesk_;
    }

    /// @inheritdoc IDelegable
    function delegateFor(address account, address delegatee) external {
        if (msg.sender != delegationDesk) revert DelegableOnlyDesk(msg.sender);
        _delegate(account, delegatee);
    }

    /// @notice Token wei that are granted to `account` on schedules that vote, and not released.
    function votingUnitsOf(address account) external view returns (uint256) {
        return _units[account];
    }

    /// @notice Current time of the votes' clock, seconds (ERC-6372).
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable func-name-mixedcase
    /// @notice Machine-readable description of the clock (ERC-6372).
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }
    // solhint-enable func-name-mixedcase

    /// @notice Always reverts VestingVotesNoTotal: unvested tokens are part of the token's getPastTotalSupply.
    function getPastTotalSupply(uint256) public pure override returns (uint256) {
        revert VestingVotesNoTotal();
    }

    /// @dev `account` was granted `amount` that votes.
    function _gainUnits(address account, uint256 amount) internal {
        _units[account] += amount;
        _moveDelegateVotes(address(0), delegates(account), amount);
    }

    /// @dev `amount` that voted for `account` was released, revoked or moved away.
    function _loseUnits(address account, uint256 amount) internal {
        _units[account] -= amount;
        _moveDelegateVotes(delegates(account), address(0), amount);
    }

    /// @dev Read when a delegate changes.
    function _getVotingUnits(address account) internal view override returns (uint256) {
        return _units[account];
    }
}
