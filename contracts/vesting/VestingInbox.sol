// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title VestingInbox
/// @notice Where tokens for a VestingVault are sent by those who can only transfer, as the GenesisAllocator does. Only
/// the vault can take them, into the free pool of a schedule (IVestingVault.allot). It has no functions.
/// @dev Apart from the vault, because there every token is owed to somebody: the vault would have to keep a running sum
/// of all releases to know what came in unasked, at 5,000 gas a release.
contract VestingInbox {
    using SafeERC20 for IERC20;

    /// @notice Allows the vault to take whatever arrives, for ever.
    /// @param token the vault's token
    /// @param vault the vault
    constructor(IERC20 token, address vault) {
        token.forceApprove(vault, type(uint256).max);
    }
}
