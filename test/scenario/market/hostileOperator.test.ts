/** Operators who take jobs and do not do them, or do others. Everyone's money before and after. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { payouts, rejectionBond } from "../../../src/model/payouts";
import {
  changesSince,
  DAY,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  moneyOf,
  NONE,
  missOnce,
  placesOf,
  potOf,
  ruleOn,
  startOfDay,
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
  giveTokens,
  GWEI,
  holderOf,
  type Job,
  mined,
  postAndDraw,
  postJob,
  registrationOf,
  settle,
  Status,
  statusOf,
  TOKEN,
  Verdict,
} from "../../fixtures/suite";

/** The GPU that a job was drawn for, drawing again until there is one. */
async function draw(world: Market, job: Job): Promise<Gpu> {
  while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
  return holderOf(world, job, world.gpus);
}

/** A stranger with an account, who reports what is overdue. */
async function watched(): Promise<Market> {
  const world = await loadFixture(deployMarket);
  await world.vault.connect(world.actors.stranger).openAccount(world.actors.stranger);
  return world;
}

/** One draw decides: only this GPU is left. */
async function onlyOne(world: Market): Promise<Gpu> {
  const [gpu, ...others] = world.gpus as [Gpu, ...Gpu[]];
  for (const other of others) await world.registry.connect(other.owner).setPaused(other.id, true);
  return gpu;
}

/** Delivers something else than the result and is found out. */
async function convicted(world: Market): Promise<{ gpu: Gpu; job: Job }> {
  const gpu = await onlyOne(world);
  const { job } = await postAndDraw(world);
  await deliver(world, job, gpu);
  await world.escrow.connect(job.requester).reject(job.id, job.agreement, digest("wrong"));
  await ruleOn(world, job, Verdict.Invalid);
  return { gpu, job };
}

describe("scenario: hostile operator", () => {
  it("three who take the job and stay silent pay whoever reports them; the requester gets all but the draws", async () => {
    const world = await watched();
    const { escrow, registry, vault, actors } = world;
    const before = await moneyOf(world);
    const job = await postJob(world, actors.requester, world.service);
    const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
    const silent: Gpu[] = [];
    for (let draws = 0; draws < 3; draws += 1) {
      silent.push(await draw(world, job));
      await missOnce(world, job);
    }
    await registry.connect(actors.stranger).collect(await vault.accountOf(actors.stranger));
    await escrow.connect(actors.keeper).collect();
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    const losses = new Map<string, bigint>();
    for (const gpu of silent) {
      const { stake } = placesOf(world, gpu);
      losses.set(stake, (losses.get(stake) ?? 0n) - pay);
    }
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": -fees,
        "vault account of keeper": fees,
        "vault account of stranger": 3n * pay,
        ...Object.fromEntries(losses),
      }),
    );
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
    for (const { ownerAccount } of silent) {
      expect(await registry.scoreOf(ownerAccount)).to.be.lessThan(50_000_000n);
    }
  });

  it("who seals garbage and never opens it loses the greatest loss and the caller's pay; another is paid in full", async () => {
    const world = await watched();
    const { escrow, registry } = world;
    const before = await moneyOf(world);
    const { job, gpu } = await postAndDraw(world);
    await escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("garbage"));
    await missOnce(world, job);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(40_000_000n);
    await registry.connect(gpu.owner).setPaused(gpu.id, true);
    const next = await draw(world, job);
    await deliver(world, job, next);
    await settle(world, job);
    const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": s.requester * GWEI - job.total,
        [placesOf(world, next).account]: s.owner * GWEI,
        [placesOf(world, gpu).stake]: -pay,
        "registry, credit of stranger": pay,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": fees,
      }),
    );
    expect(next.id).to.not.equal(gpu.id);
  });

  describe("who leaves a poisoned checkpoint and goes silent", () => {
    async function poisoned() {
      const world = await watched();
      const before = await moneyOf(world);
      const { job, gpu: author } = await postAndDraw(world);
      await world.escrow.connect(author.operator).heartbeat(job.id, job.agreement, 4, digest("poison"));
      await missOnce(world, job);
      await world.registry.connect(author.owner).setPaused(author.id, true);
      const resumer = await draw(world, job);
      return { world, before, job, author, resumer };
    }

    it("costs its author the attempt; a resumer who starts over is paid in full and loses nothing", async () => {
      const { world, before, job, author, resumer } = await poisoned();
      await deliver(world, job, resumer);
      await settle(world, job);
      const pay = (await world.registry.callerPayGwei(CLASS.T4)) * GWEI;
      const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
      const changes = await changesSince(world, before);
      expect(changes[placesOf(world, resumer).account]).to.equal(s.owner * GWEI);
      expect(changes[placesOf(world, resumer).stake]).to.equal(undefined);
      expect(changes[placesOf(world, author).stake]).to.equal(-pay);
      expect(changes["vault account of requester"]).to.equal(s.requester * GWEI - job.total);
      expect([...(await world.registry.windowOf(author.ownerAccount))]).to.deep.equal([0n, 1n]);
      expect([...(await world.registry.windowOf(resumer.ownerAccount))]).to.deep.equal([1n, 1n]);
    });

    it("does not excuse a resumer who builds on it: whoever commits a wrong result answers for it", async () => {
      const { world, job, author, resumer } = await poisoned();
      await deliver(world, job, resumer, { result: digest("built on poison") });
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, digest("wrong"));
      const stakes = async () =>
        Promise.all([author, resumer].map(async ({ id }) => (await world.registry.gpuOf(id)).stake));
      const [ofAuthor, ofResumer] = await stakes();
      await ruleOn(world, job, Verdict.Invalid);
      const [authorLeft, resumerLeft] = await stakes();
      expect(authorLeft).to.equal(ofAuthor);
      expect(ofResumer! - resumerLeft!).to.equal(potOf(job).compute * 5n * GWEI);
      expect(await world.registry.scoreOf(author.ownerAccount)).to.equal(40_000_000n);
      expect(await world.registry.scoreOf(resumer.ownerAccount)).to.equal(25_000_000n);
      await conserve(world);
    });
  });

  it("who runs another model loses the lock and 25 points; the requester is made whole, draw fee included", async () => {
    const world = await watched();
    const { registry, escrow, actors } = world;
    const before = await moneyOf(world);
    const { gpu, job } = await convicted(world);
    await time.increase(96 * HOUR);
    await registry.connect(actors.stranger).finaliseSlash(1);
    await escrow.connect(actors.keeper).collect();
    const pot = potOf(job);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    const spent = pot.reviewFee * GWEI + fees;
    const taken = pot.compute * 5n * GWEI > spent ? pot.compute * 5n * GWEI : spent;
    const finder = taken / 10n < taken - spent ? taken / 10n : taken - spent;
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        [placesOf(world, gpu).stake]: -taken,
        "vault account of requester": finder,
        "vault account of resolver": pot.reviewFee * GWEI,
        "vault account of keeper": fees,
        "registry, fees": taken - spent - finder,
      }),
    );
    expect(finder).to.be.at.least(0n);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
    expect(rejectionBond(pot)).to.be.greaterThan(0n);
  });

  it("who unbonds before the verdict is slashed all the same", async () => {
    const world = await watched();
    const { registry, escrow } = world;
    const gpu = await onlyOne(world);
    const { job } = await postAndDraw(world);
    await deliver(world, job, gpu);
    const { stake } = await registry.gpuOf(gpu.id);
    await registry.connect(gpu.owner).beginUnbond(gpu.id, stake);
    await escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
    await ruleOn(world, job, Verdict.Invalid);
    await time.increase(22 * DAY);
    const before = await moneyOf(world);
    await registry.connect(gpu.owner).withdraw(gpu.id, gpu.owner);
    const taken = potOf(job).compute * 5n * GWEI;
    expect(await changesSince(world, before)).to.deep.equal(
      expected({ "unbonding of GPU 1 of ownerA": -(stake - taken), "wallet of ownerA": stake - taken }),
    );
  });

  describe("after a fraud", () => {
    it("is not drawn and not named for 180 days, and cannot register again", async () => {
      const world = await watched();
      const { registry, actors } = world;
      const { gpu } = await convicted(world);
      const job = await postJob(world, actors.requester2, world.service);
      expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
      await expect(postJob(world, actors.requester2, world.service, { namedGpu: gpu.id }))
        .to.be.revertedWithCustomError(registry, "RegistryOwnerBarred")
        .withArgs(gpu.ownerAccount);
      await expect(addGpu(world, gpu.owner))
        .to.be.revertedWithCustomError(registry, "RegistryOwnerBarred")
        .withArgs(gpu.ownerAccount);
      expect((await fieldsOf(world, job)).attempt).to.equal(1n);
    });

    it("its device is barred too, whoever holds it then", async () => {
      const world = await watched();
      const { registry, token, actors } = world;
      const gpu = await onlyOne(world);
      const device = `0x${"7".repeat(64)}`;
      const twin = await addGpu(world, gpu.owner, { device, operator: gpu.operator });
      await registry.connect(gpu.owner).setPaused(gpu.id, true);
      const job = await postJob(world, actors.requester, world.service);
      while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
      await deliver(world, job, twin);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      await ruleOn(world, job, Verdict.Invalid);
      const ruledOn = Math.floor((await time.latest()) / DAY);
      await registry.connect(gpu.owner).beginUnbond(twin.id, (await registry.gpuOf(twin.id)).stake);
      const again = async () => {
        const registration = await registrationOf(world, actors.stranger, { device });
        await giveTokens(world, actors.stranger.address, 2n * BigInt(registration.stake));
        await token.connect(actors.stranger).approve(registry, 2n * BigInt(registration.stake));
        return mined(registry.connect(actors.stranger).register(registration));
      };
      const { address } = new Wallet(device);
      await expect(again()).to.be.revertedWithCustomError(registry, "RegistryDeviceBound").withArgs(address, twin.id);
      await time.increase(21 * DAY);
      await registry.connect(gpu.owner).withdraw(twin.id, gpu.owner);
      await expect(again())
        .to.be.revertedWithCustomError(registry, "RegistryDeviceBarred")
        .withArgs(address, ruledOn + 180);
      await time.increaseTo((ruledOn + 180) * DAY);
      await again();
      // Clean hands do not clean the device: it comes with the score of its last owner.
      expect(await registry.scoreOf(await world.vault.accountOf(actors.stranger))).to.equal(25_000_000n);
    });

    it("a new name and a new device start on probation, after a fee that nobody returns", async () => {
      const world = await watched();
      const { registry, actors } = world;
      await convicted(world);
      const before = await moneyOf(world);
      const fresh = await addGpu(world, actors.stranger);
      const { minStakeGwei } = await registry.classOf(CLASS.T4);
      const fee = (minStakeGwei * GWEI) / 100n;
      const { stake } = await registry.gpuOf(fresh.id);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          "wallet of faucet": -(stake + fee),
          "registry, fees": fee,
          [`stake of GPU ${fresh.id} of stranger`]: stake,
        }),
      );
      expect(await registry.scoreOf(fresh.ownerAccount)).to.equal(50_000_000n);
      // A job above a tenth of its stake never comes to it, alone in its class as it is.
      const units = Number(stake / 10n / TOKEN) + 1;
      const dear = await postJob(world, actors.requester, world.service, { units });
      expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
      expect((await fieldsOf(world, dear)).attempt).to.equal(1n);
    });
  });

  it("who declines what it dislikes pays from the fourth decline of the day, and earns no gain by redraws", async () => {
    const world = await watched();
    await startOfDay();
    const { escrow, registry, actors } = world;
    const gpu = await onlyOne(world);
    const before = await moneyOf(world);
    const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
    for (const requester of [actors.requester, actors.requester2]) {
      const job = await postJob(world, requester, world.service);
      for (let draws = 0; draws < 3; draws += 1) {
        await draw(world, job);
        await escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
      }
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
    }
    const changes = await changesSince(world, before);
    expect(changes[placesOf(world, gpu).stake]).to.equal(-3n * pay);
    expect(changes["registry, fees"]).to.equal(3n * pay);
    expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
    const { job } = await postAndDraw(world);
    await escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
    await draw(world, job);
    await deliver(world, job, gpu);
    await settle(world, job);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(50_000_000n);
  });

  it("who delivers its own digest for another's job, or copies a commitment, gets nowhere", async () => {
    const world = await watched();
    const { escrow, registry, actors } = world;
    const one = await postAndDraw(world, actors.requester);
    const two = await postAndDraw(world, actors.requester2);
    await expect(escrow.connect(two.gpu.operator).deliver(one.job.id, digest("mine"), 1))
      .to.be.revertedWithCustomError(registry, "RegistryNotWorker")
      .withArgs(one.gpu.id, two.gpu.operator.address);
    const sealed = await escrow.commitmentOf(one.job.id, 1, one.gpu.id, digest("result"), digest("salt"));
    await escrow.connect(one.gpu.operator).commit(one.job.id, one.job.agreement, sealed);
    await escrow.connect(two.gpu.operator).commit(two.job.id, two.job.agreement, sealed);
    await expect(escrow.connect(two.gpu.operator).reveal(two.job.id, digest("result"), digest("salt"), 1))
      .to.be.revertedWithCustomError(escrow, "EscrowWrongCommitment")
      .withArgs(two.job.id);
  });
});
