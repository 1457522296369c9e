// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice A disputed job before the court, in one storage word. Zero means that there is no case.
/// @dev Layout, from the lowest bit:
///     0 appellant 40, account that appealed, 0 when none did
///    40 bondGwei 64, bond of the appeal, 0 once it was returned or shared
///   104 against 8, verdict that was appealed
///   112 opened 1
///   113 closed 1
///   114 free 142
type CaseWord is uint256;

using CaseWordLib for CaseWord global;

/// @title CaseWordLib
/// @notice One getter and one pure setter per field of CaseWord.
library CaseWordLib {
    uint256 private constant BOND_OFFSET = 40;
    uint256 private constant AGAINST_OFFSET = 104;
    uint256 private constant OPENED_OFFSET = 112;
    uint256 private constant CLOSED_OFFSET = 113;

    /// @notice Account that appealed, 0 when none did.
    function appellant(CaseWord word) internal pure returns (uint40) {
        return uint40(CaseWord.unwrap(word));
    }

    /// @notice Bond that the court holds, units of 1e9 wei.
    function bondGwei(CaseWord word) internal pure returns (uint64) {
        return uint64(CaseWord.unwrap(word) >> BOND_OFFSET);
    }

    /// @notice Verdict that was appealed.
    function against(CaseWord word) internal pure returns (uint8) {
        return uint8(CaseWord.unwrap(word) >> AGAINST_OFFSET);
    }

    /// @notice Whether the case was opened.
    function opened(CaseWord word) internal pure returns (bool) {
        return BitField.read(CaseWord.unwrap(word), OPENED_OFFSET, 1) != 0;
    }

    /// @notice Whether it is over.
    function closed(CaseWord word) internal pure returns (bool) {
        return BitField.read(CaseWord.unwrap(word), CLOSED_OFFSET, 1) != 0;
    }

    /// @notice `word` with another account that appealed.
    function withAppellant(CaseWord word, uint40 value) internal pure returns (CaseWord) {
        return CaseWord.wrap(BitField.write(CaseWord.unwrap(word), 0, type(uint40).max, value));
    }

    /// @notice `word` with another bond.
    function withBondGwei(CaseWord word, uint64 value) internal pure returns (CaseWord) {
        return CaseWord.wrap(BitField.write(CaseWord.unwrap(word), BOND_OFFSET, type(uint64).max, value));
    }

    /// @notice `word` with another verdict that was appealed.
    function withAgainst(CaseWord word, uint8 value) internal pure returns (CaseWord) {
        return CaseWord.wrap(BitField.write(CaseWord.unwrap(word), AGAINST_OFFSET, type(uint8).max, value));
    }

    /// @notice `word`, opened or not.
    function withOpened(CaseWord word, bool value) internal pure returns (CaseWord) {
        return CaseWord.wrap(BitField.write(CaseWord.unwrap(word), OPENED_OFFSET, 1, value ? 1 : 0));
    }

    /// @notice `word`, over or not.
    function withClosed(CaseWord word, bool value) internal pure returns (CaseWord) {
        return CaseWord.wrap(BitField.write(CaseWord.unwrap(word), CLOSED_OFFSET, 1, value ? 1 : 0));
    }
}
