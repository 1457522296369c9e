// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Codes
/// @notice Tells contracts from keys, for slots that only a contract may fill.
library Codes {
    /// @dev An account that delegates its code (EIP-7702) holds this prefix and an address; its key still signs.
    /// Nothing else can begin like this: code with a first byte of 0xef cannot be deployed (EIP-3541).
    bytes3 private constant DELEGATION = 0xef0100;

    /// @notice Whether `account` holds code of its own, and is no key's account with delegated code.
    function isContract(address account) internal view returns (bool) {
        bytes memory code = account.code;
        return code.length != 0 && bytes3(code) != DELEGATION;
    }
}
