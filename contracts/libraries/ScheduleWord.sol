// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A vesting schedule in one storage word: its terms and its free pool. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..95    pool, token wei that are neither granted nor reserved
///   96..135  start, when vesting begins, seconds; never 0
///   136..167 cliff, seconds from the start before which only the part at the start has vested
///   168..199 duration, seconds from the start after which everything has vested
///   200..231 step, seconds that vest at once; 0 means every second
///   232..245 startBps, share that vests at the start, of 10,000
///   246      revocable, whether the grantor may revoke grants
///   247      votes, whether granted tokens vote until they are released
///   248..252 roots, Merkle roots set so far
///   253..255 free
type ScheduleWord is uint256;

using ScheduleWordLib for ScheduleWord global;

/// @title ScheduleWordLib
/// @notice Getters and pure setters of ScheduleWord.
library ScheduleWordLib {
    uint256 private constant POOL_MASK = type(uint96).max;
    uint256 private constant START_MASK = type(uint40).max;
    uint256 private constant START_SHIFT = 96;
    uint256 private constant CLIFF_MASK = type(uint32).max;
    uint256 private constant CLIFF_SHIFT = 136;
    uint256 private constant DURATION_MASK = type(uint32).max;
    uint256 private constant DURATION_SHIFT = 168;
    uint256 private constant STEP_MASK = type(uint32).max;
    uint256 private constant STEP_SHIFT = 200;
    uint256 private constant START_BPS_MASK = 0x3fff;
    uint256 private constant START_BPS_SHIFT = 232;
    uint256 private constant REVOCABLE_SHIFT = 246;
    uint256 private constant VOTES_SHIFT = 247;
    uint256 private constant ROOTS_MASK = 0x1f;
    uint256 private constant ROOTS_SHIFT = 248;

    /// @notice Token wei that are neither granted nor reserved.
    function pool(ScheduleWord self) internal pure returns (uint96) {
        return uint96(ScheduleWord.unwrap(self) & POOL_MASK);
    }

    /// @notice When vesting begins, seconds; never 0.
    function start(ScheduleWord self) internal pure returns (uint40) {
        return uint40((ScheduleWord.unwrap(self) >> START_SHIFT) & START_MASK);
    }

    /// @notice Seconds from the start before which only the part at the start has vested.
    function cliff(ScheduleWord self) internal pure returns (uint32) {
        return uint32((ScheduleWord.unwrap(self) >> CLIFF_SHIFT) & CLIFF_MASK);
    }

    /// @notice Seconds from the start after which everything has vested.
    function duration(ScheduleWord self) internal pure returns (uint32) {
        return uint32((ScheduleWord.unwrap(self) >> DURATION_SHIFT) & DURATION_MASK);
    }

    /// @notice Seconds that vest at once; 0 means every second.
    function step(ScheduleWord self) internal pure returns (uint32) {
        return uint32((ScheduleWord.unwrap(self) >> STEP_SHIFT) & STEP_MASK);
    }

    /// @notice Share that vests at the start, of 10,000.
    function startBps(ScheduleWord self) internal pure returns (uint16) {
        return uint16((ScheduleWord.unwrap(self) >> START_BPS_SHIFT) & START_BPS_MASK);
    }

    /// @notice Whether the grantor may revoke grants.
    function revocable(ScheduleWord self) internal pure returns (bool) {
        return (ScheduleWord.unwrap(self) >> REVOCABLE_SHIFT) & 1 != 0;
    }

    /// @notice Whether granted tokens vote until they are released.
    function votes(ScheduleWord self) internal pure returns (bool) {
        return (ScheduleWord.unwrap(self) >> VOTES_SHIFT) & 1 != 0;
    }

    /// @notice Merkle roots set so far.
    function roots(ScheduleWord self) internal pure returns (uint8) {
        return uint8((ScheduleWord.unwrap(self) >> ROOTS_SHIFT) & ROOTS_MASK);
    }

    /// @notice `self` with another pool field.
    function withPool(ScheduleWord self, uint96 value) internal pure returns (ScheduleWord) {
        return ScheduleWord.wrap((ScheduleWord.unwrap(self) & ~POOL_MASK) | uint256(value));
    }

    /// @notice `self` with another start field.
    function withStart(ScheduleWord self, uint40 value) internal pure returns (ScheduleWord) {
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(START_MASK << START_SHIFT)) | (uint256(value) << START_SHIFT)
            );
    }

    /// @notice `self` with another cliff field.
    function withCliff(ScheduleWord self, uint32 value) internal pure returns (ScheduleWord) {
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(CLIFF_MASK << CLIFF_SHIFT)) | (uint256(value) << CLIFF_SHIFT)
            );
    }

    /// @notice `self` with another duration field.
    function withDuration(ScheduleWord self, uint32 value) internal pure returns (ScheduleWord) {
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(DURATION_MASK << DURATION_SHIFT)) | (uint256(value) << DURATION_SHIFT)
            );
    }

    /// @notice `self` with another step field.
    function withStep(ScheduleWord self, uint32 value) internal pure returns (ScheduleWord) {
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(STEP_MASK << STEP_SHIFT)) | (uint256(value) << STEP_SHIFT)
            );
    }

    /// @notice `self` with another startBps field. Bound: 14 bits.
    function withStartBps(ScheduleWord self, uint16 value) internal pure returns (ScheduleWord) {
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(START_BPS_MASK << START_BPS_SHIFT)) | (uint256(value) << START_BPS_SHIFT)
            );
    }

    /// @notice `self` with another revocable field.
    function withRevocable(ScheduleWord self, bool value) internal pure returns (ScheduleWord) {
        uint256 bit = value ? 1 : 0;
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(uint256(1) << REVOCABLE_SHIFT)) | (bit << REVOCABLE_SHIFT)
            );
    }

    /// @notice `self` with another votes field.
    function withVotes(ScheduleWord self, bool value) internal pure returns (ScheduleWord) {
        uint256 bit = value ? 1 : 0;
        return ScheduleWord.wrap((ScheduleWord.unwrap(self) & ~(uint256(1) << VOTES_SHIFT)) | (bit << VOTES_SHIFT));
    }

    /// @notice `self` with another roots field. Bound: 5 bits.
    function withRoots(ScheduleWord self, uint8 value) internal pure returns (ScheduleWord) {
        return
            ScheduleWord.wrap(
                (ScheduleWord.unwrap(self) & ~(ROOTS_MASK << ROOTS_SHIFT)) | (uint256(value) << ROOTS_SHIFT)
            );
    }

    /// @notice Whether the schedule was ever created.
    function exists(ScheduleWord self) internal pure returns (bool) {
        return start(self) != 0;
    }

    /// @notice When everything has vested, seconds.
    function end(ScheduleWord self) internal pure returns (uint256) {
        return uint256(start(self)) + duration(self);
    }
}
