/** A keeper of canaries as a process, beside an operator that cheats and one that does not. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { Result } from "ethers";
import { ethers } from "hardhat";
import { JobStatus } from "../../src/protocol/status";
import { formatJobId } from "../../src/protocol/jobId";
import { jobLines } from "../../src/protocol/words";
import { addGpu, CLASS, conserve, drawRound, dueOf, GWEI } from "../fixtures/suite";
import { Market, type Agent } from "./agents/market";

const TRAINING = { kind: "train-mlp", train: 300, heldOut: 100, epochs: 3, splitSeed: "split" };

describe("agents and canaries", function () {
  this.timeout(240_000);
  let market: Market;

  beforeEach(async () => {
    market = await Market.open(await loadFixture(Market.deploy));
  });

  afterEach(async function () {
    await market.close(this.currentTest?.state === "failed");
  });

  /** Starts a keeper with one canary for each posting of others, over `count` inputs. The same name goes on. */
  function keep(name: string, count: number, plan: Readonly<Record<string, unknown>> = {}): Agent {
    const folder = join(market.folder, `${name}-inputs`);
    mkdirSync(folder, { recursive: true });
    for (let index = 0; index < count; index++) {
      const work = { ...TRAINING, seed: `${name} ${index}` };
      const job = { service: Number(market.offer.service), work, heartbeat: 600 };
      writeFileSync(join(folder, `${index}.json`), JSON.stringify(job));
    }
    const path = join(market.folder, `${name}.plan.json`);
    const terms = { inputs: [`${name}-inputs`], rate: 0.5, budgetPerDay: "1000", spreadSeconds: 0 };
    writeFileSync(path, JSON.stringify({ ...terms, ...plan }));
    const args = ["canaries", path, "--yes", "--authorise", "--deposit"];
    return market.startJob(args, market.world.actors.requester, name);
  }

  const postedBy = async (keeper: Agent): Promise<{ id: bigint; agreement: Parameters<typeof jobLines.decode>[0] }> => {
    const { job: name } = await keeper.hears("canaryPosted");
    const { escrow } = market.world;
    const all = await escrow.queryFilter(escrow.filters.JobPosted());
    const found = all.find(({ args }) => formatJobId(args.jobId) === name);
    if (found === undefined) throw new Error(`${String(name)} was not posted`);
    return { id: found.args.jobId, agreement: found.args.agreement.lines };
  };

  /** What a posting asked for by its calldata, without what two ordinary jobs of one service differ in. */
  async function requestOf(jobId: bigint): Promise<Readonly<Record<string, unknown>>> {
    const { escrow } = market.world;
    const [posted] = await escrow.queryFilter(escrow.filters.JobPosted(jobId));
    const sent = await posted?.getTransaction();
    const asked = escrow.interface.parseTransaction({ data: sent?.data ?? "0x" });
    const request = (asked?.args[0] as Result).toObject() as Record<string, unknown>;
    const { ring: _ring, expiry: _expiry, inputDigest: _input, parametersHash: _hash, note, ...rest } = request;
    const sizes = { length: sent?.data.length, topics: posted?.topics.length, event: posted?.data.length };
    return { ...rest, ...sizes, hasNote: note !== ethers.ZeroHash, from: sent?.from, to: sent?.to, value: sent?.value };
  }

  it("a cheat that cannot tell the canary: accused after a restart, convicted, the lock gone, the requester refunded", async () => {
    const { world } = market;
    const { actors, escrow, registry } = world;
    const gpu = await addGpu(world, actors.ownerA, { slots: 4 });
    const { stake } = await registry.gpuOf(gpu.id);
    let keeper = keep("canaries", 2);
    expect(await keeper.hears("ready")).to.include({ inputs: 2, open: 0 });
    const ordinary = await market.postOnly(await market.training({ epochs: 3 }));
    const canary = await postedBy(keeper);
    await keeper.kill();
    // As if it had been killed right after it sent: what was on disk by then names no job yet.
    const file = `canaries-${market.offer.service}.json`;
    const state = market.state("canaries", file) as { canaries: Record<string, unknown>[] };
    expect(state.canaries).to.have.length(1);
    delete state.canaries[0]?.["jobId"];
    writeFileSync(join(market.folder, "canaries", file), JSON.stringify(state));

    await drawRound(world, [CLASS.T4]);
    const operator = market.start("operator", "cheat", actors.ownerA, { misbehave: { how: "otherModel", jobs: 0 } });
    await market.reaches(canary.id, JobStatus.Delivered);
    await market.reaches(ordinary.id, JobStatus.Delivered);
    keeper = keep("canaries", 2);
    expect((await keeper.hears("ready"))["open"]).to.equal(1);
    await market.reaches(canary.id, JobStatus.Accused);
    // Nothing is posted twice, and the ordinary job is nobody's business.
    expect(await escrow.queryFilter(escrow.filters.JobPosted())).to.have.length(2);
    expect(await market.status(ordinary.id)).to.equal(JobStatus.Delivered);
    expect(await escrow.queryFilter(escrow.filters.AccusationContested())).to.deep.equal([]);

    await operator.stop();
    await time.increaseTo((await dueOf(world, canary)) + 1n);
    expect(await keeper.hears("canaryEnded")).to.include({ job: formatJobId(canary.id), status: "Refunded" });
    const [convicted] = await escrow.queryFilter(escrow.filters.JobConvicted(canary.id));
    expect(convicted?.args.caller).to.equal(actors.requester.address);
    const lock = 5n * jobLines.decode(canary.agreement).compute * GWEI;
    expect(stake - (await registry.gpuOf(gpu.id)).stake).to.equal(lock);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
    await conserve(world);
    await keeper.stop();
  });

  it("an honest operator: paid, never accused; posted as `job post` posts; no input twice, and no more than the budget allows", async () => {
    const { world } = market;
    const { actors, escrow } = world;
    await addGpu(world, actors.ownerA, { slots: 4 });
    // An input that was on the chain before the keeper came would be known again.
    const earlier = { ...TRAINING, seed: "honest 0" };
    const old = await market.post({ epochs: 3 }, { work: earlier });
    const keeper = keep("honest", 2, { acceptSeconds: [0, 0] });
    await keeper.hears("ready");
    const first = await market.post({ epochs: 3 });
    const canary = await postedBy(keeper);
    expect(await requestOf(canary.id)).to.deep.equal(await requestOf(first));
    const inputOf = async (jobId: bigint) =>
      (await escrow.queryFilter(escrow.filters.JobPosted(jobId)))[0]?.args.agreement.inputDigest;
    expect(await inputOf(canary.id)).not.to.equal(await inputOf(old));
    await market.postOnly(await market.training({ epochs: 4 }));
    await keeper.hears("noInput");
    await drawRound(world, [CLASS.T4]);
    market.start("operator", "honest-operator", actors.ownerA);
    await market.reaches(canary.id, JobStatus.Settled);
    await keeper.hears("canaryEnded", ({ status }) => status === "Settled");
    await market.reaches(first, JobStatus.Delivered);
    expect(await escrow.queryFilter(escrow.filters.JobAccused())).to.deep.equal([]);

    const poor = keep("poor", 2, { budgetPerDay: "0.000001" });
    await poor.hears("ready");
    await market.postOnly(await market.training({ epochs: 5 }));
    await poor.hears("overBudget");
    expect(await escrow.queryFilter(escrow.filters.JobPosted())).to.have.length(5);
    expect(await keeper.stop()).to.equal(0);
  });
});
