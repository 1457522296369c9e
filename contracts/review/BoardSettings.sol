// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {IScoreBoard} from "./IScoreBoard.sol";

/// @title BoardSettings
/// @notice What governance sets of the score board: who asks, who opens gold questions, and the terms of new batches.
abstract contract BoardSettings is IScoreBoard, AlwaysOwned {
    /// @notice Shortest epoch, seconds.
    uint256 public constant MIN_EPOCH = 1 days;

    /// @notice Longest epoch, seconds.
    uint256 public constant MAX_EPOCH = 30 days;

    /// @notice Fewest seats of a panel.
    uint256 public constant MIN_SEATS = 3;

    /// @notice Most seats of a panel.
    uint256 public constant MAX_SEATS = 7;

    /// @notice Shortest commit, reveal or grading window, seconds.
    uint256 public constant MIN_WINDOW = 12 hours;

    /// @notice Longest commit or reveal window, seconds.
    uint256 public constant MAX_VOTING = 72 hours;

    /// @notice Longest grading window, seconds.
    uint256 public constant MAX_GRADING = 7 days;

    /// @notice Least tolerance of gold questions, points: what is paid around a median of those who agree.
    uint256 public constant MIN_TOLERANCE = 6;

    /// @notice Greatest tolerance of gold questions, points.
    uint256 public constant MAX_TOLERANCE = 50;

    /// @notice Most questions of a batch.
    uint256 public constant MAX_QUESTIONS = 1_024;

    /// @notice Greatest least fee of a seat, units of 1e12 token wei.
    uint256 public constant MAX_MIN_FEE = 1e9;

    /// @inheritdoc IScoreBoard
    mapping(address asker => bool) public isAsker;

    /// @inheritdoc IScoreBoard
    mapping(address setter => bool) public isGoldSetter;

    Terms private _terms;

    /// @dev Sets the first terms.
    constructor(Terms memory terms_) {
        _setTerms(terms_);
    }

    /// @inheritdoc IScoreBoard
    function setAsker(address asker, bool allowed) external onlyOwner {
        if (asker == address(0)) revert BoardZeroAddress();
        isAsker[asker] = allowed;
        emit AskerChanged(asker, allowed);
    }

    /// @inheritdoc IScoreBoard
    function setGoldSetter(address setter, bool allowed) external onlyOwner {
        if (setter == address(0)) revert BoardZeroAddress();
        isGoldSetter[setter] = allowed;
        emit GoldSetterChanged(setter, allowed);
    }

    /// @inheritdoc IScoreBoard
    function setTerms(Terms calldata value) external onlyOwner {
        _setTerms(value);
    }

    /// @inheritdoc IScoreBoard
    function terms() public view returns (Terms memory) {
        return _terms;
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) internal pure {
        if (value < low || value > high) revert BoardOutOfBounds(value, low, high);
    }

    function _setTerms(Terms memory value) private {
        _requireWithin(value.epochSeconds, MIN_EPOCH, MAX_EPOCH);
        _requireWithin(value.seats, MIN_SEATS, MAX_SEATS);
        if (value.seats % 2 == 0) revert BoardEvenSeats(value.seats);
        _requireWithin(value.commitSeconds, MIN_WINDOW, MAX_VOTING);
        _requireWithin(value.revealSeconds, MIN_WINDOW, MAX_VOTING);
        _requireWithin(value.gradeSeconds, MIN_WINDOW, MAX_GRADING);
        _requireWithin(value.tolerance, MIN_TOLERANCE, MAX_TOLERANCE);
        _requireWithin(value.maxQuestions, 1, MAX_QUESTIONS);
        _requireWithin(value.minFee, 1, MAX_MIN_FEE);
        _terms = value;
        emit TermsChanged(value);
    }
}
