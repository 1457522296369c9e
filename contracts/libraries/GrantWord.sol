// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What one beneficiary was granted on one schedule, in one storage word. Zero means nothing.
/// @dev Layout, from the low bits:
///   0..95    total, token wei granted; since a revocation, what had vested then
///   96..191  paid, token wei released
///   192..231 revokedAt, when it was revoked, seconds; 0 means that it was not
///   232      moved, whether somebody else is paid than the address in the key
///   233..255 claimed, bit field of the schedule's Merkle roots whose leaf was claimed; root 1 is the lowest bit
type GrantWord is uint256;

using GrantWordLib for GrantWord global;

/// @title GrantWordLib
/// @notice Getters and pure setters of GrantWord.
library GrantWordLib {
    uint256 private constant TOTAL_MASK = type(uint96).max;
    uint256 private constant PAID_MASK = type(uint96).max;
    uint256 private constant PAID_SHIFT = 96;
    uint256 private constant REVOKED_AT_MASK = type(uint40).max;
    uint256 private constant REVOKED_AT_SHIFT = 192;
    uint256 private constant MOVED_SHIFT = 232;
    uint256 private constant CLAIMED_MASK = 0x7fffff;
    uint256 private constant CLAIMED_SHIFT = 233;

    /// @notice Token wei granted; since a revocation, what had vested then.
    function total(GrantWord self) internal pure returns (uint96) {
        return uint96(GrantWord.unwrap(self) & TOTAL_MASK);
    }

    /// @notice Token wei released.
    function paid(GrantWord self) internal pure returns (uint96) {
        return uint96((GrantWord.unwrap(self) >> PAID_SHIFT) & PAID_MASK);
    }

    /// @notice When it was revoked, seconds; 0 means that it was not.
    function revokedAt(GrantWord self) internal pure returns (uint40) {
        return uint40((GrantWord.unwrap(self) >> REVOKED_AT_SHIFT) & REVOKED_AT_MASK);
    }

    /// @notice Whether somebody else is paid than the address in the key.
    function moved(GrantWord self) internal pure returns (bool) {
        return (GrantWord.unwrap(self) >> MOVED_SHIFT) & 1 != 0;
    }

    /// @notice Bit field of the schedule's Merkle roots whose leaf was claimed; root 1 is the lowest bit.
    function claimed(GrantWord self) internal pure returns (uint24) {
        return uint24((GrantWord.unwrap(self) >> CLAIMED_SHIFT) & CLAIMED_MASK);
    }

    /// @notice `self` with another total field.
    function withTotal(GrantWord self, uint96 value) internal pure returns (GrantWord) {
        return GrantWord.wrap((GrantWord.unwrap(self) & ~TOTAL_MASK) | uint256(value));
    }

    /// @notice `self` with another paid field.
    function withPaid(GrantWord self, uint96 value) internal pure returns (GrantWord) {
        return GrantWord.wrap((GrantWord.unwrap(self) & ~(PAID_MASK << PAID_SHIFT)) | (uint256(value) << PAID_SHIFT));
    }

    /// @notice `self` with another revokedAt field.
    function withRevokedAt(GrantWord self, uint40 value) internal pure returns (GrantWord) {
        return
            GrantWord.wrap(
                (GrantWord.unwrap(self) & ~(REVOKED_AT_MASK << REVOKED_AT_SHIFT)) | (uint256(value) << REVOKED_AT_SHIFT)
            );
    }

    /// @notice `self` with another moved field.
    function withMoved(GrantWord self, bool value) internal pure returns (GrantWord) {
        uint256 bit = value ? 1 : 0;
        return GrantWord.wrap((GrantWord.unwrap(self) & ~(uint256(1) << MOVED_SHIFT)) | (bit << MOVED_SHIFT));
    }

    /// @notice `self` with another claimed field. Bound: 23 bits.
    function withClaimed(GrantWord self, uint24 value) internal pure returns (GrantWord) {
        return
            GrantWord.wrap(
                (GrantWord.unwrap(self) & ~(CLAIMED_MASK << CLAIMED_SHIFT)) | (uint256(value) << CLAIMED_SHIFT)
            );
    }

    /// @notice Token wei granted and not released yet.
    function outstanding(GrantWord self) internal pure returns (uint96) {
        return total(self) - paid(self);
    }

    /// @notice Whether the leaf of root `number`, from 1, was claimed.
    function hasClaimed(GrantWord self, uint8 number) internal pure returns (bool) {
        return (claimed(self) >> (number - 1)) & 1 != 0;
    }

    /// @notice `self` with the leaf of root `number`, from 1, claimed.
    function withClaim(GrantWord self, uint8 number) internal pure returns (GrantWord) {
        return withClaimed(self, claimed(self) | (uint24(1) << (number - 1)));
    }
}
