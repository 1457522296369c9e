import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import * as model from "../../src/model/reputation";
import { type Attempt, windowSums } from "../../src/model/window";
import type { RegistryMathHarness } from "../../typechain-types";
import * as f from "../unit/registry/fixture";
import { classWordOf, setScore } from "../unit/registry/rounds.fixture";

const ONE = 1_000_000_000;

const outcome = fc.record({
  days: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 4, max: 60 }),
  ),
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant(f.Kind.Success) },
    { weight: 3, arbitrary: fc.constant(f.Kind.NonCompletion) },
    fc.constant(f.Kind.Fraud),
    fc.constant(f.Kind.Released),
  ),
  scored: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  gain: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  halfGain: fc.boolean(),
  worst: fc.boolean(),
  complexity: fc.integer({ min: 0, max: 255 }),
  creditedSeconds: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(0, 1, 86_399, 86_400, 2 ** 32 - 1)),
  requester: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constantFrom(65_536, 65_535, 2 ** 40 - 1)),
});

type Step = typeof outcome extends fc.Arbitrary<infer T> ? T : never;

/** An owner's reputation as SPEC 3 words it, with the whole log in place of packed counters. */
class Owner {
  readonly log: Attempt[] = [];
  marks: bigint[] = [];
  gained = 0n;
  verified = 0n;

  constructor(
    public score: bigint,
    public lastDay: bigint,
  ) {}

  record(step: Step, day: bigint, weight: bigint): void {
    const counts = step.kind === f.Kind.Fraud || (step.scored && step.kind !== f.Kind.Released);
    if (!counts) return;
    const { score, rested } = model.effective(this.score, this.lastDay, day);
    this.score = score;
    if (rested) this.verified = 0n;
    if (day !== this.lastDay) {
      this.marks = [];
      this.gained = 0n;
      this.lastDay = day;
    }
    if (step.scored) this.log.push({ day, completed: step.kind === f.Kind.Success });
    if (step.kind === f.Kind.Success) this.#success(step, weight);
    else this.score = model.moved(this.score, -this.#loss(step, day));
  }

  #success(step: Step, weight: bigint): void {
    const mark = model.markOf(BigInt(step.requester));
    const again = this.marks.includes(mark);
    this.marks = [mark, ...this.marks.filter((other) => other !== mark)].slice(0, 4);
    if (again || !step.gain) return;
    if (this.verified < 63n) this.verified += 1n;
    const gain = model.capGain(model.gainOf(this.score, weight, 100n, step.halfGain), this.gained, 100n);
    this.gained += gain;
    this.score = model.moved(this.score, gain);
  }

  #loss(step: Step, day: bigint): bigint {
    if (step.kind === f.Kind.Fraud) return model.fraudLoss(100n);
    const { completed, attempted } = windowSums(this.log, day);
    return model.missLoss(completed, attempted, 100n, 100n, step.worst);
  }
}

async function mathHarness(): Promise<RegistryMathHarness> {
  return ethers.deployContract("RegistryMathHarness");
}

describe("Reputation", () => {
  it("follows the model to the last digit over random histories, and stays in 0..100 (I26, I27)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { minLength: 5, maxLength: 30 }),
        fc.bigInt(0n, model.MAX_SCORE),
        async (steps, start) => {
          const w = await f.world();
          const math = await mathHarness();
          const gpu = await f.register(w, w.alice);
          const account = await f.accountOf(w, w.alice);
          const { tflopsDeci, maxTflopsDeci } = await classWordOf(w, 1);
          await setScore(w, account, start, 0n);
          const owner = new Owner(start, await f.today());
          for (const step of steps) {
            if (step.days !== 0) await f.nextDay(BigInt(step.days));
            const { days: _, ...change } = step;
            await w.registry.conclude(f.outcomeOf(gpu, change));
            const day = await f.today();
            const weight = await math.successWeight(step.complexity, step.creditedSeconds, tflopsDeci, maxTflopsDeci);
            owner.record(step, day, weight);

            const view = await w.lens.reputationOf(account);
            const { score, rested } = model.effective(owner.score, owner.lastDay, day);
            expect(view.score).to.equal(score);
            expect(view.score >= 0n && view.score <= model.MAX_SCORE).to.equal(true);
            expect(view.verified).to.equal(rested ? 0n : owner.verified);
            expect(view.gainedToday).to.equal(day === owner.lastDay ? owner.gained : 0n);
            const sums = windowSums(owner.log, day);
            expect([view.completed, view.attempted]).to.deep.equal([sums.completed, sums.attempted]);
          }
        },
      ),
      { numRuns: 30, seed: 3 },
    );
  });

  it("weighs a success as SPEC 3 does in real numbers, within 3e-9", async () => {
    const math = await mathHarness();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          complexity: fc.integer({ min: 0, max: 255 }),
          creditedSeconds: fc.integer({ min: 0, max: 200_000 }),
          throughput: fc.integer({ min: 0, max: 20_000 }),
          greatest: fc.integer({ min: 0, max: 20_000 }),
        }),
        async (work) => {
          const { complexity, creditedSeconds, throughput, greatest } = work;
          const weight = await math.successWeight(complexity, creditedSeconds, throughput, greatest);
          expect(Math.abs(Number(weight) - model.exactWeight(work) * ONE)).to.be.lessThan(3);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});
