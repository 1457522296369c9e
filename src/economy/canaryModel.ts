/**
 * What cheating is worth where some jobs are canaries: the closed form. Everything is in parts of a job's compute price, so
 * that 1 is the price. Source of the terms: contracts/market/Disputes.sol (`_against`, `_slash`) and SPEC 6.
 */

/** The lever of governance, the levers of who posts canaries, and the cheat. Shares from 0 to 1. */
export interface CanaryTerms {
  /** L: the stake that a job locks, in prices. */
  readonly lockFactor: number;
  /** Share of all jobs that are canaries. */
  readonly canaryRate: number;
  /** Share of its jobs in which the operator cheats. */
  readonly cheatingRate: number;
  /** What a cheated job saves its operator, as a share of the price; 1 where cheating costs nothing at all. */
  readonly savedShare: number;
}

/**
 * What a cheat that is convicted for a canary loses, in prices: the pay and the whole lock. It gets nothing of either back,
 * as it cannot be the finder. Draw fees come out of the lock first, and only out of more where they exceed it. Not counted:
 * the 25 points, the 180 days, and the fee of a new registration. So a cheat loses more than this.
 */
export function lossOf({ lockFactor }: Pick<CanaryTerms, "lockFactor">): number {
  return 1 + lockFactor;
}

/**
 * Expected profit of cheating over honest work, per job, in prices: q·(s − p·(1 + L)). A cheated job saves s, canary or not;
 * with probability p it was a canary, and then costs pay and lock. Every canary is taken to be opened.
 */
export function expectedProfit(terms: CanaryTerms): number {
  return terms.cheatingRate * (terms.savedShare - terms.canaryRate * lossOf(terms));
}

/** Standard error of the mean profit of `jobs` independent jobs, in prices. */
export function standardError(terms: CanaryTerms, jobs: number): number {
  const { cheatingRate: q, canaryRate: p, savedShare: s } = terms;
  const square = q * (1 - p) * s ** 2 + q * p * (s - lossOf(terms)) ** 2;
  return Math.sqrt(Math.max(0, square - expectedProfit(terms) ** 2) / jobs);
}

/** The canary rate above which cheating loses: p* = s / (1 + L). */
export function breakEvenRate(terms: Pick<CanaryTerms, "lockFactor" | "savedShare">): number {
  return terms.savedShare / lossOf(terms);
}

/** The saved share below which cheating loses: s* = p·(1 + L), more than 1 where no cheating pays. */
export function breakEvenShare(terms: Pick<CanaryTerms, "lockFactor" | "canaryRate">): number {
  return terms.canaryRate * lossOf(terms);
}

/** L as deployed; SPEC 12. */
export const DEFAULT_LOCK_FACTOR = 5;

/** The least rate, in whole percent, at which cheating loses even where it costs nothing (s = 1). */
export function safeRate(lockFactor: number): number {
  return (Math.floor(100 * breakEvenRate({ lockFactor, savedShare: 1 })) + 1) / 100;
}

/** What a planner of canaries plans with unless told otherwise: `safeRate` of the deployed L. */
export const DEFAULT_CANARY_RATE = safeRate(DEFAULT_LOCK_FACTOR);
