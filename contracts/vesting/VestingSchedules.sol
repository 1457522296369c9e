// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {ScheduleWord} from "../libraries/ScheduleWord.sol";
import {VestingMath} from "../libraries/VestingMath.sol";
import {IVestingVault} from "./IVestingVault.sol";
import {VestingInbox} from "./VestingInbox.sol";

/// @title VestingSchedules
/// @notice The part of the VestingVault that keeps schedules, their grantors and their free pools.
abstract contract VestingSchedules is IVestingVault, AlwaysOwned, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice What is stored of a schedule. The word is read by everything and written by all that moves the pool, and
    /// so never by a release.
    struct Schedule {
        ScheduleWord word;
        address grantor;
        address offeredGrantor;
    }

    /// @inheritdoc IVestingVault
    IERC20 public immutable token;

    /// @inheritdoc IVestingVault
    address public immutable inbox;

    /// @inheritdoc IVestingVault
    uint32 public scheduleCount;

    mapping(uint32 schedule => Schedule entry) internal _schedules;

    /// @notice Fixes the token and creates the inbox, which needs the token's code to be there.
    /// @param token_ token that is vested, not zero
    /// @param initialOwner owner, to become the timelock
    constructor(IERC20 token_, address initialOwner) AlwaysOwned(initialOwner) {
        if (address(token_) == address(0)) revert VestingZeroAddress();
        token = token_;
        inbox = address(new VestingInbox(token_, address(this)));
    }

    /// @inheritdoc IVestingVault
    function createSchedule(Terms calldata terms, address grantor) external returns (uint32 schedule) {
        if (grantor == address(0)) revert VestingZeroAddress();

        schedule = ++scheduleCount;
        _schedules[schedule].word = _packed(terms);
        _schedules[schedule].grantor = grantor;
        emit ScheduleCreated(schedule, grantor, terms);
    }

    /// @inheritdoc IVestingVault
    function renounceRevocation(uint32 schedule) external {
        Schedule storage entry = _asGrantor(schedule);
        ScheduleWord word = entry.word;
        if (!word.revocable()) revert VestingNotRevocable(schedule);

        entry.word = word.withRevocable(false);
        emit RevocationRenounced(schedule);
    }

    /// @inheritdoc IVestingVault
    function offerGrantor(uint32 schedule, address to) external {
        _asGrantor(schedule).offeredGrantor = to;
        emit GrantorOffered(schedule, msg.sender, to);
    }

    /// @inheritdoc IVestingVault
    function acceptGrantor(uint32 schedule) external {
        Schedule storage entry = _schedules[schedule];
        if (msg.sender != entry.offeredGrantor) revert VestingNotOffered(schedule, msg.sender);

        address oldGrantor = entry.grantor;
        entry.offeredGrantor = address(0);
        entry.grantor = msg.sender;
        emit GrantorChanged(schedule, oldGrantor, msg.sender);
    }

    /// @inheritdoc IVestingVault
    function fund(uint32 schedule, uint256 amount) external nonReentrant {
        _pull(schedule, msg.sender, amount);
        emit PoolFunded(schedule, msg.sender, amount);
    }

    /// @inheritdoc IVestingVault
    function fundWithPermit(
        uint32 schedule,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        // A permit that somebody sent first has done its work: only the allowance matters below.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}

        _pull(schedule, msg.sender, amount);
        emit PoolFunded(schedule, msg.sender, amount);
    }

    /// @inheritdoc IVestingVault
    function allot(uint32 schedule, uint256 amount) external onlyOwner nonReentrant {
        _pull(schedule, inbox, amount);
        emit PoolAllotted(schedule, amount);
    }

    /// @inheritdoc IVestingVault
    function withdrawPool(uint32 schedule, address to, uint256 amount) external nonReentrant {
        Schedule storage entry = _asGrantor(schedule);
        _requireReceiver(to);
        if (amount == 0) revert VestingZeroAmount();

        entry.word = _takenFromPool(schedule, entry.word, amount);
        emit PoolWithdrawn(schedule, to, amount);

        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IVestingVault
    function termsOf(uint32 schedule) external view returns (Terms memory) {
        ScheduleWord word = _schedules[schedule].word;
        if (!word.exists()) revert VestingUnknownSchedule(schedule);
        return
            Terms({
                start: word.start(),
                cliff: word.cliff(),
                duration: word.duration(),
                step: word.step(),
                startBps: word.startBps(),
                revocable: word.revocable(),
                votes: word.votes()
            });
    }

    /// @inheritdoc IVestingVault
    function grantorOf(uint32 schedule) external view returns (address) {
        return _schedules[schedule].grantor;
    }

    /// @inheritdoc IVestingVault
    function offeredGrantorOf(uint32 schedule) external view returns (address) {
        return _schedules[schedule].offeredGrantor;
    }

    /// @inheritdoc IVestingVault
    function poolOf(uint32 schedule) external view returns (uint256) {
        return _schedules[schedule].word.pool();
    }

    /// @dev The schedule, for its grantor alone. Nobody is the grantor of one that does not exist.
    function _asGrantor(uint32 schedule) internal view returns (Schedule storage entry) {
        entry = _schedules[schedule];
        if (msg.sender != entry.grantor) revert VestingOnlyGrantor(schedule, msg.sender);
    }

    /// @dev Tokens must not go where nobody can take them out.
    function _requireReceiver(address to) internal view {
        if (to == address(0)) revert VestingZeroAddress();
        if (to == address(this)) revert VestingSelfRecipient();
    }

    /// @dev A schedule's word with `amount` less in its pool.
    function _takenFromPool(uint32 schedule, ScheduleWord word, uint256 amount) internal pure returns (ScheduleWord) {
        uint96 pool = word.pool();
        if (amount > pool) revert VestingPoolShort(schedule, pool, amount);
        // The difference is at most `pool`, which has 96 bits.
        return word.withPool(uint96(pool - amount));
    }

    /// @dev A schedule's word with `amount` more in its pool.
    function _addedToPool(ScheduleWord word, uint256 amount) internal pure returns (ScheduleWord) {
        uint96 pool = word.pool();
        // Subtract on the side that cannot overflow.
        if (amount > type(uint96).max - pool) revert VestingAmountTooLarge(amount);
        return word.withPool(uint96(pool + amount));
    }

    /// @dev Pulls, measures, then adds to the pool, so that the vault is solvent for readers at every instant.
    function _pull(uint32 schedule, address from, uint256 amount) private {
        if (amount == 0) revert VestingZeroAmount();
        Schedule storage entry = _schedules[schedule];
        if (!entry.word.exists()) revert VestingUnknownSchedule(schedule);

        uint256 balanceBefore = token.balanceOf(address(this));
        // `from` is the caller, or an inbox that holds tokens for nothing else.
        // slither-disable-next-line arbitrary-send-erc20
        token.safeTransferFrom(from, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - balanceBefore;
        if (received < amount) revert VestingTransferShort(amount, received);

        // Loaded after the transfer, in the middle of which the pool may have changed.
        entry.word = _addedToPool(entry.word, amount);
    }

    /// @dev The word of a schedule with an empty pool.
    function _packed(Terms calldata terms) private pure returns (ScheduleWord word) {
        _requireWithin(terms.start, 1, type(uint40).max);
        _requireWithin(terms.cliff, 0, terms.duration);
        _requireWithin(terms.step, 0, terms.duration);
        _requireWithin(terms.startBps, 0, VestingMath.BPS);
        word = ScheduleWord.wrap(0).withStart(terms.start).withCliff(terms.cliff).withDuration(terms.duration);
        word = word.withStep(terms.step).withStartBps(terms.startBps);
        word = word.withRevocable(terms.revocable).withVotes(terms.votes);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert VestingOutOfBounds(value, low, high);
    }
}
