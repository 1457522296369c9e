// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobTerms} from "../libraries/JobTerms.sol";
import {JobWindows} from "../libraries/JobWindows.sol";

/// @title IServiceCatalog
/// @notice Services that jobs ask for, and the price of each line of a job (SPEC 6).
/// @dev Sums named Gwei are units of 1e9 wei, rounded up against the payer. A service never changes what it runs nor
/// its price; its listing, and the two figures cached of its class, do. A sum that does not fit in 64 bits reverts
/// with PricingSumTooLarge (library Pricing).
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
    /// @param modelRoyalty to the model's payee, once a job
    /// @param datasetRoyalty to the dataset's payee, once a job
    /// @param drawUnit one call of tries: pays VRF and whoever calls assign; whole multiples of 1e5 (1e14 wei); 0
    /// when
    /// named
    /// @param drawReserve escrowed for draws and "input unavailable" charges (6 x drawUnit + 3 x input charge), the
    /// unspent part returns; 0 when named
    /// @param reviewFee pays a review (5 validators), returned when there is none
    /// @param protocolFee feeBps of compute + royalties, rounded up
    /// @param total what posting debits: the sum of all lines but drawUnit
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

    /// @notice The catalogue's part of an agreement, as the escrow takes it over.
    /// @param model asset id of the model
    /// @param dataset asset id of the dataset or 0
    /// @param modelHash content hash of the model
    /// @param datasetHash content hash of the dataset or 0
    /// @param terms service, units, class, complexity that counts (1 when unlisted) and rate of the protocol fee
    /// @param windows reference seconds (seconds per unit x units, at most 86,400; 0 when unlisted) and payees
    /// @param lines what settlement pays
    /// @param reserves what returns unless it is spent
    /// @param totalGwei what posting debits
    struct Offer {
        uint256 model;
        uint256 dataset;
        bytes32 modelHash;
        bytes32 datasetHash;
        JobTerms terms;
        JobWindows windows;
        JobLines lines;
        JobReserves reserves;
        uint64 totalGwei;
    }

    /// @notice What governance charges; one storage word.
    /// @param feeBps protocol fee, 0..1,000 basis points
    /// @param drawUnitGwei one call of draw tries, a multiple of 1e5
    /// @param validatorFeeGwei pay of one validator of a review
    struct Fees {
        uint16 feeBps;
        uint64 drawUnitGwei;
        uint64 validatorFeeGwei;
    }

    /// @notice A service was registered.
    event ServiceRegistered(uint32 indexed service, address indexed by, Service value);
    /// @notice Governance listed a service or took it off.
    event ServiceListed(uint32 indexed service, uint8 complexity, uint32 secondsPerUnit, bool listed);
    /// @notice The figures cached of the service's class were read again.
    event ServiceRefreshed(uint32 indexed service, uint64 minComputeGwei, uint64 inputChargeGwei);
    /// @notice Fees of later quotes changed.
    event FeesChanged(uint16 feeBps, uint64 drawUnitGwei, uint64 validatorFeeGwei);

    /// @notice No service has this id.
    error CatalogUnknownService(uint32 service);
    /// @notice GPUs cannot register for this class.
    error CatalogUnknownClass(uint8 classId);
    /// @notice A quote for nothing.
    error CatalogZeroUnits();
    /// @notice A parameter outside of its bounds.
    error CatalogOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice The draw unit is not a multiple of 1e5.
    error CatalogNotWhole(uint256 value);
    /// @notice The content hash does not give the asset id under any kind that fits the role.
    error CatalogHashMismatch(uint256 asset, bytes32 contentHash);
    /// @notice A zero address where a contract is needed.
    error CatalogZeroAddress();

    /// @notice Anyone registers a service over existing assets; it is unlisted until governance lists it.
    /// @param model asset of kind Model or TrainedModel
    /// @param modelHash its content hash; checked against the id
    /// @param dataset asset of kind Dataset or Data, 0 for none
    /// @param datasetHash its content hash, 0 for none; checked against the id
    /// @param classId enabled GPU class
    /// @param pricePerUnitGwei compute price of one unit; fixed for good
    /// @return service id, from 1
    function register(
        uint256 model,
        bytes32 modelHash,
        uint256 dataset,
        bytes32 datasetHash,
        uint8 classId,
        uint64 pricePerUnitGwei
    ) external returns (uint32 service);

    /// @notice Owner (governance): lists a service with the complexity and seconds that count for reputation, or
    /// takes
    /// it off; also refreshes what is cached of its class.
    /// @param complexity 1..10
    /// @param secondsPerUnit 1..86,400
    function list(uint32 service, uint8 complexity, uint32 secondsPerUnit, bool listed) external;

    /// @notice Anyone: reads the class rate and the input charge of a service's class again.
    function refresh(uint32 service) external;

    /// @notice Owner (governance): changes the fees of new quotes.
    function setFees(Fees calldata fees) external;

    /// @notice Every line of the price of `units` of a service.
    /// @param named whether a GPU is named (no draw)
    function quote(uint32 service, uint32 units, bool named) external view returns (Quote memory);

    /// @notice The same price as `quote`, packed, with what an agreement fixes of the service.
    function offer(uint32 service, uint32 units, bool named) external view returns (Offer memory);

    /// @notice What a service runs. Reverts with CatalogUnknownService.
    function serviceOf(uint32 service) external view returns (Service memory);

    /// @notice Figures cached of the service's class: 60 s of its rate, and what "input unavailable" costs.
    function classFiguresOf(uint32 service) external view returns (uint64 minComputeGwei, uint64 inputChargeGwei);

    /// @notice Number of services; ids run from 1 to it.
    function serviceCount() external view returns (uint32);

    /// @notice Fees of new quotes.
    function fees() external view returns (Fees memory);

    /// @notice Price of some power over some time, rounded up: 16 power at 0.01 an hour each cost 0.16 an hour (000).
    /// @param power units of power
    /// @param ratePerPowerHourGwei price of one unit of power for one hour
    /// @param duration seconds
    function priceOfPower(uint32 power, uint64 ratePerPowerHourGwei, uint32 duration) external pure returns (uint64);
}
