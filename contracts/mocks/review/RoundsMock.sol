// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRandomnessBeacon} from "../../randomness/IRandomnessBeacon.sol";

/// @title RoundsMock
/// @notice Test double of the beacon as its consumers see it; tests answer rounds, bury and forget them as they like.
contract RoundsMock {
    uint32 public currentRound;
    uint256 public paid;

    mapping(uint32 round => IRandomnessBeacon.RoundStatus status) private _statusOf;
    mapping(uint32 round => bool byFallback) private _byFallback;

    error BeaconNoSeed(uint32 round);

    function request() external payable returns (uint32 round) {
        paid += msg.value;
        round = ++currentRound;
        _statusOf[round] = IRandomnessBeacon.RoundStatus.Requested;
    }

    /// @notice Makes `round` the newest one, if it is newer, and gives it a status.
    function set(uint32 round, IRandomnessBeacon.RoundStatus status, bool byFallback) external {
        if (round > currentRound) currentRound = round;
        (_statusOf[round], _byFallback[round]) = (status, byFallback);
    }

    function roundInfo(
        uint32 round
    ) external view returns (IRandomnessBeacon.RoundStatus status, uint40, uint40, bool byFallback) {
        return (_statusOf[round], 0, 0, _byFallback[round]);
    }

    function seedOf(uint32 round) external view returns (bytes32 seed, bool byFallback) {
        if (_statusOf[round] != IRandomnessBeacon.RoundStatus.Answered) revert BeaconNoSeed(round);
        return (keccak256(abi.encode("seed", round)), _byFallback[round]);
    }
}
