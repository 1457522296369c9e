// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title AlwaysOwned
/// @notice Two-step ownership that cannot be given up, so that no contract is left without an admin path (I46).
/// @dev The owner is an explicit constructor argument: under a CREATE2 factory msg.sender would be the factory.
abstract contract AlwaysOwned is Ownable2Step {
    /// @notice Thrown by renounceOwnership.
    error OwnershipRequired();

    /// @notice Sets the first owner.
    /// @param initialOwner owner from the first block on, not zero
    constructor(address initialOwner) Ownable(initialOwner) {}

    /// @notice Always reverts OwnershipRequired.
    function renounceOwnership() public view override onlyOwner {
        revert OwnershipRequired();
    }
}
