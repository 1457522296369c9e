// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title CurrencyStub
/// @notice Stands for USDC or LINK on a rehearsal's chain. Its code is placed at the token's address, so name and
/// decimals are in the code.
contract CurrencyStub is ERC20 {
    bytes32 private immutable _symbol;
    uint8 private immutable _decimals;

    constructor(bytes32 symbol_, uint8 decimals_) ERC20("", "") {
        _symbol = symbol_;
        _decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function symbol() public view override returns (string memory) {
        return name();
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function name() public view override returns (string memory) {
        uint256 length;
        while (length < 32 && _symbol[length] != 0) ++length;
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) text[i] = _symbol[i];
        return string(text);
    }
}
