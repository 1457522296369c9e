// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {JobLines} from "../libraries/JobLines.sol";
import {JobReserves} from "../libraries/JobReserves.sol";
import {JobTerms} from "../libraries/JobTerms.sol";
import {JobWindows} from "../libraries/JobWindows.sol";

/// @notice States of a job; the arrows are in TransitionTable and docs/state-machines.md.
/// @param None never used
/// @param Posted paid for and waiting to be drawn
/// @param Assigned a GPU holds it (accepted or not)
/// @param Committed the result is sealed, the clock stopped
/// @param Delivered the result digest is known, the review window runs
/// @param Disputed rejected, challenged or contested, or the verifier failed; the resolver may rule
/// @param Settled paid
/// @param Refunded ruled invalid or unavailable, or convicted by a canary; the requester has its money back
/// @param Split no ruling in time
/// @param Cancelled by the requester before its round was requested
/// @param Expired closed without a result
/// @param Accused a canary was opened: the operator contests, or is convicted when it does not
enum JobStatus {
    None,
    Posted,
    Assigned,
    Committed,
    Delivered,
    Disputed,
    Settled,
    Refunded,
    Split,
    Cancelled,
    Expired,
    Accused
}

/// @notice How a result is accepted; more modes follow (SPEC 6).
/// @param Acceptance the requester accepts, or silence does
/// @param Proof a verifier contract decides
/// @param Optimistic the challenge window accepts, unless anyone challenges with a bond
enum JobMode {
    Acceptance,
    Proof,
    Optimistic
}

/// @notice What a resolver can say.
/// @param None not a ruling
/// @param Valid the result is right: the operator is paid
/// @param Invalid the result is wrong: refund, slash, fraud
/// @param Unavailable the result cannot be had: refund, non-completion
enum Verdict {
    None,
    Valid,
    Invalid,
    Unavailable
}

/// @notice Everything that is fixed when a job is posted. Only its hash is stored; the text is in JobPosted, and
/// callers bring it along. Nothing is read from the catalogue or from settings again (I18).
/// @param requester who posted it: accepts, rejects, cancels
/// @param model asset id of the model, paid modelRoyalty
/// @param dataset asset id of the dataset or 0, paid datasetRoyalty
/// @param modelHash content hash of the model that must be run
/// @param datasetHash content hash of the dataset or 0
/// @param inputDigest sha-256 digest of the input
/// @param parametersHash hash of the job's parameters
/// @param note opaque 32 bytes: random in ordinary jobs, IJobEscrow.canaryNoteOf in canaries
/// @param terms what is run, and its limits
/// @param windows windows, payees, named GPU
/// @param lines lines paid at settlement
/// @param reserves lines returned unless spent
/// @param resolver contract that rules on disputes
/// @param verifier contract that checks proofs, or zero
/// @param verifierGas gas for the verifier
struct Agreement {
    address requester;
    uint256 model;
    uint256 dataset;
    bytes32 modelHash;
    bytes32 datasetHash;
    bytes32 inputDigest;
    bytes32 parametersHash;
    bytes32 note;
    JobTerms terms;
    JobWindows windows;
    JobLines lines;
    JobReserves reserves;
    address resolver;
    address verifier;
    uint32 verifierGas;
}
