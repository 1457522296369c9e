// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title CurrencyStub
/// @notice Stands for USDC or LINK on a rehearsal's chain, and for USDC on a local one, where anybody may mint it. Its
/// code is placed at the token's address, so name and decimals are in the code.
contract CurrencyStub is ERC20 {
    bytes32 private immutable _text;
    uint8 private immutable _places;

    constructor(bytes32 symbol_, uint8 decimals_) ERC20("", "") {
        _text = symbol_;
        _places = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function symbol() public view override returns (string memory) {
        return name();
    }

    function decimals() public view override returns (uint8) {
        return _places;
    }

    function name() public view override returns (string memory) {
        uint256 length;
        while (length < 32 && _text[length] != 0) ++length;
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; ++i) text[i] = _text[i];
        return string(text);
    }
}
