// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IValidatorRegistry} from "../../registry/IValidatorRegistry.sol";

/// @title ValidatorsMock
/// @notice Test double of the validators' registry and of its vault: seats whom a test names, or else the ids from 1 on
/// that are not excluded, and books of the seats. `callBack` makes a call from inside the next takings and endings.
contract ValidatorsMock {
    uint16 private _length;
    uint16 private _owners;
    uint40[] private _named;
    bool private _isNamed;
    IValidatorRegistry.SeatRequest private _request;
    address private _callee;
    bytes private _payload;
    address private _vault;

    mapping(uint40 validator => address worker) public workerOf;
    mapping(address holder => uint40 account) public accountOf;
    mapping(uint40 validator => uint256 count) public openSeats;
    mapping(uint40 validator => mapping(IValidatorRegistry.SeatOutcome outcome => uint256 count)) public ended;
    uint256 public totalOpen;
    uint256 public takings;
    bool public isStopped;
    bool public answered;
    bytes public answer;

    event SeatEnded(uint40 indexed validator, IValidatorRegistry.SeatOutcome outcome);

    error NoSeat(uint40 validator);
    error Excluded(uint40 validator);
    error Stale();
    error Stopped();

    function setPool(uint16 length, uint16 owners) external {
        (_length, _owners) = (length, owners);
    }

    function setNext(uint40[] calldata validators) external {
        (_named, _isNamed) = (validators, true);
    }

    function setWorker(uint40 validator, address worker) external {
        workerOf[validator] = worker;
    }

    function setAccount(address holder, uint40 account) external {
        accountOf[holder] = account;
    }

    /// @notice Another vault than this double's own.
    function setVault(address vault_) external {
        _vault = vault_;
    }

    function setStopped(bool stopped) external {
        isStopped = stopped;
    }

    function callBack(address callee, bytes calldata payload) external {
        (_callee, _payload) = (callee, payload);
    }

    function takeSeats(IValidatorRegistry.SeatRequest calldata request) external returns (uint40[] memory validators) {
        if (isStopped) revert Stopped();
        if (block.timestamp >= request.frozenAt + 3 days) revert Stale();
        _request = request;
        ++takings;
        validators = _isNamed ? _named : _others(request);
        _isNamed = false;
        for (uint256 i = 0; i < validators.length; ++i) {
            if (_isIn(validators[i], request.excluded)) revert Excluded(validators[i]);
            ++openSeats[validators[i]];
            ++totalOpen;
        }
        _call();
    }

    function endSeats(uint40[] calldata validators, IValidatorRegistry.SeatOutcome[] calldata outcomes) external {
        for (uint256 i = 0; i < validators.length; ++i) {
            if (openSeats[validators[i]] == 0) revert NoSeat(validators[i]);
            --openSeats[validators[i]];
            --totalOpen;
            ++ended[validators[i]][outcomes[i]];
            emit SeatEnded(validators[i], outcomes[i]);
        }
        _call();
    }

    function vault() external view returns (address) {
        return _vault == address(0) ? address(this) : _vault;
    }

    function poolOf(uint8) external view returns (uint16 places, uint16 owners) {
        return (_length, _owners);
    }

    function worksFor(uint40 validator, address caller) external view returns (bool) {
        return workerOf[validator] == caller;
    }

    function lastRequest() external view returns (IValidatorRegistry.SeatRequest memory) {
        return _request;
    }

    function _call() private {
        // solhint-disable-next-line avoid-low-level-calls
        if (_callee != address(0)) (answered, answer) = _callee.call(_payload);
    }

    /// @dev Ids 1..owners in turn, from one that the seed picks.
    function _others(
        IValidatorRegistry.SeatRequest calldata request
    ) private view returns (uint40[] memory validators) {
        uint40[] memory found = new uint40[](request.seats);
        uint256 count;
        for (uint256 i = 0; i < _owners && count < request.seats; ++i) {
            uint40 one = uint40(1 + addmod(uint256(request.seed), i, _owners));
            if (!_isIn(one, request.excluded)) found[count++] = one;
        }
        validators = new uint40[](count);
        for (uint256 i = 0; i < count; ++i) validators[i] = found[i];
    }

    function _isIn(uint40 one, uint40[] calldata all) private pure returns (bool) {
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i] == one) return true;
        }
        return false;
    }
}
