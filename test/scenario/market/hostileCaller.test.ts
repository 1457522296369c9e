/** Callers of timeouts: too early, for their own party, twice, or with another's agreement. Everyone's money. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { SequencerFeed__factory } from "../../../typechain-types";
import {
  assignedJob,
  changesSince,
  committedJob,
  deliveredJob,
  disputedJob,
  drawFeeOf,
  expected,
  fieldsOf,
  HOUR,
  missOnce,
  moneyOf,
  overdue,
  placesOf,
  type HeldJob,
  type Market,
} from "../../fixtures/market";
import {
  addGpu,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  drawRound,
  dueOf,
  fundRequester,
  GWEI,
  type Job,
  postAndDraw,
  postJob,
  requestRound,
  Status,
  statusOf,
  TOKEN,
} from "../../fixtures/suite";

/** Opens an account for everyone, so that a caller who is paid nothing is so for what it is. */
async function withAccounts(held: HeldJob): Promise<HeldJob> {
  const { vault, actors } = held.world;
  for (const actor of Object.values(actors)) await vault.connect(actors.stranger).openAccount(actor);
  return held;
}

describe("scenario: hostile caller of timeouts", () => {
  describe("a miss pays whoever reports it, out of the stake at fault, but no party of the job", () => {
    const parties: Record<string, { pays: boolean; who: (held: HeldJob) => HardhatEthersSigner }> = {
      "a stranger": { pays: true, who: ({ world }) => world.actors.stranger },
      "the keeper who requested the round": { pays: true, who: ({ world }) => world.actors.keeper },
      "the owner of another GPU": {
        pays: true,
        who: ({ world, gpu }) => world.gpus.find(({ id }) => id !== gpu.id)!.owner,
      },
      "another requester": { pays: true, who: ({ world }) => world.actors.requester2 },
      "the arbiter": { pays: true, who: ({ world }) => world.actors.arbiter },
      "the requester": { pays: false, who: ({ world }) => world.actors.requester },
      "the model's owner": { pays: false, who: ({ world }) => world.actors.modelOwner },
      "the dataset's owner": { pays: false, who: ({ world }) => world.actors.datasetOwner },
      "the operator": { pays: false, who: ({ gpu }) => gpu.operator },
      "the GPU's owner": { pays: false, who: ({ gpu }) => gpu.owner },
    };
    for (const [name, { pays, who }] of Object.entries(parties)) {
      for (const state of ["assigned", "committed"] as const) {
        it(`${name} gets ${pays ? "the caller's pay" : "nothing"} for a job that is ${state}`, async () => {
          const held = await withAccounts(await (state === "assigned" ? assignedJob() : committedJob()));
          const { world, job, gpu } = held;
          const caller = who(held);
          const before = await moneyOf(world);
          await missOnce(world, job, caller);
          const pay = pays ? (await world.registry.callerPayGwei(CLASS.T4)) * GWEI : 0n;
          const role = Object.entries(world.actors).find(([, { address }]) => address === caller.address)![0];
          expect(await changesSince(world, before)).to.deep.equal(
            expected({ [placesOf(world, gpu).stake]: -pay, [`registry, credit of ${role}`]: pay }),
          );
        });
      }
    }
  });

  it("an owner who reports itself through a fresh key still pays, and gains nothing", async () => {
    const { world, job, gpu } = await assignedJob();
    const sybil = ethers.Wallet.createRandom(ethers.provider);
    await world.actors.faucet.sendTransaction({ to: sybil.address, value: 10n ** 18n });
    await world.vault.connect(world.actors.stranger).openAccount(sybil.address);
    const before = await moneyOf(world, { sybil: sybil.address });
    await overdue(world, job);
    await world.escrow.connect(sybil).miss(job.id, job.agreement);
    const pay = (await world.registry.callerPayGwei(CLASS.T4)) * GWEI;
    expect(await changesSince(world, before, { sybil: sybil.address })).to.deep.equal(
      expected({ [placesOf(world, gpu).stake]: -pay, "registry, credit of sybil": pay }),
    );
    expect(await world.registry.scoreOf(gpu.ownerAccount)).to.equal(40_000_000n);
  });

  it("a caller cannot report the same miss twice, nor the next attempt before its time", async () => {
    const { world, job } = await assignedJob();
    const { escrow, registry, vault, actors } = world;
    await vault.connect(actors.stranger).openAccount(actors.stranger);
    await missOnce(world, job);
    const again = () => escrow.connect(actors.stranger).miss(job.id, job.agreement);
    await expect(again()).to.be.revertedWithCustomError(escrow, "EscrowWrongStatus").withArgs(job.id, Status.Posted);
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
    await expect(again())
      .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
      .withArgs(job.id, await dueOf(world, job));
    const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
    expect(await registry.creditOf(await vault.accountOf(actors.stranger))).to.equal(pay);
  });

  describe("where nobody is at fault a caller gets nothing", () => {
    const timeouts: Record<
      string,
      () => Promise<{ world: Market; run: (by: HardhatEthersSigner) => Promise<unknown> }>
    > = {
      "expiry of a waiting job": async () => {
        const world = await loadFixture(deployMarket);
        const job = await postJob(world, world.actors.requester, world.service);
        await time.increase(8 * 86_400);
        return {
          world,
          run: (by) => world.escrow.connect(by).expire(job.id, job.agreement, job.ticket, false),
        };
      },
      silence: async () => {
        const { world, job } = await deliveredJob();
        await overdue(world, job);
        return { world, run: (by) => world.escrow.connect(by).settle(job.id, job.agreement) };
      },
      "silence, many at once": async () => {
        const { world, job } = await deliveredJob();
        await overdue(world, job);
        return { world, run: (by) => world.escrow.connect(by).settleMany([job.id], [job.agreement]) };
      },
      "a dispute without a ruling": async () => {
        const { world, job } = await disputedJob();
        await overdue(world, job);
        return { world, run: (by) => world.escrow.connect(by).splitDispute(job.id, job.agreement) };
      },
      "a refund that is due": async () => {
        const world = await loadFixture(deployMarket);
        const job = await postJob(world, world.actors.requester, world.service);
        await requestRound(world, [CLASS.T4]);
        await time.increase(600);
        await world.escrow.connect(world.actors.keeper).closeRound(CLASS.T4, 1);
        return { world, run: (by) => world.escrow.connect(by).refund(job.id, job.agreement) };
      },
    };
    for (const [name, make] of Object.entries(timeouts)) {
      it(name, async () => {
        const { world, run } = await make();
        const { actors, vault, registry, escrow } = world;
        const account = await vault.openAccount.staticCall(actors.stranger);
        await vault.connect(actors.stranger).openAccount(actors.stranger);
        await run(actors.stranger);
        const earned = [
          await vault.balanceOf(account),
          await registry.creditOf(account),
          await escrow.drawFeesOf(actors.stranger),
        ];
        expect(earned).to.deep.equal([0n, 0n, 0n]);
        await conserve(world);
      });
    }
  });

  it("whoever closes a round earns one draw fee a job, even a party, and no more than the reserve holds", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, actors } = world;
    const before = await moneyOf(world);
    const job = await postJob(world, actors.requester, world.service);
    await requestRound(world, [CLASS.T4]);
    await time.increase(600);
    await escrow.connect(actors.requester).closeRound(CLASS.T4, 1);
    await escrow.connect(actors.requester).refund(job.id, job.agreement);
    await escrow.connect(actors.requester).collect();
    expect(await changesSince(world, before)).to.deep.equal({});
    expect((await fieldsOf(world, job)).drawFees).to.equal(1n);
    expect(drawFeeOf(job)).to.be.greaterThan(0n);
  });

  it("while the sequencer is down only the miss waits; every other timeout runs", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, actors, service } = world;
    for (const owner of [actors.keeper, actors.attester, actors.stranger]) await addGpu(world, owner);
    const gpuOf = async (job: Job) => {
      const { gpu } = await fieldsOf(world, job);
      const { operator } = await registry.gpuOf(gpu);
      return { ...world.gpus[0]!, id: gpu, operator: await ethers.getSigner(operator) };
    };
    const make = async (requester = actors.requester) => {
      const job = await postJob(world, requester, service);
      while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
      return job;
    };
    const [late, silent, disputed] = [await make(), await make(actors.requester2), await make()];
    await deliver(world, silent, await gpuOf(silent));
    await deliver(world, disputed, await gpuOf(disputed));
    await escrow.connect(disputed.requester).reject(disputed.id, disputed.agreement, ethers.ZeroHash);
    const waiting = await postJob(world, actors.requester, service);
    const closing = await postJob(world, actors.requester2, service);
    const feed = await new SequencerFeed__factory(actors.deployer).deploy();
    await escrow.connect(actors.owner).setSequencerFeed(feed);
    await feed.set(1, await time.latest());

    const by = escrow.connect(actors.stranger);
    await escrow.connect(waiting.requester).cancel(waiting.id, waiting.agreement, waiting.ticket, false);
    await requestRound(world, [CLASS.T4]);
    await time.increase(HOUR);
    await by.closeRound(CLASS.T4, 5);
    await by.refund(closing.id, closing.agreement);
    const expiring = await postJob(world, actors.requester, service, { ring: 9 });
    await time.increase(30 * 86_400);
    await by.expire(expiring.id, expiring.agreement, expiring.ticket, false);
    await by.settle(silent.id, silent.agreement);
    await by.splitDispute(disputed.id, disputed.agreement);
    await expect(by.miss(late.id, late.agreement)).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
    const ends = [silent, disputed, waiting, closing, expiring];
    expect(await Promise.all(ends.map((job) => statusOf(world, job)))).to.deep.equal(
      [Status.Settled, Status.Split, Status.Cancelled, Status.Expired, Status.Expired].map(BigInt),
    );

    await feed.set(0, await time.latest());
    await time.increase(HOUR);
    await by.miss(late.id, late.agreement);
    expect(await statusOf(world, late)).to.equal(BigInt(Status.Posted));
    await conserve(world);
  });

  it("a griefer who posts and cancels costs whoever draws one step a job; the honest job behind comes in the same round", async () => {
    const world = await loadFixture(deployMarket);
    const { actors, service, escrow, registry } = world;
    const griefer = actors.faucet;
    await fundRequester(world, griefer, 1_000n * TOKEN);
    const before = await moneyOf(world);
    const dust: Job[] = [];
    for (let ring = 0; ring < 40; ring += 1) dust.push(await postJob(world, griefer, service, { ring }));
    for (const job of dust) await escrow.connect(griefer).cancel(job.id, job.agreement, job.ticket, false);
    expect(await changesSince(world, before)).to.deep.equal({});
    const job = await postJob(world, actors.requester, service);
    await requestRound(world, [CLASS.T4]);
    expect((await registry.openRoundInfo()).remaining).to.equal(41n);
    expect(await escrow.connect(actors.keeper).assign.staticCall(CLASS.T4, 40)).to.equal(40n);
    await escrow.connect(actors.keeper).assign(CLASS.T4, 40);
    expect(await escrow.drawFeesOf(actors.keeper)).to.equal(0n);
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) {
      await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
    }
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
  });
});
