// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title BoundedTransfer
/// @notice A transfer of ERC-20 tokens that neither reverts nor spends more than its gas limit, whatever the token
/// does.
library BoundedTransfer {
    /// @notice Calls `transfer` with at most `gasLimit` gas.
    /// @dev Copies at most one word of the return data, so that a long answer costs the caller nothing. The caller
    /// makes sure that `gasLimit` is left.
    /// @return done whether the token succeeded and answered true, or nothing at all as some old tokens do
    function tryTransfer(IERC20 token, address to, uint256 amount, uint256 gasLimit) internal returns (bool done) {
        bytes4 selector = IERC20.transfer.selector;
        // Solidity copies all return data; only assembly can bound it. The call is written over the scratch space and
        // the free memory pointer, which is put back.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(0x00, selector)
            mstore(0x04, to)
            mstore(0x24, amount)
            done := call(gasLimit, token, 0, 0x00, 0x44, 0x00, 0x20)
            mstore(0x40, pointer)
            if done {
                switch returndatasize()
                case 0 {
                    done := iszero(iszero(extcodesize(token)))
                }
                default {
                    done := and(gt(returndatasize(), 31), eq(mload(0x00), 1))
                }
            }
        }
    }
}
