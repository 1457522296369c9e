/**
 * The ScoreBoard in plain TypeScript: slow and obvious, for tests to compare the contract with, and for the share of gold
 * questions that takes the profit out of not looking.
 */
import { lowerMedian, type Scores } from "../protocol/scores";

/** A whole part of the pay. */
export const WHOLE = 1_000_000n;

/** Points that are paid in full, however close the others are. */
export const LEAST_SPREAD = 2;

/** Scores of a seat, or nothing. */
export type ModelMark = Scores | undefined;

/** More than half of the seats. */
export const quorum = (seats: number): number => Math.floor(seats / 2) + 1;

/** Lower medians by dimension; undefined when too few seats gave a mark. */
export function modelMedians(marks: readonly ModelMark[]): number[] | undefined {
  const given = marks.filter((mark) => mark !== undefined);
  if (given.length < quorum(marks.length)) return undefined;
  const dimensions = given[0]?.length ?? 0;
  return Array.from({ length: dimensions }, (_, d) => lowerMedian(given.map((mark) => mark[d] ?? 0)));
}

/** Part of WHOLE that a score earns, at its distance from the median and with the spread of all. */
export function shareAt(distance: number, spread: number): bigint {
  if (distance <= spread) return WHOLE;
  if (distance >= 3 * spread) return 0n;
  return (BigInt(3 * spread - distance) * WHOLE) / BigInt(2 * spread);
}

/** Part of WHOLE that each seat has earned; 0 for who gave no mark, and for all without a result. */
export function modelShares(marks: readonly ModelMark[]): bigint[] {
  const medians = modelMedians(marks);
  if (medians === undefined) return marks.map(() => 0n);
  const given = marks.filter((mark) => mark !== undefined);
  const spreads = medians.map((median, d) => {
    const spread = lowerMedian(given.map((mark) => Math.abs((mark[d] ?? 0) - median)));
    return Math.max(spread, LEAST_SPREAD);
  });
  return marks.map((mark) => {
    if (mark === undefined) return 0n;
    const parts = medians.map((median, d) => shareAt(Math.abs((mark[d] ?? 0) - median), spreads[d] ?? LEAST_SPREAD));
    return parts.reduce((sum, part) => sum + part, 0n) / BigInt(medians.length);
  });
}

/** Whether scores miss the known ones of a gold question. */
export function misses(scores: Scores, known: Scores, tolerance: number): boolean {
  return scores.some((score, d) => Math.abs(score - (known[d] ?? 0)) > tolerance);
}

/** A question of a batch, for the model. `feeGwei` is in units of 1e9 wei; `known` are the scores of an opened gold one. */
export type ModelQuestion = {
  readonly feeGwei: bigint;
  readonly marks: readonly ModelMark[];
  /** Seat that is the question's party and gives no mark. */
  readonly party?: number;
  readonly known?: Scores;
};

/** In the order of IValidatorRegistry.SeatOutcome. */
export const SEAT_OUTCOMES = ["void", "coherent", "incoherent", "silent"] as const;

export type ModelEnd = {
  /** By question: what is paid to each seat and what goes back, units of 1e9 wei. */
  readonly pays: readonly { readonly seats: readonly bigint[]; readonly returned: bigint }[];
  /** How each seat ends. */
  readonly outcomes: readonly (typeof SEAT_OUTCOMES)[number][];
};

/** What a whole batch comes to. */
export function settleBatch(
  seats: number,
  questions: readonly ModelQuestion[],
  tolerance: number,
  convicted: ReadonlySet<number> = new Set(),
): ModelEnd {
  const numbers = Array.from({ length: seats }, (_, seat) => seat);
  const failed = numbers.map(
    (seat) =>
      convicted.has(seat) ||
      questions.some(({ marks, known }) => {
        const mark = marks[seat];
        return known !== undefined && mark !== undefined && misses(mark, known, tolerance);
      }),
  );
  const answered = numbers.map(() => 0);
  const sound = numbers.map(() => 0);
  const pays = questions.map(({ feeGwei, marks, party }) => {
    const scored = modelMedians(marks) !== undefined;
    const shares = modelShares(marks);
    const part = feeGwei / BigInt(seats);
    const paid = numbers.map((seat) => {
      const share = shares[seat] ?? 0n;
      if (seat === party || marks[seat] !== undefined) {
        answered[seat] = (answered[seat] ?? 0) + 1;
        if (seat === party || !scored || 2n * share >= WHOLE) sound[seat] = (sound[seat] ?? 0) + 1;
      }
      return failed[seat] === true ? 0n : (part * share) / WHOLE;
    });
    return { seats: paid, returned: feeGwei - paid.reduce((sum, one) => sum + one, 0n) };
  });
  const outcomes = numbers.map((seat) => {
    if (failed[seat] === true || answered[seat] !== questions.length) return "silent" as const;
    return 2 * (sound[seat] ?? 0) >= questions.length ? ("coherent" as const) : ("incoherent" as const);
  });
  return { pays, outcomes };
}

/** What not looking costs and brings: the fee of a seat and question, the slash, the share of gold questions. */
export type Laziness = {
  /** Fee of a seat and question. */
  readonly fee: number;
  /** Slash of a seat that failed. */
  readonly slash: number;
  /** Chance that a question is gold. */
  readonly gold: number;
  /** Chance that a gold question catches who says always the same. */
  readonly catches: number;
  /** Questions of the batch. */
  readonly questions: number;
};

/**
 * Expected profit of a seat that says the same of everything, when all others do so too, as all are paid in full by the
 * medians alone: (1 - g c)^n n f - (1 - (1 - g c)^n) s.
 */
export function lazyProfit({ fee, slash, gold, catches, questions }: Laziness): number {
  const passes = (1 - gold * catches) ** questions;
  return passes * questions * fee - (1 - passes) * slash;
}

/**
 * Share of gold questions above which not looking loses, whatever the number of questions: f / (c (s + f)). For then
 * (1 - g c)^n < (s / (s + f))^n <= s / (s + n f), by Bernoulli's inequality.
 */
export function goldRate({ fee, slash, catches }: Pick<Laziness, "fee" | "slash" | "catches">): number {
  return fee / (catches * (slash + fee));
}

/**
 * Chance that known scores, uniform over 0..100 in each dimension, are further than the tolerance from a constant: what a
 * gold question catches. A constant in the middle is the hardest to catch.
 */
export function catchChance(constant: number, tolerance: number, dimensions: number): number {
  const hidden = Math.min(100, constant + tolerance) - Math.max(0, constant - tolerance) + 1;
  return 1 - (hidden / 101) ** dimensions;
}
