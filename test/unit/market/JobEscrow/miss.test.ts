import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { payouts } from "../../../../src/model/payouts";
import { Answers__factory, SequencerFeed__factory } from "../../../../typechain-types";
import {
  assignedJob,
  changesSince,
  committedJob,
  deliveredJob,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  missOnce,
  moneyOf,
  NONE,
  overdue,
  placesOf,
  potOf,
  queueOf,
  setQueue,
  startOfDay,
  type Market,
} from "../../../fixtures/market";
import {
  addGpu,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  dueOf,
  GWEI,
  holderOf,
  postAndDraw,
  postJob,
  settle,
  Status,
  statusOf,
  vaultBalance,
} from "../../../fixtures/suite";

const callerPay = async ({ registry }: Market) => (await registry.callerPayGwei(CLASS.T4)) * GWEI;

describe("JobEscrow: miss", () => {
  it("is refused in every state but Assigned and Committed", async () => {
    const world = await loadFixture(deployMarket);
    const posted = await postJob(world, world.actors.requester, world.service);
    const { escrow, actors } = world;
    await expect(escrow.connect(actors.stranger).miss(posted.id, posted.agreement))
      .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
      .withArgs(posted.id, Status.Posted);
    const held = await deliveredJob();
    await overdue(held.world, held.job);
    await expect(held.world.escrow.connect(held.world.actors.stranger).miss(held.job.id, held.job.agreement))
      .to.be.revertedWithCustomError(held.world.escrow, "EscrowWrongStatus")
      .withArgs(held.job.id, Status.Delivered);
  });

  for (const [name, make] of [
    ["acceptance window", () => assignedJob()],
    [
      "heart-beat",
      async () => {
        const held = await assignedJob();
        await held.world.escrow.connect(held.gpu.operator).heartbeat(held.job.id, held.job.agreement, 1, NONE);
        return held;
      },
    ],
    ["reveal window", committedJob],
  ] as const) {
    it(`I15 after the ${name} is anyone's, not in its last second`, async () => {
      const { world, job, gpu } = await make();
      const { escrow, registry, actors } = world;
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await expect(escrow.connect(actors.stranger).miss(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(escrow.connect(actors.stranger).miss(job.id, job.agreement))
        .to.emit(escrow, "JobMissed")
        .withArgs(job.id, gpu.id, actors.stranger.address)
        .and.to.emit(escrow, "JobRequeued")
        .withArgs(job.id, CLASS.T4, true, 0);
      const { locked, active } = await registry.gpuOf(gpu.id);
      expect([locked, active]).to.deep.equal([0n, 0n]);
      expect(await fieldsOf(world, job)).to.deep.include({ status: 1n, gpu: 0n, due: 0n, elapsed: 0n, redrawn: true });
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
      await expect(escrow.connect(actors.stranger).miss(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Posted);
    });
  }

  it("pays the caller out of the GPU's stake at once, and nobody else", async () => {
    const { world, job, gpu } = await assignedJob();
    const { vault, registry, actors } = world;
    await vault.connect(world.actors.keeper).openAccount(actors.stranger);
    const before = await moneyOf(world);
    await missOnce(world, job);
    const pay = await callerPay(world);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({ [placesOf(world, gpu).stake]: -pay, "registry, credit of stranger": pay }),
    );
    await registry.connect(actors.stranger).collect(await vault.accountOf(actors.stranger));
    expect(await vaultBalance(world, actors.stranger)).to.equal(pay);
  });

  it("pays nothing to a caller without an account", async () => {
    const { world, job } = await assignedJob();
    const before = await moneyOf(world);
    await missOnce(world, job);
    expect(await changesSince(world, before)).to.deep.equal({});
  });

  for (const party of ["requester", "modelOwner", "datasetOwner", "operator", "owner"] as const) {
    it(`pays nothing to the ${party}, who is a party of the job`, async () => {
      const { world, job, gpu } = await assignedJob();
      const caller = party === "operator" ? gpu.operator : party === "owner" ? gpu.owner : world.actors[party];
      await world.vault.connect(world.actors.keeper).openAccount(caller);
      const before = await moneyOf(world);
      await missOnce(world, job, caller);
      expect(await changesSince(world, before)).to.deep.equal({});
    });
  }

  it("pays the owner of another GPU, who is no party", async () => {
    const { world, job, gpu } = await assignedJob();
    const other = world.gpus.find(({ id }) => id !== gpu.id)!;
    await missOnce(world, job, other.owner);
    expect(await world.registry.creditOf(other.ownerAccount)).to.equal(await callerPay(world));
  });

  describe("of a named GPU", () => {
    const namedJob = async () => {
      const world = await loadFixture(deployMarket);
      const gpu = world.gpus[0]!;
      await world.vault.connect(world.actors.stranger).openAccount(world.actors.stranger);
      const before = await moneyOf(world);
      const job = await postJob(world, world.actors.requester, world.service, { namedGpu: gpu.id });
      return { world, gpu, before, job };
    };

    it("that never answered costs it nothing, or anyone could name it for the caller's pay", async () => {
      const { world, job, before, gpu } = await namedJob();
      await missOnce(world, job);
      expect(await changesSince(world, before)).to.deep.equal({});
      const { locked, active } = await world.registry.gpuOf(gpu.id);
      expect([locked, active]).to.deep.equal([0n, 0n]);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
    });

    for (const sign of ["heart-beat", "commit"] as const) {
      it(`that gave a ${sign} and then went silent pays the caller`, async () => {
        const { world, job, before, gpu } = await namedJob();
        const { escrow } = world;
        if (sign === "commit") await escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("x"));
        else await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
        await missOnce(world, job);
        const pay = await callerPay(world);
        expect(await changesSince(world, before)).to.deep.equal(
          expected({ [placesOf(world, gpu).stake]: -pay, "registry, credit of stranger": pay }),
        );
      });
    }
  });

  it("of a commit that is not revealed counts with the greatest loss", async () => {
    const silent = await assignedJob();
    await missOnce(silent.world, silent.job);
    const sealed = await committedJob();
    await missOnce(sealed.world, sealed.job);
    expect(await sealed.world.registry.scoreOf(sealed.gpu.ownerAccount)).to.equal(40_000_000n);
  });

  it("of a commit costs more than silence once there is a record", async () => {
    const losses: bigint[] = [];
    for (const seals of [false, true]) {
      const world = await loadFixture(deployMarket);
      const { registry, gpus } = world;
      await startOfDay();
      for (const other of gpus.slice(1)) await registry.connect(other.owner).setPaused(other.id, true);
      const good = await postAndDraw(world, world.actors.requester2);
      await deliver(world, good.job, good.gpu);
      await settle(world, good.job);
      const { job, gpu } = await postAndDraw(world);
      if (seals) await world.escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("garbage"));
      const before = await registry.scoreOf(gpu.ownerAccount);
      await missOnce(world, job);
      losses.push(before - (await registry.scoreOf(gpu.ownerAccount)));
    }
    // One of two done: 1 + 9 x 1/2 points against the full 10.
    expect(losses).to.deep.equal([5_500_000n, 10_000_000n]);
  });

  it("lets another GPU finish for full pay, which raises no score", async () => {
    const { world, job } = await assignedJob();
    const { registry } = world;
    await missOnce(world, job);
    await drawRound(world, [CLASS.T4]);
    const gpu = await holderOf(world, job, world.gpus);
    const [score, balance] = [await registry.scoreOf(gpu.ownerAccount), await vaultBalance(world, gpu.owner)];
    await deliver(world, job, gpu);
    await settle(world, job);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
    expect((await vaultBalance(world, gpu.owner)) - balance).to.equal(potOf(job).compute * GWEI);
    await conserve(world);
  });

  it("I15 after the third draw closes the job with a refund of all but the draw fees", async () => {
    const { world, job } = await assignedJob();
    const before = await vaultBalance(world, job.requester);
    for (let draw = 1; draw <= 3; draw += 1) {
      expect((await fieldsOf(world, job)).attempt).to.equal(BigInt(draw));
      await missOnce(world, job);
      if (draw < 3) await drawRound(world, [CLASS.T4]);
    }
    const { status, refundDue } = await fieldsOf(world, job);
    expect([status, refundDue]).to.deep.equal([BigInt(Status.Expired), false]);
    const { requester } = payouts("refunded", potOf(job), await historyOf(world, job), 0n);
    expect((await vaultBalance(world, job.requester)) - before).to.equal(requester * GWEI);
    await conserve(world);
  });

  it("closes the job with a refund when the front line is full", async () => {
    const { world, job, gpu } = await assignedJob();
    await setQueue(world, CLASS.T4, { frontHead: 5n, frontTail: 5n + 4_096n });
    await missOnce(world, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
    expect([...(await world.registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
    expect((await queueOf(world, CLASS.T4)).frontTail).to.equal(5n + 4_096n);
  });

  it("takes what is left of a stake that does not cover the caller's pay", async () => {
    const world = await loadFixture(deployMarket);
    const { registry, escrow, vault, actors, service } = world;
    const gpu = await addGpu(world, actors.stranger);
    const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
    await escrow.connect(actors.stranger).heartbeat(job.id, job.agreement, 0, NONE);
    await registry.connect(actors.stranger).beginUnbond(gpu.id, (await registry.gpuOf(gpu.id)).stake);
    await overdue(world, job);
    await vault.connect(world.actors.keeper).openAccount(actors.keeper);
    await escrow.connect(actors.keeper).miss(job.id, job.agreement);
    // The tranche that unbonds pays, since nothing else is in force.
    expect(await registry.creditOf(await vault.accountOf(actors.keeper))).to.equal(await callerPay(world));
    await conserve(world);
  });

  describe("given a sequencer feed", () => {
    async function fed(down: bigint) {
      const held = await assignedJob();
      const { escrow, actors } = held.world;
      const feed = await new SequencerFeed__factory(actors.deployer).deploy();
      await escrow.connect(actors.owner).setSequencerFeed(feed);
      await overdue(held.world, held.job);
      await feed.set(down, await time.latest());
      const since = await time.latest();
      const report = () => escrow.connect(actors.stranger).miss(held.job.id, held.job.agreement);
      return { ...held, feed, report, since };
    }

    it("does not run while it reports down, however long", async () => {
      const { world, report } = await fed(1n);
      await expect(report()).to.be.revertedWithCustomError(world.escrow, "EscrowSequencerDown");
      await time.increase(10 * HOUR);
      await expect(report()).to.be.revertedWithCustomError(world.escrow, "EscrowSequencerDown");
    });

    it("runs an hour after it came back, not a second before", async () => {
      const { world, job, feed, report } = await fed(0n);
      const back = (await time.latest()) + 100;
      await feed.set(0, back);
      await time.setNextBlockTimestamp(back + HOUR - 1);
      await expect(report()).to.be.revertedWithCustomError(world.escrow, "EscrowSequencerDown");
      await time.setNextBlockTimestamp(back + HOUR);
      await report();
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
    });

    for (const broken of [
      "reverts",
      "has no code",
      "began in the future",
      "answers one word",
      "answers nothing",
      "burns its gas",
    ] as const) {
      it(`runs when it ${broken}: a broken feed must not keep jobs open`, async () => {
        const { world, job, feed } = await fed(0n);
        const { escrow, actors } = world;
        if (broken === "reverts") await feed.setBroken(true);
        if (broken === "began in the future") await feed.set(0, (await time.latest()) + 10 * 86_400);
        if (broken === "has no code") await escrow.connect(actors.owner).setSequencerFeed(actors.stranger);
        const mode = { "answers one word": 0, "answers nothing": 5, "burns its gas": 3 }[broken as string];
        if (mode !== undefined) {
          const answers = await new Answers__factory(actors.deployer).deploy();
          await answers.setMode(mode);
          await escrow.connect(actors.owner).setSequencerFeed(answers);
        }
        await escrow.connect(actors.stranger).miss(job.id, job.agreement, { gasLimit: 3_000_000 });
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
      });
    }

    it("leaves everything that penalises nobody open while it reports down", async () => {
      const { world, feed } = await fed(1n);
      const { escrow, actors, service } = world;
      const gone = await postJob(world, actors.requester, service);
      await escrow.connect(gone.requester).cancel(gone.id, gone.agreement, gone.ticket, false);
      const { job, gpu } = await postAndDraw(world, actors.requester2);
      await deliver(world, job, gpu);
      await feed.set(1, await time.latest());
      await settle(world, job, { silence: true });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    });
  });
});
