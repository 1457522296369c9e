/** What meets a withdrawal around the second in which a tranche matures: before it, in it, after it, in both orders. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { raceAt } from "../../fixtures/market";
import { expectBooks } from "./books";
import * as f from "./fixture";

type Racer = Parameters<typeof raceAt>[1][number];

const MIN = 2_400n * f.TOKEN;
const ALL = 2_500n * f.TOKEN;
const FEE = 24n * f.TOKEN;
const FUNDS = 10_000_000n * f.TOKEN;
const UNBONDING = 21n * f.DAY;
/** Seconds after maturity, and whether a withdrawal may come then. */
const SECONDS = [
  [-1n, false],
  [0n, true],
  [1n, true],
] as const;

interface Held {
  readonly w: f.World;
  readonly gpu: bigint;
  readonly endsAt: bigint;
}

/** Alice's GPU of 2,500 tokens with `amount` of them in a tranche, and a job that locks `lock` tokens. */
async function unbonding({
  amount = ALL,
  lock = 0n,
  whale = true,
  first = async (_: f.World, _gpu: bigint) => {},
} = {}) {
  const w = await f.world();
  const gpu = await f.register(w, w.alice, { stake: ALL });
  if (whale) await f.registerWhale(w);
  if (lock !== 0n) await w.registry.assignNamed(gpu, lock * f.UNIT);
  await first(w, gpu);
  await f.as(w, w.alice).beginUnbond(gpu, amount);
  return { w, gpu, endsAt: (await w.registry.gpuOf(gpu)).unbondingEnds };
}

const withdraw =
  ({ w, gpu }: Held): Racer =>
  (overrides) =>
    f.as(w, w.alice).withdraw(gpu, w.alice, overrides);

/** What Alice has in her wallet and in the vault beyond what was left of her funds after the registration. */
async function paid({ w }: Held): Promise<bigint> {
  const inVault = await w.vault.balanceOf(await f.accountOf(w, w.alice));
  return (await w.token.balanceOf(w.alice)) + inVault - (FUNDS - ALL - FEE);
}

/** Runs both in one block, `other` first or last; tells whether the withdrawal and the other passed. */
async function race(held: Held, at: bigint, other: Racer, otherFirst: boolean) {
  const racers = [withdraw(held), other];
  const done = await raceAt(at, otherFirst ? racers.reverse() : racers);
  await expectBooks(held.w);
  const [withdrawn, passed] = otherFirst ? [done[1], done[0]] : done;
  return { withdrawn, passed };
}

describe("GpuRegistry: the end of unbonding", () => {
  for (const otherFirst of [true, false]) {
    const order = otherFirst ? "before" : "after";

    for (const [offset, mature] of SECONDS) {
      const second =
        offset === 0n ? "in the second" : offset < 0n ? "a second before the end" : "a second after the end";

      it(`a slash of a lock costs the lock, ${order} a withdrawal, ${second} (I22)`, async () => {
        const held = await unbonding({ lock: 1_000n });
        const { w, gpu, endsAt } = held;
        const slash: Racer = (overrides) => w.registry.slash(f.slashOf(gpu, 1_000n * f.UNIT), overrides);
        const done = await race(held, endsAt + offset, slash, otherFirst);
        expect(done).to.deep.equal({ withdrawn: mature, passed: true });
        expect((await w.lens.slashOf(1)).takenGwei).to.equal(1_000n * f.UNIT);
        await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud, freeSlot: true }));
        if ((await w.registry.gpuOf(gpu)).unbonding !== 0n) {
          await time.increaseTo(endsAt + 1n);
          await f.as(w, w.alice).withdraw(gpu, w.alice);
        }
        expect(await paid(held)).to.equal(1_500n * f.TOKEN);
      });

      it(`an incident without a lock ${order} a withdrawal, ${second}, finds what is held then`, async () => {
        const held = await unbonding();
        const { w, gpu, endsAt } = held;
        const slash: Racer = (overrides) =>
          w.registry.slash(f.slashOf(gpu, 2_500n * f.UNIT, { fromLockGwei: 0 }), overrides);
        const done = await race(held, endsAt + offset, slash, otherFirst);
        expect(done).to.deep.equal({ withdrawn: mature, passed: true });
        const taken = mature && !otherFirst ? 0n : 750n;
        expect((await w.lens.slashOf(1)).takenGwei).to.equal(taken * f.UNIT);
        expect(await paid(held)).to.equal(mature ? ALL - taken * f.TOKEN : 0n);
      });

      it(`the owner's change of mind ${order} a withdrawal, ${second}: one of them passes (I20)`, async () => {
        const held = await unbonding({ amount: 100n * f.TOKEN });
        const { w, gpu, endsAt } = held;
        const cancel: Racer = (overrides) => f.as(w, w.alice).cancelUnbond(gpu, overrides);
        const done = await race(held, endsAt + offset, cancel, otherFirst);
        const withdrawn = mature && !otherFirst;
        expect(done).to.deep.equal({ withdrawn, passed: !withdrawn });
        const { stake, unbonding: tranche, unbondingEnds } = await w.registry.gpuOf(gpu);
        expect([stake, tranche, unbondingEnds]).to.deep.equal([withdrawn ? MIN : ALL, 0n, 0n]);
      });
    }

    it(`what a slash left for later ${order} a withdrawal is as much either way (I22, I23)`, async () => {
      const held = await unbonding({
        whale: false,
        first: async (w, gpu) => {
          await w.registry.slash(f.slashOf(gpu, 750n * f.UNIT, { fromLockGwei: 0 }));
        },
        amount: ALL - 125n * f.TOKEN,
      });
      const { w, gpu, endsAt } = held;
      const more: Racer = (overrides) => f.as(w, w.keeper).continueSlash(1, overrides);
      expect(await race(held, endsAt, more, otherFirst)).to.deep.equal({ withdrawn: true, passed: true });
      expect(await paid(held)).to.equal(ALL - 750n * f.TOKEN);
      const { takenGwei, pendingGwei } = await w.lens.slashOf(1);
      expect(takenGwei + pendingGwei).to.equal(750n * f.UNIT);
      const { unbonding: left, locked } = await w.registry.gpuOf(gpu);
      expect([left, locked]).to.deep.equal([pendingGwei * f.GWEI, pendingGwei * f.GWEI]);
    });

    for (const open of [true, false]) {
      it(`a reversal ${order} a withdrawal makes whole, ${open ? "with the job open" : "also who retired"} (I20)`, async () => {
        const held = await unbonding({ lock: 1_000n });
        const { w, gpu, endsAt } = held;
        await time.increaseTo(endsAt - f.DAY);
        await w.registry.slash(f.slashOf(gpu, 1_000n * f.UNIT));
        if (!open) await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, freeSlot: true }));
        const reverse: Racer = (overrides) => w.registry.reverseSlash(1, overrides);
        expect(await race(held, endsAt, reverse, otherFirst)).to.deep.equal({ withdrawn: true, passed: true });
        const late = open && !otherFirst;
        expect(await paid(held)).to.equal(late ? 1_500n * f.TOKEN : ALL);
        // What comes back to a tranche that matured waits for nothing.
        if (late) await f.as(w, w.alice).withdraw(gpu, w.alice);
        expect(await paid(held)).to.equal(ALL);
      });
    }

    it(`the release of a job's lock ${order} a withdrawal frees its part then (I23)`, async () => {
      const held = await unbonding({ lock: 1_000n });
      const { w, gpu, endsAt } = held;
      const outcome = f.outcomeOf(gpu, { lockGwei: 1_000n * f.UNIT, kind: f.Kind.Released, freeSlot: true });
      const release: Racer = (overrides) => w.registry.conclude(outcome, overrides);
      expect(await race(held, endsAt, release, otherFirst)).to.deep.equal({ withdrawn: true, passed: true });
      expect(await paid(held)).to.equal(otherFirst ? ALL : 1_500n * f.TOKEN);
      if (!otherFirst) await f.as(w, w.alice).withdraw(gpu, w.alice);
      expect(await paid(held)).to.equal(ALL);
    });

    it(`a job that comes ${order} a withdrawal locks stake in force, never the tranche (I23)`, async () => {
      for (const [lock, passed] of [
        [2_400n, true],
        [2_401n, false],
      ] as const) {
        const held = await unbonding({ amount: 100n * f.TOKEN });
        const { w, gpu, endsAt } = held;
        const assign: Racer = (overrides) => w.registry.assignNamed(gpu, lock * f.UNIT, overrides);
        expect(await race(held, endsAt, assign, otherFirst)).to.deep.equal({ withdrawn: true, passed });
        const { stake, locked } = await w.registry.gpuOf(gpu);
        expect([stake, locked]).to.deep.equal([MIN, passed ? MIN : 0n]);
      }
    });

    it(`a second tranche ${order} a withdrawal ${otherFirst ? "is refused" : "unbonds for its full time"} (I24)`, async () => {
      const held = await unbonding({ amount: 50n * f.TOKEN });
      const { w, gpu, endsAt } = held;
      const again: Racer = (overrides) => f.as(w, w.alice).beginUnbond(gpu, 50n * f.TOKEN, overrides);
      expect(await race(held, endsAt, again, otherFirst)).to.deep.equal({ withdrawn: true, passed: !otherFirst });
      const { unbonding: tranche, unbondingEnds } = await w.registry.gpuOf(gpu);
      const expected = otherFirst ? [0n, 0n] : [50n * f.TOKEN, endsAt + UNBONDING];
      expect([tranche, unbondingEnds]).to.deep.equal(expected);
    });
  }
});
