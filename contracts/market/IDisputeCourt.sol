// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IReviewPanel} from "../review/IReviewPanel.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {Agreement} from "./JobTypes.sol";

/// @title IDisputeCourt
/// @notice Resolver of disputed jobs that lets a drawn panel decide (SPEC 6, 7): brings a dispute before the panel,
/// takes the bond of an appeal, passes the verdict to the escrow and pays who judged.
/// @dev A vault module (SPEND) with an account of its own. The escrow pays the job's review fee to that account when
/// the court rules; the fee, and the bond of an appeal that changed nothing, go in equal parts to the panel's payees.
/// No payee gets more than twice the part that it would get if every seat were paid; the rest is protocol fee.
///
/// Held (I1): vault.heldBy(court) = sum of the bonds of open appeals. Without a verdict in time the escrow's own split
/// ends the job; the court then returns the bond.
///
/// An appeal that changed nothing costs its bond only when the escrow took the verdict: otherwise nobody is paid. Nor
/// does it when nobody heard it: Valid that stands because no panel of the appeal came to vote. Else those who sat on
/// the first panel would earn the bond by keeping a second one from voting.
interface IDisputeCourt {
    /// @notice What disputes are judged by; one case a job.
    /// @param question question before the panel, 0 when none
    /// @param appellant account that appealed, 0 when none
    /// @param bond bond of the appeal, token wei
    /// @param against verdict that was appealed
    /// @param closed whether the case is over
    struct Case {
        bytes32 question;
        uint40 appellant;
        uint256 bond;
        IReviewPanel.Finding against;
        bool closed;
    }

    /// @notice A dispute is before the panel. `resultDigest` is under review.
    event CaseOpened(
        IJobEscrow indexed escrow,
        uint256 indexed jobId,
        bytes32 indexed question,
        uint8 domain,
        bytes32 resultDigest
    );
    /// @notice A party appealed with `bond` token wei.
    event CaseAppealed(bytes32 indexed question, uint40 indexed appellant, uint256 bond);
    /// @notice The case is over. `ruled`: the escrow took the verdict; else the job had ended or there was none.
    /// `rightDigest` is the digest of the verdict, `share` what each of `payees` payees got, token wei.
    event CaseClosed(
        IJobEscrow indexed escrow,
        uint256 indexed jobId,
        bytes32 indexed question,
        IReviewPanel.Finding finding,
        bytes32 rightDigest,
        bool ruled,
        uint256 payees,
        uint256 share
    );
    /// @notice The bond went back, `amount` token wei.
    event BondReturned(bytes32 indexed question, uint40 indexed appellant, uint256 amount);
    /// @notice The court could not debit its account of `amount` token wei of a review fee: it stays there for the
    /// owner, who pays by hand.
    event FeeStranded(bytes32 indexed question, uint256 amount);
    /// @notice Jobs of an escrow may come before the court, or no more.
    event EscrowChanged(IJobEscrow indexed escrow, bool allowed);
    /// @notice New cases have `seats` seats and, unless their service is listed, `domain`.
    event TermsChanged(uint8 seats, uint8 domain);
    /// @notice Validators of `domain` judge a service from now on.
    event ServiceDomainChanged(uint32 indexed service, uint8 domain);
    /// @notice Stranded fees, `amount` token wei, went to `to`.
    event FeesWithdrawn(address indexed to, uint256 amount);

    /// @notice An address must not be zero.
    error CourtZeroAddress();
    /// @notice A value is outside its bounds.
    error CourtOutOfBounds(uint256 value, uint256 low, uint256 high);
    /// @notice The escrow is not one of the court's.
    error CourtUnknownEscrow(IJobEscrow escrow);
    /// @notice The agreement is not the job's, or names another resolver.
    error CourtWrongAgreement(uint256 jobId);
    /// @notice The job is not in dispute, or its dispute deadline is over.
    error CourtNotDisputed(uint256 jobId);
    /// @notice The job has no open case.
    error CourtNoCase(uint256 jobId);
    /// @notice The caller is neither the job's requester, nor who accused, nor the owner of its GPU.
    error CourtNotParty(uint256 jobId, address caller);
    /// @notice The escrow gives a dispute fewer seconds than a question can take (IReviewPanel.longestQuestion).
    error CourtDeadlineShort(uint256 disputeSeconds, uint256 longestQuestion);
    /// @notice Only who the verdict goes against may appeal: the requester or who
    /// accused against Valid, the GPU's owner against
    /// guilt.
    error CourtNotAggrieved(uint256 jobId, address caller);

    /// @notice Anyone: brings a disputed job before the panel. Requester, GPU owner and the agreement's payees never
    /// sit.
    /// @dev Emits CaseOpened. Reverts CourtUnknownEscrow, CourtWrongAgreement, CourtNotDisputed, and as the panel
    /// (PanelKnownQuestion for a second time).
    function openCase(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement
    ) external returns (bytes32 question);

    /// @notice The party that the verdict goes against, within the panel's appeal window: appeals, with a bond of twice
    /// the review fee from its vault account, which must have authorised the court.
    /// @dev Emits CaseAppealed. Reverts CourtNoCase, CourtWrongAgreement, CourtNotDisputed, CourtNotParty,
    /// CourtNotAggrieved, and as panel and vault.
    function appeal(IJobEscrow escrow, uint256 jobId, Agreement calldata agreement) external;

    /// @notice Anyone, once the panel's question can be closed: closes it, passes the verdict to the escrow while that
    /// takes one, and pays.
    /// @dev Emits CaseClosed. An ended job, or one past its dispute deadline, ends the case without a ruling. Reverts
    /// CourtNoCase, and as panel and escrow.
    function conclude(IJobEscrow escrow, uint256 jobId, Agreement calldata agreement) external;

    /// @notice Anyone: lets the court debit its own account, once the vault knows it as a module.
    function authorise() external;

    /// @notice Owner: lets jobs of an escrow come before the court, or not; open cases go on.
    /// @dev Emits EscrowChanged. Reverts CourtZeroAddress, and CourtDeadlineShort when the escrow's dispute deadline is
    /// shorter than the longest question of the panel (SPEC 12). Waits for rounds come on top of that.
    function setEscrow(IJobEscrow escrow, bool allowed) external;

    /// @notice Owner: seats of new cases, odd, 3..15, and the domain of services without one of their own.
    function setTerms(uint8 seats, uint8 domain) external;

    /// @notice Owner: validators of which domain judge a service.
    function setServiceDomain(uint32 service, uint8 domain) external;

    /// @notice Owner: pays out stranded fees. Emits FeesWithdrawn.
    function withdrawFees(address to) external returns (uint256 amount);

    /// @notice Panel that decides.
    function panel() external view returns (IReviewPanel);

    /// @notice Vault where fees are earned.
    function vault() external view returns (IPaymentVault);

    /// @notice Account of the court.
    function account() external view returns (uint40);

    /// @notice Case of a job.
    function caseOf(IJobEscrow escrow, uint256 jobId) external view returns (Case memory);

    /// @notice Subject of a job's question: keccak256(abi.encode(chain id, escrow, jobId)).
    function subjectOf(IJobEscrow escrow, uint256 jobId) external view returns (bytes32);

    /// @notice Seats and domain of new cases.
    function terms() external view returns (uint8 seats, uint8 domain);

    /// @notice Domain whose validators judge a service.
    function domainOf(uint32 service) external view returns (uint8);

    /// @notice Whether jobs of an escrow may come before the court.
    function isEscrow(IJobEscrow escrow) external view returns (bool);
}
