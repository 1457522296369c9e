// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Reputation of an owner in one storage word. Zero means that the account never registered a GPU.
/// @dev Layout, from the low bits:
///   0..26    score, score in 1e-6 points, at most 1e8
///   27..47   completed, jobs completed in the window that ends with `day`
///   48..68   attempted, jobs attempted in that window
///   69..84   day, UTC day of the last outcome
///   85..100  dayCompleted, jobs completed on that day
///   101..116 dayAttempted, jobs attempted on that day
///   117..140 dayGain, 1e-6 points gained on that day
///   141..204 requesters, marks of the last four requesters of that day, the latest in the low bits
///   205..210 verified, verified jobs since probation began, saturating
///   211      barred, whether a fraud was recorded; the day it ends is in StakerWord
///   212..225 frozenWeight, draw weight at the request of round `frozenRound`, 0.01 points
///   226      frozenProbation, whether the owner was on probation then
///   227..250 frozenRound, stamp of the round in which the score changed first
///   251      known, whether the owner ever registered a GPU
///   252..255 free
type OwnerWord is uint256;

using OwnerWordLib for OwnerWord global;

/// @title OwnerWordLib
/// @notice Getters and pure setters of OwnerWord.
/// @dev The counts of the last active day live here until the day turns, so that further outcomes of a day touch no
/// lane.
library OwnerWordLib {
    uint256 private constant SCORE_MASK = 0x7ffffff;
    uint256 private constant COMPLETED_MASK = 0x1fffff;
    uint256 private constant COMPLETED_SHIFT = 27;
    uint256 private constant ATTEMPTED_MASK = 0x1fffff;
    uint256 private constant ATTEMPTED_SHIFT = 48;
    uint256 private constant DAY_MASK = type(uint16).max;
    uint256 private constant DAY_SHIFT = 69;
    uint256 private constant DAY_COMPLETED_MASK = type(uint16).max;
    uint256 private constant DAY_COMPLETED_SHIFT = 85;
    uint256 private constant DAY_ATTEMPTED_MASK = type(uint16).max;
    uint256 private constant DAY_ATTEMPTED_SHIFT = 101;
    uint256 private constant DAY_GAIN_MASK = type(uint24).max;
    uint256 private constant DAY_GAIN_SHIFT = 117;
    uint256 private constant REQUESTERS_MASK = type(uint64).max;
    uint256 private constant REQUESTERS_SHIFT = 141;
    uint256 private constant VERIFIED_MASK = 0x3f;
    uint256 private constant VERIFIED_SHIFT = 205;
    uint256 private constant BARRED_SHIFT = 211;
    uint256 private constant FROZEN_WEIGHT_MASK = 0x3fff;
    uint256 private constant FROZEN_WEIGHT_SHIFT = 212;
    uint256 private constant FROZEN_PROBATION_SHIFT = 226;
    uint256 private constant FROZEN_ROUND_MASK = type(uint24).max;
    uint256 private constant FROZEN_ROUND_SHIFT = 227;
    uint256 private constant KNOWN_SHIFT = 251;

    /// @notice Score in 1e-6 points, at most 1e8.
    function score(OwnerWord self) internal pure returns (uint32) {
        return uint32(OwnerWord.unwrap(self) & SCORE_MASK);
    }

    /// @notice Jobs completed in the window that ends with `day`.
    function completed(OwnerWord self) internal pure returns (uint24) {
        return uint24((OwnerWord.unwrap(self) >> COMPLETED_SHIFT) & COMPLETED_MASK);
    }

    /// @notice Jobs attempted in that window.
    function attempted(OwnerWord self) internal pure returns (uint24) {
        return uint24((OwnerWord.unwrap(self) >> ATTEMPTED_SHIFT) & ATTEMPTED_MASK);
    }

    /// @notice UTC day of the last outcome.
    function day(OwnerWord self) internal pure returns (uint16) {
        return uint16((OwnerWord.unwrap(self) >> DAY_SHIFT) & DAY_MASK);
    }

    /// @notice Jobs completed on that day.
    function dayCompleted(OwnerWord self) internal pure returns (uint16) {
        return uint16((OwnerWord.unwrap(self) >> DAY_COMPLETED_SHIFT) & DAY_COMPLETED_MASK);
    }

    /// @notice Jobs attempted on that day.
    function dayAttempted(OwnerWord self) internal pure returns (uint16) {
        return uint16((OwnerWord.unwrap(self) >> DAY_ATTEMPTED_SHIFT) & DAY_ATTEMPTED_MASK);
    }

    /// @notice 1e-6 points gained on that day.
    function dayGain(OwnerWord self) internal pure returns (uint24) {
        return uint24((OwnerWord.unwrap(self) >> DAY_GAIN_SHIFT) & DAY_GAIN_MASK);
    }

    /// @notice Marks of the last four requesters of that day, the latest in the low bits.
    function requesters(OwnerWord self) internal pure returns (uint64) {
        return uint64((OwnerWord.unwrap(self) >> REQUESTERS_SHIFT) & REQUESTERS_MASK);
    }

    /// @notice Verified jobs since probation began, saturating.
    function verified(OwnerWord self) internal pure returns (uint8) {
        return uint8((OwnerWord.unwrap(self) >> VERIFIED_SHIFT) & VERIFIED_MASK);
    }

    /// @notice Whether a fraud was recorded; the day it ends is in StakerWord.
    function barred(OwnerWord self) internal pure returns (bool) {
        return (OwnerWord.unwrap(self) >> BARRED_SHIFT) & 1 != 0;
    }

    /// @notice Draw weight at the request of round `frozenRound`, 0.01 points.
    function frozenWeight(OwnerWord self) internal pure returns (uint16) {
        return uint16((OwnerWord.unwrap(self) >> FROZEN_WEIGHT_SHIFT) & FROZEN_WEIGHT_MASK);
    }

    /// @notice Whether the owner was on probation then.
    function frozenProbation(OwnerWord self) internal pure returns (bool) {
        return (OwnerWord.unwrap(self) >> FROZEN_PROBATION_SHIFT) & 1 != 0;
    }

    /// @notice Stamp of the round in which the score changed first.
    function frozenRound(OwnerWord self) internal pure returns (uint24) {
        return uint24((OwnerWord.unwrap(self) >> FROZEN_ROUND_SHIFT) & FROZEN_ROUND_MASK);
    }

    /// @notice Whether the owner ever registered a GPU.
    function known(OwnerWord self) internal pure returns (bool) {
        return (OwnerWord.unwrap(self) >> KNOWN_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another score field. Bound: 27 bits.
    function withScore(OwnerWord self, uint32 value) internal pure returns (OwnerWord) {
        return OwnerWord.wrap((OwnerWord.unwrap(self) & ~SCORE_MASK) | uint256(value));
    }

    /// @notice `self` with another completed field. Bound: 21 bits.
    function withCompleted(OwnerWord self, uint24 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(COMPLETED_MASK << COMPLETED_SHIFT)) | (uint256(value) << COMPLETED_SHIFT)
            );
    }

    /// @notice `self` with another attempted field. Bound: 21 bits.
    function withAttempted(OwnerWord self, uint24 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(ATTEMPTED_MASK << ATTEMPTED_SHIFT)) | (uint256(value) << ATTEMPTED_SHIFT)
            );
    }

    /// @notice `self` with another day field.
    function withDay(OwnerWord self, uint16 value) internal pure returns (OwnerWord) {
        return OwnerWord.wrap((OwnerWord.unwrap(self) & ~(DAY_MASK << DAY_SHIFT)) | (uint256(value) << DAY_SHIFT));
    }

    /// @notice `self` with another dayCompleted field.
    function withDayCompleted(OwnerWord self, uint16 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(DAY_COMPLETED_MASK << DAY_COMPLETED_SHIFT)) |
                    (uint256(value) << DAY_COMPLETED_SHIFT)
            );
    }

    /// @notice `self` with another dayAttempted field.
    function withDayAttempted(OwnerWord self, uint16 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(DAY_ATTEMPTED_MASK << DAY_ATTEMPTED_SHIFT)) |
                    (uint256(value) << DAY_ATTEMPTED_SHIFT)
            );
    }

    /// @notice `self` with another dayGain field.
    function withDayGain(OwnerWord self, uint24 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(DAY_GAIN_MASK << DAY_GAIN_SHIFT)) | (uint256(value) << DAY_GAIN_SHIFT)
            );
    }

    /// @notice `self` with another requesters field.
    function withRequesters(OwnerWord self, uint64 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(REQUESTERS_MASK << REQUESTERS_SHIFT)) | (uint256(value) << REQUESTERS_SHIFT)
            );
    }

    /// @notice `self` with another verified field. Bound: 6 bits.
    function withVerified(OwnerWord self, uint8 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(VERIFIED_MASK << VERIFIED_SHIFT)) | (uint256(value) << VERIFIED_SHIFT)
            );
    }

    /// @notice `self` with another barred field.
    function withBarred(OwnerWord self, bool value) internal pure returns (OwnerWord) {
        uint256 bit = value ? 1 : 0;
        return OwnerWord.wrap((OwnerWord.unwrap(self) & ~(uint256(1) << BARRED_SHIFT)) | (bit << BARRED_SHIFT));
    }

    /// @notice `self` with another frozenWeight field. Bound: 14 bits.
    function withFrozenWeight(OwnerWord self, uint16 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(FROZEN_WEIGHT_MASK << FROZEN_WEIGHT_SHIFT)) |
                    (uint256(value) << FROZEN_WEIGHT_SHIFT)
            );
    }

    /// @notice `self` with another frozenProbation field.
    function withFrozenProbation(OwnerWord self, bool value) internal pure returns (OwnerWord) {
        uint256 bit = value ? 1 : 0;
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(uint256(1) << FROZEN_PROBATION_SHIFT)) | (bit << FROZEN_PROBATION_SHIFT)
            );
    }

    /// @notice `self` with another frozenRound field.
    function withFrozenRound(OwnerWord self, uint24 value) internal pure returns (OwnerWord) {
        return
            OwnerWord.wrap(
                (OwnerWord.unwrap(self) & ~(FROZEN_ROUND_MASK << FROZEN_ROUND_SHIFT)) |
                    (uint256(value) << FROZEN_ROUND_SHIFT)
            );
    }

    /// @notice `self` with another known field.
    function withKnown(OwnerWord self, bool value) internal pure returns (OwnerWord) {
        uint256 bit = value ? 1 : 0;
        return OwnerWord.wrap((OwnerWord.unwrap(self) & ~(uint256(1) << KNOWN_SHIFT)) | (bit << KNOWN_SHIFT));
    }

    /// @notice `self` with one more attempt of the latest day, completed or not. A day counts 65,535 attempts at most.
    function counted(OwnerWord self, bool isCompleted) internal pure returns (OwnerWord) {
        if (dayAttempted(self) == DAY_ATTEMPTED_MASK) return self;
        // One addition raises sum and day; no field carries: the day is below 2^16 - 1 and thirty days below 2^21 - 1.
        unchecked {
            uint256 more = (1 << ATTEMPTED_SHIFT) | (1 << DAY_ATTEMPTED_SHIFT);
            if (isCompleted) more |= (1 << COMPLETED_SHIFT) | (1 << DAY_COMPLETED_SHIFT);
            return OwnerWord.wrap(OwnerWord.unwrap(self) + more);
        }
    }
}
