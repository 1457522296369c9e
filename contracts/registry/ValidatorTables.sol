// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ValidatorModuleWord} from "../libraries/ValidatorModuleWord.sol";
import {ValidatorTermsWord} from "../libraries/ValidatorTermsWord.sol";
import {IValidatorRegistry} from "./IValidatorRegistry.sol";
import {ValidatorState} from "./ValidatorState.sol";

/// @title ValidatorTables
/// @notice Governed tables of the ValidatorRegistry: modules and terms. The registry checks that its owner calls.
library ValidatorTables {
    /// @notice Right to take seats.
    uint8 internal constant DRAW = 1;

    /// @notice Right to end seats.
    uint8 internal constant RECORD = 2;

    /// @notice Right to end silent seats with a slash.
    uint8 internal constant SLASH = 4;

    /// @notice Most modules.
    uint256 internal constant MAX_MODULES = 16;

    uint8 private constant ALL_SCOPES = DRAW | RECORD | SLASH;

    /// @notice Adds a module or changes its rights (IValidatorRegistry.setModule).
    function setModule(ValidatorState storage s, address module, uint8 scopes) internal {
        if (module == address(0)) revert IValidatorRegistry.ValidatorsZeroAddress();
        if (scopes & ~ALL_SCOPES != 0) revert IValidatorRegistry.ValidatorsUnknownScopes(scopes);
        ValidatorModuleWord word = s.moduleWords[module];
        uint8 oldScopes = word.scopes();
        if (word.slot() == 0) {
            uint256 count = s.modules.length + 1;
            requireWithin(count, 1, MAX_MODULES);
            s.modules.push(module);
            // The cast is safe by the check.
            word = word.withSlot(uint8(count));
        }
        s.moduleWords[module] = word.withScopes(scopes).withGranted(word.granted() | scopes);
        emit IValidatorRegistry.ModuleChanged(module, oldScopes, scopes);
    }

    /// @notice Sets every governed term, each within its bounds (IValidatorRegistry.setTerms).
    function setTerms(ValidatorState storage s, IValidatorRegistry.Terms memory t) internal {
        requireWithin(t.minStakeGwei, 1, type(uint64).max);
        requireWithin(t.unbonding, 14 days, 60 days);
        requireWithin(t.silenceBps, 10, 1_000);
        requireWithin(t.moduleCapPercent, 1, 20);
        requireWithin(t.gain, 1_000, 50_000);
        requireWithin(t.incoherentLoss, 1_000, 250_000);
        requireWithin(t.silentLoss, 1_000, 250_000);
        s.terms = ValidatorTermsWord
            .wrap(0)
            .withMinStake(t.minStakeGwei)
            .withUnbonding(t.unbonding)
            .withSilenceBps(t.silenceBps)
            .withModuleCapPercent(t.moduleCapPercent)
            .withGain(t.gain)
            .withIncoherentLoss(t.incoherentLoss)
            .withSilentLoss(t.silentLoss)
            .withStopped(s.terms.stopped());
        emit IValidatorRegistry.TermsChanged(t);
    }

    /// @notice Refuses a value outside its bounds.
    function requireWithin(uint256 value, uint256 low, uint256 high) internal pure {
        if (value < low || value > high) revert IValidatorRegistry.ValidatorsOutOfBounds(value, low, high);
    }
}
