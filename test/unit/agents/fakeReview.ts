import { getAddress, id, Interface, keccak256, Transaction, ZeroAddress, ZeroHash, type Result } from "ethers";
import { agreementFrom, agreementStruct, type Agreement } from "../../../src/protocol/agreement";
import { hashAgreement, questionOfJob, voteCommitmentOf } from "../../../src/protocol/hashes";
import { findingOf } from "../../../src/protocol/review";
import { Finding, JobStatus, QuestionStatus, RoundStatus } from "../../../src/protocol/status";
import { jobReserves, jobTerms, jobWord } from "../../../src/protocol/words";
import { tokenInterface } from "../../../src/chain/contracts";
import {
  IDisputeCourt__factory,
  IGpuRegistry__factory,
  IJobEscrow__factory,
  IPaymentVault__factory,
  IRandomnessBeacon__factory,
  IReviewPanel__factory,
  IValidatorRegistry__factory,
} from "../../../typechain-types";
import { FakeNode, type FakeBlock, type FakeLog, type Request } from "../chain/fakeNode";

const CHAIN_ID = 31337n;
const DAY = 86_400;
const at = (name: string): string => getAddress(`0x${id(name).slice(-40)}`);

/** Addresses of the made-up deployment, by name in the manifest. */
export const ADDRESSES = Object.fromEntries(
  [
    "ComputeToken",
    "PaymentVault",
    "RandomnessBeacon",
    "GpuRegistry",
    "AssetRegistry",
    "ServiceCatalog",
    "JobEscrow",
    "GovernedArbiter",
    "AttestationVerifier",
    "StakeVotes",
    "ValidatorRegistry",
    "ReviewPanel",
    "DisputeCourt",
  ].map((name) => [name, at(name)]),
) as Record<string, string>;

const addressOf = (name: string): string => ADDRESSES[name] as string;
export const ESCROW = addressOf("JobEscrow");
export const PANEL = addressOf("ReviewPanel");
export const COURT = addressOf("DisputeCourt");
export const VALIDATORS = addressOf("ValidatorRegistry");
const BEACON = addressOf("RandomnessBeacon");
const VAULT = addressOf("PaymentVault");
const TOKEN = addressOf("ComputeToken");
const REGISTRY = addressOf("GpuRegistry");

/** Manifest of the made-up deployment. */
export const MANIFEST = {
  chainId: 31337,
  blockNumber: 0,
  contracts: Object.fromEntries(Object.entries(ADDRESSES).map(([name, address]) => [name, { address, block: 0 }])),
};

export const escrowAbi: Interface = IJobEscrow__factory.createInterface();
export const panelAbi: Interface = IReviewPanel__factory.createInterface();
export const courtAbi: Interface = IDisputeCourt__factory.createInterface();
const beaconAbi: Interface = IRandomnessBeacon__factory.createInterface();
const vaultAbi: Interface = IPaymentVault__factory.createInterface();
const registryAbi: Interface = IGpuRegistry__factory.createInterface();
const validatorsAbi: Interface = IValidatorRegistry__factory.createInterface();

const erc20Abi = new Interface([
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
]);

interface Ballot {
  validator: bigint;
  commitment: string;
  digest: string;
  revealed: boolean;
}

/** A question of the made-up panel. */
export interface FakeQuestion {
  asker: string;
  jobId: bigint;
  claim: string;
  drawn: boolean;
  tallied: boolean;
  closed: boolean;
  instance: number;
  redrawn: boolean;
  round: number;
  frozenAt: number;
  commitEnd: number;
  revealEnd: number;
  appealEnd: number;
  deadline: number;
  finding: Finding;
  digest: string;
  appellant: bigint;
  ballots: Ballot[];
}

interface FakeJob {
  status: JobStatus;
  due: number;
  gpu: bigint;
  agreement: Agreement;
  resultDigest: string;
}

interface World {
  jobs: Map<bigint, FakeJob>;
  questions: Map<string, FakeQuestion>;
  rounds: { status: RoundStatus; requestedAt: number }[];
  openSeats: number;
  /** `account:module` of those that may debit. */
  authorised: string[];
  allowance: bigint;
  validator: { operator: string; domains: number; available: boolean; stake: bigint; unbonding: bigint };
}

const NOBODY = { operator: ZeroAddress, domains: 0, available: false, stake: 0n, unbonding: 0n };

interface Call {
  readonly from: string;
  readonly value: bigint;
}

type Outcome = readonly unknown[] | (() => FakeLog[]);
type Method = (args: Result, call: Call) => Outcome;

class Reverted extends Error {
  constructor(readonly data: string) {
    super("execution reverted");
  }
}

function refuse(abi: Interface, name: string, ...values: unknown[]): never {
  throw new Reverted(abi.encodeErrorResult(name, values));
}

/** A log of one of the made-up contracts. */
export function logOf(address: string, abi: Interface, name: string, values: readonly unknown[]): FakeLog {
  const fragment = abi.getEvent(name);
  if (fragment === null) throw new Error(`no event ${name}`);
  const { topics, data } = abi.encodeEventLog(fragment, values);
  return { address, topics, data };
}

/** An agreement of a job for the court; `change` as it differs. */
export function agreementWith(change: Partial<Agreement> = {}): Agreement {
  const blank = agreementFrom({
    requester: ZeroAddress,
    model: 1n,
    dataset: 0n,
    modelHash: id("model"),
    datasetHash: ZeroHash,
    inputDigest: id("input"),
    parametersHash: ZeroHash,
    note: ZeroHash,
    terms: 0n,
    windows: 0n,
    lines: 0n,
    reserves: 0n,
    resolver: COURT,
    verifier: ZeroAddress,
    verifierGas: 0n,
  });
  const reserves = { ...jobReserves.decode(0n), reviewFee: 3n };
  return { ...blank, terms: { ...jobTerms.decode(0n), units: 1n }, reserves, ...change };
}

/**
 * A node of a made-up chain with escrow, beacon, court, panel and registry, as far as validators need them: a model of their
 * interfaces in a few lines, for tests of agents before, and apart from, the contracts.
 */
export class FakeReview extends FakeNode {
  /** Validators that the next draw seats, in order. */
  nextPanel: bigint[] = [1n, 2n, 3n];
  /** Vault accounts by holder; validators are accounts. */
  readonly accounts = new Map<string, bigint>();
  /** Balance of every vault account, token wei. */
  balance = 5n;
  /** Wei that a round costs. */
  price = 1_000n;
  /** Commitments and reveals in the order they were accepted. */
  readonly accepted: string[] = [];
  /** Transactions taken, as `to.function`. */
  readonly sent: string[] = [];
  #skipped = 0;
  #world: World = {
    jobs: new Map(),
    questions: new Map(),
    rounds: [],
    openSeats: 0,
    authorised: [],
    allowance: 0n,
    validator: { operator: ZeroAddress, domains: 1, available: true, stake: 10n ** 21n, unbonding: 0n },
  };
  readonly #past = new Map<number, World>();
  readonly #nonces = new Map<string, number>();
  readonly #receipts = new Map<string, object>();

  // TIME

  /** Mines a block so many seconds later. */
  skip(seconds: number): FakeBlock {
    this.#skipped += seconds;
    return this.mine();
  }

  override mine(logs: readonly FakeLog[] = []): FakeBlock {
    const block = super.mine(logs);
    // Fields are not there yet when the first block is mined.
    if (#past in this) this.#past.set(block.number, structuredClone(this.#world));
    return block;
  }

  override fork(depth: number): void {
    super.fork(depth);
    const world = this.#past.get(this.head.number);
    if (world !== undefined) this.#world = structuredClone(world);
  }

  get now(): number {
    return this.head.timestamp;
  }

  protected override timeOf(number: number): number {
    return super.timeOf(number) + (#skipped in this ? this.#skipped : 0);
  }

  // SET UP

  /** A job that was posted, delivered and is now disputed. */
  dispute(jobId: bigint, agreement: Agreement, resultDigest: string, seconds = 14 * DAY): void {
    const posted = [jobId, 9n, 1n, 0n, agreementStruct(agreement)];
    this.mine([logOf(ESCROW, escrowAbi, "JobPosted", posted)]);
    const due = this.now + seconds;
    this.#world.jobs.set(jobId, { status: JobStatus.Disputed, due, gpu: 7n, agreement, resultDigest });
    this.mine([logOf(ESCROW, escrowAbi, "JobDisputed", [jobId, due])]);
  }

  endJob(jobId: bigint, status: JobStatus): void {
    const job = this.#world.jobs.get(jobId);
    if (job !== undefined) job.status = status;
    this.mine();
  }

  questionOf(jobId: bigint): string {
    return questionOfJob(COURT, { chainId: CHAIN_ID, escrow: ESCROW, jobId });
  }

  /** The question about a job, to be looked at or changed. */
  question(jobId: bigint): FakeQuestion {
    const found = this.#world.questions.get(this.questionOf(jobId));
    if (found === undefined) throw new Error(`nothing was asked about job ${jobId}`);
    return found;
  }

  /** Does what anyone may do, as a stranger. */
  act(name: "openCase" | "requestRound" | "draw" | "tally", jobId: bigint): void {
    const call = { from: at("stranger"), value: this.price };
    const job = this.#world.jobs.get(jobId);
    if (name === "openCase" && job !== undefined) {
      this.#take(COURT, courtAbi.encodeFunctionData(name, [ESCROW, jobId, agreementStruct(job.agreement)]), call);
    } else {
      this.#take(PANEL, panelAbi.encodeFunctionData(name, [this.questionOf(jobId)]), call);
    }
  }

  /** A panel decides: every seat says the same. */
  decide(jobId: bigint, digest: string): void {
    const question = this.question(jobId);
    const finding = findingOf(question.claim, digest);
    Object.assign(question, { tallied: true, finding, digest, appealEnd: this.now + 2 * DAY });
    this.mine([logOf(PANEL, panelAbi, "QuestionDecided", [this.questionOf(jobId), 0, finding, digest])]);
  }

  /** A job is delivered: it can be rejected. */
  deliver(jobId: bigint, agreement: Agreement, resultDigest: string): void {
    this.dispute(jobId, agreement, resultDigest);
    this.endJob(jobId, JobStatus.Delivered);
  }

  /** Answers every round that waits. */
  answerRounds(): void {
    for (const round of this.#world.rounds)
      if (round.status === RoundStatus.Requested) round.status = RoundStatus.Answered;
    this.mine();
  }

  /** Brings a dispute to the point where its panel is drawn. */
  seat(jobId: bigint, ...validators: bigint[]): void {
    this.nextPanel = validators;
    this.act("openCase", jobId);
    this.act("requestRound", jobId);
    this.answerRounds();
    this.act("draw", jobId);
  }

  /** Another validator seals a vote. */
  commitAs(jobId: bigint, validator: bigint, commitment: string): void {
    const question = this.questionOf(jobId);
    const ballot = this.question(jobId).ballots.find((one) => one.validator === validator);
    if (ballot !== undefined) ballot.commitment = commitment;
    this.mine([logOf(PANEL, panelAbi, "VoteCommitted", [question, validator, commitment])]);
  }

  // ANSWERS

  protected override reply(request: Request): object {
    try {
      return { result: this.#answer(request) };
    } catch (cause) {
      if (!(cause instanceof Reverted)) throw cause;
      return { error: { code: 3, message: "execution reverted", data: cause.data } };
    }
  }

  #answer(request: Request): unknown {
    const { method, params } = request;
    const call = (params[0] ?? {}) as { to?: string; data?: string; from?: string; value?: string };
    const caller = { from: getAddress(call.from ?? ZeroAddress), value: BigInt(call.value ?? "0x0") };
    switch (method) {
      case "eth_call":
        return this.#call(call.to ?? "", call.data ?? "0x", caller).result;
      case "eth_estimateGas":
        this.#call(call.to ?? "", call.data ?? "0x", caller);
        return "0x186a0";
      case "eth_getTransactionCount":
        return `0x${(this.#nonces.get(getAddress(String(params[0]))) ?? 0).toString(16)}`;
      case "eth_getTransactionReceipt":
        return this.#receipts.get(String(params[0])) ?? null;
      case "eth_maxPriorityFeePerGas":
        return "0x1";
      case "eth_getBalance":
        return "0xde0b6b3a7640000";
      case "eth_sendRawTransaction":
        return this.#mineTransaction(Transaction.from(String(params[0])));
      default:
        return this.result(request);
    }
  }

  #mineTransaction(transaction: Transaction): string {
    const { hash, from, to, data, value, nonce } = transaction;
    if (hash === null || from === null || to === null) throw new Error("the transaction is not signed");
    if ((this.#nonces.get(from) ?? 0) !== nonce) return hash;
    this.#nonces.set(from, nonce + 1);
    let status = 1;
    let block: FakeBlock;
    try {
      block = this.#take(to, data, { from, value });
    } catch (cause) {
      if (!(cause instanceof Reverted)) throw cause;
      status = 0;
      block = this.mine();
    }
    const logs = block.logs.map((log, index) => ({ ...this.log(block, log, index), transactionIndex: "0x0" }));
    this.#receipts.set(hash, {
      transactionHash: hash,
      from,
      to,
      contractAddress: null,
      transactionIndex: "0x0",
      blockNumber: `0x${block.number.toString(16)}`,
      blockHash: block.hash,
      gasUsed: "0x186a0",
      cumulativeGasUsed: "0x186a0",
      effectiveGasPrice: "0x8",
      logsBloom: `0x${"0".repeat(512)}`,
      status: `0x${status}`,
      type: "0x2",
      logs,
    });
    return hash;
  }

  #take(to: string, data: string, call: Call): FakeBlock {
    const { apply, name } = this.#call(to, data, call);
    this.sent.push(name);
    return this.mine(apply());
  }

  #call(to: string, data: string, call: Call): { result: string; apply: () => FakeLog[]; name: string } {
    const address = getAddress(to);
    const [abi, methods] = this.#contracts()[address] ?? [];
    const found = abi?.parseTransaction({ data }) ?? undefined;
    const method = found === undefined ? undefined : methods?.[found.name];
    if (abi === undefined || found === undefined || method === undefined) {
      throw new Error(`the made-up contract at ${address} has no ${found?.name ?? data.slice(0, 10)}`);
    }
    const outcome = method(found.args, call);
    if (typeof outcome === "function") return { result: "0x", apply: outcome, name: found.name };
    return { result: abi.encodeFunctionResult(found.name, outcome), apply: () => [], name: found.name };
  }

  #contracts(): Record<string, [Interface, Record<string, Method>]> {
    return {
      [ESCROW]: [escrowAbi, this.#escrow()],
      [BEACON]: [beaconAbi, this.#beacon()],
      [VAULT]: [vaultAbi, this.#vault()],
      [TOKEN]: [tokenInterface, this.#token()],
      [REGISTRY]: [registryAbi, this.#registry()],
      [VALIDATORS]: [validatorsAbi, this.#validators()],
      [COURT]: [courtAbi, this.#court()],
      [PANEL]: [panelAbi, this.#panel()],
    };
  }

  #job(jobId: bigint): FakeJob {
    return this.#world.jobs.get(jobId) ?? refuse(escrowAbi, "EscrowUnknownJob", jobId);
  }

  #escrow(): Record<string, Method> {
    return {
      jobOf: ([jobId]) => {
        const { status, due, gpu } = this.#job(jobId as bigint);
        return [jobWord.encode({ ...jobWord.decode(0n), status: BigInt(status), due: BigInt(due), gpu })];
      },
      reject: ([jobId]) => {
        const job = this.#job(jobId as bigint);
        if (job.status !== JobStatus.Delivered) refuse(escrowAbi, "EscrowWrongStatus", jobId, job.status);
        return () => {
          job.status = JobStatus.Disputed;
          return [logOf(ESCROW, escrowAbi, "JobDisputed", [jobId, job.due])];
        };
      },
      resultOf: ([jobId]) => [this.#job(jobId as bigint).resultDigest],
      agreementHashOf: ([jobId]) => {
        const place = { chainId: CHAIN_ID, escrow: ESCROW, jobId: jobId as bigint };
        return [hashAgreement(place, this.#job(place.jobId).agreement)];
      },
    };
  }

  #beacon(): Record<string, Method> {
    const { rounds } = this.#world;
    return {
      currentRound: () => [rounds.length],
      roundInfo: ([round]) => {
        const { status = RoundStatus.None, requestedAt = 0 } = rounds[Number(round) - 1] ?? {};
        return [status, requestedAt, 0, false];
      },
      settings: () => [[ZeroHash, 0, 0, 10, 0, 0]],
      fallbackOpensAt: () => [0],
      fallbackTarget: () => [0],
      price: () => [this.price],
    };
  }

  #vault(): Record<string, Method> {
    const { authorised } = this.#world;
    const accountOf = (holder: unknown): bigint => this.accounts.get(String(holder)) ?? 0n;
    return {
      accountOf: ([holder]) => [accountOf(holder)],
      balanceOf: () => [this.balance],
      openAccount:
        ([holder]) =>
        () => {
          this.accounts.set(String(holder), 50n);
          return [];
        },
      isAuthorised: ([account, module]) => [authorised.includes(`${String(account)}:${String(module)}`)],
      setAuthorisation:
        ([module], { from }) =>
        () => {
          authorised.push(`${accountOf(from)}:${String(module)}`);
          return [];
        },
    };
  }

  #token(): Record<string, Method> {
    return {
      symbol: () => ["GPU"],
      balanceOf: () => [10n ** 24n],
      allowance: () => [this.#world.allowance],
      approve:
        ([, amount]) =>
        () => {
          this.#world.allowance = amount as bigint;
          return [];
        },
    };
  }

  /** Every GPU is of account 7. */
  #registry(): Record<string, Method> {
    return { gpuOf: () => [[7n, ZeroAddress, 1, 0, 1, 0, true, false, false, 0, 0, 0, 0]] };
  }

  /** Nobody is a validator: what registers becomes one. */
  forgetValidator(): void {
    this.#world.validator = { ...NOBODY };
  }

  /** Names the working key of the validator. */
  workAs(operator: string): void {
    this.#world.validator.operator = operator;
  }

  #validators(): Record<string, Method> {
    const known = this.#world.validator;
    const worksFor = (validator: bigint, caller: string): boolean =>
      this.accounts.get(caller) === validator || (known.operator === caller && known.operator !== ZeroAddress);
    const change = (values: Partial<typeof NOBODY>) => (): FakeLog[] => {
      Object.assign(known, values);
      return [];
    };
    return {
      worksFor: ([validator, caller]) => [worksFor(validator as bigint, String(caller))],
      terms: () => [[10n ** 12n, 21 * DAY, 100, 5, 20_000, 50_000, 100_000]],
      validatorOf: () => {
        const { operator, domains, available, stake, unbonding } = known;
        return [[operator, domains, available, 1, 0, 800_000, this.#world.openSeats, stake, unbonding, 0, 0]];
      },
      register: ([operator, domains, stake], { from }) => {
        const amount = stake as bigint;
        const missing = [VALIDATORS, this.#world.allowance, amount];
        if (this.#world.allowance < amount)
          throw new Reverted(erc20Abi.encodeErrorResult("ERC20InsufficientAllowance", missing));
        return () => {
          Object.assign(known, { operator, domains: Number(domains), available: true, stake: amount });
          this.accounts.set(from, 2n);
          return [logOf(VALIDATORS, validatorsAbi, "ValidatorRegistered", [2n, operator, domains, amount])];
        };
      },
      setAvailable: ([validator, available]) => {
        if (known.available === available) refuse(validatorsAbi, "ValidatorsSameAvailability", validator, available);
        return change({ available: Boolean(available) });
      },
      beginUnbond: () => change({ stake: 0n, unbonding: known.stake, available: false }),
      withdraw: () => change({ ...NOBODY }),
    };
  }

  #court(): Record<string, Method> {
    return {
      caseOf: ([, jobId]) => {
        const question = this.questionOf(jobId as bigint);
        const found = this.#world.questions.get(question);
        if (found === undefined) return [[ZeroHash, 0, 0, 0, false]];
        return [[question, found.appellant, 0, found.finding, found.closed]];
      },
      openCase: ([, jobId]) => {
        const job = this.#job(jobId as bigint);
        if (job.status !== JobStatus.Disputed || this.now > job.due) refuse(courtAbi, "CourtNotDisputed", jobId);
        const question = this.questionOf(jobId as bigint);
        if (this.#world.questions.has(question)) refuse(panelAbi, "PanelKnownQuestion", question);
        return () => this.#ask(question, jobId as bigint, job);
      },
      appeal: ([, jobId]) => {
        const question = this.questionOf(jobId as bigint);
        const found = this.question(jobId as bigint);
        if (this.#statusOf(found) !== QuestionStatus.Decided) {
          refuse(panelAbi, "PanelWrongStatus", question, this.#statusOf(found));
        }
        return () => {
          Object.assign(found, { instance: 1, drawn: false, tallied: false, appellant: 9n, ballots: [] });
          found.round = this.#world.rounds.length + 1;
          return [logOf(COURT, courtAbi, "CaseAppealed", [question, 9n, 6n])];
        };
      },
      conclude: ([, jobId]) => {
        const question = this.questionOf(jobId as bigint);
        const found = this.#world.questions.get(question) ?? refuse(courtAbi, "CourtNoCase", jobId);
        const isRipe = found.tallied && (found.instance === 1 || this.now > found.appealEnd);
        if (!isRipe && this.now <= found.deadline) refuse(panelAbi, "PanelTooEarly", question, found.appealEnd);
        return () => {
          found.closed = true;
          this.#world.openSeats = 0;
          return [logOf(PANEL, panelAbi, "QuestionClosed", [question, found.finding, found.digest])];
        };
      },
    };
  }

  #ask(question: string, jobId: bigint, job: FakeJob): FakeLog[] {
    const round = this.#world.rounds.length + 1;
    this.#world.questions.set(question, {
      asker: COURT,
      jobId,
      claim: job.resultDigest,
      drawn: false,
      tallied: false,
      closed: false,
      instance: 0,
      redrawn: false,
      round,
      frozenAt: this.now,
      commitEnd: 0,
      revealEnd: 0,
      appealEnd: 0,
      deadline: job.due,
      finding: Finding.None,
      digest: ZeroHash,
      appellant: 0n,
      ballots: [],
    });
    const asked = logOf(COURT, courtAbi, "CaseOpened", [ESCROW, jobId, question, 0, job.resultDigest]);
    return [logOf(PANEL, panelAbi, "PanelBound", [question, 0, false, 3, 9, round]), asked];
  }

  #panel(): Record<string, Method> {
    const found = (question: unknown): FakeQuestion => {
      const known = this.#world.questions.get(String(question));
      return known ?? refuse(panelAbi, "PanelWrongStatus", question, QuestionStatus.None);
    };
    const require = (question: unknown, status: QuestionStatus): FakeQuestion => {
      const known = found(question);
      if (this.#statusOf(known) !== status) refuse(panelAbi, "PanelWrongStatus", question, this.#statusOf(known));
      return known;
    };
    return {
      questionOf: ([question]) => [this.#viewOf(this.#world.questions.get(String(question)))],
      seatsOf: ([question]) => [found(question).ballots.map(({ validator }) => validator)],
      voteOf: ([question, seat]) => {
        const { commitment, digest, revealed } = found(question).ballots[Number(seat)] as Ballot;
        return [commitment !== "", revealed, revealed ? digest : commitment || ZeroHash];
      },
      requestRound: ([question], { value }) => {
        const { round } = require(question, QuestionStatus.Waiting);
        if (this.#world.rounds.length >= round) refuse(panelAbi, "PanelRoundAlive", question, round);
        if (value < this.price) refuse(beaconAbi, "BeaconUnderpaid", value, this.price);
        return () => {
          this.#world.rounds.push({ status: RoundStatus.Requested, requestedAt: this.now });
          return [];
        };
      },
      rebind: ([question]) => {
        const known = require(question, QuestionStatus.Waiting);
        return () => {
          Object.assign(known, { round: this.#world.rounds.length + 1, frozenAt: this.now });
          return [logOf(PANEL, panelAbi, "PanelBound", [question, 0, false, 3, 9, known.round])];
        };
      },
      draw: ([question], { from }) => {
        const known = require(question, QuestionStatus.Waiting);
        const round = this.#world.rounds[known.round - 1];
        if (round?.status !== RoundStatus.Answered) refuse(panelAbi, "PanelRoundUnanswered", question, known.round);
        return () => {
          const ballots = this.nextPanel.map((validator) => ({
            validator,
            commitment: "",
            digest: "",
            revealed: false,
          }));
          const commitEnd = this.now + DAY;
          Object.assign(known, { drawn: true, ballots, commitEnd, revealEnd: commitEnd + DAY });
          this.#world.openSeats++;
          return [logOf(PANEL, panelAbi, "PanelDrawn", [question, known.round, from, this.nextPanel])];
        };
      },
      commit: ([question, seat, commitment], { from }) => {
        const known = require(question, QuestionStatus.Committing);
        const ballot = known.ballots[Number(seat)] as Ballot;
        if (this.accounts.get(from) !== ballot.validator) refuse(panelAbi, "PanelNotSeated", question, seat, from);
        if (ballot.commitment !== "") refuse(panelAbi, "PanelVotedBefore", question, seat);
        return () => {
          ballot.commitment = String(commitment);
          this.accepted.push(`commit ${String(commitment)}`);
          return [logOf(PANEL, panelAbi, "VoteCommitted", [question, ballot.validator, commitment])];
        };
      },
      reveal: ([question, seat, digest, salt]) => {
        const known = require(question, QuestionStatus.Revealing);
        const ballot = known.ballots[Number(seat)] as Ballot;
        const place = { chainId: CHAIN_ID, panel: PANEL, question: String(question), round: BigInt(known.round) };
        const sealed = { validator: ballot.validator, digest: String(digest), salt: String(salt) };
        if (ballot.revealed || voteCommitmentOf(place, sealed) !== ballot.commitment) {
          refuse(panelAbi, "PanelWrongCommitment", question, seat);
        }
        return () => {
          Object.assign(ballot, { digest: String(digest), revealed: true });
          this.accepted.push(`reveal ${String(digest)}`);
          return [logOf(PANEL, panelAbi, "VoteRevealed", [question, ballot.validator, digest])];
        };
      },
      tally: ([question]) => {
        const known = require(question, QuestionStatus.Counting);
        return () => {
          const digest = known.ballots.find(({ revealed }) => revealed)?.digest ?? ZeroHash;
          known.finding = findingOf(known.claim, digest);
          Object.assign(known, { tallied: true, digest, appealEnd: this.now + 2 * DAY });
          return [logOf(PANEL, panelAbi, "QuestionDecided", [question, 0, known.finding, digest])];
        };
      },
    };
  }

  #statusOf(question: FakeQuestion | undefined): QuestionStatus {
    if (question === undefined) return QuestionStatus.None;
    if (question.closed) return QuestionStatus.Closed;
    if (!question.drawn) return QuestionStatus.Waiting;
    if (question.tallied) return QuestionStatus.Decided;
    const { ballots, commitEnd, revealEnd } = question;
    if (this.now <= commitEnd && ballots.some(({ commitment }) => commitment === "")) return QuestionStatus.Committing;
    const isOpen = ballots.some(({ revealed, commitment }) => commitment !== "" && !revealed);
    return this.now <= revealEnd && isOpen ? QuestionStatus.Revealing : QuestionStatus.Counting;
  }

  #viewOf(question: FakeQuestion | undefined): unknown[] {
    if (question === undefined) {
      return [0, ZeroAddress, ZeroHash, 0, 0, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, ZeroHash, false, false, 0];
    }
    const { asker, claim, instance, redrawn, ballots, frozenAt, round, deadline, finding, digest } = question;
    const ends = question.drawn ? [question.commitEnd, question.revealEnd, question.appealEnd] : [0, 0, 0];
    const place = [asker, claim, 0, instance, redrawn, ballots.length || 3, frozenAt, 9, round];
    return [
      this.#statusOf(question),
      ...place,
      ...ends,
      deadline,
      finding,
      digest,
      false,
      false,
      question.drawn ? 1 : 0,
    ];
  }
}

/** A digest that stands for a text. */
export function fakeDigest(text: string): `0x${string}` {
  return keccak256(Buffer.from(text)) as `0x${string}`;
}
