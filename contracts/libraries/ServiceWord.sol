// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice All of a service but its content hashes, in one word. Zero means: no such service.
/// @dev Layout, from the lowest bit:
///   pricePerUnit  64  units of 1e9 wei
///   minCompute    64  60 seconds of the class rate, units of 1e9 wei (cached)
///   inputCharge   64  what "input unavailable" costs the requester, units of 1e9 wei (cached)
///   seconds       32  reference seconds of one unit
///   complexity     8  1..10, 0 before the first listing
///   classId        8  GPU class, never 0
///   flags          8  bit 0 listed, bit 1 model is a TrainedModel, bit 2 has a dataset, bit 3 dataset is a Dataset
///   (8 bits unused)
type ServiceWord is uint256;

using ServiceWordLib for ServiceWord global;

/// @title ServiceWordLib
/// @notice Getters and pure setters of a ServiceWord.
library ServiceWordLib {
    using BitField for uint256;

    uint256 private constant MASK_1 = 1;
    uint256 private constant MASK_8 = 0xff;
    uint256 private constant MASK_32 = 0xffffffff;
    uint256 private constant MASK_64 = 0xffffffffffffffff;

    uint256 private constant PRICE_PER_UNIT = 0;
    uint256 private constant MIN_COMPUTE = 64;
    uint256 private constant INPUT_CHARGE = 128;
    uint256 private constant SECONDS = 192;
    uint256 private constant COMPLEXITY = 224;
    uint256 private constant CLASS = 232;
    uint256 private constant LISTED = 240;
    uint256 private constant TRAINED_MODEL = 241;
    uint256 private constant HAS_DATASET = 242;
    uint256 private constant DATASET_KIND = 243;

    /// @notice Whether the service exists.
    function exists(ServiceWord word) internal pure returns (bool) {
        return ServiceWord.unwrap(word) != 0;
    }

    function pricePerUnitGwei(ServiceWord word) internal pure returns (uint64) {
        return uint64(ServiceWord.unwrap(word).read(PRICE_PER_UNIT, MASK_64));
    }

    function minComputeGwei(ServiceWord word) internal pure returns (uint64) {
        return uint64(ServiceWord.unwrap(word).read(MIN_COMPUTE, MASK_64));
    }

    function inputChargeGwei(ServiceWord word) internal pure returns (uint64) {
        return uint64(ServiceWord.unwrap(word).read(INPUT_CHARGE, MASK_64));
    }

    function secondsPerUnit(ServiceWord word) internal pure returns (uint32) {
        return uint32(ServiceWord.unwrap(word).read(SECONDS, MASK_32));
    }

    function complexity(ServiceWord word) internal pure returns (uint8) {
        return uint8(ServiceWord.unwrap(word).read(COMPLEXITY, MASK_8));
    }

    function classId(ServiceWord word) internal pure returns (uint8) {
        return uint8(ServiceWord.unwrap(word).read(CLASS, MASK_8));
    }

    function listed(ServiceWord word) internal pure returns (bool) {
        return ServiceWord.unwrap(word).read(LISTED, MASK_1) != 0;
    }

    /// @notice Whether the model is of kind TrainedModel (else Model).
    function trainedModel(ServiceWord word) internal pure returns (bool) {
        return ServiceWord.unwrap(word).read(TRAINED_MODEL, MASK_1) != 0;
    }

    function hasDataset(ServiceWord word) internal pure returns (bool) {
        return ServiceWord.unwrap(word).read(HAS_DATASET, MASK_1) != 0;
    }

    /// @notice Whether the dataset is of kind Dataset (else Data).
    function datasetKind(ServiceWord word) internal pure returns (bool) {
        return ServiceWord.unwrap(word).read(DATASET_KIND, MASK_1) != 0;
    }

    function withPricePerUnitGwei(ServiceWord word, uint64 value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(PRICE_PER_UNIT, MASK_64, value));
    }

    function withMinComputeGwei(ServiceWord word, uint64 value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(MIN_COMPUTE, MASK_64, value));
    }

    function withInputChargeGwei(ServiceWord word, uint64 value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(INPUT_CHARGE, MASK_64, value));
    }

    function withSecondsPerUnit(ServiceWord word, uint32 value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(SECONDS, MASK_32, value));
    }

    function withComplexity(ServiceWord word, uint8 value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(COMPLEXITY, MASK_8, value));
    }

    function withClassId(ServiceWord word, uint8 value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(CLASS, MASK_8, value));
    }

    function withListed(ServiceWord word, bool value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(LISTED, MASK_1, value ? 1 : 0));
    }

    function withTrainedModel(ServiceWord word, bool value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(TRAINED_MODEL, MASK_1, value ? 1 : 0));
    }

    function withHasDataset(ServiceWord word, bool value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(HAS_DATASET, MASK_1, value ? 1 : 0));
    }

    function withDatasetKind(ServiceWord word, bool value) internal pure returns (ServiceWord) {
        return ServiceWord.wrap(ServiceWord.unwrap(word).write(DATASET_KIND, MASK_1, value ? 1 : 0));
    }
}
