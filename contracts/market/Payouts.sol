// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobWord} from "../libraries/JobWord.sol";

/// @title Payouts
/// @notice Who gets what of a job's pot, in units of 1e9 wei. Pure; each function conserves:
/// total + bond = owner + requester + resolver + fee + royalties + draw fees spent.
library Payouts {
    /// @notice Sums of one ending.
    /// @param owner to the GPU owner's account
    /// @param requester to the requester's account
    /// @param resolver to the resolver's account
    /// @param fee to the treasury (protocol fee and "input unavailable" charges)
    /// @param modelRoyalty accrued to the model
    /// @param datasetRoyalty accrued to the dataset
    struct Sums {
        uint256 owner;
        uint256 requester;
        uint256 resolver;
        uint256 fee;
        uint64 modelRoyalty;
        uint64 datasetRoyalty;
    }

    /// @notice Draw calls that a job pays for.
    uint8 internal constant MAX_DRAW_FEES = 6;

    /// @notice Units of 1e9 wei in one unit of a draw fee (1e14 wei).
    uint256 internal constant GWEI_PER_DRAW_UNIT = 1e5;

    /// @notice Bond of a rejection: the lesser of the review fee and 10% of compute (SPEC 6).
    function rejectionBond(JobLines lines, JobReserves reserves) internal pure returns (uint64) {
        uint64 tenth = lines.compute() / 10;
        uint64 review = reserves.reviewFee();
        return review < tenth ? review : tenth;
    }

    /// @notice Bond of a challenge by anyone: what the panel costs, and 10% of compute for the owner's waiting, so that
    /// no challenge is for nothing where reviews are. Both are parts of a total of 64 bits.
    function challengeBond(JobLines lines, JobReserves reserves) internal pure returns (uint64) {
        return reserves.reviewFee() + lines.compute() / 10;
    }

    /// @notice Bond of a canary's opening: the most that a conviction could take from the operator (SPEC 6).
    function canaryBond(uint64 lock, JobWord job, JobReserves reserves) internal pure returns (uint64) {
        uint64 spent = slashedFirst(job, reserves, true);
        return lock > spent ? lock : spent;
    }

    /// @notice What a slash makes good before anything else: the draw fees that were spent and, with a review, its fee.
    /// Both are parts of a total of 64 bits.
    function slashedFirst(JobWord job, JobReserves reserves, bool reviewed) internal pure returns (uint64) {
        uint256 spent = drawFeesSpent(job, reserves);
        return uint64(reviewed ? spent + reserves.reviewFee() : spent);
    }

    /// @notice Draw fees that were paid out while the job waited.
    function drawFeesSpent(JobWord job, JobReserves reserves) internal pure returns (uint256) {
        return uint256(job.drawFees()) * reserves.drawUnit() * GWEI_PER_DRAW_UNIT;
    }

    /// @notice "Input unavailable" charges that the requester owes the treasury.
    function inputCharges(JobWord job, JobReserves reserves) internal pure returns (uint256) {
        return uint256(job.inputCharges()) * reserves.inputCharge();
    }

    /// @notice The work is paid. With a review, its fee goes to the resolver; the bond of a wrong rejection to the
    /// owner.
    function settled(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        bool reviewed,
        uint256 bond
    ) internal pure returns (Sums memory s) {
        s.owner = lines.compute() + bond;
        s.modelRoyalty = lines.modelRoyalty();
        s.datasetRoyalty = lines.datasetRoyalty();
        s.fee = lines.protocolFee() + inputCharges(job, reserves);
        s.requester = _unspent(job, reserves);
        if (reviewed) s.resolver = reserves.reviewFee();
        else s.requester += reserves.reviewFee();
    }

    /// @notice The work is paid after a challenge that was wrong: the panel's fee comes out of the bond, the rest of
    /// the bond is the owner's, and the requester, who accused nobody, keeps its review line. Without a bond the line
    /// pays, as for a rejection.
    function challenged(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        uint256 bond
    ) internal pure returns (Sums memory s) {
        uint256 fee = reserves.reviewFee();
        if (bond < fee) return settled(job, lines, reserves, true, bond);
        s = settled(job, lines, reserves, false, bond - fee);
        s.resolver = fee;
    }

    /// @notice Nothing is paid for the work. With a review, its fee goes to the resolver.
    function refunded(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        bool reviewed,
        uint256 bond
    ) internal pure returns (Sums memory s) {
        s.fee = inputCharges(job, reserves);
        s.requester =
            uint256(lines.compute()) +
            lines.modelRoyalty() +
            lines.datasetRoyalty() +
            lines.protocolFee() +
            _unspent(job, reserves) +
            bond;
        if (reviewed) s.resolver = reserves.reviewFee();
        else s.requester += reserves.reviewFee();
    }

    /// @notice No ruling in time: compute is halved (the odd unit to the requester), the rest and the bond return.
    function halved(
        JobWord job,
        JobLines lines,
        JobReserves reserves,
        uint256 bond
    ) internal pure returns (Sums memory s) {
        s = refunded(job, lines, reserves, false, bond);
        s.owner = lines.compute() / 2;
        s.requester -= s.owner;
    }

    /// @dev The reserve covers MAX_DRAW_FEES draw fees and three charges by construction of the quote.
    function _unspent(JobWord job, JobReserves reserves) private pure returns (uint256) {
        return reserves.drawReserve() - drawFeesSpent(job, reserves) - inputCharges(job, reserves);
    }
}
