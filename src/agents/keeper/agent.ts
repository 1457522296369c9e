import { join } from "node:path";
import { Interface } from "ethers";
import { EventFollower } from "../../chain/follower";
import { expectedGasPrice } from "../../chain/fees";
import type { BlockInfo } from "../../chain/rpc";
import { TransactionRefused, type Intent, type TransactionSender } from "../../chain/sender";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { agreementStruct } from "../../protocol/agreement";
import { decodeAgreement, encodeAgreement } from "../../protocol/hashes";
import {
  decodeEscrowEvent,
  decodeRegistryEvent,
  escrowTopics,
  registryTopics,
  type EscrowEvent,
} from "../../protocol/events";
import { formatTokens } from "../../protocol/amounts";
import { formatJobId } from "../../protocol/jobId";
import { ENDED, JobStatus, jobStatus } from "../../protocol/status";
import { jobWord, queueEntry, queueWord } from "../../protocol/words";
import { stateToJson } from "../operator/state";
import { clockOf } from "../shared/clock";
import { isPassing } from "../shared/failures";
import { estimateGas, paddedGas } from "../shared/simulate";
import { call, openAccountOf } from "../shared/money";
import type { Reporter } from "../shared/report";
import { sendReported, type Session } from "../shared/session";
import type { KeeperConfig } from "./config";
import { paysOff, pendingIn, planTasks, waitingIn, type ClassSnapshot, type Snapshot, type Task } from "./plan";
import { keeperStateSchema, type KeeperJob, type KeeperState } from "./state";

export interface KeeperOptions {
  readonly session: Session;
  readonly sender: TransactionSender;
  readonly config: KeeperConfig;
  readonly reporter: Reporter;
}

/** Share of the gas cap of a transaction that an estimate may take, percent. */
const CAP_PERCENT = 75n;
/** Rounds that a refused task rests: someone else may have done it, or its time has not come. */
const REST_ROUNDS = 8;

const gasOracle = new Interface(["function getL1Fee(bytes data) view returns (uint256)"]);

/**
 * Keeps the market moving for pay: requests rounds, draws jobs, ends what is overdue. It reads the chain before every task,
 * simulates it, and sends it only where the fee covers the gas. Several keepers may race; losing costs a simulation.
 */
export class KeeperAgent {
  readonly #options: KeeperOptions;
  readonly #file: StateFile<KeeperState>;
  readonly #follower: EventFollower;
  readonly #resting = new Map<string, number>();
  /** Classes with waiting jobs that the events may not have told of. */
  readonly #foundClasses = new Set<number>();
  #sweepAt = 0;
  #jobs: Map<bigint, KeeperJob>;
  #dirty: Set<bigint>;
  #state: KeeperState;
  #isSaved = true;

  private constructor(options: KeeperOptions, state: KeeperState, file: StateFile<KeeperState>) {
    const { market, rpc } = options.session;
    this.#options = options;
    this.#file = file;
    this.#state = state;
    this.#jobs = new Map(state.jobs.map((job) => [job.jobId, job]));
    // What was known may have changed while nobody looked.
    this.#dirty = new Set(this.#jobs.keys());
    this.#follower = new EventFollower({
      rpc,
      filter: {
        addresses: [market.at.escrow, market.at.registry],
        topics: [[...escrowTopics(), ...registryTopics(["Slashed", "SlashFinalised", "SlashReversed"])]],
      },
      fromBlock: market.manifest.blockNumber,
    });
  }

  /** Opens the stored state, or begins one. Throws InvalidState when the stored one is of another deployment. */
  static async open(options: KeeperOptions): Promise<KeeperAgent> {
    const { session, config } = options;
    const file = new StateFile(join(session.stateDir, "keeper.json"), keeperStateSchema, stateToJson);
    const state = file.read() ?? (await freshState(session, config));
    if (state.chainId !== session.chain.chainId || state.escrow !== session.market.at.escrow) {
      throw new InvalidState(`${session.stateDir} holds the state of another deployment: give this one its own folder`);
    }
    return new KeeperAgent(options, state, file);
  }

  /** Open jobs known. */
  get jobs(): number {
    return this.#jobs.size;
  }

  /** One round: news from the chain, then every task that is due and pays. Throws when the chain cannot be read. */
  async tick(): Promise<void> {
    const batch = await this.#follower.poll(this.#state.cursor);
    for (const log of batch.logs) this.#take(log);
    if (batch.rolledBackTo !== undefined) this.#dirty = new Set(this.#jobs.keys());
    this.#state.cursor = batch.cursor;
    if (batch.logs.length > 0) this.#isSaved = false;
    if (!batch.isCurrent) return this.#save();
    await this.#refresh(batch.head);
    await this.#sweep();
    const snapshot = await this.#look(batch.head);
    const { config } = this.#options;
    for (const [key, rounds] of this.#resting) {
      if (rounds <= 1) this.#resting.delete(key);
      else this.#resting.set(key, rounds - 1);
    }
    for (const task of planTasks(snapshot, config.tasks, config.batch)) await this.#attempt(task, batch.head);
    this.#save();
    if (config.tasks.includes("collect") && !this.#resting.has("collect")) await this.#collect();
  }

  // NEWS

  #take(log: { address: string; topics: readonly string[]; data: string }): void {
    if (log.address === this.#options.session.market.at.registry.toLowerCase()) return this.#takeSlash(log);
    const event = decodeEscrowEvent(log);
    if (event === undefined) return;
    if (event.name === "JobPosted") this.#addJob(event);
    const job = this.#jobs.get(event.jobId);
    if (job === undefined) return;
    if (event.name === "JobRequeued") Object.assign(job, { ticket: event.ticket, front: event.front });
    this.#dirty.add(event.jobId);
  }

  #addJob(event: Extract<EscrowEvent, { name: "JobPosted" }>): void {
    const { jobId, agreement, ticket } = event;
    const status = JobStatus.Posted;
    this.#jobs.set(jobId, {
      jobId,
      agreement: encodeAgreement(agreement),
      ticket,
      front: false,
      status,
      due: 0,
      refundDue: false,
    });
  }

  #takeSlash(log: { topics: readonly string[]; data: string }): void {
    const event = decodeRegistryEvent(log);
    if (event?.name === "Slashed") {
      const { slash, holdUntil, pending } = event;
      const others = this.#state.slashes.filter((known) => known.slash !== slash);
      this.#state.slashes = [...others, { slash, holdUntil: Number(holdUntil), pending }];
    } else if (event?.name === "SlashFinalised" || event?.name === "SlashReversed") {
      this.#state.slashes = this.#state.slashes.filter((known) => known.slash !== event.slash);
    }
  }

  /** Reads the words of jobs that something happened to; forgets those that need nobody any more. */
  async #refresh(head: BlockInfo): Promise<void> {
    for (const { jobId, endedAt } of this.#jobs.values()) if (endedAt !== undefined) this.#dirty.add(jobId);
    for (const jobId of [...this.#dirty]) {
      const job = this.#jobs.get(jobId);
      if (job !== undefined) await this.#refreshJob(job, head);
      this.#dirty.delete(jobId);
    }
  }

  async #refreshJob(job: KeeperJob, head: BlockInfo): Promise<void> {
    const { session } = this.#options;
    this.#isSaved = false;
    let isOver = true;
    try {
      const word = jobWord.decode(await session.market.escrow.jobOf(job.jobId));
      const status = jobStatus(word.status);
      Object.assign(job, { status, due: Number(word.due), refundDue: word.refundDue });
      isOver = ENDED.has(status) && !word.refundDue;
    } catch (error) {
      if (session.explain(error)?.name !== "EscrowUnknownJob") throw error;
      job.status = JobStatus.None;
    }
    // A reorg may bring it back: it is forgotten no earlier than its end is settled.
    job.endedAt = isOver ? (job.endedAt ?? head.number) : undefined;
    if (isOver && head.number >= (job.endedAt ?? 0) + session.chain.confirmations) this.#jobs.delete(job.jobId);
  }

  /** Looks for waiting jobs in all classes: one whose posting an endpoint hid would never be drawn. */
  async #sweep(): Promise<void> {
    const { session, config } = this.#options;
    if (performance.now() < this.#sweepAt) return;
    const { escrow, registry } = session.market;
    const count = Number(await registry.classCount());
    for (let classId = 1; classId <= count; classId++) {
      const queue = queueWord.decode(await escrow.queueOf(classId));
      if (waitingIn(queue) + pendingIn(queue) > 0) this.#foundClasses.add(classId);
      else this.#foundClasses.delete(classId);
    }
    this.#sweepAt = performance.now() + config.sweepSeconds * 1000;
  }

  async #look(head: BlockInfo): Promise<Snapshot> {
    const { session, sender } = this.#options;
    const { escrow, beacon, registry, at } = session.market;
    const classIds = [...new Set([...[...this.#jobs.values()].map(classOf), ...this.#foundClasses])];
    const classes = await Promise.all(classIds.map((classId) => this.#lookAtClass(classId)));
    const [[round, requestedBy], current, open, settings, fallbackOpensAt, fallbackTarget] = await Promise.all([
      escrow.roundOf(),
      beacon.currentRound(),
      registry.openRoundInfo(),
      beacon.settings(),
      beacon.fallbackOpensAt(),
      beacon.fallbackTarget(),
    ]);
    const [info, newest] = await Promise.all([beacon.roundInfo(round), beacon.roundInfo(current)]);
    return {
      now: await clockOf(session, head),
      classes,
      round: Number(round),
      isOurRound: requestedBy === sender.address,
      roundStatus: Number(info.status),
      requestedAt: Number(info.requestedAt),
      answeredAt: Number(info.answeredAt),
      openRound: Number(open.round),
      isOpenOurs: open.module === at.escrow && open.round !== 0n,
      nextRequestAt: current === 0n ? 0 : Number(newest.requestedAt + settings.interval),
      fallbackOpensAt: Number(fallbackOpensAt),
      fallbackTarget,
      headNumber: head.number,
      jobs: [...this.#jobs.values()],
      slashes: this.#state.slashes,
    };
  }

  async #lookAtClass(classId: number): Promise<ClassSnapshot> {
    const { escrow, registry } = this.#options.session.market;
    const queue = queueWord.decode(await escrow.queueOf(classId));
    const front = pendingIn(queue) > 0 ? queue.pendingFront > 0n : queue.frontHead !== queue.frontTail;
    const [entry, callerPayGwei] = await Promise.all([
      escrow.entryOf(classId, front, front ? queue.frontHead : queue.mainHead),
      registry.callerPayGwei(classId),
    ]);
    return { classId, queue, drawUnit: queueEntry.decode(entry).drawUnit, callerPayGwei };
  }

  // TASKS

  async #attempt(task: Task, head: BlockInfo): Promise<void> {
    const key = keyOf(task);
    if (this.#resting.has(key)) return;
    const { session, sender, reporter } = this.#options;
    try {
      const prepared = await this.#prepare(task, head);
      if (prepared === undefined) return void this.#resting.set(key, REST_ROUNDS);
      const mined = await sendReported(sender, prepared, reporter);
      reporter.news(task.kind, sentenceOf(task), { ...fieldsOf(task), gasUsed: mined.gasUsed, gasCost: mined.gasCost });
    } catch (error) {
      this.#noteFailure(key, error);
    } finally {
      for (const job of jobsOf(task)) this.#dirty.add(job.jobId);
    }
  }

  /** A task that failed rests, and holds up no other. What does not pass by itself is thrown on. */
  #noteFailure(key: string, error: unknown): void {
    const { session, reporter } = this.#options;
    this.#resting.set(key, REST_ROUNDS);
    const refusal = session.explain(error);
    if (error instanceof TransactionRefused && refusal !== undefined) {
      // Someone else was faster, or the block's time is not there yet: not an error.
      return reporter.detail("lostRace", { task: key, error: refusal.name, reason: refusal.sentence });
    }
    if (!isPassing(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    reporter.news("taskFailed", `${key}: ${reason}`, { task: key, reason });
  }

  /** The transaction of a task, with its gas; undefined when it does not pay. Batches shrink to the gas cap. */
  async #prepare(task: Task, head: BlockInfo): Promise<Intent | undefined> {
    const { config, reporter, sender, session } = this.#options;
    const fees = await sender.marketFees();
    const gasPrice = expectedGasPrice(fees, head);
    const value =
      task.kind === "requestRound" ? await session.market.beacon.price({ from: sender.address, gasPrice }) : 0n;
    for (let size = sizeOf(task); ; size = Math.floor(size / 2)) {
      const intent = this.#intentOf(task, size, value);
      const gas = await estimateGas(session, sender, intent, fees);
      const cap = (session.chain.transactionGasCap * CAP_PERCENT) / 100n;
      if (gas > cap && size > 1) continue;
      const cost = gas * gasPrice + (await this.#dataFee(intent)) + value;
      const reward = (task.reward * BigInt(size)) / BigInt(sizeOf(task));
      const worth = { tokenPrice: config.tokenPrice, marginPercent: config.marginPercent };
      if (config.always || paysOff(reward, cost, worth)) return { ...intent, gasLimit: paddedGas(session, gas) };
      reporter.detail("unprofitable", { task: keyOf(task), reward, cost });
      return undefined;
    }
  }

  #intentOf(task: Task, size: number, value: bigint): Intent {
    const { escrow, beacon, registry, at } = this.#options.session.market;
    const key = keyOf(task);
    const struct = (job: KeeperJob): unknown => agreementStruct(decodeAgreement(job.agreement));
    const onEscrow = (name: string, values: readonly unknown[]): Intent =>
      call(key, at.escrow, escrow.interface, name, values, value);
    switch (task.kind) {
      case "requestRound":
        return onEscrow("requestRound", [task.classIds]);
      case "assign":
      case "closeRound":
        return onEscrow(task.kind, [task.classId, size]);
      case "miss":
      case "convict":
      case "refund":
        return onEscrow(task.kind, [task.job.jobId, struct(task.job)]);
      case "split":
        return onEscrow("splitDispute", [task.job.jobId, struct(task.job)]);
      case "expire":
        return onEscrow("expire", [task.job.jobId, struct(task.job), task.job.ticket, task.job.front]);
      case "settle": {
        const jobs = task.jobs.slice(0, size);
        return onEscrow("settleMany", [jobs.map(({ jobId }) => jobId), jobs.map(struct)]);
      }
      case "slash":
        return call(key, at.registry, registry.interface, task.call, [task.slash]);
      case "fallback":
        return call(key, at.beacon, beacon.interface, task.call, []);
    }
  }

  /** Wei that the L1 takes for the transaction's data, where the chain has such a fee. */
  async #dataFee(intent: Intent): Promise<bigint> {
    const { session } = this.#options;
    const oracle = session.chain.l1FeeOracle;
    if (oracle === undefined || (await session.rpc.getCode(oracle)) === "0x") return 0n;
    const data = gasOracle.encodeFunctionData("getL1Fee", [intent.data]);
    const [fee] = gasOracle.decodeFunctionResult("getL1Fee", await session.rpc.call({ to: oracle, data }));
    return BigInt(fee as bigint);
  }

  /** Moves earnings to the vault account once they are worth a transaction. */
  async #collect(): Promise<void> {
    try {
      await this.#collectFees();
    } catch (error) {
      this.#noteFailure("collect", error);
    }
  }

  async #collectFees(): Promise<void> {
    const { session, sender, config, reporter } = this.#options;
    const { escrow, registry, vault, at } = session.market;
    const fees = await escrow.drawFeesOf(sender.address);
    if (fees > config.collectAbove) {
      await sendReported(sender, call("collect", at.escrow, escrow.interface, "collect", []), reporter);
      reporter.news("collect", `moved ${formatTokens(fees)} tokens of draw fees to the vault account`, {
        amount: fees,
      });
    }
    const account = await vault.accountOf(sender.address);
    const credit = account === 0n ? 0n : await registry.creditOf(account);
    if (credit > config.collectAbove) {
      await sendReported(sender, call("credit", at.registry, registry.interface, "collect", [account]), reporter);
      reporter.news("collect", `moved ${formatTokens(credit)} tokens for timeouts to the vault account`, {
        amount: credit,
      });
    }
  }

  /** Sees to it that timeouts can be paid to us: the contract pays vault accounts only. */
  async openAccount(): Promise<void> {
    const { session, sender, config, reporter } = this.#options;
    if (config.tasks.includes("miss")) await openAccountOf(session, sender, reporter);
  }

  #save(): void {
    if (this.#isSaved) return;
    this.#state.jobs = [...this.#jobs.values()];
    this.#file.write(this.#state);
    this.#isSaved = true;
  }
}

function classOf(job: KeeperJob): number {
  return Number(decodeAgreement(job.agreement).terms.classId);
}

function jobsOf(task: Task): readonly KeeperJob[] {
  if ("job" in task) return [task.job];
  return task.kind === "settle" ? task.jobs : [];
}

function sizeOf(task: Task): number {
  if (task.kind === "assign" || task.kind === "closeRound") return task.pending;
  return task.kind === "settle" ? task.jobs.length : 1;
}

function keyOf(task: Task): string {
  if ("job" in task) return `${task.kind}:${task.job.jobId}`;
  if (task.kind === "assign" || task.kind === "closeRound") return `${task.kind}:${task.classId}`;
  if (task.kind === "slash") return `${task.call}:${task.slash}`;
  return task.kind === "settle" ? `settle:${task.jobs[0]?.jobId}` : task.kind;
}

function sentenceOf(task: Task): string {
  if ("job" in task) return `${task.kind} of job ${formatJobId(task.job.jobId)}`;
  if (task.kind === "assign") return `drew for up to ${task.pending} jobs of class ${task.classId}`;
  if (task.kind === "requestRound") return `requested a round for ${task.jobs} jobs`;
  if (task.kind === "settle") return `settled ${task.jobs.length} jobs after silence`;
  if (task.kind === "slash") return `${task.call} of slash ${task.slash}`;
  return task.kind === "fallback" ? task.call : `closed the round of class ${task.classId}`;
}

function fieldsOf(task: Task): Record<string, unknown> {
  const jobs = jobsOf(task).map(({ jobId }) => formatJobId(jobId));
  const classId = "classId" in task ? task.classId : undefined;
  return { jobs: jobs.length === 0 ? undefined : jobs, classId, reward: task.reward };
}

async function freshState(session: Session, config: KeeperConfig): Promise<KeeperState> {
  const { chain, market } = session;
  const first = market.manifest.blockNumber - 1;
  const block = chain.isLocal ? first : Math.max(first, (await session.head()).number - config.lookbackBlocks);
  return {
    version: 1,
    chainId: chain.chainId,
    escrow: market.at.escrow,
    cursor: { block, hashes: [] },
    jobs: [],
    slashes: [],
  };
}
