import {
  loadFixture,
  setBalance,
  setNextBlockBaseFeePerGas,
  time,
} from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers, network } from "hardhat";
import type { RandomnessBeacon } from "../../../typechain-types";
import {
  answer,
  beaconWorld,
  deployCoordinator,
  fixedFallback,
  HOUR,
  LEAD,
  mineToRunIn,
  mockWord,
  PLENTY,
  recordInHistory,
  removeHistory,
  request,
  seedFrom,
  SETTINGS,
  Status,
  WINDOW,
} from "./fixture";

const NEVER = ethers.MaxUint256;

/** A beacon at a bare coordinator that the test drives. */
async function bareWorld() {
  const [owner, treasury, stranger] = await ethers.getSigners();
  if (!owner || !treasury || !stranger) throw new Error("no signers");
  const coordinator = await ethers.deployContract("CoordinatorMock");
  const beacon = await ethers.deployContract("RandomnessBeacon", [
    owner.address,
    treasury.address,
    coordinator,
    SETTINGS,
  ]);
  const consumer = await ethers.deployContract("BeaconConsumer", [beacon]);
  await beacon.setConsumer(consumer, true);
  return { owner, treasury, stranger, coordinator, beacon, consumer };
}

/** The beacon's settings by name. */
async function settingsOf(beacon: RandomnessBeacon): Promise<typeof SETTINGS> {
  const { keyHash, callbackGas, confirmations, interval, paidGas, premiumPercent } = await beacon.settings();
  return { keyHash, callbackGas, confirmations, interval, paidGas, premiumPercent };
}

describe("RandomnessBeacon", () => {
  describe("constructor", () => {
    it("opens a subscription that it owns and consumes", async () => {
      const { beacon, coordinator, owner, treasury } = await loadFixture(beaconWorld);
      const address = await beacon.getAddress();
      const subscription = await coordinator.getSubscription(await beacon.subscriptionId());
      expect(subscription.subOwner).to.equal(address);
      expect([...subscription.consumers]).to.deep.equal([address]);
      expect(await beacon.coordinator()).to.equal(await coordinator.getAddress());
      expect(await beacon.treasury()).to.equal(treasury.address);
      expect(await beacon.owner()).to.equal(owner.address);
      expect(await settingsOf(beacon)).to.deep.equal(SETTINGS);
      expect(await beacon.currentRound()).to.equal(0);
    });

    it("takes its owner from the argument, not from the deployer", async () => {
      const { coordinator, treasury, stranger } = await loadFixture(beaconWorld);
      const args = [stranger.address, treasury.address, coordinator, SETTINGS] as const;
      const beacon = await ethers.deployContract("RandomnessBeacon", [...args]);
      expect(await beacon.owner()).to.equal(stranger.address);
      const deployment = beacon.deploymentTransaction();
      await expect(deployment)
        .to.emit(beacon, "CoordinatorChanged")
        .withArgs(ethers.ZeroAddress, await coordinator.getAddress());
      await expect(deployment)
        .to.emit(beacon, "SettingsChanged")
        .withArgs(SETTINGS.keyHash, 100_000, 3, 10, 250_000, 60);
    });

    it("refuses zero addresses", async () => {
      const { beacon, coordinator, owner, treasury } = await loadFixture(beaconWorld);
      const factory = await ethers.getContractFactory("RandomnessBeacon");
      const zero = ethers.ZeroAddress;
      await expect(factory.deploy(zero, treasury.address, coordinator, SETTINGS)).to.be.revertedWithCustomError(
        beacon,
        "OwnableInvalidOwner",
      );
      for (const deployment of [
        factory.deploy(owner.address, zero, coordinator, SETTINGS),
        factory.deploy(owner.address, treasury.address, zero, SETTINGS),
      ]) {
        await expect(deployment).to.be.revertedWithCustomError(beacon, "BeaconZeroAddress");
      }
    });
  });

  describe("request", () => {
    it("opens round 1, and puts all that was paid into the subscription", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(beaconWorld);
      await expect(consumer.request({ value: PLENTY }))
        .to.emit(beacon, "RoundRequested")
        .withArgs(1, 1, await consumer.getAddress(), PLENTY);
      const now = BigInt(await time.latest());
      expect(await beacon.currentRound()).to.equal(1);
      expect([...(await beacon.roundInfo(1))]).to.deep.equal([Status.Requested, now, 0n, false]);
      const { nativeBalance } = await coordinator.getSubscription(await beacon.subscriptionId());
      expect(nativeBalance).to.equal(PLENTY);
      expect(await ethers.provider.getBalance(beacon)).to.equal(0);
    });

    it("asks for one word at the present settings, paid in native coin", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(bareWorld);
      await consumer.request({ value: PLENTY });
      expect(await coordinator.lastKeyHash()).to.equal(SETTINGS.keyHash);
      expect(await coordinator.lastSubscription()).to.equal(await beacon.subscriptionId());
      expect(await coordinator.lastConfirmations()).to.equal(SETTINGS.confirmations);
      expect(await coordinator.lastCallbackGas()).to.equal(SETTINGS.callbackGas);
      expect(await coordinator.lastWords()).to.equal(1);
      const tag = ethers.id("VRF ExtraArgsV1").slice(0, 10);
      expect(await coordinator.lastExtraArgs()).to.equal(`${tag}${"1".padStart(64, "0")}`);
    });

    it("refuses who is no consumer, and one that was removed", async () => {
      const { beacon, consumer, stranger } = await loadFixture(beaconWorld);
      await expect(beacon.connect(stranger).request({ value: PLENTY }))
        .to.be.revertedWithCustomError(beacon, "BeaconOnlyConsumer")
        .withArgs(stranger.address);
      await beacon.setConsumer(consumer, false);
      await expect(consumer.request({ value: PLENTY }))
        .to.be.revertedWithCustomError(beacon, "BeaconOnlyConsumer")
        .withArgs(await consumer.getAddress());
    });

    it("takes exactly its price and not a wei less", async () => {
      const { beacon, consumer } = await loadFixture(beaconWorld);
      const gasPrice = 7n * 10n ** 9n;
      const due = (250_000n * gasPrice * 160n) / 100n;
      await expect(consumer.request({ value: due - 1n, gasPrice }))
        .to.be.revertedWithCustomError(beacon, "BeaconUnderpaid")
        .withArgs(due - 1n, due);
      await consumer.request({ value: due, gasPrice });
    });

    it("waits for the interval after an answered round", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon, consumer } = world;
      await request(world);
      const first = BigInt(await time.latest());
      await answer(world, 1n);
      await time.setNextBlockTimestamp(first + 9n);
      await expect(consumer.request({ value: PLENTY }))
        .to.be.revertedWithCustomError(beacon, "BeaconTooSoon")
        .withArgs(first + 10n);
      await time.setNextBlockTimestamp(first + 10n);
      expect(await request(world)).to.equal(2);
    });

    it("waits an hour for an answer, then gives the round up for ever", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon, consumer } = world;
      await request(world);
      const first = BigInt(await time.latest());
      await time.setNextBlockTimestamp(first + HOUR - 1n);
      await expect(consumer.request({ value: PLENTY }))
        .to.be.revertedWithCustomError(beacon, "BeaconRoundUnanswered")
        .withArgs(1, first + HOUR);
      await time.setNextBlockTimestamp(first + HOUR);
      await expect(consumer.request({ value: PLENTY }))
        .to.emit(beacon, "RoundDied")
        .withArgs(1);
      expect([...(await beacon.roundInfo(1))]).to.deep.equal([Status.Dead, first, 0n, false]);
      expect((await beacon.roundInfo(2)).status).to.equal(Status.Requested);
      await expect(beacon.seedOf(1)).to.be.revertedWithCustomError(beacon, "BeaconNoSeed").withArgs(1);
    });

    it("survives a coordinator that answers inside the request, and one that calls back in", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(bareWorld);
      await coordinator.setAttack(beacon, beacon.interface.encodeFunctionData("rawFulfillRandomWords", [1, [5]]));
      await expect(consumer.request({ value: PLENTY }))
        .to.emit(beacon, "AnswerIgnored")
        .withArgs(1);
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Requested);

      // At a gas price of zero a request is free, so that only the order of effects stops the second one.
      await time.increase(HOUR);
      await coordinator.setAttack(consumer, consumer.interface.encodeFunctionData("request"));
      await setNextBlockBaseFeePerGas(0);
      await consumer.request({ gasPrice: 0 });
      const second = BigInt(await time.latest());
      expect(await coordinator.attackSucceeded()).to.equal(false);
      expect(await coordinator.attackResult()).to.equal(
        beacon.interface.encodeErrorResult("BeaconRoundUnanswered", [2, second + HOUR]),
      );
      expect(await beacon.currentRound()).to.equal(2);
    });
  });

  describe("price", () => {
    it("is paidGas x gas price x premium", async () => {
      const { beacon } = await loadFixture(beaconWorld);
      for (const gasPrice of [10n ** 9n, 10n ** 9n + 1n, 500n * 10n ** 9n]) {
        expect(await beacon.price({ gasPrice })).to.equal((250_000n * gasPrice * 160n) / 100n);
      }
    });

    it("rounds down", async () => {
      const { beacon } = await loadFixture(beaconWorld);
      await beacon.setSettings({ ...SETTINGS, paidGas: 100_001n, premiumPercent: 33n });
      const gasPrice = 10n ** 10n + 1n;
      expect(await beacon.price({ gasPrice })).to.equal((100_001n * gasPrice * 133n) / 100n);
    });
  });

  describe("rawFulfillRandomWords", () => {
    it("stores the seed of the waiting round", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon, coordinator } = world;
      await request(world);
      const asked = BigInt(await time.latest());
      const seed = await seedFrom(beacon, 1n, mockWord(1n));
      await expect(coordinator.fulfillRandomWords(1, beacon)).to.emit(beacon, "RoundAnswered").withArgs(1, seed, false);
      expect([...(await beacon.seedOf(1))]).to.deep.equal([seed, false]);
      const answered = BigInt(await time.latest());
      expect([...(await beacon.roundInfo(1))]).to.deep.equal([Status.Answered, asked, answered, false]);
    });

    it("gives different rounds and beacons different seeds for the same word", async () => {
      const { beacon, consumer, coordinator, owner, treasury } = await loadFixture(bareWorld);
      const other = await ethers.deployContract("RandomnessBeacon", [
        owner.address,
        treasury.address,
        coordinator,
        SETTINGS,
      ]);
      await other.setConsumer(owner.address, true);
      const seeds: string[] = [];
      for (let id = 1; id <= 2; id += 1) {
        await consumer.request({ value: PLENTY });
        await coordinator.answer(beacon, id, [7]);
        seeds.push((await beacon.seedOf(id)).seed);
        await time.increase(10);
      }
      await other.request({ value: PLENTY });
      await coordinator.answer(other, 3, [7]);
      seeds.push((await other.seedOf(1)).seed);
      expect(new Set(seeds).size).to.equal(3);
      expect(seeds[0]).to.equal(await seedFrom(beacon, 1n, 7n));
    });

    it("refuses everybody but the coordinator", async () => {
      const world = await loadFixture(beaconWorld);
      await request(world);
      for (const id of [0, 1, 2]) {
        await expect(world.beacon.connect(world.stranger).rawFulfillRandomWords(id, [5]))
          .to.be.revertedWithCustomError(world.beacon, "BeaconOnlyCoordinator")
          .withArgs(world.stranger.address);
      }
    });

    it("ignores answers that are unknown, empty, repeated or for a dead round, and never reverts", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(bareWorld);
      const ignored = async (id: bigint, words: bigint[]) =>
        expect(coordinator.answer(beacon, id, words))
          .to.emit(beacon, "AnswerIgnored")
          .withArgs(id);

      // Before the first request there is nothing to answer, not even for id 0.
      await setBalance(await beacon.getAddress(), 0);
      await consumer.request({ value: PLENTY });
      await ignored(0n, [5n]);
      await ignored(2n, [5n]);
      await ignored(1n + 2n ** 128n, [5n]);
      await ignored(1n, []);
      await time.increase(HOUR);
      await consumer.request({ value: PLENTY });
      await ignored(1n, [5n]);
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Dead);
      await coordinator.answer(beacon, 2, [6]);
      const { seed } = await beacon.seedOf(2);
      await ignored(2n, [7n]);
      expect((await beacon.seedOf(2)).seed).to.equal(seed);
    });

    it("ignores any answer before the first request", async () => {
      const { beacon, coordinator } = await loadFixture(bareWorld);
      await network.provider.send("hardhat_impersonateAccount", [await coordinator.getAddress()]);
      await setBalance(await coordinator.getAddress(), 10n ** 18n);
      const asCoordinator = await ethers.getSigner(await coordinator.getAddress());
      await expect(beacon.connect(asCoordinator).rawFulfillRandomWords(0, [5]))
        .to.emit(beacon, "AnswerIgnored")
        .withArgs(0);
      expect(await beacon.currentRound()).to.equal(0);
    });

    it("takes more words than one, and the first counts", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(bareWorld);
      await consumer.request({ value: PLENTY });
      await coordinator.answer(beacon, 1, [8, 9]);
      expect((await beacon.seedOf(1)).seed).to.equal(await seedFrom(beacon, 1n, 8n));
    });

    it("fits the least callback gas that the settings allow, with a fresh ring slot", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(bareWorld);
      await beacon.setSettings({ ...SETTINGS, callbackGas: 60_000n });
      await consumer.request({ value: PLENTY });
      await coordinator.answer(beacon, 1, [5]);
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Answered);
    });

    it("never reverts for the coordinator, whatever it sends", async () => {
      const { beacon, consumer, coordinator } = await loadFixture(bareWorld);
      await consumer.request({ value: PLENTY });
      const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
      const id = fc.oneof(word, fc.constantFrom(0n, 1n, 2n));
      await fc.assert(
        fc.asyncProperty(id, fc.array(word, { maxLength: 4 }), async (requestId, words) => {
          await coordinator.answer(beacon, requestId, words);
        }),
        { numRuns: 60 },
      );
    });
  });

  describe("seedOf and roundInfo", () => {
    it("know nothing of round 0 and of rounds not requested", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      for (const round of [0n, 1n, 256n, 2n ** 32n - 1n]) {
        expect([...(await beacon.roundInfo(round))]).to.deep.equal([Status.None, 0n, 0n, false]);
        await expect(beacon.seedOf(round)).to.be.revertedWithCustomError(beacon, "BeaconNoSeed").withArgs(round);
      }
      await request(world);
      await expect(beacon.seedOf(1)).to.be.revertedWithCustomError(beacon, "BeaconNoSeed").withArgs(1);
    });

    it("@long keep 256 rounds and forget the one before, once it is overwritten", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      for (let round = 1n; round <= 256n; round += 1n) {
        await request(world);
        await answer(world, round);
        await time.increase(10);
      }
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Answered);
      expect(await request(world)).to.equal(257);
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Answered);
      expect((await beacon.roundInfo(257)).status).to.equal(Status.Requested);
      await answer(world, 257n);
      expect([...(await beacon.roundInfo(1))]).to.deep.equal([Status.None, 0n, 0n, false]);
      await expect(beacon.seedOf(1)).to.be.revertedWithCustomError(beacon, "BeaconNoSeed").withArgs(1);
      expect((await beacon.seedOf(2)).seed).to.equal(await seedFrom(beacon, 2n, mockWord(2n)));
      expect((await beacon.seedOf(256)).seed).to.equal(await seedFrom(beacon, 256n, mockWord(256n)));
      expect((await beacon.seedOf(257)).seed).to.equal(await seedFrom(beacon, 257n, mockWord(257n)));
    });
  });

  describe("fixFallback", () => {
    it("opens 24 h after the first unanswered request, however often it was repeated", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon, stranger } = world;
      expect(await beacon.fallbackOpensAt()).to.equal(0);
      await request(world);
      const first = BigInt(await time.latest());
      for (let hour = 1n; hour <= 23n; hour += 1n) {
        await time.setNextBlockTimestamp(first + hour * HOUR);
        await request(world);
      }
      expect(await beacon.fallbackOpensAt()).to.equal(first + 24n * HOUR);
      await time.setNextBlockTimestamp(first + 24n * HOUR - 1n);
      await expect(beacon.connect(stranger).fixFallback())
        .to.be.revertedWithCustomError(beacon, "BeaconFallbackClosed")
        .withArgs(first + 24n * HOUR);
      await time.setNextBlockTimestamp(first + 24n * HOUR);
      const height = BigInt(await time.latestBlock()) + 1n;
      await expect(beacon.connect(stranger).fixFallback())
        .to.emit(beacon, "FallbackFixed")
        .withArgs(24, height + LEAD);
      expect(await beacon.fallbackTarget()).to.equal(height + LEAD);
    });

    it("counts from the first request after an answer", async () => {
      const world = await loadFixture(beaconWorld);
      await request(world);
      await time.increase(23n * HOUR);
      await answer(world, 1n);
      await request(world);
      const second = BigInt(await time.latest());
      await time.setNextBlockTimestamp(second + 24n * HOUR - 1n);
      await expect(world.beacon.fixFallback())
        .to.be.revertedWithCustomError(world.beacon, "BeaconFallbackClosed")
        .withArgs(second + 24n * HOUR);
    });

    it("lets nobody choose again", async () => {
      const world = await loadFixture(beaconWorld);
      const { target } = await fixedFallback(world);
      await expect(world.beacon.fixFallback())
        .to.be.revertedWithCustomError(world.beacon, "BeaconFallbackAlreadyFixed")
        .withArgs(target);
    });

    it("needs a round that waits", async () => {
      const world = await loadFixture(beaconWorld);
      await expect(world.beacon.fixFallback()).to.be.revertedWithCustomError(world.beacon, "BeaconNoRoundWaiting");
      await request(world);
      await answer(world, 1n);
      expect(await world.beacon.fallbackOpensAt()).to.equal(0);
      await time.increase(48n * HOUR);
      await expect(world.beacon.fixFallback()).to.be.revertedWithCustomError(world.beacon, "BeaconNoRoundWaiting");
    });

    it("closes the re-request, so that a known hash cannot be escaped", async () => {
      const world = await loadFixture(beaconWorld);
      const { round } = await fixedFallback(world);
      await time.increase(100n * HOUR);
      await expect(world.consumer.request({ value: PLENTY }))
        .to.be.revertedWithCustomError(world.beacon, "BeaconRoundUnanswered")
        .withArgs(round, NEVER);
    });

    it("belongs to its round: the next round that waits needs its own", async () => {
      const world = await loadFixture(beaconWorld);
      await fixedFallback(world);
      await answer(world, 1n);
      expect(await world.beacon.fallbackTarget()).to.equal(0);
      await request(world);
      await expect(world.beacon.answerByFallback()).to.be.revertedWithCustomError(
        world.beacon,
        "BeaconFallbackNotFixed",
      );
      await time.increase(24n * HOUR);
      await expect(world.beacon.fixFallback()).to.emit(world.beacon, "FallbackFixed");
    });
  });

  describe("answerByFallback", () => {
    it("takes the fixed block's hash, from the block after it on", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon, stranger } = world;
      const { round, target } = await fixedFallback(world);
      await mineToRunIn(target);
      await expect(beacon.connect(stranger).answerByFallback())
        .to.be.revertedWithCustomError(beacon, "BeaconFallbackPending")
        .withArgs(target);
      const tx = await beacon.connect(stranger).answerByFallback();
      expect(tx.blockNumber).to.equal(target + 1n);

      const hash = (await ethers.provider.getBlock(Number(target)))?.hash ?? "";
      const seed = await seedFrom(beacon, round, BigInt(hash));
      await expect(tx).to.emit(beacon, "RoundAnswered").withArgs(round, seed, true);
      expect([...(await beacon.seedOf(round))]).to.deep.equal([seed, true]);
      const info = await beacon.roundInfo(round);
      expect([info.status, info.byFallback]).to.deep.equal([Status.Answered, true]);
      expect(await beacon.fallbackTarget()).to.equal(0);
    });

    for (const [age, source] of [
      [256n, "the opcode"],
      [257n, "the history contract"],
      [WINDOW, "the history contract, for the last time"],
    ] as const) {
      it(`takes a hash ${age} blocks old from ${source}`, async () => {
        const world = await loadFixture(beaconWorld);
        const { round, target } = await fixedFallback(world);
        await mineToRunIn(target + age);
        if (age === 256n) await removeHistory();
        else await recordInHistory(target);
        const tx = await world.beacon.answerByFallback();
        expect(tx.blockNumber).to.equal(target + age);
        const hash = (await ethers.provider.getBlock(Number(target)))?.hash ?? "";
        expect((await world.beacon.seedOf(round)).seed).to.equal(await seedFrom(world.beacon, round, BigInt(hash)));
      });
    }

    it("follows a missed block with the next derived one only, at least 64 ahead", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      const { round, target } = await fixedFallback(world);
      await mineToRunIn(target + WINDOW + 1n);
      await expect(beacon.answerByFallback())
        .to.emit(beacon, "FallbackFixed")
        .withArgs(round, target + 2n * WINDOW);
      expect(await beacon.fallbackTarget()).to.equal(target + 2n * WINDOW);
      await expect(beacon.answerByFallback())
        .to.be.revertedWithCustomError(beacon, "BeaconFallbackPending")
        .withArgs(target + 2n * WINDOW);

      await mineToRunIn(target + 2n * WINDOW + 1n);
      await beacon.answerByFallback();
      expect((await beacon.roundInfo(round)).status).to.equal(Status.Answered);
    });

    it("derives the same next block for every caller of a window, and skips one that is too near", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      const { target } = await fixedFallback(world);
      const next = async (height: bigint) => {
        const snapshot = (await network.provider.send("evm_snapshot")) as string;
        await mineToRunIn(height);
        await beacon.answerByFallback();
        const found = await beacon.fallbackTarget();
        await network.provider.send("evm_revert", [snapshot]);
        return (found - target) / WINDOW;
      };
      expect(await next(target + WINDOW + 1n)).to.equal(2n);
      expect(await next(target + 2n * WINDOW - LEAD)).to.equal(2n);
      expect(await next(target + 2n * WINDOW - LEAD + 1n)).to.equal(3n);
      expect(await next(target + 2n * WINDOW)).to.equal(3n);
      expect(await next(target + 5n * WINDOW)).to.equal(6n);
    });

    it("loses to a VRF answer up to the target block", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      const { round, target } = await fixedFallback(world);
      await mineToRunIn(target);
      await answer(world, round);
      expect([...(await beacon.seedOf(round))]).to.deep.equal([await seedFrom(beacon, round, mockWord(round)), false]);
      await expect(beacon.answerByFallback()).to.be.revertedWithCustomError(beacon, "BeaconNoRoundWaiting");
    });

    it("wins over a VRF answer that comes later", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon, coordinator } = world;
      const { round, target } = await fixedFallback(world);
      await mineToRunIn(target + 1n);
      await beacon.answerByFallback();
      const before = await beacon.seedOf(round);
      await expect(coordinator.fulfillRandomWords(round, beacon)).to.emit(beacon, "AnswerIgnored").withArgs(round);
      expect(await beacon.seedOf(round)).to.deep.equal(before);
      expect(await request(world)).to.equal(round + 1n);
    });

    it("needs a round that waits and a block that was fixed", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      await expect(beacon.answerByFallback()).to.be.revertedWithCustomError(beacon, "BeaconNoRoundWaiting");
      await request(world);
      expect(await beacon.fallbackTarget()).to.equal(0);
      await expect(beacon.answerByFallback()).to.be.revertedWithCustomError(beacon, "BeaconFallbackNotFixed");
    });

    it("does not take a block for missed on a chain without history, and heals with the next derived block", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      await removeHistory();
      const { round, target } = await fixedFallback(world);
      await mineToRunIn(target + 257n);
      await expect(beacon.answerByFallback())
        .to.be.revertedWithCustomError(beacon, "BeaconFallbackHashUnknown")
        .withArgs(target);
      expect(await beacon.fallbackTarget()).to.equal(target);
      await mineToRunIn(target + WINDOW + 1n);
      await beacon.answerByFallback();
      await mineToRunIn(target + 2n * WINDOW + 256n);
      await beacon.answerByFallback();
      expect((await beacon.roundInfo(round)).status).to.equal(Status.Answered);
    });

    it("cannot be made to miss a block by starving the call of gas", async () => {
      const world = await loadFixture(beaconWorld);
      const { beacon } = world;
      const { target } = await fixedFallback(world);
      await mineToRunIn(target + 300n);
      await recordInHistory(target);
      for (let gasLimit = 24_000n; ; gasLimit += 1_000n) {
        const done = await beacon.answerByFallback({ gasLimit }).then(
          async (tx) => (await tx.wait())?.status === 1,
          () => false,
        );
        if (done) break;
        expect(await beacon.fallbackTarget(), `gas limit ${gasLimit}`).to.equal(target);
      }
      expect((await beacon.roundInfo(1)).byFallback).to.equal(true);
    });
  });

  describe("fund", () => {
    it("lets anyone add native coin to the subscription", async () => {
      const { beacon, coordinator, stranger } = await loadFixture(beaconWorld);
      await expect(beacon.connect(stranger).fund({ value: 5n }))
        .to.emit(beacon, "SubscriptionFunded")
        .withArgs(stranger.address, 5n);
      const { nativeBalance } = await coordinator.getSubscription(await beacon.subscriptionId());
      expect(nativeBalance).to.equal(5n);
    });

    it("is the only way in: a plain transfer is refused", async () => {
      const { beacon, stranger } = await loadFixture(beaconWorld);
      const to = await beacon.getAddress();
      await expect(stranger.sendTransaction({ to, value: 5n })).to.be.revertedWithoutReason();
    });
  });

  describe("setConsumer", () => {
    it("allows and forbids, and tells so", async () => {
      const { beacon, stranger } = await loadFixture(beaconWorld);
      await expect(beacon.setConsumer(stranger.address, true))
        .to.emit(beacon, "ConsumerChanged")
        .withArgs(stranger.address, true);
      expect(await beacon.isConsumer(stranger.address)).to.equal(true);
      await beacon.setConsumer(stranger.address, true);
      await expect(beacon.setConsumer(stranger.address, false))
        .to.emit(beacon, "ConsumerChanged")
        .withArgs(stranger.address, false);
      expect(await beacon.isConsumer(stranger.address)).to.equal(false);
      await beacon.setConsumer(stranger.address, false);
    });

    it("holds 16 at a time (I47)", async () => {
      const { beacon, consumer, stranger } = await loadFixture(beaconWorld);
      const others = Array.from({ length: 15 }, (_, i) => ethers.toBeHex(0x2000 + i, 20));
      for (const other of others) await beacon.setConsumer(other, true);
      await expect(beacon.setConsumer(stranger.address, true)).to.be.revertedWithCustomError(
        beacon,
        "BeaconTooManyConsumers",
      );
      await beacon.setConsumer(others[3] ?? "", true);
      await beacon.setConsumer(others[7] ?? "", false);
      await beacon.setConsumer(stranger.address, true);
      const allowed = await Promise.all(others.map((other) => beacon.isConsumer(other)));
      expect(allowed).to.deep.equal(others.map((_, i) => i !== 7));
      expect(await beacon.isConsumer(consumer)).to.equal(true);
    });

    it("refuses the zero address and everybody but the owner", async () => {
      const { beacon, stranger } = await loadFixture(beaconWorld);
      await expect(beacon.setConsumer(ethers.ZeroAddress, true)).to.be.revertedWithCustomError(
        beacon,
        "BeaconZeroAddress",
      );
      await expect(beacon.connect(stranger).setConsumer(stranger.address, true)).to.be.revertedWithCustomError(
        beacon,
        "OwnableUnauthorizedAccount",
      );
    });
  });

  describe("setSettings", () => {
    it("takes every bound, and tells so", async () => {
      const { beacon } = await loadFixture(beaconWorld);
      const low = { callbackGas: 60_000n, confirmations: 0n, interval: 1n, paidGas: 100_000n, premiumPercent: 0n };
      const high = {
        callbackGas: 2_500_000n,
        confirmations: 200n,
        interval: 300n,
        paidGas: 5_000_000n,
        premiumPercent: 200n,
      };
      for (const bound of [low, high]) {
        const settings = { keyHash: ethers.id("another lane"), ...bound };
        await expect(beacon.setSettings(settings))
          .to.emit(beacon, "SettingsChanged")
          .withArgs(...Object.values(settings));
        expect(await settingsOf(beacon)).to.deep.equal(settings);
      }
    });

    it("refuses one beyond every bound, and a payment below the callback's gas", async () => {
      const { beacon } = await loadFixture(beaconWorld);
      const cases: [Partial<typeof SETTINGS>, [bigint, bigint, bigint]][] = [
        [{ callbackGas: 59_999n }, [59_999n, 60_000n, 2_500_000n]],
        [{ callbackGas: 2_500_001n, paidGas: 5_000_000n }, [2_500_001n, 60_000n, 2_500_000n]],
        [{ confirmations: 201n }, [201n, 0n, 200n]],
        [{ interval: 0n }, [0n, 1n, 300n]],
        [{ interval: 301n }, [301n, 1n, 300n]],
        [{ callbackGas: 60_000n, paidGas: 99_999n }, [99_999n, 100_000n, 5_000_000n]],
        [{ paidGas: 5_000_001n }, [5_000_001n, 100_000n, 5_000_000n]],
        [{ callbackGas: 200_000n, paidGas: 199_999n }, [199_999n, 200_000n, 5_000_000n]],
        [{ premiumPercent: 201n }, [201n, 0n, 200n]],
      ];
      for (const [change, args] of cases) {
        await expect(beacon.setSettings({ ...SETTINGS, ...change }))
          .to.be.revertedWithCustomError(beacon, "BeaconOutOfBounds")
          .withArgs(...args);
      }
      await expect(beacon.setSettings({ ...SETTINGS, keyHash: ethers.ZeroHash })).to.be.revertedWithCustomError(
        beacon,
        "BeaconZeroKeyHash",
      );
      expect(await settingsOf(beacon)).to.deep.equal(SETTINGS);
    });

    it("is the owner's alone", async () => {
      const { beacon, stranger } = await loadFixture(beaconWorld);
      await expect(beacon.connect(stranger).setSettings(SETTINGS)).to.be.revertedWithCustomError(
        beacon,
        "OwnableUnauthorizedAccount",
      );
    });
  });

  describe("moveCoordinator and closeSubscription", () => {
    async function movedWorld() {
      const world = await beaconWorld();
      const removed = await ethers.deployContract("BeaconConsumer", [world.beacon]);
      const second = await ethers.deployContract("BeaconConsumer", [world.beacon]);
      await world.beacon.setConsumer(removed, true);
      await world.beacon.setConsumer(second, true);
      await world.beacon.setConsumer(removed, false);
      await request(world);
      const oldSubscription = await world.beacon.subscriptionId();
      const next = await deployCoordinator();
      const settings = { ...SETTINGS, keyHash: ethers.id("lane of the next coordinator") };
      const move = await world.beacon.moveCoordinator(next, settings);
      return { ...world, removed, second, next, settings, move, oldSubscription };
    }

    it("serves every consumer, and only them, from the new coordinator", async () => {
      const { beacon, consumer, second, removed, coordinator, next, settings, move } = await loadFixture(movedWorld);
      await expect(move)
        .to.emit(beacon, "CoordinatorChanged")
        .withArgs(await coordinator.getAddress(), await next.getAddress());
      await expect(move)
        .to.emit(beacon, "SettingsChanged")
        .withArgs(...Object.values(settings));
      const { subOwner, consumers } = await next.getSubscription(await beacon.subscriptionId());
      const address = await beacon.getAddress();
      expect([subOwner, ...consumers]).to.deep.equal([address, address]);

      await time.increase(HOUR);
      await consumer.request({ value: PLENTY });
      await next.fulfillRandomWords(1, beacon);
      await time.increase(10);
      await second.request({ value: PLENTY });
      await next.fulfillRandomWords(2, beacon);
      await time.increase(10);
      await expect(removed.request({ value: PLENTY })).to.be.revertedWithCustomError(beacon, "BeaconOnlyConsumer");
      expect((await beacon.roundInfo(3)).status).to.equal(Status.Answered);
    });

    it("refuses the old coordinator's answer; the round waits for a re-request or the fallback", async () => {
      const { beacon, coordinator, consumer } = await loadFixture(movedWorld);
      await expect(coordinator.fulfillRandomWords(1, beacon))
        .to.emit(coordinator, "RandomWordsFulfilled")
        .withArgs(
          1,
          1,
          (id: bigint) => id !== 0n,
          (payment: bigint) => payment > 0n,
          true,
          false,
          false,
        );
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Requested);
      await time.increase(24n * HOUR);
      await beacon.fixFallback();
      await mineToRunIn((await beacon.fallbackTarget()) + 1n);
      await beacon.answerByFallback();
      await consumer.request({ value: PLENTY });
      expect(await beacon.currentRound()).to.equal(2);
    });

    it("pays out a former subscription to the treasury only, and once", async () => {
      const { beacon, coordinator, next, treasury, oldSubscription } = await loadFixture(movedWorld);
      const tx = beacon.closeSubscription(coordinator);
      await expect(tx).to.changeEtherBalances([treasury, coordinator], [PLENTY, -PLENTY]);
      await expect(tx)
        .to.emit(beacon, "SubscriptionClosed")
        .withArgs(await coordinator.getAddress(), oldSubscription);
      for (const none of [coordinator, next, treasury]) {
        await expect(beacon.closeSubscription(none))
          .to.be.revertedWithCustomError(beacon, "BeaconNoFormerSubscription")
          .withArgs(none);
      }
    });

    it("returns to a former coordinator and the subscription it has there", async () => {
      const { beacon, coordinator, consumer, next, oldSubscription } = await loadFixture(movedWorld);
      await beacon.moveCoordinator(coordinator, SETTINGS);
      expect(await beacon.subscriptionId()).to.equal(oldSubscription);
      await expect(beacon.closeSubscription(coordinator)).to.be.revertedWithCustomError(
        beacon,
        "BeaconNoFormerSubscription",
      );
      await beacon.closeSubscription(next);
      await time.increase(HOUR);
      await consumer.request({ value: PLENTY });
      await coordinator.fulfillRandomWords(2, beacon);
      expect((await beacon.roundInfo(2)).status).to.equal(Status.Answered);
    });

    it("opens a new subscription where the former one was closed", async () => {
      const { beacon, coordinator, oldSubscription } = await loadFixture(movedWorld);
      await beacon.closeSubscription(coordinator);
      await beacon.moveCoordinator(coordinator, SETTINGS);
      expect(await beacon.subscriptionId()).not.to.equal(oldSubscription);
    });

    it("refuses the present coordinator, the zero address, bad settings and everybody but the owner", async () => {
      const { beacon, coordinator, next, stranger } = await loadFixture(movedWorld);
      await expect(beacon.moveCoordinator(next, SETTINGS))
        .to.be.revertedWithCustomError(beacon, "BeaconSameCoordinator")
        .withArgs(await next.getAddress());
      await expect(beacon.moveCoordinator(ethers.ZeroAddress, SETTINGS)).to.be.revertedWithCustomError(
        beacon,
        "BeaconZeroAddress",
      );
      await expect(beacon.moveCoordinator(coordinator, { ...SETTINGS, interval: 0n })).to.be.revertedWithCustomError(
        beacon,
        "BeaconOutOfBounds",
      );
      for (const call of [
        beacon.connect(stranger).moveCoordinator(coordinator, SETTINGS),
        beacon.connect(stranger).closeSubscription(coordinator),
      ]) {
        await expect(call).to.be.revertedWithCustomError(beacon, "OwnableUnauthorizedAccount");
      }
      expect(await beacon.coordinator()).to.equal(await next.getAddress());
    });
  });

  describe("ownership", () => {
    it("moves in two steps, and never away (I46)", async () => {
      const { beacon, owner, stranger } = await loadFixture(beaconWorld);
      await beacon.transferOwnership(stranger.address);
      expect(await beacon.owner()).to.equal(owner.address);
      await beacon.connect(stranger).acceptOwnership();
      expect(await beacon.owner()).to.equal(stranger.address);
      await expect(beacon.connect(stranger).renounceOwnership()).to.be.revertedWithCustomError(
        beacon,
        "OwnershipRequired",
      );
    });
  });
});
