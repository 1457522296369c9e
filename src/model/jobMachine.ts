/**
 * The job machine of contracts/market in plain TypeScript, slow and obvious, for tests to compare the escrow with (SPEC 5,
 * 6, docs/state-machines.md): statuses, who may do what when, and everyone's money. Amounts are units of 1e9 wei, times are
 * seconds. A call that the contracts refuse throws MachineRefusal with the name of their error, and changes nothing.
 *
 * Who is drawn it is told (draw.ts); of scores and windows it knows nothing. `genuine` says whether the agreement that a
 * call brings is the job's.
 */
import { JobMode, JobStatus, Verdict } from "../protocol/status";
import { Books, type Tariff } from "./books";
import {
  add,
  ARROWS,
  closeUnpaid,
  lockOf,
  move,
  refuse,
  spendDrawFee,
  type MachineJob,
  type MachineSettings,
  type Posting,
} from "./job";
import { ClassQueue } from "./jobQueue";
import { canaryBond, challengeBond, potTotal, rejectionBond, type Ending } from "./payouts";
import { Rounds } from "./rounds";

/** What a draw found: a GPU, or 0 and the number of the try after the last. */
export type DrawResult = { gpu: bigint; nextTry: number };

const { Posted, Assigned, Committed, Delivered, Disputed, Settled, Refunded, Split, Cancelled, Expired, Accused } =
  JobStatus;

const HOUR = 3_600n;
const MAX_DRAWS = 3n;
const MAX_TRIES = 256;
const ROUND_CLOSES_AFTER = 600n;

/** Escrow, queues and rounds over the books. */
export class JobMachine {
  now = 0n;
  paused = false;
  /** Since when the sequencer is up again; undefined while it is down. */
  sequencerUpSince: bigint | undefined = 0n;
  readonly books: Books;
  readonly rounds: Rounds;
  readonly queues = new Map<number, ClassQueue<MachineJob>>();
  /** The job at each ring index, `account/ring`. */
  readonly rings = new Map<string, MachineJob>();

  /**
   * @param fallbackCap greatest compute of a job that a fallback draws, by class
   * @param interval seconds between requests
   */
  constructor(
    tariff: Tariff,
    readonly settings: MachineSettings,
    readonly fallbackCap: ReadonlyMap<number, bigint>,
    interval: bigint,
  ) {
    this.books = new Books(tariff);
    this.rounds = new Rounds(interval);
  }

  // Posting and leaving

  post(from: string, posting: Posting, entrants: ReadonlySet<bigint>): MachineJob {
    if (this.paused) refuse("EscrowPaused");
    const total = potTotal(posting.pot);
    if (total > posting.maxTotal) refuse("EscrowPriceAboveMaximum");
    const requester = this.books.accounts.get(from) ?? refuse("VaultNoAccount");
    this.books.requireFunds(requester, total);
    const last = this.rings.get(`${requester}/${posting.ring}`);
    if (last !== undefined && (ARROWS[last.status].length !== 0 || last.refundDue)) refuse("EscrowRingBusy");
    const job: MachineJob = {
      ...posting,
      ...this.settings,
      review: posting.mode === JobMode.Optimistic ? this.settings.challenge : this.settings.review,
      requester,
      holder: from,
      generation: (last?.generation ?? 0n) + 1n,
      status: JobStatus.None,
      gpu: 0n,
      due: 0n,
      round: 0n,
      elapsed: 0n,
      attempt: 0n,
      drawFees: 0n,
      inputCharges: 0n,
      accepted: false,
      redrawn: false,
      byFallback: false,
      refundDue: false,
      bonded: false,
      accusation: undefined,
      startedAt: 0n,
      deadline: 0n,
      paidIn: 0n,
      paidOut: 0n,
    };
    if (posting.namedGpu !== 0n)
      this.books.requireNameable(job, this.remaining !== 0 && entrants.has(job.namedGpu), this.now);
    else if (this.queue(job.classId).main.push(job) === undefined) refuse("EscrowQueueFull");
    this.books.debit(job, total);
    this.rings.set(`${requester}/${posting.ring}`, job);
    move(job, Posted);
    if (posting.namedGpu !== 0n) {
      job.attempt = 1n;
      this.#hand(job, posting.namedGpu);
    }
    return job;
  }

  cancel(from: string, job: MachineJob, genuine: boolean, ticket: bigint, front: boolean): void {
    this.#load(job, genuine, Posted);
    if (from !== job.holder) refuse("EscrowNotRequester");
    this.#requireUnbound(job, ticket, front);
    this.#close(job, Cancelled, "refunded");
  }

  expire(job: MachineJob, genuine: boolean, ticket: bigint, front: boolean): void {
    this.#load(job, genuine, Posted);
    if (this.now <= job.expiry) refuse("EscrowTooEarly");
    this.#requireUnbound(job, ticket, front);
    this.#close(job, Expired, "refunded");
  }

  refund(job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Expired);
    if (!job.refundDue) refuse("EscrowNoRefundDue");
    job.refundDue = false;
    this.books.pay(job, "refunded");
  }

  // Rounds and draws

  /** Jobs of the newest round that are not drawn, over all classes. */
  get remaining(): number {
    return [...this.queues.values()].reduce((sum, q) => sum + (q.round === this.rounds.number ? q.pending : 0), 0);
  }

  requestRound(from: string, classIds: readonly number[]): void {
    if (this.remaining !== 0 && this.rounds.state === "answered") refuse("EscrowRoundOpen");
    this.rounds.requireRequestable(this.now);
    const twice = new Set(classIds).size !== classIds.length;
    const empty = (id: number) => this.queue(id).main.length + this.queue(id).front.length === 0;
    if (classIds.length === 0 || twice || classIds.some(empty)) refuse("EscrowNothingWaiting");
    this.rounds.request(from, this.now);
    for (const classId of classIds) this.queue(classId).bind(this.rounds.number);
  }

  /** `draw` says whom the next sixteen tries find. */
  assign(
    from: string,
    classId: number,
    maxJobs: number,
    draw: (job: MachineJob, firstTry: number) => DrawResult,
  ): void {
    const queue = this.#boundQueue(classId);
    if (this.rounds.state !== "answered") refuse("BeaconNoSeed");
    let fees = 0n;
    for (let concluded = 0; concluded < maxJobs && queue.pending !== 0; concluded += 1) {
      const job = queue.next as MachineJob;
      if (!this.#isLive(job)) {
        queue.pop();
        continue;
      }
      if (this.rounds.byFallback && job.pot.compute > (this.fallbackCap.get(classId) ?? 0n)) {
        this.#toTail(queue, job);
        continue;
      }
      const { gpu, nextTry } = draw(job, queue.tries);
      fees += spendDrawFee(job);
      if (gpu === 0n && nextTry < MAX_TRIES) {
        queue.tries = nextTry;
        break;
      }
      job.attempt += 1n;
      if (gpu === 0n) {
        this.#toTail(queue, job);
        continue;
      }
      queue.pop();
      job.round = this.rounds.number;
      job.byFallback = this.rounds.byFallback;
      this.#hand(job, gpu);
    }
    if (from === this.rounds.requestedBy) add(this.books.drawFees, from, fees);
    else {
      add(this.books.drawFees, this.rounds.requestedBy, fees / 2n);
      add(this.books.drawFees, from, fees - fees / 2n);
    }
  }

  closeRound(from: string, classId: number, maxJobs: number): void {
    const queue = this.#boundQueue(classId);
    const open = this.rounds.state === "answered" && this.now >= this.rounds.answeredAt + ROUND_CLOSES_AFTER;
    if (!open) refuse("EscrowTooEarly");
    for (let closed = 0; closed < maxJobs && queue.pending !== 0; closed += 1) {
      const job = queue.next as MachineJob;
      queue.pop();
      if (!this.#isLive(job)) continue;
      add(this.books.drawFees, from, spendDrawFee(job));
      closeUnpaid(job);
    }
  }

  // Work

  decline(from: string, job: MachineJob, genuine: boolean, inputUnavailable: boolean): void {
    this.#load(job, genuine, Assigned);
    this.#requireOperator(from, job, "EscrowNotOperator");
    if (job.accepted) refuse("EscrowAlreadyAccepted");
    this.#requireInTime(job);
    if (inputUnavailable && job.namedGpu === 0n) job.inputCharges += 1n;
    this.books.release(job, true);
    if (job.namedGpu === 0n) this.books.countDecline(job, this.now);
    this.#giveBack(job);
  }

  heartbeat(from: string, job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Assigned);
    this.#requireOperator(from, job, "EscrowNotOperator");
    this.#requireInTime(job);
    if (!job.accepted) {
      job.accepted = true;
      job.startedAt = this.now;
      job.deadline = this.now + job.secondsPerAttempt;
    }
    const next = this.now + job.heartbeat;
    job.due = job.heartbeat === 0n || next > job.deadline ? job.deadline : next;
  }

  commit(from: string, job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Assigned);
    this.#requireOperator(from, job, "EscrowNotOperator");
    if (job.mode === JobMode.Proof) refuse("EscrowWrongMode");
    this.#requireInTime(job);
    job.elapsed = this.#elapsed(job);
    move(job, Committed);
    job.due = this.now + job.reveal;
  }

  /** @param opens whether the opening fits the seal; `plausible` whether the report of energy can be true */
  reveal(from: string, job: MachineJob, opens: boolean, plausible: boolean): void {
    this.#load(job, true, Committed);
    this.#requireInTime(job);
    if (!opens) refuse("EscrowWrongCommitment");
    this.#deliver(from, job, plausible, job.elapsed);
  }

  deliver(from: string, job: MachineJob, plausible: boolean): void {
    this.#load(job, true, Assigned);
    if (job.mode === JobMode.Proof) refuse("EscrowWrongMode");
    this.#requireInTime(job);
    this.#deliver(from, job, plausible, this.#elapsed(job));
  }

  /** @param verdict what the verifier answers; undefined when it fails */
  deliverWithProof(
    from: string,
    job: MachineJob,
    genuine: boolean,
    plausible: boolean,
    verdict: boolean | undefined,
  ): void {
    this.#load(job, genuine, Assigned);
    if (job.mode !== JobMode.Proof) refuse("EscrowWrongMode");
    this.#requireInTime(job);
    this.#requireOperator(from, job, "RegistryNotWorker");
    if (!plausible) refuse("RegistryImplausibleEnergy");
    if (verdict === false) refuse("EscrowProofRejected");
    this.#deliver(from, job, plausible, this.#elapsed(job));
    if (verdict === true) this.#settle(job, "settled");
    else this.#dispute(job);
  }

  miss(from: string, job: MachineJob, genuine: boolean): void {
    this.#requireSequencerUp();
    this.#requireCurrent(job);
    if (job.status !== Assigned && job.status !== Committed) refuse("EscrowWrongStatus");
    if (!genuine) refuse("EscrowWrongAgreement");
    this.#requireOverdue(job);
    const caller = this.books.accounts.get(from) ?? 0n;
    const isParty = caller === job.requester || job.payees.includes(caller) || this.#worksFor(from, job);
    const promised = job.namedGpu === 0n || job.accepted || job.status === Committed;
    this.books.release(job, true);
    if (promised && caller !== 0n && !isParty) add(this.books.credits, caller, this.books.fine(job));
    this.#giveBack(job);
  }

  // Settlement

  settle(from: string, job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Delivered);
    if (!this.#maySettle(from, job)) refuse("EscrowTooEarly");
    this.#settle(job, "settled");
  }

  /** Returns how many rows were settled; the others are skipped. */
  settleMany(from: string, rows: readonly { job: MachineJob; genuine: boolean }[]): number {
    let settled = 0;
    for (const { job, genuine } of rows) {
      const ready = this.#isCurrent(job) && job.status === Delivered && genuine && this.#maySettle(from, job);
      if (!ready) continue;
      this.#settle(job, "settled");
      settled += 1;
    }
    return settled;
  }

  reject(from: string, job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Delivered);
    if (from !== job.holder) refuse("EscrowNotRequester");
    if (job.mode === JobMode.Optimistic) refuse("EscrowWrongMode");
    this.#requireInTime(job);
    const bond = rejectionBond(job.pot);
    if (bond !== 0n) this.books.requireFunds(job.requester, bond);
    job.bonded = bond !== 0n;
    this.books.debit(job, bond);
    this.#dispute(job);
  }

  challenge(from: string, job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Delivered);
    if (job.mode !== JobMode.Optimistic) refuse("EscrowWrongMode");
    this.#requireInTime(job);
    if (this.#worksFor(from, job)) refuse("EscrowOwnWork");
    this.#accuse(job, this.books.accounts.get(from) ?? refuse("VaultNoAccount"), challengeBond(job.pot));
    this.#dispute(job);
  }

  /** @param opens whether digest and salt are what the note sealed */
  accuse(from: string, job: MachineJob, genuine: boolean, opens: boolean): void {
    this.#load(job, genuine, Delivered);
    if (from !== job.holder) refuse("EscrowNotRequester");
    if (job.mode !== JobMode.Acceptance) refuse("EscrowWrongMode");
    if (job.namedGpu !== 0n) refuse("EscrowNotDrawn");
    this.#requireInTime(job);
    if (!opens || job.sealed === undefined) refuse("EscrowWrongOpening");
    if (job.sealed === "result") refuse("EscrowAsExpected");
    this.#accuse(job, job.requester, canaryBond(lockOf(job), job.pot, job));
    move(job, Accused);
    job.due = this.now + job.challenge;
  }

  contest(from: string, job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Accused);
    this.#requireOperator(from, job, "EscrowNotOperator");
    this.#requireInTime(job);
    this.#dispute(job);
  }

  convict(job: MachineJob, genuine: boolean): void {
    this.#requireSequencerUp();
    this.#load(job, genuine, Accused);
    this.#requireOverdue(job);
    this.books.release(job, false);
    this.books.slash(job, false, this.now);
    this.#close(job, Refunded, "refunded");
  }

  /** @param byResolver whether the caller is the agreement's resolver */
  rule(byResolver: boolean, job: MachineJob, genuine: boolean, verdict: Verdict): void {
    this.#load(job, genuine, Disputed);
    if (!byResolver) refuse("EscrowNotResolver");
    this.#requireInTime(job);
    if (verdict === Verdict.None) refuse("EscrowInvalidVerdict");
    if (verdict === Verdict.Valid) {
      this.#settle(job, job.mode === JobMode.Optimistic ? "challengedWrongly" : "ruledValid");
      return;
    }
    this.books.release(job, false);
    if (verdict === Verdict.Invalid) this.books.slash(job, true, this.now);
    this.#close(job, Refunded, "ruledAgainst");
  }

  splitDispute(job: MachineJob, genuine: boolean): void {
    this.#load(job, genuine, Disputed);
    this.#requireOverdue(job);
    this.books.release(job, false);
    this.#close(job, Split, "halved");
  }

  /** The queue of a class. */
  queue(classId: number): ClassQueue<MachineJob> {
    const queue = this.queues.get(classId) ?? new ClassQueue<MachineJob>();
    this.queues.set(classId, queue);
    return queue;
  }

  // Checks

  #load(job: MachineJob, genuine: boolean, status: JobStatus): void {
    this.#requireCurrent(job);
    if (job.status !== status) refuse("EscrowWrongStatus");
    if (!genuine) refuse("EscrowWrongAgreement");
  }

  #isCurrent(job: MachineJob): boolean {
    return this.rings.get(`${job.requester}/${job.ring}`) === job;
  }

  #requireCurrent(job: MachineJob): void {
    if (!this.#isCurrent(job)) refuse("EscrowUnknownJob");
  }

  #isLive(job: MachineJob): boolean {
    return this.#isCurrent(job) && job.status === Posted;
  }

  #boundQueue(classId: number): ClassQueue<MachineJob> {
    const queue = this.queue(classId);
    if (queue.round !== this.rounds.number || queue.pending === 0) refuse("EscrowNoRound");
    return queue;
  }

  #requireUnbound(job: MachineJob, ticket: bigint, front: boolean): void {
    const queue = this.queue(job.classId);
    const line = front ? queue.front : queue.main;
    if (line.at(ticket) !== job) refuse("EscrowWrongTicket");
    if (queue.round !== this.rounds.number || !line.isBound(ticket)) return;
    if (!this.rounds.isDead(this.now)) refuse("EscrowBoundToRound");
  }

  #requireOperator(from: string, job: MachineJob, error: string): void {
    if (!this.#worksFor(from, job)) refuse(error);
  }

  #requireInTime(job: MachineJob): void {
    if (this.now > job.due) refuse("EscrowTooLate");
  }

  #requireOverdue(job: MachineJob): void {
    if (this.now <= job.due) refuse("EscrowTooEarly");
  }

  #requireSequencerUp(): void {
    if (this.sequencerUpSince === undefined || this.now < this.sequencerUpSince + HOUR) refuse("EscrowSequencerDown");
  }

  #maySettle(from: string, job: MachineJob): boolean {
    return this.now > job.due || (from === job.holder && job.mode !== JobMode.Optimistic);
  }

  #worksFor(from: string, job: MachineJob): boolean {
    return this.books.gpu(job.gpu).workers.includes(from);
  }

  // Moves

  /** A GPU holds the job from now on. */
  #hand(job: MachineJob, id: bigint): void {
    move(job, Assigned);
    job.gpu = id;
    job.due = this.now + job.acceptance;
    this.books.seat(job);
  }

  #deliver(from: string, job: MachineJob, plausible: boolean, elapsed: bigint): void {
    this.#requireOperator(from, job, "RegistryNotWorker");
    if (!plausible) refuse("RegistryImplausibleEnergy");
    move(job, Delivered);
    job.elapsed = elapsed;
    job.due = this.now + job.review;
    this.books.gpu(job.gpu).busy = false;
  }

  #accuse(job: MachineJob, account: bigint, bond: bigint): void {
    this.books.requireFunds(account, bond);
    job.accusation = { account, bond };
    this.books.debit(job, bond, account);
  }

  #dispute(job: MachineJob): void {
    move(job, Disputed);
    job.due = this.now + job.dispute;
  }

  #settle(job: MachineJob, ending: Ending): void {
    this.books.release(job, false);
    this.#close(job, Settled, ending);
  }

  /** Declined or missed: to the front of the queue, or to its end. */
  #giveBack(job: MachineJob): void {
    const again = job.namedGpu === 0n && job.attempt < MAX_DRAWS;
    if (!again || this.queue(job.classId).front.push(job) === undefined) {
      this.#close(job, Expired, "refunded");
      return;
    }
    move(job, Posted);
    Object.assign(job, { gpu: 0n, due: 0n, elapsed: 0n, accepted: false, redrawn: true });
  }

  #toTail(queue: ClassQueue<MachineJob>, job: MachineJob): void {
    queue.pop();
    if (job.attempt >= MAX_DRAWS || queue.main.push(job) === undefined) closeUnpaid(job);
  }

  #close(job: MachineJob, status: JobStatus, ending: Ending): void {
    move(job, status);
    this.books.pay(job, ending);
  }

  #elapsed(job: MachineJob): bigint {
    return this.now - (job.accepted ? job.startedAt : job.due - job.acceptance);
  }
}
