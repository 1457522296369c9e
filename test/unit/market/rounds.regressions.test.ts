/** Rounds of the escrow beside other consumers of the beacon, and around its fallback. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import {
  CLASS,
  deployMarket,
  drawRound,
  GWEI,
  mined,
  passInterval,
  postJob,
  requestRound,
  Status,
  statusOf,
  TOKEN,
  type Job,
  type World,
} from "../../fixtures/suite";

const HOUR = 3_600;
const gasPrice = 10n * GWEI;

/** Requests a round for T4 without an answer. */
async function requestUnanswered(world: World): Promise<void> {
  const { escrow, beacon, actors } = world;
  await passInterval(world);
  const value = await beacon.price({ gasPrice });
  await mined(escrow.connect(actors.keeper).requestRound([CLASS.T4], { value, gasPrice }));
}

/** A job bound to the unanswered round 1, and another consumer of the beacon that does not use the registry's rounds. */
async function sharedBeacon() {
  const world = await deployMarket();
  const { beacon, actors } = world;
  const consumer = await ethers.deployContract("BeaconConsumer", [beacon]);
  await beacon.connect(actors.owner).setConsumer(consumer, true);
  const job = await postJob(world, actors.requester, world.service);
  await requestUnanswered(world);
  return { ...world, consumer, job };
}

/** As above, after the other consumer gave the escrow's round up. */
async function buriedRound() {
  const given = await sharedBeacon();
  await time.increase(HOUR);
  await given.consumer.request({ value: TOKEN });
  return given;
}

/** As `sharedBeacon`, after the round was answered and 256 later rounds overwrote its seed. */
async function overwrittenRound() {
  const given = await sharedBeacon();
  const { beacon, consumer, actors } = given;
  const coordinator = given.coordinator.connect(actors.stranger);
  await coordinator.fulfillRandomWords(1, beacon);
  for (let id = 2; id <= 257; id++) {
    await time.increase(10);
    await consumer.request({ value: TOKEN / 100n });
    await coordinator.fulfillRandomWords(id, beacon);
  }
  return given;
}

/** As `sharedBeacon`, 24 h later, with the fallback block fixed and past, so that anyone can compute the draw. */
async function knownFallback() {
  const given = await sharedBeacon();
  await time.increase(24 * HOUR);
  await given.beacon.connect(given.actors.stranger).fixFallback();
  await mine(65n);
  return given;
}

const cancel = ({ escrow }: World, { requester, id, agreement, ticket }: Job) =>
  escrow.connect(requester).cancel(id, agreement, ticket, false);

describe("JobEscrow regressions: rounds", () => {
  for (const [what, fixture] of [
    ["another consumer of the beacon gave up", buriedRound],
    ["was overwritten by rounds of another consumer", overwrittenRound],
  ] as const) {
    describe(`a round that ${what}`, () => {
      it("does not hold a job for ever (I15)", async () => {
        const world = await loadFixture(fixture);
        await cancel(world, world.job);
        expect(await statusOf(world, world.job)).to.equal(Status.Cancelled);
      });

      it("gives way to the escrow's next one", async () => {
        const world = await loadFixture(fixture);
        const { beacon, coordinator, job, actors } = world;
        const newest = await beacon.currentRound();
        const isAnswered = (await beacon.roundInfo(newest)).answeredAt !== 0n;
        if (!isAnswered) await coordinator.connect(actors.stranger).fulfillRandomWords(newest, beacon);
        const drawn = await drawRound(world, [CLASS.T4]);
        expect(drawn.map(({ jobId }) => jobId)).to.deep.equal([job.id]);
      });
    });
  }

  describe("a round whose fallback block is fixed", () => {
    it("binds its jobs, or a requester who knows the hash would escape the draw", async () => {
      const world = await loadFixture(knownFallback);
      const { escrow, beacon, job } = world;
      await expect(cancel(world, job)).to.be.revertedWithCustomError(escrow, "EscrowBoundToRound").withArgs(job.id, 1);
      await beacon.connect(world.actors.stranger).answerByFallback();
      await expect(cancel(world, job)).to.be.revertedWithCustomError(escrow, "EscrowBoundToRound").withArgs(job.id, 1);
    });

    it("does not bind before the block is fixed", async () => {
      const world = await loadFixture(sharedBeacon);
      await time.increase(24 * HOUR);
      await cancel(world, world.job);
      expect(await statusOf(world, world.job)).to.equal(Status.Cancelled);
    });
  });

  describe("an answered round", () => {
    it("binds, however old it is", async () => {
      const world = await loadFixture(deployMarket);
      const job = await postJob(world, world.actors.requester, world.service);
      await requestRound(world, [CLASS.T4]);
      await time.increase(48 * HOUR);
      await expect(cancel(world, job)).to.be.revertedWithCustomError(world.escrow, "EscrowBoundToRound");
    });
  });
});
