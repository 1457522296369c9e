// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {BoundedCall} from "../libraries/BoundedCall.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";
import {IResultVerifier} from "./IResultVerifier.sol";

/// @title AttestationVerifier
/// @notice See IAttestationVerifier.
contract AttestationVerifier is IAttestationVerifier, AlwaysOwned, EIP712 {
    /// @notice Most signers of a set.
    uint256 public constant MAX_SIGNERS = 16;
    /// @notice Longest time that a replaced set stays good.
    uint40 public constant MAX_GRACE = 30 days;
    /// @notice Longest signature that is looked at, bytes.
    uint256 public constant MAX_SIGNATURE = 2_048;
    /// @notice Gas that a contract signer gets.
    uint256 public constant SIGNER_GAS = 100_000;

    /// @dev Of what is left, 63/64 can be passed on (EIP-150): 101,588 for SIGNER_GAS, the rest for encoding the call.
    uint256 private constant SIGNER_GAS_NEEDED = 115_000;
    uint256 private constant VERSION_BYTES = 4;
    uint256 private constant ADDRESS_BYTES = 20;
    /// @dev Address and length of a signature.
    uint256 private constant ENTRY_BYTES = 22;
    bytes32 private constant ATTESTATION_TYPEHASH = keccak256(
        "Attestation(address escrow,uint256 jobId,bytes32 agreementHash,bytes32 resultDigest)"
    );

    /// @inheritdoc IAttestationVerifier
    uint32 public currentVersion;

    mapping(uint32 version => SignerSet) private _sets;
    mapping(uint32 version => mapping(address signer => bool)) private _isSigner;

    /// @notice Puts the first set of signers in force.
    /// @param signers 1..16 addresses in strictly ascending order
    /// @param threshold signatures that prove a result
    /// @param initialOwner owner of the sets, to become the timelock
    constructor(
        address[] memory signers,
        uint8 threshold,
        address initialOwner
    ) AlwaysOwned(initialOwner) EIP712("GPU Commons Attestation", "1") {
        _addSet(signers, threshold);
    }

    /// @inheritdoc IAttestationVerifier
    function setSigners(
        address[] calldata signers,
        uint8 threshold,
        uint40 graceSeconds
    ) external onlyOwner returns (uint32 version) {
        _requireWithin(graceSeconds, 0, MAX_GRACE);
        _retire(currentVersion, uint40(block.timestamp) + graceSeconds);
        return _addSet(signers, threshold);
    }

    /// @inheritdoc IAttestationVerifier
    function retireSigners(uint32 version) external onlyOwner {
        if (_sets[version].validUntil <= block.timestamp) revert AttestationUnknownSet(version);
        _retire(version, uint40(block.timestamp));
    }

    /// @inheritdoc IResultVerifier
    function verify(
        address escrow,
        uint256 jobId,
        bytes32 agreementHash,
        bytes32 resultDigest,
        bytes calldata proof
    ) external view returns (bool valid) {
        if (proof.length < VERSION_BYTES) return false;
        uint32 version = uint32(bytes4(proof[:VERSION_BYTES]));
        SignerSet storage set = _sets[version];
        if (set.threshold == 0) return false;
        bytes32 digest = hashAttestation(escrow, jobId, agreementHash, resultDigest);
        if (_countSigners(version, digest, proof[VERSION_BYTES:]) < set.threshold) return false;
        if (block.timestamp >= set.validUntil) revert AttestationSetRetired(version);
        return true;
    }

    /// @inheritdoc IAttestationVerifier
    function signersOf(uint32 version) external view returns (SignerSet memory) {
        return _sets[version];
    }

    /// @inheritdoc IAttestationVerifier
    function hashAttestation(
        address escrow,
        uint256 jobId,
        bytes32 agreementHash,
        bytes32 resultDigest
    ) public view returns (bytes32) {
        return
            _hashTypedDataV4(keccak256(abi.encode(ATTESTATION_TYPEHASH, escrow, jobId, agreementHash, resultDigest)));
    }

    /// @dev Signers whose signature is good; 0 when the list is not exactly what a proof must be. At most 16 rounds:
    /// each one needs another signer of the set.
    function _countSigners(uint32 version, bytes32 digest, bytes calldata list) private view returns (uint256 count) {
        address last;
        while (list.length != 0) {
            if (list.length < ENTRY_BYTES) return 0;
            address signer = address(bytes20(list[:ADDRESS_BYTES]));
            uint256 size = uint16(bytes2(list[ADDRESS_BYTES:ENTRY_BYTES]));
            list = list[ENTRY_BYTES:];
            if (list.length < size || size > MAX_SIGNATURE) return 0;
            if (signer <= last || !_isSigner[version][signer]) return 0;
            if (_hasSigned(signer, digest, list[:size])) ++count;
            list = list[size:];
            last = signer;
        }
    }

    /// @dev A contract is asked with a fixed sum of gas and one word of its answer is read, so that it can cost no more
    /// and end no otherwise than by yes or no. That it gets that sum is checked, so that a caller who leaves too little
    /// cannot make a good signature look bad.
    function _hasSigned(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (signer.code.length == 0) {
            (address recovered, ECDSA.RecoverError err, ) = ECDSA.tryRecoverCalldata(digest, signature);
            return err == ECDSA.RecoverError.NoError && recovered == signer;
        }
        uint256 available = gasleft();
        if (available < SIGNER_GAS_NEEDED) revert AttestationGasTooLow(available, SIGNER_GAS_NEEDED);
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        uint256[] memory answer = new uint256[](1);
        bool answered = BoundedCall.staticWords(signer, SIGNER_GAS, question, answer);
        return answered && bytes32(answer[0]) == bytes32(IERC1271.isValidSignature.selector);
    }

    function _addSet(address[] memory signers, uint8 threshold) private returns (uint32 version) {
        _requireWithin(signers.length, 1, MAX_SIGNERS);
        _requireWithin(threshold, 1, signers.length);
        version = ++currentVersion;
        address last;
        for (uint256 i; i < signers.length; ++i) {
            if (signers[i] <= last) revert AttestationSignersNotAscending(signers[i]);
            last = signers[i];
            _isSigner[version][last] = true;
        }
        _sets[version] = SignerSet({threshold: threshold, validUntil: type(uint40).max, signers: signers});
        emit SignersChanged(version, signers, threshold);
    }

    /// @dev Only ever brings the end nearer: a set that was retired at once stays so when it is replaced.
    function _retire(uint32 version, uint40 validUntil) private {
        SignerSet storage set = _sets[version];
        if (validUntil >= set.validUntil) return;
        set.validUntil = validUntil;
        emit SignersRetired(version, validUntil);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert AttestationOutOfBounds(value, low, high);
    }
}
