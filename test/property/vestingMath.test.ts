/** VestingMath against the plain model, over random terms, totals and times. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { vestedAmount, type ModelTerms } from "../../src/model/vesting";
import type { VestingWords } from "../../typechain-types";

const MAX = 2n ** 96n - 1n;

const seconds = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 200_000_000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 50n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }) },
);
/** A share of `whole` in thousandths, both ends often. */
const part = fc.oneof(fc.bigInt({ min: 0n, max: 1_000n }), fc.constantFrom(0n, 1_000n));
const share = (whole: bigint, thousandths: bigint) => (whole * thousandths) / 1_000n;

const terms: fc.Arbitrary<ModelTerms> = fc
  .record({
    start: fc.oneof(fc.bigInt({ min: 1n, max: 4_000_000_000n }), fc.constantFrom(1n, 2n ** 40n - 1n)),
    duration: seconds,
    cliff: part,
    step: fc.oneof(part, fc.constant(0n)),
    startBps: fc.oneof(fc.bigInt({ min: 0n, max: 10_000n }), fc.constantFrom(0n, 10_000n)),
  })
  .map(({ duration, cliff, step, ...rest }) => ({
    ...rest,
    duration,
    cliff: share(duration, cliff),
    step: share(duration, step),
    revocable: false,
    votes: false,
  }));
const amount = fc.oneof(fc.bigInt({ min: 0n, max: MAX }), fc.bigInt({ min: 0n, max: 1_000n }), fc.constantFrom(MAX));

/** A time around the parts of a schedule: before it, at each edge, inside, after. */
const moment = fc
  .record({ thousandths: fc.bigInt({ min: -100n, max: 1_200n }), edge: fc.nat(6), off: fc.bigInt(-1n, 1n) })
  .map(({ thousandths, edge, off }) => (t: ModelTerms) => {
    const edges = [t.start, t.start + t.cliff, t.start + t.step, t.start + t.duration];
    const chosen = edges[edge] ?? t.start + (t.duration * thousandths) / 1_000n;
    return chosen + off < 0n ? 0n : chosen + off;
  });

const wordOf = (t: ModelTerms) =>
  (t.start << 96n) | (t.cliff << 136n) | (t.duration << 168n) | (t.step << 200n) | (t.startBps << 232n);

describe("VestingMath against the plain model", () => {
  let words: VestingWords;

  before(async () => {
    words = await ethers.deployContract("VestingWords");
  });

  it("I33 says the same at every moment", async () => {
    await fc.assert(
      fc.asyncProperty(terms, amount, moment, async (t, total, when) => {
        expect(await words.vested(total, wordOf(t), when(t))).to.equal(vestedAmount(total, t, when(t)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("I33 never falls with time, is 0 before the start and everything at the end", async () => {
    await fc.assert(
      fc.asyncProperty(terms, amount, moment, moment, async (t, total, one, other) => {
        const [earlier, later] = one(t) < other(t) ? [one(t), other(t)] : [other(t), one(t)];
        const word = wordOf(t);
        const before = await words.vested(total, word, earlier);
        expect(before).to.be.lessThanOrEqual(await words.vested(total, word, later));
        if (earlier < t.start) expect(before).to.equal(0n);
        expect(await words.vested(total, word, t.start + t.duration)).to.equal(total);
      }),
      { numRuns: 300 },
    );
  });

  it("I33 gives a topped up grant at least what its parts would have got", async () => {
    const halves = fc.tuple(amount, amount).map(([a, b]) => [a / 2n, b / 2n] as const);
    await fc.assert(
      fc.asyncProperty(terms, halves, moment, async (t, [a, b], when) => {
        const word = wordOf(t);
        const parts = (await words.vested(a, word, when(t))) + (await words.vested(b, word, when(t)));
        const sum = await words.vested(a + b, word, when(t));
        expect(parts).to.be.lessThanOrEqual(sum);
        expect(sum - parts).to.be.lessThanOrEqual(2n);
      }),
      { numRuns: 300 },
    );
  });

  it("I34 stands still once revoked, and pays what is left of that", async () => {
    await fc.assert(
      fc.asyncProperty(terms, amount, part, moment, async (t, total, paidPart, when) => {
        const paid = share(total, paidPart);
        const revoked = total | (paid << 96n) | (1n << 192n);
        expect(await words.vestedOf(revoked, wordOf(t), when(t))).to.equal(total);
        expect(await words.releasable(revoked, wordOf(t), when(t))).to.equal(total - paid);
        const vested = vestedAmount(total, t, when(t));
        const running = total | (share(vested, paidPart) << 96n);
        expect(await words.vestedOf(running, wordOf(t), when(t))).to.equal(vested);
        expect(await words.releasable(running, wordOf(t), when(t))).to.equal(vested - share(vested, paidPart));
      }),
      { numRuns: 300 },
    );
  });
});
