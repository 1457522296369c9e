// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {IGuardedPause} from "../libraries/IGuardedPause.sol";
import {ICommonsGuardian} from "./ICommonsGuardian.sol";

/// @title CommonsGuardian
/// @notice See ICommonsGuardian.
contract CommonsGuardian is ICommonsGuardian {
    /// @notice How long there is a guardian.
    uint256 public constant LIFE = 365 days;
    /// @notice Time from one pause to the next.
    uint256 public constant PAUSE_INTERVAL = 30 days;
    /// @notice Longest pause.
    uint256 public constant MAX_PAUSE = 7 days;

    /// @inheritdoc ICommonsGuardian
    address public immutable timelock;
    /// @inheritdoc ICommonsGuardian
    uint256 public immutable expiresAt;

    /// @inheritdoc ICommonsGuardian
    address public holder;
    /// @inheritdoc ICommonsGuardian
    uint40 public pausedAt;

    /// @notice The year begins with the deployment.
    /// @param timelock_ who replaces the holder, not zero
    /// @param initialHolder who acts first, not zero
    constructor(address timelock_, address initialHolder) {
        if (timelock_ == address(0) || initialHolder == address(0)) revert GuardianZeroAddress();
        timelock = timelock_;
        expiresAt = block.timestamp + LIFE;
        holder = initialHolder;
        emit HolderReplaced(address(0), initialHolder);
    }

    /// @inheritdoc ICommonsGuardian
    function cancel(
        IGovernor governor,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas,
        bytes32 descriptionHash
    ) external {
        _requireHolder();
        if (_onlyReplaces(targets)) revert GuardianOwnReplacement();
        governor.cancel(targets, values, calldatas, descriptionHash);
    }

    /// @inheritdoc ICommonsGuardian
    function pause(IGuardedPause[] calldata targets, uint256 duration) external {
        _requireHolder();
        uint256 next = pausedAt == 0 ? 0 : pausedAt + PAUSE_INTERVAL;
        if (block.timestamp < next) revert GuardianTooSoon(next);
        if (duration == 0 || duration > MAX_PAUSE) revert GuardianOutOfBounds(duration, 1, MAX_PAUSE);

        pausedAt = uint40(block.timestamp);
        uint256 until = block.timestamp + duration;
        emit NewWorkPaused(targets, until);
        for (uint256 i = 0; i < targets.length; ++i) targets[i].pauseUntil(until);
    }

    /// @inheritdoc ICommonsGuardian
    function replaceHolder(address newHolder) external {
        if (msg.sender != timelock) revert GuardianNotTimelock(msg.sender);
        emit HolderReplaced(holder, newHolder);
        holder = newHolder;
    }

    function _requireHolder() private view {
        if (msg.sender != holder) revert GuardianNotHolder(msg.sender);
        if (block.timestamp >= expiresAt) revert GuardianExpired(expiresAt);
    }

    /// @dev The timelock can do nothing here but replace the holder. No action is no replacement, and no proposal.
    function _onlyReplaces(address[] calldata targets) private view returns (bool) {
        for (uint256 i = 0; i < targets.length; ++i) {
            if (targets[i] != address(this)) return false;
        }
        return targets.length != 0;
    }
}
