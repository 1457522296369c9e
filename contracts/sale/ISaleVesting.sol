// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title ISaleVesting
/// @notice What a sale needs of the vesting vault.
interface ISaleVesting {
    /// @notice How the grants of a schedule vest.
    /// @param start time of the part at start, from which duration and cliff count, seconds
    /// @param cliff seconds after start before which nothing of the rest vests
    /// @param duration seconds after start at which everything has vested
    /// @param step seconds to whole multiples of which time is rounded down, 0 for none
    /// @param startBps share that vests at start, 1/10,000
    /// @param revocable whether the grantor may revoke
    /// @param votes whether unvested tokens vote
    struct Terms {
        uint40 start;
        uint32 cliff;
        uint32 duration;
        uint32 step;
        uint16 startBps;
        bool revocable;
        bool votes;
    }

    /// @notice Anyone: opens a schedule whose grants `grantor` makes.
    function createSchedule(Terms calldata terms, address grantor) external returns (uint32 schedule);

    /// @notice Anyone: pulls `amount` token wei from the caller into the free pool of a schedule.
    function fund(uint32 schedule, uint256 amount) external;

    /// @notice Grantor: grants `amount` token wei of the free pool.
    function grant(uint32 schedule, address beneficiary, uint96 amount) external;

    /// @notice Token that vests.
    function token() external view returns (IERC20);
}
