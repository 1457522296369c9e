// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISequencerFeed} from "./ISequencerFeed.sol";
import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {IGuardedPause} from "../libraries/IGuardedPause.sol";
import {IJobEscrow} from "./IJobEscrow.sol";

/// @title EscrowSettings
/// @notice What governance may change of the escrow: settings of new agreements, verifiers, sequencer feed, pause.
abstract contract EscrowSettings is IJobEscrow, AlwaysOwned {
    /// @notice Grace after the sequencer came back before a penalising timeout may run.
    uint256 public constant SEQUENCER_GRACE = 1 hours;
    /// @notice Longest stop of new jobs that the guardian can ask for.
    uint256 public constant MAX_GUARDED_PAUSE = 7 days;
    /// @dev Gas that the feed gets.
    uint256 private constant FEED_GAS = 100_000;

    /// @dev Unit in which the end of a stop is stored: 24 bits of it last until the year 2288.
    uint256 internal constant PAUSE_UNIT = 10 minutes;
    /// @dev End of a stop without an end.
    uint24 private constant NEVER = type(uint24).max;

    /// @dev Exactly one slot, so that a new job reads no other: 160 + 8 + 8 + 8 + 16 + 24 + 8 + 24 bits. The bounds
    /// of the settings fit their fields.
    struct Stored {
        address resolver;
        uint8 acceptanceMinutes;
        uint8 reviewHours;
        uint8 challengeHours;
        uint16 revealSeconds;
        uint24 disputeSeconds;
        uint8 lockFactor;
        uint24 pausedUntilUnit;
    }

    Stored internal _stored;

    /// @inheritdoc IJobEscrow
    mapping(address verifier => bool allowed) public override isVerifier;

    /// @inheritdoc IJobEscrow
    address public override sequencerFeed;

    /// @inheritdoc IGuardedPause
    address public override guardian;

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
        _stored.pausedUntilUnit = paused ? NEVER : 0;
        emit PausedChanged(paused);
    }

    /// @inheritdoc IGuardedPause
    function setGuardian(address newGuardian) external override onlyOwner {
        guardian = newGuardian;
        emit GuardianChanged(newGuardian);
    }

    /// @inheritdoc IGuardedPause
    function pauseUntil(uint256 until) external override {
        if (msg.sender != guardian) revert PauseNotGuardian(msg.sender);
        uint256 latest = block.timestamp + MAX_GUARDED_PAUSE;
        if (until > latest) revert PauseTooLong(until, latest);
        // Rounded down, so that a stop never lasts longer than was asked. Fits, being at most the unit of `latest`.
        uint24 unit = uint24(until / PAUSE_UNIT);
        if (unit > _stored.pausedUntilUnit) _stored.pausedUntilUnit = unit;
        emit PausedUntil(pausedUntil());
    }

    /// @inheritdoc IGuardedPause
    function pausedUntil() public view override returns (uint256) {
        uint256 unit = _stored.pausedUntilUnit;
        return unit == NEVER ? type(uint256).max : unit * PAUSE_UNIT;
    }

    /// @inheritdoc IJobEscrow
    function settings() external view override returns (Settings memory) {
        Stored memory s = _stored;
        return
            Settings({
                resolver: s.resolver,
                acceptanceMinutes: s.acceptanceMinutes,
                reviewHours: s.reviewHours,
                challengeHours: s.challengeHours,
                revealSeconds: s.revealSeconds,
                disputeSeconds: s.disputeSeconds,
                lockFactor: s.lockFactor
            });
    }

    function _setSettings(Settings memory next) private {
        if (next.resolver == address(0)) revert EscrowZeroAddress();
        _requireWithin(next.acceptanceMinutes, 2, 120);
        _requireWithin(next.reviewHours, 12, 168);
        _requireWithin(next.challengeHours, 24, 168);
        _requireWithin(next.revealSeconds, 30 minutes, 12 hours);
        _requireWithin(next.disputeSeconds, 7 days, 30 days);
        _requireWithin(next.lockFactor, 1, 50);
        _stored = Stored({
            resolver: next.resolver,
            acceptanceMinutes: next.acceptanceMinutes,
            reviewHours: next.reviewHours,
            challengeHours: next.challengeHours,
            revealSeconds: uint16(next.revealSeconds),
            disputeSeconds: uint24(next.disputeSeconds),
            lockFactor: next.lockFactor,
            pausedUntilUnit: _stored.pausedUntilUnit
        });
        emit SettingsChanged(next);
    }

    /// @dev Reverts while the chain's sequencer is down or came back less than the grace ago. A feed that fails to
    /// answer does not count as down: it must not be able to keep jobs open.
    function _requireSequencerUp() internal view {
        address feed = sequencerFeed;
        if (feed == address(0)) return;
        uint256[] memory round = new uint256[](5);
        bytes memory call = abi.encodeCall(ISequencerFeed.latestRoundData, ());
        if (!BoundedCall.staticWords(feed, FEED_GAS, call, round)) return;
        (uint256 answer, uint256 startedAt) = (round[1], round[2]);
        if (answer != 0 || (startedAt <= block.timestamp && block.timestamp - startedAt < SEQUENCER_GRACE)) {
            revert EscrowSequencerDown();
        }
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) internal pure {
        if (value < low || value > high) revert EscrowOutOfBounds(value, low, high);
    }
}
