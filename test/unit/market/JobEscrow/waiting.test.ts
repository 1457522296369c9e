import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { payouts } from "../../../../src/model/payouts";
import { queueEntry } from "../../../../src/protocol/words";
import {
  assignedJob,
  changesSince,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  missOnce,
  moneyOf,
  potOf,
  queueOf,
  raceAt,
  setQueue,
  type Market,
} from "../../../fixtures/market";
import {
  answerKindly,
  kindWord,
  CLASS,
  conserve,
  deployMarket,
  drawRound,
  GWEI,
  type Job,
  mined,
  passInterval,
  postJob,
  requestRound,
  Status,
  statusOf,
  vaultBalance,
} from "../../../fixtures/suite";

/** A job in its queue, nothing else. */
async function waitingJob(expiresIn = 7 * 86_400): Promise<{ world: Market; job: Job; expiry: number }> {
  const world = await loadFixture(deployMarket);
  // The next block's time follows the clock of the machine, which went on since the fixture's snapshot.
  await mine();
  const expiry = (await time.latest()) + expiresIn;
  return { world, job: await postJob(world, world.actors.requester, world.service, { expiry }), expiry };
}

/** Requests a round that stays unanswered. Returns when it was requested and the coordinator's id of the request. */
async function unanswered(world: Market): Promise<{ requestedAt: number; requestId: bigint }> {
  const { escrow, beacon, actors } = world;
  await passInterval(world);
  await mined(escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n }));
  const [event] = await beacon.queryFilter(beacon.filters.RoundRequested(), await time.latestBlock());
  return { requestedAt: await time.latest(), requestId: event!.args.requestId };
}

const cancel = ({ escrow }: Market, job: Job, { ticket = job.ticket, front = false, by = job.requester } = {}) =>
  escrow.connect(by).cancel(job.id, job.agreement, ticket, front);

const expire = ({ escrow, actors }: Market, job: Job, { ticket = job.ticket, front = false } = {}) =>
  escrow.connect(actors.stranger).expire(job.id, job.agreement, ticket, front);

describe("JobEscrow: waiting jobs", () => {
  describe("cancel", () => {
    it("is the requester's alone", async () => {
      const { world, job } = await waitingJob();
      const { escrow, actors } = world;
      for (const by of [actors.stranger, actors.requester2, actors.owner, actors.keeper]) {
        await expect(cancel(world, job, { by }))
          .to.be.revertedWithCustomError(escrow, "EscrowNotRequester")
          .withArgs(job.id, by.address);
      }
    });

    it("asks for the ticket that the job waits under (I16)", async () => {
      const { world, job } = await waitingJob();
      const other = await postJob(world, world.actors.requester, world.service);
      for (const place of [
        { ticket: other.ticket },
        { ticket: job.ticket, front: true },
        { ticket: job.ticket + 4_096n },
        { ticket: other.ticket + 1n },
        { ticket: 2n ** 32n - 1n },
      ]) {
        await expect(cancel(world, job, place))
          .to.be.revertedWithCustomError(world.escrow, "EscrowWrongTicket")
          .withArgs(job.id, place.ticket);
      }
      await cancel(world, other);
      await cancel(world, job);
    });

    it("refuses the ticket of a line that the job has left", async () => {
      const { world, job, gpu } = await assignedJob();
      await world.escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
      await expect(cancel(world, job))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongTicket")
        .withArgs(job.id, job.ticket);
      await cancel(world, job, { ticket: 0n, front: true });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Cancelled));
    });

    it("before a round is requested returns every wei", async () => {
      const world = await loadFixture(deployMarket);
      const before = await moneyOf(world);
      const job = await postJob(world, world.actors.requester, world.service);
      await expect(cancel(world, job))
        .to.emit(world.escrow, "JobRefunded")
        .withArgs(job.id, Status.Cancelled, job.total);
      expect(await changesSince(world, before)).to.deep.equal({});
      await expect(cancel(world, job))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Cancelled);
    });

    it("after draws returns all but their fees and the input charge", async () => {
      const { world, job, gpu } = await assignedJob();
      await world.escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
      const before = await moneyOf(world);
      const { requester, fee } = payouts("refunded", potOf(job), await historyOf(world, job), 0n);
      await cancel(world, job, { ticket: 0n, front: true });
      expect(fee).to.be.greaterThan(0n);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          "vault account of requester": requester * GWEI,
          "vault, fees of escrow": fee * GWEI,
          "vault, held for escrow": -(requester + fee) * GWEI,
        }),
      );
      const { reviewFee, compute, modelRoyalty, datasetRoyalty, protocolFee, drawReserve, inputCharge } = potOf(job);
      const total = compute + modelRoyalty + datasetRoyalty + protocolFee + drawReserve + reviewFee;
      expect(requester * GWEI).to.equal((total - inputCharge) * GWEI - drawFeeOf(job));
    });

    it("is refused once a round binds the job, answered or not (no re-roll)", async () => {
      const { world, job } = await waitingJob();
      const { requestId } = await unanswered(world);
      const bound = () =>
        expect(cancel(world, job))
          .to.be.revertedWithCustomError(world.escrow, "EscrowBoundToRound")
          .withArgs(job.id, 1);
      await bound();
      await answerKindly(world, requestId, [CLASS.T4]);
      await bound();
      await time.increase(30 * 86_400);
      await bound();
    });

    it("of a job posted after the request is free, since no round binds it", async () => {
      const { world } = await waitingJob();
      await unanswered(world);
      const later = await postJob(world, world.actors.requester2, world.service);
      await cancel(world, later);
      expect(await statusOf(world, later)).to.equal(BigInt(Status.Cancelled));
    });

    it("opens an hour after a request without an answer, not a second before", async () => {
      const { world, job } = await waitingJob();
      const { requestedAt } = await unanswered(world);
      await time.setNextBlockTimestamp(requestedAt + HOUR - 1);
      await expect(cancel(world, job)).to.be.revertedWithCustomError(world.escrow, "EscrowBoundToRound");
      await time.setNextBlockTimestamp(requestedAt + HOUR);
      await cancel(world, job);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Cancelled));
    });

    for (const first of ["answer", "cancel"] as const) {
      it(`in the block of a late answer: when the ${first} comes first, it wins`, async () => {
        const { world, job } = await waitingJob();
        const { requestedAt, requestId } = await unanswered(world);
        const word = await kindWord(world, requestId, [CLASS.T4]);
        const coordinator = world.coordinator.connect(world.actors.stranger);
        const answer = (overrides: object) =>
          coordinator.fulfillRandomWordsWithOverride(requestId, world.beacon, [word], overrides);
        const leave = (overrides: object) =>
          world.escrow.connect(job.requester).cancel(job.id, job.agreement, job.ticket, false, overrides);
        const passed = await raceAt(requestedAt + HOUR, first === "answer" ? [answer, leave] : [leave, answer]);
        expect(passed).to.deep.equal(first === "answer" ? [true, false] : [true, true]);
        expect(await statusOf(world, job)).to.equal(BigInt(first === "answer" ? Status.Posted : Status.Cancelled));
        await world.escrow.connect(world.actors.keeper).assign(CLASS.T4, 1);
        expect(await statusOf(world, job)).to.equal(BigInt(first === "answer" ? Status.Assigned : Status.Cancelled));
        await conserve(world);
      });
    }
  });

  describe("expire", () => {
    it("I15 is anyone's after the expiry, not in its second", async () => {
      const { world, job, expiry } = await waitingJob(1_000);
      const before = await vaultBalance(world, job.requester);
      await time.setNextBlockTimestamp(expiry);
      await expect(expire(world, job))
        .to.be.revertedWithCustomError(world.escrow, "EscrowTooEarly")
        .withArgs(job.id, expiry);
      await time.setNextBlockTimestamp(expiry + 1);
      await expect(expire(world, job)).to.emit(world.escrow, "JobRefunded").withArgs(job.id, Status.Expired, job.total);
      expect((await vaultBalance(world, job.requester)) - before).to.equal(job.total);
      const { status, refundDue } = await fieldsOf(world, job);
      expect([status, refundDue]).to.deep.equal([BigInt(Status.Expired), false]);
    });

    it("pays its caller nothing: nobody is at fault", async () => {
      const { world, job, expiry } = await waitingJob(1_000);
      const before = await moneyOf(world);
      await time.increaseTo(expiry + 1);
      await expire(world, job);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of requester": job.total, "vault, held for escrow": -job.total }),
      );
    });

    it("asks for the right ticket", async () => {
      const { world, job, expiry } = await waitingJob(1_000);
      await time.increaseTo(expiry + 1);
      await expect(expire(world, job, { ticket: job.ticket + 1n }))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongTicket")
        .withArgs(job.id, job.ticket + 1n);
    });

    it("is refused while a round binds the job, and opens an hour after a request without an answer", async () => {
      const { world, job, expiry } = await waitingJob(100);
      const { requestedAt } = await unanswered(world);
      await time.increaseTo(expiry + 1);
      await expect(expire(world, job))
        .to.be.revertedWithCustomError(world.escrow, "EscrowBoundToRound")
        .withArgs(job.id, 1);
      await time.setNextBlockTimestamp(requestedAt + HOUR);
      await expire(world, job);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
      await conserve(world);
    });

    it("of a missed job needs its ticket in the front line", async () => {
      const { world, job } = await assignedJob();
      await missOnce(world, job);
      await time.increase(8 * 86_400);
      await expect(expire(world, job)).to.be.revertedWithCustomError(world.escrow, "EscrowWrongTicket");
      await expire(world, job, { ticket: 0n, front: true });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
      await conserve(world);
    });

    it("does not keep a job from being drawn after its expiry, as long as nobody closes it", async () => {
      const { world, job, expiry } = await waitingJob(1_000);
      await time.increaseTo(expiry + 1);
      await drawRound(world, [CLASS.T4]);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
    });
  });

  describe("refund", () => {
    /** A job that was closed without its agreement at hand. */
    async function closedJob(): Promise<{ world: Market; job: Job }> {
      const { world, job } = await waitingJob();
      await requestRound(world, [CLASS.T4]);
      await time.increase(600);
      await expect(world.escrow.connect(world.actors.keeper).closeRound(CLASS.T4, 1))
        .to.emit(world.escrow, "JobRefunded")
        .withArgs(job.id, Status.Expired, 0);
      return { world, job };
    }

    it("pays once, by anyone, to the requester, all but the draw fees spent", async () => {
      const { world, job } = await closedJob();
      const { escrow, actors } = world;
      const before = await moneyOf(world);
      const paid = job.total - drawFeeOf(job);
      await expect(escrow.connect(actors.stranger).refund(job.id, job.agreement))
        .to.emit(escrow, "JobRefunded")
        .withArgs(job.id, Status.Expired, paid);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of requester": paid, "vault, held for escrow": -paid }),
      );
      await expect(escrow.connect(actors.stranger).refund(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowNoRefundDue")
        .withArgs(job.id);
    });

    it("is not due for a job whose expiry paid it", async () => {
      const { world, job, expiry } = await waitingJob(1_000);
      await time.increaseTo(expiry + 1);
      await expire(world, job);
      await expect(world.escrow.connect(job.requester).refund(job.id, job.agreement))
        .to.be.revertedWithCustomError(world.escrow, "EscrowNoRefundDue")
        .withArgs(job.id);
    });
  });

  describe("tickets", () => {
    it("jump to the next multiple of 4,096 when a line was empty, so that its ring starts over", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const jobs: Job[] = [];
      for (let i = 0; i < 3; i += 1) {
        jobs.push(await postJob(world, actors.requester, service));
        await drawRound(world, [CLASS.T4]);
      }
      expect(jobs.map(({ ticket }) => ticket)).to.deep.equal([0n, 4_096n, 8_192n]);
      const { key } = queueEntry.decode(await escrow.entryOf(CLASS.T4, false, 0));
      expect(key).to.equal(jobs[2]!.id >> 32n);
    });

    it("do not jump while a cancelled job still stands in the line", async () => {
      const { world, job } = await waitingJob();
      await cancel(world, job);
      expect((await postJob(world, job.requester, world.service)).ticket).to.equal(1n);
    });

    it("wrap past 2^32 - 1 without losing a job", async () => {
      const world = await loadFixture(deployMarket);
      const { actors, service } = world;
      const last = 2n ** 32n - 1n;
      await setQueue(world, CLASS.T4, { mainHead: last - 1n, mainTail: last });
      const jobs = [
        await postJob(world, actors.requester, service),
        await postJob(world, actors.requester, service),
        await postJob(world, actors.requester2, service),
      ];
      expect(jobs.map(({ ticket }) => ticket)).to.deep.equal([last, 0n, 1n]);
      await cancel(world, jobs[1]!);
      expect((await drawRound(world, [CLASS.T4])).map(({ jobId }) => jobId)).to.deep.equal([jobs[0]!.id, jobs[2]!.id]);
      const { mainHead, mainTail } = await queueOf(world, CLASS.T4);
      expect([mainHead, mainTail]).to.deep.equal([2n, 2n]);
    });
  });
});
