// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IServiceCatalog
/// @notice Services that jobs ask for, and the price of each line of a job.
/// @dev Sums named Gwei are units of 1e9 wei, rounded up against the payer.
interface IServiceCatalog {
    /// @notice A service: what is run, on what, and its price.
    /// @param model asset id of the model
    /// @param modelHash content hash of the model (sha-256), fixed at registration
    /// @param dataset asset id of the dataset, 0 for none
    /// @param datasetHash content hash of the dataset, 0 for none
    /// @param classId GPU class
    /// @param complexity 1..10; counts only once listed
    /// @param secondsPerUnit reference seconds of one unit; counts only once listed
    /// @param pricePerUnitGwei compute price of one unit
    /// @param listed whether governance listed it
    struct Service {
        uint256 model;
        bytes32 modelHash;
        uint256 dataset;
        bytes32 datasetHash;
        uint8 classId;
        uint8 complexity;
        uint32 secondsPerUnit;
        uint64 pricePerUnitGwei;
        bool listed;
    }

    /// @notice Every line of a price (SPEC 6), units of 1e9 wei.
    /// @param compute to the GPU's owner: max(units x price per unit, 60 s of the class rate)
    /// @param modelRoyalty to the model's payee
    /// @param datasetRoyalty to the dataset's payee
    /// @param drawUnit one call of tries: pays VRF and whoever calls assign; whole multiples of 1e5 (1e14 wei)
    /// @param drawReserve escrowed for draws and "input unavailable" charges, the unspent part returns; 0 when named
    /// @param reviewFee pays a review, returned when there is none
    /// @param protocolFee feeBps of compute + royalties
    /// @param total what posting debits
    struct Quote {
        uint64 compute;
        uint64 modelRoyalty;
        uint64 datasetRoyalty;
        uint64 drawUnit;
        uint64 drawReserve;
        uint64 reviewFee;
        uint64 protocolFee;
        uint64 total;
    }

    /// @notice Quote and everything of the service that an agreement fixes, in one call for the escrow.
    /// @param quote the lines
    /// @param model asset id of the model
    /// @param dataset asset id of the dataset or 0
    /// @param modelHash content hash of the model
    /// @param datasetHash content hash of the dataset or 0
    /// @param modelPayee account paid for the model
    /// @param datasetPayee account paid for the dataset, 0 for none
    /// @param classId GPU class
    /// @param complexity complexity that counts (1 when unlisted)
    /// @param referenceSeconds seconds per unit x units, saturated at 86,400 (0 when unlisted)
    /// @param inputChargeGwei what "input unavailable" costs the requester
    struct Offer {
        Quote quote;
        uint256 model;
        uint256 dataset;
        bytes32 modelHash;
        bytes32 datasetHash;
        uint40 modelPayee;
        uint40 datasetPayee;
        uint8 classId;
        uint8 complexity;
        uint32 referenceSeconds;
        uint64 inputChargeGwei;
    }

    event ServiceRegistered(uint32 indexed service, address indexed by, Service value);
    event ServiceListed(uint32 indexed service, uint8 complexity, uint32 secondsPerUnit, bool listed);
    event FeesChanged(uint16 feeBps, uint64 drawUnitGwei, uint64 validatorFeeGwei);

    error CatalogUnknownService(uint32 service);
    error CatalogUnknownClass(uint8 classId);
    error CatalogZeroUnits();
    error CatalogOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Anyone registers a service over existing assets; it is unlisted until governance lists it.
    function register(
        uint256 model,
        bytes32 modelHash,
        uint256 dataset,
        bytes32 datasetHash,
        uint8 classId,
        uint64 pricePerUnitGwei
    ) external returns (uint32 service);

    /// @notice Owner (governance): lists a service with the complexity and seconds that count for reputation.
    function list(uint32 service, uint8 complexity, uint32 secondsPerUnit, bool listed) external;

    /// @notice Every line of the price of `units` of a service.
    /// @param named whether a GPU is named (no draw)
    function quote(uint32 service, uint32 units, bool named) external view returns (Quote memory);

    /// @notice As `quote`, with what an agreement fixes of the service.
    function offer(uint32 service, uint32 units, bool named) external view returns (Offer memory);

    function serviceOf(uint32 service) external view returns (Service memory);
}
