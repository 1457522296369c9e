import { expect } from "chai";
import fc from "fast-check";
import { chiSquare, chiSquareBound, type Draw, type Entrant, pick } from "../../src/model/draw";
import * as f from "../unit/registry/fixture";
import { entrantsOf, setScore } from "../unit/registry/rounds.fixture";

/** A GPU of one of four owners. */
const gpu = fc.record({
  owner: fc.integer({ min: 0, max: 3 }),
  region: fc.integer({ min: 0, max: 11 }),
  slots: fc.integer({ min: 1, max: 3 }),
  extra: fc.bigInt(0n, 200n),
  locked: fc.bigInt(0n, 10n),
});
const owner = fc.record({ score: fc.bigInt(0n, 100_000_000n), verified: fc.bigInt(0n, 8n) });
const job = fc.record({
  seed: fc.integer({ min: 0, max: 1_000_000 }),
  region: fc.oneof(fc.constant(f.ANY_REGION), fc.integer({ min: 0, max: 12 })),
  firstTry: fc.integer({ min: 0, max: 200 }),
  tries: fc.integer({ min: 0, max: 16 }),
  lock: fc.bigInt(0n, 150n),
  price: fc.bigInt(0n, 40n),
  requester: fc.integer({ min: 0, max: 3 }),
});

/** What an assignment does to the lists of the model: a full GPU leaves, the last entrant takes its place. */
function seat(lists: Entrant[][], drawn: Entrant, lock: bigint): void {
  drawn.locked += lock;
  drawn.free -= 1;
  if (drawn.free > 0) return;
  const list = lists.find((candidates) => candidates.includes(drawn)) as Entrant[];
  const last = list.pop() as Entrant;
  if (last !== drawn) list[list.indexOf(drawn)] = last;
}

describe("Draw against the model", () => {
  it("draws the same GPUs, round after round of jobs, from random lists", async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(gpu, { minLength: 1, maxLength: 12 }),
        fc.array(owner, { minLength: 4, maxLength: 4 }),
        fc.array(job, { minLength: 4, maxLength: 16 }),
        async (gpus, owners, jobs) => {
          const w = await f.world();
          const signers = [w.alice, w.bob, w.carol, w.dave] as const;
          const least = await f.minStake(w);
          for (const wish of gpus) {
            const signer = signers[wish.owner] ?? w.alice;
            const stake = least + wish.extra * f.TOKEN;
            const id = await f.register(w, signer, { region: wish.region, slots: wish.slots, stake });
            if (wish.slots > 1) await w.registry.assignNamed(id, wish.locked * f.UNIT);
          }
          for (const [i, { score, verified }] of owners.entries()) {
            const account = await f.accountOf(w, signers[i] ?? w.alice);
            if ((await w.lens.reputationOf(account)).known) await setScore(w, account, score, verified);
          }
          await f.openRound(w, 100);
          const lists = await entrantsOf(w);
          for (const { seed, region, firstTry, tries, lock, price, requester } of jobs) {
            const account = await f.accountOf(w, signers[requester] ?? w.alice);
            const draw: Draw = {
              region,
              firstTry,
              tries,
              seed: f.seedOf(seed),
              lockGwei: lock * f.UNIT,
              priceGwei: price * f.UNIT,
              rejected: [account],
              probationShare: 10n,
            };
            const { seed: word, lockGwei, priceGwei } = draw;
            const request = f.drawOf({ seed: word, region, firstTry, tries, lockGwei, priceGwei, requester: account });
            const wanted = pick(lists, draw);
            const got = await w.registry.draw.staticCall(request);
            expect([got.gpu, got.nextTry]).to.deep.equal([wanted.entrant?.gpu ?? 0n, BigInt(wanted.nextTry)]);
            await w.registry.draw(request);
            if (!wanted.entrant) continue;
            found++;
            seat(lists, wanted.entrant, lockGwei);
            // Scores move between two draws; the draws still to come must not see it.
            await w.registry.conclude(f.outcomeOf(wanted.entrant.gpu, { requester: 5_000 + found }));
          }
        },
      ),
      { numRuns: 40, seed: 11 },
    );
    expect(found).to.be.greaterThan(60, "most runs draw somebody");
  });

  it("draws as often as the weights say: chi-square of 3,000 draws of a fixed series of seeds", async () => {
    const w = await f.world();
    const weights: number[] = [];
    const ids: bigint[] = [];
    // Scores and probation: points count once on probation, twice after it.
    for (const [signer, points, verified] of [
      [w.alice, 90n, 5n],
      [w.bob, 60n, 5n],
      [w.carol, 20n, 5n],
      [w.dave, 50n, 0n],
    ] as const) {
      // The size and speed of what an owner brings must not count: a stake ten times the least one for some.
      const stake = (await f.minStake(w)) * (points === 20n ? 10n : 1n);
      ids.push(await f.register(w, signer, { stake }));
      await setScore(w, await f.accountOf(w, signer), points * f.POINT, verified);
      weights.push(Number(verified === 0n ? points : 2n * points));
    }
    await f.openRound(w);
    const observed = ids.map(() => 0);
    const calls = Array.from({ length: 3_000 }, (_, i) => f.drawOf({ seed: f.seedOf(`chi ${i}`) }));
    for (const request of calls) {
      const { gpu: drawn } = await w.registry.draw.staticCall(request);
      const index = ids.indexOf(drawn);
      if (index !== -1) observed[index] = (observed[index] ?? 0) + 1;
    }
    const { statistic, freedom } = chiSquare(observed, weights);
    expect(statistic).to.be.lessThan(chiSquareBound(freedom));
    // The test tells weights from a uniform draw.
    expect(chiSquare(observed, [1, 1, 1, 1]).statistic).to.be.greaterThan(chiSquareBound(freedom));
  });
});
