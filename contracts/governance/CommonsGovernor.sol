// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingFractional} from "@openzeppelin/contracts/governance/extensions/GovernorCountingFractional.sol";
import {GovernorNoncesKeyed} from "@openzeppelin/contracts/governance/extensions/GovernorNoncesKeyed.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
// solhint-disable-next-line max-line-length
import {GovernorVotesQuorumFraction} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {GovernorArchive} from "./GovernorArchive.sol";
import {ICommonsGovernor} from "./ICommonsGovernor.sol";
import {ICommonsGuardian} from "./ICommonsGuardian.sol";
import {ICompositeVotes} from "./ICompositeVotes.sol";

/// @title CommonsGovernor
/// @notice Decides by votes of wallets, stake and grants; the timelock carries out. See ICommonsGovernor.
contract CommonsGovernor is
    ICommonsGovernor,
    GovernorSettings,
    GovernorPreventLateQuorum,
    GovernorCountingFractional,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl,
    GovernorNoncesKeyed,
    GovernorArchive
{
    /// @notice How long a decision can be queued, and once queued executed, seconds.
    uint256 public constant GRACE_PERIOD = 14 days;

    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_LATE_EXTENSION = 3 days;
    /// @dev Bytes of `#proposer=` and of the address after it.
    uint256 private constant MARKER = 10;
    uint256 private constant ADDRESS = 42;

    /// @inheritdoc ICommonsGovernor
    ICommonsGuardian public immutable guardian;
    /// @dev The sources of the votes, asked without a detour over their reader. Quorum and threshold are shares of the
    /// supply of the token.
    IERC5805 private immutable _wallets;
    IERC5805 private immutable _stake;
    IERC5805 private immutable _grants;

    /// @inheritdoc ICommonsGovernor
    mapping(address proposer => uint256) public latestProposalOf;

    /// @dev Whether the vote being cast may be the one that reaches the quorum late.
    bool private transient _mayExtend;

    /// @notice Fixes whose votes count, who carries out, who guards; the settings within their bounds.
    /// @param votes reader of all sources of votes
    /// @param timelock_ timelock, which must appoint this governor
    /// @param guardian_ guardian
    /// @param initial settings to begin with
    constructor(
        ICompositeVotes votes,
        TimelockController timelock_,
        ICommonsGuardian guardian_,
        Settings memory initial
    )
        Governor("GPU Commons Governor")
        GovernorSettings(initial.votingDelay, initial.votingPeriod, initial.thresholdBps)
        GovernorPreventLateQuorum(initial.lateExtension)
        GovernorVotes(votes)
        GovernorVotesQuorumFraction(initial.quorumBps)
        GovernorTimelockControl(timelock_)
    {
        guardian = guardian_;
        _wallets = votes.token();
        _stake = votes.stake();
        _grants = votes.grants();
    }

    /// @notice State of a proposal. One that nobody queues expires `GRACE_PERIOD` after its vote, a queued one
    /// `GRACE_PERIOD` after it could be executed: no decision is kept for a day on which it means something else (I42).
    function state(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (ProposalState current) {
        current = super.state(proposalId);
        uint256 since;
        if (current == ProposalState.Succeeded) since = proposalDeadline(proposalId);
        else if (current == ProposalState.Queued) since = proposalEta(proposalId);
        else return current;
        if (block.timestamp > since + GRACE_PERIOD) return ProposalState.Expired;
    }

    /// @notice Votes that a proposer needs now: its share of the supply of the last second.
    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return (_wallets.getPastTotalSupply(block.timestamp - 1) * thresholdBps()) / BPS;
    }

    /// @inheritdoc ICommonsGovernor
    function thresholdBps() public view returns (uint256) {
        return GovernorSettings.proposalThreshold();
    }

    /// @notice Votes for and abstaining that a decision needs with a snapshot at `timepoint`.
    function quorum(uint256 timepoint) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
        return (_wallets.getPastTotalSupply(timepoint) * quorumNumerator(timepoint)) / BPS;
    }

    /// @notice The quorum is in basis points.
    function quorumDenominator() public pure override returns (uint256) {
        return BPS;
    }

    /// @notice Current time of the votes' clock, seconds (ERC-6372).
    function clock() public view override(Governor, GovernorVotes) returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice Machine-readable description of the clock (ERC-6372).
    // solhint-disable-next-line func-name-mixedcase, use-natspec
    function CLOCK_MODE() public pure override(Governor, GovernorVotes) returns (string memory) {
        return "mode=timestamp";
    }

    // What several bases define.

    /// @notice End of the vote, later when the quorum was reached late.
    function proposalDeadline(
        uint256 proposalId
    ) public view override(Governor, GovernorPreventLateQuorum) returns (uint256) {
        uint256 regular = Governor.proposalDeadline(proposalId);
        // Before the longest extension is due, nothing can have been extended.
        if (block.timestamp + MAX_LATE_EXTENSION <= regular) return regular;
        return super.proposalDeadline(proposalId);
    }

    /// @notice Every proposal goes through the timelock.
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @dev One live proposal for each proposer, until its vote is over.
    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override(Governor, GovernorArchive) returns (uint256 proposalId) {
        uint256 latest = latestProposalOf[proposer];
        if (latest != 0 && _isLive(latest)) revert GovernorProposalLive(proposer, latest);
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        latestProposalOf[proposer] = proposalId;
    }

    /// @dev Only the vote that reaches the quorum can extend the deadline, and only when less than the extension is
    /// left. So an early vote need not ask for the quorum, nor a late one whose quorum was reached before.
    function _countVote(
        uint256 proposalId,
        address account,
        uint8 support,
        uint256 totalWeight,
        bytes memory params
    ) internal override(Governor, GovernorCountingFractional) returns (uint256) {
        uint256 left = proposalDeadline(proposalId) - block.timestamp;
        bool late = left < MAX_LATE_EXTENSION && left < lateQuorumVoteExtension();
        _mayExtend = late && !_quorumReached(proposalId);
        return super._countVote(proposalId, account, support, totalWeight, params);
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        if (_mayExtend) super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _useCheckedNonce(address owner, uint256 nonce) internal override(Nonces, GovernorNoncesKeyed) {
        super._useCheckedNonce(owner, nonce);
    }

    function _validateVoteSig(
        uint256 proposalId,
        uint8 support,
        address voter,
        bytes memory signature
    ) internal override(Governor, GovernorNoncesKeyed) returns (bool) {
        return super._validateVoteSig(proposalId, support, voter, signature);
    }

    function _validateExtendedVoteSig(
        uint256 proposalId,
        uint8 support,
        address voter,
        string memory reason,
        bytes memory params,
        bytes memory signature
    ) internal override(Governor, GovernorNoncesKeyed) returns (bool) {
        return super._validateExtendedVoteSig(proposalId, support, voter, reason, params, signature);
    }

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        _requireWithin(newVotingDelay, 1 days, 14 days);
        super._setVotingDelay(newVotingDelay);
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        _requireWithin(newVotingPeriod, 3 days, 14 days);
        super._setVotingPeriod(newVotingPeriod);
    }

    function _setLateQuorumVoteExtension(uint48 newVoteExtension) internal override {
        _requireWithin(newVoteExtension, 1 days, MAX_LATE_EXTENSION);
        super._setLateQuorumVoteExtension(newVoteExtension);
    }

    function _setProposalThreshold(uint256 newThresholdBps) internal override {
        _requireWithin(newThresholdBps, 1, 100);
        super._setProposalThreshold(newThresholdBps);
    }

    function _updateQuorumNumerator(uint256 newQuorumBps) internal override {
        _requireWithin(newQuorumBps, 100, 1_000);
        super._updateQuorumNumerator(newQuorumBps);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    /// @dev What is queued had its votes when it was, and the votes of a snapshot change no more.
    function _quorumReached(
        uint256 proposalId
    ) internal view override(Governor, GovernorCountingFractional) returns (bool) {
        return proposalEta(proposalId) != 0 || super._quorumReached(proposalId);
    }

    function _voteSucceeded(
        uint256 proposalId
    ) internal view override(Governor, GovernorCountingFractional) returns (bool) {
        return proposalEta(proposalId) != 0 || super._voteSucceeded(proposalId);
    }

    /// @dev Exactly what CompositeVotes answers.
    function _getVotes(
        address account,
        uint256 timepoint,
        bytes memory
    ) internal view override(Governor, GovernorVotes) returns (uint256) {
        return
            _wallets.getPastVotes(account, timepoint) +
            _stake.getPastVotes(account, timepoint) +
            _grants.getPastVotes(account, timepoint);
    }

    /// @dev The guardian itself knows when its time is over and what it must not cancel.
    function _validateCancel(uint256 proposalId, address caller) internal view override returns (bool) {
        if (caller == address(guardian) || super._validateCancel(proposalId, caller)) return true;
        address proposer = proposalProposer(proposalId);
        return _isLive(proposalId) && getVotes(proposer, block.timestamp - 1) < proposalThreshold();
    }

    /// @dev The suffix is not optional, and must be an address: OpenZeppelin's lets others pass.
    function _isValidDescriptionForProposer(
        address proposer,
        string memory description
    ) internal pure override returns (bool) {
        bytes memory text = bytes(description);
        if (text.length < MARKER + ADDRESS) return false;
        uint256 start = text.length - ADDRESS;
        bytes memory marker = "#proposer=";
        for (uint256 i = 0; i < MARKER; ++i) {
            if (text[start - MARKER + i] != marker[i]) return false;
        }
        (bool success, address named) = Strings.tryParseAddress(description, start, text.length);
        return success && named == proposer;
    }

    /// @dev Whether the vote on a proposal is still to come or going on.
    function _isLive(uint256 proposalId) private view returns (bool) {
        ProposalState current = state(proposalId);
        return current == ProposalState.Pending || current == ProposalState.Active;
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert GovernorOutOfBounds(value, low, high);
    }
}
