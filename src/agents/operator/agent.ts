import { join } from "node:path";
import { EventFollower, StaleHead, type Batch } from "../../chain/follower";
import { LogReader, type ChainLog } from "../../chain/logs";
import type { BlockInfo } from "../../chain/rpc";
import type { TransactionSender } from "../../chain/sender";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { type Agreement } from "../../protocol/agreement";
import { decodeAgreement, encodeAgreement } from "../../protocol/hashes";
import {
  decodeEscrowEvent,
  decodeRegistryEvent,
  escrowTopics,
  numberTopic,
  registryTopics,
} from "../../protocol/events";
import { formatJobId } from "../../protocol/jobId";
import { JobStatus, jobStatus } from "../../protocol/status";
import { jobWord, type JobWord } from "../../protocol/words";
import { readCheck } from "../shared/chains";
import { CommandFailure, EXIT } from "../shared/exit";
import { isPassing } from "../shared/failures";
import { readHistory } from "../shared/history";
import type { Reporter } from "../shared/report";
import { canAppeal, isForCourt, questionFor, readQuestion } from "../shared/review";
import { reviewOf, type Session } from "../shared/session";
import { JobActions } from "./actions";
import type { OperatorConfig } from "./config";
import { decide } from "./decide";
import { operatorStateSchema, stateToJson, type OperatorJob, type OperatorState } from "./state";

/** Postings remembered, so that an agreement is found in one look; older ones are searched for. */
const MAX_POSTED = 4096;
/** Rounds that may see a head below our own newest transaction before it counts as reorganised away. */
const STALE_LIMIT = 10;
/** Longest pause before a refused step is tried again, rounds. */
const MAX_PAUSE_ROUNDS = 64;

export interface OperatorOptions {
  readonly session: Session;
  readonly sender: TransactionSender;
  /** Sends what the owner alone may; the working key's sender where they are the same. */
  readonly ownerSender: TransactionSender;
  readonly config: OperatorConfig;
  readonly reporter: Reporter;
}

/** An agent that takes up its work far behind the registrations cannot find them; working for none would cost the owner. */
const UNKNOWN_GPUS =
  "no GPU is known here, as none was registered from this state folder: name them in the configuration, as in " +
  '"gpus": [12]';

/** Notes a GPU that was registered, for an agent that begins later: it reads no events that far back on a public chain. */
export async function noteGpu(session: Session, gpu: bigint): Promise<void> {
  const file = operatorStateFile(session);
  const state = file.read() ?? (await freshState(session));
  if (!state.gpus.includes(gpu)) file.write({ ...state, gpus: [...state.gpus, gpu] });
}

/** The file that an operator's state is kept in. */
export function operatorStateFile(session: Session): StateFile<OperatorState> {
  return new StateFile(join(session.stateDir, "operator.json"), operatorStateSchema, stateToJson);
}

/**
 * Works for GPUs: follows the chain, judges and does the jobs they are drawn for, delivers, and sees them settled.
 * Every round asks the chain where each job stands and decides from that alone, so rounds may fail, repeat, or be cut
 * short at any point.
 */
export class OperatorAgent {
  readonly #options: OperatorOptions;
  readonly #file: StateFile<OperatorState>;
  readonly #follower: EventFollower;
  readonly #actions: JobActions;
  readonly #gpus: Set<bigint>;
  readonly #pauses = new Map<bigint, { failures: number; rounds: number }>();
  #state: OperatorState;
  #staleSeen = 0;

  private constructor(options: OperatorOptions, state: OperatorState) {
    const { session, sender, ownerSender, config, reporter } = options;
    const { market } = session;
    this.#options = options;
    this.#state = state;
    this.#file = operatorStateFile(session);
    this.#gpus = new Set(config.gpus === "all" ? state.gpus : config.gpus.map(BigInt));
    this.#follower = new EventFollower({
      rpc: session.rpc,
      filter: {
        addresses: [market.at.escrow, market.at.registry],
        topics: [
          [...escrowTopics(["JobPosted", "JobAssigned"]), ...registryTopics(["GpuRegistered", "OperatorChanged"])],
        ],
      },
      fromBlock: market.manifest.blockNumber,
    });
    this.#actions = new JobActions({
      session,
      sender,
      ownerSender,
      config,
      reporter,
      save: () => this.#save(),
      tempt: (job, moment) => this.#tempt(job, moment),
    });
  }

  /** Opens the stored state, or begins one. Throws InvalidState when the stored one is of another deployment. */
  static async open(options: OperatorOptions): Promise<OperatorAgent> {
    const { session } = options;
    const stored = operatorStateFile(session).read();
    if (stored === undefined && options.config.gpus === "all" && !session.chain.isLocal) {
      throw new CommandFailure(EXIT.usage, UNKNOWN_GPUS);
    }
    const state = stored ?? (await freshState(session));
    // What was drawn while nobody looked is searched for at once.
    state.sweptAt = 0;
    if (state.chainId !== session.chain.chainId || state.escrow !== session.market.at.escrow) {
      throw new InvalidState(`${session.stateDir} holds the state of another deployment: give this one its own folder`);
    }
    return new OperatorAgent(options, state);
  }

  /** GPUs worked for. */
  get gpus(): readonly bigint[] {
    return [...this.#gpus];
  }

  /** Jobs at hand. */
  get jobs(): readonly Readonly<OperatorJob>[] {
    return this.#state.jobs;
  }

  /** One round: news from the chain, then a step for every job. Throws when the chain cannot be read. */
  async tick(): Promise<void> {
    const batch = await this.#follower.poll(this.#state.cursor);
    this.#assertFresh(batch.head);
    for (const log of batch.logs) this.#take(log, batch.head);
    this.#state.cursor = batch.cursor;
    if (batch.rolledBackTo !== undefined) this.#noteReorg(batch);
    // Also while catching up: what was drawn during a long absence has to be accepted before the past is read.
    if (batch.head.timestamp - this.#state.sweptAt >= this.#options.config.sweepSeconds) await this.#sweep(batch.head);
    if (batch.logs.length > 0 || batch.rolledBackTo !== undefined) this.#save();
    for (const job of [...this.#state.jobs]) await this.#advance(job, batch.head);
  }

  /** Ends the work; unfinished jobs go on after the next start. */
  async close(): Promise<void> {
    await this.#actions.close();
    this.#save();
  }

  #assertFresh(head: BlockInfo): void {
    const newest = this.#options.sender.newestBlock;
    if (head.number >= newest) {
      this.#staleSeen = 0;
    } else if (++this.#staleSeen < STALE_LIMIT) {
      throw new StaleHead(`the endpoint is at block ${head.number}, a transaction of ours is in block ${newest}`);
    }
  }

  #noteReorg({ rolledBackTo, head }: Batch): void {
    const sentence = `blocks after ${rolledBackTo} were replaced, the head is ${head.number}: reading again`;
    this.#options.reporter.news("reorg", sentence, { rolledBackTo, head: head.number });
    // An assignment may now be another one; what the chain says decides in each job's next step.
    this.#state.sweptAt = 0;
  }

  // EVENTS

  #take(log: ChainLog, head: BlockInfo): void {
    if (log.address === this.#options.session.market.at.registry.toLowerCase()) return this.#takeRegistry(log);
    const event = decodeEscrowEvent(log);
    if (event?.name === "JobPosted") {
      this.#state.posted = [...this.#state.posted, [event.jobId, log.blockNumber] as [bigint, number]].slice(
        -MAX_POSTED,
      );
    }
    if (event?.name === "JobAssigned" && this.#gpus.has(event.gpu)) {
      this.#remember(event.jobId, event.gpu, event.attempt, head);
    }
  }

  #takeRegistry(log: ChainLog): void {
    const event = decodeRegistryEvent(log);
    if (this.#options.config.gpus !== "all" || event === undefined) return;
    const us = this.#options.sender.address;
    if (event.name === "GpuRegistered" && event.operator === us) this.#addGpu(event.gpu);
    if (event.name === "OperatorChanged" && event.newOperator === us) this.#addGpu(event.gpu);
    if (event.name === "OperatorChanged" && event.oldOperator === us && event.newOperator !== us) {
      this.#gpus.delete(event.gpu);
      this.#state.gpus = [...this.#gpus];
    }
  }

  #addGpu(gpu: bigint): void {
    if (this.#gpus.has(gpu)) return;
    this.#gpus.add(gpu);
    this.#state.gpus = [...this.#gpus];
    this.#options.reporter.news("gpu", `works for GPU ${gpu}`, { gpu });
  }

  #remember(jobId: bigint, gpu: bigint, attempt: bigint, head: BlockInfo): void {
    const known = this.#state.jobs.find((job) => job.jobId === jobId);
    // While catching up, draws are read that are long over. What the chain says of a job decides in its next step.
    if (known !== undefined && (known.attempt > attempt || (known.attempt === attempt && known.gpu === gpu))) return;
    const job: OperatorJob = {
      jobId,
      gpu,
      attempt,
      postedAt: this.#state.posted.findLast(([posted]) => posted === jobId)?.[1],
      seenAt: head.timestamp,
      namedStep: 0,
      failedRuns: 0,
    };
    this.#tempt(job, "drawn");
    if (known !== undefined) this.#drop(known);
    this.#state.jobs.push(job);
    this.#save();
    const name = formatJobId(jobId);
    this.#options.reporter.news("assigned", `job ${name} (GPU ${gpu}): drawn, attempt ${attempt}`, {
      job: name,
      gpu,
      attempt,
    });
  }

  /** For tests and demonstrations: breaks the rules in as many jobs as the configuration says. */
  #tempt(job: OperatorJob, moment: "drawn" | "checkpoint"): void {
    const { misbehave } = this.#options.config;
    if (misbehave === undefined || job.misbehaves !== undefined) return;
    const needsCheckpoint = misbehave.how === "silentAfterFirstCheckpoint" || misbehave.how === "poisonedCheckpoint";
    const isOver = misbehave.jobs !== 0 && this.#state.misbehaved >= misbehave.jobs;
    if (isOver || needsCheckpoint !== (moment === "checkpoint")) return;
    job.misbehaves = misbehave.how;
    this.#state.misbehaved++;
  }

  #drop(job: OperatorJob): void {
    this.#actions.drop(job.jobId);
    this.#pauses.delete(job.jobId);
    this.#state.jobs = this.#state.jobs.filter((other) => other !== job);
  }

  // COMPLETENESS

  /** Compares each GPU's count of jobs with ours: an endpoint that hid an assignment is found out. */
  async #sweep(head: BlockInfo): Promise<void> {
    for (const gpu of this.#gpus) {
      const { active } = await this.#options.session.market.registry.gpuOf(gpu);
      const known = await this.#openJobsOf(gpu);
      if (active > BigInt(known)) await this.#searchJobs(gpu, Number(active) - known, head);
    }
    this.#state.sweptAt = head.timestamp;
    this.#save();
  }

  async #openJobsOf(gpu: bigint): Promise<number> {
    let open = 0;
    for (const job of this.#state.jobs.filter((candidate) => candidate.gpu === gpu)) {
      const word = await this.#wordOf(job.jobId);
      if (word !== undefined && holds(word, gpu) && word.attempt === job.attempt) open++;
    }
    return open;
  }

  async #searchJobs(gpu: bigint, missing: number, head: BlockInfo): Promise<void> {
    const { session } = this.#options;
    const reader = new LogReader(session.rpc, session.chain.logRange);
    const filter = {
      addresses: [session.market.at.escrow],
      topics: [escrowTopics(["JobAssigned"]), null, [numberTopic(gpu)]],
    };
    const first = session.market.manifest.contracts.JobEscrow.block;
    const searched = new Set<bigint>();
    for (let to = head.number; to >= first && missing > 0; to -= session.chain.logRange) {
      const logs = await reader.read(filter, Math.max(first, to - session.chain.logRange + 1), to);
      for (const log of logs.reverse()) {
        const event = decodeEscrowEvent(log);
        if (event?.name !== "JobAssigned" || searched.has(event.jobId)) continue;
        searched.add(event.jobId);
        const word = await this.#wordOf(event.jobId);
        if (word === undefined || !holds(word, gpu)) continue;
        const known = this.#state.jobs.find(({ jobId }) => jobId === event.jobId);
        if (known?.attempt === word.attempt) continue;
        if (known !== undefined) this.#drop(known);
        this.#remember(event.jobId, gpu, word.attempt, head);
        missing--;
      }
    }
  }

  // STEPS

  async #advance(job: OperatorJob, head: BlockInfo): Promise<void> {
    if (!this.#state.jobs.includes(job) || this.#isPaused(job)) return;
    try {
      const word = await this.#wordOf(job.jobId);
      if (word === undefined) return this.#forget(job, "its ring index holds a later job", head);
      const agreement = await this.#agreementOf(job);
      const config = this.#configFor(job);
      const isRunning = this.#actions.isRunning(job.jobId);
      const hasRoom = this.#actions.running < config.maxParallel;
      const isAppealable = await this.#isAppealable(job, word, agreement, head);
      const isOpenable = await this.#isOpenable(job, word, agreement, head);
      const now = head.timestamp;
      const action = decide({ job, word, agreement, now, isRunning, hasRoom, isOpenable, isAppealable, config });
      if (action.do === "forget") return this.#forget(job, action.why, head, word);
      job.endedAt = undefined;
      await this.#actions.act(action, { job, word, agreement, head });
      this.#pauses.delete(job.jobId);
    } catch (error) {
      this.#noteFailure(job, error);
    }
  }

  async #isAppealable(job: OperatorJob, word: JobWord, agreement: Agreement, head: BlockInfo): Promise<boolean> {
    const { session, config } = this.#options;
    if (!config.appeal || jobStatus(word.status) !== JobStatus.Disputed || !isForCourt(session, agreement))
      return false;
    const question = await readQuestion(reviewOf(session), questionFor(session, job.jobId));
    return canAppeal(question, "owner", head.timestamp);
  }

  async #isOpenable(job: OperatorJob, word: JobWord, agreement: Agreement, head: BlockInfo): Promise<boolean> {
    const { session } = this.#options;
    const isDisputed = jobStatus(word.status) === JobStatus.Disputed && isForCourt(session, agreement);
    if (!isDisputed || job.chainRoot === undefined) return false;
    const check = await readCheck(session, job.jobId);
    return check !== undefined && !check.opened && head.timestamp <= check.openEnd;
  }

  /** A misbehaving operator names its checkpoint at once, and seals a result where it means to keep it. */
  #configFor(job: OperatorJob): OperatorConfig {
    const { config } = this.#options;
    if (job.misbehaves === undefined) return config;
    return {
      ...config,
      checkpointSeconds: 0,
      commitReveal: config.commitReveal || job.misbehaves === "commitWithoutReveal",
    };
  }

  /** Forgets a job, no earlier than its end is settled: a reorg may bring it back, and its result must be at hand then. */
  #forget(job: OperatorJob, why: string, head: BlockInfo, word?: JobWord): void {
    this.#actions.stop(job.jobId);
    job.endedAt ??= head.number;
    if (head.number < job.endedAt + this.#options.session.chain.confirmations) return;
    this.#drop(job);
    this.#save();
    const name = formatJobId(job.jobId);
    const fields = {
      job: name,
      gpu: job.gpu,
      status: word === undefined ? undefined : JobStatus[jobStatus(word.status)],
    };
    this.#options.reporter.news("ended", `job ${name} (GPU ${job.gpu}): ${why}`, fields);
  }

  /** What can pass by itself is tried again, after a while; the rest is a mistake of this program and ends it. */
  #noteFailure(job: OperatorJob, error: unknown): void {
    const refusal = this.#options.session.explain(error);
    if (!isPassing(error) && refusal === undefined) throw error;
    const failures = (this.#pauses.get(job.jobId)?.failures ?? 0) + 1;
    this.#pauses.set(job.jobId, { failures, rounds: Math.min(2 ** failures, MAX_PAUSE_ROUNDS) });
    const reason = refusal?.sentence ?? (error instanceof Error ? error.message : String(error));
    const name = formatJobId(job.jobId);
    const fields = { job: name, gpu: job.gpu, error: refusal?.name, reason };
    this.#options.reporter.news("stepFailed", `job ${name} (GPU ${job.gpu}): ${reason}`, fields);
  }

  #isPaused(job: OperatorJob): boolean {
    const pause = this.#pauses.get(job.jobId);
    if (pause === undefined || pause.rounds === 0) return false;
    pause.rounds--;
    return true;
  }

  async #wordOf(jobId: bigint): Promise<JobWord | undefined> {
    const { session } = this.#options;
    try {
      return jobWord.decode(await session.market.escrow.jobOf(jobId));
    } catch (error) {
      if (session.explain(error)?.name === "EscrowUnknownJob") return undefined;
      throw error;
    }
  }

  async #agreementOf(job: OperatorJob): Promise<Agreement> {
    if (job.agreement !== undefined) return decodeAgreement(job.agreement);
    const { posted } = await readHistory(this.#options.session, job.jobId, job.postedAt);
    job.agreement = encodeAgreement(posted.event.agreement);
    job.postedAt = posted.block;
    this.#save();
    return posted.event.agreement;
  }

  #save(): void {
    this.#file.write(this.#state);
  }
}

function holds(word: JobWord, gpu: bigint): boolean {
  const status = jobStatus(word.status);
  return word.gpu === gpu && (status === JobStatus.Assigned || status === JobStatus.Committed);
}

/** On a public chain a new agent starts at the head: reading all of its history would take days. */
async function freshState(session: Session): Promise<OperatorState> {
  const { chain, market } = session;
  const first = market.manifest.blockNumber - 1;
  const block = chain.isLocal ? first : Math.max(first, (await session.head()).number - chain.reorgDepth);
  return {
    version: 1,
    chainId: chain.chainId,
    escrow: market.at.escrow,
    cursor: { block, hashes: [] },
    sweptAt: 0,
    gpus: [],
    posted: [],
    jobs: [],
    misbehaved: 0,
  };
}
