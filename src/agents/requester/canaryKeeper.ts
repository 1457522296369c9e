/** Posts canaries by a plan, watches them, accepts what is right and opens what is wrong. */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { cursorSchema, EventFollower } from "../../chain/follower";
import type { TransactionSender } from "../../chain/sender";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { agreementStruct, canaryBondOf } from "../../protocol/agreement";
import { formatTokens } from "../../protocol/amounts";
import { decodeEscrowEvent, escrowTopics, type EscrowEvent } from "../../protocol/events";
import { formatJobId } from "../../protocol/jobId";
import { JobStatus, jobStatus } from "../../protocol/status";
import { quoteInWei } from "../../protocol/quote";
import { ContentError, digestSchema, type Digest } from "../../store";
import { WorkloadError } from "../../workload/errors";
import type { JobOffer } from "../../workload/execute";
import { reexecute } from "../../workload/reexecute";
import type { JobLimits } from "../../workload/runner";
import { stateToJson } from "../operator/state";
import { clockOf } from "../shared/clock";
import { CommandFailure, EXIT } from "../shared/exit";
import { isPassing } from "../shared/failures";
import { KEEP_MS } from "../shared/keep";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { sendReported, type Session } from "../shared/session";
import { openingOf } from "./canary";
import {
  acceptDelay,
  canariesFor,
  canaryStep,
  fitsBudget,
  nextOfDay,
  pickInput,
  waitingTimes,
  type CanaryPlan,
  type CanaryStep,
  type Dice,
} from "./canaryPlan";
import { openJob, readWord, type OpenedJob } from "./jobs";
import { putBack, requesterKeeper } from "./keep";
import { postJob, provideFunds, readOffer, type Leave } from "./post";
import { prepareWork, type JobFile, type ServiceContent } from "./jobFile";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const canarySchema = z.object({
  inputDigest: digestSchema,
  expectedDigest: digestSchema,
  /** Token wei that its posting debits, and the chain time of that, from when it counts in the budget. */
  total: decimal,
  at: z.number().int(),
  /** Known once its posting was seen. */
  jobId: decimal.optional(),
  /** Once its delivery was seen: when to accept a right result. */
  acceptAt: z.number().int().optional(),
  isDelivered: z.boolean(),
  /** Block in which it was over; it is forgotten once that is settled and out of the budget. */
  endedAt: z.number().int().optional(),
});
type Canary = z.output<typeof canarySchema>;

const stateSchema = z.object({
  version: z.literal(1),
  chainId: z.number().int(),
  escrow: z.string(),
  service: z.number().int(),
  cursor: cursorSchema,
  /** Chain times at which canaries are to be posted. */
  waiting: z.array(z.number().int()),
  /** Time of the next one by number a day. */
  next: z.number().int().optional(),
  /** Inputs of the service's postings: one that comes again would be known for a canary. */
  seen: z.array(digestSchema),
  canaries: z.array(canarySchema),
});
type KeeperState = z.output<typeof stateSchema>;

/** A job file of the plan. */
export interface CanaryInput {
  readonly path: string;
  readonly job: JobFile;
}

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

interface Prepared extends CanaryInput {
  readonly inputDigest: Digest;
  readonly offer: JobOffer;
}

/**
 * A keeper of canaries for one service. What it is about to post is on disk before it is sent; what it has posted it finds in
 * the events. So a keeper that is killed at any time goes on where it stood, posts nothing twice, and opens nothing late.
 */
export class CanaryKeeper {
  readonly #options: CanaryKeeperOptions;
  readonly #dice: Dice;
  readonly #file: StateFile<KeeperState>;
  readonly #follower: EventFollower;
  readonly #state: KeeperState;
  /** Inputs by job file, and those that came to nothing here: their results cannot be known. */
  readonly #prepared = new Map<string, Prepared>();
  readonly #useless = new Set<string>();
  #nextKeep = 0;
  #lastNote = "";

  private constructor(options: CanaryKeeperOptions, state: KeeperState, file: StateFile<KeeperState>) {
    const { market, rpc } = options.session;
    this.#options = options;
    this.#dice = options.dice ?? SECRET_DICE;
    this.#state = state;
    this.#file = file;
    const { at, manifest } = market;
    this.#follower = new EventFollower({
      rpc,
      filter: { addresses: [at.escrow], topics: [escrowTopics(["JobPosted"])] },
      fromBlock: manifest.contracts.JobEscrow.block,
    });
  }

  /** Opens the stored state, or begins one at the newest block. Throws InvalidState when the stored one is of another plan. */
  static async open(options: CanaryKeeperOptions): Promise<CanaryKeeper> {
    const { session, inputs } = options;
    const { chain, market } = session;
    const service = inputs[0].job.service;
    const file = new StateFile(join(session.stateDir, `canaries-${service}.json`), stateSchema, stateToJson);
    const state = file.read() ?? {
      version: 1,
      chainId: chain.chainId,
      escrow: market.at.escrow,
      service,
      cursor: { block: (await session.head()).number, hashes: [] },
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
    for (const log of batch.logs) this.#take(decodeEscrowEvent(log), now);
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
  #take(event: EscrowEvent | undefined, now: number): void {
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
    this.#state.waiting.push(...canariesFor(this.#options.plan, now, this.#dice));
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
    const chosen = await this.#choose(service);
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
    const expectedDigest = await this.#resultOf(chosen, service);
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

  async #choose(service: ServiceContent): Promise<Prepared | undefined> {
    for (const input of this.#options.inputs) {
      if (!this.#prepared.has(input.path) && !this.#useless.has(input.path)) await this.#prepare(input, service);
    }
    const candidates = [...this.#prepared.values()].filter(({ path }) => !this.#useless.has(path));
    return pickInput(candidates, new Set(this.#state.seen), this.#dice);
  }

  async #prepare(input: CanaryInput, service: ServiceContent): Promise<void> {
    const { session } = this.#options;
    try {
      const offer = await requesterKeeper(session).keeping(
        (store) => prepareWork(store, input.job, input.path, service),
        (found) => found.inputDigest,
      );
      this.#prepared.set(input.path, { ...input, offer, inputDigest: offer.inputDigest });
    } catch (error) {
      this.#useless.add(input.path);
      this.#noteFailure(`${input.path} is left out`, error);
    }
  }

  /** The right result, by doing the job here; an input that comes to none is left out from now on. */
  async #resultOf({ path, inputDigest }: Prepared, service: ServiceContent): Promise<Digest | undefined> {
    const { session, limits, signal } = this.#options;
    const { outcome } = await reexecute({
      store: session.store,
      inputDigest,
      modelDescriptorDigest: service.modelHash,
      limits,
      signal,
    });
    if (outcome.status === "delivered") return outcome.resultDigest;
    signal.throwIfAborted();
    this.#useless.add(path);
    this.#note("noResult", `${path} came to no result here (${outcome.status}): it is left out`);
    return undefined;
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

/** Checks that inputs are ordinary jobs of one service, as canaries are. Throws CommandFailure (usage). */
export function requireInputs(inputs: readonly CanaryInput[]): readonly [CanaryInput, ...CanaryInput[]] {
  const [first, ...others] = inputs;
  if (first === undefined) throw new CommandFailure(EXIT.usage, "the plan's inputs hold no job file");
  for (const { path, job } of inputs) {
    const wrong =
      job.service !== first.job.service
        ? `is of service ${job.service}, ${first.path} of service ${first.job.service}`
        : job.canary !== undefined
          ? "names the expected result: the keeper finds it"
          : job.mode !== "acceptance" || job.proof !== undefined || job.namedGpu !== undefined || job.ring !== undefined
            ? "is not drawn and accepted by its requester at a free ring index, as canaries are"
            : undefined;
    if (wrong !== undefined) throw new CommandFailure(EXIT.usage, `${path} ${wrong}`);
  }
  return [first, ...others];
}
