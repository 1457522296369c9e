// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IResultVerifier} from "../../market/IResultVerifier.sol";

/// @title ThoroughVerifier
/// @notice Test double of a verifier that works hard before it says no, as one that checks a real proof does.
contract ThoroughVerifier is IResultVerifier {
    uint256 private immutable _effort;

    /// @param effort gas that it needs for its answer, about
    constructor(uint256 effort) {
        _effort = effort;
    }

    /// @inheritdoc IResultVerifier
    function verify(address, uint256, bytes32, bytes32, bytes calldata) external view returns (bool) {
        uint256 start = gasleft();
        while (start - gasleft() < _effort) {}
        return false;
    }
}
