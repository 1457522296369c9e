import { decodeAgreement } from "../../protocol/hashes";
import { GWEI_PER_DRAW_UNIT, weiOf } from "../../protocol/amounts";
import { JobStatus, RoundStatus } from "../../protocol/status";
import type { QueueWord } from "../../protocol/words";
import type { TaskKind } from "./config";
import type { KeeperJob, KeeperSlash } from "./state";

/** One class as the chain shows it. */
export interface ClassSnapshot {
  readonly classId: number;
  readonly queue: QueueWord;
  /** Draw unit of the next entry, 1e14 wei. */
  readonly drawUnit: bigint;
  /** What a timeout's caller is paid, units of 1e9 wei. */
  readonly callerPayGwei: bigint;
}

/** What a plan rests on. Times in seconds of the chain. */
export interface Snapshot {
  readonly now: number;
  readonly classes: readonly ClassSnapshot[];
  /** Newest round of this escrow, and who is credited half of its fees. */
  readonly round: number;
  readonly isOurRound: boolean;
  readonly roundStatus: RoundStatus;
  readonly requestedAt: number;
  readonly answeredAt: number;
  /** The registry's open round, 0 when none, and whether this escrow opened it. */
  readonly openRound: number;
  readonly isOpenOurs: boolean;
  /** Earliest time of the next request. */
  readonly nextRequestAt: number;
  /** When the fallback opens for the beacon's waiting round, 0 when none waits; re-requests do not put it off. */
  readonly fallbackOpensAt: number;
  /** Block that a fallback was fixed to, 0 for none. */
  readonly fallbackTarget: bigint;
  readonly headNumber: number;
  readonly jobs: readonly KeeperJob[];
  readonly slashes: readonly KeeperSlash[];
}

/** Something that can be done now. Rewards in token wei. */
export type Task = { readonly reward: bigint } & (
  | { readonly kind: "requestRound"; readonly classIds: readonly number[]; readonly jobs: number }
  | { readonly kind: "assign" | "closeRound"; readonly classId: number; readonly pending: number }
  | { readonly kind: "miss" | "split" | "convict" | "expire" | "refund"; readonly job: KeeperJob }
  | { readonly kind: "settle"; readonly jobs: readonly KeeperJob[] }
  | { readonly kind: "slash"; readonly slash: bigint; readonly call: "continueSlash" | "finaliseSlash" }
  | { readonly kind: "fallback"; readonly call: "fixFallback" | "answerByFallback" }
);

/** Seconds after which an unanswered round may be replaced, an answered one closed. Source: SPEC 5. */
export const ROUND_DIES_AFTER = 3600;
const ROUND_CLOSES_AFTER = 600;
const TICKETS = 1n << 32n;

/** Jobs that wait in a class queue, bound to a round or not. */
export function waitingIn(queue: QueueWord): number {
  const distance = (from: bigint, to: bigint): number => Number((to - from + TICKETS) % TICKETS);
  return distance(queue.mainHead, queue.mainTail) + distance(queue.frontHead, queue.frontTail);
}

/** Jobs of a class that its round has not concluded yet. */
export function pendingIn(queue: QueueWord): number {
  return Number(queue.pendingMain + queue.pendingFront);
}

/** Everything that can be done now, most urgent first: draws, then timeouts, then payments, then housekeeping. */
export function planTasks(snapshot: Snapshot, kinds: readonly TaskKind[], batch: number): Task[] {
  const tasks = [
    ...planDraws(snapshot, batch),
    ...planRequest(snapshot),
    ...planFallback(snapshot),
    ...planJobs(snapshot, batch),
    ...planSlashes(snapshot),
  ];
  return tasks.filter((task) => kinds.includes(task.kind));
}

/** Half of a draw fee goes to the round's requester, half to the caller, wei. */
function halfFee(unit: bigint): bigint {
  return weiOf(unit * GWEI_PER_DRAW_UNIT) / 2n;
}

function planDraws(snapshot: Snapshot, batch: number): Task[] {
  if (snapshot.roundStatus !== RoundStatus.Answered) return [];
  const open = snapshot.classes.filter(({ queue }) => Number(queue.round) === snapshot.round && pendingIn(queue) > 0);
  return open.flatMap(({ classId, queue, drawUnit }): Task[] => {
    const pending = Math.min(pendingIn(queue), batch);
    const half = halfFee(drawUnit) * BigInt(pending);
    const draw: Task = { kind: "assign", classId, pending, reward: snapshot.isOurRound ? 2n * half : half };
    const isOver = snapshot.now >= snapshot.answeredAt + ROUND_CLOSES_AFTER;
    // A job that can still be drawn is drawn; closing is for what draws do not conclude.
    return isOver ? [draw, { kind: "closeRound", classId, pending, reward: 2n * half }] : [draw];
  });
}

function planRequest(snapshot: Snapshot): Task[] {
  const { now, openRound, isOpenOurs, roundStatus, requestedAt, fallbackTarget } = snapshot;
  const isTimedOut = now >= requestedAt + ROUND_DIES_AFTER && fallbackTarget === 0n;
  // Given up or overwritten by another consumer of the beacon: it will never have a seed (again).
  const isLost = roundStatus === RoundStatus.Dead || roundStatus === RoundStatus.None;
  const isDead = isOpenOurs && (isLost || (roundStatus === RoundStatus.Requested && isTimedOut));
  if ((openRound !== 0 && !isDead) || now < snapshot.nextRequestAt) return [];
  const waiting = snapshot.classes.filter(({ queue }) => waitingIn(queue) > 0);
  if (waiting.length === 0) return [];
  const reward = waiting.reduce((sum, { queue, drawUnit }) => sum + halfFee(drawUnit) * BigInt(waitingIn(queue)), 0n);
  const jobs = waiting.reduce((sum, { queue }) => sum + waitingIn(queue), 0);
  return [{ kind: "requestRound", classIds: waiting.map(({ classId }) => classId), jobs, reward }];
}

function planFallback(snapshot: Snapshot): Task[] {
  if (!snapshot.isOpenOurs || snapshot.roundStatus !== RoundStatus.Requested) return [];
  const call = fallbackCall(snapshot);
  return call === undefined ? [] : [{ kind: "fallback", call, reward: 0n }];
}

/** What brings a waiting round of the beacon on when VRF stays silent; undefined while nothing does. */
export function fallbackCall({
  now,
  fallbackOpensAt,
  fallbackTarget,
  headNumber,
}: Pick<Snapshot, "now" | "fallbackOpensAt" | "fallbackTarget" | "headNumber">):
  "fixFallback" | "answerByFallback" | undefined {
  if (fallbackTarget !== 0n) return BigInt(headNumber) > fallbackTarget ? "answerByFallback" : undefined;
  return fallbackOpensAt !== 0 && now >= fallbackOpensAt ? "fixFallback" : undefined;
}

function planJobs({ now, jobs, classes }: Snapshot, batch: number): Task[] {
  const pay = new Map(classes.map(({ classId, callerPayGwei }) => [classId, weiOf(callerPayGwei)]));
  const tasks: Task[] = [];
  const silent: KeeperJob[] = [];
  for (const job of jobs) {
    const { terms } = decodeAgreement(job.agreement);
    const isLate = now > job.due;
    if (job.status === JobStatus.Posted && now > Number(terms.expiry)) tasks.push({ kind: "expire", job, reward: 0n });
    if ((job.status === JobStatus.Assigned || job.status === JobStatus.Committed) && isLate) {
      tasks.push({ kind: "miss", job, reward: pay.get(Number(terms.classId)) ?? 0n });
    }
    if (job.status === JobStatus.Delivered && isLate) silent.push(job);
    if (job.status === JobStatus.Disputed && isLate) tasks.push({ kind: "split", job, reward: 0n });
    if (job.status === JobStatus.Accused && isLate) tasks.push({ kind: "convict", job, reward: 0n });
    if (job.status === JobStatus.Expired && job.refundDue) tasks.push({ kind: "refund", job, reward: 0n });
  }
  for (let index = 0; index < silent.length; index += batch) {
    tasks.push({ kind: "settle", jobs: silent.slice(index, index + batch), reward: 0n });
  }
  return tasks;
}

function planSlashes({ now, slashes }: Snapshot): Task[] {
  return slashes.flatMap(({ slash, holdUntil, pending }): Task[] => {
    if (pending > 0n) return [{ kind: "slash", slash, call: "continueSlash", reward: 0n }];
    return now >= holdUntil ? [{ kind: "slash", slash, call: "finaliseSlash", reward: 0n }] : [];
  });
}

/** What decides whether a task is worth its gas. */
export interface Worth {
  /** Native wei per whole token; undefined to do everything. */
  readonly tokenPrice: bigint | undefined;
  readonly marginPercent: number;
}

const WEI_PER_TOKEN = 10n ** 18n;

/** Whether a reward in token wei covers a cost in native wei, with the margin asked for. */
export function paysOff(reward: bigint, cost: bigint, { tokenPrice, marginPercent }: Worth): boolean {
  if (tokenPrice === undefined) return true;
  return (reward * tokenPrice) / WEI_PER_TOKEN >= cost + (cost * BigInt(marginPercent)) / 100n;
}
