// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobWord} from "../libraries/JobWord.sol";
import {Segments} from "../libraries/Segments.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IReviewPanel} from "../review/IReviewPanel.sol";
import {IDisputeCourt} from "./IDisputeCourt.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {ITrainingChains} from "./ITrainingChains.sol";
import {JobStatus} from "./JobTypes.sol";

/// @title TrainingChains
/// @notice See ITrainingChains.
/// @dev Escrows of the court and its panel are all that is called, and only read from.
contract TrainingChains is ITrainingChains {
    using Segments for Segments.Opening;

    /// @dev A chain, and what is known of its check. `named` is the segment + 1, 0 for none.
    struct Chain {
        bytes32 root;
        uint16 segments;
        uint8 attempt;
        uint24 named;
        uint48 openedLot;
    }

    /// @dev Time that a panel has after the last opening, out of at least 12 hours.
    uint256 private constant PANEL_SECONDS = 6 hours;

    /// @inheritdoc ITrainingChains
    IDisputeCourt public immutable court;

    /// @inheritdoc ITrainingChains
    IGpuRegistry public immutable registry;

    IReviewPanel private immutable _panel;

    mapping(IJobEscrow escrow => mapping(uint256 jobId => Chain chain)) private _chains;

    /// @notice Takes over the court's panel.
    /// @param court_ court of the disputes, not zero
    /// @param registry_ registry of the GPUs, not zero
    constructor(IDisputeCourt court_, IGpuRegistry registry_) {
        if (address(court_) == address(0) || address(registry_) == address(0)) revert ChainsZeroAddress();
        court = court_;
        registry = registry_;
        _panel = court_.panel();
    }

    /// @inheritdoc ITrainingChains
    function commitChain(IJobEscrow escrow, uint256 jobId, bytes32 root, uint16 segments) external {
        JobWord job = _jobOf(escrow, jobId);
        if (root == 0 || segments == 0) revert ChainsEmpty();
        bool atWork = job.status() == uint8(JobStatus.Assigned) && block.timestamp <= job.due();
        if (!atWork) revert ChainsNotAtWork(jobId);
        if (!registry.worksFor(job.gpu(), msg.sender)) revert ChainsNotOperator(jobId, msg.sender);
        uint8 attempt = job.attempt();
        _chains[escrow][jobId] = Chain(root, segments, attempt, 0, 0);
        emit ChainCommitted(escrow, jobId, job.gpu(), attempt, root, segments);
    }

    /// @inheritdoc ITrainingChains
    function nameSegment(IJobEscrow escrow, uint256 jobId, uint256 segment) external {
        Chain storage chain = _disputed(escrow, jobId);
        // Nobody consents for another who would pay for what a sample misses. A job's id begins with its requester.
        (uint40 accuser, ) = escrow.accusationOf(jobId);
        uint40 account = court.vault().accountOf(msg.sender);
        bool objects = account == uint40(jobId >> 48) && (accuser == 0 || accuser == account);
        if (!objects) revert ChainsNotObjector(jobId, msg.sender);
        if (segment >= chain.segments) revert ChainsOutOfBounds(segment, 0, uint256(chain.segments) - 1);
        if (chain.named != 0 || !_isUndrawn(escrow, jobId)) revert ChainsTooLateToName(jobId);
        chain.named = uint24(segment + 1);
        emit SegmentNamed(escrow, jobId, segment, msg.sender);
    }

    /// @inheritdoc ITrainingChains
    function open(IJobEscrow escrow, uint256 jobId, Segments.Opening[] calldata openings) external {
        Chain storage chain = _disputed(escrow, jobId);
        CheckView memory check = _check(escrow, jobId, chain);
        if (check.drawn.length == 0) revert ChainsNotDrawn(jobId);
        if (block.timestamp > check.openEnd) revert ChainsTooLate(jobId, check.openEnd);
        if (check.opened) revert ChainsOpenedBefore(jobId);
        uint256 count = check.drawn.length;
        if (openings.length != count) revert ChainsOutOfBounds(openings.length, count, count);

        bytes32 result = escrow.resultOf(jobId);
        (bytes32[] memory starts, bytes32[] memory ends) = (new bytes32[](count), new bytes32[](count));
        for (uint256 i = 0; i < count; ++i) {
            bool isRight = openings[i].isOf(chain.root, check.drawn[i], chain.segments, result);
            if (!isRight) revert ChainsWrongOpening(jobId, check.drawn[i]);
            (starts[i], ends[i]) = (openings[i].start, openings[i].end);
        }
        chain.openedLot = check.lot;
        emit SegmentsOpened(escrow, jobId, check.question, check.lot, starts, ends);
    }

    /// @inheritdoc ITrainingChains
    function chainOf(IJobEscrow escrow, uint256 jobId) external view returns (ChainView memory view_) {
        Chain storage chain = _chains[escrow][jobId];
        if (chain.attempt == escrow.jobOf(jobId).attempt()) (view_.root, view_.segments) = (chain.root, chain.segments);
    }

    /// @inheritdoc ITrainingChains
    function checkOf(IJobEscrow escrow, uint256 jobId) external view returns (CheckView memory) {
        return _check(escrow, jobId, _chains[escrow][jobId]);
    }

    function _jobOf(IJobEscrow escrow, uint256 jobId) private view returns (JobWord) {
        if (!court.isEscrow(escrow)) revert ChainsUnknownEscrow(escrow);
        return escrow.jobOf(jobId);
    }

    /// @dev Chain of a job in dispute, committed to in the attempt that was delivered.
    function _disputed(IJobEscrow escrow, uint256 jobId) private view returns (Chain storage chain) {
        JobWord job = _jobOf(escrow, jobId);
        if (job.status() != uint8(JobStatus.Disputed)) revert ChainsNotDisputed(jobId);
        chain = _chains[escrow][jobId];
        // Attempts count from one: no chain is of none.
        if (chain.attempt != job.attempt()) revert ChainsNoChain(jobId);
    }

    function _isUndrawn(IJobEscrow escrow, uint256 jobId) private view returns (bool) {
        bytes32 question = court.caseOf(escrow, jobId).question;
        if (question == 0) return true;
        IReviewPanel.QuestionView memory q = _panel.questionOf(question);
        // The first panel of all: what a later one looks at was known to who objected.
        return q.instance == 0 && !q.redrawn && q.lot == 0;
    }

    function _check(IJobEscrow escrow, uint256 jobId, Chain storage chain) private view returns (CheckView memory c) {
        c.question = court.caseOf(escrow, jobId).question;
        if (c.question == 0) return c;
        IReviewPanel.QuestionView memory q = _panel.questionOf(c.question);
        if (q.lot == 0) return c;
        (c.lot, c.openEnd) = (q.lot, q.commitEnd - PANEL_SECONDS);
        // Consented to in the dispute itself: the chain is that of the attempt that was delivered.
        if (chain.named == 0) return c;
        c.opened = chain.openedLot == q.lot;
        c.drawn = _withNamed(Segments.drawnFrom(keccak256(abi.encode(c.question, q.lot)), chain.segments), chain.named);
    }

    /// @dev `drawn`, and behind it the segment that was named, as its number + 1, unless it is among them.
    function _withNamed(uint256[] memory drawn, uint256 named) private pure returns (uint256[] memory all) {
        for (uint256 i = 0; i < drawn.length; ++i) {
            if (drawn[i] == named - 1) return drawn;
        }
        all = new uint256[](drawn.length + 1);
        for (uint256 i = 0; i < drawn.length; ++i) all[i] = drawn[i];
        all[drawn.length] = named - 1;
    }
}
