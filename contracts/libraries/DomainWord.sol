// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Counts of one domain's list of validators, in one storage word.
/// @dev Layout, from the low bits:
///   0..15    length, places of the list up to the last that is taken
///   16..31   active, validators that are available
///   32..47   holes, free places below that length
///   48..63   fresh, available validators that came in in second `second`
///   64..79   gone, validators that were available before second `second` and stopped in it
///   80..119  second, latest second in which one came or went
///   120..255 free
type DomainWord is uint256;

using DomainWordLib for DomainWord global;

/// @title DomainWordLib
/// @notice Getters and pure setters of DomainWord.
library DomainWordLib {
    uint256 private constant LENGTH_MASK = type(uint16).max;
    uint256 private constant ACTIVE_MASK = type(uint16).max;
    uint256 private constant ACTIVE_SHIFT = 16;
    uint256 private constant HOLES_MASK = type(uint16).max;
    uint256 private constant HOLES_SHIFT = 32;
    uint256 private constant FRESH_MASK = type(uint16).max;
    uint256 private constant FRESH_SHIFT = 48;
    uint256 private constant GONE_MASK = type(uint16).max;
    uint256 private constant GONE_SHIFT = 64;
    uint256 private constant SECOND_MASK = type(uint40).max;
    uint256 private constant SECOND_SHIFT = 80;

    /// @notice Places of the list up to the last that is taken.
    function length(DomainWord self) internal pure returns (uint16) {
        return uint16(DomainWord.unwrap(self) & LENGTH_MASK);
    }

    /// @notice Validators that are available.
    function active(DomainWord self) internal pure returns (uint16) {
        return uint16((DomainWord.unwrap(self) >> ACTIVE_SHIFT) & ACTIVE_MASK);
    }

    /// @notice Free places below that length.
    function holes(DomainWord self) internal pure returns (uint16) {
        return uint16((DomainWord.unwrap(self) >> HOLES_SHIFT) & HOLES_MASK);
    }

    /// @notice Available validators that came in in second `second`.
    function fresh(DomainWord self) internal pure returns (uint16) {
        return uint16((DomainWord.unwrap(self) >> FRESH_SHIFT) & FRESH_MASK);
    }

    /// @notice Validators that were available before second `second` and stopped in it.
    function gone(DomainWord self) internal pure returns (uint16) {
        return uint16((DomainWord.unwrap(self) >> GONE_SHIFT) & GONE_MASK);
    }

    /// @notice Latest second in which one came or went.
    function second(DomainWord self) internal pure returns (uint40) {
        return uint40((DomainWord.unwrap(self) >> SECOND_SHIFT) & SECOND_MASK);
    }

    /// @notice `self` with another length field.
    function withLength(DomainWord self, uint16 value) internal pure returns (DomainWord) {
        return DomainWord.wrap((DomainWord.unwrap(self) & ~LENGTH_MASK) | uint256(value));
    }

    /// @notice `self` with another active field.
    function withActive(DomainWord self, uint16 value) internal pure returns (DomainWord) {
        return
            DomainWord.wrap(
                (DomainWord.unwrap(self) & ~(ACTIVE_MASK << ACTIVE_SHIFT)) | (uint256(value) << ACTIVE_SHIFT)
            );
    }

    /// @notice `self` with another holes field.
    function withHoles(DomainWord self, uint16 value) internal pure returns (DomainWord) {
        return
            DomainWord.wrap((DomainWord.unwrap(self) & ~(HOLES_MASK << HOLES_SHIFT)) | (uint256(value) << HOLES_SHIFT));
    }

    /// @notice `self` with another fresh field.
    function withFresh(DomainWord self, uint16 value) internal pure returns (DomainWord) {
        return
            DomainWord.wrap((DomainWord.unwrap(self) & ~(FRESH_MASK << FRESH_SHIFT)) | (uint256(value) << FRESH_SHIFT));
    }

    /// @notice `self` with another gone field.
    function withGone(DomainWord self, uint16 value) internal pure returns (DomainWord) {
        return DomainWord.wrap((DomainWord.unwrap(self) & ~(GONE_MASK << GONE_SHIFT)) | (uint256(value) << GONE_SHIFT));
    }

    /// @notice `self` with another second field.
    function withSecond(DomainWord self, uint40 value) internal pure returns (DomainWord) {
        return
            DomainWord.wrap(
                (DomainWord.unwrap(self) & ~(SECOND_MASK << SECOND_SHIFT)) | (uint256(value) << SECOND_SHIFT)
            );
    }

    /// @notice Validators that a question asked at `time`, the present second, can draw: those that came in in it are
    /// not, those that stopped in it still are.
    function owners(DomainWord self, uint40 time) internal pure returns (uint16) {
        return second(self) == time ? active(self) - fresh(self) + gone(self) : active(self);
    }

    /// @notice `self` after a validator came in at `time`.
    function cameIn(DomainWord self, uint40 time) internal pure returns (DomainWord) {
        self = _at(self, time);
        return withFresh(withActive(self, active(self) + 1), fresh(self) + 1);
    }

    /// @notice `self` after a validator that came in at `since` stopped at `time`.
    function wentOut(DomainWord self, uint40 since, uint40 time) internal pure returns (DomainWord) {
        self = _at(self, time);
        self = withActive(self, active(self) - 1);
        return since == time ? withFresh(self, fresh(self) - 1) : withGone(self, gone(self) + 1);
    }

    /// @dev Counts of another second begin at zero.
    function _at(DomainWord self, uint40 time) private pure returns (DomainWord) {
        return second(self) == time ? self : withSecond(withFresh(withGone(self, 0), 0), time);
    }
}
