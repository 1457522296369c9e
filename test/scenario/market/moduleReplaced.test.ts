/** An escrow whose rights were taken away drains its open jobs while a new one works beside it. Everyone's money. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { payouts, rejectionBond } from "../../../src/model/payouts";
import {
  changesSince,
  commitTo,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  moneyOf,
  NONE,
  overdue,
  placesOf,
  potOf,
  queueOf,
  RESULT,
  ruleOn,
  SALT,
  settingsOf,
  type Market,
} from "../../fixtures/market";
import {
  addGpu,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  type Gpu,
  GWEI,
  type Job,
  passInterval,
  plausibleEnergy,
  postJob,
  requestRound,
  settle,
  Status,
  statusOf,
  TOKEN,
  Verdict,
} from "../../fixtures/suite";

const SPEND = 1;
const ALL_SCOPES = 15;

/** Deploys a second escrow over the same market and takes every right of the first away. */
async function replaceEscrow(world: Market): Promise<Market> {
  const { vault, beacon, registry, assets, catalog, actors, escrow: old } = world;
  const libraries = {
    DrawDesk: await (await ethers.deployContract("DrawDesk")).getAddress(),
    Disputes: await (await ethers.deployContract("Disputes")).getAddress(),
    JobExits: await (await ethers.deployContract("JobExits")).getAddress(),
  };
  const factory = await ethers.getContractFactory("JobEscrow", { libraries });
  const settings = await settingsOf(world);
  const escrow = await factory.deploy(actors.owner, vault, beacon, registry, assets, catalog, settings);
  await vault.connect(actors.owner).setModule(old, 0);
  await beacon.connect(actors.owner).setConsumer(old, false);
  await registry.connect(actors.owner).setModule(old, 0);
  await vault.connect(actors.owner).setModule(escrow, SPEND);
  await beacon.connect(actors.owner).setConsumer(escrow, true);
  await registry.connect(actors.owner).setModule(escrow, ALL_SCOPES);
  await assets.connect(actors.owner).setTrainingRecord(escrow, true);
  for (const requester of [actors.requester, actors.requester2]) {
    await vault.connect(requester).setAuthorisation(escrow, true);
  }
  return { ...world, escrow: escrow as unknown as Market["escrow"] };
}

/** The old escrow by its own name in the ledger; "escrow" is the new one. */
const names = (old: Market) => ({ oldEscrow: old.escrow });

describe("scenario: an escrow is replaced", () => {
  /** GPUs of the market, with two more so that many jobs are held at a time. */
  async function crowded(): Promise<{ world: Market; gpus: Gpu[] }> {
    const world = await loadFixture(deployMarket);
    const gpus = [...world.gpus];
    for (const owner of [world.actors.keeper, world.actors.attester, world.actors.faucet]) {
      gpus.push(await addGpu(world, owner));
    }
    return { world: { ...world, gpus }, gpus };
  }

  /** A job that was drawn. */
  async function drawn(world: Market, ring: number): Promise<{ job: Job; gpu: Gpu }> {
    const job = await postJob(world, world.actors.requester, world.service, { ring });
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
    const { gpu: id } = await fieldsOf(world, job);
    return { job, gpu: world.gpus.find((gpu) => gpu.id === id)! };
  }

  it("the old one takes no new work", async () => {
    const { world } = await crowded();
    const waiting = await postJob(world, world.actors.requester, world.service);
    await replaceEscrow(world);
    const { escrow, vault, registry, beacon, actors, service } = world;
    await expect(postJob(world, actors.requester, service))
      .to.be.revertedWithCustomError(vault, "VaultMissingScope")
      .withArgs(await escrow.getAddress(), SPEND);
    await expect(escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n }))
      .to.be.revertedWithCustomError(beacon, "BeaconOnlyConsumer")
      .withArgs(await escrow.getAddress());
    await beacon.connect(actors.owner).setConsumer(escrow, true);
    await expect(escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n }))
      .to.be.revertedWithCustomError(registry, "RegistryMissingScope")
      .withArgs(await escrow.getAddress(), 1);
    expect(await statusOf(world, waiting)).to.equal(BigInt(Status.Posted));
  });

  it("I12 I15 a job in every state comes to its end there, to the wei, and nothing is left behind", async () => {
    const { world, gpus } = await crowded();
    const { escrow: old, registry, actors, vault } = world;
    const before = await moneyOf(world);

    // One job in each state, by the ring index it lives at.
    const settled = await drawn(world, 0);
    await deliver(world, settled.job, settled.gpu);
    const rejected = await drawn(world, 1);
    await deliver(world, rejected.job, rejected.gpu, { result: digest("wrong") });
    const disputed = await drawn(world, 2);
    await deliver(world, disputed.job, disputed.gpu);
    await old.connect(actors.requester).reject(disputed.job.id, disputed.job.agreement, NONE);
    const assigned = await drawn(world, 3);
    const committed = await drawn(world, 4);
    await commitTo({ world, ...committed });
    const missed = await drawn(world, 5);
    const closed = await postJob(world, actors.requester, world.service, { ring: 6 });
    await requestRound(world, [CLASS.T4]);
    await time.increase(600);
    await old.connect(actors.stranger).closeRound(CLASS.T4, 1);
    const waiting = await postJob(world, actors.requester, world.service, { ring: 7 });

    const next = await replaceEscrow(world);

    // It delivers, reveals, declines, settles, rejects, rules, misses, cancels, refunds. The waits of 600 s are over for
    // some: those are missed.
    const energy = await plausibleEnergy(world, committed.gpu, Number((await fieldsOf(world, committed.job)).elapsed));
    await old.connect(committed.gpu.operator).reveal(committed.job.id, RESULT, SALT, energy);
    await settle(world, committed.job);
    await settle(world, settled.job);
    await old.connect(actors.requester).reject(rejected.job.id, rejected.job.agreement, digest("wrong"));
    expect((await fieldsOf(world, rejected.job)).bonded).to.equal(false);
    await world.arbiter
      .connect(actors.arbiter)
      .rule(old, rejected.job.id, rejected.job.agreement, Verdict.Invalid, digest("right"), NONE);
    await ruleOn(world, disputed.job, Verdict.Valid);
    for (const { job } of [assigned, missed]) {
      await overdue(world, job);
      await old.connect(actors.stranger).miss(job.id, job.agreement);
    }
    const { frontHead } = await queueOf(world, CLASS.T4);
    for (const [index, { job }] of [assigned, missed].entries()) {
      await old.connect(actors.requester).cancel(job.id, job.agreement, frontHead + BigInt(index), true);
    }
    await old.connect(actors.stranger).refund(closed.id, closed.agreement);
    await old.connect(actors.requester).cancel(waiting.id, waiting.agreement, waiting.ticket, false);
    for (const who of [actors.keeper, actors.stranger]) await old.connect(who).collect();

    const jobs = [settled.job, rejected.job, disputed.job, assigned.job, committed.job, missed.job, closed, waiting];
    expect(await Promise.all(jobs.map((job) => statusOf(world, job)))).to.deep.equal(
      [
        Status.Settled,
        Status.Refunded,
        Status.Settled,
        Status.Cancelled,
        Status.Settled,
        Status.Cancelled,
        Status.Expired,
        Status.Cancelled,
      ].map(BigInt),
    );
    expect(await vault.heldBy(old)).to.equal(0n);
    for (const { id } of gpus) {
      const { locked, active } = await registry.gpuOf(id);
      expect([locked, active]).to.deep.equal([0n, 0n]);
    }

    // Every line of every job.
    const bond = rejectionBond(potOf(disputed.job));
    const paid = await Promise.all(
      (
        [
          [settled.job, "settled", 0n],
          [committed.job, "settled", 0n],
          [disputed.job, "ruledValid", bond],
          [rejected.job, "ruledAgainst", 0n],
          [assigned.job, "refunded", 0n],
          [missed.job, "refunded", 0n],
          [closed, "refunded", 0n],
          [waiting, "refunded", 0n],
        ] as const
      ).map(async ([job, ending, withBond]) => payouts(ending, potOf(job), await historyOf(world, job), withBond)),
    );
    const total = (pick: (s: (typeof paid)[number]) => bigint) => paid.reduce((sum, s) => sum + pick(s), 0n) * GWEI;
    const debited = jobs.reduce((sum, job) => sum + job.total, bond * GWEI);
    const owners = new Map<string, bigint>();
    for (const [index, { gpu }] of [settled, committed, disputed].entries()) {
      const { account } = placesOf(world, gpu);
      owners.set(account, (owners.get(account) ?? 0n) + paid[index]!.owner * GWEI);
    }
    const changes = await changesSince(next, before, names(world));
    expect(changes["vault account of requester"]).to.equal(total((s) => s.requester) - debited);
    expect(changes["vault account of resolver"]).to.equal(total((s) => s.resolver));
    expect(changes["vault, fees of oldEscrow"]).to.equal(total((s) => s.fee));
    expect(changes["vault, held for assets"]).to.equal(total((s) => s.modelRoyalty + s.datasetRoyalty));
    for (const [account, amount] of owners) {
      // The keeper owns a GPU too, and earns draw fees.
      if (!account.endsWith("keeper")) expect(changes[account], account).to.equal(amount);
    }
    expect(Object.values(changes).reduce((sum, change) => sum + change, 0n)).to.equal(0n);
  });

  it("its slash still takes the lock, and its split still halves", async () => {
    const { world } = await crowded();
    const { escrow: old, registry, actors } = world;
    const cheat = await drawn(world, 0);
    await deliver(world, cheat.job, cheat.gpu, { result: digest("wrong") });
    const open = await drawn(world, 1);
    await deliver(world, open.job, open.gpu);
    await replaceEscrow(world);
    for (const { job } of [cheat, open]) await old.connect(actors.requester).reject(job.id, job.agreement, NONE);
    const stake = (await registry.gpuOf(cheat.gpu.id)).stake;
    await world.arbiter
      .connect(actors.arbiter)
      .rule(old, cheat.job.id, cheat.job.agreement, Verdict.Invalid, digest("right"), NONE);
    const pot = potOf(cheat.job);
    const spent = pot.reviewFee * GWEI + (await fieldsOf(world, cheat.job)).drawFees * drawFeeOf(cheat.job);
    const lock = pot.compute * 5n * GWEI;
    expect(stake - (await registry.gpuOf(cheat.gpu.id)).stake).to.equal(lock > spent ? lock : spent);
    await overdue(world, open.job);
    const before = await moneyOf(world);
    await old.connect(actors.stranger).splitDispute(open.job.id, open.job.agreement);
    // No bond was taken, so none comes back.
    const s = payouts("halved", potOf(open.job), await historyOf(world, open.job), 0n);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        [placesOf(world, open.gpu).account]: s.owner * GWEI,
        "vault account of requester": s.requester * GWEI,
        "vault, held for escrow": -(s.owner + s.requester) * GWEI,
      }),
    );
  });

  describe("while a round of the old one is open", () => {
    it("an answered round is closed by anyone 10 minutes after its seed; its jobs are refunded", async () => {
      const { world } = await crowded();
      const { escrow: old, registry, actors } = world;
      const before = await moneyOf(world);
      const job = await postJob(world, actors.requester, world.service);
      await requestRound(world, [CLASS.T4]);
      const next = await replaceEscrow(world);
      expect((await registry.openRoundInfo()).round).to.equal(0n);
      await expect(old.connect(actors.stranger).assign(CLASS.T4, 1)).to.be.revertedWithCustomError(
        registry,
        "RegistryNoOpenRound",
      );
      await expect(
        old.connect(actors.requester).cancel(job.id, job.agreement, job.ticket, false),
      ).to.be.revertedWithCustomError(old, "EscrowBoundToRound");
      await time.increase(600);
      await old.connect(actors.stranger).closeRound(CLASS.T4, 1);
      await old.connect(actors.stranger).refund(job.id, job.agreement);
      await old.connect(actors.stranger).collect();
      expect(await changesSince(next, before, names(world))).to.deep.equal(
        expected({ "vault account of requester": -drawFeeOf(job), "vault account of stranger": drawFeeOf(job) }),
      );
    });

    it("an unanswered round lets go of its jobs after an hour, also when the new one has buried it by then", async () => {
      for (const buried of [false, true]) {
        const { world } = await crowded();
        const { escrow: old, actors } = world;
        const before = await moneyOf(world);
        // The next block's time follows the clock of the machine, which goes on while balances are read.
        await mine();
        const job = await postJob(world, actors.requester, world.service, { expiry: (await time.latest()) + 60 });
        await passInterval(world);
        await old.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n });
        const next = await replaceEscrow(world);
        await time.increase(HOUR);
        if (buried) {
          const fresh = await postJob(next, actors.requester2, world.service);
          await requestRound(next, [CLASS.T4]);
          expect((await world.beacon.roundInfo(1)).status).to.equal(3n);
          while ((await statusOf(next, fresh)) === BigInt(Status.Posted)) {
            await next.escrow.connect(actors.keeper).assign(CLASS.T4, 1);
          }
        }
        await old.connect(actors.stranger).expire(job.id, job.agreement, job.ticket, false);
        const changes = await changesSince(next, before, names(world));
        expect(changes["vault account of requester"]).to.equal(undefined);
        expect(await world.vault.heldBy(old)).to.equal(0n);
        await conserve(next);
      }
    });
  });

  it("the new one works beside it, on the same GPUs, and neither touches the other's jobs (I16)", async () => {
    const { world } = await crowded();
    const { registry, vault, actors, escrow: old } = world;
    const kept = await drawn(world, 0);
    await deliver(world, kept.job, kept.gpu);
    const next = await replaceEscrow(world);
    const before = await moneyOf(next, names(world));
    const held = await vault.heldBy(old);
    const word = await old.jobOf(kept.job.id);
    const { job, gpu } = await drawn(next, 0);
    expect(job.id).to.equal(kept.job.id);
    for (const [escrow, other] of [
      [old, job],
      [next.escrow, kept.job],
    ] as const) {
      await expect(escrow.connect(actors.requester).settle(job.id, other.agreement)).to.be.revertedWithCustomError(
        escrow,
        escrow === old ? "EscrowWrongAgreement" : "EscrowWrongStatus",
      );
    }
    await deliver(next, job, gpu);
    await settle(next, job);
    const s = payouts("settled", potOf(job), await historyOf(next, job), 0n);
    const { drawFees } = await fieldsOf(next, job);
    expect(await changesSince(next, before, names(world))).to.deep.equal(
      expected({
        "vault account of requester": s.requester * GWEI - job.total,
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": drawFees * drawFeeOf(job),
      }),
    );
    expect(await vault.heldBy(old)).to.equal(held);
    expect(await old.jobOf(kept.job.id)).to.equal(word);
    await settle(world, kept.job);
    expect((await registry.gpuOf(kept.gpu.id)).locked).to.equal(0n);
    expect(held).to.be.lessThan(10n * TOKEN);
  });
});
