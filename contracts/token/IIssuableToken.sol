// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IIssuableToken
/// @notice A token with votes that one contract, fixed for ever, can mint.
interface IIssuableToken is IERC20, IVotes {
    /// @notice Thrown when nobody could mint.
    error TokenZeroMinter();

    /// @notice Thrown when anybody but the minter mints.
    error TokenOnlyMinter(address caller);

    /// @notice Minter: creates `amount` token wei for `to`.
    /// @dev Emits Transfer from the zero address. Reverts TokenOnlyMinter, or the token's error.
    function mint(address to, uint256 amount) external;

    /// @notice The only one who can mint, for ever.
    function minter() external view returns (address);
}
