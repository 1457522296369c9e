// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title ICommonsTimelock
/// @notice What the timelock adds to OpenZeppelin's: a governor appointed once, bounds of the delay, and taking over
/// what is offered to it.
/// @dev The governor has to know the timelock at construction, so the timelock learns the governor later. Nobody is
/// ever its admin but itself: the appointer can do one thing once, and is nobody from then on (I46).
interface ICommonsTimelock {
    /// @notice The governor was appointed, and the appointer has no power left.
    event GovernorAppointed(address indexed governor);

    /// @notice Thrown when the appointer is the zero address.
    error TimelockInvalidAppointer(address appointer);

    /// @notice Thrown when anybody but the appointer appoints, which after the first time is everybody.
    error TimelockNotAppointer(address caller);

    /// @notice Thrown when the governor to appoint is no contract.
    error TimelockInvalidGovernor(address governor);

    /// @notice Thrown when the delay is outside its bounds, seconds.
    error TimelockDelayOutOfBounds(uint256 delay, uint256 low, uint256 high);

    /// @notice Appointer, once: the governor becomes the only proposer, canceller and executor; the appointer is
    /// forgotten.
    /// @dev Emits RoleGranted, GovernorAppointed. Reverts TimelockNotAppointer, TimelockInvalidGovernor.
    function appoint(address governor) external;

    /// @notice Anyone: takes over a contract whose owner offered it to the timelock (Ownable2Step), so that a
    /// deployment can hand over everything without a vote.
    /// @dev Calls `acceptOwnership` and nothing else. Reverts with the error of the contract.
    function takeOver(Ownable2Step owned) external;

    /// @notice Who may appoint the governor; zero for ever after.
    function appointer() external view returns (address);
}
