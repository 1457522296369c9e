// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IReviewPanel} from "../../review/IReviewPanel.sol";

/// @title PanelMock
/// @notice Says what a test tells it to, in place of a panel.
contract PanelMock {
    IReviewPanel.AskRequest private _asked;
    IReviewPanel.Finding private _finding;
    bytes32 private _digest;
    uint40[] private _payees;
    uint256 private _seats;
    uint8 private _presentSeats;

    uint256 public longestQuestion = 10 days;
    bytes32 public appealed;
    uint40 public appellant;
    address public asker;
    /// @notice Called before `close` answers, with the data of a call that a test wants made from inside.
    address private _callee;
    bytes private _payload;

    function setLongest(uint256 value) external {
        longestQuestion = value;
    }

    function decide(IReviewPanel.Finding finding, bytes32 digest, uint40[] calldata payees, uint256 seats) external {
        _finding = finding;
        _digest = digest;
        _payees = payees;
        _seats = seats;
    }

    function setPresentSeats(uint8 value) external {
        _presentSeats = value;
    }

    function callBack(address callee, bytes calldata payload) external {
        _callee = callee;
        _payload = payload;
    }

    function ask(IReviewPanel.AskRequest calldata request) external returns (bytes32) {
        _asked = request;
        asker = msg.sender;
        return keccak256(abi.encode(msg.sender, request.subject));
    }

    function appeal(bytes32 question, uint40 by) external {
        appealed = question;
        appellant = by;
        _call();
    }

    function close(bytes32) external returns (IReviewPanel.Finding, bytes32, uint40[] memory, uint256) {
        _call();
        return (_finding, _digest, _payees, _seats);
    }

    function asked() external view returns (IReviewPanel.AskRequest memory) {
        return _asked;
    }

    function questionOf(bytes32) external view returns (IReviewPanel.QuestionView memory view_) {
        view_.finding = _finding;
        view_.digest = _digest;
        view_.seats = _presentSeats;
    }

    function _call() private {
        if (_callee == address(0)) return;
        // solhint-disable-next-line avoid-low-level-calls
        (bool ok, bytes memory answer) = _callee.call(_payload);
        if (ok) return;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
