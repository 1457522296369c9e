// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {RefusingCurrency} from "../../../contracts/mocks/sale/RefusingCurrency.sol";
import {IProceedsSplitter} from "../../../contracts/sale/IProceedsSplitter.sol";
import {ProceedsSplitter} from "../../../contracts/sale/ProceedsSplitter.sol";
import {Handler} from "../base/Handler.sol";
import {vm} from "../base/Vm.sol";

/// @notice Payees come and go, two tokens refuse some of them in several ways, and anybody splits and pays credits.
contract SplitterHandler is Handler {
    uint256 private constant PAYEES = 12;

    RefusingCurrency[2] public tokens;
    ProceedsSplitter public immutable splitter;

    /// @notice Ghosts: what reached the splitter, and what each payee should have had by now, paid or credited.
    mapping(uint256 token => uint256 amount) public received;
    mapping(uint256 token => uint256 amount) public waiting;
    mapping(uint256 token => mapping(address payee => uint256 amount)) public due;
    mapping(uint256 token => mapping(address payee => uint256 amount)) public tookElsewhere;

    IProceedsSplitter.Payee[] private _list;

    constructor() {
        tokens[0] = new RefusingCurrency(6);
        tokens[1] = new RefusingCurrency(18);
        _draw(5, 0x1234567890);
        splitter = new ProceedsSplitter(tokens[0], _list, 30 days, address(this));
    }

    function receiveTokens(uint256 tokenSeed, uint256 amount) external {
        uint256 which = tokenSeed % 2;
        amount = _bound(amount, 1, 1e30);
        tokens[which].mint(address(splitter), amount);
        received[which] += amount;
        waiting[which] += amount;
        _success();
    }

    function split(uint256 tokenSeed) external {
        uint256 which = tokenSeed % 2;
        vm.assertEq(splitter.split(tokens[which]), waiting[which], "all that waits is divided");
        _share(which);
        _success();
    }

    function refuse(uint256 tokenSeed, uint256 payeeSeed, uint256 manner) external {
        RefusingCurrency token = tokens[tokenSeed % 2];
        token.setBlacklisted(_payee(payeeSeed), true);
        // Spending all gas is tried by the unit tests: it would cost the run too much.
        token.setManner(RefusingCurrency.Manner(manner % 2 == 0 ? 0 : 2));
        _success();
    }

    function accept(uint256 tokenSeed, uint256 payeeSeed) external {
        tokens[tokenSeed % 2].setBlacklisted(_payee(payeeSeed), false);
        _success();
    }

    function payCredit(uint256 tokenSeed, uint256 payeeSeed) external {
        uint256 which = tokenSeed % 2;
        address payee = _creditor(which, payeeSeed);
        if (payee == address(0)) return;
        if (tokens[which].blacklisted(payee)) {
            vm.expectRevert();
            splitter.payCredit(tokens[which], payee);
            tokens[which].setBlacklisted(payee, false);
        }
        splitter.payCredit(tokens[which], payee);
        _success();
    }

    function takeCredit(uint256 tokenSeed, uint256 payeeSeed) external {
        uint256 which = tokenSeed % 2;
        address payee = _creditor(which, payeeSeed);
        if (payee == address(0)) return;
        vm.prank(payee);
        tookElsewhere[which][payee] += splitter.takeCredit(tokens[which], address(0xe15e));
        _success();
    }

    function takeCreditOfNobody(uint256 tokenSeed) external {
        vm.expectPartialRevert(IProceedsSplitter.SplitterNoCredit.selector);
        splitter.takeCredit(tokens[tokenSeed % 2], address(0xe15e));
        _success();
    }

    /// @dev The old payees are paid both tokens before the new ones come.
    function setPayees(uint256 count, uint256 seed) external {
        if (block.timestamp < splitter.lockedUntil()) {
            vm.expectPartialRevert(IProceedsSplitter.SplitterLocked.selector);
            splitter.setPayees(_list, 30 days, new IERC20[](0));
            vm.warp(splitter.lockedUntil());
        }
        for (uint256 which = 0; which < 2; ++which) _share(which);
        _draw(_bound(count, 1, 10), seed);
        IERC20[] memory others = new IERC20[](1);
        others[0] = tokens[1];
        splitter.setPayees(_list, 30 days, others);
        _success();
    }

    // For the invariants

    function payees() external pure returns (address[] memory all) {
        all = new address[](PAYEES);
        for (uint256 i = 0; i < PAYEES; ++i) all[i] = _payee(i);
    }

    // Private

    function _share(uint256 which) private {
        uint256 left = waiting[which];
        for (uint256 i = 0; i < _list.length; ++i) {
            uint256 share = i == _list.length - 1 ? left : (waiting[which] * _list[i].bps) / 10_000;
            due[which][_list[i].payee] += share;
            left -= share;
        }
        waiting[which] = 0;
    }

    /// @dev A list of `count` neighbouring payees with odd shares.
    function _draw(uint256 count, uint256 seed) private {
        delete _list;
        uint16 left = 10_000;
        for (uint256 i = 0; i < count; ++i) {
            uint16 bps = i == count - 1 ? left : uint16(1 + (uint256(keccak256(abi.encode(seed, i))) % (left / 2)));
            _list.push(IProceedsSplitter.Payee({payee: _payee((seed % PAYEES) + i), bps: bps}));
            left -= bps;
        }
    }

    function _creditor(uint256 which, uint256 seed) private view returns (address) {
        for (uint256 i = 0; i < PAYEES; ++i) {
            address payee = _payee((seed % PAYEES) + i);
            if (splitter.creditOf(tokens[which], payee) != 0) return payee;
        }
        return address(0);
    }

    function _payee(uint256 seed) private pure returns (address) {
        return address(uint160(0xbee0 + (seed % PAYEES)));
    }
}
