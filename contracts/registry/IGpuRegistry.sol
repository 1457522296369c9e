// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IStakeVotes} from "./IStakeVotes.sol";

/// @title IGpuRegistry
/// @notice GPUs, their stake and locks, the owners' reputation, and the weighted draw over frozen lists.
/// @dev Money outside is token wei; `uint64` sums named Gwei are units of 1e9 wei. Reputation belongs to the owner's
/// vault account; days are UTC days (seconds / 86,400).
///
/// Rounds: while a round is open (requested and some of its jobs not yet drawn) the draw lists are frozen. Joins append
/// behind the frozen entrants, pauses and exits only set a flag, and eligibility, weight and free slots are those of
/// the request: the first change of a listed GPU, and of an owner's score, sets the old values aside. So who is drawn
/// depends on nothing after the request but the seed.
///
/// Locks: what a draw or a naming locked is released by `conclude` or `recordDecline` for exactly what it was, or used
/// up by `slash`. Unbonding stake counts as held: it backs locks and can be slashed until it is withdrawn, matured or
/// not.
///
/// Modules: rights are DRAW 1, RECORD 2, LOCK 4, SLASH 8. Taking a right away stops new rounds, draws and namings; a
/// module keeps ending what it began (finishWork, conclude, recordDecline, slash), because its jobs must end. What a
/// faulty module can do with that is bounded: it can release locks and move scores, its slashes are capped a day, held
/// for at least 48 h and reversible by the owner of this contract.
///
/// Stopping work (`setWorkStopped`) stops register, openRound, draw and assignNamed, nothing else (I44).
interface IGpuRegistry {
    /// @notice A GPU class of the governed table (SPEC 3).
    /// @param vramGb memory in GB
    /// @param tflopsDeci reference dense FP16 throughput in tenths of a TFLOPS
    /// @param watts board power
    /// @param idleWatts floor below which a report of energy is refused
    /// @param ratePerSecondGwei list price of one second
    /// @param minStakeGwei stake a GPU must register with
    /// @param enabled whether GPUs may register
    struct GpuClass {
        uint16 vramGb;
        uint24 tflopsDeci;
        uint16 watts;
        uint16 idleWatts;
        uint64 ratePerSecondGwei;
        uint64 minStakeGwei;
        bool enabled;
    }

    /// @notice What an owner says of a GPU it registers.
    /// @param classId class id, from 1
    /// @param region region 0..11
    /// @param slots jobs it serves at once, 1..32
    /// @param device address of the device key; binds once
    /// @param operator hot key that works for the owner
    /// @param stake token wei, whole units of 1e9, at least the class minimum
    /// @param metadataDigest sha-256 digest of a description
    /// @param endpoint where the node answers
    /// @param possession EIP-712 signature of the device key over (owner, class, region, device, nonce)
    struct Registration {
        uint8 classId;
        uint8 region;
        uint8 slots;
        address device;
        address operator;
        uint256 stake;
        bytes32 metadataDigest;
        string endpoint;
        bytes possession;
    }

    /// @notice An ERC-2612 permit of the caller.
    /// @param amount token wei allowed
    /// @param deadline seconds
    /// @param v recovery id of the signature
    /// @param r first half of the signature
    /// @param s second half of the signature
    struct Permit {
        uint256 amount;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice State of a GPU, unpacked for readers; all zero when unknown. The device is in the event GpuRegistered.
    /// @param owner vault account of the owner
    /// @param operator address that works: the hot key, or the owner's holder
    /// @param classId class
    /// @param region region 0..11
    /// @param slots jobs it serves at once
    /// @param active jobs it serves now
    /// @param listed whether it stands in its draw list
    /// @param paused whether owner or operator paused it
    /// @param leaving whether all of its stake unbonds or is gone
    /// @param stake stake in force, token wei
    /// @param locked locked for open jobs and deferred slashes, token wei
    /// @param unbonding tranche that unbonds, token wei
    /// @param unbondingEnds when the tranche matures, seconds
    struct GpuView {
        uint40 owner;
        address operator;
        uint8 classId;
        uint8 region;
        uint8 slots;
        uint8 active;
        bool listed;
        bool paused;
        bool leaving;
        uint256 stake;
        uint256 locked;
        uint256 unbonding;
        uint40 unbondingEnds;
    }

    /// @notice One job's draw (SPEC 5).
    /// @param classId class drawn from
    /// @param region region 0..11, or 255 for any
    /// @param firstTry number of the first try of this call
    /// @param tries tries of this call, at most 16
    /// @param seed seed of this job's draw (domain separated by the caller)
    /// @param lockGwei stake to lock, L x price; also the eligibility bound
    /// @param priceGwei price of the job, for the probation bound
    /// @param requester account whose GPUs are rejected
    /// @param payeeA account whose GPUs are rejected, or 0
    /// @param payeeB account whose GPUs are rejected, or 0
    struct DrawRequest {
        uint8 classId;
        uint8 region;
        uint16 firstTry;
        uint16 tries;
        bytes32 seed;
        uint64 lockGwei;
        uint64 priceGwei;
        uint40 requester;
        uint40 payeeA;
        uint40 payeeB;
    }

    /// @notice How an assignment ended.
    /// @param Released without consequence (declined in time, split, refunded without fault)
    /// @param Success settled with pay
    /// @param NonCompletion missed, not revealed, or ruled unavailable
    /// @param Fraud proven by a ruling
    enum OutcomeKind {
        Released,
        Success,
        NonCompletion,
        Fraud
    }

    /// @notice End of one assignment, reported by the module that holds the lock.
    /// @param gpu the GPU
    /// @param lockGwei the lock to release (or the part of it that a slash left)
    /// @param kind how it ended
    /// @param freeSlot whether the slot is still taken (not yet freed by `finishWork`)
    /// @param scored whether score and window may change; Fraud always counts
    /// @param gain whether a success raises the score (false after a redraw)
    /// @param halfGain silence accepted
    /// @param worst a non-completion counts with the greatest loss (a commit that was not revealed)
    /// @param complexity 1..10 of the listed service, 1 otherwise
    /// @param creditedSeconds d of SPEC 3, at most 86,400
    /// @param requester account of the requester (diversity rule)
    /// @param caller account paid by the party at fault for triggering a timeout, 0 for none
    struct Outcome {
        uint40 gpu;
        uint64 lockGwei;
        OutcomeKind kind;
        bool freeSlot;
        bool scored;
        bool gain;
        bool halfGain;
        bool worst;
        uint8 complexity;
        uint32 creditedSeconds;
        uint40 requester;
        uint40 caller;
    }

    /// @notice A slash asked for by a module.
    /// @param gpu the GPU
    /// @param amountGwei what to take; clamped to what is held
    /// @param fromLockGwei part of the amount that is this job's lock
    /// @param finder account of the finder, 0 for none
    /// @param beneficiary account made whole first, 0 for none
    /// @param beneficiaryGwei at most this goes to the beneficiary
    /// @param holdUntil time from which it may be finalised (appeal end + 48 h)
    struct SlashRequest {
        uint40 gpu;
        uint64 amountGwei;
        uint64 fromLockGwei;
        uint40 finder;
        uint40 beneficiary;
        uint64 beneficiaryGwei;
        uint40 holdUntil;
    }

    /// @notice Packed words that `wordOf` reads; contracts/libraries has a type for each, RegistryLens unpacks them.
    /// @param Hub RegistryWord, key ignored
    /// @param Ledger StakeLedgerWord, key ignored
    /// @param Penalties PenaltyTermsWord, key ignored
    /// @param Gpu GpuWord of a GPU
    /// @param Bond BondWord of a GPU
    /// @param Aside AsideWord of a GPU
    /// @param Device DeviceWord of an address
    /// @param Owner OwnerWord of an account
    /// @param Staker StakerWord of an account
    /// @param Class ClassWord of a class
    /// @param Pool PoolWord of a class
    /// @param Joined JoinedWord of a class
    /// @param Module RegistryModuleWord of an address
    /// @param Slash SlashWord of a slash
    /// @param Claim SlashClaimWord of a slash
    enum Table {
        Hub,
        Ledger,
        Penalties,
        Gpu,
        Bond,
        Aside,
        Device,
        Owner,
        Staker,
        Class,
        Pool,
        Joined,
        Module,
        Slash,
        Claim
    }

    /// @notice Governed terms with their hard bounds (SPEC 12).
    /// @param gainPercent reputation g in percent of 2.00, 50..150
    /// @param lossMinPercent reputation lmin in percent of 1.00, 50..150
    /// @param lossMaxPercent reputation lmax in percent of 10.00, 50..150
    /// @param fraudPercent loss by fraud in percent of 25.00, 50..150
    /// @param dayCapPercent gain of an owner and day in percent of 6.00, 50..150
    /// @param probationShare percent of a GPU's stake that bounds a job on probation, 5..50
    /// @param probationJobs verified jobs that end probation, 1..50
    /// @param freeDeclines declines a GPU and day that cost nothing, 0..10
    /// @param finderBps finder's share of a slash, 0..2,000
    /// @param incidentPercent most that an incident takes of what a GPU holds, when that is more than the lock, 10..50
    /// @param moduleCapPercent most that a module slashes a day, percent of all stake in force and the tranche of the
    /// slashed GPU, rounded up to a unit, 1..20
    /// @param registrationFeeBps registration fee of the class minimum, 0..500
    /// @param callerPayBps caller's pay of the class minimum, 0..100
    /// @param unbonding seconds a tranche unbonds, 14..60 days
    struct Terms {
        uint8 gainPercent;
        uint8 lossMinPercent;
        uint8 lossMaxPercent;
        uint8 fraudPercent;
        uint8 dayCapPercent;
        uint8 probationShare;
        uint8 probationJobs;
        uint8 freeDeclines;
        uint16 finderBps;
        uint8 incidentPercent;
        uint8 moduleCapPercent;
        uint16 registrationFeeBps;
        uint8 callerPayBps;
        uint32 unbonding;
    }

    /// @notice A class was added or changed.
    event ClassChanged(uint8 indexed classId, string name, GpuClass value);

    /// @notice A GPU was registered. `operator` is the address that works, `stake` token wei.
    event GpuRegistered(
        uint40 indexed gpu,
        uint40 indexed owner,
        address indexed device,
        address operator,
        uint8 classId,
        uint8 region,
        uint8 slots,
        uint256 stake,
        bytes32 metadataDigest,
        string endpoint
    );

    /// @notice A GPU is described and answers elsewhere.
    event EndpointChanged(uint40 indexed gpu, bytes32 metadataDigest, string endpoint);

    /// @notice The hot key changed; zero means that the owner's holder works itself.
    event OperatorChanged(uint40 indexed gpu, address indexed oldOperator, address indexed newOperator);

    /// @notice `amount` was added to the stake in force, which is `stake` now; token wei.
    event StakeAdded(uint40 indexed gpu, uint256 amount, uint256 stake);

    /// @notice A GPU was paused or resumed.
    event GpuPaused(uint40 indexed gpu, bool paused);

    /// @notice `amount` token wei unbond until `endsAt` (seconds).
    event UnbondingBegun(uint40 indexed gpu, uint256 amount, uint40 endsAt);

    /// @notice A tranche of `amount` token wei returned to the stake in force.
    event UnbondingCancelled(uint40 indexed gpu, uint256 amount);

    /// @notice `amount` token wei of a matured tranche were paid to `to`.
    event StakeWithdrawn(uint40 indexed gpu, address indexed to, uint256 amount);

    /// @notice A GPU left with nothing held; its device may be registered again.
    event GpuRetired(uint40 indexed gpu, uint40 indexed owner);

    /// @notice A GPU was drawn by try `tryNumber`; `lockGwei` are locked.
    event GpuDrawn(uint40 indexed gpu, uint32 indexed round, uint16 tryNumber, uint64 lockGwei);

    /// @notice A named GPU was assigned; `lockGwei` are locked.
    event GpuNamed(uint40 indexed gpu, uint64 lockGwei);

    /// @notice A job was delivered with this report of energy, after `elapsed` seconds.
    event WorkFinished(uint40 indexed gpu, uint32 energyMilliWattHours, uint32 elapsed);

    /// @notice An assignment ended. Scores in 1e-6 points, both 0 when the outcome did not touch the score.
    event OutcomeRecorded(uint40 indexed gpu, uint40 indexed owner, OutcomeKind kind, uint32 oldScore, uint32 newScore);

    /// @notice A job was declined, the `declinesToday`-th of the GPU; `charged` token wei went to the treasury.
    event Declined(uint40 indexed gpu, uint8 declinesToday, uint256 charged);

    /// @notice `taken` token wei were taken now, `pending` wait for a later day of the cap.
    event Slashed(uint256 indexed slash, uint40 indexed gpu, uint256 taken, uint256 pending, uint40 holdUntil);

    /// @notice What a slash took was paid out; token wei.
    event SlashFinalised(uint256 indexed slash, uint256 toBeneficiary, uint256 toFinder, uint256 toTreasury);

    /// @notice `amount` token wei that a slash took were given back.
    event SlashReversed(uint256 indexed slash, uint256 amount);

    /// @notice `amount` token wei were paid into an account of the vault.
    event Collected(uint40 indexed account, uint256 amount);

    /// @notice `module` opened a round of `jobs` jobs; all draw lists are frozen.
    event RoundOpened(uint32 indexed round, uint32 jobs, address indexed module);

    /// @notice Every job of the round was drawn or dropped.
    event RoundClosed(uint32 indexed round);

    /// @notice A module's rights changed.
    event ModuleChanged(address indexed module, uint8 oldScopes, uint8 newScopes);

    /// @notice The governed terms changed.
    event TermsChanged(Terms value);

    /// @notice The ledger of votes was set for good.
    event VotesFixed(address indexed ledger);

    /// @notice New work was stopped or allowed again.
    event WorkStopped(bool stopped);

    /// @notice Thrown when `gpu` was never registered.
    error RegistryUnknownGpu(uint40 gpu);

    /// @notice Thrown when the caller does not hold the account of the GPU's owner.
    error RegistryNotOwner(uint40 gpu, address caller);

    /// @notice Thrown when `caller` is neither operator nor owner of the GPU.
    error RegistryNotWorker(uint40 gpu, address caller);

    /// @notice Thrown when a module lacks the right `scope`.
    error RegistryMissingScope(address module, uint8 scope);

    /// @notice Thrown when scopes name a right that does not exist.
    error RegistryUnknownScopes(uint8 scopes);

    /// @notice Thrown when new work is stopped.
    error RegistryPaused();

    /// @notice Thrown when an address must not be zero.
    error RegistryZeroAddress();

    /// @notice Thrown when an amount must not be zero.
    error RegistryZeroAmount();

    /// @notice Thrown when a value leaves its bounds, both inclusive.
    error RegistryOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Thrown when the class is unknown or takes no GPUs.
    error RegistryClassClosed(uint8 classId);

    /// @notice Thrown when `amountGwei` is more than the stake or leaves less than the class minimum `leastGwei`.
    error RegistryStakeOutOfBounds(uint64 amountGwei, uint64 leastGwei);

    /// @notice Thrown when the signature is not the device's for this owner, class, region and nonce.
    error RegistryBadPossession(address device);

    /// @notice Thrown when the device is bound to `gpu`, which has not left.
    error RegistryDeviceBound(address device, uint40 gpu);

    /// @notice Thrown when a fraud bars the device until UTC day `untilDay`.
    error RegistryDeviceBarred(address device, uint16 untilDay);

    /// @notice Thrown when a fraud bars the owner.
    error RegistryOwnerBarred(uint40 owner);

    /// @notice Thrown when the GPU is leaving.
    error RegistryLeaving(uint40 gpu);

    /// @notice Thrown when the GPU has a tranche already.
    error RegistryTrancheOpen(uint40 gpu);

    /// @notice Thrown when nothing unbonds.
    error RegistryNoTranche(uint40 gpu);

    /// @notice Thrown before the tranche matures.
    error RegistryStillUnbonding(uint256 endsAt);

    /// @notice Thrown when open locks cover everything that the GPU holds.
    error RegistryStakeLocked(uint40 gpu, uint64 lockedGwei);

    /// @notice Thrown when `round` is open.
    error RegistryRoundOpen(uint32 round);

    /// @notice Thrown when `module` has no open round.
    error RegistryNoOpenRound(address module);

    /// @notice Thrown when the GPU is a frozen entrant of the open round and so cannot be named.
    error RegistryFrozenEntrant(uint40 gpu, uint32 round);

    /// @notice Thrown when all slots are in use.
    error RegistryNoFreeSlot(uint40 gpu);

    /// @notice Thrown when less stake is unlocked than the job needs.
    error RegistryStakeShort(uint40 gpu, uint64 unlockedGwei, uint64 neededGwei);

    /// @notice Thrown when a report of energy cannot be true; bounds in milliwatt-hours, inclusive.
    error RegistryImplausibleEnergy(uint256 reported, uint256 least, uint256 greatest);

    /// @notice Thrown when the slash is unknown or no longer held.
    error RegistrySlashNotHeld(uint256 slash);

    /// @notice Thrown before the hold of a slash ends.
    error RegistryStillHeld(uint256 slash, uint40 holdUntil);

    /// @notice Thrown when nothing of the slash is deferred.
    error RegistryNothingPending(uint256 slash);

    /// @notice Thrown when the caller is neither the module that slashed nor the owner of this contract.
    error RegistryNotSlasher(address caller);

    /// @notice Thrown when the caller is not the ledger of votes.
    error RegistryNotVotes(address caller);

    /// @notice Thrown when the ledger of votes is set already.
    error RegistryVotesFixed();

    // Registration and stake

    /// @notice Registers one GPU of the caller; pulls stake plus the registration fee by allowance.
    /// @dev Opens the caller's vault account when missing. The device key signs the EIP-712 struct
    /// Possession(address owner,uint8 classId,uint8 region,address device,uint256 nonce) of the domain ("GPU Commons
    /// Registry", "1", chain, this contract), owner = caller, nonce = `deviceOf(device)`. A device binds once; it may
    /// come back when its GPU has left, and then an owner without a GPU in service starts at the least of 50, its own
    /// score and that of the device's last owner; the 30 days of rest of a score so cut start then. Emits
    /// GpuRegistered. Reverts RegistryPaused, RegistryClassClosed, RegistryOutOfBounds (region, slots), UnitsNotWhole,
    /// RegistryStakeOutOfBounds, RegistryBadPossession, RegistryDeviceBound, RegistryDeviceBarred, RegistryOwnerBarred,
    /// or the token's error.
    /// @return gpu id of the GPU, from 1
    function register(Registration calldata registration) external returns (uint40 gpu);

    /// @notice Registers 1 to 32 GPUs of the caller with one token transfer; their ids follow each other.
    function registerMany(Registration[] calldata registrations) external returns (uint40 firstGpu);

    /// @notice As `registerMany`, after an ERC-2612 permit of the caller for this contract. A permit that was already
    /// used by a front-runner does no harm: the allowance counts, not the permit.
    function registerWithPermit(
        Registration[] calldata registrations,
        Permit calldata permit
    ) external returns (uint40 firstGpu);

    /// @notice Anyone adds stake to a GPU that is not leaving; pulled by allowance.
    /// @dev Emits StakeAdded. Reverts RegistryUnknownGpu, RegistryZeroAmount, UnitsNotWhole, RegistryLeaving, or the
    /// token's error.
    /// @param amount token wei, whole units of 1e9
    function addStake(uint40 gpu, uint256 amount) external;

    /// @notice Owner: begins unbonding `amount`; all of the stake (the GPU leaves) or so much that the class minimum
    /// stays. One tranche at a time. Unbonding stake stays slashable until it is withdrawn and does not vote.
    /// @dev Whoever leaves asks for type(uint256).max, as a stranger may add stake before an exact sum arrives. Emits
    /// UnbondingBegun, and GpuRetired when nothing is left to wait for. Reverts RegistryNotOwner, RegistryLeaving,
    /// RegistryTrancheOpen, RegistryStakeOutOfBounds, UnitsNotWhole.
    /// @param amount token wei, whole units of 1e9; type(uint256).max for all of the stake, which may be 0
    function beginUnbond(uint40 gpu, uint256 amount) external;

    /// @notice Owner: returns the whole tranche to the stake in force; a leaving GPU stays.
    /// @dev Emits UnbondingCancelled. Reverts RegistryNotOwner, RegistryNoTranche, RegistryStakeOutOfBounds when a
    /// leaving GPU would come back with less than the class minimum.
    function cancelUnbond(uint40 gpu) external;

    /// @notice Owner: withdraws a matured tranche to `to`, never below what open jobs have locked. Never pausable.
    /// @dev What locks keep stays in the tranche, matured. Emits StakeWithdrawn, and GpuRetired when nothing is left.
    /// Reverts RegistryZeroAddress, RegistryNotOwner, RegistryNoTranche, RegistryStillUnbonding, RegistryStakeLocked.
    /// @return amount token wei paid
    function withdraw(uint40 gpu, address to) external returns (uint256 amount);

    // Keys and availability

    /// @notice Owner or operator: stops or resumes being listed for draws.
    /// @dev A frozen entrant that is paused can still be drawn in the open round. Emits GpuPaused. Reverts
    /// RegistryUnknownGpu, RegistryNotWorker.
    function setPaused(uint40 gpu, bool paused) external;

    /// @notice Owner: changes the hot key; zero for none.
    function setOperator(uint40 gpu, address operator) external;

    /// @notice Owner or operator: changes metadata digest and endpoint (event only).
    function setEndpoint(uint40 gpu, bytes32 metadataDigest, string calldata endpoint) external;

    /// @notice Anyone, while no round is open: brings GPUs in line with their lists. Takes off those that were flagged
    /// during a round, and lists idle ones that found their list full.
    /// @dev Reverts RegistryRoundOpen, RegistryUnknownGpu.
    function prune(uint40[] calldata gpus) external;

    // Rounds and assignments

    /// @notice Module (DRAW): opens a round for `jobs` jobs; freezes all lists. Reverts while another is open, unless
    /// `replaces` is the open round of the same module (its request died).
    /// @dev Round numbers rise. Emits RoundOpened. Reverts RegistryPaused, RegistryMissingScope, RegistryRoundOpen,
    /// RegistryOutOfBounds (round not above the last, jobs not 1..65,535).
    function openRound(uint32 round, uint32 jobs, uint32 replaces) external;

    /// @notice Module (DRAW): `jobs` of the open round were dropped without a draw. The last one closes the round.
    /// @dev Emits RoundClosed. Reverts RegistryNoOpenRound, RegistryOutOfBounds. Does nothing for a module that lost
    /// the right to draw and its round with it, also when it got the right back, until it opens another round.
    function dropFromRound(uint32 jobs) external;

    /// @notice Module (DRAW): tries to draw; on success takes a slot and the lock and counts the job off the round.
    /// @dev A try picks a frozen entrant by equal chance (in any region: over all regions) and accepts it with
    /// probability score / 100, half of it on probation. It rejects GPUs paused or leaving at the request, less
    /// unlocked stake than the lock, scores under 20, barred owners, GPUs of requester and payees, and on probation
    /// prices above the probation share of the GPU's stake. A GPU that was flagged or slashed after the request is
    /// drawn all the same, and is locked for the full sum: `locked` may exceed what it holds, a slash then takes what
    /// there is. With an empty list all tries count as made. Emits GpuDrawn, RoundClosed. Reverts RegistryPaused,
    /// RegistryNoOpenRound, RegistryOutOfBounds.
    /// @return gpu drawn GPU, 0 when none of the tries fitted
    /// @return nextTry number of the try after the last one made
    function draw(DrawRequest calldata request) external returns (uint40 gpu, uint16 nextTry);

    /// @notice Module (DRAW): takes a slot and the lock of a named GPU. Reverts while it is a frozen entrant.
    /// @dev A paused GPU may be named. Emits GpuNamed. Reverts RegistryPaused, RegistryMissingScope,
    /// RegistryUnknownGpu, RegistryLeaving, RegistryFrozenEntrant, RegistryNoFreeSlot, RegistryStakeShort,
    /// RegistryOwnerBarred.
    function assignNamed(uint40 gpu, uint64 lockGwei) external;

    // Records

    /// @notice Module (RECORD): checks that `caller` works for the GPU (operator or owner) and the energy report is
    /// plausible (<= watts / slots x (elapsed + 1) x 1.2, >= idle floor), counts it and frees the slot.
    /// @dev The lock stays until `conclude`. Emits WorkFinished. Reverts RegistryMissingScope, RegistryUnknownGpu,
    /// RegistryNotWorker, RegistryImplausibleEnergy.
    function finishWork(uint40 gpu, address caller, uint32 energyMilliWattHours, uint32 elapsed) external;

    /// @notice Module (RECORD): ends an assignment: lock, slot, score, window. Never reverts on score maths.
    /// @dev A non-completion with a `caller` pays it the caller's pay out of the GPU's stake, as a credit (`collect`).
    /// A fraud bars owner and device for 180 days and counts in the score always, in the window when scored. A success
    /// counts toward the end of probation when it may gain. Emits OutcomeRecorded. Reverts RegistryMissingScope,
    /// RegistryUnknownGpu.
    /// @return owner account that owns the GPU (to be paid)
    function conclude(Outcome calldata outcome) external returns (uint40 owner);

    /// @notice Module (RECORD): a decline inside the acceptance window; from the fourth of a day the owner pays the
    /// caller's sum to the treasury. Frees slot and lock.
    /// @dev Emits Declined. Reverts RegistryMissingScope, RegistryUnknownGpu.
    function recordDecline(uint40 gpu, uint64 lockGwei) external;

    // Slashes

    /// @notice Module (SLASH): takes stake into a held slash. Clamps, never reverts for want of stake; what exceeds the
    /// module's daily cap stays locked and is taken by `continueSlash`.
    /// @dev Takes at most the larger of the lock it names and the incident percentage of what the GPU holds; stake in
    /// force first, then the tranche. The named lock is used up and must not be concluded again. `holdUntil` is brought
    /// into 48 h .. 90 days from now. Emits Slashed. Reverts RegistryMissingScope, RegistryUnknownGpu.
    function slash(SlashRequest calldata request) external returns (uint256 slashId, uint64 takenGwei);

    /// @notice Anyone: takes more of a slash that the daily cap deferred. What a GPU that is leaving no longer holds is
    /// dropped.
    /// @dev Emits Slashed. Reverts RegistrySlashNotHeld, RegistryNothingPending.
    function continueSlash(uint256 slashId) external returns (uint64 takenGwei);

    /// @notice Anyone, from holdUntil on: pays beneficiary, finder share and treasury through the vault.
    /// @dev Pays what was taken so far; a deferred rest stays open for another call. The treasury's part waits for
    /// `collect`; so does that of an account the vault does not know, for the treasury. Emits SlashFinalised,
    /// Collected. Reverts RegistrySlashNotHeld, RegistryStillHeld.
    function finaliseSlash(uint256 slashId) external;

    /// @notice The module that slashed, or the owner, before it is finalised: returns the stake.
    /// @dev To the stake in force, to the tranche of a leaving GPU, or to the owner's vault account when the GPU is
    /// gone. Emits SlashReversed. Reverts RegistrySlashNotHeld, RegistryNotSlasher.
    function reverseSlash(uint256 slashId) external;

    /// @notice Pays credits (caller's pay) of `account` into its vault balance, for the treasury also its fees. Anyone.
    /// @dev Emits Collected. Returns 0 when there is nothing; reverts with the vault's error for an unknown account.
    /// @return amount token wei paid
    function collect(uint40 account) external returns (uint256 amount);

    // Votes

    /// @notice Ledger of votes: begins or ends to be told of an owner's stake.
    /// @return stake stake in force of the owner now, token wei
    function setVoting(uint40 account, bool follows) external returns (uint256 stake);

    // Governance

    /// @notice Owner: adds class `classId` (the next id, at most 64) or changes it.
    /// @dev Emits ClassChanged. Reverts RegistryOutOfBounds for a figure that must not be zero or an idle floor not
    /// below the board power.
    /// @param name name of the device, in the event only
    function setClass(uint8 classId, string calldata name, GpuClass calldata value) external;

    /// @notice Owner: adds a module (at most 48) or changes its rights. Closes its open round when it loses DRAW.
    /// @dev Emits ModuleChanged. Reverts RegistryZeroAddress, RegistryUnknownScopes, RegistryOutOfBounds.
    function setModule(address module, uint8 scopes) external;

    /// @notice Owner: sets the governed terms, each within its bounds. Those of probation count from the next round on.
    /// @dev Emits TermsChanged. Reverts RegistryOutOfBounds.
    function setTerms(Terms calldata value) external;

    /// @notice Owner, once: sets the ledger of votes.
    /// @dev Emits VotesFixed. Reverts RegistryVotesFixed, RegistryZeroAddress.
    function setVotes(IStakeVotes votes_) external;

    /// @notice Owner: stops new work (register, openRound, draw, assignNamed) or allows it again.
    function setWorkStopped(bool stopped) external;

    // Views

    /// @notice Vault whose accounts own GPUs and receive payouts.
    function vault() external view returns (IPaymentVault);

    /// @notice Token that is staked, the vault's.
    function token() external view returns (IERC20);

    /// @notice Whether `caller` works for `gpu` (operator or holder of the owner's account).
    function worksFor(uint40 gpu, address caller) external view returns (bool);

    /// @notice State of a GPU, all zero when unknown.
    function gpuOf(uint40 gpu) external view returns (GpuView memory);

    /// @notice A class of the table, all zero when unknown.
    function classOf(uint8 classId) external view returns (GpuClass memory);

    /// @notice Account that owns a GPU, 0 when unknown.
    function ownerOf(uint40 gpu) external view returns (uint40 owner);

    /// @notice Newest GPU that the device was bound to (0: none), and the nonce of its next proof of possession.
    function deviceOf(address device) external view returns (uint40 gpu, uint32 nonce);

    /// @notice Score in 1e-6 points as it counts now (after the return to 20 of SPEC 3); 0 when unknown.
    function scoreOf(uint40 owner) external view returns (uint32);

    /// @notice Completed and attempted jobs of the trailing 30 days, rolled virtually.
    function windowOf(uint40 owner) external view returns (uint32 completed, uint32 attempted);

    /// @notice Stake in force of an owner over all its GPUs, token wei.
    function stakeOf(uint40 account) external view returns (uint256);

    /// @notice What `collect` would pay an account besides the treasury's fees, token wei.
    function creditOf(uint40 account) external view returns (uint256);

    /// @notice The open round, 0 when none, and its jobs that are not yet drawn.
    function openRoundInfo() external view returns (uint32 round, uint32 remaining, address module);

    /// @notice Length of a draw list: entrants of the next draw, and GPUs that joined behind them in the open round.
    function listOf(uint8 classId, uint8 region) external view returns (uint256 entrants, uint256 joined);

    /// @notice GPU at `index` of a draw list; stale beyond its length.
    function listedAt(uint8 classId, uint8 region, uint16 index) external view returns (uint40 gpu);

    /// @notice Sum that a timeout's caller is paid for a GPU of `classId`, and that declines cost (SPEC 12), in gwei
    /// units.
    function callerPayGwei(uint8 classId) external view returns (uint64);

    /// @notice Greatest price of a job that an owner on probation may be drawn for with the class's minimum stake, and
    /// cap of jobs drawn by a fallback seed (SPEC 5), in gwei units.
    function probationValueGwei(uint8 classId) external view returns (uint64);

    /// @notice Module at `index` of the table, from 0; zero beyond its end.
    function moduleAt(uint8 index) external view returns (address module);

    /// @notice Number of classes, and the id of the newest.
    function classCount() external view returns (uint8);

    /// @notice Ledger of votes, zero until set.
    function votes() external view returns (IStakeVotes);

    /// @notice A packed word of the state.
    function wordOf(Table table, uint256 key) external view returns (uint256);
}
