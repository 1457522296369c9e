/**
 * Scores by panels of validators: how marks are packed, sealed and signed. Sources: contracts/review/IScoreBoard.sol,
 * contracts/libraries/ScoreWord.sol.
 */

/** What is scored, in the order of a mark. */
export const DIMENSIONS = ["quality", "relevance", "uniqueness"] as const;

/** Scores of 0..100, one to three, in the order of DIMENSIONS. */
export type Scores = readonly number[];

const SCORE_BITS = 7n;
const MARK_BITS = 21n;
const SEATS = 7;
const MEDIANS = 147n;

/** Scores as a mark: each as score + 1 in 7 bits. Throws RangeError for anything but one to three whole numbers 0..100. */
export function markOf(scores: Scores): number {
  const right =
    scores.length >= 1 &&
    scores.length <= DIMENSIONS.length &&
    scores.every((score) => Number.isInteger(score) && score >= 0 && score <= 100);
  if (!right) throw new RangeError("expected one to three scores from 0 to 100");
  return scores.reduce((mark, score, place) => mark | ((score + 1) << (place * Number(SCORE_BITS))), 0);
}

/** Scores of a mark; none for 0. */
export function scoresIn(mark: bigint | number): number[] {
  const scores: number[] = [];
  for (let rest = BigInt(mark); rest !== 0n; rest >>= SCORE_BITS) scores.push(Number(rest & 0x7fn) - 1);
  return scores;
}

/** Marks of the seats, nothing for a seat without one, and the medians, as a sheet says them. */
export function sheetOf(marks: readonly (number | undefined)[], medians: number): bigint {
  const sheet = marks.reduce((word, mark, seat) => word | (BigInt(mark ?? 0) << (BigInt(seat) * MARK_BITS)), 0n);
  return sheet | (BigInt(medians) << MEDIANS);
}

/** Marks of the seven places for seats, 0 for none, and the medians, 0 before the tally; of a sheet or a ScoreWord. */
export function marksIn(word: bigint): { marks: number[]; medians: number } {
  const at = (shift: bigint) => Number((word >> shift) & 0x1fffffn);
  return { marks: Array.from({ length: SEATS }, (_, seat) => at(BigInt(seat) * MARK_BITS)), medians: at(MEDIANS) };
}

/** Lower median of what was said. */
export function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.ceil(sorted.length / 2) - 1];
  if (middle === undefined) throw new RangeError("no values");
  return middle;
}

/** Medians of the marks of a question, as a mark; nothing for a seat without one. Throws RangeError without marks. */
export function mediansOf(marks: readonly (number | undefined)[]): number {
  const given = marks.filter((mark) => mark !== undefined && mark !== 0).map((mark) => scoresIn(mark ?? 0));
  const dimensions = given[0]?.length ?? 0;
  return markOf(Array.from({ length: dimensions }, (_, d) => lowerMedian(given.map((scores) => scores[d] ?? 0))));
}

/** A question as the board's event tells it. */
export interface ScoreQuestion<A extends string = string> {
  readonly batch: bigint;
  readonly asker: A;
  /** 32 bytes. */
  readonly subject: A;
  /** 32 bytes. */
  readonly claim: A;
  readonly dimensions: number;
  /** Vault account, 0 for none. */
  readonly party: bigint;
  /** 32 bytes. */
  readonly note: A;
}

/** Id of a question: keccak256 of the ABI encoding of its values by these parameters (ScoreBoard.questionIdOf). */
export const SCORE_QUESTION_PARAMETERS = [
  { name: "batch", type: "uint40" },
  { name: "asker", type: "address" },
  { name: "subject", type: "bytes32" },
  { name: "claim", type: "bytes32" },
  { name: "dimensions", type: "uint8" },
  { name: "party", type: "uint40" },
  { name: "note", type: "bytes32" },
] as const;

/** Values for SCORE_QUESTION_PARAMETERS; small ones as numbers, which every encoder takes. */
export function scoreQuestionValues<A extends string = string>(
  question: ScoreQuestion<A>,
): readonly [batch: number, asker: A, subject: A, claim: A, dimensions: number, party: number, note: A] {
  const { batch, asker, subject, claim, dimensions, party, note } = question;
  return [Number(batch), asker, subject, claim, dimensions, Number(party), note];
}

/** Where a mark counts. */
export interface MarkPlace<A extends string = string> {
  readonly chainId: bigint;
  readonly board: A;
  /** Id of the question, which has its batch in it. */
  readonly question: A;
  /** Vault account of the validator. */
  readonly validator: bigint;
}

/**
 * Leaf of a mark: keccak256 of keccak256 of the ABI encoding of `markValues` by these parameters (ScoreBoard.leafOf).
 * Hash it yourself: a salt given to an endpoint is no secret.
 */
export const MARK_PARAMETERS = [
  { name: "chainId", type: "uint256" },
  { name: "board", type: "address" },
  { name: "question", type: "bytes32" },
  { name: "validator", type: "uint40" },
  { name: "mark", type: "uint24" },
  { name: "salt", type: "bytes32" },
] as const;

/** Values for MARK_PARAMETERS. */
export function markValues<A extends string = string>(
  { chainId, board, question, validator }: MarkPlace<A>,
  mark: number,
  salt: A,
): readonly [chainId: bigint, board: A, question: A, validator: number, mark: number, salt: A] {
  return [chainId, board, question, Number(validator), mark, salt];
}

/** What a gold question's note seals: keccak256 of the ABI encoding by these parameters (ScoreBoard.noteOf). */
export const GOLD_PARAMETERS = [
  { name: "domain", type: "bytes32" },
  { name: "chainId", type: "uint256" },
  { name: "board", type: "address" },
  { name: "setter", type: "address" },
  { name: "subject", type: "bytes32" },
  { name: "known", type: "uint24" },
  { name: "salt", type: "bytes32" },
] as const;

/** Its domain is keccak256 of this text. */
export const GOLD_DOMAIN_TEXT = "GPU Commons ScoreBoard gold";

/** Who committed for a seat, as `report` and `accuse` take it (contracts/libraries/SeatCommit.sol). */
export function seatCommitOf({
  signer,
  validator,
  seat,
}: {
  readonly signer: string;
  readonly validator: bigint;
  readonly seat: number;
}): bigint {
  return BigInt(signer) | (validator << 160n) | (BigInt(seat) << 200n);
}
