// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {JobStatus, Verdict} from "../../../contracts/market/JobTypes.sol";
import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {IRegistryLens} from "../../../contracts/registry/IRegistryLens.sol";
import {vm} from "../base/Vm.sol";
import {AccusationActions} from "./AccusationActions.sol";

/// @notice Money in and out, governance, time, and those who try what is not theirs to do.
abstract contract MoneyActions is AccusationActions {
    function deposit(uint256 seed, uint256 amount) external {
        address requester = _requesters[seed % REQUESTERS];
        amount = _bound(amount, 1, 1e22);
        vault.deposit(_accountOf(requester), amount);
        _expected[_accountOf(requester)] += amount;
        _success();
    }

    /// @notice A requester takes out some, an owner of GPUs or assets all.
    function withdraw(uint256 seed, uint256 amount) external {
        address holder = seed % 2 == 0 ? _requesters[(seed >> 8) % REQUESTERS] : _owners[(seed >> 8) % OWNERS];
        uint40 account = _accountOf(holder);
        if (_expected[account] == 0) return;
        amount = seed % 2 == 0 ? _bound(amount, 1, 1e22) : _expected[account];
        if (amount > _expected[account]) return;
        vm.prank(holder);
        vault.withdraw(amount, holder);
        _expected[account] -= amount;
        _success();
    }

    /// @notice I19: royalties go to whoever owns the asset, whoever asks for it, once.
    function claim(uint256 seed) external {
        uint256 id = _assets[seed % _assets.length];
        if (_accrued[id] == 0) id = _assets[0];
        if (_accrued[id] == 0) return;
        uint40 payee = assets.assetOf(id).payee;
        vm.assertEq(assets.claim(id), _accrued[id] * GWEI, "I19 exactly what accrued");
        vm.assertEq(assets.claim(id), 0, "I19 once");
        _expected[payee] += _accrued[id] * GWEI;
        _accrued[id] = 0;
        _success();
    }

    function collectFees() external {
        if (_feesGwei == 0) return;
        vm.assertEq(vault.collectFees(address(escrow)), _feesGwei * GWEI, "all fees are collected");
        _expected[vault.treasury()] += _feesGwei * GWEI;
        _feesGwei = 0;
        _success();
    }

    /// @notice I7: what nobody deposited, and nothing else, can go to the treasury.
    function skim(uint256 amount) external {
        if (amount % 2 == 0) {
            token.transfer(address(vault), _bound(amount, 1, 1e20));
            _donated += _bound(amount, 1, 1e20);
        }
        if (_donated == 0) return;
        vm.assertEq(vault.skim(), _donated, "I7 exactly the surplus");
        _expected[vault.treasury()] += _donated;
        _donated = 0;
        _success();
    }

    function donate(uint256 amount, uint256 where) external {
        amount = _bound(amount, 1, 1e20);
        address[4] memory receivers = [address(vault), address(escrow), address(registry), address(assets)];
        token.transfer(receivers[where % 4], amount);
        if (where % 4 == 0) _donated += amount;
        _success();
    }

    // Stake

    /// @notice I23: an owner who unbonds everything still leaves behind what open jobs lock; then it stays after all.
    function unbondLocked(uint256 seed) external {
        uint256 index = _find(seed, _isUnderWay);
        if (index == NONE) index = _assigned(_spread(seed), 0);
        if (index == NONE) return;
        uint40 gpu = _played[index].word.gpu();
        IGpuRegistry.GpuView memory g = registry.gpuOf(gpu);
        if (g.stake <= g.locked) return;
        uint256 state = vm.snapshotState();
        vm.startPrank(vault.holderOf(g.owner));
        registry.beginUnbond(gpu, g.stake);
        vm.warp(_now() + 21 days);
        vm.assertEq(registry.withdraw(gpu, _treasurer), g.stake - g.locked, "I23 no more than what is free");
        vm.expectPartialRevert(IGpuRegistry.RegistryStakeLocked.selector);
        registry.withdraw(gpu, _treasurer);
        vm.stopPrank();
        vm.assertEq(registry.gpuOf(gpu).unbonding, g.locked, "I23 the locks stay covered");
        vm.revertToState(state);
        _success();
    }

    function addStake(uint256 seed, uint256 amount) external {
        uint40 gpu = uint40(seed % GPUS) + 1;
        vm.prank(_owners[(gpu - 1) % OWNERS]);
        registry.addStake(gpu, _bound(amount, 1, 1e12) * GWEI);
        _success();
    }

    /// @notice Takes more of a deferred slash, or pays one out.
    function pursueSlash(uint256 seed) external {
        uint256 id = _heldSlash(seed);
        if (id == 0) {
            uint256 index = _rulable(seed);
            if (index == NONE) return;
            _rule(index, Verdict.Invalid);
            id = _slashCount();
        }
        _warp(lens.slashOf(id).holdUntil);
        if (lens.slashOf(id).pendingGwei != 0) registry.continueSlash(id);
        _finalise(id);
        _success();
    }

    function _finalise(uint256 id) private {
        IRegistryLens.SlashView memory s = lens.slashOf(id);
        uint256 held = token.balanceOf(address(registry));
        uint256 before = vault.balanceOf(s.beneficiary) + vault.balanceOf(s.finder);
        registry.finaliseSlash(id);
        uint256 gain = vault.balanceOf(s.beneficiary) + vault.balanceOf(s.finder) - before;
        // The requester is made whole; who accused, or the requester that rejected, is the finder of the rest.
        bool isBoth = s.beneficiary == s.finder;
        if (isBoth) gain /= 2;
        uint256 whole = s.takenGwei < s.beneficiaryGwei ? s.takenGwei : s.beneficiaryGwei;
        uint256 share = s.takenGwei / 10;
        if (share > s.takenGwei - whole) share = s.takenGwei - whole;
        vm.assertEq(gain, (whole + share) * GWEI, "I12 what a slash pays");
        vm.assertEq(held - token.balanceOf(address(registry)), gain, "and out of what was taken");
        _expected[s.beneficiary] += whole * GWEI;
        _expected[s.finder] += share * GWEI;
    }

    // Governance and time

    /// @notice I18: new settings, fees and prices, which open jobs must not notice.
    function govern(uint256 seed) external {
        seed = _spread(seed);
        uint8 minutes_ = uint8(_bound((seed >> 8) % 1_000, 2, 120));
        uint8 hours_ = uint8(_bound((seed >> 24) % 1_000, 12, 168));
        escrow.setSettings(_settings(seed, minutes_, hours_, uint8(_bound((seed >> 40) % 1_000, 1, 50))));
        catalog.setFees(_fees(uint16(_bound((seed >> 56) % 2_000, 0, 1_000))));
        uint256 asset = _assets[seed % _assets.length];
        vm.prank(assets.ownerOf(asset));
        assets.setPrice(asset, uint64((seed >> 72) % 1e9));
        uint32 service = uint32(seed % SERVICES) + 1;
        catalog.list(service, uint8((seed >> 104) % 10) + 1, uint32((seed >> 112) % 1_000) + 1, (seed >> 122) % 2 == 0);
        _success();
    }

    /// @dev Mostly within the windows of open jobs, sometimes past all of them.
    function pass(uint256 span, uint256 kind) external {
        uint256[4] memory most = [uint256(5 minutes), 1 hours, 1 days, 20 days];
        vm.warp(_now() + _bound(span, 1, most[kind % 4]));
        vm.roll(vm.getBlockNumber() + 1);
        _success();
    }

    // Those who may not

    /// @notice I15: before its time a job moves by the hand of the right party alone.
    function trespass(uint256 seed) external {
        uint256 index = _find(seed, _isGuarded);
        if (index == NONE) index = _assigned(_spread(seed), 0);
        if (index == NONE) return;
        Played storage p = _played[index];
        (address stranger, ) = _actor("stranger");
        bytes4 refusal = _isPosted(p) ? IJobEscrow.EscrowNotRequester.selector : IJobEscrow.EscrowTooEarly.selector;
        vm.startPrank(stranger);
        vm.expectPartialRevert(refusal);
        if (_is(p, JobStatus.Posted)) {
            escrow.cancel(p.id, p.a, p.ticket, p.front);
        } else if (_isUnderWay(p)) {
            escrow.miss(p.id, p.a);
        } else if (_isDelivered(p)) {
            escrow.settle(p.id, p.a);
        } else if (_isAccused(p)) {
            escrow.convict(p.id, p.a);
        } else {
            escrow.splitDispute(p.id, p.a);
        }
        _trespassWithRights(p, stranger);
        vm.stopPrank();
        _success();
    }

    /// @notice I12: whatever ended stays ended; nothing is paid again, whoever asks.
    function endTwice(uint256 seed) external {
        if (_played.length == 0) return;
        for (uint256 i = 0; i < _played.length; ++i) {
            Played storage p = _played[((seed % _played.length) + i) % _played.length];
            if (!_isOver(p.word)) continue;
            bool gone = _rings[p.requester][uint16(p.id >> 32)] != (((seed % _played.length) + i) % _played.length) + 1;
            bytes memory refusal =
                gone
                    ? abi.encodeWithSelector(IJobEscrow.EscrowUnknownJob.selector, p.id)
                    : abi.encodeWithSelector(IJobEscrow.EscrowWrongStatus.selector, p.id, p.word.status());
            vm.startPrank(p.requester);
            vm.expectRevert(refusal);
            escrow.settle(p.id, p.a);
            vm.expectRevert(refusal);
            escrow.splitDispute(p.id, p.a);
            vm.expectRevert(refusal);
            escrow.miss(p.id, p.a);
            vm.expectRevert(refusal);
            escrow.cancel(p.id, p.a, p.ticket, p.front);
            vm.expectRevert(refusal);
            escrow.reject(p.id, p.a, 0);
            vm.expectRevert(refusal);
            escrow.challenge(p.id, p.a, 0);
            vm.expectRevert(refusal);
            escrow.accuse(p.id, p.a, 0, 0);
            vm.expectRevert(refusal);
            escrow.convict(p.id, p.a);
            vm.stopPrank();
            _success();
            return;
        }
    }

    // Called as the stranger: what only a party may do.
    function _trespassWithRights(Played storage p, address stranger) private {
        if (_is(p, JobStatus.Assigned)) {
            vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowNotOperator.selector, p.id, stranger));
            escrow.heartbeat(p.id, p.a, 0, 0);
            vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowNotOperator.selector, p.id, stranger));
            escrow.decline(p.id, p.a, true);
        } else if (_isDelivered(p)) {
            vm.expectRevert(abi.encodeWithSelector(IJobEscrow.EscrowNotRequester.selector, p.id, stranger));
            escrow.reject(p.id, p.a, 0);
        }
    }

    // Whether a stranger cannot end the job yet.
    function _isGuarded(Played storage p) private view returns (bool) {
        return _isPosted(p) || (!p.word.refundDue() && _inTime(p));
    }

    function _heldSlash(uint256 seed) private view returns (uint256) {
        uint256 count = _slashCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 id = (((seed % count) + i) % count) + 1;
            if (lens.slashOf(id).state == IRegistryLens.SlashState.Held) return id;
        }
        return 0;
    }

    function _slashCount() internal view returns (uint256 count) {
        while (lens.slashOf(count + 1).state != IRegistryLens.SlashState.None) ++count;
    }
}
