// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice What draws, assignments and settlements need of a GPU, in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..39    owner, vault account of the owner
///   40..47   classId, class
///   48..51   region, region 0..11
///   52..57   slots, jobs it serves at once, 1..32
///   58..63   active, jobs it serves now
///   64..79   position, index in its draw list, meaningful while listed
///   80..143  stake, gwei units of stake in force
///   144..207 locked, gwei units locked for open jobs and deferred slashes
///   208..239 stamp, round in which the state at its request was set aside
///   240      listed, whether it stands in its draw list
///   241      paused, whether its owner or operator paused it
///   242      leaving, whether all of its stake unbonds or is gone
///   243      wasOut, whether it was paused or leaving at the request of round `stamp`
///   244      hasBond, whether its BondWord may be non-zero
///   245      hasPending, whether a part of a slash is deferred
///   246..255 free
type GpuWord is uint256;

using GpuWordLib for GpuWord global;

/// @title GpuWordLib
/// @notice Getters and pure setters of GpuWord.
library GpuWordLib {
    uint256 private constant OWNER_MASK = type(uint40).max;
    uint256 private constant CLASS_ID_MASK = type(uint8).max;
    uint256 private constant CLASS_ID_SHIFT = 40;
    uint256 private constant REGION_MASK = 0xf;
    uint256 private constant REGION_SHIFT = 48;
    uint256 private constant SLOTS_MASK = 0x3f;
    uint256 private constant SLOTS_SHIFT = 52;
    uint256 private constant ACTIVE_MASK = 0x3f;
    uint256 private constant ACTIVE_SHIFT = 58;
    uint256 private constant POSITION_MASK = type(uint16).max;
    uint256 private constant POSITION_SHIFT = 64;
    uint256 private constant STAKE_MASK = type(uint64).max;
    uint256 private constant STAKE_SHIFT = 80;
    uint256 private constant LOCKED_MASK = type(uint64).max;
    uint256 private constant LOCKED_SHIFT = 144;
    uint256 private constant STAMP_MASK = type(uint32).max;
    uint256 private constant STAMP_SHIFT = 208;
    uint256 private constant LISTED_SHIFT = 240;
    uint256 private constant PAUSED_SHIFT = 241;
    uint256 private constant LEAVING_SHIFT = 242;
    uint256 private constant WAS_OUT_SHIFT = 243;
    uint256 private constant HAS_BOND_SHIFT = 244;
    uint256 private constant HAS_PENDING_SHIFT = 245;

    /// @notice Vault account of the owner.
    function owner(GpuWord self) internal pure returns (uint40) {
        return uint40(GpuWord.unwrap(self) & OWNER_MASK);
    }

    /// @notice Class.
    function classId(GpuWord self) internal pure returns (uint8) {
        return uint8((GpuWord.unwrap(self) >> CLASS_ID_SHIFT) & CLASS_ID_MASK);
    }

    /// @notice Region 0..11.
    function region(GpuWord self) internal pure returns (uint8) {
        return uint8((GpuWord.unwrap(self) >> REGION_SHIFT) & REGION_MASK);
    }

    /// @notice Jobs it serves at once, 1..32.
    function slots(GpuWord self) internal pure returns (uint8) {
        return uint8((GpuWord.unwrap(self) >> SLOTS_SHIFT) & SLOTS_MASK);
    }

    /// @notice Jobs it serves now.
    function active(GpuWord self) internal pure returns (uint8) {
        return uint8((GpuWord.unwrap(self) >> ACTIVE_SHIFT) & ACTIVE_MASK);
    }

    /// @notice Index in its draw list, meaningful while listed.
    function position(GpuWord self) internal pure returns (uint16) {
        return uint16((GpuWord.unwrap(self) >> POSITION_SHIFT) & POSITION_MASK);
    }

    /// @notice Gwei units of stake in force.
    function stake(GpuWord self) internal pure returns (uint64) {
        return uint64((GpuWord.unwrap(self) >> STAKE_SHIFT) & STAKE_MASK);
    }

    /// @notice Gwei units locked for open jobs and deferred slashes.
    function locked(GpuWord self) internal pure returns (uint64) {
        return uint64((GpuWord.unwrap(self) >> LOCKED_SHIFT) & LOCKED_MASK);
    }

    /// @notice Round in which the state at its request was set aside.
    function stamp(GpuWord self) internal pure returns (uint32) {
        return uint32((GpuWord.unwrap(self) >> STAMP_SHIFT) & STAMP_MASK);
    }

    /// @notice Whether it stands in its draw list.
    function listed(GpuWord self) internal pure returns (bool) {
        return (GpuWord.unwrap(self) >> LISTED_SHIFT) & 1 != 0;
    }

    /// @notice Whether its owner or operator paused it.
    function paused(GpuWord self) internal pure returns (bool) {
        return (GpuWord.unwrap(self) >> PAUSED_SHIFT) & 1 != 0;
    }

    /// @notice Whether all of its stake unbonds or is gone.
    function leaving(GpuWord self) internal pure returns (bool) {
        return (GpuWord.unwrap(self) >> LEAVING_SHIFT) & 1 != 0;
    }

    /// @notice Whether it was paused or leaving at the request of round `stamp`.
    function wasOut(GpuWord self) internal pure returns (bool) {
        return (GpuWord.unwrap(self) >> WAS_OUT_SHIFT) & 1 != 0;
    }

    /// @notice Whether its BondWord may be non-zero.
    function hasBond(GpuWord self) internal pure returns (bool) {
        return (GpuWord.unwrap(self) >> HAS_BOND_SHIFT) & 1 != 0;
    }

    /// @notice Whether a part of a slash is deferred.
    function hasPending(GpuWord self) internal pure returns (bool) {
        return (GpuWord.unwrap(self) >> HAS_PENDING_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another owner field.
    function withOwner(GpuWord self, uint40 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~OWNER_MASK) | uint256(value));
    }

    /// @notice `self` with another classId field.
    function withClassId(GpuWord self, uint8 value) internal pure returns (GpuWord) {
        return
            GpuWord.wrap(
                (GpuWord.unwrap(self) & ~(CLASS_ID_MASK << CLASS_ID_SHIFT)) | (uint256(value) << CLASS_ID_SHIFT)
            );
    }

    /// @notice `self` with another region field. Bound: 4 bits.
    function withRegion(GpuWord self, uint8 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(REGION_MASK << REGION_SHIFT)) | (uint256(value) << REGION_SHIFT));
    }

    /// @notice `self` with another slots field. Bound: 6 bits.
    function withSlots(GpuWord self, uint8 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(SLOTS_MASK << SLOTS_SHIFT)) | (uint256(value) << SLOTS_SHIFT));
    }

    /// @notice `self` with another active field. Bound: 6 bits.
    function withActive(GpuWord self, uint8 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(ACTIVE_MASK << ACTIVE_SHIFT)) | (uint256(value) << ACTIVE_SHIFT));
    }

    /// @notice `self` with another position field.
    function withPosition(GpuWord self, uint16 value) internal pure returns (GpuWord) {
        return
            GpuWord.wrap(
                (GpuWord.unwrap(self) & ~(POSITION_MASK << POSITION_SHIFT)) | (uint256(value) << POSITION_SHIFT)
            );
    }

    /// @notice `self` with another stake field.
    function withStake(GpuWord self, uint64 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(STAKE_MASK << STAKE_SHIFT)) | (uint256(value) << STAKE_SHIFT));
    }

    /// @notice `self` with another locked field.
    function withLocked(GpuWord self, uint64 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(LOCKED_MASK << LOCKED_SHIFT)) | (uint256(value) << LOCKED_SHIFT));
    }

    /// @notice `self` with another stamp field.
    function withStamp(GpuWord self, uint32 value) internal pure returns (GpuWord) {
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(STAMP_MASK << STAMP_SHIFT)) | (uint256(value) << STAMP_SHIFT));
    }

    /// @notice `self` with another listed field.
    function withListed(GpuWord self, bool value) internal pure returns (GpuWord) {
        uint256 bit = value ? 1 : 0;
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(uint256(1) << LISTED_SHIFT)) | (bit << LISTED_SHIFT));
    }

    /// @notice `self` with another paused field.
    function withPaused(GpuWord self, bool value) internal pure returns (GpuWord) {
        uint256 bit = value ? 1 : 0;
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(uint256(1) << PAUSED_SHIFT)) | (bit << PAUSED_SHIFT));
    }

    /// @notice `self` with another leaving field.
    function withLeaving(GpuWord self, bool value) internal pure returns (GpuWord) {
        uint256 bit = value ? 1 : 0;
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(uint256(1) << LEAVING_SHIFT)) | (bit << LEAVING_SHIFT));
    }

    /// @notice `self` with another wasOut field.
    function withWasOut(GpuWord self, bool value) internal pure returns (GpuWord) {
        uint256 bit = value ? 1 : 0;
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(uint256(1) << WAS_OUT_SHIFT)) | (bit << WAS_OUT_SHIFT));
    }

    /// @notice `self` with another hasBond field.
    function withHasBond(GpuWord self, bool value) internal pure returns (GpuWord) {
        uint256 bit = value ? 1 : 0;
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(uint256(1) << HAS_BOND_SHIFT)) | (bit << HAS_BOND_SHIFT));
    }

    /// @notice `self` with another hasPending field.
    function withHasPending(GpuWord self, bool value) internal pure returns (GpuWord) {
        uint256 bit = value ? 1 : 0;
        return GpuWord.wrap((GpuWord.unwrap(self) & ~(uint256(1) << HAS_PENDING_SHIFT)) | (bit << HAS_PENDING_SHIFT));
    }

    /// @notice Whether the GPU was ever registered.
    function exists(GpuWord self) internal pure returns (bool) {
        return owner(self) != 0;
    }

    /// @notice Whether it may stand in its draw list: a free slot, not paused, not leaving.
    function isIdle(GpuWord self) internal pure returns (bool) {
        return active(self) < slots(self) && !paused(self) && !leaving(self);
    }

    /// @notice Gwei units of stake in force that no job has locked.
    function unlocked(GpuWord self) internal pure returns (uint64) {
        return stake(self) > locked(self) ? stake(self) - locked(self) : 0;
    }
}
