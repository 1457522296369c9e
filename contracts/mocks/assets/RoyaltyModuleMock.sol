// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ITrainingRecord} from "../../assets/ITrainingRecord.sol";
import {IPaymentVault} from "../../vault/IPaymentVault.sol";
import {IRoyaltySink} from "../../vault/IRoyaltySink.sol";

/// @notice A market module as the AssetRegistry meets it: takes money, releases royalties, knows trained results.
contract RoyaltyModuleMock is ITrainingRecord {
    IPaymentVault private immutable _vault;
    IRoyaltySink private immutable _assets;
    mapping(uint256 jobId => mapping(bytes32 digest => address)) private _requesters;
    bool private _broken;

    error RecordBroken();

    constructor(IPaymentVault vault, IRoyaltySink assets) {
        _vault = vault;
        _assets = assets;
    }

    function take(address holder, uint256 amountGwei) external {
        _vault.debitHolder(holder, amountGwei * 1e9, 0);
    }

    /// @notice Releases royalties of some uses of one asset, as a settlement does.
    function settle(uint256 asset, uint64 amountGwei, uint32 uses) external {
        IPaymentVault.Royalty[] memory royalties = new IPaymentVault.Royalty[](1);
        royalties[0] = IPaymentVault.Royalty({asset: asset, amount: amountGwei * 1e9, uses: uses});
        _vault.releaseWithRoyalties(new IPaymentVault.Payment[](0), 0, _assets, royalties);
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
