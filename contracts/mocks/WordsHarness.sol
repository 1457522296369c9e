// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobTerms} from "../libraries/JobTerms.sol";
import {JobWindows} from "../libraries/JobWindows.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";

/// @title WordsHarness
/// @notice Test double: packs and unpacks every packed word of the market through the libraries, so that other
/// implementations of the layouts can be compared with them.
contract WordsHarness {
    struct JobWordFields {
        uint40 gpu;
        uint64 payGwei;
        uint40 due;
        uint32 round;
        uint32 generation;
        uint32 elapsed;
        uint8 status;
        uint8 mode;
        uint8 lane;
        uint8 attempt;
        uint8 drawFees;
        uint8 inputCharges;
        uint8 acceptanceMinutes;
        uint8 reviewHours;
        uint8 seats;
        bool accepted;
        bool redrawn;
        bool byFallback;
        bool refundDue;
        bool bonded;
        bool accused;
    }

    struct JobTermsFields {
        uint32 service;
        uint32 units;
        uint40 expiry;
        uint32 secondsPerAttempt;
        uint32 heartbeat;
        uint8 classId;
        uint8 region;
        uint8 complexity;
        uint8 mode;
        uint8 gpuCount;
        uint8 lockFactor;
        uint16 feeBps;
        uint8 moduleGeneration;
    }

    struct JobWindowsFields {
        uint8 acceptanceMinutes;
        uint8 reviewHours;
        uint32 revealSeconds;
        uint32 disputeSeconds;
        uint32 referenceSeconds;
        uint40 modelPayee;
        uint40 datasetPayee;
        uint40 namedGpu;
        uint8 challengeHours;
    }

    struct JobLinesFields {
        uint64 compute;
        uint64 modelRoyalty;
        uint64 datasetRoyalty;
        uint64 protocolFee;
    }

    struct JobReservesFields {
        uint32 drawUnit;
        uint64 drawReserve;
        uint64 reviewFee;
        uint64 inputCharge;
    }

    struct QueueWordFields {
        uint32 mainHead;
        uint32 mainTail;
        uint32 frontHead;
        uint32 frontTail;
        uint32 round;
        uint16 pendingMain;
        uint16 pendingFront;
        uint16 tries;
    }

    struct QueueEntryFields {
        uint56 key;
        uint16 generation;
        uint40 modelPayee;
        uint40 datasetPayee;
        uint8 region;
        uint8 lockFactor;
        uint8 acceptanceMinutes;
        uint32 drawUnit;
        uint64 rank;
    }

    function packJobWord(JobWordFields calldata fields) external pure returns (JobWord word) {
        word = word.withGpu(fields.gpu);
        word = word.withPayGwei(fields.payGwei);
        word = word.withDue(fields.due);
        word = word.withRound(fields.round);
        word = word.withGeneration(fields.generation);
        word = word.withElapsed(fields.elapsed);
        word = word.withStatus(fields.status);
        word = word.withMode(fields.mode);
        word = word.withLane(fields.lane);
        word = word.withAttempt(fields.attempt);
        word = word.withDrawFees(fields.drawFees);
        word = word.withInputCharges(fields.inputCharges);
        word = word.withAcceptanceMinutes(fields.acceptanceMinutes);
        word = word.withReviewHours(fields.reviewHours);
        word = word.withSeats(fields.seats);
        word = word.withAccepted(fields.accepted);
        word = word.withRedrawn(fields.redrawn);
        word = word.withByFallback(fields.byFallback);
        word = word.withRefundDue(fields.refundDue);
        word = word.withBonded(fields.bonded);
        word = word.withAccused(fields.accused);
    }

    function unpackJobWord(JobWord word) external pure returns (JobWordFields memory fields) {
        fields.gpu = word.gpu();
        fields.payGwei = word.payGwei();
        fields.due = word.due();
        fields.round = word.round();
        fields.generation = word.generation();
        fields.elapsed = word.elapsed();
        fields.status = word.status();
        fields.mode = word.mode();
        fields.lane = word.lane();
        fields.attempt = word.attempt();
        fields.drawFees = word.drawFees();
        fields.inputCharges = word.inputCharges();
        fields.acceptanceMinutes = word.acceptanceMinutes();
        fields.reviewHours = word.reviewHours();
        fields.seats = word.seats();
        fields.accepted = word.accepted();
        fields.redrawn = word.redrawn();
        fields.byFallback = word.byFallback();
        fields.refundDue = word.refundDue();
        fields.bonded = word.bonded();
        fields.accused = word.accused();
    }

    function packJobTerms(JobTermsFields calldata fields) external pure returns (JobTerms word) {
        word = word.withService(fields.service);
        word = word.withUnits(fields.units);
        word = word.withExpiry(fields.expiry);
        word = word.withSecondsPerAttempt(fields.secondsPerAttempt);
        word = word.withHeartbeat(fields.heartbeat);
        word = word.withClassId(fields.classId);
        word = word.withRegion(fields.region);
        word = word.withComplexity(fields.complexity);
        word = word.withMode(fields.mode);
        word = word.withGpuCount(fields.gpuCount);
        word = word.withLockFactor(fields.lockFactor);
        word = word.withFeeBps(fields.feeBps);
        word = word.withModuleGeneration(fields.moduleGeneration);
    }

    function unpackJobTerms(JobTerms word) external pure returns (JobTermsFields memory fields) {
        fields.service = word.service();
        fields.units = word.units();
        fields.expiry = word.expiry();
        fields.secondsPerAttempt = word.secondsPerAttempt();
        fields.heartbeat = word.heartbeat();
        fields.classId = word.classId();
        fields.region = word.region();
        fields.complexity = word.complexity();
        fields.mode = word.mode();
        fields.gpuCount = word.gpuCount();
        fields.lockFactor = word.lockFactor();
        fields.feeBps = word.feeBps();
        fields.moduleGeneration = word.moduleGeneration();
    }

    function packJobWindows(JobWindowsFields calldata fields) external pure returns (JobWindows word) {
        word = word.withAcceptanceMinutes(fields.acceptanceMinutes);
        word = word.withReviewHours(fields.reviewHours);
        word = word.withRevealSeconds(fields.revealSeconds);
        word = word.withDisputeSeconds(fields.disputeSeconds);
        word = word.withReferenceSeconds(fields.referenceSeconds);
        word = word.withModelPayee(fields.modelPayee);
        word = word.withDatasetPayee(fields.datasetPayee);
        word = word.withNamedGpu(fields.namedGpu);
        word = word.withChallengeHours(fields.challengeHours);
    }

    function unpackJobWindows(JobWindows word) external pure returns (JobWindowsFields memory fields) {
        fields.acceptanceMinutes = word.acceptanceMinutes();
        fields.reviewHours = word.reviewHours();
        fields.revealSeconds = word.revealSeconds();
        fields.disputeSeconds = word.disputeSeconds();
        fields.referenceSeconds = word.referenceSeconds();
        fields.modelPayee = word.modelPayee();
        fields.datasetPayee = word.datasetPayee();
        fields.namedGpu = word.namedGpu();
        fields.challengeHours = word.challengeHours();
    }

    function packJobLines(JobLinesFields calldata fields) external pure returns (JobLines word) {
        word = word.withCompute(fields.compute);
        word = word.withModelRoyalty(fields.modelRoyalty);
        word = word.withDatasetRoyalty(fields.datasetRoyalty);
        word = word.withProtocolFee(fields.protocolFee);
    }

    function unpackJobLines(JobLines word) external pure returns (JobLinesFields memory fields) {
        fields.compute = word.compute();
        fields.modelRoyalty = word.modelRoyalty();
        fields.datasetRoyalty = word.datasetRoyalty();
        fields.protocolFee = word.protocolFee();
    }

    function packJobReserves(JobReservesFields calldata fields) external pure returns (JobReserves word) {
        word = word.withDrawUnit(fields.drawUnit);
        word = word.withDrawReserve(fields.drawReserve);
        word = word.withReviewFee(fields.reviewFee);
        word = word.withInputCharge(fields.inputCharge);
    }

    function unpackJobReserves(JobReserves word) external pure returns (JobReservesFields memory fields) {
        fields.drawUnit = word.drawUnit();
        fields.drawReserve = word.drawReserve();
        fields.reviewFee = word.reviewFee();
        fields.inputCharge = word.inputCharge();
    }

    function packQueueWord(QueueWordFields calldata fields) external pure returns (QueueWord word) {
        word = word.withMainHead(fields.mainHead);
        word = word.withMainTail(fields.mainTail);
        word = word.withFrontHead(fields.frontHead);
        word = word.withFrontTail(fields.frontTail);
        word = word.withRound(fields.round);
        word = word.withPendingMain(fields.pendingMain);
        word = word.withPendingFront(fields.pendingFront);
        word = word.withTries(fields.tries);
    }

    function unpackQueueWord(QueueWord word) external pure returns (QueueWordFields memory fields) {
        fields.mainHead = word.mainHead();
        fields.mainTail = word.mainTail();
        fields.frontHead = word.frontHead();
        fields.frontTail = word.frontTail();
        fields.round = word.round();
        fields.pendingMain = word.pendingMain();
        fields.pendingFront = word.pendingFront();
        fields.tries = word.tries();
    }

    function packQueueEntry(QueueEntryFields calldata fields) external pure returns (QueueEntry word) {
        word = word.withKey(fields.key);
        word = word.withGeneration(fields.generation);
        word = word.withModelPayee(fields.modelPayee);
        word = word.withDatasetPayee(fields.datasetPayee);
        word = word.withRegion(fields.region);
        word = word.withLockFactor(fields.lockFactor);
        word = word.withAcceptanceMinutes(fields.acceptanceMinutes);
        word = word.withDrawUnit(fields.drawUnit);
        word = word.withRank(fields.rank);
    }

    function unpackQueueEntry(QueueEntry word) external pure returns (QueueEntryFields memory fields) {
        fields.key = word.key();
        fields.generation = word.generation();
        fields.modelPayee = word.modelPayee();
        fields.datasetPayee = word.datasetPayee();
        fields.region = word.region();
        fields.lockFactor = word.lockFactor();
        fields.acceptanceMinutes = word.acceptanceMinutes();
        fields.drawUnit = word.drawUnit();
        fields.rank = word.rank();
    }
}
