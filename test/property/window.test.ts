import { expect } from "chai";
import fc from "fast-check";
import { type Attempt, windowSums } from "../../src/model/window";
import * as f from "../unit/registry/fixture";

/** Days to the next outcome, and what it was; long gaps as often as short ones. */
const step = fc.record({
  gap: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(28, 29, 30, 31), fc.integer({ min: 0, max: 100 })),
  completed: fc.boolean(),
  /** Days after the outcome at which the window is read again, without a write. */
  idle: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 2 }),
});

describe("Window of an owner against the whole log", () => {
  it("counts the last thirty days at every step, with gaps of 0 to 100 days (I27)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const w = await f.world();
        const gpu = await f.register(w, w.alice);
        const owner = await f.accountOf(w, w.alice);
        const log: Attempt[] = [];
        const check = async (): Promise<void> => {
          const { completed, attempted } = windowSums(log, await f.today());
          expect(await w.registry.windowOf(owner)).to.deep.equal([completed, attempted]);
        };
        for (const { gap, completed, idle } of steps) {
          if (gap !== 0) await f.nextDay(BigInt(gap));
          const kind = completed ? f.Kind.Success : f.Kind.NonCompletion;
          await w.registry.conclude(f.outcomeOf(gpu, { kind, gain: false }));
          log.push({ day: await f.today(), completed });
          await check();
          for (const days of idle) {
            if (days !== 0) await f.nextDay(BigInt(days));
            await check();
          }
        }
      }),
      { numRuns: 25, seed: 20_270 },
    );
  });
});
