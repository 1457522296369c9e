// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIssuableToken} from "./IIssuableToken.sol";
import {VotesToken} from "./VotesToken.sol";

/// @title IssuableToken
/// @notice The token of presets with issuance: after genesis the EmissionController alone can mint (I9). Nobody can
/// burn.
/// @dev The controller is deployed first and holds only its owner in its init code; it is told the token afterwards,
/// once. So neither address depends on the other in a circle.
contract IssuableToken is VotesToken, IIssuableToken {
    /// @inheritdoc IIssuableToken
    address public immutable minter;

    /// @notice Mints the genesis supply and fixes the minter.
    /// @param name_ token name, from the preset
    /// @param symbol_ token symbol, from the preset
    /// @param supply genesis supply in token wei, from the preset
    /// @param allocator the GenesisAllocator, receives the whole genesis supply
    /// @param delegationDesk the DelegationDesk
    /// @param minter_ the EmissionController, not zero
    constructor(
        string memory name_,
        string memory symbol_,
        uint256 supply,
        address allocator,
        address delegationDesk,
        address minter_
    ) VotesToken(name_, symbol_, supply, allocator, delegationDesk) {
        if (minter_ == address(0)) revert TokenZeroMinter();
        minter = minter_;
    }

    /// @inheritdoc IIssuableToken
    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert TokenOnlyMinter(msg.sender);
        _mint(to, amount);
    }
}
