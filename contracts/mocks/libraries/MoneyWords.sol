// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountWord, AccountWordLib} from "../../libraries/AccountWord.sol";
import {BlockHistory} from "../../libraries/BlockHistory.sol";
import {LedgerWord} from "../../libraries/LedgerWord.sol";
import {ModuleWord} from "../../libraries/ModuleWord.sol";
import {RequestWord, RequestWordLib} from "../../libraries/RequestWord.sol";
import {RoundWord, RoundWordLib} from "../../libraries/RoundWord.sol";
import {Units} from "../../libraries/Units.sol";

/// @title MoneyWords
/// @notice Test double: the packed words of vault and beacon, and the libraries beside them, for tests to call.
contract MoneyWords {
    // AccountWord

    function readAccount(
        AccountWord word
    )
        external
        pure
        returns (uint96 balance, uint48 lowToday, uint48 lowYesterday, uint16 day, uint48 authorised, bool exists)
    {
        return (word.balance(), word.lowToday(), word.lowYesterday(), word.day(), word.authorised(), word.exists());
    }

    function withDay(AccountWord word, uint16 value) external pure returns (AccountWord) {
        return word.withDay(value);
    }

    function withAuthorised(AccountWord word, uint48 value) external pure returns (AccountWord) {
        return word.withAuthorised(value);
    }

    function withAuthorisedBit(AccountWord word, uint8 index, bool allowed) external pure returns (AccountWord) {
        return word.withAuthorisedBit(index, allowed);
    }

    function isAuthorised(AccountWord word, uint8 index) external pure returns (bool) {
        return word.isAuthorised(index);
    }

    function moved(AccountWord word, uint96 newBalance, uint16 today) external pure returns (AccountWord) {
        return word.moved(newBalance, today);
    }

    function lowest(AccountWord word, uint16 today) external pure returns (uint256) {
        return word.lowest(today);
    }

    function dayOf(uint256 timestamp) external pure returns (uint16) {
        return AccountWordLib.dayOf(timestamp);
    }

    function toLowUnits(uint96 balance) external pure returns (uint256) {
        return AccountWordLib.toLowUnits(balance);
    }

    // ModuleWord

    function readModule(
        ModuleWord word
    ) external pure returns (uint64 held, uint64 fees, uint8 scopes, uint8 slot, bool hooked, bool isKnown) {
        return (word.held(), word.fees(), word.scopes(), word.slot(), word.hooked(), word.isKnown());
    }

    function moduleIndex(ModuleWord word) external pure returns (uint8) {
        return word.index();
    }

    function withHeld(ModuleWord word, uint64 value) external pure returns (ModuleWord) {
        return word.withHeld(value);
    }

    function withFees(ModuleWord word, uint64 value) external pure returns (ModuleWord) {
        return word.withFees(value);
    }

    function withScopes(ModuleWord word, uint8 value) external pure returns (ModuleWord) {
        return word.withScopes(value);
    }

    function withSlot(ModuleWord word, uint8 value) external pure returns (ModuleWord) {
        return word.withSlot(value);
    }

    function withHooked(ModuleWord word, bool value) external pure returns (ModuleWord) {
        return word.withHooked(value);
    }

    // LedgerWord

    function readLedger(LedgerWord word) external pure returns (uint96 liabilities, uint40 accounts, uint40 treasury) {
        return (word.liabilities(), word.accounts(), word.treasury());
    }

    function withLiabilities(LedgerWord word, uint96 value) external pure returns (LedgerWord) {
        return word.withLiabilities(value);
    }

    function withAccounts(LedgerWord word, uint40 value) external pure returns (LedgerWord) {
        return word.withAccounts(value);
    }

    function withTreasury(LedgerWord word, uint40 value) external pure returns (LedgerWord) {
        return word.withTreasury(value);
    }

    // RequestWord and RoundWord

    function readRequest(
        RequestWord word
    ) external pure returns (uint128 tag, uint32 round, uint40 requestedAt, uint40 waitingSince, bool fallbackFixed) {
        return (word.tag(), word.round(), word.requestedAt(), word.waitingSince(), word.fallbackFixed());
    }

    function packRequest(uint32 round, uint40 requestedAt, uint40 waitingSince) external pure returns (RequestWord) {
        return RequestWordLib.pack(round, requestedAt, waitingSince);
    }

    function withTag(RequestWord word, uint128 value) external pure returns (RequestWord) {
        return word.withTag(value);
    }

    function withFallbackFixed(RequestWord word) external pure returns (RequestWord) {
        return word.withFallbackFixed();
    }

    function readRound(
        RoundWord word
    )
        external
        pure
        returns (uint128 entropy, uint32 number, uint40 requestedAt, uint40 answeredAt, uint8 status, bool byFallback)
    {
        return (word.entropy(), word.round(), word.requestedAt(), word.answeredAt(), word.status(), word.byFallback());
    }

    function packRound(
        uint128 entropy,
        uint32 number,
        uint40 requestedAt,
        uint40 answeredAt,
        uint8 status,
        bool byFallback
    ) external pure returns (RoundWord) {
        return RoundWordLib.pack(entropy, number, requestedAt, answeredAt, status, byFallback);
    }

    // Units and BlockHistory

    function isWhole(uint256 amountWei) external pure returns (bool) {
        return Units.isWhole(amountWei);
    }

    function toWei(uint64 amountGwei) external pure returns (uint256) {
        return Units.toWei(amountGwei);
    }

    function toGweiExact(uint256 amountWei) external pure returns (uint64) {
        return Units.toGweiExact(amountWei);
    }

    function toGweiDown(uint256 amountWei) external pure returns (uint64) {
        return Units.toGweiDown(amountWei);
    }

    function toGweiUp(uint256 amountWei) external pure returns (uint64) {
        return Units.toGweiUp(amountWei);
    }

    function hashOfBlock(uint256 number) external view returns (bytes32) {
        return BlockHistory.hashOf(number);
    }
}
