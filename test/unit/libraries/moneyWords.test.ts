/** Round trips of the packed words of vault and beacon over random fields, and the small libraries beside them. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { MoneyWords } from "../../../typechain-types";

const RUNS = 200;

/** One field of a word: its lowest bit and its width. */
type Field = { shift: bigint; bits: bigint };

const ACCOUNT = {
  balance: { shift: 0n, bits: 96n },
  lowToday: { shift: 96n, bits: 48n },
  lowYesterday: { shift: 144n, bits: 48n },
  day: { shift: 192n, bits: 16n },
  authorised: { shift: 208n, bits: 48n },
} satisfies Record<string, Field>;
const MODULE = {
  held: { shift: 0n, bits: 64n },
  fees: { shift: 64n, bits: 64n },
  scopes: { shift: 128n, bits: 8n },
  slot: { shift: 136n, bits: 8n },
  hooked: { shift: 144n, bits: 8n },
} satisfies Record<string, Field>;
const LEDGER = {
  liabilities: { shift: 0n, bits: 96n },
  accounts: { shift: 96n, bits: 40n },
  treasury: { shift: 136n, bits: 40n },
} satisfies Record<string, Field>;
const REQUEST = {
  tag: { shift: 0n, bits: 128n },
  round: { shift: 128n, bits: 32n },
  requestedAt: { shift: 160n, bits: 40n },
  waitingSince: { shift: 200n, bits: 40n },
} satisfies Record<string, Field>;
const ROUND = {
  entropy: { shift: 0n, bits: 128n },
  number: { shift: 128n, bits: 32n },
  requestedAt: { shift: 160n, bits: 40n },
  answeredAt: { shift: 200n, bits: 40n },
  status: { shift: 240n, bits: 8n },
} satisfies Record<string, Field>;

function get(word: bigint, { shift, bits }: Field): bigint {
  return (word >> shift) & ((1n << bits) - 1n);
}

function set(word: bigint, { shift, bits }: Field, value: bigint): bigint {
  const mask = ((1n << bits) - 1n) << shift;
  return (word & ~mask) | (value << shift);
}

/** Values of all fields of a layout, in its order. */
function all(word: bigint, layout: Record<string, Field>): bigint[] {
  return Object.values(layout).map((field) => get(word, field));
}

const uint = (bits: bigint) =>
  fc.oneof(fc.bigInt({ min: 0n, max: (1n << bits) - 1n }), fc.constantFrom(0n, 1n, (1n << bits) - 1n));
const word = uint(256n);

describe("packed words of vault and beacon", () => {
  let words: MoneyWords;

  before(async () => {
    words = await ethers.deployContract("MoneyWords");
  });

  /** A setter changes its own field of any word and nothing else. */
  function setterKeepsRest(name: string, field: Field, call: (word: bigint, value: bigint) => Promise<bigint>) {
    it(`${name} changes its own field only`, async () => {
      await fc.assert(
        fc.asyncProperty(word, uint(field.bits), async (before, value) => {
          expect(await call(before, value)).to.equal(set(before, field, value));
        }),
        { numRuns: RUNS },
      );
    });
  }

  describe("AccountWord", () => {
    it("reads every field where the layout says", async () => {
      await fc.assert(
        fc.asyncProperty(word, async (value) => {
          const read = await words.readAccount(value);
          const { balance, lowToday, lowYesterday, day, authorised } = read;
          expect([balance, lowToday, lowYesterday, day, authorised]).to.deep.equal(all(value, ACCOUNT));
          expect(read.exists).to.equal(get(value, ACCOUNT.day) !== 0n);
        }),
        { numRuns: RUNS },
      );
    });

    setterKeepsRest("withDay", ACCOUNT.day, (before, value) => words.withDay(before, value));
    setterKeepsRest("withAuthorised", ACCOUNT.authorised, (before, value) => words.withAuthorised(before, value));

    it("switches one authorisation bit at a time", async () => {
      const index = fc.integer({ min: 0, max: 47 });
      await fc.assert(
        fc.asyncProperty(word, index, fc.boolean(), async (before, bit, allowed) => {
          const after = await words.withAuthorisedBit(before, bit, allowed);
          const at = 1n << (208n + BigInt(bit));
          expect(after).to.equal(allowed ? before | at : before & ~at);
          expect(await words.isAuthorised(after, bit)).to.equal(allowed);
        }),
        { numRuns: RUNS },
      );
    });

    it("moves the balance with its marks, as the definition says, for any gap", async () => {
      const lows = { low: uint(48n), before: uint(48n), balance: uint(96n), next: uint(96n) };
      const gap = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 60_000 }));
      const day = fc.integer({ min: 1, max: 5_000 });
      await fc.assert(
        fc.asyncProperty(fc.record(lows), day, gap, word, async (fields, lastDay, days, junk) => {
          let value = set(junk, ACCOUNT.balance, fields.balance);
          value = set(value, ACCOUNT.lowToday, fields.low);
          value = set(value, ACCOUNT.lowYesterday, fields.before);
          value = set(value, ACCOUNT.day, BigInt(lastDay));
          const today = lastDay + days;

          const units = lowUnits(fields.balance);
          const lowBefore = days === 0 ? fields.before : days === 1 ? fields.low : units;
          const lowNow = days === 0 ? fields.low : units;
          expect(await words.lowest(value, today)).to.equal(smaller(lowBefore, lowNow));

          let expected = set(value, ACCOUNT.balance, fields.next);
          expected = set(expected, ACCOUNT.lowToday, smaller(lowNow, lowUnits(fields.next)));
          expected = set(expected, ACCOUNT.lowYesterday, lowBefore);
          expected = set(expected, ACCOUNT.day, BigInt(today));
          expect(await words.moved(value, fields.next, today)).to.equal(expected);
        }),
        { numRuns: RUNS },
      );
    });

    it("rounds the marks down and saturates them at 48 bits", async () => {
      const unit = 10n ** 14n;
      const most = 2n ** 48n - 1n;
      for (const balance of [0n, 1n, unit - 1n, unit, most * unit, most * unit + unit - 1n]) {
        expect(await words.toLowUnits(balance)).to.equal(balance / unit);
      }
      expect(await words.toLowUnits((most + 1n) * unit)).to.equal(most);
      expect(await words.toLowUnits(2n ** 96n - 1n)).to.equal(most);
    });

    it("counts days up to 65,535, where they stay, so that no change is ever refused for its date", async () => {
      expect(await words.dayOf(86_399)).to.equal(0);
      expect(await words.dayOf(86_400)).to.equal(1);
      expect(await words.dayOf(65_535n * 86_400n)).to.equal(65_535);
      expect(await words.dayOf(65_536n * 86_400n)).to.equal(65_535);
      expect(await words.dayOf(ethers.MaxUint256)).to.equal(65_535);
      const last = set(set(0n, ACCOUNT.day, 65_535n), ACCOUNT.balance, 10n ** 18n);
      expect(get(await words.moved(last, 5n, 65_535), ACCOUNT.balance)).to.equal(5n);
    });
  });

  describe("ModuleWord", () => {
    it("reads every field where the layout says", async () => {
      await fc.assert(
        fc.asyncProperty(word, async (value) => {
          const read = await words.readModule(value);
          const { held, fees, scopes, slot } = read;
          expect([held, fees, scopes, slot]).to.deep.equal(all(value, MODULE).slice(0, 4));
          expect(read.hooked).to.equal(get(value, MODULE.hooked) !== 0n);
          expect(read.isKnown).to.equal(get(value, MODULE.slot) !== 0n);
        }),
        { numRuns: RUNS },
      );
    });

    setterKeepsRest("withHeld", MODULE.held, (before, value) => words.withHeld(before, value));
    setterKeepsRest("withFees", MODULE.fees, (before, value) => words.withFees(before, value));
    setterKeepsRest("withScopes", MODULE.scopes, (before, value) => words.withScopes(before, value));
    setterKeepsRest("withSlot", MODULE.slot, (before, value) => words.withSlot(before, value));

    it("withHooked changes its own field only", async () => {
      await fc.assert(
        fc.asyncProperty(word, fc.boolean(), async (before, hooked) => {
          expect(await words.withHooked(before, hooked)).to.equal(set(before, MODULE.hooked, hooked ? 1n : 0n));
        }),
        { numRuns: RUNS },
      );
    });

    it("has an index only when known", async () => {
      expect(await words.moduleIndex(set(0n, MODULE.slot, 1n))).to.equal(0);
      expect(await words.moduleIndex(set(0n, MODULE.slot, 48n))).to.equal(47);
      await expect(words.moduleIndex(0n)).to.be.revertedWithPanic(0x11);
    });
  });

  describe("LedgerWord", () => {
    it("reads every field where the layout says", async () => {
      await fc.assert(
        fc.asyncProperty(word, async (value) => {
          expect([...(await words.readLedger(value))]).to.deep.equal(all(value, LEDGER));
        }),
        { numRuns: RUNS },
      );
    });

    setterKeepsRest("withLiabilities", LEDGER.liabilities, (before, value) => words.withLiabilities(before, value));
    setterKeepsRest("withAccounts", LEDGER.accounts, (before, value) => words.withAccounts(before, value));
    setterKeepsRest("withTreasury", LEDGER.treasury, (before, value) => words.withTreasury(before, value));
  });

  describe("RequestWord", () => {
    it("packs and reads every field where the layout says", async () => {
      const fields = fc.tuple(uint(128n), uint(32n), uint(40n), uint(40n));
      await fc.assert(
        fc.asyncProperty(fields, async ([tag, round, requestedAt, waitingSince]) => {
          const packed = await words.packRequest(round, requestedAt, waitingSince);
          expect(get(packed, REQUEST.tag)).to.equal(0n);
          const tagged = await words.withTag(packed, tag);
          const given = [tag, round, requestedAt, waitingSince];
          expect([...(await words.readRequest(tagged))]).to.deep.equal([...given, false]);
          expect(all(tagged, REQUEST)).to.deep.equal(given);
          const fixed = await words.withFallbackFixed(tagged);
          expect([...(await words.readRequest(fixed))]).to.deep.equal([...given, true]);
          expect(fixed).to.equal(tagged | (1n << 240n));
        }),
        { numRuns: RUNS },
      );
    });

    setterKeepsRest("withTag", REQUEST.tag, (before, value) => words.withTag(before, value));
  });

  describe("RoundWord", () => {
    it("packs and reads every field where the layout says", async () => {
      const fields = fc.tuple(uint(128n), uint(32n), uint(40n), uint(40n), uint(8n), fc.boolean());
      await fc.assert(
        fc.asyncProperty(fields, async (given) => {
          const packed = await words.packRound(...given);
          expect([...(await words.readRound(packed))]).to.deep.equal(given);
          expect(all(packed, ROUND)).to.deep.equal(given.slice(0, 5));
          expect(packed >> 248n).to.equal(given[5] ? 1n : 0n);
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("Units", () => {
    const GWEI = 10n ** 9n;

    it("converts there and back, up, down and exactly", async () => {
      await fc.assert(
        fc.asyncProperty(uint(64n), fc.bigInt({ min: 1n, max: GWEI - 1n }), async (units, rest) => {
          const wei = await words.toWei(units);
          expect(wei).to.equal(units * GWEI);
          expect(await words.toGweiExact(wei)).to.equal(units);
          expect(await words.toGweiUp(wei)).to.equal(units);
          expect(await words.isWhole(wei)).to.equal(true);
          expect(await words.isWhole(wei + rest)).to.equal(false);
          expect(await words.toGweiDown(wei + rest)).to.equal(units);
          if (units < 2n ** 64n - 1n) expect(await words.toGweiUp(wei + rest)).to.equal(units + 1n);
        }),
        { numRuns: RUNS },
      );
    });

    it("refuses fractions where it must be exact, and what does not fit 64 bits", async () => {
      await expect(words.toGweiExact(GWEI + 1n))
        .to.be.revertedWithCustomError(words, "UnitsNotWhole")
        .withArgs(GWEI + 1n);
      const tooMuch = 2n ** 64n * GWEI;
      for (const call of [words.toGweiExact(tooMuch), words.toGweiDown(tooMuch), words.toGweiUp(tooMuch - 1n)]) {
        await expect(call).to.be.revertedWithCustomError(words, "SafeCastOverflowedUintDowncast");
      }
    });
  });

  function lowUnits(balance: bigint): bigint {
    return smaller(balance / 10n ** 14n, 2n ** 48n - 1n);
  }

  function smaller(a: bigint, b: bigint): bigint {
    return a < b ? a : b;
  }
});
