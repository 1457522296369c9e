// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {Codes} from "../libraries/Codes.sol";
import {IIssuableToken} from "../token/IIssuableToken.sol";
import {IEmissionController} from "./IEmissionController.sol";

/// @title EmissionController
/// @notice See IEmissionController.
/// @dev Holds no tokens and no history: the token's checkpoints say what the supply was.
contract EmissionController is IEmissionController, AlwaysOwned, ReentrancyGuardTransient {
    /// @dev Zero amount: nothing open under this id.
    struct Announcement {
        uint208 amount;
        uint40 executableAt;
    }

    /// @notice Time from announcing to minting, seconds.
    uint40 public constant DELAY = 7 days;

    /// @notice Time from then on in which it can be minted, seconds.
    uint40 public constant GRACE = 14 days;

    /// @notice Span in which new supply is bounded, seconds.
    uint40 public constant WINDOW = 365 days;

    /// @notice Most new supply of a span, share of the supply at its start.
    uint16 public constant CAP_BPS = 200;

    uint256 private constant BPS = 10_000;

    /// @inheritdoc IEmissionController
    IIssuableToken public token;

    /// @inheritdoc IEmissionController
    address public rewards;

    /// @inheritdoc IEmissionController
    uint256 public genesisSupply;

    /// @inheritdoc IEmissionController
    uint256 public announcements;

    mapping(uint256 id => Announcement announcement) private _announcements;

    /// @notice The owner is all that the init code holds, so that its address can be known before the token's.
    /// @param initialOwner owner, to become the timelock
    constructor(address initialOwner) AlwaysOwned(initialOwner) {}

    /// @inheritdoc IEmissionController
    function setToken(IIssuableToken newToken) external onlyOwner {
        if (address(token) != address(0)) revert ControllerTokenAlreadySet(address(token));
        if (!Codes.isContract(address(newToken))) revert ControllerNotContract(address(newToken));
        address minter = newToken.minter();
        if (minter != address(this)) revert ControllerWrongMinter(address(newToken), minter);

        token = newToken;
        genesisSupply = newToken.totalSupply();
        emit TokenSet(address(newToken), genesisSupply);
    }

    /// @inheritdoc IEmissionController
    function setRewards(address newRewards) external onlyOwner {
        if (address(token) == address(0)) revert ControllerTokenNotSet();
        if (rewards != address(0)) revert ControllerRewardsAlreadySet(rewards);
        if (!Codes.isContract(newRewards)) revert ControllerNotContract(newRewards);

        rewards = newRewards;
        emit RewardsSet(newRewards);
    }

    /// @inheritdoc IEmissionController
    function announce(uint256 amount) external onlyOwner returns (uint256 id) {
        if (rewards == address(0)) revert ControllerRewardsNotSet();
        if (amount == 0) revert ControllerZeroAmount();
        // When it is minted, the opening supply will be at most the supply of now.
        uint256 most = _shareOf(token.totalSupply());
        if (amount > most) revert ControllerAboveBound(amount, most);

        id = ++announcements;
        uint40 executableAt = uint40(block.timestamp) + DELAY;
        // The cast is safe: a token with votes has no more than 2^208 - 1 wei.
        _announcements[id] = Announcement({amount: uint208(amount), executableAt: executableAt});
        emit IssuanceAnnounced(id, amount, executableAt, executableAt + GRACE);
    }

    /// @inheritdoc IEmissionController
    function cancel(uint256 id) external onlyOwner {
        if (_announcements[id].amount == 0) revert ControllerNotAnnounced(id);
        delete _announcements[id];
        emit IssuanceCancelled(id);
    }

    /// @inheritdoc IEmissionController
    function execute(uint256 id) external nonReentrant {
        (uint256 amount, uint40 executableAt, uint40 expiresAt) = announcementOf(id);
        if (amount == 0) revert ControllerNotAnnounced(id);
        if (block.timestamp < executableAt) revert ControllerTooEarly(id, executableAt);
        if (block.timestamp >= expiresAt) revert ControllerExpired(id, expiresAt);
        uint256 most = mintable();
        if (amount > most) revert ControllerAboveBound(amount, most);

        delete _announcements[id];
        token.mint(rewards, amount);
        emit IssuanceExecuted(id, amount, token.totalSupply());
    }

    /// @inheritdoc IEmissionController
    function announcementOf(uint256 id) public view returns (uint256 amount, uint40 executableAt, uint40 expiresAt) {
        Announcement memory announcement = _announcements[id];
        amount = announcement.amount;
        executableAt = announcement.executableAt;
        expiresAt = amount == 0 ? 0 : executableAt + GRACE;
    }

    /// @inheritdoc IEmissionController
    function openingSupply() public view returns (uint256) {
        if (address(token) == address(0)) return 0;
        uint256 opening = token.getPastTotalSupply(block.timestamp - WINDOW);
        // Zero before genesis, and never below it afterwards.
        return opening < genesisSupply ? genesisSupply : opening;
    }

    /// @inheritdoc IEmissionController
    function mintable() public view returns (uint256) {
        if (address(token) == address(0)) return 0;
        uint256 opening = openingSupply();
        // No underflow: the supply was within the bound when the last tokens were minted, and the opening supply has
        // not fallen since.
        return opening + _shareOf(opening) - token.totalSupply();
    }

    function _shareOf(uint256 supply) private pure returns (uint256) {
        return (supply * CAP_BPS) / BPS;
    }
}
