// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Terms of one round of a sale in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..79    price, currency units for a whole token (1e18 wei), not zero
///   80..111  start, time from which it sells, seconds
///   112..135 length, seconds that it sells for
///   136..179 cap, milli-tokens (1e15 wei) that it sells at most
///   180..223 perBuyer, milli-tokens that one buyer may buy in it
///   224..254 minimum, milli-tokens that a purchase takes at least
///   255      listed, whether only buyers on its allow list may buy
type SaleRoundWord is uint256;

using SaleRoundWordLib for SaleRoundWord global;

/// @title SaleRoundWordLib
/// @notice Getters and pure setters of SaleRoundWord.
library SaleRoundWordLib {
    using BitField for uint256;

    uint256 private constant PRICE_MASK = type(uint80).max;
    uint256 private constant START_MASK = type(uint32).max;
    uint256 private constant START_SHIFT = 80;
    uint256 private constant LENGTH_MASK = type(uint24).max;
    uint256 private constant LENGTH_SHIFT = 112;
    uint256 private constant CAP_MASK = (1 << 44) - 1;
    uint256 private constant CAP_SHIFT = 136;
    uint256 private constant PER_BUYER_MASK = (1 << 44) - 1;
    uint256 private constant PER_BUYER_SHIFT = 180;
    uint256 private constant MINIMUM_MASK = (1 << 31) - 1;
    uint256 private constant MINIMUM_SHIFT = 224;
    uint256 private constant LISTED_SHIFT = 255;

    uint256 private constant UNITS_PER_TOKEN = 1e9;
    uint256 private constant UNITS_PER_MILLI_TOKEN = 1e6;

    /// @notice Currency units for a whole token (1e18 wei), not zero.
    function price(SaleRoundWord self) internal pure returns (uint80) {
        return uint80(SaleRoundWord.unwrap(self) & PRICE_MASK);
    }

    /// @notice Time from which it sells, seconds.
    function start(SaleRoundWord self) internal pure returns (uint32) {
        return uint32((SaleRoundWord.unwrap(self) >> START_SHIFT) & START_MASK);
    }

    /// @notice Seconds that it sells for.
    function length(SaleRoundWord self) internal pure returns (uint24) {
        return uint24((SaleRoundWord.unwrap(self) >> LENGTH_SHIFT) & LENGTH_MASK);
    }

    /// @notice Milli-tokens (1e15 wei) that it sells at most.
    function cap(SaleRoundWord self) internal pure returns (uint48) {
        return uint48((SaleRoundWord.unwrap(self) >> CAP_SHIFT) & CAP_MASK);
    }

    /// @notice Milli-tokens that one buyer may buy in it.
    function perBuyer(SaleRoundWord self) internal pure returns (uint48) {
        return uint48((SaleRoundWord.unwrap(self) >> PER_BUYER_SHIFT) & PER_BUYER_MASK);
    }

    /// @notice Milli-tokens that a purchase takes at least.
    function minimum(SaleRoundWord self) internal pure returns (uint32) {
        return uint32((SaleRoundWord.unwrap(self) >> MINIMUM_SHIFT) & MINIMUM_MASK);
    }

    /// @notice Whether only buyers on its allow list may buy.
    function listed(SaleRoundWord self) internal pure returns (bool) {
        return (SaleRoundWord.unwrap(self) >> LISTED_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another price field.
    function withPrice(SaleRoundWord self, uint80 value) internal pure returns (SaleRoundWord) {
        return SaleRoundWord.wrap((SaleRoundWord.unwrap(self) & ~PRICE_MASK) | uint256(value));
    }

    /// @notice `self` with another start field.
    function withStart(SaleRoundWord self, uint32 value) internal pure returns (SaleRoundWord) {
        return
            SaleRoundWord.wrap(
                (SaleRoundWord.unwrap(self) & ~(START_MASK << START_SHIFT)) | (uint256(value) << START_SHIFT)
            );
    }

    /// @notice `self` with another length field.
    function withLength(SaleRoundWord self, uint24 value) internal pure returns (SaleRoundWord) {
        return
            SaleRoundWord.wrap(
                (SaleRoundWord.unwrap(self) & ~(LENGTH_MASK << LENGTH_SHIFT)) | (uint256(value) << LENGTH_SHIFT)
            );
    }

    /// @notice `self` with another cap field. Reverts BitFieldOverflow above 44 bits.
    function withCap(SaleRoundWord self, uint48 value) internal pure returns (SaleRoundWord) {
        return SaleRoundWord.wrap(SaleRoundWord.unwrap(self).put(CAP_SHIFT, 44, value));
    }

    /// @notice `self` with another perBuyer field. Reverts BitFieldOverflow above 44 bits.
    function withPerBuyer(SaleRoundWord self, uint48 value) internal pure returns (SaleRoundWord) {
        return SaleRoundWord.wrap(SaleRoundWord.unwrap(self).put(PER_BUYER_SHIFT, 44, value));
    }

    /// @notice `self` with another minimum field. Reverts BitFieldOverflow above 31 bits.
    function withMinimum(SaleRoundWord self, uint32 value) internal pure returns (SaleRoundWord) {
        return SaleRoundWord.wrap(SaleRoundWord.unwrap(self).put(MINIMUM_SHIFT, 31, value));
    }

    /// @notice `self` with another listed field.
    function withListed(SaleRoundWord self, bool value) internal pure returns (SaleRoundWord) {
        uint256 bit = value ? 1 : 0;
        return SaleRoundWord.wrap((SaleRoundWord.unwrap(self) & ~(uint256(1) << LISTED_SHIFT)) | (bit << LISTED_SHIFT));
    }

    /// @notice Whether the round is planned.
    function exists(SaleRoundWord self) internal pure returns (bool) {
        return price(self) != 0;
    }

    /// @notice Whether it sells at a time, seconds.
    function isOpenAt(SaleRoundWord self, uint256 time) internal pure returns (bool) {
        unchecked {
            // Before the start the difference wraps around to more than any length.
            return time - start(self) < length(self);
        }
    }

    /// @notice Time from which it sells no more, seconds.
    function end(SaleRoundWord self) internal pure returns (uint256) {
        return uint256(start(self)) + length(self);
    }

    /// @notice Cap in gwei units.
    function capUnits(SaleRoundWord self) internal pure returns (uint256) {
        return _units(cap(self));
    }

    /// @notice Limit of a buyer in gwei units.
    function perBuyerUnits(SaleRoundWord self) internal pure returns (uint256) {
        return _units(perBuyer(self));
    }

    /// @notice Minimum in gwei units.
    function minimumUnits(SaleRoundWord self) internal pure returns (uint256) {
        return _units(minimum(self));
    }

    /// @notice Cost of gwei units of tokens, rounded up: never in the buyer's favour. Bound: `units` has 64 bits.
    function costOf(SaleRoundWord self, uint256 units) internal pure returns (uint256) {
        unchecked {
            return (units * price(self) + UNITS_PER_TOKEN - 1) / UNITS_PER_TOKEN;
        }
    }

    function _units(uint256 milliTokens) private pure returns (uint256) {
        unchecked {
            return milliTokens * UNITS_PER_MILLI_TOKEN;
        }
    }
}
