// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title RollupDataFee
/// @notice What a rollup of the OP stack (Base) takes for the data of a transaction, besides its gas.
library RollupDataFee {
    /// @notice The GasPriceOracle predeploy.
    address internal constant ORACLE = 0x420000000000000000000000000000000000000F;

    /// @notice Whether this chain has such a fee.
    function applies() internal view returns (bool) {
        return ORACLE.code.length != 0;
    }

    /// @notice Upper bound of the fee, wei, for an unsigned transaction of `size` bytes; 0 when the oracle does not
    /// say.
    function upperBound(uint256 size) internal view returns (uint256) {
        // Not by an interface: an oracle that fails must not stop the caller.
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory answer) = ORACLE.staticcall(
            abi.encodeWithSignature("getL1FeeUpperBound(uint256)", size)
        );
        return success && answer.length == 32 ? uint256(bytes32(answer)) : 0;
    }
}
