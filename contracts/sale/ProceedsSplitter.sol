// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {BoundedTransfer} from "../libraries/BoundedTransfer.sol";
import {CodeStore} from "../libraries/CodeStore.sol";
import {PayeeWord} from "../libraries/PayeeWord.sol";
import {SplitterWord} from "../libraries/SplitterWord.sol";
import {IProceedsSplitter} from "./IProceedsSplitter.sol";

/// @title ProceedsSplitter
/// @notice See IProceedsSplitter.
/// @dev The payees are kept in the code of an account of their own, where one read finds them all.
contract ProceedsSplitter is IProceedsSplitter, AlwaysOwned, ReentrancyGuardTransient {
    using BoundedTransfer for IERC20;
    using SafeERC20 for IERC20;

    /// @notice Most payees of a list.
    uint256 public constant MAX_PAYEES = 10;

    /// @notice Most tokens besides the currency that are distributed before a change.
    uint256 public constant MAX_TOKENS = 8;

    /// @notice Shortest and longest time for which payees are locked, seconds.
    uint256 public constant MIN_LOCK = 30 days;

    /// @notice See MIN_LOCK.
    uint256 public constant MAX_LOCK = 4 * 365 days;

    /// @notice Gas that the transfer to one payee may use.
    uint256 public constant TRANSFER_GAS = 200_000;

    /// @dev Left before each transfer, so that no caller can starve it: a call passes on at most 63/64.
    uint256 private constant TRANSFER_GAS_NEEDED = (TRANSFER_GAS * 64) / 63 + 10_000;

    uint256 private constant ALL_BPS = 10_000;

    /// @inheritdoc IProceedsSplitter
    IERC20 public immutable currency;

    SplitterWord private _head;

    /// @inheritdoc IProceedsSplitter
    mapping(IERC20 token => mapping(address payee => uint256 amount)) public creditOf;

    /// @inheritdoc IProceedsSplitter
    mapping(IERC20 token => uint256 amount) public creditsOf;

    /// @notice Deploys a splitter with its first payees.
    /// @param currency_ token that is always distributed before the payees change, not zero
    /// @param list first payees, as in setPayees
    /// @param lock seconds until they may change, as in setPayees
    /// @param initialOwner owner, to become the timelock
    constructor(IERC20 currency_, Payee[] memory list, uint32 lock, address initialOwner) AlwaysOwned(initialOwner) {
        _requireAddress(address(currency_));
        currency = currency_;
        _setPayees(list, lock);
    }

    /// @inheritdoc IProceedsSplitter
    function split(IERC20 token) external nonReentrant returns (uint256 amount) {
        return _split(token);
    }

    /// @inheritdoc IProceedsSplitter
    function payCredit(IERC20 token, address payee) external nonReentrant returns (uint256 amount) {
        return _payCredit(token, payee, payee);
    }

    /// @inheritdoc IProceedsSplitter
    function takeCredit(IERC20 token, address to) external nonReentrant returns (uint256 amount) {
        _requireAddress(to);
        return _payCredit(token, msg.sender, to);
    }

    /// @inheritdoc IProceedsSplitter
    function setPayees(Payee[] calldata list, uint32 lock, IERC20[] calldata tokens) external onlyOwner nonReentrant {
        uint40 until = _head.lockedUntil();
        if (block.timestamp < until) revert SplitterLocked(until);
        if (tokens.length > MAX_TOKENS) revert SplitterTooManyTokens(tokens.length, MAX_TOKENS);
        _split(currency);
        for (uint256 i = 0; i < tokens.length; ++i) _split(tokens[i]);
        _setPayees(list, lock);
    }

    /// @inheritdoc IProceedsSplitter
    function payees() external view returns (Payee[] memory list) {
        uint256[] memory words = _words(_head);
        list = new Payee[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            PayeeWord word = PayeeWord.wrap(words[i]);
            list[i] = Payee({payee: word.payee(), bps: word.bps()});
        }
    }

    /// @inheritdoc IProceedsSplitter
    function lockedUntil() external view returns (uint40) {
        return _head.lockedUntil();
    }

    /// @inheritdoc IProceedsSplitter
    function pending(IERC20 token) external view returns (uint256) {
        return _pending(token, creditsOf[token]);
    }

    /// @dev Whatever a token does meanwhile, it meets the guard, and what arrives meanwhile waits for the next split.
    function _split(IERC20 token) private returns (uint256 amount) {
        SplitterWord head = _head;
        // Most of the time no token has credits, and the mapping need not be read.
        uint256 credits = head.credited() == 0 ? 0 : creditsOf[token];
        amount = _pending(token, credits);
        if (amount == 0) return 0;

        uint256 credited = 0;
        uint256 left = amount;
        uint256[] memory words = _words(head);
        for (uint256 i = 0; i < words.length; ++i) {
            PayeeWord word = PayeeWord.wrap(words[i]);
            uint256 share = i == words.length - 1 ? left : Math.mulDiv(amount, word.bps(), ALL_BPS);
            left -= share;
            if (share != 0 && !_push(token, word.payee(), share)) credited += share;
        }
        if (credited != 0) {
            creditsOf[token] = credits + credited;
            if (credits == 0) _head = head.withCredited(head.credited() + 1);
        }
        emit ProceedsSplit(address(token), amount, credited);
    }

    /// @dev Whether the payee was paid; else it is credited.
    function _push(IERC20 token, address payee, uint256 share) private returns (bool paid) {
        uint256 available = gasleft();
        if (available < TRANSFER_GAS_NEEDED) revert SplitterGasShort(available, TRANSFER_GAS_NEEDED);
        paid = token.tryTransfer(payee, share, TRANSFER_GAS);
        if (!paid) {
            creditOf[token][payee] += share;
            emit PayeeCredited(address(token), payee, share);
        }
    }

    function _payCredit(IERC20 token, address payee, address to) private returns (uint256 amount) {
        amount = creditOf[token][payee];
        if (amount == 0) revert SplitterNoCredit(token, payee);
        creditOf[token][payee] = 0;
        uint256 credits = creditsOf[token] - amount;
        creditsOf[token] = credits;
        if (credits == 0) _head = _head.withCredited(_head.credited() - 1);
        emit CreditPaid(address(token), payee, to, amount);
        token.safeTransfer(to, amount);
    }

    function _setPayees(Payee[] memory list, uint32 lock) private {
        uint256 count = list.length;
        if (count == 0 || count > MAX_PAYEES) revert SplitterPayeeCount(count, MAX_PAYEES);
        if (lock < MIN_LOCK || lock > MAX_LOCK) revert SplitterLockOutOfBounds(lock, MIN_LOCK, MAX_LOCK);

        uint256 sum = 0;
        uint256[] memory words = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            (address payee, uint16 bps) = (list[i].payee, list[i].bps);
            _requireAddress(payee);
            if (bps == 0) revert SplitterZeroShare(payee);
            for (uint256 j = 0; j < i; ++j) {
                if (list[j].payee == payee) revert SplitterDuplicatePayee(payee);
            }
            sum += bps;
            words[i] = PayeeWord.unwrap(PayeeWord.wrap(0).withPayee(payee).withBps(bps));
        }
        if (sum != ALL_BPS) revert SplitterWrongSum(sum);

        uint40 until = uint40(block.timestamp + lock);
        _head = _head.withList(CodeStore.write(words)).withPayees(uint8(count)).withLockedUntil(until);
        emit PayeesSet(list, until);
    }

    function _words(SplitterWord head) private view returns (uint256[] memory) {
        return CodeStore.read(head.list(), head.payees());
    }

    function _requireAddress(address given) private view {
        if (given == address(0) || given == address(this)) revert SplitterInvalidAddress(given);
    }

    /// @dev A token may lie about its balance: what it lacks is nobody's here.
    function _pending(IERC20 token, uint256 credits) private view returns (uint256) {
        return Math.saturatingSub(token.balanceOf(address(this)), credits);
    }
}
