// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A finished round of the beacon in one storage word.
/// @dev Layout, from the low bits:
///   0..127   entropy, low 128 bits of the random word or block hash
///   128..159 round
///   160..199 requestedAt, seconds
///   200..239 answeredAt, seconds; 0 when dead
///   240..247 status, value of IRandomnessBeacon.RoundStatus
///   248..255 byFallback, 1 when the entropy is a block hash
type RoundWord is uint256;

using RoundWordLib for RoundWord global;

/// @title RoundWordLib
/// @notice Constructor and getters of RoundWord; a finished round never changes, so there are no setters.
/// @dev 128 bits of entropy are out of reach of any search, and let a round cost one storage word instead of two.
library RoundWordLib {
    uint256 private constant ENTROPY_MASK = type(uint128).max;
    uint256 private constant ROUND_MASK = type(uint32).max;
    uint256 private constant TIME_MASK = type(uint40).max;
    uint256 private constant BYTE_MASK = type(uint8).max;
    uint256 private constant ROUND_SHIFT = 128;
    uint256 private constant REQUESTED_SHIFT = 160;
    uint256 private constant ANSWERED_SHIFT = 200;
    uint256 private constant STATUS_SHIFT = 240;
    uint256 private constant FALLBACK_SHIFT = 248;

    /// @notice Low 128 bits of the random word or block hash.
    function entropy(RoundWord self) internal pure returns (uint128) {
        return uint128(RoundWord.unwrap(self) & ENTROPY_MASK);
    }

    /// @notice Number of the round.
    function round(RoundWord self) internal pure returns (uint32) {
        return uint32((RoundWord.unwrap(self) >> ROUND_SHIFT) & ROUND_MASK);
    }

    /// @notice When the round was requested, seconds.
    function requestedAt(RoundWord self) internal pure returns (uint40) {
        return uint40((RoundWord.unwrap(self) >> REQUESTED_SHIFT) & TIME_MASK);
    }

    /// @notice When the round was answered, seconds; 0 when dead.
    function answeredAt(RoundWord self) internal pure returns (uint40) {
        return uint40((RoundWord.unwrap(self) >> ANSWERED_SHIFT) & TIME_MASK);
    }

    /// @notice Status as a number.
    function status(RoundWord self) internal pure returns (uint8) {
        return uint8((RoundWord.unwrap(self) >> STATUS_SHIFT) & BYTE_MASK);
    }

    /// @notice Whether the entropy is a block hash.
    function byFallback(RoundWord self) internal pure returns (bool) {
        return RoundWord.unwrap(self) >> FALLBACK_SHIFT != 0;
    }

    /// @notice A word of these fields.
    function pack(
        uint128 entropy_,
        uint32 round_,
        uint40 requestedAt_,
        uint40 answeredAt_,
        uint8 status_,
        bool byFallback_
    ) internal pure returns (RoundWord) {
        return
            RoundWord.wrap(
                uint256(entropy_) |
                    (uint256(round_) << ROUND_SHIFT) |
                    (uint256(requestedAt_) << REQUESTED_SHIFT) |
                    (uint256(answeredAt_) << ANSWERED_SHIFT) |
                    (uint256(status_) << STATUS_SHIFT) |
                    (uint256(byFallback_ ? 1 : 0) << FALLBACK_SHIFT)
            );
    }
}
