import { expect } from "chai";
import { type Draw, pick, tryWord } from "../../../src/model/draw";
import { gpuWord, ownerWord } from "../../../src/model/registryWords";
import type { GpuRegistry } from "../../../typechain-types";
import { INSTRUMENTED } from "../../fixtures/instrumented";
import * as f from "./fixture";
import { as, entrantsOf, gpuWordOf, setMapped, setScopes, setScore, stateSlot } from "./rounds.fixture";

/** Each draw takes long with counters in it. */
const SEEDS = INSTRUMENTED ? 8 : 24;
const GAS_SEED = f.seedOf("gas 23");

/** Six GPUs of class 1 in two regions; scores 80 (alice, verified), 50 (bob, verified), 40 (carol, on probation). */
async function field(): Promise<{ w: f.World; gpus: Record<"alice" | "bob" | "carol", [bigint, bigint]> }> {
  const w = await f.world();
  const gpus: Partial<Record<"alice" | "bob" | "carol", [bigint, bigint]>> = {};
  for (const [name, score, verified] of [
    ["alice", 80n, 5n],
    ["bob", 50n, 5n],
    ["carol", 40n, 0n],
  ] as const) {
    gpus[name] = [await f.register(w, w[name]), await f.register(w, w[name], { region: 3, slots: 2 })];
    await setScore(w, await f.accountOf(w, w[name]), score * f.POINT, verified);
  }
  return { w, gpus: gpus as Record<"alice" | "bob" | "carol", [bigint, bigint]> };
}

/** Winners and next tries of a fixed series of seeds. */
async function winners(w: f.World, caller = w.module): Promise<string[]> {
  const drawn: string[] = [];
  for (let i = 0; i < SEEDS; i++) {
    const { gpu, nextTry } = await as(w, caller).draw.staticCall(f.drawOf({ seed: f.seedOf(`series ${i}`) }));
    drawn.push(`${gpu}/${nextTry}`);
  }
  return drawn;
}

/** Something that happens to a GPU of alice. */
type Change = (w: f.World, gpu: bigint) => Promise<unknown>;

describe("GpuRegistry draws", () => {
  describe("draw", () => {
    it("refuses without an open round, for another module than its own, and for plain callers", async () => {
      const { w } = await field();
      await expect(w.registry.draw(f.drawOf()))
        .to.be.revertedWithCustomError(w.registry, "RegistryNoOpenRound")
        .withArgs(w.module.address);
      await f.openRound(w);
      await setScopes(w, w.dave, f.DRAW);
      for (const caller of [w.dave, w.alice, w.governor]) {
        await expect(as(w, caller).draw(f.drawOf()))
          .to.be.revertedWithCustomError(w.registry, "RegistryNoOpenRound")
          .withArgs(caller.address);
      }
    });

    it("refuses while work is stopped", async () => {
      const { w } = await field();
      await f.openRound(w);
      await as(w, w.governor).setWorkStopped(true);
      await expect(w.registry.draw(f.drawOf())).to.be.revertedWithCustomError(w.registry, "RegistryPaused");
    });

    it("refuses more than sixteen tries", async () => {
      const { w } = await field();
      await f.openRound(w);
      await expect(w.registry.draw(f.drawOf({ tries: 17 })))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(17, 0, 16);
    });

    it("finds nobody, changes nothing and keeps the job, in an empty class, region or without tries", async () => {
      const { w } = await field();
      await f.openRound(w);
      for (const change of [{ classId: 2 }, { region: 5 }, { region: 12 }, { tries: 0 }, { classId: 200 }]) {
        const request = f.drawOf({ seed: f.seedOf("nobody"), firstTry: 32, ...change });
        const tries = BigInt(request.tries);
        expect(await w.registry.draw.staticCall(request)).to.deep.equal([0n, 32n + tries]);
        await expect(w.registry.draw(request)).not.to.emit(w.registry, "GpuDrawn");
      }
      expect((await w.registry.openRoundInfo()).remaining).to.equal(1n);
    });

    it("takes slot and lock, counts the job off, and closes the round with the last", async () => {
      const { w } = await field();
      const round = await f.openRound(w, 2);
      const request = f.drawOf({ seed: f.seedOf("first"), region: 0, lockGwei: 3n * f.UNIT });
      const { gpu, nextTry } = await w.registry.draw.staticCall(request);
      const sent = w.registry.draw(request);
      await expect(sent)
        .to.emit(w.registry, "GpuDrawn")
        .withArgs(gpu, round, nextTry - 1n, 3n * f.UNIT);
      await expect(sent).not.to.emit(w.registry, "RoundClosed");
      const word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked, word.listed]).to.deep.equal([1n, 3n * f.UNIT, false]);
      expect((await w.registry.openRoundInfo()).remaining).to.equal(1n);
      const next = f.drawOf({ seed: f.seedOf("second"), region: 3 });
      await expect(w.registry.draw(next)).to.emit(w.registry, "RoundClosed").withArgs(round);
    });

    it("continues where the last call stopped: two calls of eight find what one of sixteen does", async () => {
      const { w } = await field();
      await f.openRound(w);
      let late = 0;
      for (let i = 0; i < SEEDS; i++) {
        const seed = f.seedOf(`split ${i}`);
        const whole = await w.registry.draw.staticCall(f.drawOf({ seed }));
        let split = await w.registry.draw.staticCall(f.drawOf({ seed, tries: 1 }));
        if (split.gpu === 0n) {
          late++;
          split = await w.registry.draw.staticCall(f.drawOf({ seed, firstTry: 1, tries: 15 }));
        }
        expect(split).to.deep.equal(whole);
      }
      expect(late).to.be.greaterThan(0, "some seed needs the second call");
    });

    it("never draws the requester's or a payee's own GPUs", async () => {
      const { w, gpus } = await field();
      await f.openRound(w);
      const alice = await f.accountOf(w, w.alice);
      let hers = 0;
      for (let i = 0; i < SEEDS; i++) {
        const seed = f.seedOf(`own ${i}`);
        if (gpus.alice.includes((await w.registry.draw.staticCall(f.drawOf({ seed }))).gpu)) hers++;
        for (const change of [{ requester: alice }, { payeeA: alice }, { payeeB: alice }]) {
          const { gpu } = await w.registry.draw.staticCall(f.drawOf({ seed, ...change }));
          expect(gpus.alice).not.to.include(gpu);
        }
      }
      expect(hers).to.be.greaterThan(0);
    });

    it("draws nobody whose unlocked stake is a gwei short, and somebody at exactly that", async () => {
      const { w, gpus } = await field();
      const [gpu] = gpus.alice;
      const stake = (await gpuWordOf(w, gpu)).stake;
      await f.openRound(w);
      let found = 0;
      for (let i = 0; i < 8; i++) {
        const seed = f.seedOf(`short ${i}`);
        const exact = await w.registry.draw.staticCall(f.drawOf({ seed, lockGwei: stake }));
        if (exact.gpu !== 0n) found++;
        const short = await w.registry.draw.staticCall(f.drawOf({ seed, lockGwei: stake + 1n }));
        expect(short.gpu).to.equal(0n);
      }
      expect(found).to.be.greaterThan(0);
    });

    for (const [what, leave, back] of [
      ["was paused", (w, gpu) => as(w, w.alice).setPaused(gpu, true), (w, gpu) => as(w, w.alice).setPaused(gpu, false)],
      [
        "began to leave",
        async (w, gpu) => as(w, w.alice).beginUnbond(gpu, await f.minStake(w)),
        (w, gpu) => as(w, w.alice).cancelUnbond(gpu),
      ],
    ] as readonly [string, Change, Change][]) {
      it(`never draws a GPU that ${what} in an earlier round and still stands in the list, also when it comes back`, async () => {
        const w = await f.world();
        const gone = await f.register(w, w.alice);
        const stays = await f.register(w, w.bob);
        for (const owner of [w.alice, w.bob]) await setScore(w, await f.accountOf(w, owner), 100n * f.POINT);
        const drawn = async (): Promise<Set<bigint>> =>
          new Set((await winners(w)).map((one) => BigInt(one.split("/")[0]!)));

        await f.openRound(w);
        await leave(w, gone);
        await f.closeRound(w);
        await f.openRound(w);
        expect(await w.registry.listOf(1, 0)).to.deep.equal([2n, 0n]);
        const lists = await entrantsOf(w);
        expect(lists[0]!.map(({ gpu, out }) => [gpu, out])).to.deep.equal([
          [gone, true],
          [stays, false],
        ]);
        const before = await winners(w);
        expect(await drawn()).to.deep.equal(new Set([stays]));
        // It was out at the request, and that is what counts for the round.
        await back(w, gone);
        expect((await gpuWordOf(w, gone)).wasOut).to.equal(true);
        expect(await winners(w)).to.deep.equal(before);

        await f.closeRound(w);
        await f.openRound(w);
        expect(await drawn()).to.deep.equal(new Set([gone, stays]));
      });
    }

    it("draws nobody whose locks exceed what a slash left of the stake, even for a job without a lock", async () => {
      const w = await f.world();
      await f.registerWhale(w);
      const gpu = await f.register(w, w.alice, { slots: 2 });
      await setScore(w, await f.accountOf(w, w.alice), 100n * f.POINT);
      const { stake } = await gpuWordOf(w, gpu);
      await w.registry.assignNamed(gpu, stake);
      await w.registry.slash(f.slashOf(gpu, f.UNIT, { fromLockGwei: 0 }));
      const { stake: left, locked } = await gpuWordOf(w, gpu);
      expect([left, locked]).to.deep.equal([stake - f.UNIT, stake]);
      const draw = (i: number) =>
        w.registry.draw.staticCall(f.drawOf({ seed: f.seedOf(`below ${i}`), region: 0, lockGwei: 0 }));

      await f.openRound(w);
      expect(await f.listed(w)).to.deep.equal([gpu]);
      for (let i = 0; i < 8; i++) expect((await draw(i)).gpu).to.equal(0n);
      await f.closeRound(w);
      // A gwei short is short; at exactly its locks it is drawn.
      await as(w, w.alice).addStake(gpu, f.TOKEN - f.GWEI);
      await f.openRound(w);
      for (let i = 0; i < 8; i++) expect((await draw(i)).gpu).to.equal(0n);
      await f.closeRound(w);
      await as(w, w.alice).addStake(gpu, f.GWEI);
      await f.openRound(w);
      for (let i = 0; i < 8; i++) expect((await draw(i)).gpu).to.equal(gpu);
    });

    it("gives owners on probation jobs of at most 10% of the stake", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const most = await w.registry.probationValueGwei(1);
      await f.openRound(w);
      let found = 0;
      for (let i = 0; i < 8; i++) {
        const seed = f.seedOf(`probation ${i}`);
        if ((await w.registry.draw.staticCall(f.drawOf({ seed, priceGwei: most }))).gpu === gpu) found++;
        expect((await w.registry.draw.staticCall(f.drawOf({ seed, priceGwei: most + 1n }))).gpu).to.equal(0n);
      }
      expect(found).to.be.greaterThan(0);
    });

    it("draws a GPU as often as it had slots at the request, and lists it behind when one is freed since", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { slots: 2 });
      await f.openRound(w, 9);
      expect(await f.drawAny(w)).to.equal(gpu);
      await w.registry.finishWork(gpu, w.alice, 0, 0);
      expect(await f.drawAny(w)).to.equal(gpu);
      expect(await w.registry.listOf(1, 0)).to.deep.equal([0n, 1n]);
      expect((await w.registry.draw.staticCall(f.drawOf({ seed: f.seedOf(1) }))).gpu).to.equal(0n);
      await f.closeRound(w);
      expect(await w.registry.listOf(1, 0)).to.deep.equal([1n, 0n]);
      expect(await f.listed(w)).to.deep.equal([gpu]);
    });

    it("draws what the reference model draws, with and without a region", async () => {
      const { w } = await field();
      await f.openRound(w);
      const lists = await entrantsOf(w);
      for (let i = 0; i < SEEDS; i++) {
        for (const region of [0, 3, f.ANY_REGION]) {
          const seed = f.seedOf(`model ${i}`);
          const draw: Draw = {
            region,
            firstTry: 0,
            tries: 16,
            seed,
            lockGwei: 5n * f.UNIT,
            priceGwei: f.UNIT,
            rejected: [0n],
            probationShare: 10n,
          };
          const wanted = pick(lists, draw);
          const { gpu, nextTry } = await w.registry.draw.staticCall(f.drawOf({ seed, region }));
          expect([gpu, nextTry]).to.deep.equal([wanted.entrant?.gpu ?? 0n, BigInt(wanted.nextTry)]);
        }
      }
    });
  });

  describe("levers after the request never change who is drawn", () => {
    type Lever = (w: f.World, gpus: Record<"alice" | "bob" | "carol", [bigint, bigint]>) => Promise<unknown>;
    const minimum = (w: f.World): Promise<bigint> => f.minStake(w);
    const named: Lever = (w, gpus) => w.registry.assignNamed(gpus.carol[1], f.UNIT);

    const levers: readonly { name: string; before?: Lever; pull: Lever }[] = [
      { name: "stake added", pull: (w, gpus) => as(w, w.alice).addStake(gpus.alice[0], 1_000n * f.TOKEN) },
      {
        name: "stake added where it was short",
        before: (w, gpus) =>
          w.registry
            .assignNamed(gpus.alice[1], 0)
            .then(async () => w.registry.assignNamed(gpus.carol[1], (await gpuWordOf(w, gpus.carol[1])).stake)),
        pull: (w, gpus) => as(w, w.carol).addStake(gpus.carol[1], 1_000n * f.TOKEN),
      },
      {
        name: "stake released",
        before: async (w, gpus) => w.registry.assignNamed(gpus.carol[1], (await gpuWordOf(w, gpus.carol[1])).stake),
        pull: async (w, gpus) => {
          const { locked } = await gpuWordOf(w, gpus.carol[1]);
          return w.registry.conclude(
            f.outcomeOf(gpus.carol[1], { kind: f.Kind.Released, lockGwei: locked, freeSlot: true }),
          );
        },
      },
      {
        name: "stake slashed and locked by the deferred rest",
        pull: (w, gpus) => w.registry.slash(f.slashOf(gpus.alice[0], 2n ** 60n, { fromLockGwei: 0 })),
      },
      { name: "a score raised", before: named, pull: (w, gpus) => w.registry.conclude(f.outcomeOf(gpus.carol[1])) },
      {
        name: "a score lowered",
        pull: (w, gpus) => w.registry.conclude(f.outcomeOf(gpus.alice[0], { kind: f.Kind.NonCompletion, worst: true })),
      },
      {
        name: "a fraud and its bar",
        pull: (w, gpus) => w.registry.conclude(f.outcomeOf(gpus.alice[0], { kind: f.Kind.Fraud })),
      },
      {
        name: "probation ended",
        pull: async (w, gpus) => {
          for (let i = 0; i < 5; i++) await w.registry.conclude(f.outcomeOf(gpus.carol[0], { requester: 50 + i }));
          expect((await w.lens.reputationOf(await f.accountOf(w, w.carol))).probation).to.equal(false);
        },
      },
      { name: "a pause", pull: (w, gpus) => as(w, w.alice).setPaused(gpus.alice[0], true) },
      {
        name: "a pause and a resume",
        pull: async (w, gpus) => {
          await as(w, w.alice).setPaused(gpus.alice[0], true);
          await as(w, w.alice).setPaused(gpus.alice[0], false);
        },
      },
      {
        name: "a resume of a GPU paused before the request",
        before: (w, gpus) => as(w, w.alice).setPaused(gpus.alice[0], true),
        pull: (w, gpus) => as(w, w.alice).setPaused(gpus.alice[0], false),
      },
      { name: "unbonding", pull: async (w, gpus) => as(w, w.alice).beginUnbond(gpus.alice[0], await minimum(w)) },
      {
        name: "unbonding cancelled",
        before: async (w, gpus) => as(w, w.alice).beginUnbond(gpus.alice[0], await minimum(w)),
        pull: (w, gpus) => as(w, w.alice).cancelUnbond(gpus.alice[0]),
      },
      { name: "a join", pull: (w) => f.register(w, w.dave) },
      {
        name: "a re-entry that cuts the score",
        before: async (w, gpus) => {
          await as(w, w.alice).setPaused(gpus.alice[0], true);
        },
        pull: async (w, gpus) => {
          for (const gpu of gpus.alice) await as(w, w.alice).beginUnbond(gpu, await minimum(w));
          await f.register(w, w.alice);
          expect(await w.registry.scoreOf(await f.accountOf(w, w.alice))).to.equal(50n * f.POINT);
        },
      },
      { name: "a decline", pull: (w, gpus) => w.registry.recordDecline(gpus.alice[0], 0) },
      {
        name: "new terms of probation",
        pull: (w) => as(w, w.governor).setTerms({ ...f.TERMS, probationJobs: 1, probationShare: 20 }),
      },
      {
        name: "the end of a bar by time",
        before: (w, gpus) => w.registry.conclude(f.outcomeOf(gpus.alice[0], { kind: f.Kind.Fraud })),
        pull: () => f.nextDay(181n),
      },
    ];

    for (const { name, before, pull } of levers) {
      it(name, async () => {
        const { w, gpus } = await field();
        if (before) await before(w, gpus);
        await f.openRound(w, 3);
        const wanted = await winners(w);
        expect(new Set(wanted).size).to.be.greaterThan(3, "the series tells outcomes apart");
        await pull(w, gpus);
        expect(await winners(w)).to.deep.equal(wanted);
      });
    }

    it("pruning: it is refused", async () => {
      const { w, gpus } = await field();
      const round = await f.openRound(w);
      await as(w, w.alice).setPaused(gpus.alice[0], true);
      await expect(as(w, w.keeper).prune(gpus.alice))
        .to.be.revertedWithCustomError(w.registry, "RegistryRoundOpen")
        .withArgs(round);
    });

    it("the order of other calls", async () => {
      const run = async (reverse: boolean): Promise<string[]> => {
        const { w, gpus } = await field();
        await f.openRound(w, 3);
        const calls = [
          () => as(w, w.bob).setPaused(gpus.bob[0], true),
          () => as(w, w.alice).addStake(gpus.alice[0], f.TOKEN),
          () => w.registry.conclude(f.outcomeOf(gpus.carol[0], { kind: f.Kind.NonCompletion })),
          () => f.register(w, w.dave),
        ];
        for (const call of reverse ? calls.reverse() : calls) await call();
        return winners(w);
      };
      expect(await run(true)).to.deep.equal(await run(false));
    });

    it("the module that draws", async () => {
      const { w } = await field();
      await setScopes(w, w.dave, f.DRAW);
      await f.openRound(w);
      const wanted = await winners(w);
      await f.closeRound(w);
      await as(w, w.dave).openRound(2, 1, 0);
      expect(await winners(w, w.dave)).to.deep.equal(wanted);
    });

    it("a draw in between does: an assignment moves positions", async () => {
      const { w } = await field();
      await f.openRound(w, 3);
      const wanted = await winners(w);
      await f.drawAny(w);
      expect(await winners(w)).not.to.deep.equal(wanted);
    });
  });

  describe("gas", () => {
    /**
     * One real GPU, and a list that storage says is `length` long, filled with the ids of it and nobody else; the list of
     * another region has `elsewhere` GPUs (a list holds 65,535 at most).
     */
    async function filled(length: bigint, elsewhere: bigint): Promise<{ w: f.World; gpu: bigint }> {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const state = await stateSlot(w);
      const pool = await w.registry.wordOf(f.Table.Pool, 1);
      await setMapped(w, "pools", 1n, (pool & ~0xffffffffn) | (elsewhere << 16n) | length, state);
      let word = 0n;
      for (let i = 0n; i < 6n; i++) word |= gpu << (40n * i);
      for (let key = 0n; key <= (length - 1n) / 6n; key++) await setMapped(w, "lists", (1n << 24n) | key, word, state);
      // It stands where the first try looks, which is not the word of the last: both are read and written.
      const position = (tryWord(GAS_SEED, 0) >> 128n) % (length + elsewhere);
      expect(position).to.be.lessThan(length);
      expect(position / 6n).not.to.equal((length - 1n) / 6n);
      await setMapped(w, "gpus", gpu, gpuWord.encode({ ...(await gpuWordOf(w, gpu)), position }), state);
      // Full weight, so that the first try of every seed is accepted.
      await setScore(w, await f.accountOf(w, w.alice), 100n * f.POINT);
      return { w, gpu };
    }

    const gasOf = async (sent: ReturnType<GpuRegistry["draw"]>): Promise<bigint> => {
      const receipt = await (await sent).wait();
      if (receipt === null) throw new Error("no receipt");
      return receipt.gasUsed;
    };

    it("of draw and conclude is the same at 10, 1,000 and 100,000 idle GPUs", async () => {
      const costs: [bigint, bigint][] = [];
      const sizes = [
        [10n, 5n],
        [1_000n, 500n],
        [60_000n, 40_000n],
      ] as const;
      for (const [length, elsewhere] of sizes) {
        const { w, gpu } = await filled(length, elsewhere);
        await f.openRound(w, 3);
        expect((await w.registry.listOf(1, 0)).entrants).to.equal(length);
        expect((await w.registry.listOf(1, 1)).entrants).to.equal(elsewhere);
        const drawn = await gasOf(w.registry.draw(f.drawOf({ seed: GAS_SEED })));
        expect((await w.registry.listOf(1, 0)).entrants).to.equal(length - 1n, "it left the list");
        const concluded = await gasOf(w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 5n * f.UNIT, freeSlot: true })));
        expect((await w.registry.listOf(1, 0)).joined).to.equal(1n, "it is back");
        costs.push([drawn, concluded]);
      }
      expect(costs[1]).to.deep.equal(costs[0]);
      expect(costs[2]).to.deep.equal(costs[0]);
    });
  });
});

// Layouts that the storage writes above rely on.
describe("Layouts of the registry", () => {
  it("decode what the registry stores of a GPU and its owner", async () => {
    const w = await f.world();
    const gpu = await f.register(w, w.alice);
    const owner = await f.accountOf(w, w.alice);
    await setScore(w, owner, 77n * f.POINT);
    expect(await w.registry.scoreOf(owner)).to.equal(77n * f.POINT);
    expect(gpuWord.decode(await w.registry.wordOf(f.Table.Gpu, gpu)).owner).to.equal(owner);
    expect(ownerWord.decode(await w.registry.wordOf(f.Table.Owner, owner)).verified).to.equal(5n);
  });
});
