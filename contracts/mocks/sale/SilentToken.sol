// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title SilentToken
/// @notice Test double: a token whose transfer returns nothing, as some old tokens' do.
contract SilentToken {
    error Short(uint256 balance, uint256 amount);

    mapping(address account => uint256 amount) public balanceOf;

    constructor(address holder, uint256 supply) {
        balanceOf[holder] = supply;
    }

    /// @notice Moves `amount` to `to`, or reverts.
    function transfer(address to, uint256 amount) external {
        if (balanceOf[msg.sender] < amount) revert Short(balanceOf[msg.sender], amount);
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }
}
