// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Governed terms of the ValidatorRegistry in one storage word.
/// @dev Layout, from the low bits:
///   0..63    minStake, gwei units to register with and to be available
///   64..95   unbonding, seconds a tranche unbonds
///   96..111  silenceBps, slash of a silent seat, basis points of `minStake`
///   112..119 moduleCapPercent, percent of all stake and unbonding that one module may take a UTC day
///   120..143 gain, accuracy gained by a coherent seat, 1e-4 points
///   144..167 incoherentLoss, accuracy lost by an incoherent seat, 1e-4 points
///   168..191 silentLoss, accuracy lost by a silent seat, 1e-4 points
///   192      stopped, whether registering and draws are stopped
///   193..255 free
type ValidatorTermsWord is uint256;

using ValidatorTermsWordLib for ValidatorTermsWord global;

/// @title ValidatorTermsWordLib
/// @notice Getters and pure setters of ValidatorTermsWord.
library ValidatorTermsWordLib {
    uint256 private constant MIN_STAKE_MASK = type(uint64).max;
    uint256 private constant UNBONDING_MASK = type(uint32).max;
    uint256 private constant UNBONDING_SHIFT = 64;
    uint256 private constant SILENCE_BPS_MASK = type(uint16).max;
    uint256 private constant SILENCE_BPS_SHIFT = 96;
    uint256 private constant MODULE_CAP_PERCENT_MASK = type(uint8).max;
    uint256 private constant MODULE_CAP_PERCENT_SHIFT = 112;
    uint256 private constant GAIN_MASK = type(uint24).max;
    uint256 private constant GAIN_SHIFT = 120;
    uint256 private constant INCOHERENT_LOSS_MASK = type(uint24).max;
    uint256 private constant INCOHERENT_LOSS_SHIFT = 144;
    uint256 private constant SILENT_LOSS_MASK = type(uint24).max;
    uint256 private constant SILENT_LOSS_SHIFT = 168;
    uint256 private constant STOPPED_SHIFT = 192;

    /// @notice Gwei units to register with and to be available.
    function minStake(ValidatorTermsWord self) internal pure returns (uint64) {
        return uint64(ValidatorTermsWord.unwrap(self) & MIN_STAKE_MASK);
    }

    /// @notice Seconds a tranche unbonds.
    function unbonding(ValidatorTermsWord self) internal pure returns (uint32) {
        return uint32((ValidatorTermsWord.unwrap(self) >> UNBONDING_SHIFT) & UNBONDING_MASK);
    }

    /// @notice Slash of a silent seat, basis points of `minStake`.
    function silenceBps(ValidatorTermsWord self) internal pure returns (uint16) {
        return uint16((ValidatorTermsWord.unwrap(self) >> SILENCE_BPS_SHIFT) & SILENCE_BPS_MASK);
    }

    /// @notice Percent of all stake and unbonding that one module may take a UTC day.
    function moduleCapPercent(ValidatorTermsWord self) internal pure returns (uint8) {
        return uint8((ValidatorTermsWord.unwrap(self) >> MODULE_CAP_PERCENT_SHIFT) & MODULE_CAP_PERCENT_MASK);
    }

    /// @notice Accuracy gained by a coherent seat, 1e-4 points.
    function gain(ValidatorTermsWord self) internal pure returns (uint24) {
        return uint24((ValidatorTermsWord.unwrap(self) >> GAIN_SHIFT) & GAIN_MASK);
    }

    /// @notice Accuracy lost by an incoherent seat, 1e-4 points.
    function incoherentLoss(ValidatorTermsWord self) internal pure returns (uint24) {
        return uint24((ValidatorTermsWord.unwrap(self) >> INCOHERENT_LOSS_SHIFT) & INCOHERENT_LOSS_MASK);
    }

    /// @notice Accuracy lost by a silent seat, 1e-4 points.
    function silentLoss(ValidatorTermsWord self) internal pure returns (uint24) {
        return uint24((ValidatorTermsWord.unwrap(self) >> SILENT_LOSS_SHIFT) & SILENT_LOSS_MASK);
    }

    /// @notice Whether registering and draws are stopped.
    function stopped(ValidatorTermsWord self) internal pure returns (bool) {
        return (ValidatorTermsWord.unwrap(self) >> STOPPED_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another minStake field.
    function withMinStake(ValidatorTermsWord self, uint64 value) internal pure returns (ValidatorTermsWord) {
        return ValidatorTermsWord.wrap((ValidatorTermsWord.unwrap(self) & ~MIN_STAKE_MASK) | uint256(value));
    }

    /// @notice `self` with another unbonding field.
    function withUnbonding(ValidatorTermsWord self, uint32 value) internal pure returns (ValidatorTermsWord) {
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(UNBONDING_MASK << UNBONDING_SHIFT)) |
                    (uint256(value) << UNBONDING_SHIFT)
            );
    }

    /// @notice `self` with another silenceBps field.
    function withSilenceBps(ValidatorTermsWord self, uint16 value) internal pure returns (ValidatorTermsWord) {
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(SILENCE_BPS_MASK << SILENCE_BPS_SHIFT)) |
                    (uint256(value) << SILENCE_BPS_SHIFT)
            );
    }

    /// @notice `self` with another moduleCapPercent field.
    function withModuleCapPercent(ValidatorTermsWord self, uint8 value) internal pure returns (ValidatorTermsWord) {
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(MODULE_CAP_PERCENT_MASK << MODULE_CAP_PERCENT_SHIFT)) |
                    (uint256(value) << MODULE_CAP_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another gain field.
    function withGain(ValidatorTermsWord self, uint24 value) internal pure returns (ValidatorTermsWord) {
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(GAIN_MASK << GAIN_SHIFT)) | (uint256(value) << GAIN_SHIFT)
            );
    }

    /// @notice `self` with another incoherentLoss field.
    function withIncoherentLoss(ValidatorTermsWord self, uint24 value) internal pure returns (ValidatorTermsWord) {
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(INCOHERENT_LOSS_MASK << INCOHERENT_LOSS_SHIFT)) |
                    (uint256(value) << INCOHERENT_LOSS_SHIFT)
            );
    }

    /// @notice `self` with another silentLoss field.
    function withSilentLoss(ValidatorTermsWord self, uint24 value) internal pure returns (ValidatorTermsWord) {
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(SILENT_LOSS_MASK << SILENT_LOSS_SHIFT)) |
                    (uint256(value) << SILENT_LOSS_SHIFT)
            );
    }

    /// @notice `self` with another stopped field.
    function withStopped(ValidatorTermsWord self, bool value) internal pure returns (ValidatorTermsWord) {
        uint256 bit = value ? 1 : 0;
        return
            ValidatorTermsWord.wrap(
                (ValidatorTermsWord.unwrap(self) & ~(uint256(1) << STOPPED_SHIFT)) | (bit << STOPPED_SHIFT)
            );
    }
}
