// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title BitField
/// @notice Reading and replacing one field of a packed 256-bit word.
/// @dev The typed words build on it, so that masks and shifts are written in one place only.
library BitField {
    error BitFieldOverflow(uint256 value, uint256 bits);

    /// @notice The field of `mask`'s width that starts at bit `offset`.
    function read(uint256 word, uint256 offset, uint256 mask) internal pure returns (uint256) {
        return (word >> offset) & mask;
    }

    /// @notice `word` with that field replaced. `value` must fit in `mask`; callers pass a value type of that width.
    function write(uint256 word, uint256 offset, uint256 mask, uint256 value) internal pure returns (uint256) {
        return (word & ~(mask << offset)) | (value << offset);
    }

    /// @notice As `write`, for a field narrower than its value type: refuses a value that does not fit in `bits`.
    function put(uint256 word, uint256 offset, uint256 bits, uint256 value) internal pure returns (uint256) {
        if (value >> bits != 0) revert BitFieldOverflow(value, bits);
        return write(word, offset, (1 << bits) - 1, value);
    }
}
