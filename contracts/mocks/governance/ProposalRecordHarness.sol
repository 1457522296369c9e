// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ProposalRecord} from "../../governance/ProposalRecord.sol";

/// @title ProposalRecordHarness
/// @notice Test double: the functions of ProposalRecord.
contract ProposalRecordHarness {
    function encode(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external pure returns (bytes memory) {
        return ProposalRecord.encode(targets, values, calldatas, descriptionHash);
    }

    function decode(
        bytes memory record
    ) external pure returns (address[] memory, uint256[] memory, bytes[] memory, bytes32) {
        return ProposalRecord.decode(record);
    }
}
