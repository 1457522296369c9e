// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {IValidatorRegistry} from "../../../contracts/registry/IValidatorRegistry.sol";
import {ValidatorRegistry} from "../../../contracts/registry/ValidatorRegistry.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice What is kept beside a registry of six validators: who paid what in, what was claimed, what was asked. The
/// handler owns the registry and is its module. Time passes by `pass` only, so that much happens in one second.
abstract contract ValidatorHandler is Handler {
    /// @notice A question, and who would have been drawn in the second in which it was asked.
    struct Question {
        IValidatorRegistry.SeatRequest request;
        bytes32 drawn;
    }

    uint256 internal constant GWEI = 1e9;
    uint256 internal constant FREEZE = 3 days;
    uint8 public constant DOMAINS = 3;
    uint256 public constant ACTORS = 6;

    HostileToken public immutable token;
    PaymentVault public immutable vault;
    ValidatorRegistry public immutable registry;

    /// @notice Ghosts: every token that came in as stake or as a donation, went out to validators or to the treasury.
    uint256 public deposited;
    uint256 public donated;
    uint256 public withdrawn;
    uint256 public collected;

    mapping(uint40 validator => uint256 amount) public depositedBy;
    mapping(uint40 validator => uint256 amount) public withdrawnBy;
    mapping(uint40 validator => uint256 amount) public claimedOf;
    mapping(uint40 validator => uint256 time) public maturesAt;
    mapping(address module => mapping(uint256 day => uint256 amount)) public takenOn;

    address[] internal _actors;
    Question[] internal _questions;
    uint256 private _seeds;

    constructor() {
        token = new HostileToken(address(this), 1e60);
        vault = new PaymentVault(token, address(this));
        registry = new ValidatorRegistry(
            vault,
            address(this),
            IValidatorRegistry.Terms({
                minStakeGwei: 1_000e9,
                unbonding: 21 days,
                silenceBps: 600,
                moduleCapPercent: 2,
                gain: 20_000,
                incoherentLoss: 50_000,
                silentLoss: 100_000
            })
        );
        registry.setModule(address(this), 7);
        for (uint256 i = 0; i < ACTORS; ++i) {
            (address actor, ) = _actor(string.concat("validator ", vm.toString(i)));
            _actors.push(actor);
            vault.openAccount(actor);
            token.transfer(actor, 1e40);
            vm.prank(actor);
            token.approve(address(registry), type(uint256).max);
        }
        vault.setTreasury(vault.openAccount(address(this)));
        token.approve(address(registry), type(uint256).max);
        for (uint40 id = 1; id <= 4; ++id) _register(id, 3, 1_100e18);
    }

    // For the invariants

    function questions() external view returns (uint256) {
        return _questions.length;
    }

    // Internal

    function _register(uint40 id, uint256 domains, uint256 stake) internal {
        vm.prank(_owner(id));
        vm.assertEq(registry.register(address(0), uint32(domains), stake), id, "the account is the validator");
        deposited += stake;
        depositedBy[id] += stake;
    }

    function _unbond(uint40 id, uint256 amount) internal {
        vm.prank(_owner(id));
        registry.beginUnbond(id, amount);
        maturesAt[id] = vm.getBlockTimestamp() + registry.terms().unbonding;
        vm.assertEq(_view(id).unbondingEnds, maturesAt[id], "I24 matures after the whole delay");
    }

    /// @dev Once the tranche has matured and no seat is open.
    function _withdraw(uint40 id) internal {
        IValidatorRegistry.ValidatorView memory had = _view(id);
        if (vm.getBlockTimestamp() < had.unbondingEnds) vm.warp(had.unbondingEnds);
        uint256 before = token.balanceOf(address(0xe15e));
        vm.prank(_owner(id));
        uint256 paid = registry.withdraw(id, address(0xe15e));
        vm.assertEq(token.balanceOf(address(0xe15e)) - before, paid, "what was paid arrived");
        uint256 due = had.owed < had.unbonding ? had.unbonding - had.owed : 0;
        vm.assertEq(paid, due, "I22 what is owed stays");
        withdrawn += paid;
        withdrawnBy[id] += paid;
    }

    /// @dev Ends every seat of a validator, which takes all that it has out.
    function _leave(uint40 id) internal {
        _endAll(id);
        if (_view(id).unbonding != 0) _withdraw(id);
        if (_known(id) && _view(id).stake != 0) {
            _unbond(id, type(uint256).max);
            _withdraw(id);
        }
        if (_known(id)) {
            vm.warp(vm.getBlockTimestamp() + FREEZE);
            _withdraw(id);
        }
        vm.assertFalse(_known(id), "I44 who has nothing left has left");
    }

    function _endAll(uint40 id) internal {
        uint256 seats = _view(id).openSeats;
        for (uint256 i = 0; i < seats; ++i) _endSeat(id, IValidatorRegistry.SeatOutcome.Void);
    }

    function _endSeat(uint40 id, IValidatorRegistry.SeatOutcome outcome) internal {
        IValidatorRegistry.ValidatorView memory had = _view(id);
        uint40[] memory ids = new uint40[](1);
        IValidatorRegistry.SeatOutcome[] memory outcomes = new IValidatorRegistry.SeatOutcome[](1);
        (ids[0], outcomes[0]) = (id, outcome);
        (, , uint256 slashed) = registry.totals();
        uint256 cap = _cap();
        registry.endSeats(ids, outcomes);
        if (outcome == IValidatorRegistry.SeatOutcome.Silent) {
            IValidatorRegistry.Terms memory terms = registry.terms();
            uint256 silence = ((uint256(terms.minStakeGwei) * terms.silenceBps) / 10_000) * GWEI;
            uint256 left = had.stake + had.unbonding - had.owed;
            claimedOf[id] += silence < left ? silence : left;
            _taken(slashed, cap);
        }
        uint24 accuracy = _view(id).accuracy;
        vm.assertTrue(accuracy >= 50_000 && accuracy <= 1_000_000, "accuracy is between 5 and 100 points");
        vm.assertEq(_view(id).openSeats, had.openSeats - 1, "one seat less");
    }

    function _takeOwed(uint40 id) internal {
        (, , uint256 slashed) = registry.totals();
        uint256 cap = _cap();
        uint256 amount = registry.takeOwed(id);
        vm.assertEq(_taken(slashed, cap), amount, "what was taken is slashed");
    }

    /// @dev Counts what was slashed since `slashed` for today; within the cap that there was before.
    function _taken(uint256 slashed, uint256 cap) private returns (uint256 taken) {
        (, , uint256 present) = registry.totals();
        taken = present - slashed;
        uint256 day = vm.getBlockTimestamp() / 1 days;
        takenOn[address(this)][day] += taken;
        if (taken != 0) vm.assertLe(takenOn[address(this)][day], cap, "the daily cap");
    }

    function _cap() private view returns (uint256) {
        (uint256 stake, uint256 unbonding, ) = registry.totals();
        uint256 percent = registry.terms().moduleCapPercent;
        return ((((stake + unbonding) / GWEI) * percent + 99) / 100) * GWEI;
    }

    function _ask(uint256 domain, uint256 seats, uint256 party) internal {
        (uint16 length, ) = registry.poolOf(uint8(domain));
        uint40[] memory excluded = new uint40[](2);
        excluded[0] = uint40(party % (2 * ACTORS));
        Question storage question = _questions.push();
        question.request = IValidatorRegistry.SeatRequest({
            domain: uint8(domain),
            frozenAt: uint40(vm.getBlockTimestamp()),
            length: length,
            seats: uint8(seats),
            tries: 40,
            seed: keccak256(abi.encode(++_seeds)),
            excluded: excluded
        });
        uint256 snapshot = vm.snapshotState();
        bytes32 drawn = keccak256(abi.encode(registry.takeSeats(question.request)));
        vm.revertToState(snapshot);
        _questions[_questions.length - 1].drawn = drawn;
    }

    function _draw(uint256 index) internal {
        Question memory question = _questions[index];
        _questions[index] = _questions[_questions.length - 1];
        _questions.pop();
        uint40[] memory drawn = registry.takeSeats(question.request);
        vm.assertEq(keccak256(abi.encode(drawn)), question.drawn, "who is drawn depends on nothing after the question");
        for (uint256 i = 0; i < drawn.length; ++i) {
            vm.assertNotEq(uint256(drawn[i]), uint256(question.request.excluded[0]), "parties never sit");
            for (uint256 j = 0; j < i; ++j) {
                vm.assertNotEq(uint256(drawn[i]), uint256(drawn[j]), "seats are of distinct owners");
            }
        }
    }

    function _owner(uint40 id) internal view returns (address) {
        return _actors[id - 1];
    }

    function _view(uint40 id) internal view returns (IValidatorRegistry.ValidatorView memory) {
        return registry.validatorOf(id);
    }

    /// @dev Whether it is a validator now.
    function _known(uint40 id) internal view returns (bool) {
        return registry.worksFor(id, _owner(id));
    }

    /// @dev One of the accounts; a validator, registered now if it is none, when `known` is set.
    function _pick(uint256 seed, bool known) internal returns (uint40 id) {
        id = uint40(seed % ACTORS) + 1;
        if (known && !_known(id)) _register(id, 1 + (seed % 7), _least() + GWEI * (seed % 100e9));
    }

    function _least() internal view returns (uint256) {
        return registry.terms().minStakeGwei * GWEI;
    }
}
