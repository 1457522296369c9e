// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice One drawn panel of a question in one storage word. Zero means that it was not drawn.
/// @dev Layout, from the low bits:
///   0..39    drawnAt, when it was drawn, seconds
///   40..47   seats, seats, at most 31
///   48..79   committed, bit set of the seats that sealed a vote
///   80..111  revealed, bit set of the seats whose vote is known
///   112..151 drawer, vault account of who drew it, 0 for none
///   152      voted, whether its votes were counted
///   153      failed, whether it came to nothing; its seats were ended then
///   154..255 free
type PanelWord is uint256;

using PanelWordLib for PanelWord global;

/// @title PanelWordLib
/// @notice Getters and pure setters of PanelWord.
library PanelWordLib {
    uint256 private constant DRAWN_AT_SHIFT = 0;
    uint256 private constant SEATS_SHIFT = 40;
    uint256 private constant COMMITTED_SHIFT = 48;
    uint256 private constant REVEALED_SHIFT = 80;
    uint256 private constant DRAWER_SHIFT = 112;
    uint256 private constant VOTED_SHIFT = 152;
    uint256 private constant FAILED_SHIFT = 153;

    /// @notice When it was drawn, seconds.
    function drawnAt(PanelWord self) internal pure returns (uint40) {
        return uint40(BitField.read(PanelWord.unwrap(self), DRAWN_AT_SHIFT, type(uint40).max));
    }

    /// @notice Seats, at most 31.
    function seats(PanelWord self) internal pure returns (uint8) {
        return uint8(BitField.read(PanelWord.unwrap(self), SEATS_SHIFT, type(uint8).max));
    }

    /// @notice Bit set of the seats that sealed a vote.
    function committed(PanelWord self) internal pure returns (uint32) {
        return uint32(BitField.read(PanelWord.unwrap(self), COMMITTED_SHIFT, type(uint32).max));
    }

    /// @notice Bit set of the seats whose vote is known.
    function revealed(PanelWord self) internal pure returns (uint32) {
        return uint32(BitField.read(PanelWord.unwrap(self), REVEALED_SHIFT, type(uint32).max));
    }

    /// @notice Vault account of who drew it, 0 for none.
    function drawer(PanelWord self) internal pure returns (uint40) {
        return uint40(BitField.read(PanelWord.unwrap(self), DRAWER_SHIFT, type(uint40).max));
    }

    /// @notice Whether its votes were counted.
    function voted(PanelWord self) internal pure returns (bool) {
        return BitField.read(PanelWord.unwrap(self), VOTED_SHIFT, 1) != 0;
    }

    /// @notice Whether it came to nothing; its seats were ended then.
    function failed(PanelWord self) internal pure returns (bool) {
        return BitField.read(PanelWord.unwrap(self), FAILED_SHIFT, 1) != 0;
    }

    /// @notice `self` with another drawnAt field.
    function withDrawnAt(PanelWord self, uint40 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), DRAWN_AT_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another seats field.
    function withSeats(PanelWord self, uint8 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), SEATS_SHIFT, type(uint8).max, value));
    }

    /// @notice `self` with another committed field.
    function withCommitted(PanelWord self, uint32 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), COMMITTED_SHIFT, type(uint32).max, value));
    }

    /// @notice `self` with another revealed field.
    function withRevealed(PanelWord self, uint32 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), REVEALED_SHIFT, type(uint32).max, value));
    }

    /// @notice `self` with another drawer field.
    function withDrawer(PanelWord self, uint40 value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), DRAWER_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another voted field.
    function withVoted(PanelWord self, bool value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), VOTED_SHIFT, 1, value ? 1 : 0));
    }

    /// @notice `self` with another failed field.
    function withFailed(PanelWord self, bool value) internal pure returns (PanelWord) {
        return PanelWord.wrap(BitField.write(PanelWord.unwrap(self), FAILED_SHIFT, 1, value ? 1 : 0));
    }

    /// @notice Whether `seat` sealed a vote.
    function hasCommitted(PanelWord self, uint256 seat) internal pure returns (bool) {
        return (committed(self) >> seat) & 1 != 0;
    }

    /// @notice Whether the vote of `seat` is known.
    function hasRevealed(PanelWord self, uint256 seat) internal pure returns (bool) {
        return (revealed(self) >> seat) & 1 != 0;
    }

    /// @notice `self` with a sealed vote of `seat`, at most 30.
    function withCommit(PanelWord self, uint256 seat) internal pure returns (PanelWord) {
        return withCommitted(self, committed(self) | (uint32(1) << uint32(seat)));
    }

    /// @notice `self` with a known vote of `seat`, at most 30.
    function withReveal(PanelWord self, uint256 seat) internal pure returns (PanelWord) {
        return withRevealed(self, revealed(self) | (uint32(1) << uint32(seat)));
    }

    /// @notice Whether every seat sealed a vote.
    function allCommitted(PanelWord self) internal pure returns (bool) {
        return committed(self) == (uint256(1) << seats(self)) - 1;
    }
}
