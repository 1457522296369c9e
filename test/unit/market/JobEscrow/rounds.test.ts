import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import {
  assignedJob,
  changesSince,
  drawFeeOf,
  expected,
  fieldsOf,
  HOUR,
  lonelyJob,
  MINUTE,
  moneyOf,
  playedBy,
  queueOf,
  raceAt,
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
  GWEI,
  passInterval,
  postJob,
  requestRound,
  Status,
  statusOf,
  TOKEN,
  vaultBalance,
} from "../../../fixtures/suite";

/** More than a round costs. */
const AMPLE = 10n ** 18n;
const SHUT = 10 * MINUTE;

/** Requests a round that nobody answers. */
async function ask({ escrow, actors }: Market, classIds: number[] = [CLASS.T4], by = actors.keeper): Promise<number> {
  await escrow.connect(by).requestRound(classIds, { value: AMPLE });
  return time.latest();
}

async function answer(world: Market): Promise<void> {
  const { beacon } = world;
  const [event] = await beacon.queryFilter(beacon.filters.RoundRequested(await beacon.currentRound()));
  await answerKindly(world, event!.args.requestId, [CLASS.T4]);
}

/** Another contract asks the beacon for a round, as a module beside the escrow does. */
async function askBeside({ beacon, actors }: Market): Promise<void> {
  await beacon.connect(actors.owner).setConsumer(actors.stranger, true);
  await beacon.connect(actors.stranger).request({ value: AMPLE });
}

describe("JobEscrow: rounds", () => {
  describe("requestRound", () => {
    it("refuses no class, a class where nothing waits, an unknown class and a class named twice", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, beacon, actors, service } = world;
      const request = (classes: number[]) => escrow.connect(actors.keeper).requestRound(classes, { value: AMPLE });
      const refused = (classes: number[], classId: number) =>
        expect(request(classes)).to.be.revertedWithCustomError(escrow, "EscrowNothingWaiting").withArgs(classId);
      await refused([], 0);
      await refused([CLASS.L4], CLASS.L4);
      await refused([200], 200);
      await postJob(world, actors.requester, service);
      await refused([CLASS.T4, CLASS.L4], CLASS.L4);
      await refused([CLASS.T4, CLASS.T4], CLASS.T4);
      expect(await beacon.currentRound()).to.equal(0n);
    });

    it("binds what waits in several classes, and tells how many", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, registry } = world;
      const other = await addService(world, { label: "other", classId: CLASS.L4 });
      for (const [index, wanted] of [service, service, other].entries()) {
        await postJob(world, actors.requester, wanted, { ring: index });
      }
      await expect(escrow.connect(actors.keeper).requestRound([CLASS.T4, CLASS.L4], { value: AMPLE }))
        .to.emit(escrow, "RoundRequested")
        .withArgs(1, actors.keeper.address, 3);
      const lines = await Promise.all([CLASS.T4, CLASS.L4].map((id) => queueOf(world, id)));
      expect(lines.map(({ pendingMain, round }) => [pendingMain, round])).to.deep.equal([
        [2n, 1n],
        [1n, 1n],
      ]);
      expect([...(await registry.openRoundInfo())]).to.deep.equal([1n, 3n, await escrow.getAddress()]);
      expect([...(await escrow.roundOf())]).to.deep.equal([1n, actors.keeper.address]);
    });

    it("leaves a class that it does not name for the next round", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const other = await addService(world, { label: "other", classId: CLASS.L4 });
      await addGpu(world, actors.ownerA, { classId: CLASS.L4 });
      const left = await postJob(world, actors.requester, other);
      await postJob(world, actors.requester2, service);
      await requestRound(world, [CLASS.T4]);
      await expect(escrow.connect(actors.keeper).assign(CLASS.L4, 1))
        .to.be.revertedWithCustomError(escrow, "EscrowNoRound")
        .withArgs(CLASS.L4);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      await drawRound(world, [CLASS.L4]);
      expect(await statusOf(world, left)).to.equal(BigInt(Status.Assigned));
    });

    it("binds 256 jobs of a class at most, the front line first", async () => {
      const world = await loadFixture(deployMarket);
      await setQueue(world, CLASS.T4, { frontHead: 10n, frontTail: 110n, mainHead: 0n, mainTail: 300n });
      await ask(world);
      const { pendingFront, pendingMain } = await queueOf(world, CLASS.T4);
      expect([pendingFront, pendingMain]).to.deep.equal([100n, 156n]);
      expect((await world.registry.openRoundInfo()).remaining).to.equal(256n);
    });

    it("refuses less native coin than the price, a contract that is no consumer, and a stopped or rightless registry", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, beacon, registry, actors, service } = world;
      await postJob(world, actors.requester, service);
      const gasPrice = 10n * GWEI;
      const price = await beacon.price({ gasPrice });
      const request = (value = AMPLE) =>
        escrow.connect(actors.keeper).requestRound([CLASS.T4], { value, gasPrice, gasLimit: 2_000_000 });
      await expect(request(price - 1n))
        .to.be.revertedWithCustomError(beacon, "BeaconUnderpaid")
        .withArgs(price - 1n, price);
      await beacon.connect(actors.owner).setConsumer(escrow, false);
      await expect(request())
        .to.be.revertedWithCustomError(beacon, "BeaconOnlyConsumer")
        .withArgs(await escrow.getAddress());
      await beacon.connect(actors.owner).setConsumer(escrow, true);
      await registry.connect(actors.owner).setWorkStopped(true);
      await expect(request()).to.be.revertedWithCustomError(registry, "RegistryPaused");
      await registry.connect(actors.owner).setWorkStopped(false);
      await registry.connect(actors.owner).setModule(escrow, 14);
      await expect(request())
        .to.be.revertedWithCustomError(registry, "RegistryMissingScope")
        .withArgs(await escrow.getAddress(), 1);
      await registry.connect(actors.owner).setModule(escrow, 15);
      await request(price);
      expect(await beacon.currentRound()).to.equal(1n);
    });

    it("refuses a second round while one is answered and not all of its jobs are drawn", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4]);
      await postJob(world, actors.requester, service);
      await passInterval(world);
      await expect(ask(world)).to.be.revertedWithCustomError(escrow, "EscrowRoundOpen").withArgs(1);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      await ask(world);
    });

    it("refuses to come sooner than the interval after the last", async () => {
      const world = await loadFixture(deployMarket);
      const { beacon, actors, service } = world;
      await postJob(world, actors.requester, service);
      const requestedAt = await ask(world);
      await answer(world);
      await world.escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      await postJob(world, actors.requester2, service);
      await expect(ask(world))
        .to.be.revertedWithCustomError(beacon, "BeaconTooSoon")
        .withArgs(requestedAt + 10);
    });

    it("refuses while another module's round is open, answered or not", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, actors, service } = world;
      await registry.connect(actors.owner).setModule(actors.stranger, 15);
      await registry.connect(actors.stranger).openRound(1, 1, 0);
      await postJob(world, actors.requester, service);
      await expect(ask(world)).to.be.revertedWithCustomError(escrow, "EscrowRoundOpen").withArgs(1);
    });

    describe("given an unanswered round", () => {
      it("refuses another for an hour, then kills it and binds anew (I15)", async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, beacon, actors, service } = world;
        const first = await postJob(world, actors.requester, service);
        const requestedAt = await ask(world);
        const later = await postJob(world, actors.requester2, service);
        const opens = requestedAt + HOUR;
        await time.setNextBlockTimestamp(opens - 1);
        await expect(ask(world)).to.be.revertedWithCustomError(beacon, "BeaconRoundUnanswered").withArgs(1, opens);
        await time.setNextBlockTimestamp(opens);
        await expect(escrow.connect(actors.stranger).requestRound([CLASS.T4], { value: AMPLE }))
          .to.emit(escrow, "RoundRequested")
          .withArgs(2, actors.stranger.address, 2)
          .and.to.emit(beacon, "RoundDied")
          .withArgs(1);
        await answer(world);
        await escrow.connect(actors.keeper).assign(CLASS.T4, 10);
        for (const job of [first, later]) {
          const { status, round } = await fieldsOf(world, job);
          expect([status, round]).to.deep.equal([BigInt(Status.Assigned), 2n]);
        }
        expect((await world.registry.openRoundInfo()).round).to.equal(0n);
      });

      it("frees a class that the new round does not name", async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, actors, service } = world;
        const other = await addService(world, { label: "other", classId: CLASS.L4 });
        const kept = await postJob(world, actors.requester, service);
        const freed = await postJob(world, actors.requester2, other);
        await ask(world, [CLASS.T4, CLASS.L4]);
        await time.increase(HOUR);
        await ask(world, [CLASS.T4]);
        await expect(escrow.connect(kept.requester).cancel(kept.id, kept.agreement, kept.ticket, false))
          .to.be.revertedWithCustomError(escrow, "EscrowBoundToRound")
          .withArgs(kept.id, 2);
        await escrow.connect(freed.requester).cancel(freed.id, freed.agreement, freed.ticket, false);
        expect(await statusOf(world, freed)).to.equal(BigInt(Status.Cancelled));
      });

      it("I15 that another consumer of the beacon buried, replaces it and frees its jobs", async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, actors, service } = world;
        const leaving = await postJob(world, actors.requester, service);
        const staying = await postJob(world, actors.requester2, service);
        await ask(world);
        await time.increase(HOUR);
        await askBeside(world);
        await escrow.connect(leaving.requester).cancel(leaving.id, leaving.agreement, leaving.ticket, false);
        await answer(world);
        await passInterval(world);
        await ask(world);
        await answer(world);
        await escrow.connect(actors.keeper).assign(CLASS.T4, 10);
        expect(await statusOf(world, staying)).to.equal(BigInt(Status.Assigned));
        await conserve(world);
      });
    });

    it("@long I15 whose answered round is overwritten in the beacon's ring, replaces it", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, beacon, actors, service } = world;
      const job = await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4]);
      for (let round = 0; round < 256; round += 1) {
        await passInterval(world);
        await askBeside(world);
        await answer(world);
      }
      expect((await beacon.roundInfo(1)).status).to.equal(0n);
      await expect(escrow.connect(actors.keeper).assign(CLASS.T4, 1)).to.be.revertedWithCustomError(
        beacon,
        "BeaconNoSeed",
      );
      await passInterval(world);
      await requestRound(world, [CLASS.T4]);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
    });
  });

  describe("closeRound", () => {
    /** `jobs` jobs bound to an answered round. Returns when it was answered. */
    async function answered(world: Market, jobs = 1): Promise<number> {
      for (let ring = 0; ring < jobs; ring += 1) await postJob(world, world.actors.requester, world.service, { ring });
      await requestRound(world, [CLASS.T4]);
      return time.latest();
    }

    it("opens 10 minutes after the seed, not a second before", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const opensAt = (await answered(world)) + SHUT;
      const close = () => escrow.connect(actors.stranger).closeRound(CLASS.T4, 1);
      await time.setNextBlockTimestamp(opensAt - 1);
      await expect(close()).to.be.revertedWithCustomError(escrow, "EscrowTooEarly").withArgs(1, opensAt);
      await time.setNextBlockTimestamp(opensAt);
      await close();
      expect((await world.registry.openRoundInfo()).round).to.equal(0n);
    });

    for (const first of ["assign", "close"] as const) {
      it(`in one second with a draw: when ${first} comes first, it wins`, async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, actors } = world;
        const opensAt = (await answered(world)) + SHUT;
        const draw = (overrides: object) => escrow.connect(actors.keeper).assign(CLASS.T4, 1, overrides);
        const close = (overrides: object) => escrow.connect(actors.stranger).closeRound(CLASS.T4, 1, overrides);
        const passed = await raceAt(opensAt, first === "assign" ? [draw, close] : [close, draw]);
        expect(passed).to.deep.equal([true, false]);
        const { job } = await escrow.jobAt(await world.vault.accountOf(actors.requester), 0);
        const status = (job >> 213n) & 0xfn;
        expect(status).to.equal(BigInt(first === "assign" ? Status.Assigned : Status.Expired));
        await conserve(world);
      });
    }

    it("never opens for a round without an answer, nor for a class without one", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const close = (classId: number) => escrow.connect(actors.stranger).closeRound(classId, 5);
      await expect(close(CLASS.T4)).to.be.revertedWithCustomError(escrow, "EscrowNoRound").withArgs(CLASS.T4);
      await postJob(world, actors.requester, service);
      await expect(close(CLASS.T4)).to.be.revertedWithCustomError(escrow, "EscrowNoRound").withArgs(CLASS.T4);
      await ask(world);
      await time.increase(HOUR);
      await expect(close(CLASS.T4)).to.be.revertedWithCustomError(escrow, "EscrowTooEarly").withArgs(1, SHUT);
      await expect(close(CLASS.L4)).to.be.revertedWithCustomError(escrow, "EscrowNoRound").withArgs(CLASS.L4);
    });

    it("takes as many jobs as it is told, in queue order; each gives its caller one draw fee", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, registry, vault } = world;
      await answered(world, 3);
      await time.increase(SHUT);
      expect(await escrow.connect(actors.stranger).closeRound.staticCall(CLASS.T4, 2)).to.equal(2n);
      await escrow.connect(actors.stranger).closeRound(CLASS.T4, 2);
      const account = await vault.accountOf(actors.requester);
      const statuses = await Promise.all([0, 1, 2].map((ring) => escrow.jobAt(account, ring)));
      expect(statuses.map(({ job }) => (job >> 213n) & 0xfn)).to.deep.equal([10n, 10n, 1n]);
      expect((await registry.openRoundInfo()).remaining).to.equal(1n);
      const { drawUnit } = await world.catalog.quote(world.service.id, 1, false);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(2n * drawUnit * GWEI);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 5);
      expect((await registry.openRoundInfo()).round).to.equal(0n);
      await conserve(world);
    });

    it("counts a cancelled job off the round, without a fee", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const gone = await postJob(world, actors.requester, service);
      await escrow.connect(actors.requester).cancel(gone.id, gone.agreement, gone.ticket, false);
      await requestRound(world, [CLASS.T4]);
      await time.increase(SHUT);
      await escrow.connect(actors.stranger).closeRound(CLASS.T4, 1);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(0n);
      expect(await statusOf(world, gone)).to.equal(BigInt(Status.Cancelled));
      expect((await world.registry.openRoundInfo()).round).to.equal(0n);
    });

    it("takes no fee of a job whose earlier draws spent all six (I12)", async () => {
      const { world, job } = await lonelyJob();
      const { escrow, actors } = world;
      const before = await vaultBalance(world, job.requester);
      expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
      expect((await fieldsOf(world, job)).drawFees).to.equal(6n);
      await requestRound(world, [CLASS.T4]);
      await time.increase(SHUT);
      await escrow.connect(actors.stranger).closeRound(CLASS.T4, 1);
      const { status, refundDue, drawFees } = await fieldsOf(world, job);
      expect([status, refundDue, drawFees]).to.deep.equal([BigInt(Status.Expired), true, 6n]);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(0n);
      await escrow.connect(actors.stranger).refund(job.id, job.agreement);
      expect((await vaultBalance(world, job.requester)) - before).to.equal(job.total - 6n * drawFeeOf(job));
      await conserve(world);
    });

    it("of no jobs changes nothing", async () => {
      const world = await loadFixture(deployMarket);
      await answered(world);
      await time.increase(SHUT);
      const before = await queueOf(world, CLASS.T4);
      await world.escrow.connect(world.actors.stranger).closeRound(CLASS.T4, 0);
      expect(await queueOf(world, CLASS.T4)).to.deep.equal(before);
    });

    it("works for a module that lost its right to draw, and so its round", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, actors } = world;
      await answered(world);
      await registry.connect(actors.owner).setModule(escrow, 14);
      await expect(escrow.connect(actors.keeper).assign(CLASS.T4, 1)).to.be.revertedWithCustomError(
        registry,
        "RegistryNoOpenRound",
      );
      await time.increase(SHUT);
      await escrow.connect(actors.stranger).closeRound(CLASS.T4, 1);
      const { job } = await escrow.jobAt(await world.vault.accountOf(actors.requester), 0);
      expect((job >> 213n) & 0xfn).to.equal(BigInt(Status.Expired));
    });
  });

  describe("collect", () => {
    it("refuses an account without draw fees", async () => {
      const { escrow, actors } = await loadFixture(deployMarket);
      await expect(escrow.connect(actors.stranger).collect())
        .to.be.revertedWithCustomError(escrow, "EscrowNothingToCollect")
        .withArgs(actors.stranger.address);
    });

    it("I19 pays once, only to whom they belong, opening an account where there is none", async () => {
      const { world, job } = await assignedJob();
      const { escrow, vault, actors } = world;
      const fee = drawFeeOf(job);
      expect(await vault.accountOf(actors.keeper)).to.equal(0n);
      const before = await moneyOf(world);
      expect(await escrow.connect(actors.keeper).collect.staticCall()).to.equal(fee);
      await expect(escrow.connect(actors.keeper).collect())
        .to.emit(escrow, "DrawFeesCollected")
        .withArgs(actors.keeper.address, fee);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of keeper": fee, "vault, held for escrow": -fee }),
      );
      expect(await vaultBalance(world, actors.keeper)).to.equal(fee);
      await expect(escrow.connect(actors.keeper).collect()).to.be.revertedWithCustomError(
        escrow,
        "EscrowNothingToCollect",
      );
    });

    it("pays a contract as well as a person", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, vault, arbiter, actors, service } = world;
      await postJob(world, actors.requester, service);
      const contract = await playedBy(arbiter);
      await requestRound(world, [CLASS.T4], contract);
      await escrow.connect(contract).assign(CLASS.T4, 1);
      const account = await vault.accountOf(contract);
      const before = await vault.balanceOf(account);
      await escrow.connect(contract).collect();
      expect(await vault.balanceOf(account)).to.be.greaterThan(before);
      expect(await vault.balanceOf(account)).to.be.lessThan(TOKEN);
    });
  });
});
