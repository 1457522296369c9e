// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {VRFV2PlusClient} from "@chainlink/contracts/src/v0.8/vrf/dev/libraries/VRFV2PlusClient.sol";

/// @title CoordinatorMock
/// @notice Test double: a bare VRF v2.5 coordinator whose answers tests choose freely, and which can call anyone in the
/// middle of a request. Chainlink's own mock is used wherever it can do what a test needs.
contract CoordinatorMock {
    uint256 public subscriptions;
    mapping(uint256 subscription => address owner) public ownerOf;
    mapping(uint256 subscription => address consumer) public consumerOf;
    mapping(uint256 subscription => address to) public offeredTo;
    mapping(uint256 subscription => uint256 amount) public nativeOf;
    mapping(uint256 subscription => uint256 count) public pendingOf;
    uint256 public requests;

    bytes32 public lastKeyHash;
    uint256 public lastSubscription;
    uint16 public lastConfirmations;
    uint32 public lastCallbackGas;
    uint32 public lastWords;
    bytes public lastExtraArgs;

    address public victim;
    bytes public attack;
    bool public attackSucceeded;
    bytes public attackResult;

    error NotOwner(address caller);
    /// @notice Chainlink's coordinator refuses to cancel while a request is unanswered; its mock does not.
    error PendingRequestExists();

    /// @notice Calls `newVictim` with `newAttack` in the middle of every request.
    function setAttack(address newVictim, bytes calldata newAttack) external {
        victim = newVictim;
        attack = newAttack;
    }

    function createSubscription() external returns (uint256 subscription) {
        subscription = uint256(keccak256(abi.encode(address(this), ++subscriptions)));
        ownerOf[subscription] = msg.sender;
    }

    function addConsumer(uint256 subscription, address consumer) external {
        if (ownerOf[subscription] != msg.sender) revert NotOwner(msg.sender);
        consumerOf[subscription] = consumer;
    }

    function fundSubscriptionWithNative(uint256 subscription) external payable {
        nativeOf[subscription] += msg.value;
    }

    function cancelSubscription(uint256 subscription, address to) external {
        if (ownerOf[subscription] != msg.sender) revert NotOwner(msg.sender);
        if (pendingOf[subscription] != 0) revert PendingRequestExists();
        delete ownerOf[subscription];
        uint256 amount = nativeOf[subscription];
        delete nativeOf[subscription];
        payable(to).transfer(amount);
    }

    function requestSubscriptionOwnerTransfer(uint256 subscription, address to) external {
        if (ownerOf[subscription] != msg.sender) revert NotOwner(msg.sender);
        offeredTo[subscription] = to;
    }

    function acceptSubscriptionOwnerTransfer(uint256 subscription) external {
        if (offeredTo[subscription] != msg.sender) revert NotOwner(msg.sender);
        ownerOf[subscription] = msg.sender;
    }

    function requestRandomWords(VRFV2PlusClient.RandomWordsRequest calldata req) external returns (uint256 requestId) {
        requestId = ++requests;
        lastKeyHash = req.keyHash;
        lastSubscription = req.subId;
        ++pendingOf[req.subId];
        lastConfirmations = req.requestConfirmations;
        lastCallbackGas = req.callbackGasLimit;
        lastWords = req.numWords;
        lastExtraArgs = req.extraArgs;
        if (victim != address(0)) (attackSucceeded, attackResult) = victim.call(attack);
    }

    /// @notice Answers any request id of `beacon` with any words, with the callback's gas limit; reverts if it reverts.
    function answer(address beacon, uint256 requestId, uint256[] calldata words) external {
        bytes memory data = abi.encodeWithSignature("rawFulfillRandomWords(uint256,uint256[])", requestId, words);
        (bool success, bytes memory result) = beacon.call{gas: lastCallbackGas}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
        pendingOf[lastSubscription] = 0;
    }
}
