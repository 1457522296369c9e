/**
 * Proof of training: chains of checkpoints, which of their segments a panel looks at, and what that catches. Source:
 * contracts/libraries/Segments.sol, contracts/market/ITrainingChains.sol. Hashes are keccak256 of what is encoded by the
 * parameters below; whoever has an encoder brings it as `hash`.
 */
import { merkleTree, type HashJoined, type MerkleTree } from "./merkle";

/** Segments that are looked at, where a chain has as many (Segments.DRAWN). */
export const DRAWN_SEGMENTS = 4;

/** Longest chain. */
export const MAX_SEGMENTS = 65_535;

/** Seconds before the end of a panel's commits after which nothing is opened any more (TrainingChains). */
export const PANEL_SECONDS = 21_600;

/** Digest that a panel votes for when segments were not opened to it in time: keccak256 of these bytes. */
export const UNOPENED_TEXT = "gpu-commons.training.unopened.v1";

/** Hash of 0x-prefixed hexadecimal, as such: keccak256. */
export type Hash = HashJoined;

const wordOf = (value: bigint): string => value.toString(16).padStart(64, "0");

/** A leaf: the checkpoint after `place` segments, 1 to n, hashed twice with its place (Segments.leafOf). */
export function leafOf(place: number, checkpoint: string, hash: Hash): string {
  return hash(hash(`0x${wordOf(BigInt(place))}${checkpoint.slice(2)}`));
}

/**
 * The tree of a chain. Throws RangeError for a chain that is empty or too long.
 * @param checkpoints 32-byte digests after each segment, in order; the last one is the result
 */
export function chainOf(checkpoints: readonly string[], hash: Hash): MerkleTree {
  if (checkpoints.length > MAX_SEGMENTS) throw new RangeError(`a chain has at most ${MAX_SEGMENTS} segments`);
  return merkleTree(
    checkpoints.map((checkpoint, index) => leafOf(index + 1, checkpoint, hash)),
    hash,
  );
}

/** What chooses the segments of a panel: keccak256(abi.encode(question, lot)) (TrainingChains). */
export function segmentSeed(question: string, lot: bigint, hash: Hash): string {
  return hash(`0x${question.slice(2)}${wordOf(lot)}`);
}

/**
 * Segments that a seed chooses of `count`, in the order in which they are opened: the last, then others (Segments.drawnFrom).
 * @param named segment that whoever objected has looked at besides
 */
export function drawnSegments(seed: string, count: number, hash: Hash, named?: number): number[] {
  const size = Math.min(count, DRAWN_SEGMENTS);
  const drawn = size === 0 ? [] : [count - 1];
  for (let i = 1; i < size; i++) {
    const j = count + i - 1 - size;
    const pick = Number(BigInt(hash(`0x${seed.slice(2)}${wordOf(BigInt(i))}`)) % BigInt(j + 1));
    drawn.push(drawn.slice(1).includes(pick) ? j : pick);
  }
  return named === undefined || drawn.includes(named) ? drawn : [...drawn, named];
}

/** One segment as it is opened: ITrainingChains' Segments.Opening. */
export interface SegmentOpening {
  readonly start: string;
  readonly end: string;
  readonly startProof: readonly string[];
  readonly endProof: readonly string[];
}

const NO_CHECKPOINT = `0x${"0".repeat(64)}`;

/** Openings of segments of a chain. Throws RangeError for a segment that it does not have. */
export function openingsOf(checkpoints: readonly string[], segments: readonly number[], hash: Hash): SegmentOpening[] {
  const { proofs } = chainOf(checkpoints, hash);
  return segments.map((segment) => {
    const [end, endProof] = [checkpoints[segment], proofs[segment]];
    if (end === undefined || endProof === undefined) throw new RangeError(`the chain has no segment ${segment}`);
    return {
      start: checkpoints[segment - 1] ?? NO_CHECKPOINT,
      end,
      startProof: proofs[segment - 1] ?? [],
      endProof,
    };
  });
}

/**
 * Chance that a panel looks at one of the segments that a cheat forged, 0 to 1: the last is always looked at, of the others
 * as many as are drawn besides; 1 - C(n - 1 - m, d - 1) / C(n - 1, d - 1).
 * @param segments n, length of the chain
 * @param forged m, segments that do not lead from their start to their end, the last one not among them
 */
export function chanceToCatch(segments: number, forged: number): number {
  const drawn = Math.min(segments, DRAWN_SEGMENTS) - 1;
  let missed = 1;
  for (let i = 0; i < drawn; i++) missed *= Math.max(0, segments - 1 - forged - i) / (segments - 1 - i);
  return 1 - missed;
}
