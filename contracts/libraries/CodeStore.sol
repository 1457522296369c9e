// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title CodeStore
/// @notice Lists of words kept as the code of an account: dear to write, cheap to read as a whole.
/// @dev The code begins with STOP, so that nobody can call anything in it.
library CodeStore {
    /// @notice Thrown when the account could not be created.
    error CodeStoreFailed();

    /// @notice Stores words for ever. Bound: at most 700 words, which fit an account's code.
    function write(uint256[] memory words) internal returns (address store) {
        uint256 size = words.length * 32 + 1;
        // PUSH2 size DUP1 PUSH1 10 RETURNDATASIZE CODECOPY RETURNDATASIZE RETURN, then STOP and the words.
        bytes memory code = abi.encodePacked(hex"61", uint16(size), hex"80600a3d393df300", words);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            store := create(0, add(code, 0x20), mload(code))
        }
        if (store == address(0)) revert CodeStoreFailed();
    }

    /// @notice The first `count` words of a store; zeros behind its end.
    function read(address store, uint256 count) internal view returns (uint256[] memory words) {
        words = new uint256[](count);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            extcodecopy(store, add(words, 0x20), 1, mul(count, 0x20))
        }
    }
}
