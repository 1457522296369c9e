// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IProceedsSplitter
/// @notice Pays whatever ERC-20 tokens reach it to its payees by share (SPEC 2).
/// @dev `split` pushes. A payee whose transfer fails is credited instead and blocks nobody; the credit stays its own,
/// whoever the payees are later. The last payee takes what rounding leaves, so that nothing stays behind. For every
/// token paid + credited = received. Each token's books are its own: a hostile token harms itself alone.
interface IProceedsSplitter {
    /// @notice A payee and its share.
    /// @param payee receiver, not zero, not the splitter, once in a list
    /// @param bps share, 1/10,000; all add up to 10,000
    struct Payee {
        address payee;
        uint16 bps;
    }

    /// @notice The payees of all later splits, unchangeable before `lockedUntil`.
    event PayeesSet(Payee[] payees, uint40 lockedUntil);

    /// @notice `amount` units of a token were divided, `credited` of them to payees whose transfer failed.
    event ProceedsSplit(address indexed token, uint256 amount, uint256 credited);

    /// @notice A transfer failed: the payee's share waits as its credit.
    event PayeeCredited(address indexed token, address indexed payee, uint256 amount);

    /// @notice A credit was paid, to `to`.
    event CreditPaid(address indexed token, address indexed payee, address indexed to, uint256 amount);

    /// @notice Thrown when an address is zero or the splitter itself.
    error SplitterInvalidAddress(address given);

    /// @notice Thrown when a list has no payee or too many.
    error SplitterPayeeCount(uint256 payees, uint256 most);

    /// @notice Thrown when a payee has no share.
    error SplitterZeroShare(address payee);

    /// @notice Thrown when a payee is twice in a list.
    error SplitterDuplicatePayee(address payee);

    /// @notice Thrown when the shares do not add up to 10,000.
    error SplitterWrongSum(uint256 bps);

    /// @notice Thrown when the payees cannot change yet.
    error SplitterLocked(uint256 until);

    /// @notice Thrown when the payees would be locked for too short or too long a time.
    error SplitterLockOutOfBounds(uint256 lock, uint256 low, uint256 high);

    /// @notice Thrown when more tokens are named than one change may distribute.
    error SplitterTooManyTokens(uint256 tokens, uint256 most);

    /// @notice Thrown when too little gas is left to give every transfer its limit.
    error SplitterGasShort(uint256 available, uint256 needed);

    /// @notice Thrown when the payee has no credit.
    error SplitterNoCredit(IERC20 token, address payee);

    /// @notice Anyone: pays the payees their shares of all units of `token` that nobody was credited with.
    /// @dev Emits ProceedsSplit, and PayeeCredited for each transfer that failed. Reverts SplitterGasShort.
    /// @return amount units divided; 0 when there is nothing
    function split(IERC20 token) external returns (uint256 amount);

    /// @notice Anyone: pays a payee's credit to the payee.
    /// @dev Emits CreditPaid. Reverts SplitterNoCredit, or the token's error; the credit stays then.
    function payCredit(IERC20 token, address payee) external returns (uint256 amount);

    /// @notice Payee: takes its credit to another address, as the token may refuse its own.
    /// @dev Emits CreditPaid. Reverts SplitterInvalidAddress, SplitterNoCredit, or the token's error.
    function takeCredit(IERC20 token, address to) external returns (uint256 amount);

    /// @notice Owner, when the lock is over: changes the payees, after the old ones were paid what is there of the
    /// currency and of the named tokens. Units of other tokens that nobody split go to the new payees.
    /// @dev Emits PayeesSet, and as `split`. Reverts SplitterLocked, SplitterTooManyTokens, SplitterLockOutOfBounds,
    /// SplitterPayeeCount, SplitterInvalidAddress, SplitterZeroShare, SplitterDuplicatePayee, SplitterWrongSum.
    /// @param list 1 to 10 payees
    /// @param lock seconds until they may change again, 30 days to 4 years
    /// @param tokens at most 8 tokens besides the currency to distribute first
    function setPayees(Payee[] calldata list, uint32 lock, IERC20[] calldata tokens) external;

    /// @notice Token that is always distributed before the payees change.
    function currency() external view returns (IERC20);

    /// @notice The payees in their order.
    function payees() external view returns (Payee[] memory);

    /// @notice Time until which the payees cannot change, seconds.
    function lockedUntil() external view returns (uint40);

    /// @notice Credit of a payee.
    function creditOf(IERC20 token, address payee) external view returns (uint256);

    /// @notice Credits of all payees, past ones too.
    function creditsOf(IERC20 token) external view returns (uint256);

    /// @notice Units that `split` would divide.
    function pending(IERC20 token) external view returns (uint256);
}
