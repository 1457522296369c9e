/** When canaries are posted, over which inputs, within which budget, and what is done about each. */
import { expect } from "chai";
import fc from "fast-check";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCanaryPlan, readInputs } from "../../../src/agents/requester/canaryCommand";
import { requireInputs } from "../../../src/agents/requester/canaryInputs";
import { SECRET_DICE } from "../../../src/agents/requester/canaryKeeper";
import {
  acceptDelay,
  canariesFor,
  canaryPlanSchema,
  canaryStep,
  fitsBudget,
  nextOfDay,
  pickInput,
  waitingTimes,
  type Dice,
  type Spending,
} from "../../../src/agents/requester/canaryPlan";
import { DEFAULT_CANARY_RATE } from "../../../src/economy/canaryModel";
import { JobStatus } from "../../../src/protocol/status";
import { digestOf, type Digest } from "../../../src/store";
import { randomStream } from "../../../src/workload/random";

const DAY = 86_400;
const TOKEN = 10n ** 18n;
const digest = (text: string): Digest => digestOf(Buffer.from(text));

/** Dice that a seed decides. */
function seeded(seed: string): Dice {
  const stream = randomStream(digest(seed), "dice");
  return { unit: () => stream.unit(), below: (bound) => stream.below(bound) };
}

const minimal = { inputs: ["jobs"], budgetPerDay: "10" };

describe("plans of canaries", () => {
  describe("plan files", () => {
    it("have the recommended rate unless they say otherwise, and no rate beside a number a day", () => {
      const plan = canaryPlanSchema.parse(minimal);
      expect(plan).to.deep.equal({
        inputs: ["jobs"],
        budgetPerDay: 10n * TOKEN,
        spreadSeconds: 3600,
        lookbackBlocks: 200_000,
        rate: DEFAULT_CANARY_RATE,
      });
      expect(canaryPlanSchema.parse({ ...minimal, perDay: 3 })).to.include({ rate: undefined, perDay: 3 });
    });

    it("refuse what makes no sense", () => {
      const wrong = [
        { inputs: [] },
        { rate: 0 },
        { rate: 0.51 },
        { perDay: 0 },
        { rate: 0.1, perDay: 3 },
        { acceptSeconds: [5, 4] },
        { budgetPerDay: "-1" },
        { unknown: 1 },
      ];
      for (const change of wrong) {
        expect(canaryPlanSchema.safeParse({ ...minimal, ...change }).success, JSON.stringify(change)).to.equal(false);
      }
    });
  });

  describe("inputs", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "plan-"))));
    afterEach(() => rmSync(folder, { recursive: true }));

    const write = (name: string, value: unknown): string => {
      const path = join(folder, name);
      writeFileSync(path, JSON.stringify(value));
      return path;
    };
    const job = (change: Record<string, unknown> = {}) => ({ service: 1, work: { input: digest("a") }, ...change });
    const read = (path: string) => requireInputs(readInputs(readCanaryPlan(path), path));

    it("are job files, and the job files of folders, beside the plan", () => {
      mkdirSync(join(folder, "jobs"));
      write("jobs/b.json", job());
      write("jobs/a.json", job());
      write("jobs/notes.txt", "no job");
      write("c.json", job());
      const path = write("plan.json", { ...minimal, inputs: ["jobs", "c.json"] });
      expect(read(path).map((input) => input.path)).to.deep.equal(
        ["jobs/a.json", "jobs/b.json", "c.json"].map((name) => join(folder, name)),
      );
    });

    it("are ordinary jobs of one service: anything else is refused by name", () => {
      write("good.json", job());
      const wrong: readonly [Record<string, unknown>, RegExp][] = [
        [{ service: 2 }, /bad\.json is of service 2/],
        [{ canary: digest("x") }, /bad\.json names the expected result/],
        [{ mode: "optimistic" }, /bad\.json is not drawn and accepted/],
        [{ namedGpu: 4 }, /bad\.json is not drawn and accepted/],
        [{ ring: 4 }, /bad\.json is not drawn and accepted/],
      ];
      const path = write("plan.json", { ...minimal, inputs: ["good.json", "bad.json"] });
      for (const [change, sentence] of wrong) {
        write("bad.json", job(change));
        expect(() => read(path)).to.throw(sentence);
      }
      mkdirSync(join(folder, "empty"));
      expect(() => read(write("plan.json", { ...minimal, inputs: ["empty"] }))).to.throw(/hold no job file/);
      expect(() => read(write("plan.json", { ...minimal, inputs: ["nowhere"] }))).to.throw(/cannot read/);
      expect(() => read(write("plan.json", { inputs: ["empty"] }))).to.throw(/is no plan/);
    });

    it("are each picked as often as another, and never once the chain has seen them", () => {
      const inputs = ["a", "b", "c", "d", "e"].map((name) => ({ inputDigest: digest(name) }));
      const seen = new Set([digest("b"), digest("e"), digest("other")]);
      const counts = new Map<string, number>();
      const dice = seeded("picks");
      for (let turn = 0; turn < 3000; turn++) {
        const found = pickInput(inputs, seen, dice)?.inputDigest ?? "none";
        counts.set(found, (counts.get(found) ?? 0) + 1);
      }
      expect([...counts.keys()].sort()).to.deep.equal([digest("a"), digest("c"), digest("d")].sort());
      // 1000 each, with a standard error of 26.
      for (const count of counts.values()) expect(count).to.be.within(870, 1130);
      expect(pickInput(inputs, new Set(inputs.map(({ inputDigest }) => inputDigest)), dice)).to.equal(undefined);
    });
  });

  describe("rates", () => {
    it("make the planned share of all postings canaries, within the spread, whatever the rate", () => {
      const others = 4000;
      fc.assert(
        fc.property(
          fc.double({ min: 0.01, max: 0.5, noNaN: true }),
          fc.integer({ min: 0, max: DAY }),
          fc.string(),
          (rate, spreadSeconds, seed) => {
            const dice = seeded(seed);
            const times = Array.from({ length: others }, () => canariesFor({ rate, spreadSeconds }, 1000, dice)).flat();
            if (times.some((time) => time < 1000 || time > 1000 + spreadSeconds)) return false;
            const chance = rate / (1 - rate);
            const error = Math.sqrt(others * chance * (1 - chance));
            return Math.abs(times.length - others * chance) <= 5 * error + 1e-9;
          },
        ),
        { numRuns: 40 },
      );
    });

    it("post nothing for others' postings where a number a day is planned", () => {
      expect(canariesFor({ rate: undefined, spreadSeconds: 60 }, 0, seeded("none"))).to.deep.equal([]);
    });

    it("give the planned number a day on average, at times that are never the same wait apart", () => {
      const dice = seeded("days");
      const waits = [];
      for (let last = 0, turn = 0; turn < 4000; turn++) {
        const next = nextOfDay(24, last, dice);
        waits.push(next - last);
        last = next;
      }
      const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
      // An hour on average; the waits' deviation is their mean.
      expect(mean).to.be.closeTo(3600, (5 * 3600) / Math.sqrt(4000));
      expect(Math.min(...waits)).to.be.at.least(0);
      expect(new Set(waits).size).to.be.greaterThan(2500);
    });

    it("forget what has waited for a day, and keep the rest in order", () => {
      const now = 10 * DAY;
      expect(waitingTimes([now + 5, now - DAY, now - DAY + 1, now, now - 3], now)).to.deep.equal([
        now - DAY + 1,
        now - 3,
        now,
        now + 5,
      ]);
      expect(
        waitingTimes(
          Array.from({ length: 5000 }, () => now),
          now,
        ),
      ).to.have.length(1000);
    });
  });

  it("never spend more than the budget within any 24 hours", () => {
    const posting = fc.record({ wait: fc.integer({ min: 0, max: DAY }), total: fc.bigInt({ min: 1n, max: 60n }) });
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 40 }), (postings) => {
        const plan = { budgetPerDay: 100n };
        const spent: Spending[] = [];
        let now = 0;
        for (const { wait, total } of postings) {
          now += wait;
          const within = spent.filter(({ at }) => at + DAY > now).reduce((sum, one) => sum + one.total, 0n);
          const fits = fitsBudget(plan, spent, total, now);
          if (fits !== within + total <= 100n) return false;
          if (fits) spent.push({ at: now, total });
        }
        return spent.every(({ at }) => {
          const window = spent.filter((one) => one.at >= at && one.at < at + DAY);
          return window.reduce((sum, one) => sum + one.total, 0n) <= 100n;
        });
      }),
    );
  });

  it("accept in the planned range, or leave it to silence", () => {
    expect(acceptDelay({ acceptSeconds: undefined }, seeded("silence"))).to.equal(undefined);
    const dice = seeded("delays");
    const delays = Array.from({ length: 200 }, () => acceptDelay({ acceptSeconds: [3, 6] }, dice));
    expect([...new Set(delays)].sort()).to.deep.equal([3, 4, 5, 6]);
  });

  it("use dice of the system that reach everything they should", () => {
    const throws = Array.from({ length: 200 }, () => SECRET_DICE.below(4));
    expect([...new Set(throws)].sort()).to.deep.equal([0, 1, 2, 3]);
    const units = Array.from({ length: 200 }, () => SECRET_DICE.unit());
    expect(units.every((unit) => unit >= 0 && unit < 1)).to.equal(true);
    expect(new Set(units).size).to.equal(200);
  });

  describe("steps", () => {
    const expected = digest("right");
    const base = { due: 1000, expected, acceptAt: 500, result: expected as string | undefined };

    it("accept a right result at its time, in its window", () => {
      const at = (now: number, acceptAt: number | undefined = 500) =>
        canaryStep({ ...base, acceptAt, status: JobStatus.Delivered }, now);
      expect([at(499), at(500), at(1000), at(1001)]).to.deep.equal(["wait", "accept", "accept", "wait"]);
      const silent = { ...base, acceptAt: undefined, status: JobStatus.Delivered };
      expect([0, 500, 1000].map((now) => canaryStep(silent, now))).to.deep.equal(["wait", "wait", "wait"]);
    });

    it("accuse a wrong result at once, up to the last second of its window", () => {
      const wrong = { ...base, result: digest("wrong"), status: JobStatus.Delivered };
      expect([0, 1000, 1001].map((now) => canaryStep(wrong, now))).to.deep.equal(["accuse", "accuse", "wait"]);
    });

    it("convict from the second after the time to contest", () => {
      const accused = { ...base, result: undefined, status: JobStatus.Accused };
      expect([1000, 1001].map((now) => canaryStep(accused, now))).to.deep.equal(["wait", "convict"]);
    });

    it("do nothing in any other state, and forget what is over", () => {
      const rest = { ...base, result: digest("wrong") };
      const { Posted, Assigned, Committed, Disputed, Settled, Refunded, Split, Cancelled, Expired, None } = JobStatus;
      for (const status of [Posted, Assigned, Committed, Disputed]) {
        for (const now of [0, 600, 2000]) expect(canaryStep({ ...rest, status }, now)).to.equal("wait");
      }
      for (const status of [Settled, Refunded, Split, Cancelled, Expired, None]) {
        expect(canaryStep({ ...rest, status }, 600)).to.equal("forget");
      }
    });
  });
});
