import { big, gweiTokens, job, outOfBounds, text, time, type Sentences } from "./values";

const STATUSES = ["never asked", "waiting", "committing", "revealing", "counting", "decided", "closed"];

function question(values: Readonly<Record<string, unknown>>): string {
  return `question ${text(values, "question").slice(0, 10)}`;
}

/** Sentences for the errors of validators, review panel and dispute court. */
export const REVIEW_SENTENCES: Sentences = {
  ValidatorsZeroAddress: () => "the zero address was given where an address is needed",
  ValidatorsOutOfBounds: outOfBounds,
  ValidatorsUnknown: (v) => `account ${text(v, "validator")} is no validator`,
  ValidatorsKnown: (v) => `account ${text(v, "validator")} is a validator already`,
  ValidatorsNotOwner: (v) => `${text(v, "caller")} does not own validator ${text(v, "validator")}`,
  ValidatorsNotWorker: (v) => `${text(v, "caller")} does not work for validator ${text(v, "validator")}`,
  ValidatorsZeroAmount: () => "the amount has to be more than nothing",
  ValidatorsStakeShort: (v) =>
    `the stake would be ${gweiTokens(v, "stakeGwei")}, ${gweiTokens(v, "minimumGwei")} are the least`,
  ValidatorsNotOutLongEnough: (v) =>
    `validator ${text(v, "validator")} has to be out for 3 days: until ${time(v, "from")}`,
  ValidatorsSameAvailability: (v) =>
    `validator ${text(v, "validator")} is ${text(v, "available") === "true" ? "available" : "not available"} already`,
  ValidatorsDomainFull: (v) => `the list of domain ${text(v, "domain")} is full`,
  ValidatorsTrancheOpen: (v) => `stake of validator ${text(v, "validator")} is unbonding already; take it out first`,
  ValidatorsNoTranche: (v) => `no stake of validator ${text(v, "validator")} is unbonding`,
  ValidatorsStillUnbonding: (v) => `the stake is unbonding until ${time(v, "endsAt")}`,
  ValidatorsSeatsOpen: (v) =>
    `validator ${text(v, "validator")} sits on ${text(v, "openSeats")} panels whose questions are not closed`,
  ValidatorsNoSeat: (v) => `validator ${text(v, "validator")} has no open seat`,
  ValidatorsMissingScope: (v) => `module ${text(v, "module")} lacks the right ${text(v, "scope")}`,
  ValidatorsUnknownScopes: (v) => `${text(v, "scopes")} names rights that do not exist`,
  ValidatorsStaleFreeze: (v) => `a pool frozen at ${time(v, "frozenAt")} can no longer, or not yet, be drawn from`,
  ValidatorsStopped: () => "registering and draws of validators are stopped at present",
  PanelZeroAddress: () => "the zero address was given where an address is needed",
  PanelOutOfBounds: outOfBounds,
  PanelEvenSeats: (v) => `a panel of ${text(v, "seats")} seats could come to a draw: the number has to be odd`,
  PanelZeroClaim: () => "a question needs a digest to review",
  PanelNotAsker: (v) => `${text(v, "caller")} may not ask the panel`,
  PanelNotArbiter: (v) => `${text(v, "caller")} may not confirm verdicts`,
  PanelKnownQuestion: (v) => `${question(v)} was asked before`,
  PanelWrongStatus: (v) =>
    `${question(v)} is ${STATUSES[Number(big(v, "status"))] ?? text(v, "status")}, which does not allow this`,
  PanelNotSeated: (v) =>
    `${text(v, "caller")} does not work for the validator of seat ${text(v, "seat")} of ${question(v)}`,
  PanelVotedBefore: (v) => `seat ${text(v, "seat")} of ${question(v)} has voted already`,
  PanelWrongCommitment: (v) => `what was revealed is not what seat ${text(v, "seat")} of ${question(v)} sealed`,
  PanelZeroCommitment: () => "a commitment must not be zero",
  PanelRoundUnanswered: (v) => `round ${text(v, "round")} of ${question(v)} has no seed yet`,
  PanelRoundAlive: (v) => `round ${text(v, "round")} of ${question(v)} can still be used`,
  PanelTooEarly: (v) => `this is possible from ${time(v, "opensAt")} on`,
  PanelTooLate: (v) => `this was possible until ${time(v, "closedAt")}`,
  PanelNoAppeal: (v) => `the verdict of ${question(v)} was appealed before, or there is none`,
  PanelNothingToConfirm: (v) => `the verdict of ${question(v)} needs no confirmation, or has it`,
  PanelUnconfirmed: (v) => `an arbiter has to confirm the verdict of ${question(v)} first`,
  CourtZeroAddress: () => "the zero address was given where a contract is needed",
  CourtOutOfBounds: outOfBounds,
  CourtUnknownEscrow: (v) => `jobs of ${text(v, "escrow")} do not come before this court`,
  CourtWrongAgreement: (v) => `the agreement given is not the one of ${job(v)}, or names another resolver`,
  CourtNotDisputed: (v) => `${job(v)} is not in dispute, or its dispute deadline is over`,
  CourtNoCase: (v) => `${job(v)} has no open case`,
  CourtNotParty: (v) => `${text(v, "caller")} is neither requester nor owner of the GPU of ${job(v)}`,
  CourtNotAggrieved: (v) => `the verdict on ${job(v)} does not go against ${text(v, "caller")}`,
};
