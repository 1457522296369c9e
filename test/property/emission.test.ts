/** Emission and issuance against plain models: the schedule at random times, and random histories of draws and mints. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { ControllerModel, DistributorModel, emitted, EmissionRefusal } from "../../src/model/emission";
import {
  actors,
  DAY,
  distributorWorld,
  fixedToken,
  GENESIS,
  issuingWorld,
  PERIOD,
  POOL,
  YEAR,
} from "../unit/emission/fixture";

/** Seconds to wait: a moment, days, or years; at times so that an edge is met exactly. */
const wait = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: 3n * DAY }) },
  { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: 40n }).map((days) => days * DAY) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 3n * YEAR }) },
);
/** Mostly so short that an announcement does not lapse, and at times to the end of a window. */
const shortWait = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 1n, max: 6n * DAY }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 400n }).map((days) => days * DAY) },
  { weight: 1, arbitrary: fc.constantFrom(YEAR - 7n * DAY, YEAR - 7n * DAY - 1n) },
);
/** Thousandths of what is possible; above 1,000 it is too much. */
const share = fc.oneof(fc.constant(1_000n), fc.bigInt({ min: 0n, max: 1_002n }));

/** What the model refuses with, or undefined. */
function refusalOf(play: () => void): string | undefined {
  try {
    play();
    return undefined;
  } catch (error) {
    if (!(error instanceof EmissionRefusal)) throw error;
    return error.error;
  }
}

describe("emission against its model", () => {
  it("emits by the schedule at any time, for any pool and period (I28)", async () => {
    const { owner } = await loadFixture(actors);
    const pools = fc.oneof(fc.bigInt({ min: 1n, max: 200n }), fc.bigInt({ min: 1n, max: GENESIS }));
    const periods = fc.bigInt({ min: 180n * DAY, max: 3_650n * DAY });
    await fc.assert(
      fc.asyncProperty(
        pools,
        periods,
        fc.array(fc.double({ min: 0, max: 100, noNaN: true })),
        async (pool, period, ks) => {
          const token = await fixedToken(owner.address);
          const distributor = await ethers.deployContract("EmissionDistributor", [token, pool, period, owner.address]);
          await token.transfer(distributor, pool);
          await distributor.start();
          const began = BigInt(await time.latest());
          let last = 0n;
          const elapsed = ks.map((k) => BigInt(Math.floor(k * Number(period)))).sort((a, b) => (a < b ? -1 : 1));
          for (const seconds of [...elapsed, period - 1n, period, period + 1n, 200n * period].sort((a, b) =>
            a < b ? -1 : 1,
          )) {
            const now = await distributor.emittedAt(began + seconds);
            expect(now, `${seconds} s`).to.equal(emitted(pool, period, seconds));
            expect(now >= last && now <= pool, "monotone and within the pool").to.equal(true);
            last = now;
          }
          expect(last).to.equal(pool);
        },
      ),
      { numRuns: 20, endOnFailure: true, examples: [[POOL, PERIOD, [0.5, 1.5, 88.5]]] },
    );
  });

  it("lets draw exactly what the model lets draw, with and without a long wait before (I28, I32)", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    const step = fc.record({ after: wait, amount: share, of: fc.constantFrom("drawable", "undrawn", "allowance") });
    const history = fc.array(step, { minLength: 5, maxLength: 25, size: "max" });
    await fc.assert(
      fc.asyncProperty(fc.option(wait), history, async (idle, steps) => {
        const { distributor, token, drawer, alice } = await loadFixture(distributorWorld);
        await token.transfer(distributor, POOL);
        const model = new DistributorModel(POOL, PERIOD);
        await distributor.start();
        let now = BigInt(await time.latest());
        model.start(now, POOL);
        now += idle ?? 1n;
        await time.setNextBlockTimestamp(now);
        await distributor.setDrawer(drawer.address);
        for (const { after, amount, of } of steps) {
          now += after;
          const [undrawn, allowance] = [model.emittedAt(now) - model.drawn, model.allowanceLeft(now)];
          const base = { drawable: model.drawable(now), undrawn, allowance }[of];
          const asked = (base * amount) / 1_000n;
          const refusal = refusalOf(() => model.draw(asked, now));
          await time.setNextBlockTimestamp(now);
          const sent = distributor.connect(drawer).draw(alice.address, asked);
          if (refusal === undefined) await sent;
          else await expect(sent).to.be.revertedWithCustomError(distributor, refusal);
          done.set(refusal ?? "drawn", (done.get(refusal ?? "drawn") ?? 0) + 1);

          expect(await distributor.drawn()).to.equal(model.drawn);
          expect(await distributor.drawable()).to.equal(model.drawable(now));
          expect(await distributor.allowanceLeft()).to.equal(model.allowanceLeft(now));
          expect(await token.balanceOf(distributor)).to.equal(POOL - model.drawn);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
    for (const outcome of ["drawn", "DistributorAboveEmission", "DistributorAboveAllowance"]) {
      expect(done.get(outcome) ?? 0, outcome).to.be.greaterThan(5);
    }
  });
});

describe("issuance against its model", () => {
  it("mints exactly what the model mints, and never 2% in any 365 days (I8, I9)", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("announce" as const), after: shortWait, amount: share }) },
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant("execute" as const), after: shortWait, amount: fc.nat(3) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("cancel" as const), after: shortWait, amount: fc.nat(3) }),
      },
      // As soon as the last announced amount can be minted.
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("ripen" as const), after: shortWait, amount: fc.constant(0) }),
      },
    );
    const history = fc.array(step, { minLength: 20, maxLength: 60, size: "max" });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const { controller, token, rewards } = await loadFixture(issuingWorld);
        const model = new ControllerModel(GENESIS);
        let now = BigInt(await time.latest());
        for (const { kind, after, amount } of steps) {
          const last = model.open.get(model.announced);
          now =
            kind === "ripen" && last !== undefined && now < last.time + 7n * DAY ? last.time + 7n * DAY : now + after;
          const open = [...model.open.keys()];
          const id = kind === "ripen" ? model.announced : (open.at(-1 - Number(amount)) ?? model.announced + 1n);
          const asked = kind === "announce" ? (model.mintable(now) * amount) / 1_000n : 0n;
          await time.setNextBlockTimestamp(now);
          const act = {
            announce: { model: () => void model.announce(asked, now), chain: () => controller.announce(asked) },
            cancel: { model: () => model.cancel(id), chain: () => controller.cancel(id) },
            execute: { model: () => model.execute(id, now), chain: () => controller.execute(id) },
            ripen: { model: () => model.execute(id, now), chain: () => controller.execute(id) },
          }[kind];
          const refusal = refusalOf(act.model);
          const sent = act.chain();
          if (refusal === undefined) await sent;
          else await expect(sent).to.be.revertedWithCustomError(controller, refusal);
          const key = refusal ?? kind;
          done.set(key, (done.get(key) ?? 0) + 1);

          expect(await token.totalSupply()).to.equal(model.supplyAt(now));
          expect(await token.balanceOf(rewards)).to.equal(model.supplyAt(now) - GENESIS);
          expect(await controller.mintable()).to.equal(model.mintable(now));
          expect(await controller.announcements()).to.equal(model.announced);
        }
        for (const { time: end } of model.mints) {
          const opening = model.supplyAt(end - YEAR);
          expect(model.supplyAt(end) - opening <= (opening * 2n) / 100n, "2% in 365 days").to.equal(true);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
    for (const outcome of ["announce", "execute", "cancel", "ripen", "ControllerTooEarly", "ControllerNotAnnounced"]) {
      expect(done.get(outcome) ?? 0, outcome).to.be.greaterThan(3);
    }
    expect(done.get("ControllerAboveBound") ?? 0, "above the bound").to.be.greaterThan(0);
  });
});
