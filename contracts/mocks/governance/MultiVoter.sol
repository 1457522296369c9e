// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// @title MultiVoter
/// @notice Test double: votes on several proposals in one transaction.
contract MultiVoter {
    function delegate(IVotes token) external {
        token.delegate(address(this));
    }

    function vote(IGovernor governor, uint256[] calldata proposalIds) external {
        for (uint256 i = 0; i < proposalIds.length; ++i) governor.castVote(proposalIds[i], 1);
    }
}
