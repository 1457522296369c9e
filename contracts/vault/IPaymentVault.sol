// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IPaymentVault
/// @notice Deposits and earnings of the whole market. Issues the 40-bit account ids that every module shares.
/// @dev Amounts are token wei. Modules never hold tokens of jobs themselves: they debit accounts into their own
/// `held` figure here and pay out of it, so that a faulty module can lose no more than what was debited to it.
/// Solvency: token.balanceOf(vault) >= liabilities = sum of balances + sum of held + sum of uncollected fees.
interface IPaymentVault {
    /// @notice One payment out of a module's held sum.
    /// @param account account that receives
    /// @param amount token wei
    struct Payment {
        uint40 account;
        uint256 amount;
    }

    event AccountOpened(uint40 indexed account, address indexed holder);
    event Deposited(uint40 indexed account, address indexed from, uint256 amount);
    event Withdrawn(uint40 indexed account, address indexed to, uint256 amount);
    event AuthorisationChanged(uint40 indexed account, address indexed module, bool allowed);
    event Debited(uint40 indexed account, address indexed module, uint256 amount, uint8 lane);
    event Credited(uint40 indexed account, address indexed module, uint256 amount);
    event HeldMoved(address indexed fromModule, address indexed toModule, uint256 amount);
    event FeesCollected(address indexed module, uint256 amount);
    event SurplusSkimmed(uint256 amount);
    event ModuleChanged(address indexed module, uint8 index, uint8 oldScopes, uint8 newScopes);
    event TreasuryChanged(uint40 oldTreasury, uint40 newTreasury);
    event SpendHookChanged(address indexed oldHook, address indexed newHook);
    event SpendHookFailed(uint40 indexed account, uint256 amount, uint8 lane);

    error VaultUnknownAccount(uint40 account);
    error VaultNoAccount(address holder);
    error VaultZeroAddress();
    error VaultZeroAmount();
    error VaultInsufficientBalance(uint40 account, uint256 balance, uint256 amount);
    error VaultInsufficientHeld(address module, uint256 held, uint256 amount);
    error VaultNotAuthorised(uint40 account, address module);
    error VaultUnknownModule(address module);
    error VaultMissingScope(address module, uint8 scope);
    error VaultAmountNotWhole(uint256 amount);
    error VaultAmountTooLarge(uint256 amount);
    error VaultTransferShort(uint256 expected, uint256 received);
    error VaultTooManyModules();
    error VaultSignatureExpired(uint256 deadline);
    error VaultInvalidSignature(address holder);

    /// @notice The one token of this vault.
    function token() external view returns (IERC20);

    /// @notice Opens an account for `holder`, or returns the one it has. Anyone may call; account ids start at 1.
    function openAccount(address holder) external returns (uint40 account);

    /// @notice Account of `holder`, 0 when it has none.
    function accountOf(address holder) external view returns (uint40 account);

    /// @notice Holder of `account`, the zero address when unknown.
    function holderOf(uint40 account) external view returns (address holder);

    /// @notice Spendable balance in token wei.
    function balanceOf(uint40 account) external view returns (uint256);

    /// @notice Lowest balance since the previous UTC day began, rounded down to a multiple of 1e14 wei (SPEC 2, 4).
    function lowestBalance(uint40 account) external view returns (uint256);

    /// @notice Everything owed: balances, sums held by modules and uncollected fees, in token wei.
    function liabilities() external view returns (uint256);

    /// @notice Deposits `amount` of the caller's tokens into any existing account.
    function deposit(uint40 account, uint256 amount) external;

    /// @notice Opens an account for `holder` when it has none, then deposits the caller's tokens into it.
    function depositFor(address holder, uint256 amount) external returns (uint40 account);

    /// @notice As `depositFor`, after an ERC-2612 permit of the caller. A permit that was already used by a
    /// front-runner does no harm: the allowance counts, not the permit.
    function depositWithPermit(address holder, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint40 account);

    /// @notice Withdraws from the caller's own account to `to`. Never pausable.
    function withdraw(uint256 amount, address to) external;

    /// @notice Allows or forbids `module` to debit the caller's account (opened when missing).
    function setAuthorisation(address module, bool allowed) external;

    /// @notice As `setAuthorisation`, by EIP-712 signature of `holder` (EOA or ERC-1271), keyed nonce used once.
    function setAuthorisationBySignature(
        address holder,
        address module,
        bool allowed,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Whether `module` may debit `account`.
    function isAuthorised(uint40 account, address module) external view returns (bool);

    /// @notice Module call (scope SPEND): takes `amount` from `account` into the caller's held sum.
    /// @dev Amount in whole units of 1e9 wei. Requires the account's authorisation. Calls the spend hook, if set,
    /// with a gas cap; a failing hook is reported by event and never blocks.
    function debit(uint40 account, uint256 amount, uint8 lane) external;

    /// @notice As `debit`, for the account of `holder`; returns the account id.
    function debitHolder(address holder, uint256 amount, uint8 lane) external returns (uint40 account);

    /// @notice Module call: pays out of the caller's held sum: `payments`, then `fee` into its uncollected fees, then
    /// `royalty` into the held sum of module `royaltySink` (ignored when 0). Open to any known module, also after it
    /// lost every scope, so that removing a module never blocks its open jobs.
    function release(Payment[] calldata payments, uint256 fee, address royaltySink, uint256 royalty) external;

    /// @notice Sum held by `module` for its open business, token wei.
    function heldBy(address module) external view returns (uint256);

    /// @notice Fees of `module` not yet collected, token wei.
    function feesOf(address module) external view returns (uint256);

    /// @notice Anyone: moves a module's fees to the treasury account.
    function collectFees(address module) external returns (uint256 amount);

    /// @notice Anyone: credits token.balanceOf(vault) - liabilities to the treasury account.
    function skim() external returns (uint256 amount);

    /// @notice Owner: adds a module or changes its scopes (0 removes every right but paying out). At most 48 modules.
    function setModule(address module, uint8 scopes) external;

    /// @notice Owner: sets the treasury's account.
    function setTreasury(uint40 account) external;

    /// @notice Account that fees and surplus go to.
    function treasury() external view returns (uint40);

    /// @notice Owner: sets the contract told of every debit (lane and UTC day); zero address removes it.
    function setSpendHook(address hook) external;
}
