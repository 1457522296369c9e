// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRoyaltySink} from "../vault/IRoyaltySink.sol";
import {ITrainingRecord} from "./ITrainingRecord.sol";

/// @title IAssetRegistry
/// @notice ERC-721 of data, datasets, models and trained models (SPEC 8).
/// @dev id = uint256(keccak256(abi.encode(kind, contentHash))), so that content is minted once per kind. One packed
/// word per asset holds what a use reads and writes: accrued royalties, uses, terms epoch, payee account, price. The
/// owner of a token is the holder of its payee account in the PaymentVault: owner and payee can never differ. Sums
/// named Gwei are units of 1e9 wei. There are no burns: an id, once known, stays known.
interface IAssetRegistry is IRoyaltySink {
    /// @notice Kind of an asset; part of its id.
    /// @param None no asset
    /// @param Data raw data
    /// @param Dataset data prepared for training or evaluation
    /// @param Model a model brought by its owner
    /// @param TrainedModel a model that a settled job of the market produced
    enum AssetKind {
        None,
        Data,
        Dataset,
        Model,
        TrainedModel
    }

    /// @notice What a minter says of an asset.
    /// @param kind kind
    /// @param contentHash sha-256 digest of the content
    /// @param metadataDigest sha-256 digest of the description
    /// @param previewDigest sha-256 digest of a random sample, 0 for none
    /// @param size bytes
    /// @param format id of the input/output format
    /// @param flags bit 0: encrypted (the conditions are in the description)
    /// @param priceGwei price per use in units of 1e9 wei, 0 is free
    struct Mint {
        AssetKind kind;
        bytes32 contentHash;
        bytes32 metadataDigest;
        bytes32 previewDigest;
        uint64 size;
        uint16 format;
        uint8 flags;
        uint64 priceGwei;
    }

    /// @notice State of an asset, unpacked for readers.
    /// @param owner owner of the token
    /// @param payee vault account of the owner
    /// @param kind kind
    /// @param flags bit 0: encrypted
    /// @param format id of the input/output format
    /// @param sizeBits bit length of the size in bytes (0 for an empty one), that is floor(log2(size)) + 1
    /// @param termsEpoch changes of price, metadata or owner, modulo 65,536
    /// @param uses paid uses, saturating
    /// @param priceGwei price per use
    /// @param accruedGwei royalties not yet claimed
    /// @param metadataDigest digest last set by `setMetadata`; 0 while that of the mint event holds
    struct AssetView {
        address owner;
        uint40 payee;
        AssetKind kind;
        uint8 flags;
        uint16 format;
        uint8 sizeBits;
        uint16 termsEpoch;
        uint32 uses;
        uint64 priceGwei;
        uint64 accruedGwei;
        bytes32 metadataDigest;
    }

    /// @notice A minter announced a commitment.
    event MintCommitted(bytes32 indexed commitment, address indexed minter);
    /// @notice An asset was minted, to the receiver of the Transfer event beside this; digests and exact size are kept
    /// here only.
    event AssetMinted(uint256 indexed id, Mint asset);
    /// @notice The job that a TrainedModel came out of.
    event AssetTrained(uint256 indexed id, address indexed record, uint256 indexed jobId);
    /// @notice The price of later quotes changed.
    event PriceChanged(uint256 indexed id, uint64 oldPriceGwei, uint64 newPriceGwei);
    /// @notice The owner replaced description and preview.
    event MetadataChanged(uint256 indexed id, bytes32 metadataDigest, bytes32 previewDigest);
    /// @notice Who is paid on resale was fixed.
    event ResaleRoyaltySet(uint256 indexed id, address indexed receiver, uint16 bps);
    /// @notice `id` follows `previous` in its line of versions.
    event VersionDeclared(uint256 indexed id, uint256 indexed previous);
    /// @notice A paid use, brought by `module`.
    event RoyaltyAccrued(uint256 indexed id, address indexed module, uint256 amount, uint32 uses);
    /// @notice What had accrued, `amount` token wei, was paid to `account`.
    event RoyaltyClaimed(uint256 indexed id, uint40 indexed account, uint256 amount);
    /// @notice An escrow's results may be minted as trained models from now on, or no longer.
    event TrainingRecordChanged(address indexed record, bool allowed);

    /// @notice No asset has this id.
    error AssetUnknown(uint256 id);
    /// @notice Content of this kind was minted before.
    error AssetDuplicate(uint256 id);
    /// @notice The kind cannot be minted by this function.
    error AssetKindNotMintable(AssetKind kind);
    /// @notice A digest that must be set is zero.
    error AssetZeroDigest();
    /// @notice A list is empty.
    error AssetEmptyBatch();
    /// @notice The caller has no open commitment to these assets and salt.
    error AssetNotCommitted(bytes32 commitment);
    /// @notice The caller made this commitment before.
    error AssetAlreadyCommitted(bytes32 commitment);
    /// @notice The commitment is younger than a minute.
    error AssetCommitmentTooYoung(uint256 readyAt);
    /// @notice The record names another requester for this job and result, or none.
    error AssetNotTrainedBy(address minter, address requester);
    /// @notice The caller does not own the token.
    error AssetNotOwner(uint256 id, address caller);
    /// @notice No training record.
    error AssetUnknownRecord(address record);
    /// @notice Only the vault books royalties.
    error AssetNotVault(address caller);
    /// @notice Above the bound of resale royalties.
    error AssetRoyaltyTooHigh(uint256 bps, uint256 maximum);
    /// @notice A value that is written once is set already.
    error AssetAlreadySet(uint256 id);
    /// @notice These two assets cannot follow one another as versions.
    error AssetVersionConflict(uint256 id, uint256 previous);
    /// @notice A zero address where an address is needed.
    error AssetZeroAddress();

    // ------------------------------------------------------------ minting

    /// @notice Anyone: commits to assets that the caller will mint at least a minute later, so that nobody mints
    /// what he saw in flight. Opens the caller's vault account when it has none. Counts for the caller only.
    /// @param commitment see `commitmentOf`
    function commitMint(bytes32 commitment) external;

    /// @notice Committer: mints one asset of kind Data, Dataset or Model to the caller.
    /// @param asset what is minted
    /// @param salt salt of the commitment, made over this one id
    /// @return id id of the asset
    function mint(Mint calldata asset, bytes32 salt) external returns (uint256 id);

    /// @notice Committer: mints several assets under one commitment; all or nothing.
    /// @param assets what is minted
    /// @param salt salt of the commitment, made over their ids in this order
    /// @return ids ids in the same order
    function mintMany(Mint[] calldata assets, bytes32 salt) external returns (uint256[] memory ids);

    /// @notice Requester of a settled training job: mints its result as a TrainedModel. Needs no commitment.
    /// @param asset what is minted; its content hash is the result digest of the job
    /// @param record escrow that knows the job, a training record
    /// @param jobId public id of the job there
    /// @return id id of the asset
    function mintTrained(Mint calldata asset, ITrainingRecord record, uint256 jobId) external returns (uint256 id);

    // ------------------------------------------------------------ terms

    /// @notice Owner: changes the price per use. Open quotes and agreements keep the price they were made with.
    function setPrice(uint256 id, uint64 priceGwei) external;

    /// @notice Owner: replaces description and preview; the events keep the history, the last description is stored.
    /// Emits ERC-4906 MetadataUpdate.
    function setMetadata(uint256 id, bytes32 metadataDigest, bytes32 previewDigest) external;

    /// @notice Owner: fixes who is paid on resale (ERC-2981), once and for good.
    /// @param id asset
    /// @param receiver receiver of the royalty
    /// @param bps share of the sale price, 1..1,000 basis points
    function setResaleRoyalty(uint256 id, address receiver, uint16 bps) external;

    /// @notice Owner of both: declares `id` to be the next version of `previous`. Same kind; `id` must stand alone and
    /// `previous` must be the last of its line. Append-only, so that a line never forks and never closes to a ring.
    function declareVersion(uint256 id, uint256 previous) external;

    // ------------------------------------------------------------ royalties
    // The vault books them (IRoyaltySink): a module releases them there, with this contract as their sink. So an asset
    // never accrues more than the vault holds for it, and a claim or a transfer never fails for want of tokens.

    /// @notice Anyone: pays what an asset accrued to its payee's vault account. A transfer does the same first.
    /// @return amount token wei, 0 when nothing had accrued
    function claim(uint256 id) external returns (uint256 amount);

    // ------------------------------------------------------------ administration

    /// @notice Owner of the contract: says whether results of an escrow's jobs may be minted as trained models.
    function setTrainingRecord(address record, bool allowed) external;

    /// @notice Owner of the contract: stops new mints; nothing else.
    function pause() external;

    /// @notice Owner of the contract: allows mints again.
    function unpause() external;

    // ------------------------------------------------------------ views

    /// @notice Price per use and account paid for it. Reverts with AssetUnknown for an unknown asset.
    function termsOf(uint256 id) external view returns (uint64 priceGwei, uint40 payee);

    /// @notice Everything stored of an asset. Reverts with AssetUnknown for an unknown asset.
    function assetOf(uint256 id) external view returns (AssetView memory);

    /// @notice Whether results of an escrow's jobs may be minted as trained models.
    function isTrainingRecord(address record) external view returns (bool);

    /// @notice When a minter's commitment can be revealed, 0 when there is none.
    function readyAt(address minter, bytes32 commitment) external view returns (uint256);

    /// @notice Neighbours in the line of versions, 0 for none.
    function versionsOf(uint256 id) external view returns (uint256 previous, uint256 next);

    /// @notice Parent `index` (0..3) of an asset: low 48 bits of its id, and royalty share in basis points. 0 for none;
    /// originals have none.
    function parentOf(uint256 id, uint256 index) external view returns (uint48 parent, uint16 shareBps);

    /// @notice The commitment that `minter` makes to mint assets with these ids: keccak256 over the chain, this
    /// contract, the minter, the salt and the ids. An id stands for kind and content hash.
    function commitmentOf(address minter, uint256[] calldata ids, bytes32 salt) external view returns (bytes32);

    /// @notice The id that content of a kind has; for trained models see `trainedAssetId`.
    function assetId(AssetKind kind, bytes32 contentHash) external pure returns (uint256 id);

    /// @notice The id of the trained model that the holder of a vault account mints of content: keccak256(assetId,
    /// account). It names the account because the digest of a result is public before its requester can mint it.
    function trainedAssetId(bytes32 contentHash, uint40 account) external pure returns (uint256 id);

    /// @notice Content hash of a trained model, 0 for any other id.
    function trainedContentOf(uint256 id) external view returns (bytes32 contentHash);
}
