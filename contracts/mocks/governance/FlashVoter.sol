// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title FlashLender
/// @notice Test double: lends all it has for the time of a call.
contract FlashLender {
    /// @notice What was lent did not come back.
    error NotReturned();

    function lend(IERC20 token, FlashVoter borrower, bytes calldata data) external {
        uint256 before = token.balanceOf(address(this));
        token.transfer(address(borrower), before);
        borrower.onLoan(token, data);
        if (token.balanceOf(address(this)) != before) revert NotReturned();
    }
}

/// @title FlashVoter
/// @notice Test double: borrows tokens, delegates them to itself, tries to propose or vote, and gives them back.
contract FlashVoter {
    IGovernor public immutable governor;
    FlashLender public immutable lender;
    bool public worked;
    bytes public answer;

    constructor(IGovernor governor_, FlashLender lender_) {
        governor = governor_;
        lender = lender_;
    }

    /// @notice Borrows and calls the governor with `data`.
    function attack(IERC20 token, bytes calldata data) external {
        lender.lend(token, this, data);
    }

    function onLoan(IERC20 token, bytes calldata data) external {
        IVotes(address(token)).delegate(address(this));
        (worked, answer) = address(governor).call(data);
        token.transfer(address(lender), token.balanceOf(address(this)));
    }
}
