/** What meets a validator's withdrawal around the second in which its tranche matures, in both orders. */
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./validators.fixture";
import { as } from "./validators.fixture";

type Call = Parameters<typeof f.inOneSecond>[1][number];

const ALL = ethers.MaxUint256;
/** A pool that is frozen then can still be drawn from when the tranche matures. */
const UNTIL_DRAW = f.UNBONDING - f.DAY;
/** Seconds after maturity, and whether a withdrawal may come then. */
const SECONDS = [
  [-1n, "a second before the end", false],
  [0n, "in the second", true],
  [1n, "a second after the end", true],
] as const;

/** Alice, with so many seats, unbonds `amount` of `stake`; two others are there. */
async function unbonding(seats: number, amount = ALL, stake = f.MIN_STAKE) {
  const w = await f.world();
  const alice = await f.register(w, w.alice, { stake });
  const others = [await f.register(w, w.bob), await f.register(w, w.carol)];
  await f.pass(1n);
  await f.seat(w, alice, seats);
  await as(w, w.alice).beginUnbond(alice, amount);
  const { unbondingEnds } = await w.registry.validatorOf(alice);
  return { w, alice, others, endsAt: unbondingEnds, wallet: await w.token.balanceOf(w.alice) };
}

type Held = Awaited<ReturnType<typeof unbonding>>;

/** Runs both in one block, `other` first or last; tells whether the withdrawal and the other passed. */
async function race({ w, alice }: Held, at: bigint, other: Call, otherFirst: boolean) {
  const calls: Call[] = [(overrides) => as(w, w.alice).withdraw(alice, w.alice, overrides), other];
  const done = await f.inOneSecond(at, otherFirst ? calls.reverse() : calls);
  await f.totals(w);
  const [withdrawn, passed] = otherFirst ? [done[1], done[0]] : done;
  return { withdrawn, passed };
}

/** What Alice got since. */
async function paid({ w, wallet }: Held): Promise<bigint> {
  return (await w.token.balanceOf(w.alice)) - wallet;
}

describe("ValidatorRegistry: the end of unbonding", () => {
  for (const otherFirst of [true, false]) {
    const order = otherFirst ? "before" : "after";

    for (const [offset, second, mature] of SECONDS) {
      it(`the end of the last seat ${order} a withdrawal, ${second}: silence costs its share (I22)`, async () => {
        const held = await unbonding(1);
        const { w, alice, endsAt } = held;
        const silent: Call = (overrides) => w.registry.endSeats([alice], [f.Outcome.Silent], overrides);
        const withdrawn = mature && otherFirst;
        expect(await race(held, endsAt + offset, silent, otherFirst)).to.deep.equal({ withdrawn, passed: true });
        if (!withdrawn) {
          expect(await f.bondOf(w, alice)).to.deep.equal({ stake: 0n, unbonding: f.MIN_STAKE - f.SILENCE, owed: 0n });
          await as(w, w.alice).withdraw(alice, w.alice);
        }
        expect(await paid(held)).to.equal(f.MIN_STAKE - f.SILENCE);
        expect((await f.totals(w)).slashed).to.equal(f.SILENCE);
      });

      it(`a change of mind ${order} a withdrawal, ${second}: one of them passes (I20)`, async () => {
        const held = await unbonding(0, f.MIN_STAKE, 2n * f.MIN_STAKE);
        const { w, alice, endsAt } = held;
        const cancel: Call = (overrides) => as(w, w.alice).cancelUnbond(alice, overrides);
        const withdrawn = mature && !otherFirst;
        const done = await race(held, endsAt + offset, cancel, otherFirst);
        expect(done).to.deep.equal({ withdrawn, passed: !withdrawn });
        const stake = withdrawn ? f.MIN_STAKE : 2n * f.MIN_STAKE;
        expect(await f.stateOf(w, alice)).to.include({ stake, unbonding: 0n, unbondingEnds: 0n, available: true });
        expect(await paid(held)).to.equal(2n * f.MIN_STAKE - stake);
      });
    }

    it(`a seat that is taken ${order} a withdrawal ${otherFirst ? "holds it up" : "has the stake in force"} (I22)`, async () => {
      const held = await unbonding(0, f.MIN_STAKE, 2n * f.MIN_STAKE);
      const { w, alice, others, endsAt } = held;
      await f.pass(UNTIL_DRAW);
      const wanted = await f.request(w, { excluded: others });
      expect(await w.registry.takeSeats.staticCall(wanted)).to.deep.equal([alice]);
      const take: Call = (overrides) => w.registry.takeSeats(wanted, overrides);
      const done = await race(held, endsAt, take, otherFirst);
      expect(done).to.deep.equal({ withdrawn: !otherFirst, passed: true });
      await f.end(w, alice, f.Outcome.Silent);
      if (otherFirst) await as(w, w.alice).withdraw(alice, w.alice);
      expect(await paid(held)).to.equal(f.MIN_STAKE);
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: f.MIN_STAKE - f.SILENCE, unbonding: 0n, owed: 0n });
    });

    it(`what is owed and taken ${order} a withdrawal is as much either way (I22)`, async () => {
      const held = await unbonding(16);
      const { w, alice, endsAt } = held;
      // The cap of a day leaves some of it for later.
      await f.at(endsAt - f.DAY);
      await w.registry.endSeats(new Array(16).fill(alice), new Array(16).fill(f.Outcome.Silent));
      expect((await f.bondOf(w, alice)).owed).to.be.above(0);
      const takeOwed: Call = (overrides) => as(w, w.stranger).takeOwed(alice, overrides);
      expect(await race(held, endsAt, takeOwed, otherFirst)).to.deep.equal({ withdrawn: true, passed: true });
      expect(await paid(held)).to.equal(f.MIN_STAKE - 16n * f.SILENCE);
      expect((await f.totals(w)).slashed).to.equal(16n * f.SILENCE);
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: 0n, unbonding: 0n, owed: 0n });
    });

    it(`who comes back ${order} its last withdrawal is ${otherFirst ? "still there" : "new, with a stake of its own"}`, async () => {
      const held = await unbonding(0);
      const { w, alice, endsAt } = held;
      const register: Call = (overrides) => as(w, w.alice).register(ethers.ZeroAddress, 1, f.MIN_STAKE, overrides);
      expect(await race(held, endsAt, register, otherFirst)).to.deep.equal({ withdrawn: true, passed: !otherFirst });
      expect(await f.stateOf(w, alice)).to.include({
        available: !otherFirst,
        stake: otherFirst ? 0n : f.MIN_STAKE,
        inSince: otherFirst ? 0n : endsAt,
        unbonding: 0n,
      });
    });

    it(`a second tranche ${order} a withdrawal ${otherFirst ? "is refused" : "unbonds for its full time"} (I24)`, async () => {
      const held = await unbonding(0, f.TOKEN, f.MIN_STAKE + 2n * f.TOKEN);
      const { w, alice, endsAt } = held;
      const again: Call = (overrides) => as(w, w.alice).beginUnbond(alice, f.TOKEN, overrides);
      expect(await race(held, endsAt, again, otherFirst)).to.deep.equal({ withdrawn: true, passed: !otherFirst });
      expect(await f.stateOf(w, alice)).to.include({
        unbonding: otherFirst ? 0n : f.TOKEN,
        unbondingEnds: otherFirst ? 0n : endsAt + f.UNBONDING,
      });
    });
  }
});
