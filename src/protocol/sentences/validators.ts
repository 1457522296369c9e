import { gweiTokens, outOfBounds, text, time, tokens, type Sentences } from "./values";

/** Sentences for the errors of the validators' registry. */
export const VALIDATOR_SENTENCES: Sentences = {
  ValidatorsZeroAddress: () => "the zero address was given where an address is needed",
  ValidatorsOutOfBounds: outOfBounds,
  ValidatorsUnknown: (v) => `account ${text(v, "validator")} is no validator`,
  ValidatorsKnown: (v) => `account ${text(v, "validator")} is a validator already`,
  ValidatorsNotOwner: (v) => `${text(v, "caller")} does not own validator ${text(v, "validator")}`,
  ValidatorsNotWorker: (v) => `${text(v, "caller")} is neither operator nor owner of validator ${text(v, "validator")}`,
  ValidatorsZeroAmount: () => "the amount has to be more than nothing",
  ValidatorsStakeShort: (v) =>
    `the stake would be ${gweiTokens(v, "stakeGwei")}; it has to be ${gweiTokens(v, "minimumGwei")} at least`,
  ValidatorsStakeEnough: (v) =>
    `validator ${text(v, "validator")} has ${gweiTokens(v, "stakeGwei")} at stake and keeps its places; below ${gweiTokens(v, "minimumGwei")} it would not`,
  ValidatorsNotOutLongEnough: (v) =>
    `validator ${text(v, "validator")} has to be unavailable for 3 days first; try again after ${time(v, "from")}`,
  ValidatorsSameAvailability: (v) =>
    `validator ${text(v, "validator")} is ${v.available === true ? "available" : "unavailable"} already`,
  ValidatorsDomainFull: (v) => `domain ${text(v, "domain")} has no place for another validator`,
  ValidatorsTrancheOpen: (v) => `stake of validator ${text(v, "validator")} is unbonding already; take it out first`,
  ValidatorsNoTranche: (v) => `no stake of validator ${text(v, "validator")} is unbonding`,
  ValidatorsStillUnbonding: (v) => `the stake is unbonding until ${time(v, "endsAt")}`,
  ValidatorsSeatsOpen: (v) =>
    `validator ${text(v, "validator")} sits on ${text(v, "openSeats")} panels whose questions are open`,
  ValidatorsNoSeat: (v) => `validator ${text(v, "validator")} has no open seat`,
  ValidatorsMissingScope: (v) => `module ${text(v, "module")} lacks the right ${text(v, "scope")}`,
  ValidatorsUnknownScopes: (v) => `${text(v, "scopes")} names rights that do not exist`,
  ValidatorsStaleFreeze: (v) => `a pool frozen at ${time(v, "frozenAt")} can't be drawn from now; 3 days is the limit`,
  ValidatorsStopped: () => "registering and draws are stopped at present",
  ValidatorsTransferShort: (v) =>
    `the token delivered ${tokens(v, "received")} of ${tokens(v, "expected")}; a fee on transfer is refused`,
};
