import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import * as model from "../../../src/model/reputation";
import * as f from "./fixture";
import {
  as,
  asideWordOf,
  classWordOf,
  gpuWordOf,
  ownerWordOf,
  setScopes,
  setScore,
  stakerWordOf,
} from "./rounds.fixture";

const START = model.START_SCORE;
const ONE = 1_000_000_000n;

/** One GPU of alice with a job on it. */
async function working(change: f.Wish = {}): Promise<{ w: f.World; gpu: bigint; owner: bigint }> {
  const w = await f.world();
  const gpu = await f.register(w, w.alice, change);
  await f.nextDay();
  await w.registry.assignNamed(gpu, 5n * f.UNIT);
  return { w, gpu, owner: await f.accountOf(w, w.alice) };
}

/** Weight 1e-9 of a success of complexity c whose duration counts whole or not at all: no logarithm to round. */
async function weightOf(w: f.World, complexity: bigint, whole: boolean): Promise<bigint> {
  const { tflopsDeci, maxTflopsDeci } = await classWordOf(w, 1);
  return (
    (4n * ONE * complexity) / 100n + (whole ? (3n * ONE) / 10n : 0n) + (3n * ONE * tflopsDeci) / (10n * maxTflopsDeci)
  );
}

describe("GpuRegistry outcomes", () => {
  describe("finishWork", () => {
    it("refuses a caller without the right, an unknown GPU, and who does not work for it", async () => {
      const { w, gpu } = await working();
      await setScopes(w, w.dave, f.DRAW | f.LOCK | f.SLASH);
      await expect(as(w, w.dave).finishWork(gpu, w.alice, 0, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.dave.address, f.RECORD);
      await expect(w.registry.finishWork(gpu + 1n, w.alice, 0, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
      await expect(w.registry.finishWork(gpu, w.bob, 0, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryNotWorker")
        .withArgs(gpu, w.bob.address);
    });

    it("takes energy at both bounds and refuses one unit outside of either", async () => {
      const { w, gpu } = await working({ slots: 2 });
      const { watts, idleWatts } = await classWordOf(w, 1);
      const elapsed = 3_600n;
      const least = (idleWatts * elapsed * 1_000n) / (3_600n * 2n);
      const greatest = (watts * (elapsed + 1n) * 1_200n) / (3_600n * 2n);
      expect(least).to.be.greaterThan(0n);
      for (const energy of [least - 1n, greatest + 1n]) {
        await expect(w.registry.finishWork(gpu, w.alice, energy, elapsed))
          .to.be.revertedWithCustomError(w.registry, "RegistryImplausibleEnergy")
          .withArgs(energy, least, greatest);
      }
      for (const energy of [least, greatest]) {
        await expect(w.registry.finishWork(gpu, w.alice, energy, elapsed))
          .to.emit(w.registry, "WorkFinished")
          .withArgs(gpu, energy, elapsed);
      }
      expect(await w.lens.energyOf(1)).to.equal(least + greatest);
      expect((await stakerWordOf(w, await f.accountOf(w, w.alice))).energy).to.equal(least + greatest);
    });

    it("frees the slot, keeps the lock, and lists the GPU; for the hot key too", async () => {
      const { w, gpu } = await working({ operator: "0x00000000000000000000000000000000000000bb" });
      expect(await f.listed(w)).to.deep.equal([]);
      await w.registry.finishWork(gpu, "0x00000000000000000000000000000000000000bb", 0, 0);
      const word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked]).to.deep.equal([0n, 5n * f.UNIT]);
      expect(await f.listed(w)).to.deep.equal([gpu]);
    });

    it("counts energy once whether a round is open or not", async () => {
      const { w, gpu } = await working();
      await f.openRound(w);
      await w.registry.finishWork(gpu, w.alice, 11, 0);
      expect(await w.lens.energyOf(1)).to.equal(11n);
      await f.closeRound(w);
      await w.registry.finishWork(gpu, w.alice, 6, 0);
      expect(await w.lens.energyOf(1)).to.equal(17n);
    });
  });

  describe("conclude", () => {
    it("refuses a caller without the right, and an unknown GPU", async () => {
      const { w, gpu } = await working();
      await setScopes(w, w.dave, f.DRAW | f.LOCK | f.SLASH);
      await expect(as(w, w.dave).conclude(f.outcomeOf(gpu)))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.dave.address, f.RECORD);
      await expect(w.registry.conclude(f.outcomeOf(gpu + 1n)))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
    });

    it("releases at most what is locked, and a slot only when asked", async () => {
      const { w, gpu } = await working({ slots: 2 });
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, lockGwei: 2n * f.UNIT }));
      let word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked]).to.deep.equal([1n, 3n * f.UNIT]);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, lockGwei: 2n ** 64n - 1n, freeSlot: true }));
      word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked]).to.deep.equal([0n, 0n]);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, freeSlot: true }));
      expect((await gpuWordOf(w, gpu)).active).to.equal(0n, "no slot less than none");
    });

    it("touches neither score nor window when released or unscored, fraud apart", async () => {
      const { w, gpu, owner } = await working();
      const before = await ownerWordOf(w, owner);
      for (const kind of [f.Kind.Released, f.Kind.Success, f.Kind.NonCompletion]) {
        await expect(w.registry.conclude(f.outcomeOf(gpu, { kind, scored: false })))
          .to.emit(w.registry, "OutcomeRecorded")
          .withArgs(gpu, owner, kind, 0, 0);
      }
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released }));
      expect(await ownerWordOf(w, owner)).to.deep.equal(before);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud, scored: false }));
      expect(await w.registry.scoreOf(owner)).to.equal(25n * f.POINT);
      expect(await w.registry.windowOf(owner)).to.deep.equal([0n, 0n]);
    });

    describe("given a success", () => {
      it("raises the score by g w (1 - S/100), complexity above 10 counting as 10", async () => {
        const { w, gpu, owner } = await working();
        let score = START;
        for (const [i, [complexity, seconds]] of (
          [
            [10, 86_400],
            [1, 0],
            [255, 2 ** 32 - 1],
            [0, 0],
          ] as const
        ).entries()) {
          const weight = await weightOf(w, BigInt(Math.min(complexity, 10)), seconds !== 0);
          const gain = model.gainOf(score, weight, 100n, false);
          await expect(
            w.registry.conclude(f.outcomeOf(gpu, { complexity, creditedSeconds: seconds, requester: 1_000 + i })),
          )
            .to.emit(w.registry, "OutcomeRecorded")
            .withArgs(gpu, owner, f.Kind.Success, score, score + gain);
          score += gain;
        }
        expect(await w.registry.windowOf(owner)).to.deep.equal([4n, 4n]);
      });

      it("gains half when silence accepted", async () => {
        const { w, gpu, owner } = await working();
        await w.registry.conclude(f.outcomeOf(gpu, { complexity: 10, creditedSeconds: 86_400, halfGain: true }));
        const weight = await weightOf(w, 10n, true);
        expect(await w.registry.scoreOf(owner)).to.equal(START + model.gainOf(START, weight, 100n, true));
      });

      it("counts in the window but gains nothing without gain", async () => {
        const { w, gpu, owner } = await working();
        await w.registry.conclude(f.outcomeOf(gpu, { gain: false }));
        expect(await w.registry.scoreOf(owner)).to.equal(START);
        expect(await w.registry.windowOf(owner)).to.deep.equal([1n, 1n]);
        expect((await ownerWordOf(w, owner)).verified).to.equal(0n);
      });

      it("gains nothing for one of the last four requesters of the day, again for the fifth back and the next day", async () => {
        const { w, gpu, owner } = await working();
        const gains = async (requester: number): Promise<boolean> => {
          const before = await w.registry.scoreOf(owner);
          await w.registry.conclude(f.outcomeOf(gpu, { requester, complexity: 1, creditedSeconds: 0 }));
          return (await w.registry.scoreOf(owner)) > before;
        };
        for (const requester of [1, 2, 3, 4]) expect(await gains(requester), `first ${requester}`).to.equal(true);
        for (const requester of [1, 2, 3, 4, 4]) expect(await gains(requester), `again ${requester}`).to.equal(false);
        // In front now: 4, 3, 2, 1. A fifth pushes 1 out; 1 then pushes 2 out, while 3 still stands.
        expect(await gains(5)).to.equal(true);
        expect(await gains(1)).to.equal(true);
        expect(await gains(3)).to.equal(false);
        expect(await gains(2)).to.equal(true);
        await f.nextDay();
        expect(await gains(2)).to.equal(true);
      });

      it("gains at most six points a day, and anew the next (I26)", async () => {
        const { w, gpu, owner } = await working();
        await setScore(w, owner, 30n * f.POINT);
        const work = { complexity: 10, creditedSeconds: 86_400 };
        for (let i = 0; i < 12; i++) await w.registry.conclude(f.outcomeOf(gpu, { ...work, requester: 1_000 + i }));
        expect(await w.registry.scoreOf(owner)).to.equal(36n * f.POINT);
        expect((await w.lens.reputationOf(owner)).gainedToday).to.equal(6n * f.POINT);
        await f.nextDay();
        await w.registry.conclude(f.outcomeOf(gpu, work));
        const gain = model.gainOf(36n * f.POINT, await weightOf(w, 10n, true), 100n, false);
        expect(await w.registry.scoreOf(owner)).to.equal(36n * f.POINT + gain);
      });

      it("never leaves 100 (I26)", async () => {
        const { w, gpu, owner } = await working();
        await setScore(w, owner, model.MAX_SCORE);
        await w.registry.conclude(f.outcomeOf(gpu));
        expect(await w.registry.scoreOf(owner)).to.equal(model.MAX_SCORE);
      });

      it("counts no more than 63 verified jobs, and gains as ever", async () => {
        const { w, gpu, owner } = await working();
        for (const [verified, after] of [
          [62n, 63n],
          [63n, 63n],
        ] as const) {
          await setScore(w, owner, START, verified);
          const word = await ownerWordOf(w, owner);
          await w.registry.conclude(f.outcomeOf(gpu, { requester: 1_000n + verified }));
          const next = await ownerWordOf(w, owner);
          expect([next.verified, next.barred, next.frozenWeight]).to.deep.equal([after, false, word.frozenWeight]);
          expect(next.score).to.be.greaterThan(START);
        }
      });

      it("ends probation with the fifth verified job", async () => {
        const { w, gpu, owner } = await working();
        for (let i = 0; i < 5; i++) {
          expect((await w.lens.reputationOf(owner)).probation, `after ${i}`).to.equal(true);
          await w.registry.conclude(f.outcomeOf(gpu, { requester: 1_000 + i }));
        }
        expect((await w.lens.reputationOf(owner)).probation).to.equal(false);
      });
    });

    describe("given a non-completion", () => {
      it("costs 1 + 9 (1 - r), this attempt included, and 10 at worst", async () => {
        const { w, gpu, owner } = await working();
        for (let i = 0; i < 3; i++) await w.registry.conclude(f.outcomeOf(gpu, { gain: false }));
        let score = START;
        let attempted = 3n;
        for (const worst of [false, false, true]) {
          attempted += 1n;
          score -= model.missLoss(3n, attempted, 100n, 100n, worst);
          await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, worst }));
          expect(await w.registry.scoreOf(owner)).to.equal(score);
        }
        expect(await w.registry.windowOf(owner)).to.deep.equal([3n, 6n]);
      });

      it("costs 10 for the very first attempt, and never goes below 0 (I26)", async () => {
        const { w, gpu, owner } = await working();
        for (const points of [40n, 30n, 20n, 10n, 0n, 0n]) {
          await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion }));
          expect(await w.registry.scoreOf(owner)).to.equal(points * f.POINT);
        }
      });

      it("pays the caller out of the stake, to be collected", async () => {
        const { w, gpu, owner } = await working();
        const caller = await f.accountOf(w, w.keeper);
        const pay = await w.registry.callerPayGwei(1);
        const { stake } = await gpuWordOf(w, gpu);
        await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, caller }));
        expect((await gpuWordOf(w, gpu)).stake).to.equal(stake - pay);
        expect(await w.registry.creditOf(caller)).to.equal(pay * f.GWEI);
        expect(await w.registry.stakeOf(owner)).to.equal((stake - pay) * f.GWEI);
        await expect(w.registry.collect(caller)).to.changeTokenBalances(
          w.token,
          [w.registry, w.vault],
          [-pay * f.GWEI, pay * f.GWEI],
        );
      });

      it("pays nobody for another outcome", async () => {
        const { w, gpu } = await working();
        const caller = await f.accountOf(w, w.keeper);
        for (const kind of [f.Kind.Success, f.Kind.Released, f.Kind.Fraud]) {
          await w.registry.conclude(f.outcomeOf(gpu, { kind, caller }));
        }
        expect(await w.registry.creditOf(caller)).to.equal(0n);
      });
    });

    describe("given a fraud", () => {
      it("costs 25 points and bars owner and device for 180 days", async () => {
        const { w, gpu, owner } = await working();
        const day = await f.today();
        await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud }));
        const reputation = await w.lens.reputationOf(owner);
        expect([reputation.score, reputation.barredUntil, reputation.drawWeight]).to.deep.equal([
          25n * f.POINT,
          day + 180n,
          0n,
        ]);
        expect((await asideWordOf(w, gpu)).barredUntil).to.equal(day + 180n);
        expect(await w.registry.windowOf(owner)).to.deep.equal([0n, 1n]);
      });

      it("refuses a registration until the first second of day 180", async () => {
        const { w, gpu, owner } = await working();
        const day = await f.today();
        await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud }));
        const registration = await f.registrationOf(w, w.alice);
        await time.setNextBlockTimestamp((day + 180n) * f.DAY - 1n);
        await expect(as(w, w.alice).register(registration))
          .to.be.revertedWithCustomError(w.registry, "RegistryOwnerBarred")
          .withArgs(owner);
        await time.setNextBlockTimestamp((day + 180n) * f.DAY);
        await as(w, w.alice).register(registration);
      });
    });

    describe("re-entry and rest", () => {
      /** All of alice's stake leaves; she is out of service from that moment. */
      async function left(score: bigint): Promise<{ w: f.World; owner: bigint }> {
        const w = await f.world();
        const gpu = await f.register(w, w.alice);
        const owner = await f.accountOf(w, w.alice);
        await setScore(w, owner, score);
        await as(w, w.alice).beginUnbond(gpu, await f.minStake(w));
        return { w, owner };
      }

      for (const [last, start] of [
        [80n, 50n],
        [50n, 50n],
        [35n, 35n],
      ] as const) {
        it(`starts an owner who left with ${last} at ${start}`, async () => {
          const { w, owner } = await left(last * f.POINT);
          await f.register(w, w.alice);
          expect(await w.registry.scoreOf(owner)).to.equal(start * f.POINT);
        });
      }

      it("keeps the score of an owner in service who adds a GPU", async () => {
        const w = await f.world();
        await f.register(w, w.alice);
        const owner = await f.accountOf(w, w.alice);
        await setScore(w, owner, 80n * f.POINT);
        await f.register(w, w.alice);
        expect(await w.registry.scoreOf(owner)).to.equal(80n * f.POINT);
      });

      it("draws nobody under 20, and returns to 20 on probation on the thirtieth day, not before", async () => {
        const w = await f.world();
        const gpu = await f.register(w, w.alice);
        const owner = await f.accountOf(w, w.alice);
        await setScore(w, owner, 20n * f.POINT - 1n, 40n);
        await f.nextDay(29n);
        expect(await w.registry.scoreOf(owner)).to.equal(20n * f.POINT - 1n);
        await f.openRound(w);
        for (let i = 0; i < 16; i++) {
          const { gpu: drawn } = await w.registry.draw.staticCall(f.drawOf({ seed: f.seedOf(i) }));
          expect(drawn).to.equal(0n);
        }
        await f.closeRound(w);
        await f.nextDay();
        const reputation = await w.lens.reputationOf(owner);
        expect([reputation.score, reputation.probation, reputation.drawWeight]).to.deep.equal([
          20n * f.POINT,
          true,
          2_000n,
        ]);
        await f.openRound(w);
        expect(await f.drawAny(w)).to.equal(gpu);
        await w.registry.conclude(f.outcomeOf(gpu, { gain: false }));
        expect((await ownerWordOf(w, owner)).score).to.equal(20n * f.POINT);
        expect((await ownerWordOf(w, owner)).verified).to.equal(0n);
      });
    });
  });

  describe("recordDecline", () => {
    it("refuses a caller without the right, and an unknown GPU", async () => {
      const { w, gpu } = await working();
      await setScopes(w, w.dave, f.DRAW | f.LOCK | f.SLASH);
      await expect(as(w, w.dave).recordDecline(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.dave.address, f.RECORD);
      await expect(w.registry.recordDecline(gpu + 1n, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
    });

    it("costs nothing three times a day, the caller's pay from the fourth, and starts anew the next day", async () => {
      const { w, gpu, owner } = await working();
      const before = await ownerWordOf(w, owner);
      const pay = await w.registry.callerPayGwei(1);
      const { stake } = await gpuWordOf(w, gpu);
      const { fees } = await w.lens.totals();
      for (const [number, charged] of [
        [1, 0n],
        [2, 0n],
        [3, 0n],
        [4, pay],
        [5, pay],
      ] as const) {
        await expect(w.registry.recordDecline(gpu, 0))
          .to.emit(w.registry, "Declined")
          .withArgs(gpu, number, charged * f.GWEI);
      }
      expect((await gpuWordOf(w, gpu)).stake).to.equal(stake - 2n * pay);
      expect((await w.lens.totals()).fees - fees).to.equal(2n * pay * f.GWEI);
      await f.nextDay();
      await expect(w.registry.recordDecline(gpu, 0)).to.emit(w.registry, "Declined").withArgs(gpu, 1, 0);
      expect(await ownerWordOf(w, owner)).to.deep.equal(before, "a decline is no attempt");
    });

    it("releases the lock and the slot", async () => {
      const { w, gpu } = await working();
      await w.registry.recordDecline(gpu, 5n * f.UNIT);
      const word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked]).to.deep.equal([0n, 0n]);
      expect(await f.listed(w)).to.deep.equal([gpu]);
    });
  });
});
