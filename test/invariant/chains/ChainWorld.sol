// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobReserves} from "../../../contracts/libraries/JobReserves.sol";
import {DisputeCourt} from "../../../contracts/market/DisputeCourt.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {Agreement} from "../../../contracts/market/JobTypes.sol";
import {TrainingChains} from "../../../contracts/market/TrainingChains.sol";
import {RoundsMock} from "../../../contracts/mocks/review/RoundsMock.sol";
import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {IValidatorRegistry} from "../../../contracts/registry/IValidatorRegistry.sol";
import {ValidatorRegistry} from "../../../contracts/registry/ValidatorRegistry.sol";
import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {ReviewPanel} from "../../../contracts/review/ReviewPanel.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";
import {ChainModel} from "./ChainModel.sol";
import {JobsStub} from "./JobsStub.sol";

/// @notice Chains, court, panel, validators' registry and vault, all real, over jobs and rounds of test doubles; and
/// the model of each job beside them.
abstract contract ChainWorld is Handler {
    uint256 internal constant NONE = type(uint256).max;
    uint256 internal constant FREEZE = 3 days;
    uint256 internal constant COMMIT = 12 hours;
    uint256 internal constant OPENING = 6 hours;
    uint8 internal constant SEATS = 3;
    uint64 internal constant FEE_GWEI = 90e9;
    uint32 internal constant DISPUTE = 8 days;

    uint40 internal constant VALIDATORS = 24;
    uint40 internal constant REQUESTER = 25;
    uint40 internal constant OWNER = 26;
    uint40 internal constant ACCUSER = 27;
    uint40 internal constant KEEPER = 28;

    RoundsMock public immutable rounds;
    ReviewPanel public immutable panel;
    DisputeCourt public immutable court;
    JobsStub public immutable jobs;
    TrainingChains public immutable chains;
    /// @notice Looks like the escrow, and no court has it among its own.
    JobsStub public immutable foreign;

    HostileToken private immutable _token;
    PaymentVault private immutable _vault;
    ValidatorRegistry private immutable _validators;

    ChainModel.Job[] internal _jobs;
    address[] private _holders;

    constructor() {
        _token = new HostileToken(address(this), 1e60);
        _vault = new PaymentVault(_token, address(this));
        _validators = new ValidatorRegistry(
            _vault,
            address(this),
            IValidatorRegistry.Terms({
                minStakeGwei: 1_000e9,
                unbonding: 21 days,
                silenceBps: 10,
                moduleCapPercent: 20,
                gain: 50_000,
                incoherentLoss: 1_000,
                silentLoss: 1_000
            })
        );
        for (uint40 id = 1; id <= KEEPER; ++id) _join(id);
        _vault.setTreasury(_vault.openAccount(address(this)));
        jobs = new JobsStub(_vault, DISPUTE);
        foreign = new JobsStub(_vault, DISPUTE);
        rounds = new RoundsMock();
        IReviewPanel.Windows memory windows = IReviewPanel.Windows(uint24(COMMIT), 12 hours, 24 hours);
        panel = new ReviewPanel(IRandomnessBeacon(address(rounds)), _validators, windows, address(this));
        court = new DisputeCourt(panel, IGpuRegistry(address(jobs)), SEATS, 0, address(this));
        chains = new TrainingChains(court, IGpuRegistry(address(jobs)));
        _validators.setModule(address(panel), 7);
        panel.setAsker(address(court), true);
        panel.setArbiter(address(this), true);
        court.setEscrow(_escrow(), true);
        _vault.setModule(address(jobs), 1);
        _vault.setModule(address(court), 1);
        court.authorise();
        for (uint40 id = 1; id <= ACCUSER; ++id) _authorise(id);
        vm.warp(vm.getBlockTimestamp() + 1);
    }

    /// @notice Jobs so far.
    function count() external view returns (uint256) {
        return _jobs.length;
    }

    /// @notice What a job has to be.
    function jobAt(uint256 index) external view returns (ChainModel.Job memory) {
        return _jobs[index];
    }

    /// @notice Last second in which segments can be opened to a panel that was drawn at `drawnAt`.
    function openEndOf(uint40 drawnAt) public pure returns (uint256) {
        return drawnAt + COMMIT - OPENING;
    }

    function _escrow() internal view returns (IJobEscrow) {
        return IJobEscrow(address(jobs));
    }

    function _holder(uint40 id) internal view returns (address) {
        return _holders[id - 1];
    }

    /// @dev Hot key of a GPU.
    function _operator(uint40 gpu) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("operator", gpu)))));
    }

    function _agreement(uint40 requester) internal view returns (Agreement memory a) {
        a.requester = _holder(requester);
        a.resolver = address(court);
        a.reserves = JobReserves.wrap(0).withReviewFee(FEE_GWEI);
    }

    function _join(uint40 id) private {
        (address holder, ) = _actor(string.concat("party ", vm.toString(uint256(id))));
        _holders.push(holder);
        vm.assertEq(_vault.openAccount(holder), id, "accounts are counted from 1");
        _token.approve(address(_vault), type(uint256).max);
        _vault.deposit(id, 1e26);
        if (id > VALIDATORS) return;
        _token.transfer(holder, 1e30);
        vm.startPrank(holder);
        _token.approve(address(_validators), type(uint256).max);
        _validators.register(address(0), 1, 1_000_000e18);
        vm.stopPrank();
    }

    function _authorise(uint40 id) private {
        vm.startPrank(_holder(id));
        _vault.setAuthorisation(address(jobs), true);
        _vault.setAuthorisation(address(court), true);
        vm.stopPrank();
    }
}
