/** Rulings, splits, counts, appeals and verdicts in the second in which the stake that answers for them matures. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { Result } from "ethers";
import { ethers } from "hardhat";
import type { IGpuRegistry } from "../../../typechain-types/contracts/registry/GpuRegistry";
import { DAY, HOUR, NONE, playedBy, potOf, raceAt, settingsOf } from "../../fixtures/market";
import { addValidators, answerPanelRound, drawPanel, Finding, type Validator } from "../../fixtures/review";
import {
  conserve,
  deliver,
  deployMarket,
  digest,
  dueOf,
  fundRequester,
  giveTokens,
  GWEI,
  postAndDraw,
  Status,
  statusOf,
  TOKEN,
  Verdict,
} from "../../fixtures/suite";

type Racer = Parameters<typeof raceAt>[1][number];

const WRONG = digest("wrong");
/** Windows of the suite's panel. */
const COMMITS = BigInt(24 * HOUR);
const REVEALS = BigInt(24 * HOUR);
const APPEALS = BigInt(48 * HOUR);

/** Runs both in one block, `other` first or last; tells whether the withdrawal and the other passed. */
async function race(at: bigint, withdraw: Racer, other: Racer, otherFirst: boolean) {
  const done = await raceAt(at, otherFirst ? [other, withdraw] : [withdraw, other]);
  const [withdrawn, passed] = otherFirst ? [done[1], done[0]] : done;
  return { withdrawn, passed };
}

/** For loadFixture: stake unbonds for 14 days, the least; a delivery is looked at for 7. */
async function shortWorld() {
  const world = await deployMarket();
  const { registry, lens, escrow, actors } = world;
  const terms = ((await lens.terms()) as unknown as Result).toObject() as IGpuRegistry.TermsStruct;
  await registry.connect(actors.owner).setTerms({ ...terms, unbonding: 14 * DAY });
  const settings = await settingsOf(world);
  await escrow.connect(actors.owner).setSettings({ ...settings, reviewHours: 168, disputeSeconds: 8 * DAY });
  return world;
}

/** A GPU whose whole stake matures in the last second of the dispute about its job. */
async function disputed() {
  const world = await loadFixture(shortWorld);
  const { registry, escrow, token } = world;
  const { job, gpu } = await postAndDraw(world);
  await deliver(world, job, gpu);
  const { stake } = await registry.gpuOf(gpu.id);
  await registry.connect(gpu.owner).beginUnbond(gpu.id, stake);
  const { unbondingEnds } = await registry.gpuOf(gpu.id);
  await time.setNextBlockTimestamp(unbondingEnds - 8n * BigInt(DAY));
  await escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
  expect(await dueOf(world, job)).to.equal(unbondingEnds);
  const wallet = await token.balanceOf(gpu.owner);
  const paid = async () => (await token.balanceOf(gpu.owner)) - wallet;
  const withdraw: Racer = (overrides) => registry.connect(gpu.owner).withdraw(gpu.id, gpu.owner, overrides);
  return { world, job, gpu, stake, endsAt: unbondingEnds, withdraw, paid };
}

/** For loadFixture: disputes go before panels; of 40 validators each unbonds what it has beyond the minimum. */
async function panelWorld() {
  const world = await deployMarket();
  const { escrow, court, vault, validators, token, actors } = world;
  await escrow.connect(actors.owner).setSettings({ ...(await settingsOf(world)), resolver: await court.getAddress() });
  const pool = await addValidators(world, 40);
  await vault.connect(actors.requester).setAuthorisation(court, true);
  for (const { id, owner } of pool) {
    await giveTokens(world, owner.address, TOKEN);
    await token.connect(owner).approve(validators, TOKEN);
    await validators.connect(owner).addStake(id, TOKEN);
    await validators.connect(owner).beginUnbond(id, TOKEN);
  }
  return { ...world, court: court.connect(actors.keeper), panel: world.panel.connect(actors.keeper), pool };
}

/** A case that begins so many days after the unbonding; its panel is drawn in the second that `at` says of who sits first. */
async function seated(days: number, at: (endsAt: bigint) => bigint) {
  const world = await loadFixture(panelWorld);
  await time.increase(days * DAY);
  const { court, escrow, panel, validators, token, pool } = world;
  const { job, gpu } = await postAndDraw(world);
  await deliver(world, job, gpu);
  await escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
  await court.openCase(escrow, job.id, job.agreement);
  const { question } = await court.caseOf(escrow, job.id);
  await answerPanelRound(world, question);
  // The seed says who sits, whenever it is drawn.
  const snapshot = await ethers.provider.send("evm_snapshot", []);
  await panel.draw(question);
  const [firstId] = await panel.seatsOf(question, 0, false);
  const { unbondingEnds: endsAt } = await validators.validatorOf(firstId!);
  await ethers.provider.send("evm_revert", [snapshot]);
  await time.setNextBlockTimestamp(at(endsAt));
  await panel.draw(question);
  const ids = [...(await panel.seatsOf(question, 0, false))];
  const seats = ids.map((id) => pool.find((one) => one.id === id)!);
  const [first] = seats as [Validator];
  expect(first.id).to.equal(firstId);
  const withdraw: Racer = (overrides) =>
    validators.connect(first.owner).withdraw(first.id, first.owner.address, overrides);
  const paid = () => token.balanceOf(first.owner);
  return { world, job, gpu, question, seats, first, endsAt, withdraw, paid };
}

describe("The end of unbonding", () => {
  for (const otherFirst of [true, false]) {
    const order = otherFirst ? "before" : "after";

    describe(`of a GPU in dispute, ${order} its owner's withdrawal`, () => {
      it("a ruling in the last second of the dispute costs the lock (I22, I23)", async () => {
        const { world, job, gpu, stake, endsAt, withdraw, paid } = await disputed();
        const { escrow, arbiter, registry } = world;
        const resolver = await playedBy(arbiter);
        const rule: Racer = (overrides) =>
          escrow.connect(resolver).rule(job.id, job.agreement, Verdict.Invalid, digest("right"), overrides);
        expect(await race(endsAt, withdraw, rule, otherFirst)).to.deep.equal({ withdrawn: true, passed: true });
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
        const lock = potOf(job).compute * 5n * GWEI;
        expect(await paid()).to.equal(stake - lock);
        expect((await registry.gpuOf(gpu.id)).unbonding).to.equal(0n);
        await conserve(world);
      });

      it("a split in the next second frees the lock then (I23)", async () => {
        const { world, job, gpu, stake, endsAt, withdraw, paid } = await disputed();
        const { escrow, registry, actors } = world;
        const split: Racer = (overrides) =>
          escrow.connect(actors.stranger).splitDispute(job.id, job.agreement, overrides);
        expect(await race(endsAt + 1n, withdraw, split, otherFirst)).to.deep.equal({ withdrawn: true, passed: true });
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Split));
        const lock = potOf(job).compute * 5n * GWEI;
        expect(await paid()).to.equal(otherFirst ? stake : stake - lock);
        if (!otherFirst) await registry.connect(gpu.owner).withdraw(gpu.id, gpu.owner);
        expect(await paid()).to.equal(stake);
        await conserve(world);
      });
    });

    describe(`of a validator who sits, ${order} its withdrawal`, () => {
      it("the count of a panel that nobody voted on frees the seat, and slashes it first (I22)", async () => {
        const held = await seated(19, (endsAt) => endsAt - COMMITS - 1n);
        const { world, question, first, endsAt, withdraw, paid } = held;
        const tally: Racer = (overrides) => world.panel.tally(question, overrides);
        const done = await race(endsAt, withdraw, tally, otherFirst);
        expect(done).to.deep.equal({ withdrawn: otherFirst, passed: true });
        const { stake, openSeats } = await world.validators.validatorOf(first.id);
        const { minStakeGwei, silenceBps } = await world.validators.terms();
        const silence = (minStakeGwei * GWEI * silenceBps) / 10_000n;
        expect([stake, openSeats]).to.deep.equal([minStakeGwei * GWEI - silence, 0n]);
        if (!otherFirst) await world.validators.connect(first.owner).withdraw(first.id, first.owner);
        expect(await paid()).to.equal(TOKEN);
      });

      it("an appeal in its last second holds the seat, until the case ends by itself (I15, I22)", async () => {
        const held = await seated(17, (endsAt) => endsAt - APPEALS - COMMITS);
        const { world, job, gpu, question, seats, first, endsAt, withdraw, paid } = held;
        const { court, escrow, vault, validators, panel, pool, actors } = world;
        for (const [seat, { id, owner }] of seats.entries()) {
          const commitment = await panel.commitmentOf(question, id, WRONG, ethers.ZeroHash);
          await panel.connect(owner).commit(question, seat, commitment);
        }
        for (const seat of seats.keys()) await panel.reveal(question, seat, WRONG, ethers.ZeroHash);
        await time.setNextBlockTimestamp(endsAt - APPEALS);
        await panel.tally(question);
        expect((await panel.questionOf(question)).appealEnd).to.equal(endsAt);
        await fundRequester(world, gpu.owner);
        await vault.connect(gpu.owner).setAuthorisation(court, true);
        const appeal: Racer = (overrides) => court.connect(gpu.owner).appeal(escrow, job.id, job.agreement, overrides);
        expect(await race(endsAt, withdraw, appeal, otherFirst)).to.deep.equal({ withdrawn: false, passed: true });
        const mine = validators.connect(first.owner);
        await drawPanel(world, question, pool);
        await expect(mine.withdraw(first.id, first.owner))
          .to.be.revertedWithCustomError(validators, "ValidatorsSeatsOpen")
          .withArgs(first.id, 1);
        const { deadline } = await panel.questionOf(question);
        await time.setNextBlockTimestamp(deadline + 1n);
        await court.connect(actors.stranger).conclude(escrow, job.id, job.agreement);
        await mine.withdraw(first.id, first.owner);
        expect(await paid()).to.equal(TOKEN);
      });

      it("a verdict in the first second after the appeals frees it, whatever it voted (I22)", async () => {
        const held = await seated(16, (endsAt) => endsAt - APPEALS - COMMITS - REVEALS - 2n);
        const { world, job, question, seats, first, endsAt, withdraw, paid } = held;
        const { court, escrow, panel, validators } = world;
        // The first commits and does not reveal: silent, found out by the verdict alone.
        for (const [seat, { id, owner }] of seats.entries()) {
          const commitment = await panel.commitmentOf(question, id, WRONG, ethers.ZeroHash);
          await panel.connect(owner).commit(question, seat, commitment);
        }
        for (const seat of [...seats.keys()].slice(1)) await panel.reveal(question, seat, WRONG, ethers.ZeroHash);
        const { revealEnd } = await panel.questionOf(question);
        await time.setNextBlockTimestamp(revealEnd + 1n);
        await panel.tally(question);
        const { appealEnd, finding } = await panel.questionOf(question);
        expect([appealEnd + 1n, finding]).to.deep.equal([endsAt, Finding.Invalid]);
        const conclude: Racer = (overrides) => court.conclude(escrow, job.id, job.agreement, overrides);
        const done = await race(endsAt, withdraw, conclude, otherFirst);
        expect(done).to.deep.equal({ withdrawn: otherFirst, passed: true });
        const { stake } = await validators.validatorOf(first.id);
        const { minStakeGwei, silenceBps } = await validators.terms();
        expect(stake).to.equal(minStakeGwei * GWEI - (minStakeGwei * GWEI * silenceBps) / 10_000n);
        if (!otherFirst) await validators.connect(first.owner).withdraw(first.id, first.owner);
        expect(await paid()).to.equal(TOKEN);
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
      });
    });
  }
});
