// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {vm} from "./Vm.sol";

/// @notice What every fuzz test, handler and invariant suite shares: input ranges and actors.
/// @dev Checks are `vm.assertEq(left, right, "I1 ...")` and its siblings.
abstract contract TestBase {
    /// @dev Half the order of secp256k1: any key from 1 up to it is valid.
    uint256 internal constant MAX_KEY = type(uint128).max;

    /// @notice Marks the contract as a test for forge.
    // solhint-disable-next-line func-name-mixedcase, const-name-snakecase
    bool public constant IS_TEST = true;

    /// @notice Maps any word into [min, max]; values already inside stay, and the ends of the range come up often.
    function _bound(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        vm.assertLe(min, max, "bound: min above max");
        if (x >= min && x <= max) return x;
        uint256 size = max - min + 1;
        // The fuzzer favours words near zero and near the maximum: keep them at the ends of the range.
        if (x <= 3 && size > x) return min + x;
        if (x >= type(uint256).max - 3 && size > type(uint256).max - x) return max - (type(uint256).max - x);
        return size == 0 ? x : min + (x % size);
    }

    /// @notice A key and its labelled address, the same for the same name.
    function _actor(string memory name) internal returns (address account, uint256 key) {
        key = (uint256(keccak256(bytes(name))) % MAX_KEY) + 1;
        account = vm.addr(key);
        vm.label(account, name);
    }
}
