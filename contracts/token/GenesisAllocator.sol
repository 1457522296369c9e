// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IGenesisAllocator} from "./IGenesisAllocator.sol";

/// @title GenesisAllocator
/// @notice See IGenesisAllocator.
/// @dev Re-entry is harmless: `executed` is set before the first payment.
contract GenesisAllocator is IGenesisAllocator, Ownable2Step {
    using SafeERC20 for IERC20;

    /// @inheritdoc IGenesisAllocator
    IERC20 public token;

    /// @inheritdoc IGenesisAllocator
    bool public executed;

    /// @inheritdoc IGenesisAllocator
    bytes32 public tableHash;

    /// @notice The owner is all that the init code holds, so that its address can be known before the token's.
    /// @param initialOwner who fixes the table, not zero
    constructor(address initialOwner) Ownable(initialOwner) {}

    /// @inheritdoc IGenesisAllocator
    function fixTable(IERC20 token_, bytes32 tableHash_) external onlyOwner {
        if (tableHash != 0) revert AllocatorTableAlreadyFixed(tableHash);
        if (address(token_) == address(0)) revert AllocatorInvalidAddress(address(0));
        if (tableHash_ == 0) revert AllocatorZeroHash();

        token = token_;
        tableHash = tableHash_;
        emit TableFixed(address(token_), tableHash_);
    }

    /// @inheritdoc IGenesisAllocator
    function execute(Allocation[] calldata table) external {
        if (tableHash == 0) revert AllocatorTableNotFixed();
        if (executed) revert AllocatorAlreadyExecuted();
        bytes32 given = hashOf(table);
        if (given != tableHash) revert AllocatorWrongTable(tableHash, given);
        uint256 sum = _sum(table);
        uint256 balance = token.balanceOf(address(this));
        if (sum != balance) revert AllocatorSumMismatch(balance, sum);

        executed = true;
        for (uint256 i = 0; i < table.length; ++i) {
            token.safeTransfer(table[i].destination, table[i].amount);
            emit Allocated(table[i].destination, table[i].label, table[i].amount);
        }
        emit TableExecuted(given, table.length, sum);
    }

    /// @notice Owner: gives up the ownership for good, which is possible only once the table is fixed.
    function renounceOwnership() public override onlyOwner {
        if (tableHash == 0) revert AllocatorTableNotFixed();
        super.renounceOwnership();
    }

    /// @inheritdoc IGenesisAllocator
    function hashOf(Allocation[] calldata table) public pure returns (bytes32) {
        return keccak256(abi.encode(table));
    }

    function _sum(Allocation[] calldata table) private view returns (uint256 sum) {
        for (uint256 i = 0; i < table.length; ++i) {
            Allocation calldata line = table[i];
            if (line.destination == address(0) || line.destination == address(this)) {
                revert AllocatorInvalidAddress(line.destination);
            }
            if (line.amount == 0) revert AllocatorZeroAmount(i);
            sum += line.amount;
        }
    }
}
