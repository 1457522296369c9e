// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A payee of a splitter in one word.
/// @dev Layout, from the low bits:
///   0..159   payee, receiver
///   160..175 bps, share of what is split, 1/10,000
///   176..255 free
type PayeeWord is uint256;

using PayeeWordLib for PayeeWord global;

/// @title PayeeWordLib
/// @notice Getters and pure setters of PayeeWord.
library PayeeWordLib {
    uint256 private constant PAYEE_MASK = type(uint160).max;
    uint256 private constant BPS_MASK = type(uint16).max;
    uint256 private constant BPS_SHIFT = 160;

    /// @notice Receiver.
    function payee(PayeeWord self) internal pure returns (address) {
        return address(uint160(PayeeWord.unwrap(self) & PAYEE_MASK));
    }

    /// @notice Share of what is split, 1/10,000.
    function bps(PayeeWord self) internal pure returns (uint16) {
        return uint16((PayeeWord.unwrap(self) >> BPS_SHIFT) & BPS_MASK);
    }

    /// @notice `self` with another payee field.
    function withPayee(PayeeWord self, address value) internal pure returns (PayeeWord) {
        return PayeeWord.wrap((PayeeWord.unwrap(self) & ~PAYEE_MASK) | uint256(uint160(value)));
    }

    /// @notice `self` with another bps field.
    function withBps(PayeeWord self, uint16 value) internal pure returns (PayeeWord) {
        return PayeeWord.wrap((PayeeWord.unwrap(self) & ~(BPS_MASK << BPS_SHIFT)) | (uint256(value) << BPS_SHIFT));
    }
}
