// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

import {IDelegable} from "./IDelegable.sol";

/// @title VotesToken
/// @notice ERC-20 with permit (ERC-2612) and votes (ERC-5805) on a timestamp clock, 18 decimals. The genesis supply is
/// minted once, at construction.
/// @dev The clock is in seconds because block numbers mean different times on every chain (ERC-6372).
abstract contract VotesToken is IDelegable, ERC20, ERC20Permit, ERC20Votes {
    /// @inheritdoc IDelegable
    address public immutable delegationDesk;

    /// @notice Thrown when nothing would be minted at construction.
    error TokenZeroSupply();

    /// @notice Mints the genesis supply.
    /// @param name_ token name, also the EIP-712 domain name
    /// @param symbol_ token symbol
    /// @param supply genesis supply in token wei
    /// @param allocator receiver of the whole genesis supply
    /// @param delegationDesk_ the DelegationDesk, which sets delegates for those who ask it
    constructor(
        string memory name_,
        string memory symbol_,
        uint256 supply,
        address allocator,
        address delegationDesk_
    ) ERC20(name_, symbol_) ERC20Permit(name_) {
        if (supply == 0) revert TokenZeroSupply();
        delegationDesk = delegationDesk_;
        _mint(allocator, supply);
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

    // solhint-disable func-name-mixedcase
    /// @notice Machine-readable description of the clock (ERC-6372).
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }
    // solhint-enable func-name-mixedcase

    /// @notice Next nonce of `owner`, shared by permits and delegations by signature.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Moves votes with every transfer.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
