// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {BoundedTransfer} from "../libraries/BoundedTransfer.sol";
import {BuyerWord} from "../libraries/BuyerWord.sol";
import {SaleRoundWord} from "../libraries/SaleRoundWord.sol";
import {SaleWord} from "../libraries/SaleWord.sol";
import {Units} from "../libraries/Units.sol";
import {ITokenSale} from "./ITokenSale.sol";
import {SalePlan} from "./SalePlan.sol";
import {SaleSetup} from "./SaleSetup.sol";

/// @title TokenSale
/// @notice See ITokenSale.
/// @dev A purchase reads the round's terms, the sale's word and the buyer's word, and writes the last two. Rounds
/// follow one another, so that one counter of the current round in each of the two suffices for all rounds.
contract TokenSale is SalePlan {
    using BoundedTransfer for IERC20;
    using SafeERC20 for IERC20;

    /// @dev What a success leaves behind.
    struct Outcome {
        uint96 raised;
        uint32 schedule;
    }

    /// @notice Seconds after the end of the last round from which a sale that could not be finalised may expire.
    uint256 public constant EXPIRY = 30 days;

    /// @dev Gas that the payment of the proceeds may use at finalisation.
    uint256 private constant PROCEEDS_GAS = 300_000;

    /// @dev Left before that payment, so that no caller can starve it: a call passes on at most 63/64.
    uint256 private constant PROCEEDS_GAS_NEEDED = (PROCEEDS_GAS * 64) / 63 + 10_000;

    /// @dev Left before an expiry tries to finalise, several times what that may use.
    uint256 private constant EXPIRY_GAS = 3_000_000;

    mapping(address buyer => BuyerWord word) private _buyers;
    Outcome private _outcome;

    /// @notice Deploys a sale without rounds.
    /// @param setup what is sold for what, and where both go
    /// @param vesting how purchases vest
    /// @param initialOwner owner, to become the timelock
    constructor(
        Setup memory setup,
        PurchaseVesting memory vesting,
        address initialOwner
    ) AlwaysOwned(initialOwner) SaleSetup(setup, vesting) {}

    // Buyers

    /// @inheritdoc ITokenSale
    function buy(uint8 round, uint256 amount, uint256 maxCost) external nonReentrant returns (uint256 cost) {
        SaleRoundWord terms = _rounds[round];
        if (terms.listed()) revert SaleListOnly(round);
        return _buy(terms, round, amount, maxCost, terms.perBuyerUnits());
    }

    /// @inheritdoc ITokenSale
    function buyListed(
        uint8 round,
        uint256 amount,
        uint256 maxCost,
        uint256 listed,
        bytes32[] calldata proof
    ) external nonReentrant returns (uint256 cost) {
        SaleRoundWord terms = _rounds[round];
        return _buy(terms, round, amount, maxCost, _limit(terms, round, listed, proof));
    }

    /// @inheritdoc ITokenSale
    function buyWithPermit(
        uint8 round,
        uint256 amount,
        uint256 maxCost,
        uint256 listed,
        bytes32[] calldata proof,
        Permit calldata permit
    ) external nonReentrant returns (uint256 cost) {
        // A permit that somebody sent first has done its work: only the allowance matters below.
        try
            IERC20Permit(address(currency)).permit(
                msg.sender,
                address(this),
                maxCost,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {} // solhint-disable-line no-empty-blocks

        SaleRoundWord terms = _rounds[round];
        return _buy(terms, round, amount, maxCost, _limit(terms, round, listed, proof));
    }

    /// @inheritdoc ITokenSale
    function claim(address buyer) external nonReentrant {
        _requireStatus(_sale, SaleStatus.Succeeded);
        uint256 amount = Units.toWei(_takePurchase(buyer).tokens());
        emit PurchaseGranted(buyer, amount);
        vault.grant(_outcome.schedule, buyer, uint96(amount));
    }

    /// @inheritdoc ITokenSale
    function refund(address buyer) external nonReentrant {
        _refund(buyer, buyer);
    }

    /// @inheritdoc ITokenSale
    function refundTo(address to) external nonReentrant {
        _requireAddress(to);
        _refund(msg.sender, to);
    }

    // Anyone

    /// @inheritdoc ITokenSale
    function finalise() external nonReentrant {
        SaleWord sale = _sale;
        _requireSelling(sale);
        uint256 sold_ = Units.toWei(sale.sold());
        uint256 endsAt = _plan.endsAt;
        bool ended = endsAt != 0 && block.timestamp >= endsAt;
        if (!ended && sold_ != tokensForSale) revert SaleNotEnded(endsAt);

        if (sold_ != 0 && sale.held() >= softCap) _succeed(sale, sold_);
        else _fail(sale);
    }

    // What is called is this contract, whose guard is taken.
    // slither-disable-start reentrancy-no-eth
    /// @inheritdoc ITokenSale
    function expire() external nonReentrantView {
        _requireSelling(_sale);
        uint256 endsAt = _plan.endsAt;
        if (endsAt == 0 || block.timestamp < endsAt + EXPIRY) revert SaleNotEnded(endsAt);

        // Nobody makes a success a failure, neither by waiting nor by bringing little gas. `finalise` takes the guard.
        _requireGas(EXPIRY_GAS);
        // solhint-disable-next-line no-empty-blocks
        try this.finalise() {} catch {
            _fail(_sale);
        }
    }
    // slither-disable-end reentrancy-no-eth

    /// @inheritdoc ITokenSale
    function payProceeds() external nonReentrant {
        SaleWord sale = _sale;
        _requireStatus(sale, SaleStatus.Succeeded);
        uint256 amount = sale.held();
        if (amount == 0) revert SaleNothingDue(splitter);
        _sale = sale.withHeld(0);
        emit ProceedsPaid(splitter, amount);
        currency.safeTransfer(splitter, amount);
    }

    /// @inheritdoc ITokenSale
    function skim(IERC20 asset) external nonReentrant returns (uint256 amount) {
        amount = Math.saturatingSub(asset.balanceOf(address(this)), owed(asset));
        if (amount == 0) return 0;
        emit SurplusSkimmed(address(asset), amount);
        asset.safeTransfer(treasury, amount);
    }

    // Views

    /// @inheritdoc ITokenSale
    function status() external view returns (SaleStatus) {
        return SaleStatus(_sale.status());
    }

    /// @inheritdoc ITokenSale
    function sold() external view returns (uint256) {
        return Units.toWei(_sale.sold());
    }

    /// @inheritdoc ITokenSale
    function raised() external view returns (uint256) {
        SaleWord sale = _sale;
        return sale.status() == uint8(SaleStatus.Succeeded) ? _outcome.raised : sale.held();
    }

    /// @inheritdoc ITokenSale
    function purchaseOf(address buyer) external view returns (uint256 amount, uint256 paid) {
        BuyerWord word = _buyers[buyer];
        return (Units.toWei(word.tokens()), word.paid());
    }

    /// @inheritdoc ITokenSale
    function boughtIn(uint8 round, address buyer) external view returns (uint256) {
        return Units.toWei(_buyers[buyer].entered(round).inRound());
    }

    /// @inheritdoc ITokenSale
    function schedule() external view returns (uint32) {
        return _outcome.schedule;
    }

    /// @inheritdoc ITokenSale
    function owed(IERC20 asset) public view returns (uint256) {
        SaleWord sale = _sale;
        if (asset == currency) return sale.held();
        if (asset == token && sale.status() <= uint8(SaleStatus.Open)) return tokensForSale;
        return 0;
    }

    // Private: purchases

    /// @dev `limit` is the most that the buyer may buy in the round, in gwei units, in which all is counted here.
    function _buy(
        SaleRoundWord terms,
        uint8 round,
        uint256 amount,
        uint256 maxCost,
        uint256 limit
    ) private returns (uint256 cost) {
        if (!terms.isOpenAt(block.timestamp)) _refuseTime(terms, round);
        SaleWord sale = _readyToSell(_sale.entered(round));
        uint256 units = _unitsOf(terms, sale, round, amount);
        BuyerWord buyer = _buyers[msg.sender].entered(round);
        unchecked {
            // No overflow: both are parts of `tokensForSale`.
            uint256 inRound = buyer.inRound() + units;
            if (inRound > limit) {
                revert SaleAboveLimit(msg.sender, inRound * Units.WEI_PER_GWEI, limit * Units.WEI_PER_GWEI);
            }
        }
        cost = terms.costOf(units);
        if (cost > maxCost) revert SaleCostAboveMaximum(cost, maxCost);

        // No field overflows: tokens are at most `tokensForSale`, the currency is bounded when the rounds are planned.
        sale = sale.bought(units, cost);
        _pull(cost, sale.held());
        _sale = sale;
        _buyers[msg.sender] = buyer.bought(units, cost);
        emit Bought(msg.sender, round, amount, cost);
    }

    /// @dev Pulls, compares with what will be owed (I5), and only then is the purchase written, so that the sale is
    /// solvent for readers at every instant. Nothing that is written meanwhile can be lost: see SalePlan.
    function _pull(uint256 cost, uint256 owedThen) private {
        currency.safeTransferFrom(msg.sender, address(this), cost);
        uint256 balance = currency.balanceOf(address(this));
        if (balance < owedThen) revert SaleTransferShort(balance, owedThen);
    }

    /// @dev The word Open: the first purchase finds out whether the tokens are there. They cannot leave again.
    function _readyToSell(SaleWord sale) private returns (SaleWord) {
        if (block.timestamp < sale.pausedUntil()) revert SaleIsPaused(sale.pausedUntil());
        if (sale.status() == uint8(SaleStatus.Open)) return sale;

        _requireSelling(sale);
        uint256 balance = token.balanceOf(address(this));
        if (balance < tokensForSale) revert SaleNotFunded(balance, tokensForSale);
        emit SaleFunded(tokensForSale);
        return sale.withStatus(uint8(SaleStatus.Open));
    }

    /// @dev The amount in gwei units, if so much may be bought at once.
    function _unitsOf(
        SaleRoundWord terms,
        SaleWord sale,
        uint8 round,
        uint256 amount
    ) private view returns (uint256 units) {
        unchecked {
            // What a division drops is what the next line refuses.
            // slither-disable-next-line divide-before-multiply
            units = amount / Units.WEI_PER_GWEI;
            if (units == 0 || units * Units.WEI_PER_GWEI != amount) revert SaleInvalidAmount(amount);
            uint256 left = _leftUnits(terms, sale);
            if (units > left) revert SaleNotEnoughLeft(round, amount, left * Units.WEI_PER_GWEI);
            uint256 minimum = terms.minimumUnits();
            if (units < minimum && units != left) revert SaleBelowMinimum(amount, minimum * Units.WEI_PER_GWEI);
        }
    }

    function _refuseTime(SaleRoundWord terms, uint8 round) private pure {
        if (!terms.exists()) revert SaleUnknownRound(round);
        revert SaleRoundNotOpen(round, terms.start(), terms.end());
    }

    /// @dev The lesser of the round's limit and that of the caller's leaf, gwei units.
    function _limit(
        SaleRoundWord terms,
        uint8 round,
        uint256 listed,
        bytes32[] calldata proof
    ) private view returns (uint256) {
        if (!terms.listed()) return terms.perBuyerUnits();
        // Hashed twice, so that no inner node of the tree passes for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(msg.sender, listed))));
        bytes32 root = allowList[round];
        if (root == 0 || !MerkleProof.verifyCalldata(proof, root, leaf)) {
            revert SaleNotOnList(round, msg.sender, listed);
        }
        return Math.min(terms.perBuyerUnits(), listed / Units.WEI_PER_GWEI);
    }

    // Private: endings

    /// @dev The status is written before anything leaves; the sold tokens leave for the vault, which is trusted.
    function _succeed(SaleWord sale, uint256 sold_) private {
        uint256 amount = sale.held();
        _sale = sale.withStatus(uint8(SaleStatus.Succeeded)).withHeld(0);
        uint32 id = _createSchedule();
        _outcome = Outcome({raised: uint96(amount), schedule: id});
        emit SaleFinalised(true, sold_, amount, id);

        token.forceApprove(address(vault), sold_);
        vault.fund(id, sold_);
        _emptyIntoTreasury();
        // A currency that refuses must not hold up the buyers' grants: `payProceeds` tries again.
        _requireGas(PROCEEDS_GAS_NEEDED);
        if (currency.tryTransfer(splitter, amount, PROCEEDS_GAS)) emit ProceedsPaid(splitter, amount);
        else _sale = _sale.withHeld(uint96(amount));
    }

    function _fail(SaleWord sale) private {
        _sale = sale.withStatus(uint8(SaleStatus.Failed));
        emit SaleFinalised(false, Units.toWei(sale.sold()), sale.held(), 0);
        _emptyIntoTreasury();
    }

    /// @dev All tokens that are left: unsold, or of a failed sale.
    function _emptyIntoTreasury() private {
        uint256 balance = token.balanceOf(address(this));
        if (balance != 0) token.safeTransfer(treasury, balance);
    }

    /// @dev `held` stays the sum of all payments, so that a refund writes one word only.
    function _refund(address buyer, address to) private {
        _requireStatus(_sale, SaleStatus.Failed);
        uint256 amount = _takePurchase(buyer).paid();
        emit Refunded(buyer, to, amount);
        currency.safeTransfer(to, amount);
    }

    function _takePurchase(address buyer) private returns (BuyerWord word) {
        word = _buyers[buyer];
        if (word.tokens() == 0) revert SaleNothingDue(buyer);
        _buyers[buyer] = BuyerWord.wrap(0);
    }

    function _requireGas(uint256 needed) private view {
        uint256 available = gasleft();
        if (available < needed) revert SaleGasShort(available, needed);
    }

    function _requireStatus(SaleWord sale, SaleStatus wanted) private pure {
        if (sale.status() != uint8(wanted)) revert SaleWrongStatus(SaleStatus(sale.status()));
    }
}
