import { Interface, isError, type ErrorDescription, type ErrorFragment, type Result } from "ethers";
import { formatTokens, weiOf } from "./amounts";
import { formatJobId } from "./jobId";
import { jobStatus, JobStatus } from "./status";

/** Why a contract refused, for people and for machines. */
export interface Refusal {
  /** Name of the custom error, `Error` or `Panic`, or `unknown` when there was nothing to decode. */
  readonly name: string;
  /** Its values by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** One sentence. */
  readonly sentence: string;
}

/** Errors that reach callers from libraries and OpenZeppelin's contracts, beyond the market's own interfaces. */
const COMMON_ERRORS = [
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  "error ERC2612ExpiredSignature(uint256 deadline)",
  "error ERC2612InvalidSigner(address signer, address owner)",
  "error SafeERC20FailedOperation(address token)",
  "error ReentrancyGuardReentrantCall()",
  "error OwnableUnauthorizedAccount(address account)",
  "error InvalidAccountNonce(address account, uint256 currentNonce)",
  "error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)",
  "error ERC721NonexistentToken(uint256 tokenId)",
  "error BitFieldOverflow(uint256 value, uint256 bits)",
  "error UnitsNotWhole(uint256 amountWei)",
  "error PricingSumTooLarge(uint256 sum)",
  "error OnlyOwner(address caller)",
];

const commonInterface = new Interface(COMMON_ERRORS);

type Values = Readonly<Record<string, unknown>>;

const big = (values: Values, name: string): bigint => BigInt(values[name] as bigint);
const job = (values: Values): string => `job ${formatJobId(big(values, "jobId"))}`;
const time = (values: Values, name: string): string => new Date(Number(big(values, name)) * 1000).toISOString();
const status = (values: Values, name = "status"): string => JobStatus[jobStatus(big(values, name))].toLowerCase();
const tokens = (values: Values, name: string): string => `${formatTokens(big(values, name))} tokens`;
const gweiTokens = (values: Values, name: string): string => `${formatTokens(weiOf(big(values, name)))} tokens`;
const text = (values: Values, name: string): string => String(values[name]);

/** Sentences for the refusals that users meet. The others are spelt out from their names and values. */
const SENTENCES: Readonly<Record<string, (values: Values) => string>> = {
  EscrowPaused: () => "new jobs are stopped at present; running ones go on",
  EscrowUnknownJob: (v) => `there is no job ${text(v, "jobId")}, or its ring index holds a later one`,
  EscrowWrongStatus: (v) => `${job(v)} is ${status(v)}, which does not allow this`,
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
  EscrowWrongMode: (v) => `${job(v)} is accepted in another way`,
  EscrowWrongCommitment: (v) => `what was revealed is not what was sealed for ${job(v)}`,
  EscrowVerifierNotAllowed: (v) => `verifier ${text(v, "verifier")} is not allowed here`,
  EscrowProofRejected: (v) => `the verifier found the proof for ${job(v)} false`,
  EscrowSequencerDown: () => "the chain's sequencer is down or came back less than an hour ago; nobody is late yet",
  EscrowNoRefundDue: (v) => `nothing is owed for ${job(v)}`,
  EscrowNothingToCollect: (v) => `${text(v, "account")} has no draw fees to collect`,
  VaultNoAccount: (v) => `${text(v, "holder")} has no vault account; deposit first`,
  VaultInsufficientBalance: (v) =>
    `vault account ${text(v, "account")} holds ${tokens(v, "balance")}, ${tokens(v, "amount")} are needed`,
  VaultNotAuthorised: (v) => `vault account ${text(v, "account")} has not authorised ${text(v, "module")} to spend`,
  VaultSignatureExpired: (v) => `the signature was good until ${time(v, "deadline")}`,
  VaultInvalidSignature: (v) => `the signature is not one of ${text(v, "holder")} for this`,
  BeaconTooSoon: (v) => `the next round may be requested from ${time(v, "earliest")} on`,
  BeaconRoundUnanswered: (v) =>
    `round ${text(v, "round")} waits for its answer; it may be replaced from ${time(v, "rerequestAt")} on`,
  BeaconUnderpaid: (v) => `a round costs ${text(v, "price")} wei at this gas price, ${text(v, "paid")} were sent`,
  BeaconNoSeed: (v) => `round ${text(v, "round")} has no seed yet`,
  CatalogUnknownService: (v) => `there is no service ${text(v, "service")}`,
  CatalogUnknownClass: (v) => `there is no GPU class ${text(v, "classId")}`,
  CatalogZeroUnits: () => "at least one unit must be asked for",
  RegistryUnknownGpu: (v) => `there is no GPU ${text(v, "gpu")}`,
  RegistryBadPossession: (v) => `the proof of possession is not signed by device ${text(v, "device")}`,
  RegistryNoFreeSlot: (v) => `GPU ${text(v, "gpu")} has no free slot`,
  RegistryLeaving: (v) => `GPU ${text(v, "gpu")} is leaving`,
  ERC20InsufficientBalance: (v) =>
    `${text(v, "sender")} holds ${tokens(v, "balance")}, ${tokens(v, "needed")} are needed`,
  ERC20InsufficientAllowance: (v) =>
    `${text(v, "spender")} may spend ${tokens(v, "allowance")}, ${tokens(v, "needed")} are needed`,
  OwnableUnauthorizedAccount: (v) => `${text(v, "account")} is not the owner`,
  GovernorNonexistentProposal: (v) => `there is no proposal ${text(v, "proposalId")}`,
  GovernorRestrictedProposer: (v) => `the description must end with #proposer=${text(v, "proposer")}`,
  GovernorInsufficientProposerVotes: (v) =>
    `${text(v, "proposer")} has ${formatTokens(big(v, "votes"))} votes, ${formatTokens(big(v, "threshold"))} are needed to propose`,
  GovernorProposalLive: (v) => `${text(v, "proposer")} has a proposal whose vote is not over: ${text(v, "proposalId")}`,
  GovernorAlreadyCastVote: (v) => `${text(v, "voter")} has no votes left for this proposal`,
  GovernorUnableToCancel: (v) => `${text(v, "account")} may not cancel this proposal now`,
  GovernorUnexpectedProposalState: (v) => `proposal ${text(v, "proposalId")} is in a state that does not allow this`,
  TimelockUnexpectedOperationState: () => "the delay of the timelock is not over, or this was done before",
  GuardianNotHolder: (v) => `${text(v, "caller")} is not the guardian`,
  GuardianExpired: (v) => `there is no guardian since ${time(v, "expiredAt")}`,
  GuardianOwnReplacement: () => "the guardian cannot cancel its own replacement",
  GuardianTooSoon: (v) => `the guardian may pause again from ${time(v, "next")} on`,
  DelegableOnlyDesk: (v) => `${text(v, "caller")} cannot choose for others`,
  StakeVotesNoAccount: (v) => `${text(v, "holder")} has no vault account, and so no stake to vote with`,
  ArbiterNotAllowed: (v) => `${text(v, "caller")} is not an arbiter`,
  ResolverVerdictMismatch: () => "the verdict does not follow from the digests",
};

/**
 * Explains why a call or a transaction was refused.
 * @param error what ethers threw, or anything with it as a cause
 * @param interfaces ABIs whose custom errors may appear
 * @returns undefined when the error is no refusal by a contract
 */
export function explainRefusal(error: unknown, interfaces: readonly Interface[]): Refusal | undefined {
  const data = revertData(error);
  if (data === undefined) return undefined;
  for (const abi of [...interfaces, commonInterface]) {
    const found = parse(abi, data);
    if (found !== null) return describe(found);
  }
  if (data === "0x") return { name: "unknown", values: {}, sentence: "the contract refused without saying why" };
  return { name: "unknown", values: { data }, sentence: `the contract refused with ${data.slice(0, 74)}` };
}

/** An ABI knows `Error(string)` and `Panic(uint256)` too. */
function parse(abi: Interface, data: string): ErrorDescription | null {
  try {
    return abi.parseError(data);
  } catch {
    return null; // The selector matches and the values do not decode: not this ABI's error.
  }
}

function describe({ name, args, fragment }: ErrorDescription): Refusal {
  const values = valuesOf(fragment, args);
  return { name, values, sentence: sentenceOf(name, values) };
}

function sentenceOf(name: string, values: Values): string {
  if (name === "Error") return String(Object.values(values)[0]);
  try {
    const known = SENTENCES[name]?.(values);
    if (known !== undefined) return known;
  } catch {
    // A value that the sentence cannot show, such as an id of a job that cannot exist: spell it out instead.
  }
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const shown = Object.entries(values).map(([key, value]) => `${key} ${String(value)}`);
  return shown.length === 0 ? words : `${words} (${shown.join(", ")})`;
}

/** Values by name; by position where an ABI gives no names, as for `Error(string)`. */
function valuesOf(fragment: ErrorFragment, args: Result): Record<string, unknown> {
  const named = fragment.inputs.map(({ name }, index): [string, unknown] => [name || String(index), args[index]]);
  return Object.fromEntries(named);
}

/** Revert data inside an error or its causes: from eth_call, eth_estimateGas or a replay. */
function revertData(error: unknown): string | undefined {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (isError(cause, "CALL_EXCEPTION")) return cause.data ?? "0x";
    const data =
      dataIn((cause as { error?: unknown }).error) ?? dataIn((cause as { info?: { error?: unknown } }).info?.error);
    if (data !== undefined) return data;
  }
  return undefined;
}

/** Nodes put the data in `data`, or in an object there, or only say that it reverted. */
function dataIn(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { data, message } = error as { data?: unknown; message?: unknown };
  if (typeof data === "string" && /^0x([0-9a-f]{2})*$/i.test(data)) return data;
  if (typeof data === "object" && data !== null) return dataIn(data);
  return typeof message === "string" && /revert/i.test(message) ? "0x" : undefined;
}
