// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IPaymentVault} from "../vault/IPaymentVault.sol";

/// @title IValidatorRegistry
/// @notice Validators: their stake, their domains, their accuracy, and the draw of panels from frozen pools (SPEC 7).
/// @dev A validator's id is the vault account of its owner, so that the seats of a panel are of distinct owners and
/// what a validator earns is its vault balance. Money outside is token wei; sums named Gwei are units of 1e9 wei.
///
/// Frozen pools: each domain has one list, of at most 4,096 places, which never move. A question names the second
/// `frozenAt` in which it was asked and the list's length then. Only who was available before that second, and did not
/// stop before it, can be drawn, with the accuracy that counted then, so that who is drawn depends on nothing after
/// the question but the seed. This is exact for draws before frozenAt + 3 days, and later ones are refused: a pause
/// lasts at least 3 days, a place is given up only by who was out for 3 days, and the accuracy of the last two epochs
/// of 7 days is kept.
///
/// Modules: rights are DRAW 1 (take seats), RECORD 2 (end seats), SLASH 4 (end them with a slash). A module that lost
/// its rights keeps ending as many seats as it took, without slashes if it lost SLASH. What a module slashes a day is
/// capped; the rest is owed and taken later, never forgiven.
interface IValidatorRegistry {
    /// @notice How a seat ended.
    /// @param Void without consequence (the panel came to nothing, and the validator had voted)
    /// @param Coherent voted as the final verdict says
    /// @param Incoherent voted otherwise
    /// @param Silent did not reveal a vote
    enum SeatOutcome {
        Void,
        Coherent,
        Incoherent,
        Silent
    }

    /// @notice State of a validator, unpacked for readers; all zero when unknown.
    /// @param operator hot key, zero when the owner's holder votes itself
    /// @param domains bit set of domains 0..31
    /// @param available whether it can be drawn for questions asked from now on
    /// @param inSince second from which it is available without a break
    /// @param outSince second in which it stopped being available, 0 while it is
    /// @param accuracy 0..1,000,000 (1e-4 points)
    /// @param openSeats seats whose question is not closed
    /// @param stake stake in force, token wei
    /// @param unbonding stake that unbonds, token wei; slashable until it is withdrawn
    /// @param unbondingEnds when it matures, seconds
    /// @param owed slashed but not yet taken, token wei
    struct ValidatorView {
        address operator;
        uint32 domains;
        bool available;
        uint40 inSince;
        uint40 outSince;
        uint24 accuracy;
        uint16 openSeats;
        uint256 stake;
        uint256 unbonding;
        uint40 unbondingEnds;
        uint256 owed;
    }

    /// @notice A draw of seats.
    /// @param domain domain 0..31
    /// @param frozenAt second in which the question was asked
    /// @param length length of the domain's list in that second
    /// @param seats seats to fill, 1..31
    /// @param tries most tries, 1..4,096
    /// @param seed seed of this draw, domain separated by the caller
    /// @param excluded accounts that may not sit: parties, and who sat before; zeros are ignored
    struct SeatRequest {
        uint8 domain;
        uint40 frozenAt;
        uint16 length;
        uint8 seats;
        uint16 tries;
        bytes32 seed;
        uint40[] excluded;
    }

    /// @notice Governed terms with their hard bounds.
    /// @param minStakeGwei stake to register with and to be available, not zero (default 1,000 tokens)
    /// @param unbonding seconds that stake unbonds, 14..60 days (default 21)
    /// @param silenceBps slash of a silent seat, share of minStake, 10..1,000 (default 100)
    /// @param moduleCapPercent most that a module slashes a day, percent of all stake and unbonding, 1..20 (default 5)
    /// @param gain accuracy gained by a coherent seat, 1e-4 points, 1,000..50,000 (default 20,000)
    /// @param incoherentLoss accuracy lost by an incoherent seat, 1,000..250,000 (default 50,000)
    /// @param silentLoss accuracy lost by a silent seat, 1,000..250,000 (default 100,000)
    struct Terms {
        uint64 minStakeGwei;
        uint32 unbonding;
        uint16 silenceBps;
        uint8 moduleCapPercent;
        uint24 gain;
        uint24 incoherentLoss;
        uint24 silentLoss;
    }

    /// @notice A validator registered; `stake` token wei.
    event ValidatorRegistered(uint40 indexed validator, address indexed operator, uint32 domains, uint256 stake);
    /// @notice The hot key changed; zero means that the owner's holder votes itself.
    event OperatorChanged(uint40 indexed validator, address indexed oldOperator, address indexed newOperator);
    /// @notice The validator reviews other domains.
    event DomainsChanged(uint40 indexed validator, uint32 oldDomains, uint32 newDomains);
    /// @notice The validator can be drawn from now on, or no more.
    event AvailabilityChanged(uint40 indexed validator, bool available);
    /// @notice `amount` was added to the stake, which is `stake` now; token wei.
    event StakeAdded(uint40 indexed validator, uint256 amount, uint256 stake);
    /// @notice `amount` token wei unbond until `endsAt` (seconds).
    event UnbondingBegun(uint40 indexed validator, uint256 amount, uint40 endsAt);
    /// @notice `amount` token wei returned to the stake in force.
    event UnbondingCancelled(uint40 indexed validator, uint256 amount);
    /// @notice `amount` token wei were paid to `to`.
    event StakeWithdrawn(uint40 indexed validator, address indexed to, uint256 amount);
    /// @notice A seat was taken for `module`.
    event SeatTaken(uint40 indexed validator, address indexed module, bytes32 indexed seed);
    /// @notice A seat ended; accuracies in 1e-4 points.
    event SeatEnded(uint40 indexed validator, SeatOutcome outcome, uint24 oldAccuracy, uint24 newAccuracy);
    /// @notice `taken` token wei were slashed now, `owed` are still to be taken.
    event ValidatorSlashed(uint40 indexed validator, address indexed module, uint256 taken, uint256 owed);
    /// @notice What was slashed, `amount` token wei, was paid into the treasury's account.
    event SlashesCollected(uint256 amount);
    /// @notice A module got other rights.
    event ModuleChanged(address indexed module, uint8 oldScopes, uint8 newScopes);
    /// @notice New terms.
    event TermsChanged(Terms terms);
    /// @notice The owner stopped or allowed registering and draws.
    event WorkStopped(bool stopped);

    /// @notice An address must not be zero.
    error ValidatorsZeroAddress();
    /// @notice A value is outside its bounds.
    error ValidatorsOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice The account is no validator.
    error ValidatorsUnknown(uint40 validator);
    /// @notice The caller's account is a validator already.
    error ValidatorsKnown(uint40 validator);
    /// @notice The caller is not the validator's owner.
    error ValidatorsNotOwner(uint40 validator, address caller);
    /// @notice The caller works for another or no validator.
    error ValidatorsNotWorker(uint40 validator, address caller);
    /// @notice An amount must not be zero.
    error ValidatorsZeroAmount();
    /// @notice The stake would be `stakeGwei`, which has to be at least `minimumGwei`.
    error ValidatorsStakeShort(uint64 stakeGwei, uint64 minimumGwei);
    /// @notice The stake in force is at least the minimum: the validator keeps its places.
    error ValidatorsStakeEnough(uint40 validator, uint64 stakeGwei, uint64 minimumGwei);
    /// @notice The validator is available, or was so until less than 3 days ago.
    error ValidatorsNotOutLongEnough(uint40 validator, uint256 from);
    /// @notice The validator is available already, or not available already.
    error ValidatorsSameAvailability(uint40 validator, bool available);
    /// @notice The list of a domain holds as many as it can (4,096).
    error ValidatorsDomainFull(uint8 domain);
    /// @notice Stake unbonds already; one tranche at a time.
    error ValidatorsTrancheOpen(uint40 validator);
    /// @notice Nothing unbonds.
    error ValidatorsNoTranche(uint40 validator);
    /// @notice The tranche has not matured.
    error ValidatorsStillUnbonding(uint40 validator, uint40 endsAt);
    /// @notice A question on which the validator sits is open.
    error ValidatorsSeatsOpen(uint40 validator, uint16 openSeats);
    /// @notice The validator has no open seat to end.
    error ValidatorsNoSeat(uint40 validator);
    /// @notice The module lacks the right.
    error ValidatorsMissingScope(address module, uint8 scope);
    /// @notice Scopes name a right that does not exist.
    error ValidatorsUnknownScopes(uint8 scopes);
    /// @notice The pool was frozen too long ago (3 days), or is not frozen yet.
    error ValidatorsStaleFreeze(uint40 frozenAt);
    /// @notice Registering and draws are stopped.
    error ValidatorsStopped();
    /// @notice The token delivered less than was sent (a fee on transfer).
    error ValidatorsTransferShort(uint256 expected, uint256 received);

    // Validators

    /// @notice Registers the caller; pulls the stake by allowance. It is available for questions asked from the next
    /// second on.
    /// @dev Opens the caller's vault account when missing. Emits ValidatorRegistered. Reverts ValidatorsStopped,
    /// ValidatorsKnown (also for one that left with open seats or stake), ValidatorsOutOfBounds (no domain),
    /// UnitsNotWhole, ValidatorsStakeShort, ValidatorsDomainFull, ValidatorsTransferShort, or the token's error. Who
    /// left and comes back keeps its accuracy, at most the initial one (50 points).
    /// @param operator hot key that commits and reveals, zero for none
    /// @param domains bit set of domains 0..31, not empty
    /// @param stake token wei, whole units of 1e9, at least the minimum
    /// @return validator the caller's vault account
    function register(address operator, uint32 domains, uint256 stake) external returns (uint40 validator);

    /// @notice Anyone adds stake to a validator; pulled by allowance. Changes nothing else.
    /// @dev Emits StakeAdded. Reverts ValidatorsUnknown, ValidatorsZeroAmount, UnitsNotWhole, ValidatorsTransferShort,
    /// or the token's error.
    function addStake(uint40 validator, uint256 amount) external;

    /// @notice Owner: changes the hot key; zero for none. Emits OperatorChanged. Reverts ValidatorsNotOwner.
    function setOperator(uint40 validator, address operator) external;

    /// @notice Owner or operator: stops being drawn for questions asked from now on, or resumes, at least 3 days after
    /// it stopped, with the minimum stake and a domain.
    /// @dev Emits AvailabilityChanged. Reverts ValidatorsNotWorker, ValidatorsSameAvailability,
    /// ValidatorsNotOutLongEnough, ValidatorsStakeShort, ValidatorsOutOfBounds (no domain since `delist`).
    function setAvailable(uint40 validator, bool available) external;

    /// @notice Owner, out for at least 3 days and with the minimum stake: reviews other domains from its return on.
    /// @dev Emits DomainsChanged. Reverts ValidatorsNotOwner, ValidatorsNotOutLongEnough, ValidatorsStakeShort,
    /// ValidatorsOutOfBounds (no domain), ValidatorsDomainFull.
    function setDomains(uint40 validator, uint32 domains) external;

    /// @notice Anyone: takes the places of a validator that was out for at least 3 days and whose stake in force is
    /// below the minimum. It stays a validator, without domains, until its owner stakes again and sets some.
    /// @dev Lists are finite and draws have finite tries. Whoever kept places for a unit of stake, once the rest of it
    /// is out, could fill them with nobody. Emits DomainsChanged. Reverts ValidatorsNotOutLongEnough (also for no
    /// validator), ValidatorsStakeEnough, ValidatorsOutOfBounds (no domain).
    function delist(uint40 validator) external;

    /// @notice Owner: begins unbonding `amount`: all of the stake, which also stops being available, or so much that
    /// the minimum stays. Unbonding stake stays slashable until it is withdrawn.
    /// @dev Emits UnbondingBegun, AvailabilityChanged. Reverts ValidatorsNotOwner, ValidatorsTrancheOpen,
    /// ValidatorsZeroAmount, ValidatorsStakeShort, UnitsNotWhole.
    /// @param amount token wei; type(uint256).max for all
    function beginUnbond(uint40 validator, uint256 amount) external;

    /// @notice Owner: returns the whole tranche to the stake in force; it does not make available again.
    /// @dev Emits UnbondingCancelled. Reverts ValidatorsNotOwner, ValidatorsNoTranche.
    function cancelUnbond(uint40 validator) external;

    /// @notice Owner: withdraws the matured tranche, less what it owes, to `to`, once no question on which it sits is
    /// open. Never pausable. Who has nothing left and was out for at least 3 days leaves its places and is no validator
    /// any more; for that the call also works without a tranche, and pays nothing.
    /// @dev What is owed is taken here whatever the day's cap. Emits StakeWithdrawn, ValidatorSlashed. Reverts
    /// ValidatorsZeroAddress, ValidatorsNotOwner, ValidatorsNoTranche, ValidatorsStillUnbonding, ValidatorsSeatsOpen,
    /// or the token's error.
    /// @return amount token wei paid
    function withdraw(uint40 validator, address to) external returns (uint256 amount);

    // Seats

    /// @notice The pool that a question asked in this second is drawn from: places of the list, and validators that
    /// are available in it, without those that came in this very second, and with those that stopped in it.
    function poolOf(uint8 domain) external view returns (uint16 places, uint16 owners);

    /// @notice Module (DRAW): draws up to `seats` distinct validators and takes a seat of each.
    /// @dev A try picks a place by equal chance and accepts its holder with probability accuracy / 100, at least 5%.
    /// Tries end when the seats are filled or `tries` are used up; the caller takes it as it is or reverts. Emits
    /// SeatTaken. Reverts ValidatorsStopped, ValidatorsMissingScope, ValidatorsStaleFreeze, ValidatorsOutOfBounds.
    /// @return validators who sits, in the order drawn; may be fewer than asked for
    function takeSeats(SeatRequest calldata request) external returns (uint40[] memory validators);

    /// @notice Module (RECORD; Silent also SLASH, without which it counts but costs nothing): ends a seat of each.
    /// @dev A module that had RECORD once ends as many seats as it took. One that has it ends any, so that governance
    /// can free the seats of a broken module. Who is slashed below the minimum stops being available. Emits SeatEnded,
    /// ValidatorSlashed, AvailabilityChanged. Never reverts for want of stake. Reverts ValidatorsMissingScope,
    /// ValidatorsNoSeat, ValidatorsOutOfBounds (lengths differ).
    function endSeats(uint40[] calldata validators, SeatOutcome[] calldata outcomes) external;

    /// @notice Anyone: takes more of what a validator owes, within today's cap of the module that slashed last.
    /// @dev Emits ValidatorSlashed, AvailabilityChanged. Returns 0 when nothing can be taken.
    function takeOwed(uint40 validator) external returns (uint256 amount);

    /// @notice Anyone: pays what was slashed into the treasury's vault account. Emits SlashesCollected.
    function collectSlashes() external returns (uint256 amount);

    // Governance

    /// @notice Owner: adds a module (at most 16) or changes its rights. Emits ModuleChanged. Reverts
    /// ValidatorsZeroAddress, ValidatorsUnknownScopes, ValidatorsOutOfBounds.
    function setModule(address module, uint8 scopes) external;

    /// @notice Owner: sets the terms, each within its bounds. Emits TermsChanged. Reverts ValidatorsOutOfBounds.
    function setTerms(Terms calldata value) external;

    /// @notice Owner: stops register and takeSeats, nothing else, or allows them again. Emits WorkStopped.
    function setWorkStopped(bool stopped) external;

    // Views

    /// @notice Vault whose accounts are validators.
    function vault() external view returns (IPaymentVault);

    /// @notice Token that is staked, the vault's.
    function token() external view returns (IERC20);

    /// @notice Whether `caller` is the validator's hot key or the holder of its account.
    function worksFor(uint40 validator, address caller) external view returns (bool);

    /// @notice State of a validator.
    function validatorOf(uint40 validator) external view returns (ValidatorView memory);

    /// @notice Accuracy that counts for a question asked at `frozenAt`, less than 3 days ago, 1e-4 points: that with
    /// which the epoch of 7 days began. Reverts ValidatorsStaleFreeze.
    function accuracyAt(uint40 validator, uint40 frozenAt) external view returns (uint24);

    /// @notice Validator at a place of a domain's list, 0 for a free place.
    function listedAt(uint8 domain, uint16 place) external view returns (uint40 validator);

    /// @notice Rights of a module.
    function scopesOf(address module) external view returns (uint8);

    /// @notice Present terms.
    function terms() external view returns (Terms memory);

    /// @notice Stake in force and unbonding of all validators, and what was slashed and not collected, token wei; the
    /// contract never holds less than their sum.
    function totals() external view returns (uint256 stake, uint256 unbonding, uint256 slashed);

    /// @notice Whether registering and draws are stopped.
    function workStopped() external view returns (bool);
}
