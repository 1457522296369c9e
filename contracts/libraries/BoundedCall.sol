// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title BoundedCall
/// @notice A static call with a gas limit whose answer is one boolean word, whatever the callee returns.
library BoundedCall {
    /// @notice What the callee said.
    /// @param Failed it reverted, ran out of gas, has no code or did not answer 0 or 1
    /// @param False it answered false
    /// @param True it answered true
    enum Answer {
        Failed,
        False,
        True
    }

    /// @dev Copies at most one word of the return data, so that a long answer costs the caller nothing.
    function staticBool(address target, uint256 gasLimit, bytes memory data) internal view returns (Answer answer) {
        bool success;
        uint256 size;
        uint256 word;
        // Solidity copies all return data; only assembly can bound it.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            success := staticcall(gasLimit, target, add(data, 0x20), mload(data), 0x00, 0x20)
            size := returndatasize()
            word := mload(0x00)
        }
        if (!success || size < 32 || word > 1) return Answer.Failed;
        return word == 1 ? Answer.True : Answer.False;
    }
}
