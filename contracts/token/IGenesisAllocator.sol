// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IGenesisAllocator
/// @notice Receives the whole genesis supply and pays it out once, by a table whose hash the owner fixes once.
/// @dev Life: deployed (owner is all its init code holds) -> token minted to it -> every destination deployed -> owner
/// fixes token and table hash -> owner renounces -> anyone executes. The owner can neither change the table after
/// fixing it nor take a token; before fixing it the owner cannot renounce, which would lock the supply for ever.
interface IGenesisAllocator {
    /// @notice One line of the table.
    /// @param destination receiver, not zero and not the allocator
    /// @param amount token wei, not zero
    /// @param label what the share is for, as in the preset
    struct Allocation {
        address destination;
        uint256 amount;
        bytes32 label;
    }

    /// @notice The owner fixed which token is paid out by which table.
    event TableFixed(address indexed token, bytes32 indexed tableHash);

    /// @notice One line of the table was paid.
    event Allocated(address indexed destination, bytes32 indexed label, uint256 amount);

    /// @notice The whole table was paid, `total` token wei in `rows` lines.
    event TableExecuted(bytes32 indexed tableHash, uint256 rows, uint256 total);

    /// @notice Thrown when the token or a destination is the zero address, or a destination the allocator itself.
    error AllocatorInvalidAddress(address given);

    /// @notice Thrown when the hash to fix is zero.
    error AllocatorZeroHash();

    /// @notice Thrown when a line pays nothing.
    error AllocatorZeroAmount(uint256 row);

    /// @notice Thrown when the table was fixed before.
    error AllocatorTableAlreadyFixed(bytes32 tableHash);

    /// @notice Thrown when the table is not fixed yet.
    error AllocatorTableNotFixed();

    /// @notice Thrown when the table was executed before.
    error AllocatorAlreadyExecuted();

    /// @notice Thrown when the given table is not the fixed one.
    error AllocatorWrongTable(bytes32 expected, bytes32 given);

    /// @notice Thrown when the lines do not add up to exactly the allocator's balance, token wei.
    error AllocatorSumMismatch(uint256 balance, uint256 sum);

    /// @notice Owner, once: fixes the token and the hash of the table, keccak256(abi.encode(Allocation[])).
    /// @dev Emits TableFixed. Reverts AllocatorTableAlreadyFixed, AllocatorInvalidAddress, AllocatorZeroHash.
    function fixTable(IERC20 token, bytes32 tableHash) external;

    /// @notice Anyone, once: pays every line of the fixed table out of the whole balance.
    /// @dev Emits Allocated for each line, then TableExecuted. Reverts AllocatorTableNotFixed,
    /// AllocatorAlreadyExecuted, AllocatorWrongTable, AllocatorInvalidAddress, AllocatorZeroAmount,
    /// AllocatorSumMismatch, or the token's error.
    /// @param table the lines whose hash was fixed
    function execute(Allocation[] calldata table) external;

    /// @notice Hash of a table as `fixTable` expects it.
    function hashOf(Allocation[] calldata table) external pure returns (bytes32);

    /// @notice Token that is paid out, zero before it is fixed.
    function token() external view returns (IERC20);

    /// @notice Hash of the fixed table, zero before.
    function tableHash() external view returns (bytes32);

    /// @notice Whether the table was paid.
    function executed() external view returns (bool);
}
