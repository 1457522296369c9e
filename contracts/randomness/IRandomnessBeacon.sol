// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IRandomnessBeacon
/// @notice Rounds of seeds from Chainlink VRF v2.5, shared by all draws. One round is unanswered at a time.
/// @dev Seeds live in a ring of 256 rounds. seed = keccak256(abi.encode(domain, chainid, beacon, round, word)).
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

    event RoundRequested(uint32 indexed round, uint256 indexed requestId, address indexed consumer, uint256 paid);
    event RoundAnswered(uint32 indexed round, bytes32 seed, bool byFallback);
    event RoundDied(uint32 indexed round);
    event AnswerIgnored(uint256 indexed requestId);
    event FallbackFixed(uint32 indexed round, uint256 targetBlock);
    event ConsumerChanged(address indexed consumer, bool allowed);
    event CoordinatorChanged(address indexed oldCoordinator, address indexed newCoordinator);
    event SettingsChanged(bytes32 keyHash, uint32 callbackGas, uint16 confirmations, uint16 interval, uint32 paidGas, uint8 premiumPercent);
    event SubscriptionFunded(address indexed from, uint256 amount);

    error BeaconOnlyConsumer(address caller);
    error BeaconOnlyCoordinator(address caller);
    error BeaconTooSoon(uint256 earliest);
    error BeaconRoundUnanswered(uint32 round, uint256 rerequestAt);
    error BeaconUnderpaid(uint256 paid, uint256 price);
    error BeaconNoSeed(uint32 round);
    error BeaconFallbackClosed(uint256 opensAt);
    error BeaconFallbackNotFixed();
    error BeaconFallbackPending(uint256 targetBlock);
    error BeaconZeroAddress();
    error BeaconOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Consumer call: requests the next round. All of msg.value funds the subscription in native coin.
    /// @dev At least the governed interval after the last request; while a round is unanswered only 1 h after it (that
    /// round is then dead for ever). msg.value >= price().
    function request() external payable returns (uint32 round);

    /// @notice Native coin that a request must bring, at this transaction's gas price.
    function price() external view returns (uint256);

    /// @notice Number of the newest round (0 before the first).
    function currentRound() external view returns (uint32);

    /// @notice Status and times of a round; all zero once overwritten.
    function roundInfo(uint32 round)
        external
        view
        returns (RoundStatus status, uint40 requestedAt, uint40 answeredAt, bool byFallback);

    /// @notice Seed of an answered round; reverts BeaconNoSeed otherwise.
    function seedOf(uint32 round) external view returns (bytes32 seed, bool byFallback);

    /// @notice Anyone, 24 h after the first unanswered request: fixes a block at least 64 ahead as the seed's source.
    function fixFallback() external;

    /// @notice Anyone, once the fixed block is past: takes its hash (EIP-2935 history, else blockhash) as the seed.
    /// A missed one is followed by the next derived block only.
    function answerByFallback() external;

    /// @notice Anyone: adds native coin to the subscription.
    function fund() external payable;

    /// @notice Subscription owned by this contract.
    function subscriptionId() external view returns (uint256);

    /// @notice Owner: allows or forbids a contract to request rounds.
    function setConsumer(address consumer, bool allowed) external;
}
