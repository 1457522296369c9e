// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {Codes} from "../libraries/Codes.sol";
import {HalvingSchedule} from "../libraries/HalvingSchedule.sol";
import {IEmissionDistributor} from "./IEmissionDistributor.sol";

/// @title EmissionDistributor
/// @notice See IEmissionDistributor.
/// @dev The constructor takes nothing that depends on time, so that the address can be known before the deployment. The
/// allowance is OpenZeppelin's refilling bucket with one entry and settings that never change.
contract EmissionDistributor is IEmissionDistributor, AlwaysOwned, ReentrancyGuardTransient {
    using RateLimiter for RateLimiter.RefillingBucket;
    using SafeERC20 for IERC20;

    /// @notice Seconds of the first period's emission that a full allowance holds.
    uint32 public constant BURST = 30 days;

    /// @notice Seconds in which an empty allowance refills.
    uint32 public constant REFILL = 10 days;

    /// @notice Shortest time from one halving to the next.
    uint32 public constant MIN_PERIOD = 180 days;

    /// @notice Longest time from one halving to the next.
    uint32 public constant MAX_PERIOD = 3_650 days;

    /// @inheritdoc IEmissionDistributor
    IERC20 public immutable token;

    /// @inheritdoc IEmissionDistributor
    uint128 public immutable pool;

    /// @inheritdoc IEmissionDistributor
    uint32 public immutable period;

    /// @inheritdoc IEmissionDistributor
    uint40 public startedAt;

    /// @inheritdoc IEmissionDistributor
    address public drawer;

    /// @inheritdoc IEmissionDistributor
    uint256 public drawn;

    /// @dev The one entry is that of key zero.
    RateLimiter.RefillingBucket private _allowance;

    /// @notice Deploys a distributor that waits for its pool.
    /// @param token_ token that is emitted, not zero
    /// @param pool_ token wei that the genesis table pays to this address, not zero
    /// @param period_ seconds from one halving to the next, MIN_PERIOD to MAX_PERIOD
    /// @param initialOwner owner, to become the timelock
    constructor(IERC20 token_, uint128 pool_, uint32 period_, address initialOwner) AlwaysOwned(initialOwner) {
        if (address(token_) == address(0)) revert DistributorInvalidAddress(address(0));
        if (pool_ == 0) revert DistributorZeroPool();
        if (period_ < MIN_PERIOD || period_ > MAX_PERIOD) {
            revert DistributorPeriodOutOfBounds(period_, MIN_PERIOD, MAX_PERIOD);
        }

        token = token_;
        pool = pool_;
        period = period_;
        // Rounded up, so that no pool is so small that nothing of it can be drawn. No overflow: 128 bits times 32 bits,
        // and less than the pool, because a burst is shorter than half of any period.
        uint256 capacity = Math.ceilDiv(uint256(pool_) * BURST, 2 * uint256(period_));
        _allowance.updateSettings(REFILL, uint208(capacity));
    }

    /// @inheritdoc IEmissionDistributor
    function start() external {
        if (startedAt != 0) revert DistributorAlreadyStarted(startedAt);
        uint256 balance = token.balanceOf(address(this));
        if (balance < pool) revert DistributorNotFunded(balance, pool);

        startedAt = uint40(block.timestamp);
        emit EmissionStarted(pool, uint40(block.timestamp));
    }

    /// @inheritdoc IEmissionDistributor
    function setDrawer(address newDrawer) external onlyOwner {
        if (drawer != address(0)) revert DistributorDrawerAlreadySet(drawer);
        if (!Codes.isContract(newDrawer)) revert DistributorNotContract(newDrawer);

        drawer = newDrawer;
        emit DrawerSet(newDrawer);
    }

    /// @inheritdoc IEmissionDistributor
    function draw(address to, uint256 amount) external nonReentrant {
        if (msg.sender != drawer) revert DistributorOnlyDrawer(msg.sender);
        if (amount == 0) revert DistributorZeroAmount();
        // The tokens would be counted as drawn and never leave.
        if (to == address(this)) revert DistributorInvalidAddress(to);
        uint256 undrawn = _undrawn();
        if (amount > undrawn) revert DistributorAboveEmission(amount, undrawn);
        if (!_allowance.tryConsume(0, amount)) revert DistributorAboveAllowance(amount, allowanceLeft());

        uint256 total = drawn + amount;
        drawn = total;
        emit Drawn(to, amount, total);

        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IEmissionDistributor
    function drawable() external view returns (uint256) {
        return Math.min(_undrawn(), allowanceLeft());
    }

    /// @inheritdoc IEmissionDistributor
    function allowanceCapacity() external view returns (uint256) {
        return _allowance._capacity;
    }

    /// @inheritdoc IEmissionDistributor
    function emittedAt(uint256 time) public view returns (uint256) {
        uint256 from = startedAt;
        return from != 0 && time > from ? HalvingSchedule.emitted(pool, period, time - from) : 0;
    }

    /// @inheritdoc IEmissionDistributor
    function allowanceLeft() public view returns (uint256) {
        return _allowance.available(0);
    }

    function _undrawn() private view returns (uint256) {
        return emittedAt(block.timestamp) - drawn;
    }
}
