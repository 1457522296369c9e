// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {QueueEntry} from "../libraries/QueueEntry.sol";
import {QueueWord} from "../libraries/QueueWord.sol";

/// @title JobQueue
/// @notice One FIFO queue per GPU class, in two lines: re-queued jobs (front) before new ones (main). Tickets count
/// up;
/// entries live in rings of CAPACITY slots that are never zeroed, so that the steady price of a push is one dirty
/// slot.
/// @dev A job that leaves otherwise (cancelled, expired) stays as an entry that no longer matches and is skipped. An
/// empty line starts its ring over, so that a quiet class keeps writing to the same few slots.
library JobQueue {
    /// @param words state of each class queue
    /// @param entries ring slots, see `slotOf`
    struct State {
        mapping(uint256 classId => QueueWord word) words;
        mapping(uint256 slot => QueueEntry entry) entries;
    }

    uint32 internal constant CAPACITY = 4096;
    uint32 internal constant ROUND_LIMIT = 256;

    /// @notice Ring slot of a ticket.
    function slotOf(uint8 classId, bool front, uint32 ticket) internal pure returns (uint256) {
        return (uint256(classId) << 33) | (front ? 1 << 32 : 0) | (ticket % CAPACITY);
    }

    /// @notice Appends to a line. `pushed` is false when the line is full; nothing is written then.
    function push(
        State storage self,
        uint8 classId,
        bool front,
        QueueEntry entry
    ) internal returns (bool pushed, uint32 ticket) {
        QueueWord word = self.words[classId];
        (pushed, ticket, word) = append(self, word, classId, front, entry);
        if (pushed) self.words[classId] = word;
    }

    /// @notice As `push`, on a word that the caller holds in memory and stores itself.
    function append(
        State storage self,
        QueueWord word,
        uint8 classId,
        bool front,
        QueueEntry entry
    ) internal returns (bool pushed, uint32 ticket, QueueWord) {
        uint32 head = front ? word.frontHead() : word.mainHead();
        ticket = front ? word.frontTail() : word.mainTail();
        if (head == ticket) {
            ticket = _startOfRing(ticket);
            word = front ? word.withFrontHead(ticket) : word.withMainHead(ticket);
        } else if (distance(head, ticket) >= CAPACITY) {
            return (false, 0, word);
        }
        self.entries[slotOf(classId, front, ticket)] = entry;
        uint32 following = successor(ticket);
        return (true, ticket, front ? word.withFrontTail(following) : word.withMainTail(following));
    }

    /// @notice Binds what waits to `round`, front line first, at most ROUND_LIMIT jobs.
    function bind(State storage self, uint8 classId, uint32 round) internal returns (uint32 jobs) {
        QueueWord word = self.words[classId];
        uint32 front = _min(distance(word.frontHead(), word.frontTail()), ROUND_LIMIT);
        uint32 main = _min(distance(word.mainHead(), word.mainTail()), ROUND_LIMIT - front);
        jobs = front + main;
        // Both are at most ROUND_LIMIT, so the casts are exact.
        word = word.withRound(round).withTries(0).withPendingFront(uint16(front)).withPendingMain(uint16(main));
        self.words[classId] = word;
    }

    /// @notice Jobs of the round that are not concluded yet.
    function pending(QueueWord word) internal pure returns (uint256) {
        return uint256(word.pendingFront()) + word.pendingMain();
    }

    /// @notice The entry to be drawn next.
    function next(State storage self, QueueWord word, uint8 classId) internal view returns (QueueEntry) {
        bool front = word.pendingFront() != 0;
        return self.entries[slotOf(classId, front, front ? word.frontHead() : word.mainHead())];
    }

    /// @notice Word after its next entry left the queue.
    function pop(QueueWord word) internal pure returns (QueueWord) {
        word = word.withTries(0);
        if (word.pendingFront() != 0) {
            return word.withFrontHead(successor(word.frontHead())).withPendingFront(word.pendingFront() - 1);
        }
        return word.withMainHead(successor(word.mainHead())).withPendingMain(word.pendingMain() - 1);
    }

    /// @notice Whether a ticket still waits in its line.
    function waits(QueueWord word, bool front, uint32 ticket) internal pure returns (bool) {
        (uint32 first, uint32 tail) = front ? (word.frontHead(), word.frontTail()) : (word.mainHead(), word.mainTail());
        return distance(first, ticket) < distance(first, tail);
    }

    /// @notice Whether a waiting ticket is among the jobs bound to the word's round.
    function isBound(QueueWord word, bool front, uint32 ticket) internal pure returns (bool) {
        return
            front
                ? distance(word.frontHead(), ticket) < word.pendingFront()
                : distance(word.mainHead(), ticket) < word.pendingMain();
    }

    /// @notice Tickets between two counters; they wrap at 2^32 without harm because a line holds at most CAPACITY.
    function distance(uint32 from, uint32 to) internal pure returns (uint32) {
        unchecked {
            return to - from;
        }
    }

    /// @notice The ticket after this one, wrapping.
    function successor(uint32 ticket) internal pure returns (uint32) {
        unchecked {
            return ticket + 1;
        }
    }

    /// @dev The next ticket, this one included, that falls on slot 0. 2^32 is a multiple of CAPACITY, so wrapping is
    /// sound.
    function _startOfRing(uint32 ticket) private pure returns (uint32) {
        unchecked {
            return (ticket + CAPACITY - 1) & ~(CAPACITY - 1);
        }
    }

    function _min(uint32 a, uint32 b) private pure returns (uint32) {
        return a < b ? a : b;
    }
}
