// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionController} from "../../emission/IEmissionController.sol";

/// @title ReenteringIssuable
/// @notice Test double: an issuable token that, in the middle of a mint, has the controller execute another
/// announcement. It counts what it minted only afterwards.
contract ReenteringIssuable {
    uint256 private constant GENESIS = 1e27;

    address public minter;
    uint256 public totalSupply = GENESIS;

    /// @notice Announcement to execute in the middle of the next mint; zero for none.
    uint256 public next;

    /// @notice What the call in the middle of the last mint reverted with; empty when it went through.
    bytes public refusal;

    constructor(address minter_) {
        minter = minter_;
    }

    /// @notice Sets what to execute in the middle of the next mint.
    function setNext(uint256 id) external {
        next = id;
    }

    /// @notice Mints to nobody.
    function mint(address, uint256 amount) external {
        if (next != 0) {
            uint256 id = next;
            next = 0;
            // solhint-disable-next-line no-empty-blocks
            try IEmissionController(minter).execute(id) {} catch (bytes memory reason) {
                refusal = reason;
            }
        }
        totalSupply += amount;
    }

    /// @notice Nothing was minted long ago.
    function getPastTotalSupply(uint256) external pure returns (uint256) {
        return 0;
    }
}
