// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccrualWord, AccrualWordLib} from "../../libraries/AccrualWord.sol";
import {LineageWord} from "../../libraries/LineageWord.sol";
import {Pricing} from "../../libraries/Pricing.sol";
import {ServiceWord} from "../../libraries/ServiceWord.sol";

/// @title AssetWords
/// @notice Test double: the packed words of assets and catalogue, and the arithmetic of prices, for tests to call.
contract AssetWords {
    // AccrualWord

    function readAccrual(
        AccrualWord word
    )
        external
        pure
        returns (
            uint64 accruedGwei,
            uint32 uses,
            uint16 termsEpoch,
            uint40 payee,
            uint64 priceGwei,
            uint8 kind,
            uint8 flags,
            uint16 format,
            uint8 sizeBits
        )
    {
        (accruedGwei, uses, termsEpoch) = (word.accruedGwei(), word.uses(), word.termsEpoch());
        (payee, priceGwei, kind) = (word.payee(), word.priceGwei(), word.kind());
        (flags, format, sizeBits) = (word.flags(), word.format(), word.sizeBits());
    }

    function accrualExists(AccrualWord word) external pure returns (bool) {
        return word.exists();
    }

    function packAccrual(
        uint40 payee,
        uint64 priceGwei,
        uint8 kind,
        uint8 flags,
        uint16 format,
        uint8 sizeBits
    ) external pure returns (AccrualWord) {
        return AccrualWordLib.pack(payee, priceGwei, kind, flags, format, sizeBits);
    }

    function withAccruedGwei(AccrualWord word, uint64 value) external pure returns (AccrualWord) {
        return word.withAccruedGwei(value);
    }

    function withUses(AccrualWord word, uint32 value) external pure returns (AccrualWord) {
        return word.withUses(value);
    }

    function withTermsEpoch(AccrualWord word, uint16 value) external pure returns (AccrualWord) {
        return word.withTermsEpoch(value);
    }

    function withPayee(AccrualWord word, uint40 value) external pure returns (AccrualWord) {
        return word.withPayee(value);
    }

    function withPriceGwei(AccrualWord word, uint64 value) external pure returns (AccrualWord) {
        return word.withPriceGwei(value);
    }

    function bumped(AccrualWord word) external pure returns (AccrualWord) {
        return word.bumped();
    }

    function withAccrual(AccrualWord word, uint64 amountGwei, uint32 more) external pure returns (AccrualWord) {
        return word.withAccrual(amountGwei, more);
    }

    // LineageWord

    function readParent(LineageWord word, uint256 index) external pure returns (uint48 parent, uint16 shareBps) {
        return (word.parent(index), word.shareBps(index));
    }

    function withParent(LineageWord word, uint256 index, uint48 value) external pure returns (LineageWord) {
        return word.withParent(index, value);
    }

    function withShareBps(LineageWord word, uint256 index, uint16 value) external pure returns (LineageWord) {
        return word.withShareBps(index, value);
    }

    // ServiceWord

    function readService(
        ServiceWord word
    )
        external
        pure
        returns (
            uint64 pricePerUnitGwei,
            uint64 minComputeGwei,
            uint64 inputChargeGwei,
            uint32 secondsPerUnit,
            uint8 complexity,
            uint8 classId
        )
    {
        (pricePerUnitGwei, minComputeGwei) = (word.pricePerUnitGwei(), word.minComputeGwei());
        (inputChargeGwei, secondsPerUnit) = (word.inputChargeGwei(), word.secondsPerUnit());
        (complexity, classId) = (word.complexity(), word.classId());
    }

    function readServiceFlags(
        ServiceWord word
    ) external pure returns (bool exists, bool listed, bool trainedModel, bool hasDataset, bool datasetKind) {
        (exists, listed, trainedModel) = (word.exists(), word.listed(), word.trainedModel());
        (hasDataset, datasetKind) = (word.hasDataset(), word.datasetKind());
    }

    function withPricePerUnitGwei(ServiceWord word, uint64 value) external pure returns (ServiceWord) {
        return word.withPricePerUnitGwei(value);
    }

    function withMinComputeGwei(ServiceWord word, uint64 value) external pure returns (ServiceWord) {
        return word.withMinComputeGwei(value);
    }

    function withInputChargeGwei(ServiceWord word, uint64 value) external pure returns (ServiceWord) {
        return word.withInputChargeGwei(value);
    }

    function withSecondsPerUnit(ServiceWord word, uint32 value) external pure returns (ServiceWord) {
        return word.withSecondsPerUnit(value);
    }

    function withComplexity(ServiceWord word, uint8 value) external pure returns (ServiceWord) {
        return word.withComplexity(value);
    }

    function withClassId(ServiceWord word, uint8 value) external pure returns (ServiceWord) {
        return word.withClassId(value);
    }

    function withListed(ServiceWord word, bool value) external pure returns (ServiceWord) {
        return word.withListed(value);
    }

    function withTrainedModel(ServiceWord word, bool value) external pure returns (ServiceWord) {
        return word.withTrainedModel(value);
    }

    function withHasDataset(ServiceWord word, bool value) external pure returns (ServiceWord) {
        return word.withHasDataset(value);
    }

    function withDatasetKind(ServiceWord word, bool value) external pure returns (ServiceWord) {
        return word.withDatasetKind(value);
    }

    // Pricing

    function compute(uint32 units, uint64 pricePerUnit, uint64 minimum) external pure returns (uint256) {
        return Pricing.compute(units, pricePerUnit, minimum);
    }

    function drawReserve(uint64 drawUnit, uint64 inputCharge) external pure returns (uint256) {
        return Pricing.drawReserve(drawUnit, inputCharge);
    }

    function protocolFee(uint256 base, uint16 feeBps) external pure returns (uint256) {
        return Pricing.protocolFee(base, feeBps);
    }

    function referenceSeconds(uint32 units, uint32 secondsPerUnit) external pure returns (uint32) {
        return Pricing.referenceSeconds(units, secondsPerUnit);
    }

    function ofPower(uint32 power, uint64 ratePerPowerHour, uint32 duration) external pure returns (uint256) {
        return Pricing.ofPower(power, ratePerPowerHour, duration);
    }

    function fit(uint256 sum) external pure returns (uint64) {
        return Pricing.fit(sum);
    }
}
