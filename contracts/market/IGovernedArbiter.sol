// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IDisputeResolver} from "./IDisputeResolver.sol";

/// @title IGovernedArbiter
/// @notice Resolver whose rulings are given by arbiters that governance names. They re-execute the job off-chain and
/// rule by the digest. No ruling in time splits the pot (SPEC 6), so an idle arbiter holds up nothing.
interface IGovernedArbiter is IDisputeResolver {
    /// @notice An address may rule, or may no longer.
    event ArbiterChanged(address indexed arbiter, bool allowed);
    /// @notice Earned review fees, token wei, were paid out.
    event FeesWithdrawn(address indexed to, uint256 amount);

    /// @notice The caller is no arbiter.
    error ArbiterNotAllowed(address caller);
    /// @notice A zero address where an address is needed.
    error ArbiterZeroAddress();

    /// @notice Owner: lets an address rule, or no longer.
    function setArbiter(address arbiter, bool allowed) external;

    /// @notice Owner: withdraws all review fees that this contract earned in the vault.
    /// @param to receiver of the tokens
    /// @return amount token wei; reverts in the vault when there is nothing
    function withdrawFees(address to) external returns (uint256 amount);

    /// @notice Whether an address may rule.
    function isArbiter(address arbiter) external view returns (bool);

    /// @notice Vault account that earns the review fees.
    function account() external view returns (uint40);
}
