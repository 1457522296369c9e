// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../market/IJobEscrow.sol";
import {Agreement, Verdict} from "../../market/JobTypes.sol";

/// @title ResolverMock
/// @notice Test double of a resolver: rules as often as it is told in one call, or fails whenever it is asked.
contract ResolverMock {
    bool public failing;

    /// @notice What a failing resolver reverts with.
    error ResolverRefused();

    /// @notice Sets whether everything here reverts, whatever is asked.
    function setFailing(bool newFailing) external {
        failing = newFailing;
    }

    /// @notice Passes rulings on, one after the other. Anyone may: it is as corrupt as can be.
    function rule(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement,
        Verdict[] calldata verdicts
    ) external {
        if (failing) revert ResolverRefused();
        for (uint256 i = 0; i < verdicts.length; ++i) escrow.rule(jobId, agreement, verdicts[i], 0);
    }

    /// @notice It takes no calls that it does not know.
    fallback() external {
        revert ResolverRefused();
    }
}
