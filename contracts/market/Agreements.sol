// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobTerms} from "../libraries/JobTerms.sol";
import {JobWindows} from "../libraries/JobWindows.sol";
import {EscrowSettings} from "./EscrowSettings.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {IServiceCatalog} from "./IServiceCatalog.sol";
import {Agreement} from "./JobTypes.sol";
import {Payouts} from "./Payouts.sol";

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
    ) internal pure returns (Agreement memory agreement) {
        agreement.model = offer.model;
        agreement.dataset = offer.dataset;
        agreement.modelHash = offer.modelHash;
        agreement.datasetHash = offer.datasetHash;
        agreement.inputDigest = request.inputDigest;
        agreement.parametersHash = request.parametersHash;
        agreement.note = request.note;
        agreement.terms = _terms(request, offer, s);
        agreement.windows = _windows(request, offer, s);
        agreement.lines = JobLines
            .wrap(0)
            .withCompute(offer.quote.compute)
            .withModelRoyalty(offer.quote.modelRoyalty)
            .withDatasetRoyalty(offer.quote.datasetRoyalty)
            .withProtocolFee(offer.quote.protocolFee);
        // The catalogue quotes draw units in whole multiples of 1e14 wei.
        agreement.reserves = JobReserves
            .wrap(0)
            .withDrawUnit(uint32(offer.quote.drawUnit / Payouts.GWEI_PER_DRAW_UNIT))
            .withDrawReserve(offer.quote.drawReserve)
            .withReviewFee(offer.quote.reviewFee)
            .withInputCharge(offer.inputChargeGwei);
        agreement.resolver = s.resolver;
        agreement.verifier = request.verifier;
        agreement.verifierGas = request.verifierGas;
    }

    function _terms(
        IJobEscrow.PostRequest calldata request,
        IServiceCatalog.Offer memory offer,
        EscrowSettings.Stored memory s
    ) private pure returns (JobTerms terms) {
        terms = terms.withService(request.service).withUnits(request.units).withExpiry(request.expiry);
        terms = terms.withSecondsPerAttempt(request.secondsPerAttempt).withHeartbeat(request.heartbeat);
        terms = terms.withClassId(offer.classId).withRegion(request.region).withComplexity(offer.complexity);
        return
            terms
                .withMode(uint8(request.mode))
                .withGpuCount(1)
                .withLockFactor(s.lockFactor)
                .withFeeBps(offer.feeBps)
                .withModuleGeneration(MODULE_GENERATION);
    }

    function _windows(
        IJobEscrow.PostRequest calldata request,
        IServiceCatalog.Offer memory offer,
        EscrowSettings.Stored memory s
    ) private pure returns (JobWindows windows) {
        windows = windows.withAcceptanceMinutes(s.acceptanceMinutes).withReviewHours(s.reviewHours);
        windows = windows.withRevealSeconds(s.revealSeconds).withDisputeSeconds(s.disputeSeconds);
        windows = windows.withReferenceSeconds(offer.referenceSeconds).withModelPayee(offer.modelPayee);
        return windows.withDatasetPayee(offer.datasetPayee).withNamedGpu(request.namedGpu);
    }
}
