// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Where a question of the review panel stands, in one storage word. Zero means that it was never asked.
/// @dev Layout, from the low bits:
///   0..2     stage, stage that was reached; the status follows from it and the time
///   3        instance, 0, or 1 once appealed
///   4        redrawn, whether the instance's first panel came to nothing
///   5..6     finding, verdict so far
///   7..11    seats, seats of the present panel
///   12..16   domain, domain that its validators have
///   17       byFallback, whether the present panel was drawn by a block hash
///   18       confirmed, whether an arbiter confirmed the verdict
///   19       appealFailed, whether an appeal came to nothing
///   20..35   owners, owners in the frozen pool
///   36..51   length, length of the domain's list when it was frozen
///   52..91   frozenAt, when the pool was frozen, seconds
///   92..123  round, beacon round that the panel is bound to
///   124..163 decidedAt, when the verdict so far was counted, seconds
///   164..203 deadline, last second in which a verdict is of use
///   204..251 lot, of the seed that drew the present panel; 0 before its draw
///   252..255 free
type QuestionWord is uint256;

using QuestionWordLib for QuestionWord global;

/// @title QuestionWordLib
/// @notice Getters and pure setters of QuestionWord.
/// @dev Everything about a panel is of the present one: the pool that it waits for or was drawn from, and its round.
library QuestionWordLib {
    uint256 private constant STAGE_SHIFT = 0;
    uint256 private constant INSTANCE_SHIFT = 3;
    uint256 private constant REDRAWN_SHIFT = 4;
    uint256 private constant FINDING_SHIFT = 5;
    uint256 private constant SEATS_SHIFT = 7;
    uint256 private constant DOMAIN_SHIFT = 12;
    uint256 private constant BY_FALLBACK_SHIFT = 17;
    uint256 private constant CONFIRMED_SHIFT = 18;
    uint256 private constant APPEAL_FAILED_SHIFT = 19;
    uint256 private constant OWNERS_SHIFT = 20;
    uint256 private constant LENGTH_SHIFT = 36;
    uint256 private constant FROZEN_AT_SHIFT = 52;
    uint256 private constant ROUND_SHIFT = 92;
    uint256 private constant DECIDED_AT_SHIFT = 124;
    uint256 private constant DEADLINE_SHIFT = 164;
    uint256 private constant LOT_SHIFT = 204;
    uint256 private constant STAGE_BITS = 3;
    uint256 private constant INSTANCE_BITS = 1;
    uint256 private constant FINDING_BITS = 2;
    uint256 private constant SEATS_BITS = 5;
    uint256 private constant DOMAIN_BITS = 5;

    /// @notice Stage that was reached; the status follows from it and the time.
    function stage(QuestionWord self) internal pure returns (uint8) {
        return uint8(BitField.read(QuestionWord.unwrap(self), STAGE_SHIFT, 0x7));
    }

    /// @notice 0, or 1 once appealed.
    function instance(QuestionWord self) internal pure returns (uint8) {
        return uint8(BitField.read(QuestionWord.unwrap(self), INSTANCE_SHIFT, 0x1));
    }

    /// @notice Whether the instance's first panel came to nothing.
    function redrawn(QuestionWord self) internal pure returns (bool) {
        return BitField.read(QuestionWord.unwrap(self), REDRAWN_SHIFT, 1) != 0;
    }

    /// @notice Verdict so far.
    function finding(QuestionWord self) internal pure returns (uint8) {
        return uint8(BitField.read(QuestionWord.unwrap(self), FINDING_SHIFT, 0x3));
    }

    /// @notice Seats of the present panel.
    function seats(QuestionWord self) internal pure returns (uint8) {
        return uint8(BitField.read(QuestionWord.unwrap(self), SEATS_SHIFT, 0x1f));
    }

    /// @notice Domain that its validators have.
    function domain(QuestionWord self) internal pure returns (uint8) {
        return uint8(BitField.read(QuestionWord.unwrap(self), DOMAIN_SHIFT, 0x1f));
    }

    /// @notice Whether the present panel was drawn by a block hash.
    function byFallback(QuestionWord self) internal pure returns (bool) {
        return BitField.read(QuestionWord.unwrap(self), BY_FALLBACK_SHIFT, 1) != 0;
    }

    /// @notice Whether an arbiter confirmed the verdict.
    function confirmed(QuestionWord self) internal pure returns (bool) {
        return BitField.read(QuestionWord.unwrap(self), CONFIRMED_SHIFT, 1) != 0;
    }

    /// @notice Whether an appeal came to nothing.
    function appealFailed(QuestionWord self) internal pure returns (bool) {
        return BitField.read(QuestionWord.unwrap(self), APPEAL_FAILED_SHIFT, 1) != 0;
    }

    /// @notice Owners in the frozen pool.
    function owners(QuestionWord self) internal pure returns (uint16) {
        return uint16(BitField.read(QuestionWord.unwrap(self), OWNERS_SHIFT, type(uint16).max));
    }

    /// @notice Length of the domain's list when it was frozen.
    function length(QuestionWord self) internal pure returns (uint16) {
        return uint16(BitField.read(QuestionWord.unwrap(self), LENGTH_SHIFT, type(uint16).max));
    }

    /// @notice When the pool was frozen, seconds.
    function frozenAt(QuestionWord self) internal pure returns (uint40) {
        return uint40(BitField.read(QuestionWord.unwrap(self), FROZEN_AT_SHIFT, type(uint40).max));
    }

    /// @notice Beacon round that the panel is bound to.
    function round(QuestionWord self) internal pure returns (uint32) {
        return uint32(BitField.read(QuestionWord.unwrap(self), ROUND_SHIFT, type(uint32).max));
    }

    /// @notice When the verdict so far was counted, seconds.
    function decidedAt(QuestionWord self) internal pure returns (uint40) {
        return uint40(BitField.read(QuestionWord.unwrap(self), DECIDED_AT_SHIFT, type(uint40).max));
    }

    /// @notice Last second in which a verdict is of use.
    function deadline(QuestionWord self) internal pure returns (uint40) {
        return uint40(BitField.read(QuestionWord.unwrap(self), DEADLINE_SHIFT, type(uint40).max));
    }

    /// @notice Part of the seed that drew the present panel; 0 before its draw.
    function lot(QuestionWord self) internal pure returns (uint48) {
        return uint48(BitField.read(QuestionWord.unwrap(self), LOT_SHIFT, type(uint48).max));
    }

    /// @notice `self` with another stage field. Bound: 3 bits.
    function withStage(QuestionWord self, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.put(QuestionWord.unwrap(self), STAGE_SHIFT, STAGE_BITS, value));
    }

    /// @notice `self` with another instance field. Bound: 1 bits.
    function withInstance(QuestionWord self, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.put(QuestionWord.unwrap(self), INSTANCE_SHIFT, INSTANCE_BITS, value));
    }

    /// @notice `self` with another redrawn field.
    function withRedrawn(QuestionWord self, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), REDRAWN_SHIFT, 1, value ? 1 : 0));
    }

    /// @notice `self` with another finding field. Bound: 2 bits.
    function withFinding(QuestionWord self, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.put(QuestionWord.unwrap(self), FINDING_SHIFT, FINDING_BITS, value));
    }

    /// @notice `self` with another seats field. Bound: 5 bits.
    function withSeats(QuestionWord self, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.put(QuestionWord.unwrap(self), SEATS_SHIFT, SEATS_BITS, value));
    }

    /// @notice `self` with another domain field. Bound: 5 bits.
    function withDomain(QuestionWord self, uint8 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.put(QuestionWord.unwrap(self), DOMAIN_SHIFT, DOMAIN_BITS, value));
    }

    /// @notice `self` with another byFallback field.
    function withByFallback(QuestionWord self, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), BY_FALLBACK_SHIFT, 1, value ? 1 : 0));
    }

    /// @notice `self` with another confirmed field.
    function withConfirmed(QuestionWord self, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), CONFIRMED_SHIFT, 1, value ? 1 : 0));
    }

    /// @notice `self` with another appealFailed field.
    function withAppealFailed(QuestionWord self, bool value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), APPEAL_FAILED_SHIFT, 1, value ? 1 : 0));
    }

    /// @notice `self` with another owners field.
    function withOwners(QuestionWord self, uint16 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), OWNERS_SHIFT, type(uint16).max, value));
    }

    /// @notice `self` with another length field.
    function withLength(QuestionWord self, uint16 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), LENGTH_SHIFT, type(uint16).max, value));
    }

    /// @notice `self` with another frozenAt field.
    function withFrozenAt(QuestionWord self, uint40 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), FROZEN_AT_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another round field.
    function withRound(QuestionWord self, uint32 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), ROUND_SHIFT, type(uint32).max, value));
    }

    /// @notice `self` with another decidedAt field.
    function withDecidedAt(QuestionWord self, uint40 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), DECIDED_AT_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another deadline field.
    function withDeadline(QuestionWord self, uint40 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), DEADLINE_SHIFT, type(uint40).max, value));
    }

    /// @notice `self` with another lot field.
    function withLot(QuestionWord self, uint48 value) internal pure returns (QuestionWord) {
        return QuestionWord.wrap(BitField.write(QuestionWord.unwrap(self), LOT_SHIFT, type(uint48).max, value));
    }

    /// @notice Number of the present panel among those of the question, 0..3.
    function panel(QuestionWord self) internal pure returns (uint256) {
        return panelOf(instance(self), redrawn(self));
    }

    /// @notice Number of a panel among those of a question, 0..3.
    function panelOf(uint8 instance_, bool redrawn_) internal pure returns (uint256) {
        return 2 * uint256(instance_) + (redrawn_ ? 1 : 0);
    }
}
