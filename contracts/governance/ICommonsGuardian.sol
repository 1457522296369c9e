// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {IGuardedPause} from "../libraries/IGuardedPause.sol";

/// @title ICommonsGuardian
/// @notice The guardian of the first year: may cancel proposals and stop new work for some days, and nothing else
/// (SPEC 11).
/// @dev It owns nothing and holds no role of the timelock. A year after its deployment it can do nothing any more, and
/// nobody gains what it could. The governor and the contracts it may stop know this contract; who acts through it is
/// for governance to say.
interface ICommonsGuardian {
    /// @notice Somebody else acts as the guardian; the zero address is nobody.
    event HolderReplaced(address indexed oldHolder, address indexed newHolder);

    /// @notice New work of these contracts is stopped until `until`, seconds.
    event NewWorkPaused(IGuardedPause[] targets, uint256 until);

    /// @notice Thrown when an address must not be zero.
    error GuardianZeroAddress();

    /// @notice Thrown when anybody but the holder acts as the guardian.
    error GuardianNotHolder(address caller);

    /// @notice Thrown when anybody but the timelock replaces the holder.
    error GuardianNotTimelock(address caller);

    /// @notice Thrown after the end of the guardian's year.
    error GuardianExpired(uint256 expiredAt);

    /// @notice Thrown when the guardian would cancel its own replacement.
    error GuardianOwnReplacement();

    /// @notice Thrown when the guardian paused less than the interval ago; it may again at `next`, seconds.
    error GuardianTooSoon(uint256 next);

    /// @notice Thrown when a pause of that many seconds is none or too long.
    error GuardianOutOfBounds(uint256 duration, uint256 low, uint256 high);

    /// @notice Holder: cancels a proposal that is not executed yet, named as at `propose`.
    /// @dev Not a proposal that does nothing but replace the guardian: all its actions call this contract. One that
    /// does other things as well can be cancelled, so that nobody protects an attack by adding a replacement to it.
    /// The governor emits ProposalCanceled. Reverts GuardianNotHolder, GuardianExpired, GuardianOwnReplacement, or the
    /// governor's error.
    /// @param governor whom to ask; any other contract knows no guardian
    /// @param targets whom the proposal calls
    /// @param values native coin of each call, wei
    /// @param calldatas data of each call
    /// @param descriptionHash keccak256 of the description
    function cancel(
        IGovernor governor,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas,
        bytes32 descriptionHash
    ) external;

    /// @notice Holder: stops new work of the named contracts, once in 30 days and for at most 7.
    /// @dev Work that is there goes on: deliveries, settlements, refunds, withdrawals. Emits NewWorkPaused. Reverts
    /// GuardianNotHolder, GuardianExpired, GuardianTooSoon, GuardianOutOfBounds, or the contract's error.
    /// @param targets contracts whose guardian is this contract
    /// @param duration seconds
    function pause(IGuardedPause[] calldata targets, uint256 duration) external;

    /// @notice Timelock: somebody else acts as the guardian, until the same end; the zero address is nobody.
    /// @dev Emits HolderReplaced. Reverts GuardianNotTimelock.
    function replaceHolder(address newHolder) external;

    /// @notice Who acts as the guardian, zero for nobody.
    function holder() external view returns (address);

    /// @notice When the guardian paused last, seconds, zero for never.
    function pausedAt() external view returns (uint40);

    /// @notice Who replaces the holder.
    function timelock() external view returns (address);

    /// @notice From when on the guardian can do nothing, seconds.
    function expiresAt() external view returns (uint256);
}
