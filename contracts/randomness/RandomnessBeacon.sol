// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVRFCoordinatorV2Plus} from "@chainlink/contracts/src/v0.8/vrf/dev/interfaces/IVRFCoordinatorV2Plus.sol";
import {VRFV2PlusClient} from "@chainlink/contracts/src/v0.8/vrf/dev/libraries/VRFV2PlusClient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {BlockHistory} from "../libraries/BlockHistory.sol";
import {RequestWord, RequestWordLib} from "../libraries/RequestWord.sol";
import {RollupDataFee} from "../libraries/RollupDataFee.sol";
import {RoundWord, RoundWordLib} from "../libraries/RoundWord.sol";
import {IRandomnessBeacon} from "./IRandomnessBeacon.sol";

/// @title RandomnessBeacon
/// @notice See IRandomnessBeacon. A Chainlink VRF v2.5 consumer that owns its subscription.
/// @dev Not Chainlink's consumer base: that one makes its deployer the owner and lets the coordinator be swapped at
/// once. The coordinator is trusted with the seeds, so it is the only foreign code called; state is written before.
/// A round's word in the ring is written when the round ends, so a request writes one word and a callback one word.
contract RandomnessBeacon is IRandomnessBeacon, AlwaysOwned {
    /// @notice Rounds whose seeds are kept.
    uint256 public constant RING_SIZE = 256;

    /// @notice Seconds after which an unanswered round may be given up.
    uint256 public constant REREQUEST_DELAY = 1 hours;

    /// @notice Seconds after the first unanswered request from which on the fallback is open.
    uint256 public constant FALLBACK_DELAY = 24 hours;

    /// @notice Blocks between fixing a fallback block and that block, at least.
    uint256 public constant FALLBACK_LEAD = 64;

    /// @notice Contracts that may be consumers at a time.
    uint256 public constant MAX_CONSUMERS = 16;

    /// @dev Bytes of the oracle's transaction: at most 804 of calldata, which the coordinator checks, and 71 around
    /// them.
    uint256 private constant ANSWER_BYTES = 875;

    /// @notice Domain of the seeds.
    bytes32 public constant SEED_DOMAIN = keccak256("GPU Commons RandomnessBeacon seed");

    /// @notice Where a VRF v2.5 request goes and what it pays for; one storage word.
    /// @param coordinator serves requests
    /// @param callbackGas see IRandomnessBeacon.Settings, as the rest
    struct Config {
        IVRFCoordinatorV2Plus coordinator;
        uint32 callbackGas;
        uint32 paidGas;
        uint16 interval;
        uint8 confirmations;
        uint8 premiumPercent;
    }

    /// @inheritdoc IRandomnessBeacon
    address public immutable treasury;

    /// @dev Known for good at deployment, so that other chains do not pay for asking.
    bool private immutable _paysForData;

    Config private _config;
    bytes32 private _keyHash;

    /// @inheritdoc IRandomnessBeacon
    uint256 public subscriptionId;

    RequestWord private _request;
    /// @dev Counts only while the newest request's word says that a fallback block is fixed.
    uint256 private _fallbackTarget;
    RoundWord[RING_SIZE] private _rounds;

    /// @dev The subscription that a consumer's requests are charged to, which is `subscriptionId`; 0 when not allowed.
    /// Permission and subscription in one word spare every request a cold read.
    mapping(address consumer => uint256 subscription) private _subscriptionOf;

    address[] private _consumers;
    mapping(address coordinator => uint256 subscription) private _formerSubscriptions;

    /// @notice Opens a subscription at the coordinator and becomes its consumer.
    /// @param initialOwner owner, to become the timelock
    /// @param treasury_ receiver of a closed subscription's funds, not zero, must accept native coin
    /// @param coordinator_ VRF v2.5 coordinator of this chain, creates the subscription
    /// @param initialSettings settings, within their bounds
    constructor(
        address initialOwner,
        address treasury_,
        address coordinator_,
        Settings memory initialSettings
    ) AlwaysOwned(initialOwner) {
        if (treasury_ == address(0)) revert BeaconZeroAddress();
        treasury = treasury_;
        _paysForData = RollupDataFee.applies();
        _useCoordinator(coordinator_);
        _setSettings(initialSettings);
    }

    // Rounds

    // Complete without the tag before it calls: re-entry meets the interval, and an answer inside finds no tag.
    // slither-disable-start reentrancy-eth
    /// @inheritdoc IRandomnessBeacon
    function request() external payable returns (uint32 round) {
        uint256 subscription = _subscriptionOf[msg.sender];
        if (subscription == 0) revert BeaconOnlyConsumer(msg.sender);
        Config memory config = _config;
        uint256 due = _price(config);
        if (msg.value < due) revert BeaconUnderpaid(msg.value, due);

        RequestWord next = _nextRequest(config.interval);
        round = next.round();
        // Written before the call, and completed after it: an answer inside the call finds no tag and is ignored.
        _request = next;
        uint256 requestId = _askCoordinator(config, subscription);
        _request = next.withTag(_tag(address(config.coordinator), requestId));
        emit RoundRequested(round, requestId, msg.sender, msg.value);
    }
    // slither-disable-end reentrancy-eth

    /// @notice Coordinator call: answers a request. Stores and never reverts for the coordinator.
    /// @dev Name and arguments are Chainlink's. Emits RoundAnswered, or AnswerIgnored when the request is not the
    /// waiting one. Reverts BeaconOnlyCoordinator for anyone else.
    /// @param requestId the coordinator's id of the request
    /// @param randomWords the verified random words; the first counts
    function rawFulfillRandomWords(uint256 requestId, uint256[] calldata randomWords) external {
        RequestWord current = _request;
        // The tag binds the coordinator: nobody else finds an id that fits it.
        bool waits = current.tag() == _tag(msg.sender, requestId) && _isWaiting(current.round());
        // From the block after the fallback block on its hash is known, so that only it may be the seed: two known
        // seeds would leave a choice to whoever comes first.
        bool late = current.fallbackFixed() && block.number > _fallbackTarget;
        if (!waits || late || randomWords.length == 0) {
            if (msg.sender != address(_config.coordinator)) revert BeaconOnlyCoordinator(msg.sender);
            emit AnswerIgnored(requestId);
            return;
        }
        _answer(current, uint128(randomWords[0]), false);
    }

    // Fallback

    /// @inheritdoc IRandomnessBeacon
    function fixFallback() external {
        RequestWord current = _waitingRequest();
        uint256 opensAt = current.waitingSince() + FALLBACK_DELAY;
        if (block.timestamp < opensAt) revert BeaconFallbackClosed(opensAt);
        if (current.fallbackFixed()) revert BeaconFallbackAlreadyFixed(_fallbackTarget);

        _request = current.withFallbackFixed();
        _fixTarget(current.round(), block.number + FALLBACK_LEAD);
    }

    /// @inheritdoc IRandomnessBeacon
    function answerByFallback() external {
        RequestWord current = _waitingRequest();
        if (!current.fallbackFixed()) revert BeaconFallbackNotFixed();
        uint256 target = _fallbackTarget;
        if (block.number <= target) revert BeaconFallbackPending(target);

        if (block.number - target > BlockHistory.WINDOW) {
            // Missed. By arithmetic on block numbers alone, so that no caller can feign it.
            uint256 behind = block.number + FALLBACK_LEAD - target;
            _fixTarget(current.round(), target + Math.ceilDiv(behind, BlockHistory.WINDOW) * BlockHistory.WINDOW);
            return;
        }
        bytes32 hash = BlockHistory.hashOf(target);
        if (hash == 0) revert BeaconFallbackHashUnknown(target);
        _answer(current, uint128(uint256(hash)), true);
    }

    // Subscription

    /// @inheritdoc IRandomnessBeacon
    function fund() external payable {
        emit SubscriptionFunded(msg.sender, msg.value);
        _config.coordinator.fundSubscriptionWithNative{value: msg.value}(subscriptionId);
    }

    // Governance

    /// @inheritdoc IRandomnessBeacon
    function setConsumer(address consumer, bool allowed) external onlyOwner {
        if (consumer == address(0)) revert BeaconZeroAddress();
        if (allowed && !isConsumer(consumer)) {
            if (_consumers.length == MAX_CONSUMERS) revert BeaconTooManyConsumers();
            _consumers.push(consumer);
        } else if (!allowed && isConsumer(consumer)) {
            _forget(consumer);
        }
        _subscriptionOf[consumer] = allowed ? subscriptionId : 0;
        emit ConsumerChanged(consumer, allowed);
    }

    /// @inheritdoc IRandomnessBeacon
    function setSettings(Settings calldata newSettings) external onlyOwner {
        _setSettings(newSettings);
    }

    // The owner chooses the coordinator that is called here.
    // slither-disable-start reentrancy-no-eth
    /// @inheritdoc IRandomnessBeacon
    function moveCoordinator(address newCoordinator, Settings calldata newSettings) external onlyOwner {
        address oldCoordinator = address(_config.coordinator);
        if (newCoordinator == oldCoordinator) revert BeaconSameCoordinator(newCoordinator);

        _formerSubscriptions[oldCoordinator] = subscriptionId;
        // An answer of the old coordinator is refused from now on.
        _request = _request.withTag(0);
        _useCoordinator(newCoordinator);
        _setSettings(newSettings);
    }
    // slither-disable-end reentrancy-no-eth

    /// @inheritdoc IRandomnessBeacon
    function closeSubscription(address formerCoordinator) external onlyOwner {
        uint256 former = _forgetSubscription(formerCoordinator);
        emit SubscriptionClosed(formerCoordinator, former);
        IVRFCoordinatorV2Plus(formerCoordinator).cancelSubscription(former, treasury);
    }

    /// @inheritdoc IRandomnessBeacon
    function handOverSubscription(address formerCoordinator) external onlyOwner {
        uint256 former = _forgetSubscription(formerCoordinator);
        emit SubscriptionHandedOver(formerCoordinator, former);
        IVRFCoordinatorV2Plus(formerCoordinator).requestSubscriptionOwnerTransfer(former, treasury);
    }

    // Views

    /// @inheritdoc IRandomnessBeacon
    function price() external view returns (uint256) {
        return _price(_config);
    }

    /// @inheritdoc IRandomnessBeacon
    function currentRound() external view returns (uint32) {
        return _request.round();
    }

    /// @inheritdoc IRandomnessBeacon
    function roundInfo(
        uint32 round
    ) external view returns (RoundStatus status, uint40 requestedAt, uint40 answeredAt, bool byFallback) {
        RoundWord word = _rounds[round % RING_SIZE];
        if (word.round() == round) {
            return (RoundStatus(word.status()), word.requestedAt(), word.answeredAt(), word.byFallback());
        }
        RequestWord current = _request;
        if (current.round() == round) return (RoundStatus.Requested, current.requestedAt(), 0, false);
        return (RoundStatus.None, 0, 0, false);
    }

    /// @inheritdoc IRandomnessBeacon
    function seedOf(uint32 round) external view returns (bytes32 seed, bool byFallback) {
        RoundWord word = _rounds[round % RING_SIZE];
        if (word.round() != round || word.status() != uint8(RoundStatus.Answered)) revert BeaconNoSeed(round);
        return (_seed(round, word.entropy()), word.byFallback());
    }

    /// @inheritdoc IRandomnessBeacon
    function isConsumer(address consumer) public view returns (bool) {
        return _subscriptionOf[consumer] != 0;
    }

    /// @inheritdoc IRandomnessBeacon
    function fallbackOpensAt() external view returns (uint256) {
        RequestWord current = _request;
        return _isWaiting(current.round()) ? current.waitingSince() + FALLBACK_DELAY : 0;
    }

    /// @inheritdoc IRandomnessBeacon
    function fallbackTarget() external view returns (uint256) {
        RequestWord current = _request;
        return current.fallbackFixed() && _isWaiting(current.round()) ? _fallbackTarget : 0;
    }

    /// @inheritdoc IRandomnessBeacon
    function coordinator() external view returns (address) {
        return address(_config.coordinator);
    }

    /// @inheritdoc IRandomnessBeacon
    function settings() external view returns (Settings memory) {
        Config memory config = _config;
        return
            Settings({
                keyHash: _keyHash,
                callbackGas: config.callbackGas,
                confirmations: config.confirmations,
                interval: config.interval,
                paidGas: config.paidGas,
                premiumPercent: config.premiumPercent
            });
    }

    // Private: rounds

    /// @dev Checks that a round may be requested now, buries the waiting one, and returns the next request without tag.
    function _nextRequest(uint256 interval) private returns (RequestWord next) {
        RequestWord last = _request;
        uint40 waitingSince = uint40(block.timestamp);
        if (_isWaiting(last.round())) {
            _bury(last);
            waitingSince = last.waitingSince();
        } else if (last.round() != 0) {
            uint256 earliest = last.requestedAt() + interval;
            if (block.timestamp < earliest) revert BeaconTooSoon(earliest);
        }
        return RequestWordLib.pack(last.round() + 1, uint40(block.timestamp), waitingSince);
    }

    /// @dev Gives up a round that waited for an hour and has no fallback block.
    function _bury(RequestWord last) private {
        uint32 round = last.round();
        uint256 rerequestAt = last.fallbackFixed() ? type(uint256).max : last.requestedAt() + REREQUEST_DELAY;
        if (block.timestamp < rerequestAt) revert BeaconRoundUnanswered(round, rerequestAt);

        _rounds[round % RING_SIZE] = RoundWordLib.pack({
            entropy_: 0,
            round_: round,
            requestedAt_: last.requestedAt(),
            answeredAt_: 0,
            status_: uint8(RoundStatus.Dead),
            byFallback_: false
        });
        emit RoundDied(round);
    }

    function _answer(RequestWord current, uint128 entropy, bool byFallback) private {
        uint32 round = current.round();
        _rounds[round % RING_SIZE] = RoundWordLib.pack({
            entropy_: entropy,
            round_: round,
            requestedAt_: current.requestedAt(),
            answeredAt_: uint40(block.timestamp),
            status_: uint8(RoundStatus.Answered),
            byFallback_: byFallback
        });
        emit RoundAnswered(round, _seed(round, entropy), byFallback);
    }

    function _fixTarget(uint32 round, uint256 target) private {
        _fallbackTarget = target;
        emit FallbackFixed(round, target);
    }

    /// @dev Funds the subscription with all of msg.value, then asks for one word, paid in native coin.
    function _askCoordinator(Config memory config, uint256 subscription) private returns (uint256 requestId) {
        config.coordinator.fundSubscriptionWithNative{value: msg.value}(subscription);
        return
            config.coordinator.requestRandomWords(
                VRFV2PlusClient.RandomWordsRequest({
                    keyHash: _keyHash,
                    subId: subscription,
                    requestConfirmations: config.confirmations,
                    callbackGasLimit: config.callbackGas,
                    numWords: 1,
                    extraArgs: VRFV2PlusClient._argsToBytes(VRFV2PlusClient.ExtraArgsV1({nativePayment: true}))
                })
            );
    }

    // Private: governance

    function _useCoordinator(address newCoordinator) private {
        if (newCoordinator == address(0)) revert BeaconZeroAddress();
        emit CoordinatorChanged(address(_config.coordinator), newCoordinator);
        _config.coordinator = IVRFCoordinatorV2Plus(newCoordinator);

        uint256 subscription = _formerSubscriptions[newCoordinator];
        delete _formerSubscriptions[newCoordinator];
        if (subscription == 0) {
            subscription = IVRFCoordinatorV2Plus(newCoordinator).createSubscription();
            IVRFCoordinatorV2Plus(newCoordinator).addConsumer(subscription, address(this));
        }
        subscriptionId = subscription;
        // At most MAX_CONSUMERS, which only the owner adds.
        for (uint256 i = 0; i < _consumers.length; ++i) {
            _subscriptionOf[_consumers[i]] = subscription;
        }
    }

    function _forgetSubscription(address formerCoordinator) private returns (uint256 former) {
        former = _formerSubscriptions[formerCoordinator];
        if (former == 0) revert BeaconNoFormerSubscription(formerCoordinator);
        delete _formerSubscriptions[formerCoordinator];
    }

    /// @dev Takes a consumer off the list; the order of the list means nothing.
    function _forget(address consumer) private {
        uint256 last = _consumers.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            if (_consumers[i] == consumer) _consumers[i] = _consumers[last];
        }
        _consumers.pop();
    }

    function _setSettings(Settings memory s) private {
        if (s.keyHash == 0) revert BeaconZeroKeyHash();
        _requireWithin(s.callbackGas, 60_000, 2_500_000);
        _requireWithin(s.confirmations, 0, 200);
        _requireWithin(s.interval, 1, 300);
        _requireWithin(s.paidGas, 100_000, 5_000_000);
        _requireWithin(s.paidGas, s.callbackGas, 5_000_000);
        _requireWithin(s.premiumPercent, 0, 200);

        _keyHash = s.keyHash;
        Config storage config = _config;
        config.callbackGas = s.callbackGas;
        config.paidGas = s.paidGas;
        config.interval = s.interval;
        // Bounded by 200 above.
        config.confirmations = uint8(s.confirmations);
        config.premiumPercent = s.premiumPercent;
        emit SettingsChanged(s.keyHash, s.callbackGas, s.confirmations, s.interval, s.paidGas, s.premiumPercent);
    }

    // Private: views

    /// @dev The newest round waits until its word is in the ring.
    function _isWaiting(uint32 round) private view returns (bool) {
        return round != 0 && _rounds[round % RING_SIZE].round() != round;
    }

    function _waitingRequest() private view returns (RequestWord current) {
        current = _request;
        if (!_isWaiting(current.round())) revert BeaconNoRoundWaiting();
    }

    function _price(Config memory config) private view returns (uint256) {
        uint256 cost = config.paidGas * Math.max(tx.gasprice, block.basefee);
        if (_paysForData) cost += RollupDataFee.upperBound(ANSWER_BYTES);
        return (cost * (100 + uint256(config.premiumPercent))) / 100;
    }

    function _seed(uint32 round, uint128 entropy) private view returns (bytes32) {
        return keccak256(abi.encode(SEED_DOMAIN, block.chainid, address(this), round, uint256(entropy)));
    }

    function _tag(address from, uint256 requestId) private pure returns (uint128) {
        return uint128(uint256(keccak256(abi.encode(from, requestId))));
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert BeaconOutOfBounds(value, low, high);
    }
}
