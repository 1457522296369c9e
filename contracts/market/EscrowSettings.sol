// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISequencerFeed} from "./ISequencerFeed.sol";
import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {IJobEscrow} from "./IJobEscrow.sol";

/// @title EscrowSettings
/// @notice What governance may change of the escrow: settings of new agreements, verifiers, sequencer feed, pause.
abstract contract EscrowSettings is IJobEscrow, AlwaysOwned {
    /// @notice Grace after the sequencer came back before a penalising timeout may run.
    uint256 public constant SEQUENCER_GRACE = 1 hours;

    /// @dev Fits one slot: 160 + 8 + 8 + 32 + 32 + 8 bits, and the pause flag.
    struct Stored {
        address resolver;
        uint8 acceptanceMinutes;
        uint8 reviewHours;
        uint32 revealSeconds;
        uint32 disputeSeconds;
        uint8 lockFactor;
        bool paused;
    }

    Stored internal _stored;

    /// @inheritdoc IJobEscrow
    mapping(address verifier => bool allowed) public override isVerifier;

    /// @inheritdoc IJobEscrow
    address public override sequencerFeed;

    constructor(address owner_, Settings memory initial) AlwaysOwned(owner_) {
        _setSettings(initial);
    }

    /// @inheritdoc IJobEscrow
    function setSettings(Settings calldata next) external override onlyOwner {
        _setSettings(next);
    }

    /// @inheritdoc IJobEscrow
    function setVerifier(address verifier, bool allowed) external override onlyOwner {
        if (verifier == address(0)) revert EscrowZeroAddress();
        isVerifier[verifier] = allowed;
        emit VerifierAllowed(verifier, allowed);
    }

    /// @inheritdoc IJobEscrow
    function setSequencerFeed(address feed) external override onlyOwner {
        emit SequencerFeedChanged(sequencerFeed, feed);
        sequencerFeed = feed;
    }

    /// @inheritdoc IJobEscrow
    function setPaused(bool paused) external override onlyOwner {
        _stored.paused = paused;
        emit PausedChanged(paused);
    }

    /// @inheritdoc IJobEscrow
    function settings() external view override returns (Settings memory) {
        Stored memory s = _stored;
        return
            Settings({
                resolver: s.resolver,
                acceptanceMinutes: s.acceptanceMinutes,
                reviewHours: s.reviewHours,
                revealSeconds: s.revealSeconds,
                disputeSeconds: s.disputeSeconds,
                lockFactor: s.lockFactor
            });
    }

    function _setSettings(Settings memory next) private {
        if (next.resolver == address(0)) revert EscrowZeroAddress();
        _requireWithin(next.acceptanceMinutes, 2, 120);
        _requireWithin(next.reviewHours, 12, 168);
        _requireWithin(next.revealSeconds, 30 minutes, 12 hours);
        _requireWithin(next.disputeSeconds, 7 days, 30 days);
        _requireWithin(next.lockFactor, 1, 50);
        _stored = Stored({
            resolver: next.resolver,
            acceptanceMinutes: next.acceptanceMinutes,
            reviewHours: next.reviewHours,
            revealSeconds: next.revealSeconds,
            disputeSeconds: next.disputeSeconds,
            lockFactor: next.lockFactor,
            paused: _stored.paused
        });
        emit SettingsChanged(next);
    }

    /// @dev Reverts while the chain's sequencer is down or came back less than the grace ago. A feed that fails to
    /// answer, or answers something else, does not count as down: it must not be able to keep jobs open.
    function _requireSequencerUp() internal view {
        address feed = sequencerFeed;
        if (feed == address(0)) return;
        // A typed call would revert here for an answer that is too short, where nothing can catch it.
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory data) = feed.staticcall{gas: 100_000}(
            abi.encodeCall(ISequencerFeed.latestRoundData, ())
        );
        if (!success || data.length < 160) return;
        (, int256 answer, uint256 startedAt) = abi.decode(data, (uint256, int256, uint256));
        if (answer != 0 || (startedAt <= block.timestamp && block.timestamp - startedAt < SEQUENCER_GRACE)) {
            revert EscrowSequencerDown();
        }
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) internal pure {
        if (value < low || value > high) revert EscrowOutOfBounds(value, low, high);
    }
}
