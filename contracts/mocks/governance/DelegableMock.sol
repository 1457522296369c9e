// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IDelegable} from "../../token/IDelegable.sol";

/// @title DelegableMock
/// @notice Test double: a source that notes what the desk tells it, refuses, wastes gas, or calls back.
contract DelegableMock is IDelegable {
    /// @notice What a refusing source reverts with.
    error SourceRefused(address account);

    address public immutable delegationDesk;
    mapping(address account => address) public delegateOf;
    bool public refuses;
    bytes public attack;
    bytes public attackResult;
    bool public attackWorked;

    constructor(address desk) {
        delegationDesk = desk;
    }

    /// @notice Makes the source refuse, or not.
    function setRefuses(bool value) external {
        refuses = value;
    }

    /// @notice What the source calls the desk with when it is called.
    function setAttack(bytes calldata data) external {
        attack = data;
    }

    /// @inheritdoc IDelegable
    function delegateFor(address account, address delegatee) external {
        if (msg.sender != delegationDesk) revert DelegableOnlyDesk(msg.sender);
        if (refuses) revert SourceRefused(account);
        delegateOf[account] = delegatee;
        if (attack.length == 0) return;
        bytes memory data = attack;
        delete attack;
        (attackWorked, attackResult) = delegationDesk.call(data);
    }
}
