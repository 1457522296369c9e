// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IDelegable} from "../../token/IDelegable.sol";

/// @title GrantVotesMock
/// @notice Test double: a vault of grants whose tokens vote for their beneficiaries until they are released.
contract GrantVotesMock is IDelegable, Votes {
    IERC20 public immutable token;
    address public immutable delegationDesk;
    mapping(address beneficiary => uint256) public heldFor;

    constructor(IERC20 token_, address desk) EIP712("Grants", "1") {
        token = token_;
        delegationDesk = desk;
    }

    /// @notice Takes the caller's tokens for somebody.
    function grant(address beneficiary, uint256 amount) external {
        token.transferFrom(msg.sender, address(this), amount);
        heldFor[beneficiary] += amount;
        _transferVotingUnits(address(0), beneficiary, amount);
    }

    /// @notice Pays out part of a grant.
    function release(address beneficiary, uint256 amount) external {
        heldFor[beneficiary] -= amount;
        _transferVotingUnits(beneficiary, address(0), amount);
        token.transfer(beneficiary, amount);
    }

    /// @inheritdoc IDelegable
    function delegateFor(address account, address delegatee) external {
        if (msg.sender != delegationDesk) revert DelegableOnlyDesk(msg.sender);
        _delegate(account, delegatee);
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function _getVotingUnits(address account) internal view override returns (uint256) {
        return heldFor[account];
    }
}
