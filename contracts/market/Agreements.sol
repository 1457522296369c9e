// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobTerms} from "../libraries/JobTerms.sol";
import {JobWindows} from "../libraries/JobWindows.sol";
import {EscrowSettings} from "./EscrowSettings.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {IServiceCatalog} from "./IServiceCatalog.sol";
import {Agreement, JobMode} from "./JobTypes.sol";

/// @title Agreements
/// @notice Puts together what a job fixes from the request, the catalogue's offer and the settings of the moment.
library Agreements {
    /// @dev Distinguishes agreements of successive escrow modules.
    uint8 private constant MODULE_GENERATION = 1;

    /// @notice The agreement of a job that is posted now.
    function build(
        IJobEscrow.PostRequest calldata request,
        IServiceCatalog.Offer memory offer,
        EscrowSettings.Stored memory s
    ) internal view returns (Agreement memory agreement) {
        agreement.requester = msg.sender;
        agreement.model = offer.model;
        agreement.dataset = offer.dataset;
        agreement.modelHash = offer.modelHash;
        agreement.datasetHash = offer.datasetHash;
        agreement.inputDigest = request.inputDigest;
        agreement.parametersHash = request.parametersHash;
        agreement.note = request.note;
        agreement.terms = _terms(offer.terms, request, s);
        JobWindows windows = offer.windows.withNamedGpu(request.namedGpu);
        windows = windows.withAcceptanceMinutes(s.acceptanceMinutes).withReviewHours(reviewHoursOf(request.mode, s));
        windows = windows.withChallengeHours(s.challengeHours);
        agreement.windows = windows.withRevealSeconds(s.revealSeconds).withDisputeSeconds(s.disputeSeconds);
        agreement.lines = offer.lines;
        agreement.reserves = offer.reserves;
        agreement.resolver = s.resolver;
        agreement.verifier = request.verifier;
        agreement.verifierGas = request.verifierGas;
    }

    /// @notice Hours in which a delivered result can be objected to: by anyone in an Optimistic job.
    function reviewHoursOf(JobMode mode, EscrowSettings.Stored memory s) internal pure returns (uint8) {
        return mode == JobMode.Optimistic ? s.challengeHours : s.reviewHours;
    }

    function _terms(
        JobTerms offered,
        IJobEscrow.PostRequest calldata request,
        EscrowSettings.Stored memory s
    ) private pure returns (JobTerms terms) {
        terms = offered.withExpiry(request.expiry).withRegion(request.region).withMode(uint8(request.mode));
        terms = terms.withSecondsPerAttempt(request.secondsPerAttempt).withHeartbeat(request.heartbeat);
        return terms.withGpuCount(1).withLockFactor(s.lockFactor).withModuleGeneration(MODULE_GENERATION);
    }
}
