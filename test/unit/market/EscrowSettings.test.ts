/** EscrowSettings through the JobEscrow: what governance may change, its bounds, and the sequencer feed. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { jobTerms, jobWindows } from "../../../src/protocol/words";
import type { IJobEscrow } from "../../../typechain-types";
import { deployMarket, dueOf, type Job, postAndDraw, postJob, Status, statusOf } from "../../fixtures/suite";

type Market = Awaited<ReturnType<typeof deployMarket>>;

const NOBODY = ethers.ZeroAddress;
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Bounds of SPEC 12, in the unit of each setting. */
const BOUNDS = [
  ["acceptanceMinutes", 2, 120],
  ["reviewHours", 12, 168],
  ["challengeHours", 24, 168],
  ["revealSeconds", 30 * MINUTE, 12 * HOUR],
  ["disputeSeconds", 7 * DAY, 30 * DAY],
  ["lockFactor", 1, 50],
] as const;

/** The settings in force, as a plain struct. */
async function settingsOf({ escrow }: Market): Promise<IJobEscrow.SettingsStruct> {
  const { resolver, acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor } =
    await escrow.settings();
  return { resolver, acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor };
}

describe("EscrowSettings", () => {
  describe("at deployment", () => {
    it("are the defaults of SPEC 12, with no feed and no pause", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, arbiter, attestation, actors } = world;
      expect(await settingsOf(world)).to.deep.equal({
        resolver: await arbiter.getAddress(),
        acceptanceMinutes: 10n,
        reviewHours: 24n,
        challengeHours: 48n,
        revealSeconds: BigInt(2 * HOUR),
        disputeSeconds: BigInt(14 * DAY),
        lockFactor: 5n,
      });
      expect(await escrow.sequencerFeed()).to.equal(NOBODY);
      expect(await escrow.SEQUENCER_GRACE()).to.equal(HOUR);
      expect(await escrow.isVerifier(attestation)).to.equal(true);
      expect(await escrow.isVerifier(actors.stranger)).to.equal(false);
    });
  });

  describe("setSettings", () => {
    it("is governance's alone", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      for (const caller of [actors.stranger, actors.deployer, actors.arbiter]) {
        await expect(escrow.connect(caller).setSettings(await settingsOf(world)))
          .to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
    });

    it("refuses a zero resolver", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const settings = { ...(await settingsOf(world)), resolver: NOBODY };
      await expect(escrow.connect(actors.owner).setSettings(settings)).to.be.revertedWithCustomError(
        escrow,
        "EscrowZeroAddress",
      );
    });

    for (const [field, low, high] of BOUNDS) {
      it(`I45 holds ${field} within ${low} and ${high}`, async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, actors } = world;
        const good = await settingsOf(world);
        for (const value of [low - 1, high + 1]) {
          await expect(escrow.connect(actors.owner).setSettings({ ...good, [field]: value }))
            .to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds")
            .withArgs(value, low, high);
          expect(await settingsOf(world)).to.deep.equal(good);
        }
        for (const value of [low, high]) {
          await expect(escrow.connect(actors.owner).setSettings({ ...good, [field]: value }))
            .to.emit(escrow, "SettingsChanged")
            .withArgs(Object.values({ ...good, [field]: value }));
          expect(await settingsOf(world)).to.deep.equal({ ...good, [field]: BigInt(value) });
        }
      });
    }

    it("goes into later agreements, not into earlier ones (I18)", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      const earlier = await postJob(world, actors.requester, service);
      const next = {
        resolver: actors.stranger.address,
        acceptanceMinutes: 120,
        reviewHours: 168,
        challengeHours: 24,
        revealSeconds: 12 * HOUR,
        disputeSeconds: 30 * DAY,
        lockFactor: 50,
      };
      await escrow.connect(actors.owner).setSettings(next);
      const later = await postJob(world, actors.requester, service);
      const agreed = ({ agreement }: Job) => {
        const { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds } = jobWindows.decode(
          BigInt(agreement.windows),
        );
        const { lockFactor } = jobTerms.decode(BigInt(agreement.terms));
        const { resolver } = agreement;
        return { resolver, acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor };
      };
      expect(agreed(later)).to.deep.equal({
        resolver: next.resolver,
        acceptanceMinutes: 120n,
        reviewHours: 168n,
        challengeHours: 24n,
        revealSeconds: BigInt(12 * HOUR),
        disputeSeconds: BigInt(30 * DAY),
        lockFactor: 50n,
      });
      expect(agreed(earlier).lockFactor).to.equal(5n);
      expect(await escrow.agreementHashOf(earlier.id)).to.equal(
        await escrow.hashAgreement(earlier.id, earlier.agreement),
      );
    });

    it("leaves a pause as it is", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      await escrow.connect(actors.owner).setPaused(true);
      await escrow.connect(actors.owner).setSettings({ ...(await settingsOf(world)), lockFactor: 6 });
      await expect(postJob(world, actors.requester, service)).to.be.revertedWithCustomError(escrow, "EscrowPaused");
    });
  });

  describe("setVerifier", () => {
    it("is governance's alone, and refuses the zero address", async () => {
      const { escrow, actors } = await loadFixture(deployMarket);
      await expect(escrow.connect(actors.stranger).setVerifier(actors.stranger, true))
        .to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount")
        .withArgs(actors.stranger.address);
      await expect(escrow.connect(actors.owner).setVerifier(NOBODY, true)).to.be.revertedWithCustomError(
        escrow,
        "EscrowZeroAddress",
      );
    });

    it("lists a verifier and takes it off", async () => {
      const { escrow, actors } = await loadFixture(deployMarket);
      for (const allowed of [true, false]) {
        await expect(escrow.connect(actors.owner).setVerifier(actors.stranger, allowed))
          .to.emit(escrow, "VerifierAllowed")
          .withArgs(actors.stranger.address, allowed);
        expect(await escrow.isVerifier(actors.stranger)).to.equal(allowed);
      }
    });
  });

  describe("setPaused", () => {
    it("is governance's alone", async () => {
      const { escrow, actors } = await loadFixture(deployMarket);
      await expect(escrow.connect(actors.stranger).setPaused(true))
        .to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount")
        .withArgs(actors.stranger.address);
    });

    it("stops posting and starts it again, and tells it", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      await expect(escrow.connect(actors.owner).setPaused(true)).to.emit(escrow, "PausedChanged").withArgs(true);
      await expect(postJob(world, actors.requester, service)).to.be.revertedWithCustomError(escrow, "EscrowPaused");
      await expect(escrow.connect(actors.owner).setPaused(false)).to.emit(escrow, "PausedChanged").withArgs(false);
      await postJob(world, actors.requester, service);
    });
  });

  describe("pauseUntil", () => {
    async function guarded() {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const guardian = actors.arbiter;
      await escrow.connect(actors.owner).setGuardian(guardian);
      return { world, escrow: escrow.connect(guardian), guardian, actors };
    }

    /** Whether a job can be posted at a time. */
    async function postsAt(world: Awaited<ReturnType<typeof deployMarket>>, when: bigint): Promise<boolean> {
      await time.increaseTo(when - 1n);
      return postJob(world, world.actors.requester, world.service).then(
        () => true,
        () => false,
      );
    }

    it("needs a guardian, whom governance alone names (I45)", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, guard, actors } = world;
      expect(await escrow.guardian()).to.equal(await guard.getAddress());
      await expect(escrow.connect(actors.arbiter).setGuardian(actors.arbiter))
        .to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount")
        .withArgs(actors.arbiter.address);
      await expect(escrow.connect(actors.owner).setGuardian(actors.arbiter))
        .to.emit(escrow, "GuardianChanged")
        .withArgs(actors.arbiter.address);
      expect(await escrow.guardian()).to.equal(actors.arbiter.address);
      for (const caller of [actors.owner, actors.stranger]) {
        await expect(escrow.connect(caller).pauseUntil(0))
          .to.be.revertedWithCustomError(escrow, "PauseNotGuardian")
          .withArgs(caller.address);
      }
      await expect(escrow.connect(actors.arbiter).setPaused(true)).to.be.revertedWithCustomError(
        escrow,
        "OwnableUnauthorizedAccount",
      );
    });

    it("stops posting until whole ten minutes, never longer than asked, and it goes on by itself", async () => {
      const { world, escrow } = await guarded();
      expect(await escrow.pausedUntil()).to.equal(0);
      const until = (BigInt(await time.latest()) / 600n + 10n) * 600n;
      await expect(escrow.pauseUntil(until + 599n))
        .to.emit(escrow, "PausedUntil")
        .withArgs(until);
      expect(await escrow.pausedUntil()).to.equal(until);
      await expect(postJob(world, world.actors.requester, world.service)).to.be.revertedWithCustomError(
        escrow,
        "EscrowPaused",
      );
      expect(await postsAt(world, until - 10n)).to.equal(false);
      expect(await postsAt(world, until + 10n)).to.equal(true);
    });

    it("lasts at most seven days, and is never shortened by the guardian", async () => {
      const { escrow } = await guarded();
      const now = BigInt(await time.latest()) + 100n;
      const latest = now + 7n * BigInt(DAY);
      await time.setNextBlockTimestamp(now);
      await expect(escrow.pauseUntil(latest + 1n))
        .to.be.revertedWithCustomError(escrow, "PauseTooLong")
        .withArgs(latest + 1n, latest);
      await time.setNextBlockTimestamp(now + 1n);
      await escrow.pauseUntil(latest);
      const kept = (latest / 600n) * 600n;
      await expect(escrow.pauseUntil(0)).to.emit(escrow, "PausedUntil").withArgs(kept);
      expect(await escrow.pausedUntil()).to.equal(kept);
    });

    it("does not end a stop of governance, which can end the guardian's", async () => {
      const { world, escrow, actors } = await guarded();
      const owner = world.escrow.connect(actors.owner);
      const soon = BigInt(await time.latest()) + 600n;
      await owner.setPaused(true);
      await escrow.pauseUntil(soon);
      expect(await escrow.pausedUntil()).to.equal(ethers.MaxUint256);
      expect(await postsAt(world, soon + 100n)).to.equal(false);
      await owner.setPaused(false);
      await escrow.pauseUntil(BigInt(await time.latest()) + 6_000n);
      await owner.setPaused(false);
      expect(await escrow.pausedUntil()).to.equal(0);
      await postJob(world, actors.requester, world.service);
    });

    it("survives new settings", async () => {
      const { world, escrow, actors } = await guarded();
      const until = (BigInt(await time.latest()) / 600n + 100n) * 600n;
      await escrow.pauseUntil(until);
      await world.escrow.connect(actors.owner).setSettings(await settingsOf(world));
      expect(await escrow.pausedUntil()).to.equal(until);
    });
  });

  describe("sequencer feed", () => {
    /** Modes of Answers.sol. */
    const Feed = { False: 1, Reverts: 2, BurnsGas: 3, Nothing: 5, Bomb: 6 } as const;

    /** A drawn job that is overdue, and a feed that is not read yet. */
    async function overdueWorld() {
      const world = await deployMarket();
      const { job } = await postAndDraw(world);
      const feed = await ethers.deployContract("SequencerFeed");
      const bad = await ethers.deployContract("Answers");
      await time.increaseTo((await dueOf(world, job)) + 1n);
      const miss = (overrides: { gasLimit?: number } = {}) =>
        world.escrow.connect(world.actors.stranger).miss(job.id, job.agreement, overrides);
      const use = (address: string) => world.escrow.connect(world.actors.owner).setSequencerFeed(address);
      return { ...world, job, feed, bad, miss, use };
    }

    it("is set by governance alone, and told", async () => {
      const { escrow, actors, feed, use } = await loadFixture(overdueWorld);
      const address = await feed.getAddress();
      await expect(escrow.connect(actors.stranger).setSequencerFeed(address))
        .to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount")
        .withArgs(actors.stranger.address);
      await expect(use(address)).to.emit(escrow, "SequencerFeedChanged").withArgs(NOBODY, address);
      await expect(use(NOBODY)).to.emit(escrow, "SequencerFeedChanged").withArgs(address, NOBODY);
      expect(await escrow.sequencerFeed()).to.equal(NOBODY);
    });

    it("that says down holds up a penalising timeout, for as long as it says so", async () => {
      const world = await loadFixture(overdueWorld);
      const { escrow, feed, miss, use } = world;
      await use(await feed.getAddress());
      for (const answer of [1n, 2n, -1n, 2n ** 255n - 1n]) {
        await feed.set(answer, (await time.latest()) - 10 * DAY);
        await expect(miss()).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
      }
      expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Assigned));
    });

    it("that came back holds it up for an hour, not for a second more", async () => {
      const world = await loadFixture(overdueWorld);
      const { escrow, feed, miss, use, job } = world;
      await use(await feed.getAddress());
      const back = (await time.latest()) + 5;
      await feed.set(0, back);
      await time.setNextBlockTimestamp(back);
      await expect(miss()).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
      await time.setNextBlockTimestamp(back + HOUR - 1);
      await expect(miss()).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
      await time.setNextBlockTimestamp(back + HOUR);
      await miss();
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
    });

    it("that is not set holds up nothing", async () => {
      const world = await loadFixture(overdueWorld);
      await world.miss();
      expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Posted));
    });

    it("that was never down holds up nothing", async () => {
      const world = await loadFixture(overdueWorld);
      await world.use(await world.feed.getAddress());
      await world.miss();
      expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Posted));
    });

    for (const [when, startedAt] of [
      ["in the distant future", 2n ** 40n],
      ["at the end of all time", ethers.MaxUint256],
    ] as const) {
      it(`that says it came back ${when} holds up nothing`, async () => {
        const world = await loadFixture(overdueWorld);
        await world.feed.set(0, startedAt);
        await world.use(await world.feed.getAddress());
        await world.miss();
        expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Posted));
      });
    }

    for (const [what, mode] of [
      ["reverts", Feed.Reverts],
      ["burns all gas", Feed.BurnsGas],
      ["answers nothing", Feed.Nothing],
      ["answers one word instead of five", Feed.False],
      ["answers far too much", Feed.Bomb],
    ] as const) {
      it(`I15 that ${what} holds up nothing`, async () => {
        const world = await loadFixture(overdueWorld);
        await world.bad.setMode(mode);
        await world.use(await world.bad.getAddress());
        await world.miss();
        expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Posted));
      });
    }

    it("that is asked with its own gas cannot be starved by the caller into saying nothing", async () => {
      const world = await loadFixture(overdueWorld);
      const { escrow, feed, miss, use, job } = world;
      await use(await feed.getAddress());
      await feed.set(1, 0);
      for (let gasLimit = 60_000; gasLimit <= 400_000; gasLimit += 20_000) {
        await miss({ gasLimit }).catch(() => undefined);
        expect(await statusOf(world, job), `${gasLimit} gas`).to.equal(BigInt(Status.Assigned));
      }
      await expect(miss()).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
    });

    it("I15 without code holds up nothing", async () => {
      const world = await loadFixture(overdueWorld);
      await world.use(world.actors.stranger.address);
      await world.miss();
      expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Posted));
    });
  });
});
