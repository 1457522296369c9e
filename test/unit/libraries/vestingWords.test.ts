/** Round trips of the packed words of vesting over random fields. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { VestingWords } from "../../../typechain-types";
import { all, anyWord, type Field, get, set, uint } from "./fields";

const RUNS = 100;

const SCHEDULE = {
  pool: { shift: 0n, bits: 96n },
  start: { shift: 96n, bits: 40n },
  cliff: { shift: 136n, bits: 32n },
  duration: { shift: 168n, bits: 32n },
  step: { shift: 200n, bits: 32n },
  startBps: { shift: 232n, bits: 14n },
  revocable: { shift: 246n, bits: 1n },
  votes: { shift: 247n, bits: 1n },
  roots: { shift: 248n, bits: 5n },
} satisfies Record<string, Field>;
const GRANT = {
  total: { shift: 0n, bits: 96n },
  paid: { shift: 96n, bits: 96n },
  revokedAt: { shift: 192n, bits: 40n },
  moved: { shift: 232n, bits: 1n },
  claimed: { shift: 233n, bits: 23n },
} satisfies Record<string, Field>;
const ROOT = {
  left: { shift: 0n, bits: 96n },
  setAt: { shift: 96n, bits: 40n },
  number: { shift: 136n, bits: 8n },
} satisfies Record<string, Field>;

describe("packed words of vesting", () => {
  let words: VestingWords;

  before(async () => {
    words = await ethers.deployContract("VestingWords");
  });

  /** Every getter reads its own field of any word. */
  function gettersRead(name: string, layout: Record<string, Field>, read: (word: bigint) => Promise<unknown[]>) {
    it(`${name} is read where the layout says`, async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, async (word) => {
          expect((await read(word)).map((value) => BigInt(value as bigint | boolean))).to.deep.equal(all(word, layout));
        }),
        { numRuns: RUNS },
      );
    });
  }

  /** A setter changes its own field of any word and nothing else. */
  function setterKeepsRest(name: string, field: Field, call: (word: bigint, value: bigint) => Promise<bigint>) {
    it(`${name} changes its own field only`, async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, uint(field.bits), async (before, value) => {
          expect(await call(before, value)).to.equal(set(before, field, value));
        }),
        { numRuns: RUNS },
      );
    });
  }

  describe("ScheduleWord", () => {
    gettersRead("every field", SCHEDULE, async (word) => [...(await words.readSchedule(word))]);
    setterKeepsRest("withPool", SCHEDULE.pool, (word, value) => words.withPool(word, value));
    setterKeepsRest("withStart", SCHEDULE.start, (word, value) => words.withStart(word, value));
    setterKeepsRest("withCliff", SCHEDULE.cliff, (word, value) => words.withCliff(word, value));
    setterKeepsRest("withDuration", SCHEDULE.duration, (word, value) => words.withDuration(word, value));
    setterKeepsRest("withStep", SCHEDULE.step, (word, value) => words.withStep(word, value));
    setterKeepsRest("withStartBps", SCHEDULE.startBps, (word, value) => words.withStartBps(word, value));
    setterKeepsRest("withRevocable", SCHEDULE.revocable, (word, value) => words.withRevocable(word, value === 1n));
    setterKeepsRest("withVotes", SCHEDULE.votes, (word, value) => words.withVotes(word, value === 1n));
    setterKeepsRest("withRoots", SCHEDULE.roots, (word, value) => words.withRoots(word, value));

    it("exists with its start, and ends its duration later", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, uint(40n), uint(32n), async (junk, start, duration) => {
          const word = set(set(junk, SCHEDULE.start, start), SCHEDULE.duration, duration);
          expect(await words.scheduleExists(word)).to.equal(start !== 0n);
          expect(await words.scheduleEnd(word)).to.equal(start + duration);
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("GrantWord", () => {
    gettersRead("every field", GRANT, async (word) => [...(await words.readGrant(word))]);
    setterKeepsRest("withTotal", GRANT.total, (word, value) => words.withTotal(word, value));
    setterKeepsRest("withPaid", GRANT.paid, (word, value) => words.withPaid(word, value));
    setterKeepsRest("withRevokedAt", GRANT.revokedAt, (word, value) => words.withRevokedAt(word, value));
    setterKeepsRest("withMoved", GRANT.moved, (word, value) => words.withMoved(word, value === 1n));
    setterKeepsRest("withClaimed", GRANT.claimed, (word, value) => words.withClaimed(word, value));

    it("claims one root at a time, of 23", async () => {
      const number = fc.bigInt({ min: 1n, max: 23n });
      await fc.assert(
        fc.asyncProperty(anyWord, number, number, async (before, claimed, asked) => {
          const after = await words.withClaim(before, claimed);
          expect(after).to.equal(before | (1n << (232n + claimed)));
          const bit = (1n << (232n + asked)) & after;
          expect(await words.hasClaimed(after, asked)).to.equal(bit !== 0n);
        }),
        { numRuns: RUNS },
      );
    });

    it("has outstanding what is not paid", async () => {
      const amounts = fc.tuple(uint(96n), uint(96n)).map(([a, b]) => (a > b ? { a, b } : { a: b, b: a }));
      await fc.assert(
        fc.asyncProperty(anyWord, amounts, async (junk, { a, b }) => {
          const word = set(set(junk, GRANT.total, a), GRANT.paid, b);
          expect(await words.outstanding(word)).to.equal(a - b);
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("GrantRootWord", () => {
    gettersRead("every field", ROOT, async (word) => [...(await words.readRoot(word))]);
    setterKeepsRest("withLeft", ROOT.left, (word, value) => words.withLeft(word, value));
    setterKeepsRest("withSetAt", ROOT.setAt, (word, value) => words.withSetAt(word, value));
    setterKeepsRest("withNumber", ROOT.number, (word, value) => words.withNumber(word, value));

    it("exists with its number", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, async (word) => {
          expect(await words.rootExists(word)).to.equal(get(word, ROOT.number) !== 0n);
        }),
        { numRuns: RUNS, examples: [[set(2n ** 256n - 1n, ROOT.number, 0n)]] },
      );
    });
  });
});
