// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IRandomnessBeacon
/// @notice Rounds of seeds from Chainlink VRF v2.5, shared by all draws. One round is unanswered at a time.
/// @dev Seeds live in a ring of 256 rounds. seed = keccak256(abi.encode(domain, chainid, beacon, round, word)) with
/// domain = keccak256("GPU Commons RandomnessBeacon seed") and word = the low 128 bits of the random word (of the block
/// hash after a fallback) as uint256.
///
/// Times are seconds. Blocks count only in the fallback, where a block hash is the point of it: Base makes about five
/// blocks a second, so 64 blocks are about 13 s and the history of 8,191 blocks about 27 minutes there.
interface IRandomnessBeacon {
    /// @notice Where a round stands.
    /// @param None never requested, or overwritten in the ring
    /// @param Requested waits for its answer
    /// @param Answered its seed is known
    /// @param Dead replaced by a later request before an answer came
    enum RoundStatus {
        None,
        Requested,
        Answered,
        Dead
    }

    /// @notice What governance may change, within the bounds given.
    /// @param keyHash key lane of the coordinator, not zero
    /// @param callbackGas gas of the callback, 60,000 to 2,500,000
    /// @param confirmations blocks before the oracle answers, 0 to 200 (Base 0 or more, Polygon 3 or more)
    /// @param interval seconds between requests, 1 to 300 (default 10)
    /// @param paidGas gas that a request pays for, 100,000 to 5,000,000 and not less than `callbackGas`; above the
    /// oracle's own gas it covers a rise of fees until the answer
    /// @param premiumPercent the oracle's premium for native payment, 0 to 200 (Base 60, Polygon 84)
    struct Settings {
        bytes32 keyHash;
        uint32 callbackGas;
        uint16 confirmations;
        uint16 interval;
        uint32 paidGas;
        uint8 premiumPercent;
    }

    /// @notice A round was requested by `consumer`, who paid `paid` wei of native coin.
    event RoundRequested(uint32 indexed round, uint256 indexed requestId, address indexed consumer, uint256 paid);

    /// @notice A round got its seed, by VRF or, `byFallback`, from a block hash.
    event RoundAnswered(uint32 indexed round, bytes32 seed, bool byFallback);

    /// @notice A round was given up after an hour without an answer; it will never have a seed.
    event RoundDied(uint32 indexed round);

    /// @notice The coordinator answered what is not waiting (late, unknown, duplicate, dead, or after the fallback
    /// block); nothing changed.
    event AnswerIgnored(uint256 indexed requestId);

    /// @notice The hash of `targetBlock` is the seed's source unless VRF answers before that block is past. Emitted
    /// again for the next derived block when one was missed.
    event FallbackFixed(uint32 indexed round, uint256 targetBlock);

    /// @notice A contract may request rounds from now on, or no more.
    event ConsumerChanged(address indexed consumer, bool allowed);

    /// @notice Another coordinator serves requests from now on, with a subscription of this contract.
    event CoordinatorChanged(address indexed oldCoordinator, address indexed newCoordinator);

    /// @notice New settings, as in `Settings`.
    event SettingsChanged(
        bytes32 keyHash,
        uint32 callbackGas,
        uint16 confirmations,
        uint16 interval,
        uint32 paidGas,
        uint8 premiumPercent
    );

    /// @notice `from` added native coin to the subscription outside of a request.
    event SubscriptionFunded(address indexed from, uint256 amount);

    /// @notice The subscription at a former coordinator was cancelled, its funds went to the treasury.
    event SubscriptionClosed(address indexed coordinator, uint256 indexed subscription);

    /// @notice The subscription at a former coordinator was offered to the treasury, which has to accept it there.
    event SubscriptionHandedOver(address indexed coordinator, uint256 indexed subscription);

    /// @notice Thrown when a contract that is not a consumer requests a round.
    error BeaconOnlyConsumer(address caller);

    /// @notice Thrown when another than the coordinator answers.
    error BeaconOnlyCoordinator(address caller);

    /// @notice Thrown when the interval since the last request has not passed.
    error BeaconTooSoon(uint256 earliest);

    /// @notice Thrown when a round waits for its answer; `rerequestAt` is the largest uint256 once its fallback block
    /// is fixed.
    error BeaconRoundUnanswered(uint32 round, uint256 rerequestAt);

    /// @notice Thrown when a request brings less native coin than `price`.
    error BeaconUnderpaid(uint256 paid, uint256 price);

    /// @notice Thrown when a round has no seed, or none any more.
    error BeaconNoSeed(uint32 round);

    /// @notice Thrown when no round waits for an answer.
    error BeaconNoRoundWaiting();

    /// @notice Thrown before the 24 h since the first unanswered request have passed.
    error BeaconFallbackClosed(uint256 opensAt);

    /// @notice Thrown when the waiting round's fallback block was fixed before.
    error BeaconFallbackAlreadyFixed(uint256 targetBlock);

    /// @notice Thrown when the waiting round has no fallback block yet.
    error BeaconFallbackNotFixed();

    /// @notice Thrown while the fallback block is not past.
    error BeaconFallbackPending(uint256 targetBlock);

    /// @notice Thrown when the chain does not know the hash of a block that is past but not missed; on a chain without
    /// EIP-2935 that is so from the 257th block on.
    error BeaconFallbackHashUnknown(uint256 targetBlock);

    /// @notice Thrown when a 17th consumer is added.
    error BeaconTooManyConsumers();

    /// @notice Thrown when an address must not be zero.
    error BeaconZeroAddress();

    /// @notice Thrown when the key hash is zero.
    error BeaconZeroKeyHash();

    /// @notice Thrown when a setting is outside of its bounds.
    error BeaconOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Thrown when the coordinator to move to is the present one.
    error BeaconSameCoordinator(address coordinator);

    /// @notice Thrown when this contract has no former subscription at `coordinator`.
    error BeaconNoFormerSubscription(address coordinator);

    // Rounds

    /// @notice Consumer call: requests the next round. All of msg.value funds the subscription in native coin.
    /// @dev At least the governed interval after the last request; while a round is unanswered only 1 h after it (that
    /// round is then dead for ever), and not at all once its fallback block is fixed (else a known block hash could be
    /// escaped). msg.value >= price(). Emits RoundRequested, and RoundDied for the round given up. Reverts
    /// BeaconOnlyConsumer, BeaconUnderpaid, BeaconTooSoon, BeaconRoundUnanswered.
    /// @return round number of the new round
    function request() external payable returns (uint32 round);

    /// @notice Native coin that a request must bring, at this transaction's gas price.
    /// @dev (paidGas x max(tx.gasprice, block.basefee) + data fee) x (100 + premiumPercent) / 100, wei, rounded down.
    /// The base fee counts because a deposit from the parent chain of a rollup has a gas price of 0. The data fee is
    /// what the GasPriceOracle of an OP-stack rollup says for the oracle's transaction, 0 elsewhere: it follows the
    /// fees of the parent chain, which no multiple of the rollup's own gas price covers. Nodes answer a call that
    /// names no gas price with price and base fee at 0: an off-chain reader names the price it will send with.
    function price() external view returns (uint256);

    /// @notice Number of the newest round (0 before the first).
    function currentRound() external view returns (uint32);

    /// @notice Status and times of a round; all zero once overwritten.
    /// @param round number of the round
    /// @return status where it stands
    /// @return requestedAt when it was requested, seconds
    /// @return answeredAt when it was answered, seconds, 0 before and for dead rounds
    /// @return byFallback whether its seed comes from a block hash
    function roundInfo(
        uint32 round
    ) external view returns (RoundStatus status, uint40 requestedAt, uint40 answeredAt, bool byFallback);

    /// @notice Seed of an answered round; reverts BeaconNoSeed otherwise.
    /// @param round number of the round, one of the newest 256
    /// @return seed see the formula above
    /// @return byFallback whether it comes from a block hash
    function seedOf(uint32 round) external view returns (bytes32 seed, bool byFallback);

    // Fallback

    /// @notice Anyone, 24 h after the first unanswered request: fixes the block 64 ahead as the seed's source.
    /// @dev A chain of re-requests does not reset the 24 h. Emits FallbackFixed. Reverts BeaconNoRoundWaiting,
    /// BeaconFallbackClosed, BeaconFallbackAlreadyFixed.
    function fixFallback() external;

    /// @notice Anyone, once the fixed block is past: takes its hash (EIP-2935 history, else blockhash) as the seed.
    /// A missed one is followed by the next derived block only.
    /// @dev A block is missed when it is more than 8,191 blocks old, whatever the caller's gas. Then the first of
    /// target + n x 8,191 that is at least 64 ahead takes its place and the call returns; nobody can know its hash. A
    /// VRF answer wins up to the target block itself and is ignored after it, when the hash is known: there never are
    /// two known seeds to choose from. Emits RoundAnswered or FallbackFixed.
    /// Reverts BeaconNoRoundWaiting, BeaconFallbackNotFixed, BeaconFallbackPending, BeaconFallbackHashUnknown.
    function answerByFallback() external;

    /// @notice From when on `fixFallback` is open for the waiting round, seconds; 0 when no round waits.
    function fallbackOpensAt() external view returns (uint256);

    /// @notice Block whose hash is the seed's source of the waiting round, 0 when none is fixed.
    function fallbackTarget() external view returns (uint256);

    // Subscription

    /// @notice Anyone: adds native coin to the subscription. Emits SubscriptionFunded.
    function fund() external payable;

    /// @notice Subscription owned by this contract, at the present coordinator.
    function subscriptionId() external view returns (uint256);

    /// @notice Coordinator that serves requests.
    function coordinator() external view returns (address);

    /// @notice Receiver of what is left in a former subscription.
    function treasury() external view returns (address);

    // Governance

    /// @notice Whether a contract may request rounds.
    function isConsumer(address consumer) external view returns (bool);

    /// @notice Present settings.
    function settings() external view returns (Settings memory);

    /// @notice Owner: allows or forbids a contract to request rounds. At most 16 may at a time.
    /// @dev Emits ConsumerChanged. Reverts BeaconZeroAddress, BeaconTooManyConsumers.
    function setConsumer(address consumer, bool allowed) external;

    /// @notice Owner: changes the settings. Emits SettingsChanged. Reverts BeaconZeroKeyHash, BeaconOutOfBounds.
    function setSettings(Settings calldata newSettings) external;

    /// @notice Owner: lets another coordinator serve requests, with a subscription there that this contract owns (a new
    /// one, or its former one).
    /// @dev A request waiting at the old coordinator will not be answered by it any more: the re-request or the
    /// fallback takes over. The old subscription keeps its funds until `closeSubscription`. Emits CoordinatorChanged
    /// and SettingsChanged. Reverts BeaconZeroAddress, BeaconSameCoordinator, and as `setSettings`.
    /// @param newCoordinator a VRF v2.5 coordinator
    /// @param newSettings settings that fit it (its key hashes differ)
    function moveCoordinator(address newCoordinator, Settings calldata newSettings) external;

    /// @notice Owner: cancels the subscription at a former coordinator; its funds can go only to the treasury.
    /// @dev Emits SubscriptionClosed. Reverts BeaconNoFormerSubscription, or the coordinator's error: it refuses
    /// while a request is pending there, for ever when it never answers one.
    function closeSubscription(address formerCoordinator) external;

    /// @notice Owner: offers the subscription at a former coordinator to the treasury, which accepts it there and may
    /// then spend it, or be paid out by the coordinator's owner. The way out for funds that `closeSubscription`
    /// cannot free.
    /// @dev Emits SubscriptionHandedOver. Reverts BeaconNoFormerSubscription, or the coordinator's error. A later
    /// return to that coordinator opens a new subscription.
    function handOverSubscription(address formerCoordinator) external;
}
