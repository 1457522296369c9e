// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {DomainWord} from "../libraries/DomainWord.sol";
import {Units} from "../libraries/Units.sol";
import {ValidatorBondWord} from "../libraries/ValidatorBondWord.sol";
import {ValidatorLedgerWord} from "../libraries/ValidatorLedgerWord.sol";
import {ValidatorTermsWord} from "../libraries/ValidatorTermsWord.sol";
import {ValidatorWord} from "../libraries/ValidatorWord.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IValidatorRegistry} from "./IValidatorRegistry.sol";
import {ValidatorLists} from "./ValidatorLists.sol";
import {ValidatorSeats} from "./ValidatorSeats.sol";
import {ValidatorStakes} from "./ValidatorStakes.sol";
import {ValidatorState} from "./ValidatorState.sol";
import {ValidatorTables} from "./ValidatorTables.sol";

/// @title ValidatorRegistry
/// @notice See IValidatorRegistry.
/// @dev This contract checks who calls and moves tokens; the engine libraries change the state. A module is trusted by
/// governance with whom it seats and how seats end, within the share of a silent seat and the daily cap of slashes.
contract ValidatorRegistry is IValidatorRegistry, AlwaysOwned, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc IValidatorRegistry
    IPaymentVault public immutable vault;

    /// @inheritdoc IValidatorRegistry
    IERC20 public immutable token;

    ValidatorState private _state;

    /// @notice Sets the terms; modules follow by their setter.
    /// @param vault_ vault that issues the owners' accounts; its token is staked
    /// @param owner_ first owner
    /// @param terms_ governed terms, within the bounds of `setTerms`
    constructor(IPaymentVault vault_, address owner_, Terms memory terms_) AlwaysOwned(owner_) {
        vault = vault_;
        token = vault_.token();
        ValidatorTables.setTerms(_state, terms_);
    }

    // Validators

    // It calls our own vault only, which calls nobody before it returns.
    // slither-disable-start reentrancy-no-eth
    /// @inheritdoc IValidatorRegistry
    function register(
        address operator,
        uint32 domains,
        uint256 stake
    ) external nonReentrant returns (uint40 validator) {
        ValidatorTermsWord terms_ = _state.terms;
        if (terms_.stopped()) revert ValidatorsStopped();
        validator = vault.openAccount(msg.sender);
        ValidatorWord word = _state.validators[validator];
        if (word.known()) revert ValidatorsKnown(validator);
        _requireDomain(domains);
        uint64 units = Units.toGweiExact(stake);
        if (units < terms_.minStake()) revert ValidatorsStakeShort(units, terms_.minStake());

        uint24 accuracy = word.accuracy();
        if (accuracy == 0 || accuracy > ValidatorSeats.INITIAL_ACCURACY) accuracy = ValidatorSeats.INITIAL_ACCURACY;
        word = word.startedWith(accuracy).withKnown(true).withDomains(domains);
        _state.operators[validator] = operator;
        ValidatorStakes.give(_state, validator, units);
        ValidatorLists.join(_state, validator, domains);
        ValidatorStakes.comeIn(_state, validator, word);
        emit ValidatorRegistered(validator, operator, domains, stake);
        _pull(stake);
    }
    // slither-disable-end reentrancy-no-eth

    /// @inheritdoc IValidatorRegistry
    function addStake(uint40 validator, uint256 amount) external nonReentrant {
        if (!_state.validators[validator].known()) revert ValidatorsUnknown(validator);
        uint64 added = Units.toGweiExact(amount);
        if (added == 0) revert ValidatorsZeroAmount();
        emit StakeAdded(validator, amount, Units.toWei(ValidatorStakes.give(_state, validator, added)));
        _pull(amount);
    }

    /// @inheritdoc IValidatorRegistry
    function setOperator(uint40 validator, address operator) external nonReentrant {
        _requireOwner(validator);
        emit OperatorChanged(validator, _state.operators[validator], operator);
        _state.operators[validator] = operator;
    }

    /// @inheritdoc IValidatorRegistry
    function setAvailable(uint40 validator, bool available) external nonReentrant {
        if (!worksFor(validator, msg.sender)) revert ValidatorsNotWorker(validator, msg.sender);
        ValidatorWord word = _state.validators[validator];
        if (available == (word.outSince() == 0)) revert ValidatorsSameAvailability(validator, available);
        if (!available) {
            ValidatorStakes.goOut(_state, validator, word);
            return;
        }
        _requireOut(validator, word);
        _requireStake(validator);
        _requireDomain(word.domains());
        ValidatorStakes.comeIn(_state, validator, word);
        emit AvailabilityChanged(validator, true);
    }

    /// @inheritdoc IValidatorRegistry
    function setDomains(uint40 validator, uint32 domains) external nonReentrant {
        _requireOwner(validator);
        ValidatorWord word = _state.validators[validator];
        _requireOut(validator, word);
        _requireStake(validator);
        _requireDomain(domains);
        _changeDomains(validator, word, domains);
    }

    /// @inheritdoc IValidatorRegistry
    function delist(uint40 validator) external nonReentrant {
        ValidatorWord word = _state.validators[validator];
        _requireOut(validator, word);
        uint64 stake = _state.bonds[validator].stake();
        uint64 least = _state.terms.minStake();
        if (stake >= least) revert ValidatorsStakeEnough(validator, stake, least);
        _requireDomain(word.domains());
        _changeDomains(validator, word, 0);
    }

    /// @inheritdoc IValidatorRegistry
    function beginUnbond(uint40 validator, uint256 amount) external nonReentrant {
        _requireOwner(validator);
        (uint64 part, uint40 endsAt) = ValidatorStakes.beginUnbond(_state, validator, amount);
        emit UnbondingBegun(validator, Units.toWei(part), endsAt);
        ValidatorWord word = _state.validators[validator];
        if (word.outSince() == 0 && _state.bonds[validator].stake() == 0) {
            ValidatorStakes.goOut(_state, validator, word);
        }
    }

    /// @inheritdoc IValidatorRegistry
    function cancelUnbond(uint40 validator) external nonReentrant {
        _requireOwner(validator);
        emit UnbondingCancelled(validator, Units.toWei(ValidatorStakes.cancelUnbond(_state, validator)));
    }

    /// @inheritdoc IValidatorRegistry
    function withdraw(uint40 validator, address to) external nonReentrant returns (uint256 amount) {
        if (to == address(0)) revert ValidatorsZeroAddress();
        _requireOwner(validator);
        ValidatorWord word = _state.validators[validator];
        ValidatorBondWord bond = _state.bonds[validator];
        bool leaves = bond.stake() == 0 && _isOut(word);
        if (bond.unbonding() == 0 && !leaves) revert ValidatorsNoTranche(validator);
        if (word.openSeats() != 0) revert ValidatorsSeatsOpen(validator, word.openSeats());
        amount = Units.toWei(ValidatorStakes.withdraw(_state, validator));
        // With nothing in force, the tranche covers all that was owed.
        if (leaves) _leave(validator, word);
        emit StakeWithdrawn(validator, to, amount);
        if (amount != 0) token.safeTransfer(to, amount);
    }

    // Seats

    /// @inheritdoc IValidatorRegistry
    function takeSeats(SeatRequest calldata request) external nonReentrant returns (uint40[] memory validators) {
        return ValidatorSeats.take(_state, request);
    }

    /// @inheritdoc IValidatorRegistry
    function endSeats(uint40[] calldata validators, SeatOutcome[] calldata outcomes) external nonReentrant {
        ValidatorSeats.end(_state, validators, outcomes);
    }

    /// @inheritdoc IValidatorRegistry
    function takeOwed(uint40 validator) external nonReentrant returns (uint256 amount) {
        return Units.toWei(ValidatorStakes.takeOwed(_state, validator));
    }

    /// @inheritdoc IValidatorRegistry
    function collectSlashes() external nonReentrant returns (uint256 amount) {
        ValidatorLedgerWord ledger = _state.ledger;
        amount = Units.toWei(ledger.slashed());
        if (amount == 0) return 0;
        _state.ledger = ledger.withSlashed(0);
        emit SlashesCollected(amount);
        token.forceApprove(address(vault), amount);
        vault.deposit(vault.treasury(), amount);
    }

    // Governance

    /// @inheritdoc IValidatorRegistry
    function setModule(address module, uint8 scopes) external onlyOwner {
        ValidatorTables.setModule(_state, module, scopes);
    }

    /// @inheritdoc IValidatorRegistry
    function setTerms(Terms calldata value) external onlyOwner {
        ValidatorTables.setTerms(_state, value);
    }

    /// @inheritdoc IValidatorRegistry
    function setWorkStopped(bool stopped) external onlyOwner {
        _state.terms = _state.terms.withStopped(stopped);
        emit WorkStopped(stopped);
    }

    // Views

    /// @inheritdoc IValidatorRegistry
    function poolOf(uint8 domain) external view returns (uint16 places, uint16 owners) {
        DomainWord word = _state.domains[domain];
        return (word.length(), word.owners(uint40(block.timestamp)));
    }

    /// @inheritdoc IValidatorRegistry
    function validatorOf(uint40 validator) external view returns (ValidatorView memory) {
        ValidatorWord word = _state.validators[validator];
        ValidatorBondWord bond = _state.bonds[validator];
        return
            ValidatorView({
                operator: _state.operators[validator],
                domains: word.domains(),
                available: word.known() && word.outSince() == 0,
                inSince: word.inSince(),
                outSince: word.outSince(),
                accuracy: word.accuracy(),
                openSeats: word.openSeats(),
                stake: Units.toWei(bond.stake()),
                unbonding: Units.toWei(bond.unbonding()),
                unbondingEnds: bond.unbondingEnds(),
                owed: Units.toWei(bond.owed())
            });
    }

    /// @inheritdoc IValidatorRegistry
    function accuracyAt(uint40 validator, uint40 frozenAt) external view returns (uint24) {
        ValidatorSeats.requireFrozen(frozenAt);
        return _state.validators[validator].accuracyAt(frozenAt);
    }

    /// @inheritdoc IValidatorRegistry
    function listedAt(uint8 domain, uint16 place) external view returns (uint40 validator) {
        return ValidatorLists.at(_state, domain, place);
    }

    /// @inheritdoc IValidatorRegistry
    function scopesOf(address module) external view returns (uint8) {
        return _state.moduleWords[module].scopes();
    }

    /// @inheritdoc IValidatorRegistry
    function terms() external view returns (Terms memory) {
        ValidatorTermsWord word = _state.terms;
        return
            Terms({
                minStakeGwei: word.minStake(),
                unbonding: word.unbonding(),
                silenceBps: word.silenceBps(),
                moduleCapPercent: word.moduleCapPercent(),
                gain: word.gain(),
                incoherentLoss: word.incoherentLoss(),
                silentLoss: word.silentLoss()
            });
    }

    /// @inheritdoc IValidatorRegistry
    function totals() external view returns (uint256 stake, uint256 unbonding, uint256 slashed) {
        ValidatorLedgerWord ledger = _state.ledger;
        return (Units.toWei(ledger.stake()), Units.toWei(ledger.unbonding()), Units.toWei(ledger.slashed()));
    }

    /// @inheritdoc IValidatorRegistry
    function workStopped() external view returns (bool) {
        return _state.terms.stopped();
    }

    /// @inheritdoc IValidatorRegistry
    function worksFor(uint40 validator, address caller) public view returns (bool) {
        if (caller != address(0) && _state.operators[validator] == caller) return true;
        return _owns(validator, caller);
    }

    // Private

    function _changeDomains(uint40 validator, ValidatorWord word, uint32 domains) private {
        uint32 old = word.domains();
        _state.validators[validator] = word.withDomains(domains);
        emit DomainsChanged(validator, old, domains);
        ValidatorLists.leave(_state, validator, old & ~domains);
        ValidatorLists.join(_state, validator, domains & ~old);
    }

    /// @dev Gives up the places of a validator that has nothing left. Its accuracy stays.
    function _leave(uint40 validator, ValidatorWord word) private {
        ValidatorLists.leave(_state, validator, word.domains());
        _state.validators[validator] = word.withKnown(false).withDomains(0).withInSince(0).withOutSince(0);
        _state.bonds[validator] = ValidatorBondWord.wrap(0);
        _state.operators[validator] = address(0);
    }

    /// @dev Pulls from the caller; last, when all is written. A token that takes a fee would leave less than is booked.
    function _pull(uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != amount) revert ValidatorsTransferShort(amount, received);
    }

    function _requireOwner(uint40 validator) private view {
        if (!_owns(validator, msg.sender)) revert ValidatorsNotOwner(validator, msg.sender);
    }

    /// @dev Whether it has been out so long that no pool that it was in can be drawn from any more.
    function _isOut(ValidatorWord word) private view returns (bool) {
        return word.outSince() != 0 && block.timestamp >= word.outSince() + ValidatorSeats.FREEZE;
    }

    function _requireOut(uint40 validator, ValidatorWord word) private view {
        if (_isOut(word)) return;
        uint256 from = (word.outSince() == 0 ? block.timestamp : word.outSince()) + ValidatorSeats.FREEZE;
        revert ValidatorsNotOutLongEnough(validator, from);
    }

    function _owns(uint40 validator, address caller) private view returns (bool) {
        return _state.validators[validator].known() && vault.holderOf(validator) == caller;
    }

    function _requireStake(uint40 validator) private view {
        uint64 stake = _state.bonds[validator].stake();
        uint64 least = _state.terms.minStake();
        if (stake < least) revert ValidatorsStakeShort(stake, least);
    }

    function _requireDomain(uint32 domains) private pure {
        if (domains == 0) revert ValidatorsOutOfBounds(0, 1, type(uint32).max);
    }
}
