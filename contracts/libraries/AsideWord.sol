// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Rarely needed state of a GPU in one storage word: values at the request of a round, declines, deferred
/// slashes.
/// @dev Layout, from the low bits:
///   0..63    frozenStake, gwei units of stake in force at the request
///   64..127  frozenLocked, gwei units locked at the request, and by draws of the round since
///   128..133 frozenActive, jobs served at the request, and drawn in the round since
///   134..197 pending, gwei units of slashes deferred by a daily cap; part of GpuWord.locked
///   198..213 declineDay, UTC day of the last decline
///   214..221 declines, declines of that day
///   222..237 barredUntil, UTC day until which the device may not register again
///   238..255 free
type AsideWord is uint256;

using AsideWordLib for AsideWord global;

/// @title AsideWordLib
/// @notice Getters and pure setters of AsideWord.
/// @dev The frozen fields count only while GpuWord.stamp is the open round.
library AsideWordLib {
    uint256 private constant FROZEN_STAKE_MASK = type(uint64).max;
    uint256 private constant FROZEN_LOCKED_MASK = type(uint64).max;
    uint256 private constant FROZEN_LOCKED_SHIFT = 64;
    uint256 private constant FROZEN_ACTIVE_MASK = 0x3f;
    uint256 private constant FROZEN_ACTIVE_SHIFT = 128;
    uint256 private constant PENDING_MASK = type(uint64).max;
    uint256 private constant PENDING_SHIFT = 134;
    uint256 private constant DECLINE_DAY_MASK = type(uint16).max;
    uint256 private constant DECLINE_DAY_SHIFT = 198;
    uint256 private constant DECLINES_MASK = type(uint8).max;
    uint256 private constant DECLINES_SHIFT = 214;
    uint256 private constant BARRED_UNTIL_MASK = type(uint16).max;
    uint256 private constant BARRED_UNTIL_SHIFT = 222;

    /// @notice Gwei units of stake in force at the request.
    function frozenStake(AsideWord self) internal pure returns (uint64) {
        return uint64(AsideWord.unwrap(self) & FROZEN_STAKE_MASK);
    }

    /// @notice Gwei units locked at the request, and by draws of the round since.
    function frozenLocked(AsideWord self) internal pure returns (uint64) {
        return uint64((AsideWord.unwrap(self) >> FROZEN_LOCKED_SHIFT) & FROZEN_LOCKED_MASK);
    }

    /// @notice Jobs served at the request, and drawn in the round since.
    function frozenActive(AsideWord self) internal pure returns (uint8) {
        return uint8((AsideWord.unwrap(self) >> FROZEN_ACTIVE_SHIFT) & FROZEN_ACTIVE_MASK);
    }

    /// @notice Gwei units of slashes deferred by a daily cap; part of GpuWord.locked.
    function pending(AsideWord self) internal pure returns (uint64) {
        return uint64((AsideWord.unwrap(self) >> PENDING_SHIFT) & PENDING_MASK);
    }

    /// @notice UTC day of the last decline.
    function declineDay(AsideWord self) internal pure returns (uint16) {
        return uint16((AsideWord.unwrap(self) >> DECLINE_DAY_SHIFT) & DECLINE_DAY_MASK);
    }

    /// @notice Declines of that day.
    function declines(AsideWord self) internal pure returns (uint8) {
        return uint8((AsideWord.unwrap(self) >> DECLINES_SHIFT) & DECLINES_MASK);
    }

    /// @notice UTC day until which the device may not register again.
    function barredUntil(AsideWord self) internal pure returns (uint16) {
        return uint16((AsideWord.unwrap(self) >> BARRED_UNTIL_SHIFT) & BARRED_UNTIL_MASK);
    }

    /// @notice `self` with another frozenStake field.
    function withFrozenStake(AsideWord self, uint64 value) internal pure returns (AsideWord) {
        return AsideWord.wrap((AsideWord.unwrap(self) & ~FROZEN_STAKE_MASK) | uint256(value));
    }

    /// @notice `self` with another frozenLocked field.
    function withFrozenLocked(AsideWord self, uint64 value) internal pure returns (AsideWord) {
        return
            AsideWord.wrap(
                (AsideWord.unwrap(self) & ~(FROZEN_LOCKED_MASK << FROZEN_LOCKED_SHIFT)) |
                    (uint256(value) << FROZEN_LOCKED_SHIFT)
            );
    }

    /// @notice `self` with another frozenActive field. Bound: 6 bits.
    function withFrozenActive(AsideWord self, uint8 value) internal pure returns (AsideWord) {
        return
            AsideWord.wrap(
                (AsideWord.unwrap(self) & ~(FROZEN_ACTIVE_MASK << FROZEN_ACTIVE_SHIFT)) |
                    (uint256(value) << FROZEN_ACTIVE_SHIFT)
            );
    }

    /// @notice `self` with another pending field.
    function withPending(AsideWord self, uint64 value) internal pure returns (AsideWord) {
        return
            AsideWord.wrap(
                (AsideWord.unwrap(self) & ~(PENDING_MASK << PENDING_SHIFT)) | (uint256(value) << PENDING_SHIFT)
            );
    }

    /// @notice `self` with another declineDay field.
    function withDeclineDay(AsideWord self, uint16 value) internal pure returns (AsideWord) {
        return
            AsideWord.wrap(
                (AsideWord.unwrap(self) & ~(DECLINE_DAY_MASK << DECLINE_DAY_SHIFT)) |
                    (uint256(value) << DECLINE_DAY_SHIFT)
            );
    }

    /// @notice `self` with another declines field.
    function withDeclines(AsideWord self, uint8 value) internal pure returns (AsideWord) {
        return
            AsideWord.wrap(
                (AsideWord.unwrap(self) & ~(DECLINES_MASK << DECLINES_SHIFT)) | (uint256(value) << DECLINES_SHIFT)
            );
    }

    /// @notice `self` with another barredUntil field.
    function withBarredUntil(AsideWord self, uint16 value) internal pure returns (AsideWord) {
        return
            AsideWord.wrap(
                (AsideWord.unwrap(self) & ~(BARRED_UNTIL_MASK << BARRED_UNTIL_SHIFT)) |
                    (uint256(value) << BARRED_UNTIL_SHIFT)
            );
    }
}
