// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IJobEscrow} from "../../../contracts/market/IJobEscrow.sol";
import {JobStatus} from "../../../contracts/market/JobTypes.sol";
import {vm} from "../base/Vm.sol";
import {WorkActions} from "./WorkActions.sol";

/// @notice Bonded accusations: anyone challenges optimistic jobs, requesters open canaries, operators contest, and time
/// convicts who does not.
abstract contract AccusationActions is WorkActions {
    /// @notice A challenger is any of the requesters, its own job's or another's.
    function challenge(uint256 seed) external {
        uint256 index = _find(seed, _isChallengeable);
        if (index == NONE) index = _assigned(_spread(seed), OPTIMISTIC);
        if (index == NONE) return;
        if (_is(_played[index], JobStatus.Assigned)) _deliver(index, _spread(seed));
        _challenge(index, _requesters[(seed >> 8) % REQUESTERS]);
        _success();
    }

    function accuse(uint256 seed) external {
        uint256 index = _canary(seed);
        if (index == NONE) return;
        _accuse(index);
        _success();
    }

    function contest(uint256 seed) external {
        uint256 index = _find(seed, _isContestable);
        if (index == NONE) {
            index = _canary(seed);
            if (index == NONE) return;
            _accuse(index);
        }
        Played storage p = _played[index];
        _begin(index);
        vm.prank(_operatorOf(p.word.gpu()));
        escrow.contest(p.id, p.a);
        _end();
        _success();
    }

    function convict(uint256 seed) external {
        uint256 index = _find(seed, _isAccused);
        if (index == NONE) {
            index = _canary(seed);
            if (index == NONE) return;
            _accuse(index);
        }
        _convict(index, _keeper(seed));
        _success();
    }

    function _convict(uint256 index, address caller) internal {
        Played storage p = _played[index];
        _warp(uint256(p.word.due()) + 1);
        _begin(index);
        _book(index, Ending.Convicted);
        vm.prank(caller);
        escrow.convict(p.id, p.a);
        _end();
    }

    function _challenge(uint256 index, address challenger) private {
        Played storage p = _played[index];
        (p.accuser, p.accusationGwei) = (_accountOf(challenger), p.a.reserves.reviewFee() + p.a.lines.compute() / 10);
        _expected[p.accuser] -= p.accusationGwei * GWEI;
        _begin(index);
        vm.prank(challenger);
        escrow.challenge(p.id, p.a, "reasons");
        _end();
        _checkRecord(p);
    }

    function _accuse(uint256 index) private {
        Played storage p = _played[index];
        uint256 lock = uint256(p.a.lines.compute()) * p.a.terms.lockFactor();
        uint256 spent = uint256(p.word.drawFees()) * p.a.reserves.drawUnit() * 1e5 + p.a.reserves.reviewFee();
        (p.accuser, p.accusationGwei) = (_accountOf(p.requester), lock > spent ? lock : spent);
        _expected[p.accuser] -= p.accusationGwei * GWEI;
        vm.expectPartialRevert(IJobEscrow.EscrowWrongOpening.selector);
        vm.prank(p.requester);
        escrow.accuse(p.id, p.a, EXPECTED, "another salt");
        _begin(index);
        vm.prank(p.requester);
        escrow.accuse(p.id, p.a, EXPECTED, CANARY_SALT);
        _end();
        _checkRecord(p);
    }

    function _checkRecord(Played storage p) private view {
        (uint40 account, uint256 bond) = escrow.accusationOf(p.id);
        vm.assertEq(account, p.accuser, "who accused is on record");
        vm.assertEq(bond, p.accusationGwei * GWEI, "and its bond");
    }

    // A delivered job that can be opened, made if need be; NONE when no GPU was drawn.
    function _canary(uint256 seed) private returns (uint256 index) {
        index = _find(seed, _isCanary);
        if (index != NONE) return index;
        // The bit that lets `_assigned` try a draw first.
        index = _assigned(_spread(seed) & ~(uint256(1) << 128), 0);
        if (index == NONE || _played[index].a.windows.namedGpu() != 0) return NONE;
        _deliver(index, _spread(seed));
    }
}
