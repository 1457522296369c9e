/**
 * Reference model of the draw (SPEC 5): rejection sampling over frozen lists, as contracts/registry/Draws.sol does it.
 * It sees nothing but the state at the request and the seed, so that what it agrees with depends on nothing else.
 */
import { AbiCoder, keccak256 } from "ethers";

/** A GPU as the request of the round froze it. */
export interface Entrant {
  gpu: bigint;
  owner: bigint;
  /** Paused or leaving at the request. */
  out: boolean;
  /** Stake in force, gwei units. */
  stake: bigint;
  /** Locked, gwei units; draws of the round add to it. */
  locked: bigint;
  /** Slots that draws of the round may still take. */
  free: number;
  /** Draw weight of the owner in 0.01 points, 0 when it is never drawn. */
  weight: bigint;
  probation: boolean;
}

/** Terms of one job's draw; region 255 is any. */
export interface Draw {
  region: number;
  firstTry: number;
  tries: number;
  seed: string;
  lockGwei: bigint;
  priceGwei: bigint;
  /** Accounts whose GPUs are rejected. */
  rejected: readonly bigint[];
  /** Percent of stake that bounds the price on probation. */
  probationShare: bigint;
}

export const ANY_REGION = 255;
const FULL_WEIGHT = 20_000n;

/** Random word of a try. */
export function tryWord(seed: string, number: number): bigint {
  return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [seed, number])));
}

/** Whether an entrant may have the job, and with what weight out of 20,000. */
export function weightFor(entrant: Entrant, draw: Omit<Draw, "seed" | "firstTry" | "tries" | "region">): bigint {
  if (draw.rejected.includes(entrant.owner) || entrant.out) return 0n;
  if (entrant.stake - entrant.locked < draw.lockGwei || entrant.stake < entrant.locked) return 0n;
  if (!entrant.probation) return entrant.weight * 2n;
  return draw.priceGwei * 100n > entrant.stake * draw.probationShare ? 0n : entrant.weight;
}

/** The entrant that the tries of a draw find among the lists of the twelve regions. */
export function pick(
  lists: readonly (readonly Entrant[])[],
  draw: Draw,
): { entrant: Entrant | undefined; nextTry: number } {
  const list = draw.region === ANY_REGION ? lists.flat() : (lists[draw.region] ?? []);
  for (let number = draw.firstTry; list.length !== 0 && number < draw.firstTry + draw.tries; number++) {
    const word = tryWord(draw.seed, number);
    const entrant = list[Number((word >> 128n) % BigInt(list.length))] as Entrant;
    const accepted = (word & ((1n << 128n) - 1n)) % FULL_WEIGHT < weightFor(entrant, draw);
    if (accepted) return { entrant, nextTry: number + 1 };
  }
  return { entrant: undefined, nextTry: draw.firstTry + draw.tries };
}

/**
 * Pearson's chi-square of observed counts against weights.
 * @returns the statistic and its degrees of freedom
 */
export function chiSquare(
  observed: readonly number[],
  weights: readonly number[],
): { statistic: number; freedom: number } {
  const draws = observed.reduce((sum, count) => sum + count, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let statistic = 0;
  weights.forEach((weight, index) => {
    const expected = (draws * weight) / total;
    statistic += ((observed[index] ?? 0) - expected) ** 2 / expected;
  });
  return { statistic, freedom: weights.length - 1 };
}

/** Value that chi-square exceeds with probability 1e-4, by Wilson and Hilferty; right to 1% from 3 degrees on. */
export function chiSquareBound(freedom: number): number {
  const z = 3.719;
  const k = 2 / (9 * freedom);
  return freedom * (1 - k + z * Math.sqrt(k)) ** 3;
}
