// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice Who asked a question, and the windows as they were then, in one storage word.
/// @dev Layout, from the low bits:
///   0..159   asker, module that asked
///   160..183 commitSeconds, length of the commit window, seconds
///   184..207 revealSeconds, length of the reveal window, seconds
///   208..231 appealSeconds, length of the appeal window, seconds
///   232..255 free
type AskerWord is uint256;

using AskerWordLib for AskerWord global;

/// @title AskerWordLib
/// @notice Getters and pure setters of AskerWord.
library AskerWordLib {
    uint256 private constant ASKER_SHIFT = 0;
    uint256 private constant COMMIT_SECONDS_SHIFT = 160;
    uint256 private constant REVEAL_SECONDS_SHIFT = 184;
    uint256 private constant APPEAL_SECONDS_SHIFT = 208;

    /// @notice Module that asked.
    function asker(AskerWord self) internal pure returns (address) {
        return address(uint160(BitField.read(AskerWord.unwrap(self), ASKER_SHIFT, type(uint160).max)));
    }

    /// @notice Length of the commit window, seconds.
    function commitSeconds(AskerWord self) internal pure returns (uint24) {
        return uint24(BitField.read(AskerWord.unwrap(self), COMMIT_SECONDS_SHIFT, type(uint24).max));
    }

    /// @notice Length of the reveal window, seconds.
    function revealSeconds(AskerWord self) internal pure returns (uint24) {
        return uint24(BitField.read(AskerWord.unwrap(self), REVEAL_SECONDS_SHIFT, type(uint24).max));
    }

    /// @notice Length of the appeal window, seconds.
    function appealSeconds(AskerWord self) internal pure returns (uint24) {
        return uint24(BitField.read(AskerWord.unwrap(self), APPEAL_SECONDS_SHIFT, type(uint24).max));
    }

    /// @notice `self` with another asker field.
    function withAsker(AskerWord self, address value) internal pure returns (AskerWord) {
        return AskerWord.wrap(BitField.write(AskerWord.unwrap(self), ASKER_SHIFT, type(uint160).max, uint160(value)));
    }

    /// @notice `self` with another commitSeconds field.
    function withCommitSeconds(AskerWord self, uint24 value) internal pure returns (AskerWord) {
        return AskerWord.wrap(BitField.write(AskerWord.unwrap(self), COMMIT_SECONDS_SHIFT, type(uint24).max, value));
    }

    /// @notice `self` with another revealSeconds field.
    function withRevealSeconds(AskerWord self, uint24 value) internal pure returns (AskerWord) {
        return AskerWord.wrap(BitField.write(AskerWord.unwrap(self), REVEAL_SECONDS_SHIFT, type(uint24).max, value));
    }

    /// @notice `self` with another appealSeconds field.
    function withAppealSeconds(AskerWord self, uint24 value) internal pure returns (AskerWord) {
        return AskerWord.wrap(BitField.write(AskerWord.unwrap(self), APPEAL_SECONDS_SHIFT, type(uint24).max, value));
    }

    /// @notice Seconds that a panel may vote.
    function voting(AskerWord self) internal pure returns (uint256) {
        return uint256(commitSeconds(self)) + revealSeconds(self);
    }
}
