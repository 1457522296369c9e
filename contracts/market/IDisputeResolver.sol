// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "./IJobEscrow.sol";
import {Agreement, Verdict} from "./JobTypes.sol";

/// @title IDisputeResolver
/// @notice Rules on disputed jobs (SPEC 6, 7). An agreement names its resolver; the escrow takes a ruling from it alone
/// and never calls it, so that no resolver can hold up an exit.
interface IDisputeResolver {
    /// @notice A dispute was ruled on.
    /// @param escrow escrow of the job
    /// @param jobId public id of the job
    /// @param verdict what was said
    /// @param rightDigest sha-256 digest that re-execution gave, 0 when none
    /// @param evidence sha-256 digest of the reasons
    event DisputeRuled(
        IJobEscrow indexed escrow,
        uint256 indexed jobId,
        Verdict verdict,
        bytes32 rightDigest,
        bytes32 evidence
    );

    /// @notice The verdict does not follow from the digests.
    error ResolverVerdictMismatch(Verdict verdict, bytes32 resultDigest, bytes32 rightDigest);

    /// @notice Whoever the resolver lets rule: passes a ruling on to the escrow, which checks the job's state,
    /// deadline, agreement and resolver. The verdict must follow from the digests: Valid when the delivered result is
    /// the right one, Invalid when another is, Unavailable when the delivered content cannot be had.
    /// @param escrow escrow of the job
    /// @param jobId public id of the job
    /// @param agreement the job's agreement
    /// @param verdict Valid, Invalid or Unavailable
    /// @param rightDigest sha-256 digest that re-execution gave, 0 when none
    /// @param evidence sha-256 digest of the reasons
    function rule(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement,
        Verdict verdict,
        bytes32 rightDigest,
        bytes32 evidence
    ) external;
}
