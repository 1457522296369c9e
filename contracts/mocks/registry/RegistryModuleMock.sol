// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title RegistryModuleMock
/// @notice Test double of a module: passes calls on to the registry, several in one transaction, as a settlement does.
contract RegistryModuleMock {
    using Address for address;

    address public immutable registry;

    constructor(address registry_) {
        registry = registry_;
    }

    /// @notice Makes the calls in order.
    function run(bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            registry.functionCall(calls[i]);
        }
    }
}
