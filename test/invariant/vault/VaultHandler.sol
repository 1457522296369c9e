// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {RoyaltySinkMock} from "../../../contracts/mocks/vault/RoyaltySinkMock.sol";
import {SpendHookMock} from "../../../contracts/mocks/vault/SpendHookMock.sol";
import {IPaymentVault} from "../../../contracts/vault/IPaymentVault.sol";
import {IRoyaltySink} from "../../../contracts/vault/IRoyaltySink.sol";
import {PaymentVault} from "../../../contracts/vault/PaymentVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Four holders, three modules and their governance act on a vault whose token and spend hook may misbehave,
/// while days pass. What the vault should owe, and each balance's whole past, is kept beside it.
contract VaultHandler is Handler {
    struct Mark {
        uint256 time;
        uint256 balance;
    }

    uint256 private constant GWEI = 1e9;
    uint256 private constant MAX_AMOUNT = 1e25;

    PaymentVault public immutable vault;
    HostileToken public immutable token;
    SpendHookMock public immutable hook;

    address[] public holders;
    address[] public modules;

    /// @notice Ghosts: every token that came in by a deposit, as a donation, went out, or was skimmed.
    uint256 public deposited;
    uint256 public donated;
    uint256 public withdrawn;
    uint256 public skimmed;

    mapping(uint40 account => uint256 balance) public expected;
    mapping(address module => uint256 amount) public expectedHeld;
    mapping(address module => uint256 amount) public expectedFees;
    mapping(uint40 account => Mark[] marks) private _past;

    mapping(address holder => uint256 key) private _keys;

    /// @dev The handler owns the vault, and holds all tokens but those that it gives to the holders.
    constructor() {
        token = new HostileToken(address(this), 1e27);
        vault = new PaymentVault(token, address(this));
        hook = new SpendHookMock();
        string[4] memory names = ["Alice", "Bob", "Carol", "treasurer"];
        for (uint256 i = 0; i < names.length; ++i) {
            (address holder, uint256 key) = _actor(names[i]);
            holders.push(holder);
            _keys[holder] = key;
            _mark(vault.openAccount(holder), 0);
        }
        for (uint256 i = 0; i < 3; ++i) {
            modules.push(address(new RoyaltySinkMock(vault)));
            vault.setModule(modules[i], 1);
        }
        vault.setTreasury(4);
        token.approve(address(vault), type(uint256).max);
        for (uint40 account = 1; account <= holders.length; ++account) {
            vault.deposit(account, MAX_AMOUNT);
            deposited += MAX_AMOUNT;
            _gain(account, MAX_AMOUNT);
        }
    }

    // Holders

    function deposit(uint256 holderSeed, uint256 amount) external {
        uint40 account = _account(holderSeed);
        amount = _bound(amount, 1, MAX_AMOUNT);
        vault.deposit(account, amount);
        deposited += amount;
        _gain(account, amount);
        _success();
    }

    function depositWithFee(uint256 holderSeed, uint256 amount, uint256 feeBps) external {
        token.setFee(_bound(feeBps, 1, 10_000));
        amount = _bound(amount, 10_000, MAX_AMOUNT);
        vm.expectPartialRevert(IPaymentVault.VaultTransferShort.selector);
        vault.deposit(_account(holderSeed), amount);
        token.setFee(0);
        _success();
    }

    /// @dev The token calls back into the vault in the middle of the deposit.
    function depositReentrantly(uint256 holderSeed, uint256 amount, uint256 entry) external {
        uint40 account = _account(holderSeed);
        amount = _bound(amount, 1, MAX_AMOUNT);
        token.setAttack(address(vault), _attack(entry));
        vault.deposit(account, amount);
        vm.assertFalse(token.attackSucceeded(), "I6 a token re-entered the vault");
        deposited += amount;
        _gain(account, amount);
        _success();
    }

    function withdraw(uint256 holderSeed, uint256 amount) external {
        uint40 account = _account(holderSeed);
        if (expected[account] == 0) return;
        amount = _bound(amount, 1, expected[account]);
        vm.prank(vault.holderOf(account));
        vault.withdraw(amount, address(this));
        withdrawn += amount;
        _lose(account, amount);
        _success();
    }

    function withdrawTooMuch(uint256 holderSeed, uint256 amount) external {
        uint40 account = _account(holderSeed);
        amount = _bound(amount, expected[account] + 1, type(uint256).max);
        vm.prank(vault.holderOf(account));
        vm.expectPartialRevert(IPaymentVault.VaultInsufficientBalance.selector);
        vault.withdraw(amount, address(this));
        _success();
    }

    function authorise(uint256 holderSeed, uint256 moduleSeed, bool allowed) external {
        uint40 account = _account(holderSeed);
        address module = _module(moduleSeed);
        vm.prank(vault.holderOf(account));
        vault.setAuthorisation(module, allowed);
        vm.assertEq(vault.isAuthorised(account, module), allowed, "authorisation as set");
        _success();
    }

    /// @dev By signature, and the same signature a second time.
    function authoriseBySignature(uint256 holderSeed, uint256 moduleSeed, bool allowed) external {
        uint40 account = _account(holderSeed);
        address holder = vault.holderOf(account);
        address module = _module(moduleSeed);
        uint256 nonce = vault.nonces(holder, uint192(uint160(module)));
        uint256 deadline = block.timestamp;
        bytes memory signature = _signature(holder, module, allowed, nonce, deadline);

        vault.setAuthorisationBySignature(holder, module, allowed, deadline, signature);
        vm.assertEq(vault.isAuthorised(account, module), allowed, "authorisation as signed");
        vm.assertEq(vault.nonces(holder, uint192(uint160(module))), nonce + 1, "I10 nonce rises by 1");
        vm.expectPartialRevert(IPaymentVault.VaultInvalidSignature.selector);
        vault.setAuthorisationBySignature(holder, module, allowed, deadline, signature);
        _success();
    }

    // Modules

    function debit(uint256 holderSeed, uint256 moduleSeed, uint256 amount, uint8 lane) external {
        (uint40 account, address module) = (_richAccount(holderSeed), _module(moduleSeed));
        if (expected[account] < GWEI) return;
        _permit(account, module);
        amount = GWEI * _bound(amount, 1, expected[account] / GWEI);
        vm.prank(module);
        vault.debit(account, amount, lane);
        _lose(account, amount);
        expectedHeld[module] += amount;
        _success();
    }

    function debitWithoutRight(uint256 holderSeed, uint256 moduleSeed) external {
        (uint40 account, address module) = (_account(holderSeed), _module(moduleSeed));
        if (_maySpend(account, module)) {
            vm.prank(vault.holderOf(account));
            vault.setAuthorisation(module, false);
        }
        vm.prank(module);
        vm.expectRevert();
        vault.debit(account, 0, 0);
        _success();
    }

    function release(uint256 moduleSeed, uint256 toSeed, uint256 sinkSeed, uint256[4] calldata parts) external {
        address module = _moduleWith(expectedHeld, moduleSeed);
        if (expectedHeld[module] == 0) return;
        uint40[2] memory to = [_account(toSeed), _account(toSeed >> 8)];
        uint256[4] memory amounts;
        uint256 left = expectedHeld[module];
        for (uint256 i = 0; i < 4; ++i) {
            amounts[i] = _whole(parts[i], expectedHeld[module] / 3);
            if (amounts[i] > left) amounts[i] = left;
            left -= amounts[i];
        }
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](2);
        for (uint256 i = 0; i < 2; ++i) payments[i] = IPaymentVault.Payment({account: to[i], amount: amounts[i]});

        vm.prank(module);
        IPaymentVault.Royalty[] memory royalties = new IPaymentVault.Royalty[](1);
        royalties[0] = IPaymentVault.Royalty({asset: 1, amount: amounts[3], uses: 1});
        vault.releaseWithRoyalties(payments, amounts[2], IRoyaltySink(_module(sinkSeed)), royalties);
        for (uint256 i = 0; i < 2; ++i) _gain(to[i], amounts[i]);
        expectedFees[module] += amounts[2];
        expectedHeld[module] = left;
        expectedHeld[_module(sinkSeed)] += amounts[3];
        _success();
    }

    function releaseTooMuch(uint256 moduleSeed, uint256 toSeed, uint256 excess) external {
        address module = _module(moduleSeed);
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        uint256 amount = expectedHeld[module] + GWEI * _bound(excess, 1, 1e30);
        payments[0] = IPaymentVault.Payment({account: _account(toSeed), amount: amount});
        vm.prank(module);
        vm.expectPartialRevert(IPaymentVault.VaultInsufficientHeld.selector);
        vault.release(payments, 0);
        _success();
    }

    // Anyone and governance

    function collectFees(uint256 moduleSeed) external {
        address module = _moduleWith(expectedFees, moduleSeed);
        if (expectedFees[module] == 0) return;
        vm.assertEq(vault.collectFees(module), expectedFees[module], "all fees are collected");
        _gain(4, expectedFees[module]);
        expectedFees[module] = 0;
        _success();
    }

    function donate(uint256 amount) external {
        amount = _bound(amount, 1, MAX_AMOUNT);
        token.transfer(address(vault), amount);
        donated += amount;
        _success();
    }

    function skim() external {
        if (donated == skimmed) return;
        uint256 surplus = donated - skimmed;
        vm.assertEq(vault.skim(), surplus, "I7 skim takes exactly the surplus");
        skimmed += surplus;
        _gain(4, surplus);
        _success();
    }

    function setScope(uint256 moduleSeed, uint8 scopes) external {
        vault.setModule(_module(moduleSeed), scopes % 3 == 0 ? 0 : 1);
        _success();
    }

    /// @dev Hook off, recording, reverting, burning its gas, or returning and reverting with more than can be copied.
    function setHook(uint256 mode) external {
        mode = _bound(mode, 0, 5);
        vault.setSpendHook(mode == 5 ? address(0) : address(hook));
        if (mode < 5) hook.setMode(SpendHookMock.Mode(mode));
        _success();
    }

    /// @dev Up to 100 days, often to the edge of a day.
    function pass(uint256 span, uint256 edge) external {
        uint256 target = block.timestamp + _bound(span, 1, 100 days);
        if (edge % 3 == 0) target = (target / 1 days + 1) * 1 days;
        vm.warp(target);
        _success();
    }

    // For the invariants

    /// @notice Lowest balance since the previous UTC day began, by going through the whole past of the account.
    function lowest(uint40 account) external view returns (uint256 low) {
        uint256 since = (vm.getBlockTimestamp() / 1 days - 1) * 1 days;
        Mark[] storage past = _past[account];
        low = type(uint256).max;
        uint256 before = 0;
        for (uint256 i = 0; i < past.length; ++i) {
            if (past[i].time < since) before = past[i].balance;
            else if (past[i].balance < low) low = past[i].balance;
        }
        if (before < low) low = before;
        return low - (low % 1e14);
    }

    function holderCount() external view returns (uint40) {
        return uint40(holders.length);
    }

    function moduleCount() external view returns (uint256) {
        return modules.length;
    }

    // Private

    function _gain(uint40 account, uint256 amount) private {
        expected[account] += amount;
        _mark(account, expected[account]);
    }

    function _lose(uint40 account, uint256 amount) private {
        expected[account] -= amount;
        _mark(account, expected[account]);
    }

    function _mark(uint40 account, uint256 balance) private {
        _past[account].push(Mark({time: vm.getBlockTimestamp(), balance: balance}));
    }

    function _account(uint256 seed) private view returns (uint40) {
        return uint40(seed % holders.length) + 1;
    }

    /// @dev The first account from the seed on that can pay a gwei unit, else the one of the seed.
    function _richAccount(uint256 seed) private view returns (uint40) {
        for (uint256 i = 0; i < holders.length; ++i) {
            uint40 account = uint40(((seed % holders.length) + i) % holders.length) + 1;
            if (expected[account] >= GWEI) return account;
        }
        return _account(seed);
    }

    function _module(uint256 seed) private view returns (address) {
        return modules[seed % modules.length];
    }

    /// @dev The first module from the seed on that has something, else the one of the seed.
    function _moduleWith(
        mapping(address module => uint256 amount) storage amounts,
        uint256 seed
    ) private view returns (address) {
        for (uint256 i = 0; i < modules.length; ++i) {
            address module = modules[((seed % modules.length) + i) % modules.length];
            if (amounts[module] != 0) return module;
        }
        return _module(seed);
    }

    /// @dev Gives a module what it lacks to debit the account.
    function _permit(uint40 account, address module) private {
        if (vault.scopesOf(module) == 0) vault.setModule(module, 1);
        if (!vault.isAuthorised(account, module)) {
            vm.prank(vault.holderOf(account));
            vault.setAuthorisation(module, true);
        }
    }

    function _maySpend(uint40 account, address module) private view returns (bool) {
        return vault.isAuthorised(account, module) && vault.scopesOf(module) == 1;
    }

    function _whole(uint256 amount, uint256 most) private pure returns (uint256) {
        return _bound(amount, 0, most / GWEI) * GWEI;
    }

    function _attack(uint256 entry) private view returns (bytes memory) {
        uint256 choice = entry % 4;
        if (choice == 0) return abi.encodeCall(vault.deposit, (1, 1));
        if (choice == 1) return abi.encodeCall(vault.withdraw, (1, address(token)));
        if (choice == 2) return abi.encodeCall(vault.debit, (1, 0, 0));
        return abi.encodeCall(vault.skim, ());
    }

    function _signature(
        address holder,
        address module,
        bool allowed,
        uint256 nonce,
        uint256 deadline
    ) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("GPU Commons PaymentVault"),
                keccak256("1"),
                block.chainid,
                address(vault)
            )
        );
        bytes32 typeHash = keccak256(
            "SetAuthorisation(address holder,address module,bool allowed,uint256 nonce,uint256 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typeHash, holder, module, allowed, nonce, deadline));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            _keys[holder],
            keccak256(abi.encodePacked(hex"1901", domain, message))
        );
        return abi.encodePacked(r, s, v);
    }
}
