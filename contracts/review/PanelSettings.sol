// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {AskerWord} from "../libraries/AskerWord.sol";
import {IReviewPanel} from "./IReviewPanel.sol";

/// @title PanelSettings
/// @notice What governance sets of the panel: who asks, who confirms, and the windows of new questions.
abstract contract PanelSettings is IReviewPanel, AlwaysOwned {
    /// @notice Shortest window for commits or reveals, seconds.
    uint256 public constant MIN_VOTING = 12 hours;

    /// @notice Longest window for commits or reveals, seconds.
    uint256 public constant MAX_VOTING = 72 hours;

    /// @notice Shortest appeal window, seconds.
    uint256 public constant MIN_APPEAL = 24 hours;

    /// @notice Longest appeal window, seconds.
    uint256 public constant MAX_APPEAL = 7 days;

    /// @inheritdoc IReviewPanel
    mapping(address asker => bool) public isAsker;

    /// @inheritdoc IReviewPanel
    mapping(address arbiter => bool) public isArbiter;

    Windows private _windows;

    /// @dev Sets the first windows.
    constructor(Windows memory windows_) {
        _setWindows(windows_);
    }

    /// @inheritdoc IReviewPanel
    function setAsker(address asker, bool allowed) external onlyOwner {
        if (asker == address(0)) revert PanelZeroAddress();
        isAsker[asker] = allowed;
        emit AskerChanged(asker, allowed);
    }

    /// @inheritdoc IReviewPanel
    function setArbiter(address arbiter, bool allowed) external onlyOwner {
        if (arbiter == address(0)) revert PanelZeroAddress();
        isArbiter[arbiter] = allowed;
        emit ArbiterChanged(arbiter, allowed);
    }

    /// @inheritdoc IReviewPanel
    function setWindows(Windows calldata value) external onlyOwner {
        _setWindows(value);
    }

    /// @inheritdoc IReviewPanel
    function windows() external view returns (Windows memory) {
        return _windows;
    }

    /// @inheritdoc IReviewPanel
    function longestQuestion() external view returns (uint256) {
        Windows memory w = _windows;
        return 4 * (uint256(w.commitSeconds) + w.revealSeconds) + w.appealSeconds;
    }

    /// @dev What a question that `asker` asks now keeps.
    function _termsOf(address asker) internal view returns (AskerWord) {
        Windows memory w = _windows;
        AskerWord terms = AskerWord.wrap(0).withAsker(asker).withAppealSeconds(w.appealSeconds);
        return terms.withCommitSeconds(w.commitSeconds).withRevealSeconds(w.revealSeconds);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) internal pure {
        if (value < low || value > high) revert PanelOutOfBounds(value, low, high);
    }

    function _setWindows(Windows memory value) private {
        _requireWithin(value.commitSeconds, MIN_VOTING, MAX_VOTING);
        _requireWithin(value.revealSeconds, MIN_VOTING, MAX_VOTING);
        _requireWithin(value.appealSeconds, MIN_APPEAL, MAX_APPEAL);
        _windows = value;
        emit WindowsChanged(value);
    }
}
