// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {GrantRootWord} from "../../libraries/GrantRootWord.sol";
import {GrantWord} from "../../libraries/GrantWord.sol";
import {ScheduleWord} from "../../libraries/ScheduleWord.sol";
import {VestingMath} from "../../libraries/VestingMath.sol";

/// @title VestingWords
/// @notice Test double: the packed words of vesting and the arithmetic over them, for tests to call.
contract VestingWords {
    // ScheduleWord

    function readSchedule(
        ScheduleWord word
    )
        external
        pure
        returns (
            uint96 pool,
            uint40 start,
            uint32 cliff,
            uint32 duration,
            uint32 step,
            uint16 startBps,
            bool revocable,
            bool votes,
            uint8 roots
        )
    {
        (pool, start, cliff, duration) = (word.pool(), word.start(), word.cliff(), word.duration());
        (step, startBps) = (word.step(), word.startBps());
        (revocable, votes, roots) = (word.revocable(), word.votes(), word.roots());
    }

    function withPool(ScheduleWord word, uint96 value) external pure returns (ScheduleWord) {
        return word.withPool(value);
    }

    function withStart(ScheduleWord word, uint40 value) external pure returns (ScheduleWord) {
        return word.withStart(value);
    }

    function withCliff(ScheduleWord word, uint32 value) external pure returns (ScheduleWord) {
        return word.withCliff(value);
    }

    function withDuration(ScheduleWord word, uint32 value) external pure returns (ScheduleWord) {
        return word.withDuration(value);
    }

    function withStep(ScheduleWord word, uint32 value) external pure returns (ScheduleWord) {
        return word.withStep(value);
    }

    function withStartBps(ScheduleWord word, uint16 value) external pure returns (ScheduleWord) {
        return word.withStartBps(value);
    }

    function withRevocable(ScheduleWord word, bool value) external pure returns (ScheduleWord) {
        return word.withRevocable(value);
    }

    function withVotes(ScheduleWord word, bool value) external pure returns (ScheduleWord) {
        return word.withVotes(value);
    }

    function withRoots(ScheduleWord word, uint8 value) external pure returns (ScheduleWord) {
        return word.withRoots(value);
    }

    function scheduleExists(ScheduleWord word) external pure returns (bool) {
        return word.exists();
    }

    function scheduleEnd(ScheduleWord word) external pure returns (uint256) {
        return word.end();
    }

    // GrantWord

    function readGrant(
        GrantWord word
    ) external pure returns (uint96 total, uint96 paid, uint40 revokedAt, bool moved, uint24 claimed) {
        return (word.total(), word.paid(), word.revokedAt(), word.moved(), word.claimed());
    }

    function withTotal(GrantWord word, uint96 value) external pure returns (GrantWord) {
        return word.withTotal(value);
    }

    function withPaid(GrantWord word, uint96 value) external pure returns (GrantWord) {
        return word.withPaid(value);
    }

    function withRevokedAt(GrantWord word, uint40 value) external pure returns (GrantWord) {
        return word.withRevokedAt(value);
    }

    function withMoved(GrantWord word, bool value) external pure returns (GrantWord) {
        return word.withMoved(value);
    }

    function withClaimed(GrantWord word, uint24 value) external pure returns (GrantWord) {
        return word.withClaimed(value);
    }

    function outstanding(GrantWord word) external pure returns (uint96) {
        return word.outstanding();
    }

    function hasClaimed(GrantWord word, uint8 number) external pure returns (bool) {
        return word.hasClaimed(number);
    }

    function withClaim(GrantWord word, uint8 number) external pure returns (GrantWord) {
        return word.withClaim(number);
    }

    // GrantRootWord

    function readRoot(GrantRootWord word) external pure returns (uint96 left, uint40 setAt, uint8 number) {
        return (word.left(), word.setAt(), word.number());
    }

    function withLeft(GrantRootWord word, uint96 value) external pure returns (GrantRootWord) {
        return word.withLeft(value);
    }

    function withSetAt(GrantRootWord word, uint40 value) external pure returns (GrantRootWord) {
        return word.withSetAt(value);
    }

    function withNumber(GrantRootWord word, uint8 value) external pure returns (GrantRootWord) {
        return word.withNumber(value);
    }

    function rootExists(GrantRootWord word) external pure returns (bool) {
        return word.exists();
    }

    // VestingMath

    function vested(uint96 total, ScheduleWord schedule, uint256 time) external pure returns (uint96) {
        return VestingMath.vested(total, schedule, time);
    }

    function vestedOf(GrantWord grant, ScheduleWord schedule, uint256 time) external pure returns (uint96) {
        return VestingMath.vestedOf(grant, schedule, time);
    }

    function releasable(GrantWord grant, ScheduleWord schedule, uint256 time) external pure returns (uint96) {
        return VestingMath.releasable(grant, schedule, time);
    }
}
