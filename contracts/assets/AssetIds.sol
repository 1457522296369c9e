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

    /// @notice Id of a trained model. Its digest is public from the delivery on, while its requester can mint only
    /// after the settlement, so the id also names the requester's account: whoever has the same result paid for and
    /// delivered elsewhere mints another asset and takes nothing from anybody.
    function idOfTrained(bytes32 contentHash, uint40 account) internal pure returns (uint256) {
        uint256 id = idOf(IAssetRegistry.AssetKind.TrainedModel, contentHash);
        return uint256(Hashes.efficientKeccak256(bytes32(id), bytes32(uint256(account))));
    }
}
