// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {QueueWord} from "../../../contracts/libraries/QueueWord.sol";
import {JobQueue} from "../../../contracts/market/JobQueue.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {MarketBooks} from "./MarketBooks.sol";

/// @notice What waits in which class, and what a round binds.
abstract contract MarketQueues is MarketBooks {
    using JobQueue for QueueWord;

    function _pending(uint8 classId) internal view returns (bool) {
        QueueWord queue = escrow.queueOf(classId);
        (uint32 round, ) = escrow.roundOf();
        return queue.round() == round && queue.pending() != 0;
    }

    function _hasSeed() internal view returns (bool) {
        (uint32 round, ) = escrow.roundOf();
        (IRandomnessBeacon.RoundStatus status, , , ) = beacon.roundInfo(round);
        return status == IRandomnessBeacon.RoundStatus.Answered;
    }

    function _waiting() internal view returns (uint8[] memory classes) {
        classes = new uint8[](CLASSES);
        uint256 count = 0;
        for (uint8 classId = 1; classId <= CLASSES; ++classId) {
            QueueWord q = escrow.queueOf(classId);
            if (q.frontHead() != q.frontTail() || q.mainHead() != q.mainTail()) classes[count++] = classId;
        }
        uint8[] memory shorter = new uint8[](count);
        for (uint256 i = 0; i < count; ++i) shorter[i] = classes[i];
        return shorter;
    }

    // Waits, and in a round that has its answer, or that may still get one: within an hour, or by the fallback.
    function _isBound(Played storage p) internal view returns (bool) {
        QueueWord queue = escrow.queueOf(p.a.terms.classId());
        (uint32 round, ) = escrow.roundOf();
        if (!_isPosted(p) || queue.round() != round || !queue.isBound(p.front, p.ticket)) return false;
        (IRandomnessBeacon.RoundStatus status, uint40 requestedAt, , ) = beacon.roundInfo(round);
        if (status == IRandomnessBeacon.RoundStatus.Answered) return true;
        return _now() < uint256(requestedAt) + 1 hours || beacon.fallbackTarget() != 0;
    }

    function _isUnbound(Played storage p) internal view returns (bool) {
        return _isPosted(p) && !_isBound(p);
    }
}
