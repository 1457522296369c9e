// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A module of the registry in one storage word. Zero means unknown.
/// @dev Layout, from the low bits:
///   0..7     scopes, rights
///   8..15    granted, every right it ever had
///   16..23   slot, 1 + index in the list of modules; 0 means unknown
///   24..39   slashDay, UTC day of its last slash
///   40..103  slashedToday, gwei units it slashed on that day
///   104      lostRound, whether its latest round was closed with its right to draw
///   105..255 free
type RegistryModuleWord is uint256;

using RegistryModuleWordLib for RegistryModuleWord global;

/// @title RegistryModuleWordLib
/// @notice Getters and pure setters of RegistryModuleWord.
library RegistryModuleWordLib {
    uint256 private constant SCOPES_MASK = type(uint8).max;
    uint256 private constant GRANTED_MASK = type(uint8).max;
    uint256 private constant GRANTED_SHIFT = 8;
    uint256 private constant SLOT_MASK = type(uint8).max;
    uint256 private constant SLOT_SHIFT = 16;
    uint256 private constant SLASH_DAY_MASK = type(uint16).max;
    uint256 private constant SLASH_DAY_SHIFT = 24;
    uint256 private constant SLASHED_TODAY_MASK = type(uint64).max;
    uint256 private constant SLASHED_TODAY_SHIFT = 40;
    uint256 private constant LOST_ROUND_SHIFT = 104;

    /// @notice Rights.
    function scopes(RegistryModuleWord self) internal pure returns (uint8) {
        return uint8(RegistryModuleWord.unwrap(self) & SCOPES_MASK);
    }

    /// @notice Every right it ever had.
    function granted(RegistryModuleWord self) internal pure returns (uint8) {
        return uint8((RegistryModuleWord.unwrap(self) >> GRANTED_SHIFT) & GRANTED_MASK);
    }

    /// @notice 1 + index in the list of modules; 0 means unknown.
    function slot(RegistryModuleWord self) internal pure returns (uint8) {
        return uint8((RegistryModuleWord.unwrap(self) >> SLOT_SHIFT) & SLOT_MASK);
    }

    /// @notice UTC day of its last slash.
    function slashDay(RegistryModuleWord self) internal pure returns (uint16) {
        return uint16((RegistryModuleWord.unwrap(self) >> SLASH_DAY_SHIFT) & SLASH_DAY_MASK);
    }

    /// @notice Gwei units it slashed on that day.
    function slashedToday(RegistryModuleWord self) internal pure returns (uint64) {
        return uint64((RegistryModuleWord.unwrap(self) >> SLASHED_TODAY_SHIFT) & SLASHED_TODAY_MASK);
    }

    /// @notice Whether its latest round was closed with its right to draw.
    function lostRound(RegistryModuleWord self) internal pure returns (bool) {
        return (RegistryModuleWord.unwrap(self) >> LOST_ROUND_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another scopes field.
    function withScopes(RegistryModuleWord self, uint8 value) internal pure returns (RegistryModuleWord) {
        return RegistryModuleWord.wrap((RegistryModuleWord.unwrap(self) & ~SCOPES_MASK) | uint256(value));
    }

    /// @notice `self` with another granted field.
    function withGranted(RegistryModuleWord self, uint8 value) internal pure returns (RegistryModuleWord) {
        return
            RegistryModuleWord.wrap(
                (RegistryModuleWord.unwrap(self) & ~(GRANTED_MASK << GRANTED_SHIFT)) | (uint256(value) << GRANTED_SHIFT)
            );
    }

    /// @notice `self` with another slot field.
    function withSlot(RegistryModuleWord self, uint8 value) internal pure returns (RegistryModuleWord) {
        return
            RegistryModuleWord.wrap(
                (RegistryModuleWord.unwrap(self) & ~(SLOT_MASK << SLOT_SHIFT)) | (uint256(value) << SLOT_SHIFT)
            );
    }

    /// @notice `self` with another slashDay field.
    function withSlashDay(RegistryModuleWord self, uint16 value) internal pure returns (RegistryModuleWord) {
        return
            RegistryModuleWord.wrap(
                (RegistryModuleWord.unwrap(self) & ~(SLASH_DAY_MASK << SLASH_DAY_SHIFT)) |
                    (uint256(value) << SLASH_DAY_SHIFT)
            );
    }

    /// @notice `self` with another slashedToday field.
    function withSlashedToday(RegistryModuleWord self, uint64 value) internal pure returns (RegistryModuleWord) {
        return
            RegistryModuleWord.wrap(
                (RegistryModuleWord.unwrap(self) & ~(SLASHED_TODAY_MASK << SLASHED_TODAY_SHIFT)) |
                    (uint256(value) << SLASHED_TODAY_SHIFT)
            );
    }

    /// @notice `self` with another lostRound field.
    function withLostRound(RegistryModuleWord self, bool value) internal pure returns (RegistryModuleWord) {
        uint256 bit = value ? 1 : 0;
        return
            RegistryModuleWord.wrap(
                (RegistryModuleWord.unwrap(self) & ~(uint256(1) << LOST_ROUND_SHIFT)) | (bit << LOST_ROUND_SHIFT)
            );
    }
}
