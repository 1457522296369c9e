// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title ProposalRecord
/// @notice A proposal as few bytes, kept as the code of a contract: 00, hash of the description, number of actions (1
/// byte), and of each action: target (20), value (12), length of the data (4), data.
/// @dev It begins with a zero byte, STOP, so that nobody can run it.
library ProposalRecord {
    using Bytes for bytes;

    uint256 private constant HASH_END = 33;
    uint256 private constant HEAD = 34;
    uint256 private constant ACTION_HEAD = 36;

    /// @notice Thrown when a proposal has more actions than can be counted.
    error RecordTooManyActions(uint256 actions);

    /// @notice Bytes of a proposal; the arrays are of one length.
    function encode(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal pure returns (bytes memory record) {
        if (targets.length > type(uint8).max) revert RecordTooManyActions(targets.length);
        record = abi.encodePacked(bytes1(0), descriptionHash, uint8(targets.length));
        for (uint256 i = 0; i < targets.length; ++i) {
            uint32 length = SafeCast.toUint32(calldatas[i].length);
            record = abi.encodePacked(record, targets[i], SafeCast.toUint96(values[i]), length, calldatas[i]);
        }
    }

    /// @notice Proposal of what `encode` made.
    function decode(
        bytes memory record
    )
        internal
        pure
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas, bytes32 descriptionHash)
    {
        descriptionHash = bytes32(record.slice(1, HASH_END));
        uint256 actions = uint8(record[HASH_END]);
        targets = new address[](actions);
        values = new uint256[](actions);
        calldatas = new bytes[](actions);
        uint256 at = HEAD;
        for (uint256 i = 0; i < actions; ++i) {
            bytes memory head = record.slice(at, at + ACTION_HEAD);
            targets[i] = address(bytes20(head));
            values[i] = uint96(bytes12(head.slice(20, 32)));
            at += ACTION_HEAD;
            uint256 end = at + uint32(bytes4(head.slice(32)));
            calldatas[i] = record.slice(at, end);
            at = end;
        }
    }
}
