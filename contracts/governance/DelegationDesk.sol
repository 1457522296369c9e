// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";

import {IDelegable} from "../token/IDelegable.sol";
import {IDelegationDesk} from "./IDelegationDesk.sol";

/// @title DelegationDesk
/// @notice See IDelegationDesk.
/// @dev Without constructor arguments, so that its address is the same on every chain and known before any source's.
contract DelegationDesk is IDelegationDesk, EIP712, NoncesKeyed {
    bytes32 private constant DELEGATE_ALL_TYPEHASH = keccak256(
        "DelegateAll(address account,address delegatee,address[] sources,uint256 nonce,uint256 expiry)"
    );

    /// @notice Fixes the EIP-712 domain.
    constructor() EIP712("GPU Commons DelegationDesk", "1") {}

    /// @inheritdoc IDelegationDesk
    function delegateAll(address delegatee, address[] calldata sources) external {
        _delegateAll(msg.sender, delegatee, sources);
    }

    /// @inheritdoc IDelegationDesk
    function delegateAllBySig(
        address account,
        address delegatee,
        address[] calldata sources,
        uint256 nonce,
        uint256 expiry,
        bytes calldata signature
    ) external {
        if (block.timestamp > expiry) revert DeskSignatureExpired(expiry);
        // Elements of a packed array are whole words, which is how EIP-712 hashes an array.
        bytes32 named = keccak256(abi.encodePacked(sources));
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(DELEGATE_ALL_TYPEHASH, account, delegatee, named, nonce, expiry))
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, signature)) {
            revert DeskInvalidSignature(account);
        }
        _useCheckedNonce(account, nonce);
        _delegateAll(account, delegatee, sources);
    }

    function _delegateAll(address account, address delegatee, address[] calldata sources) private {
        if (sources.length == 0) revert DeskNoSources();
        for (uint256 i = 0; i < sources.length; ++i) {
            IDelegable(sources[i]).delegateFor(account, delegatee);
        }
    }
}
