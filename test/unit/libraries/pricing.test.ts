/** Pricing: the arithmetic of each line, its roundings and its ends. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { AssetWords } from "../../../typechain-types";
import { uint } from "./fields";

const RUNS = 200;
const MAX_32 = 2n ** 32n - 1n;
const MAX_64 = 2n ** 64n - 1n;

describe("Pricing", () => {
  let words: AssetWords;

  before(async () => {
    words = await ethers.deployContract("AssetWords");
  });

  it("compute is units times price, at least the minimum, for all values", async () => {
    await fc.assert(
      fc.asyncProperty(uint(32n), uint(64n), uint(64n), async (units, price, minimum) => {
        const product = units * price;
        expect(await words.compute(units, price, minimum)).to.equal(product > minimum ? product : minimum);
      }),
      { numRuns: RUNS, examples: [[MAX_32, MAX_64, MAX_64]] },
    );
  });

  it("drawReserve is six draw units and three input charges, for all values", async () => {
    await fc.assert(
      fc.asyncProperty(uint(64n), uint(64n), async (unit, charge) => {
        expect(await words.drawReserve(unit, charge)).to.equal(6n * unit + 3n * charge);
      }),
      { numRuns: RUNS, examples: [[MAX_64, MAX_64]] },
    );
  });

  it("protocolFee rounds up: by less than one unit, and to nothing only where there is nothing", async () => {
    await fc.assert(
      fc.asyncProperty(uint(98n), fc.bigInt({ min: 0n, max: 1_000n }), async (base, bps) => {
        const fee = await words.protocolFee(base, bps);
        const over = fee * 10_000n - base * bps;
        expect(over >= 0n && over < 10_000n).to.equal(true);
        expect(fee === 0n).to.equal(base * bps === 0n);
      }),
      { numRuns: RUNS },
    );
  });

  it("protocolFee of 2.5%: 39 for 1,560, 40 for 1,561, 1 for 1", async () => {
    for (const [base, fee] of [
      [0n, 0n],
      [1n, 1n],
      [40n, 1n],
      [41n, 2n],
      [1_560n, 39n],
      [1_561n, 40n],
    ] as const) {
      expect(await words.protocolFee(base, 250)).to.equal(fee);
    }
  });

  it("referenceSeconds is units times seconds, at most a day, for all values", async () => {
    await fc.assert(
      fc.asyncProperty(uint(32n), uint(32n), async (units, seconds) => {
        const product = units * seconds;
        expect(await words.referenceSeconds(units, seconds)).to.equal(product > 86_400n ? 86_400n : product);
      }),
      {
        numRuns: RUNS,
        examples: [
          [MAX_32, MAX_32],
          [1n, 86_400n],
          [1n, 86_401n],
        ],
      },
    );
  });

  it("ofPower rounds an hour's share up, for all values", async () => {
    await fc.assert(
      fc.asyncProperty(uint(32n), uint(64n), uint(32n), async (power, rate, duration) => {
        const price = await words.ofPower(power, rate, duration);
        const over = price * 3_600n - power * rate * duration;
        expect(over >= 0n && over < 3_600n).to.equal(true);
      }),
      { numRuns: RUNS, examples: [[MAX_32, MAX_64, MAX_32]] },
    );
  });

  it("fit passes what has 64 bits and refuses everything above, naming it", async () => {
    for (const sum of [0n, 1n, MAX_64]) expect(await words.fit(sum)).to.equal(sum);
    for (const sum of [MAX_64 + 1n, ethers.MaxUint256]) {
      await expect(words.fit(sum)).to.be.revertedWithCustomError(words, "PricingSumTooLarge").withArgs(sum);
    }
  });
});
