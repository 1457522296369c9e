/** Rounds that VRF does not answer: dead, requested anew, or drawn by a block hash. Everyone's money. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { payouts } from "../../../src/model/payouts";
import {
  changesSince,
  DAY,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  missOnce,
  moneyOf,
  NONE,
  placesOf,
  potOf,
  queueOf,
  ruleOn,
  type Market,
} from "../../fixtures/market";
import {
  answerKindly,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  drawRound,
  type Gpu,
  GWEI,
  holderOf,
  type Job,
  passInterval,
  postJob,
  settle,
  Status,
  statusOf,
  TOKEN,
  Verdict,
} from "../../fixtures/suite";
import { installHistory, LEAD, WINDOW } from "../../unit/randomness/fixture";

const AMPLE = 10n ** 18n;
const MAX_UINT = 2n ** 256n - 1n;

/** Requests a round that stays unanswered. Returns the coordinator's id of the request. */
async function ask({ escrow, beacon, actors }: Market): Promise<bigint> {
  await escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: AMPLE });
  const [event] = await beacon.queryFilter(beacon.filters.RoundRequested(await beacon.currentRound()));
  return event!.args.requestId;
}

const answer = (world: Market, requestId: bigint) => answerKindly(world, requestId, [CLASS.T4]);

/** Draws what is pending, by anyone. */
async function drawAll(world: Market): Promise<void> {
  for (;;) {
    const { pendingMain, pendingFront } = await queueOf(world, CLASS.T4);
    if (pendingMain + pendingFront === 0n) return;
    await world.escrow.connect(world.actors.stranger).assign(CLASS.T4, 256);
  }
}

/** Posts jobs, lets the request go unanswered for a day, and takes the fallback's seed. */
async function fallbackRound(world: Market, units: readonly number[]): Promise<Job[]> {
  const { beacon, actors, service } = world;
  const jobs: Job[] = [];
  for (const [ring, count] of units.entries()) {
    jobs.push(await postJob(world, actors.requester, service, { ring, units: count }));
  }
  await passInterval(world);
  await ask(world);
  await time.increase(DAY);
  await beacon.connect(actors.stranger).fixFallback();
  await mine(Number(LEAD) + 1);
  await beacon.connect(actors.stranger).answerByFallback();
  return jobs;
}

/** One unit more than the greatest job that a fallback may draw. */
async function dearUnits({ registry, catalog, service }: Market): Promise<number> {
  const cap = await registry.probationValueGwei(CLASS.T4);
  const { compute } = await catalog.quote(service.id, 1, false);
  return Number(cap / compute) + 1;
}

describe("scenario: rounds without an answer", () => {
  it("a fallback draws the cheap, lets the dear go, pays in full, and touches neither score nor window", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, actors } = world;
    const units = await dearUnits(world);
    const before = await moneyOf(world);
    const [cheap, edge, dear] = (await fallbackRound(world, [1, units - 1, units])) as [Job, Job, Job];
    await drawAll(world);
    const { status, attempt, drawFees, round } = await fieldsOf(world, dear);
    expect([status, attempt, drawFees, round]).to.deep.equal([BigInt(Status.Posted), 0n, 0n, 0n]);
    expect(potOf(edge).compute).to.be.at.most(await registry.probationValueGwei(CLASS.T4));
    for (const job of [cheap, edge]) {
      expect(await fieldsOf(world, job)).to.deep.include({ status: 2n, round: 1n, byFallback: true });
    }
    expect((await registry.openRoundInfo()).round).to.equal(0n);

    const tail = (await queueOf(world, CLASS.T4)).mainHead;
    await escrow.connect(actors.requester).cancel(dear.id, dear.agreement, tail, false);
    const holders: Gpu[] = [];
    for (const job of [cheap, edge]) {
      const gpu = await holderOf(world, job, world.gpus);
      holders.push(gpu);
      await deliver(world, job, gpu);
      await settle(world, job);
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(50_000_000n);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
    }
    const sums = await Promise.all(
      [cheap, edge].map(async (job) => payouts("settled", potOf(job), await historyOf(world, job), 0n)),
    );
    const total = (pick: (s: (typeof sums)[number]) => bigint) => sums.reduce((sum, s) => sum + pick(s), 0n) * GWEI;
    const fees = (await escrow.drawFeesOf(actors.keeper)) + (await escrow.drawFeesOf(actors.stranger));
    const paid = new Map<string, bigint>();
    for (const [index, gpu] of holders.entries()) {
      const { account } = placesOf(world, gpu);
      paid.set(account, (paid.get(account) ?? 0n) + sums[index]!.owner * GWEI);
    }
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        ...Object.fromEntries(paid),
        "vault account of requester": total((s) => s.requester) - cheap.total - edge.total,
        "vault, fees of escrow": total((s) => s.fee),
        "vault, held for assets": total((s) => s.modelRoyalty + s.datasetRoyalty),
        "vault, held for escrow": fees,
      }),
    );
  });

  it("a fraud in a job drawn by fallback counts all the same; a miss does not", async () => {
    const world = await loadFixture(deployMarket);
    const { registry, escrow } = world;
    const [fraud, missed] = (await fallbackRound(world, [1, 1])) as [Job, Job];
    await drawAll(world);
    const silent = await holderOf(world, missed, world.gpus);
    const cheat = await holderOf(world, fraud, world.gpus);
    await deliver(world, fraud, cheat);
    await escrow.connect(fraud.requester).reject(fraud.id, fraud.agreement, NONE);
    await ruleOn(world, fraud, Verdict.Invalid);
    expect(await registry.scoreOf(cheat.ownerAccount)).to.equal(25_000_000n);
    expect([...(await registry.windowOf(cheat.ownerAccount))]).to.deep.equal([0n, 0n]);
    await missOnce(world, missed);
    expect(await registry.scoreOf(silent.ownerAccount)).to.equal(50_000_000n);
    expect([...(await registry.windowOf(silent.ownerAccount))]).to.deep.equal([0n, 0n]);
    await conserve(world);
  });

  it("a job drawn by fallback, given back and drawn by VRF counts in the window again", async () => {
    const world = await loadFixture(deployMarket);
    const { registry, escrow } = world;
    const [job] = (await fallbackRound(world, [1])) as [Job];
    await drawAll(world);
    const first = await holderOf(world, job, world.gpus);
    await escrow.connect(first.operator).decline(job.id, job.agreement, false);
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
    const next = await holderOf(world, job, world.gpus);
    expect((await fieldsOf(world, job)).byFallback).to.equal(false);
    await deliver(world, job, next);
    await settle(world, job);
    expect([...(await registry.windowOf(next.ownerAccount))]).to.deep.equal([1n, 1n]);
  });

  it("opens 24 hours after the first unanswered request, which re-requests do not put off", async () => {
    const world = await loadFixture(deployMarket);
    const { beacon, actors, service } = world;
    await postJob(world, actors.requester, service);
    await ask(world);
    const first = await time.latest();
    for (let hour = 1; hour <= 23; hour += 1) {
      await time.increaseTo(first + hour * (HOUR + 1));
      await ask(world);
    }
    await time.setNextBlockTimestamp(first + DAY - 1);
    await expect(beacon.connect(actors.stranger).fixFallback())
      .to.be.revertedWithCustomError(beacon, "BeaconFallbackClosed")
      .withArgs(first + DAY);
    await time.setNextBlockTimestamp(first + DAY);
    await beacon.connect(actors.stranger).fixFallback();
    expect(await beacon.currentRound()).to.equal(24n);
  });

  it("a fixed fallback can be neither re-requested nor escaped, and a VRF answer that comes first wins", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, beacon, actors, service } = world;
    const job = await postJob(world, actors.requester, service);
    const requestId = await ask(world);
    await time.increase(DAY);
    await beacon.connect(actors.stranger).fixFallback();
    await expect(ask(world)).to.be.revertedWithCustomError(beacon, "BeaconRoundUnanswered").withArgs(1, MAX_UINT);
    await answer(world, requestId);
    await mine(Number(LEAD) + 1);
    await expect(beacon.connect(actors.stranger).answerByFallback()).to.be.revertedWithCustomError(
      beacon,
      "BeaconNoRoundWaiting",
    );
    await drawAll(world);
    expect((await fieldsOf(world, job)).byFallback).to.equal(false);
    await expect(
      escrow.connect(actors.requester).cancel(job.id, job.agreement, 0, false),
    ).to.be.revertedWithCustomError(escrow, "EscrowWrongStatus");
  });

  it("a VRF answer that comes after the fallback's is ignored: the draw stays", async () => {
    const world = await loadFixture(deployMarket);
    const { beacon, actors, service } = world;
    const job = await postJob(world, actors.requester, service);
    const requestId = await ask(world);
    await time.increase(DAY);
    await beacon.connect(actors.stranger).fixFallback();
    await mine(Number(LEAD) + 1);
    await beacon.connect(actors.stranger).answerByFallback();
    const { seed } = await beacon.seedOf(1);
    await expect(answer(world, requestId)).to.emit(beacon, "AnswerIgnored").withArgs(requestId);
    expect((await beacon.seedOf(1)).seed).to.equal(seed);
    await drawAll(world);
    expect((await fieldsOf(world, job)).byFallback).to.equal(true);
  });

  it("a fallback block that everyone missed is followed by the next derived block, once, and the jobs are drawn", async () => {
    const world = await loadFixture(deployMarket);
    const { beacon, actors, service } = world;
    await installHistory();
    const job = await postJob(world, actors.requester, service);
    await ask(world);
    await time.increase(DAY);
    await beacon.connect(actors.stranger).fixFallback();
    const target = await beacon.fallbackTarget();
    await mine(WINDOW + LEAD + 1n, { interval: 0 });
    await expect(beacon.connect(actors.stranger).answerByFallback())
      .to.emit(beacon, "FallbackFixed")
      .withArgs(1, target + 2n * WINDOW);
    await expect(beacon.connect(actors.stranger).answerByFallback()).to.be.revertedWithCustomError(
      beacon,
      "BeaconFallbackPending",
    );
    await mine(WINDOW, { interval: 0 });
    await beacon.connect(actors.stranger).answerByFallback();
    await drawAll(world);
    expect(await fieldsOf(world, job)).to.deep.include({ status: 2n, byFallback: true });
  });

  it("a dead round's late answer is ignored; its jobs are drawn by the next, and no one pays twice", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, beacon, actors, service } = world;
    const before = await moneyOf(world);
    const job = await postJob(world, actors.requester, service);
    const dead = await ask(world);
    await time.increase(HOUR);
    const alive = await ask(world);
    await expect(answer(world, dead)).to.emit(beacon, "AnswerIgnored").withArgs(dead);
    await expect(escrow.connect(actors.stranger).assign(CLASS.T4, 1)).to.be.revertedWithCustomError(
      beacon,
      "BeaconNoSeed",
    );
    await answer(world, alive);
    await drawAll(world);
    const { round, drawFees } = await fieldsOf(world, job);
    expect([round, drawFees > 0n]).to.deep.equal([2n, true]);
    const gpu = await holderOf(world, job, world.gpus);
    await deliver(world, job, gpu);
    await settle(world, job);
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": s.requester * GWEI - job.total,
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": drawFees * drawFeeOf(job),
      }),
    );
    await expect(beacon.seedOf(1)).to.be.revertedWithCustomError(beacon, "BeaconNoSeed");
  });

  it("an answered round that nobody draws is closed by anyone 10 minutes later; who closes earns the draw fees", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, actors, service } = world;
    const before = await moneyOf(world);
    const jobs = [
      await postJob(world, actors.requester, service),
      await postJob(world, actors.requester2, service, { units: 3 }),
    ];
    await answer(world, await ask(world));
    await time.increase(600);
    await escrow.connect(actors.stranger).closeRound(CLASS.T4, 256);
    for (const job of jobs) await escrow.connect(actors.stranger).refund(job.id, job.agreement);
    await escrow.connect(actors.stranger).collect();
    const fee = drawFeeOf(jobs[0]!);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": -fee,
        "vault account of requester2": -fee,
        "vault account of stranger": 2n * fee,
      }),
    );
    expect(fee).to.be.lessThan(TOKEN);
  });

  it("a dear job stays first in line for VRF after fallback rounds, without losing a draw", async () => {
    const world = await loadFixture(deployMarket);
    const { actors } = world;
    const units = await dearUnits(world);
    const [dear] = (await fallbackRound(world, [units])) as [Job];
    await drawAll(world);
    await passInterval(world);
    await ask(world);
    await time.increase(DAY);
    await world.beacon.connect(actors.stranger).fixFallback();
    await mine(Number(LEAD) + 1);
    await world.beacon.connect(actors.stranger).answerByFallback();
    await drawAll(world);
    expect(await fieldsOf(world, dear)).to.deep.include({ status: 1n, attempt: 0n, drawFees: 0n });
    while ((await statusOf(world, dear)) === BigInt(Status.Posted)) {
      await passInterval(world);
      await answer(world, await ask(world));
      await drawAll(world);
    }
    expect(await fieldsOf(world, dear)).to.deep.include({ status: 2n, byFallback: false });
  });
});
