// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IAssetRegistry} from "../../assets/IAssetRegistry.sol";

/// @title AssetReceiver
/// @notice Test double: a contract that holds assets, and that can misbehave when it receives one.
contract AssetReceiver is IERC721Receiver {
    enum Mode {
        Accept,
        WrongMagic,
        Revert,
        BurnGas,
        ReEnter,
        Look
    }

    /// @notice What Revert reverts with.
    error ReceiverRefused();

    /// @notice What Look saw from inside the callback.
    event Seen(uint40 payee, address owner, uint64 accruedGwei, uint16 termsEpoch);

    Mode public mode;
    bytes public attack;
    bool public attackSucceeded;
    bytes public attackResult;

    /// @notice Sets what happens on receipt.
    function setMode(Mode newMode) external {
        mode = newMode;
    }

    /// @notice What ReEnter calls the sender of the token with.
    function setAttack(bytes calldata newAttack) external {
        mode = Mode.ReEnter;
        attack = newAttack;
    }

    /// @notice Calls anything as this contract, bubbling up what it reverts with.
    function forward(address target, bytes calldata data) external {
        (bool success, bytes memory result) = target.call(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }

    /// @inheritdoc IERC721Receiver
    function onERC721Received(address, address, uint256 id, bytes calldata) external returns (bytes4) {
        if (mode == Mode.Revert) revert ReceiverRefused();
        while (mode == Mode.BurnGas) {}
        if (mode == Mode.ReEnter) (attackSucceeded, attackResult) = msg.sender.call(attack);
        if (mode == Mode.Look) {
            IAssetRegistry.AssetView memory asset = IAssetRegistry(msg.sender).assetOf(id);
            emit Seen(asset.payee, asset.owner, asset.accruedGwei, asset.termsEpoch);
        }
        return mode == Mode.WrongMagic ? bytes4(0xffffffff) : IERC721Receiver.onERC721Received.selector;
    }
}
