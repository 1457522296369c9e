// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIssuableToken} from "../token/IIssuableToken.sol";

/// @title IEmissionController
/// @notice The only way to new tokens of a preset with issuance: the owner announces an amount, 7 days later anyone
/// mints it to the rewards contract, as long as no 365 days see more than 2% of new supply.
/// @dev Life: deployed (owner is all its init code holds) -> token deployed with this as its minter -> owner names the
/// token once -> owner names the rewards contract once -> issuance. Before both are named nothing can be announced, so
/// nothing minted, and the receiver of an announced amount is known for the whole delay.
/// The bound holds for every span of 365 days, not only for some: whenever tokens are minted at time t,
/// supply(t) <= supply(t - 365 days) * 102 / 100, rounded down, where the supply before genesis counts as the genesis
/// supply. The token's own checkpoints record every opening supply, and no token can be burned, so the supply at a
/// later end of a span was bounded when it was minted. There is no window to wait for the end of, and no setter.
interface IEmissionController {
    /// @notice The token was named, for ever.
    event TokenSet(address indexed token, uint256 genesisSupply);

    /// @notice The rewards contract was named, for ever.
    event RewardsSet(address indexed rewards);

    /// @notice `amount` token wei may be minted from `executableAt` on, and before `expiresAt`, seconds.
    event IssuanceAnnounced(uint256 indexed id, uint256 amount, uint40 executableAt, uint40 expiresAt);

    /// @notice The announced amount will not be minted.
    event IssuanceCancelled(uint256 indexed id);

    /// @notice The announced amount was minted to the rewards contract; the supply is `supply` now.
    event IssuanceExecuted(uint256 indexed id, uint256 amount, uint256 supply);

    /// @notice Thrown when a slot would be filled with an account without code of its own.
    error ControllerNotContract(address given);

    /// @notice Thrown when the token was named before.
    error ControllerTokenAlreadySet(address token);

    /// @notice Thrown when the token was not named yet.
    error ControllerTokenNotSet();

    /// @notice Thrown when the token to name is minted by somebody else.
    error ControllerWrongMinter(address token, address minter);

    /// @notice Thrown when the rewards contract was named before.
    error ControllerRewardsAlreadySet(address rewards);

    /// @notice Thrown when the rewards contract was not named yet.
    error ControllerRewardsNotSet();

    /// @notice Thrown when nothing would be minted.
    error ControllerZeroAmount();

    /// @notice Thrown when more would be minted than the bound allows, token wei.
    error ControllerAboveBound(uint256 amount, uint256 mintable);

    /// @notice Thrown when there is no such announcement, or no more.
    error ControllerNotAnnounced(uint256 id);

    /// @notice Thrown when the delay is not over.
    error ControllerTooEarly(uint256 id, uint40 executableAt);

    /// @notice Thrown when the announcement has lapsed.
    error ControllerExpired(uint256 id, uint40 expiresAt);

    /// @notice Owner, once: names the token, of which this contract must be the minter.
    /// @dev Emits TokenSet. Reverts ControllerTokenAlreadySet, ControllerNotContract, ControllerWrongMinter.
    function setToken(IIssuableToken newToken) external;

    /// @notice Owner, once: names the contract that new tokens go to, as pay for rightful use.
    /// @dev Emits RewardsSet. Reverts ControllerTokenNotSet, ControllerRewardsAlreadySet, ControllerNotContract.
    function setRewards(address newRewards) external;

    /// @notice Owner: announces that `amount` token wei may be minted. Several may be open; each is bound when minted.
    /// @dev Emits IssuanceAnnounced. Reverts ControllerRewardsNotSet, ControllerZeroAmount, and ControllerAboveBound
    /// when not even an unused bound would allow the amount.
    /// @return id the announcement, counted from 1
    function announce(uint256 amount) external returns (uint256 id);

    /// @notice Owner: withdraws an announcement that was not executed.
    /// @dev Emits IssuanceCancelled. Reverts ControllerNotAnnounced.
    function cancel(uint256 id) external;

    /// @notice Anyone: mints an announced amount, from 7 days to 21 days after it was announced.
    /// @dev Emits IssuanceExecuted. Reverts ControllerNotAnnounced, ControllerTooEarly, ControllerExpired,
    /// ControllerAboveBound; an announcement above the bound stays open.
    function execute(uint256 id) external;

    /// @notice Token that is minted, zero before it is named.
    function token() external view returns (IIssuableToken);

    /// @notice Contract that new tokens go to, zero before it is named.
    function rewards() external view returns (address);

    /// @notice Supply when the token was named, which is that of genesis, token wei.
    function genesisSupply() external view returns (uint256);

    /// @notice Announcements so far; the last one's id.
    function announcements() external view returns (uint256);

    /// @notice An open announcement; all zero when there is none. An expired one stays until it is cancelled.
    function announcementOf(uint256 id) external view returns (uint256 amount, uint40 executableAt, uint40 expiresAt);

    /// @notice Supply at the start of the 365 days that end now, token wei; zero before the token is named.
    function openingSupply() external view returns (uint256);

    /// @notice What could be minted now within the bound, token wei; zero before the token is named.
    function mintable() external view returns (uint256);
}
