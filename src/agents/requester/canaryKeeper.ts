/** Posts canaries by a plan, watches them, accepts what is right and opens what is wrong. */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { EventFollower } from "../../chain/follower";
import type { TransactionSender } from "../../chain/sender";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { agreementStruct, canaryBondOf } from "../../protocol/agreement";
import { formatTokens } from "../../protocol/amounts";
import { decodeEscrowEvent, escrowTopics, numberTopic, type EscrowEvent } from "../../protocol/events";
import { formatJobId } from "../../protocol/jobId";
import { JobStatus, jobStatus } from "../../protocol/status";
import { quoteInWei } from "../../protocol/quote";
import { ContentError, digestSchema } from "../../store";
import { WorkloadError } from "../../workload/errors";
import type { JobLimits } from "../../workload/runner";
import { stateToJson } from "../operator/state";
import { clockOf } from "../shared/clock";
import { CommandFailure } from "../shared/exit";
import { isPassing } from "../shared/failures";
import { KEEP_MS } from "../shared/keep";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { sendReported, type Session } from "../shared/session";
import { openingOf } from "./canary";
import { CanaryInputs, type CanaryInput } from "./canaryInputs";
import {
  acceptDelay,
  canariesFor,
  canaryStep,
  fitsBudget,
  nextOfDay,
  waitingTimes,
  type CanaryPlan,
  type CanaryStep,
  type Dice,
} from "./canaryPlan";
import { canaryStateSchema, type Canary, type CanaryKeeperState } from "./canaryState";
import { openJob, readWord, type OpenedJob } from "./jobs";
import { putBack } from "./keep";
import { postJob, provideFunds, readOffer, type Leave } from "./post";

export interface CanaryKeeperOptions {
  readonly session: Session;
  readonly plan: CanaryPlan;
  /** All of one service. */
  readonly inputs: readonly [CanaryInput, ...CanaryInput[]];
  readonly requester: string;
  /** The account, for as long as `work` takes: other commands of the account wait. */
  readonly withAccount: <T>(work: (sender: TransactionSender) => Promise<T>) => Promise<T>;
  readonly leave: Leave;
  readonly limits: Partial<JobLimits>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly dice?: Dice;
}

/** From the system's source of randomness: a cheat that could foresee it would know the canaries. */
export const SECRET_DICE: Dice = {
  unit: () => randomInt(2 ** 47) / 2 ** 47,
  below: (bound) => randomInt(bound),
};

/** Inputs remembered; a service with more postings than that in its keeper's time repeats an old one at worst. */
const MOST_SEEN = 50_000;
const DAY = 86_400;

/**
 * A keeper of canaries for one service. What it is about to post is on disk before it is sent; what it has posted it finds in
 * the events. So a keeper that is killed at any time goes on where it stood, posts nothing twice, and opens nothing late.
 */
export class CanaryKeeper {
  readonly #options: CanaryKeeperOptions;
  readonly #dice: Dice;
  readonly #file: StateFile<CanaryKeeperState>;
  readonly #follower: EventFollower;
  readonly #state: CanaryKeeperState;
  readonly #inputs: CanaryInputs;
  #nextKeep = 0;
  #lastNote = "";

  private constructor(options: CanaryKeeperOptions, state: CanaryKeeperState, file: StateFile<CanaryKeeperState>) {
    const { market, rpc } = options.session;
    this.#options = options;
    this.#dice = options.dice ?? SECRET_DICE;
    this.#state = state;
    this.#file = file;
    this.#inputs = new CanaryInputs(options, this.#dice, (event, sentence) => this.#note(event, sentence));
    const { at, manifest } = market;
    this.#follower = new EventFollower({
      rpc,
      filter: {
        addresses: [at.escrow],
        topics: [escrowTopics(["JobPosted"]), null, null, [numberTopic(BigInt(state.service))]],
      },
      fromBlock: manifest.contracts.JobEscrow.block,
    });
  }

  /** Opens the stored state, or begins one. Throws InvalidState when the stored one is of another plan. */
  static async open(options: CanaryKeeperOptions): Promise<CanaryKeeper> {
    const { session, inputs, plan } = options;
    const { chain, market } = session;
    const service = inputs[0].job.service;
    const file = new StateFile(join(session.stateDir, `canaries-${service}.json`), canaryStateSchema, stateToJson);
    const began = (await session.head()).number;
    const first = market.manifest.contracts.JobEscrow.block - 1;
    const block = chain.isLocal ? first : Math.max(first, began - plan.lookbackBlocks);
    const state = file.read() ?? {
      version: 1,
      chainId: chain.chainId,
      escrow: market.at.escrow,
      service,
      cursor: { block, hashes: [] },
      began,
      waiting: [],
      seen: [],
      canaries: [],
    };
    if (state.chainId !== chain.chainId || state.escrow !== market.at.escrow || state.service !== service) {
      throw new InvalidState(`${session.stateDir} holds canaries of another deployment: give this one its own folder`);
    }
    return new CanaryKeeper(options, state, file);
  }

  /** Canaries that are not over. */
  get open(): number {
    return this.#state.canaries.filter(({ endedAt }) => endedAt === undefined).length;
  }

  /** One round: what was posted, then every open canary, then a posting that is due. Throws when the chain cannot be read. */
  async tick(): Promise<void> {
    const { session } = this.#options;
    const batch = await this.#follower.poll(this.#state.cursor);
    const now = await clockOf(session, batch.head);
    for (const log of batch.logs) this.#take(decodeEscrowEvent(log), log.blockNumber, now);
    this.#state.cursor = batch.cursor;
    this.#schedule(now);
    this.#save();
    await this.#keep();
    for (const canary of [...this.#state.canaries]) await this.#lookAfter(canary, now, batch.head.number);
    this.#forget(now, batch.head.number);
    if (!batch.isCurrent) return;
    try {
      await this.#postDue(now);
    } catch (error) {
      this.#noteFailure("no canary was posted", error);
    }
  }

  #save(): void {
    this.#file.write(this.#state);
  }

  // PLANNING

  /** Own postings are found by input and note. One of another that comes again, after a reorg, is thrown for again. */
  #take(event: EscrowEvent | undefined, block: number, now: number): void {
    if (event?.name !== "JobPosted" || event.service !== BigInt(this.#state.service)) return;
    const inputDigest = digestSchema.parse(event.agreement.inputDigest);
    const own = this.#state.canaries.find((canary) => canary.inputDigest === inputDigest);
    const isOwn = event.agreement.requester.toLowerCase() === this.#options.requester.toLowerCase();
    if (own !== undefined && isOwn && this.#isSealed(event)) {
      own.jobId = event.jobId;
      return;
    }
    if (!this.#state.seen.includes(inputDigest)) this.#state.seen.push(inputDigest);
    this.#state.seen = this.#state.seen.slice(-MOST_SEEN);
    if (block > this.#state.began) this.#state.waiting.push(...canariesFor(this.#options.plan, now, this.#dice));
  }

  #isSealed({ agreement }: Extract<EscrowEvent, { name: "JobPosted" }>): boolean {
    try {
      openingOf(this.#options.session, agreement);
      return true;
    } catch (error) {
      if (error instanceof CommandFailure) return false;
      throw error;
    }
  }

  #schedule(now: number): void {
    const { perDay } = this.#options.plan;
    if (perDay !== undefined) {
      this.#state.next ??= nextOfDay(perDay, now, this.#dice);
      // Those of a time in which nobody was here are not made up for.
      if (this.#state.next < now - DAY) this.#state.next = now;
      while (this.#state.next <= now) {
        this.#state.waiting.push(this.#state.next);
        this.#state.next = nextOfDay(perDay, this.#state.next, this.#dice);
      }
    }
    this.#state.waiting = waitingTimes(this.#state.waiting, now);
  }

  // POSTING

  async #postDue(now: number): Promise<void> {
    const [due] = this.#state.waiting;
    if (due === undefined || due > now) return;
    const { session, plan, inputs, reporter, leave } = this.#options;
    const { service, quoteFor } = await readOffer(session, inputs[0].job);
    const chosen = await this.#inputs.choose(service, new Set(this.#state.seen));
    if (chosen === undefined) return this.#note("noInput", "no input is left that was never on the chain: add some");
    const { job, offer, inputDigest } = chosen;
    const quote = await quoteFor(job.units ?? offer.units);
    const { total } = quoteInWei(quote);
    if (job.maximum !== undefined && total > job.maximum) {
      return this.#note("tooDear", `${chosen.path}: the price is ${formatTokens(total)} tokens, above its maximum`);
    }
    if (!fitsBudget(plan, this.#state.canaries, total, now)) {
      return this.#note("overBudget", "the day's budget is spent: canaries wait");
    }
    const expectedDigest = await this.#inputs.resultOf(chosen, service);
    if (expectedDigest === undefined) return;
    const canary: Canary = { inputDigest, expectedDigest, total, at: now, isDelivered: false };
    await this.#options.withAccount(async (sender) => {
      await provideFunds(session, sender, total, leave, reporter);
      // On disk before anything is sent: after a crash the posting is found by its input, and this time is used up.
      this.#state.waiting.shift();
      this.#state.canaries.push(canary);
      this.#state.seen.push(inputDigest);
      this.#save();
      const sealed = { ...job, canary: expectedDigest };
      const { jobId } = await postJob(session, sender, sealed, offer, quote, reporter);
      canary.jobId = jobId;
    });
    this.#save();
    const name = formatJobId(canary.jobId ?? 0n);
    reporter.news("canaryPosted", `canary ${name} posted, for ${formatTokens(total)} tokens`, {
      job: name,
      total,
      inputDigest,
    });
  }

  /** What may pass by itself, or once somebody sees to it, is told; anything else is thrown on. */
  #noteFailure(what: string, error: unknown): void {
    const isKnown = error instanceof CommandFailure || error instanceof ContentError || error instanceof WorkloadError;
    if (!isKnown && !isPassing(error)) throw error;
    const reason =
      this.#options.session.explain(error)?.sentence ?? (error instanceof Error ? error.message : String(error));
    this.#note("canaryRefused", `${what}: ${reason}`);
  }

  /** News that would come with every round is told once. */
  #note(event: string, sentence: string): void {
    if (this.#lastNote === sentence) return;
    this.#lastNote = sentence;
    this.#options.reporter.news(event, sentence);
  }

  // WATCHING

  /** Puts back what the store has lost of open canaries: what a requester does not bring speaks for the operator. */
  async #keep(): Promise<void> {
    if (performance.now() < this.#nextKeep) return;
    this.#nextKeep = performance.now() + KEEP_MS;
    const { session, reporter } = this.#options;
    for (const { inputDigest, endedAt } of this.#state.canaries) {
      if (endedAt === undefined) await putBack(session, { inputDigest }, reporter);
    }
  }

  async #lookAfter(canary: Canary, now: number, block: number): Promise<void> {
    const { jobId, endedAt } = canary;
    if (jobId === undefined || endedAt !== undefined) return;
    const { session, reporter } = this.#options;
    try {
      const { status: number, due } = await readWord(session, jobId);
      const status = jobStatus(number);
      const isDelivered = status === JobStatus.Delivered;
      const result = isDelivered ? await session.market.escrow.resultOf(jobId) : undefined;
      if (isDelivered && !canary.isDelivered) {
        const delay = acceptDelay(this.#options.plan, this.#dice);
        canary.isDelivered = true;
        canary.acceptAt = delay === undefined ? undefined : now + delay;
        this.#save();
      }
      const { expectedDigest: expected, acceptAt } = canary;
      const step = canaryStep({ status, due: Number(due), result, expected, acceptAt }, now);
      if (step === "forget") {
        canary.endedAt = block;
        this.#save();
        const name = formatJobId(jobId);
        return reporter.news("canaryEnded", `canary ${name} ended as ${JobStatus[status]}`, {
          job: name,
          status: JobStatus[status],
        });
      }
      if (step !== "wait") await this.#act(step, jobId);
    } catch (error) {
      // One canary that is refused, or lacks its bond, holds up no other; the next round looks again.
      this.#noteFailure(`canary ${formatJobId(jobId)}`, error);
    }
  }

  async #act(step: Exclude<CanaryStep, "wait" | "forget">, jobId: bigint): Promise<void> {
    const { session, reporter, leave } = this.#options;
    const job = await openJob(session, jobId);
    const { escrow, at } = session.market;
    const struct = agreementStruct(job.agreement);
    const name = formatJobId(jobId);
    await this.#options.withAccount(async (sender) => {
      const send = (method: string, more: readonly unknown[] = []): Promise<unknown> =>
        sendReported(
          sender,
          call(`${method}:${jobId}`, at.escrow, escrow.interface, method, [jobId, struct, ...more]),
          reporter,
        );
      if (step === "accept") await send("settle");
      if (step === "convict") await send("convict");
      if (step === "accuse") await this.#accuse(job, sender, send, leave);
    });
    const sentences = {
      accept: "came out as expected: accepted",
      accuse: "came out differently: accused",
      convict: "was not contested: convicted",
    } as const;
    reporter.news(`canary-${step}`, `canary ${name} ${sentences[step]}`, { job: name });
  }

  async #accuse(
    { agreement, word }: OpenedJob,
    sender: TransactionSender,
    send: (method: string, more: readonly unknown[]) => Promise<unknown>,
    leave: Leave,
  ): Promise<void> {
    const { session, reporter } = this.#options;
    const { expectedDigest, salt } = openingOf(session, agreement);
    await putBack(session, agreement, reporter);
    await provideFunds(session, sender, canaryBondOf(agreement, word.drawFees), leave, reporter);
    await send("accuse", [expectedDigest, salt]);
  }

  /** Forgets what is over, settled and out of the budget, and what was never posted after all. */
  #forget(now: number, block: number): void {
    const { confirmations } = this.#options.session.chain;
    const isNeeded = ({ at, jobId, endedAt }: Canary): boolean => {
      if (at > now - DAY) return true;
      return endedAt === undefined ? jobId !== undefined : block < endedAt + confirmations;
    };
    const kept = this.#state.canaries.filter(isNeeded);
    if (kept.length === this.#state.canaries.length) return;
    this.#state.canaries = kept;
    this.#save();
  }
}
