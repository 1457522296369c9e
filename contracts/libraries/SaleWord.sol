// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice What every purchase changes of a sale, in one storage word.
/// @dev Layout, from the low bits:
///   0..63    sold, gwei units of tokens sold in all rounds
///   64..127  soldInRound, gwei units of tokens sold in the round of field `round`
///   128..217 held, currency units that the sale holds for its buyers, or after a success for the splitter
///   218..221 round, round of the latest purchase
///   222..223 status, ITokenSale.SaleStatus
///   224..255 pausedUntil, time until which nothing can be bought, seconds
type SaleWord is uint256;

using SaleWordLib for SaleWord global;

/// @title SaleWordLib
/// @notice Getters and pure setters of SaleWord.
library SaleWordLib {
    using BitField for uint256;

    uint256 private constant SOLD_MASK = type(uint64).max;
    uint256 private constant SOLD_IN_ROUND_MASK = type(uint64).max;
    uint256 private constant SOLD_IN_ROUND_SHIFT = 64;
    uint256 private constant HELD_MASK = (1 << 90) - 1;
    uint256 private constant HELD_SHIFT = 128;
    uint256 private constant ROUND_MASK = (1 << 4) - 1;
    uint256 private constant ROUND_SHIFT = 218;
    uint256 private constant STATUS_MASK = (1 << 2) - 1;
    uint256 private constant STATUS_SHIFT = 222;
    uint256 private constant PAUSED_UNTIL_MASK = type(uint32).max;
    uint256 private constant PAUSED_UNTIL_SHIFT = 224;

    /// @notice Gwei units of tokens sold in all rounds.
    function sold(SaleWord self) internal pure returns (uint64) {
        return uint64(SaleWord.unwrap(self) & SOLD_MASK);
    }

    /// @notice Gwei units of tokens sold in the round of field `round`.
    function soldInRound(SaleWord self) internal pure returns (uint64) {
        return uint64((SaleWord.unwrap(self) >> SOLD_IN_ROUND_SHIFT) & SOLD_IN_ROUND_MASK);
    }

    /// @notice Currency units that the sale holds for its buyers, or after a success for the splitter.
    function held(SaleWord self) internal pure returns (uint96) {
        return uint96((SaleWord.unwrap(self) >> HELD_SHIFT) & HELD_MASK);
    }

    /// @notice Round of the latest purchase.
    function round(SaleWord self) internal pure returns (uint8) {
        return uint8((SaleWord.unwrap(self) >> ROUND_SHIFT) & ROUND_MASK);
    }

    /// @notice ITokenSale.SaleStatus.
    function status(SaleWord self) internal pure returns (uint8) {
        return uint8((SaleWord.unwrap(self) >> STATUS_SHIFT) & STATUS_MASK);
    }

    /// @notice Time until which nothing can be bought, seconds.
    function pausedUntil(SaleWord self) internal pure returns (uint32) {
        return uint32(SaleWord.unwrap(self) >> PAUSED_UNTIL_SHIFT);
    }

    /// @notice `self` with another sold field.
    function withSold(SaleWord self, uint64 value) internal pure returns (SaleWord) {
        return SaleWord.wrap((SaleWord.unwrap(self) & ~SOLD_MASK) | uint256(value));
    }

    /// @notice `self` with another soldInRound field.
    function withSoldInRound(SaleWord self, uint64 value) internal pure returns (SaleWord) {
        return
            SaleWord.wrap(
                (SaleWord.unwrap(self) & ~(SOLD_IN_ROUND_MASK << SOLD_IN_ROUND_SHIFT)) |
                    (uint256(value) << SOLD_IN_ROUND_SHIFT)
            );
    }

    /// @notice `self` with another held field. Reverts BitFieldOverflow above 90 bits.
    function withHeld(SaleWord self, uint96 value) internal pure returns (SaleWord) {
        return SaleWord.wrap(SaleWord.unwrap(self).put(HELD_SHIFT, 90, value));
    }

    /// @notice `self` with another round field. Reverts BitFieldOverflow above 4 bits.
    function withRound(SaleWord self, uint8 value) internal pure returns (SaleWord) {
        return SaleWord.wrap(SaleWord.unwrap(self).put(ROUND_SHIFT, 4, value));
    }

    /// @notice `self` with another status field. Reverts BitFieldOverflow above 2 bits.
    function withStatus(SaleWord self, uint8 value) internal pure returns (SaleWord) {
        return SaleWord.wrap(SaleWord.unwrap(self).put(STATUS_SHIFT, 2, value));
    }

    /// @notice `self` with another pausedUntil field.
    function withPausedUntil(SaleWord self, uint32 value) internal pure returns (SaleWord) {
        return
            SaleWord.wrap(
                (SaleWord.unwrap(self) & ~(PAUSED_UNTIL_MASK << PAUSED_UNTIL_SHIFT)) |
                    (uint256(value) << PAUSED_UNTIL_SHIFT)
            );
    }

    /// @notice `self` in a round, which is the latest one or a later one: the count of a new round starts at zero.
    /// Bound: `number` has 4 bits.
    function entered(SaleWord self, uint8 number) internal pure returns (SaleWord) {
        if (round(self) == number) return self;
        uint256 word =
            SaleWord.unwrap(self) & ~((SOLD_IN_ROUND_MASK << SOLD_IN_ROUND_SHIFT) | (ROUND_MASK << ROUND_SHIFT));
        return SaleWord.wrap(word | (uint256(number) << ROUND_SHIFT));
    }

    /// @notice `self` after a purchase in the round that it is in. Bounds: the sums fit their fields.
    function bought(SaleWord self, uint256 units, uint256 cost) internal pure returns (SaleWord) {
        unchecked {
            return SaleWord.wrap(SaleWord.unwrap(self) + units + (units << SOLD_IN_ROUND_SHIFT) + (cost << HELD_SHIFT));
        }
    }
}
