/** Work that an operator cannot, need not or must not do: declined or missed, and never a wrong result. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { JobStatus } from "../../src/protocol/status";
import { formatJobId } from "../../src/protocol/jobId";
import { cidOf, digestOf } from "../../src/store";
import { addGpu, CLASS, drawRound, dueOf, GWEI, holderOf, statusOf, type Job } from "../fixtures/suite";
import { Market, MODEL, type Agent } from "./agents/market";

const KINDS = { kindDirectories: ["test/unit/workload/kinds"] };

describe("agents and work that is not to be had", function () {
  this.timeout(120_000);
  let market: Market;

  beforeEach(async () => {
    market = await Market.open(await loadFixture(Market.deploy));
  });

  afterEach(async function () {
    await market.close(this.currentTest?.state === "failed");
  });

  const reasonFor = async (operator: Agent, job: Job, event = "declined"): Promise<string> =>
    String((await operator.hears(event, (news) => news["job"] === formatJobId(job.id)))["reason"]);
  const drawAll = (): Promise<unknown> => drawRound(market.world, [CLASS.T4]);

  it("a child over its time, over its memory, that crashes or claims a result: declined, nothing delivered", async () => {
    const { escrow, actors } = market.world;
    await addGpu(market.world, actors.ownerA, { slots: 4 });
    const deeds: Record<string, RegExp> = {
      "fill buffers": /outOfMemory/,
      exit: /crashed: .*exit code 3/,
      "claim a result": /protocol: .* did not write/,
    };
    const start = (limits: Record<string, unknown>): Agent =>
      market.start("operator", "a", actors.ownerA, { ...KINDS, childAttempts: 1, maxParallel: 4, ...limits });
    const before = await market.money(actors.ownerA);
    const endless = await market.draw(await market.misdeed("loop without yielding"), market.offer.bare);
    const impatient = start({ childSeconds: 1 });
    expect(await reasonFor(impatient, endless)).to.equal("timedOut");
    await impatient.stop();

    const jobs = new Map<string, Job>();
    for (const deed of Object.keys(deeds)) {
      jobs.set(deed, await market.postOnly(await market.misdeed(deed), market.offer.bare));
    }
    await drawAll();
    const operator = start({ childSeconds: 60, childMemoryMiB: 160, kinds: ["misbehave"] });
    for (const [deed, reason] of Object.entries(deeds)) {
      expect(await reasonFor(operator, jobs.get(deed) as Job)).to.match(reason);
    }
    expect(await escrow.queryFilter(escrow.filters.JobDelivered())).to.deep.equal([]);
    expect((await market.money(actors.ownerA))["owner"]).to.equal(before["owner"]);
    expect(operator.exitCode).to.equal(undefined);
  });

  it("a job that was accepted and outgrows its time: missed, at the operator's cost, nothing delivered", async () => {
    const { escrow, registry, vault, actors } = market.world;
    const gpu = await market.stake(actors.ownerA);
    const job = await market.draw(await market.training({ epochs: 1000 }));
    const operator = market.start("operator", "a", actors.ownerA, { childSeconds: 3, checkpointSeconds: 0 });
    await operator.hears("beat");
    expect(await reasonFor(operator, job, "runEnded")).to.equal("timedOut");
    await time.increaseTo((await dueOf(market.world, job)) + 1n);
    const { stake } = await registry.gpuOf(gpu.id);
    await vault.connect(actors.stranger).openAccount(actors.stranger);
    await escrow.connect(actors.stranger).miss(job.id, job.agreement);
    await operator.hears("ended");
    expect(stake - (await registry.gpuOf(gpu.id)).stake).to.equal((await registry.callerPayGwei(CLASS.T4)) * GWEI);
    expect(await escrow.queryFilter(escrow.filters.JobDelivered())).to.deep.equal([]);
  });

  it("an input that is not there, or names another model than agreed: declined, the former at the requester's cost", async () => {
    const { escrow, registry, actors } = market.world;
    await addGpu(market.world, actors.ownerA, { slots: 2 });
    const before = await market.money(actors.ownerA);
    const absent = { digest: digestOf(Buffer.from("nowhere")), parametersHash: digestOf(Buffer.from("none")) };
    const missing = await market.postOnly(absent);
    const other = { ...MODEL, layers: [64, 16, 4] };
    const foreign = await market.postOnly(await market.training({ epochs: 3 }, { model: other }));
    await drawAll();
    const operator = market.start("operator", "a", actors.ownerA, { inputPatienceSeconds: 0 });
    expect(await reasonFor(operator, foreign)).to.match(/names the model .* was agreed on/);
    expect(await reasonFor(operator, missing)).to.contain(cidOf(absent.digest));
    const declines = await escrow.queryFilter(escrow.filters.JobDeclined());
    const blamed = new Map(declines.map(({ args }) => [args.jobId, args.inputUnavailable]));
    expect([blamed.get(missing.id), blamed.get(foreign.id)]).to.deep.equal([true, false]);

    for (const job of [missing, foreign]) {
      const requeued = await escrow.queryFilter(escrow.filters.JobRequeued(job.id));
      const ticket = requeued.at(-1)?.args.ticket ?? 0n;
      await escrow.connect(actors.requester).cancel(job.id, job.agreement, ticket, true);
    }
    const after = await market.money(actors.ownerA);
    // 0.1% of the class minimum stake is what a caller is paid, and what a missing input costs; draws cost 0.05 tokens each.
    const charge = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
    const drawFees = 2n * 5n * 10n ** 16n;
    expect((before["requester"] ?? 0n) - (after["requester"] ?? 0n)).to.equal(charge + drawFees);
    expect((after["fees"] ?? 0n) - (before["fees"] ?? 0n)).to.equal(charge);
    expect(after["owner"]).to.equal(before["owner"]);
  });

  it("a poisoned checkpoint of another operator: found out, and the right result delivered", async () => {
    const { world } = market;
    const { ownerA, ownerB } = world.actors;
    const gpus = [await market.stake(ownerA), await market.stake(ownerB)];
    const job = await market.draw(await market.training({ epochs: 20 }));
    const poisoner = await holderOf(world, job, gpus);
    const other = poisoner.owner === ownerA ? ownerB : ownerA;
    const liar = market.start("operator", "liar", poisoner.owner, { misbehave: "poisonedCheckpoint" });
    await liar.hears("beat", ({ step }) => Number(step) > 0);
    await liar.kill();
    await time.increaseTo((await dueOf(world, job)) + 1n);
    await world.escrow.connect(world.actors.stranger).miss(job.id, job.agreement);
    await world.registry.connect(poisoner.owner).setPaused(poisoner.id, true);
    const honest = market.start("operator", "honest", other);
    await drawAll();
    await honest.hears("checkpointRejected");
    await market.reaches(job.id, JobStatus.Delivered);
    // A slow machine may interrupt the work; then it goes on from a checkpoint of its own, never from the liar's.
    const { resumedFrom } = await honest.hears("worked");
    const own = honest.news.filter(({ event }) => event === "checkpoint").map(({ step }) => step);
    expect([0, ...own]).to.include(resumedFrom);
    const starts = honest.news.filter(({ event }) => event === "started");
    expect(starts.filter(({ foreign }) => foreign === true)).to.have.length(1);
    const { answer } = await market.command("job", ["result", `${job.id}`, "--check"], world.actors.requester);
    expect(answer).to.include({ ok: true, agrees: true });
    expect(await statusOf(world, job)).to.equal(BigInt(JobStatus.Delivered));
  });
});
