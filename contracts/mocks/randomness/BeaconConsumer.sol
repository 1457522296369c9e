// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRandomnessBeacon} from "../../randomness/IRandomnessBeacon.sol";

/// @title BeaconConsumer
/// @notice Test double: the thinnest consumer of a beacon.
contract BeaconConsumer {
    IRandomnessBeacon private immutable _beacon;

    /// @notice Sets the beacon.
    constructor(IRandomnessBeacon beacon) {
        _beacon = beacon;
    }

    /// @notice Passes the request and its value on.
    function request() external payable returns (uint32 round) {
        return _beacon.request{value: msg.value}();
    }
}
