// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AssetIds} from "../assets/AssetIds.sol";
import {IAssetRegistry} from "../assets/IAssetRegistry.sol";
import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobTerms} from "../libraries/JobTerms.sol";
import {JobWindows} from "../libraries/JobWindows.sol";
import {Pricing} from "../libraries/Pricing.sol";
import {ServiceWord} from "../libraries/ServiceWord.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IServiceCatalog} from "./IServiceCatalog.sol";

/// @title ServiceCatalog
/// @notice Implementation of IServiceCatalog.
/// @dev `offer` is on the path of every posting: it reads one word of the service, its content hashes, the fees and one
/// word per asset. Asset ids are not stored; they follow from kind and content hash.
contract ServiceCatalog is IServiceCatalog, AlwaysOwned {
    /// @notice Highest protocol fee (SPEC 12).
    uint16 public constant MAX_FEE_BPS = 1_000;
    /// @notice Draw units are whole multiples of this, so that their halves and counts pack (1e14 wei).
    uint64 public constant DRAW_UNIT_STEP = 1e5;
    /// @notice Highest draw unit and validator fee: 1,000 tokens.
    uint64 public constant MAX_UNIT_GWEI = 1e12;
    /// @notice Highest complexity of a service (SPEC 3).
    uint8 public constant MAX_COMPLEXITY = 10;

    /// @notice Where classes and their rates are read.
    IGpuRegistry public immutable registry;
    /// @notice Where assets and their terms are read.
    IAssetRegistry public immutable assets;

    /// @inheritdoc IServiceCatalog
    uint32 public serviceCount;

    Fees private _fees;
    mapping(uint32 service => ServiceWord) private _words;
    mapping(uint32 service => bytes32) private _modelHashes;
    mapping(uint32 service => bytes32) private _datasetHashes;
    mapping(uint32 service => uint256) private _trainedModels;

    /// @notice Sets the registries for good.
    /// @param registry_ registry of GPU classes, not zero
    /// @param assets_ registry of assets, not zero
    /// @param fees_ first fees, within the bounds
    /// @param initialOwner owner of the parameters, to become the timelock
    constructor(
        IGpuRegistry registry_,
        IAssetRegistry assets_,
        Fees memory fees_,
        address initialOwner
    ) AlwaysOwned(initialOwner) {
        if (address(registry_) == address(0) || address(assets_) == address(0)) revert CatalogZeroAddress();
        registry = registry_;
        assets = assets_;
        _setFees(fees_);
    }

    // ------------------------------------------------------------ services

    /// @inheritdoc IServiceCatalog
    function register(
        uint256 model,
        bytes32 modelHash,
        uint256 dataset,
        bytes32 datasetHash,
        uint8 classId,
        uint64 pricePerUnitGwei
    ) external returns (uint32 service) {
        if (!registry.classOf(classId).enabled) revert CatalogUnknownClass(classId);
        ServiceWord word = ServiceWord.wrap(0).withClassId(classId).withPricePerUnitGwei(pricePerUnitGwei);
        word = _withModel(word, model, modelHash);
        if (dataset != 0 || datasetHash != 0) word = _withDataset(word, dataset, datasetHash);
        service = ++serviceCount;
        _modelHashes[service] = modelHash;
        if (word.trainedModel()) _trainedModels[service] = model;
        if (word.hasDataset()) _datasetHashes[service] = datasetHash;
        word = _withClassFigures(word, service);
        _words[service] = word;
        emit ServiceRegistered(service, msg.sender, _view(word, service));
    }

    /// @inheritdoc IServiceCatalog
    function list(uint32 service, uint8 complexity, uint32 secondsPerUnit, bool listed) external onlyOwner {
        ServiceWord word = _requireWord(service);
        _requireWithin(complexity, 1, MAX_COMPLEXITY);
        _requireWithin(secondsPerUnit, 1, Pricing.MAX_REFERENCE_SECONDS);
        word = word.withComplexity(complexity).withSecondsPerUnit(secondsPerUnit).withListed(listed);
        _words[service] = _withClassFigures(word, service);
        emit ServiceListed(service, complexity, secondsPerUnit, listed);
    }

    /// @inheritdoc IServiceCatalog
    function refresh(uint32 service) external {
        _words[service] = _withClassFigures(_requireWord(service), service);
    }

    // ------------------------------------------------------------ administration

    /// @inheritdoc IServiceCatalog
    function setFees(Fees calldata fees_) external onlyOwner {
        _setFees(fees_);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IServiceCatalog
    function quote(uint32 service, uint32 units, bool named) external view returns (Quote memory made) {
        Offer memory offered = offer(service, units, named);
        made.compute = offered.lines.compute();
        made.modelRoyalty = offered.lines.modelRoyalty();
        made.datasetRoyalty = offered.lines.datasetRoyalty();
        made.protocolFee = offered.lines.protocolFee();
        made.drawUnit = uint64(offered.reserves.drawUnit() * uint256(DRAW_UNIT_STEP));
        made.drawReserve = offered.reserves.drawReserve();
        made.reviewFee = offered.reserves.reviewFee();
        made.total = offered.totalGwei;
    }

    /// @inheritdoc IServiceCatalog
    function offer(uint32 service, uint32 units, bool named) public view returns (Offer memory made) {
        ServiceWord word = _requireWord(service);
        if (units == 0) revert CatalogZeroUnits();
        uint64 modelRoyalty;
        uint64 datasetRoyalty;
        JobWindows windows;
        uint40 payee;
        (made.model, made.modelHash) = _model(word, service);
        (modelRoyalty, payee) = assets.termsOf(made.model);
        windows = windows.withModelPayee(payee);
        if (word.hasDataset()) {
            (made.dataset, made.datasetHash) = _dataset(word, service);
            (datasetRoyalty, payee) = assets.termsOf(made.dataset);
            windows = windows.withDatasetPayee(payee);
        }
        JobTerms terms = made.terms.withService(service).withUnits(units).withClassId(word.classId());
        if (word.listed()) {
            terms = terms.withComplexity(word.complexity());
            windows = windows.withReferenceSeconds(Pricing.referenceSeconds(units, word.secondsPerUnit()));
        } else {
            terms = terms.withComplexity(1);
        }
        (made.terms, made.windows) = (terms, windows);
        _price(made, word, units, named, modelRoyalty, datasetRoyalty);
    }

    /// @inheritdoc IServiceCatalog
    function serviceOf(uint32 service) external view returns (Service memory) {
        return _view(_requireWord(service), service);
    }

    /// @inheritdoc IServiceCatalog
    function classFiguresOf(uint32 service) external view returns (uint64 minComputeGwei, uint64 inputChargeGwei) {
        ServiceWord word = _requireWord(service);
        return (word.minComputeGwei(), word.inputChargeGwei());
    }

    /// @inheritdoc IServiceCatalog
    function fees() external view returns (Fees memory) {
        return _fees;
    }

    /// @inheritdoc IServiceCatalog
    function priceOfPower(uint32 power, uint64 ratePerPowerHourGwei, uint32 duration) external pure returns (uint64) {
        return Pricing.fit(Pricing.ofPower(power, ratePerPowerHourGwei, duration));
    }

    // ------------------------------------------------------------ private

    /// @dev Fills in the price of an offer whose royalties are known.
    function _price(
        Offer memory made,
        ServiceWord word,
        uint32 units,
        bool named,
        uint64 modelRoyalty,
        uint64 datasetRoyalty
    ) private view {
        Fees memory charged = _fees;
        made.terms = made.terms.withFeeBps(charged.feeBps);
        JobReserves reserves;
        uint256 total = Pricing.VALIDATORS * charged.validatorFeeGwei;
        reserves = reserves.withReviewFee(uint64(total)).withInputCharge(word.inputChargeGwei());
        if (!named) {
            uint256 reserve = Pricing.drawReserve(charged.drawUnitGwei, word.inputChargeGwei());
            total += reserve;
            reserves = reserves.withDrawReserve(uint64(reserve));
            reserves = reserves.withDrawUnit(uint32(charged.drawUnitGwei / DRAW_UNIT_STEP));
        }
        uint256 base = Pricing.compute(units, word.pricePerUnitGwei(), word.minComputeGwei());
        JobLines lines = made.lines.withCompute(uint64(base));
        base += uint256(modelRoyalty) + datasetRoyalty;
        uint256 fee = Pricing.protocolFee(base, charged.feeBps);
        // Every line is part of the total, so that once it fits, the casts of this function are exact.
        made.totalGwei = Pricing.fit(total + base + fee);
        lines = lines.withModelRoyalty(modelRoyalty).withDatasetRoyalty(datasetRoyalty);
        made.lines = lines.withProtocolFee(uint64(fee));
        made.reserves = reserves;
    }

    function _setFees(Fees memory fees_) private {
        _requireWithin(fees_.feeBps, 0, MAX_FEE_BPS);
        _requireWithin(fees_.drawUnitGwei, DRAW_UNIT_STEP, MAX_UNIT_GWEI);
        if (fees_.drawUnitGwei % DRAW_UNIT_STEP != 0) revert CatalogNotWhole(fees_.drawUnitGwei);
        _requireWithin(fees_.validatorFeeGwei, 0, MAX_UNIT_GWEI);
        _fees = fees_;
        emit FeesChanged(fees_.feeBps, fees_.drawUnitGwei, fees_.validatorFeeGwei);
    }

    function _withModel(ServiceWord word, uint256 model, bytes32 modelHash) private view returns (ServiceWord) {
        bool trained = modelHash != 0 && assets.trainedContentOf(model) == modelHash;
        if (!trained && model != AssetIds.idOf(IAssetRegistry.AssetKind.Model, modelHash)) {
            revert CatalogHashMismatch(model, modelHash);
        }
        assets.termsOf(model); // reverts for an unknown asset
        return word.withTrainedModel(trained);
    }

    function _withDataset(ServiceWord word, uint256 dataset, bytes32 datasetHash) private view returns (ServiceWord) {
        bool prepared = dataset == AssetIds.idOf(IAssetRegistry.AssetKind.Dataset, datasetHash);
        if (!prepared && dataset != AssetIds.idOf(IAssetRegistry.AssetKind.Data, datasetHash)) {
            revert CatalogHashMismatch(dataset, datasetHash);
        }
        assets.termsOf(dataset); // reverts for an unknown asset
        return word.withHasDataset(true).withDatasetKind(prepared);
    }

    function _withClassFigures(ServiceWord word, uint32 service) private returns (ServiceWord) {
        uint8 classId = word.classId();
        uint256 rate = registry.classOf(classId).ratePerSecondGwei;
        uint64 minCompute = Pricing.fit(Pricing.MINIMUM_SECONDS * rate);
        uint64 inputCharge = registry.callerPayGwei(classId);
        emit ServiceRefreshed(service, minCompute, inputCharge);
        return word.withMinComputeGwei(minCompute).withInputChargeGwei(inputCharge);
    }

    function _model(ServiceWord word, uint32 service) private view returns (uint256 id, bytes32 contentHash) {
        contentHash = _modelHashes[service];
        // The id of a trained model names its requester too, so it is stored.
        if (word.trainedModel()) id = _trainedModels[service];
        else id = AssetIds.idOf(IAssetRegistry.AssetKind.Model, contentHash);
    }

    function _dataset(ServiceWord word, uint32 service) private view returns (uint256 id, bytes32 contentHash) {
        contentHash = _datasetHashes[service];
        id = AssetIds.idOf(
            word.datasetKind() ? IAssetRegistry.AssetKind.Dataset : IAssetRegistry.AssetKind.Data,
            contentHash
        );
    }

    function _view(ServiceWord word, uint32 service) private view returns (Service memory value) {
        (value.model, value.modelHash) = _model(word, service);
        if (word.hasDataset()) (value.dataset, value.datasetHash) = _dataset(word, service);
        value.classId = word.classId();
        value.complexity = word.complexity();
        value.secondsPerUnit = word.secondsPerUnit();
        value.pricePerUnitGwei = word.pricePerUnitGwei();
        value.listed = word.listed();
    }

    function _requireWord(uint32 service) private view returns (ServiceWord word) {
        word = _words[service];
        if (!word.exists()) revert CatalogUnknownService(service);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert CatalogOutOfBounds(value, low, high);
    }
}
