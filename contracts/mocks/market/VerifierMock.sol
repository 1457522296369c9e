// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IResultVerifier} from "../../market/IResultVerifier.sol";

/// @title VerifierMock
/// @notice Test double of a verifier: says yes to one statement only, or attacks the escrow in the middle of a
/// verification and answers yes when the attack went through.
contract VerifierMock is IResultVerifier {
    /// @notice Hash of the only statement that is right; zero for any.
    bytes32 public right;
    address public victim;
    bytes public attack;

    /// @notice The only statement that is right from now on.
    function setRight(
        address escrow,
        uint256 jobId,
        bytes32 agreementHash,
        bytes32 digest,
        bytes calldata proof
    ) external {
        right = keccak256(abi.encode(escrow, jobId, agreementHash, digest, proof));
    }

    /// @notice What is called in the middle of a verification.
    function setAttack(address newVictim, bytes calldata newAttack) external {
        victim = newVictim;
        attack = newAttack;
    }

    /// @inheritdoc IResultVerifier
    function verify(
        address escrow,
        uint256 jobId,
        bytes32 agreementHash,
        bytes32 resultDigest,
        bytes calldata proof
    ) external view returns (bool) {
        if (victim != address(0)) {
            // A static call can call on, but nothing below it can write.
            (bool success, ) = victim.staticcall(attack);
            return success;
        }
        return right == 0 || right == keccak256(abi.encode(escrow, jobId, agreementHash, resultDigest, proof));
    }
}
