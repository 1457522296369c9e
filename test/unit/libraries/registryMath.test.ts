import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import * as model from "../../../src/model/reputation";
import { type Attempt, windowSums } from "../../../src/model/window";
import type { RegistryMathHarness } from "../../../typechain-types";

const ONE = 10n ** 18n;

describe("pure libraries of the registry", () => {
  let math: RegistryMathHarness;

  before(async () => {
    math = await ethers.deployContract("RegistryMathHarness");
  });

  describe("Log2", () => {
    it("agrees with Math.log2 to 1e-9 for every magnitude", async () => {
      const value = fc.oneof(
        fc.integer({ min: 1, max: 86_401 }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 52 }).map((n) => 2 ** n),
      );
      await fc.assert(
        fc.asyncProperty(value, async (x) => {
          const got = Number(await math.log2(x)) / 1e18;
          expect(Math.abs(got - Math.log2(x))).to.be.lessThan(1e-9);
        }),
        { numRuns: 300 },
      );
    });

    it("is whole for powers of two", async () => {
      for (let n = 0n; n < 64n; n++) expect(await math.log2(1n << n)).to.equal(n * ONE);
    });

    it("rises with x over the whole range of credited seconds", async () => {
      let last = -1n;
      for (let x = 1; x <= 86_401; x += 97) {
        const value = await math.log2(x);
        expect(value > last).to.equal(true);
        last = value;
      }
    });
  });

  describe("Reputation", () => {
    const percent = fc.bigInt(50n, 150n);
    const score = fc.oneof(fc.constantFrom(0n, model.MAX_SCORE), fc.bigInt(0n, model.MAX_SCORE));

    it("weighs work as the formula does, to 2e-9", async () => {
      const work = fc.record({
        complexity: fc.integer({ min: 0, max: 255 }),
        creditedSeconds: fc.integer({ min: 0, max: 4_294_967_295 }),
        throughput: fc.integer({ min: 0, max: 16_777_215 }),
        greatest: fc.integer({ min: 0, max: 16_777_215 }),
      });
      await fc.assert(
        fc.asyncProperty(work, async (w) => {
          const got = await math.successWeight(w.complexity, w.creditedSeconds, w.throughput, w.greatest);
          expect(Math.abs(Number(got) / 1e9 - model.exactWeight(w))).to.be.lessThan(2e-9 + 1e-9);
          expect(got <= 1_000_000_000n).to.equal(true);
        }),
        { numRuns: 300 },
      );
    });

    it("weighs the hardest, longest work on the strongest class as exactly 1", async () => {
      expect(await math.successWeight(10, 86_400, 9_894, 9_894)).to.equal(1_000_000_000n);
    });

    it("weighs nothing as 0", async () => {
      expect(await math.successWeight(0, 0, 0, 0)).to.equal(0n);
    });

    it("gains as the integer model and as the formula to 1e-6 points", async () => {
      await fc.assert(
        fc.asyncProperty(score, fc.bigInt(0n, 1_000_000_000n), percent, fc.boolean(), async (s, w, g, half) => {
          const got = await math.gainOf(s, w, g, half);
          expect(got).to.equal(model.gainOf(s, w, g, half));
          const exact = model.exactGain(Number(s) / 1e6, Number(w) / 1e9, Number(g), half);
          expect(Math.abs(Number(got) / 1e6 - exact)).to.be.lessThan(1.000001e-6);
        }),
        { numRuns: 300 },
      );
    });

    it("gains nothing above the greatest score", async () => {
      expect(await math.gainOf(model.MAX_SCORE + 1n, 1_000_000_000n, 100, false)).to.equal(0n);
    });

    it("gives the SPEC's figures: 2 points at most, 1 from the start, half when silence accepted", async () => {
      expect(await math.gainOf(0, 1_000_000_000n, 100, false)).to.equal(2_000_000n);
      expect(await math.gainOf(model.START_SCORE, 1_000_000_000n, 100, false)).to.equal(1_000_000n);
      expect(await math.gainOf(model.START_SCORE, 1_000_000_000n, 100, true)).to.equal(500_000n);
    });

    it("caps a day's gain", async () => {
      await fc.assert(
        fc.asyncProperty(fc.bigInt(0n, 4_000_000n), fc.bigInt(0n, 10_000_000n), percent, async (gain, gained, cap) => {
          const got = await math.capGain(gain, gained, cap);
          expect(got).to.equal(model.capGain(gain, gained, cap));
          if (got !== 0n) expect(got + gained <= (6_000_000n * cap) / 100n).to.equal(true);
        }),
        { numRuns: 200 },
      );
    });

    it("loses 1.00 + 9.00 (1 - r), and the most for the worst", async () => {
      expect(await math.missLoss(9, 10, 100, 100, false)).to.equal(1_900_000n);
      expect(await math.missLoss(0, 1, 100, 100, false)).to.equal(10_000_000n);
      expect(await math.missLoss(9, 10, 100, 100, true)).to.equal(10_000_000n);
    });

    it("loses as the model for any counts, impossible ones included, and never reverts", async () => {
      const count = fc.bigInt(0n, 2_097_151n);
      await fc.assert(
        fc.asyncProperty(count, count, percent, percent, fc.boolean(), async (done, tried, min, max, worst) => {
          expect(await math.missLoss(done, tried, min, max, worst)).to.equal(
            model.missLoss(done, tried, min, max, worst),
          );
        }),
        { numRuns: 300 },
      );
    });

    it("loses 25.00 by fraud", async () => {
      expect(await math.fraudLoss(100)).to.equal(25_000_000n);
      expect(await math.fraudLoss(150)).to.equal(model.fraudLoss(150n));
    });

    it("keeps a score within 0..100 for any change (I26)", async () => {
      await fc.assert(
        fc.asyncProperty(score, fc.bigInt(0n, 1n << 200n), async (s, change) => {
          expect(await math.raised(s, change)).to.equal(model.moved(s, change));
          expect(await math.lowered(s, change)).to.equal(model.moved(s, -change));
        }),
        { numRuns: 200 },
      );
    });
  });

  describe("EnergyReport", () => {
    it("bounds a report by board power x slot share x (elapsed + 1 s) x 1.2 and by the idle share", async () => {
      // 700 W for an hour on one of two slots: 350 Wh x 1.2 and a second; idle 50 W: 25 Wh.
      const bounds = await math.energyBounds(700, 50, 2, 3_600);
      expect(bounds.greatest).to.equal((700n * 3_601n * 1_200n) / 7_200n);
      expect(bounds.least).to.equal(25_000n);
    });

    it("allows a second's worth at once", async () => {
      const bounds = await math.energyBounds(70, 8, 1, 0);
      expect([...bounds]).to.deep.equal([0n, 23n]);
    });
  });

  describe("Lanes", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 12, maxLength: 12 });
    const pack = (list: number[]): bigint =>
      list.reduce((word, count, i) => word | (BigInt(count) << BigInt(16 * i)), 0n);

    it("sums and finds items as concatenated lists do", async () => {
      await fc.assert(
        fc.asyncProperty(counts, fc.double({ min: 0, max: 0.999999, noNaN: true }), async (list, where) => {
          const total = list.reduce((sum, count) => sum + count, 0);
          // Bits above the lanes are no lanes.
          expect(await math.totalOf(pack(list) | (7n << 192n))).to.equal(total);
          if (total === 0) return;
          const item = Math.floor(where * total);
          let region = 0;
          let position = item;
          while (position >= (list[region] ?? 0)) position -= list[region++] ?? 0;
          expect([...(await math.locate(pack(list), item))]).to.deep.equal([BigInt(region), BigInt(position)]);
        }),
        { numRuns: 100 },
      );
    });

    it("reads what it writes and leaves the others", async () => {
      await fc.assert(
        fc.asyncProperty(
          counts,
          fc.integer({ min: 0, max: 11 }),
          fc.integer({ min: 0, max: 65_535 }),
          async (list, r, value) => {
            const word = await math.writeLane(pack(list), r, value);
            expect(word).to.equal(pack(list.with(r, value)));
            expect(await math.readLane(word, r)).to.equal(value);
          },
        ),
        { numRuns: 50 },
      );
    });
  });

  describe("RollingWindow", () => {
    const FIRST = 20_000n;

    /** Plays outcomes and looks, each so many days after the one before, and compares every sum with the whole log. */
    async function play(moves: readonly (readonly [gap: number, outcome?: boolean | undefined])[]): Promise<void> {
      let day = FIRST;
      const steps = moves.map(([gap, outcome]) => {
        day += BigInt(gap);
        return { day, count: outcome !== undefined, completed: outcome === true };
      });
      const log: Attempt[] = [];
      const expected = steps.map((step) => {
        if (step.count) log.push(step);
        return windowSums(log, step.day);
      });
      const { completed, attempted } = await math.playWindow.staticCall(steps);
      expect([...completed]).to.deep.equal(expected.map((sums) => sums.completed));
      expect([...attempted]).to.deep.equal(expected.map((sums) => sums.attempted));
    }

    it("counts the last thirty days, whatever the gaps (I27)", async () => {
      const gap = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 28, max: 31 }), fc.nat({ max: 100 }));
      const move = fc.tuple(gap, fc.constantFrom(true, false, undefined));
      await fc.assert(fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 20 }), play), { numRuns: 30 });
    });

    it("forgets every lane after a pause of thirty days, so that none falls out again a month later (I27)", async () => {
      // The first day's lane comes round again on day 60, when the outcome after the pause still counts.
      await play([[0, true], [1, true], [30, true], [29], [1]]);
      await play([[0, true], [1, false], [40, true], [1, true], [19], [10], [29]]);
    });
  });
});
