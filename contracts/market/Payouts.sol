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
    function rejectionBond(JobLines l, JobReserves r) internal pure returns (uint64) {
        uint64 tenth = l.compute() / 10;
        uint64 review = r.reviewFee();
        return review < tenth ? review : tenth;
    }

    /// @notice Draw fees that were paid out while the job waited.
    function drawFeesSpent(JobWord job, JobReserves r) internal pure returns (uint256) {
        return uint256(job.drawFees()) * r.drawUnit() * GWEI_PER_DRAW_UNIT;
    }

    /// @notice "Input unavailable" charges that the requester owes the treasury.
    function inputCharges(JobWord job, JobReserves r) internal pure returns (uint256) {
        return uint256(job.inputCharges()) * r.inputCharge();
    }

    /// @notice The work is paid. With a review, its fee goes to the resolver; the bond of a wrong rejection to the
    /// owner.
    function settled(
        JobWord job,
        JobLines l,
        JobReserves r,
        bool reviewed,
        uint256 bond
    ) internal pure returns (Sums memory s) {
        s.owner = l.compute() + bond;
        s.modelRoyalty = l.modelRoyalty();
        s.datasetRoyalty = l.datasetRoyalty();
        s.fee = l.protocolFee() + inputCharges(job, r);
        s.requester = _unspent(job, r);
        if (reviewed) s.resolver = r.reviewFee();
        else s.requester += r.reviewFee();
    }

    /// @notice Nothing is paid for the work. With a review, its fee goes to the resolver.
    function refunded(
        JobWord job,
        JobLines l,
        JobReserves r,
        bool reviewed,
        uint256 bond
    ) internal pure returns (Sums memory s) {
        s.fee = inputCharges(job, r);
        s.requester =
            uint256(l.compute()) +
            l.modelRoyalty() +
            l.datasetRoyalty() +
            l.protocolFee() +
            _unspent(job, r) +
            bond;
        if (reviewed) s.resolver = r.reviewFee();
        else s.requester += r.reviewFee();
    }

    /// @notice No ruling in time: compute is halved (the odd unit to the requester), the rest and the bond return.
    function halved(JobWord job, JobLines l, JobReserves r, uint256 bond) internal pure returns (Sums memory s) {
        s = refunded(job, l, r, false, bond);
        s.owner = l.compute() / 2;
        s.requester -= s.owner;
    }

    /// @dev The reserve covers MAX_DRAW_FEES draw fees and three charges by construction of the quote.
    function _unspent(JobWord job, JobReserves r) private pure returns (uint256) {
        return r.drawReserve() - drawFeesSpent(job, r) - inputCharges(job, r);
    }
}
