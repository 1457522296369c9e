// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "../libraries/BitField.sol";
import {DomainWord} from "../libraries/DomainWord.sol";
import {IValidatorRegistry} from "./IValidatorRegistry.sol";
import {ValidatorState} from "./ValidatorState.sol";

/// @title ValidatorLists
/// @notice The lists that panels are drawn from, one per domain.
/// @dev A place never moves, so that the list of a past second is still there below the length it had. A place that is
/// given up stays empty until the next who joins takes it. Loops run over the 32 domains at most.
library ValidatorLists {
    using BitField for uint256;

    /// @notice Number of domains.
    uint256 internal constant DOMAINS = 32;

    /// @notice Most places of a list.
    uint256 internal constant MAX_PLACES = type(uint16).max;

    uint256 private constant IDS_PER_WORD = 6;
    uint256 private constant ID_BITS = 40;
    uint256 private constant ID_MASK = type(uint40).max;
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
            uint16 top = word.holes() - 1;
            place = _lane(s.holes[_key(domain, top / LANES_PER_WORD)], top);
            s.domains[domain] = word.withHoles(top);
        } else if (place == MAX_PLACES) {
            // The cast is safe: a bit of 32.
            revert IValidatorRegistry.ValidatorsDomainFull(uint8(domain));
        } else {
            s.domains[domain] = word.withLength(place + 1);
        }
        _put(s, domain, place, validator);
        uint256 key = _placesKey(validator, domain);
        s.places[key] = _withLane(s.places[key], domain, place);
    }

    function _leave(ValidatorState storage s, uint40 validator, uint256 domain) private {
        DomainWord word = s.domains[domain];
        uint16 place = _lane(s.places[_placesKey(validator, domain)], domain);
        uint16 top = word.holes();
        uint256 key = _key(domain, top / LANES_PER_WORD);
        s.holes[key] = _withLane(s.holes[key], top, place);
        s.domains[domain] = word.withHoles(top + 1);
        _put(s, domain, place, 0);
    }

    function _put(ValidatorState storage s, uint256 domain, uint256 place, uint40 validator) private {
        uint256 key = _key(domain, place / IDS_PER_WORD);
        s.lists[key] = s.lists[key].write(_idOffset(place), ID_MASK, validator);
    }

    function _lane(uint256 word, uint256 index) private pure returns (uint16) {
        return uint16(word.read((index % LANES_PER_WORD) * LANE_BITS, LANE_MASK));
    }

    function _withLane(uint256 word, uint256 index, uint16 value) private pure returns (uint256) {
        return word.write((index % LANES_PER_WORD) * LANE_BITS, LANE_MASK, value);
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
