// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {CaseWord} from "../libraries/CaseWord.sol";
import {JobWord} from "../libraries/JobWord.sol";
import {Units} from "../libraries/Units.sol";
import {IGpuRegistry} from "../registry/IGpuRegistry.sol";
import {IReviewPanel} from "../review/IReviewPanel.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IDisputeCourt} from "./IDisputeCourt.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {Agreement, JobStatus, Verdict} from "./JobTypes.sol";

/// @title DisputeCourt
/// @notice See IDisputeCourt.
/// @dev Between two transactions it holds bonds only: the fee of a case comes and goes in `conclude`.
contract DisputeCourt is IDisputeCourt, AlwaysOwned, ReentrancyGuardTransient {
    /// @dev An appeal asks twice as many validators and one more.
    uint64 private constant BOND_FACTOR = 2;
    /// @dev Scope of the vault: the right to debit accounts.
    uint8 private constant SPEND = 1;
    /// @dev Told to the vault's spend hook, as of the escrow's own bonds.
    uint8 private constant LANE = 0;
    uint8 private constant MIN_SEATS = 3;
    uint8 private constant MAX_SEATS = 15;
    uint8 private constant MAX_DOMAIN = 31;

    /// @dev Terms of new cases, one slot.
    struct Stored {
        uint8 seats;
        uint8 domain;
    }

    /// @inheritdoc IDisputeCourt
    IReviewPanel public immutable panel;

    /// @inheritdoc IDisputeCourt
    IPaymentVault public immutable vault;

    /// @notice Registry of the GPUs whose work is judged.
    IGpuRegistry public immutable registry;

    /// @inheritdoc IDisputeCourt
    uint40 public immutable account;

    Stored private _terms;
    /// @dev Domain + 1 of a service, 0 for that of the terms.
    mapping(uint32 service => uint8 domainPlusOne) private _domains;
    mapping(bytes32 question => CaseWord word) private _cases;

    /// @inheritdoc IDisputeCourt
    mapping(IJobEscrow escrow => bool allowed) public isEscrow;

    /// @notice Opens the account that earns the fees.
    /// @param panel_ panel that decides, not zero
    /// @param registry_ registry of the GPUs, not zero; its vault is the court's
    /// @param seats seats of a case, odd, 3..15
    /// @param domain domain of services without one of their own
    /// @param initialOwner owner, to become the timelock
    constructor(
        IReviewPanel panel_,
        IGpuRegistry registry_,
        uint8 seats,
        uint8 domain,
        address initialOwner
    ) AlwaysOwned(initialOwner) {
        if (address(panel_) == address(0) || address(registry_) == address(0)) revert CourtZeroAddress();
        panel = panel_;
        registry = registry_;
        vault = registry_.vault();
        account = vault.openAccount(address(this));
        _setTerms(seats, domain);
    }

    /// @inheritdoc IDisputeCourt
    function openCase(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement
    ) external nonReentrant returns (bytes32 question) {
        if (!isEscrow[escrow]) revert CourtUnknownEscrow(escrow);
        JobWord job = _disputed(escrow, jobId, agreement);
        uint8 domain = domainOf(agreement.terms.service());
        bytes32 claim = escrow.resultOf(jobId);
        question = _questionOf(escrow, jobId);
        _cases[question] = _cases[question].withOpened(true);
        emit CaseOpened(escrow, jobId, question, domain, claim);
        panel.ask(
            IReviewPanel.AskRequest({
                subject: subjectOf(escrow, jobId),
                claim: claim,
                domain: domain,
                seats: _terms.seats,
                deadline: job.due(),
                parties: _parties(escrow, jobId, job, agreement)
            })
        );
    }

    /// @inheritdoc IDisputeCourt
    function appeal(IJobEscrow escrow, uint256 jobId, Agreement calldata agreement) external nonReentrant {
        (bytes32 question, CaseWord word) = _openCase(escrow, jobId);
        JobWord job = _disputed(escrow, jobId, agreement);
        IReviewPanel.Finding finding = panel.questionOf(question).finding;
        (uint40 accuser, ) = escrow.accusationOf(jobId);
        uint40 appellant = _aggrieved(jobId, registry.ownerOf(job.gpu()), accuser, finding);
        uint64 bondGwei = agreement.reserves.reviewFee() * BOND_FACTOR;
        _cases[question] = word.withAppellant(appellant).withBondGwei(bondGwei).withAgainst(uint8(finding));
        emit CaseAppealed(question, appellant, Units.toWei(bondGwei));
        panel.appeal(question, appellant);
        vault.debit(appellant, Units.toWei(bondGwei), LANE);
    }

    // The panel is ours, and this is guarded: nobody reads the case between.
    // slither-disable-start reentrancy-no-eth
    /// @inheritdoc IDisputeCourt
    function conclude(IJobEscrow escrow, uint256 jobId, Agreement calldata agreement) external nonReentrant {
        (bytes32 question, CaseWord word) = _openCase(escrow, jobId);
        bool ruled = _takesRuling(escrow, jobId);
        (IReviewPanel.Finding finding, bytes32 digest, uint40[] memory payees, uint256 seats) = panel.close(question);
        if (finding == IReviewPanel.Finding.None) ruled = false;
        _cases[question] = word.withClosed(true).withBondGwei(0);

        uint64 pot;
        if (ruled) {
            // The escrow checks the agreement, and that this is its resolver.
            escrow.rule(jobId, agreement, Verdict(uint8(finding)), digest);
            pot = _takeFee(question, agreement.reserves.reviewFee());
        }
        uint64 bond = word.bondGwei();
        if (bond != 0 && ruled && _isLost(question, word, finding, seats)) {
            pot += bond;
            bond = 0;
        }
        uint64 share = _shareOf(pot, payees.length, seats);
        emit CaseClosed(escrow, jobId, question, finding, digest, ruled, payees.length, Units.toWei(share));
        if (bond != 0) _returnBond(question, word.appellant(), bond);
        if (pot != 0) _pay(payees, share, pot);
    }
    // slither-disable-end reentrancy-no-eth

    /// @inheritdoc IDisputeCourt
    function authorise() external {
        vault.setAuthorisation(address(this), true);
    }

    /// @inheritdoc IDisputeCourt
    function setEscrow(IJobEscrow escrow, bool allowed) external onlyOwner {
        if (address(escrow) == address(0)) revert CourtZeroAddress();
        if (allowed) _requireTime(escrow);
        isEscrow[escrow] = allowed;
        emit EscrowChanged(escrow, allowed);
    }

    /// @inheritdoc IDisputeCourt
    function setTerms(uint8 seats, uint8 domain) external onlyOwner {
        _setTerms(seats, domain);
    }

    /// @inheritdoc IDisputeCourt
    function setServiceDomain(uint32 service, uint8 domain) external onlyOwner {
        _requireWithin(domain, 0, MAX_DOMAIN);
        _domains[service] = domain + 1;
        emit ServiceDomainChanged(service, domain);
    }

    /// @inheritdoc IDisputeCourt
    function withdrawFees(address to) external onlyOwner nonReentrant returns (uint256 amount) {
        amount = vault.balanceOf(account);
        emit FeesWithdrawn(to, amount);
        vault.withdraw(amount, to);
    }

    /// @inheritdoc IDisputeCourt
    function caseOf(IJobEscrow escrow, uint256 jobId) external view returns (Case memory view_) {
        bytes32 question = _questionOf(escrow, jobId);
        CaseWord word = _cases[question];
        if (!word.opened()) return view_;
        view_.question = question;
        view_.appellant = word.appellant();
        view_.bond = Units.toWei(word.bondGwei());
        view_.against = IReviewPanel.Finding(word.against());
        view_.closed = word.closed();
    }

    /// @inheritdoc IDisputeCourt
    function terms() external view returns (uint8 seats, uint8 domain) {
        return (_terms.seats, _terms.domain);
    }

    /// @inheritdoc IDisputeCourt
    function subjectOf(IJobEscrow escrow, uint256 jobId) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, escrow, jobId));
    }

    /// @inheritdoc IDisputeCourt
    function domainOf(uint32 service) public view returns (uint8) {
        uint8 domainPlusOne = _domains[service];
        return domainPlusOne == 0 ? _terms.domain : domainPlusOne - 1;
    }

    /// @dev Moves the fee of a ruling from the court's account into what it holds. Without the right to spend, which
    /// governance takes from a module that is to drain, the verdict stands and the fee stays in the account.
    function _takeFee(bytes32 question, uint64 feeGwei) private returns (uint64) {
        bool canSpend = vault.scopesOf(address(this)) & SPEND != 0 && vault.isAuthorised(account, address(this));
        if (!canSpend) {
            emit FeeStranded(question, Units.toWei(feeGwei));
            return 0;
        }
        vault.debit(account, Units.toWei(feeGwei), LANE);
        return feeGwei;
    }

    function _returnBond(bytes32 question, uint40 appellant, uint64 bondGwei) private {
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](1);
        payments[0] = IPaymentVault.Payment({account: appellant, amount: Units.toWei(bondGwei)});
        emit BondReturned(question, appellant, Units.toWei(bondGwei));
        vault.release(payments, 0);
    }

    /// @dev What shares and rounding leave is protocol fee. The payees are at most the seats of four panels.
    function _pay(uint40[] memory payees, uint64 share, uint64 pot) private {
        IPaymentVault.Payment[] memory payments = new IPaymentVault.Payment[](payees.length);
        for (uint256 i = 0; i < payees.length; ++i) {
            payments[i] = IPaymentVault.Payment({account: payees[i], amount: Units.toWei(share)});
        }
        vault.release(payments, Units.toWei(pot) - Units.toWei(share) * payees.length);
    }

    function _setTerms(uint8 seats, uint8 domain) private {
        _requireWithin(seats, MIN_SEATS, MAX_SEATS);
        if (seats % 2 == 0) revert IReviewPanel.PanelEvenSeats(seats);
        _requireWithin(domain, 0, MAX_DOMAIN);
        _terms = Stored({seats: seats, domain: domain});
        emit TermsChanged(seats, domain);
    }

    function _requireTime(IJobEscrow escrow) private view {
        uint256 given = escrow.settings().disputeSeconds;
        uint256 longest = panel.longestQuestion();
        if (given < longest) revert CourtDeadlineShort(given, longest);
    }

    function _openCase(IJobEscrow escrow, uint256 jobId) private view returns (bytes32 question, CaseWord word) {
        question = _questionOf(escrow, jobId);
        word = _cases[question];
        if (!word.opened() || word.closed()) revert CourtNoCase(jobId);
    }

    /// @dev Word of a job that is in dispute and in time, and whose agreement, naming this court, is the one given.
    function _disputed(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement
    ) private view returns (JobWord job) {
        job = escrow.jobOf(jobId);
        if (!_isRulable(job)) revert CourtNotDisputed(jobId);
        bool matches = escrow.hashAgreement(jobId, agreement) == escrow.agreementHashOf(jobId);
        if (!matches || agreement.resolver != address(this)) revert CourtWrongAgreement(jobId);
    }

    /// @dev Whether the escrow takes a ruling on the job now. One whose ring index holds another job takes none.
    function _takesRuling(IJobEscrow escrow, uint256 jobId) private view returns (bool) {
        try escrow.jobOf(jobId) returns (JobWord job) {
            return _isRulable(job);
        } catch {
            return false;
        }
    }

    function _isRulable(JobWord job) private view returns (bool) {
        return job.status() == uint8(JobStatus.Disputed) && block.timestamp <= job.due();
    }

    /// @dev Whether an appeal changed nothing although somebody heard it: a panel of its own, which then voted besides
    /// the smaller first one, or the arbiter, without whose word guilt does not stand when no panel did.
    function _isLost(
        bytes32 question,
        CaseWord word,
        IReviewPanel.Finding finding,
        uint256 seats
    ) private view returns (bool) {
        if (uint8(finding) != word.against()) return false;
        return finding != IReviewPanel.Finding.Valid || seats > panel.questionOf(question).seats;
    }

    /// @dev Account of the caller, who has to be the party that the finding goes against. A finding of nothing goes
    /// against nobody; the panel refuses the appeal then.
    function _aggrieved(
        uint256 jobId,
        uint40 owner,
        uint40 accuser,
        IReviewPanel.Finding finding
    ) private view returns (uint40 appellant) {
        appellant = vault.accountOf(msg.sender);
        bool objects = appellant == _requesterOf(jobId) || appellant == accuser;
        bool isParty = appellant != 0 && (objects || appellant == owner);
        if (!isParty) revert CourtNotParty(jobId, msg.sender);
        bool guilt = finding == IReviewPanel.Finding.Invalid || finding == IReviewPanel.Finding.Unavailable;
        if (guilt ? appellant != owner : !objects) revert CourtNotAggrieved(jobId, msg.sender);
    }

    function _parties(
        IJobEscrow escrow,
        uint256 jobId,
        JobWord job,
        Agreement calldata agreement
    ) private view returns (uint40[] memory parties) {
        parties = new uint40[](5);
        parties[0] = _requesterOf(jobId);
        parties[1] = registry.ownerOf(job.gpu());
        parties[2] = agreement.windows.modelPayee();
        parties[3] = agreement.windows.datasetPayee();
        (parties[4], ) = escrow.accusationOf(jobId);
    }

    function _questionOf(IJobEscrow escrow, uint256 jobId) private view returns (bytes32) {
        return keccak256(abi.encode(address(this), subjectOf(escrow, jobId)));
    }

    /// @dev Equal parts of the pot, at most twice what each would get if every seat were paid: with few who were
    /// coherent, or none, what is left must not make it pay to be the only one.
    function _shareOf(uint64 pot, uint256 payees, uint256 seats) private pure returns (uint64) {
        if (payees == 0 || seats == 0) return 0;
        uint64 share = uint64(pot / payees);
        uint64 most = uint64((uint256(pot) * 2) / seats);
        return share < most ? share : most;
    }

    /// @dev Requester's account in a public id (40 + 16 + 32 bits).
    function _requesterOf(uint256 jobId) private pure returns (uint40) {
        return uint40(jobId >> 48);
    }

    function _requireWithin(uint256 value, uint256 low, uint256 high) private pure {
        if (value < low || value > high) revert CourtOutOfBounds(value, low, high);
    }
}
