// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title ContractWallet
/// @notice Test double: an ERC-1271 wallet of one signer that can misbehave, and that forwards its signer's calls.
contract ContractWallet is IERC1271 {
    enum Mode {
        Good,
        WrongMagic,
        Revert,
        Short
    }

    /// @notice What Revert reverts with.
    error WalletRefused();

    address public immutable signer;
    Mode public mode;

    constructor(address signer_) {
        signer = signer_;
    }

    /// @notice Sets how signatures are answered.
    function setMode(Mode newMode) external {
        mode = newMode;
    }

    /// @notice Calls `target`, bubbling up what it reverts with.
    function forward(address target, bytes calldata data) external returns (bytes memory result) {
        bool success;
        (success, result) = target.call(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4) {
        if (mode == Mode.Revert) revert WalletRefused();
        if (mode == Mode.WrongMagic) return 0xffffffff;
        if (mode == Mode.Short) {
            assembly ("memory-safe") {
                return(0, 4)
            }
        }
        (address recovered, , ) = ECDSA.tryRecover(hash, signature);
        return recovered == signer ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
