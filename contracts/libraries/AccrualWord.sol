// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Everything that a use of an asset reads or writes, in one word. Zero means: no such asset.
/// @dev Layout, from the lowest bit:
///   accrued     64  royalties not yet claimed, units of 1e9 wei
///   uses        32  paid uses, saturating
///   termsEpoch  16  changes of price, metadata or owner, modulo 65,536
///   payee       40  vault account of the owner, never 0
///   price       64  per use, units of 1e9 wei
///   kind         4  AssetKind, never 0
///   flags        8  bit 0: encrypted
///   format      16  id of the input/output format
///   sizeBits     8  bit length of the size in bytes, 0..64
///   (4 bits unused)
type AccrualWord is uint256;

using AccrualWordLib for AccrualWord global;

/// @title AccrualWordLib
/// @notice Constructor and getters of an AccrualWord, and pure setters of the fields that change after the mint.
library AccrualWordLib {
    using BitField for uint256;

    uint256 private constant MASK_4 = 0xf;
    uint256 private constant MASK_8 = 0xff;
    uint256 private constant MASK_16 = 0xffff;
    uint256 private constant MASK_32 = 0xffffffff;
    uint256 private constant MASK_40 = 0xffffffffff;
    uint256 private constant MASK_64 = 0xffffffffffffffff;

    uint256 private constant ACCRUED = 0;
    uint256 private constant USES = 64;
    uint256 private constant TERMS_EPOCH = 96;
    uint256 private constant PAYEE = 112;
    uint256 private constant PRICE = 152;
    uint256 private constant KIND = 216;
    uint256 private constant FLAGS = 220;
    uint256 private constant FORMAT = 228;
    uint256 private constant SIZE_BITS = 244;

    /// @notice Whether the asset exists.
    function exists(AccrualWord word) internal pure returns (bool) {
        return AccrualWord.unwrap(word) != 0;
    }

    function accruedGwei(AccrualWord word) internal pure returns (uint64) {
        return uint64(AccrualWord.unwrap(word).read(ACCRUED, MASK_64));
    }

    function uses(AccrualWord word) internal pure returns (uint32) {
        return uint32(AccrualWord.unwrap(word).read(USES, MASK_32));
    }

    function termsEpoch(AccrualWord word) internal pure returns (uint16) {
        return uint16(AccrualWord.unwrap(word).read(TERMS_EPOCH, MASK_16));
    }

    function payee(AccrualWord word) internal pure returns (uint40) {
        return uint40(AccrualWord.unwrap(word).read(PAYEE, MASK_40));
    }

    function priceGwei(AccrualWord word) internal pure returns (uint64) {
        return uint64(AccrualWord.unwrap(word).read(PRICE, MASK_64));
    }

    function kind(AccrualWord word) internal pure returns (uint8) {
        return uint8(AccrualWord.unwrap(word).read(KIND, MASK_4));
    }

    function flags(AccrualWord word) internal pure returns (uint8) {
        return uint8(AccrualWord.unwrap(word).read(FLAGS, MASK_8));
    }

    function format(AccrualWord word) internal pure returns (uint16) {
        return uint16(AccrualWord.unwrap(word).read(FORMAT, MASK_16));
    }

    function sizeBits(AccrualWord word) internal pure returns (uint8) {
        return uint8(AccrualWord.unwrap(word).read(SIZE_BITS, MASK_8));
    }

    function withAccruedGwei(AccrualWord word, uint64 value) internal pure returns (AccrualWord) {
        return AccrualWord.wrap(AccrualWord.unwrap(word).write(ACCRUED, MASK_64, value));
    }

    function withUses(AccrualWord word, uint32 value) internal pure returns (AccrualWord) {
        return AccrualWord.wrap(AccrualWord.unwrap(word).write(USES, MASK_32, value));
    }

    function withTermsEpoch(AccrualWord word, uint16 value) internal pure returns (AccrualWord) {
        return AccrualWord.wrap(AccrualWord.unwrap(word).write(TERMS_EPOCH, MASK_16, value));
    }

    function withPayee(AccrualWord word, uint40 value) internal pure returns (AccrualWord) {
        return AccrualWord.wrap(AccrualWord.unwrap(word).write(PAYEE, MASK_40, value));
    }

    function withPriceGwei(AccrualWord word, uint64 value) internal pure returns (AccrualWord) {
        return AccrualWord.wrap(AccrualWord.unwrap(word).write(PRICE, MASK_64, value));
    }

    /// @notice The word of an asset that is minted now.
    /// @dev `kind_` must fit in four bits; kinds are 1..4.
    function pack(
        uint40 payee_,
        uint64 priceGwei_,
        uint8 kind_,
        uint8 flags_,
        uint16 format_,
        uint8 sizeBits_
    ) internal pure returns (AccrualWord) {
        return
            AccrualWord.wrap(
                (uint256(payee_) << PAYEE) |
                    (uint256(priceGwei_) << PRICE) |
                    (uint256(kind_) << KIND) |
                    (uint256(flags_) << FLAGS) |
                    (uint256(format_) << FORMAT) |
                    (uint256(sizeBits_) << SIZE_BITS)
            );
    }

    /// @notice The word with one more change of terms counted.
    function bumped(AccrualWord word) internal pure returns (AccrualWord) {
        unchecked {
            // Wraps by design: the epoch tells a change, and a counter must never stop a transfer.
            return word.withTermsEpoch(word.termsEpoch() + 1);
        }
    }

    /// @notice The word with `amountGwei` more accrued, and `more` paid uses, which stay at their maximum.
    function withAccrual(AccrualWord word, uint64 amountGwei, uint32 more) internal pure returns (AccrualWord) {
        uint256 count = uint256(word.uses()) + more;
        word = word.withAccruedGwei(word.accruedGwei() + amountGwei);
        // The cast is safe: the count is cut at its maximum.
        return word.withUses(count > type(uint32).max ? type(uint32).max : uint32(count));
    }
}
