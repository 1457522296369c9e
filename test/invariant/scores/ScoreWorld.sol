// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RoundsMock} from "../../../contracts/mocks/review/RoundsMock.sol";
import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {ScoreWord} from "../../../contracts/libraries/ScoreWord.sol";
import {SeatCommit} from "../../../contracts/libraries/SeatCommit.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {IValidatorRegistry} from "../../../contracts/registry/IValidatorRegistry.sol";
import {ValidatorRegistry} from "../../../contracts/registry/ValidatorRegistry.sol";
import {IScoreBoard} from "../../../contracts/review/IScoreBoard.sol";
import {ScoreBoard} from "../../../contracts/review/ScoreBoard.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Board, validators' registry and vault, all real, over rounds of a test double; and what is kept beside them:
/// what each seat of each batch sealed, and what has to be held and open.
abstract contract ScoreWorld is Handler {
    /// @notice A batch, and what happened in it. It has one or two questions.
    struct Batch {
        uint40 id;
        uint40[] panel;
        uint256 settled;
        bool closed;
    }

    uint256 internal constant UNIT = 1e12;
    uint256 internal constant SEATS = 3;
    uint40 public constant VALIDATORS = 14;
    uint40 public constant ASKER = 15;

    HostileToken public immutable token;
    PaymentVault public immutable vault;
    ValidatorRegistry public immutable registry;
    RoundsMock public immutable rounds;
    ScoreBoard public immutable board;

    /// @notice Ghost: fees of questions that are not settled, wei.
    uint256 public fees;
    /// @notice Ghost: seats of each validator that are not ended.
    mapping(uint40 validator => uint256 count) public openSeats;
    /// @notice Ghost: result of a question, 0 before it has one.
    mapping(bytes32 question => uint168 sheet) public resultOf;

    Batch[] internal _batches;
    mapping(uint40 batch => IScoreBoard.Question[]) internal _texts;
    mapping(bytes32 question => uint256 wei_) internal _feeOf;
    mapping(uint40 batch => SeatCommit[]) internal _commits;
    mapping(bytes32 question => mapping(uint256 seat => uint24 mark)) internal _marks;
    address[] private _holders;
    uint256[] private _keys;

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
        for (uint40 id = 1; id <= ASKER; ++id) _join(id);
        vault.setTreasury(vault.openAccount(address(this)));
        rounds = new RoundsMock();
        board = new ScoreBoard(
            IRandomnessBeacon(address(rounds)),
            registry,
            IScoreBoard.Terms(1 days, 3, 12 hours, 12 hours, 12 hours, 15, 2, 1),
            address(this)
        );
        registry.setModule(address(board), 7);
        vault.setModule(address(board), 1);
        board.setAsker(_holders[ASKER - 1], true);
        board.setGoldSetter(address(this), true);
        vm.prank(_holders[ASKER - 1]);
        vault.setAuthorisation(address(board), true);
        vm.warp(vm.getBlockTimestamp() + 1);
    }

    /// @notice Batches so far.
    function batches() external view returns (uint256) {
        return _batches.length;
    }

    /// @notice What is kept of a batch.
    function batchAt(uint256 index) external view returns (Batch memory) {
        return _batches[index];
    }

    /// @notice Texts of a batch's questions.
    function textsOf(uint40 batch) external view returns (IScoreBoard.Question[] memory) {
        return _texts[batch];
    }

    function _holder(uint40 id) internal view returns (address) {
        return _holders[id - 1];
    }

    function _sign(uint40 id, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[id - 1], digest);
        return abi.encodePacked(r, s, v);
    }

    function _status(uint256 index) internal view returns (IScoreBoard.Status) {
        return board.batchOf(_batches[index].id).status;
    }

    /// @dev Lower median from its definition: sorted by insertion, the value in the middle or just below.
    function _median(uint256[] memory values) internal pure returns (uint256) {
        for (uint256 i = 1; i < values.length; ++i) {
            for (uint256 j = i; j > 0 && values[j] < values[j - 1]; --j) {
                (values[j], values[j - 1]) = (values[j - 1], values[j]);
            }
        }
        return values[(values.length - 1) / 2];
    }

    /// @dev Sheet of a question from what its seats sealed, one dimension.
    function _sheet(bytes32 question, uint256 silent) internal view returns (uint168) {
        ScoreWord word;
        uint256[] memory given = new uint256[](silent < SEATS ? SEATS - 1 : SEATS);
        uint256 count;
        for (uint256 seat = 0; seat < SEATS; ++seat) {
            if (seat == silent) continue;
            word = word.withMark(seat, _marks[question][seat]);
            given[count++] = _marks[question][seat];
        }
        return word.withMedians(uint24(_median(given))).sheet();
    }

    function _join(uint40 id) private {
        (address holder, uint256 key) = _actor(string.concat("party ", vm.toString(uint256(id))));
        _holders.push(holder);
        _keys.push(key);
        vm.assertEq(vault.openAccount(holder), id, "accounts are counted from 1");
        token.approve(address(vault), type(uint256).max);
        vault.deposit(id, 1e27);
        if (id > VALIDATORS) return;
        token.transfer(holder, 1e30);
        vm.startPrank(holder);
        token.approve(address(registry), type(uint256).max);
        registry.register(address(0), 1, 1_000_000e18);
        vm.stopPrank();
    }
}
