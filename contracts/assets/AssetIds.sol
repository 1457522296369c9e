// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IAssetRegistry} from "./IAssetRegistry.sol";

/// @title AssetIds
/// @notice How an asset's id follows from its kind and content.
library AssetIds {
    /// @notice uint256(keccak256(abi.encode(kind, contentHash))), so that the same content cannot be minted twice.
    function idOf(IAssetRegistry.AssetKind kind, bytes32 contentHash) internal pure returns (uint256) {
        return uint256(Hashes.efficientKeccak256(bytes32(uint256(kind)), contentHash));
    }
}
