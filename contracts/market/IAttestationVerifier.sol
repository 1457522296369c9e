// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IResultVerifier} from "./IResultVerifier.sol";

/// @title IAttestationVerifier
/// @notice Proof plug-in that believes k of n attestation signers (SPEC 6), keys of accounts or ERC-1271 contracts.
/// @dev A signer signs the EIP-712 message Attestation(address escrow,uint256 jobId,bytes32 agreementHash,
/// bytes32 resultDigest) in the domain ("GPU Commons Attestation", "1", chain, this contract), so that a signature is
/// good for one job of one escrow on one chain.
///
/// A proof is packed: version of the signer set (4 bytes), then per signer, in strictly ascending order of address:
/// address (20 bytes), length of the signature (2 bytes), signature. Whatever else it is, `verify` answers false to it;
/// it never panics. Signers of the set whose signature is wrong, or whose contract reverts or burns its gas, count as
/// not having signed. `verify` reverts, which sends the job to the resolver, only where the operator is not to blame:
/// when enough signers of a set signed that governance has since retired, or when the caller left too little gas.
///
/// Another set of signers is another version. The replaced one stays good for a time that the owner gives.
interface IAttestationVerifier is IResultVerifier {
    /// @notice A version of the signers.
    /// @param threshold signatures that prove a result (k)
    /// @param validUntil time from which it is retired; the maximum for the set in force
    /// @param signers addresses in ascending order (n)
    struct SignerSet {
        uint8 threshold;
        uint40 validUntil;
        address[] signers;
    }

    /// @notice Another set of signers is in force.
    event SignersChanged(uint32 indexed version, address[] signers, uint8 threshold);
    /// @notice A set of signers is, or will be, retired.
    event SignersRetired(uint32 indexed version, uint40 validUntil);

    /// @notice The number of signers, the threshold or the grace is out of bounds.
    error AttestationOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice Signers must be in strictly ascending order and not zero.
    error AttestationSignersNotAscending(address signer);
    /// @notice There never was such a set, or it is retired already.
    error AttestationUnknownSet(uint32 version);
    /// @notice Enough signers signed, but their set is retired.
    error AttestationSetRetired(uint32 version);
    /// @notice The caller left less gas than a contract signer must get.
    error AttestationGasTooLow(uint256 available, uint256 required);

    /// @notice Owner: puts another set of signers in force.
    /// @param signers 1..16 addresses in strictly ascending order
    /// @param threshold signatures that prove a result, 1..number of signers
    /// @param graceSeconds how long the replaced set stays good, at most 30 days; 0 when its keys leaked
    /// @return version version of the new set, from 1
    function setSigners(
        address[] calldata signers,
        uint8 threshold,
        uint40 graceSeconds
    ) external returns (uint32 version);

    /// @notice Owner: retires a set at once, also the one in force.
    function retireSigners(uint32 version) external;

    /// @notice A set of signers; empty for a version that never was.
    function signersOf(uint32 version) external view returns (SignerSet memory);

    /// @notice Version in force.
    function currentVersion() external view returns (uint32);

    /// @notice What signers sign for a result: an EIP-712 digest.
    function hashAttestation(
        address escrow,
        uint256 jobId,
        bytes32 agreementHash,
        bytes32 resultDigest
    ) external view returns (bytes32);
}
