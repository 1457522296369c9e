// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {GrantRootWord} from "../libraries/GrantRootWord.sol";
import {GrantWord} from "../libraries/GrantWord.sol";
import {ScheduleWord} from "../libraries/ScheduleWord.sol";
import {VestingMath} from "../libraries/VestingMath.sol";
import {IVestingVault} from "./IVestingVault.sol";
import {VestingSchedules} from "./VestingSchedules.sol";
import {VestingVotes} from "./VestingVotes.sol";

/// @title VestingVault
/// @notice See IVestingVault. One word per schedule, one per grant, one per Merkle root.
/// @dev A grant keeps its key when another account takes it over: `moved` in its word says that the payee is looked up.
/// So it can neither run from a revocation that is already on its way, nor claim a leaf twice, nor meet another grant.
/// Units of votes are `outstanding` of all grants of schedules that vote, kept for whoever is paid.
contract VestingVault is VestingSchedules, VestingVotes {
    using SafeERC20 for IERC20;

    /// @notice What is stored of a grant.
    struct Entry {
        GrantWord word;
        address movedTo;
        address offeredTo;
    }

    /// @notice Merkle roots that fit a grant's bit field.
    uint8 public constant MAX_ROOTS = 23;

    /// @notice Seconds after the end of its schedule, or after it was set if that is later, until a root may be closed.
    uint256 public constant ROOT_LAPSE = 730 days;

    mapping(uint32 schedule => mapping(address beneficiary => Entry entry)) private _grants;
    mapping(uint32 schedule => mapping(bytes32 root => GrantRootWord word)) private _roots;

    /// @notice Deploys a vault without schedules, and its inbox.
    /// @param token_ token that is vested, not zero; its contract must exist
    /// @param delegationDesk_ the DelegationDesk, which sets delegates for those who ask it
    /// @param initialOwner owner, to become the timelock; can only allot
    constructor(
        IERC20 token_,
        address delegationDesk_,
        address initialOwner
    ) VestingSchedules(token_, initialOwner) VestingVotes(delegationDesk_) {}

    // Grants

    /// @inheritdoc IVestingVault
    function grant(uint32 schedule, address beneficiary, uint96 amount) external {
        Schedule storage entry = _asGrantor(schedule);
        ScheduleWord word = _takenFromPool(schedule, entry.word, amount);
        entry.word = word;
        _grant(_grants[schedule], schedule, word.votes(), beneficiary, amount);
    }

    /// @inheritdoc IVestingVault
    function grantMany(uint32 schedule, Grant[] calldata grants) external {
        Schedule storage entry = _asGrantor(schedule);
        ScheduleWord word = entry.word;
        mapping(address beneficiary => Entry entry) storage book = _grants[schedule];
        bool votes = word.votes();
        uint256 sum;
        for (uint256 i = 0; i < grants.length; ++i) {
            Grant calldata row = grants[i];
            uint96 amount = row.amount;
            // No overflow: that would take 2^160 rows.
            unchecked {
                sum += amount;
            }
            _grant(book, schedule, votes, row.beneficiary, amount);
        }
        entry.word = _takenFromPool(schedule, word, sum);
    }

    /// @inheritdoc IVestingVault
    function grantByRoot(uint32 schedule, bytes32 root, uint96 total) external {
        Schedule storage entry = _asGrantor(schedule);
        if (total == 0) revert VestingZeroAmount();
        if (_roots[schedule][root].exists()) revert VestingRootKnown(schedule, root);
        ScheduleWord word = _takenFromPool(schedule, entry.word, total);
        uint8 number = word.roots() + 1;
        if (number > MAX_ROOTS) revert VestingTooManyRoots(schedule);

        entry.word = word.withRoots(number);
        uint40 setAt = uint40(block.timestamp);
        _roots[schedule][root] = GrantRootWord.wrap(0).withLeft(total).withSetAt(setAt).withNumber(number);
        emit RootSet(schedule, root, total);
    }

    /// @inheritdoc IVestingVault
    function claimGrant(
        uint32 schedule,
        bytes32 root,
        address beneficiary,
        uint96 amount,
        bytes32[] calldata proof
    ) external {
        _requireReceiver(beneficiary);
        GrantRootWord rootWord = _requireRoot(schedule, root);
        if (!MerkleProof.verifyCalldata(proof, root, leafOf(beneficiary, amount))) {
            revert VestingInvalidProof(root, beneficiary, amount);
        }
        Entry storage entry = _grants[schedule][beneficiary];
        GrantWord word = entry.word;
        if (word.hasClaimed(rootWord.number())) revert VestingAlreadyClaimed(root, beneficiary);
        uint96 left = rootWord.left();
        if (amount > left) revert VestingRootShort(root, left, amount);

        _roots[schedule][root] = rootWord.withLeft(left - amount);
        ScheduleWord terms = _schedules[schedule].word;
        uint96 kept = amount;
        if (word.revokedAt() != 0) {
            kept = VestingMath.vested(amount, terms, word.revokedAt());
            _schedules[schedule].word = _addedToPool(terms, amount - kept);
        }
        _add(entry, word.withClaim(rootWord.number()), terms.votes(), beneficiary, kept);
        emit GrantClaimed(schedule, beneficiary, root, amount, amount - kept);
    }

    /// @inheritdoc IVestingVault
    function closeRoot(uint32 schedule, bytes32 root) external {
        Schedule storage entry = _asGrantor(schedule);
        GrantRootWord word = _requireRoot(schedule, root);
        uint96 left = word.left();
        if (left == 0) revert VestingRootShort(root, 0, 0);
        ScheduleWord terms = entry.word;
        uint256 closableFrom = _closableFrom(terms, word);
        // Where nothing of all that is left has vested, nothing of any leaf has.
        bool untouched = terms.revocable() && VestingMath.vested(left, terms, block.timestamp) == 0;
        if (!untouched && block.timestamp < closableFrom) revert VestingRootOpen(root, closableFrom);

        _roots[schedule][root] = word.withLeft(0);
        entry.word = _addedToPool(terms, left);
        emit RootClosed(schedule, root, left);
    }

    /// @inheritdoc IVestingVault
    function release(uint32 schedule, address beneficiary) external nonReentrant returns (uint256) {
        ScheduleWord terms = _schedules[schedule].word;
        Entry storage entry = _grants[schedule][beneficiary];
        GrantWord word = entry.word;
        uint96 amount = VestingMath.releasable(word, terms, block.timestamp);
        if (amount == 0) revert VestingNothingToRelease(schedule, beneficiary);

        address payee = _payeeOf(entry, word, beneficiary);
        entry.word = word.withPaid(word.paid() + amount);
        if (terms.votes()) {
            if (msg.sender != payee && IVotes(address(token)).delegates(payee) == address(0)) {
                revert VestingPayeeNotDelegated(payee);
            }
            _loseUnits(payee, amount);
        }
        emit Released(schedule, beneficiary, amount);

        token.safeTransfer(payee, amount);
        return amount;
    }

    /// @inheritdoc IVestingVault
    function revoke(uint32 schedule, address beneficiary) external {
        Schedule storage entry = _asGrantor(schedule);
        ScheduleWord terms = entry.word;
        if (!terms.revocable()) revert VestingNotRevocable(schedule);
        Entry storage grant_ = _grants[schedule][beneficiary];
        GrantWord word = grant_.word;
        if (word.revokedAt() != 0) revert VestingAlreadyRevoked(schedule, beneficiary);
        uint96 total = word.total();
        if (total == 0) revert VestingNoGrant(schedule, beneficiary);

        uint96 vested = VestingMath.vested(total, terms, block.timestamp);
        uint96 unvested = total - vested;
        grant_.word = word.withTotal(vested).withRevokedAt(uint40(block.timestamp));
        entry.word = _addedToPool(terms, unvested);
        if (terms.votes()) _loseUnits(_payeeOf(grant_, word, beneficiary), unvested);
        emit GrantRevoked(schedule, beneficiary, vested, unvested);
    }

    // Payees

    /// @inheritdoc IVestingVault
    function offerGrant(uint32 schedule, address beneficiary, address to) external {
        Entry storage entry = _grants[schedule][beneficiary];
        GrantWord word = entry.word;
        if (msg.sender != _payeeOf(entry, word, beneficiary)) {
            revert VestingOnlyPayee(schedule, beneficiary, msg.sender);
        }
        if (word.total() == 0) revert VestingNoGrant(schedule, beneficiary);

        entry.offeredTo = to;
        emit PayeeOffered(schedule, beneficiary, to);
    }

    /// @inheritdoc IVestingVault
    function acceptGrant(uint32 schedule, address beneficiary) external {
        Entry storage entry = _grants[schedule][beneficiary];
        if (msg.sender != entry.offeredTo) revert VestingNotOffered(schedule, msg.sender);

        GrantWord word = entry.word;
        address oldPayee = _payeeOf(entry, word, beneficiary);
        entry.offeredTo = address(0);
        entry.movedTo = msg.sender;
        entry.word = word.withMoved(true);
        if (_schedules[schedule].word.votes()) {
            _loseUnits(oldPayee, word.outstanding());
            _gainUnits(msg.sender, word.outstanding());
        }
        emit PayeeChanged(schedule, beneficiary, oldPayee, msg.sender);
    }

    // Views

    /// @inheritdoc IVestingVault
    function grantOf(uint32 schedule, address beneficiary) external view returns (GrantState memory) {
        Entry storage entry = _grants[schedule][beneficiary];
        GrantWord word = entry.word;
        return
            GrantState({
                total: word.total(),
                paid: word.paid(),
                revokedAt: word.revokedAt(),
                payee: _payeeOf(entry, word, beneficiary)
            });
    }

    /// @inheritdoc IVestingVault
    function vestedOf(uint32 schedule, address beneficiary) external view returns (uint256) {
        return VestingMath.vestedOf(_grants[schedule][beneficiary].word, _schedules[schedule].word, block.timestamp);
    }

    /// @inheritdoc IVestingVault
    function releasableOf(uint32 schedule, address beneficiary) external view returns (uint256) {
        return VestingMath.releasable(_grants[schedule][beneficiary].word, _schedules[schedule].word, block.timestamp);
    }

    /// @inheritdoc IVestingVault
    function offeredPayeeOf(uint32 schedule, address beneficiary) external view returns (address) {
        return _grants[schedule][beneficiary].offeredTo;
    }

    /// @inheritdoc IVestingVault
    function rootOf(uint32 schedule, bytes32 root) external view returns (RootState memory) {
        GrantRootWord word = _roots[schedule][root];
        return RootState({left: word.left(), setAt: word.setAt(), number: word.number()});
    }

    /// @inheritdoc IVestingVault
    function hasClaimed(uint32 schedule, bytes32 root, address beneficiary) external view returns (bool) {
        GrantRootWord word = _roots[schedule][root];
        return word.exists() && _grants[schedule][beneficiary].word.hasClaimed(word.number());
    }

    /// @inheritdoc IVestingVault
    function rootClosableFrom(uint32 schedule, bytes32 root) external view returns (uint256) {
        return _closableFrom(_schedules[schedule].word, _requireRoot(schedule, root));
    }

    /// @inheritdoc IVestingVault
    function leafOf(address beneficiary, uint256 amount) public pure returns (bytes32) {
        // Hashed twice, so that no inner node of the tree passes for a leaf.
        return keccak256(bytes.concat(keccak256(abi.encode(beneficiary, amount))));
    }

    // Private

    /// @dev The amount is taken from the pool by the caller.
    function _grant(
        mapping(address beneficiary => Entry entry) storage book,
        uint32 schedule,
        bool votes,
        address beneficiary,
        uint96 amount
    ) private {
        _requireReceiver(beneficiary);
        if (amount == 0) revert VestingZeroAmount();
        Entry storage entry = book[beneficiary];
        GrantWord word = entry.word;
        if (word.revokedAt() != 0) revert VestingAlreadyRevoked(schedule, beneficiary);

        _add(entry, word, votes, beneficiary, amount);
        emit Granted(schedule, beneficiary, amount);
    }

    function _add(Entry storage entry, GrantWord word, bool votes, address beneficiary, uint96 amount) private {
        entry.word = word.withTotal(word.total() + amount);
        if (votes) _gainUnits(_payeeOf(entry, word, beneficiary), amount);
    }

    /// @dev Spares grants that were never moved, which are most, the look-up.
    function _payeeOf(Entry storage entry, GrantWord word, address beneficiary) private view returns (address) {
        return word.moved() ? entry.movedTo : beneficiary;
    }

    function _requireRoot(uint32 schedule, bytes32 root) private view returns (GrantRootWord word) {
        word = _roots[schedule][root];
        if (!word.exists()) revert VestingUnknownRoot(schedule, root);
    }

    function _closableFrom(ScheduleWord terms, GrantRootWord word) private pure returns (uint256) {
        uint256 end = terms.end();
        uint256 setAt = word.setAt();
        return (end > setAt ? end : setAt) + ROOT_LAPSE;
    }
}
