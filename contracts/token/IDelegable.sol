// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IDelegable
/// @notice A source of votes (ERC-5805) that also follows the delegation desk, so that one signature can set the
/// delegates of several sources.
/// @dev The desk is fixed at construction. It calls only for an account that asked for it, by transaction or by a
/// signature that names the sources.
interface IDelegable {
    /// @notice Thrown when anybody but the delegation desk sets somebody's delegate.
    error DelegableOnlyDesk(address caller);

    /// @notice Delegation desk: sets the delegate of `account`'s votes of this source; the zero address is nobody.
    /// @dev Emits DelegateChanged and DelegateVotesChanged (ERC-5805). Reverts DelegableOnlyDesk.
    function delegateFor(address account, address delegatee) external;

    /// @notice The delegation desk, for ever.
    function delegationDesk() external view returns (address);
}
