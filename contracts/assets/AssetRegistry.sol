// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccrualWord, AccrualWordLib} from "../libraries/AccrualWord.sol";
import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {LineageWord} from "../libraries/LineageWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IRoyaltySink} from "../vault/IRoyaltySink.sol";
import {AssetIds} from "./AssetIds.sol";
import {IAssetRegistry} from "./IAssetRegistry.sol";
import {ITrainingRecord} from "./ITrainingRecord.sol";

/// @title AssetRegistry
/// @notice Implementation of IAssetRegistry.
/// @dev Ownership is not stored twice: the accrual word names the payee's vault account, and its holder is the owner.
/// So OpenZeppelin's ERC721 keeps only approvals here; `_ownerOf`, `_update` and `balanceOf` are replaced together. The
/// vault is trusted and calls nobody back; the only foreign code that runs is an ERC-721 receiver, last of all.
contract AssetRegistry is IAssetRegistry, ERC721, IERC2981, IERC4906, AlwaysOwned, Pausable, ReentrancyGuardTransient {
    using SafeCast for uint256;

    /// @notice A commitment: when it was made, and the vault account of its minter.
    struct Commitment {
        uint40 madeAt;
        uint40 account;
    }

    /// @notice Who is paid on resale.
    struct ResaleRoyalty {
        address receiver;
        uint16 bps;
    }

    /// @notice Most that `setResaleRoyalty` accepts, basis points.
    uint16 public constant MAX_RESALE_BPS = 1_000;
    uint256 private constant BPS = 10_000;
    /// @notice Seconds that a commitment must have aged.
    uint256 public constant MIN_COMMIT_AGE = 60;

    /// @notice Vault that holds the royalties and issues the account ids.
    IPaymentVault public immutable vault;

    /// @inheritdoc IAssetRegistry
    mapping(address record => bool allowed) public isTrainingRecord;

    /// @inheritdoc IAssetRegistry
    mapping(uint256 id => bytes32 contentHash) public trainedContentOf;

    mapping(uint256 id => AccrualWord) private _words;
    mapping(address owner => uint256) private _balances;
    mapping(address minter => mapping(bytes32 commitment => Commitment)) private _commitments;
    mapping(uint256 id => bytes32) private _metadata;
    mapping(uint256 id => ResaleRoyalty) private _resale;
    mapping(uint256 id => uint256) private _previousVersion;
    mapping(uint256 id => uint256) private _nextVersion;
    /// @dev Written at mint only, once derivatives can be minted.
    // slither-disable-next-line uninitialized-state
    mapping(uint256 id => LineageWord) private _lineage;

    /// @notice Sets the vault for good.
    /// @param vault_ vault of the market, not zero
    /// @param initialOwner owner of the parameters, to become the timelock
    constructor(
        IPaymentVault vault_,
        address initialOwner
    ) ERC721("GPU Commons Asset", "ASSET") AlwaysOwned(initialOwner) {
        if (address(vault_) == address(0)) revert AssetZeroAddress();
        vault = vault_;
    }

    // ------------------------------------------------------------ minting

    /// @inheritdoc IAssetRegistry
    function commitMint(bytes32 commitment) external {
        Commitment storage slot = _commitments[msg.sender][commitment];
        if (slot.madeAt != 0) revert AssetAlreadyCommitted(commitment);
        slot.madeAt = uint40(block.timestamp);
        emit MintCommitted(commitment, msg.sender);
        slot.account = vault.openAccount(msg.sender);
    }

    /// @inheritdoc IAssetRegistry
    function mint(Mint calldata asset, bytes32 salt) external whenNotPaused returns (uint256 id) {
        uint256[] memory ids = new uint256[](1);
        id = _mintableId(asset);
        ids[0] = id;
        uint40 account = _reveal(ids, salt);
        ++_balances[msg.sender];
        _create(id, account, asset);
    }

    /// @inheritdoc IAssetRegistry
    function mintMany(Mint[] calldata assets, bytes32 salt) external whenNotPaused returns (uint256[] memory ids) {
        uint256 count = assets.length;
        if (count == 0) revert AssetEmptyBatch();
        ids = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = _mintableId(assets[i]);
        }
        uint40 account = _reveal(ids, salt);
        _balances[msg.sender] += count;
        for (uint256 i; i < count; ++i) {
            _create(ids[i], account, assets[i]);
        }
    }

    /// @inheritdoc IAssetRegistry
    function mintTrained(
        Mint calldata asset,
        ITrainingRecord record,
        uint256 jobId
    ) external whenNotPaused returns (uint256 id) {
        if (asset.kind != AssetKind.TrainedModel) revert AssetKindNotMintable(asset.kind);
        if (!isTrainingRecord[address(record)]) revert AssetUnknownRecord(address(record));
        address requester = record.trainedBy(jobId, asset.contentHash);
        if (requester != msg.sender) revert AssetNotTrainedBy(msg.sender, requester);
        uint40 account = vault.openAccount(msg.sender);
        id = AssetIds.idOfTrained(asset.contentHash, account);
        ++_balances[msg.sender];
        _create(id, account, asset);
        trainedContentOf[id] = asset.contentHash;
        emit AssetTrained(id, address(record), jobId);
    }

    // ------------------------------------------------------------ terms

    /// @inheritdoc IAssetRegistry
    function setPrice(uint256 id, uint64 priceGwei) external {
        AccrualWord word = _requireOwner(id);
        _words[id] = word.withPriceGwei(priceGwei).bumped();
        emit PriceChanged(id, word.priceGwei(), priceGwei);
    }

    /// @inheritdoc IAssetRegistry
    function setMetadata(uint256 id, bytes32 metadataDigest, bytes32 previewDigest) external {
        AccrualWord word = _requireOwner(id);
        if (metadataDigest == 0) revert AssetZeroDigest();
        _words[id] = word.bumped();
        _metadata[id] = metadataDigest;
        emit MetadataChanged(id, metadataDigest, previewDigest);
        emit MetadataUpdate(id);
    }

    /// @inheritdoc IAssetRegistry
    function setResaleRoyalty(uint256 id, address receiver, uint16 bps) external {
        _requireOwner(id);
        if (receiver == address(0)) revert AssetZeroAddress();
        if (bps == 0 || bps > MAX_RESALE_BPS) revert AssetRoyaltyTooHigh(bps, MAX_RESALE_BPS);
        ResaleRoyalty storage resale = _resale[id];
        if (resale.receiver != address(0)) revert AssetAlreadySet(id);
        resale.receiver = receiver;
        resale.bps = bps;
        emit ResaleRoyaltySet(id, receiver, bps);
    }

    /// @inheritdoc IAssetRegistry
    function declareVersion(uint256 id, uint256 previous) external {
        AccrualWord word = _requireOwner(id);
        AccrualWord before = _requireOwner(previous);
        // A line grows only at its end and only by an asset that is in no line yet, hence no ring and no fork.
        bool alone = _previousVersion[id] == 0 && _nextVersion[id] == 0;
        if (!alone || id == previous || _nextVersion[previous] != 0 || word.kind() != before.kind()) {
            revert AssetVersionConflict(id, previous);
        }
        _previousVersion[id] = previous;
        _nextVersion[previous] = id;
        emit VersionDeclared(id, previous);
    }

    // ------------------------------------------------------------ royalties

    /// @inheritdoc IRoyaltySink
    function onRoyalties(address module, IPaymentVault.Royalty[] calldata royalties) external {
        if (msg.sender != address(vault)) revert AssetNotVault(msg.sender);
        for (uint256 i = 0; i < royalties.length; ++i) {
            uint256 id = royalties[i].asset;
            uint256 amount = royalties[i].amount;
            uint32 uses = royalties[i].uses;
            // What the vault holds fits in 64 bits of gwei units, and so does the part of an asset.
            _words[id] = _requireWord(id).withAccrual(uint64(amount / Units.WEI_PER_GWEI), uses);
            emit RoyaltyAccrued(id, module, amount, uses);
        }
    }

    /// @inheritdoc IAssetRegistry
    function claim(uint256 id) external nonReentrant returns (uint256 amount) {
        AccrualWord word = _requireWord(id);
        _words[id] = word.withAccruedGwei(0);
        return _payOut(id, word);
    }

    // ------------------------------------------------------------ administration

    /// @inheritdoc IAssetRegistry
    function setTrainingRecord(address record, bool allowed) external onlyOwner {
        if (record == address(0)) revert AssetZeroAddress();
        isTrainingRecord[record] = allowed;
        emit TrainingRecordChanged(record, allowed);
    }

    /// @inheritdoc IAssetRegistry
    function pause() external onlyOwner {
        _pause();
    }

    /// @inheritdoc IAssetRegistry
    function unpause() external onlyOwner {
        _unpause();
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IAssetRegistry
    function termsOf(uint256 id) external view returns (uint64 priceGwei, uint40 payee) {
        AccrualWord word = _requireWord(id);
        return (word.priceGwei(), word.payee());
    }

    /// @inheritdoc IAssetRegistry
    function assetOf(uint256 id) external view returns (AssetView memory) {
        AccrualWord word = _requireWord(id);
        return
            AssetView({
                owner: vault.holderOf(word.payee()),
                payee: word.payee(),
                kind: AssetKind(word.kind()),
                flags: word.flags(),
                format: word.format(),
                sizeBits: word.sizeBits(),
                termsEpoch: word.termsEpoch(),
                uses: word.uses(),
                priceGwei: word.priceGwei(),
                accruedGwei: word.accruedGwei(),
                metadataDigest: _metadata[id]
            });
    }

    /// @inheritdoc IAssetRegistry
    function readyAt(address minter, bytes32 commitment) external view returns (uint256) {
        uint256 madeAt = _commitments[minter][commitment].madeAt;
        return madeAt == 0 ? 0 : madeAt + MIN_COMMIT_AGE;
    }

    /// @inheritdoc IAssetRegistry
    function versionsOf(uint256 id) external view returns (uint256 previous, uint256 next) {
        return (_previousVersion[id], _nextVersion[id]);
    }

    /// @inheritdoc IAssetRegistry
    function parentOf(uint256 id, uint256 index) external view returns (uint48 parent, uint16 shareBps) {
        LineageWord word = _lineage[id];
        return (word.parent(index), word.shareBps(index));
    }

    /// @inheritdoc IAssetRegistry
    function commitmentOf(address minter, uint256[] memory ids, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), minter, salt, keccak256(abi.encodePacked(ids))));
    }

    /// @inheritdoc IAssetRegistry
    function assetId(AssetKind kind, bytes32 contentHash) public pure returns (uint256 id) {
        return AssetIds.idOf(kind, contentHash);
    }

    /// @inheritdoc IAssetRegistry
    function trainedAssetId(bytes32 contentHash, uint40 account) external pure returns (uint256 id) {
        return AssetIds.idOfTrained(contentHash, account);
    }

    /// @inheritdoc IERC2981
    function royaltyInfo(uint256 id, uint256 salePrice) external view returns (address receiver, uint256 amount) {
        ResaleRoyalty storage resale = _resale[id];
        return (resale.receiver, Math.mulDiv(salePrice, resale.bps, BPS));
    }

    /// @notice Where the description is, as a CIDv1 (raw, sha2-256) in base 16; empty while only the mint event names
    /// it.
    function tokenURI(uint256 id) public view override returns (string memory) {
        _requireWord(id);
        bytes32 digest = _metadata[id];
        return digest == 0 ? "" : string.concat("ipfs://f01551220", _hex(digest));
    }

    /// @inheritdoc ERC721
    function balanceOf(address owner_) public view override(ERC721, IERC721) returns (uint256) {
        if (owner_ == address(0)) revert ERC721InvalidOwner(address(0));
        return _balances[owner_];
    }

    /// @inheritdoc ERC721
    function supportsInterface(bytes4 interfaceId) public view override(ERC721, IERC165) returns (bool) {
        return
            interfaceId == type(IERC2981).interfaceId ||
            interfaceId == bytes4(0x49064906) ||
            super.supportsInterface(interfaceId);
    }

    // ------------------------------------------------------------ internal

    /// @notice Holder of the payee's account, zero for an unknown asset.
    function _ownerOf(uint256 id) internal view override returns (address) {
        AccrualWord word = _words[id];
        return word.exists() ? vault.holderOf(word.payee()) : address(0);
    }

    /// @notice Moves a token, after paying to its old owner what had accrued.
    /// @dev Only transfers come here: mints write the word themselves, there are no burns. What accrued is held by the
    /// vault and so can always be paid: nothing can hold up a transfer.
    // It calls our own vault only, which calls nobody before it returns.
    // slither-disable-next-line reentrancy-no-eth
    function _update(address to, uint256 id, address auth) internal override returns (address from) {
        from = _ownerOf(id);
        _checkAuthorized(from, auth, id);
        _approve(address(0), id, address(0), false);
        uint40 payee = vault.openAccount(to);
        AccrualWord word = _words[id];
        _words[id] = word.withAccruedGwei(0).withPayee(payee).bumped();
        --_balances[from];
        ++_balances[to];
        emit Transfer(from, to, id);
        _payOut(id, word);
    }

    // ------------------------------------------------------------ private

    function _mintableId(Mint calldata asset) private pure returns (uint256) {
        AssetKind kind = asset.kind;
        if (kind == AssetKind.None || kind == AssetKind.TrainedModel) revert AssetKindNotMintable(kind);
        return AssetIds.idOf(kind, asset.contentHash);
    }

    /// @dev Uses up the caller's commitment to these ids. Clearing it pays for reading it (EIP-3529 refund).
    function _reveal(uint256[] memory ids, bytes32 salt) private returns (uint40 account) {
        bytes32 commitment = commitmentOf(msg.sender, ids, salt);
        Commitment memory made = _commitments[msg.sender][commitment];
        if (made.madeAt == 0) revert AssetNotCommitted(commitment);
        uint256 ready = uint256(made.madeAt) + MIN_COMMIT_AGE;
        if (block.timestamp < ready) revert AssetCommitmentTooYoung(ready);
        delete _commitments[msg.sender][commitment];
        return made.account;
    }

    function _create(uint256 id, uint40 account, Mint calldata asset) private {
        if (asset.contentHash == 0 || asset.metadataDigest == 0) revert AssetZeroDigest();
        if (_words[id].exists()) revert AssetDuplicate(id);
        uint256 sizeBits = asset.size == 0 ? 0 : Math.log2(asset.size) + 1;
        // At most 64, so it fits in eight bits.
        _words[id] = AccrualWordLib.pack({
            payee_: account,
            priceGwei_: asset.priceGwei,
            kind_: uint8(asset.kind),
            flags_: asset.flags,
            format_: asset.format,
            sizeBits_: uint8(sizeBits)
        });
        emit Transfer(address(0), msg.sender, id);
        emit AssetMinted(id, asset);
    }

    /// @dev Pays what `word` had accrued to the payee it names; the caller has already cleared it in storage.
    function _payOut(uint256 id, AccrualWord word) private returns (uint256 amount) {
        uint64 accrued = word.accruedGwei();
        if (accrued == 0) return 0;
        amount = Units.toWei(accrued);
        emit RoyaltyClaimed(id, word.payee(), amount);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: word.payee(), amount: amount});
        vault.release(payments, 0);
    }

    function _requireWord(uint256 id) private view returns (AccrualWord word) {
        word = _words[id];
        if (!word.exists()) revert AssetUnknown(id);
    }

    function _requireOwner(uint256 id) private view returns (AccrualWord word) {
        word = _requireWord(id);
        if (vault.holderOf(word.payee()) != msg.sender) revert AssetNotOwner(id, msg.sender);
    }

    /// @dev 64 hexadecimal digits without a prefix.
    function _hex(bytes32 digest) private pure returns (string memory) {
        bytes memory prefixed = bytes(Strings.toHexString(uint256(digest), 32));
        bytes memory digits = new bytes(64);
        for (uint256 i; i < 64; ++i) {
            digits[i] = prefixed[i + 2];
        }
        return string(digits);
    }
}
