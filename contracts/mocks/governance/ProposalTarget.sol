// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AlwaysOwned} from "../../libraries/AlwaysOwned.sol";

/// @title ProposalTarget
/// @notice Test double: an owned contract whose owner can set a number, or be refused.
contract ProposalTarget is AlwaysOwned {
    uint256 public number;

    /// @notice What the target refuses with.
    error TargetRefused(uint256 given);

    constructor(address initialOwner) AlwaysOwned(initialOwner) {}

    /// @notice Owner: sets the number; a thousand is refused.
    function setNumber(uint256 given) external payable onlyOwner {
        if (given == 1_000) revert TargetRefused(given);
        number = given;
    }
}
