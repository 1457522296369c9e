// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {GpuRegistry} from "../../../contracts/registry/GpuRegistry.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {RegistryLens} from "../../../contracts/registry/RegistryLens.sol";
import {StakeVotes} from "../../../contracts/registry/StakeVotes.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Token, vault, registry and ledger of votes, all real; owners, modules and payees; and what the registry
/// should know of them, kept beside it. Amounts of the ghosts are gwei units.
abstract contract RegistryWorld is Handler {
    struct Gpu {
        uint40 owner;
        uint8 classId;
        uint8 region;
        uint8 slots;
        bool paused;
        bool leaving;
        // Out of service as a frozen entrant of a closed round, and not touched since.
        bool flagged;
        address device;
        address operator;
        uint256 stake;
        uint256 unbonding;
        uint256 endsAt;
        // What was taken beyond the locks it paid for, since something is locked.
        uint256 lost;
        uint256 declineDay;
        uint256 declines;
        uint256 barredUntil;
    }

    // An assignment that was not concluded.
    struct Job {
        uint40 gpu;
        address module;
        bool slot;
        bool drawn;
        uint256 lock;
        uint256 since;
    }

    struct Slash {
        uint256 id;
        uint40 gpu;
        address module;
        uint40 finder;
        uint40 beneficiary;
        uint256 promised;
        uint256 taken;
        uint256 pending;
        uint256 holdUntil;
    }

    uint256 internal constant GWEI = 1e9;
    uint8 internal constant ALL_SCOPES = 15;
    uint8 internal constant ANY_REGION = 255;
    uint8 internal constant CLASSES = 3;
    uint8 internal constant REGIONS = 12;
    uint256 internal constant MAX_GPUS = 24;
    uint256 internal constant DEVICES = 18;
    uint256 internal constant OWNERS = 6;
    // An account that the vault never issues here.
    uint40 internal constant NOBODY = 999;

    IERC20 public immutable token;
    PaymentVault public immutable vault;
    GpuRegistry public immutable registry;
    RegistryLens public immutable lens;
    StakeVotes public immutable votes;
    uint40 internal immutable _treasury;

    address[] internal _owners;
    address[] internal _payees;
    address[] internal _modules;
    address[] internal _devices;
    mapping(address device => uint256 key) internal _deviceKeys;

    Gpu[] internal _gpus;
    Job[] internal _jobs;
    Slash[] internal _slashes;
    uint256 internal _slashCount;
    IGpuRegistry.Terms internal _terms;
    mapping(address module => mapping(uint256 day => uint256 amount)) internal _slashedOn;
    mapping(address device => uint256 registrations) internal _nonces;

    // Money: in by stake and fees, as donations; out to owners and into the vault; owed inside.
    uint256 internal _staked;
    uint256 internal _feesPaid;
    uint256 internal _donated;
    uint256 internal _withdrawn;
    uint256 internal _intoVault;
    uint256 internal _fees;
    mapping(uint40 account => uint256 amount) internal _credits;
    // Stake that was taken for good: callers' pay, charges, and finalised slashes.
    uint256 internal _forfeited;
    // Stake given back to an owner who had left.
    uint256 internal _returned;

    mapping(uint8 classId => uint256 energy) internal _classEnergy;
    mapping(uint40 owner => uint256 energy) internal _ownerEnergy;
    mapping(uint40 owner => address delegate) internal _delegates;

    /// @dev The handler owns vault and registry, and holds all tokens but those it gives to the owners.
    constructor(IERC20 token_) {
        token = token_;
        vault = new PaymentVault(token_, address(this));
        _terms = _defaultTerms();
        registry = new GpuRegistry(vault, address(this), _terms);
        lens = new RegistryLens(registry);
        votes = new StakeVotes(registry, address(0));
        registry.setVotes(votes);
        (address treasurer, ) = _actor("treasurer");
        _treasury = vault.openAccount(treasurer);
        vault.setTreasury(_treasury);
        for (uint8 classId = 1; classId <= CLASSES; ++classId) registry.setClass(classId, "class", _class(classId, 1));
        for (uint160 i = 0; i < 2; ++i) {
            _modules.push(address(0x1000 + i));
            registry.setModule(_modules[i], ALL_SCOPES);
        }
        token_.approve(address(registry), type(uint256).max);
        _castActors();
    }

    function _castActors() private {
        for (uint256 i = 0; i < OWNERS; ++i) {
            (address owner, ) = _actor(string.concat("owner ", vm.toString(i)));
            _owners.push(owner);
            vault.openAccount(owner);
            token.transfer(owner, 1e26);
            vm.prank(owner);
            token.approve(address(registry), type(uint256).max);
        }
        for (uint256 i = 0; i < 3; ++i) {
            (address payee, ) = _actor(string.concat("payee ", vm.toString(i)));
            _payees.push(payee);
            vault.openAccount(payee);
        }
        for (uint256 i = 0; i < DEVICES; ++i) {
            (address device, uint256 key) = _actor(string.concat("device ", vm.toString(i)));
            _devices.push(device);
            _deviceKeys[device] = key;
        }
    }

    // Figures

    function _defaultTerms() private pure returns (IGpuRegistry.Terms memory) {
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

    /// @dev Three classes whose figures leave remainders; the least stake can be raised to see what depends on it.
    function _class(uint8 classId, uint64 factor) internal pure returns (IGpuRegistry.GpuClass memory) {
        uint64[3] memory stakes = [uint64(1_000e9 + 7), 777e9 + 1, 5_003e9];
        return
            IGpuRegistry.GpuClass({
                vramGb: 16,
                tflopsDeci: uint24(650) * classId,
                watts: uint16(71) * classId,
                idleWatts: uint16(7) * classId,
                ratePerSecondGwei: 3e6,
                minStakeGwei: stakes[classId - 1] * factor,
                enabled: true
            });
    }

    // The three regions in use, the first and the last among them.
    function _region(uint256 seed) internal pure returns (uint8) {
        return [0, 1, REGIONS - 1][seed % 3];
    }

    function _minStake(uint8 classId) internal view returns (uint256) {
        return registry.classOf(classId).minStakeGwei;
    }

    function _callerPay(uint8 classId) internal view returns (uint256) {
        return (_minStake(classId) * _terms.callerPayBps) / 10_000;
    }

    // Ghosts

    function _gpu(uint40 gpu) internal view returns (Gpu storage) {
        return _gpus[gpu - 1];
    }

    function _held(uint40 gpu) internal view returns (uint256) {
        return _gpu(gpu).stake + _gpu(gpu).unbonding;
    }

    /// @notice Sum of the open locks of a GPU.
    function _locksOf(uint40 gpu) internal view returns (uint256 sum) {
        for (uint256 i = 0; i < _jobs.length; ++i) {
            if (_jobs[i].gpu == gpu) sum += _jobs[i].lock;
        }
    }

    /// @notice Sum of the deferred parts of slashes of a GPU.
    function _pendingOf(uint40 gpu) internal view returns (uint256 sum) {
        for (uint256 i = 0; i < _slashes.length; ++i) {
            if (_slashes[i].gpu == gpu) sum += _slashes[i].pending;
        }
    }

    function _lockedOf(uint40 gpu) internal view returns (uint256) {
        return _locksOf(gpu) + _pendingOf(gpu);
    }

    /// @notice Slots in use.
    function _activeOf(uint40 gpu) internal view returns (uint256 count) {
        for (uint256 i = 0; i < _jobs.length; ++i) {
            if (_jobs[i].gpu == gpu && _jobs[i].slot) ++count;
        }
    }

    function _isIdle(uint40 gpu) internal view returns (bool) {
        return _activeOf(gpu) < _gpu(gpu).slots && !_gpu(gpu).paused && !_gpu(gpu).leaving;
    }

    function _isRetired(uint40 gpu) internal view returns (bool) {
        return _gpu(gpu).leaving && _held(gpu) == 0 && _lockedOf(gpu) == 0 && _activeOf(gpu) == 0;
    }

    function _totalStake() internal view returns (uint256 sum) {
        for (uint256 i = 0; i < _gpus.length; ++i) sum += _gpus[i].stake;
    }

    function _stakeOf(uint40 owner) internal view returns (uint256 sum) {
        for (uint256 i = 0; i < _gpus.length; ++i) {
            if (_gpus[i].owner == owner) sum += _gpus[i].stake;
        }
    }

    /// @notice GPUs of an owner that are not leaving.
    function _serving(uint40 owner) internal view returns (uint256 count) {
        for (uint256 i = 0; i < _gpus.length; ++i) {
            if (_gpus[i].owner == owner && !_gpus[i].leaving) ++count;
        }
    }

    /// @dev Takes from stake in force first, then from the tranche.
    function _takeFrom(uint40 gpu, uint256 amount) internal returns (uint256 taken) {
        Gpu storage g = _gpu(gpu);
        uint256 fromStake = amount < g.stake ? amount : g.stake;
        uint256 fromTranche = amount - fromStake < g.unbonding ? amount - fromStake : g.unbonding;
        g.stake -= fromStake;
        g.unbonding -= fromTranche;
        return fromStake + fromTranche;
    }

    /// @dev What a lock no longer covers, because it was taken for something else.
    function _lose(uint40 gpu, uint256 amount) internal {
        _gpu(gpu).lost += amount;
        _settleLost(gpu);
    }

    function _settleLost(uint40 gpu) internal {
        if (_lockedOf(gpu) == 0 && !_mayBeDrawn(gpu)) _gpu(gpu).lost = 0;
    }

    // Whether the open round may still draw the GPU with the stake it had at the request.
    function _mayBeDrawn(uint40 gpu) internal view virtual returns (bool);

    function _dropJob(uint256 index) internal {
        _jobs[index] = _jobs[_jobs.length - 1];
        _jobs.pop();
    }

    // Choices

    // The fuzzer favours small words: spreads one over all its bits.
    function _spread(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function _now() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }

    function _day() internal view returns (uint256) {
        return _now() / 1 days;
    }

    function _accountOf(address holder) internal view returns (uint40) {
        return vault.accountOf(holder);
    }

    function _holderOf(uint40 gpu) internal view returns (address) {
        return vault.holderOf(_gpu(gpu).owner);
    }

    function _owner(uint256 seed) internal view returns (address) {
        return _owners[seed % OWNERS];
    }

    function _payee(uint256 seed) internal view returns (uint40) {
        return _accountOf(_payees[seed % _payees.length]);
    }

    /// @notice An account to be paid: nobody, one that the vault does not know, a payee, or an owner.
    function _anyAccount(uint256 seed) internal view returns (uint40) {
        uint256 choice = seed % 6;
        if (choice == 0) return 0;
        if (choice == 1) return NOBODY;
        return choice < 4 ? _payee(seed >> 8) : _accountOf(_owner(seed >> 8));
    }

    function _module(uint256 seed) internal view returns (address) {
        return _modules[seed % _modules.length];
    }

    function _anyGpu(uint256 seed) internal view returns (uint40) {
        return uint40(seed % _gpus.length) + 1;
    }
}
