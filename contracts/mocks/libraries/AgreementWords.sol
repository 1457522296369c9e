// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccusationWord} from "../../libraries/AccusationWord.sol";
import {JobLines} from "../../libraries/JobLines.sol";
import {JobReserves} from "../../libraries/JobReserves.sol";
import {JobTerms} from "../../libraries/JobTerms.sol";
import {JobWindows} from "../../libraries/JobWindows.sol";

/// @title AgreementWords
/// @notice Test double: each getter and setter of the packed words of agreements and accusations alone, on any word.
contract AgreementWords {
    // JobTerms

    function service(JobTerms word) external pure returns (uint32) {
        return word.service();
    }

    function units(JobTerms word) external pure returns (uint32) {
        return word.units();
    }

    function expiry(JobTerms word) external pure returns (uint40) {
        return word.expiry();
    }

    function secondsPerAttempt(JobTerms word) external pure returns (uint32) {
        return word.secondsPerAttempt();
    }

    function heartbeat(JobTerms word) external pure returns (uint32) {
        return word.heartbeat();
    }

    function classId(JobTerms word) external pure returns (uint8) {
        return word.classId();
    }

    function region(JobTerms word) external pure returns (uint8) {
        return word.region();
    }

    function complexity(JobTerms word) external pure returns (uint8) {
        return word.complexity();
    }

    function mode(JobTerms word) external pure returns (uint8) {
        return word.mode();
    }

    function gpuCount(JobTerms word) external pure returns (uint8) {
        return word.gpuCount();
    }

    function lockFactor(JobTerms word) external pure returns (uint8) {
        return word.lockFactor();
    }

    function feeBps(JobTerms word) external pure returns (uint16) {
        return word.feeBps();
    }

    function moduleGeneration(JobTerms word) external pure returns (uint8) {
        return word.moduleGeneration();
    }

    function withService(JobTerms word, uint32 value) external pure returns (JobTerms) {
        return word.withService(value);
    }

    function withUnits(JobTerms word, uint32 value) external pure returns (JobTerms) {
        return word.withUnits(value);
    }

    function withExpiry(JobTerms word, uint40 value) external pure returns (JobTerms) {
        return word.withExpiry(value);
    }

    function withSecondsPerAttempt(JobTerms word, uint32 value) external pure returns (JobTerms) {
        return word.withSecondsPerAttempt(value);
    }

    function withHeartbeat(JobTerms word, uint32 value) external pure returns (JobTerms) {
        return word.withHeartbeat(value);
    }

    function withClassId(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withClassId(value);
    }

    function withRegion(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withRegion(value);
    }

    function withComplexity(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withComplexity(value);
    }

    function withMode(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withMode(value);
    }

    function withGpuCount(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withGpuCount(value);
    }

    function withLockFactor(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withLockFactor(value);
    }

    function withFeeBps(JobTerms word, uint16 value) external pure returns (JobTerms) {
        return word.withFeeBps(value);
    }

    function withModuleGeneration(JobTerms word, uint8 value) external pure returns (JobTerms) {
        return word.withModuleGeneration(value);
    }

    // JobWindows

    function acceptanceMinutes(JobWindows word) external pure returns (uint8) {
        return word.acceptanceMinutes();
    }

    function reviewHours(JobWindows word) external pure returns (uint8) {
        return word.reviewHours();
    }

    function revealSeconds(JobWindows word) external pure returns (uint32) {
        return word.revealSeconds();
    }

    function disputeSeconds(JobWindows word) external pure returns (uint32) {
        return word.disputeSeconds();
    }

    function referenceSeconds(JobWindows word) external pure returns (uint32) {
        return word.referenceSeconds();
    }

    function modelPayee(JobWindows word) external pure returns (uint40) {
        return word.modelPayee();
    }

    function datasetPayee(JobWindows word) external pure returns (uint40) {
        return word.datasetPayee();
    }

    function namedGpu(JobWindows word) external pure returns (uint40) {
        return word.namedGpu();
    }

    function challengeHours(JobWindows word) external pure returns (uint8) {
        return word.challengeHours();
    }

    function withAcceptanceMinutes(JobWindows word, uint8 value) external pure returns (JobWindows) {
        return word.withAcceptanceMinutes(value);
    }

    function withReviewHours(JobWindows word, uint8 value) external pure returns (JobWindows) {
        return word.withReviewHours(value);
    }

    function withRevealSeconds(JobWindows word, uint32 value) external pure returns (JobWindows) {
        return word.withRevealSeconds(value);
    }

    function withDisputeSeconds(JobWindows word, uint32 value) external pure returns (JobWindows) {
        return word.withDisputeSeconds(value);
    }

    function withReferenceSeconds(JobWindows word, uint32 value) external pure returns (JobWindows) {
        return word.withReferenceSeconds(value);
    }

    function withModelPayee(JobWindows word, uint40 value) external pure returns (JobWindows) {
        return word.withModelPayee(value);
    }

    function withDatasetPayee(JobWindows word, uint40 value) external pure returns (JobWindows) {
        return word.withDatasetPayee(value);
    }

    function withNamedGpu(JobWindows word, uint40 value) external pure returns (JobWindows) {
        return word.withNamedGpu(value);
    }

    function withChallengeHours(JobWindows word, uint8 value) external pure returns (JobWindows) {
        return word.withChallengeHours(value);
    }

    // AccusationWord

    function account(AccusationWord word) external pure returns (uint40) {
        return word.account();
    }

    function bondGwei(AccusationWord word) external pure returns (uint64) {
        return word.bondGwei();
    }

    function withAccount(AccusationWord word, uint40 value) external pure returns (AccusationWord) {
        return word.withAccount(value);
    }

    function withBondGwei(AccusationWord word, uint64 value) external pure returns (AccusationWord) {
        return word.withBondGwei(value);
    }

    // JobLines

    function compute(JobLines word) external pure returns (uint64) {
        return word.compute();
    }

    function modelRoyalty(JobLines word) external pure returns (uint64) {
        return word.modelRoyalty();
    }

    function datasetRoyalty(JobLines word) external pure returns (uint64) {
        return word.datasetRoyalty();
    }

    function protocolFee(JobLines word) external pure returns (uint64) {
        return word.protocolFee();
    }

    function withCompute(JobLines word, uint64 value) external pure returns (JobLines) {
        return word.withCompute(value);
    }

    function withModelRoyalty(JobLines word, uint64 value) external pure returns (JobLines) {
        return word.withModelRoyalty(value);
    }

    function withDatasetRoyalty(JobLines word, uint64 value) external pure returns (JobLines) {
        return word.withDatasetRoyalty(value);
    }

    function withProtocolFee(JobLines word, uint64 value) external pure returns (JobLines) {
        return word.withProtocolFee(value);
    }

    // JobReserves

    function drawUnit(JobReserves word) external pure returns (uint32) {
        return word.drawUnit();
    }

    function drawReserve(JobReserves word) external pure returns (uint64) {
        return word.drawReserve();
    }

    function reviewFee(JobReserves word) external pure returns (uint64) {
        return word.reviewFee();
    }

    function inputCharge(JobReserves word) external pure returns (uint64) {
        return word.inputCharge();
    }

    function withDrawUnit(JobReserves word, uint32 value) external pure returns (JobReserves) {
        return word.withDrawUnit(value);
    }

    function withDrawReserve(JobReserves word, uint64 value) external pure returns (JobReserves) {
        return word.withDrawReserve(value);
    }

    function withReviewFee(JobReserves word, uint64 value) external pure returns (JobReserves) {
        return word.withReviewFee(value);
    }

    function withInputCharge(JobReserves word, uint64 value) external pure returns (JobReserves) {
        return word.withInputCharge(value);
    }
}
