/**
 * Packed words of the market, as the libraries contracts/libraries/{JobWord,JobTerms,...}.sol lay them out. A word is a
 * uint256; fields are read from the lowest bit up. Unsigned fields are bigint, one-bit flags are boolean.
 */

type UintField = readonly [offset: number, bits: number];
type FlagField = readonly [offset: number, bits: 1, kind: "flag"];
type Layout = Readonly<Record<string, UintField | FlagField>>;

/** The fields of a layout by name. */
export type Fields<L extends Layout> = { -readonly [K in keyof L]: L[K] extends FlagField ? boolean : bigint };

/** A value does not fit its field, or a word has bits outside its layout. */
export class WordOutOfRange extends Error {
  override readonly name = "WordOutOfRange";
}

const WORD_BITS = 256;

/** Translates between a uint256 and its named fields. */
export class WordCodec<const L extends Layout> {
  readonly #used: bigint;

  constructor(
    readonly name: string,
    readonly layout: L,
  ) {
    let used = 0n;
    for (const [field, [offset, bits]] of Object.entries(layout)) {
      const mask = maskOf(offset, bits);
      if ((used & mask) !== 0n || offset + bits > WORD_BITS) throw new WordOutOfRange(`${name}.${field} overlaps`);
      used |= mask;
    }
    this.#used = used;
  }

  /** Names of the fields, lowest first. */
  get fields(): readonly (keyof L & string)[] {
    return Object.keys(this.layout);
  }

  /**
   * Reads every field of a word.
   * @throws WordOutOfRange when bits outside the layout are set: the word is then not one of this kind.
   */
  decode(word: bigint): Fields<L> {
    if ((word & ~this.#used) !== 0n || word < 0n) {
      throw new WordOutOfRange(`${word} is not a ${this.name}: bits outside its layout are set`);
    }
    const entries = Object.entries(this.layout).map(([name, field]) => {
      const value = (word >> BigInt(field[0])) & maskOf(0, field[1]);
      return [name, field.length === 3 ? value !== 0n : value];
    });
    return Object.fromEntries(entries) as Fields<L>;
  }

  /**
   * Packs fields into a word; the inverse of `decode`.
   * @throws WordOutOfRange when a value does not fit its field.
   */
  encode(values: Fields<L>): bigint {
    let word = 0n;
    for (const [name, [offset, bits]] of Object.entries(this.layout)) {
      const value = BigInt(values[name as keyof L]);
      if (value < 0n || value >> BigInt(bits) !== 0n) {
        throw new WordOutOfRange(`${this.name}.${name} = ${value} does not fit ${bits} bits`);
      }
      word |= value << BigInt(offset);
    }
    return word;
  }

  /** `word` with some fields replaced. */
  with(word: bigint, changes: Partial<Fields<L>>): bigint {
    return this.encode({ ...this.decode(word), ...changes });
  }
}

function maskOf(offset: number, bits: number): bigint {
  return ((1n << BigInt(bits)) - 1n) << BigInt(offset);
}

/** State of one job (JobWord.sol). Times in seconds, payGwei in units of 1e9 wei. */
export const jobWord = new WordCodec("JobWord", {
  gpu: [0, 40],
  payGwei: [40, 64],
  due: [104, 35],
  round: [139, 28],
  generation: [167, 28],
  elapsed: [195, 18],
  status: [213, 4],
  mode: [217, 3],
  lane: [220, 3],
  attempt: [223, 3],
  drawFees: [226, 3],
  inputCharges: [229, 2],
  acceptanceMinutes: [231, 7],
  reviewHours: [238, 8],
  seats: [246, 4],
  accepted: [250, 1, "flag"],
  redrawn: [251, 1, "flag"],
  byFallback: [252, 1, "flag"],
  refundDue: [253, 1, "flag"],
  bonded: [254, 1, "flag"],
  accused: [255, 1, "flag"],
});
export type JobWord = Fields<(typeof jobWord)["layout"]>;

/** What is run, and within which limits; part of an agreement (JobTerms.sol). Times in seconds. */
export const jobTerms = new WordCodec("JobTerms", {
  service: [0, 32],
  units: [32, 32],
  expiry: [64, 40],
  secondsPerAttempt: [104, 24],
  heartbeat: [128, 24],
  classId: [152, 8],
  region: [160, 8],
  complexity: [168, 8],
  mode: [176, 8],
  gpuCount: [184, 8],
  lockFactor: [192, 8],
  feeBps: [200, 16],
  moduleGeneration: [216, 8],
});
export type JobTerms = Fields<(typeof jobTerms)["layout"]>;

/** Windows, payees and the named GPU of an agreement (JobWindows.sol), in the unit that the name says. */
export const jobWindows = new WordCodec("JobWindows", {
  acceptanceMinutes: [0, 8],
  reviewHours: [8, 8],
  revealSeconds: [16, 24],
  disputeSeconds: [40, 24],
  referenceSeconds: [64, 24],
  modelPayee: [88, 40],
  datasetPayee: [128, 40],
  namedGpu: [168, 40],
  challengeHours: [208, 8],
});
export type JobWindows = Fields<(typeof jobWindows)["layout"]>;

/** Who accused an operator, and the bond put up (AccusationWord.sol), units of 1e9 wei. */
export const accusationWord = new WordCodec("AccusationWord", {
  account: [0, 40],
  bondGwei: [40, 64],
});
export type AccusationWord = Fields<(typeof accusationWord)["layout"]>;

/** Lines of the quote that are paid at settlement (JobLines.sol), units of 1e9 wei. */
export const jobLines = new WordCodec("JobLines", {
  compute: [0, 64],
  modelRoyalty: [64, 64],
  datasetRoyalty: [128, 64],
  protocolFee: [192, 64],
});
export type JobLines = Fields<(typeof jobLines)["layout"]>;

/** Lines of the quote that return unless spent (JobReserves.sol), units of 1e9 wei; drawUnit in 1e14 wei. */
export const jobReserves = new WordCodec("JobReserves", {
  drawUnit: [0, 28],
  drawReserve: [28, 64],
  reviewFee: [92, 64],
  inputCharge: [156, 64],
});
export type JobReserves = Fields<(typeof jobReserves)["layout"]>;

/** Heads, tails and round-bound part of one class queue (QueueWord.sol). */
export const queueWord = new WordCodec("QueueWord", {
  mainHead: [0, 32],
  mainTail: [32, 32],
  frontHead: [64, 32],
  frontTail: [96, 32],
  round: [128, 32],
  pendingMain: [160, 16],
  pendingFront: [176, 16],
  tries: [192, 16],
});
export type QueueWord = Fields<(typeof queueWord)["layout"]>;

/** One waiting job (QueueEntry.sol). drawUnit in 1e14 wei. */
export const queueEntry = new WordCodec("QueueEntry", {
  key: [0, 56],
  generation: [56, 16],
  modelPayee: [72, 40],
  datasetPayee: [112, 40],
  region: [152, 4],
  lockFactor: [156, 8],
  acceptanceMinutes: [164, 8],
  drawUnit: [172, 28],
  rank: [200, 48],
});
export type QueueEntry = Fields<(typeof queueEntry)["layout"]>;
