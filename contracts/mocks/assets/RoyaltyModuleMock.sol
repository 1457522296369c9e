// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetRegistry} from "../../assets/IAssetRegistry.sol";
import {ITrainingRecord} from "../../assets/ITrainingRecord.sol";
import {IPaymentVault} from "../../vault/IPaymentVault.sol";

/// @notice A market module as the AssetRegistry meets it: takes money, moves royalties, accrues, knows trained results.
contract RoyaltyModuleMock is ITrainingRecord {
    IPaymentVault private immutable _vault;
    IAssetRegistry private immutable _assets;
    mapping(uint256 jobId => mapping(bytes32 digest => address)) private _requesters;
    bool private _broken;

    error RecordBroken();

    constructor(IPaymentVault vault, IAssetRegistry assets) {
        _vault = vault;
        _assets = assets;
    }

    function take(address holder, uint256 amountGwei) external {
        _vault.debitHolder(holder, amountGwei * 1e9, 0);
    }

    /// @notice Moves `movedGwei` to the registry and then accrues, as a settlement does.
    function settle(uint256 movedGwei, uint256 model, uint64 modelGwei, uint256 dataset, uint64 datasetGwei) external {
        _vault.release(new IPaymentVault.Payment[](0), 0, address(_assets), movedGwei * 1e9);
        _assets.accrue(model, modelGwei, dataset, datasetGwei);
    }

    function accrue(uint256 model, uint64 modelGwei, uint256 dataset, uint64 datasetGwei) external {
        _assets.accrue(model, modelGwei, dataset, datasetGwei);
    }

    function setTrained(uint256 jobId, bytes32 digest, address requester) external {
        _requesters[jobId][digest] = requester;
    }

    function setBroken(bool broken) external {
        _broken = broken;
    }

    function trainedBy(uint256 jobId, bytes32 resultDigest) external view returns (address requester) {
        if (_broken) revert RecordBroken();
        return _requesters[jobId][resultDigest];
    }
}
