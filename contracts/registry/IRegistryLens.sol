// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "./IGpuRegistry.sol";

/// @title IRegistryLens
/// @notice Views of the GpuRegistry that no contract needs, unpacked from its words. Unknown ids read as zero.
interface IRegistryLens {
    /// @notice Reputation of an owner as it counts now.
    /// @param score 1e-6 points
    /// @param completed jobs completed in the trailing 30 days
    /// @param attempted jobs attempted in the trailing 30 days
    /// @param drawWeight weight in a round requested now, 0.01 points; 0 when never drawn
    /// @param probation whether it is on probation (half weight, bounded price)
    /// @param verified jobs that counted toward the end of probation, saturating at 63
    /// @param gainedToday 1e-6 points gained today
    /// @param lastDay UTC day of the last outcome
    /// @param barredUntil UTC day until which a fraud bars the owner
    /// @param known whether the account ever registered a GPU
    struct ReputationView {
        uint32 score;
        uint32 completed;
        uint32 attempted;
        uint16 drawWeight;
        bool probation;
        uint8 verified;
        uint24 gainedToday;
        uint16 lastDay;
        uint16 barredUntil;
        bool known;
    }

    /// @notice Sums of an owner over its GPUs.
    /// @param stake stake in force, token wei
    /// @param gpus GPUs that are not leaving
    /// @param energyMilliWattHours energy reported, saturating
    /// @param votes whether the vote ledger follows the owner
    struct StakerView {
        uint256 stake;
        uint24 gpus;
        uint64 energyMilliWattHours;
        bool votes;
    }

    /// @notice Where a slash stands.
    /// @param None unknown
    /// @param Held taken, not yet paid out
    /// @param Finalised paid out
    /// @param Reversed given back
    enum SlashState {
        None,
        Held,
        Finalised,
        Reversed
    }

    /// @notice A slash, unpacked for readers.
    /// @param gpu GPU slashed
    /// @param module module that slashed
    /// @param finder account of the finder, 0 for none
    /// @param beneficiary account made whole first, 0 for none
    /// @param beneficiaryGwei what it may still receive
    /// @param takenGwei taken and not paid out
    /// @param pendingGwei deferred by the daily cap
    /// @param holdUntil time from which it may be finalised, seconds
    /// @param state where it stands
    struct SlashView {
        uint40 gpu;
        address module;
        uint40 finder;
        uint40 beneficiary;
        uint64 beneficiaryGwei;
        uint64 takenGwei;
        uint64 pendingGwei;
        uint40 holdUntil;
        SlashState state;
    }

    /// @notice A module's rights.
    /// @param scopes rights it has
    /// @param granted every right it ever had
    /// @param slashedTodayGwei slashed since the UTC day began
    struct ModuleView {
        uint8 scopes;
        uint8 granted;
        uint64 slashedTodayGwei;
    }

    /// @notice Totals of the registry.
    /// @param gpus GPUs ever registered, and the id of the newest
    /// @param classes classes of the table, and the id of the newest
    /// @param stake stake in force of all GPUs, token wei
    /// @param fees owed to the treasury, token wei
    /// @param slashes slashes so far, and the id of the newest
    /// @param workStopped whether new work is stopped
    /// @param votes ledger of votes, zero until set
    struct TotalsView {
        uint40 gpus;
        uint8 classes;
        uint256 stake;
        uint256 fees;
        uint32 slashes;
        bool workStopped;
        address votes;
    }

    /// @notice Registry that is read.
    function registry() external view returns (IGpuRegistry);

    /// @notice Everything about an owner's reputation, as it counts now.
    function reputationOf(uint40 account) external view returns (ReputationView memory);

    /// @notice Sums of an owner over its GPUs.
    function stakerOf(uint40 account) external view returns (StakerView memory);

    /// @notice A slash.
    function slashOf(uint256 slashId) external view returns (SlashView memory);

    /// @notice A module's rights.
    function moduleOf(address module) external view returns (ModuleView memory);

    /// @notice The governed terms.
    function terms() external view returns (IGpuRegistry.Terms memory);

    /// @notice Totals of the registry.
    function totals() external view returns (TotalsView memory);

    /// @notice Milliwatt-hours reported by the GPUs of a class, saturating.
    function energyOf(uint8 classId) external view returns (uint256 milliWattHours);

    /// @notice (conventional - used) / conventional in signed basis points, rounded toward zero (SPEC 3).
    /// @dev Reverts EnergyZeroReference, EnergyTooLarge.
    function efficiencyGain(uint256 conventional, uint256 used) external pure returns (int256 gainBps);
}
