// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HostileToken} from "../../../contracts/mocks/vault/HostileToken.sol";
import {SaleVestingMock} from "../../../contracts/mocks/sale/SaleVestingMock.sol";
import {ITokenSale} from "../../../contracts/sale/ITokenSale.sol";
import {TokenSale} from "../../../contracts/sale/TokenSale.sol";
import {IVestingVault} from "../../../contracts/vesting/IVestingVault.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Four buyers and an owner act on a sale of two rounds whose currency may misbehave, while days pass; when all
/// is settled the next sale begins. What everybody bought and paid is kept beside it.
contract SaleHandler is Handler {
    uint256 private constant GWEI = 1e9;
    uint256 private constant RICH = 1e40;

    uint96 public constant FOR_SALE = 1_000_000e18;

    HostileToken public immutable token;
    HostileToken public immutable currency;
    address public immutable treasury = address(0x7ea5);
    address public immutable splitter = address(0x5911);

    SaleVestingMock public vault;
    TokenSale public sale;
    ITokenSale.RoundTerms[2] private _terms;
    address[] public buyers;

    /// @notice Ghosts of the present sale.
    uint256 public number;
    mapping(uint256 sale => mapping(address buyer => uint256 amount)) private _bought;
    mapping(uint256 sale => mapping(address buyer => mapping(uint8 round => uint256 amount))) private _boughtIn;
    mapping(uint256 sale => mapping(address buyer => uint256 cost)) private _paid;
    uint256[2] public soldIn;
    uint256 public raised;
    uint256 public exact;
    uint256 public purchases;
    uint256 public refunded;
    uint256 public granted;
    uint256 public tokenSurplus;
    uint256 public currencySurplus;

    /// @dev The handler owns the sale, and holds all tokens but those that it gives to the buyers.
    constructor() {
        token = new HostileToken(address(this), 1e60);
        currency = new HostileToken(address(this), 1e60);
        string[4] memory names = ["Alice", "Bob", "Carol", "Dan"];
        for (uint256 i = 0; i < names.length; ++i) {
            (address buyer, ) = _actor(names[i]);
            buyers.push(buyer);
            currency.transfer(buyer, RICH);
        }
        _begin(20_000, 0);
    }

    // Buyers

    function buy(uint256 buyerSeed, uint256 amount, bool late) external {
        (address buyer, uint8 round) = (_buyer(buyerSeed), _enter(late));
        amount = _amount(buyer, round, amount);
        if (amount == 0) return;
        _buy(buyer, round, amount);
        _success();
    }

    /// @dev The currency calls back into the sale in the middle of the purchase.
    function buyReentrantly(uint256 buyerSeed, uint256 amount, uint256 entry) external {
        (address buyer, uint8 round) = (_buyer(buyerSeed), _enter(false));
        amount = _amount(buyer, round, amount);
        if (amount == 0) return;
        currency.setAttack(address(sale), _attack(entry, buyer));
        _buy(buyer, round, amount);
        vm.assertFalse(currency.attackSucceeded(), "I5 a currency re-entered the sale");
        _success();
    }

    function buyWithFee(uint256 buyerSeed, uint256 amount, uint256 feeBps) external {
        (address buyer, uint8 round) = (_buyer(buyerSeed), _enter(false));
        amount = _amount(buyer, round, amount);
        if (amount == 0) return;
        _skim();
        feeBps = _bound(feeBps, 1, 10_000);
        if ((sale.costOf(round, amount) * feeBps) / 10_000 == 0) return;
        currency.setFee(feeBps);
        vm.prank(buyer);
        vm.expectPartialRevert(ITokenSale.SaleTransferShort.selector);
        sale.buy(round, amount, type(uint256).max);
        currency.setFee(0);
        _success();
    }

    function buyTooMuch(uint256 buyerSeed, uint256 excess, bool late) external {
        (address buyer, uint8 round) = (_buyer(buyerSeed), _enter(late));
        if (!_selling()) return;
        uint256 amount = _limit(buyer, round) + GWEI * _bound(excess, 1, 1e30);
        if (amount < _terms[round].minimum) amount = _terms[round].minimum;
        vm.prank(buyer);
        vm.expectRevert();
        sale.buy(round, amount, type(uint256).max);
        _success();
    }

    function buyTooDear(uint256 buyerSeed, uint256 amount) external {
        (address buyer, uint8 round) = (_buyer(buyerSeed), _enter(false));
        amount = _amount(buyer, round, amount);
        if (amount == 0) return;
        uint256 cost = sale.costOf(round, amount);
        vm.prank(buyer);
        vm.expectPartialRevert(ITokenSale.SaleCostAboveMaximum.selector);
        sale.buy(round, amount, cost - 1);
        _success();
    }

    function claim(uint256 buyerSeed, uint256 hurry) external {
        _hurry(hurry, false);
        address buyer = _holder(buyerSeed);
        if (buyer == address(0) || sale.status() != ITokenSale.SaleStatus.Succeeded) return;
        sale.claim(buyer);
        vm.assertEq(vault.grantOf(sale.schedule(), buyer), _bought[number][buyer], "I5 a grant of what was bought");
        granted += _bought[number][buyer];
        _settled(buyer);
        _success();
    }

    function refund(uint256 buyerSeed, bool elsewhere, uint256 hurry) external {
        _hurry(hurry, true);
        address buyer = _holder(buyerSeed);
        if (buyer == address(0) || sale.status() != ITokenSale.SaleStatus.Failed) return;
        address to = elsewhere ? address(0xe15e) : buyer;
        uint256 before = currency.balanceOf(to);
        if (elsewhere) {
            vm.prank(buyer);
            sale.refundTo(to);
        } else {
            sale.refund(buyer);
        }
        vm.assertEq(currency.balanceOf(to) - before, _paid[number][buyer], "I36 100% back");
        refunded += _paid[number][buyer];
        _settled(buyer);
        _success();
    }

    /// @dev Neither a second time nor in the wrong ending.
    function settleWrongly(uint256 buyerSeed) external {
        address buyer = _buyer(buyerSeed);
        (, uint256 paid) = sale.purchaseOf(buyer);
        ITokenSale.SaleStatus status = sale.status();
        if (status != ITokenSale.SaleStatus.Succeeded || paid == 0) {
            vm.expectRevert();
            sale.claim(buyer);
        }
        if (status != ITokenSale.SaleStatus.Failed || paid == 0) {
            vm.expectRevert();
            sale.refund(buyer);
        }
        _success();
    }

    // Owner and anyone

    function pause(uint256 duration) external {
        uint256 left = sale.pauseLeft();
        if (!_selling() || left == 0 || block.timestamp < sale.pausedUntil()) return;
        sale.pause(uint32(_bound(duration, 1, left)));
        _success();
    }

    function unpause() external {
        if (!_selling()) return;
        if (block.timestamp >= sale.pausedUntil()) {
            if (sale.pauseLeft() == 0) return;
            sale.pause(1);
        }
        sale.unpause();
        _success();
    }

    function planAgain() external {
        if (!_selling() || block.timestamp < _terms[0].start) return;
        ITokenSale.RoundTerms[] memory rounds = new ITokenSale.RoundTerms[](1);
        rounds[0] = _terms[1];
        vm.expectPartialRevert(ITokenSale.SaleRoundStarted.selector);
        sale.setRounds(rounds);
        _success();
    }

    /// @dev Now and then the vault refuses for 30 days, and the sale fails whatever it raised.
    function finalise(bool stuck, uint256 patience) external {
        if (!_selling() || (block.timestamp < _terms[1].end && patience % 2 != 0)) return;
        _finalise(stuck);
        _success();
    }

    function finaliseWrongly() external {
        if (_selling() && (block.timestamp >= _terms[1].end || sale.sold() == FOR_SALE)) return;
        vm.expectRevert();
        sale.finalise();
        vm.expectRevert();
        sale.expire();
        _success();
    }

    function donate(uint256 amount, bool ofToken) external {
        amount = _bound(amount, 1, 1e24);
        if (ofToken) {
            token.transfer(address(sale), amount);
            tokenSurplus += amount;
        } else {
            currency.transfer(address(sale), amount);
            currencySurplus += amount;
        }
        _success();
    }

    function skim() external {
        _skim();
        _success();
    }

    /// @dev The next sale, once the present one is over and everybody is settled.
    function restart(uint256 price, uint256 softCap, uint256 patience) external {
        if (_selling() || (_holder(0) != address(0) && patience % 4 == 0)) return;
        for (uint256 i = 0; i < buyers.length; ++i) _settle(buyers[i]);
        _begin(_bound(price, 1, 1e18), softCap % 4);
        _success();
    }

    function pass(uint256 span) external {
        vm.warp(block.timestamp + _bound(span, 1, 3 days));
        _success();
    }

    /// @dev Claims or refunds what a buyer is due, whichever it is.
    function settle(uint256 buyerSeed, uint256 hurry) external {
        _hurry(hurry, hurry % 4 < 2);
        address buyer = _holder(buyerSeed);
        if (_selling() || buyer == address(0)) return;
        _settle(buyer);
        _success();
    }

    // For the invariants

    function bought(address buyer) external view returns (uint256) {
        return _bought[number][buyer];
    }

    function paidBy(address buyer) external view returns (uint256) {
        return _paid[number][buyer];
    }

    function boughtIn(uint8 round, address buyer) external view returns (uint256) {
        return _boughtIn[number][buyer][round];
    }

    function terms(uint8 round) external view returns (ITokenSale.RoundTerms memory) {
        return _terms[round];
    }

    function buyerCount() external view returns (uint256) {
        return buyers.length;
    }

    // Private

    function _buy(address buyer, uint8 round, uint256 amount) private {
        uint256 before = currency.balanceOf(buyer);
        vm.prank(buyer);
        uint256 cost = sale.buy(round, amount, type(uint256).max);
        vm.assertEq(before - currency.balanceOf(buyer), cost, "the cost was paid");
        vm.assertTrue(cost * 1e18 >= amount * _terms[round].price, "I36 never in the buyer's favour");
        vm.assertTrue((cost - 1) * 1e18 < amount * _terms[round].price, "I36 by less than a unit");
        _bought[number][buyer] += amount;
        _boughtIn[number][buyer][round] += amount;
        _paid[number][buyer] += cost;
        soldIn[round] += amount;
        raised += cost;
        exact += amount * _terms[round].price;
        purchases += 1;
    }

    /// @dev Now and then everybody buys and the sale ends at once, so that there is something to claim or to refund.
    function _hurry(uint256 hurry, bool stuck) private {
        if (!_selling() || hurry % 2 == 0) return;
        for (uint256 i = 0; i < buyers.length; ++i) {
            uint8 round = _enter(false);
            uint256 amount = _amount(buyers[i], round, hurry);
            if (amount != 0) _buy(buyers[i], round, amount);
        }
        _finalise(stuck);
    }

    function _finalise(bool stuck) private {
        if (sale.sold() != FOR_SALE && block.timestamp < _terms[1].end) vm.warp(_terms[1].end);
        bool success = raised != 0 && raised >= sale.softCap();
        if (stuck && success) {
            vault.setRefusing(true);
            vm.expectPartialRevert(SaleVestingMock.Refused.selector);
            sale.finalise();
            vm.warp(uint256(_terms[1].end) + 30 days);
            sale.expire();
            success = false;
        } else if (stuck) {
            vm.warp(uint256(_terms[1].end) + 30 days);
            sale.expire();
        } else {
            sale.finalise();
        }
        vm.assertTrue(
            sale.status() == (success ? ITokenSale.SaleStatus.Succeeded : ITokenSale.SaleStatus.Failed),
            "I36 the ending is that of the soft cap"
        );
        // What nobody skimmed of the token went to the treasury with the unsold.
        tokenSurplus = 0;
    }

    function _skim() private {
        vm.assertEq(sale.skim(token), tokenSurplus, "I7 exactly the surplus of the token");
        uint256 held = sale.status() == ITokenSale.SaleStatus.Failed ? refunded : 0;
        uint256 expected = currencySurplus > held ? currencySurplus - held : 0;
        vm.assertEq(sale.skim(currency), expected, "I7 at most the surplus of the currency");
        tokenSurplus = 0;
        currencySurplus -= expected;
    }

    /// @dev A sale with `quarters` quarters of what its first round could raise as its soft cap.
    function _begin(uint256 price, uint256 quarters) private {
        _forget();
        vault = new SaleVestingMock(token);
        uint40 start = uint40(block.timestamp + 1 days);
        _terms[0] = ITokenSale.RoundTerms({
            price: uint80(price),
            start: start,
            end: start + 5 days,
            cap: FOR_SALE / 2,
            perBuyer: FOR_SALE / 4,
            minimum: 10e18,
            listed: false
        });
        _terms[1] = ITokenSale.RoundTerms({
            price: uint80(price + 7),
            start: start + 6 days,
            end: start + 16 days,
            cap: FOR_SALE,
            perBuyer: FOR_SALE / 2,
            minimum: 0,
            listed: false
        });
        sale = new TokenSale(
            ITokenSale.Setup({
                token: token,
                currency: currency,
                vault: IVestingVault(address(vault)),
                splitter: splitter,
                treasury: treasury,
                tokensForSale: FOR_SALE,
                softCap: uint96((FOR_SALE * price * quarters) / 8e18)
            }),
            ITokenSale.PurchaseVesting({startBps: 2_000, cliff: 0, duration: 180 days, step: 0, votes: true}),
            address(this)
        );
        ITokenSale.RoundTerms[] memory rounds = new ITokenSale.RoundTerms[](2);
        (rounds[0], rounds[1]) = (_terms[0], _terms[1]);
        sale.setRounds(rounds);
        token.transfer(address(sale), FOR_SALE);
        for (uint256 i = 0; i < buyers.length; ++i) {
            vm.prank(buyers[i]);
            currency.approve(address(sale), type(uint256).max);
        }
    }

    function _forget() private {
        number += 1;
        delete soldIn;
        (raised, exact, purchases, refunded, granted) = (0, 0, 0, 0, 0);
        (tokenSurplus, currencySurplus) = (0, 0);
    }

    function _settle(address buyer) private {
        (, uint256 paid) = sale.purchaseOf(buyer);
        if (paid == 0) return;
        if (sale.status() == ITokenSale.SaleStatus.Succeeded) {
            sale.claim(buyer);
            granted += _bought[number][buyer];
        } else {
            sale.refund(buyer);
            refunded += _paid[number][buyer];
        }
        _settled(buyer);
    }

    function _settled(address buyer) private view {
        (uint256 amount, uint256 paid) = sale.purchaseOf(buyer);
        vm.assertEq(amount + paid, 0, "I36 settled once");
    }

    function _attack(uint256 entry, address buyer) private view returns (bytes memory) {
        uint256 choice = entry % 5;
        if (choice == 0) return abi.encodeCall(sale.buy, (0, 10e18, type(uint256).max));
        if (choice == 1) return abi.encodeCall(sale.finalise, ());
        if (choice == 2) return abi.encodeCall(sale.refund, (buyer));
        if (choice == 3) return abi.encodeCall(sale.claim, (buyer));
        return abi.encodeCall(sale.skim, (currency));
    }

    /// @dev Goes to a round that sells, without a pause; the first one only before the second starts.
    function _enter(bool late) private returns (uint8 round) {
        if (!_selling()) return 0;
        if (block.timestamp < sale.pausedUntil()) vm.warp(sale.pausedUntil());
        round = late || block.timestamp >= _terms[0].end ? 1 : 0;
        if (block.timestamp < _terms[round].start) vm.warp(_terms[round].start);
    }

    /// @dev A whole amount that the buyer may buy now, or 0.
    function _amount(address buyer, uint8 round, uint256 amount) private view returns (uint256) {
        if (!_selling() || block.timestamp >= _terms[round].end) return 0;
        uint256 limit = _limit(buyer, round);
        uint256 least = _terms[round].minimum == 0 ? GWEI : _terms[round].minimum;
        if (limit < least) return limit == sale.available(round) ? limit : 0;
        return GWEI * _bound(amount, least / GWEI, limit / GWEI);
    }

    /// @dev The lesser of what is left and what the buyer may still buy.
    function _limit(address buyer, uint8 round) private view returns (uint256) {
        uint256 left = sale.available(round);
        uint256 own = _terms[round].perBuyer - _boughtIn[number][buyer][round];
        return left < own ? left : own;
    }

    function _selling() private view returns (bool) {
        return uint8(sale.status()) <= uint8(ITokenSale.SaleStatus.Open);
    }

    function _buyer(uint256 seed) private view returns (address) {
        return buyers[seed % buyers.length];
    }

    /// @dev The first buyer from the seed on that is due something.
    function _holder(uint256 seed) private view returns (address) {
        for (uint256 i = 0; i < buyers.length; ++i) {
            address buyer = buyers[((seed % buyers.length) + i) % buyers.length];
            (, uint256 paid) = sale.purchaseOf(buyer);
            if (paid != 0) return buyer;
        }
        return address(0);
    }
}
