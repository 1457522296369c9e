// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommonsGovernor} from "../../../contracts/governance/CommonsGovernor.sol";
import {CommonsGuardian} from "../../../contracts/governance/CommonsGuardian.sol";
import {CommonsTimelock} from "../../../contracts/governance/CommonsTimelock.sol";
import {CompositeVotes} from "../../../contracts/governance/CompositeVotes.sol";
import {DelegationDesk} from "../../../contracts/governance/DelegationDesk.sol";
import {ICommonsGovernor} from "../../../contracts/governance/ICommonsGovernor.sol";
import {ProposalTarget} from "../../../contracts/mocks/governance/ProposalTarget.sol";
import {GpuRegistry} from "../../../contracts/registry/GpuRegistry.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {StakeVotes} from "../../../contracts/registry/StakeVotes.sol";
import {ComputeToken} from "../../../contracts/token/ComputeToken.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {IVestingVault} from "../../../contracts/vesting/IVestingVault.sol";
import {VestingVault} from "../../../contracts/vesting/VestingVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Four holders with tokens in wallets, on a GPU and in grants, under a governor that owns a contract.
abstract contract VotesWorld is Handler {
    uint256 internal constant HOLDERS = 4;
    uint256 internal constant SUPPLY = 1e27;
    uint256 internal constant SHARE = 2e26;
    uint256 private constant LEAST_GWEI = 1_000e9;

    DelegationDesk public immutable desk;
    ComputeToken public immutable token;
    PaymentVault public immutable vault;
    GpuRegistry public immutable registry;
    StakeVotes public immutable stakes;
    VestingVault public immutable grants;
    CompositeVotes public immutable composite;
    CommonsTimelock public immutable timelock;
    CommonsGuardian public immutable guard;
    CommonsGovernor public immutable governor;
    ProposalTarget public immutable target;

    address[] public holders;
    mapping(address holder => uint256 key) internal _keys;
    // Schedule of grants that do not vote, and of each holder one whose grants do.
    uint32 internal immutable _silent;
    mapping(address holder => uint32 schedule) internal _voting;

    constructor() {
        desk = new DelegationDesk();
        token = new ComputeToken("VaikerAI", "VAIK", SUPPLY, address(this), address(desk));
        vault = new PaymentVault(token, address(this));
        registry = new GpuRegistry(vault, address(this), _terms());
        stakes = new StakeVotes(registry, address(desk));
        registry.setVotes(stakes);
        registry.setClass(1, "class", _class());
        (address treasurer, ) = _actor("treasurer");
        vault.setTreasury(vault.openAccount(treasurer));
        grants = new VestingVault(token, address(desk), address(this));
        _silent = _newSchedule(false);
        timelock = new CommonsTimelock(2 days, address(this));
        composite = new CompositeVotes(token, stakes, grants);
        guard = new CommonsGuardian(address(timelock), address(this));
        governor = new CommonsGovernor(composite, timelock, guard, _settings());
        timelock.appoint(address(governor));
        target = new ProposalTarget(address(this));
        target.transferOwnership(address(timelock));
        timelock.takeOver(target);
        for (uint256 i = 0; i < HOLDERS; ++i) _castHolder(i);
    }

    /// @notice Number of holders.
    function holderCount() external pure returns (uint256) {
        return HOLDERS;
    }

    function _castHolder(uint256 i) private {
        (address holder, uint256 key) = _actor(string.concat("holder ", vm.toString(i)));
        holders.push(holder);
        _keys[holder] = key;
        _voting[holder] = _newSchedule(true);
        vault.openAccount(holder);
        token.transfer(holder, SHARE);
        vm.startPrank(holder);
        token.approve(address(registry), type(uint256).max);
        token.approve(address(grants), type(uint256).max);
        token.approve(address(vault), type(uint256).max);
        vm.stopPrank();
        IGpuRegistry.Registration memory r = _registration(holder, string.concat("device ", vm.toString(i)));
        vm.prank(holder);
        vm.assertEq(registry.register(r), i + 1, "GPUs have the numbers of their holders");
    }

    /// @dev Vests in a year from now, after a month; the handler grants and revokes.
    function _newSchedule(bool votes) internal returns (uint32) {
        IVestingVault.Terms memory terms = IVestingVault.Terms({
            start: uint40(_now()),
            cliff: 30 days,
            duration: 365 days,
            step: 0,
            startBps: 1_000,
            revocable: true,
            votes: votes
        });
        return grants.createSchedule(terms, address(this));
    }

    function _registration(address holder, string memory name) private returns (IGpuRegistry.Registration memory r) {
        (address device, uint256 key) = _actor(name);
        (r.classId, r.slots, r.device, r.stake) = (1, 1, device, 10 * LEAST_GWEI * 1e9);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("GPU Commons Registry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 possession = keccak256(
            "Possession(address owner,uint8 classId,uint8 region,address device,uint256 nonce)"
        );
        bytes32 message = keccak256(abi.encode(possession, holder, r.classId, r.region, device, 0));
        r.possession = _signed(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function _signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _settings() private pure returns (ICommonsGovernor.Settings memory) {
        return ICommonsGovernor.Settings(2 days, 5 days, 2 days, 10, 200);
    }

    function _class() private pure returns (IGpuRegistry.GpuClass memory) {
        return
            IGpuRegistry.GpuClass({
                vramGb: 16,
                tflopsDeci: 650,
                watts: 71,
                idleWatts: 7,
                ratePerSecondGwei: 3e6,
                minStakeGwei: uint64(LEAST_GWEI),
                enabled: true
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
                moduleCapPercent: 5,
                registrationFeeBps: 100,
                callerPayBps: 10,
                unbonding: 21 days
            });
    }

    function _holder(uint256 seed) internal view returns (address) {
        return holders[seed % HOLDERS];
    }

    /// @notice A holder, or nobody one time in five.
    function _delegatee(uint256 seed) internal view returns (address) {
        return seed % (HOLDERS + 1) == HOLDERS ? address(0) : holders[seed % (HOLDERS + 1)];
    }

    function _now() internal view returns (uint256) {
        return vm.getBlockTimestamp();
    }
}
