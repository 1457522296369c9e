import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import * as words from "../../../src/model/registryWords";
import type { RegistryBooksHarness, RegistryMathHarness, RegistryWordsHarness } from "../../../typechain-types";

type Codec = (typeof words)[keyof typeof words];
type Values = Record<string, bigint | boolean>;

/** Every value that fits the fields of a layout, with the extremes often. */
function valuesOf(codec: Codec): fc.Arbitrary<Values> {
  const fields = Object.entries(codec.layout).map(([name, field]): [string, fc.Arbitrary<bigint | boolean>] => {
    const max = (1n << BigInt(field[1])) - 1n;
    if (field.length === 3) return [name, fc.boolean()];
    return [name, fc.oneof(fc.constantFrom(0n, 1n, max), fc.bigInt(0n, max))];
  });
  return fc.record(Object.fromEntries(fields));
}

/** Fields as the harness takes them: addresses are numbers of 160 bits in the codec. */
function forHarness(codec: Codec, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isAddress(codec, name) ? addressOf(value as bigint) : value]),
  ) as unknown as Values;
}

function isAddress(codec: Codec, name: string): boolean {
  return (codec.layout as Record<string, readonly [number, number]>)[name]?.[1] === 160;
}

function addressOf(value: bigint): string {
  return ethers.getAddress(ethers.toBeHex(value, 20));
}

function encode(codec: Codec, values: Values): bigint {
  return (codec as unknown as { encode(values: Values): bigint }).encode(values);
}

describe("packed words of the registry", () => {
  let harnesses: readonly (RegistryWordsHarness | RegistryBooksHarness)[];
  let math: RegistryMathHarness;

  before(async () => {
    harnesses = [
      await ethers.deployContract("RegistryWordsHarness"),
      await ethers.deployContract("RegistryBooksHarness"),
    ];
    math = await ethers.deployContract("RegistryMathHarness");
  });

  for (const codec of Object.values(words)) {
    describe(codec.name, () => {
      const harness = (): RegistryWordsHarness => {
        const found = harnesses.find((h) => h.interface.hasFunction(`pack${codec.name}`));
        return found as RegistryWordsHarness;
      };

      it("packs and unpacks every field as laid out", async () => {
        await fc.assert(
          fc.asyncProperty(valuesOf(codec), async (values) => {
            const packed: bigint = await harness()
              .getFunction(`pack${codec.name}`)
              .staticCall(forHarness(codec, values));
            expect(packed).to.equal(encode(codec, values));
            const unpacked = await harness().getFunction(`unpack${codec.name}`).staticCall(packed);
            const read = Object.fromEntries(
              Object.entries(unpacked.toObject() as Record<string, unknown>).map(([name, value]) => [
                name,
                isAddress(codec, name) ? BigInt(value as string) : value,
              ]),
            );
            expect(read).to.deep.equal(values);
          }),
          { numRuns: 30 },
        );
      });

      it("replaces each field alone", async () => {
        await fc.assert(
          fc.asyncProperty(valuesOf(codec), valuesOf(codec), async (first, second) => {
            const packed: bigint = await harness()
              .getFunction(`repack${codec.name}`)
              .staticCall(forHarness(codec, first), forHarness(codec, second));
            expect(packed).to.equal(encode(codec, second));
          }),
          { numRuns: 30 },
        );
      });

      it("has the fields of the Solidity library, no more and no fewer", () => {
        const fragment = harness().interface.getFunction(`pack${codec.name}` as "packGpuWord");
        const components = fragment.inputs[0]?.components ?? [];
        expect(components.map((component) => component.name)).to.deep.equal(codec.fields);
      });
    });
  }

  describe("OwnerWord.counted", () => {
    it("counts an attempt in day and sum, and a completed one in all four", async () => {
      const word = words.ownerWord.encode({
        ...blank(),
        completed: 7n,
        attempted: 9n,
        dayCompleted: 1n,
        dayAttempted: 2n,
      });
      expect(words.ownerWord.decode(await math.counted(word, false))).to.include({ attempted: 10n, dayAttempted: 3n });
      expect(words.ownerWord.decode(await math.counted(word, true))).to.include({
        completed: 8n,
        attempted: 10n,
        dayCompleted: 2n,
        dayAttempted: 3n,
      });
    });

    it("counts at most 65,535 attempts a day", async () => {
      const full = words.ownerWord.encode({ ...blank(), attempted: 70_000n, dayAttempted: 65_535n });
      expect(await math.counted(full, true)).to.equal(full);
    });

    it("touches nothing else", async () => {
      await fc.assert(
        fc.asyncProperty(valuesOf(words.ownerWord), fc.boolean(), async (values, completed) => {
          const before = {
            ...(values as ReturnType<typeof blank>),
            completed: 1_900_000n,
            attempted: 1_900_000n,
            dayCompleted: 3n,
            dayAttempted: 4n,
          };
          const after = words.ownerWord.decode(await math.counted(words.ownerWord.encode(before), completed));
          expect(after).to.deep.equal({
            ...before,
            completed: before.completed + (completed ? 1n : 0n),
            attempted: before.attempted + 1n,
            dayCompleted: before.dayCompleted + (completed ? 1n : 0n),
            dayAttempted: before.dayAttempted + 1n,
          });
        }),
        { numRuns: 30 },
      );
    });
  });

  describe("RegistryWord.stamp", () => {
    it("is never 0 and repeats only after 2^24 - 1 rounds", async () => {
      const stampOf = async (round: bigint): Promise<bigint> => math.stampOf(words.registryWord.with(0n, { round }));
      expect(await stampOf(0n)).to.equal(1n);
      expect(await stampOf(16_777_214n)).to.equal(16_777_215n);
      expect(await stampOf(16_777_215n)).to.equal(1n);
      expect(await stampOf(4_294_967_295n)).to.equal((4_294_967_295n % 16_777_215n) + 1n);
    });
  });

  describe("PoolWord and JoinedWord", () => {
    const lane = fc.bigInt(0n, 65_535n);
    const region = fc.integer({ min: 0, max: 11 });

    it("keep lanes and energy apart", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.bigInt(0n, (1n << 256n) - 1n),
          region,
          lane,
          fc.bigInt(0n, (1n << 63n) - 1n),
          async (raw, r, length, energy) => {
            const packed = await math.packPool(raw, r, length, energy);
            const parts = await math.poolParts(packed, r);
            expect([parts[0], parts[1], parts[2]]).to.deep.equal([length, packed & ((1n << 192n) - 1n), energy]);
            const shift = BigInt(r) * 16n;
            const others = ((1n << 192n) - 1n) & ~(65_535n << shift);
            expect(packed & others).to.equal(raw & others);
            expect(packed >> 255n, "hasJoined").to.equal(raw >> 255n);
          },
        ),
        { numRuns: 40 },
      );
    });

    it("pack stamp, one count and energy of a fresh JoinedWord", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.bigInt(0n, (1n << 24n) - 1n),
          region,
          lane,
          fc.bigInt(0n, (1n << 40n) - 1n),
          async (stamp, r, count, energy) => {
            const parts = await math.joinedParts(await math.packJoined(stamp, r, count, energy), r);
            expect([...parts]).to.deep.equal([count, count << (BigInt(r) * 16n), stamp, energy]);
          },
        ),
        { numRuns: 40 },
      );
    });

    it("absorb adds every lane and the energy, which saturates", async () => {
      const half = fc.array(fc.bigInt(0n, 32_767n), { minLength: 12, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(
          half,
          half,
          fc.bigInt(0n, (1n << 64n) - 1n),
          fc.bigInt(0n, (1n << 40n) - 1n),
          async (a, b, e, f) => {
            const pack = (lanes: bigint[]): bigint =>
              lanes.reduce((sum, value, i) => sum | (value << (BigInt(i) * 16n)), 0n);
            const sum = await math.absorb(pack(a) | (e << 192n), pack(b) | (5n << 192n) | (f << 216n));
            const energy = e + f > (1n << 64n) - 1n ? (1n << 64n) - 1n : e + f;
            expect(sum).to.equal(pack(a.map((value, i) => value + (b[i] ?? 0n))) | (energy << 192n));
          },
        ),
        { numRuns: 40 },
      );
      expect(await math.addEnergy(((1n << 64n) - 1n) << 192n, 1n)).to.equal(((1n << 64n) - 1n) << 192n);
    });
  });
});

function blank(): ReturnType<typeof words.ownerWord.decode> {
  return words.ownerWord.decode(0n);
}
