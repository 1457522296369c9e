/** Who sits on a drawn panel, as probabilities, and the share at which a gamble turns. Pure; plain numbers from 0 to 1. */

/** Ways to take `k` of `n`; 0 when that cannot be. */
export function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = (ways * (n - i + 1)) / i;
  return ways;
}

/**
 * Odds of 0, 1, .. `seats` seats in the attacker's hands when each is his with probability `share`: a panel of a pool much
 * larger than itself.
 */
export function binomial(seats: number, share: number): number[] {
  return Array.from({ length: seats + 1 }, (_, k) => choose(seats, k) * share ** k * (1 - share) ** (seats - k));
}

/** The same for `seats` of distinct owners out of a pool of `pool` alike, of which he is `own`. */
export function hypergeometric(pool: number, own: number, seats: number): number[] {
  const all = choose(pool, seats);
  return Array.from({ length: seats + 1 }, (_, k) => (choose(own, k) * choose(pool - own, seats - k)) / all);
}

/** Probability of `least` or more. */
export function atLeast(odds: readonly number[], least: number): number {
  return odds.slice(least).reduce((sum, one) => sum + one, 0);
}

/** Expectation of `value(k)` under the odds of k. */
export function expectation(odds: readonly number[], value: (k: number) => number): number {
  return odds.reduce((sum, one, k) => sum + (one === 0 ? 0 : one * value(k)), 0);
}

const STEPS = 1_000;
const HALVINGS = 40;
/** Profits below this are rounding, tokens. */
const NOTHING = 1e-9;

/**
 * Least share from which a gamble pays: searched in steps of a thousandth, then by bisection, so that a profit which falls
 * again above some share is found too. Undefined when it never pays, 0 when it pays at every share.
 * @param profit expected profit at a share of 0..1
 */
export function breakEven(profit: (share: number) => number): number | undefined {
  const pays = (share: number) => profit(share) > NOTHING;
  if (pays(0)) return 0;
  for (let step = 1; step <= STEPS; step++) {
    let [low, high] = [(step - 1) / STEPS, step / STEPS];
    if (!pays(high)) continue;
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      if (pays(middle)) high = middle;
      else low = middle;
    }
    return high;
  }
  return undefined;
}
