/** Requesters who want work for nothing, another operator, or a score. Everyone's money before and after. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { payouts, rejectionBond } from "../../../src/model/payouts";
import {
  changesSince,
  DAY,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  moneyOf,
  NONE,
  overdue,
  placesOf,
  potOf,
  ruleOn,
  startOfDay,
  type Market,
} from "../../fixtures/market";
import {
  addGpu,
  CLASS,
  deliver,
  deployMarket,
  digest,
  drawRound,
  fundRequester,
  giveTokens,
  type Gpu,
  GWEI,
  holderOf,
  type Job,
  postAndDraw,
  postJob,
  requestRound,
  settle,
  Status,
  statusOf,
  TOKEN,
  Verdict,
} from "../../fixtures/suite";

/** What all changes add up to. */
const sum = (changes: Record<string, bigint>) => Object.values(changes).reduce((total, change) => total + change, 0n);

/** The GPU that a job was drawn for, drawing again until there is one. */
async function draw(world: Market, job: Job): Promise<Gpu> {
  while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
  return holderOf(world, job, world.gpus);
}

describe("scenario: hostile requester", () => {
  it("whose input is never available pays for three declines and three draws; operators lose nothing", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, actors, gpus } = world;
    const before = await moneyOf(world);
    const job = await postJob(world, actors.requester, world.service);
    for (let draws = 0; draws < 3; draws += 1) {
      const gpu = await draw(world, job);
      await escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
    }
    await escrow.connect(actors.keeper).collect();
    const { inputCharge } = potOf(job);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    const changes = await changesSince(world, before);
    expect(changes).to.deep.equal(
      expected({
        "vault account of requester": -(3n * inputCharge * GWEI) - fees,
        "vault, fees of escrow": 3n * inputCharge * GWEI,
        "vault account of keeper": fees,
      }),
    );
    expect(sum(changes)).to.equal(0n);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
    for (const { ownerAccount, id } of gpus) {
      expect(await registry.scoreOf(ownerAccount)).to.equal(50_000_000n);
      expect([...(await registry.windowOf(ownerAccount))]).to.deep.equal([0n, 0n]);
      expect((await registry.gpuOf(id)).locked).to.equal(0n);
    }
  });

  it("who sees the seed and dislikes who comes cannot leave, whatever it pulls", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, vault, actors } = world;
    const before = await moneyOf(world);
    // The next block's time follows the clock of the machine, which went on since the fixture's snapshot.
    await mine();
    const job = await postJob(world, actors.requester, world.service, { expiry: (await time.latest()) + 100 });
    await requestRound(world, [CLASS.T4]);
    await time.increase(200);
    const me = escrow.connect(actors.requester);
    for (const leave of [
      () => me.cancel(job.id, job.agreement, job.ticket, false),
      () => me.expire(job.id, job.agreement, job.ticket, false),
    ]) {
      await expect(leave()).to.be.revertedWithCustomError(escrow, "EscrowBoundToRound").withArgs(job.id, 1);
    }
    await expect(me.closeRound(CLASS.T4, 1)).to.be.revertedWithCustomError(escrow, "EscrowTooEarly");
    await vault.connect(actors.requester).setAuthorisation(escrow, false);
    const account = await vault.accountOf(actors.requester);
    const rest = await vault.balanceOf(account);
    await vault.connect(actors.requester).withdraw(rest, actors.requester);
    while ((await statusOf(world, job)) === BigInt(Status.Posted))
      await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
    const gpu = await holderOf(world, job, world.gpus);
    await deliver(world, job, gpu);
    await settle(world, job, { silence: true });
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": s.requester * GWEI - job.total - rest,
        "wallet of requester": rest,
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": fees,
      }),
    );
  });

  describe("who rejects good work", () => {
    /** What the requester is worth less at the end than at the beginning. */
    async function costOf(end: (world: Market, job: Job) => Promise<unknown>): Promise<{ cost: bigint; job: Job }> {
      const world = await loadFixture(deployMarket);
      const before = await moneyOf(world);
      const { job, gpu } = await postAndDraw(world);
      await deliver(world, job, gpu);
      await end(world, job);
      const changes = await changesSince(world, before);
      return { cost: -(changes["vault account of requester"] ?? 0n), job };
    }

    it("loses the bond to the owner and the review fee to the resolver", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const before = await moneyOf(world);
      const { job, gpu } = await postAndDraw(world);
      await deliver(world, job, gpu);
      await escrow.connect(actors.requester).reject(job.id, job.agreement, digest("no reason"));
      await ruleOn(world, job, Verdict.Valid);
      await escrow.connect(actors.keeper).collect();
      const pot = potOf(job);
      const bond = rejectionBond(pot);
      const s = payouts("ruledValid", pot, await historyOf(world, job), bond);
      const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          "vault account of requester": (s.requester - bond) * GWEI - job.total,
          [placesOf(world, gpu).account]: (pot.compute + bond) * GWEI,
          "vault account of resolver": pot.reviewFee * GWEI,
          "vault account of keeper": fees,
          "vault, fees of escrow": pot.protocolFee * GWEI,
          "vault, held for assets": (pot.modelRoyalty + pot.datasetRoyalty) * GWEI,
        }),
      );
      const rejected = job.total - s.requester * GWEI + bond * GWEI;
      const accepted = await costOf((w, j) => settle(w, j));
      expect(rejected - accepted.cost).to.equal((bond + pot.reviewFee) * GWEI);
    });

    it("and finds no resolver pays half of the compute, and the owner earns half", async () => {
      const { cost: honest, job } = await costOf((w, j) => settle(w, j));
      const { cost } = await costOf(async (w, j) => {
        await w.escrow.connect(j.requester).reject(j.id, j.agreement, NONE);
        await overdue(w, j);
        await w.escrow.connect(w.actors.stranger).splitDispute(j.id, j.agreement);
      });
      const { compute, modelRoyalty, datasetRoyalty, protocolFee } = potOf(job);
      const spared = compute - compute / 2n + modelRoyalty + datasetRoyalty + protocolFee;
      expect(honest - cost).to.equal(spared * GWEI);
    });

    it("a second time, after the ruling, or after silence, is refused", async () => {
      const world = await loadFixture(deployMarket);
      const { job, gpu } = await postAndDraw(world);
      await deliver(world, job, gpu);
      const reject = () => world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      await reject();
      await expect(reject()).to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus").withArgs(job.id, 5);
      await ruleOn(world, job, Verdict.Valid);
      await expect(reject()).to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus").withArgs(job.id, 6);
    });
  });

  describe("with a GPU of its own under another account", () => {
    /** The requester's other self is the only owner that may be drawn. */
    async function alterEgo(): Promise<{ world: Market; gpu: Gpu }> {
      const world = await loadFixture(deployMarket);
      await startOfDay();
      const [gpu, ...others] = world.gpus as [Gpu, ...Gpu[]];
      for (const other of others) await world.registry.connect(other.owner).setPaused(other.id, true);
      return { world, gpu };
    }

    it("pays fee, royalties and draws for every wash job, and gains once a day at most", async () => {
      const { world, gpu } = await alterEgo();
      const { registry, actors } = world;
      const before = await moneyOf(world);
      const scores = [await registry.scoreOf(gpu.ownerAccount)];
      let cost = 0n;
      for (let jobs = 0; jobs < 4; jobs += 1) {
        const job = await postJob(world, actors.requester, world.service);
        await draw(world, job);
        await deliver(world, job, gpu, { seconds: 1 });
        await settle(world, job);
        const { protocolFee, modelRoyalty, datasetRoyalty } = potOf(job);
        const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
        cost += (protocolFee + modelRoyalty + datasetRoyalty) * GWEI + fees;
        scores.push(await registry.scoreOf(gpu.ownerAccount));
      }
      const [start, first, ...later] = scores as [bigint, bigint, ...bigint[]];
      expect(first).to.be.greaterThan(start);
      expect(first - start).to.be.lessThan(2_000_000n);
      expect(later).to.deep.equal([first, first, first]);
      const changes = await changesSince(world, before);
      const both = (changes["vault account of requester"] ?? 0n) + (changes[placesOf(world, gpu).account] ?? 0n);
      expect(both).to.equal(-cost);
    });

    it("gains at most six points a day, however many requesters it plays", async () => {
      const { world, gpu } = await alterEgo();
      const { registry, actors } = world;
      const washers = [
        actors.requester,
        actors.requester2,
        actors.faucet,
        actors.stranger,
        actors.keeper,
        actors.attester,
      ];
      const start = await registry.scoreOf(gpu.ownerAccount);
      const day = Math.floor((await time.latest()) / DAY);
      for (const washer of washers.slice(2)) await fundRequester(world, washer, 100n * TOKEN);
      for (let round = 0; round < 2; round += 1) {
        for (const washer of washers) {
          const job = await postJob(world, washer, world.service);
          await draw(world, job);
          await deliver(world, job, gpu, { seconds: 1 });
          await settle(world, job);
        }
      }
      expect((await registry.scoreOf(gpu.ownerAccount)) - start).to.be.within(1n, 6_000_000n);
      expect(Math.floor((await time.latest()) / DAY)).to.equal(day);
    });

    it("under its own account is never drawn", async () => {
      const { world, gpu } = await alterEgo();
      await fundRequester(world, gpu.owner, 100n * TOKEN);
      const job = await postJob(world, gpu.owner, world.service);
      const before = await moneyOf(world);
      for (let draws = 0; draws < 3; draws += 1) expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
      await world.escrow.connect(world.actors.stranger).refund(job.id, job.agreement);
      await world.escrow.connect(world.actors.keeper).collect();
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          [placesOf(world, gpu).account]: job.total - 6n * drawFeeOf(job),
          "vault account of keeper": 6n * drawFeeOf(job),
          "vault, held for escrow": -job.total,
        }),
      );
    });
  });

  it("who names GPUs that are paused or asleep, to report them through another account, gets nothing of their stake", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, vault, actors, gpus } = world;
    for (const gpu of gpus) await registry.connect(gpu.owner).setPaused(gpu.id, true);
    await vault.connect(actors.stranger).openAccount(actors.stranger);
    const before = await moneyOf(world);
    for (let rounds = 0; rounds < 3; rounds += 1) {
      const jobs: Job[] = [];
      for (const gpu of gpus) jobs.push(await postJob(world, actors.requester, world.service, { namedGpu: gpu.id }));
      for (const job of jobs) {
        await overdue(world, job);
        await escrow.connect(actors.stranger).miss(job.id, job.agreement);
      }
    }
    expect(await changesSince(world, before)).to.deep.equal({});
    for (const { id, ownerAccount } of gpus) {
      expect((await registry.gpuOf(id)).locked).to.equal(0n);
      expect(await registry.scoreOf(ownerAccount)).to.equal(50_000_000n);
    }
  });

  for (const payee of ["modelOwner", "datasetOwner"] as const) {
    it(`in league with the ${payee} gets no GPU of the payee's by draw`, async () => {
      const world = await loadFixture(deployMarket);
      const { registry, escrow, actors, gpus } = world;
      await giveTokens(world, actors[payee].address, TOKEN);
      for (const gpu of gpus) await registry.connect(gpu.owner).setPaused(gpu.id, true);
      const own = await addGpu(world, actors[payee]);
      const before = await moneyOf(world);
      const job = await postJob(world, actors.requester, world.service);
      for (let draws = 0; draws < 3; draws += 1) expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
      await escrow.connect(actors.requester).refund(job.id, job.agreement);
      const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of requester": -fees, "vault, held for escrow": fees }),
      );
      expect(await registry.scoreOf(own.ownerAccount)).to.equal(50_000_000n);
    });
  }
});
