// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {SeatCommit} from "../libraries/SeatCommit.sol";
import {IScoreBoard} from "./IScoreBoard.sol";

/// @title Sheets
/// @notice Signed sheets of marks, and the chain of who may sign them.
/// @dev Who committed is kept as one hash, so that a report reads one word instead of one per seat; whoever reports
/// brings the list.
library Sheets {
    bytes32 private constant ROW_TYPE = keccak256("Row(bytes32 question,uint168 sheet)");
    bytes32 private constant SHEET_TYPEHASH = keccak256(
        "ScoreSheet(uint40 batch,Row[] rows)Row(bytes32 question,uint168 sheet)"
    );

    /// @notice The chain with one more commit.
    function chained(bytes32 chain, SeatCommit seatCommit) internal pure returns (bytes32) {
        return keccak256(abi.encode(chain, seatCommit));
    }

    /// @notice Chain of commits in their order.
    function chainOf(SeatCommit[] calldata commits) internal pure returns (bytes32 chain) {
        for (uint256 i = 0; i < commits.length; ++i) chain = chained(chain, commits[i]);
    }

    /// @notice EIP-712 struct hash of a sheet.
    function hashOf(uint40 batch, IScoreBoard.Row[] calldata rows) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](rows.length);
        for (uint256 i = 0; i < rows.length; ++i) {
            hashes[i] = keccak256(abi.encode(ROW_TYPE, rows[i].question, rows[i].sheet));
        }
        return keccak256(abi.encode(SHEET_TYPEHASH, batch, keccak256(abi.encodePacked(hashes))));
    }

    /// @notice Refuses a signature that is not that of who committed for the seat.
    function requireSigned(SeatCommit seatCommit, bytes32 digest, bytes calldata signature) internal view {
        address signer = seatCommit.signer();
        // First, because looking for code at an address that was not touched costs almost as much as recovering a key.
        (address recovered, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        // An address that committed is not zero, which a failure gives.
        if (recovered == signer) return;
        if (!SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {
            revert IScoreBoard.BoardWrongSignature(seatCommit.seat());
        }
    }
}
