import { big, gweiTokens, job, outOfBounds, status, text, time, type Sentences } from "./values";

const MODES = ["acceptance", "proof"];
const VERDICTS = ["none", "valid", "invalid", "unavailable"];

/** Sentences for the errors of escrow, catalogue, resolver and verifier. */
export const MARKET_SENTENCES: Sentences = {
  EscrowPaused: () => "new jobs are stopped at present; running ones go on",
  EscrowZeroAddress: () => "the zero address was given where a contract is needed",
  EscrowOutOfBounds: outOfBounds,
  EscrowUnknownJob: (v) => `there is no job ${text(v, "jobId")}, or its ring index holds a later one`,
  EscrowWrongStatus: (v) => `${job(v)} is ${status(v)}, which does not allow this`,
  EscrowForbiddenTransition: (v) => `a job that is ${status(v, "from")} cannot become ${status(v, "to")}`,
  EscrowWrongAgreement: (v) => `the agreement given is not the one of ${job(v)}`,
  EscrowRingBusy: (v) => `ring index ${text(v, "ring")} still holds a job that is ${status(v)}`,
  EscrowPriceAboveMaximum: (v) =>
    `the price is ${gweiTokens(v, "totalGwei")}, above the maximum of ${gweiTokens(v, "maxTotalGwei")}`,
  EscrowQueueFull: (v) => `the queue of class ${text(v, "classId")} is full`,
  EscrowNotRequester: (v) => `${text(v, "caller")} did not post ${job(v)}`,
  EscrowNotOperator: (v) => `${text(v, "caller")} does not work for the GPU of ${job(v)}`,
  EscrowNotResolver: (v) => `${text(v, "caller")} is not the resolver of ${job(v)}`,
  EscrowTooEarly: (v) => `this is possible from ${time(v, "opensAt")} on`,
  EscrowTooLate: (v) => `this was possible until ${time(v, "closedAt")}`,
  EscrowBoundToRound: (v) => `${job(v)} is bound to round ${text(v, "round")} and cannot leave before its draw`,
  EscrowWrongTicket: (v) => `ticket ${text(v, "ticket")} is not the waiting one of ${job(v)}`,
  EscrowNothingWaiting: (v) => `no job waits in class ${text(v, "classId")}`,
  EscrowNoRound: (v) => `no open round has undrawn jobs in class ${text(v, "classId")}`,
  EscrowRoundOpen: (v) => `round ${text(v, "round")} is still open`,
  EscrowAlreadyAccepted: (v) => `${job(v)} was accepted already and can no longer be declined`,
  EscrowWrongMode: (v) =>
    `${job(v)} is accepted in another way: by ${MODES[Number(big(v, "mode"))] ?? text(v, "mode")}`,
  EscrowWrongCommitment: (v) => `what was revealed is not what was sealed for ${job(v)}`,
  EscrowVerifierNotAllowed: (v) => `verifier ${text(v, "verifier")} is not allowed here`,
  EscrowProofRejected: (v) => `the verifier found the proof for ${job(v)} false`,
  EscrowNotEnoughGas: (v) => `${text(v, "available")} gas is left, the verifier needs ${text(v, "required")}`,
  EscrowSequencerDown: () => "the chain's sequencer is down or came back less than an hour ago; nobody is late yet",
  EscrowInvalidVerdict: () => "a ruling has to be valid, invalid or unavailable",
  EscrowNoRefundDue: (v) => `nothing is owed for ${job(v)}`,
  EscrowNothingToCollect: (v) => `${text(v, "account")} has no draw fees to collect`,
  CatalogUnknownService: (v) => `there is no service ${text(v, "service")}`,
  CatalogUnknownClass: (v) => `there is no GPU class ${text(v, "classId")}`,
  CatalogZeroUnits: () => "at least one unit must be asked for",
  CatalogOutOfBounds: outOfBounds,
  CatalogNotWhole: (v) => `the draw unit ${text(v, "value")} is no multiple of 100000 units of 1e9 wei`,
  CatalogHashMismatch: (v) => `content hash ${text(v, "contentHash")} is not the one of asset ${text(v, "asset")}`,
  CatalogZeroAddress: () => "the zero address was given where a contract is needed",
  PricingSumTooLarge: (v) => `a price of ${text(v, "sum")} units of 1e9 wei is more than a price can be`,
  AttestationOutOfBounds: outOfBounds,
  AttestationSignersNotAscending: (v) => `signer ${text(v, "signer")} is zero or not above the one before it`,
  AttestationUnknownSet: (v) => `there is no set of signers ${text(v, "version")}, or it is retired already`,
  AttestationSetRetired: (v) => `set of signers ${text(v, "version")} is retired`,
  AttestationGasTooLow: (v) =>
    `${text(v, "available")} gas is left, a contract that signs needs ${text(v, "required")}`,
  ArbiterNotAllowed: (v) => `${text(v, "caller")} is not an arbiter`,
  ArbiterZeroAddress: () => "the zero address cannot be an arbiter",
  CourtZeroAddress: () => "the zero address was given where a contract is needed",
  CourtOutOfBounds: outOfBounds,
  CourtUnknownEscrow: (v) => `jobs of the escrow ${text(v, "escrow")} do not come before this court`,
  CourtWrongAgreement: (v) => `the agreement is not that of ${job(v)}, or names another resolver`,
  CourtNotDisputed: (v) => `${job(v)} is not in dispute, or its dispute deadline is over`,
  CourtNoCase: (v) => `${job(v)} has no open case`,
  CourtNotParty: (v) => `${text(v, "caller")} is neither the requester of ${job(v)} nor the owner of its GPU`,
  CourtDeadlineShort: (v) =>
    `the escrow gives a dispute ${text(v, "disputeSeconds")} s, a question can take ${text(v, "longestQuestion")} s`,
  CourtNotAggrieved: (v) => `the finding on ${job(v)} does not go against ${text(v, "caller")}`,
  ResolverVerdictMismatch: (v) =>
    `the verdict ${VERDICTS[Number(big(v, "verdict"))] ?? text(v, "verdict")} does not follow from the digests`,
};
