import { expectedGasPrice } from "../../chain/fees";
import { isRpcFault, type BlockInfo } from "../../chain/rpc";
import { TransactionRefused, type Intent, type TransactionSender } from "../../chain/sender";
import type { Agreement } from "../../protocol/agreement";
import { formatTokens } from "../../protocol/amounts";
import { formatJobId } from "../../protocol/jobId";
import { JobStatus, jobStatus, QuestionStatus, RoundStatus } from "../../protocol/status";
import { jobWord } from "../../protocol/words";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { courtCall, isForCourt, readQuestion, type Question } from "../shared/review";
import { reviewOf, sendReported, type Session } from "../shared/session";
import { estimateGas, paddedGas } from "../shared/simulate";
import type { ValidatorConfig } from "./config";
import { nextLookAt, taskFor, type BeaconView, type CaseTask } from "./keep";
import type { ReviewCase } from "./state";

export interface KeepingTools {
  readonly session: Session;
  readonly sender: TransactionSender;
  readonly config: ValidatorConfig;
  readonly reporter: Reporter;
  /** The checked agreement of a case's job. */
  readonly agreementOf: (one: ReviewCase) => Promise<Agreement>;
}

/** The chain when cases are looked at. */
export interface Moment {
  readonly head: BlockInfo;
  /** Seconds of the chain. */
  readonly now: number;
}

/** Rounds that a refused task rests: someone else may have done it, or its time has not come. */
const REST_ROUNDS = 8;

/** Moves cases on for everybody. Several programs may do the same: who comes second finds it done. */
export class Keeping {
  readonly #tools: KeepingTools;
  readonly #resting = new Map<string, number>();
  /** Chain time of the next look at a case. */
  readonly #lookAt = new Map<string, number>();

  constructor(tools: KeepingTools) {
    this.#tools = tools;
  }

  /** Something happened to a question. */
  touch(question: string): void {
    this.#lookAt.delete(question);
  }

  /** Forgets what was remembered of all cases; after blocks were replaced. */
  touchAll(): void {
    this.#lookAt.clear();
  }

  /**
   * One round over all cases. Failures are reported, and hold up no other case.
   * @param onLook told of every case that was looked at, whether it is over
   */
  async round(
    cases: readonly ReviewCase[],
    moment: Moment,
    onLook: (one: ReviewCase, isOver: boolean) => void,
  ): Promise<void> {
    for (const [key, rounds] of this.#resting) {
      if (rounds <= 1) this.#resting.delete(key);
      else this.#resting.set(key, rounds - 1);
    }
    for (const one of cases) {
      if (moment.now < (this.#lookAt.get(one.question) ?? 0) || this.#resting.has(one.question)) continue;
      try {
        onLook(one, await this.#keep(one, moment));
      } catch (error) {
        this.#noteFailure(one, error);
      }
    }
  }

  /** Whether the case is over. */
  async #keep(one: ReviewCase, moment: Moment): Promise<boolean> {
    const { session } = this.#tools;
    const question = await readQuestion(reviewOf(session), one.question);
    if (question.status === QuestionStatus.Closed) return true;
    if (question.status === QuestionStatus.None) return this.#open(one, moment);
    const beacon = question.status === QuestionStatus.Waiting ? await this.#lookAtBeacon(question, moment) : undefined;
    const task = taskFor(question, beacon, moment.now);
    if (task === undefined) this.#lookAt.set(one.question, nextLookAt(question, moment.now));
    else await this.#attempt(task, one, moment);
    return false;
  }

  /** Brings a dispute before the panel, if it is one for the court. */
  async #open(one: ReviewCase, moment: Moment): Promise<boolean> {
    const { session } = this.#tools;
    let isOpen = false;
    try {
      const word = jobWord.decode(await session.market.escrow.jobOf(one.jobId));
      isOpen = jobStatus(word.status) === JobStatus.Disputed && moment.now <= Number(word.due);
    } catch (error) {
      if (session.explain(error)?.name !== "EscrowUnknownJob") throw error;
    }
    if (!isOpen || !isForCourt(session, await this.#tools.agreementOf(one))) return true;
    await this.#attempt("openCase", one, moment);
    return false;
  }

  async #lookAtBeacon({ round }: Question, { head }: Moment): Promise<BeaconView> {
    const { beacon } = this.#tools.session.market;
    const current = await beacon.currentRound();
    const [bound, newest, settings, fallbackOpensAt, fallbackTarget] = await Promise.all([
      beacon.roundInfo(round),
      beacon.roundInfo(current),
      beacon.settings(),
      beacon.fallbackOpensAt(),
      beacon.fallbackTarget(),
    ]);
    return {
      status: Number(bound.status) as RoundStatus,
      current: Number(current),
      currentStatus: Number(newest.status) as RoundStatus,
      currentRequestedAt: Number(newest.requestedAt),
      interval: Number(settings.interval),
      fallbackOpensAt: Number(fallbackOpensAt),
      fallbackTarget,
      headNumber: head.number,
    };
  }

  async #attempt(task: CaseTask, one: ReviewCase, { head }: Moment): Promise<void> {
    const { session, sender, reporter } = this.#tools;
    const intent = task === "requestRound" ? await this.#request(one, head) : await this.#intentOf(task, one);
    if (intent === undefined) return void this.#resting.set(one.question, REST_ROUNDS);
    const { gasUsed, gasCost } = await sendReported(sender, intent, reporter);
    const job = formatJobId(one.jobId);
    reporter.news(task, `${task} for the review of job ${job}`, { job, question: one.question, gasUsed, gasCost });
    if (!session.chain.isLocal) this.#resting.set(one.question, 1);
  }

  async #intentOf(task: Exclude<CaseTask, "requestRound">, one: ReviewCase): Promise<Intent> {
    const { session } = this.#tools;
    const { panel, at } = reviewOf(session);
    const { beacon } = session.market;
    switch (task) {
      case "openCase":
      case "conclude":
        return courtCall(session, task, one.jobId, await this.#tools.agreementOf(one));
      case "fixFallback":
      case "answerByFallback":
        return call(task, session.market.at.beacon, beacon.interface, task, []);
      default:
        return call(`${task}:${one.question}`, at.panel, panel.interface, task, [one.question]);
    }
  }

  /** The request of a round, simulated with its price; undefined when that is too high. */
  async #request(one: ReviewCase, head: BlockInfo): Promise<Intent | undefined> {
    const { session, sender, config, reporter } = this.#tools;
    const { panel, at } = reviewOf(session);
    const fees = await sender.marketFees();
    const gasPrice = expectedGasPrice(fees, head);
    const price = await session.market.beacon.price({ from: sender.address, gasPrice });
    if (price > config.maxRoundPrice) {
      const job = formatJobId(one.jobId);
      const sentence = `a round costs ${formatTokens(price)} coins, above the most that is paid here`;
      reporter.news("roundTooDear", `review of job ${job}: ${sentence}`, { job, price, most: config.maxRoundPrice });
      return undefined;
    }
    const key = `requestRound:${one.question}`;
    const intent = call(key, at.panel, panel.interface, "requestRound", [one.question], price);
    return { ...intent, gasLimit: paddedGas(session, await estimateGas(session, sender, intent, fees)) };
  }

  #noteFailure(one: ReviewCase, error: unknown): void {
    const { session, reporter } = this.#tools;
    this.#resting.set(one.question, REST_ROUNDS);
    const refusal = session.explain(error);
    const job = formatJobId(one.jobId);
    if (error instanceof TransactionRefused && refusal !== undefined) {
      // Someone else was faster, or the block's time is not there yet: not an error.
      return reporter.detail("lostRace", { job, error: refusal.name, reason: refusal.sentence });
    }
    const reason = refusal?.sentence ?? (error instanceof Error ? error.message : String(error));
    const event = isRpcFault(error) ? "endpointFailed" : "taskFailed";
    reporter.news(event, `review of job ${job}: ${reason}`, { job, error: refusal?.name, reason });
  }
}
