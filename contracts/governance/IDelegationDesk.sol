// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IDelegationDesk
/// @notice Sets the delegate of several sources of votes at once, by one transaction or one signature: the tokens in a
/// wallet, the stake in force and the grants not yet vested each keep their own delegation (SPEC 11).
/// @dev All or nothing: a source that refuses takes the whole call back, with its own error, and the nonce with it. So
/// nobody who carries a signature can leave out a source, by giving too little gas for it or otherwise, and an account
/// that signed once is never half delegated. An account names only the sources that take it: StakeVotes knows holders
/// of an account of the PaymentVault, which anybody may open for anybody.
///
/// The desk has no owner, no setting and no power but this. Sources are named by the account and called with
/// `delegateFor` alone; one that calls back finds a desk that trusts it no more than any other caller.
interface IDelegationDesk {
    /// @notice Thrown when no source is named.
    error DeskNoSources();

    /// @notice Thrown after the last second in which a signature is taken.
    error DeskSignatureExpired(uint256 expiry);

    /// @notice Thrown when the account did not sign exactly this.
    error DeskInvalidSignature(address account);

    /// @notice Sets the delegate of the caller's votes at every named source.
    /// @dev The sources emit DelegateChanged and DelegateVotesChanged (ERC-5805). Reverts DeskNoSources, or the error
    /// of the source that refuses.
    /// @param delegatee who votes, the caller itself or somebody else; the zero address is nobody
    /// @param sources contracts that follow this desk (IDelegable)
    function delegateAll(address delegatee, address[] calldata sources) external;

    /// @notice The same for an account that signed it, sent by anyone.
    /// @dev Signed is, as EIP-712, DelegateAll(address account,address delegatee,address[] sources,uint256 nonce,
    /// uint256 expiry); the account is in it because one key may sign for several contract wallets. Reverts
    /// DeskNoSources, DeskSignatureExpired, DeskInvalidSignature, InvalidAccountNonce, or the error of the source that
    /// refuses.
    /// @param account signer, a plain key or a contract (ERC-1271)
    /// @param delegatee who votes; the zero address is nobody
    /// @param sources contracts that follow this desk, in the order that was signed
    /// @param nonce the next of the account; its upper 192 bits are a key of its choice, with a sequence of its own
    /// (NoncesKeyed)
    /// @param expiry last second in which this is taken
    /// @param signature of the account
    function delegateAllBySig(
        address account,
        address delegatee,
        address[] calldata sources,
        uint256 nonce,
        uint256 expiry,
        bytes calldata signature
    ) external;
}
