/** When canaries are posted, over which inputs, and what is done about each: decisions only, no chain and no clock. */
import { z } from "zod";
import { DEFAULT_CANARY_RATE } from "../../economy/canaryModel";
import { JobStatus } from "../../protocol/status";
import type { Digest } from "../../store";
import { tokensSchema } from "../operator/config";

/** More than half of a service's jobs: then canaries would breed canaries of others. */
const MOST_RATE = 0.5;
const DAY = 86_400;
/** Canaries that may wait for their time or for the budget. */
const MOST_WAITING = 1000;

/** zod schema of a plan file: what `job canaries` reads. */
export const canaryPlanSchema = z
  .strictObject({
    /** Job files, or folders of them, beside the plan file: real inputs of one service, each used once. */
    inputs: z.array(z.string().min(1)).min(1),
    /** Share of the service's postings that shall be canaries; docs/canaries.md says where the default comes from. */
    rate: z.number().gt(0).max(MOST_RATE).optional(),
    /** Canaries a day on average, whatever others post, in place of a rate. */
    perDay: z.number().gt(0).max(10_000).optional(),
    /** Most that is debited for canaries within 24 hours, tokens. Bonds are not counted: they come back. */
    budgetPerDay: tokensSchema,
    /** A canary follows the posting that it is for after up to so many seconds. */
    spreadSeconds: z.number().int().min(0).max(DAY).default(3600),
    /** On a public chain, how many blocks back a new keeper looks for inputs that were posted before. */
    lookbackBlocks: z.number().int().min(0).default(200_000),
    /** Right results are accepted so long after delivery, seconds, from and to; left to silence when absent. */
    acceptSeconds: z
      .tuple([
        z.number().int().min(0),
        z
          .number()
          .int()
          .max(7 * DAY),
      ])
      .refine(([from, to]) => from <= to, "from is after to")
      .optional(),
  })
  .refine(({ rate, perDay }) => rate === undefined || perDay === undefined, {
    message: "a plan has a rate or a number a day, not both",
    path: ["perDay"],
  })
  .transform((plan) => ({ ...plan, rate: plan.perDay === undefined ? (plan.rate ?? DEFAULT_CANARY_RATE) : undefined }));

/** A plan. Amounts in token wei, times in seconds. */
export type CanaryPlan = z.output<typeof canaryPlanSchema>;

/** Numbers that nobody can foresee. */
export interface Dice {
  /** Uniform from 0 to below 1. */
  unit(): number;
  /** Uniform whole number from 0 to below `bound`. */
  below(bound: number): number;
}

/**
 * Times of the canaries that a posting of somebody else leads to: one with the chance that makes `rate` of all postings
 * canaries, at a random time of the spread. Each posting is decided by itself, so that no pattern tells what comes next.
 * @param now chain time of the look, seconds
 */
export function canariesFor(plan: Pick<CanaryPlan, "rate" | "spreadSeconds">, now: number, dice: Dice): number[] {
  if (plan.rate === undefined) return [];
  // p of all is p / (1 - p) of the others.
  if (dice.unit() >= plan.rate / (1 - plan.rate)) return [];
  return [now + dice.below(plan.spreadSeconds + 1)];
}

/** Time of the canary after one at `last`, where so many a day are planned: waits are exponential, so nothing tells it. */
export function nextOfDay(perDay: number, last: number, dice: Dice): number {
  return last + Math.ceil((-Math.log(1 - dice.unit()) * DAY) / perDay);
}

/** Times that still count: in order, none older than a day, no more than can be caught up with. */
export function waitingTimes(times: readonly number[], now: number): number[] {
  return [...times]
    .sort((a, b) => a - b)
    .filter((time) => time > now - DAY)
    .slice(0, MOST_WAITING);
}

/** A sum that was debited, or is about to be. */
export interface Spending {
  readonly at: number;
  /** Token wei. */
  readonly total: bigint;
}

/** Whether the budget of the last 24 hours has room for `total` more. */
export function fitsBudget(
  { budgetPerDay }: Pick<CanaryPlan, "budgetPerDay">,
  spent: readonly Spending[],
  total: bigint,
  now: number,
): boolean {
  const recent = spent.filter(({ at }) => at > now - DAY).reduce((sum, one) => sum + one.total, 0n);
  return recent + total <= budgetPerDay;
}

/** One of the inputs that were never on the chain, each as likely as another; undefined when none is left. */
export function pickInput<T extends { readonly inputDigest: Digest }>(
  inputs: readonly T[],
  seen: ReadonlySet<Digest>,
  dice: Dice,
): T | undefined {
  const fresh = inputs.filter(({ inputDigest }) => !seen.has(inputDigest));
  return fresh.length === 0 ? undefined : fresh[dice.below(fresh.length)];
}

/** When a right result is accepted, seconds after its delivery was seen; undefined for silence. */
export function acceptDelay({ acceptSeconds }: Pick<CanaryPlan, "acceptSeconds">, dice: Dice): number | undefined {
  if (acceptSeconds === undefined) return undefined;
  const [from, to] = acceptSeconds;
  return from + dice.below(to - from + 1);
}

/** A canary on the chain, as it stands. Times in seconds of the chain's clock. */
export interface CanaryState {
  readonly status: JobStatus;
  /** When the present state ends by time alone. */
  readonly due: number;
  /** Result on chain, where one was delivered. */
  readonly result: string | undefined;
  readonly expected: Digest;
  /** When a right result is accepted; undefined for silence, and before the delivery was seen. */
  readonly acceptAt: number | undefined;
}

/** What is done about a canary. */
export type CanaryStep = "wait" | "accept" | "accuse" | "convict" | "forget";

const OVER: ReadonlySet<JobStatus> = new Set([
  JobStatus.Settled,
  JobStatus.Refunded,
  JobStatus.Split,
  JobStatus.Cancelled,
  JobStatus.None,
]);

/** What is to be done about a canary now. A wrong result is accused at once, for as long as its window is open. */
export function canaryStep({ status, due, result, expected, acceptAt }: CanaryState, now: number): CanaryStep {
  if (OVER.has(status) || status === JobStatus.Expired) return "forget";
  if (status === JobStatus.Accused) return now > due ? "convict" : "wait";
  if (status !== JobStatus.Delivered) return "wait";
  if (result !== expected) return now <= due ? "accuse" : "wait";
  return acceptAt !== undefined && now >= acceptAt && now <= due ? "accept" : "wait";
}
