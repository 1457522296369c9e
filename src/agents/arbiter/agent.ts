import { join } from "node:path";
import { z } from "zod";
import { cursorSchema, EventFollower } from "../../chain/follower";
import type { BlockInfo } from "../../chain/rpc";
import type { TransactionSender } from "../../chain/sender";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { agreementStruct, type Agreement } from "../../protocol/agreement";
import { decodeEscrowEvent, escrowTopics } from "../../protocol/events";
import { formatJobId } from "../../protocol/jobId";
import { Finding, JobStatus, jobStatus, Verdict } from "../../protocol/status";
import { jobWord } from "../../protocol/words";
import { cidOf, digestSchema, type Digest } from "../../store";
import { encodeCanonical } from "../../workload/canonical";
import { stateToJson } from "../operator/state";
import { baseConfigShape } from "../shared/config";
import { examine, examineConfigShape, pauseAfter, requestersFault, type Examination } from "../shared/examine";
import { isPassing } from "../shared/failures";
import { readHistory } from "../shared/history";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { isForCourt, questionFor, readQuestion } from "../shared/review";
import { reviewOf, sendReported, type Session } from "../shared/session";
import { agreesWith, awaitsArbiter } from "./confirm";

/** zod schema of an arbiter's configuration. */
export const arbiterConfigSchema = z.strictObject({
  ...baseConfigShape,
  ...examineConfigShape,
  /** On a public chain, how many blocks back a new arbiter looks for disputes. */
  lookbackBlocks: z.number().int().min(0).default(200_000),
});

/** An arbiter's configuration. */
export type ArbiterConfig = z.output<typeof arbiterConfigSchema>;

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const stateSchema = z.object({
  version: z.literal(1),
  chainId: z.number().int(),
  arbiter: z.string(),
  cursor: cursorSchema,
  disputes: z.array(
    z.object({
      jobId: decimal,
      looks: z.number().int(),
      /** Newest block when it was no longer open; it is forgotten once that is settled. */
      endedAt: z.number().int().optional(),
    }),
  ),
});

/** Looks at the chain that a dispute before a panel rests. */
const PANEL_ROUNDS = 4;

type ArbiterState = z.output<typeof stateSchema>;
type Dispute = ArbiterState["disputes"][number];
type Decided = Exclude<Examination, { verdict: undefined }>;

export interface ArbiterOptions {
  readonly session: Session;
  readonly sender: TransactionSender;
  readonly config: ArbiterConfig;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Watches for disputes that the governed arbiter resolves, does each job again, and rules by the digest. Where a panel found
 * guilt that needs an arbiter, does that job again, too, and confirms what it finds itself.
 */
export class ArbiterAgent {
  readonly #options: ArbiterOptions;
  readonly #file: StateFile<ArbiterState>;
  readonly #follower: EventFollower;
  /** What was found and not ruled on chain yet: a job is not done again because a transaction failed. */
  readonly #found = new Map<bigint, { readonly resultDigest: Digest; readonly finding: Decided }>();
  /** Wall clock before which a dispute rests, milliseconds. */
  readonly #restUntil = new Map<bigint, number>();
  #state: ArbiterState;

  private constructor(options: ArbiterOptions, state: ArbiterState, file: StateFile<ArbiterState>) {
    const { market, rpc } = options.session;
    this.#options = options;
    this.#state = state;
    this.#file = file;
    this.#follower = new EventFollower({
      rpc,
      filter: { addresses: [market.at.escrow], topics: [escrowTopics(["JobDisputed"])] },
      fromBlock: market.manifest.contracts.JobEscrow.block,
    });
  }

  /** Opens the stored state, or begins one. Throws InvalidState when the stored one is of another deployment. */
  static async open(options: ArbiterOptions): Promise<ArbiterAgent> {
    const { session, config } = options;
    const { chain, market } = session;
    const file = new StateFile(join(session.stateDir, "arbiter.json"), stateSchema, stateToJson);
    const first = market.manifest.contracts.JobEscrow.block - 1;
    const block = chain.isLocal ? first : Math.max(first, (await session.head()).number - config.lookbackBlocks);
    const state = file.read() ?? {
      version: 1,
      chainId: chain.chainId,
      arbiter: market.at.arbiter,
      cursor: { block, hashes: [] },
      disputes: [],
    };
    if (state.chainId !== chain.chainId || state.arbiter !== market.at.arbiter) {
      throw new InvalidState(`${session.stateDir} holds the state of another deployment: give this one its own folder`);
    }
    return new ArbiterAgent(options, state, file);
  }

  /** One round: new disputes, then a look at each open one. Throws when the chain cannot be read. */
  async tick(): Promise<void> {
    const batch = await this.#follower.poll(this.#state.cursor);
    for (const log of batch.logs) {
      const event = decodeEscrowEvent(log);
      const isKnown = this.#state.disputes.some(({ jobId }) => jobId === event?.jobId);
      if (event !== undefined && !isKnown) this.#state.disputes.push({ jobId: event.jobId, looks: 0 });
    }
    this.#state.cursor = batch.cursor;
    if (batch.logs.length > 0) this.#save();
    for (const dispute of [...this.#state.disputes]) await this.#handle(dispute, batch.head);
  }

  async #handle(dispute: Dispute, head: BlockInfo): Promise<void> {
    const { session, config } = this.#options;
    const { jobId } = dispute;
    if (performance.now() < (this.#restUntil.get(jobId) ?? 0)) return;
    try {
      const word = jobWord.decode(await session.market.escrow.jobOf(jobId));
      const isOpen = jobStatus(word.status) === JobStatus.Disputed && head.timestamp <= Number(word.due);
      if (!isOpen) return this.#end(dispute, head);
      dispute.endedAt = undefined;
      const { agreement } = (await readHistory(session, jobId)).posted.event;
      const isOurs = agreement.resolver === session.market.at.arbiter || isForCourt(session, agreement);
      if (!isOurs || dispute.looks >= config.attempts) return this.#drop(dispute);
      if (isForCourt(session, agreement)) return await this.#confirm(dispute, agreement, head);
      const resultDigest = digestSchema.parse(await session.market.escrow.resultOf(jobId));
      const finding = await this.#find(dispute, agreement, resultDigest);
      if (finding !== undefined) await this.#rule(jobId, agreementStruct(agreement), resultDigest, finding);
    } catch (error) {
      this.#noteFailure(dispute, error);
    }
  }

  /** Says of a panel's guilt that needs an arbiter whether the job, done again, gives the same. */
  async #confirm(dispute: Dispute, agreement: Agreement, head: BlockInfo): Promise<void> {
    const { session, sender, reporter } = this.#options;
    const { jobId } = dispute;
    const { panel, at } = reviewOf(session);
    const id = questionFor(session, jobId);
    const question = await readQuestion(reviewOf(session), id);
    if (!awaitsArbiter(question, head.timestamp)) {
      this.#restUntil.set(jobId, performance.now() + PANEL_ROUNDS * session.pollMs);
      return;
    }
    const finding = await this.#find(dispute, agreement, question.claim);
    if (finding === undefined) return;
    const confirmed = agreesWith(question, finding);
    await sendReported(sender, call(`confirm:${id}`, at.panel, panel.interface, "confirm", [id, confirmed]), reporter);
    const name = formatJobId(jobId);
    const fields = { job: name, question: id, panel: Finding[question.finding], confirmed, reason: finding.reason };
    const said = confirmed ? "is confirmed" : "is refused";
    reporter.news("confirmed", `job ${name}: the panel's ${Finding[question.finding]} ${said}`, fields);
  }

  /** What doing the job again gave, now or before. Undefined when nothing can be said yet: the dispute then rests. */
  async #find(dispute: Dispute, agreement: Agreement, resultDigest: Digest): Promise<Decided | undefined> {
    const found = this.#found.get(dispute.jobId);
    if (found?.resultDigest === resultDigest) return found.finding;
    const finding = await this.#examine(dispute, agreement, resultDigest);
    if (finding !== undefined) this.#found.set(dispute.jobId, { resultDigest, finding });
    return finding;
  }

  /** Does the job again. Undefined when nothing can be said yet: the dispute then rests. */
  async #examine(dispute: Dispute, agreement: Agreement, resultDigest: Digest): Promise<Decided | undefined> {
    const { session, config, reporter, signal } = this.#options;
    const name = formatJobId(dispute.jobId);
    reporter.news("examining", `job ${name}: doing it again`, { job: name, resultDigest });
    const finding = await examine({
      agreement,
      resultDigest,
      store: session.store,
      limits: { seconds: config.childSeconds, memoryMiB: config.childMemoryMiB },
      kindDirectories: config.kindDirectories,
      signal,
    });
    if (signal.aborted) return undefined;
    // A store that has not got the files now may have them in an hour; a loss cannot be taken back.
    const isRash = dispute.looks + 1 < Math.min(config.unavailableLooks, config.attempts);
    if (finding.verdict === undefined) {
      const reason = requestersFault(finding.obstacle, finding.reason);
      if (reason !== undefined && !(isRash && finding.obstacle === "missing")) {
        return { verdict: Verdict.Valid, rightDigest: resultDigest, reason };
      }
      return void this.#postpone(dispute, finding.reason, finding.isFinal);
    }
    if (isRash && finding.verdict === Verdict.Unavailable) return void this.#postpone(dispute, finding.reason, false);
    return finding;
  }

  async #rule(
    jobId: bigint,
    struct: ReturnType<typeof agreementStruct>,
    resultDigest: string,
    finding: Decided,
  ): Promise<void> {
    const { session, sender, reporter } = this.#options;
    const { arbiter, escrow, at } = session.market;
    const { verdict, rightDigest, reason } = finding;
    const name = formatJobId(jobId);
    const reasons = {
      version: 1,
      job: name,
      escrow: await escrow.getAddress(),
      resultDigest,
      rightDigest,
      verdict: Verdict[verdict],
      reason,
    };
    const evidence = (await session.store.put(encodeCanonical(reasons))).digest;
    const values = [at.escrow, jobId, struct, verdict, rightDigest, evidence];
    await sendReported(sender, call(`rule:${jobId}`, at.arbiter, arbiter.interface, "rule", values), reporter);
    const fields = { job: name, verdict: Verdict[verdict], resultDigest, rightDigest, evidence: cidOf(evidence) };
    reporter.news("ruled", `job ${name}: ${Verdict[verdict]}, ${reason}`, fields);
  }

  #postpone(dispute: Dispute, reason: string, isFinal: boolean): void {
    const { attempts, retrySeconds } = this.#options.config;
    const pause = pauseAfter(dispute.looks, retrySeconds);
    this.#restUntil.set(dispute.jobId, performance.now() + pause * 1000);
    dispute.looks = isFinal ? attempts : dispute.looks + 1;
    const name = formatJobId(dispute.jobId);
    this.#options.reporter.news("undecided", `job ${name}: ${reason}`, { job: name, reason, looks: dispute.looks });
    this.#save();
  }

  #noteFailure(dispute: Dispute, error: unknown): void {
    const { session, reporter } = this.#options;
    const refusal = session.explain(error);
    if (!isPassing(error) && refusal === undefined) throw error;
    const reason = refusal?.sentence ?? (error instanceof Error ? error.message : String(error));
    const name = formatJobId(dispute.jobId);
    reporter.news("rulingFailed", `job ${name}: ${reason}`, { job: name, error: refusal?.name, reason });
    if (refusal?.name === "EscrowUnknownJob") this.#drop(dispute);
    else if (refusal !== undefined) this.#postpone(dispute, reason, false);
  }

  /** It is ruled on, split or late. A reorg may open it again, so it is forgotten no earlier than that is settled. */
  #end(dispute: Dispute, head: BlockInfo): void {
    const { confirmations } = this.#options.session.chain;
    const isNew = dispute.endedAt === undefined;
    dispute.endedAt ??= head.number;
    if (head.number >= dispute.endedAt + confirmations) this.#drop(dispute);
    else if (isNew) this.#save();
  }

  #drop(dispute: Dispute): void {
    this.#found.delete(dispute.jobId);
    this.#restUntil.delete(dispute.jobId);
    this.#state.disputes = this.#state.disputes.filter((other) => other !== dispute);
    this.#save();
  }

  #save(): void {
    this.#file.write(this.#state);
  }
}
