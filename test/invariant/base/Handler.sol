// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestBase} from "./TestBase.sol";

/// @notice Base of the contracts whose functions the fuzzer calls; it counts the successes of each function.
/// @dev How to write one:
///  - every external state-changing function is an action; bound its inputs so that it never reverts (a revert fails);
///  - call `_success()` as the last statement of an action, only where it did what its name says: an early return that
///    found nothing to do is not a success;
///  - an action that expects a revert wraps the call in `vm.expectRevert` and is named after it, e.g. `settleTwice`.
/// `npm run fuzz` adds up the successes over all runs and fails when an action had fewer than 100.
abstract contract Handler is TestBase {
    /// @notice Successes of an action in this run.
    mapping(bytes4 selector => uint256 count) public successes;

    bytes4[] private _succeeded;

    /// @notice The actions that succeeded in this run.
    function succeeded() external view returns (bytes4[] memory) {
        return _succeeded;
    }

    /// @notice Counts the running action as done.
    function _success() internal {
        if (successes[msg.sig]++ == 0) _succeeded.push(msg.sig);
    }
}
