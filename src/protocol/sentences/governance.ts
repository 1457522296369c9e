import { big, outOfBounds, text, time, tokens, type Sentences } from "./values";

const PROPOSAL_STATES = ["pending", "active", "cancelled", "defeated", "succeeded", "queued", "expired", "executed"];

/** Sentences for the errors of votes, governor, timelock and guardian. */
export const GOVERNANCE_SENTENCES: Sentences = {
  DeskNoSources: () => "no source of votes was named",
  DeskSignatureExpired: (v) => `the delegation was good until ${time(v, "expiry")}`,
  DeskInvalidSignature: (v) => `the delegation is not signed by ${text(v, "account")}`,
  CompositeVotesSameSource: (v) => `source ${text(v, "source")} is named twice, and its votes would count twice`,
  CompositeVotesWrongClock: (v) => `source ${text(v, "source")} does not count time in seconds`,
  CompositeVotesWrongDesk: (v) => `source ${text(v, "source")} follows another delegation desk, ${text(v, "desk")}`,
  CompositeVotesUseDesk: (v) => `delegate at the delegation desk ${text(v, "desk")}, which sets every source`,
  PauseNotGuardian: (v) => `${text(v, "caller")} is not the guardian`,
  PauseTooLong: (v) => `a stop until ${time(v, "until")} is too long: ${time(v, "latest")} at the latest`,
  GuardianZeroAddress: () => "the zero address was given where an address is needed",
  GuardianNotHolder: (v) => `${text(v, "caller")} is not the guardian`,
  GuardianNotTimelock: (v) => `${text(v, "caller")} is not the timelock`,
  GuardianExpired: (v) => `the guardian's time ended at ${time(v, "expiredAt")}`,
  GuardianOwnReplacement: () => "the guardian cannot cancel its own replacement",
  GuardianTooSoon: (v) => `the guardian may stop new work again from ${time(v, "next")} on`,
  GuardianOutOfBounds: (v) =>
    `a stop of ${text(v, "duration")} s is outside of ${text(v, "low")} to ${text(v, "high")} s`,
  GovernorOutOfBounds: outOfBounds,
  GovernorProposalLive: (v) => `${text(v, "proposer")} has proposal ${text(v, "proposalId")} open; one at a time`,
  GovernorProposalTooLong: (v) => `the proposal has ${text(v, "length")} bytes, ${text(v, "longest")} can be kept`,
  RecordTooManyActions: (v) => `a proposal of ${text(v, "actions")} actions is too long`,
  CodeStoreFailed: () => "the proposal could not be kept: too little gas",
  GovernorAlreadyCastVote: (v) => `${text(v, "voter")} has voted already`,
  GovernorAlreadyQueuedProposal: (v) => `proposal ${text(v, "proposalId")} is queued already`,
  GovernorDisabledDeposit: () => "the governor takes no native coin",
  GovernorExceedRemainingWeight: (v) =>
    `${text(v, "voter")} has ${tokens(v, "remainingWeight")} of its votes left, ${tokens(v, "usedVotes")} were cast`,
  GovernorInsufficientProposerVotes: (v) =>
    `${text(v, "proposer")} has votes of ${tokens(v, "votes")}, a proposal needs ${tokens(v, "threshold")}`,
  GovernorInvalidProposalLength: (v) =>
    `a proposal needs as many targets (${text(v, "targets")}) as calls (${text(v, "calldatas")}) and values (${text(v, "values")})`,
  GovernorInvalidQuorumFraction: (v) =>
    `a quorum of ${text(v, "quorumNumerator")} of ${text(v, "quorumDenominator")} cannot be reached`,
  GovernorInvalidSignature: (v) => `the vote is not signed by ${text(v, "voter")}`,
  GovernorInvalidVoteParams: () => "the parameters of the vote cannot be read",
  GovernorInvalidVoteType: () => "a vote is against, for or abstaining",
  GovernorInvalidVotingPeriod: (v) => `a voting period of ${text(v, "votingPeriod")} s is none`,
  GovernorNonexistentProposal: (v) => `there is no proposal ${text(v, "proposalId")}`,
  GovernorOnlyExecutor: (v) => `${text(v, "account")} is not the timelock: this needs a proposal`,
  GovernorPreventLateQuorumVoteExtensionTooLarge: (v) =>
    `an extension of ${text(v, "newVoteExtension")} s is above the most, ${text(v, "maxVoteExtension")} s`,
  GovernorProposalQueueingFailed: (v) => `proposal ${text(v, "proposalId")} could not be queued`,
  GovernorProposalQueueingNotRequired: (v) => `proposal ${text(v, "proposalId")} needs no queue`,
  GovernorRestrictedProposer: (v) =>
    `the description names another proposer than ${text(v, "proposer")}, or none: it ends with #proposer= and the address`,
  GovernorUnableToCancel: (v) => `${text(v, "account")} cannot cancel proposal ${text(v, "proposalId")}`,
  GovernorUnexpectedProposalState: (v) =>
    `proposal ${text(v, "proposalId")} is ${PROPOSAL_STATES[Number(big(v, "current"))] ?? text(v, "current")}, which does not allow this`,
  TimelockInvalidAppointer: (v) => `${text(v, "appointer")} cannot appoint the governor`,
  TimelockNotAppointer: (v) => `${text(v, "caller")} may not appoint the governor`,
  TimelockInvalidGovernor: (v) => `${text(v, "governor")} is no contract and cannot be the governor`,
  TimelockDelayOutOfBounds: (v) =>
    `a delay of ${text(v, "delay")} s is outside of ${text(v, "low")} to ${text(v, "high")} s`,
  TimelockInsufficientDelay: (v) => `a delay of ${text(v, "delay")} s is below the least, ${text(v, "minDelay")} s`,
  TimelockInvalidOperationLength: (v) =>
    `an operation needs as many targets (${text(v, "targets")}) as calls (${text(v, "payloads")}) and values (${text(v, "values")})`,
  TimelockUnauthorizedCaller: (v) => `${text(v, "caller")} is not the timelock: this needs a proposal`,
  TimelockUnexecutedPredecessor: (v) => `operation ${text(v, "predecessorId")} has to be executed before`,
  TimelockUnexpectedOperationState: (v) => `operation ${text(v, "operationId")} is not in a state that allows this`,
};
