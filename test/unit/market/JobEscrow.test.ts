import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { jobReserves, jobWord, queueWord } from "../../../src/protocol/words";
import { Answers__factory, SequencerFeed__factory } from "../../../typechain-types";
import {
  addGpu,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  dueOf,
  GWEI,
  type Gpu,
  holderOf,
  type Job,
  Mode,
  plausibleEnergy,
  passInterval,
  postAndDraw,
  postJob,
  requestRound,
  settle,
  Status,
  statusOf,
  vaultBalance,
  Verdict,
  type World,
} from "../../fixtures/suite";

type Market = Awaited<ReturnType<typeof deployMarket>>;

const HOUR = 3_600;
const NONE = ethers.ZeroHash;

/** A job that was delivered, with its GPU. */
async function delivered(): Promise<{ world: Market; job: Job; gpu: Gpu }> {
  const world = await loadFixture(deployMarket);
  const { job, gpu } = await postAndDraw(world);
  await deliver(world, job, gpu);
  return { world, job, gpu };
}

async function fields({ escrow }: World, job: Job) {
  return jobWord.decode(await escrow.jobOf(job.id));
}

/** Lets the present wait of a job run out and one second more. */
async function overdue(world: World, job: Job): Promise<void> {
  await time.increaseTo((await dueOf(world, job)) + 1n);
}

/** Posts, draws and misses until the draws are used up or the job is back in the queue. */
async function missOnce(world: World, job: Job, caller = world.actors.stranger): Promise<void> {
  await overdue(world, job);
  await world.escrow.connect(caller).miss(job.id, job.agreement);
}

describe("JobEscrow", () => {
  describe("post", () => {
    it("I12 debits exactly the quoted total and puts the job into its class queue", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, catalog, vault, actors, service } = world;
      const before = await vaultBalance(world, actors.requester);
      const job = await postJob(world, actors.requester, service, { units: 3 });
      const quote = await catalog.quote(service.id, 3, false);
      expect(job.total).to.equal(quote.total * GWEI);
      expect(before - (await vaultBalance(world, actors.requester))).to.equal(job.total);
      expect(await vault.heldBy(escrow)).to.equal(job.total);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
      expect(queueWord.decode(await escrow.queueOf(CLASS.T4)).mainTail).to.equal(1n);
      expect(await escrow.agreementHashOf(job.id)).to.equal(await escrow.hashAgreement(job.id, job.agreement));
      expect(await escrow.resultOf(job.id)).to.equal(NONE);
      await conserve(world);
    });

    it("uses a ring index again only after its job ended, as the next generation", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, vault } = world;
      const first = await postJob(world, actors.requester, service, { ring: 7 });
      await expect(postJob(world, actors.requester, service, { ring: 7 }))
        .to.be.revertedWithCustomError(escrow, "EscrowRingBusy")
        .withArgs(await vault.accountOf(actors.requester), 7, Status.Posted);
      await escrow.connect(actors.requester).cancel(first.id, first.agreement, first.ticket, false);
      const second = await postJob(world, actors.requester, service, { ring: 7 });
      expect(second.id).to.equal(first.id + 1n);
      await expect(escrow.jobOf(first.id)).to.be.revertedWithCustomError(escrow, "EscrowUnknownJob").withArgs(first.id);
      await expect(escrow.jobOf(0)).to.be.revertedWithCustomError(escrow, "EscrowUnknownJob");
    });

    it("refuses what is out of bounds", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const now = await time.latest();
      const bad = [
        { secondsPerAttempt: 59 },
        { secondsPerAttempt: 72 * HOUR + 1 },
        { heartbeat: 3_601 },
        { expiry: now - 1 },
        { expiry: now + 366 * 86_400 },
        { region: 12 },
      ];
      for (const change of bad) {
        await expect(postJob(world, actors.requester, service, change)).to.be.revertedWithCustomError(
          escrow,
          "EscrowOutOfBounds",
        );
      }
    });

    it("refuses a price above the maximum, naming both", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, catalog, actors, service } = world;
      const { total } = await catalog.quote(service.id, 1, false);
      await expect(postJob(world, actors.requester, service, { maxTotalGwei: total - 1n }))
        .to.be.revertedWithCustomError(escrow, "EscrowPriceAboveMaximum")
        .withArgs(total, total - 1n);
    });

    it("refuses an unknown service, no units and an account that did not authorise the escrow", async () => {
      const world = await loadFixture(deployMarket);
      const { catalog, vault, escrow, actors, service } = world;
      await expect(postJob(world, actors.requester, { id: 99n })).to.be.revertedWithCustomError(
        catalog,
        "CatalogUnknownService",
      );
      await expect(postJob(world, actors.requester, service, { units: 0 })).to.be.revertedWithCustomError(
        catalog,
        "CatalogZeroUnits",
      );
      await vault.connect(actors.requester).setAuthorisation(escrow, false);
      await expect(postJob(world, actors.requester, service)).to.be.revertedWithCustomError(
        vault,
        "VaultNotAuthorised",
      );
    });

    it("takes a verifier exactly in proof mode, from the allow-list, with gas inside the bounds", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, attestation } = world;
      const verifier = await attestation.getAddress();
      for (const change of [
        { mode: Mode.Proof, verifier: actors.stranger.address, verifierGas: 100_000 },
        { mode: Mode.Acceptance, verifier, verifierGas: 100_000 },
      ]) {
        await expect(postJob(world, actors.requester, service, change)).to.be.revertedWithCustomError(
          escrow,
          "EscrowVerifierNotAllowed",
        );
      }
      for (const verifierGas of [49_999, 5_000_001]) {
        await expect(
          postJob(world, actors.requester, service, { mode: Mode.Proof, verifier, verifierGas }),
        ).to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds");
      }
      await postJob(world, actors.requester, service, { mode: Mode.Proof, verifier, verifierGas: 50_000 });
    });

    it("I44 stops when paused, while every exit goes on", async () => {
      const { world, job } = await delivered();
      const { escrow, actors, service } = world;
      const waiting = await postJob(world, actors.requester2, service);
      await escrow.connect(actors.owner).setPaused(true);
      await expect(postJob(world, actors.requester, service)).to.be.revertedWithCustomError(escrow, "EscrowPaused");
      await settle(world, job);
      await escrow.connect(actors.requester2).cancel(waiting.id, waiting.agreement, waiting.ticket, false);
      await escrow.connect(actors.owner).setPaused(false);
      await postJob(world, actors.requester, service);
    });
  });

  describe("named jobs", () => {
    it("go to the GPU at once, touch neither score nor window, and pay", async () => {
      const world = await loadFixture(deployMarket);
      const { registry, actors, service, gpus } = world;
      const gpu = gpus[0]!;
      const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
      expect(jobReserves.decode(BigInt(job.agreement.reserves)).drawReserve).to.equal(0n);
      const score = await registry.scoreOf(gpu.ownerAccount);
      await deliver(world, job, gpu);
      await settle(world, job);
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
      await conserve(world);
    });

    it("close with a full refund when declined or missed", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, gpus } = world;
      const gpu = gpus[0]!;
      for (const end of ["decline", "miss"] as const) {
        const before = await vaultBalance(world, actors.requester);
        const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
        if (end === "decline") await escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
        else await missOnce(world, job);
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
        expect(await vaultBalance(world, actors.requester)).to.equal(before);
      }
      await conserve(world);
    });
  });

  describe("rounds", () => {
    it("bind what waits, and a job posted later waits for the next", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, registry } = world;
      const first = await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4]);
      const second = await postJob(world, actors.requester, service);
      expect((await registry.openRoundInfo()).remaining).to.equal(1n);
      await expect(escrow.connect(actors.requester).cancel(first.id, first.agreement, first.ticket, false))
        .to.be.revertedWithCustomError(escrow, "EscrowBoundToRound")
        .withArgs(first.id, 1n);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 10);
      expect(await statusOf(world, first)).to.equal(BigInt(Status.Assigned));
      expect(await statusOf(world, second)).to.equal(BigInt(Status.Posted));
      expect((await registry.openRoundInfo()).round).to.equal(0n);
      await escrow.connect(actors.requester).cancel(second.id, second.agreement, second.ticket, false);
    });

    it("refuse an empty or repeated class, and a second round while one is open", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, beacon, actors, service } = world;
      const value = 10n ** 18n;
      const request = (classes: number[]) => escrow.connect(actors.keeper).requestRound(classes, { value });
      await expect(request([])).to.be.revertedWithCustomError(escrow, "EscrowNothingWaiting");
      await expect(request([CLASS.L4]))
        .to.be.revertedWithCustomError(escrow, "EscrowNothingWaiting")
        .withArgs(CLASS.L4);
      await postJob(world, actors.requester, service);
      await expect(request([CLASS.T4, CLASS.T4])).to.be.revertedWithCustomError(escrow, "EscrowNothingWaiting");
      await requestRound(world, [CLASS.T4]);
      await postJob(world, actors.requester, service);
      await passInterval(world);
      await expect(request([CLASS.T4]))
        .to.be.revertedWithCustomError(escrow, "EscrowRoundOpen")
        .withArgs(1n);
      expect(await beacon.currentRound()).to.equal(1n);
    });

    it("I15 without an answer for an hour release the job, and a new request binds it again", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, beacon, coordinator, actors, service } = world;
      const first = await postJob(world, actors.requester, service);
      const second = await postJob(world, actors.requester2, service);
      const value = 10n ** 18n;
      await escrow.connect(actors.keeper).requestRound([CLASS.T4], { value });
      await expect(escrow.connect(actors.keeper).assign(CLASS.T4, 1)).to.be.revertedWithCustomError(
        beacon,
        "BeaconNoSeed",
      );
      await expect(escrow.connect(actors.keeper).requestRound([CLASS.T4], { value })).to.be.revertedWithCustomError(
        beacon,
        "BeaconRoundUnanswered",
      );
      await time.increase(HOUR);
      await escrow.connect(actors.requester).cancel(first.id, first.agreement, first.ticket, false);
      const sent = await escrow.connect(actors.keeper).requestRound([CLASS.T4], { value });
      const receipt = await sent.wait();
      const log = receipt!.logs.map((l) => beacon.interface.parseLog(l)).find((l) => l?.name === "RoundRequested");
      await coordinator.connect(actors.stranger).fulfillRandomWords(log!.args["requestId"], beacon);
      await escrow.connect(actors.keeper).assign(CLASS.T4, 10);
      expect(await statusOf(world, first)).to.equal(BigInt(Status.Cancelled));
      expect(await statusOf(world, second)).to.equal(BigInt(Status.Assigned));
      await conserve(world);
    });

    it("I15 are closed by anyone 10 minutes after the seed; the caller earns the draw fee, the rest is refunded", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, catalog } = world;
      const before = await vaultBalance(world, actors.requester);
      const job = await postJob(world, actors.requester, service);
      const gone = await postJob(world, actors.requester2, service);
      await escrow.connect(actors.requester2).cancel(gone.id, gone.agreement, gone.ticket, false);
      await requestRound(world, [CLASS.T4]);
      await expect(escrow.connect(actors.stranger).closeRound(CLASS.T4, 5)).to.be.revertedWithCustomError(
        escrow,
        "EscrowTooEarly",
      );
      await time.increase(600);
      await escrow.connect(actors.stranger).closeRound(CLASS.T4, 5);
      await expect(escrow.connect(world.actors.stranger).closeRound(CLASS.T4, 5)).to.be.revertedWithCustomError(
        escrow,
        "EscrowNoRound",
      );
      const { drawUnit } = await catalog.quote(service.id, 1, false);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(drawUnit * GWEI);
      await expect(postJob(world, actors.requester, service, { ring: 0 })).to.be.revertedWithCustomError(
        escrow,
        "EscrowRingBusy",
      );
      await escrow.connect(world.actors.stranger).refund(job.id, job.agreement);
      await expect(escrow.connect(world.actors.stranger).refund(job.id, job.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowNoRefundDue",
      );
      expect(before - (await vaultBalance(world, actors.requester))).to.equal(drawUnit * GWEI);
      await escrow.connect(actors.stranger).collect();
      expect(await vaultBalance(world, actors.stranger)).to.equal(drawUnit * GWEI);
      await conserve(world);
    });

    it("cannot be closed before they are answered", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      await postJob(world, actors.requester, service);
      await escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n });
      await time.increase(HOUR);
      await expect(escrow.connect(world.actors.stranger).closeRound(CLASS.T4, 5)).to.be.revertedWithCustomError(
        escrow,
        "EscrowTooEarly",
      );
    });
  });

  describe("assign", () => {
    it("pays half of each draw fee to who requested the round and half to the caller, pulled once (I19)", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, catalog } = world;
      await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4], actors.keeper);
      await escrow.connect(actors.stranger).assign(CLASS.T4, 1);
      const { drawUnit } = await catalog.quote(service.id, 1, false);
      const half = (drawUnit * GWEI) / 2n;
      expect(await escrow.drawFeesOf(actors.keeper)).to.equal(half);
      expect(await escrow.drawFeesOf(actors.stranger)).to.equal(half);
      await escrow.connect(actors.keeper).collect();
      expect(await vaultBalance(world, actors.keeper)).to.equal(half);
      await expect(escrow.connect(actors.keeper).collect())
        .to.be.revertedWithCustomError(escrow, "EscrowNothingToCollect")
        .withArgs(actors.keeper.address);
      await conserve(world);
    });

    it("skips a job that was cancelled before the request and draws the others", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const gone = await postJob(world, actors.requester, service);
      const job = await postJob(world, actors.requester2, service);
      await escrow.connect(actors.requester).cancel(gone.id, gone.agreement, gone.ticket, false);
      await drawRound(world, [CLASS.T4]);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
      await expect(escrow.connect(world.actors.stranger).assign(CLASS.T4, 1))
        .to.be.revertedWithCustomError(escrow, "EscrowNoRound")
        .withArgs(CLASS.T4);
    });

    it("never draws the requester's own GPU, and closes a job after three draws that found no one", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, registry, gpus, service } = world;
      const lonely = gpus[0]!;
      for (const other of gpus.slice(1)) await registry.connect(other.owner).setPaused(other.id, true);
      await world.token.connect(actors.faucet).transfer(lonely.owner, 1_000n * 10n ** 18n);
      await world.token.connect(lonely.owner).approve(world.vault, ethers.MaxUint256);
      await world.vault.connect(lonely.owner).depositFor(lonely.owner, 1_000n * 10n ** 18n);
      await world.vault.connect(lonely.owner).setAuthorisation(escrow, true);
      const job = await postJob(world, lonely.owner, service);
      for (let draw = 1; draw <= 3; draw += 1) {
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
        expect(await drawRound(world, [CLASS.T4])).to.deep.equal([]);
        expect((await fields(world, job)).attempt).to.equal(BigInt(draw));
      }
      const { refundDue, drawFees, status } = await fields(world, job);
      expect([status, refundDue, drawFees]).to.deep.equal([BigInt(Status.Expired), true, 6n]);
      await escrow.connect(world.actors.stranger).refund(job.id, job.agreement);
      await conserve(world);
    });
  });

  describe("cancel and expire", () => {
    it("return everything before a round is requested", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const before = await vaultBalance(world, actors.requester);
      const job = await postJob(world, actors.requester, service);
      await expect(escrow.connect(actors.stranger).cancel(job.id, job.agreement, job.ticket, false))
        .to.be.revertedWithCustomError(escrow, "EscrowNotRequester")
        .withArgs(job.id, actors.stranger.address);
      await escrow.connect(actors.requester).cancel(job.id, job.agreement, job.ticket, false);
      expect(await vaultBalance(world, actors.requester)).to.equal(before);
      await expect(escrow.connect(actors.requester).cancel(job.id, job.agreement, job.ticket, false))
        .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Cancelled);
    });

    it("ask for the right ticket and the right agreement (I16, I18)", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const job = await postJob(world, actors.requester, service);
      const other = await postJob(world, actors.requester, service);
      const cancel = (ticket: bigint, front: boolean, agreement = job.agreement) =>
        escrow.connect(actors.requester).cancel(job.id, agreement, ticket, front);
      await expect(cancel(other.ticket, false)).to.be.revertedWithCustomError(escrow, "EscrowWrongTicket");
      await expect(cancel(job.ticket, true)).to.be.revertedWithCustomError(escrow, "EscrowWrongTicket");
      await expect(cancel(job.ticket + 4_096n, false)).to.be.revertedWithCustomError(escrow, "EscrowWrongTicket");
      const changed = { ...job.agreement, note: digest("another") };
      await expect(cancel(job.ticket, false, changed)).to.be.revertedWithCustomError(escrow, "EscrowWrongAgreement");
      await expect(cancel(job.ticket, false, other.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowWrongAgreement",
      );
    });

    it("I15 anyone closes a waiting job after its expiry, not in its second", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const before = await vaultBalance(world, actors.requester);
      const expiry = (await time.latest()) + 1_000;
      const job = await postJob(world, actors.requester, service, { expiry });
      const expire = () => escrow.connect(actors.stranger).expire(job.id, job.agreement, job.ticket, false);
      await time.setNextBlockTimestamp(expiry);
      await expect(expire()).to.be.revertedWithCustomError(escrow, "EscrowTooEarly").withArgs(job.id, expiry);
      await expire();
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
      expect(await vaultBalance(world, actors.requester)).to.equal(before);
    });
  });

  describe("decline", () => {
    it("gives the job back to the front of the queue without an attempt in the window", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry } = world;
      const { job, gpu } = await postAndDraw(world);
      await expect(
        escrow.connect(world.actors.stranger).decline(job.id, job.agreement, false),
      ).to.be.revertedWithCustomError(escrow, "EscrowNotOperator");
      await expect(escrow.connect(gpu.operator).decline(job.id, job.agreement, false))
        .to.emit(escrow, "JobRequeued")
        .withArgs(job.id, CLASS.T4, true, 0);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      const [again] = await drawRound(world, [CLASS.T4]);
      expect(again?.attempt).to.equal(2n);
      expect((await fields(world, job)).redrawn).to.equal(true);
    });

    it("input unavailable costs the requester a charge that goes to the treasury", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, vault, actors } = world;
      const before = await vaultBalance(world, actors.requester);
      const { job, gpu } = await postAndDraw(world);
      await escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
      await escrow.connect(actors.requester).cancel(job.id, job.agreement, 0, true);
      const { inputCharge, drawUnit } = jobReserves.decode(BigInt(job.agreement.reserves));
      expect(inputCharge).to.be.greaterThan(0n);
      const lost = inputCharge * GWEI + drawUnit * 10n ** 14n;
      expect(before - (await vaultBalance(world, actors.requester))).to.equal(lost);
      expect(await vault.feesOf(escrow)).to.equal(inputCharge * GWEI);
      await conserve(world);
    });

    it("is refused after a sign of life and after the window", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow } = world;
      const { job, gpu } = await postAndDraw(world);
      const decline = () => escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
      await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      await expect(decline()).to.be.revertedWithCustomError(escrow, "EscrowAlreadyAccepted");
      const other = await postAndDraw(world, world.actors.requester2);
      await overdue(world, other.job);
      await expect(
        escrow.connect(other.gpu.operator).decline(other.job.id, other.job.agreement, false),
      ).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
    });

    it("I15 three declines close the job with a refund", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const { job } = await postAndDraw(world);
      for (let draw = 1; draw <= 3; draw += 1) {
        const gpu = await holderOf(world, job, world.gpus);
        await escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
        if (draw < 3) await drawRound(world, [CLASS.T4]);
      }
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
      expect((await fields(world, job)).inputCharges).to.equal(3n);
      expect(await vaultBalance(world, actors.requester)).to.be.greaterThan(0n);
      await conserve(world);
    });
  });

  describe("heartbeat", () => {
    it("accepts, then moves the due time, never past the attempt's end", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow } = world;
      const { job, gpu } = await postAndDraw(world, world.actors.requester, { secondsPerAttempt: 1_000 });
      const beat = () => escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 1, digest("checkpoint"));
      await beat();
      const start = BigInt(await time.latest());
      expect(await dueOf(world, job)).to.equal(start + 600n);
      await time.increase(500);
      await expect(beat())
        .to.emit(escrow, "JobCheckpointed")
        .withArgs(job.id, gpu.id, 1, digest("checkpoint"), start + 1_000n);
      expect(await dueOf(world, job)).to.equal(start + 1_000n);
      await overdue(world, job);
      await expect(beat()).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
    });

    it("without a period is due at the attempt's end; strangers cannot send it", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const { job, gpu } = await postAndDraw(world, actors.requester, { heartbeat: 0 });
      await expect(
        escrow.connect(actors.stranger).heartbeat(job.id, job.agreement, 0, NONE),
      ).to.be.revertedWithCustomError(escrow, "EscrowNotOperator");
      await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      expect(await dueOf(world, job)).to.equal(BigInt(await time.latest()) + 3_600n);
    });
  });

  describe("commit and reveal", () => {
    it("seals, stops the clock, and opens into the review window", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow } = world;
      const { job, gpu, assignment } = await postAndDraw(world);
      const salt = digest("salt");
      const sealed = await escrow.commitmentOf(job.id, assignment.attempt, gpu.id, digest("result"), salt);
      await time.increase(30);
      await escrow.connect(gpu.operator).commit(job.id, job.agreement, sealed);
      expect(await escrow.resultOf(job.id)).to.equal(sealed);
      const { elapsed } = await fields(world, job);
      await time.increase(1_000);
      const energy = await plausibleEnergy(world, gpu, Number(elapsed));
      const reveal = (result: string) => escrow.connect(gpu.operator).reveal(job.id, result, salt, energy);
      await expect(reveal(digest("other"))).to.be.revertedWithCustomError(escrow, "EscrowWrongCommitment");
      await reveal(digest("result"));
      expect(await escrow.resultOf(job.id)).to.equal(digest("result"));
      expect((await fields(world, job)).elapsed).to.equal(elapsed);
      await settle(world, job);
      await conserve(world);
    });

    it("a commit that is not revealed is missed with the greatest loss", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, actors } = world;
      const { job, gpu } = await postAndDraw(world);
      await expect(
        escrow.connect(actors.stranger).commit(job.id, job.agreement, digest("x")),
      ).to.be.revertedWithCustomError(escrow, "EscrowNotOperator");
      await escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("garbage"));
      await overdue(world, job);
      await expect(
        escrow.connect(gpu.operator).reveal(job.id, digest("r"), digest("s"), 0),
      ).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
      await escrow.connect(actors.stranger).miss(job.id, job.agreement);
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(40_000_000n);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
    });

    it("comes too late after the due second", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow } = world;
      const { job, gpu } = await postAndDraw(world);
      await overdue(world, job);
      await expect(
        escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("x")),
      ).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
      await expect(escrow.connect(gpu.operator).deliver(job.id, digest("x"), 0)).to.be.revertedWithCustomError(
        escrow,
        "EscrowTooLate",
      );
    });
  });

  describe("deliver", () => {
    it("frees the slot, keeps the lock and opens the review window", async () => {
      const { world, job, gpu } = await delivered();
      const state = await world.registry.gpuOf(gpu.id);
      expect([state.active, state.listed]).to.deep.equal([0n, true]);
      expect(state.locked).to.be.greaterThan(0n);
      expect(await dueOf(world, job)).to.equal(BigInt(await time.latest()) + 24n * 3_600n);
      expect(await world.escrow.resultOf(job.id)).to.equal(digest("result"));
    });

    it("within the acceptance window counts the time since the assignment", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow } = world;
      const { job, gpu } = await postAndDraw(world);
      await time.increase(100);
      await escrow.connect(gpu.operator).deliver(job.id, digest("result"), await plausibleEnergy(world, gpu, 100));
      expect((await fields(world, job)).elapsed).to.be.within(100n, 102n);
    });

    it("is refused to strangers, twice, and for the other mode", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, actors, attestation } = world;
      const { job, gpu } = await postAndDraw(world);
      await expect(escrow.connect(actors.stranger).deliver(job.id, digest("r"), 30)).to.be.reverted;
      await expect(
        escrow.connect(gpu.operator).deliverWithProof(job.id, job.agreement, digest("r"), 0, "0x"),
      ).to.be.revertedWithCustomError(escrow, "EscrowWrongMode");
      await deliver(world, job, gpu);
      await expect(escrow.connect(gpu.operator).deliver(job.id, digest("r"), 0)).to.be.revertedWithCustomError(
        escrow,
        "EscrowWrongStatus",
      );
      const verifier = await attestation.getAddress();
      const proven = await postAndDraw(world, actors.requester2, { mode: Mode.Proof, verifier, verifierGas: 100_000 });
      await expect(
        escrow.connect(proven.gpu.operator).deliver(proven.job.id, digest("r"), 0),
      ).to.be.revertedWithCustomError(escrow, "EscrowWrongMode");
      expect((await registry.gpuOf(proven.gpu.id)).active).to.equal(1n);
    });
  });

  describe("settle", () => {
    it("I12 I13 I14 accepted by the requester: every line goes where the agreement says", async () => {
      const { world, job, gpu } = await delivered();
      const { escrow, vault, assets, actors, registry, service } = world;
      const owner = await vaultBalance(world, gpu.owner);
      await expect(escrow.connect(actors.stranger).settle(job.id, job.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowTooEarly",
      );
      const score = await registry.scoreOf(gpu.ownerAccount);
      await settle(world, job);
      const quote = await world.catalog.quote(service.id, 1, false);
      expect((await vaultBalance(world, gpu.owner)) - owner).to.equal(quote.compute * GWEI);
      expect(await vault.feesOf(escrow)).to.equal(quote.protocolFee * GWEI);
      expect(await vault.heldBy(assets)).to.equal((quote.modelRoyalty + quote.datasetRoyalty) * GWEI);
      expect(await vault.heldBy(escrow)).to.equal(await escrow.drawFeesOf(actors.keeper));
      expect(await registry.scoreOf(gpu.ownerAccount)).to.be.greaterThan(score);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([1n, 1n]);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      expect(await escrow.trainedBy(job.id, digest("result"))).to.equal(actors.requester.address);
      expect(await escrow.trainedBy(job.id, digest("other"))).to.equal(ethers.ZeroAddress);
      await expect(settle(world, job)).to.be.revertedWithCustomError(escrow, "EscrowWrongStatus");
      await conserve(world);
    });

    it("I15 by silence after the window, not in its last second, with half the gain", async () => {
      const { world, job, gpu } = await delivered();
      const { escrow, registry, actors } = world;
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await expect(escrow.connect(actors.stranger).settle(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
      const before = await registry.scoreOf(gpu.ownerAccount);
      await settle(world, job, { silence: true });
      const silent = (await registry.scoreOf(gpu.ownerAccount)) - before;
      const twin = await delivered();
      const start = await twin.world.registry.scoreOf(twin.gpu.ownerAccount);
      await settle(twin.world, twin.job);
      const full = (await twin.world.registry.scoreOf(twin.gpu.ownerAccount)) - start;
      expect(silent * 2n).to.be.within(full - 2n, full + 2n);
    });

    it("many at once, skipping rows that cannot be settled", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const jobs = [
        await postJob(world, actors.requester, service),
        await postJob(world, actors.requester2, service),
        await postJob(world, actors.requester, service),
      ];
      await drawRound(world, [CLASS.T4]);
      for (const job of jobs.slice(0, 2)) await deliver(world, job, await holderOf(world, job, world.gpus));
      await time.increase(25 * HOUR);
      const ids = jobs.map(({ id }) => id);
      const agreements = jobs.map(({ agreement }) => agreement);
      await expect(
        escrow.connect(world.actors.stranger).settleMany(ids, agreements.slice(1)),
      ).to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds");
      await expect(escrow.connect(actors.stranger).settleMany(ids, agreements))
        .to.emit(escrow, "SettlementSkipped")
        .withArgs(ids[2]);
      expect(await statusOf(world, jobs[0]!)).to.equal(BigInt(Status.Settled));
      expect(await statusOf(world, jobs[1]!)).to.equal(BigInt(Status.Settled));
      await conserve(world);
    });

    it("I18 what was agreed does not change when settings and fees do", async () => {
      const { world, job, gpu } = await delivered();
      const { escrow, actors, catalog } = world;
      const before = await vaultBalance(world, gpu.owner);
      const { compute } = await catalog.quote(world.service.id, 1, false);
      await escrow
        .connect(actors.owner)
        .setSettings({ ...(await settingsOf(world)), lockFactor: 50, reviewHours: 168 });
      await settle(world, job);
      expect((await vaultBalance(world, gpu.owner)) - before).to.equal(compute * GWEI);
      expect((await world.registry.gpuOf(gpu.id)).locked).to.equal(0n);
    });
  });

  describe("miss", () => {
    it("I15 counts the attempt, pays the caller from the GPU's stake and re-queues in front", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, vault, actors } = world;
      const { job, gpu } = await postAndDraw(world);
      await vault.connect(actors.stranger).openAccount(actors.stranger);
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await expect(escrow.connect(actors.stranger).miss(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
      const stake = (await registry.gpuOf(gpu.id)).stake;
      await escrow.connect(actors.stranger).miss(job.id, job.agreement);
      const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
      expect(stake - (await registry.gpuOf(gpu.id)).stake).to.equal(pay);
      await registry.connect(world.actors.stranger).collect(await vault.accountOf(actors.stranger));
      expect(await vaultBalance(world, actors.stranger)).to.equal(pay);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
      expect(queueWord.decode(await escrow.queueOf(CLASS.T4)).frontTail).to.equal(1n);
      await expect(escrow.connect(world.actors.stranger).miss(job.id, job.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowWrongStatus",
      );
      await conserve(world);
    });

    for (const party of ["requester", "modelOwner", "datasetOwner", "operator", "owner"] as const) {
      it(`pays nothing to the ${party}, who is a party of the job`, async () => {
        const world = await loadFixture(deployMarket);
        const { registry, escrow, actors } = world;
        const { job, gpu } = await postAndDraw(world);
        const stake = (await registry.gpuOf(gpu.id)).stake;
        await overdue(world, job);
        const caller = party === "operator" ? gpu.operator : party === "owner" ? gpu.owner : actors[party];
        await escrow.connect(caller).miss(job.id, job.agreement);
        expect((await registry.gpuOf(gpu.id)).stake).to.equal(stake);
      });
    }

    it("does not run while the sequencer is down or came back less than an hour ago", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const { job } = await postAndDraw(world);
      const feed = await new SequencerFeed__factory(actors.deployer).deploy();
      await escrow.connect(actors.owner).setSequencerFeed(feed);
      await overdue(world, job);
      await feed.set(1, await time.latest());
      await expect(escrow.connect(world.actors.stranger).miss(job.id, job.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowSequencerDown",
      );
      await feed.set(0, await time.latest());
      await expect(escrow.connect(world.actors.stranger).miss(job.id, job.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowSequencerDown",
      );
      await time.increase(HOUR);
      await escrow.connect(world.actors.stranger).miss(job.id, job.agreement);
    });

    it("runs when the feed is broken, not there, or says it began in the future", async () => {
      for (const broken of ["reverts", "noCode", "future"] as const) {
        const world = await loadFixture(deployMarket);
        const { escrow, actors } = world;
        const { job } = await postAndDraw(world);
        const feed = await new SequencerFeed__factory(actors.deployer).deploy();
        if (broken === "reverts") await feed.setBroken(true);
        if (broken === "future") await feed.set(0, (await time.latest()) + 10 * 86_400);
        await escrow.connect(actors.owner).setSequencerFeed(broken === "noCode" ? actors.stranger : feed);
        await overdue(world, job);
        await escrow.connect(world.actors.stranger).miss(job.id, job.agreement);
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
      }
    });

    it("a job that another GPU finishes pays in full but raises no score", async () => {
      const world = await loadFixture(deployMarket);
      const { registry } = world;
      const { job } = await postAndDraw(world);
      await missOnce(world, job);
      await drawRound(world, [CLASS.T4]);
      const gpu = await holderOf(world, job, world.gpus);
      const [score, balance] = [await registry.scoreOf(gpu.ownerAccount), await vaultBalance(world, gpu.owner)];
      await deliver(world, job, gpu);
      await settle(world, job);
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
      expect(await vaultBalance(world, gpu.owner)).to.be.greaterThan(balance);
      await conserve(world);
    });

    it("I15 the third missed draw closes the job with a refund", async () => {
      const world = await loadFixture(deployMarket);
      const { job } = await postAndDraw(world);
      for (let draw = 1; draw <= 3; draw += 1) {
        await missOnce(world, job);
        if (draw < 3) await drawRound(world, [CLASS.T4]);
      }
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
      await conserve(world);
    });
  });

  describe("disputes", () => {
    async function disputed() {
      const made = await delivered();
      await made.world.escrow
        .connect(made.world.actors.requester)
        .reject(made.job.id, made.job.agreement, digest("why"));
      return made;
    }

    it("a rejection is the requester's, in time, with a bond", async () => {
      const { world, job } = await delivered();
      const { escrow, actors } = world;
      await expect(escrow.connect(actors.stranger).reject(job.id, job.agreement, NONE)).to.be.revertedWithCustomError(
        escrow,
        "EscrowNotRequester",
      );
      const before = await vaultBalance(world, actors.requester);
      await escrow.connect(actors.requester).reject(job.id, job.agreement, NONE);
      const { compute, reviewFee } = await world.catalog.quote(world.service.id, 1, false);
      const bond = reviewFee < compute / 10n ? reviewFee : compute / 10n;
      expect(before - (await vaultBalance(world, actors.requester))).to.equal(bond * GWEI);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
      const late = await postAndDraw(world, actors.requester2);
      await deliver(world, late.job, late.gpu);
      await overdue(world, late.job);
      await expect(
        escrow.connect(actors.requester2).reject(late.job.id, late.job.agreement, NONE),
      ).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
    });

    it("ruled valid: the owner gets pay and bond, the resolver the review fee", async () => {
      const { world, job, gpu } = await disputed();
      const { arbiter, vault, catalog, service } = world;
      const owner = await vaultBalance(world, gpu.owner);
      await ruleOn(world, job, Verdict.Valid);
      const { compute, reviewFee } = await catalog.quote(service.id, 1, false);
      const bond = reviewFee < compute / 10n ? reviewFee : compute / 10n;
      expect((await vaultBalance(world, gpu.owner)) - owner).to.equal((compute + bond) * GWEI);
      expect(await vault.balanceOf(await vault.accountOf(arbiter))).to.equal(reviewFee * GWEI);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
      await conserve(world);
    });

    it("ruled invalid: full refund, the lock is slashed, 25 points; the lock makes up for draw and review fee", async () => {
      const { world, job, gpu } = await disputed();
      const { actors, registry, catalog, service } = world;
      const stake = (await registry.gpuOf(gpu.id)).stake;
      const { compute, reviewFee, total, drawUnit } = await catalog.quote(service.id, 1, false);
      const bond = reviewFee < compute / 10n ? reviewFee : compute / 10n;
      const before = await vaultBalance(world, actors.requester);
      await ruleOn(world, job, Verdict.Invalid);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
      const spent = (reviewFee + drawUnit) * GWEI;
      const lock = compute * 5n * GWEI;
      expect(stake - (await registry.gpuOf(gpu.id)).stake).to.equal(lock > spent ? lock : spent);
      expect((await vaultBalance(world, actors.requester)) - before).to.equal((total + bond) * GWEI - spent);
      await expect(registry.connect(world.actors.stranger).finaliseSlash(1)).to.be.reverted;
      await time.increase(96 * HOUR);
      await registry.connect(world.actors.stranger).finaliseSlash(1);
      await registry
        .connect(world.actors.stranger)
        .collect(await world.vault.accountOf(actors.requester))
        .catch(() => undefined);
      expect((await vaultBalance(world, actors.requester)) - before).to.be.at.least((total + bond) * GWEI);
      await conserve(world);
    });

    it("ruled unavailable: refund and a non-completion, no slash", async () => {
      const { world, job, gpu } = await disputed();
      const { registry } = world;
      const stake = (await registry.gpuOf(gpu.id)).stake;
      await ruleOn(world, job, Verdict.Unavailable);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
      const state = await registry.gpuOf(gpu.id);
      expect([state.stake, state.locked]).to.deep.equal([stake, 0n]);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
      await conserve(world);
    });

    it("I17 only the resolver rules, in time, and never None", async () => {
      const { world, job } = await disputed();
      const { escrow, arbiter, actors } = world;
      await expect(
        escrow.connect(actors.stranger).rule(job.id, job.agreement, Verdict.Valid, NONE),
      ).to.be.revertedWithCustomError(escrow, "EscrowNotResolver");
      const resolver = await ethers.getImpersonatedSigner(await arbiter.getAddress());
      await ethers.provider.send("hardhat_setBalance", [resolver.address, "0xde0b6b3a7640000"]);
      await expect(
        escrow.connect(resolver).rule(job.id, job.agreement, Verdict.None, NONE),
      ).to.be.revertedWithCustomError(escrow, "EscrowInvalidVerdict");
      await overdue(world, job);
      await expect(
        escrow.connect(resolver).rule(job.id, job.agreement, Verdict.Valid, NONE),
      ).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
    });

    it("I15 no ruling in time halves the pot; bonds return, no slash, no score", async () => {
      const { world, job, gpu } = await disputed();
      const { escrow, registry, actors, catalog, service } = world;
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await expect(
        escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement),
      ).to.be.revertedWithCustomError(escrow, "EscrowTooEarly");
      const [owner, requester] = [await vaultBalance(world, gpu.owner), await vaultBalance(world, actors.requester)];
      const score = await registry.scoreOf(gpu.ownerAccount);
      await escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
      const { compute, reviewFee, total, drawUnit } = await catalog.quote(service.id, 1, false);
      const bond = reviewFee < compute / 10n ? reviewFee : compute / 10n;
      const half = compute / 2n;
      expect((await vaultBalance(world, gpu.owner)) - owner).to.equal(half * GWEI);
      expect((await vaultBalance(world, actors.requester)) - requester).to.equal(
        (total + bond - half - drawUnit) * GWEI,
      );
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      await conserve(world);
    });
  });

  describe("proofs", () => {
    async function proven() {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const answers = await new Answers__factory(actors.deployer).deploy();
      await escrow.connect(actors.owner).setVerifier(answers, true);
      const verifier = await answers.getAddress();
      const made = await postAndDraw(world, actors.requester, { mode: Mode.Proof, verifier, verifierGas: 200_000 });
      const energy = await plausibleEnergy(world, made.gpu, 1);
      const prove = (gasLimit = 3_000_000) =>
        escrow
          .connect(made.gpu.operator)
          .deliverWithProof(made.job.id, made.job.agreement, digest("result"), energy, "0x", { gasLimit });
      return { world, answers, prove, ...made };
    }

    it("true settles at once", async () => {
      const { world, prove, job } = await proven();
      await prove();
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
      await conserve(world);
    });

    it("false refuses the delivery and changes nothing", async () => {
      const { world, prove, job, answers } = await proven();
      await answers.setMode(1);
      await expect(prove()).to.be.revertedWithCustomError(world.escrow, "EscrowProofRejected").withArgs(job.id);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
    });

    for (const [mode, what] of [
      [2, "reverts"],
      [3, "burns all its gas"],
      [4, "answers neither"],
      [5, "answers nothing"],
      [6, "answers without end"],
    ] as const) {
      it(`a verifier that ${what} leads to dispute, without a bond`, async () => {
        const { world, prove, job, answers, gpu } = await proven();
        await answers.setMode(mode);
        await prove();
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
        await overdue(world, job);
        await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
        expect((await world.registry.gpuOf(gpu.id)).locked).to.equal(0n);
        await conserve(world);
      });
    }

    it("a caller cannot starve the verifier of gas", async () => {
      const { world, prove } = await proven();
      await expect(prove(800_000)).to.be.revertedWithCustomError(world.escrow, "EscrowNotEnoughGas");
    });

    it("comes too late after the due time", async () => {
      const { world, prove, job } = await proven();
      await overdue(world, job);
      await expect(prove()).to.be.revertedWithCustomError(world.escrow, "EscrowTooLate");
    });
  });

  describe("settings", () => {
    it("I45 hold their bounds, for the owner only", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const good = await settingsOf(world);
      const set = (change: object, by = actors.owner) => escrow.connect(by).setSettings({ ...good, ...change });
      const bad = [
        { acceptanceMinutes: 1 },
        { acceptanceMinutes: 121 },
        { reviewHours: 11 },
        { reviewHours: 169 },
        { revealSeconds: 1_799 },
        { revealSeconds: 12 * HOUR + 1 },
        { disputeSeconds: 7 * 86_400 - 1 },
        { disputeSeconds: 30 * 86_400 + 1 },
        { lockFactor: 0 },
        { lockFactor: 51 },
      ];
      for (const change of bad) await expect(set(change)).to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds");
      await expect(set({ resolver: ethers.ZeroAddress })).to.be.revertedWithCustomError(escrow, "EscrowZeroAddress");
      await expect(set({}, actors.stranger)).to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount");
      await set({ lockFactor: 7 });
      expect((await escrow.settings()).lockFactor).to.equal(7n);
      await expect(escrow.connect(actors.owner).setVerifier(ethers.ZeroAddress, true)).to.be.revertedWithCustomError(
        escrow,
        "EscrowZeroAddress",
      );
      for (const call of [
        escrow.connect(actors.stranger).setVerifier(actors.stranger, true),
        escrow.connect(actors.stranger).setSequencerFeed(actors.stranger),
        escrow.connect(actors.stranger).setPaused(true),
      ]) {
        await expect(call).to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount");
      }
    });

    it("I46 ownership moves in two steps and cannot be given up", async () => {
      const { escrow, actors } = await loadFixture(deployMarket);
      await escrow.connect(actors.owner).transferOwnership(actors.stranger);
      expect(await escrow.owner()).to.equal(actors.owner.address);
      await escrow.connect(actors.stranger).acceptOwnership();
      expect(await escrow.owner()).to.equal(actors.stranger.address);
      await expect(escrow.connect(actors.stranger).renounceOwnership()).to.be.revertedWithCustomError(
        escrow,
        "OwnershipRequired",
      );
    });
  });

  it("has the views that readers need", async () => {
    const { world, job } = await delivered();
    const { escrow, vault, actors } = world;
    const account = await vault.accountOf(actors.requester);
    const at = await escrow.jobAt(account, 0);
    expect(at.jobId).to.equal(job.id);
    expect((await escrow.roundOf()).requestedBy).to.equal(actors.keeper.address);
    expect(await escrow.entryOf(CLASS.T4, false, job.ticket)).to.not.equal(0n);
    expect(await escrow.transitionsFrom(Status.Settled)).to.equal(0n);
  });

  it("a GPU that joins after the request is not drawn in its round", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, registry, actors, gpus, service } = world;
    for (const gpu of gpus.slice(1)) await registry.connect(gpu.owner).setPaused(gpu.id, true);
    const job = await postJob(world, actors.requester, service);
    await requestRound(world, [CLASS.T4]);
    await addGpu(world, actors.stranger);
    await escrow.connect(actors.keeper).assign(CLASS.T4, 1);
    expect((await fields(world, job)).gpu).to.equal(gpus[0]!.id);
  });
});

async function settingsOf({ escrow }: World) {
  const { resolver, acceptanceMinutes, reviewHours, revealSeconds, disputeSeconds, lockFactor } =
    await escrow.settings();
  return { resolver, acceptanceMinutes, reviewHours, revealSeconds, disputeSeconds, lockFactor };
}

/** The arbiter rules; the digest it found is the delivered one, another, or none. */
async function ruleOn({ arbiter, escrow, actors }: World, job: Job, verdict: number): Promise<void> {
  const found = { [Verdict.Valid]: digest("result"), [Verdict.Invalid]: digest("right") }[verdict] ?? NONE;
  await arbiter.connect(actors.arbiter).rule(escrow, job.id, job.agreement, verdict, found, digest("evidence"));
}
