// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ValidatorBondWord} from "../libraries/ValidatorBondWord.sol";
import {ValidatorLedgerWord} from "../libraries/ValidatorLedgerWord.sol";
import {ValidatorModuleWord} from "../libraries/ValidatorModuleWord.sol";
import {ValidatorTermsWord} from "../libraries/ValidatorTermsWord.sol";
import {ValidatorWord} from "../libraries/ValidatorWord.sol";
import {Units} from "../libraries/Units.sol";
import {IValidatorRegistry} from "./IValidatorRegistry.sol";
import {ValidatorLists} from "./ValidatorLists.sol";
import {ValidatorState} from "./ValidatorState.sol";

/// @title ValidatorStakes
/// @notice Stake in force, unbonding tranche and slashes of validators, and whether they are available.
/// @dev What is slashed is owed at once and taken as the daily cap of the module allows. What is owed never exceeds
/// what is held, so that nothing is lost to an order of slashes, unbonding and withdrawals (I22).
library ValidatorStakes {
    uint256 private constant BPS = 10_000;

    /// @notice Puts stake into force.
    function give(ValidatorState storage s, uint40 validator, uint64 amount) internal returns (uint64 stake) {
        ValidatorBondWord bond = s.bonds[validator];
        stake = bond.stake() + amount;
        s.bonds[validator] = bond.withStake(stake);
        s.ledger = s.ledger.withStake(s.ledger.stake() + amount);
    }

    /// @notice Moves stake out of force into a fresh tranche: all of it, or so much that the minimum stays.
    /// @param amount token wei; type(uint256).max for all
    function beginUnbond(
        ValidatorState storage s,
        uint40 validator,
        uint256 amount
    ) internal returns (uint64 part, uint40 endsAt) {
        ValidatorBondWord bond = s.bonds[validator];
        ValidatorTermsWord terms = s.terms;
        if (bond.unbonding() != 0) revert IValidatorRegistry.ValidatorsTrancheOpen(validator);
        uint64 stake = bond.stake();
        // Anyone may add stake, so that an owner who leaves cannot know the exact sum beforehand.
        part = amount == type(uint256).max ? stake : Units.toGweiExact(amount);
        if (part == 0) revert IValidatorRegistry.ValidatorsZeroAmount();
        uint64 rest = part < stake ? stake - part : 0;
        if (part != stake && rest < terms.minStake()) {
            revert IValidatorRegistry.ValidatorsStakeShort(rest, terms.minStake());
        }
        endsAt = uint40(block.timestamp + terms.unbonding());
        s.bonds[validator] = bond.withStake(rest).withUnbonding(part).withUnbondingEnds(endsAt);
        ValidatorLedgerWord ledger = s.ledger;
        s.ledger = ledger.withStake(ledger.stake() - part).withUnbonding(ledger.unbonding() + part);
    }

    /// @notice Returns the whole tranche to the stake in force.
    function cancelUnbond(ValidatorState storage s, uint40 validator) internal returns (uint64 amount) {
        ValidatorBondWord bond = s.bonds[validator];
        amount = bond.unbonding();
        if (amount == 0) revert IValidatorRegistry.ValidatorsNoTranche(validator);
        s.bonds[validator] = bond.withStake(bond.stake() + amount).withUnbonding(0).withUnbondingEnds(0);
        ValidatorLedgerWord ledger = s.ledger;
        s.ledger = ledger.withStake(ledger.stake() + amount).withUnbonding(ledger.unbonding() - amount);
    }

    /// @notice Takes the matured tranche out: what is owed stays and counts as slashed, the rest is to be paid.
    /// @dev The cap of a day does not count here, or leaving would be a way around it.
    function withdraw(ValidatorState storage s, uint40 validator) internal returns (uint64 paid) {
        ValidatorBondWord bond = s.bonds[validator];
        uint64 amount = bond.unbonding();
        if (block.timestamp < bond.unbondingEnds()) {
            revert IValidatorRegistry.ValidatorsStillUnbonding(validator, bond.unbondingEnds());
        }
        uint64 taken = amount < bond.owed() ? amount : bond.owed();
        uint64 owed = bond.owed() - taken;
        s.bonds[validator] = bond.withUnbonding(0).withUnbondingEnds(0).withOwed(owed);
        ValidatorLedgerWord ledger = s.ledger;
        s.ledger = ledger.withUnbonding(ledger.unbonding() - amount).withSlashed(ledger.slashed() + taken);
        if (taken != 0) _emitSlashed(s, validator, bond, taken, owed);
        return amount - taken;
    }

    /// @notice Slashes a silent seat for the calling module: a share of the minimum, at most what is unclaimed.
    function slash(ValidatorState storage s, ValidatorTermsWord terms, uint40 validator) internal {
        ValidatorBondWord bond = s.bonds[validator];
        uint256 sum = (uint256(terms.minStake()) * terms.silenceBps()) / BPS;
        uint256 most = bond.unclaimed();
        if (sum > most) sum = most;
        if (sum == 0) return;
        // The cast is safe: at most a tenth of a uint64.
        bond = bond.withOwed(bond.owed() + uint64(sum)).withSlasher(s.moduleWords[msg.sender].slot());
        _take(s, terms, validator, bond);
    }

    /// @notice Takes what is owed, as far as today's cap of the module that slashed last goes.
    function takeOwed(ValidatorState storage s, uint40 validator) internal returns (uint64 taken) {
        ValidatorBondWord bond = s.bonds[validator];
        ValidatorTermsWord terms = s.terms;
        if (bond.owed() == 0 || _leftToday(s, terms, _slasher(s, bond)) == 0) return 0;
        return _take(s, terms, validator, bond);
    }

    /// @notice Makes a validator available in this second.
    function comeIn(ValidatorState storage s, uint40 validator, ValidatorWord word) internal {
        s.validators[validator] = word.withInSince(uint40(block.timestamp)).withOutSince(0);
        ValidatorLists.comeIn(s, word.domains());
    }

    /// @notice Makes an available validator unavailable in this second.
    function goOut(ValidatorState storage s, uint40 validator, ValidatorWord word) internal {
        s.validators[validator] = word.withOutSince(uint40(block.timestamp));
        ValidatorLists.goOut(s, word.domains(), word.inSince());
        emit IValidatorRegistry.AvailabilityChanged(validator, false);
    }

    /// @dev Takes of `bond`, which it stores: stake in force first, then the tranche.
    function _take(
        ValidatorState storage s,
        ValidatorTermsWord terms,
        uint40 validator,
        ValidatorBondWord bond
    ) private returns (uint64 taken) {
        uint64 owed = bond.owed();
        taken = _ration(s, terms, _slasher(s, bond), owed);
        owed -= taken;
        uint64 stake = bond.stake();
        uint64 fromStake = taken < stake ? taken : stake;
        uint64 fromTranche = taken - fromStake;
        stake -= fromStake;
        bond = bond.withStake(stake).withOwed(owed);
        if (fromTranche != 0) {
            bond = bond.withUnbonding(bond.unbonding() - fromTranche);
            if (bond.unbonding() == 0) bond = bond.withUnbondingEnds(0);
        }
        s.bonds[validator] = bond;
        ValidatorLedgerWord ledger = s.ledger;
        s.ledger = ledger
            .withStake(ledger.stake() - fromStake)
            .withUnbonding(ledger.unbonding() - fromTranche)
            .withSlashed(ledger.slashed() + taken);
        _emitSlashed(s, validator, bond, taken, owed);
        ValidatorWord word = s.validators[validator];
        if (stake < terms.minStake() && word.outSince() == 0) goOut(s, validator, word);
    }

    /// @dev What a module may still take today out of `wanted`, counted.
    function _ration(
        ValidatorState storage s,
        ValidatorTermsWord terms,
        address module,
        uint64 wanted
    ) private returns (uint64 taken) {
        uint64 left = _leftToday(s, terms, module);
        taken = wanted < left ? wanted : left;
        if (taken == 0) return 0;
        ValidatorModuleWord word = s.moduleWords[module];
        uint16 day = _today();
        uint64 spent = word.slashDay() == day ? word.slashedToday() : 0;
        s.moduleWords[module] = word.withSlashDay(day).withSlashedToday(spent + taken);
    }

    /// @dev What a module may still take today. The tranches count, so that leaving first changes nothing; rounded up,
    /// the cap is never 0 while something is held.
    function _leftToday(
        ValidatorState storage s,
        ValidatorTermsWord terms,
        address module
    ) private view returns (uint64) {
        ValidatorLedgerWord ledger = s.ledger;
        ValidatorModuleWord word = s.moduleWords[module];
        uint256 held = uint256(ledger.stake()) + ledger.unbonding();
        // The cast is safe: at most a fifth of twice a uint64.
        uint64 cap = uint64((held * terms.moduleCapPercent() + 99) / 100);
        uint64 spent = word.slashDay() == _today() ? word.slashedToday() : 0;
        return cap > spent ? cap - spent : 0;
    }

    /// @dev Module that slashed last; there is one when something is owed.
    function _slasher(ValidatorState storage s, ValidatorBondWord bond) private view returns (address) {
        return s.modules[bond.slasher() - 1];
    }

    function _emitSlashed(
        ValidatorState storage s,
        uint40 validator,
        ValidatorBondWord bond,
        uint64 taken,
        uint64 owed
    ) private {
        emit IValidatorRegistry.ValidatorSlashed({
            validator: validator,
            module: _slasher(s, bond),
            taken: Units.toWei(taken),
            owed: Units.toWei(owed)
        });
    }

    function _today() private view returns (uint16) {
        // The cast is safe until the year 2149.
        return uint16(block.timestamp / 1 days);
    }
}
