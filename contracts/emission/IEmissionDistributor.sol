// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IEmissionDistributor
/// @notice Holds the pool of node providers and community, and emits it by a halving schedule. One contract, the
/// drawer, takes what was emitted and turns it into rewards; who that is, the owner says once.
/// @dev Life: deployed -> the pool arrives by a plain transfer (genesis) -> anyone starts the emission -> the owner
/// names the drawer -> the drawer draws. Until then emission only waits: nothing of it is lost (I32). The owner can do
/// nothing else; no path leads the pool anywhere but through the drawer. Always drawn <= emitted <= pool <= funded
/// (I28). Every period pays half of what was left, evenly per second.
/// What waited does not come out at once: the drawer has an allowance that starts full with 30 days of the first
/// period's emission and refills evenly in 10 days. So in any span of T days it draws at most 30 + 3 T days' worth,
/// however much was waiting; the bound is in tokens and does not halve, so everything can be drawn some day.
/// Tokens above the pool change nothing and stay (I6).
interface IEmissionDistributor {
    /// @notice The emission began; second 0 of the schedule is `startedAt`.
    event EmissionStarted(uint256 pool, uint40 startedAt);

    /// @notice The drawer was named, for ever.
    event DrawerSet(address indexed drawer);

    /// @notice The drawer paid `amount` token wei to `to`; `drawn` is everything drawn so far.
    event Drawn(address indexed to, uint256 amount, uint256 drawn);

    /// @notice Thrown when the token is the zero address, or tokens would be drawn to the distributor itself.
    error DistributorInvalidAddress(address given);

    /// @notice Thrown when there would be nothing to emit.
    error DistributorZeroPool();

    /// @notice Thrown when the time from one halving to the next is out of bounds, seconds.
    error DistributorPeriodOutOfBounds(uint32 given, uint32 min, uint32 max);

    /// @notice Thrown when the emission began before.
    error DistributorAlreadyStarted(uint40 startedAt);

    /// @notice Thrown when the pool did not arrive yet, token wei.
    error DistributorNotFunded(uint256 balance, uint256 pool);

    /// @notice Thrown when the drawer was named before.
    error DistributorDrawerAlreadySet(address drawer);

    /// @notice Thrown when the drawer would be an account without code of its own.
    error DistributorNotContract(address given);

    /// @notice Thrown when anybody but the drawer draws.
    error DistributorOnlyDrawer(address caller);

    /// @notice Thrown when nothing would be drawn.
    error DistributorZeroAmount();

    /// @notice Thrown when more would be drawn than was emitted and not drawn yet, token wei.
    error DistributorAboveEmission(uint256 amount, uint256 undrawn);

    /// @notice Thrown when more would be drawn than the allowance holds now, token wei.
    error DistributorAboveAllowance(uint256 amount, uint256 allowance);

    /// @notice Anyone, once, when the pool has arrived: begins the emission with this second.
    /// @dev Emits EmissionStarted. Reverts DistributorAlreadyStarted, DistributorNotFunded.
    function start() external;

    /// @notice Owner, once: names the contract that may draw.
    /// @dev Emits DrawerSet. Reverts DistributorDrawerAlreadySet, DistributorNotContract.
    function setDrawer(address newDrawer) external;

    /// @notice Drawer: pays `amount` of what was emitted to `to`.
    /// @dev Emits Drawn. Reverts DistributorOnlyDrawer, DistributorZeroAmount, DistributorInvalidAddress,
    /// DistributorAboveEmission, DistributorAboveAllowance, or the token's error.
    function draw(address to, uint256 amount) external;

    /// @notice Token that is emitted.
    function token() external view returns (IERC20);

    /// @notice Everything that will ever be emitted, token wei.
    function pool() external view returns (uint128);

    /// @notice Seconds from one halving to the next.
    function period() external view returns (uint32);

    /// @notice Second in which the emission began, zero before.
    function startedAt() external view returns (uint40);

    /// @notice Contract that may draw, zero before it is named.
    function drawer() external view returns (address);

    /// @notice Drawn so far, token wei.
    function drawn() external view returns (uint256);

    /// @notice Emitted from the start to second `time`, token wei. Depends on nothing but the start and the time.
    function emittedAt(uint256 time) external view returns (uint256);

    /// @notice What the drawer could draw now, token wei: emitted, not drawn, and within the allowance.
    function drawable() external view returns (uint256);

    /// @notice What the allowance holds now, token wei.
    function allowanceLeft() external view returns (uint256);

    /// @notice What a full allowance holds, token wei.
    function allowanceCapacity() external view returns (uint256);
}
