// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {vm} from "../base/Vm.sol";
import {RegistryModel} from "./RegistryModel.sol";

/// @notice Owners register GPUs, with devices that prove that they are theirs, and with others.
abstract contract RegistrationActions is RegistryModel {
    bytes32 private constant POSSESSION = keccak256(
        "Possession(address owner,uint8 classId,uint8 region,address device,uint256 nonce)"
    );
    bytes32 private constant DOMAIN = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    mapping(address device => uint40 gpu) internal _deviceGpu;

    function register(uint256 ownerSeed, uint256 deviceSeed, uint256 seed) external {
        address owner = _freeOwner(ownerSeed);
        address device = _freeDevice(deviceSeed);
        if (owner == address(0) || device == address(0)) return;
        _register(owner, _registration(owner, device, seed));
        _success();
    }

    function registerMany(uint256 ownerSeed, uint256 deviceSeed, uint256 seed) external {
        address owner = _freeOwner(ownerSeed);
        IGpuRegistry.Registration[] memory list = _pair(owner, deviceSeed, seed);
        if (list.length == 0) return;
        vm.prank(owner);
        uint40 first = registry.registerMany(list);
        vm.assertEq(first, _gpus.length + 1, "ids follow each other");
        for (uint256 i = 0; i < list.length; ++i) _registered(owner, list[i]);
        _success();
    }

    /// @notice I25: a device in service cannot be bound again, whoever owns its GPU.
    function registerBoundDevice(uint256 ownerSeed, uint256 gpuSeed, uint256 seed) external {
        address owner = _freeOwner(ownerSeed);
        uint40 gpu = _anyGpu(gpuSeed);
        address device = _gpu(gpu).device;
        if (owner == address(0) || _deviceGpu[device] != gpu || _isRetired(gpu)) return;
        IGpuRegistry.Registration memory r = _registration(owner, device, seed);
        vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryDeviceBound.selector, device, gpu));
        vm.prank(owner);
        registry.register(r);
        _success();
    }

    /// @notice I10: what a device signed for one owner, class, region and nonce serves no other.
    function registerWithForeignProof(uint256 ownerSeed, uint256 gpuSeed, uint256 seed, uint256 what) external {
        address owner = _owner(ownerSeed);
        address device = _gpu(_anyGpu(gpuSeed)).device;
        IGpuRegistry.Registration memory r = _registration(owner, device, seed);
        uint256 nonce = _nonces[device];
        if (what % 4 == 0) r.possession = _possession(_owner((ownerSeed % OWNERS) + 1), r, nonce);
        else if (what % 4 == 1) r.possession = _possession(owner, r, nonce - 1);
        else if (what % 4 == 2) r.region = (r.region + 1) % REGIONS;
        else r.classId = (r.classId % CLASSES) + 1;
        r.stake = GWEI * _minStake(r.classId);
        vm.expectRevert(abi.encodeWithSelector(IGpuRegistry.RegistryBadPossession.selector, device));
        vm.prank(owner);
        registry.register(r);
        _success();
    }

    // For other actions

    function _register(address owner, IGpuRegistry.Registration memory r) internal {
        vm.prank(owner);
        uint40 gpu = registry.register(r);
        vm.assertEq(gpu, _gpus.length + 1, "ids follow each other");
        _registered(owner, r);
    }

    // What a registration should have done.
    function _registered(address owner, IGpuRegistry.Registration memory r) internal {
        uint40 account = _accountOf(owner);
        if (_serving(account) == 0) _enter(account, _lastScore(r.device));
        Gpu memory g;
        (g.owner, g.classId, g.region, g.slots) = (account, r.classId, r.region, r.slots);
        (g.device, g.operator, g.stake) = (r.device, r.operator == owner ? address(0) : r.operator, r.stake / GWEI);
        _gpus.push(g);
        _deviceGpu[r.device] = uint40(_gpus.length);
        ++_nonces[r.device];
        uint256 fee = (_minStake(r.classId) * _terms.registrationFeeBps) / 10_000;
        _staked += g.stake;
        _feesPaid += fee;
        _fees += fee;
    }

    function _registration(
        address owner,
        address device,
        uint256 seed
    ) internal view returns (IGpuRegistry.Registration memory r) {
        seed = _spread(seed);
        r.classId = uint8(seed % CLASSES) + 1;
        r.region = _region(seed >> 8);
        r.slots = uint8((seed >> 16) % 3) + 1;
        r.device = device;
        uint256 key = (seed >> 24) % 3;
        r.operator =
            key == 0
                ? address(0)
                : key == 1
                    ? owner
                    : address(uint160(_spread(seed)));
        uint256 least = _minStake(r.classId);
        r.stake = _bound(seed >> 32, least, 4 * least) * GWEI;
        r.possession = _possession(owner, r, _nonces[device]);
    }

    // Two registrations in one batch, or none when too few devices or places are left.
    function _pair(
        address owner,
        uint256 deviceSeed,
        uint256 seed
    ) internal view returns (IGpuRegistry.Registration[] memory list) {
        address first = _freeDevice(deviceSeed);
        if (owner == address(0) || first == address(0)) return list;
        for (uint256 i = 1; i < DEVICES; ++i) {
            address second = _freeDevice((deviceSeed % DEVICES) + i);
            if (second == first || second == address(0) || _gpus.length + 2 > MAX_GPUS) continue;
            list = new IGpuRegistry.Registration[](2);
            list[0] = _registration(owner, first, seed);
            list[1] = _registration(owner, second, _spread(seed));
            return list;
        }
    }

    // The first owner from the seed on whom no fraud bars, or nobody.
    function _freeOwner(uint256 seed) internal view returns (address) {
        for (uint256 i = 0; i < OWNERS; ++i) {
            address owner = _owner((seed % OWNERS) + i);
            if (!_isBarred(_accountOf(owner))) return owner;
        }
        return address(0);
    }

    // The first device from the seed on that may be bound, or nobody; nobody either when there are enough GPUs.
    function _freeDevice(uint256 seed) internal view returns (address) {
        if (_gpus.length >= MAX_GPUS) return address(0);
        for (uint256 i = 0; i < DEVICES; ++i) {
            address device = _devices[((seed % DEVICES) + i) % DEVICES];
            uint40 gpu = _deviceGpu[device];
            if (gpu == 0 || (_isRetired(gpu) && _gpu(gpu).barredUntil <= _day())) return device;
        }
        return address(0);
    }

    function _lastScore(address device) private view returns (uint256 score) {
        uint40 former = _deviceGpu[device];
        if (former == 0) return 50e6;
        (score, ) = _effective(_gpu(former).owner, _day());
    }

    function _possession(
        address owner,
        IGpuRegistry.Registration memory r,
        uint256 nonce
    ) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN, keccak256("GPU Commons Registry"), keccak256("1"), block.chainid, address(registry))
        );
        bytes32 message = keccak256(abi.encode(POSSESSION, owner, r.classId, r.region, r.device, nonce));
        return _signed(_deviceKeys[r.device], keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function _signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
