import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { AbiCoder, keccak256, type ContractTransactionReceipt } from "ethers";
import { ANY_REGION as ANY, pick, type Entrant } from "../../../../src/model/draw";
import { ownerWord } from "../../../../src/model/registryWords";
import {
  assignedJob,
  drawFeeOf,
  fieldsOf,
  HOUR,
  lonelyJob,
  missOnce,
  moneyOf,
  changesSince,
  expected,
  queueOf,
  setQueue,
  type Market,
} from "../../../fixtures/market";
import {
  answerKindly,
  addGpu,
  addService,
  CLASS,
  conserve,
  deployMarket,
  drawRound,
  eventsOf,
  fundRequester,
  GWEI,
  holderOf,
  type Job,
  mined,
  postJob,
  requestRound,
  Status,
  statusOf,
  vaultBalance,
} from "../../../fixtures/suite";

const OWNER_TABLE = 7;

/** A market whose only other entrants are the requester's own, `own` of them, so that most tries are rejected. */
async function crowdedMarket(own: number): Promise<Market> {
  const world = await loadFixture(deployMarket);
  for (let i = 0; i < own; i += 1) await addGpu(world, world.actors.requester);
  return world;
}

/** What a draw of the class sees when no round is open. */
async function entrantsOf({ registry }: Market, classId: number): Promise<Entrant[]> {
  const { entrants } = await registry.listOf(classId, 0);
  return Promise.all(
    Array.from({ length: Number(entrants) }, async (_, index) => {
      const gpu = await registry.listedAt(classId, 0, index);
      const { owner, stake, locked, slots, active, paused, leaving } = await registry.gpuOf(gpu);
      const { score, verified } = ownerWord.decode(await registry.wordOf(OWNER_TABLE, owner));
      const free = Number(slots - active);
      const weight = score / 10_000n;
      return {
        gpu,
        owner,
        out: paused || leaving,
        stake: stake / GWEI,
        locked: locked / GWEI,
        free,
        weight,
        probation: verified < 5n,
      };
    }),
  );
}

/** Calls `assign` until the class has nothing pending; returns the calls it took. */
async function drawAll({ escrow, actors }: Market, by = actors.keeper): Promise<number> {
  for (let calls = 0; ; calls += 1) {
    const { pendingMain, pendingFront } = await queueOf({ escrow }, CLASS.T4);
    if (pendingMain + pendingFront === 0n) return calls;
    await escrow.connect(by).assign(CLASS.T4, 256);
  }
}

describe("JobEscrow: assign", () => {
  it("refuses a class that no round binds, an unanswered round and one that is over", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, beacon, actors, service } = world;
    const assign = () => escrow.connect(actors.keeper).assign(CLASS.T4, 1);
    const none = () => expect(assign()).to.be.revertedWithCustomError(escrow, "EscrowNoRound").withArgs(CLASS.T4);
    await none();
    await postJob(world, actors.requester, service);
    await none();
    await escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n });
    await expect(assign()).to.be.revertedWithCustomError(beacon, "BeaconNoSeed").withArgs(1);
    const [event] = await beacon.queryFilter(beacon.filters.RoundRequested(1));
    await answerKindly(world, event!.args.requestId, [CLASS.T4]);
    await assign();
    await none();
  });

  it("hands the job to the drawn GPU for its acceptance window", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, actors, service, gpus, config } = world;
    const job = await postJob(world, actors.requester, service);
    await requestRound(world, [CLASS.T4]);
    // Sixteen tries find one of four GPUs nearly always; whichever call does it is looked at.
    let at = await time.latest();
    let receipt: ContractTransactionReceipt;
    do {
      await time.setNextBlockTimestamp((at += 100));
      receipt = await mined(escrow.connect(actors.stranger).assign(CLASS.T4, 1));
    } while ((await statusOf(world, job)) === BigInt(Status.Posted));
    const gpu = await holderOf(world, job, gpus);
    const due = BigInt(at + Number(config.escrow.acceptanceMinutes) * 60);
    expect(eventsOf(receipt, escrow, "JobAssigned")[0]?.args.toArray()).to.deep.equal([job.id, gpu.id, 1n, 1n, due]);
    const { payGwei, status, attempt, round, accepted, byFallback } = await fieldsOf(world, job);
    expect([status, attempt, round, accepted, byFallback]).to.deep.equal([
      BigInt(Status.Assigned),
      1n,
      1n,
      false,
      false,
    ]);
    const { locked, active } = await registry.gpuOf(gpu.id);
    expect([locked, active]).to.deep.equal([payGwei * 5n * GWEI, 1n]);
  });

  it("draws by the seed of round, escrow, job and attempt alone, as the model does", async () => {
    const world = await crowdedMarket(3);
    const { escrow, beacon, vault, actors, service } = world;
    const job = await postJob(world, actors.requester, service);
    const entrants = await entrantsOf(world, CLASS.T4);
    const round = await requestRound(world, [CLASS.T4]);
    const seed = keccak256(
      AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "address", "uint256", "uint8"],
        [(await beacon.seedOf(round)).seed, await escrow.getAddress(), job.id, 0],
      ),
    );
    const priceGwei = (await fieldsOf(world, job)).payGwei;
    const rejected = await Promise.all(
      [actors.requester, actors.modelOwner, actors.datasetOwner].map((who) => vault.accountOf(who)),
    );
    const { entrant } = pick([entrants], {
      region: ANY,
      firstTry: 0,
      tries: 256,
      seed,
      lockGwei: priceGwei * 5n,
      priceGwei,
      rejected,
      probationShare: 10n,
    });
    await drawAll(world);
    expect((await fieldsOf(world, job)).gpu).to.equal(entrant?.gpu);
  });

  describe("in parts", () => {
    it("concludes as many jobs as it is told, in queue order, and says how many", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, registry } = world;
      const jobs: Job[] = [];
      for (let ring = 0; ring < 4; ring += 1) jobs.push(await postJob(world, actors.requester, service, { ring }));
      await requestRound(world, [CLASS.T4]);
      const assign = async (most: number): Promise<bigint[]> => {
        const receipt = await mined(escrow.connect(actors.keeper).assign(CLASS.T4, most));
        return eventsOf(receipt, escrow, "JobAssigned").map(({ args }) => args["jobId"] as bigint);
      };
      expect(await assign(0)).to.deep.equal([]);
      expect((await registry.openRoundInfo()).remaining).to.equal(4n);
      const order: bigint[] = [];
      while ((await registry.openRoundInfo()).round !== 0n) {
        const concluded = await escrow.connect(actors.keeper).assign.staticCall(CLASS.T4, 2);
        const drawn = await assign(2);
        expect(drawn).to.have.lengthOf(Number(concluded)).and.lengthOf.at.most(2);
        order.push(...drawn);
      }
      expect(order).to.deep.equal(jobs.map(({ id }) => id));
    });

    it("@long makes 16 tries a call and continues where the last call stopped; each of the first six spends one fee", async () => {
      const world = await crowdedMarket(40);
      const { escrow, registry, actors, service } = world;
      const callsNeeded: number[] = [];
      // Forty of 44 entrants are rejected, the others fit one time in four: most jobs need more than one call.
      while (Math.max(...callsNeeded, 0) < 3) {
        const job = await postJob(world, actors.requester, service);
        await requestRound(world, [CLASS.T4]);
        const earned = await escrow.drawFeesOf(actors.keeper);
        let calls = 0;
        for (;;) {
          const first = BigInt(16 * calls);
          expect((await queueOf(world, CLASS.T4)).tries).to.equal(first);
          const receipt = await mined(escrow.connect(actors.keeper).assign(CLASS.T4, 1));
          calls += 1;
          const { drawFees, status, attempt } = await fieldsOf(world, job);
          expect(drawFees).to.equal(BigInt(Math.min(calls, 6)));
          if (status === BigInt(Status.Assigned)) {
            const [drawn] = eventsOf(receipt, registry, "GpuDrawn");
            expect(drawn?.args["tryNumber"]).to.be.within(first, first + 16n);
            break;
          }
          expect([status, attempt]).to.deep.equal([BigInt(Status.Posted), 0n]);
        }
        const fees = BigInt(Math.min(calls, 6)) * drawFeeOf(job);
        expect((await escrow.drawFeesOf(actors.keeper)) - earned).to.equal(fees);
        // The GPU comes free again for the next one.
        const gpu = await holderOf(world, job, world.gpus);
        await escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
        const { frontHead, frontTail } = await queueOf(world, CLASS.T4);
        expect(frontTail - frontHead).to.equal(1n);
        await escrow.connect(job.requester).cancel(job.id, job.agreement, frontHead, true);
        await drawRound(world, [CLASS.T4]);
        callsNeeded.push(calls);
      }
    });

    it("finds the same GPU however many calls by whomever it takes", async () => {
      const world = await crowdedMarket(20);
      const { escrow, actors, service } = world;
      const job = await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4]);
      await mine(100);
      await time.increase(300);
      await escrow.connect(actors.stranger).assign(CLASS.T4, 0);
      await drawAll(world, actors.stranger);
      const drawn = (await fieldsOf(world, job)).gpu;
      const twin = await crowdedMarket(20);
      const again = await postJob(twin, twin.actors.requester, twin.service);
      await requestRound(twin, [CLASS.T4]);
      await drawAll(twin);
      expect(again.id).to.equal(job.id);
      expect((await fieldsOf(twin, again)).gpu).to.equal(drawn);
    });
  });

  describe("order", () => {
    it("is front line first, then the main line", async () => {
      const { world, job } = await assignedJob();
      const { actors, service } = world;
      const early = await postJob(world, actors.requester2, service);
      await missOnce(world, job);
      const late = await postJob(world, actors.requester2, service);
      const drawn = await drawRound(world, [CLASS.T4]);
      expect(drawn.map(({ jobId }) => jobId)).to.deep.equal([job.id, early.id, late.id]);
      expect((await fieldsOf(world, job)).redrawn).to.equal(true);
    });

    it("skips a job that was cancelled before the request", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const gone = await postJob(world, actors.requester, service);
      const job = await postJob(world, actors.requester2, service);
      await escrow.connect(actors.requester).cancel(gone.id, gone.agreement, gone.ticket, false);
      await requestRound(world, [CLASS.T4]);
      expect(await escrow.connect(actors.keeper).assign.staticCall(CLASS.T4, 1)).to.equal(1n);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      expect(await escrow.drawFeesOf(actors.keeper)).to.equal(0n);
      await drawAll(world);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
    });

    it("skips the entry of an earlier generation of the same ring index", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const old = await postJob(world, actors.requester, service, { ring: 3 });
      await escrow.connect(actors.requester).cancel(old.id, old.agreement, old.ticket, false);
      const job = await postJob(world, actors.requester, service, { ring: 3 });
      const drawn = await drawRound(world, [CLASS.T4]);
      expect(drawn.map(({ jobId }) => jobId)).to.deep.equal([job.id]);
    });
  });

  describe("draw fees", () => {
    it("go half to who requested the round and half to the caller", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const job = await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4], actors.keeper);
      await escrow.connect(actors.stranger).assign(CLASS.T4, 1);
      const fees = drawFeeOf(job) * (await fieldsOf(world, job)).drawFees;
      expect(await escrow.drawFeesOf(actors.keeper)).to.equal(fees / 2n);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(fees / 2n);
      await conserve(world);
    });

    it("go whole to a caller who requested the round", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const job = await postJob(world, actors.requester, service);
      await drawRound(world, [CLASS.T4], actors.stranger);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(drawFeeOf(job) * (await fieldsOf(world, job)).drawFees);
    });

    it("stay in the pot's held sum until they are collected", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, vault, actors, service } = world;
      const job = await postJob(world, actors.requester, service);
      const before = await moneyOf(world);
      await drawRound(world, [CLASS.T4]);
      expect(await changesSince(world, before)).to.deep.equal({});
      expect(await vault.heldBy(escrow)).to.equal(job.total);
      const fees = await escrow.drawFeesOf(actors.keeper);
      await escrow.connect(actors.keeper).collect();
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of keeper": fees, "vault, held for escrow": -fees }),
      );
    });
  });

  describe("given no GPU that fits", () => {
    it("counts 256 tries as one draw, sends the job to the tail and tells so", async () => {
      const { world, job } = await lonelyJob();
      const { escrow, actors, service } = world;
      await requestRound(world, [CLASS.T4]);
      const behind = await postJob(world, actors.requester, service);
      for (let call = 1; call < 16; call += 1) await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      expect((await queueOf(world, CLASS.T4)).tries).to.equal(240n);
      await expect(escrow.connect(actors.keeper).assign(CLASS.T4, 1))
        .to.emit(escrow, "JobDrawFailed")
        .withArgs(job.id, 1, 1)
        .and.to.emit(escrow, "JobRequeued")
        .withArgs(job.id, CLASS.T4, false, behind.ticket + 1n);
      const { status, attempt, drawFees, redrawn } = await fieldsOf(world, job);
      expect([status, attempt, drawFees, redrawn]).to.deep.equal([BigInt(Status.Posted), 1n, 6n, false]);
      const { tries, pendingMain } = await queueOf(world, CLASS.T4);
      expect([tries, pendingMain]).to.deep.equal([0n, 0n]);
      expect((await world.registry.openRoundInfo()).round).to.equal(0n);
    });

    it("I15 closes a job after three draws that found no one; the fees stop at six", async () => {
      const { world, job } = await lonelyJob();
      const { escrow, actors } = world;
      const before = await vaultBalance(world, job.requester);
      for (let draw = 1; draw <= 3; draw += 1) {
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
        expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
        expect((await fieldsOf(world, job)).attempt).to.equal(BigInt(draw));
      }
      const { refundDue, drawFees, status } = await fieldsOf(world, job);
      expect([status, refundDue, drawFees]).to.deep.equal([BigInt(Status.Expired), true, 6n]);
      expect(await escrow.drawFeesOf(actors.keeper)).to.equal(6n * drawFeeOf(job));
      await escrow.connect(actors.stranger).refund(job.id, job.agreement);
      expect((await vaultBalance(world, job.requester)) - before).to.equal(job.total - 6n * drawFeeOf(job));
      await conserve(world);
    });

    it("closes the job at once when the main line is full", async () => {
      const { world, job } = await lonelyJob();
      const { escrow, actors } = world;
      await requestRound(world, [CLASS.T4]);
      for (let call = 1; call < 16; call += 1) await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      const { mainHead } = await queueOf(world, CLASS.T4);
      await setQueue(world, CLASS.T4, { mainTail: mainHead + 4_097n });
      await expect(escrow.connect(actors.keeper).assign(CLASS.T4, 1))
        .to.emit(escrow, "JobRefunded")
        .withArgs(job.id, Status.Expired, 0);
      expect((await fieldsOf(world, job)).refundDue).to.equal(true);
    });

    it("of a class without a GPU, and of a region without one, makes its tries all the same", async () => {
      const world = await loadFixture(deployMarket);
      const { actors, service } = world;
      const empty = await addService(world, { label: "empty", classId: CLASS.L4 });
      const classless = await postJob(world, actors.requester, empty);
      const placeless = await postJob(world, actors.requester2, service, { region: 5 });
      expect(await drawRound(world, [CLASS.L4, CLASS.T4])).to.deep.equal([]);
      for (const job of [classless, placeless]) {
        const { status, attempt } = await fieldsOf(world, job);
        expect([status, attempt]).to.deep.equal([BigInt(Status.Posted), 1n]);
      }
    });

    it("@long leaves a job whose lock no stake covers to its end", async () => {
      const world = await loadFixture(deployMarket);
      const { actors, service } = world;
      await fundRequester(world, actors.requester, 10n ** 26n);
      const dear = await postJob(world, actors.requester, service, { units: 1_000_000 });
      for (let draw = 0; draw < 3; draw += 1) expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
      const { status, refundDue } = await fieldsOf(world, dear);
      expect([status, refundDue]).to.deep.equal([BigInt(Status.Expired), true]);
    });
  });

  describe("never draws", () => {
    for (const party of ["requester", "modelOwner", "datasetOwner"] as const) {
      it(`a GPU of the ${party}`, async () => {
        const world = await loadFixture(deployMarket);
        const { registry, actors, service, gpus } = world;
        for (const gpu of gpus) await registry.connect(gpu.owner).setPaused(gpu.id, true);
        await addGpu(world, actors[party]);
        const job = await postJob(world, actors.requester, service);
        expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
        expect((await fieldsOf(world, job)).attempt).to.equal(1n);
      });
    }

    it("a GPU that joined after the request", async () => {
      const world = await loadFixture(deployMarket);
      const { registry, actors, gpus, service } = world;
      for (const gpu of gpus.slice(1)) await registry.connect(gpu.owner).setPaused(gpu.id, true);
      const job = await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4]);
      await addGpu(world, actors.stranger);
      await drawAll(world);
      expect((await fieldsOf(world, job)).gpu).to.equal(gpus[0]!.id);
    });

    it("outside of the region that the job asks for", async () => {
      const world = await loadFixture(deployMarket);
      const { actors, service } = world;
      const near = await addGpu(world, actors.stranger, { region: 5 });
      const job = await postJob(world, actors.requester, service, { region: 5 });
      await drawRound(world, [CLASS.T4]);
      expect((await fieldsOf(world, job)).gpu).to.equal(near.id);
    });
  });

  it("stops while the registry is stopped, and the round closes by time", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, actors, service } = world;
    const job = await postJob(world, actors.requester, service);
    await requestRound(world, [CLASS.T4]);
    await registry.connect(actors.owner).setWorkStopped(true);
    await expect(escrow.connect(actors.keeper).assign(CLASS.T4, 1)).to.be.revertedWithCustomError(
      registry,
      "RegistryPaused",
    );
    await time.increase(HOUR);
    await escrow.connect(actors.keeper).closeRound(CLASS.T4, 1);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
  });
});
