// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {AccountWord, AccountWordLib} from "../libraries/AccountWord.sol";
import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {LedgerWord} from "../libraries/LedgerWord.sol";
import {ModuleWord} from "../libraries/ModuleWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "./IPaymentVault.sol";
import {IRoyaltySink} from "./IRoyaltySink.sol";
import {ISpendHook} from "./ISpendHook.sol";

/// @title PaymentVault
/// @notice See IPaymentVault. One word per account, one per module, one for the totals.
/// @dev Every balance, held sum and fee is part of the liabilities, which never exceed 2^64 - 1 gwei units
/// (MAX_LIABILITIES); this bound makes the narrowing casts below safe. Functions that call foreign code are guarded
/// against re-entry and load their words after the call or write them before it; `releaseWithRoyalties` writes all of
/// its own before it calls a module that governance chose.
contract PaymentVault is IPaymentVault, AlwaysOwned, EIP712, NoncesKeyed, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice Right to debit accounts.
    uint8 public constant SPEND = 1;

    /// @notice Modules that fit the accounts' authorisation mask.
    uint8 public constant MAX_MODULES = 48;

    /// @notice Gas the spend hook gets.
    uint256 public constant HOOK_GAS = 60_000;

    /// @notice Upper bound of the liabilities in token wei.
    uint256 public constant MAX_LIABILITIES = uint256(type(uint64).max) * Units.WEI_PER_GWEI;

    /// @dev Gas that must be left before the hook is called: 63/64 of what remains after reading its address, the code
    /// check and the call's own cost must still be HOOK_GAS. That is 60,953, besides 5,250 where a cold read costs
    /// 2,100 and 8,610 where it costs 5,460 (Polygon), and some room.
    uint256 private constant HOOK_GAS_NEEDED = 72_000;

    bytes32 private constant SET_AUTHORISATION_TYPEHASH = keccak256(
        "SetAuthorisation(address holder,address module,bool allowed,uint256 nonce,uint256 deadline)"
    );

    /// @inheritdoc IPaymentVault
    IERC20 public immutable token;

    LedgerWord private _ledger;
    mapping(uint40 account => AccountWord word) private _accounts;
    mapping(address module => ModuleWord word) private _moduleWords;

    /// @inheritdoc IPaymentVault
    mapping(address holder => uint40 account) public accountOf;

    /// @inheritdoc IPaymentVault
    mapping(uint40 account => address holder) public holderOf;

    address[] private _modules;

    /// @inheritdoc IPaymentVault
    address public spendHook;

    /// @notice Deploys a vault without modules, treasury or hook.
    /// @param token_ token that the vault holds, not zero
    /// @param initialOwner owner, to become the timelock
    constructor(IERC20 token_, address initialOwner) AlwaysOwned(initialOwner) EIP712("GPU Commons PaymentVault", "1") {
        if (address(token_) == address(0)) revert VaultZeroAddress();
        token = token_;
    }

    // Accounts

    /// @inheritdoc IPaymentVault
    function openAccount(address holder) public returns (uint40 account) {
        account = accountOf[holder];
        if (account != 0) return account;
        if (holder == address(0)) revert VaultZeroAddress();

        LedgerWord ledger = _ledger;
        account = ledger.accounts() + 1;
        _ledger = ledger.withAccounts(account);
        _accounts[account] = AccountWord.wrap(0).withDay(_today());
        accountOf[holder] = account;
        holderOf[account] = holder;
        emit AccountOpened(account, holder);
    }

    // Deposits and withdrawals

    /// @inheritdoc IPaymentVault
    function deposit(uint40 account, uint256 amount) external nonReentrant {
        _deposit(account, amount);
    }

    /// @inheritdoc IPaymentVault
    function depositFor(address holder, uint256 amount) external nonReentrant returns (uint40 account) {
        account = openAccount(holder);
        _deposit(account, amount);
    }

    /// @inheritdoc IPaymentVault
    function depositWithPermit(
        address holder,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (uint40 account) {
        // A permit that somebody sent first has done its work: only the allowance matters below.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}

        account = openAccount(holder);
        _deposit(account, amount);
    }

    /// @inheritdoc IPaymentVault
    function withdraw(uint256 amount, address to) external nonReentrant {
        if (to == address(0)) revert VaultZeroAddress();
        if (to == address(this)) revert VaultSelfRecipient();
        if (amount == 0) revert VaultZeroAmount();
        uint40 account = _accountOfHolder(msg.sender);

        _take(account, _accounts[account], amount);
        LedgerWord ledger = _ledger;
        // No underflow: the balance just taken was part of the liabilities.
        _ledger = ledger.withLiabilities(uint96(ledger.liabilities() - amount));
        emit Withdrawn(account, to, amount);

        token.safeTransfer(to, amount);
    }

    // Authorisation

    /// @inheritdoc IPaymentVault
    function setAuthorisation(address module, bool allowed) external {
        _useNonce(msg.sender, _nonceKey(module));
        _setAuthorisation(msg.sender, module, allowed);
    }

    /// @inheritdoc IPaymentVault
    function setAuthorisationBySignature(
        address holder,
        address module,
        bool allowed,
        uint256 deadline,
        bytes calldata signature
    ) external {
        if (block.timestamp > deadline) revert VaultSignatureExpired(deadline);
        uint256 nonce = _useNonce(holder, _nonceKey(module));
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(SET_AUTHORISATION_TYPEHASH, holder, module, allowed, nonce, deadline))
        );
        if (!SignatureChecker.isValidSignatureNowCalldata(holder, digest, signature)) {
            revert VaultInvalidSignature(holder);
        }
        _setAuthorisation(holder, module, allowed);
    }

    // Modules

    /// @inheritdoc IPaymentVault
    function debit(uint40 account, uint256 amount, uint8 lane) external nonReentrant {
        _debit(account, amount, lane);
    }

    /// @inheritdoc IPaymentVault
    function debitHolder(address holder, uint256 amount, uint8 lane) external nonReentrant returns (uint40 account) {
        account = _accountOfHolder(holder);
        _debit(account, amount, lane);
    }

    /// @inheritdoc IPaymentVault
    function release(Payment[] calldata payments, uint256 fee) external {
        _release(payments, fee, 0);
    }

    /// @inheritdoc IPaymentVault
    function releaseWithRoyalties(
        Payment[] calldata payments,
        uint256 fee,
        IRoyaltySink sink,
        Royalty[] calldata royalties
    ) external {
        uint256 royalty;
        for (uint256 i = 0; i < royalties.length; ++i) {
            _requireWhole(royalties[i].amount);
            royalty += royalties[i].amount;
        }
        _release(payments, fee, royalty);
        // Loaded after the caller's own word was written: the sink may be the caller.
        ModuleWord word = _knownModule(address(sink));
        // No overflow: what all modules hold is part of the liabilities.
        _moduleWords[address(sink)] = word.withHeld(word.held() + uint64(royalty / Units.WEI_PER_GWEI));
        sink.onRoyalties(msg.sender, royalties);
    }

    // Treasury

    /// @inheritdoc IPaymentVault
    function collectFees(address module) external returns (uint256 amount) {
        ModuleWord word = _knownModule(module);
        amount = Units.toWei(word.fees());
        if (amount == 0) return 0;

        _moduleWords[module] = word.withFees(0);
        _credit(_ledger.treasury(), amount, module);
        emit FeesCollected(module, amount);
    }

    /// @inheritdoc IPaymentVault
    function skim() external nonReentrant returns (uint256 amount) {
        amount = token.balanceOf(address(this)) - _ledger.liabilities();
        if (amount == 0) return 0;

        _owe(amount);
        _credit(_ledger.treasury(), amount, address(0));
        emit SurplusSkimmed(amount);
    }

    // Governance

    /// @inheritdoc IPaymentVault
    function setModule(address module, uint8 scopes) external onlyOwner {
        if (module == address(0)) revert VaultZeroAddress();
        if (scopes & ~SPEND != 0) revert VaultUnknownScopes(scopes);

        ModuleWord word = _moduleWords[module];
        uint8 oldScopes = word.scopes();
        if (!word.isKnown()) {
            if (_modules.length == MAX_MODULES) revert VaultTooManyModules();
            _modules.push(module);
            word = word.withSlot(uint8(_modules.length)).withHooked(spendHook != address(0));
        }
        _moduleWords[module] = word.withScopes(scopes);
        emit ModuleChanged(module, word.index(), oldScopes, scopes);
    }

    /// @inheritdoc IPaymentVault
    function setTreasury(uint40 account) external onlyOwner {
        if (!_accounts[account].exists()) revert VaultUnknownAccount(account);
        LedgerWord ledger = _ledger;
        _ledger = ledger.withTreasury(account);
        emit TreasuryChanged(ledger.treasury(), account);
    }

    /// @inheritdoc IPaymentVault
    function setSpendHook(address hook) external onlyOwner {
        // A call to an address without code would revert outside of the try statement.
        if (hook != address(0) && hook.code.length == 0) revert VaultHookWithoutCode(hook);
        address oldHook = spendHook;
        spendHook = hook;
        emit SpendHookChanged(oldHook, hook);

        // The flag in the module's own word spares every debit the reading of an unset hook. At most 48 modules.
        for (uint256 i = 0; i < _modules.length; ++i) {
            _moduleWords[_modules[i]] = _moduleWords[_modules[i]].withHooked(hook != address(0));
        }
    }

    // Views

    /// @inheritdoc IPaymentVault
    function balanceOf(uint40 account) external view returns (uint256) {
        return _accounts[account].balance();
    }

    /// @inheritdoc IPaymentVault
    function lowestBalance(uint40 account) external view returns (uint256) {
        return _accounts[account].lowest(_today()) * AccountWordLib.WEI_PER_LOW_UNIT;
    }

    /// @inheritdoc IPaymentVault
    function liabilities() external view returns (uint256) {
        return _ledger.liabilities();
    }

    /// @inheritdoc IPaymentVault
    function isAuthorised(uint40 account, address module) external view returns (bool) {
        ModuleWord word = _moduleWords[module];
        return word.isKnown() && _accounts[account].isAuthorised(word.index());
    }

    /// @inheritdoc IPaymentVault
    function heldBy(address module) external view returns (uint256) {
        return Units.toWei(_moduleWords[module].held());
    }

    /// @inheritdoc IPaymentVault
    function feesOf(address module) external view returns (uint256) {
        return Units.toWei(_moduleWords[module].fees());
    }

    /// @inheritdoc IPaymentVault
    function scopesOf(address module) external view returns (uint8) {
        return _knownModule(module).scopes();
    }

    /// @inheritdoc IPaymentVault
    function modules() external view returns (address[] memory) {
        return _modules;
    }

    /// @inheritdoc IPaymentVault
    function treasury() external view returns (uint40) {
        return _ledger.treasury();
    }

    // Private: money

    /// @dev Pulls, measures, then credits, so that the vault is solvent for readers at every instant.
    function _deposit(uint40 account, uint256 amount) private {
        if (amount == 0) revert VaultZeroAmount();

        uint256 balanceBefore = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - balanceBefore;
        if (received < amount) revert VaultTransferShort(amount, received);

        _owe(amount);
        _give(account, amount);
        emit Deposited(account, msg.sender, amount);
    }

    /// @dev Raises the liabilities; the bound keeps every smaller sum inside its packed field.
    function _owe(uint256 amount) private {
        LedgerWord ledger = _ledger;
        uint256 owed = ledger.liabilities();
        // Subtract on the side that cannot overflow.
        if (amount > MAX_LIABILITIES - owed) revert VaultAmountTooLarge(amount);
        _ledger = ledger.withLiabilities(uint96(owed + amount));
    }

    function _debit(uint40 account, uint256 amount, uint8 lane) private {
        ModuleWord module = _knownModule(msg.sender);
        if (module.scopes() & SPEND == 0) revert VaultMissingScope(msg.sender, SPEND);
        _requireWhole(amount);
        AccountWord word = _accounts[account];
        if (!word.exists()) revert VaultUnknownAccount(account);
        if (!word.isAuthorised(module.index())) revert VaultNotAuthorised(account, msg.sender);

        _take(account, word, amount);
        // No overflow: amount and held are both part of the liabilities.
        _moduleWords[msg.sender] = module.withHeld(module.held() + uint64(amount / Units.WEI_PER_GWEI));
        emit Debited(account, msg.sender, amount, lane);

        if (module.hooked()) _tellHook(account, amount, lane);
    }

    /// @dev The cap keeps a hook from eating the caller's gas, the check keeps a caller from starving the hook.
    function _tellHook(uint40 account, uint256 amount, uint8 lane) private {
        uint256 available = gasleft();
        if (available < HOOK_GAS_NEEDED) revert VaultHookGasShort(available, HOOK_GAS_NEEDED);
        // solhint-disable-next-line no-empty-blocks
        try ISpendHook(spendHook).onSpend{gas: HOOK_GAS}(account, amount, lane, _today()) {} catch {
            emit SpendHookFailed(account, amount, lane);
        }
    }

    function _take(uint40 account, AccountWord word, uint256 amount) private {
        uint96 balance = word.balance();
        if (amount > balance) revert VaultInsufficientBalance(account, balance, amount);
        // The difference is at most `balance`, which has 96 bits.
        _accounts[account] = word.moved(uint96(balance - amount), _today());
    }

    function _credit(uint40 account, uint256 amount, address module) private {
        _give(account, amount);
        emit Credited(account, module, amount);
    }

    function _give(uint40 account, uint256 amount) private {
        AccountWord word = _accounts[account];
        if (!word.exists()) revert VaultUnknownAccount(account);
        // The sum is part of the liabilities, which have 96 bits.
        _accounts[account] = word.moved(uint96(word.balance() + amount), _today());
    }

    /// @dev Takes `royalty` out of the caller's held sum besides what it pays.
    function _release(Payment[] calldata payments, uint256 fee, uint256 royalty) private {
        uint256 total = fee + royalty;
        _requireWhole(fee);
        for (uint256 i = 0; i < payments.length; ++i) {
            _requireWhole(payments[i].amount);
            total += payments[i].amount;
        }
        ModuleWord word = _knownModule(msg.sender);
        uint256 held = Units.toWei(word.held());
        if (total > held) revert VaultInsufficientHeld(msg.sender, held, total);
        // Every part is at most `total`, which is at most 2^64 - 1 gwei units; so are held and fees together.
        _moduleWords[msg.sender] = word.withHeld(uint64((held - total) / Units.WEI_PER_GWEI)).withFees(
            word.fees() + uint64(fee / Units.WEI_PER_GWEI)
        );
        for (uint256 i = 0; i < payments.length; ++i) {
            if (payments[i].amount != 0) _credit(payments[i].account, payments[i].amount, msg.sender);
        }
    }

    // Private: the rest

    function _setAuthorisation(address holder, address module, bool allowed) private {
        uint8 index = _knownModule(module).index();
        uint40 account = openAccount(holder);
        _accounts[account] = _accounts[account].withAuthorisedBit(index, allowed);
        emit AuthorisationChanged(account, module, allowed);
    }

    function _knownModule(address module) private view returns (ModuleWord word) {
        word = _moduleWords[module];
        if (!word.isKnown()) revert VaultUnknownModule(module);
    }

    function _accountOfHolder(address holder) private view returns (uint40 account) {
        account = accountOf[holder];
        if (account == 0) revert VaultNoAccount(holder);
    }

    function _today() private view returns (uint16) {
        return AccountWordLib.dayOf(block.timestamp);
    }

    function _nonceKey(address module) private pure returns (uint192) {
        return uint192(uint160(module));
    }

    function _requireWhole(uint256 amount) private pure {
        if (!Units.isWhole(amount)) revert VaultAmountNotWhole(amount);
    }
}
