// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {GrantWord} from "./GrantWord.sol";
import {ScheduleWord} from "./ScheduleWord.sol";

/// @title VestingMath
/// @notice How much of a grant has vested. Pure; every figure is token wei, every time seconds.
/// @dev For fixed terms, `vested` never falls when time passes or the total grows, and the vested parts of two totals
/// never exceed that of their sum (I33): topping up a grant can only raise what is releasable.
library VestingMath {
    /// @notice Shares are of this.
    uint256 internal constant BPS = 10_000;

    /// @notice What of `total` has vested at `time`: nothing before the start; then the share at the start; from the
    /// cliff on, the rest in proportion to the whole steps of the duration that have passed; at the end everything.
    function vested(uint96 total, ScheduleWord schedule, uint256 time) internal pure returns (uint96) {
        uint256 start = schedule.start();
        if (time < start) return 0;
        uint256 duration = schedule.duration();
        // Nothing here overflows: a total has 96 bits, a share 14, a duration 32; and no result exceeds the total.
        unchecked {
            uint256 elapsed = time - start;
            if (elapsed >= duration) return total;
            uint256 atStart = (uint256(total) * schedule.startBps()) / BPS;
            if (elapsed < schedule.cliff()) return uint96(atStart);
            uint256 step = schedule.step();
            if (step != 0) elapsed -= elapsed % step;
            return uint96(atStart + ((total - atStart) * elapsed) / duration);
        }
    }

    /// @notice What of a grant has vested at `time`; since a revocation, what had vested then.
    function vestedOf(GrantWord grant, ScheduleWord schedule, uint256 time) internal pure returns (uint96) {
        return grant.revokedAt() == 0 ? vested(grant.total(), schedule, time) : grant.total();
    }

    /// @notice What of a grant has vested and is not released yet.
    /// @dev No underflow: nothing is released before it vests, and what has vested never falls.
    function releasable(GrantWord grant, ScheduleWord schedule, uint256 time) internal pure returns (uint96) {
        return vestedOf(grant, schedule, time) - grant.paid();
    }
}
