// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DomainWord} from "../../libraries/DomainWord.sol";
import {ValidatorBondWord} from "../../libraries/ValidatorBondWord.sol";
import {ValidatorLedgerWord} from "../../libraries/ValidatorLedgerWord.sol";
import {ValidatorModuleWord} from "../../libraries/ValidatorModuleWord.sol";
import {ValidatorTermsWord} from "../../libraries/ValidatorTermsWord.sol";
import {ValidatorWord} from "../../libraries/ValidatorWord.sol";

/// @title ValidatorWords
/// @notice Test double: the packed words of the ValidatorRegistry for tests to call.
contract ValidatorWords {
    // ValidatorWord

    function readValidator(ValidatorWord word) external pure returns (uint256[9] memory) {
        return
            [
                uint256(word.inSince()),
                word.outSince(),
                word.accuracy(),
                word.accuracyBefore(),
                word.accuracyEarlier(),
                word.epoch(),
                word.openSeats(),
                word.domains(),
                word.known() ? 1 : 0
            ];
    }

    function validatorWithInSince(ValidatorWord word, uint40 value) external pure returns (ValidatorWord) {
        return word.withInSince(value);
    }

    function validatorWithOutSince(ValidatorWord word, uint40 value) external pure returns (ValidatorWord) {
        return word.withOutSince(value);
    }

    function validatorWithAccuracy(ValidatorWord word, uint24 value) external pure returns (ValidatorWord) {
        return word.withAccuracy(value);
    }

    function validatorWithAccuracyBefore(ValidatorWord word, uint24 value) external pure returns (ValidatorWord) {
        return word.withAccuracyBefore(value);
    }

    function validatorWithAccuracyEarlier(ValidatorWord word, uint24 value) external pure returns (ValidatorWord) {
        return word.withAccuracyEarlier(value);
    }

    function validatorWithEpoch(ValidatorWord word, uint16 value) external pure returns (ValidatorWord) {
        return word.withEpoch(value);
    }

    function validatorWithOpenSeats(ValidatorWord word, uint16 value) external pure returns (ValidatorWord) {
        return word.withOpenSeats(value);
    }

    function validatorWithDomains(ValidatorWord word, uint32 value) external pure returns (ValidatorWord) {
        return word.withDomains(value);
    }

    function validatorWithKnown(ValidatorWord word, bool value) external pure returns (ValidatorWord) {
        return word.withKnown(value);
    }

    // ValidatorBondWord

    function readBond(ValidatorBondWord word) external pure returns (uint256[5] memory) {
        return [uint256(word.stake()), word.unbonding(), word.owed(), word.unbondingEnds(), word.slasher()];
    }

    function bondWithStake(ValidatorBondWord word, uint64 value) external pure returns (ValidatorBondWord) {
        return word.withStake(value);
    }

    function bondWithUnbonding(ValidatorBondWord word, uint64 value) external pure returns (ValidatorBondWord) {
        return word.withUnbonding(value);
    }

    function bondWithOwed(ValidatorBondWord word, uint64 value) external pure returns (ValidatorBondWord) {
        return word.withOwed(value);
    }

    function bondWithUnbondingEnds(ValidatorBondWord word, uint40 value) external pure returns (ValidatorBondWord) {
        return word.withUnbondingEnds(value);
    }

    function bondWithSlasher(ValidatorBondWord word, uint8 value) external pure returns (ValidatorBondWord) {
        return word.withSlasher(value);
    }

    // DomainWord

    function readDomain(DomainWord word) external pure returns (uint256[6] memory) {
        return [uint256(word.length()), word.active(), word.holes(), word.fresh(), word.gone(), word.second()];
    }

    function domainWithLength(DomainWord word, uint16 value) external pure returns (DomainWord) {
        return word.withLength(value);
    }

    function domainWithActive(DomainWord word, uint16 value) external pure returns (DomainWord) {
        return word.withActive(value);
    }

    function domainWithHoles(DomainWord word, uint16 value) external pure returns (DomainWord) {
        return word.withHoles(value);
    }

    function domainWithFresh(DomainWord word, uint16 value) external pure returns (DomainWord) {
        return word.withFresh(value);
    }

    function domainWithGone(DomainWord word, uint16 value) external pure returns (DomainWord) {
        return word.withGone(value);
    }

    function domainWithSecond(DomainWord word, uint40 value) external pure returns (DomainWord) {
        return word.withSecond(value);
    }

    // ValidatorModuleWord

    function readModule(ValidatorModuleWord word) external pure returns (uint256[6] memory) {
        return
            [
                uint256(word.scopes()),
                word.granted(),
                word.slot(),
                word.slashDay(),
                word.slashedToday(),
                word.openSeats()
            ];
    }

    function moduleWithScopes(ValidatorModuleWord word, uint8 value) external pure returns (ValidatorModuleWord) {
        return word.withScopes(value);
    }

    function moduleWithGranted(ValidatorModuleWord word, uint8 value) external pure returns (ValidatorModuleWord) {
        return word.withGranted(value);
    }

    function moduleWithSlot(ValidatorModuleWord word, uint8 value) external pure returns (ValidatorModuleWord) {
        return word.withSlot(value);
    }

    function moduleWithSlashDay(ValidatorModuleWord word, uint16 value) external pure returns (ValidatorModuleWord) {
        return word.withSlashDay(value);
    }

    function moduleWithSlashedToday(
        ValidatorModuleWord word,
        uint64 value
    ) external pure returns (ValidatorModuleWord) {
        return word.withSlashedToday(value);
    }

    function moduleWithOpenSeats(ValidatorModuleWord word, uint32 value) external pure returns (ValidatorModuleWord) {
        return word.withOpenSeats(value);
    }

    // ValidatorTermsWord

    function readTerms(ValidatorTermsWord word) external pure returns (uint256[8] memory) {
        return
            [
                uint256(word.minStake()),
                word.unbonding(),
                word.silenceBps(),
                word.moduleCapPercent(),
                word.gain(),
                word.incoherentLoss(),
                word.silentLoss(),
                word.stopped() ? 1 : 0
            ];
    }

    function termsWithMinStake(ValidatorTermsWord word, uint64 value) external pure returns (ValidatorTermsWord) {
        return word.withMinStake(value);
    }

    function termsWithUnbonding(ValidatorTermsWord word, uint32 value) external pure returns (ValidatorTermsWord) {
        return word.withUnbonding(value);
    }

    function termsWithSilenceBps(ValidatorTermsWord word, uint16 value) external pure returns (ValidatorTermsWord) {
        return word.withSilenceBps(value);
    }

    function termsWithModuleCapPercent(
        ValidatorTermsWord word,
        uint8 value
    ) external pure returns (ValidatorTermsWord) {
        return word.withModuleCapPercent(value);
    }

    function termsWithGain(ValidatorTermsWord word, uint24 value) external pure returns (ValidatorTermsWord) {
        return word.withGain(value);
    }

    function termsWithIncoherentLoss(ValidatorTermsWord word, uint24 value) external pure returns (ValidatorTermsWord) {
        return word.withIncoherentLoss(value);
    }

    function termsWithSilentLoss(ValidatorTermsWord word, uint24 value) external pure returns (ValidatorTermsWord) {
        return word.withSilentLoss(value);
    }

    function termsWithStopped(ValidatorTermsWord word, bool value) external pure returns (ValidatorTermsWord) {
        return word.withStopped(value);
    }

    // ValidatorLedgerWord

    function readLedger(ValidatorLedgerWord word) external pure returns (uint256[3] memory) {
        return [uint256(word.stake()), word.unbonding(), word.slashed()];
    }

    function ledgerWithStake(ValidatorLedgerWord word, uint64 value) external pure returns (ValidatorLedgerWord) {
        return word.withStake(value);
    }

    function ledgerWithUnbonding(ValidatorLedgerWord word, uint64 value) external pure returns (ValidatorLedgerWord) {
        return word.withUnbonding(value);
    }

    function ledgerWithSlashed(ValidatorLedgerWord word, uint64 value) external pure returns (ValidatorLedgerWord) {
        return word.withSlashed(value);
    }

    // What they compute

    function eligibleAt(ValidatorWord word, uint40 frozenAt) external pure returns (bool) {
        return word.eligibleAt(frozenAt);
    }

    function accuracyAt(ValidatorWord word, uint256 time) external pure returns (uint24) {
        return word.accuracyAt(time);
    }

    function changed(ValidatorWord word, uint24 value, uint256 time) external pure returns (ValidatorWord) {
        return word.changed(value, time);
    }

    function startedWith(ValidatorWord word, uint24 value) external pure returns (ValidatorWord) {
        return word.startedWith(value);
    }

    function unclaimed(ValidatorBondWord word) external pure returns (uint256) {
        return word.unclaimed();
    }

    function owners(DomainWord word, uint40 time) external pure returns (uint16) {
        return word.owners(time);
    }

    function cameIn(DomainWord word, uint40 time) external pure returns (DomainWord) {
        return word.cameIn(time);
    }

    function wentOut(DomainWord word, uint40 since, uint40 time) external pure returns (DomainWord) {
        return word.wentOut(since, time);
    }
}
