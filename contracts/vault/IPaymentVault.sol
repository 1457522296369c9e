// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IRoyaltySink} from "./IRoyaltySink.sol";

/// @title IPaymentVault
/// @notice Deposits and earnings of the whole market. Issues the 40-bit account ids that every module shares.
/// @dev Amounts are token wei. Modules never hold tokens of jobs themselves: they debit accounts into their own
/// `held` figure here and pay out of it, so that a faulty module can lose no more than what was debited to it.
///
/// Solvency (I6): token.balanceOf(vault) >= liabilities = sum of balances + sum of held + sum of uncollected fees, with
/// equality when nobody sent tokens past the deposit functions. Such a surplus can only go to the treasury's account.
///
/// Whole units: what modules move (debit, release) is whole units of 1e9 wei; deposits and withdrawals are any amount.
///
/// There is no pause. New spending is stopped by taking a module's SPEND scope (setModule with scopes 0); deposits,
/// withdrawals, releases and fee collection have no switch at all (I44). A module that debits for business already
/// open, as an escrow does for the bond of a rejection, is drained by its own pause first: without SPEND nobody could
/// reject.
interface IPaymentVault {
    /// @notice One payment out of a module's held sum.
    /// @param account account that receives
    /// @param amount token wei, whole units of 1e9
    struct Payment {
        uint40 account;
        uint256 amount;
    }

    /// @notice Royalties of one asset, for the books of a royalty sink.
    /// @param asset id of the asset in the sink
    /// @param amount token wei, whole units of 1e9
    /// @param uses paid uses that they stand for
    struct Royalty {
        uint256 asset;
        uint256 amount;
        uint32 uses;
    }

    /// @notice An account id was issued.
    event AccountOpened(uint40 indexed account, address indexed holder);

    /// @notice `from` paid `amount` token wei into `account`.
    event Deposited(uint40 indexed account, address indexed from, uint256 amount);

    /// @notice `account` took `amount` token wei out to `to`.
    event Withdrawn(uint40 indexed account, address indexed to, uint256 amount);

    /// @notice `account` allowed or forbade `module` to debit it.
    event AuthorisationChanged(uint40 indexed account, address indexed module, bool allowed);

    /// @notice `module` took `amount` token wei from `account` into its held sum.
    event Debited(uint40 indexed account, address indexed module, uint256 amount, uint8 lane);

    /// @notice `account` received `amount` token wei: out of the held sum or the fees of `module`, or, with the zero
    /// address, out of a surplus.
    event Credited(uint40 indexed account, address indexed module, uint256 amount);

    /// @notice The fees of `module`, `amount` token wei, were credited to the treasury's account.
    event FeesCollected(address indexed module, uint256 amount);

    /// @notice Tokens that nobody had deposited, `amount` token wei, were credited to the treasury's account.
    event SurplusSkimmed(uint256 amount);

    /// @notice A module was added or its scopes changed; `index` is its bit in the accounts' authorisation mask.
    event ModuleChanged(address indexed module, uint8 index, uint8 oldScopes, uint8 newScopes);

    /// @notice Fees and surplus go to another account from now on.
    event TreasuryChanged(uint40 oldTreasury, uint40 newTreasury);

    /// @notice Another contract (zero: none) is told of debits from now on.
    event SpendHookChanged(address indexed oldHook, address indexed newHook);

    /// @notice The spend hook reverted or ran out of its gas cap; the debit stands.
    event SpendHookFailed(uint40 indexed account, uint256 amount, uint8 lane);

    /// @notice Thrown when `account` was never opened (0 never is).
    error VaultUnknownAccount(uint40 account);

    /// @notice Thrown when `holder` has no account.
    error VaultNoAccount(address holder);

    /// @notice Thrown when an address must not be zero.
    error VaultZeroAddress();

    /// @notice Thrown when a deposit or a withdrawal is of nothing.
    error VaultZeroAmount();

    /// @notice Thrown when tokens would be sent to the vault itself, where only the treasury could claim them.
    error VaultSelfRecipient();

    /// @notice Thrown when `account` holds less than what was to leave it.
    error VaultInsufficientBalance(uint40 account, uint256 balance, uint256 amount);

    /// @notice Thrown when `module` holds less than what it wanted to pay out.
    error VaultInsufficientHeld(address module, uint256 held, uint256 amount);

    /// @notice Thrown when `account` did not allow `module` to debit it.
    error VaultNotAuthorised(uint40 account, address module);

    /// @notice Thrown when governance never added `module`.
    error VaultUnknownModule(address module);

    /// @notice Thrown when `module` lacks the right `scope`.
    error VaultMissingScope(address module, uint8 scope);

    /// @notice Thrown when scopes name a right that does not exist.
    error VaultUnknownScopes(uint8 scopes);

    /// @notice Thrown when an amount that modules move is not whole units of 1e9 wei.
    error VaultAmountNotWhole(uint256 amount);

    /// @notice Thrown when `amount` would lift the vault's liabilities above 2^64 - 1 units of 1e9 wei.
    error VaultAmountTooLarge(uint256 amount);

    /// @notice Thrown when the token delivered less than was deposited (a fee on transfer).
    error VaultTransferShort(uint256 expected, uint256 received);

    /// @notice Thrown when a 49th module is added.
    error VaultTooManyModules();

    /// @notice Thrown when the spend hook to set has no code.
    error VaultHookWithoutCode(address hook);

    /// @notice Thrown when the caller left less gas than the spend hook's cap, so that it could not fail unnoticed.
    error VaultHookGasShort(uint256 available, uint256 needed);

    /// @notice Thrown when a signature came after its deadline (seconds).
    error VaultSignatureExpired(uint256 deadline);

    /// @notice Thrown when a signature is not `holder`'s for exactly this message, nonce, contract and chain.
    error VaultInvalidSignature(address holder);

    // Accounts

    /// @notice The one token of this vault. It must not rebase; a fee on transfer is refused deposit by deposit.
    function token() external view returns (IERC20);

    /// @notice Opens an account for `holder`, or returns the one it has. Anyone may call; account ids start at 1.
    /// @dev Emits AccountOpened. Reverts VaultZeroAddress.
    /// @param holder address that will own the account for good
    /// @return account id of the account
    function openAccount(address holder) external returns (uint40 account);

    /// @notice Account of `holder`, 0 when it has none.
    function accountOf(address holder) external view returns (uint40 account);

    /// @notice Holder of `account`, the zero address when unknown.
    function holderOf(uint40 account) external view returns (address holder);

    /// @notice Spendable balance in token wei; 0 for an unknown account.
    function balanceOf(uint40 account) external view returns (uint256);

    /// @notice Lowest balance since the previous UTC day began, rounded down to a multiple of 1e14 wei (SPEC 2, 4).
    /// @dev Exact for any gap between changes; 0 for an unknown account. Neither a flash loan nor a deposit of today or
    /// yesterday raises it.
    function lowestBalance(uint40 account) external view returns (uint256);

    /// @notice Everything owed: balances, sums held by modules and uncollected fees, in token wei.
    function liabilities() external view returns (uint256);

    // Deposits and withdrawals

    /// @notice Deposits `amount` of the caller's tokens into any existing account.
    /// @dev The caller must have allowed the vault that much. Emits Deposited. Reverts VaultZeroAmount,
    /// VaultUnknownAccount, VaultAmountTooLarge, VaultTransferShort, or the token's error.
    /// @param account receiving account, anybody's
    /// @param amount token wei
    function deposit(uint40 account, uint256 amount) external;

    /// @notice Opens an account for `holder` when it has none, then deposits the caller's tokens into it.
    /// @dev As `openAccount` followed by `deposit`.
    /// @param holder holder of the receiving account
    /// @param amount token wei
    /// @return account the receiving account
    function depositFor(address holder, uint256 amount) external returns (uint40 account);

    /// @notice As `depositFor`, after an ERC-2612 permit of the caller. A permit that was already used by a
    /// front-runner does no harm: the allowance counts, not the permit.
    /// @param holder holder of the receiving account
    /// @param amount token wei, both permitted and deposited
    /// @param deadline deadline of the permit, seconds
    /// @param v recovery id of the caller's signature over the permit
    /// @param r first half of that signature
    /// @param s second half of that signature
    /// @return account the receiving account
    function depositWithPermit(
        address holder,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint40 account);

    /// @notice Withdraws from the caller's own account to `to`. Never pausable.
    /// @dev Emits Withdrawn. Reverts VaultZeroAddress, VaultSelfRecipient, VaultZeroAmount, VaultNoAccount,
    /// VaultInsufficientBalance, or the token's error.
    /// @param amount token wei
    /// @param to receiver of the tokens
    function withdraw(uint256 amount, address to) external;

    // Authorisation

    /// @notice Allows or forbids `module` to debit the caller's account (opened when missing).
    /// @dev Also uses up the caller's nonce for this module, so that an older signature that was never sent cannot undo
    /// the call. Emits AuthorisationChanged. Reverts VaultUnknownModule.
    /// @param module a known module
    /// @param allowed whether it may debit
    function setAuthorisation(address module, bool allowed) external;

    /// @notice As `setAuthorisation`, by EIP-712 signature of `holder` (EOA or ERC-1271), keyed nonce used once.
    /// @dev Anyone may send it. Type: SetAuthorisation(address holder,address module,bool allowed,uint256 nonce,
    /// uint256 deadline), domain "GPU Commons PaymentVault", version "1". The nonce is nonces(holder, key) with the
    /// module's address as key, so that messages about different modules do not wait for each other.
    /// Emits AuthorisationChanged. Reverts VaultSignatureExpired, VaultInvalidSignature, VaultUnknownModule,
    /// VaultZeroAddress.
    /// @param holder holder of the account (opened when missing)
    /// @param module a known module
    /// @param allowed whether it may debit
    /// @param deadline last second in which the signature counts
    /// @param signature 65 bytes of an EOA, or what the holder's ERC-1271 contract accepts
    function setAuthorisationBySignature(
        address holder,
        address module,
        bool allowed,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Whether `account` allows `module` to debit it (the module also needs the scope SPEND to do so).
    function isAuthorised(uint40 account, address module) external view returns (bool);

    // Modules

    /// @notice Module call (scope SPEND): takes `amount` from `account` into the caller's held sum.
    /// @dev Requires the account's authorisation. A zero amount moves nothing and is allowed. Calls the spend hook, if
    /// set, with a gas cap of 60,000; a failing hook is reported by SpendHookFailed and never blocks. Emits Debited.
    /// Reverts VaultUnknownModule, VaultMissingScope, VaultAmountNotWhole, VaultUnknownAccount, VaultNotAuthorised,
    /// VaultInsufficientBalance, VaultHookGasShort.
    /// @param account account that pays
    /// @param amount token wei, whole units of 1e9
    /// @param lane lane of the module (0 spot, 1 named, ...), told to the hook
    function debit(uint40 account, uint256 amount, uint8 lane) external;

    /// @notice As `debit`, for the account of `holder`; returns the account id.
    /// @dev Reverts VaultNoAccount besides.
    function debitHolder(address holder, uint256 amount, uint8 lane) external returns (uint40 account);

    /// @notice Module call: pays out of the caller's held sum: `payments`, then `fee` into its uncollected fees. Open
    /// to any known module, also after it lost every scope, so that removing a module never blocks its open jobs.
    /// @dev Conserves exactly: the held sum falls by what the parts add up to. Zero parts are skipped. Emits Credited
    /// for each payment. Reverts VaultUnknownModule, VaultAmountNotWhole, VaultInsufficientHeld, VaultUnknownAccount.
    /// Calls no foreign code.
    /// @param payments payments to accounts, each in whole units of 1e9 wei
    /// @param fee token wei, whole units of 1e9, kept for the treasury
    function release(Payment[] calldata payments, uint256 fee) external;

    /// @notice As `release`, and moves `royalties` into the held sum of `sink`, another module, which books them.
    /// @dev The sink is called last, when all is written; its revert undoes everything. Reverts VaultUnknownModule
    /// for an unknown sink besides.
    /// @param payments payments to accounts, each in whole units of 1e9 wei
    /// @param fee token wei, whole units of 1e9, kept for the treasury
    /// @param sink module that keeps the books of royalties
    /// @param royalties royalties of assets
    function releaseWithRoyalties(
        Payment[] calldata payments,
        uint256 fee,
        IRoyaltySink sink,
        Royalty[] calldata royalties
    ) external;

    /// @notice Sum held by `module` for its open business, token wei.
    function heldBy(address module) external view returns (uint256);

    /// @notice Fees of `module` not yet collected, token wei.
    function feesOf(address module) external view returns (uint256);

    /// @notice Rights of `module` (bit 0: SPEND); reverts VaultUnknownModule when governance never added it.
    function scopesOf(address module) external view returns (uint8);

    /// @notice All modules ever added, in the order of their index. At most 48.
    function modules() external view returns (address[] memory);

    // Treasury

    /// @notice Anyone: moves a module's fees to the treasury account.
    /// @dev Emits Credited and FeesCollected, nothing when there are none. Reverts VaultUnknownModule, and
    /// VaultUnknownAccount while no treasury is set.
    /// @return amount token wei collected
    function collectFees(address module) external returns (uint256 amount);

    /// @notice Anyone: credits token.balanceOf(vault) - liabilities to the treasury account.
    /// @dev Emits Credited and SurplusSkimmed, nothing when there is none. Reverts VaultUnknownAccount while no
    /// treasury is set, VaultAmountTooLarge.
    /// @return amount token wei credited
    function skim() external returns (uint256 amount);

    /// @notice Account that fees and surplus go to, 0 before it is set.
    function treasury() external view returns (uint40);

    // Governance

    /// @notice Owner: adds a module or changes its scopes (0 removes every right but paying out). At most 48 modules.
    /// @dev Emits ModuleChanged. Reverts VaultZeroAddress, VaultUnknownScopes, VaultTooManyModules.
    /// @param module contract that calls debit and release
    /// @param scopes bit field of rights; bit 0: SPEND
    function setModule(address module, uint8 scopes) external;

    /// @notice Owner: sets the treasury's account. Emits TreasuryChanged. Reverts VaultUnknownAccount.
    function setTreasury(uint40 account) external;

    /// @notice Owner: sets the contract told of every debit (lane and UTC day); zero address removes it.
    /// @dev Emits SpendHookChanged. Reverts VaultHookWithoutCode.
    function setSpendHook(address hook) external;

    /// @notice Contract told of every debit, zero when none.
    function spendHook() external view returns (address);
}
