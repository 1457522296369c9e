// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A module of the ValidatorRegistry in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..7     scopes, present rights
///   8..15    granted, rights it ever had
///   16..23   slot, place in the list of modules, from 1
///   24..39   slashDay, UTC day of its last slash
///   40..103  slashedToday, gwei units that it took on that day
///   104..135 openSeats, seats that it took and did not end
///   136..255 free
type ValidatorModuleWord is uint256;

using ValidatorModuleWordLib for ValidatorModuleWord global;

/// @title ValidatorModuleWordLib
/// @notice Getters and pure setters of ValidatorModuleWord.
library ValidatorModuleWordLib {
    uint256 private constant SCOPES_MASK = type(uint8).max;
    uint256 private constant GRANTED_MASK = type(uint8).max;
    uint256 private constant GRANTED_SHIFT = 8;
    uint256 private constant SLOT_MASK = type(uint8).max;
    uint256 private constant SLOT_SHIFT = 16;
    uint256 private constant SLASH_DAY_MASK = type(uint16).max;
    uint256 private constant SLASH_DAY_SHIFT = 24;
    uint256 private constant SLASHED_TODAY_MASK = type(uint64).max;
    uint256 private constant SLASHED_TODAY_SHIFT = 40;
    uint256 private constant OPEN_SEATS_MASK = type(uint32).max;
    uint256 private constant OPEN_SEATS_SHIFT = 104;

    /// @notice Present rights.
    function scopes(ValidatorModuleWord self) internal pure returns (uint8) {
        return uint8(ValidatorModuleWord.unwrap(self) & SCOPES_MASK);
    }

    /// @notice Rights it ever had.
    function granted(ValidatorModuleWord self) internal pure returns (uint8) {
        return uint8((ValidatorModuleWord.unwrap(self) >> GRANTED_SHIFT) & GRANTED_MASK);
    }

    /// @notice Place in the list of modules, from 1.
    function slot(ValidatorModuleWord self) internal pure returns (uint8) {
        return uint8((ValidatorModuleWord.unwrap(self) >> SLOT_SHIFT) & SLOT_MASK);
    }

    /// @notice UTC day of its last slash.
    function slashDay(ValidatorModuleWord self) internal pure returns (uint16) {
        return uint16((ValidatorModuleWord.unwrap(self) >> SLASH_DAY_SHIFT) & SLASH_DAY_MASK);
    }

    /// @notice Gwei units that it took on that day.
    function slashedToday(ValidatorModuleWord self) internal pure returns (uint64) {
        return uint64((ValidatorModuleWord.unwrap(self) >> SLASHED_TODAY_SHIFT) & SLASHED_TODAY_MASK);
    }

    /// @notice Seats that it took and did not end.
    function openSeats(ValidatorModuleWord self) internal pure returns (uint32) {
        return uint32((ValidatorModuleWord.unwrap(self) >> OPEN_SEATS_SHIFT) & OPEN_SEATS_MASK);
    }

    /// @notice `self` with another scopes field.
    function withScopes(ValidatorModuleWord self, uint8 value) internal pure returns (ValidatorModuleWord) {
        return ValidatorModuleWord.wrap((ValidatorModuleWord.unwrap(self) & ~SCOPES_MASK) | uint256(value));
    }

    /// @notice `self` with another granted field.
    function withGranted(ValidatorModuleWord self, uint8 value) internal pure returns (ValidatorModuleWord) {
        return
            ValidatorModuleWord.wrap(
                (ValidatorModuleWord.unwrap(self) & ~(GRANTED_MASK << GRANTED_SHIFT)) |
                    (uint256(value) << GRANTED_SHIFT)
            );
    }

    /// @notice `self` with another slot field.
    function withSlot(ValidatorModuleWord self, uint8 value) internal pure returns (ValidatorModuleWord) {
        return
            ValidatorModuleWord.wrap(
                (ValidatorModuleWord.unwrap(self) & ~(SLOT_MASK << SLOT_SHIFT)) | (uint256(value) << SLOT_SHIFT)
            );
    }

    /// @notice `self` with another slashDay field.
    function withSlashDay(ValidatorModuleWord self, uint16 value) internal pure returns (ValidatorModuleWord) {
        return
            ValidatorModuleWord.wrap(
                (ValidatorModuleWord.unwrap(self) & ~(SLASH_DAY_MASK << SLASH_DAY_SHIFT)) |
                    (uint256(value) << SLASH_DAY_SHIFT)
            );
    }

    /// @notice `self` with another slashedToday field.
    function withSlashedToday(ValidatorModuleWord self, uint64 value) internal pure returns (ValidatorModuleWord) {
        return
            ValidatorModuleWord.wrap(
                (ValidatorModuleWord.unwrap(self) & ~(SLASHED_TODAY_MASK << SLASHED_TODAY_SHIFT)) |
                    (uint256(value) << SLASHED_TODAY_SHIFT)
            );
    }

    /// @notice `self` with another openSeats field.
    function withOpenSeats(ValidatorModuleWord self, uint32 value) internal pure returns (ValidatorModuleWord) {
        return
            ValidatorModuleWord.wrap(
                (ValidatorModuleWord.unwrap(self) & ~(OPEN_SEATS_MASK << OPEN_SEATS_SHIFT)) |
                    (uint256(value) << OPEN_SEATS_SHIFT)
            );
    }
}
