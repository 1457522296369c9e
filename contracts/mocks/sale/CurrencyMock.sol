// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title CurrencyMock
/// @notice Test double: a currency with permit and any number of decimals.
contract CurrencyMock is ERC20, ERC20Permit {
    uint8 private immutable _decimals;

    constructor(uint8 decimals_) ERC20("Currency", "CUR") ERC20Permit("Currency") {
        _decimals = decimals_;
    }

    /// @notice Gives `to` new units.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice As ERC-20.
    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
