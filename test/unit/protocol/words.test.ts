import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { WordsHarness } from "../../../typechain-types";
import {
  accusationWord,
  jobLines,
  jobReserves,
  jobTerms,
  jobWindows,
  jobWord,
  queueEntry,
  queueWord,
  WordCodec,
  WordOutOfRange,
} from "../../../src/protocol/words";
import { rejection } from "../store/rejection";

const codecs = [jobWord, jobTerms, jobWindows, jobLines, jobReserves, queueWord, queueEntry];
type AnyCodec = (typeof codecs)[number];
type Values = Record<string, bigint | boolean>;

/** Every value that fits the fields of a layout, with the extremes often. */
function valuesOf(codec: AnyCodec): fc.Arbitrary<Values> {
  const fields = Object.entries(codec.layout).map(([name, field]): [string, fc.Arbitrary<bigint | boolean>] => {
    const max = (1n << BigInt(field[1])) - 1n;
    if (field.length === 3) return [name, fc.boolean()];
    return [name, fc.oneof(fc.constantFrom(0n, 1n, max), fc.bigInt(0n, max))];
  });
  return fc.record(Object.fromEntries(fields));
}

/** The codec seen without its own field names, as the loops below need it. */
function loose(codec: AnyCodec): { decode(word: bigint): Values; encode(values: Values): bigint } {
  return codec as unknown as { decode(word: bigint): Values; encode(values: Values): bigint };
}

describe("protocol/words", () => {
  let harness: WordsHarness;

  before(async () => {
    harness = await ethers.deployContract("WordsHarness");
  });

  for (const codec of codecs) {
    describe(codec.name, () => {
      it("packs and unpacks as the Solidity library does", async () => {
        await fc.assert(
          fc.asyncProperty(valuesOf(codec), async (values) => {
            const packed: bigint = await harness.getFunction(`pack${codec.name}`).staticCall(values);
            expect(loose(codec).encode(values)).to.equal(packed);
            const unpacked = await harness.getFunction(`unpack${codec.name}`).staticCall(packed);
            expect(loose(codec).decode(packed)).to.deep.equal(unpacked.toObject());
          }),
          { numRuns: 40 },
        );
      });

      it("has the fields of the Solidity library, no more and no fewer", () => {
        const fragment = harness.interface.getFunction(`pack${codec.name}` as "packJobWord");
        const components = fragment.inputs[0]?.components ?? [];
        expect(components.map((component) => component.name)).to.deep.equal([...codec.fields]);
      });

      it("refuses a value one above the largest, as the library does", async () => {
        const zero = loose(codec).decode(0n);
        for (const [name, field] of Object.entries(codec.layout)) {
          if (field.length === 3) continue;
          const values = { ...zero, [name]: 1n << BigInt(field[1]) };
          expect(() => loose(codec).encode(values)).to.throw(WordOutOfRange);
          // Where the Solidity type is as wide as the field, the ABI coder refuses first.
          const failure = await rejection(harness.getFunction(`pack${codec.name}`).staticCall(values));
          expect(String(failure)).to.match(/BitFieldOverflow|value out-of-bounds/);
        }
      });
    });
  }

  it("replaces single fields and keeps the others", () => {
    const word = jobWord.encode({ ...jobWord.decode(0n), gpu: 7n, due: 1_900_000_000n, accepted: true });
    const moved = jobWord.with(word, { due: 2_000_000_000n });
    expect(jobWord.decode(moved)).to.deep.equal({ ...jobWord.decode(word), due: 2_000_000_000n });
  });

  it("refuses a word with bits outside its layout, and negative words", () => {
    expect(() => accusationWord.decode(1n << 104n)).to.throw(WordOutOfRange, "AccusationWord");
    expect(() => queueEntry.decode(1n << 248n)).to.throw(WordOutOfRange);
    expect(() => jobWord.decode(-1n)).to.throw(WordOutOfRange);
    expect(() => jobWord.decode(1n << 256n)).to.throw(WordOutOfRange);
    expect(() => jobWord.encode({ ...jobWord.decode(0n), gpu: -1n })).to.throw(WordOutOfRange, "gpu");
  });

  it("refuses a layout whose fields overlap or leave the word", () => {
    expect(() => new WordCodec("Bad", { a: [0, 9], b: [8, 8] })).to.throw(WordOutOfRange);
    expect(() => new WordCodec("Bad", { a: [250, 8] })).to.throw(WordOutOfRange);
  });
});
