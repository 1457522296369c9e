// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {VRFCoordinatorV2_5Mock} from "@chainlink/contracts/src/v0.8/vrf/mocks/VRFCoordinatorV2_5Mock.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {AssetRegistry} from "../../../contracts/assets/AssetRegistry.sol";
import {IAssetRegistry} from "../../../contracts/assets/IAssetRegistry.sol";
import {GovernedArbiter} from "../../../contracts/market/GovernedArbiter.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {IServiceCatalog} from "../../../contracts/market/IServiceCatalog.sol";
import {JobEscrow} from "../../../contracts/market/JobEscrow.sol";
import {ServiceCatalog} from "../../../contracts/market/ServiceCatalog.sol";
import {ResolverMock} from "../../../contracts/mocks/market/ResolverMock.sol";
import {VerifierMock} from "../../../contracts/mocks/market/VerifierMock.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {RandomnessBeacon} from "../../../contracts/randomness/RandomnessBeacon.sol";
import {GpuRegistry} from "../../../contracts/registry/GpuRegistry.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {RegistryLens} from "../../../contracts/registry/RegistryLens.sol";
import {ComputeToken} from "../../../contracts/token/ComputeToken.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice The whole suite, all of it real but the oracle, which is Chainlink's own mock; its actors, assets, services
/// and GPUs. The handler governs everything and holds the tokens that nobody else has.
abstract contract MarketWorld is Handler {
    uint256 internal constant GWEI = 1e9;
    uint8 internal constant CLASSES = 2;
    uint40 internal constant GPUS = 10;
    uint256 internal constant OWNERS = 5;
    uint256 internal constant REQUESTERS = 3;
    uint32 internal constant SERVICES = 3;
    uint8 internal constant ANY_REGION = 255;
    bytes32 private constant POSSESSION = keccak256(
        "Possession(address owner,uint8 classId,uint8 region,address device,uint256 nonce)"
    );
    bytes32 private constant DOMAIN = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    IERC20 public immutable token;
    PaymentVault public immutable vault;
    GpuRegistry public immutable registry;
    RegistryLens public immutable lens;
    AssetRegistry public immutable assets;
    ServiceCatalog public immutable catalog;
    VRFCoordinatorV2_5Mock public immutable coordinator;
    RandomnessBeacon public immutable beacon;
    JobEscrow public immutable escrow;

    // Accepts any proof, refuses every proof, and fails to answer.
    address internal immutable _agreeing;
    address internal immutable _refusing;
    address internal immutable _failing;

    address[] internal _requesters;
    address[] internal _owners;
    address[] internal _operators;
    // Those who pay for rounds, draw, and report misses; the last one holds no account at first.
    address[] internal _keepers;
    GovernedArbiter[] internal _arbiters;
    address internal _judge;
    address internal _treasurer;
    uint256[] internal _assets;

    constructor() {
        vm.fee(1 gwei);
        vm.deal(address(this), 1e24);
        token = IERC20(address(new ComputeToken("VaikerAI", "VAIK", 1e27, address(this), address(0))));
        vault = new PaymentVault(token, address(this));
        registry = new GpuRegistry(vault, address(this), _terms());
        lens = new RegistryLens(registry);
        assets = new AssetRegistry(vault, address(this));
        catalog = new ServiceCatalog(registry, assets, _fees(250), address(this));
        coordinator = new VRFCoordinatorV2_5Mock(0.001 ether, 1 gwei, 1e16);
        _castActors();
        beacon = new RandomnessBeacon(address(this), _treasurer, address(coordinator), _beaconSettings());
        escrow = new JobEscrow(address(this), vault, beacon, registry, assets, catalog, _settings(0, 10, 24, 5));
        (_agreeing, _refusing, _failing) = _castVerifiers();
        _connect();
        _createServices();
        for (uint256 i = 0; i < GPUS; ++i) _register(i);
    }

    function _castActors() private {
        (_judge, ) = _actor("judge");
        (_treasurer, ) = _actor("treasurer");
        vault.setTreasury(vault.openAccount(_treasurer));
        token.approve(address(vault), type(uint256).max);
        for (uint256 i = 0; i < REQUESTERS; ++i) {
            _requesters.push(_named("requester ", i));
            vault.depositFor(_requesters[i], 1e24);
        }
        for (uint256 i = 0; i < OWNERS; ++i) {
            _owners.push(_named("owner ", i));
            _operators.push(_named("operator ", i));
            vault.openAccount(_owners[i]);
            token.transfer(_owners[i], 1e26);
            vm.prank(_owners[i]);
            token.approve(address(registry), type(uint256).max);
        }
        for (uint256 i = 0; i < 3; ++i) _keepers.push(_named("keeper ", i));
        for (uint256 i = 0; i < 2; ++i) {
            vault.openAccount(_keepers[i]);
            _arbiters.push(new GovernedArbiter(vault, address(this)));
            _arbiters[i].setArbiter(_judge, true);
        }
    }

    function _castVerifiers() private returns (address agreeing, address refusing, address failing) {
        VerifierMock refuses = new VerifierMock();
        refuses.setRight(address(this), 0, 0, 0, "");
        (agreeing, refusing, failing) = (address(new VerifierMock()), address(refuses), address(new ResolverMock()));
        escrow.setVerifier(agreeing, true);
        escrow.setVerifier(refusing, true);
        escrow.setVerifier(failing, true);
    }

    function _connect() private {
        vault.setModule(address(escrow), 1);
        vault.setModule(address(assets), 0);
        beacon.setConsumer(address(escrow), true);
        beacon.fund{value: 1e21}();
        registry.setModule(address(escrow), 15);
        for (uint256 i = 0; i < REQUESTERS; ++i) {
            vm.prank(_requesters[i]);
            vault.setAuthorisation(address(escrow), true);
        }
    }

    // A model and a dataset of the first two owners, and a model of the third requester, who cannot be free of charge.
    function _createServices() private {
        for (uint8 classId = 1; classId <= CLASSES; ++classId) registry.setClass(classId, "class", _class(classId));
        _mint(_owners[0], IAssetRegistry.AssetKind.Model, "model", 1e8 + 1);
        _mint(_owners[1], IAssetRegistry.AssetKind.Dataset, "dataset", 5e7 + 3);
        _mint(_requesters[2], IAssetRegistry.AssetKind.Model, "other model", 0);
        catalog.register(_assets[0], "model", _assets[1], "dataset", 1, 1e9 + 7);
        catalog.register(_assets[2], "other model", 0, 0, 2, 3e9 + 1);
        catalog.register(_assets[0], "model", 0, 0, 1, 1);
        catalog.list(1, 5, 60, true);
        catalog.list(2, 10, 600, true);
    }

    function _mint(address minter, IAssetRegistry.AssetKind kind, bytes32 content, uint64 price) private {
        uint256[] memory ids = new uint256[](1);
        ids[0] = assets.assetId(kind, content);
        IAssetRegistry.Mint memory asset;
        (asset.kind, asset.contentHash, asset.metadataDigest, asset.priceGwei) = (kind, content, "text", price);
        vm.startPrank(minter);
        assets.commitMint(assets.commitmentOf(minter, ids, content));
        vm.warp(vm.getBlockTimestamp() + 60);
        assets.mint(asset, content);
        vm.stopPrank();
        _assets.push(ids[0]);
    }

    function _register(uint256 i) private {
        (address device, uint256 key) = _actor(string.concat("device ", vm.toString(i)));
        address owner = _owners[i % OWNERS];
        IGpuRegistry.Registration memory r;
        (r.classId, r.region, r.slots) = (uint8(i % CLASSES) + 1, uint8(i % 3), uint8(i % 3) + 1);
        (r.device, r.operator) = (device, _operators[i % OWNERS]);
        r.stake = (4 * uint256(_class(r.classId).minStakeGwei) + i) * GWEI;
        bytes32 domain = keccak256(
            abi.encode(DOMAIN, keccak256("GPU Commons Registry"), keccak256("1"), block.chainid, address(registry))
        );
        bytes32 message = keccak256(abi.encode(POSSESSION, owner, r.classId, r.region, device, 0));
        (uint8 v, bytes32 s1, bytes32 s2) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        r.possession = abi.encodePacked(s1, s2, v);
        vm.prank(owner);
        registry.register(r);
    }

    // Figures

    function _class(uint8 classId) internal pure returns (IGpuRegistry.GpuClass memory) {
        return
            IGpuRegistry.GpuClass({
                vramGb: 16,
                tflopsDeci: 650,
                watts: 70,
                idleWatts: 10,
                ratePerSecondGwei: 3e6,
                minStakeGwei: classId == 1 ? 1_000e9 + 7 : 777e9 + 1,
                enabled: true
            });
    }

    function _fees(uint16 feeBps) internal pure returns (IServiceCatalog.Fees memory) {
        // A draw unit whose half is no whole unit of what draw fees are counted in.
        return IServiceCatalog.Fees({feeBps: feeBps, drawUnitGwei: 5e7 + 1e5, validatorFeeGwei: 1e8 + 1});
    }

    function _settings(
        uint256 arbiter,
        uint8 acceptanceMinutes,
        uint8 reviewHours,
        uint8 lockFactor
    ) internal view returns (IJobEscrow.Settings memory) {
        return
            IJobEscrow.Settings({
                resolver: address(_arbiters[arbiter % 2]),
                acceptanceMinutes: acceptanceMinutes,
                reviewHours: reviewHours,
                challengeHours: reviewHours < 24 ? 24 : reviewHours,
                revealSeconds: 2 hours,
                disputeSeconds: 14 days,
                lockFactor: lockFactor
            });
    }

    function _terms() private pure returns (IGpuRegistry.Terms memory) {
        return
            IGpuRegistry.Terms({
                gainPercent: 100,
                lossMinPercent: 100,
                lossMaxPercent: 100,
                fraudPercent: 100,
                dayCapPercent: 100,
                probationShare: 10,
                probationJobs: 5,
                freeDeclines: 3,
                finderBps: 1_000,
                incidentPercent: 30,
                moduleCapPercent: 1,
                registrationFeeBps: 100,
                callerPayBps: 10,
                unbonding: 21 days
            });
    }

    function _beaconSettings() private pure returns (IRandomnessBeacon.Settings memory) {
        return
            IRandomnessBeacon.Settings({
                keyHash: "lane",
                callbackGas: 120_000,
                confirmations: 3,
                interval: 10,
                paidGas: 250_000,
                premiumPercent: 20
            });
    }

    // Choices

    // The fuzzer favours small words: spreads one over all its bits.
    function _spread(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function _now() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }

    function _warp(uint256 time) internal {
        if (time > _now()) vm.warp(time);
    }

    function _keeper(uint256 seed) internal view returns (address) {
        return _keepers[seed % _keepers.length];
    }

    function _accountOf(address holder) internal view returns (uint40) {
        return vault.accountOf(holder);
    }

    function _operatorOf(uint40 gpu) internal view returns (address) {
        return _operators[(gpu - 1) % OWNERS];
    }

    function _named(string memory name, uint256 i) private returns (address account) {
        (account, ) = _actor(string.concat(name, vm.toString(i)));
    }
}
