// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ClockMock
/// @notice Test double: what a source of votes says of its clock and its desk.
contract ClockMock {
    address public immutable delegationDesk;
    string private _mode;
    uint48 private immutable _ahead;

    constructor(address desk, string memory mode, uint48 ahead) {
        delegationDesk = desk;
        _mode = mode;
        _ahead = ahead;
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() external view returns (string memory) {
        return _mode;
    }

    function clock() external view returns (uint48) {
        return uint48(block.timestamp) + _ahead;
    }
}
