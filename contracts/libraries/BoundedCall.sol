// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title BoundedCall
/// @notice Static calls with a gas limit that take a fixed number of words, whatever the callee returns. Unlike a try
/// statement they cannot revert either when the answer is too short or does not decode.
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

    /// @notice Fills `words` with the first words of the answer.
    /// @return answered whether the callee succeeded and answered at least that many words, as a target without code
    /// does not
    function staticWords(
        address target,
        uint256 gasLimit,
        bytes memory data,
        uint256[] memory words
    ) internal view returns (bool answered) {
        uint256 wanted = words.length * 32;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            answered := staticcall(gasLimit, target, add(data, 0x20), mload(data), add(words, 0x20), wanted)
            answered := and(answered, iszero(lt(returndatasize(), wanted)))
        }
    }
}
