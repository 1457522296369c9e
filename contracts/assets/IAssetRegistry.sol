// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IAssetRegistry
/// @notice ERC-721 of data, datasets, models and trained models. id = uint256(keccak256(abi.encode(kind, contentHash))).
/// @dev One packed accrual word per asset: accrued, uses, terms epoch, price per use, payee account.
interface IAssetRegistry {
    /// @notice Kind of an asset; part of its id.
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
    /// @param flags bit 0: encrypted
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

    event AssetMinted(
        uint256 indexed id,
        address indexed owner,
        AssetKind kind,
        bytes32 contentHash,
        bytes32 metadataDigest,
        bytes32 previewDigest,
        uint64 size,
        uint16 format,
        uint8 flags,
        uint64 priceGwei
    );
    event MintCommitted(bytes32 indexed commitment, address indexed minter);
    event PriceChanged(uint256 indexed id, uint64 oldPriceGwei, uint64 newPriceGwei);
    event RoyaltyAccrued(uint256 indexed id, address indexed module, uint64 amountGwei);
    event RoyaltyClaimed(uint256 indexed id, uint40 indexed account, uint256 amount);
    event ModuleChanged(address indexed module, bool allowed);

    /// @notice Price per use and account paid for it. Reverts for an unknown asset.
    function termsOf(uint256 id) external view returns (uint64 priceGwei, uint40 payee);

    /// @notice Module: accrues royalties of one use of a model and a dataset (id 0 is skipped). The tokens are moved by the
    /// module through the vault (release with this contract as royalty sink).
    function accrue(uint256 model, uint64 modelGwei, uint256 dataset, uint64 datasetGwei) external;

    /// @notice Anyone: pays what an asset accrued to its payee's vault account.
    function claim(uint256 id) external returns (uint256 amount);

    /// @notice The id that content of a kind has.
    function assetId(AssetKind kind, bytes32 contentHash) external pure returns (uint256 id);
}
