// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title HostileToken
/// @notice Test double: a token that can take a fee on transfer, return false, or call anyone in the middle of a
/// transfer. It has no permit.
contract HostileToken is ERC20 {
    uint256 public feeBps;
    bool public lying;
    address public victim;
    bytes public attack;

    /// @notice Whether the call in the middle of the last transfer went through, and what it returned.
    bool public attackSucceeded;
    bytes public attackResult;

    constructor(address holder, uint256 supply) ERC20("Hostile", "HOST") {
        _mint(holder, supply);
    }

    /// @notice Takes this share of every transfer.
    function setFee(uint256 newFeeBps) external {
        feeBps = newFeeBps;
    }

    /// @notice Returns false, and moves nothing, instead of reverting.
    function setLying(bool newLying) external {
        lying = newLying;
    }

    /// @notice Calls `newVictim` with `newAttack` in the middle of the next transfer, once.
    function setAttack(address newVictim, bytes calldata newAttack) external {
        victim = newVictim;
        attack = newAttack;
    }

    /// @notice As ERC-20, with the misbehaviour that was set.
    function transfer(address to, uint256 value) public override returns (bool) {
        if (lying) return false;
        _misbehave();
        return super.transfer(to, value - _takeFee(msg.sender, value));
    }

    /// @notice As ERC-20, with the misbehaviour that was set.
    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        if (lying) return false;
        _misbehave();
        return super.transferFrom(from, to, value - _takeFee(from, value));
    }

    function _misbehave() private {
        if (victim == address(0)) return;
        address target = victim;
        victim = address(0);
        (attackSucceeded, attackResult) = target.call(attack);
    }

    function _takeFee(address from, uint256 value) private returns (uint256 fee) {
        fee = (value * feeBps) / 10_000;
        if (fee != 0) _burn(from, fee);
    }
}
