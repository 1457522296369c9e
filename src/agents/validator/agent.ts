import { keccak256 } from "ethers";
import { EventFollower } from "../../chain/follower";
import type { ChainLog } from "../../chain/logs";
import type { BlockInfo } from "../../chain/rpc";
import type { TransactionSender } from "../../chain/sender";
import type { StateFile } from "../../chain/stateFile";
import type { Agreement } from "../../protocol/agreement";
import {
  courtTopics,
  decodeCourtEvent,
  decodeEscrowEvent,
  decodePanelEvent,
  escrowTopics,
  panelTopics,
} from "../../protocol/events";
import { decodeAgreement, encodeAgreement } from "../../protocol/hashes";
import { InvalidJobId, splitJobId } from "../../protocol/jobId";
import { QuestionStatus } from "../../protocol/status";
import { digestSchema, type Digest } from "../../store";
import { readCheck, readOpened, type ChainCheck, type ChainEvidence } from "../shared/chains";
import { clockOf } from "../shared/clock";
import type { Examination, ExaminationRequest } from "../shared/examine";
import { assertAgreed, HistoryUnavailable, readHistory } from "../shared/history";
import type { Reporter } from "../shared/report";
import { findCase, jobOfCase, questionFor, readQuestion, type Question } from "../shared/review";
import { reviewOf, type Session } from "../shared/session";
import { nameOf, Votes } from "./actions";
import type { ValidatorConfig } from "./config";
import { decide, type SeatView } from "./decide";
import { Keeping, type Moment } from "./keeping";
import { openState, validatorStateFile, type ReviewCase, type Seat, type ValidatorState } from "./state";

/** Longest pause before a failed step is tried again, rounds. */
const MAX_PAUSE_ROUNDS = 64;

export interface ValidatorOptions {
  readonly session: Session;
  readonly sender: TransactionSender;
  readonly config: ValidatorConfig;
  readonly reporter: Reporter;
  /** Vault account of the validator worked for. */
  readonly validator: bigint;
  /** How a job is done again; in a child process when absent. */
  readonly examine?: ((request: ExaminationRequest) => Promise<Examination>) | undefined;
}

/** A job with its checked agreement. */
interface JobAtHand {
  readonly jobId: bigint;
  readonly agreement: Agreement;
  readonly agreementHash: Digest;
}

/**
 * Sits on panels: follows the chain, does the disputed jobs of its seats again, seals and reveals what it found, and moves
 * cases on. Every round asks the chain where each question stands and decides from that alone, so rounds may fail, repeat,
 * or be cut short at any point. A vote is on disk with its salt before its commitment is sent, and never replaced.
 */
export class ValidatorAgent {
  readonly #options: ValidatorOptions;
  readonly #file: StateFile<ValidatorState>;
  readonly #follower: EventFollower;
  readonly #votes: Votes;
  readonly #keeping: Keeping;
  readonly #pauses = new Map<Seat, { failures: number; rounds: number }>();
  /** Seats and cases whose agreement has to be compared again, since blocks were replaced. */
  readonly #unsure = new Set<Seat | ReviewCase>();
  #state: ValidatorState;

  private constructor(options: ValidatorOptions, state: ValidatorState, file: StateFile<ValidatorState>) {
    const { session } = options;
    const { at, block } = reviewOf(session);
    this.#options = options;
    this.#state = state;
    this.#file = file;
    this.#follower = new EventFollower({
      rpc: session.rpc,
      filter: {
        addresses: [at.panel, at.court, session.market.at.escrow],
        topics: [[...panelTopics(), ...courtTopics(), ...escrowTopics(["JobDisputed"])]],
      },
      fromBlock: block,
    });
    this.#votes = new Votes({ ...options, save: () => this.#save() });
    this.#keeping = new Keeping({ ...options, agreementOf: async (one) => (await this.#jobOf(one)).agreement });
  }

  /** Opens the stored state, or begins one. Throws InvalidState when the stored one is of another validator. */
  static async open(options: ValidatorOptions): Promise<ValidatorAgent> {
    const { session, config, validator } = options;
    const file = validatorStateFile(session);
    const state = await openState(session, file, validator, config.lookbackBlocks);
    // What was drawn while nobody looked is searched for at once.
    state.sweptAt = 0;
    // Whoever starts anew may have seen to what was in the way.
    for (const seat of state.seats) Object.assign(seat, { silent: undefined, nextLook: 0 });
    return new ValidatorAgent(options, state, file);
  }

  /** Seats at hand. */
  get seats(): readonly Readonly<Seat>[] {
    return this.#state.seats;
  }

  /** Cases at hand. */
  get cases(): readonly Readonly<ReviewCase>[] {
    return this.#state.cases;
  }

  /** One round: news from the chain, a step for every seat, then cases. Throws when the chain cannot be read. */
  async tick(): Promise<void> {
    const batch = await this.#follower.poll(this.#state.cursor);
    for (const log of batch.logs) this.#take(log);
    this.#state.cursor = batch.cursor;
    if (batch.rolledBackTo !== undefined) this.#noteReorg(batch.rolledBackTo, batch.head);
    if (batch.logs.length > 0 || batch.rolledBackTo !== undefined) this.#save();
    const moment = { head: batch.head, now: await clockOf(this.#options.session, batch.head) };
    for (const seat of [...this.#state.seats]) await this.#advance(seat, moment);
    if (!batch.isCurrent) return;
    if (this.#options.config.keep) await this.#keep(moment);
    if (moment.now - this.#state.sweptAt >= this.#options.config.sweepSeconds) await this.#sweep(moment);
  }

  /** Resolves when no job is being done again; for tests and for one round alone. */
  idle(): Promise<void> {
    return this.#votes.idle();
  }

  /** Ends the work; what is unfinished goes on after the next start. */
  async close(): Promise<void> {
    await this.#votes.close();
    this.#save();
  }

  // NEWS

  #take(log: ChainLog): void {
    const { session } = this.#options;
    const { at } = reviewOf(session);
    if (log.address === at.panel.toLowerCase()) return this.#takePanel(log);
    if (log.address === at.court.toLowerCase()) {
      const event = decodeCourtEvent(log);
      const jobId = jobOfCase(session, event);
      if (jobId !== undefined) this.#addCase(jobId);
      if (event !== undefined) this.#keeping.touch(event.question);
      return;
    }
    const event = decodeEscrowEvent(log);
    if (event?.name === "JobDisputed" && isJobId(event.jobId)) this.#addCase(event.jobId);
  }

  #takePanel(log: ChainLog): void {
    const event = decodePanelEvent(log);
    if (event === undefined) return;
    this.#keeping.touch(event.question);
    const isOurs = event.name === "PanelDrawn" && event.validators.includes(this.#options.validator);
    if (isOurs) this.#addSeat(digestSchema.parse(event.question), Number(event.round));
  }

  #addSeat(question: Digest, round: number): void {
    if (this.#state.seats.some((seat) => seat.question === question && seat.round === round)) return;
    const jobId = this.#state.cases.find((one) => one.question === question)?.jobId;
    const seat: Seat = { question, round, jobId, looks: 0, missing: 0, nextLook: 0, votes: [] };
    this.#state.seats.push(seat);
    this.#options.reporter.news("seated", `${nameOf(seat)}: drawn for its panel`, { question, round });
  }

  #addCase(jobId: bigint): void {
    if (!this.#options.config.keep || this.#state.cases.some((one) => one.jobId === jobId)) return;
    this.#state.cases.push({ jobId, question: digestSchema.parse(questionFor(this.#options.session, jobId)) });
  }

  #noteReorg(rolledBackTo: number, head: BlockInfo): void {
    const sentence = `blocks after ${rolledBackTo} were replaced, the head is ${head.number}: reading again`;
    this.#options.reporter.news("reorg", sentence, { rolledBackTo, head: head.number });
    for (const seat of this.#state.seats) {
      seat.openedAt = undefined;
      this.#unsure.add(seat);
    }
    for (const one of this.#state.cases) this.#unsure.add(one);
    this.#keeping.touchAll();
  }

  /** Compares the registry's count of open seats with ours: an endpoint that hid a draw is found out. */
  async #sweep({ head, now }: Moment): Promise<void> {
    const { session, config, validator, reporter } = this.#options;
    const { validators, block: first } = reviewOf(session);
    const { openSeats } = await validators.validatorOf(validator);
    const known = this.#state.seats.filter(({ endedAt }) => endedAt === undefined).length;
    this.#state.sweptAt = now;
    if (openSeats > BigInt(known)) {
      const from = session.chain.isLocal ? first : Math.max(first, head.number - config.lookbackBlocks);
      this.#state.cursor = { block: from - 1, hashes: [] };
      const sentence = `the registry counts ${openSeats} open seats, ${known} are known: reading again from block ${from}`;
      reporter.news("seatsMissing", sentence, { openSeats, known, from });
    }
    this.#save();
  }

  // SEATS

  async #advance(seat: Seat, moment: Moment): Promise<void> {
    if (!this.#state.seats.includes(seat) || this.#isPaused(seat)) return;
    try {
      await this.#step(seat, moment);
      this.#pauses.delete(seat);
    } catch (error) {
      this.#noteFailure(seat, error);
    }
  }

  async #step(seat: Seat, { head, now }: Moment): Promise<void> {
    const { session, config } = this.#options;
    const review = reviewOf(session);
    const question = await readQuestion(review, seat.question);
    const view = await this.#viewOf(seat, question);
    this.#noteOpening(seat, question, head);
    const needsVote = question.status === QuestionStatus.Committing && view?.committed === false;
    if (needsVote && question.asker !== review.at.court) {
      return this.#votes.fallSilent(
        seat,
        `it was asked by ${question.asker}, whose questions this program does not know`,
      );
    }
    const atHand = needsVote && now <= question.commitEnd ? await this.#jobOf(seat) : undefined;
    const action = decide({
      seat,
      question,
      view,
      vote: seat.votes.find((vote) => vote.claim === question.claim && vote.agreement === atHand?.agreementHash),
      now,
      headNumber: head.number,
      confirmations: session.chain.confirmations,
      isRunning: this.#votes.isRunning(seat),
      hasRoom: this.#votes.running < config.maxParallel,
      config,
    });
    if (action.do === "forget") return this.#forget(seat, head);
    seat.endedAt = undefined;
    if (action.do === "silent") return this.#votes.fallSilent(seat, action.why);
    if (action.do === "stop") return this.#votes.stop(seat);
    if (action.do === "wait" || view === undefined) return;
    if (action.do === "commit") return this.#votes.commit(seat, view.place, action.vote);
    if (action.do === "reveal") return this.#votes.reveal(seat, view.place, action.vote);
    if (atHand === undefined) return;
    const check = await readCheck(session, atHand.jobId);
    // The segments of this panel may still be opened; nothing is known of the result before.
    if (check !== undefined && !check.opened && now <= check.openEnd) return;
    const { seconds, isLast } = action;
    const chain = check === undefined ? undefined : await this.#evidenceOf(atHand.jobId, check);
    this.#votes.examine({ seat, question, chain, now, seconds, isLast, ...atHand });
  }

  async #evidenceOf(jobId: bigint, check: ChainCheck): Promise<ChainEvidence> {
    const { session } = this.#options;
    const opened = check.opened ? await readOpened(session, jobId, check) : undefined;
    return { segments: check.segments, opened };
  }

  /** Our seat on the present panel, from what the panel itself says. */
  async #viewOf(seat: Seat, question: Question): Promise<SeatView | undefined> {
    const { session, validator } = this.#options;
    const { panel } = reviewOf(session);
    const isVoting = question.status === QuestionStatus.Committing || question.status === QuestionStatus.Revealing;
    if (!isVoting || question.round !== seat.round) return undefined;
    const seats = await panel.seatsOf(seat.question, question.instance, question.redrawn);
    const place = seats.indexOf(validator);
    if (place < 0) return undefined;
    const { committed, revealed, vote } = await panel.voteOf(seat.question, place);
    const sealed = seat.votes.find((stored) => this.#votes.commitmentOf(seat, stored) === vote);
    return { place, committed, revealed, sealed };
  }

  #noteOpening(seat: Seat, { status, round }: Question, head: BlockInfo): void {
    const isOpen = status === QuestionStatus.Revealing && round === seat.round;
    const known = seat.openedAt;
    seat.openedAt = isOpen ? (known ?? head.number) : undefined;
    if (seat.openedAt !== known) this.#save();
  }

  /** The job that a seat or case is about: found, compared with the hash that the escrow stores, and kept. */
  async #jobOf(one: Seat | ReviewCase): Promise<JobAtHand> {
    const { session } = this.#options;
    one.jobId ??= await findCase(session, one.question);
    if (one.agreement !== undefined && this.#unsure.has(one)) await this.#compare(one, one.jobId, one.agreement);
    if (one.agreement === undefined) {
      one.agreement = encodeAgreement((await readHistory(session, one.jobId)).posted.event.agreement);
      this.#save();
    }
    this.#unsure.delete(one);
    const agreementHash = digestSchema.parse(keccak256(one.agreement));
    return { jobId: one.jobId, agreement: decodeAgreement(one.agreement), agreementHash };
  }

  /** After a reorg the same id may be of a job with another agreement. */
  async #compare(one: Seat | ReviewCase, jobId: bigint, agreement: string): Promise<void> {
    const { session } = this.#options;
    try {
      await assertAgreed(session, jobId, decodeAgreement(agreement));
    } catch (error) {
      // The job is over and its ring index holds a later one: what was checked before still holds.
      if (session.explain(error)?.name === "EscrowUnknownJob") return;
      if (!(error instanceof HistoryUnavailable)) throw error;
      one.agreement = undefined;
    }
  }

  /** Forgets a seat, no earlier than the end of its question is settled: a reorg may bring it back. */
  #forget(seat: Seat, head: BlockInfo): void {
    this.#votes.stop(seat);
    const isNew = seat.endedAt === undefined;
    seat.endedAt ??= head.number;
    if (head.number >= seat.endedAt + this.#options.session.chain.confirmations) {
      this.#state.seats = this.#state.seats.filter((other) => other !== seat);
      this.#pauses.delete(seat);
      this.#unsure.delete(seat);
      const { question, round } = seat;
      this.#options.reporter.news("ended", `${nameOf(seat)}: over`, { question, round });
    } else if (!isNew) return;
    this.#save();
  }

  /** No failure of one seat holds up another, or ends the program: silence costs stake. */
  #noteFailure(seat: Seat, error: unknown): void {
    const { session, reporter } = this.#options;
    const refusal = session.explain(error);
    const failures = (this.#pauses.get(seat)?.failures ?? 0) + 1;
    this.#pauses.set(seat, { failures, rounds: Math.min(2 ** failures, MAX_PAUSE_ROUNDS) });
    const reason = refusal?.sentence ?? (error instanceof Error ? error.message : String(error));
    const { question, round } = seat;
    reporter.news("stepFailed", `${nameOf(seat)}: ${reason}`, { question, round, error: refusal?.name, reason });
  }

  #isPaused(seat: Seat): boolean {
    const pause = this.#pauses.get(seat);
    if (pause === undefined || pause.rounds === 0) return false;
    pause.rounds--;
    return true;
  }

  // CASES

  #keep(moment: Moment): Promise<void> {
    return this.#keeping.round([...this.#state.cases], moment, (one, isOver) =>
      this.#noteLook(one, isOver, moment.head),
    );
  }

  /** Forgets a case, no earlier than its end is settled. */
  #noteLook(one: ReviewCase, isOver: boolean, head: BlockInfo): void {
    const known = one.endedAt;
    one.endedAt = isOver ? (known ?? head.number) : undefined;
    const isSettled = head.number >= (one.endedAt ?? Infinity) + this.#options.session.chain.confirmations;
    if (isSettled) {
      this.#state.cases = this.#state.cases.filter((other) => other !== one);
      this.#unsure.delete(one);
    }
    if (isSettled || one.endedAt !== known) this.#save();
  }

  #save(): void {
    this.#file.write(this.#state);
  }
}

function isJobId(jobId: bigint): boolean {
  try {
    splitJobId(jobId);
    return true;
  } catch (cause) {
    if (cause instanceof InvalidJobId) return false;
    throw cause;
  }
}
