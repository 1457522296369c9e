/** Agents that are killed in the middle of their work and started again: the same money as without. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Transaction } from "ethers";
import { ethers, network } from "hardhat";
import { JobStatus } from "../../src/protocol/status";
import { IJobEscrow__factory } from "../../typechain-types";
import { Market } from "./agents/market";
import type { Trick, TrickAnswer } from "./agents/chainServer";
import { statusOf, type Job } from "../fixtures/suite";

/** Long enough to be cut short anywhere. */
const WORK = { epochs: 200 };
const escrowAbi = IJobEscrow__factory.createInterface();

/** Lets transactions that call `name` through to the chain, or not, and never answers. Resolves with the first. */
function swallow(name: string, reachesChain: boolean): { trick: Trick; swallowed: Promise<void> } {
  let done: () => void = () => undefined;
  const swallowed = new Promise<void>((resolve) => (done = resolve));
  const selector = escrowAbi.getFunction(name as "deliver").selector;
  const trick: Trick = async ({ method, params }): Promise<TrickAnswer> => {
    if (method !== "eth_sendRawTransaction") return undefined;
    const raw = String(params[0]);
    if (!Transaction.from(raw).data.startsWith(selector)) return undefined;
    if (reachesChain) await network.provider.send("eth_sendRawTransaction", [raw]);
    done();
    return new Promise(() => undefined);
  };
  return { trick, swallowed };
}

describe("agents that are killed and started again", function () {
  this.timeout(120_000);
  let market: Market;
  /** Result and money of a run that nobody interrupts. */
  let plain: { readonly result: unknown; readonly money: Record<string, bigint> };

  const open = async (): Promise<void> => {
    market = await Market.open(await loadFixture(Market.deploy));
    await market.stake(market.world.actors.ownerA);
  };
  const startOperator = (): ReturnType<Market["start"]> =>
    market.start("operator", "a", market.world.actors.ownerA, { checkpointSeconds: 0 });
  const deliveries = async (job: Job): Promise<readonly unknown[]> => {
    const { escrow } = market.world;
    return escrow.queryFilter(escrow.filters.JobDelivered(job.id));
  };
  const expectPlain = async (job: Job): Promise<void> => {
    await market.reaches(job.id, JobStatus.Delivered);
    expect(await market.world.escrow.resultOf(job.id)).to.equal(plain.result);
    expect(await market.pay(job, market.world.actors.ownerA)).to.deep.equal(plain.money);
    expect(await deliveries(job)).to.have.length(1);
  };

  before(async () => {
    await open();
    const job = await market.draw(await market.training(WORK));
    startOperator();
    await market.reaches(job.id, JobStatus.Delivered);
    const result = await market.world.escrow.resultOf(job.id);
    plain = { result, money: await market.pay(job, market.world.actors.ownerA) };
    await market.close();
  });

  beforeEach(open);

  afterEach(async function () {
    await market.close(this.currentTest?.state === "failed");
  });

  it("operator, before it accepted", async () => {
    const job = await market.draw(await market.training(WORK));
    const killed = startOperator();
    await killed.hears("assigned");
    await killed.kill();
    expect(await statusOf(market.world, job)).to.equal(BigInt(JobStatus.Assigned));
    startOperator();
    await expectPlain(job);
  });

  it("operator, between a checkpoint and the delivery: goes on from there", async () => {
    const job = await market.draw(await market.training(WORK));
    const killed = startOperator();
    await killed.hears("beat", ({ step }) => Number(step) > 0);
    await killed.kill();
    const next = startOperator();
    await expectPlain(job);
    expect((await next.hears("worked"))["resumedFrom"]).to.be.greaterThan(0);
  });

  it("operator, between sending a delivery and learning of it: delivers once", async () => {
    const { trick, swallowed } = swallow("deliver", true);
    market.server.tricks = [trick];
    const job = await market.draw(await market.training(WORK));
    const killed = startOperator();
    await swallowed;
    await killed.kill();
    market.server.tricks = [];
    const next = startOperator();
    await next.hears("ready");
    await expectPlain(job);
    await next.hears("ended");
    expect(next.news.some(({ event }) => event === "started" || event === "delivered")).to.equal(false);
  });

  it("operator, between writing a delivery down and sending it: sends the very same", async () => {
    const { trick, swallowed } = swallow("deliver", false);
    market.server.tricks = [trick];
    const job = await market.draw(await market.training(WORK));
    const killed = startOperator();
    await swallowed;
    await killed.kill();
    const { pending } = market.state("a", `sender-${killed.address.toLowerCase()}.json`) as {
      pending: { versions: { hash: string }[] };
    };
    market.server.tricks = [];
    startOperator();
    await expectPlain(job);
    expect(await network.provider.send("eth_getTransactionReceipt", [pending.versions[0]?.hash])).to.include({
      status: "0x1",
    });
  });

  it("operator, between sealing a result and revealing it: has kept the salt", async () => {
    const { trick, swallowed } = swallow("reveal", false);
    market.server.tricks = [trick];
    const job = await market.draw(await market.training(WORK));
    const config = { commitReveal: true };
    const killed = market.start("operator", "a", market.world.actors.ownerA, config);
    await swallowed;
    await killed.kill();
    expect(await statusOf(market.world, job)).to.equal(BigInt(JobStatus.Committed));
    market.server.tricks = [];
    market.start("operator", "a", market.world.actors.ownerA, config);
    await expectPlain(job);
  });

  it("arbiter, in the middle of doing a job again: rules on it all the same", async () => {
    const { escrow, actors, vault } = market.world;
    const before = await market.money(actors.ownerA);
    const job = await market.draw(await market.training(WORK));
    market.start("operator", "a", actors.ownerA, { misbehave: "garbageResult" });
    await market.reaches(job.id, JobStatus.Delivered);
    await escrow.connect(actors.requester).reject(job.id, job.agreement, ethers.ZeroHash);
    const killed = market.start("arbiter", "j", actors.arbiter);
    await killed.hears("examining");
    await killed.kill();
    expect(await statusOf(market.world, job)).to.equal(BigInt(JobStatus.Disputed));
    const next = market.start("arbiter", "j", actors.arbiter);
    expect((await next.hears("ruled"))["rightDigest"]).to.equal(plain.result);
    await market.reaches(job.id, JobStatus.Refunded);
    const { owner, requester } = await market.money(actors.ownerA);
    expect(owner).to.equal(before["owner"]);
    // The draw fee and the review fee come back out of the lock, once the hold of the slash is over.
    const review = await vault.balanceOf(await vault.accountOf(market.world.arbiter));
    expect((before["requester"] ?? 0n) - (requester ?? 0n)).to.equal(review + 5n * 10n ** 16n);
  });

  it("keeper, between a request and its draws, with the request unheard of: pays for one round", async () => {
    const { escrow, actors, vault } = market.world;
    const { trick, swallowed } = swallow("requestRound", true);
    market.server.tricks = [trick];
    const { id } = await market.postOnly(await market.training(WORK));
    const killed = market.start("keeper", "k", actors.keeper, { always: true });
    await swallowed;
    await killed.kill();
    market.server.tricks = [];
    const keeper = market.start("keeper", "k", actors.keeper, { always: true, collectAbove: "0.0001" });
    market.answerRounds();
    await market.reaches(id, JobStatus.Assigned);
    expect(await escrow.queryFilter(escrow.filters.RoundRequested())).to.have.length(1);
    // One draw fee of 0.05 tokens, half for the request and half for the draw, in the vault account.
    await keeper.hears("collect");
    expect(await vault.balanceOf(await vault.accountOf(actors.keeper))).to.equal(5n * 10n ** 16n);
  });

  it("requester, between sending a posting and learning of it: posts once, and is told which", async () => {
    const { escrow } = market.world;
    const { trick, swallowed } = swallow("post", true);
    market.server.tricks = [trick];
    const killed = market.startPosting(WORK);
    await swallowed;
    await killed.kill();
    market.server.tricks = [];
    const jobId = await market.post(WORK);
    const posted = await escrow.queryFilter(escrow.filters.JobPosted());
    expect(posted.map(({ args }) => args.jobId)).to.deep.equal([jobId]);
    // Whoever asks again now, asks for another one.
    expect(await market.post(WORK)).to.not.equal(jobId);
    expect(await escrow.queryFilter(escrow.filters.JobPosted())).to.have.length(2);
  });
});
