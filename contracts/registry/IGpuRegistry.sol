// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IGpuRegistry
/// @notice GPUs, their stake and locks, the owners' reputation, and the weighted draw over frozen lists.
/// @dev Money outside is token wei; `uint64` sums named Gwei are units of 1e9 wei. Reputation belongs to the owner's
/// vault account. While a round is open (requested and some of its jobs not yet drawn) the draw lists are frozen:
/// joins append behind the frozen length, pauses and exits only set a flag, and eligibility and weight read the
/// values of the moment of the request.
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

    /// @notice State of a GPU, unpacked for readers.
    struct GpuView {
        uint40 owner;
        address operator;
        address device;
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

    event ClassChanged(uint8 indexed classId, string name, GpuClass value);
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
    event EndpointChanged(uint40 indexed gpu, bytes32 metadataDigest, string endpoint);
    event OperatorChanged(uint40 indexed gpu, address indexed oldOperator, address indexed newOperator);
    event StakeAdded(uint40 indexed gpu, uint256 amount, uint256 stake);
    event GpuPaused(uint40 indexed gpu, bool paused);
    event UnbondingBegun(uint40 indexed gpu, uint256 amount, uint40 endsAt);
    event UnbondingCancelled(uint40 indexed gpu, uint256 amount);
    event StakeWithdrawn(uint40 indexed gpu, address indexed to, uint256 amount);
    event GpuRetired(uint40 indexed gpu, address indexed device);
    event GpuDrawn(uint40 indexed gpu, uint32 indexed round, uint16 tryNumber, uint64 lockGwei);
    event GpuNamed(uint40 indexed gpu, uint64 lockGwei);
    event WorkFinished(uint40 indexed gpu, uint32 energyMilliWattHours, uint32 elapsed);
    event OutcomeRecorded(uint40 indexed gpu, uint40 indexed owner, OutcomeKind kind, uint32 oldScore, uint32 newScore);
    event Declined(uint40 indexed gpu, uint8 declinesToday, uint256 charged);
    event Slashed(uint256 indexed slash, uint40 indexed gpu, uint256 taken, uint256 pending, uint40 holdUntil);
    event SlashFinalised(uint256 indexed slash, uint256 toBeneficiary, uint256 toFinder, uint256 toTreasury);
    event SlashReversed(uint256 indexed slash, uint256 amount);
    event RoundOpened(uint32 indexed round, uint32 jobs, address indexed module);
    event RoundClosed(uint32 indexed round);
    event ModuleChanged(address indexed module, uint8 oldScopes, uint8 newScopes);

    /// @notice Registers one GPU of the caller; pulls stake plus the registration fee by allowance.
    function register(Registration calldata registration) external returns (uint40 gpu);

    /// @notice Registers up to 32 GPUs of the caller with one token transfer.
    function registerMany(Registration[] calldata registrations) external returns (uint40 firstGpu);

    /// @notice Anyone adds stake to a GPU that is not leaving; pulled by allowance.
    function addStake(uint40 gpu, uint256 amount) external;

    /// @notice Owner or operator: stops or resumes being listed for draws.
    function setPaused(uint40 gpu, bool paused) external;

    /// @notice Owner: changes the hot key.
    function setOperator(uint40 gpu, address operator) external;

    /// @notice Owner or operator: changes metadata digest and endpoint (event only).
    function setEndpoint(uint40 gpu, bytes32 metadataDigest, string calldata endpoint) external;

    /// @notice Owner: begins unbonding `amount`; all of the stake (the GPU leaves) or so much that the class minimum stays.
    /// One tranche at a time. Unbonding stake stays slashable until it is withdrawn and does not vote.
    function beginUnbond(uint40 gpu, uint256 amount) external;

    /// @notice Owner: returns the whole tranche to the stake in force.
    function cancelUnbond(uint40 gpu) external;

    /// @notice Owner: withdraws a matured tranche to `to`, never below what open jobs have locked. Never pausable.
    function withdraw(uint40 gpu, address to) external returns (uint256 amount);

    /// @notice Module (DRAW): opens a round for `jobs` jobs; freezes all lists. Reverts while another is open, unless
    /// `replaces` is the open round of the same module (its request died).
    function openRound(uint32 round, uint32 jobs, uint32 replaces) external;

    /// @notice Module (DRAW): `jobs` of the open round were dropped without a draw. The last one closes the round.
    function dropFromRound(uint32 jobs) external;

    /// @notice Module (DRAW): tries to draw; on success takes a slot and the lock and counts the job off the round.
    /// @return gpu drawn GPU, 0 when none of the tries fitted
    /// @return nextTry number of the try after the last one made
    function draw(DrawRequest calldata request) external returns (uint40 gpu, uint16 nextTry);

    /// @notice Module (DRAW): takes a slot and the lock of a named GPU. Reverts while it is a frozen entrant.
    function assignNamed(uint40 gpu, uint64 lockGwei) external;

    /// @notice Module (RECORD): checks that `caller` works for the GPU (operator or owner) and the energy report is
    /// plausible (<= watts / slots x (elapsed + 1) x 1.2, >= idle floor), counts it and frees the slot.
    function finishWork(uint40 gpu, address caller, uint32 energyMilliWattHours, uint32 elapsed) external;

    /// @notice Module (RECORD): ends an assignment: lock, slot, score, window. Never reverts on score maths.
    /// @return owner account that owns the GPU (to be paid)
    function conclude(Outcome calldata outcome) external returns (uint40 owner);

    /// @notice Module (RECORD): a decline inside the acceptance window; from the fourth of a day the owner pays the
    /// caller's sum to the treasury. Frees slot and lock.
    function recordDecline(uint40 gpu, uint64 lockGwei) external;

    /// @notice Module (SLASH): takes stake into a held slash. Clamps, never reverts for want of stake; what exceeds the
    /// module's daily cap stays locked and is taken by `continueSlash`.
    function slash(SlashRequest calldata request) external returns (uint256 slashId, uint64 takenGwei);

    /// @notice Anyone: takes more of a slash that the daily cap deferred.
    function continueSlash(uint256 slashId) external returns (uint64 takenGwei);

    /// @notice Anyone, from holdUntil on: pays beneficiary, finder share and treasury through the vault.
    function finaliseSlash(uint256 slashId) external;

    /// @notice The module that slashed, or the owner, before it is finalised: returns the stake.
    function reverseSlash(uint256 slashId) external;

    /// @notice Pays credits (caller's pay) of `account` into its vault balance. Anyone.
    function collect(uint40 account) external returns (uint256 amount);

    /// @notice Whether `caller` works for `gpu` (operator or holder of the owner's account).
    function worksFor(uint40 gpu, address caller) external view returns (bool);

    function gpuOf(uint40 gpu) external view returns (GpuView memory);

    function classOf(uint8 classId) external view returns (GpuClass memory);

    function ownerOf(uint40 gpu) external view returns (uint40 owner);

    /// @notice Score in 1e-6 points as it counts now (after the return to 20 of SPEC 3).
    function scoreOf(uint40 owner) external view returns (uint32);

    /// @notice Completed and attempted jobs of the trailing 30 days, rolled virtually.
    function windowOf(uint40 owner) external view returns (uint32 completed, uint32 attempted);

    /// @notice The open round, 0 when none, and its jobs that are not yet drawn.
    function openRoundInfo() external view returns (uint32 round, uint32 remaining, address module);

    /// @notice Sum that a timeout's caller is paid for a GPU of `classId`, and that declines cost (SPEC 12), in gwei units.
    function callerPayGwei(uint8 classId) external view returns (uint64);

    /// @notice Greatest price of a job that an owner on probation may be drawn for with the class's minimum stake, and cap
    /// of jobs drawn by a fallback seed (SPEC 5), in gwei units.
    function probationValueGwei(uint8 classId) external view returns (uint64);
}
