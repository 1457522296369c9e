// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RoundsMock} from "../../../contracts/mocks/review/RoundsMock.sol";
import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {JobReserves} from "../../../contracts/libraries/JobReserves.sol";
import {DisputeCourt} from "../../../contracts/market/DisputeCourt.sol";
import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {Agreement} from "../../../contracts/market/JobTypes.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {IValidatorRegistry} from "../../../contracts/registry/IValidatorRegistry.sol";
import {ValidatorRegistry} from "../../../contracts/registry/ValidatorRegistry.sol";
import {IReviewPanel} from "../../../contracts/review/IReviewPanel.sol";
import {ReviewPanel} from "../../../contracts/review/ReviewPanel.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";
import {EscrowStub} from "./EscrowStub.sol";

/// @notice Court, panel, validators' registry and vault, all real, over jobs and rounds of test doubles; and what is
/// kept beside them: who sits, what each voted, and what that has to come to. Time passes by `pass`, and where an
/// action needs a window to end.
abstract contract ReviewWorld is Handler {
    /// @notice A case, and what happened in it. Panels are numbered as in IReviewPanel: 2 * instance + redrawn.
    struct Case {
        uint256 jobId;
        bytes32 question;
        bytes32 claim;
        uint40 due;
        uint40 requester;
        uint40 owner;
        uint40 appellant;
        bool closed;
        bool confirmed;
        bool refused;
    }

    /// @notice A panel that was bound or drawn.
    struct Panel {
        uint40[] seats;
        uint16 owners;
        bool byFallback;
        bool voted;
        bool failed;
    }

    struct Vote {
        bool committed;
        bool revealed;
        bytes32 digest;
    }

    uint256 internal constant GWEI = 1e9;
    uint256 internal constant FREEZE = 3 days;
    uint8 internal constant SEATS = 3;
    uint64 internal constant FEE_GWEI = 90e9;
    uint32 internal constant DISPUTE = 8 days;

    uint40 public constant VALIDATORS = 14;
    uint40 public constant REQUESTER = 15;
    uint40 public constant OWNER = 16;
    uint40 public constant KEEPER = 17;

    HostileToken public immutable token;
    PaymentVault public immutable vault;
    ValidatorRegistry public immutable registry;
    RoundsMock public immutable rounds;
    ReviewPanel public immutable panel;
    DisputeCourt public immutable court;
    EscrowStub public immutable escrow;

    /// @notice Ghost: bonds of appeals that the court has to hold, wei.
    uint256 public bonds;
    /// @notice Ghost: fees of open cases that the escrow has to hold, wei.
    uint256 public fees;
    /// @notice Ghost: seats of each validator that are not ended.
    mapping(uint40 validator => uint256 count) public openSeats;

    Case[] internal _cases;
    mapping(bytes32 question => mapping(uint256 number => Panel)) internal _panels;
    mapping(bytes32 question => mapping(uint256 number => mapping(uint256 seat => Vote))) internal _votes;
    address[] private _holders;

    constructor() {
        token = new HostileToken(address(this), 1e60);
        vault = new PaymentVault(token, address(this));
        registry = new ValidatorRegistry(
            vault,
            address(this),
            IValidatorRegistry.Terms({
                minStakeGwei: 1_000e9,
                unbonding: 21 days,
                silenceBps: 100,
                moduleCapPercent: 20,
                gain: 50_000,
                incoherentLoss: 20_000,
                silentLoss: 50_000
            })
        );
        for (uint40 id = 1; id <= KEEPER; ++id) _join(id);
        vault.setTreasury(vault.openAccount(address(this)));
        escrow = new EscrowStub(vault, DISPUTE);
        rounds = new RoundsMock();
        IReviewPanel.Windows memory windows = IReviewPanel.Windows(12 hours, 12 hours, 24 hours);
        panel = new ReviewPanel(IRandomnessBeacon(address(rounds)), registry, windows, address(this));
        court = new DisputeCourt(panel, IGpuRegistry(address(escrow)), SEATS, 0, address(this));
        registry.setModule(address(panel), 7);
        panel.setAsker(address(court), true);
        panel.setArbiter(address(this), true);
        court.setEscrow(IJobEscrow(address(escrow)), true);
        vault.setModule(address(escrow), 1);
        vault.setModule(address(court), 1);
        court.authorise();
        for (uint40 id = 1; id <= OWNER; ++id) _authorise(id);
        vm.warp(vm.getBlockTimestamp() + 1);
    }

    /// @notice Cases so far.
    function cases() external view returns (uint256) {
        return _cases.length;
    }

    /// @notice What is kept of a case.
    function caseAt(uint256 index) external view returns (Case memory) {
        return _cases[index];
    }

    /// @notice Account of the treasury, which gets what is left over.
    function treasury() public view returns (uint40) {
        return vault.accountOf(address(this));
    }

    // Internal: what the votes come to, from the rules in SPEC 7 alone

    /// @dev Naive count: compares every vote with every other.
    function _expected(
        bytes32 question,
        uint256 number,
        bytes32 claim
    ) internal view returns (bool short, IReviewPanel.Finding finding, bytes32 digest) {
        uint256 seats = _panels[question][number].seats.length;
        uint256 revealed = 0;
        (finding, digest) = (IReviewPanel.Finding.Valid, claim);
        for (uint256 i = 0; i < seats; ++i) {
            Vote memory one = _votes[question][number][i];
            if (!one.revealed) continue;
            ++revealed;
            uint256 alike = 0;
            for (uint256 j = 0; j < seats; ++j) {
                Vote memory other = _votes[question][number][j];
                if (other.revealed && other.digest == one.digest) ++alike;
            }
            if (2 * alike <= seats || _opinion(one.digest, claim) == IReviewPanel.Finding.Valid) continue;
            (finding, digest) = (_opinion(one.digest, claim), one.digest);
        }
        short = 2 * revealed < seats;
    }

    function _opinion(bytes32 digest, bytes32 claim) internal pure returns (IReviewPanel.Finding) {
        if (digest == 0) return IReviewPanel.Finding.Unavailable;
        return digest == claim ? IReviewPanel.Finding.Valid : IReviewPanel.Finding.Invalid;
    }

    /// @dev Number of the panel that the question has now.
    function _number(IReviewPanel.QuestionView memory q) internal pure returns (uint256) {
        return 2 * uint256(q.instance) + (q.redrawn ? 1 : 0);
    }

    function _ask(uint256 index) internal view returns (IReviewPanel.QuestionView memory) {
        return panel.questionOf(_cases[index].question);
    }

    function _holder(uint40 id) internal view returns (address) {
        return _holders[id - 1];
    }

    function _agreement(uint40 requester) internal view returns (Agreement memory a) {
        a.requester = _holder(requester);
        a.resolver = address(court);
        a.reserves = JobReserves.wrap(0).withReviewFee(FEE_GWEI);
    }

    function _court() internal view returns (IJobEscrow) {
        return IJobEscrow(address(escrow));
    }

    function _join(uint40 id) private {
        (address holder, ) = _actor(string.concat("party ", vm.toString(uint256(id))));
        _holders.push(holder);
        vm.assertEq(vault.openAccount(holder), id, "accounts are counted from 1");
        token.approve(address(vault), type(uint256).max);
        vault.deposit(id, 1e26);
        if (id > VALIDATORS) return;
        token.transfer(holder, 1e30);
        vm.startPrank(holder);
        token.approve(address(registry), type(uint256).max);
        registry.register(address(0), 1, 1_000_000e18);
        vm.stopPrank();
    }

    function _authorise(uint40 id) private {
        vm.startPrank(_holder(id));
        vault.setAuthorisation(address(escrow), true);
        vault.setAuthorisation(address(court), true);
        vm.stopPrank();
    }
}
