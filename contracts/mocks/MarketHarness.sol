// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BoundedCall} from "../libraries/BoundedCall.sol";
import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";
import {JobQueue} from "../market/JobQueue.sol";
import {JobStore} from "../market/JobStore.sol";
import {Agreement, JobStatus} from "../market/JobTypes.sol";
import {Payouts} from "../market/Payouts.sol";

/// @title MarketHarness
/// @notice Test double: the escrow's pure and storage libraries, one call each.
contract MarketHarness {
    using JobQueue for JobQueue.State;
    using JobQueue for QueueWord;

    JobQueue.State private _queue;

    event Popped(uint56 key);

    function settled(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        bool reviewed,
        uint256 bond
    ) external pure returns (Payouts.Sums memory) {
        return Payouts.settled(job, lines, reserves, reviewed, bond);
    }

    function refunded(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        bool reviewed,
        uint256 bond
    ) external pure returns (Payouts.Sums memory) {
        return Payouts.refunded(job, lines, reserves, reviewed, bond);
    }

    function halved(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        uint256 bond
    ) external pure returns (Payouts.Sums memory) {
        return Payouts.halved(job, lines, reserves, bond);
    }

    function challenged(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        uint256 bond
    ) external pure returns (Payouts.Sums memory) {
        return Payouts.challenged(job, lines, reserves, bond);
    }

    function challengeBond(JobLines lines, JobReserves reserves) external pure returns (uint64) {
        return Payouts.challengeBond(lines, reserves);
    }

    function canaryBond(uint64 lock, JobWord job, JobReserves reserves) external pure returns (uint64) {
        return Payouts.canaryBond(lock, job, reserves);
    }

    function rejectionBond(JobLines lines, JobReserves reserves) external pure returns (uint64) {
        return Payouts.rejectionBond(lines, reserves);
    }

    function move(JobWord job, JobStatus to) external pure returns (JobWord) {
        return JobStore.move(job, to);
    }

    function lockGwei(uint64 priceGwei, uint8 lockFactor) external pure returns (uint64) {
        return JobStore.lockGwei(priceGwei, lockFactor);
    }

    function hashes(uint256 jobId, Agreement calldata agreement) external view returns (bytes32 fast, bytes32 plain) {
        return (JobStore.hashOfCalldata(jobId, agreement), JobStore.hashOf(jobId, agreement));
    }

    function staticBool(
        address target,
        uint256 gasLimit,
        bytes calldata data
    ) external view returns (BoundedCall.Answer) {
        return BoundedCall.staticBool(target, gasLimit, data);
    }

    function staticWords(
        address target,
        uint256 gasLimit,
        bytes calldata data,
        uint256 count
    ) external view returns (bool answered, uint256[] memory words) {
        words = new uint256[](count);
        answered = BoundedCall.staticWords(target, gasLimit, data, words);
    }

    function setQueue(uint8 classId, QueueWord word) external {
        _queue.words[classId] = word;
    }

    function push(uint8 classId, bool front, uint56 key) external returns (bool pushed, uint32 ticket) {
        return _queue.push(classId, front, QueueEntry.wrap(0).withKey(key));
    }

    function bind(uint8 classId, uint32 round) external returns (uint32 jobs) {
        return _queue.bind(classId, round);
    }

    function pop(uint8 classId) external {
        QueueWord word = _queue.words[classId];
        emit Popped(_queue.next(word, classId).key());
        _queue.words[classId] = word.pop();
    }

    function queueOf(uint8 classId) external view returns (QueueWord) {
        return _queue.words[classId];
    }

    function pending(uint8 classId) external view returns (uint256) {
        return _queue.words[classId].pending();
    }

    function place(uint8 classId, bool front, uint32 ticket) external view returns (bool waits, bool bound) {
        QueueWord word = _queue.words[classId];
        return (word.waits(front, ticket), word.isBound(front, ticket));
    }
}
