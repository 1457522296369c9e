// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IVestingVault} from "../../vesting/IVestingVault.sol";

/// @title SaleVestingMock
/// @notice Test double: what a sale needs of a vesting vault, in books of pools and grants; it can refuse all.
contract SaleVestingMock {
    using SafeERC20 for IERC20;

    error Refused();
    error NotGrantor(address caller);
    error PoolShort(uint256 pool, uint256 amount);

    /// @notice As IVestingVault.
    IERC20 public immutable token;

    bool public refusing;
    uint32 public schedules;
    mapping(uint32 schedule => IVestingVault.Terms terms) public termsOf;
    mapping(uint32 schedule => address grantor) public grantorOf;
    mapping(uint32 schedule => uint256 amount) public poolOf;
    mapping(uint32 schedule => mapping(address beneficiary => uint256 amount)) public grantOf;

    constructor(IERC20 token_) {
        token = token_;
    }

    /// @notice Makes every call revert, or no more.
    function setRefusing(bool newRefusing) external {
        refusing = newRefusing;
    }

    /// @notice As IVestingVault.
    function createSchedule(IVestingVault.Terms calldata terms, address grantor) external returns (uint32 schedule) {
        if (refusing) revert Refused();
        schedule = ++schedules;
        termsOf[schedule] = terms;
        grantorOf[schedule] = grantor;
    }

    /// @notice As IVestingVault.
    function fund(uint32 schedule, uint256 amount) external {
        poolOf[schedule] += amount;
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice As IVestingVault.
    function grant(uint32 schedule, address beneficiary, uint96 amount) external {
        if (refusing) revert Refused();
        if (grantorOf[schedule] != msg.sender) revert NotGrantor(msg.sender);
        if (poolOf[schedule] < amount) revert PoolShort(poolOf[schedule], amount);
        poolOf[schedule] -= amount;
        grantOf[schedule][beneficiary] += amount;
    }
}
