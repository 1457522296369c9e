// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../market/IJobEscrow.sol";
import {Agreement} from "../../market/JobTypes.sol";

/// @title StarvingOperator
/// @notice Test double of a hot key that delivers a proof of zeros with as little gas as it likes. As a contract it
/// pays for their memory, not for calldata.
contract StarvingOperator {
    /// @notice Delivers `length` zero bytes as proof, with `gasLimit`.
    /// @return delivered whether the escrow took it
    function deliver(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement,
        uint32 energyMilliWattHours,
        uint256 length,
        uint256 gasLimit
    ) external returns (bool delivered) {
        bytes memory data = abi.encodeCall(
            IJobEscrow.deliverWithProof,
            (jobId, agreement, bytes32(uint256(1)), energyMilliWattHours, "")
        );
        // Its last word is the length of the proof; the memory behind it is zero. Longer memory is all it costs.
        assembly ("memory-safe") {
            mstore(add(data, mload(data)), length)
            delivered := call(gasLimit, escrow, 0, add(data, 0x20), add(mload(data), length), 0, 0)
        }
    }
}
