// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

/// @title ICompositeVotes
/// @notice The votes of an account, whatever holds its tokens: wallet, stake in force, grants not yet vested. Reads
/// three sources of votes and adds them up; holds nothing and has no owner.
/// @dev Each token counts once. A token in a wallet counts at the token, where its holder delegated; staked tokens are
/// held by the GpuRegistry and granted ones by the VestingVault, and neither these nor the PaymentVault delegates what
/// it holds, so what counts at StakeVotes or at the VestingVault counts at the token for nobody. Hence the votes of
/// all accounts together never exceed the supply of the token, which is the total given here.
interface ICompositeVotes is IERC5805 {
    /// @notice Thrown when a source is named twice: its votes would count twice.
    error CompositeVotesSameSource(address source);

    /// @notice Thrown when a source does not count time in seconds.
    error CompositeVotesWrongClock(address source);

    /// @notice Thrown when a source follows another delegation desk than the token.
    error CompositeVotesWrongDesk(address source, address desk);

    /// @notice Thrown by `delegate` and `delegateBySig`: a reader cannot choose for an account; the desk at this
    /// address sets all sources at once.
    error CompositeVotesUseDesk(address desk);

    /// @notice Votes of wallets, and the total that all votes come from.
    function token() external view returns (IERC5805);

    /// @notice Votes of stake in force.
    function stake() external view returns (IERC5805);

    /// @notice Votes of grants not yet paid out, where their schedule lets them vote.
    function grants() external view returns (IERC5805);

    /// @notice The delegation desk that all sources follow.
    function delegationDesk() external view returns (address);

    /// @notice Votes of an account at a past second, each source by itself.
    /// @dev Reverts ERC5805FutureLookup of the token.
    function pastVotesBySource(
        address account,
        uint256 timepoint
    ) external view returns (uint256 ofWallet, uint256 ofStake, uint256 ofGrants);

    /// @notice Whom an account chose at each source; zero where nobody.
    function delegatesBySource(
        address account
    ) external view returns (address ofWallet, address ofStake, address ofGrants);
}
