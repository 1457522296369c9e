// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title HostileSigner
/// @notice Test double: an ERC-1271 contract that approves everything, or answers in every bad way there is.
contract HostileSigner is IERC1271 {
    enum Mode {
        Approve,
        WrongMagic,
        Empty,
        Short,
        Revert,
        RevertBomb,
        BurnGas,
        Bomb,
        ReEnter,
        Work
    }

    /// @notice What Revert reverts with.
    error SignerRefused();

    Mode public mode;
    address public victim;
    bytes public attack;
    uint256 public work;

    /// @notice Sets how signatures are answered.
    function setMode(Mode newMode) external {
        mode = newMode;
    }

    /// @notice What is called before a signature is approved; the signature is approved only when that call fails.
    function setAttack(address newVictim, bytes calldata newAttack) external {
        mode = Mode.ReEnter;
        victim = newVictim;
        attack = newAttack;
    }

    /// @notice Approves after that many rounds of hashing.
    function setWork(uint256 rounds) external {
        mode = Mode.Work;
        work = rounds;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (mode == Mode.Revert) revert SignerRefused();
        while (mode == Mode.BurnGas) {}
        if (mode == Mode.Empty) _return(0);
        if (mode == Mode.Short) _return(31);
        if (mode == Mode.Bomb) _return(60_000);
        if (mode == Mode.RevertBomb) _revert(60_000);
        if (mode == Mode.ReEnter) _reEnter();
        if (mode == Mode.Work) _work();
        return mode == Mode.WrongMagic ? bytes4(0xffffffff) : IERC1271.isValidSignature.selector;
    }

    /// @dev A static call cannot write, so an attack that writes must fail.
    function _reEnter() private view {
        (bool success, ) = victim.staticcall(attack);
        if (success) revert SignerRefused();
    }

    function _work() private view {
        bytes32 x;
        for (uint256 i = 0; i < work; ++i) x = keccak256(abi.encode(x, i));
        // Never true; keeps the loop from being optimised away.
        if (x == bytes32(uint256(1))) revert SignerRefused();
    }

    /// @dev The right answer, in so many bytes.
    function _return(uint256 size) private pure {
        bytes4 magic = IERC1271.isValidSignature.selector;
        assembly ("memory-safe") {
            mstore(0x00, magic)
            return(0x00, size)
        }
    }

    function _revert(uint256 size) private pure {
        assembly ("memory-safe") {
            revert(0x00, size)
        }
    }
}
