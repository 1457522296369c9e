// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {GpuWord} from "../libraries/GpuWord.sol";
import {JoinedWord, JoinedWordLib} from "../libraries/JoinedWord.sol";
import {Lanes} from "../libraries/Lanes.sol";
import {PoolWord} from "../libraries/PoolWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {ClassLists, RegistryState} from "./RegistryState.sol";

/// @title DrawLists
/// @notice The packed lists that draws pick from: one per class and region.
/// @dev A list is the frozen entrants [0, length) and, while a round is open, those who joined since, [length, length +
/// joined). Outside a round a list is exactly the idle GPUs, apart from GPUs flagged during a round that nobody touched
/// since (`sync`). Functions take and return the word of the GPU they move, which the caller stores.
library DrawLists {
    uint256 private constant IDS_PER_WORD = 6;
    uint256 private constant ID_BITS = 40;
    uint256 private constant ID_MASK = type(uint40).max;

    /// @notice Lengths to draw from, as packed lanes.
    function frozenLanes(RegistryState storage s, uint8 classId, RegistryWord hub) internal view returns (uint256) {
        (PoolWord pool, ) = _settled(s, classId, hub);
        return pool.lanes();
    }

    /// @notice Frozen entrants (all listed GPUs when no round is open) and GPUs behind them of a region.
    function lengths(
        RegistryState storage s,
        uint8 classId,
        uint8 region,
        RegistryWord hub
    ) internal view returns (uint256 entrants, uint256 behind) {
        if (region >= Lanes.REGIONS) return (0, 0);
        (PoolWord pool, JoinedWord joined) = _settled(s, classId, hub);
        return (pool.length(region), joined.count(region));
    }

    /// @notice GPU at `index` of the list of a region.
    function at(RegistryState storage s, uint8 classId, uint256 region, uint256 index) internal view returns (uint40) {
        return uint40((s.lists[_key(classId, region, index)] >> _shift(index)) & ID_MASK);
    }

    /// @notice Whether `word` stands among the frozen entrants of the open round.
    function isEntrant(RegistryState storage s, GpuWord word, RegistryWord hub) internal view returns (bool) {
        if (!hub.isOpen() || !word.listed()) return false;
        return word.position() < Lanes.read(frozenLanes(s, word.classId(), hub), word.region());
    }

    /// @notice Lists the GPU when it is idle, takes it off when it is not. A frozen entrant stays where it is until the
    /// round is over; a list that holds 65,535 GPUs takes no more, and a later `sync` lists the GPU.
    function sync(RegistryState storage s, uint40 gpu, GpuWord word, RegistryWord hub) internal returns (GpuWord) {
        bool idle = word.isIdle();
        if (idle == word.listed()) return word;
        if (idle) return join(s, gpu, word, hub);
        return isEntrant(s, word, hub) ? word : remove(s, word, hub);
    }

    /// @notice Appends a GPU, behind the frozen entrants while a round is open.
    function join(RegistryState storage s, uint40 gpu, GpuWord word, RegistryWord hub) internal returns (GpuWord) {
        return joinWithEnergy(s, gpu, word, hub, 0);
    }

    /// @notice As `join`, and counts energy of the class in a word that is written anyway.
    function joinWithEnergy(
        RegistryState storage s,
        uint40 gpu,
        GpuWord word,
        RegistryWord hub,
        uint256 energy
    ) internal returns (GpuWord) {
        (PoolWord pool, JoinedWord joined) = _settled(s, word.classId(), hub);
        uint256 region = word.region();
        uint256 index = pool.length(region) + joined.count(region);
        if (index != Lanes.MAX_COUNT) {
            _put(s, word.classId(), region, index, gpu);
            // Nothing stands behind the list while no round is open.
            if (hub.isOpen()) joined = joined.withCount(region, joined.count(region) + 1);
            else pool = pool.withLength(region, index + 1);
        }
        if (energy != 0) (pool, joined) = _withEnergy(pool, joined, hub, energy);
        _store(s, word.classId(), pool, joined);
        if (index == Lanes.MAX_COUNT) return word;
        // The cast is safe: index < MAX_COUNT.
        return word.withListed(true).withPosition(uint16(index));
    }

    /// @notice Takes a listed GPU off. Of the frozen entrants the last takes its place, and the last of those who
    /// joined behind them closes the gap, so that positions move by assignments only while a round is open.
    function remove(RegistryState storage s, GpuWord word, RegistryWord hub) internal returns (GpuWord) {
        (PoolWord pool, JoinedWord joined) = _settled(s, word.classId(), hub);
        uint256 region = word.region();
        uint256 length = pool.length(region);
        uint256 behind = joined.count(region);
        uint256 last = length + behind - 1;
        uint256 hole = word.position();
        if (hole < length) {
            --length;
            pool = pool.withLength(region, length);
            _move(s, word, length, hole);
            hole = length;
        } else {
            joined = joined.withCount(region, behind - 1);
        }
        _move(s, word, last, hole);
        _store(s, word.classId(), pool, joined);
        return word.withListed(false);
    }

    /// @notice Counts energy of a class.
    function addEnergy(RegistryState storage s, uint8 classId, RegistryWord hub, uint256 energy) internal {
        (PoolWord pool, JoinedWord joined) = _settled(s, classId, hub);
        (pool, joined) = _withEnergy(pool, joined, hub, energy);
        _store(s, classId, pool, joined);
    }

    /// @dev Both words of a class with the joins of past rounds counted where they belong.
    function _settled(
        RegistryState storage s,
        uint8 classId,
        RegistryWord hub
    ) private view returns (PoolWord pool, JoinedWord joined) {
        ClassLists storage lists = s.pools[classId];
        pool = lists.pool;
        joined = JoinedWordLib.empty(hub.stamp());
        if (!pool.hasJoined()) return (pool, joined);
        JoinedWord stored = lists.joined;
        if (hub.isOpen() && stored.stamp() == hub.stamp()) return (pool, stored);
        return (pool.absorb(stored), joined);
    }

    /// @dev Energy goes to the word that a join of the same moment writes anyway.
    function _withEnergy(
        PoolWord pool,
        JoinedWord joined,
        RegistryWord hub,
        uint256 energy
    ) private pure returns (PoolWord, JoinedWord) {
        uint256 sum = joined.energy() + energy;
        // The cast is safe by the condition.
        if (hub.isOpen() && sum <= JoinedWordLib.MAX_ENERGY) return (pool, joined.withEnergy(uint40(sum)));
        return (pool.addEnergy(energy), joined);
    }

    /// @dev Writes both words of a class; the second is left as it is and not read again while it would count nothing.
    function _store(RegistryState storage s, uint8 classId, PoolWord pool, JoinedWord joined) private {
        ClassLists storage lists = s.pools[classId];
        bool counts = !joined.isEmpty();
        lists.pool = pool.withHasJoined(counts);
        if (counts) lists.joined = joined;
    }

    /// @dev Moves the GPU at index `from` to index `to` of the list that `word` stands in.
    function _move(RegistryState storage s, GpuWord word, uint256 from, uint256 to) private {
        if (from == to) return;
        uint40 moved = at(s, word.classId(), word.region(), from);
        _put(s, word.classId(), word.region(), to, moved);
        // The cast is safe: positions are below MAX_COUNT.
        s.gpus[moved] = s.gpus[moved].withPosition(uint16(to));
    }

    function _put(RegistryState storage s, uint8 classId, uint256 region, uint256 index, uint40 gpu) private {
        uint256 key = _key(classId, region, index);
        uint256 shift = _shift(index);
        s.lists[key] = (s.lists[key] & ~(ID_MASK << shift)) | (uint256(gpu) << shift);
    }

    function _key(uint8 classId, uint256 region, uint256 index) private pure returns (uint256) {
        return (uint256(classId) << 24) | (region << 16) | (index / IDS_PER_WORD);
    }

    function _shift(uint256 index) private pure returns (uint256) {
        return (index % IDS_PER_WORD) * ID_BITS;
    }
}
