/** Round trips of the packed words of sale and splitter over random fields, and the small libraries beside them. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { SaleWords } from "../../../typechain-types";
import { INSTRUMENTED } from "../../fixtures/instrumented";
import { all, anyWord, get, set, uint, type Field } from "./fields";

const RUNS = 100;
/** Gas for each byte of a new account's code. */
const DEPOSIT_GAS = 200n;

const SALE = {
  sold: { shift: 0n, bits: 64n },
  soldInRound: { shift: 64n, bits: 64n },
  held: { shift: 128n, bits: 90n },
  round: { shift: 218n, bits: 4n },
  status: { shift: 222n, bits: 2n },
  pausedUntil: { shift: 224n, bits: 32n },
} satisfies Record<string, Field>;
const ROUND = {
  price: { shift: 0n, bits: 80n },
  start: { shift: 80n, bits: 32n },
  length: { shift: 112n, bits: 24n },
  cap: { shift: 136n, bits: 44n },
  perBuyer: { shift: 180n, bits: 44n },
  minimum: { shift: 224n, bits: 31n },
  listed: { shift: 255n, bits: 1n },
} satisfies Record<string, Field>;
const BUYER = {
  tokens: { shift: 0n, bits: 64n },
  inRound: { shift: 64n, bits: 64n },
  paid: { shift: 128n, bits: 96n },
  round: { shift: 224n, bits: 8n },
} satisfies Record<string, Field>;
const PAYEE = {
  payee: { shift: 0n, bits: 160n },
  bps: { shift: 160n, bits: 16n },
} satisfies Record<string, Field>;
const SPLITTER = {
  list: { shift: 0n, bits: 160n },
  payees: { shift: 160n, bits: 8n },
  lockedUntil: { shift: 168n, bits: 40n },
  credited: { shift: 208n, bits: 48n },
} satisfies Record<string, Field>;

const LAYOUTS = { Sale: SALE, Round: ROUND, Buyer: BUYER, Payee: PAYEE, Splitter: SPLITTER };

const addressOf = (value: bigint) => ethers.getAddress(ethers.toBeHex(value, 20));

describe("packed words of sale and splitter", () => {
  let words: SaleWords;

  before(async () => {
    words = await ethers.deployContract("SaleWords");
  });

  for (const [name, layout] of Object.entries(LAYOUTS)) {
    describe(`${name} word`, () => {
      it("reads every field where the layout says", async () => {
        await fc.assert(
          fc.asyncProperty(anyWord, async (word) => {
            const read = (await words.getFunction(`read${name}`).staticCall(word)) as unknown as readonly unknown[];
            expect([...read].map((value) => BigInt(value as string))).to.deep.equal(all(word, layout));
          }),
          { numRuns: RUNS },
        );
      });

      for (const [field, place] of Object.entries(layout as Record<string, Field>)) {
        const setter = `${name.toLowerCase()}With${field.charAt(0).toUpperCase()}${field.slice(1)}`;

        it(`${setter} changes its own field of any word only`, async () => {
          await fc.assert(
            fc.asyncProperty(anyWord, uint(place.bits), async (word, value) => {
              const given = place.bits === 160n ? addressOf(value) : place.bits === 1n ? value === 1n : value;
              expect(await words.getFunction(setter).staticCall(word, given)).to.equal(set(word, place, value));
            }),
            { numRuns: RUNS },
          );
        });
      }
    });
  }

  it("refuse a value that does not fit a field narrower than its type", async () => {
    const narrow: [string, Field][] = [
      ["saleWithHeld", SALE.held],
      ["saleWithRound", SALE.round],
      ["saleWithStatus", SALE.status],
      ["roundWithCap", ROUND.cap],
      ["roundWithPerBuyer", ROUND.perBuyer],
      ["roundWithMinimum", ROUND.minimum],
    ];
    const library = await ethers.getContractAt("BitField", ethers.ZeroAddress);
    for (const [setter, { bits }] of narrow) {
      await expect(words.getFunction(setter).staticCall(0, 1n << bits), setter)
        .to.be.revertedWithCustomError(library, "BitFieldOverflow")
        .withArgs(1n << bits, bits);
    }
  });

  describe("SaleWord and BuyerWord in their rounds", () => {
    it("keep the count of the same round, and start another at zero", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, uint(4n), async (word, number) => {
          const same = get(word, SALE.round) === number;
          const expected = same ? word : set(set(word, SALE.round, number), SALE.soldInRound, 0n);
          expect(await words.saleEntered(word, number)).to.equal(expected);
          const kept = get(word, BUYER.round) === number;
          const wanted = kept ? word : set(set(word, BUYER.round, number), BUYER.inRound, 0n);
          expect(await words.buyerEntered(word, number)).to.equal(wanted);
        }),
        { numRuns: RUNS },
      );
      expect(await words.saleEntered(set(5n << 64n, SALE.round, 3n), 3)).to.equal(set(5n << 64n, SALE.round, 3n));
    });

    it("add a purchase to all three sums and to nothing else", async () => {
      const half = (bits: bigint) => uint(bits - 1n);
      await fc.assert(
        fc.asyncProperty(anyWord, half(64n), half(90n), half(64n), half(90n), async (junk, had, held, units, cost) => {
          const before = (word: bigint, layout: typeof SALE | typeof BUYER, names: readonly string[]) =>
            names.reduce((sum, name) => {
              const field = (layout as Record<string, Field>)[name] as Field;
              return set(sum, field, field.bits > 64n ? held : had);
            }, word);
          const after = (word: bigint, layout: typeof SALE | typeof BUYER, names: readonly string[]) =>
            names.reduce((sum, name) => {
              const field = (layout as Record<string, Field>)[name] as Field;
              return set(sum, field, get(sum, field) + (field.bits > 64n ? cost : units));
            }, word);
          const sale = before(junk, SALE, ["sold", "soldInRound", "held"]);
          expect(await words.saleBought(sale, units, cost)).to.equal(
            after(sale, SALE, ["sold", "soldInRound", "held"]),
          );
          const buyer = before(junk, BUYER, ["tokens", "inRound", "paid"]);
          expect(await words.buyerBought(buyer, units, cost)).to.equal(
            after(buyer, BUYER, ["tokens", "inRound", "paid"]),
          );
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("SaleRoundWord", () => {
    it("is open from its start, inclusive, to its end, exclusive", async () => {
      const near = fc.bigInt({ min: -3n, max: 3n });
      await fc.assert(
        fc.asyncProperty(
          anyWord,
          near,
          uint(64n),
          fc.constantFrom("start", "end", "any"),
          async (word, by, any, at) => {
            const start = get(word, ROUND.start);
            const end = start + get(word, ROUND.length);
            const wanted = at === "any" ? any : (at === "start" ? start : end) + by;
            const time = wanted < 0n ? 0n : wanted;
            expect(await words.roundEnd(word)).to.equal(end);
            expect(await words.roundIsOpenAt(word, time)).to.equal(time >= start && time < end);
          },
        ),
        { numRuns: RUNS },
      );
    });

    it("knows whether it is planned, and its amounts in gwei units", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, async (word) => {
          expect(await words.roundExists(word)).to.equal(get(word, ROUND.price) !== 0n);
          const fields = [ROUND.cap, ROUND.perBuyer, ROUND.minimum];
          expect([...(await words.roundUnits(word))]).to.deep.equal(
            fields.map((field) => get(word, field) * 10n ** 6n),
          );
        }),
        { numRuns: RUNS },
      );
      expect(await words.roundExists(set(anyOnes, ROUND.price, 0n))).to.equal(false);
    });

    it("costs the price of the units, rounded up by less than one (I36)", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, uint(64n), async (word, units) => {
          const exact = units * 10n ** 9n * get(word, ROUND.price);
          const cost = await words.roundCostOf(word, units);
          expect(cost * 10n ** 18n >= exact && (cost - 1n) * 10n ** 18n < exact).to.equal(true);
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("CodeStore", () => {
    it("keeps words that nobody can call", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyWord, { minLength: 0, maxLength: 12 }), async (list) => {
          const receipt = await (await words.store(list)).wait();
          const [log] = receipt?.logs ?? [];
          const store = words.interface.parseLog(log as NonNullable<typeof log>)?.args[0] as string;
          expect([...(await words.load(store, list.length))]).to.deep.equal(list);
          expect([...(await words.load(store, list.length + 1))]).to.deep.equal([...list, 0n]);
          const code = await ethers.provider.getCode(store);
          expect(code).to.equal(ethers.concat(["0x00", ...list.map((word) => ethers.toBeHex(word, 32))]));
          expect(await ethers.provider.call({ to: store, data: "0x12345678" })).to.equal("0x");
        }),
        { numRuns: 20 },
      );
    });

    it("fails when the gas does not pay for the code, and leaves none", async () => {
      const list = new Array<bigint>(700).fill(1n);
      const gasLimit = DEPOSIT_GAS * (700n * 32n + 1n) - 1n;
      await expect(words.store(list, { gasLimit })).to.be.revertedWithCustomError(words, "CodeStoreFailed");
      await expect(words.store(list)).to.emit(words, "Stored");
    });

    it("refuses a list that does not fit an account's code", async function () {
      // Coverage runs lift the limit of code.
      if (INSTRUMENTED) this.skip();
      const list = new Array<bigint>(800).fill(1n);
      await expect(words.store(list, { gasLimit: 10_000_000 })).to.be.revertedWithCustomError(words, "CodeStoreFailed");
    });
  });
});

const anyOnes = (1n << 256n) - 1n;
