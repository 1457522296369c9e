// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A device key in one storage word. Zero means never bound.
/// @dev Layout, from the low bits:
///   0..39    gpu, newest GPU bound to the device
///   40..71   nonce, registrations so far, nonce of the next proof of possession
///   72..255  free
type DeviceWord is uint256;

using DeviceWordLib for DeviceWord global;

/// @title DeviceWordLib
/// @notice Getters and pure setters of DeviceWord.
library DeviceWordLib {
    uint256 private constant GPU_MASK = type(uint40).max;
    uint256 private constant NONCE_MASK = type(uint32).max;
    uint256 private constant NONCE_SHIFT = 40;

    /// @notice Newest GPU bound to the device.
    function gpu(DeviceWord self) internal pure returns (uint40) {
        return uint40(DeviceWord.unwrap(self) & GPU_MASK);
    }

    /// @notice Registrations so far, nonce of the next proof of possession.
    function nonce(DeviceWord self) internal pure returns (uint32) {
        return uint32((DeviceWord.unwrap(self) >> NONCE_SHIFT) & NONCE_MASK);
    }

    /// @notice `self` with another gpu field.
    function withGpu(DeviceWord self, uint40 value) internal pure returns (DeviceWord) {
        return DeviceWord.wrap((DeviceWord.unwrap(self) & ~GPU_MASK) | uint256(value));
    }

    /// @notice `self` with another nonce field.
    function withNonce(DeviceWord self, uint32 value) internal pure returns (DeviceWord) {
        return
            DeviceWord.wrap((DeviceWord.unwrap(self) & ~(NONCE_MASK << NONCE_SHIFT)) | (uint256(value) << NONCE_SHIFT));
    }
}
