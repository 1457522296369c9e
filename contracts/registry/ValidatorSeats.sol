// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ValidatorModuleWord} from "../libraries/ValidatorModuleWord.sol";
import {ValidatorTermsWord} from "../libraries/ValidatorTermsWord.sol";
import {ValidatorWord} from "../libraries/ValidatorWord.sol";
import {WeightedDraw} from "../libraries/WeightedDraw.sol";
import {IValidatorRegistry} from "./IValidatorRegistry.sol";
import {ValidatorLists} from "./ValidatorLists.sol";
import {ValidatorStakes} from "./ValidatorStakes.sol";
import {ValidatorState} from "./ValidatorState.sol";
import {ValidatorTables} from "./ValidatorTables.sol";

/// @title ValidatorSeats
/// @notice Draws of panels from frozen pools, and the ends of their seats.
library ValidatorSeats {
    /// @notice A pool can be drawn from for less than this after it was frozen, seconds. Nobody who stopped being
    /// available comes back sooner, or gives up a place sooner.
    uint256 internal constant FREEZE = 3 days;

    /// @notice Accuracy of a validator that registers first, 1e-4 points.
    uint24 internal constant INITIAL_ACCURACY = 500_000;

    /// @notice Least accuracy, 1e-4 points; so that whoever is drawn little can better itself.
    uint24 internal constant MIN_ACCURACY = 50_000;

    /// @notice Greatest accuracy, 1e-4 points.
    uint24 internal constant MAX_ACCURACY = 1_000_000;

    /// @notice Most seats of a draw.
    uint256 internal constant MAX_SEATS = 31;

    /// @notice Most tries of a draw.
    uint256 internal constant MAX_TRIES = 4_096;

    uint256 private constant ACCURACY_PER_WEIGHT = uint256(MAX_ACCURACY) / WeightedDraw.MAX_WEIGHT;

    /// @notice See IValidatorRegistry.takeSeats.
    function take(
        ValidatorState storage s,
        IValidatorRegistry.SeatRequest calldata request
    ) internal returns (uint40[] memory validators) {
        ValidatorModuleWord module = s.moduleWords[msg.sender];
        if (s.terms.stopped()) revert IValidatorRegistry.ValidatorsStopped();
        if (module.scopes() & ValidatorTables.DRAW == 0) {
            revert IValidatorRegistry.ValidatorsMissingScope(msg.sender, ValidatorTables.DRAW);
        }
        ValidatorTables.requireWithin(request.domain, 0, ValidatorLists.DOMAINS - 1);
        ValidatorTables.requireWithin(request.seats, 1, MAX_SEATS);
        ValidatorTables.requireWithin(request.tries, 1, MAX_TRIES);
        requireFrozen(request.frozenAt);

        uint256 taken;
        (validators, taken) = _draw(s, request);
        // The cast is safe: at most 31.
        s.moduleWords[msg.sender] = module.withOpenSeats(module.openSeats() + uint32(taken));
    }

    /// @notice See IValidatorRegistry.endSeats.
    function end(
        ValidatorState storage s,
        uint40[] calldata validators,
        IValidatorRegistry.SeatOutcome[] calldata outcomes
    ) internal {
        uint256 count = validators.length;
        ValidatorTables.requireWithin(outcomes.length, count, count);
        bool slashes = _countOff(s, count) & ValidatorTables.SLASH != 0;
        ValidatorTermsWord terms = s.terms;
        for (uint256 i = 0; i < count; ++i) {
            _end(s, terms, validators[i], outcomes[i]);
            if (slashes && outcomes[i] == IValidatorRegistry.SeatOutcome.Silent) {
                ValidatorStakes.slash(s, terms, validators[i]);
            }
        }
    }

    /// @notice Refuses a pool that can't be drawn from now.
    function requireFrozen(uint40 frozenAt) internal view {
        if (frozenAt > block.timestamp || block.timestamp >= frozenAt + FREEZE) {
            revert IValidatorRegistry.ValidatorsStaleFreeze(frozenAt);
        }
    }

    /// @dev Every try depends on seed and number, and on what was when the pool was frozen. The place of
    /// whoever is seated is marked, so that it is not seated again.
    function _draw(
        ValidatorState storage s,
        IValidatorRegistry.SeatRequest calldata request
    ) private returns (uint40[] memory validators, uint256 taken) {
        uint256 seats = request.seats;
        uint256 length = request.length;
        uint256 tries = length == 0 ? 0 : request.tries;
        uint40[] memory excluded = request.excluded;
        uint256[] memory seated = new uint256[](length / 256 + 1);
        validators = new uint40[](seats);
        for (uint256 number = 0; number < tries && taken != seats; ++number) {
            uint256 random = WeightedDraw.word(request.seed, number);
            uint256 place = WeightedDraw.index(random, length);
            if (seated[place / 256] & (1 << (place % 256)) != 0) continue;
            uint40 candidate = ValidatorLists.at(s, request.domain, place);
            ValidatorWord word = s.validators[candidate];
            if (!_fits(word, request.frozenAt, random) || _contains(excluded, candidate)) continue;
            seated[place / 256] |= 1 << (place % 256);
            s.validators[candidate] = word.withOpenSeats(word.openSeats() + 1);
            validators[taken++] = candidate;
            emit IValidatorRegistry.SeatTaken(candidate, msg.sender, request.seed);
        }
        if (taken != seats) validators = _first(validators, taken);
    }

    /// @dev Eligible when the pool was frozen, and accepted by the try. Nobody is at a free place.
    function _fits(ValidatorWord word, uint40 frozenAt, uint256 random) private pure returns (bool) {
        return
            word.eligibleAt(frozenAt) && WeightedDraw.accepts(random, word.accuracyAt(frozenAt) / ACCURACY_PER_WEIGHT);
    }

    /// @dev Counts the seats off the calling module and returns its rights. Without RECORD, once it had that, it still
    /// ends as many as it took: its open questions must come to an end. With it, it may end any: so governance frees
    /// seats whose module is broken.
    function _countOff(ValidatorState storage s, uint256 count) private returns (uint8 scopes) {
        ValidatorModuleWord module = s.moduleWords[msg.sender];
        scopes = module.scopes();
        uint32 open = module.openSeats();
        bool ofItsOwn = module.granted() & ValidatorTables.RECORD != 0 && count <= open;
        if (scopes & ValidatorTables.RECORD == 0 && !ofItsOwn) {
            revert IValidatorRegistry.ValidatorsMissingScope(msg.sender, ValidatorTables.RECORD);
        }
        // The cast is safe by the condition.
        s.moduleWords[msg.sender] = module.withOpenSeats(count < open ? open - uint32(count) : 0);
    }

    function _end(
        ValidatorState storage s,
        ValidatorTermsWord terms,
        uint40 validator,
        IValidatorRegistry.SeatOutcome outcome
    ) private {
        ValidatorWord word = s.validators[validator];
        uint16 open = word.openSeats();
        if (open == 0) revert IValidatorRegistry.ValidatorsNoSeat(validator);
        uint24 oldAccuracy = word.accuracy();
        uint24 newAccuracy = _accuracyAfter(terms, oldAccuracy, outcome);
        if (newAccuracy != oldAccuracy) word = word.changed(newAccuracy, block.timestamp);
        s.validators[validator] = word.withOpenSeats(open - 1);
        emit IValidatorRegistry.SeatEnded(validator, outcome, oldAccuracy, newAccuracy);
    }

    /// @dev No sum overflows: terms are at most 250,000.
    function _accuracyAfter(
        ValidatorTermsWord terms,
        uint24 accuracy,
        IValidatorRegistry.SeatOutcome outcome
    ) private pure returns (uint24) {
        if (outcome == IValidatorRegistry.SeatOutcome.Void) return accuracy;
        if (outcome == IValidatorRegistry.SeatOutcome.Coherent) {
            uint24 sum = accuracy + terms.gain();
            return sum < MAX_ACCURACY ? sum : MAX_ACCURACY;
        }
        uint24 loss = outcome == IValidatorRegistry.SeatOutcome.Silent ? terms.silentLoss() : terms.incoherentLoss();
        return accuracy > MIN_ACCURACY + loss ? accuracy - loss : MIN_ACCURACY;
    }

    function _contains(uint40[] memory list, uint40 item) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == item) return true;
        }
        return false;
    }

    function _first(uint40[] memory list, uint256 count) private pure returns (uint40[] memory head) {
        head = new uint40[](count);
        for (uint256 i = 0; i < count; ++i) head[i] = list[i];
    }
}
