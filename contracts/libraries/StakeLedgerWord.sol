// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Totals of the registry and the terms that stake movements need, in one storage word.
/// @dev Layout, from the low bits:
///   0..39    gpus, number of GPUs ever registered, and the id of the newest
///   40..103  total, gwei units of stake in force of all GPUs
///   104..167 fees, gwei units owed to the treasury
///   168..190 unbonding, seconds a tranche unbonds
///   191..199 registrationFeeBps, registration fee, basis points of the class minimum
///   200..206 callerPayBps, caller's pay, basis points of the class minimum
///   207..212 incidentPercent, percent of what a GPU holds that an incident without such a lock may take
///   213..217 moduleCapPercent, percent of all stake that one module may slash a UTC day
///   218..249 slashes, number of slashes, and the id of the newest
///   250..255 free
type StakeLedgerWord is uint256;

using StakeLedgerWordLib for StakeLedgerWord global;

/// @title StakeLedgerWordLib
/// @notice Getters and pure setters of StakeLedgerWord.
library StakeLedgerWordLib {
    uint256 private constant GPUS_MASK = type(uint40).max;
    uint256 private constant TOTAL_MASK = type(uint64).max;
    uint256 private constant TOTAL_SHIFT = 40;
    uint256 private constant FEES_MASK = type(uint64).max;
    uint256 private constant FEES_SHIFT = 104;
    uint256 private constant UNBONDING_MASK = 0x7fffff;
    uint256 private constant UNBONDING_SHIFT = 168;
    uint256 private constant REGISTRATION_FEE_BPS_MASK = 0x1ff;
    uint256 private constant REGISTRATION_FEE_BPS_SHIFT = 191;
    uint256 private constant CALLER_PAY_BPS_MASK = 0x7f;
    uint256 private constant CALLER_PAY_BPS_SHIFT = 200;
    uint256 private constant INCIDENT_PERCENT_MASK = 0x3f;
    uint256 private constant INCIDENT_PERCENT_SHIFT = 207;
    uint256 private constant MODULE_CAP_PERCENT_MASK = 0x1f;
    uint256 private constant MODULE_CAP_PERCENT_SHIFT = 213;
    uint256 private constant SLASHES_MASK = type(uint32).max;
    uint256 private constant SLASHES_SHIFT = 218;

    /// @notice Number of GPUs ever registered, and the id of the newest.
    function gpus(StakeLedgerWord self) internal pure returns (uint40) {
        return uint40(StakeLedgerWord.unwrap(self) & GPUS_MASK);
    }

    /// @notice Gwei units of stake in force of all GPUs.
    function total(StakeLedgerWord self) internal pure returns (uint64) {
        return uint64((StakeLedgerWord.unwrap(self) >> TOTAL_SHIFT) & TOTAL_MASK);
    }

    /// @notice Gwei units owed to the treasury.
    function fees(StakeLedgerWord self) internal pure returns (uint64) {
        return uint64((StakeLedgerWord.unwrap(self) >> FEES_SHIFT) & FEES_MASK);
    }

    /// @notice Seconds a tranche unbonds.
    function unbonding(StakeLedgerWord self) internal pure returns (uint24) {
        return uint24((StakeLedgerWord.unwrap(self) >> UNBONDING_SHIFT) & UNBONDING_MASK);
    }

    /// @notice Registration fee, basis points of the class minimum.
    function registrationFeeBps(StakeLedgerWord self) internal pure returns (uint16) {
        return uint16((StakeLedgerWord.unwrap(self) >> REGISTRATION_FEE_BPS_SHIFT) & REGISTRATION_FEE_BPS_MASK);
    }

    /// @notice Caller's pay, basis points of the class minimum.
    function callerPayBps(StakeLedgerWord self) internal pure returns (uint8) {
        return uint8((StakeLedgerWord.unwrap(self) >> CALLER_PAY_BPS_SHIFT) & CALLER_PAY_BPS_MASK);
    }

    /// @notice Percent of what a GPU holds that an incident without such a lock may take.
    function incidentPercent(StakeLedgerWord self) internal pure returns (uint8) {
        return uint8((StakeLedgerWord.unwrap(self) >> INCIDENT_PERCENT_SHIFT) & INCIDENT_PERCENT_MASK);
    }

    /// @notice Percent of all stake that one module may slash a UTC day.
    function moduleCapPercent(StakeLedgerWord self) internal pure returns (uint8) {
        return uint8((StakeLedgerWord.unwrap(self) >> MODULE_CAP_PERCENT_SHIFT) & MODULE_CAP_PERCENT_MASK);
    }

    /// @notice Number of slashes, and the id of the newest.
    function slashes(StakeLedgerWord self) internal pure returns (uint32) {
        return uint32((StakeLedgerWord.unwrap(self) >> SLASHES_SHIFT) & SLASHES_MASK);
    }

    /// @notice `self` with another gpus field.
    function withGpus(StakeLedgerWord self, uint40 value) internal pure returns (StakeLedgerWord) {
        return StakeLedgerWord.wrap((StakeLedgerWord.unwrap(self) & ~GPUS_MASK) | uint256(value));
    }

    /// @notice `self` with another total field.
    function withTotal(StakeLedgerWord self, uint64 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(TOTAL_MASK << TOTAL_SHIFT)) | (uint256(value) << TOTAL_SHIFT)
            );
    }

    /// @notice `self` with another fees field.
    function withFees(StakeLedgerWord self, uint64 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(FEES_MASK << FEES_SHIFT)) | (uint256(value) << FEES_SHIFT)
            );
    }

    /// @notice `self` with another unbonding field. Bound: 23 bits.
    function withUnbonding(StakeLedgerWord self, uint24 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(UNBONDING_MASK << UNBONDING_SHIFT)) |
                    (uint256(value) << UNBONDING_SHIFT)
            );
    }

    /// @notice `self` with another registrationFeeBps field. Bound: 9 bits.
    function withRegistrationFeeBps(StakeLedgerWord self, uint16 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(REGISTRATION_FEE_BPS_MASK << REGISTRATION_FEE_BPS_SHIFT)) |
                    (uint256(value) << REGISTRATION_FEE_BPS_SHIFT)
            );
    }

    /// @notice `self` with another callerPayBps field. Bound: 7 bits.
    function withCallerPayBps(StakeLedgerWord self, uint8 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(CALLER_PAY_BPS_MASK << CALLER_PAY_BPS_SHIFT)) |
                    (uint256(value) << CALLER_PAY_BPS_SHIFT)
            );
    }

    /// @notice `self` with another incidentPercent field. Bound: 6 bits.
    function withIncidentPercent(StakeLedgerWord self, uint8 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(INCIDENT_PERCENT_MASK << INCIDENT_PERCENT_SHIFT)) |
                    (uint256(value) << INCIDENT_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another moduleCapPercent field. Bound: 5 bits.
    function withModuleCapPercent(StakeLedgerWord self, uint8 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(MODULE_CAP_PERCENT_MASK << MODULE_CAP_PERCENT_SHIFT)) |
                    (uint256(value) << MODULE_CAP_PERCENT_SHIFT)
            );
    }

    /// @notice `self` with another slashes field.
    function withSlashes(StakeLedgerWord self, uint32 value) internal pure returns (StakeLedgerWord) {
        return
            StakeLedgerWord.wrap(
                (StakeLedgerWord.unwrap(self) & ~(SLASHES_MASK << SLASHES_SHIFT)) | (uint256(value) << SLASHES_SHIFT)
            );
    }
}
