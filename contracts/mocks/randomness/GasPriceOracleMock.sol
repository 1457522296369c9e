// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title GasPriceOracleMock
/// @notice Test double of the predeploy of an OP-stack rollup: a fee per byte, or no answer. Its code is placed at the
/// predeploy's address, so it keeps nothing in its constructor.
contract GasPriceOracleMock {
    uint256 public feePerByte;
    bool public broken;

    /// @notice What a pre-Fjord oracle says.
    error OnlySupportsFjord();

    function setFeePerByte(uint256 newFee) external {
        feePerByte = newFee;
    }

    function setBroken(bool newBroken) external {
        broken = newBroken;
    }

    function getL1Fee(bytes calldata unsignedTx) external view returns (uint256) {
        if (broken) revert OnlySupportsFjord();
        return (unsignedTx.length + 68) * feePerByte;
    }

    function getL1FeeUpperBound(uint256 unsignedTxSize) external view returns (uint256) {
        if (broken) revert OnlySupportsFjord();
        return (unsignedTxSize + 68) * feePerByte;
    }
}
