// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {ProposalRecord} from "./ProposalRecord.sol";

/// @title GovernorArchive
/// @notice Keeps every proposal on chain, so that it can be listed, and queued, executed and cancelled by its id.
/// @dev Same functions as OpenZeppelin's GovernorStorage, but each proposal is kept as the code of a contract of its
/// own instead of a slot for each word, at a quarter of the price. Nothing is trusted to what is read here: every
/// function by id goes through the one with all arguments, which recomputes the id from them.
abstract contract GovernorArchive is Governor {
    /// @dev Returns what follows it as the code: PUSH2 length, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY,
    /// RETURNDATASIZE, RETURN.
    bytes1 private constant PUSH2 = 0x61;
    bytes7 private constant RETURN_THE_REST = 0x80600a3d393df3;
    /// @dev Longest code that a chain takes (EIP-170).
    uint256 private constant MAX_BYTES = 24_576;

    uint256[] private _ids;
    mapping(uint256 proposalId => address) private _records;

    /// @notice Thrown when a proposal is too long to be kept, bytes.
    error GovernorProposalTooLong(uint256 length, uint256 longest);

    /// @notice Queues a proposal by its id.
    /// @dev As `queue` with all arguments. Reverts GovernorNonexistentProposal.
    function queue(uint256 proposalId) public virtual {
        (
            address[] memory targets,
            uint256[] memory values,
            bytes[] memory calldatas,
            bytes32 descriptionHash
        ) = proposalDetails(proposalId);
        queue(targets, values, calldatas, descriptionHash);
    }

    /// @notice Executes a proposal by its id.
    /// @dev As `execute` with all arguments. Reverts GovernorNonexistentProposal.
    function execute(uint256 proposalId) public payable virtual {
        (
            address[] memory targets,
            uint256[] memory values,
            bytes[] memory calldatas,
            bytes32 descriptionHash
        ) = proposalDetails(proposalId);
        execute(targets, values, calldatas, descriptionHash);
    }

    /// @notice Cancels a proposal by its id.
    /// @dev As `cancel` with all arguments. Reverts GovernorNonexistentProposal.
    function cancel(uint256 proposalId) public virtual {
        (
            address[] memory targets,
            uint256[] memory values,
            bytes[] memory calldatas,
            bytes32 descriptionHash
        ) = proposalDetails(proposalId);
        cancel(targets, values, calldatas, descriptionHash);
    }

    /// @notice How many proposals there ever were.
    function proposalCount() public view virtual returns (uint256) {
        return _ids.length;
    }

    /// @notice Id and content of a proposal by its number, from 0 on.
    function proposalDetailsAt(
        uint256 index
    )
        public
        view
        virtual
        returns (
            uint256 proposalId,
            address[] memory targets,
            uint256[] memory values,
            bytes[] memory calldatas,
            bytes32 descriptionHash
        )
    {
        proposalId = _ids[index];
        (targets, values, calldatas, descriptionHash) = proposalDetails(proposalId);
    }

    /// @notice Content of a proposal.
    /// @dev Reverts GovernorNonexistentProposal.
    function proposalDetails(
        uint256 proposalId
    )
        public
        view
        virtual
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas, bytes32 descriptionHash)
    {
        address kept = _records[proposalId];
        if (kept == address(0)) revert GovernorNonexistentProposal(proposalId);
        return ProposalRecord.decode(kept.code);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal virtual override returns (uint256 proposalId) {
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        bytes memory record = ProposalRecord.encode(targets, values, calldatas, keccak256(bytes(description)));
        if (record.length > MAX_BYTES) revert GovernorProposalTooLong(record.length, MAX_BYTES);
        _ids.push(proposalId);
        _records[proposalId] = Create2.deploy(
            0,
            bytes32(proposalId),
            abi.encodePacked(PUSH2, uint16(record.length), RETURN_THE_REST, record)
        );
    }
}
