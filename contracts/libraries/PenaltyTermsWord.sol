// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Governed terms that only failures, fraud and new rounds need, in one storage word.
/// @dev Layout, from the low bits:
///   0..7     lossMinPercent, reputation lmin in percent of its default
///   8..15    lossMaxPercent, reputation lmax in percent of its default
///   16..23   fraudPercent, loss by fraud in percent of its default
///   24..29   probationShare, percent of stake that bounds a job on probation
///   30..35   probationJobs, verified jobs that end probation
///   36..39   freeDeclines, declines a GPU and UTC day that cost nothing
///   40..50   finderBps, finder's share of a slash, basis points
///   51..255  free
type PenaltyTermsWord is uint256;

using PenaltyTermsWordLib for PenaltyTermsWord global;

/// @title PenaltyTermsWordLib
/// @notice Getters and pure setters of PenaltyTermsWord.
library PenaltyTermsWordLib {
    uint256 private constant LOSS_MIN_PERCENT_MASK = type(uint8).max;
    uint256 private constant LOSS_MAX_PERCENT_MASK = type(uint8).max;
    uint256 private constant LOSS_MAX_PERCENT_SHIFT = 8;
    uint256 private constant FRAUD_PERCENT_MASK = type(uint8).max;
    uint256 private constant FRAUD_PERCENT_SHIFT = 16;
    uint256 private constant PROBATION_SHARE_MASK = 0x3f;
    uint256 private constant PROBATION_SHARE_SHIFT = 24;
    uint256 private constant PROBATION_JOBS_MASK = 0x3f;
    uint256 private constant PROBATION_JOBS_SHIFT = 30;
    uint256 private constant FREE_DECLINES_MASK = 0xf;
    uint256 private constant FREE_DECLINES_SHIFT = 36;
    uint256 private constant FINDER_BPS_MASK = 0x7ff;
    uint256 private constant FINDER_BPS_SHIFT = 40;

    /// @notice Reputation lmin in percent of its default.
    function lossMinPercent(PenaltyTermsWord self) internal pure returns (uint8) {
        return uint8(PenaltyTermsWord.unwrap(self) & LOSS_MIN_PERCENT_MASK);
    }

    /// @notice Reputation lmax in percent of its default.
    function lossMaxPercent(PenaltyTermsWord self) internal pure returns (uint8) {
        return uint8((PenaltyTermsWord.unwrap(self) >> LOSS_MAX_PERCENT_SHIFT) & LOSS_MAX_PERCENT_MASK);
    }

    /// @notice Loss by fraud in percent of its default.
    function fraudPercent(PenaltyTermsWord self) internal pure returns (uint8) {
        return uint8((PenaltyTermsWord.unwrap(self) >> FRAUD_PERCENT_SHIFT) & FRAUD_PERCENT_MASK);
    }

    /// @notice Percent of stake that bounds a job on probation.
    function probationShare(PenaltyTermsWord self) internal pure returns (uint8) {
        return uint8((PenaltyTermsWord.unwrap(self) >> PROBATION_SHARE_SHIFT) & PROBATION_SHARE_MASK);
    }

    /// @notice Verified jobs that end probation.
    function probationJobs(PenaltyTermsWord self) internal pure returns (uint8) {
        return uint8((PenaltyTermsWord.unwrap(self) >> PROBATION_JOBS_SHIFT) & PROBATION_JOBS_MASK);
    }

    /// @notice Declines a GPU and UTC day that cost nothing.
    function freeDeclines(PenaltyTermsWord self) internal pure returns (uint8) {
        return uint8((PenaltyTermsWord.unwrap(self) >> FREE_DECLINES_SHIFT) & FREE_DECLINES_MASK);
    }

    /// @notice Finder's share of a slash, basis points.
    function finderBps(PenaltyTermsWord self) internal pure returns (uint16) {
        return uint16((PenaltyTermsWord.unwrap(self) >> FINDER_BPS_SHIFT) & FINDER_BPS_MASK);
    }

    /// @notice `self` with another lossMinPercent field.
    function withLossMinPercent(PenaltyTermsWord self, uint8 value) internal pure returns (PenaltyTermsWord) {
        return PenaltyTermsWord.wrap((PenaltyTermsWord.unwrap(self) & ~LOSS_MIN_PERCENT_MASK) | uint256(value));
    }

    /// @notice `self` with another lossMaxPercent field.
    function withLossMaxPercent(PenaltyTermsWord self, uint8 value) internal pure returns (PenaltyTermsWord) {
        return
            PenaltyTermsWord.wrap(
                (PenaltyTermsWord.unwrap(self) & ~(LOSS_MAX_PERCENT_MASK << LOSS_MAX_PERCENT_SHIFT)) |
                    (uint256(value) << LOSS_MAX_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another fraudPercent field.
    function withFraudPercent(PenaltyTermsWord self, uint8 value) internal pure returns (PenaltyTermsWord) {
        return
            PenaltyTermsWord.wrap(
                (PenaltyTermsWord.unwrap(self) & ~(FRAUD_PERCENT_MASK << FRAUD_PERCENT_SHIFT)) |
                    (uint256(value) << FRAUD_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another probationShare field. Bound: 6 bits.
    function withProbationShare(PenaltyTermsWord self, uint8 value) internal pure returns (PenaltyTermsWord) {
        return
            PenaltyTermsWord.wrap(
                (PenaltyTermsWord.unwrap(self) & ~(PROBATION_SHARE_MASK << PROBATION_SHARE_SHIFT)) |
                    (uint256(value) << PROBATION_SHARE_SHIFT)
            );
    }

    /// @notice `self` with another probationJobs field. Bound: 6 bits.
    function withProbationJobs(PenaltyTermsWord self, uint8 value) internal pure returns (PenaltyTermsWord) {
        return
            PenaltyTermsWord.wrap(
                (PenaltyTermsWord.unwrap(self) & ~(PROBATION_JOBS_MASK << PROBATION_JOBS_SHIFT)) |
                    (uint256(value) << PROBATION_JOBS_SHIFT)
            );
    }

    /// @notice `self` with another freeDeclines field. Bound: 4 bits.
    function withFreeDeclines(PenaltyTermsWord self, uint8 value) internal pure returns (PenaltyTermsWord) {
        return
            PenaltyTermsWord.wrap(
                (PenaltyTermsWord.unwrap(self) & ~(FREE_DECLINES_MASK << FREE_DECLINES_SHIFT)) |
                    (uint256(value) << FREE_DECLINES_SHIFT)
            );
    }

    /// @notice `self` with another finderBps field. Bound: 11 bits.
    function withFinderBps(PenaltyTermsWord self, uint16 value) internal pure returns (PenaltyTermsWord) {
        return
            PenaltyTermsWord.wrap(
                (PenaltyTermsWord.unwrap(self) & ~(FINDER_BPS_MASK << FINDER_BPS_SHIFT)) |
                    (uint256(value) << FINDER_BPS_SHIFT)
            );
    }
}
