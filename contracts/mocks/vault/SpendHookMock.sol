// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISpendHook} from "../../vault/ISpendHook.sol";

/// @title SpendHookMock
/// @notice Test double: records what it is told, or misbehaves.
contract SpendHookMock is ISpendHook {
    enum Mode {
        Record,
        Revert,
        BurnGas,
        ReturnBomb,
        RevertBomb,
        ReEnter,
        Work
    }

    /// @notice What Record was told.
    event Told(uint40 account, uint256 amount, uint8 lane, uint16 day);

    /// @notice What Revert reverts with.
    error HookRefused();

    Mode public mode;
    address public victim;
    bytes public attack;

    uint256 public work;
    uint256 public calls;
    bool public attackSucceeded;
    bytes public attackResult;

    /// @notice Sets how the next calls behave.
    function setMode(Mode newMode) external {
        mode = newMode;
    }

    /// @notice Rounds of hashing that Work does, about 234 gas each.
    function setWork(uint256 rounds) external {
        work = rounds;
    }

    /// @notice What ReEnter calls.
    function setAttack(address newVictim, bytes calldata newAttack) external {
        victim = newVictim;
        attack = newAttack;
    }

    /// @inheritdoc ISpendHook
    function onSpend(uint40 account, uint256 amount, uint8 lane, uint16 day) external {
        if (mode == Mode.Revert) revert HookRefused();
        if (mode == Mode.BurnGas) _burnGas();
        if (mode == Mode.Work) _work();
        if (mode == Mode.ReturnBomb) _bomb(false);
        if (mode == Mode.RevertBomb) _bomb(true);
        ++calls;
        if (mode == Mode.ReEnter) {
            (attackSucceeded, attackResult) = victim.call(attack);
            return;
        }
        emit Told(account, amount, lane, day);
    }

    function _burnGas() private view {
        uint256 x;
        while (gasleft() != 0) x = uint256(keccak256(abi.encode(x)));
    }

    /// @dev A fixed amount of work.
    function _work() private view {
        bytes32 x;
        uint256 rounds = work;
        for (uint256 i = 0; i < rounds; ++i) x = keccak256(abi.encode(x, block.number));
    }

    /// @dev Leaves as much memory to copy as the gas allows.
    function _bomb(bool failing) private pure {
        assembly ("memory-safe") {
            if failing {
                revert(0, 300000)
            }
            return(0, 300000)
        }
    }
}
