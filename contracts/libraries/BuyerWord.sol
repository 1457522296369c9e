// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What one buyer bought in a sale, in one storage word. Zero means nothing, or settled.
/// @dev Layout, from the low bits:
///   0..63    tokens, gwei units of tokens bought in all rounds
///   64..127  inRound, gwei units of tokens bought in the round of field `round`
///   128..223 paid, currency units paid in all rounds
///   224..231 round, round of the latest purchase
///   232..255 free
type BuyerWord is uint256;

using BuyerWordLib for BuyerWord global;

/// @title BuyerWordLib
/// @notice Getters and pure setters of BuyerWord.
library BuyerWordLib {
    uint256 private constant TOKENS_MASK = type(uint64).max;
    uint256 private constant IN_ROUND_MASK = type(uint64).max;
    uint256 private constant IN_ROUND_SHIFT = 64;
    uint256 private constant PAID_MASK = type(uint96).max;
    uint256 private constant PAID_SHIFT = 128;
    uint256 private constant ROUND_MASK = type(uint8).max;
    uint256 private constant ROUND_SHIFT = 224;

    /// @notice Gwei units of tokens bought in all rounds.
    function tokens(BuyerWord self) internal pure returns (uint64) {
        return uint64(BuyerWord.unwrap(self) & TOKENS_MASK);
    }

    /// @notice Gwei units of tokens bought in the round of field `round`.
    function inRound(BuyerWord self) internal pure returns (uint64) {
        return uint64((BuyerWord.unwrap(self) >> IN_ROUND_SHIFT) & IN_ROUND_MASK);
    }

    /// @notice Currency units paid in all rounds.
    function paid(BuyerWord self) internal pure returns (uint96) {
        return uint96((BuyerWord.unwrap(self) >> PAID_SHIFT) & PAID_MASK);
    }

    /// @notice Round of the latest purchase.
    function round(BuyerWord self) internal pure returns (uint8) {
        return uint8((BuyerWord.unwrap(self) >> ROUND_SHIFT) & ROUND_MASK);
    }

    /// @notice `self` with another tokens field.
    function withTokens(BuyerWord self, uint64 value) internal pure returns (BuyerWord) {
        return BuyerWord.wrap((BuyerWord.unwrap(self) & ~TOKENS_MASK) | uint256(value));
    }

    /// @notice `self` with another inRound field.
    function withInRound(BuyerWord self, uint64 value) internal pure returns (BuyerWord) {
        return
            BuyerWord.wrap(
                (BuyerWord.unwrap(self) & ~(IN_ROUND_MASK << IN_ROUND_SHIFT)) | (uint256(value) << IN_ROUND_SHIFT)
            );
    }

    /// @notice `self` with another paid field.
    function withPaid(BuyerWord self, uint96 value) internal pure returns (BuyerWord) {
        return BuyerWord.wrap((BuyerWord.unwrap(self) & ~(PAID_MASK << PAID_SHIFT)) | (uint256(value) << PAID_SHIFT));
    }

    /// @notice `self` with another round field.
    function withRound(BuyerWord self, uint8 value) internal pure returns (BuyerWord) {
        return
            BuyerWord.wrap((BuyerWord.unwrap(self) & ~(ROUND_MASK << ROUND_SHIFT)) | (uint256(value) << ROUND_SHIFT));
    }

    /// @notice `self` in a round, which is the latest one or a later one: the count of a new round starts at zero.
    function entered(BuyerWord self, uint8 number) internal pure returns (BuyerWord) {
        if (round(self) == number) return self;
        uint256 word = BuyerWord.unwrap(self) & ~((IN_ROUND_MASK << IN_ROUND_SHIFT) | (ROUND_MASK << ROUND_SHIFT));
        return BuyerWord.wrap(word | (uint256(number) << ROUND_SHIFT));
    }

    /// @notice `self` after a purchase in the round that it is in. Bounds: the sums fit their fields.
    function bought(BuyerWord self, uint256 units, uint256 cost) internal pure returns (BuyerWord) {
        unchecked {
            return BuyerWord.wrap(BuyerWord.unwrap(self) + units + (units << IN_ROUND_SHIFT) + (cost << PAID_SHIFT));
        }
    }
}
