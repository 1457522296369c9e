import { randomBytes } from "node:crypto";
import type { TransactionSender } from "../../chain/sender";
import type { Agreement } from "../../protocol/agreement";
import { voteCommitmentOf } from "../../protocol/hashes";
import { formatJobId } from "../../protocol/jobId";
import { findingOf } from "../../protocol/review";
import { Finding, Verdict } from "../../protocol/status";
import { ZERO_DIGEST, type Digest } from "../../store";
import type { ChainEvidence } from "../shared/chains";
import { examine, pauseAfter, requestersFault, type Examination, type ExaminationRequest } from "../shared/examine";
import { call } from "../shared/money";
import type { Reporter } from "../shared/report";
import type { Question } from "../shared/review";
import { reviewOf, sendReported, type Session } from "../shared/session";
import type { ValidatorConfig } from "./config";
import { lastLookOf } from "./decide";
import type { Seat, Vote } from "./state";

/** A job under review, for one look at it. */
export interface Look {
  readonly seat: Seat;
  readonly jobId: bigint;
  readonly agreement: Agreement;
  /** keccak256 hash of the ABI-encoded agreement. */
  readonly agreementHash: Digest;
  readonly question: Question;
  /** The chain that the result stands on, if it has one. */
  readonly chain: ChainEvidence | undefined;
  readonly now: number;
  readonly seconds: number;
  readonly isLast: boolean;
}

export interface VoteTools {
  readonly session: Session;
  readonly sender: TransactionSender;
  readonly config: ValidatorConfig;
  readonly reporter: Reporter;
  readonly validator: bigint;
  /** How a job is done again; in a child process when absent. */
  readonly examine?: ((request: ExaminationRequest) => Promise<Examination>) | undefined;
  /** Writes the state down: called before anything that relies on it is sent. */
  readonly save: () => void;
}

interface Run {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Does disputed jobs again in the background, and seals and reveals what was found. */
export class Votes {
  readonly #tools: VoteTools;
  readonly #runs = new Map<string, Run>();
  #isClosed = false;

  constructor(tools: VoteTools) {
    this.#tools = tools;
  }

  /** Jobs at work. */
  get running(): number {
    return this.#runs.size;
  }

  isRunning(seat: Seat): boolean {
    return this.#runs.has(keyOf(seat));
  }

  /** Ends the work for a seat, if there is any. */
  stop(seat: Seat): void {
    this.#runs.get(keyOf(seat))?.controller.abort();
  }

  /** Ends all work; resolves when it is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const runs = [...this.#runs.values()];
    for (const { controller } of runs) controller.abort();
    await Promise.allSettled(runs.map(({ done }) => done));
  }

  /** Resolves when no work is going on; for tests and for one round alone. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#runs.values()].map(({ done }) => done));
  }

  // LOOKING

  /** Begins to do the job again; what comes of it is in the state when it is done. */
  examine(look: Look): void {
    const { seat, question, agreement, agreementHash } = look;
    if (this.#isClosed || this.isRunning(seat)) return;
    const { session, config } = this.#tools;
    const controller = new AbortController();
    const { signal } = controller;
    this.#report(seat, "examining", "doing the job again", { resultDigest: question.claim, seconds: look.seconds });
    const done = (this.#tools.examine ?? examine)({
      agreement,
      resultDigest: question.claim,
      store: session.store,
      limits: { seconds: look.seconds, memoryMiB: config.childMemoryMiB },
      kindDirectories: config.kindDirectories,
      chain: look.chain,
      known: seat.known?.agreement === agreementHash ? seat.known.digest : undefined,
      signal,
    })
      .then(
        (found) => {
          if (!signal.aborted) this.#note(look, found);
        },
        (error: unknown) => {
          if (!signal.aborted) this.#postpone(look, `it could not be looked at: ${String(error)}`);
        },
      )
      // A vote that is not on disk is not sealed: that writes it down first, or fails.
      .catch((error: unknown) => this.#report(seat, "notStored", `what was found is not on disk yet: ${String(error)}`))
      .finally(() => this.#runs.delete(keyOf(seat)));
    this.#runs.set(keyOf(seat), { controller, done });
  }

  #note(look: Look, found: Examination): void {
    if (found.verdict === undefined) return this.#noteObstacle(look, found);
    if (found.isForMissing === true) return this.#noteMissing(look, found.rightDigest, found.reason);
    if (found.verdict !== Verdict.Unavailable) return this.#vote(look, found.rightDigest, found.reason);
    look.seat.known = { digest: found.rightDigest, agreement: look.agreementHash };
    this.#noteMissing(look, ZERO_DIGEST, found.reason);
  }

  #noteObstacle(look: Look, { obstacle, reason }: Extract<Examination, { verdict: undefined }>): void {
    const { claim } = look.question;
    const fault = requestersFault(obstacle, reason);
    // Guilt cannot be shown: that is what the panel calls valid.
    if (fault !== undefined) {
      return obstacle === "missing" ? this.#noteMissing(look, claim, fault) : this.#vote(look, claim, fault);
    }
    switch (obstacle) {
      case "unknownKind":
        return this.fallSilent(look.seat, reason);
      default:
        return this.#postpone(look, reason);
    }
  }

  /** A store that has not got the files now may have them in an hour; the last look decides on `vote` at the latest. */
  #noteMissing(look: Look, vote: Digest, reason: string): void {
    const { seat, isLast } = look;
    seat.missing++;
    if (isLast || seat.missing >= this.#tools.config.unavailableLooks) return this.#vote(look, vote, reason);
    this.#postpone(look, reason);
  }

  #postpone({ seat, question, now, isLast }: Look, reason: string): void {
    const { attempts, retrySeconds, marginSeconds } = this.#tools.config;
    const last = lastLookOf(question, marginSeconds);
    const next = now + pauseAfter(seat.looks, retrySeconds);
    seat.looks++;
    // Out of looks, one is left: the last.
    seat.nextLook = isLast ? next : Math.min(seat.looks < attempts ? next : last, last);
    this.#report(seat, "undecided", reason, { reason, looks: seat.looks, nextLook: seat.nextLook });
    this.#tools.save();
  }

  #vote({ seat, question, agreementHash }: Look, digest: Digest, reason: string): void {
    const salt: Digest = `0x${randomBytes(32).toString("hex")}`;
    seat.votes.push({ digest, salt, claim: question.claim, agreement: agreementHash, reason });
    this.#tools.save();
    const finding = Finding[findingOf(question.claim, digest)];
    this.#report(seat, "found", `${finding}, ${reason}`, { finding, digest, resultDigest: question.claim, reason });
  }

  // TRANSACTIONS

  /** Seals a stored vote. */
  async commit(seat: Seat, place: number, vote: Vote): Promise<void> {
    // Without the salt the vote could never be revealed: it must be on disk before the commitment is sent.
    this.#tools.save();
    const commitment = this.commitmentOf(seat, vote);
    const finding = Finding[findingOf(vote.claim, vote.digest)];
    await this.#send("commit", commitment, [seat.question, place, commitment]);
    this.#report(seat, "committed", "sealed its vote", { seat: place, commitment, finding });
  }

  /** Reveals a sealed vote. */
  async reveal(seat: Seat, place: number, { digest, salt, claim }: Vote): Promise<void> {
    await this.#send("reveal", `${seat.question}:${seat.round}`, [seat.question, place, digest, salt]);
    const finding = Finding[findingOf(claim, digest)];
    this.#report(seat, "revealed", `revealed its vote, ${finding}`, { seat: place, finding, digest });
  }

  /** The commitment to a vote from a seat. */
  commitmentOf({ question, round }: Seat, { digest, salt }: Vote): string {
    const { session, validator } = this.#tools;
    const { at } = reviewOf(session);
    const place = { chainId: BigInt(session.chain.chainId), panel: at.panel, question, round: BigInt(round) };
    return voteCommitmentOf(place, { validator, digest, salt });
  }

  /** Says, once, that no vote is given or can be revealed. */
  fallSilent(seat: Seat, why: string): void {
    this.stop(seat);
    if (seat.silent === why) return;
    seat.silent = why;
    this.#tools.save();
    this.#report(seat, "silent", `gives no vote: ${why}`, { reason: why });
  }

  async #send(name: "commit" | "reveal", detail: string, values: readonly unknown[]): Promise<void> {
    const { session, sender, reporter } = this.#tools;
    const { panel, at } = reviewOf(session);
    await sendReported(sender, call(`${name}:${detail}`, at.panel, panel.interface, name, values), reporter);
  }

  #report(seat: Seat, event: string, sentence: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const { question, round } = seat;
    this.#tools.reporter.news(event, `${nameOf(seat)}: ${sentence}`, {
      ...seatFields(seat),
      question,
      round,
      ...fields,
    });
  }
}

/** How people call a seat: by its job, or its question before that is found. */
export function nameOf({ jobId, question }: Pick<Seat, "jobId" | "question">): string {
  return jobId === undefined ? `question ${question.slice(0, 10)}` : `review of job ${formatJobId(jobId)}`;
}

function seatFields({ jobId }: Seat): Readonly<Record<string, unknown>> {
  return jobId === undefined ? {} : { job: formatJobId(jobId) };
}

function keyOf({ question, round }: Seat): string {
  return `${question}:${round}`;
}
