// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Segments} from "../libraries/Segments.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IDisputeCourt} from "./IDisputeCourt.sol";
import {IJobEscrow} from "./IJobEscrow.sol";

/// @title ITrainingChains
/// @notice Proof of training (SPEC 6): an operator commits to the checkpoints of a long job before it delivers, so that
/// a panel can do a few segments again instead of all.
/// @dev The chain of a job is a Merkle tree (Segments). It is committed to while the job is worked on, so that nobody
/// knows yet what will be looked at.
///
/// A sample may miss what the whole job shows. So a panel looks at one only by consent of the requester, where nobody
/// else objected: it names a segment before the panel is drawn. Then the seed that draws a panel chooses segments,
/// always the last one, besides the named one. The operator opens them until 6 hours before the panel's commits end;
/// the panel does only these again, and finds a result invalid when nothing was opened to it in time. Without a chain,
/// without consent, or after a challenge by somebody else, a panel does the whole job again.
///
/// Holds nothing, has no owner and no rights: what is recorded here is read by those who judge.
interface ITrainingChains {
    /// @notice Chain of the present attempt of a job.
    /// @param root root of the tree, 0 when none was committed to
    /// @param segments leaves of the tree
    struct ChainView {
        bytes32 root;
        uint16 segments;
    }

    /// @notice What a panel looks at.
    /// @param question question before the panel, 0 when none
    /// @param lot of the seed that drew the panel, 0 before the draw
    /// @param drawn segments to open, in the order of openings; empty before the draw, without a chain or consent
    /// @param openEnd last second to open them, 0 before the draw
    /// @param opened whether they were opened to this panel
    struct CheckView {
        bytes32 question;
        uint48 lot;
        uint256[] drawn;
        uint256 openEnd;
        bool opened;
    }

    /// @notice The operator of a job committed to its chain; a later one of the same attempt replaces it.
    event ChainCommitted(
        IJobEscrow indexed escrow,
        uint256 indexed jobId,
        uint40 indexed gpu,
        uint8 attempt,
        bytes32 root,
        uint16 segments
    );
    /// @notice The requester consents to a look at segments; this one is looked at besides those drawn.
    event SegmentNamed(IJobEscrow indexed escrow, uint256 indexed jobId, uint256 segment, address by);
    /// @notice The segments drawn for the panel of `lot` were opened: from `starts[i]` to `ends[i]` in the order of
    /// `checkOf(...).drawn`.
    event SegmentsOpened(
        IJobEscrow indexed escrow,
        uint256 indexed jobId,
        bytes32 indexed question,
        uint48 lot,
        bytes32[] starts,
        bytes32[] ends
    );

    /// @notice An address must not be zero.
    error ChainsZeroAddress();
    /// @notice The escrow is not one of the court's.
    error ChainsUnknownEscrow(IJobEscrow escrow);
    /// @notice The job is not being worked on, or its time is over.
    error ChainsNotAtWork(uint256 jobId);
    /// @notice The caller does not work for the job's GPU.
    error ChainsNotOperator(uint256 jobId, address caller);
    /// @notice A chain has a root and at least one segment.
    error ChainsEmpty();
    /// @notice No chain was committed to for the attempt that was delivered.
    error ChainsNoChain(uint256 jobId);
    /// @notice The job is not in dispute.
    error ChainsNotDisputed(uint256 jobId);
    /// @notice The caller did not post the job, or somebody else accused.
    error ChainsNotObjector(uint256 jobId, address caller);
    /// @notice A segment was named already, or segments are drawn.
    error ChainsTooLateToName(uint256 jobId);
    /// @notice A number is outside its bounds.
    error ChainsOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice No panel is drawn that could be opened to, or the requester did not consent to that.
    error ChainsNotDrawn(uint256 jobId);
    /// @notice The segments could be opened until `openEnd`.
    error ChainsTooLate(uint256 jobId, uint256 openEnd);
    /// @notice The segments were opened to this panel before.
    error ChainsOpenedBefore(uint256 jobId);
    /// @notice An opening does not belong to `segment` of the chain, or the last one does not end with the result.
    error ChainsWrongOpening(uint256 jobId, uint256 segment);

    /// @notice Operator of an assigned job, in time: commits to the chain of its checkpoints.
    /// @dev Emits ChainCommitted. Reverts ChainsUnknownEscrow, ChainsEmpty, ChainsNotAtWork, ChainsNotOperator, and
    /// EscrowUnknownJob.
    function commitChain(IJobEscrow escrow, uint256 jobId, bytes32 root, uint16 segments) external;

    /// @notice Requester, in a dispute that nobody else began and whose panel is not drawn: consents to a look at
    /// segments instead of the whole job, this one for certain.
    /// @dev Once a job. Emits SegmentNamed. Reverts ChainsUnknownEscrow, ChainsNotDisputed, ChainsNoChain,
    /// ChainsNotObjector, ChainsTooLateToName, ChainsOutOfBounds (no segment of the chain), EscrowUnknownJob.
    function nameSegment(IJobEscrow escrow, uint256 jobId, uint256 segment) external;

    /// @notice Anyone who has the checkpoints' digests, until `openEnd`: opens what was drawn, in that order.
    /// @dev Emits SegmentsOpened. Reverts ChainsUnknownEscrow, ChainsNotDisputed, ChainsNoChain, ChainsNotDrawn,
    /// ChainsTooLate, ChainsOpenedBefore, ChainsOutOfBounds (not as many openings as segments), ChainsWrongOpening,
    /// EscrowUnknownJob.
    function open(IJobEscrow escrow, uint256 jobId, Segments.Opening[] calldata openings) external;

    /// @notice Chain of the job's present attempt.
    function chainOf(IJobEscrow escrow, uint256 jobId) external view returns (ChainView memory);

    /// @notice What the job's present panel looks at.
    function checkOf(IJobEscrow escrow, uint256 jobId) external view returns (CheckView memory);

    /// @notice Court before which segments are opened.
    function court() external view returns (IDisputeCourt);

    /// @notice Registry that knows who works for a GPU.
    function registry() external view returns (IGpuRegistry);
}
