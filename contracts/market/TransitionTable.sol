// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobStatus} from "./JobTypes.sol";

/// @title TransitionTable
/// @notice The arrows of a job, as data: bit j of row i says that status i may become status j.
/// @dev docs/state-machines.md shows the same table; a test compares the two.
library TransitionTable {
    uint16 private constant POSTED = uint16(1 << uint8(JobStatus.Posted));
    uint16 private constant ASSIGNED = uint16(1 << uint8(JobStatus.Assigned));
    uint16 private constant COMMITTED = uint16(1 << uint8(JobStatus.Committed));
    uint16 private constant DELIVERED = uint16(1 << uint8(JobStatus.Delivered));
    uint16 private constant DISPUTED = uint16(1 << uint8(JobStatus.Disputed));
    uint16 private constant SETTLED = uint16(1 << uint8(JobStatus.Settled));
    uint16 private constant REFUNDED = uint16(1 << uint8(JobStatus.Refunded));
    uint16 private constant SPLIT = uint16(1 << uint8(JobStatus.Split));
    uint16 private constant CANCELLED = uint16(1 << uint8(JobStatus.Cancelled));
    uint16 private constant EXPIRED = uint16(1 << uint8(JobStatus.Expired));
    uint16 private constant ACCUSED = uint16(1 << uint8(JobStatus.Accused));

    /// @notice Statuses that end a job; its ring index may then be used again for a new generation.
    uint16 internal constant ENDED = 1 | SETTLED | REFUNDED | SPLIT | CANCELLED | EXPIRED;

    /// @notice Statuses in which a commitment or a result digest of this attempt is stored.
    uint16 internal constant WITH_RESULT = COMMITTED | DELIVERED | ACCUSED | DISPUTED | SETTLED | REFUNDED | SPLIT;

    /// @notice Statuses that `from` may become within one generation.
    function row(JobStatus from) internal pure returns (uint16) {
        if (from == JobStatus.None) return POSTED;
        if (from == JobStatus.Posted) return ASSIGNED | CANCELLED | EXPIRED;
        if (from == JobStatus.Assigned) return COMMITTED | DELIVERED | POSTED | EXPIRED;
        if (from == JobStatus.Committed) return DELIVERED | POSTED | EXPIRED;
        if (from == JobStatus.Delivered) return SETTLED | DISPUTED | ACCUSED;
        if (from == JobStatus.Accused) return DISPUTED | REFUNDED;
        if (from == JobStatus.Disputed) return SETTLED | REFUNDED | SPLIT;
        return 0;
    }
}
