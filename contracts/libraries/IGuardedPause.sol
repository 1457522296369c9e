// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IGuardedPause
/// @notice What a contract that takes on new work offers to the guardian: a stop of new work that ends by itself.
/// @dev The stop never touches work that is there: deliveries, settlements, refunds and withdrawals go on (SPEC 11).
interface IGuardedPause {
    /// @notice Somebody else may stop new work for some days; the zero address is nobody.
    event GuardianChanged(address indexed guardian);

    /// @notice The guardian stopped new work; it goes on at `until`, seconds.
    event PausedUntil(uint256 until);

    /// @notice Thrown when anybody but the guardian asks for a stop that ends by itself.
    error PauseNotGuardian(address caller);

    /// @notice Thrown when the stop would last too long.
    error PauseTooLong(uint256 until, uint256 latest);

    /// @notice Owner: who may stop new work for at most `MAX_GUARDED_PAUSE`; the zero address is nobody.
    /// @dev Meant for CommonsGuardian, which keeps count of the stops. Emits GuardianChanged.
    function setGuardian(address newGuardian) external;

    /// @notice Guardian: stops new work until a time; whole minutes, rounded down.
    /// @dev Never shortens a stop that is there. The owner may end it. Emits PausedUntil. Reverts PauseNotGuardian,
    /// PauseTooLong.
    function pauseUntil(uint256 until) external;

    /// @notice Who may stop new work for some days.
    function guardian() external view returns (address);

    /// @notice When new work goes on, seconds; in the past when it is not stopped, type(uint256).max without an end.
    function pausedUntil() external view returns (uint256);
}
