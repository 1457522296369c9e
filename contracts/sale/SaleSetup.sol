// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Units} from "../libraries/Units.sol";
import {IVestingVault} from "../vesting/IVestingVault.sol";
import {ITokenSale} from "./ITokenSale.sol";

/// @title SaleSetup
/// @notice What a sale's constructor fixes for ever. See ITokenSale.
abstract contract SaleSetup is ITokenSale {
    /// @notice Unit of the amounts of a plan, token wei: a milli-token.
    uint256 public constant PLAN_UNIT = 1e15;

    /// @dev Most that a sold-out sale may cost: the rounding adds less than one unit to each purchase, and there are at
    /// most 2^64 of them, since each takes a gwei unit; the sum fits the 90 bits of SaleWord.held.
    uint256 internal constant MAX_RAISED = (1 << 90) - (1 << 64);

    uint256 private constant MAX_BPS = 10_000;

    /// @inheritdoc ITokenSale
    IERC20 public immutable token;

    /// @inheritdoc ITokenSale
    IERC20 public immutable currency;

    /// @inheritdoc ITokenSale
    IVestingVault public immutable vault;

    /// @inheritdoc ITokenSale
    address public immutable splitter;

    /// @inheritdoc ITokenSale
    address public immutable treasury;

    /// @inheritdoc ITokenSale
    uint96 public immutable tokensForSale;

    /// @inheritdoc ITokenSale
    uint96 public immutable softCap;

    uint16 private immutable _startBps;
    uint32 private immutable _cliff;
    uint32 private immutable _duration;
    uint32 private immutable _step;
    bool private immutable _votes;

    /// @notice Checks and fixes addresses, tokens and figures.
    /// @param setup what is sold for what, and where both go
    /// @param vesting how purchases vest
    constructor(Setup memory setup, PurchaseVesting memory vesting) {
        _requireAddress(address(setup.token));
        _requireAddress(address(setup.currency));
        _requireAddress(setup.splitter);
        _requireAddress(setup.treasury);
        if (setup.token == setup.currency) revert SaleWrongToken(address(setup.currency));
        if (setup.vault.token() != setup.token) revert SaleWrongToken(address(setup.vault));
        _requireWithin(vesting.startBps, 0, MAX_BPS);
        _requireWithin(vesting.cliff, 0, vesting.duration);
        _requireWithin(vesting.step, 0, vesting.duration);
        _requireWithin(setup.tokensForSale, PLAN_UNIT, Units.toWei(type(uint64).max));
        _requireWhole(setup.tokensForSale);
        _requireWithin(setup.softCap, 0, MAX_RAISED);

        token = setup.token;
        currency = setup.currency;
        vault = setup.vault;
        splitter = setup.splitter;
        treasury = setup.treasury;
        tokensForSale = setup.tokensForSale;
        softCap = setup.softCap;
        _startBps = vesting.startBps;
        _cliff = vesting.cliff;
        _duration = vesting.duration;
        _step = vesting.step;
        _votes = vesting.votes;
    }

    /// @inheritdoc ITokenSale
    function purchaseVesting() external view returns (PurchaseVesting memory) {
        return PurchaseVesting(_startBps, _cliff, _duration, _step, _votes);
    }

    /// @dev A schedule of the sale's own, whose terms start now.
    function _createSchedule() internal returns (uint32 id) {
        return
            vault.createSchedule(
                IVestingVault.Terms({
                    start: uint40(block.timestamp),
                    cliff: _cliff,
                    duration: _duration,
                    step: _step,
                    startBps: _startBps,
                    revocable: false,
                    votes: _votes
                }),
                address(this)
            );
    }

    function _requireAddress(address given) internal view {
        if (given == address(0) || given == address(this)) revert SaleInvalidAddress(given);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) internal pure {
        if (value < low || value > high) revert SaleOutOfBounds(value, low, high);
    }

    function _requireWhole(uint256 amount) internal pure {
        if (amount % PLAN_UNIT != 0) revert SaleNotWhole(amount, PLAN_UNIT);
    }
}
