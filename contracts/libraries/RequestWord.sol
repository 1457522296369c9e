// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The beacon's newest request in one storage word. Zero before the first.
/// @dev Layout, from the low bits:
///   0..127   tag, low 128 bits of keccak256(abi.encode(coordinator, request id))
///   128..159 round, number of the newest round
///   160..199 requestedAt, seconds
///   200..239 waitingSince, seconds: request time of the first of the unanswered requests in a row
///   240..247 fallbackFixed, 1 once a block is fixed whose hash may answer the round
///   248..255 free
type RequestWord is uint256;

using RequestWordLib for RequestWord global;

/// @title RequestWordLib
/// @notice Constructor, getters and setters of RequestWord.
library RequestWordLib {
    uint256 private constant TAG_MASK = type(uint128).max;
    uint256 private constant ROUND_MASK = type(uint32).max;
    uint256 private constant TIME_MASK = type(uint40).max;
    uint256 private constant ROUND_SHIFT = 128;
    uint256 private constant REQUESTED_SHIFT = 160;
    uint256 private constant WAITING_SHIFT = 200;
    uint256 private constant FIXED_SHIFT = 240;

    /// @notice Low 128 bits of keccak256(abi.encode(coordinator, request id)); 0 while the coordinator is being called.
    function tag(RequestWord self) internal pure returns (uint128) {
        return uint128(RequestWord.unwrap(self) & TAG_MASK);
    }

    /// @notice Number of the newest round, 0 before the first.
    function round(RequestWord self) internal pure returns (uint32) {
        return uint32((RequestWord.unwrap(self) >> ROUND_SHIFT) & ROUND_MASK);
    }

    /// @notice When the newest round was requested, seconds.
    function requestedAt(RequestWord self) internal pure returns (uint40) {
        return uint40((RequestWord.unwrap(self) >> REQUESTED_SHIFT) & TIME_MASK);
    }

    /// @notice When the first of the unanswered requests in a row was made, seconds.
    function waitingSince(RequestWord self) internal pure returns (uint40) {
        return uint40((RequestWord.unwrap(self) >> WAITING_SHIFT) & TIME_MASK);
    }

    /// @notice Whether a fallback block is fixed for the newest round.
    function fallbackFixed(RequestWord self) internal pure returns (bool) {
        return RequestWord.unwrap(self) >> FIXED_SHIFT != 0;
    }

    /// @notice `self` with another tag field.
    function withTag(RequestWord self, uint128 value) internal pure returns (RequestWord) {
        return RequestWord.wrap((RequestWord.unwrap(self) & ~TAG_MASK) | value);
    }

    /// @notice `self` with the note that a fallback block is fixed; only a new request takes it away.
    function withFallbackFixed(RequestWord self) internal pure returns (RequestWord) {
        return RequestWord.wrap(RequestWord.unwrap(self) | (1 << FIXED_SHIFT));
    }

    /// @notice A word of these fields, without tag and fallback block.
    function pack(uint32 round_, uint40 requestedAt_, uint40 waitingSince_) internal pure returns (RequestWord) {
        return
            RequestWord.wrap(
                (uint256(round_) << ROUND_SHIFT) |
                    (uint256(requestedAt_) << REQUESTED_SHIFT) |
                    (uint256(waitingSince_) << WAITING_SHIFT)
            );
    }
}
