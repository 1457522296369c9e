/** A job of the reference model (jobMachine.ts): what is fixed when it is posted, what happens to it, and the arrows. */
import { JobStatus, type JobMode } from "../protocol/status";
import { rejectionBond, type Ending, type PotLines } from "./payouts";

/** Thrown where the contracts revert; `error` is the name of their custom error. */
export class MachineRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

/** Settings that new jobs take over, in seconds. */
export interface MachineSettings {
  acceptance: bigint;
  review: bigint;
  /** To challenge an optimistic job, and to contest a canary. */
  challenge: bigint;
  reveal: bigint;
  dispute: bigint;
  lockFactor: bigint;
}

/** What a job is posted with. */
export interface Posting {
  ring: number;
  classId: number;
  mode: JobMode;
  /** What the note seals: the result that is delivered, another one, or nothing. */
  sealed: "result" | "another" | undefined;
  /** 0 for a draw. */
  namedGpu: bigint;
  pot: PotLines;
  maxTotal: bigint;
  secondsPerAttempt: bigint;
  heartbeat: bigint;
  expiry: bigint;
  /** Accounts that royalties go to, 0 for none. */
  payees: readonly [bigint, bigint];
}

/** A job, with everything that was fixed when it was posted. */
export interface MachineJob extends Posting, MachineSettings {
  readonly requester: bigint;
  readonly holder: string;
  readonly generation: bigint;
  status: JobStatus;
  gpu: bigint;
  due: bigint;
  round: bigint;
  elapsed: bigint;
  attempt: bigint;
  drawFees: bigint;
  inputCharges: bigint;
  accepted: boolean;
  redrawn: boolean;
  byFallback: boolean;
  refundDue: boolean;
  bonded: boolean;
  /** Who challenged it or opened it as a canary, and the bond. */
  accusation: { readonly account: bigint; readonly bond: bigint } | undefined;
  startedAt: bigint;
  deadline: bigint;
  /** What was debited for it and what left its pot. */
  paidIn: bigint;
  paidOut: bigint;
}

const { Posted, Assigned, Committed, Delivered, Disputed, Settled, Refunded, Split, Cancelled, Expired, Accused } =
  JobStatus;

/** The arrows of docs/state-machines.md. */
export const ARROWS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  [JobStatus.None]: [Posted],
  [Posted]: [Assigned, Cancelled, Expired],
  [Assigned]: [Posted, Committed, Delivered, Expired],
  [Committed]: [Posted, Delivered, Expired],
  [Delivered]: [Disputed, Settled, Accused],
  [Disputed]: [Settled, Refunded, Split],
  [Settled]: [],
  [Refunded]: [],
  [Split]: [],
  [Cancelled]: [],
  [Expired]: [],
  [Accused]: [Disputed, Refunded],
};

const MAX_DRAW_FEES = 6n;
const GWEI_PER_DRAW_UNIT = 100_000n;
const GWEI_LIMIT = 2n ** 64n;

/** The contracts revert with this error. */
export function refuse(error: string): never {
  throw new MachineRefusal(error);
}

/** Changes a status along an arrow; anything else is a fault of the model. */
export function move(job: MachineJob, to: JobStatus): void {
  if (!ARROWS[job.status].includes(to)) throw new Error(`no arrow from ${JobStatus[job.status]} to ${JobStatus[to]}`);
  job.status = to;
}

/** Closed without its agreement at hand: `refund` pays. */
export function closeUnpaid(job: MachineJob): void {
  move(job, Expired);
  job.refundDue = true;
}

/** Takes one draw fee out of the pot while there are some; gwei units. */
export function spendDrawFee(job: MachineJob): bigint {
  if (job.drawFees >= MAX_DRAW_FEES) return 0n;
  job.drawFees += 1n;
  const fee = job.pot.drawUnit * GWEI_PER_DRAW_UNIT;
  job.paidOut += fee;
  return fee;
}

/** Stake that the job locks. */
export function lockOf({ pot, lockFactor }: Pick<MachineJob, "pot" | "lockFactor">): bigint {
  return least(pot.compute * lockFactor, GWEI_LIMIT - 1n);
}

/** Bond that an ending shares out with the pot: that of a rejection, or of an accusation that was wrong. */
export function bondOf(job: MachineJob, ending: Ending): bigint {
  const paid = ending === "ruledValid" || ending === "challengedWrongly";
  if (job.accusation !== undefined) return paid ? job.accusation.bond : 0n;
  return job.bonded ? rejectionBond(job.pot) : 0n;
}

/** Bond that goes back to who accused. */
export function bondReturned({ accusation }: MachineJob, ending: Ending): bigint {
  return ending === "ruledValid" || ending === "challengedWrongly" ? 0n : (accusation?.bond ?? 0n);
}

/** The lesser of two sums. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Adds to the sum of a key. */
export function add<K>(sums: Map<K, bigint>, key: K, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}
