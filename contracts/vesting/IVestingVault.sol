// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IVestingVault
/// @notice One vault for all vested tokens: schedules that many grants share, and one storage word a grant (SPEC 2).
/// @dev Amounts are token wei, times are seconds. A grant is known by (schedule, beneficiary) for ever, whoever is
/// paid now: a schedule has one grant an address, and granting again adds to it.
///
/// Life of tokens: `fund` or `allot` brings them into the free pool of a schedule; `grant`, `grantMany`, or
/// `grantByRoot` and `claimGrant` turn them into grants; `release` pays what has vested. Grantors reach the pool only:
/// what was granted comes back by `revoke` (unvested part, revocable schedules) and `closeRoot`, and in no other way.
///
/// Vesting follows the schedule's own clock, whenever a grant is made: a grant in the middle of the schedule has
/// vested in part at once, and granting more to somebody delays nothing and takes nothing back.
///
/// Solvency (I3): the vault's tokens are at least the pools, what roots reserve and what is granted and not released,
/// to the wei. Tokens must not be sent to the vault itself, where nobody can move them; those who can only transfer
/// send to `inbox`. The token is trusted to move what it says: an entry that brings in less than asked for reverts.
///
/// There is no pause and no fee. The owner can only `allot`.
///
/// Votes (ERC-5805, IDelegable): granted tokens vote until released, for the delegate that the paid account chose
/// here, where the schedule says so. Pools and reserved tokens do not vote, and the vault never delegates tokens it
/// holds.
interface IVestingVault {
    /// @notice Terms of a schedule; only `revocable` can change, once, to false.
    /// @param start when vesting begins, not 0; may lie in the past or in the future
    /// @param cliff seconds from `start` before which only the part at the start has vested, at most `duration`
    /// @param duration seconds from `start` after which everything has vested; 0 means that all vests at `start`
    /// @param step seconds that vest at once, at most `duration`; 0 means every second
    /// @param startBps share that vests at `start`, of 10,000; the rest vests in proportion to the time since `start`
    /// @param revocable whether the grantor may revoke grants
    /// @param votes whether granted tokens vote until they are released
    struct Terms {
        uint40 start;
        uint32 cliff;
        uint32 duration;
        uint32 step;
        uint16 startBps;
        bool revocable;
        bool votes;
    }

    /// @notice One grant of a batch.
    /// @param beneficiary who is granted
    /// @param amount token wei, not 0
    struct Grant {
        address beneficiary;
        uint96 amount;
    }

    /// @notice State of a grant.
    /// @param total token wei granted; since a revocation, what had vested then
    /// @param paid token wei released
    /// @param revokedAt when it was revoked, 0 when it was not
    /// @param payee who is paid
    struct GrantState {
        uint96 total;
        uint96 paid;
        uint40 revokedAt;
        address payee;
    }

    /// @notice State of a Merkle root.
    /// @param left token wei reserved and not claimed
    /// @param setAt when it was set, 0 when it never was
    /// @param number its number on its schedule, from 1
    struct RootState {
        uint96 left;
        uint40 setAt;
        uint8 number;
    }

    /// @notice A schedule was created.
    event ScheduleCreated(uint32 indexed schedule, address indexed grantor, Terms terms);

    /// @notice `from` paid `amount` token wei into the pool of a schedule.
    event PoolFunded(uint32 indexed schedule, address indexed from, uint256 amount);

    /// @notice The owner moved `amount` token wei from the inbox into the pool of a schedule.
    event PoolAllotted(uint32 indexed schedule, uint256 amount);

    /// @notice The grantor took `amount` token wei that were not granted out of the pool.
    event PoolWithdrawn(uint32 indexed schedule, address indexed to, uint256 amount);

    /// @notice `grantor` offers a schedule to `to`; zero takes an offer back.
    event GrantorOffered(uint32 indexed schedule, address indexed grantor, address indexed to);

    /// @notice A schedule has another grantor.
    event GrantorChanged(uint32 indexed schedule, address indexed oldGrantor, address indexed newGrantor);

    /// @notice Grants of the schedule can never be revoked from now on.
    event RevocationRenounced(uint32 indexed schedule);

    /// @notice `amount` token wei were granted, in addition to what had been before.
    event Granted(uint32 indexed schedule, address indexed beneficiary, uint256 amount);

    /// @notice `total` token wei are reserved for the leaves of a Merkle root.
    event RootSet(uint32 indexed schedule, bytes32 indexed root, uint256 total);

    /// @notice A leaf of `amount` token wei became a grant. `returned` of it went back to the pool, because the
    /// beneficiary's grant had been revoked before it would have vested.
    event GrantClaimed(
        uint32 indexed schedule,
        address indexed beneficiary,
        bytes32 indexed root,
        uint256 amount,
        uint256 returned
    );

    /// @notice No leaf of the root can be claimed any more; `returned` token wei went back to the pool.
    event RootClosed(uint32 indexed schedule, bytes32 indexed root, uint256 returned);

    /// @notice `amount` token wei of a grant were paid.
    event Released(uint32 indexed schedule, address indexed beneficiary, uint256 amount);

    /// @notice A grant was revoked: `vested` token wei of it stay, `returned` went back to the pool.
    event GrantRevoked(uint32 indexed schedule, address indexed beneficiary, uint256 vested, uint256 returned);

    /// @notice Whoever is paid offers the grant to `to`; zero takes an offer back.
    event PayeeOffered(uint32 indexed schedule, address indexed beneficiary, address indexed to);

    /// @notice A grant is paid to somebody else from now on.
    event PayeeChanged(uint32 indexed schedule, address indexed beneficiary, address oldPayee, address newPayee);

    /// @notice Thrown when an address must not be zero.
    error VestingZeroAddress();

    /// @notice Thrown when an amount must not be zero.
    error VestingZeroAmount();

    /// @notice Thrown when tokens would be sent or granted to the vault itself.
    error VestingSelfRecipient();

    /// @notice Thrown when a term of a schedule is outside its bounds.
    error VestingOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Thrown when no schedule has this id.
    error VestingUnknownSchedule(uint32 schedule);

    /// @notice Thrown when anybody but the schedule's grantor acts on it.
    error VestingOnlyGrantor(uint32 schedule, address caller);

    /// @notice Thrown when anybody but the one a schedule or a grant was offered to accepts it.
    error VestingNotOffered(uint32 schedule, address caller);

    /// @notice Thrown when the token delivered less than it was asked for (a fee on transfer).
    error VestingTransferShort(uint256 expected, uint256 received);

    /// @notice Thrown when `amount` would lift a pool above 2^96 - 1 token wei.
    error VestingAmountTooLarge(uint256 amount);

    /// @notice Thrown when the free pool holds less than `amount`.
    error VestingPoolShort(uint32 schedule, uint256 pool, uint256 amount);

    /// @notice Thrown when nothing was granted to `beneficiary` on this schedule.
    error VestingNoGrant(uint32 schedule, address beneficiary);

    /// @notice Thrown when the grant was revoked: nothing can be added to it, and it cannot be revoked again.
    error VestingAlreadyRevoked(uint32 schedule, address beneficiary);

    /// @notice Thrown when grants of the schedule cannot be revoked.
    error VestingNotRevocable(uint32 schedule);

    /// @notice Thrown when nothing has vested that is not paid yet.
    error VestingNothingToRelease(uint32 schedule, address beneficiary);

    /// @notice Thrown when anybody but `payee` releases tokens that vote here, and they would stop to vote: `payee`
    /// has no delegate on the token.
    error VestingPayeeNotDelegated(address payee);

    /// @notice Thrown when anybody but the one who is paid offers the grant.
    error VestingOnlyPayee(uint32 schedule, address beneficiary, address caller);

    /// @notice Thrown when the root was set before on this schedule.
    error VestingRootKnown(uint32 schedule, bytes32 root);

    /// @notice Thrown when the root was never set on this schedule.
    error VestingUnknownRoot(uint32 schedule, bytes32 root);

    /// @notice Thrown when a schedule would get more than 23 roots.
    error VestingTooManyRoots(uint32 schedule);

    /// @notice Thrown when the proof does not lead from the leaf to the root.
    error VestingInvalidProof(bytes32 root, address beneficiary, uint256 amount);

    /// @notice Thrown when the beneficiary's leaf was claimed before.
    error VestingAlreadyClaimed(bytes32 root, address beneficiary);

    /// @notice Thrown when a root has less left than `amount`: its leaves add up to more than was reserved, or it was
    /// closed.
    error VestingRootShort(bytes32 root, uint256 left, uint256 amount);

    /// @notice Thrown when a root cannot be closed before `closableFrom`.
    error VestingRootOpen(bytes32 root, uint256 closableFrom);

    // Schedules

    /// @notice Anyone: creates a schedule with an empty pool. Ids count from 1.
    /// @dev Emits ScheduleCreated. Reverts VestingOutOfBounds, VestingZeroAddress.
    /// @param terms terms, fixed for ever but for renounceRevocation
    /// @param grantor who grants, revokes, and takes back what is not granted
    /// @return schedule id of the schedule
    function createSchedule(Terms calldata terms, address grantor) external returns (uint32 schedule);

    /// @notice Grantor: gives up for ever the right to revoke grants of the schedule, those still to be made included.
    /// @dev Emits RevocationRenounced. Reverts VestingOnlyGrantor, VestingNotRevocable.
    function renounceRevocation(uint32 schedule) external;

    /// @notice Grantor: offers the schedule with its pool to `to`, who must accept; zero takes an offer back.
    /// @dev Emits GrantorOffered. Reverts VestingOnlyGrantor.
    function offerGrantor(uint32 schedule, address to) external;

    /// @notice Becomes the grantor of a schedule that was offered to the caller.
    /// @dev Emits GrantorChanged. Reverts VestingNotOffered.
    function acceptGrantor(uint32 schedule) external;

    // Pools

    /// @notice Anyone: pays `amount` from the caller into the free pool of a schedule, where its grantor disposes of
    /// it.
    /// @dev Needs an allowance. Emits PoolFunded. Reverts VestingZeroAmount, VestingUnknownSchedule,
    /// VestingTransferShort, VestingAmountTooLarge, or the token's error.
    function fund(uint32 schedule, uint256 amount) external;

    /// @notice As `fund`, with an ERC-2612 permit of the caller for the vault. A permit that was used by somebody else
    /// first, or that the token refuses, is ignored: then the allowance decides.
    function fundWithPermit(uint32 schedule, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Owner: moves `amount` from the inbox into the free pool of a schedule.
    /// @dev Emits PoolAllotted. Reverts as `fund` does, and OwnableUnauthorizedAccount.
    function allot(uint32 schedule, uint256 amount) external;

    /// @notice Grantor: takes `amount` that is not granted out of the pool.
    /// @dev Emits PoolWithdrawn. Reverts VestingOnlyGrantor, VestingZeroAddress, VestingSelfRecipient,
    /// VestingZeroAmount, VestingPoolShort.
    function withdrawPool(uint32 schedule, address to, uint256 amount) external;

    // Grants

    /// @notice Grantor: grants `amount` from the pool, in addition to what the beneficiary has on this schedule.
    /// @dev The amount is paid to whoever is paid for the beneficiary's grant (`grantOf`). Emits Granted. Reverts
    /// VestingOnlyGrantor, VestingZeroAddress, VestingSelfRecipient, VestingZeroAmount, VestingPoolShort,
    /// VestingAlreadyRevoked.
    function grant(uint32 schedule, address beneficiary, uint96 amount) external;

    /// @notice Grantor: `grant` for each row. A batch of 500 costs about 12.6 million gas on a schedule without votes.
    function grantMany(uint32 schedule, Grant[] calldata grants) external;

    /// @notice Grantor: reserves `total` from the pool for the leaves of a Merkle root. At most 23 roots a schedule.
    /// @dev A leaf is `leafOf(beneficiary, amount)`; a root has at most one leaf a beneficiary, and `total` should be
    /// the sum of its leaves: while less is left than a leaf says, it cannot be claimed. Emits RootSet. Reverts
    /// VestingOnlyGrantor, VestingZeroAmount, VestingPoolShort, VestingRootKnown, VestingTooManyRoots.
    function grantByRoot(uint32 schedule, bytes32 root, uint96 total) external;

    /// @notice Anyone: turns the beneficiary's leaf of a root into a grant, as `grant` would.
    /// @dev On a grant that was revoked only what would have vested by the revocation is added, and the rest returns
    /// to the pool, so that neither the order nor the time of claims matters to anybody. Emits GrantClaimed. Reverts
    /// VestingUnknownRoot, VestingZeroAddress, VestingSelfRecipient, VestingInvalidProof, VestingAlreadyClaimed,
    /// VestingRootShort.
    /// @param schedule schedule of the root
    /// @param root the root
    /// @param beneficiary beneficiary of the leaf
    /// @param amount amount of the leaf, token wei
    /// @param proof siblings from the leaf up, hashed in sorted pairs (OpenZeppelin MerkleProof)
    function claimGrant(
        uint32 schedule,
        bytes32 root,
        address beneficiary,
        uint96 amount,
        bytes32[] calldata proof
    ) external;

    /// @notice Grantor: returns what is left of a root to the pool, for ever. Possible while nothing has vested on a
    /// revocable schedule, and from `rootClosableFrom` on, ROOT_LAPSE after the schedule's end, on any: leaves should
    /// be claimed by then, which anybody can do for anybody. In between a grantor claims single leaves and revokes
    /// them.
    /// @dev Emits RootClosed. Reverts VestingOnlyGrantor, VestingUnknownRoot, VestingRootShort, VestingRootOpen.
    function closeRoot(uint32 schedule, bytes32 root) external;

    /// @notice Anyone: pays what of a grant has vested and was not paid yet to whoever is paid for it. On a schedule
    /// that votes, others than the payee can do so only when the payee has a delegate on the token (SPEC 11): else the
    /// tokens would stop to vote without their owner's will.
    /// @dev Emits Released. Reverts VestingNothingToRelease, VestingPayeeNotDelegated, or the token's error.
    /// @return amount token wei paid
    function release(uint32 schedule, address beneficiary) external returns (uint256 amount);

    /// @notice Grantor, revocable schedules: returns the unvested part of a grant to the pool. What has vested stays,
    /// and stays claimable for ever.
    /// @dev Pays nobody, so that no receiver can stop it. Emits GrantRevoked. Reverts VestingOnlyGrantor,
    /// VestingNotRevocable, VestingNoGrant, VestingAlreadyRevoked.
    function revoke(uint32 schedule, address beneficiary) external;

    /// @notice Whoever is paid for a grant: offers it to `to`, who must accept; zero takes an offer back. All that
    /// will be added to the grant later goes with it.
    /// @dev Emits PayeeOffered. Reverts VestingOnlyPayee, VestingNoGrant.
    function offerGrant(uint32 schedule, address beneficiary, address to) external;

    /// @notice Takes over a grant that was offered to the caller: its releases, its votes and all that is added to it
    /// later. What was released before is gone: look at `grantOf` first. The grant keeps its key and its amounts, so
    /// that it can be revoked like any other (I35).
    /// @dev Emits PayeeChanged. Reverts VestingNotOffered.
    function acceptGrant(uint32 schedule, address beneficiary) external;

    // Views

    /// @notice Token that is vested.
    function token() external view returns (IERC20);

    /// @notice Where tokens are sent that come without a call; only `allot` takes them.
    function inbox() external view returns (address);

    /// @notice Schedules created so far; the highest id.
    function scheduleCount() external view returns (uint32);

    /// @notice Terms of a schedule as they are now. Reverts VestingUnknownSchedule.
    function termsOf(uint32 schedule) external view returns (Terms memory);

    /// @notice Grantor of a schedule, zero when it does not exist.
    function grantorOf(uint32 schedule) external view returns (address);

    /// @notice Whom a schedule is offered to, zero for nobody.
    function offeredGrantorOf(uint32 schedule) external view returns (address);

    /// @notice Token wei of a schedule that are neither granted nor reserved.
    function poolOf(uint32 schedule) external view returns (uint256);

    /// @notice State of a grant; without a grant, zeros and the beneficiary as payee.
    function grantOf(uint32 schedule, address beneficiary) external view returns (GrantState memory);

    /// @notice Token wei of a grant that have vested by now, paid or not.
    function vestedOf(uint32 schedule, address beneficiary) external view returns (uint256);

    /// @notice Token wei that `release` would pay now.
    function releasableOf(uint32 schedule, address beneficiary) external view returns (uint256);

    /// @notice Whom a grant is offered to, zero for nobody.
    function offeredPayeeOf(uint32 schedule, address beneficiary) external view returns (address);

    /// @notice State of a Merkle root, zeros when it was never set on this schedule.
    function rootOf(uint32 schedule, bytes32 root) external view returns (RootState memory);

    /// @notice Whether the beneficiary's leaf of a root was claimed.
    function hasClaimed(uint32 schedule, bytes32 root, address beneficiary) external view returns (bool);

    /// @notice Second from which a grantor may close a root of any schedule. Reverts VestingUnknownRoot.
    function rootClosableFrom(uint32 schedule, bytes32 root) external view returns (uint256);

    /// @notice Leaf of a Merkle tree: keccak256(keccak256(abi.encode(beneficiary, amount))), which is what
    /// OpenZeppelin's StandardMerkleTree makes of the types address and uint256.
    function leafOf(address beneficiary, uint256 amount) external pure returns (bytes32);
}
