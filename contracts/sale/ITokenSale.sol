// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IVestingVault} from "../vesting/IVestingVault.sol";

/// @title ITokenSale
/// @notice Sale of a fixed amount of tokens at fixed prices in rounds, with a soft cap, refunds and vesting (SPEC 2).
/// @dev Life: Unfunded -> Open (with the first purchase, for which all tokens for sale must be there) -> Succeeded or
/// Failed, by anyone once the last round is over or everything is sold. Nothing is delivered before. After a success
/// each purchase becomes a grant of the vesting vault; after a failure each buyer gets all it paid. The owner plans
/// the rounds until the first one starts, names allow lists until their rounds start, and may pause purchases for a
/// bounded time; it can neither touch what buyers paid nor stop finalisation, claims or refunds.
/// Units: tokens in wei, always whole gwei units (1e9 wei); prices in currency units for a whole token (1e18 wei), so
/// USD 0.02 in a currency with 6 decimals is 20,000. No function takes native coin (I37).
interface ITokenSale {
    /// @notice Where a sale is. Unfunded and Open may sell.
    /// @param Unfunded no purchase was made yet
    /// @param Open tokens were sold
    /// @param Succeeded purchases become grants, the proceeds go to the splitter
    /// @param Failed purchases are refunded, the tokens went to the treasury
    enum SaleStatus {
        Unfunded,
        Open,
        Succeeded,
        Failed
    }

    /// @notice What the constructor fixes.
    /// @param token token for sale, 18 decimals
    /// @param currency token that buyers pay with, another one
    /// @param vault vesting vault of `token`
    /// @param splitter receiver of the proceeds
    /// @param treasury receiver of unsold tokens and of anything that nobody is owed
    /// @param tokensForSale token wei, whole milli-tokens (1e15 wei)
    /// @param softCap currency units below which the sale fails
    struct Setup {
        IERC20 token;
        IERC20 currency;
        IVestingVault vault;
        address splitter;
        address treasury;
        uint96 tokensForSale;
        uint96 softCap;
    }

    /// @notice How purchases vest, from finalisation on; irrevocable.
    /// @param startBps share that vests at finalisation, 1/10,000
    /// @param cliff seconds before which nothing of the rest vests
    /// @param duration seconds after which everything has vested
    /// @param step seconds to whole multiples of which time is rounded down, 0 for none
    /// @param votes whether unvested purchases vote
    struct PurchaseVesting {
        uint16 startBps;
        uint32 cliff;
        uint32 duration;
        uint32 step;
        bool votes;
    }

    /// @notice Terms of a round. Amounts are whole milli-tokens (1e15 wei).
    /// @param price currency units for a whole token (1e18 wei), not zero
    /// @param start time from which it sells, seconds
    /// @param end time from which it sells no more, seconds
    /// @param cap token wei that it sells at most
    /// @param perBuyer token wei that one buyer may buy in it
    /// @param minimum token wei that a purchase takes at least, unless it takes all that is left
    /// @param listed whether only buyers on its allow list may buy
    struct RoundTerms {
        uint80 price;
        uint40 start;
        uint40 end;
        uint96 cap;
        uint96 perBuyer;
        uint96 minimum;
        bool listed;
    }

    /// @notice A permit of the currency (ERC-2612) for `maxCost`.
    /// @param deadline time until which it is valid, seconds
    /// @param v signature
    /// @param r signature
    /// @param s signature
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice The owner planned `rounds` rounds in place of any before; the first starts and the last ends then.
    event PlanSet(uint8 rounds, uint40 startsAt, uint40 endsAt);

    /// @notice Terms of a round of the new plan.
    event RoundPlanned(uint8 indexed round, RoundTerms terms);

    /// @notice The allow list of a round was named: root of a tree of (address, token wei) leaves.
    event AllowListSet(uint8 indexed round, bytes32 root);

    /// @notice All tokens for sale are there.
    event SaleFunded(uint256 tokens);

    /// @notice `buyer` paid `cost` currency units for `amount` token wei, to be granted after a success.
    event Bought(address indexed buyer, uint8 round, uint256 amount, uint256 cost);

    /// @notice Nothing can be bought until then.
    event SalePaused(uint40 until);

    /// @notice The pause ended early.
    event SaleUnpaused();

    /// @notice The sale is over. `schedule` is that of the grants after a success, 0 after a failure.
    event SaleFinalised(bool success, uint256 sold, uint256 raised, uint32 schedule);

    /// @notice The proceeds went to the splitter.
    event ProceedsPaid(address indexed splitter, uint256 amount);

    /// @notice A purchase became a grant of `amount` token wei.
    event PurchaseGranted(address indexed buyer, uint256 amount);

    /// @notice A buyer's payments were returned, to `to`.
    event Refunded(address indexed buyer, address indexed to, uint256 amount);

    /// @notice What nobody is owed went to the treasury.
    event SurplusSkimmed(address indexed asset, uint256 amount);

    /// @notice Thrown when an address is zero or the sale itself.
    error SaleInvalidAddress(address given);

    /// @notice Thrown when token and currency are the same, or the vault is one of another token.
    error SaleWrongToken(address given);

    /// @notice Thrown when a value is outside its bounds.
    error SaleOutOfBounds(uint256 value, uint256 low, uint256 high);

    /// @notice Thrown when an amount of a plan is not a whole number of milli-tokens.
    error SaleNotWhole(uint256 amount, uint256 unit);

    /// @notice Thrown when a plan has no round or too many.
    error SaleRoundCount(uint256 rounds, uint256 most);

    /// @notice Thrown when a round starts before `earliest`, or not before its own end.
    error SaleRoundTimes(uint256 round, uint256 start, uint256 earliest);

    /// @notice Thrown when a sale could sell everything, its cheapest rounds first, and miss the soft cap.
    error SaleSoftCapUnreachable(uint256 least, uint256 softCap);

    /// @notice Thrown when the round, or the first round of the plan, has started.
    error SaleRoundStarted(uint256 startedAt);

    /// @notice Thrown when no such round is planned.
    error SaleUnknownRound(uint8 round);

    /// @notice Thrown when the round has no allow list.
    error SaleRoundNotListed(uint8 round);

    /// @notice Thrown when only buyers on the allow list may buy.
    error SaleListOnly(uint8 round);

    /// @notice Thrown when buyer and amount are no leaf of the round's allow list.
    error SaleNotOnList(uint8 round, address buyer, uint256 listed);

    /// @notice Thrown outside the time of the round.
    error SaleRoundNotOpen(uint8 round, uint256 start, uint256 end);

    /// @notice Thrown when the tokens for sale are not all there.
    error SaleNotFunded(uint256 balance, uint256 tokensForSale);

    /// @notice Thrown when purchases are paused.
    error SaleIsPaused(uint256 until);

    /// @notice Thrown when purchases are not paused.
    error SaleNotPaused();

    /// @notice Thrown when the status does not allow this.
    error SaleWrongStatus(SaleStatus status);

    /// @notice Thrown when the amount is zero or not whole gwei units.
    error SaleInvalidAmount(uint256 amount);

    /// @notice Thrown when less than the amount is left, token wei.
    error SaleNotEnoughLeft(uint8 round, uint256 amount, uint256 left);

    /// @notice Thrown when the purchase is too small.
    error SaleBelowMinimum(uint256 amount, uint256 minimum);

    /// @notice Thrown when the buyer would have bought more than it may in the round, token wei.
    error SaleAboveLimit(address buyer, uint256 total, uint256 limit);

    /// @notice Thrown when the cost is above what the buyer allowed.
    error SaleCostAboveMaximum(uint256 cost, uint256 maxCost);

    /// @notice Thrown when the sale's currency would be less than what it owes, as with a fee on transfers.
    error SaleTransferShort(uint256 balance, uint256 owed);

    /// @notice Thrown when the sale goes on until `endsAt` (0: nothing is planned).
    error SaleNotEnded(uint256 endsAt);

    /// @notice Thrown when the buyer has nothing to claim or to be refunded.
    error SaleNothingDue(address buyer);

    /// @notice Thrown when the caller brought too little gas for a payment, or an attempt, to be fair.
    error SaleGasShort(uint256 available, uint256 needed);

    /// @notice Thrown when all of the pausing time was used.
    error SalePauseTooLong(uint256 duration, uint256 left);

    // Owner

    /// @notice Owner, until the first round starts: plans all rounds anew. They follow one another, 1 to 8 of them,
    /// over at most 365 days.
    /// @dev Emits PlanSet and a RoundPlanned for each. Allow lists are forgotten. Reverts SaleRoundStarted,
    /// SaleWrongStatus, SaleRoundCount, SaleRoundTimes, SaleOutOfBounds, SaleNotWhole, SaleSoftCapUnreachable.
    function setRounds(RoundTerms[] calldata rounds) external;

    /// @notice Owner, until the round starts: names the allow list of a listed round, the root of an OpenZeppelin
    /// StandardMerkleTree of ["address", "uint256"]: a buyer and the most token wei it may buy in the round.
    /// @dev Emits AllowListSet. Reverts SaleUnknownRound, SaleRoundNotListed, SaleRoundStarted.
    function setAllowList(uint8 round, bytes32 root) external;

    /// @notice Owner: stops purchases for `duration` seconds. All pauses together last at most 7 days and a quarter of
    /// the plan, and neither postpone the end nor stop finalisation, claims or refunds (I44).
    /// @dev Emits SalePaused. Reverts SaleWrongStatus, SaleNotEnded (nothing is planned), SaleIsPaused,
    /// SalePauseTooLong.
    function pause(uint32 duration) external;

    /// @notice Owner: ends the pause; what was left of it may be used again.
    /// @dev Emits SaleUnpaused. Reverts SaleNotPaused.
    function unpause() external;

    // Buyers

    /// @notice Buys exactly `amount` token wei in an open round; the cost is rounded up, never above `maxCost`. The
    /// tokens are granted after a success, and nothing is delivered before.
    /// @dev Emits Bought, and SaleFunded with the first purchase. Reverts SaleUnknownRound, SaleListOnly,
    /// SaleRoundNotOpen, SaleWrongStatus, SaleNotFunded, SaleIsPaused, SaleInvalidAmount, SaleNotEnoughLeft,
    /// SaleBelowMinimum, SaleAboveLimit, SaleCostAboveMaximum, SaleTransferShort, or the currency's error.
    /// @return cost currency units paid
    function buy(uint8 round, uint256 amount, uint256 maxCost) external returns (uint256 cost);

    /// @notice As `buy`, in a round with an allow list.
    /// @dev As `buy`, SaleNotOnList instead of SaleListOnly. In a round without a list, `listed` and `proof` play no
    /// part.
    /// @param listed token wei of the caller's leaf
    /// @param proof Merkle proof of the leaf
    function buyListed(
        uint8 round,
        uint256 amount,
        uint256 maxCost,
        uint256 listed,
        bytes32[] calldata proof
    ) external returns (uint256 cost);

    /// @notice As `buyListed`, with a permit of the currency for exactly `maxCost`. A permit that somebody sent first,
    /// or that the currency does not know, does no harm as long as the allowance suffices.
    function buyWithPermit(
        uint8 round,
        uint256 amount,
        uint256 maxCost,
        uint256 listed,
        bytes32[] calldata proof,
        Permit calldata permit
    ) external returns (uint256 cost);

    /// @notice Anyone, after a success: makes the buyer's purchases a grant.
    /// @dev Emits PurchaseGranted. Reverts SaleWrongStatus, SaleNothingDue.
    function claim(address buyer) external;

    /// @notice Anyone, after a failure: returns all that the buyer paid, to the buyer.
    /// @dev Emits Refunded. Reverts SaleWrongStatus, SaleNothingDue, or the currency's error.
    function refund(address buyer) external;

    /// @notice Buyer, after a failure: takes its refund to another address, as the currency may refuse its own.
    /// @dev Emits Refunded. Reverts SaleInvalidAddress, and as `refund`.
    function refundTo(address to) external;

    // Anyone

    /// @notice Anyone, once, when the last round is over or everything is sold: ends the sale. With something sold and
    /// the soft cap reached, the sold tokens fund a schedule of the vault that starts now, and the proceeds go to the
    /// splitter (later, if the currency refuses); otherwise the sale fails. Other tokens go to the treasury.
    /// @dev Emits SaleFinalised, and ProceedsPaid. Reverts SaleWrongStatus, SaleNotEnded, SaleGasShort.
    function finalise() external;

    /// @notice Anyone, 30 days after the last round: finalises the sale if that is possible, and otherwise makes it
    /// fail, so that no buyer waits for ever.
    /// @dev Needs 3M gas. Emits SaleFinalised, and ProceedsPaid. Reverts SaleWrongStatus, SaleNotEnded, SaleGasShort.
    function expire() external;

    /// @notice Anyone, after a success: pays the proceeds that the currency refused at finalisation to the splitter.
    /// @dev Emits ProceedsPaid. Reverts SaleWrongStatus, SaleNothingDue, or the currency's error.
    function payProceeds() external;

    /// @notice Anyone: sends what a token's balance exceeds `owed` by to the treasury (I7).
    /// @dev Emits SurplusSkimmed unless there is nothing.
    /// @return amount units sent
    function skim(IERC20 asset) external returns (uint256 amount);

    // Views

    /// @notice Token for sale.
    function token() external view returns (IERC20);

    /// @notice Token that buyers pay with.
    function currency() external view returns (IERC20);

    /// @notice Vesting vault of the purchases.
    function vault() external view returns (IVestingVault);

    /// @notice Receiver of the proceeds.
    function splitter() external view returns (address);

    /// @notice Receiver of unsold tokens and of any surplus.
    function treasury() external view returns (address);

    /// @notice Token wei for sale, the hard cap.
    function tokensForSale() external view returns (uint96);

    /// @notice Currency units below which the sale fails.
    function softCap() external view returns (uint96);

    /// @notice How purchases vest after finalisation.
    function purchaseVesting() external view returns (PurchaseVesting memory);

    /// @notice Where the sale is.
    function status() external view returns (SaleStatus);

    /// @notice Token wei sold.
    function sold() external view returns (uint256);

    /// @notice Currency units paid by buyers, all in all.
    function raised() external view returns (uint256);

    /// @notice Units of `asset` that the sale may owe: to buyers, to the splitter, or as tokens for sale (I5). After a
    /// failure that is all that buyers paid, whatever was refunded since.
    function owed(IERC20 asset) external view returns (uint256);

    /// @notice The plan: number of rounds, start of the first, end of the last.
    function plan() external view returns (uint8 rounds, uint40 startsAt, uint40 endsAt);

    /// @notice Terms of a round.
    /// @dev Reverts SaleUnknownRound.
    function roundTerms(uint8 round) external view returns (RoundTerms memory);

    /// @notice Root of the allow list of a round, zero before it is named.
    function allowList(uint8 round) external view returns (bytes32);

    /// @notice Token wei that can still be bought in a round, were it open now.
    /// @dev Reverts SaleUnknownRound.
    function available(uint8 round) external view returns (uint256);

    /// @notice Cost of `amount` token wei in a round, rounded up.
    /// @dev Reverts SaleUnknownRound.
    function costOf(uint8 round, uint256 amount) external view returns (uint256);

    /// @notice Most token wei (whole gwei units) that cost at most `budget` currency units in a round.
    /// @dev Reverts SaleUnknownRound.
    function amountFor(uint8 round, uint256 budget) external view returns (uint256);

    /// @notice What the buyer bought and is neither granted nor refunded yet: token wei, and currency units paid.
    function purchaseOf(address buyer) external view returns (uint256 amount, uint256 paid);

    /// @notice Token wei that the buyer bought in a round, which is its latest or a later one.
    function boughtIn(uint8 round, address buyer) external view returns (uint256);

    /// @notice Time until which nothing can be bought, in the past when not paused.
    function pausedUntil() external view returns (uint256);

    /// @notice Seconds that the owner may still pause.
    function pauseLeft() external view returns (uint256);

    /// @notice Schedule of the grants after a success.
    function schedule() external view returns (uint32);
}
