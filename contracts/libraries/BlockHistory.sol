// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title BlockHistory
/// @notice Hashes of the last 8,191 blocks: the BLOCKHASH opcode for the newest 256, the EIP-2935 system contract
/// beyond.
library BlockHistory {
    /// @notice The EIP-2935 history storage contract.
    address internal constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @notice Age in blocks up to which the history serves a hash (HISTORY_SERVE_WINDOW).
    uint256 internal constant WINDOW = 8191;

    /// @dev Age in blocks up to which BLOCKHASH serves a hash.
    uint256 private constant OPCODE_WINDOW = 256;

    /// @notice Hash of the past block `number`, 0 when the chain does not know it (any more).
    function hashOf(uint256 number) internal view returns (bytes32) {
        if (block.number - number <= OPCODE_WINDOW) return blockhash(number);
        // The history contract has no selectors: it takes the bare number and reverts outside of its window.
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
        return success && answer.length == 32 ? bytes32(answer) : bytes32(0);
    }
}
