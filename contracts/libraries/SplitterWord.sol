// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What every split needs to know of a splitter, in one storage word.
/// @dev Layout, from the low bits:
///   0..159   list, CodeStore of the payees, a PayeeWord each
///   160..167 payees, number of payees
///   168..207 lockedUntil, time until which they cannot change, seconds
///   208..255 credited, number of tokens with credits
type SplitterWord is uint256;

using SplitterWordLib for SplitterWord global;

/// @title SplitterWordLib
/// @notice Getters and pure setters of SplitterWord.
library SplitterWordLib {
    uint256 private constant LIST_MASK = type(uint160).max;
    uint256 private constant PAYEES_MASK = type(uint8).max;
    uint256 private constant PAYEES_SHIFT = 160;
    uint256 private constant LOCKED_UNTIL_MASK = type(uint40).max;
    uint256 private constant LOCKED_UNTIL_SHIFT = 168;
    uint256 private constant CREDITED_MASK = type(uint48).max;
    uint256 private constant CREDITED_SHIFT = 208;

    /// @notice CodeStore of the payees, a PayeeWord each.
    function list(SplitterWord self) internal pure returns (address) {
        return address(uint160(SplitterWord.unwrap(self) & LIST_MASK));
    }

    /// @notice Number of payees.
    function payees(SplitterWord self) internal pure returns (uint8) {
        return uint8((SplitterWord.unwrap(self) >> PAYEES_SHIFT) & PAYEES_MASK);
    }

    /// @notice Time until which they cannot change, seconds.
    function lockedUntil(SplitterWord self) internal pure returns (uint40) {
        return uint40((SplitterWord.unwrap(self) >> LOCKED_UNTIL_SHIFT) & LOCKED_UNTIL_MASK);
    }

    /// @notice Number of tokens with credits.
    function credited(SplitterWord self) internal pure returns (uint48) {
        return uint48((SplitterWord.unwrap(self) >> CREDITED_SHIFT) & CREDITED_MASK);
    }

    /// @notice `self` with another list field.
    function withList(SplitterWord self, address value) internal pure returns (SplitterWord) {
        return SplitterWord.wrap((SplitterWord.unwrap(self) & ~LIST_MASK) | uint256(uint160(value)));
    }

    /// @notice `self` with another payees field.
    function withPayees(SplitterWord self, uint8 value) internal pure returns (SplitterWord) {
        return
            SplitterWord.wrap(
                (SplitterWord.unwrap(self) & ~(PAYEES_MASK << PAYEES_SHIFT)) | (uint256(value) << PAYEES_SHIFT)
            );
    }

    /// @notice `self` with another lockedUntil field.
    function withLockedUntil(SplitterWord self, uint40 value) internal pure returns (SplitterWord) {
        return
            SplitterWord.wrap(
                (SplitterWord.unwrap(self) & ~(LOCKED_UNTIL_MASK << LOCKED_UNTIL_SHIFT)) |
                    (uint256(value) << LOCKED_UNTIL_SHIFT)
            );
    }

    /// @notice `self` with another credited field.
    function withCredited(SplitterWord self, uint48 value) internal pure returns (SplitterWord) {
        return
            SplitterWord.wrap(
                (SplitterWord.unwrap(self) & ~(CREDITED_MASK << CREDITED_SHIFT)) | (uint256(value) << CREDITED_SHIFT)
            );
    }
}
