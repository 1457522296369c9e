/** Reference model of the 30-day window (I27): the whole log of outcomes, counted anew for every question. */

/** One attempt. */
export interface Attempt {
  day: bigint;
  completed: boolean;
}

const DAYS = 30n;
/** Attempts of one day that count. */
export const MAX_PER_DAY = 65_535;

/** Completed and attempted jobs of the thirty days that end with `day`, the first 65,535 attempts of each. */
export function windowSums(log: readonly Attempt[], day: bigint): { completed: bigint; attempted: bigint } {
  const perDay = new Map<bigint, number>();
  let completed = 0n;
  let attempted = 0n;
  for (const attempt of log) {
    if (attempt.day <= day - DAYS || attempt.day > day) continue;
    const count = perDay.get(attempt.day) ?? 0;
    if (count === MAX_PER_DAY) continue;
    perDay.set(attempt.day, count + 1);
    attempted += 1n;
    if (attempt.completed) completed += 1n;
  }
  return { completed, attempted };
}
