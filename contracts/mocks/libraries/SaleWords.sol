// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {BoundedTransfer} from "../../libraries/BoundedTransfer.sol";
import {BuyerWord} from "../../libraries/BuyerWord.sol";
import {CodeStore} from "../../libraries/CodeStore.sol";
import {PayeeWord} from "../../libraries/PayeeWord.sol";
import {SaleRoundWord} from "../../libraries/SaleRoundWord.sol";
import {SaleWord} from "../../libraries/SaleWord.sol";
import {SplitterWord} from "../../libraries/SplitterWord.sol";

/// @title SaleWords
/// @notice Test double: the packed words of sale and splitter, and the libraries beside them, for tests to call.
contract SaleWords {
    event Stored(address store);
    event Tried(bool done, uint256 gasUsed);

    // SaleWord

    function readSale(
        SaleWord word
    )
        external
        pure
        returns (uint64 sold, uint64 soldInRound, uint96 held, uint8 round, uint8 status, uint32 pausedUntil)
    {
        return (word.sold(), word.soldInRound(), word.held(), word.round(), word.status(), word.pausedUntil());
    }

    function saleWithSold(SaleWord word, uint64 value) external pure returns (SaleWord) {
        return word.withSold(value);
    }

    function saleWithSoldInRound(SaleWord word, uint64 value) external pure returns (SaleWord) {
        return word.withSoldInRound(value);
    }

    function saleWithHeld(SaleWord word, uint96 value) external pure returns (SaleWord) {
        return word.withHeld(value);
    }

    function saleWithRound(SaleWord word, uint8 value) external pure returns (SaleWord) {
        return word.withRound(value);
    }

    function saleWithStatus(SaleWord word, uint8 value) external pure returns (SaleWord) {
        return word.withStatus(value);
    }

    function saleWithPausedUntil(SaleWord word, uint32 value) external pure returns (SaleWord) {
        return word.withPausedUntil(value);
    }

    function saleEntered(SaleWord word, uint8 number) external pure returns (SaleWord) {
        return word.entered(number);
    }

    function saleBought(SaleWord word, uint256 units, uint256 cost) external pure returns (SaleWord) {
        return word.bought(units, cost);
    }

    // SaleRoundWord

    function readRound(
        SaleRoundWord word
    )
        external
        pure
        returns (uint80 price, uint32 start, uint24 length, uint48 cap, uint48 perBuyer, uint32 minimum, bool listed)
    {
        return (word.price(), word.start(), word.length(), word.cap(), word.perBuyer(), word.minimum(), word.listed());
    }

    function roundWithPrice(SaleRoundWord word, uint80 value) external pure returns (SaleRoundWord) {
        return word.withPrice(value);
    }

    function roundWithStart(SaleRoundWord word, uint32 value) external pure returns (SaleRoundWord) {
        return word.withStart(value);
    }

    function roundWithLength(SaleRoundWord word, uint24 value) external pure returns (SaleRoundWord) {
        return word.withLength(value);
    }

    function roundWithCap(SaleRoundWord word, uint48 value) external pure returns (SaleRoundWord) {
        return word.withCap(value);
    }

    function roundWithPerBuyer(SaleRoundWord word, uint48 value) external pure returns (SaleRoundWord) {
        return word.withPerBuyer(value);
    }

    function roundWithMinimum(SaleRoundWord word, uint32 value) external pure returns (SaleRoundWord) {
        return word.withMinimum(value);
    }

    function roundWithListed(SaleRoundWord word, bool value) external pure returns (SaleRoundWord) {
        return word.withListed(value);
    }

    function roundExists(SaleRoundWord word) external pure returns (bool) {
        return word.exists();
    }

    function roundEnd(SaleRoundWord word) external pure returns (uint256) {
        return word.end();
    }

    function roundIsOpenAt(SaleRoundWord word, uint256 time) external pure returns (bool) {
        return word.isOpenAt(time);
    }

    function roundUnits(SaleRoundWord word) external pure returns (uint256 cap, uint256 perBuyer, uint256 minimum) {
        return (word.capUnits(), word.perBuyerUnits(), word.minimumUnits());
    }

    function roundCostOf(SaleRoundWord word, uint64 units) external pure returns (uint256) {
        return word.costOf(units);
    }

    // BuyerWord

    function readBuyer(BuyerWord word) external pure returns (uint64 tokens, uint64 inRound, uint96 paid, uint8 round) {
        return (word.tokens(), word.inRound(), word.paid(), word.round());
    }

    function buyerWithTokens(BuyerWord word, uint64 value) external pure returns (BuyerWord) {
        return word.withTokens(value);
    }

    function buyerWithInRound(BuyerWord word, uint64 value) external pure returns (BuyerWord) {
        return word.withInRound(value);
    }

    function buyerWithPaid(BuyerWord word, uint96 value) external pure returns (BuyerWord) {
        return word.withPaid(value);
    }

    function buyerWithRound(BuyerWord word, uint8 value) external pure returns (BuyerWord) {
        return word.withRound(value);
    }

    function buyerEntered(BuyerWord word, uint8 number) external pure returns (BuyerWord) {
        return word.entered(number);
    }

    function buyerBought(BuyerWord word, uint256 units, uint256 cost) external pure returns (BuyerWord) {
        return word.bought(units, cost);
    }

    // PayeeWord and SplitterWord

    function readPayee(PayeeWord word) external pure returns (address payee, uint16 bps) {
        return (word.payee(), word.bps());
    }

    function payeeWithPayee(PayeeWord word, address value) external pure returns (PayeeWord) {
        return word.withPayee(value);
    }

    function payeeWithBps(PayeeWord word, uint16 value) external pure returns (PayeeWord) {
        return word.withBps(value);
    }

    function readSplitter(
        SplitterWord word
    ) external pure returns (address list, uint8 payees, uint40 lockedUntil, uint48 credited) {
        return (word.list(), word.payees(), word.lockedUntil(), word.credited());
    }

    function splitterWithList(SplitterWord word, address value) external pure returns (SplitterWord) {
        return word.withList(value);
    }

    function splitterWithPayees(SplitterWord word, uint8 value) external pure returns (SplitterWord) {
        return word.withPayees(value);
    }

    function splitterWithLockedUntil(SplitterWord word, uint40 value) external pure returns (SplitterWord) {
        return word.withLockedUntil(value);
    }

    function splitterWithCredited(SplitterWord word, uint48 value) external pure returns (SplitterWord) {
        return word.withCredited(value);
    }

    // CodeStore and BoundedTransfer

    function store(uint256[] calldata words) external {
        emit Stored(CodeStore.write(words));
    }

    function load(address at, uint256 count) external view returns (uint256[] memory) {
        return CodeStore.read(at, count);
    }

    function tryTransfer(IERC20 token, address to, uint256 amount, uint256 gasLimit) external {
        uint256 before = gasleft();
        bool done = BoundedTransfer.tryTransfer(token, to, amount, gasLimit);
        emit Tried(done, before - gasleft());
    }
}
