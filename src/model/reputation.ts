/**
 * Reference model of SPEC 3's score arithmetic, in the units of contracts/libraries/Reputation.sol: scores, gains and
 * losses in 1e-6 points (bigint), weights in 1e-9. `exact` gives the same figures in floating point, straight from the
 * formulas, to bound the rounding of the integers.
 */

export const MAX_SCORE = 100_000_000n;
export const START_SCORE = 50_000_000n;
export const FLOOR_SCORE = 20_000_000n;
/** Days without an outcome after which a score under the floor returns to it. */
export const REST_DAYS = 30n;
/** Days that fraud bars owner and device. */
export const FRAUD_DAYS = 180n;

const GAIN = 2_000_000n;
const LOSS_MIN = 1_000_000n;
const LOSS_MAX = 10_000_000n;
const FRAUD = 25_000_000n;
const DAY_CAP = 6_000_000n;
const ONE = 1_000_000_000n;

/** What a success is worth: c, d, T and Tmax of SPEC 3. */
export interface Work {
  complexity: number;
  creditedSeconds: number;
  throughput: number;
  greatest: number;
}

/** w of SPEC 3 in floating point, 0..1. */
export function exactWeight({ complexity, creditedSeconds, throughput, greatest }: Work): number {
  const c = Math.min(complexity, 10) / 10;
  const d = Math.log2(1 + Math.min(creditedSeconds, 86_400)) / Math.log2(86_401);
  const t = greatest === 0 ? 0 : Math.min(throughput / greatest, 1);
  return 0.4 * c + 0.3 * d + 0.3 * t;
}

/** Gain in points, floating point. */
export function exactGain(score: number, weight: number, gainPercent: number, half: boolean): number {
  return 2 * (gainPercent / 100) * weight * (1 - score / 100) * (half ? 0.5 : 1);
}

/** Gain in 1e-6 points from a weight in 1e-9, rounded down. */
export function gainOf(score: bigint, weight: bigint, gainPercent: bigint, half: boolean): bigint {
  if (score >= MAX_SCORE) return 0n;
  const gain = (GAIN * gainPercent * weight * (MAX_SCORE - score)) / (100n * ONE * MAX_SCORE);
  return half ? gain / 2n : gain;
}

/** What of `gain` fits under the day's cap. */
export function capGain(gain: bigint, gained: bigint, capPercent: bigint): bigint {
  const left = (DAY_CAP * capPercent) / 100n - gained;
  if (left <= 0n) return 0n;
  return gain < left ? gain : left;
}

/** lmin + (lmax - lmin)(1 - r) in 1e-6 points, rounded down. */
export function missLoss(
  completed: bigint,
  attempted: bigint,
  minPercent: bigint,
  maxPercent: bigint,
  worst: boolean,
): bigint {
  const least = (LOSS_MIN * minPercent) / 100n;
  const most = (LOSS_MAX * maxPercent) / 100n;
  if (worst || attempted === 0n) return most;
  const failed = attempted > completed ? attempted - completed : 0n;
  return least + ((most - least) * failed) / attempted;
}

/** Loss by fraud in 1e-6 points. */
export function fraudLoss(percent: bigint): bigint {
  return (FRAUD * percent) / 100n;
}

/** Score plus gain or less loss, within 0..100 points. */
export function moved(score: bigint, change: bigint): bigint {
  const sum = score + change;
  if (sum < 0n) return 0n;
  return sum > MAX_SCORE ? MAX_SCORE : sum;
}

/** Score as it counts on `day`, and whether it returned to the floor by resting since `lastDay`. */
export function effective(score: bigint, lastDay: bigint, day: bigint): { score: bigint; rested: boolean } {
  const rested = score < FLOOR_SCORE && day >= lastDay + REST_DAYS;
  return { score: rested ? FLOOR_SCORE : score, rested };
}

/** Mark of a requester among the last four of a day: 16 bits, never 0. */
export function markOf(requester: bigint): bigint {
  return (requester % 65_535n) + 1n;
}
