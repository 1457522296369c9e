// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {VotesToken} from "./VotesToken.sol";

/// @title ComputeToken
/// @notice The token of presets without issuance: what the constructor mints is all there will ever be.
/// @dev Its bytecode has no way to mint or burn (I8, I9).
contract ComputeToken is VotesToken {
    /// @notice Mints the whole supply.
    /// @param name_ token name, from the preset
    /// @param symbol_ token symbol, from the preset
    /// @param supply whole supply in token wei, from the preset
    /// @param allocator the GenesisAllocator, receives the whole supply
    /// @param delegationDesk the DelegationDesk
    constructor(
        string memory name_,
        string memory symbol_,
        uint256 supply,
        address allocator,
        address delegationDesk
    ) VotesToken(name_, symbol_, supply, allocator, delegationDesk) {}
}
