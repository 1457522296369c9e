// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {BitField} from "../libraries/BitField.sol";
import {DomainWord} from "../libraries/DomainWord.sol";
import {IValidatorRegistry} from "./IValidatorRegistry.sol";
import {ValidatorState} from "./ValidatorState.sol";

/// @title ValidatorLists
/// @notice The lists that panels are drawn from, one per domain.
/// @dev A place never moves, so that the list of a past second is still there below the length it had. Who joins takes
/// the lowest free place, and the length goes back to the last place that is taken: lists that many left fill up and
/// shrink again, or draws would find nobody. Loops run over the 32 domains, or the 16 words that mark taken places.
library ValidatorLists {
    using BitField for uint256;

    /// @notice Number of domains.
    uint256 internal constant DOMAINS = 32;

    /// @notice Most places of a list; as many as a draw has tries, so that each of a few who stand in a list that
    /// others made long is tried once on average.
    uint256 internal constant MAX_PLACES = 4_096;

    uint256 private constant IDS_PER_WORD = 6;
    uint256 private constant ID_BITS = 40;
    uint256 private constant ID_MASK = type(uint40).max;
    uint256 private constant MARKS_PER_WORD = 256;
    uint256 private constant LANES_PER_WORD = 16;
    uint256 private constant LANE_BITS = 16;
    uint256 private constant LANE_MASK = type(uint16).max;

    /// @notice Validator at a place, 0 for a free one and behind the end.
    function at(ValidatorState storage s, uint256 domain, uint256 place) internal view returns (uint40) {
        return uint40(s.lists[_key(domain, place / IDS_PER_WORD)].read(_idOffset(place), ID_MASK));
    }

    /// @notice Gives a validator a place in the list of each domain, a free one if there is one.
    function join(ValidatorState storage s, uint40 validator, uint32 domains) internal {
        uint256 domain = 0;
        for (uint256 rest = domains; rest != 0; rest >>= 1) {
            if (rest & 1 != 0) _join(s, validator, domain);
            ++domain;
        }
    }

    /// @notice Gives up a validator's places in the lists of these domains.
    function leave(ValidatorState storage s, uint40 validator, uint32 domains) internal {
        uint256 domain = 0;
        for (uint256 rest = domains; rest != 0; rest >>= 1) {
            if (rest & 1 != 0) _leave(s, validator, domain);
            ++domain;
        }
    }

    /// @notice Counts a validator that became available in this second.
    function comeIn(ValidatorState storage s, uint32 domains) internal {
        uint256 domain = 0;
        for (uint256 rest = domains; rest != 0; rest >>= 1) {
            if (rest & 1 != 0) s.domains[domain] = s.domains[domain].cameIn(uint40(block.timestamp));
            ++domain;
        }
    }

    /// @notice Counts a validator, available since `since`, that stopped in this second.
    function goOut(ValidatorState storage s, uint32 domains, uint40 since) internal {
        uint256 domain = 0;
        for (uint256 rest = domains; rest != 0; rest >>= 1) {
            if (rest & 1 != 0) s.domains[domain] = s.domains[domain].wentOut(since, uint40(block.timestamp));
            ++domain;
        }
    }

    function _join(ValidatorState storage s, uint40 validator, uint256 domain) private {
        DomainWord word = s.domains[domain];
        uint16 place = word.length();
        if (word.holes() != 0) {
            place = _lowestFree(s, domain);
            s.domains[domain] = word.withHoles(word.holes() - 1);
        } else if (place == MAX_PLACES) {
            // The cast is safe: a bit of 32.
            revert IValidatorRegistry.ValidatorsDomainFull(uint8(domain));
        } else {
            s.domains[domain] = word.withLength(place + 1);
        }
        _put(s, domain, place, validator);
        s.taken[_key(domain, place / MARKS_PER_WORD)] |= 1 << (place % MARKS_PER_WORD);
        uint256 key = _placesKey(validator, domain);
        s.places[key] = s.places[key].write(_laneOffset(domain), LANE_MASK, place);
    }

    function _leave(ValidatorState storage s, uint40 validator, uint256 domain) private {
        DomainWord word = s.domains[domain];
        uint256 place = s.places[_placesKey(validator, domain)].read(_laneOffset(domain), LANE_MASK);
        _put(s, domain, place, 0);
        s.taken[_key(domain, place / MARKS_PER_WORD)] &= ~(1 << (place % MARKS_PER_WORD));
        uint16 length = word.length();
        uint16 shorter = place + 1 == length ? _lengthBelow(s, domain, place) : length;
        // What is cut off at the end was free, but for the place of the leaver.
        s.domains[domain] = word.withLength(shorter).withHoles(word.holes() + 1 - (length - shorter));
    }

    /// @dev Lowest free place of a list that has one.
    function _lowestFree(ValidatorState storage s, uint256 domain) private view returns (uint16) {
        uint256 index = 0;
        uint256 marks = s.taken[_key(domain, 0)];
        while (marks == type(uint256).max) marks = s.taken[_key(domain, ++index)];
        // The cast is safe: below MAX_PLACES.
        return uint16(index * MARKS_PER_WORD + Math.log2(~marks & (marks + 1)));
    }

    /// @dev Length of a list whose last taken place is below `place`.
    function _lengthBelow(ValidatorState storage s, uint256 domain, uint256 place) private view returns (uint16) {
        // The whole word of marks is meant, whose first place is the product below.
        // slither-disable-next-line divide-before-multiply
        uint256 index = place / MARKS_PER_WORD;
        uint256 marks = s.taken[_key(domain, index)];
        while (marks == 0 && index != 0) marks = s.taken[_key(domain, --index)];
        // The cast is safe: at most MAX_PLACES.
        return marks == 0 ? 0 : uint16(index * MARKS_PER_WORD + Math.log2(marks) + 1);
    }

    function _put(ValidatorState storage s, uint256 domain, uint256 place, uint40 validator) private {
        uint256 key = _key(domain, place / IDS_PER_WORD);
        s.lists[key] = s.lists[key].write(_idOffset(place), ID_MASK, validator);
    }

    function _laneOffset(uint256 domain) private pure returns (uint256) {
        return (domain % LANES_PER_WORD) * LANE_BITS;
    }

    function _key(uint256 domain, uint256 index) private pure returns (uint256) {
        return (domain << 16) | index;
    }

    function _idOffset(uint256 place) private pure returns (uint256) {
        return (place % IDS_PER_WORD) * ID_BITS;
    }

    function _placesKey(uint40 validator, uint256 domain) private pure returns (uint256) {
        return (uint256(validator) << 1) | (domain / LANES_PER_WORD);
    }
}
