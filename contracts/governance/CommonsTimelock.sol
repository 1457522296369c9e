// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {Codes} from "../libraries/Codes.sol";
import {ICommonsTimelock} from "./ICommonsTimelock.sol";

/// @title CommonsTimelock
/// @notice Owner of everything: executes what the governor decided, after a delay. See ICommonsTimelock.
/// @dev Executor is the governor alone, whose `execute` is open to anyone; so nothing gets around its expiry (I42).
contract CommonsTimelock is ICommonsTimelock, TimelockController {
    /// @notice Shortest delay.
    uint256 public constant MIN_DELAY = 1 days;
    /// @notice Longest delay.
    uint256 public constant MAX_DELAY = 14 days;

    /// @inheritdoc ICommonsTimelock
    address public appointer;

    /// @notice A timelock without proposers, whose only admin is itself.
    /// @param delay seconds between queue and execution, within the bounds
    /// @param initialAppointer who appoints the governor
    constructor(
        uint256 delay,
        address initialAppointer
    ) TimelockController(delay, new address[](0), new address[](0), address(0)) {
        _requireDelay(delay);
        if (initialAppointer == address(0)) revert TimelockInvalidAppointer(initialAppointer);
        appointer = initialAppointer;
    }

    /// @inheritdoc ICommonsTimelock
    function appoint(address governor) external {
        if (msg.sender != appointer) revert TimelockNotAppointer(msg.sender);
        if (!Codes.isContract(governor)) revert TimelockInvalidGovernor(governor);
        appointer = address(0);
        _grantRole(PROPOSER_ROLE, governor);
        _grantRole(CANCELLER_ROLE, governor);
        _grantRole(EXECUTOR_ROLE, governor);
        emit GovernorAppointed(governor);
    }

    /// @inheritdoc ICommonsTimelock
    function takeOver(Ownable2Step owned) external {
        owned.acceptOwnership();
    }

    /// @notice The timelock itself, by a proposal: another delay, within the bounds.
    /// @dev Emits MinDelayChange. Reverts TimelockUnauthorizedCaller, TimelockDelayOutOfBounds.
    function updateDelay(uint256 newDelay) public override {
        super.updateDelay(newDelay);
        _requireDelay(newDelay);
    }

    function _requireDelay(uint256 delay) private pure {
        if (delay < MIN_DELAY || delay > MAX_DELAY) revert TimelockDelayOutOfBounds(delay, MIN_DELAY, MAX_DELAY);
    }
}
