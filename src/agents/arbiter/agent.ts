import { join } from "node:path";
import { z } from "zod";
import { cursorSchema, EventFollower } from "../../chain/follower";
import { isRpcFault } from "../../chain/rpc";
import { NoGasMoney, NonceTaken, StillPending, TransactionRefused, type TransactionSender } from "../../chain/sender";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { agreementStruct } from "../../protocol/agreement";
import { decodeEscrowEvent, escrowTopics } from "../../protocol/events";
import { formatJobId } from "../../protocol/jobId";
import { JobStatus, jobStatus, Verdict } from "../../protocol/status";
import { jobWord } from "../../protocol/words";
import { cidOf, digestSchema } from "../../store";
import { encodeCanonical } from "../../workload/canonical";
import { stateToJson } from "../operator/state";
import { baseConfigShape } from "../shared/config";
import { readHistory } from "../shared/history";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { sendReported, type Session } from "../shared/session";
import { examine, type Finding } from "./rule";

/** zod schema of an arbiter's configuration. */
export const arbiterConfigSchema = z.strictObject({
  ...baseConfigShape,
  /** Limits of doing a job again. */
  childSeconds: z.number().int().min(1).max(1_209_600).default(7200),
  childMemoryMiB: z.number().int().min(16).max(1_048_576).default(1024),
  kindDirectories: z.array(z.string()).default([]),
  /** Looks at a dispute that came to nothing before it is left to be split. */
  attempts: z.number().int().min(1).max(100).default(5),
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
  disputes: z.array(z.object({ jobId: decimal, looks: z.number().int() })),
});

type ArbiterState = z.output<typeof stateSchema>;
type Dispute = ArbiterState["disputes"][number];

export interface ArbiterOptions {
  readonly session: Session;
  readonly sender: TransactionSender;
  readonly config: ArbiterConfig;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Watches for disputes that the governed arbiter resolves, does each job again, and rules by the digest. */
export class ArbiterAgent {
  readonly #options: ArbiterOptions;
  readonly #file: StateFile<ArbiterState>;
  readonly #follower: EventFollower;
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
    for (const dispute of [...this.#state.disputes]) await this.#handle(dispute, batch.head.timestamp);
  }

  async #handle(dispute: Dispute, now: number): Promise<void> {
    const { session, config, reporter } = this.#options;
    const { jobId } = dispute;
    const name = formatJobId(jobId);
    try {
      const word = jobWord.decode(await session.market.escrow.jobOf(jobId));
      const { agreement } = (await readHistory(session, jobId)).posted.event;
      const isOurs = agreement.resolver === session.market.at.arbiter;
      const isOpen = jobStatus(word.status) === JobStatus.Disputed && now <= Number(word.due);
      if (!isOurs || !isOpen || dispute.looks >= config.attempts) return this.#drop(dispute);
      const resultDigest = digestSchema.parse(await session.market.escrow.resultOf(jobId));
      reporter.news("examining", `job ${name}: doing it again`, { job: name, resultDigest });
      const finding = await examine({
        agreement,
        resultDigest,
        store: session.store,
        limits: { seconds: config.childSeconds, memoryMiB: config.childMemoryMiB },
        kindDirectories: config.kindDirectories,
        signal: this.#options.signal,
      });
      if (finding.verdict === undefined) return this.#postpone(dispute, finding, name);
      await this.#rule(jobId, agreementStruct(agreement), resultDigest, finding);
      this.#drop(dispute);
    } catch (error) {
      this.#noteFailure(dispute, error);
    }
  }

  async #rule(
    jobId: bigint,
    struct: ReturnType<typeof agreementStruct>,
    resultDigest: string,
    finding: Exclude<Finding, { verdict: undefined }>,
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

  #postpone(dispute: Dispute, { reason, isFinal }: Extract<Finding, { verdict: undefined }>, name: string): void {
    dispute.looks = isFinal ? this.#options.config.attempts : dispute.looks + 1;
    this.#options.reporter.news("undecided", `job ${name}: ${reason}`, { job: name, reason, looks: dispute.looks });
    this.#save();
  }

  #noteFailure(dispute: Dispute, error: unknown): void {
    const { session, reporter } = this.#options;
    const refusal = session.explain(error);
    const isPassing = [NoGasMoney, StillPending, NonceTaken].some((kind) => error instanceof kind) || isRpcFault(error);
    if (!isPassing && !(error instanceof TransactionRefused) && refusal === undefined) throw error;
    const reason = refusal?.sentence ?? (error instanceof Error ? error.message : String(error));
    const name = formatJobId(dispute.jobId);
    reporter.news("rulingFailed", `job ${name}: ${reason}`, { job: name, error: refusal?.name, reason });
    if (refusal?.name === "EscrowUnknownJob" || refusal?.name === "EscrowWrongStatus") this.#drop(dispute);
    else if (refusal !== undefined) this.#postpone(dispute, { verdict: undefined, reason, isFinal: false }, name);
  }

  #drop(dispute: Dispute): void {
    this.#state.disputes = this.#state.disputes.filter((other) => other !== dispute);
    this.#save();
  }

  #save(): void {
    this.#file.write(this.#state);
  }
}
