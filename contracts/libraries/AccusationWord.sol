// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Who accused an operator, and the bond it put up, in one storage word. It counts while the job's `accused`
/// flag is set.
/// @dev Layout, from the lowest bit:
///     0 account 40
///    40 bondGwei 64, units of 1e9 wei
///   104 free 152
type AccusationWord is uint256;

using AccusationWordLib for AccusationWord global;

/// @title AccusationWordLib
/// @notice One getter and one pure setter per field of AccusationWord.
library AccusationWordLib {
    uint256 private constant BOND_OFFSET = 40;

    /// @notice Account that accused.
    function account(AccusationWord word) internal pure returns (uint40) {
        return uint40(AccusationWord.unwrap(word));
    }

    /// @notice Bond that the accuser put up, units of 1e9 wei.
    function bondGwei(AccusationWord word) internal pure returns (uint64) {
        return uint64(AccusationWord.unwrap(word) >> BOND_OFFSET);
    }

    /// @notice The word with another account.
    function withAccount(AccusationWord word, uint40 value) internal pure returns (AccusationWord) {
        return AccusationWord.wrap((AccusationWord.unwrap(word) & ~uint256(type(uint40).max)) | value);
    }

    /// @notice The word with another bond.
    function withBondGwei(AccusationWord word, uint64 value) internal pure returns (AccusationWord) {
        uint256 cleared = AccusationWord.unwrap(word) & ~(uint256(type(uint64).max) << BOND_OFFSET);
        return AccusationWord.wrap(cleared | (uint256(value) << BOND_OFFSET));
    }
}
