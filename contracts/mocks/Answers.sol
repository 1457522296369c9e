// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Answers
/// @notice Test double of a verifier or any callee: answers as it was told, well or badly.
contract Answers {
    enum Mode {
        True,
        False,
        Reverts,
        BurnsGas,
        Two,
        Nothing,
        Bomb
    }

    error Refused();

    Mode public mode;

    function setMode(Mode next) external {
        mode = next;
    }

    fallback() external {
        Mode m = mode;
        if (m == Mode.Reverts) revert Refused();
        while (m == Mode.BurnsGas) {}
        assembly ("memory-safe") {
            let free := mload(0x40)
            switch m
            case 0 {
                mstore(free, 1)
                return(free, 0x20)
            }
            case 1 {
                mstore(free, 0)
                return(free, 0x20)
            }
            case 4 {
                mstore(free, 2)
                return(free, 0x20)
            }
            case 6 {
                mstore(free, 2)
                return(free, 60000)
            }
            default {
                return(free, 0)
            }
        }
    }
}
