import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { payouts } from "../../../../src/model/payouts";
import {
  assignedJob,
  changesSince,
  deliveredJob,
  disputedJob,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  moneyOf,
  overdue,
  placesOf,
  playedBy,
  potOf,
  raceAt,
  RESULT,
  settingsOf,
  startOfDay,
  type Market,
} from "../../../fixtures/market";
import {
  addService,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  dueOf,
  eventsOf,
  GWEI,
  holderOf,
  type Job,
  mined,
  postAndDraw,
  postJob,
  settle,
  Status,
  statusOf,
  TOKEN,
  vaultBalance,
} from "../../../fixtures/suite";

/** Several delivered jobs of both requesters and one that is not. */
async function deliveredBatch(): Promise<{ world: Market; jobs: Job[] }> {
  const world = await loadFixture(deployMarket);
  const { actors, service } = world;
  const jobs = [
    await postJob(world, actors.requester, service),
    await postJob(world, actors.requester2, service),
    await postJob(world, actors.requester, service),
  ];
  await drawRound(world, [CLASS.T4]);
  for (const job of jobs.slice(0, 2)) await deliver(world, job, await holderOf(world, job, world.gpus));
  return { world, jobs };
}

describe("JobEscrow: settle", () => {
  it("I14 before the due time is the requester's alone", async () => {
    const { world, job, gpu } = await deliveredJob();
    const { escrow, actors } = world;
    const due = await dueOf(world, job);
    for (const by of [actors.stranger, actors.requester2, gpu.operator, gpu.owner, actors.owner, actors.arbiter]) {
      await expect(escrow.connect(by).settle(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
    }
    await settle(world, job);
  });

  it("is refused twice, and of a job that is not delivered", async () => {
    const { world, job } = await deliveredJob();
    await settle(world, job);
    await expect(settle(world, job))
      .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
      .withArgs(job.id, Status.Settled);
    const held = await assignedJob();
    await expect(held.world.escrow.connect(held.job.requester).settle(held.job.id, held.job.agreement))
      .to.be.revertedWithCustomError(held.world.escrow, "EscrowWrongStatus")
      .withArgs(held.job.id, Status.Assigned);
  });

  it("I12 I13 accepted by the requester: every line goes where the agreement says, to the wei", async () => {
    const held = await deliveredJob();
    const { world, job, gpu } = held;
    const { escrow, registry } = world;
    const before = await moneyOf(world);
    const score = await registry.scoreOf(gpu.ownerAccount);
    const { compute, modelRoyalty, datasetRoyalty, protocolFee, reviewFee, drawReserve } = potOf(job);
    const { drawFees } = await fieldsOf(world, job);
    const receipt = await settle(world, job);
    expect(eventsOf(receipt, escrow, "JobSettled")[0]?.args.toArray()).to.deep.equal([
      job.id,
      gpu.id,
      compute * GWEI,
      false,
    ]);
    const unspent = drawReserve - drawFees * potOf(job).drawUnit * 100_000n;
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        [placesOf(world, gpu).account]: compute * GWEI,
        "vault account of requester": (unspent + reviewFee) * GWEI,
        "vault, fees of escrow": protocolFee * GWEI,
        "vault, held for assets": (modelRoyalty + datasetRoyalty) * GWEI,
        "vault, held for escrow": -(compute + unspent + reviewFee + protocolFee + modelRoyalty + datasetRoyalty) * GWEI,
      }),
    );
    expect(await world.vault.heldBy(escrow)).to.equal(await escrow.drawFeesOf(world.actors.keeper));
    expect(await registry.scoreOf(gpu.ownerAccount)).to.be.greaterThan(score);
    expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([1n, 1n]);
    expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
  });

  it("pays the model's owner and the dataset's owner through the asset registry", async () => {
    const { world, job } = await deliveredJob();
    const { assets, service, actors } = world;
    await settle(world, job);
    const { modelRoyalty, datasetRoyalty } = potOf(job);
    for (const asset of [service.model, service.dataset]) await assets.connect(actors.stranger).claim(asset);
    expect(await vaultBalance(world, actors.modelOwner)).to.equal(modelRoyalty * GWEI);
    expect(await vaultBalance(world, actors.datasetOwner)).to.equal(datasetRoyalty * GWEI);
    await conserve(world);
  });

  for (const [free, prices] of [
    ["model", { modelPrice: 0n }],
    ["dataset", { datasetPrice: 0n }],
  ] as const) {
    it(`I12 with a free ${free} counts a use of the other asset alone, and pays its owner alone`, async () => {
      const world = await loadFixture(deployMarket);
      const { assets, vault, actors } = world;
      const service = await addService(world, { label: `free ${free}`, ...prices });
      const { job, gpu } = await postAndDraw({ ...world, service });
      const { modelRoyalty, datasetRoyalty } = potOf(job);
      expect([modelRoyalty === 0n, datasetRoyalty === 0n]).to.deep.equal([free === "model", free === "dataset"]);
      await deliver(world, job, gpu);
      await settle(world, job);
      expect(await vault.heldBy(assets)).to.equal((modelRoyalty + datasetRoyalty) * GWEI);
      for (const [asset, royalty, owner] of [
        [service.model, modelRoyalty, actors.modelOwner],
        [service.dataset, datasetRoyalty, actors.datasetOwner],
      ] as const) {
        expect((await assets.assetOf(asset)).uses).to.equal(royalty === 0n ? 0n : 1n);
        await assets.connect(actors.stranger).claim(asset);
        expect(await vaultBalance(world, owner)).to.equal(royalty * GWEI);
      }
      await conserve(world);
    });
  }

  it("I15 by silence is anyone's after the window, with half the gain and the same money", async () => {
    const held = await deliveredJob();
    const { world, job, gpu } = held;
    const { escrow, registry, actors } = world;
    const due = await dueOf(world, job);
    await time.setNextBlockTimestamp(due);
    await expect(escrow.connect(actors.stranger).settle(job.id, job.agreement))
      .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
      .withArgs(job.id, due);
    const before = await moneyOf(world);
    const score = await registry.scoreOf(gpu.ownerAccount);
    await time.setNextBlockTimestamp(due + 1n);
    await expect(escrow.connect(actors.stranger).settle(job.id, job.agreement))
      .to.emit(escrow, "JobSettled")
      .withArgs(job.id, gpu.id, potOf(job).compute * GWEI, true);
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    expect(await changesSince(world, before)).to.deep.include({
      [placesOf(world, gpu).account]: s.owner * GWEI,
      "vault account of requester": s.requester * GWEI,
    });
    const silent = (await registry.scoreOf(gpu.ownerAccount)) - score;
    const twin = await deliveredJob();
    const start = await twin.world.registry.scoreOf(twin.gpu.ownerAccount);
    await settle(twin.world, twin.job);
    const full = (await twin.world.registry.scoreOf(twin.gpu.ownerAccount)) - start;
    expect(silent).to.equal(full / 2n);
  });

  it("by the requester in the due second is acceptance, one second later silence", async () => {
    for (const [late, bySilence] of [
      [0n, false],
      [1n, true],
    ] as const) {
      const { world, job, gpu } = await deliveredJob();
      await time.setNextBlockTimestamp((await dueOf(world, job)) + late);
      await expect(world.escrow.connect(job.requester).settle(job.id, job.agreement))
        .to.emit(world.escrow, "JobSettled")
        .withArgs(job.id, gpu.id, potOf(job).compute * GWEI, bySilence);
    }
  });

  describe("races in the due second", () => {
    for (const order of ["first", "last"] as const) {
      it(`a rejection that comes ${order} passes in the due second, silence in the next`, async () => {
        for (const late of [0n, 1n]) {
          const { world, job } = await deliveredJob();
          const reject = (overrides: object) =>
            world.escrow.connect(job.requester).reject(job.id, job.agreement, digest("why"), overrides);
          const silence = (overrides: object) =>
            world.escrow.connect(world.actors.stranger).settle(job.id, job.agreement, overrides);
          const racers = order === "first" ? [reject, silence] : [silence, reject];
          const passed = await raceAt((await dueOf(world, job)) + late, racers);
          const [rejected, settled] = order === "first" ? passed : [...passed].reverse();
          expect([rejected, settled]).to.deep.equal(late === 0n ? [true, false] : [false, true]);
          expect(await statusOf(world, job)).to.equal(BigInt(late === 0n ? Status.Disputed : Status.Settled));
          await conserve(world);
        }
      });
    }
  });

  it("raises no score for a second job of the same requester that day", async () => {
    const world = await loadFixture(deployMarket);
    const { registry } = world;
    await startOfDay();
    const { job, gpu } = await postAndDraw(world);
    await deliver(world, job, gpu);
    await settle(world, job);
    const score = await registry.scoreOf(gpu.ownerAccount);
    for (const other of world.gpus) {
      if (other.id !== gpu.id) await registry.connect(other.owner).setPaused(other.id, true);
    }
    const again = await postJob(world, world.actors.requester, world.service);
    await drawRound(world, [CLASS.T4]);
    await deliver(world, again, gpu);
    await settle(world, again);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
    expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([2n, 2n]);
  });

  it("I18 pays what was agreed when fees, settings and prices have changed since", async () => {
    const { world, job, gpu } = await deliveredJob();
    const { escrow, catalog, assets, registry, actors, service } = world;
    const { compute, modelRoyalty, datasetRoyalty, protocolFee } = potOf(job);
    await escrow.connect(actors.owner).setSettings({ ...(await settingsOf(world)), lockFactor: 50, reviewHours: 168 });
    const fees = { feeBps: 1_000, drawUnitGwei: 900_000_000n, validatorFeeGwei: 900_000_000n };
    await catalog.connect(actors.owner).setFees(fees);
    await catalog.connect(actors.owner).list(service.id, 10, 6_000, true);
    await assets.connect(actors.modelOwner).setPrice(service.model, TOKEN / GWEI);
    const owner = await vaultBalance(world, gpu.owner);
    const held = await world.vault.heldBy(escrow);
    await settle(world, job);
    expect((await vaultBalance(world, gpu.owner)) - owner).to.equal(compute * GWEI);
    expect(await world.vault.feesOf(escrow)).to.equal(protocolFee * GWEI);
    expect(await world.vault.heldBy(assets)).to.equal((modelRoyalty + datasetRoyalty) * GWEI);
    expect(held - (await world.vault.heldBy(escrow))).to.equal(job.total - (await escrow.drawFeesOf(actors.keeper)));
    expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
  });

  it("I16 leaves every other job and claim as it was", async () => {
    const { world, jobs } = await deliveredBatch();
    const { escrow } = world;
    const [one, ...others] = jobs as [Job, Job, Job];
    const stateOf = (job: Job) =>
      Promise.all([escrow.jobOf(job.id), escrow.agreementHashOf(job.id), escrow.resultOf(job.id)]);
    const before = await Promise.all(others.map(stateOf));
    const held = await world.vault.heldBy(escrow);
    await settle(world, one);
    expect(await Promise.all(others.map(stateOf))).to.deep.equal(before);
    const { drawFees } = await fieldsOf(world, one);
    const paid = one.total - drawFees * potOf(one).drawUnit * 10n ** 14n;
    expect(held - (await world.vault.heldBy(escrow))).to.equal(paid);
  });

  it("I44 goes on while escrow and registry are stopped", async () => {
    const { world, job } = await deliveredJob();
    await world.escrow.connect(world.actors.owner).setPaused(true);
    await world.registry.connect(world.actors.owner).setWorkStopped(true);
    await settle(world, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
  });

  it("pays an owner whose GPU has since begun to leave", async () => {
    const { world, job, gpu } = await deliveredJob();
    const { registry } = world;
    await registry.connect(gpu.owner).beginUnbond(gpu.id, (await registry.gpuOf(gpu.id)).stake);
    const before = await vaultBalance(world, gpu.owner);
    await settle(world, job, { silence: true });
    expect((await vaultBalance(world, gpu.owner)) - before).to.equal(potOf(job).compute * GWEI);
    expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
    await conserve(world);
  });
});

describe("JobEscrow: settleMany", () => {
  it("refuses lists of different lengths", async () => {
    const { world, jobs } = await deliveredBatch();
    const { escrow, actors } = world;
    for (const [ids, agreements] of [
      [jobs.slice(0, 1), jobs],
      [jobs, jobs.slice(1)],
    ] as const) {
      const settling = escrow.connect(actors.stranger).settleMany(
        ids.map(({ id }) => id),
        agreements.map(({ agreement }) => agreement),
      );
      await expect(settling)
        .to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds")
        .withArgs(agreements.length, ids.length, ids.length);
    }
  });

  it("of nothing settles nothing", async () => {
    const { world } = await deliveredBatch();
    expect(await world.escrow.connect(world.actors.stranger).settleMany.staticCall([], [])).to.equal(0n);
    await world.escrow.connect(world.actors.stranger).settleMany([], []);
  });

  it("settles what silence accepts, by anyone, and pays as one by one", async () => {
    const { world, jobs } = await deliveredBatch();
    const { escrow, actors } = world;
    const [one, two] = jobs as [Job, Job, Job];
    await overdue(world, two);
    const before = await moneyOf(world);
    const ids = [one.id, two.id];
    const agreements = [one.agreement, two.agreement];
    expect(await escrow.connect(actors.stranger).settleMany.staticCall(ids, agreements)).to.equal(2n);
    const snapshot = await ethers.provider.send("evm_snapshot", []);
    await escrow.connect(actors.stranger).settleMany(ids, agreements);
    const together = await changesSince(world, before);
    await ethers.provider.send("evm_revert", [snapshot]);
    for (const job of [one, two]) await escrow.connect(actors.stranger).settle(job.id, job.agreement);
    expect(await changesSince(world, before)).to.deep.equal(together);
  });

  it("skips, with an event each, every kind of row that cannot be settled, and settles the others", async () => {
    const { world, jobs } = await deliveredBatch();
    const { escrow, actors } = world;
    const [one, two, assigned] = jobs as [Job, Job, Job];
    await overdue(world, one);
    await overdue(world, two);
    const rows: [bigint, Job["agreement"], boolean][] = [
      [assigned.id, assigned.agreement, false],
      [one.id, two.agreement, false],
      [one.id, { ...one.agreement, note: digest("another") }, false],
      [one.id + 1n, one.agreement, false],
      [one.id - 1n, one.agreement, false],
      [0n, one.agreement, false],
      [2n ** 100n, one.agreement, false],
      [one.id, one.agreement, true],
      [one.id, one.agreement, false],
      [two.id, two.agreement, true],
    ];
    const receipt = await mined(
      escrow.connect(actors.stranger).settleMany(
        rows.map(([id]) => id),
        rows.map(([, agreement]) => agreement),
      ),
    );
    expect(eventsOf(receipt, escrow, "SettlementSkipped").map(({ args }) => args["jobId"] as bigint)).to.deep.equal(
      rows.filter(([, , settles]) => !settles).map(([id]) => id),
    );
    expect(eventsOf(receipt, escrow, "JobSettled").map(({ args }) => args["jobId"] as bigint)).to.deep.equal([
      one.id,
      two.id,
    ]);
    expect(await statusOf(world, assigned)).to.equal(BigInt(Status.Assigned));
    await conserve(world);
  });

  it("before the due time settles only the caller's own rows", async () => {
    const { world, jobs } = await deliveredBatch();
    const { escrow, actors } = world;
    const [one, two] = jobs as [Job, Job, Job];
    await expect(escrow.connect(actors.requester).settleMany([one.id, two.id], [one.agreement, two.agreement]))
      .to.emit(escrow, "SettlementSkipped")
      .withArgs(two.id);
    expect(await statusOf(world, one)).to.equal(BigInt(Status.Settled));
    expect(await statusOf(world, two)).to.equal(BigInt(Status.Delivered));
  });

  it("in the due second leaves a job to its requester, in the next takes it", async () => {
    const { world, job } = await deliveredJob();
    const due = await dueOf(world, job);
    for (const [at, settled] of [
      [due, 0n],
      [due + 1n, 1n],
    ] as const) {
      await time.setNextBlockTimestamp(at);
      await world.escrow.connect(world.actors.stranger).settleMany([job.id], [job.agreement]);
      const ended = (await statusOf(world, job)) === BigInt(Status.Settled);
      expect(ended).to.equal(settled === 1n);
    }
  });
});

describe("JobEscrow: trainedBy", () => {
  it("names the requester of a settled job for its result only", async () => {
    const { world, job } = await deliveredJob();
    const { escrow, actors } = world;
    expect(await escrow.trainedBy(job.id, RESULT)).to.equal(ethers.ZeroAddress);
    await settle(world, job);
    expect(await escrow.trainedBy(job.id, RESULT)).to.equal(actors.requester.address);
    expect(await escrow.trainedBy(job.id, digest("other"))).to.equal(ethers.ZeroAddress);
    for (const id of [job.id + 1n, job.id - 1n, job.id + (1n << 32n), 0n]) {
      expect(await escrow.trainedBy(id, RESULT)).to.equal(ethers.ZeroAddress);
    }
    await postJob(world, actors.requester, world.service, { ring: 0 });
    expect(await escrow.trainedBy(job.id, RESULT)).to.equal(ethers.ZeroAddress);
  });

  it("names nobody for a job that was refunded or split", async () => {
    const held = await disputedJob();
    const { world, job } = held;
    const resolver = await playedBy(world.arbiter);
    const snapshot = await ethers.provider.send("evm_snapshot", []);
    await world.escrow.connect(resolver).rule(job.id, job.agreement, 2, digest("evidence"));
    expect(await world.escrow.trainedBy(job.id, RESULT)).to.equal(ethers.ZeroAddress);
    await ethers.provider.send("evm_revert", [snapshot]);
    await time.increase(15 * 24 * HOUR);
    await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
    expect(await world.escrow.trainedBy(job.id, RESULT)).to.equal(ethers.ZeroAddress);
  });
});
