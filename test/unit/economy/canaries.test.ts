/** The closed form of cheating against canaries, alone and beside a bounded run on the real contracts. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  breakEvenRate,
  breakEvenShare,
  DEFAULT_CANARY_RATE,
  DEFAULT_LOCK_FACTOR,
  expectedProfit,
  safeRate,
  standardError,
} from "../../../src/economy/canaryModel";
import { compareCell, measuredLoss, simulateCell, type CanaryMarket } from "../../../src/economy/canarySimulation";
import { DOCUMENTED } from "../../../src/economy/canaryCommand";
import { canaryPage, measuredCells } from "../../../src/economy/canaryDocument";
import { gridCells, gridRunSchema, runGrid } from "../../../src/economy/canaryGrid";
import { runBin } from "../../../src/toolchain/run";
import { canaryMarketOf, deployCanaryWorld } from "../../fixtures/canaries";

describe("canaries: what cheating is worth", () => {
  it("is the sum over what can happen to a job", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const terms = fc.record({
      lockFactor: fc.integer({ min: 1, max: 50 }),
      canaryRate: share,
      cheatingRate: share,
      savedShare: share,
    });
    fc.assert(
      fc.property(terms, (t) => {
        const { lockFactor: l, canaryRate: p, cheatingRate: q, savedShare: s } = t;
        // Pay, savings and lock of each case, less the price that honest work earns.
        const cases = [
          [1 - q, 1 - 1],
          [q * (1 - p), 1 + s - 1],
          [q * p, 0 + s - l - 1],
        ] as const;
        const mean = cases.reduce((sum, [chance, profit]) => sum + chance * profit, 0);
        const variance = cases.reduce((sum, [chance, profit]) => sum + chance * (profit - mean) ** 2, 0);
        if (Math.abs(expectedProfit(t) - mean) > 1e-9) return false;
        return Math.abs(standardError(t, 4) ** 2 * 4 - variance) < 1e-6;
      }),
    );
  });

  it("is nothing at the break-even, and changes its sign there", () => {
    for (const lockFactor of [1, 5, 20, 50]) {
      for (const savedShare of [0.1, 0.5, 1]) {
        const canaryRate = breakEvenRate({ lockFactor, savedShare });
        const at = (rate: number) => expectedProfit({ lockFactor, savedShare, canaryRate: rate, cheatingRate: 1 });
        expect(at(canaryRate)).to.be.closeTo(0, 1e-12);
        expect([at(canaryRate - 0.001) > 0, at(canaryRate + 0.001) < 0]).to.deep.equal([true, true]);
        expect(breakEvenShare({ lockFactor, canaryRate })).to.be.closeTo(savedShare, 1e-12);
      }
    }
  });

  it("recommends the least whole percent at which nothing pays: 17% at L = 5", () => {
    expect([DEFAULT_LOCK_FACTOR, DEFAULT_CANARY_RATE]).to.deep.equal([5, 0.17]);
    // Where the break-even is a whole percent, it is not enough: nothing is lost there.
    expect([safeRate(1), safeRate(19), safeRate(50)]).to.deep.equal([0.51, 0.06, 0.02]);
    const always = { lockFactor: 5, savedShare: 1, cheatingRate: 1 };
    expect(expectedProfit({ ...always, canaryRate: 0.17 })).to.be.lessThan(0);
    expect(expectedProfit({ ...always, canaryRate: 0.16 })).to.be.greaterThan(0);
  });
});

/** A market that only counts jobs: for what a run's seed decides by itself. */
function countingMarket(): CanaryMarket {
  let last = 0n;
  const nothing = async (): Promise<void> => undefined;
  return {
    price: 10n ** 18n,
    batch: 25,
    setLockFactor: nothing,
    replaceOperator: nothing,
    operatorMoney: async () => 0n,
    post: async () => ({ id: ++last }),
    draw: nothing,
    deliver: nothing,
    accept: nothing,
    accuse: nothing,
    convict: nothing,
  };
}

describe("canaries: docs/canaries.md", () => {
  const docs = (file: string) => readFileSync(join(__dirname, "..", "..", "..", "docs", file), "utf8");
  const kept = () => gridRunSchema.parse(JSON.parse(docs("canaries.json")));

  it("is what the kept run says, for every cell of the grid (npm run canaries -- --docs)", () => {
    const run = kept();
    expect(docs("canaries.md") === canaryPage(run)).to.equal(true);
    expect({ jobs: run.jobs, seed: run.seed }).to.deep.equal(DOCUMENTED);
    const cells = run.cells.map(({ lockFactor, canaryRate, cheatingRate }) => ({
      lockFactor,
      canaryRate,
      cheatingRate,
    }));
    expect(cells).to.deep.equal(gridCells());
    expect(measuredCells(run)).to.have.length(1 + 27);
  });

  it("keeps the run that its seed gives", async () => {
    const again = await runGrid(countingMarket(), DOCUMENTED.jobs, DOCUMENTED.seed, () => undefined);
    const counts = ({ cells }: typeof again) => cells.map((cell) => ({ ...cell, earned: 0n }));
    expect(counts(again)).to.deep.equal(counts(kept()));
  });

  it("keeps money that follows from what happened, to the wei, and is within chance of what was expected", () => {
    for (const cell of kept().cells) {
      const lost = BigInt(cell.convicted) * BigInt(1 + cell.lockFactor);
      expect(cell.earned).to.equal(cell.price * (BigInt(cell.jobs) - lost));
      expect(Math.abs(compareCell(cell, 1).deviation)).to.be.lessThan(4);
    }
  });
});

describe("canaries: the program", function () {
  this.timeout(120_000);

  const run = (...args: string[]) => runBin("tsx", ["scripts/canaries.ts", ...args], { quiet: true });

  it("prints the break-even rates, and what follows for the defaults", async () => {
    const text = await run();
    expect(text.code).to.equal(0);
    expect(text.stdout).to.match(/^5 +4\.2% +8\.3% +12\.5% +16\.7% +17%$/m);
    const { stdout } = await run("--json");
    expect(JSON.parse(stdout)).to.deep.equal({ ok: true, defaults: { lockFactor: 5, canaryRate: 0.17 } });
  });

  it("refuses a number of jobs that is none", async () => {
    for (const jobs of ["0", "-3", "many"]) {
      const { code, stdout } = await run("--simulate", "--jobs", jobs, "--json");
      expect([code, (JSON.parse(stdout) as { exitCode: number }).exitCode]).to.deep.equal([2, 2]);
    }
  });
});

describe("canaries: a run on the contracts", function () {
  this.timeout(120_000);

  it("earns what the closed form says: to the wei for what happened, within chance for what was expected", async () => {
    const market = canaryMarketOf(await loadFixture(deployCanaryWorld));
    const terms = { lockFactor: 5, canaryRate: 0.25, cheatingRate: 0.5 };
    const cell = await simulateCell(market, terms, 40, "bounded run");
    expect(cell.jobs).to.equal(40);
    expect([cell.cheated > 10, cell.canaries > 4, cell.convicted > 1]).to.deep.equal([true, true, true]);
    expect(cell.operators).to.equal(2);
    // Pay for all jobs but those convicted, and five locked prices for each of these.
    expect(cell.earned).to.equal(cell.price * (40n - 6n * BigInt(cell.convicted)));
    expect(measuredLoss(cell)).to.equal(6);
    const { measured, expected, deviation } = compareCell(cell, 1);
    expect(expected).to.equal(0.5 * (1 - 0.25 * 6));
    expect(measured).to.be.closeTo((cell.cheated - 6 * cell.convicted) / 40, 1e-12);
    expect(Math.abs(deviation)).to.be.lessThan(3);
  });

  it("takes what honest work earns from nobody", async () => {
    const market = canaryMarketOf(await loadFixture(deployCanaryWorld));
    const cell = await simulateCell(market, { lockFactor: 20, canaryRate: 0.5, cheatingRate: 0 }, 10, "honest");
    expect([cell.cheated, cell.convicted, cell.operators]).to.deep.equal([0, 0, 1]);
    expect(cell.canaries).to.be.greaterThan(0);
    expect(cell.earned).to.equal(10n * cell.price);
    expect(measuredLoss(cell)).to.equal(undefined);
    expect(compareCell(cell, 1)).to.deep.equal({ measured: 0, expected: 0, standardError: 0, deviation: 0 });
  });
});
