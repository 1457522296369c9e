import { randomBytes } from "node:crypto";
import { readBlock, BadAnswer, type BlockInfo } from "../../chain/rpc";
import { TransactionRefused, type Mined, type TransactionSender } from "../../chain/sender";
import { agreementStruct, appealBondOf, type Agreement } from "../../protocol/agreement";
import { formatTokens } from "../../protocol/amounts";
import { commitmentOf } from "../../protocol/hashes";
import { formatJobId } from "../../protocol/jobId";
import { Verdict } from "../../protocol/status";
import type { JobWord } from "../../protocol/words";
import { ContentError, digestSchema, ZERO_DIGEST, type Digest } from "../../store";
import { loadOf, meterEnergy, type Board } from "../../workload/energy";
import type { JobOutcome } from "../../workload/runner";
import { commitChainCall, openCall, readCheck } from "../shared/chains";
import { examine } from "../shared/examine";
import { latestCheckpoint, placeOf, readHistory } from "../shared/history";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { courtCall, isForCourt, openCase } from "../shared/review";
import { reviewOf, sendReported, type Session } from "../shared/session";
import { chainOfJob, noteStep, rootOf } from "./chain";
import type { Misbehaviour, OperatorConfig } from "./config";
import type { Action } from "./decide";
import { judgeContent, judgeTerms } from "./judge";
import { ResultKeeper } from "./keep";
import type { OperatorJob } from "./state";
import { startRun, type Run, type Start } from "./work";

/** A job with everything that a step needs. */
export interface JobAtHand {
  readonly job: OperatorJob;
  readonly word: JobWord;
  readonly agreement: Agreement;
  readonly head: BlockInfo;
}

export interface ActionTools {
  readonly session: Session;
  readonly sender: TransactionSender;
  /** Sends what the owner alone may. */
  readonly ownerSender: TransactionSender;
  readonly config: OperatorConfig;
  readonly reporter: Reporter;
  /** How a job is done again; in a child process when absent. */
  readonly examine?: typeof examine | undefined;
  /** Writes the state down: called before anything that relies on it is sent. */
  readonly save: () => void;
  /** For tests and demonstrations: whether to break the rules in this job from now on. */
  readonly tempt: (job: OperatorJob, moment: "drawn" | "checkpoint") => void;
}

/** Least load reported: no board is idle while it works. */
const LEAST_LOAD = 0.05;
/** Seconds that may pass between the newest block and the one a delivery lands in. */
const DELIVERY_SECONDS = 2;
/** Least time between two looks for content that was not there, milliseconds. */
const CONTENT_PAUSE_MS = 2_000;
/** Longest time to do a job of one's own again where none is configured, seconds. */
const DOUBT_SECONDS = 86_400;
/** Time between two tries to see whether a result was right, milliseconds. */
const DOUBT_PAUSE_MS = 300_000;
/** Failures of a run that say something about the job, not about this machine. */
const FINAL_FAILURES: ReadonlySet<string> = new Set([
  "invalidInput",
  "invalidModel",
  "modelMismatch",
  "unknownKind",
  "contentMismatch",
  "contentTooLarge",
  "outputTooLarge",
]);

/** Misbehaviours that begin with a checkpoint and end in silence. */
const GOES_SILENT: readonly Misbehaviour[] = ["silentAfterFirstCheckpoint", "poisonedCheckpoint"];

/** Carries out the steps of jobs: judging, working, and the transactions of the escrow. */
export class JobActions {
  readonly #tools: ActionTools;
  readonly #runs = new Map<bigint, Run>();
  readonly #judging = new Set<bigint>();
  readonly #judgeAgainAt = new Map<bigint, number>();
  readonly #boards = new Map<bigint, Board>();
  readonly #results: ResultKeeper;
  readonly #stopped = new AbortController();

  constructor(tools: ActionTools) {
    this.#tools = tools;
    this.#results = new ResultKeeper(tools.session);
  }

  /** Whether a process works on the job. */
  isRunning(jobId: bigint): boolean {
    return this.#runs.has(jobId);
  }

  /** Processes at work. */
  get running(): number {
    return this.#runs.size;
  }

  /** Ends a job's process, if it has one. */
  stop(jobId: bigint): void {
    this.#runs.get(jobId)?.stop();
  }

  /** Forgets a job that is over, and the copies of its result. */
  drop(jobId: bigint): void {
    this.stop(jobId);
    this.#results.release(jobId);
  }

  /** Ends every process; resolves when they are gone. */
  async close(): Promise<void> {
    this.#stopped.abort();
    const runs = [...this.#runs.values()];
    for (const run of runs) run.stop();
    await Promise.allSettled(runs.map((run) => run.outcome));
  }

  /** Carries out one step. Throws what the sender and the chain throw; the step is then decided anew. */
  async act(action: Action, at: JobAtHand): Promise<void> {
    this.#keep(at.job);
    switch (action.do) {
      case "judge":
        return this.#judge(at);
      case "decline":
        return this.#decline(at, action.reason, action.inputUnavailable);
      case "work":
        return this.#work(at);
      case "beat":
        return this.#beat(at);
      case "deliver":
        return this.#deliver(at);
      case "commit":
        return this.#commit(at);
      case "reveal":
        return this.#reveal(at);
      case "settle":
        return this.#end(at, "settle");
      case "split":
        return this.#end(at, "splitDispute");
      case "open":
        return this.#open(at);
      case "appeal":
        return this.#appeal(at);
      case "contest":
        return this.#contest(at);
      case "stop":
        return this.stop(at.job.jobId);
      case "forget":
      case "wait":
        return;
    }
  }

  // JUDGING

  /** Reads the input in the background, so that a slow store holds up no other job. */
  #judge({ job, word, agreement, head }: JobAtHand): void {
    if (this.#judging.has(job.jobId) || performance.now() < (this.#judgeAgainAt.get(job.jobId) ?? 0)) return;
    const { config, session, save } = this.#tools;
    const terms = judgeTerms(agreement, config);
    if (job.misbehaves === ("declineAll" satisfies Misbehaviour))
      return this.#refuse(job, "it was told to decline", false);
    if (job.misbehaves === ("silent" satisfies Misbehaviour)) job.abandoned = "it was told to be silent";
    if (terms?.verdict === "decline") return this.#refuse(job, terms.reason, terms.inputUnavailable);
    const isOutOfPatience = this.#isOutOfPatience(job, word, agreement, head.timestamp);
    this.#judging.add(job.jobId);
    judgeContent(agreement, config, session.store, this.#stopped.signal)
      .then((judgement) => {
        if (judgement.verdict === "accept") job.kind = judgement.kind;
        else if (judgement.verdict === "decline") this.#refuse(job, judgement.reason, judgement.inputUnavailable);
        else if (isOutOfPatience) this.#refuse(job, judgement.reason, true);
        else this.#judgeAgainAt.set(job.jobId, performance.now() + CONTENT_PAUSE_MS);
        save();
      })
      .catch((error: unknown) => this.#report(job, "judgingFailed", `could not be judged: ${String(error)}`))
      .finally(() => this.#judging.delete(job.jobId));
  }

  /** A missing input is waited for while the acceptance window still leaves time to decline. */
  #isOutOfPatience(job: OperatorJob, word: JobWord, agreement: Agreement, now: number): boolean {
    const window = Number(agreement.windows.acceptanceMinutes) * 60;
    const lastMoment = Number(word.due) - Math.max(window / 4, 30);
    return now - job.seenAt >= this.#tools.config.inputPatienceSeconds || now >= lastMoment;
  }

  #refuse(job: OperatorJob, reason: string, inputUnavailable: boolean): void {
    job.refusal = { reason, inputUnavailable };
    this.#tools.save();
  }

  async #decline({ job, agreement }: JobAtHand, reason: string, inputUnavailable: boolean): Promise<void> {
    this.stop(job.jobId);
    await this.#send(job, "decline", [job.jobId, agreementStruct(agreement), inputUnavailable]);
    this.#report(job, "declined", `declined: ${reason}`, { reason, inputUnavailable });
  }

  // WORK

  async #work({ job, agreement }: JobAtHand): Promise<void> {
    const { jobId, kind } = job;
    if (kind === undefined) return;
    if (job.misbehaves === ("garbageResult" satisfies Misbehaviour)) return this.#setResult(job, randomDigest(), 1, 0);
    const start = await this.#startOf(job);
    const { session, config } = this.#tools;
    const run = startRun({
      agreement,
      kind,
      start,
      store: session.store,
      config,
      cheat: job.misbehaves === ("otherModel" satisfies Misbehaviour),
      withhold: job.misbehaves === ("withholdResult" satisfies Misbehaviour),
      onCheckpoint: (step, digest) => this.#noteCheckpoint(job, step, digest),
      onRejected: (reason) => this.#report(job, "checkpointRejected", `starts over, checkpoint ${reason}`),
    });
    this.#runs.set(jobId, run);
    const from = start === undefined ? "the beginning" : `checkpoint ${start.digest}`;
    this.#report(job, "started", `works on it from ${from}`, { start: start?.digest, foreign: start?.isForeign });
    run.outcome
      .then((outcome) => this.#noteOutcome(job, outcome))
      .catch((error: unknown) => this.#report(job, "runFailed", `its process could not be run: ${String(error)}`))
      .finally(() => this.#runs.delete(jobId));
  }

  /** Our own newest checkpoint, else the newest that anyone named on chain. */
  async #startOf(job: OperatorJob): Promise<Start | undefined> {
    if (job.checkpoint !== undefined) return { digest: job.checkpoint.digest, isForeign: false };
    if (job.attempt <= 1n && job.namedStep === 0 && job.acceptedAt === undefined) return undefined;
    const { session, config } = this.#tools;
    const { events } = await readHistory(session, job.jobId, job.postedAt);
    const own = latestCheckpoint(
      events.filter(({ event }) => event.name === "JobCheckpointed" && event.gpu === job.gpu),
    );
    const newest = config.foreignCheckpoints === "ignore" ? own : latestCheckpoint(events);
    if (newest === undefined) return undefined;
    return { digest: newest.digest as Digest, isForeign: newest.digest !== own?.digest };
  }

  #noteCheckpoint(job: OperatorJob, step: number, digest: Digest): void {
    this.#tools.tempt(job, "checkpoint");
    const isPoisoned = job.misbehaves === ("poisonedCheckpoint" satisfies Misbehaviour);
    job.checkpoint = { step, digest: isPoisoned ? randomDigest() : digest };
    noteStep(job, step, digest);
    if (GOES_SILENT.some((how) => how === job.misbehaves)) this.stop(job.jobId);
    this.#tools.save();
    this.#report(job, "checkpoint", `checkpoint of step ${step}`, { step, digest });
  }

  async #noteOutcome(job: OperatorJob, outcome: JobOutcome): Promise<void> {
    if (this.#stopped.signal.aborted || outcome.status === "cancelled") return;
    if (outcome.status === "delivered") return this.#noteResult(job, outcome);
    const hasFailed = outcome.status === "failed";
    const reason = hasFailed ? `${outcome.code}: ${outcome.message}` : outcome.status;
    const isMissing = hasFailed && /^content(Missing|Unavailable)$/.test(outcome.code);
    this.#noteFailedRun(job, reason, !hasFailed || FINAL_FAILURES.has(outcome.code), isMissing);
  }

  /** What the store does not give back is not delivered: nobody else could have it either. */
  async #noteResult(job: OperatorJob, outcome: Extract<JobOutcome, { status: "delivered" }>): Promise<void> {
    const { resultDigest, manifest, usage, resumedFrom } = outcome;
    try {
      const isWithheld = job.misbehaves === ("withholdResult" satisfies Misbehaviour);
      if (!isWithheld) await this.#results.keep(job.jobId, resultDigest, manifest, job.steps);
    } catch (error) {
      if (!(error instanceof ContentError)) throw error;
      return this.#noteFailedRun(job, `its result is not in the store: ${error.message}`, false, false);
    }
    this.#setResult(job, resultDigest, loadOf(usage), resumedFrom);
    const cpu = usage.cpuSeconds.toFixed(1);
    const fields = { resultDigest, resumedFrom, usage };
    this.#report(job, "worked", `has a result after ${cpu} s of processor time`, fields);
  }

  #noteFailedRun(job: OperatorJob, reason: string, isFinal: boolean, isMissing: boolean): void {
    job.failedRuns++;
    const fields = { reason, failedRuns: job.failedRuns };
    this.#report(job, "runEnded", `its process ended without a result: ${reason}`, fields);
    // Whether it was accepted meanwhile is for the next decision to see: then it can only be left to be missed.
    if (isFinal || job.failedRuns >= this.#tools.config.childAttempts) this.#refuse(job, reason, isMissing);
    else this.#tools.save();
  }

  /** Puts back, in the background, what the store has lost of a result whose job is not over. */
  #keep(job: OperatorJob): void {
    if (job.result === undefined) return;
    this.#results
      .look(job.jobId, job.result.digest, this.#tools.reporter)
      .catch((error: unknown) => this.#report(job, "keepFailed", `its result is not looked after: ${String(error)}`));
  }

  #setResult(job: OperatorJob, digest: Digest, load: number, resumedFrom: number): void {
    job.result = { digest, load, resumedFrom };
    this.#tools.save();
  }

  // TRANSACTIONS

  async #beat({ job, agreement, head }: JobAtHand): Promise<void> {
    const { checkpoint } = job;
    const step = checkpoint?.step ?? 0;
    const digest = checkpoint?.digest ?? ZERO_DIGEST;
    const mined = await this.#send(job, "heartbeat", [job.jobId, agreementStruct(agreement), step, digest], `${step}`);
    const time = await this.#timeOf(mined, head);
    job.acceptedAt ??= time;
    job.namedAt = time;
    job.namedStep = step;
    this.#tools.save();
    this.#report(job, "beat", step === 0 ? "accepted" : `named the checkpoint of step ${step} on chain`, {
      step,
      digest,
    });
    if (step > 0 && GOES_SILENT.some((how) => how === job.misbehaves)) {
      job.abandoned = "it was told to go silent";
      this.#tools.save();
    }
  }

  async #timeOf(mined: Mined, head: BlockInfo): Promise<number> {
    const block = await readBlock(this.#tools.session.rpc, mined.blockNumber);
    return block?.timestamp ?? head.timestamp;
  }

  async #deliver(at: JobAtHand): Promise<void> {
    const { job, word } = at;
    const { result } = job;
    if (result === undefined) return;
    this.stop(job.jobId);
    await this.#commitChain(at);
    const elapsed = at.head.timestamp - (await this.#startedAt(at)) + DELIVERY_SECONDS;
    await this.#sendWithEnergy(job, elapsed, result.load, "deliver", (energy) => [job.jobId, result.digest, energy]);
    this.#report(job, "delivered", `delivered ${result.digest}`, {
      resultDigest: result.digest,
      attempt: word.attempt,
    });
  }

  async #commit(at: JobAtHand): Promise<void> {
    const { job, word, agreement } = at;
    const { result } = job;
    if (result === undefined) return;
    await this.#commitChain(at);
    job.salt ??= randomDigest();
    // Without the salt the result could never be revealed: it must be on disk before the commitment is sent.
    this.#tools.save();
    const sealed = { attempt: word.attempt, gpu: job.gpu, resultDigest: result.digest, salt: job.salt };
    const commitment = commitmentOf(placeOf(this.#tools.session, job.jobId), sealed);
    await this.#send(job, "commit", [job.jobId, agreementStruct(agreement), commitment]);
    this.#report(job, "committed", "sealed its result", { commitment });
  }

  /** Commits to the chain of a long job. It is no part of the delivery: without it a panel does the whole job again. */
  async #commitChain({ job, agreement }: JobAtHand): Promise<void> {
    const { session, sender, config, reporter } = this.#tools;
    const chain = config.proveTraining && isForCourt(session, agreement) ? chainOfJob(job) : undefined;
    if (chain === undefined || job.chainRoot !== undefined) return;
    const root = digestSchema.parse(rootOf(chain));
    const intent = commitChainCall(session, job.jobId, root, chain.length);
    if (intent === undefined) return;
    try {
      await sendReported(sender, intent, reporter);
    } catch (error) {
      if (!(error instanceof TransactionRefused)) throw error;
      return this.#report(job, "chainRefused", `its chain of checkpoints was refused: ${error.message}`);
    }
    job.chainRoot = root;
    this.#tools.save();
    this.#report(job, "chain", `committed to its ${chain.length} checkpoints`, { root, segments: chain.length });
  }

  async #reveal({ job, word }: JobAtHand): Promise<void> {
    const { result, salt } = job;
    if (result === undefined || salt === undefined) return;
    if (job.misbehaves === ("commitWithoutReveal" satisfies Misbehaviour)) return;
    const values = (energy: bigint): unknown[] => [job.jobId, result.digest, salt, energy];
    await this.#sendWithEnergy(job, Number(word.elapsed), result.load, "reveal", values);
    this.#report(job, "delivered", `revealed ${result.digest}`, { resultDigest: result.digest, attempt: word.attempt });
  }

  async #end({ job, agreement }: JobAtHand, how: "settle" | "splitDispute"): Promise<void> {
    await this.#send(job, how, [job.jobId, agreementStruct(agreement)]);
    this.#report(job, how, how === "settle" ? "settled after the requester's silence" : "split, as nobody ruled");
  }

  // DEFENCE

  /** A panel drew segments of our chain: they are opened to it. */
  async #open({ job }: JobAtHand): Promise<void> {
    const { session, sender, reporter } = this.#tools;
    const chain = chainOfJob(job);
    const check = await readCheck(session, job.jobId);
    if (chain === undefined || check === undefined || check.opened) return;
    await sendReported(sender, openCall(session, job.jobId, chain, check), reporter);
    const { drawn } = check;
    this.#report(job, "opened", `opened segments ${drawn.join(", ")} of its ${chain.length} to the panel`, { drawn });
  }

  /** A panel found against the result: it is done again, and the verdict appealed when it was right. */
  async #appeal(at: JobAtHand): Promise<void> {
    const { job, agreement } = at;
    if (job.defence === undefined) return this.#doubt(at, "a panel found against it");
    const { session, ownerSender, reporter } = this.#tools;
    const { court } = reviewOf(session).at;
    const { vault, at: places } = session.market;
    if (ownerSender.pendingKey !== undefined) await ownerSender.recover();
    const account = await vault.accountOf(ownerSender.address);
    const { owner } = await session.market.registry.gpuOf(job.gpu);
    if (account !== owner) {
      return this.#giveUp(job, `only the owner, account ${owner}, may appeal: its key is not at hand here`);
    }
    if (!(await vault.isAuthorised(account, court))) {
      const intent = call(`authorise:${court}`, places.vault, vault.interface, "setAuthorisation", [court, true]);
      await sendReported(ownerSender, intent, reporter);
    }
    await sendReported(ownerSender, courtCall(session, "appeal", job.jobId, agreement), reporter);
    const bond = appealBondOf(agreement);
    this.#report(job, "appealed", `appealed the verdict, with a bond of ${formatTokens(bond)} tokens`, { bond });
  }

  /** Its requester opened the job as a canary: it is done again, and the accusation contested when the result was right. */
  async #contest(at: JobAtHand): Promise<void> {
    const { job, agreement } = at;
    if (job.defence === undefined) return this.#doubt(at, "a canary says that its result is wrong");
    await this.#send(job, "contest", [job.jobId, agreementStruct(agreement)]);
    this.#report(job, "contested", "contested the accusation: the resolver decides");
    const { session, sender, reporter } = this.#tools;
    if (isForCourt(session, agreement)) await openCase(session, sender, job.jobId, agreement, reporter);
  }

  /** Does the job again in the background, as the validators do. */
  #doubt({ job, agreement }: JobAtHand, why: string): void {
    if (this.#judging.has(job.jobId) || performance.now() < (this.#judgeAgainAt.get(job.jobId) ?? 0)) return;
    const { session, config, save } = this.#tools;
    this.#judging.add(job.jobId);
    this.#report(job, "doubting", `${why}: doing it again`);
    session.market.escrow
      .resultOf(job.jobId)
      .then((result) =>
        (this.#tools.examine ?? examine)({
          agreement,
          resultDigest: digestSchema.parse(result),
          store: session.store,
          limits: { memoryMiB: config.childMemoryMiB, seconds: config.childSeconds ?? DOUBT_SECONDS },
          kindDirectories: config.kindDirectories,
          signal: this.#stopped.signal,
        }),
      )
      .then(({ verdict, reason }) => {
        if (verdict === Verdict.Invalid) return this.#giveUp(job, `no defence: ${reason}`);
        if (verdict !== Verdict.Valid) throw new Error(reason);
        job.defence = "right";
        save();
        this.#report(job, "right", "it was right: it is defended");
      })
      .catch((error: unknown) => {
        this.#judgeAgainAt.set(job.jobId, performance.now() + DOUBT_PAUSE_MS);
        if (this.#stopped.signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#report(job, "doubtful", `not known yet whether it was right: ${reason}`, { reason });
      })
      .finally(() => this.#judging.delete(job.jobId));
  }

  #giveUp(job: OperatorJob, reason: string): void {
    job.defence = "hopeless";
    this.#tools.save();
    this.#report(job, "hopeless", reason, { reason });
  }

  /** When the contract began to count: our first sign of life, else the assignment. */
  async #startedAt({ job, word, agreement, head }: JobAtHand): Promise<number> {
    if (!word.accepted) return Number(word.due - agreement.windows.acceptanceMinutes * 60n);
    if (job.acceptedAt !== undefined) return job.acceptedAt;
    const { session } = this.#tools;
    const { events } = await readHistory(session, job.jobId, job.postedAt);
    const lastDraw = events.findLastIndex(({ event }) => event.name === "JobAssigned");
    const first = events.slice(lastDraw).find(({ event }) => event.name === "JobCheckpointed");
    if (first === undefined) return head.timestamp;
    const block = await readBlock(session.rpc, first.block);
    if (block === undefined) throw new BadAnswer(`the endpoint does not have block ${first.block}`);
    return block.timestamp;
  }

  /** Reports energy for the time that the contract will count; when its clock runs otherwise, within what it allows. */
  async #sendWithEnergy(
    job: OperatorJob,
    elapsed: number,
    load: number,
    name: "deliver" | "reveal",
    values: (energy: bigint) => unknown[],
  ): Promise<void> {
    const energy = meterEnergy(elapsed, await this.#boardOf(job.gpu), Math.max(load, LEAST_LOAD));
    try {
      await this.#send(job, name, values(energy));
    } catch (error) {
      const refusal = error instanceof TransactionRefused ? this.#tools.session.explain(error) : undefined;
      const bounds = Object.values(refusal?.values ?? {});
      if (refusal?.name !== "RegistryImplausibleEnergy" || bounds.length < 3) throw error;
      const [, least, greatest] = bounds.map((bound) => BigInt(bound as bigint)) as [bigint, bigint, bigint];
      await this.#send(job, name, values(within(energy, least + (greatest - least) / 20n, greatest)));
    }
  }

  async #boardOf(gpu: bigint): Promise<Board> {
    const known = this.#boards.get(gpu);
    if (known !== undefined) return known;
    const { registry } = this.#tools.session.market;
    const { classId, slots } = await registry.gpuOf(gpu);
    const { watts, idleWatts } = await registry.classOf(classId);
    const board = { watts: Number(watts), idleWatts: Number(idleWatts), slots: Number(slots) };
    this.#boards.set(gpu, board);
    return board;
  }

  #send(
    job: OperatorJob,
    name: "decline" | "heartbeat" | "commit" | "reveal" | "deliver" | "settle" | "splitDispute" | "contest",
    values: unknown[],
    detail = "",
  ): Promise<Mined> {
    const { session, sender, reporter } = this.#tools;
    const { interface: abi } = session.market.escrow;
    // The name's own overload is checked by the ABI coder: values and fragment come from one table of calls above.
    const data = abi.encodeFunctionData(name as "settle", values as [bigint, never]);
    const key = `${name}:${job.jobId}:${job.attempt}${detail === "" ? "" : `:${detail}`}`;
    return sendReported(sender, { key, to: session.market.at.escrow, data }, reporter);
  }

  #report(job: OperatorJob, event: string, sentence: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const name = formatJobId(job.jobId);
    this.#tools.reporter.news(event, `job ${name} (GPU ${job.gpu}): ${sentence}`, {
      job: name,
      gpu: job.gpu,
      ...fields,
    });
  }
}

function randomDigest(): Digest {
  return `0x${randomBytes(32).toString("hex")}`;
}

function within(value: bigint, least: bigint, greatest: bigint): bigint {
  if (value < least) return least;
  return value > greatest ? greatest : value;
}
