// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Who committed for a seat of the score board, in one word; not stored, only chained into a hash.
/// @dev Layout, from the low bits:
///   0..159   signer, address that committed, whose signatures speak for the seat
///   160..199 validator, vault account of the seat's validator
///   200..207 seat, number of the seat
///   208..255 free
type SeatCommit is uint256;

using SeatCommitLib for SeatCommit global;

/// @title SeatCommitLib
/// @notice Getters and pure setters of SeatCommit.
library SeatCommitLib {
    uint256 private constant SIGNER_SHIFT = 0;
    uint256 private constant VALIDATOR_SHIFT = 160;
    uint256 private constant SEAT_SHIFT = 200;

    /// @notice Address that committed.
    function signer(SeatCommit self) internal pure returns (address) {
        return address(uint160(BitField.read(SeatCommit.unwrap(self), SIGNER_SHIFT, type(uint160).max)));
    }

    /// @notice Vault account of the seat's validator.
    function validator(SeatCommit self) internal pure returns (uint40) {
        return uint40(BitField.read(SeatCommit.unwrap(self), VALIDATOR_SHIFT, type(uint40).max));
    }

    /// @notice Number of the seat.
    function seat(SeatCommit self) internal pure returns (uint8) {
        return uint8(BitField.read(SeatCommit.unwrap(self), SEAT_SHIFT, type(uint8).max));
    }

    /// @notice `self` with another signer field.
    function withSigner(SeatCommit self, address value) internal pure returns (SeatCommit) {
        return
            SeatCommit.wrap(BitField.write(SeatCommit.unwrap(self), SIGNER_SHIFT, type(uint160).max, uint160(value)));
    }

    /// @notice `self` with another validator field.
    function withValidator(SeatCommit self, uint40 value) internal pure returns (SeatCommit) {
        return SeatCommit.wrap(BitField.write(SeatCommit.unwrap(self), VALIDATOR_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another seat field.
    function withSeat(SeatCommit self, uint8 value) internal pure returns (SeatCommit) {
        return SeatCommit.wrap(BitField.write(SeatCommit.unwrap(self), SEAT_SHIFT, type(uint8).max, value));
    }
}
