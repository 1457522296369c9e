// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title PauseTargetMock
/// @notice Test double: a contract that the guardian may stop, and that notes until when it was told to.
contract PauseTargetMock {
    uint256 public pausedUntil;
    bool public refuses;

    /// @notice What a refusing target reverts with.
    error TargetRefused();

    function setRefuses(bool value) external {
        refuses = value;
    }

    function pauseUntil(uint256 until) external {
        if (refuses) revert TargetRefused();
        pausedUntil = until;
    }
}
