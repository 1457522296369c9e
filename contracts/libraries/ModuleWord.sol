// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice One module of the vault in one storage word. Zero means the module is unknown.
/// @dev Layout, from the low bits:
///   0..63    held, gwei units taken from accounts for open business
///   64..127  fees, gwei units earned and not yet collected
///   128..135 scopes, bit field of rights
///   136..143 slot, 1 + index of the module; 0 means unknown
///   144..151 hooked, 1 while a spend hook is set
///   152..255 free
type ModuleWord is uint256;

using ModuleWordLib for ModuleWord global;

/// @title ModuleWordLib
/// @notice Getters and pure setters of ModuleWord.
library ModuleWordLib {
    using BitField for uint256;

    uint256 private constant AMOUNT_MASK = type(uint64).max;
    uint256 private constant BYTE_MASK = type(uint8).max;
    uint256 private constant FEES_SHIFT = 64;
    uint256 private constant SCOPES_SHIFT = 128;
    uint256 private constant SLOT_SHIFT = 136;
    uint256 private constant HOOKED_SHIFT = 144;

    /// @notice Gwei units held for open business.
    function held(ModuleWord self) internal pure returns (uint64) {
        return uint64(ModuleWord.unwrap(self) & AMOUNT_MASK);
    }

    /// @notice Gwei units of fees not yet collected.
    function fees(ModuleWord self) internal pure returns (uint64) {
        return uint64((ModuleWord.unwrap(self) >> FEES_SHIFT) & AMOUNT_MASK);
    }

    /// @notice Rights of the module.
    function scopes(ModuleWord self) internal pure returns (uint8) {
        return uint8((ModuleWord.unwrap(self) >> SCOPES_SHIFT) & BYTE_MASK);
    }

    /// @notice 1 + index of the module, 0 when unknown.
    function slot(ModuleWord self) internal pure returns (uint8) {
        return uint8((ModuleWord.unwrap(self) >> SLOT_SHIFT) & BYTE_MASK);
    }

    /// @notice Whether debits of the module are told to the spend hook.
    function hooked(ModuleWord self) internal pure returns (bool) {
        return (ModuleWord.unwrap(self) >> HOOKED_SHIFT) & BYTE_MASK != 0;
    }

    /// @notice Whether governance ever added the module.
    function isKnown(ModuleWord self) internal pure returns (bool) {
        return slot(self) != 0;
    }

    /// @notice Index of a known module, its bit in the accounts' authorisation mask.
    function index(ModuleWord self) internal pure returns (uint8) {
        return slot(self) - 1;
    }

    /// @notice `self` with another held field.
    function withHeld(ModuleWord self, uint64 value) internal pure returns (ModuleWord) {
        return ModuleWord.wrap((ModuleWord.unwrap(self) & ~AMOUNT_MASK) | value);
    }

    /// @notice `self` with another fees field.
    function withFees(ModuleWord self, uint64 value) internal pure returns (ModuleWord) {
        return ModuleWord.wrap(ModuleWord.unwrap(self).write(FEES_SHIFT, AMOUNT_MASK, value));
    }

    /// @notice `self` with another scopes field.
    function withScopes(ModuleWord self, uint8 value) internal pure returns (ModuleWord) {
        return ModuleWord.wrap(ModuleWord.unwrap(self).write(SCOPES_SHIFT, BYTE_MASK, value));
    }

    /// @notice `self` with another slot field.
    function withSlot(ModuleWord self, uint8 value) internal pure returns (ModuleWord) {
        return ModuleWord.wrap(ModuleWord.unwrap(self).write(SLOT_SHIFT, BYTE_MASK, value));
    }

    /// @notice `self` with the hooked flag on or off.
    function withHooked(ModuleWord self, bool value) internal pure returns (ModuleWord) {
        return ModuleWord.wrap(ModuleWord.unwrap(self).write(HOOKED_SHIFT, BYTE_MASK, value ? 1 : 0));
    }
}
