// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {SaleRoundWord} from "../libraries/SaleRoundWord.sol";
import {SaleWord} from "../libraries/SaleWord.sol";
import {Units} from "../libraries/Units.sol";
import {ITokenSale} from "./ITokenSale.sol";
import {SaleSetup} from "./SaleSetup.sol";

/// @title SalePlan
/// @notice The owner's part of a sale: rounds, allow lists, pauses. See ITokenSale.
/// @dev Everything that writes the sale's word is guarded, so that a purchase, which pulls its currency before it
/// writes, cannot overwrite what a hook of the currency changed.
abstract contract SalePlan is SaleSetup, AlwaysOwned, ReentrancyGuardTransient {
    using SafeCast for uint256;

    /// @dev `pauseUsed`: seconds of all pauses, less what was left of those that ended early.
    struct Plan {
        uint8 rounds;
        uint40 startsAt;
        uint40 endsAt;
        uint32 pauseUsed;
    }

    /// @notice Most rounds of a plan.
    uint256 public constant MAX_ROUNDS = 8;

    /// @notice Longest time from the start of the first to the end of the last round, seconds.
    uint256 public constant MAX_PLAN = 365 days;

    /// @notice Most seconds of all pauses together; besides, they are at most a quarter of the plan.
    uint256 public constant MAX_PAUSE = 7 days;

    /// @dev Largest minimum of a round that its word can hold, token wei.
    uint256 private constant MAX_MINIMUM = ((1 << 31) - 1) * PLAN_UNIT;

    uint256 private constant WEI_PER_TOKEN = 1e18;
    uint256 private constant MIN_PARTS_OF_PLAN = 4;

    SaleWord internal _sale;
    mapping(uint8 round => SaleRoundWord terms) internal _rounds;

    /// @inheritdoc ITokenSale
    mapping(uint8 round => bytes32 root) public allowList;

    Plan internal _plan;

    /// @inheritdoc ITokenSale
    function setRounds(RoundTerms[] calldata rounds) external onlyOwner nonReentrant {
        Plan memory old = _plan;
        _requireSelling(_sale);
        if (old.rounds != 0 && block.timestamp >= old.startsAt) revert SaleRoundStarted(old.startsAt);
        if (rounds.length == 0 || rounds.length > MAX_ROUNDS) revert SaleRoundCount(rounds.length, MAX_ROUNDS);

        uint256 earliest = block.timestamp + 1;
        for (uint8 i = 0; i < rounds.length; ++i) {
            RoundTerms calldata terms = rounds[i];
            _rounds[i] = _checked(i, terms, earliest);
            delete allowList[i];
            earliest = terms.end;
            emit RoundPlanned(i, terms);
        }
        for (uint256 i = rounds.length; i < old.rounds; ++i) {
            _rounds[uint8(i)] = SaleRoundWord.wrap(0);
            delete allowList[uint8(i)];
        }
        uint256 least = _leastProceeds(rounds);
        if (least < softCap) revert SaleSoftCapUnreachable(least, softCap);

        Plan memory plan_ = Plan(uint8(rounds.length), rounds[0].start, uint40(earliest), old.pauseUsed);
        _requireWithin(plan_.endsAt - plan_.startsAt, 1, MAX_PLAN);
        _plan = plan_;
        emit PlanSet(plan_.rounds, plan_.startsAt, plan_.endsAt);
    }

    /// @inheritdoc ITokenSale
    function setAllowList(uint8 round, bytes32 root) external onlyOwner {
        SaleRoundWord terms = _known(round);
        if (!terms.listed()) revert SaleRoundNotListed(round);
        if (block.timestamp >= terms.start()) revert SaleRoundStarted(terms.start());
        allowList[round] = root;
        emit AllowListSet(round, root);
    }

    /// @inheritdoc ITokenSale
    function pause(uint32 duration) external onlyOwner nonReentrant {
        SaleWord sale = _sale;
        _requireSelling(sale);
        if (block.timestamp < sale.pausedUntil()) revert SaleIsPaused(sale.pausedUntil());
        uint256 left = pauseLeft();
        if (duration == 0 || duration > left) revert SalePauseTooLong(duration, left);

        uint40 until = uint40(block.timestamp + duration);
        _plan.pauseUsed += duration;
        _sale = sale.withPausedUntil(uint256(until).toUint32());
        emit SalePaused(until);
    }

    /// @inheritdoc ITokenSale
    function unpause() external onlyOwner nonReentrant {
        SaleWord sale = _sale;
        if (block.timestamp >= sale.pausedUntil()) revert SaleNotPaused();
        // No underflow: what is left of a pause was added when it began.
        _plan.pauseUsed -= uint32(sale.pausedUntil() - block.timestamp);
        _sale = sale.withPausedUntil(0);
        emit SaleUnpaused();
    }

    /// @inheritdoc ITokenSale
    function plan() external view returns (uint8 rounds, uint40 startsAt, uint40 endsAt) {
        return (_plan.rounds, _plan.startsAt, _plan.endsAt);
    }

    /// @inheritdoc ITokenSale
    function roundTerms(uint8 round) external view returns (RoundTerms memory) {
        SaleRoundWord terms = _known(round);
        return
            RoundTerms({
                price: terms.price(),
                start: terms.start(),
                end: uint40(terms.end()),
                cap: uint96(terms.cap() * PLAN_UNIT),
                perBuyer: uint96(terms.perBuyer() * PLAN_UNIT),
                minimum: uint96(terms.minimum() * PLAN_UNIT),
                listed: terms.listed()
            });
    }

    /// @inheritdoc ITokenSale
    function available(uint8 round) external view returns (uint256) {
        SaleRoundWord terms = _known(round);
        SaleWord sale = _sale;
        return round < sale.round() ? 0 : _leftUnits(terms, sale.entered(round)) * Units.WEI_PER_GWEI;
    }

    /// @inheritdoc ITokenSale
    function costOf(uint8 round, uint256 amount) external view returns (uint256) {
        return _cost(amount, _known(round).price());
    }

    /// @inheritdoc ITokenSale
    function amountFor(uint8 round, uint256 budget) external view returns (uint256) {
        return Math.mulDiv(budget, Units.WEI_PER_GWEI, _known(round).price()) * Units.WEI_PER_GWEI;
    }

    /// @inheritdoc ITokenSale
    function pausedUntil() external view returns (uint256) {
        return _sale.pausedUntil();
    }

    /// @inheritdoc ITokenSale
    function pauseLeft() public view returns (uint256) {
        Plan memory current = _plan;
        uint256 most = Math.min(MAX_PAUSE, (current.endsAt - current.startsAt) / MIN_PARTS_OF_PLAN);
        return Math.saturatingSub(most, current.pauseUsed);
    }

    /// @dev Gwei units left of the round that `sale` is in.
    function _leftUnits(SaleRoundWord terms, SaleWord sale) internal view returns (uint256) {
        unchecked {
            // No underflow: no purchase takes more than is left here.
            uint256 ofRound = terms.capUnits() - sale.soldInRound();
            uint256 ofAll = tokensForSale / Units.WEI_PER_GWEI - sale.sold();
            return ofRound < ofAll ? ofRound : ofAll;
        }
    }

    function _known(uint8 round) internal view returns (SaleRoundWord terms) {
        terms = _rounds[round];
        if (!terms.exists()) revert SaleUnknownRound(round);
    }

    /// @dev Currency units, rounded up: never in the buyer's favour.
    function _cost(uint256 amount, uint80 price) internal pure returns (uint256) {
        return Math.mulDiv(amount, price, WEI_PER_TOKEN, Math.Rounding.Ceil);
    }

    /// @dev Reverts once the sale is over.
    function _requireSelling(SaleWord sale) internal pure {
        if (sale.status() > uint8(SaleStatus.Open)) revert SaleWrongStatus(SaleStatus(sale.status()));
    }

    /// @dev Least that comes in once everything is sold, with the cheapest rounds sold out first: a sale that sells
    /// everything must not fail for want of the soft cap.
    function _leastProceeds(RoundTerms[] calldata rounds) private view returns (uint256 least) {
        for (uint256 i = 0; i < rounds.length; ++i) {
            uint256 cheaper = 0;
            for (uint256 j = 0; j < rounds.length; ++j) {
                bool isCheaper = rounds[j].price < rounds[i].price || (rounds[j].price == rounds[i].price && j < i);
                if (isCheaper) cheaper += rounds[j].cap;
            }
            uint256 left = Math.saturatingSub(tokensForSale, cheaper);
            least += _cost(Math.min(rounds[i].cap, left), rounds[i].price);
        }
    }

    /// @dev The round packed, if it may follow a round that ends at `earliest`.
    function _checked(
        uint256 index,
        RoundTerms calldata terms,
        uint256 earliest
    ) private view returns (SaleRoundWord word) {
        if (terms.start < earliest || terms.end <= terms.start) revert SaleRoundTimes(index, terms.start, earliest);
        _requireWithin(terms.end - terms.start, 1, type(uint24).max);
        _requireWithin(terms.cap, PLAN_UNIT, tokensForSale);
        _requireWithin(terms.perBuyer, PLAN_UNIT, terms.cap);
        _requireWithin(terms.minimum, 0, Math.min(terms.perBuyer, MAX_MINIMUM));
        _requireWithin(terms.price, 1, type(uint80).max);
        _requireWithin(_cost(tokensForSale, terms.price), 1, MAX_RAISED);
        _requireWhole(terms.cap);
        _requireWhole(terms.perBuyer);
        _requireWhole(terms.minimum);
        return
            word
                .withPrice(terms.price)
                .withStart(uint256(terms.start).toUint32())
                .withLength(uint24(terms.end - terms.start))
                .withCap(uint48(terms.cap / PLAN_UNIT))
                .withPerBuyer(uint48(terms.perBuyer / PLAN_UNIT))
                .withMinimum(uint32(terms.minimum / PLAN_UNIT))
                .withListed(terms.listed);
    }
}
