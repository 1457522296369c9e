// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountWord} from "../../../contracts/libraries/AccountWord.sol";
import {BitField} from "../../../contracts/libraries/BitField.sol";
import {JobWord} from "../../../contracts/libraries/JobWord.sol";

/// @notice Statements about packed words for all inputs, proven by Halmos (`npm run audit`); forge skips `check_`.
contract WordProofs {
    /// @notice Writing a 40-bit field at any place is read back and touches no other bit.
    function check_bitFieldReadsBackAndKeepsTheRest(uint256 word, uint8 offset, uint40 value) external pure {
        if (offset > 216) return;
        uint256 mask = type(uint40).max;
        uint256 changed = BitField.write(word, offset, mask, value);
        assert(BitField.read(changed, offset, mask) == value);
        assert((changed ^ word) & ~(mask << offset) == 0);
    }

    /// @notice Moving a balance on its own day changes neither its authorisations, its day nor yesterday's mark.
    function check_accountMovedKeepsTheRest(AccountWord word, uint96 newBalance) external pure {
        AccountWord moved = word.moved(newBalance, word.day());
        assert(moved.balance() == newBalance);
        assert(moved.day() == word.day());
        assert(moved.authorised() == word.authorised());
        assert(moved.lowYesterday() == word.lowYesterday());
        assert(moved.lowToday() <= word.lowToday());
    }

    /// @notice One module's bit changes no other module's authorisation and no balance.
    function check_authorisingOneModuleLeavesTheOthers(
        AccountWord word,
        uint8 index,
        uint8 other,
        bool on
    ) external pure {
        if (index >= 48 || other >= 48 || index == other) return;
        AccountWord changed = word.withAuthorisedBit(index, on);
        assert(changed.isAuthorised(index) == on);
        assert(changed.isAuthorised(other) == word.isAuthorised(other));
        assert(changed.balance() == word.balance());
    }

    /// @notice A job's state, money and deadline fields are independent of each other.
    function check_jobFieldsAreIndependent(
        JobWord word,
        uint40 gpu,
        uint64 pay,
        uint40 due,
        uint8 status
    ) external pure {
        if (due >> 35 != 0 || status >> 4 != 0) return;
        JobWord changed = word.withGpu(gpu).withPayGwei(pay).withDue(due).withStatus(status);
        assert(changed.gpu() == gpu && changed.payGwei() == pay && changed.due() == due && changed.status() == status);
        uint256 touched = ((1 << 139) - 1) | (uint256(0xf) << 213);
        assert((JobWord.unwrap(changed) ^ JobWord.unwrap(word)) & ~touched == 0);
    }
}
