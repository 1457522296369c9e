// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGpuRegistry} from "../../registry/IGpuRegistry.sol";

/// @notice The part of the GpuRegistry that the catalogue reads: classes and the caller's pay.
contract ClassTableMock {
    mapping(uint8 classId => IGpuRegistry.GpuClass) private _classes;
    mapping(uint8 classId => uint64) public callerPayGwei;

    function set(uint8 classId, uint64 ratePerSecondGwei, uint64 callerPay, bool enabled) external {
        _classes[classId].ratePerSecondGwei = ratePerSecondGwei;
        _classes[classId].enabled = enabled;
        callerPayGwei[classId] = callerPay;
    }

    function classOf(uint8 classId) external view returns (IGpuRegistry.GpuClass memory) {
        return _classes[classId];
    }
}
