/** Attacks on the beacon that once went through, or that Chainlink's own mock would hide. */
import { loadFixture, setCode, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { BeaconConsumer, CoordinatorMock, GasPriceOracleMock, RandomnessBeacon } from "../../../typechain-types";
import {
  HOUR,
  installHistory,
  mineToRunIn,
  PLENTY,
  recordInHistory,
  seedFrom,
  SETTINGS,
  Status,
  WINDOW,
} from "./fixture";

const ORACLE = "0x420000000000000000000000000000000000000F";
/** 804 bytes of calldata and 71 around them, and what the oracle adds for a signature. */
const ANSWER_BYTES = 875n + 68n;

async function signers() {
  const [owner, treasury, stranger] = await ethers.getSigners();
  if (!owner || !treasury || !stranger) throw new Error("no signers");
  return { owner, treasury, stranger };
}

/** A beacon at a coordinator that, as the real one, does not cancel a subscription with an unanswered request. */
async function world() {
  const { owner, treasury, stranger } = await signers();
  const coordinator = await ethers.deployContract("CoordinatorMock");
  const args = [owner.address, treasury.address, coordinator, SETTINGS] as const;
  const beacon = await ethers.deployContract("RandomnessBeacon", [...args]);
  const consumer = await ethers.deployContract("BeaconConsumer", [beacon]);
  await beacon.setConsumer(consumer, true);
  await installHistory();
  return { owner, treasury, stranger, coordinator, beacon, consumer };
}

/** The same on a rollup that takes `feePerByte` wei for data. */
async function rollupWorld() {
  await setCode(ORACLE, await ethers.provider.getCode(await ethers.deployContract("GasPriceOracleMock")));
  const oracle: GasPriceOracleMock = await ethers.getContractAt("GasPriceOracleMock", ORACLE);
  await oracle.setFeePerByte(10n ** 9n);
  return { ...(await world()), oracle };
}

/** A waiting round whose fallback block is fixed. */
async function fixedWorld() {
  const given = await world();
  await given.consumer.request({ value: PLENTY });
  await time.increase(24n * HOUR);
  await given.beacon.fixFallback();
  return { ...given, target: await given.beacon.fallbackTarget() };
}

/** Seed of the only round when a word answers it. */
function wordSeed(beacon: RandomnessBeacon, word: bigint): Promise<string> {
  return seedFrom(beacon, 1n, word);
}

describe("RandomnessBeacon regressions", () => {
  describe("the data fee of a rollup", () => {
    const gasPrice = 10n ** 9n;
    const gasPart = (SETTINGS.paidGas * gasPrice * 160n) / 100n;
    const dataPart = (ANSWER_BYTES * 10n ** 9n * 160n) / 100n;

    it("is paid by who requests, not by the subscription", async () => {
      const { beacon, consumer } = await loadFixture(rollupWorld);
      const due = gasPart + dataPart;
      expect(await beacon.price({ gasPrice })).to.equal(due);
      await expect(consumer.request({ value: due - 1n, gasPrice }))
        .to.be.revertedWithCustomError(beacon, "BeaconUnderpaid")
        .withArgs(due - 1n, due);
      await expect(consumer.request({ value: due, gasPrice })).to.emit(beacon, "RoundRequested");
    });

    it("follows the parent chain from request to request", async () => {
      const { beacon, oracle } = await loadFixture(rollupWorld);
      await oracle.setFeePerByte(700n * 10n ** 9n);
      expect(await beacon.price({ gasPrice })).to.equal(gasPart + 700n * dataPart);
      await oracle.setFeePerByte(0);
      expect(await beacon.price({ gasPrice })).to.equal(gasPart);
    });

    it("cannot be evaded by starving the oracle of gas", async () => {
      const { beacon, consumer, oracle } = await loadFixture(rollupWorld);
      await oracle.setFeePerByte(10n ** 12n);
      for (let gasLimit = 60_000n; gasLimit <= 400_000n; gasLimit += 2_500n) {
        const sent = await consumer.request({ value: gasPart, gasPrice, gasLimit }).catch(() => null);
        if (sent !== null) await sent.wait().catch(() => null);
      }
      expect(await beacon.currentRound()).to.equal(0);
    });

    it("is nothing where the oracle does not answer, so that rounds go on", async () => {
      const { beacon, consumer, oracle } = await loadFixture(rollupWorld);
      await oracle.setBroken(true);
      expect(await beacon.price({ gasPrice })).to.equal(gasPart);
      await setCode(ORACLE, "0x");
      expect(await beacon.price({ gasPrice })).to.equal(gasPart);
      await expect(consumer.request({ value: gasPart, gasPrice })).to.emit(beacon, "RoundRequested");
    });
  });

  describe("a VRF answer and a fallback block", () => {
    it("are never both to choose from: from the block after the target on only its hash counts", async () => {
      const { beacon, coordinator, target } = await loadFixture(fixedWorld);
      await mineToRunIn(target + 1n);
      await expect(coordinator.answer(beacon, 1, [7]))
        .to.emit(beacon, "AnswerIgnored")
        .withArgs(1);
      expect((await beacon.roundInfo(1)).status).to.equal(Status.Requested);
      await beacon.answerByFallback();
      const block = await ethers.provider.getBlock(Number(target));
      expect([...(await beacon.seedOf(1))]).to.deep.equal([await wordSeed(beacon, BigInt(block?.hash ?? 0)), true]);
    });

    it("leave the round to VRF up to the target block itself, whose hash nobody knows yet", async () => {
      const { beacon, coordinator, target } = await loadFixture(fixedWorld);
      await mineToRunIn(target);
      await coordinator.answer(beacon, 1, [7]);
      expect([...(await beacon.seedOf(1))]).to.deep.equal([await wordSeed(beacon, 7n), false]);
    });

    it("leave the round to VRF again once a missed block gave way to an unknown one", async () => {
      const { beacon, coordinator, target } = await loadFixture(fixedWorld);
      await mineToRunIn(target + WINDOW + 1n);
      await expect(coordinator.answer(beacon, 1, [7])).to.emit(beacon, "AnswerIgnored");
      await beacon.answerByFallback();
      await coordinator.answer(beacon, 1, [7]);
      expect((await beacon.seedOf(1)).byFallback).to.equal(false);
    });

    it("end with a seed from history however late the caller is", async () => {
      const { beacon, coordinator, target } = await loadFixture(fixedWorld);
      await mineToRunIn(target + 300n);
      const hash = await recordInHistory(target);
      await coordinator.answer(beacon, 1, [7]);
      await beacon.answerByFallback();
      expect((await beacon.seedOf(1)).seed).to.equal(await wordSeed(beacon, BigInt(hash)));
    });

    it("concern no later round", async () => {
      const { beacon, coordinator, consumer, target } = await loadFixture(fixedWorld);
      await mineToRunIn(target + 1n);
      await beacon.answerByFallback();
      await consumer.request({ value: PLENTY });
      expect(await beacon.fallbackTarget()).to.equal(0);
      await coordinator.answer(beacon, 2, [7]);
      expect((await beacon.roundInfo(2)).status).to.equal(Status.Answered);
    });
  });

  describe("a subscription with a request that is never answered", () => {
    async function movedWorld(): Promise<
      Awaited<ReturnType<typeof world>> & { next: CoordinatorMock; subscription: bigint; consumer: BeaconConsumer }
    > {
      const given = await world();
      await given.consumer.request({ value: PLENTY });
      const subscription = await given.beacon.subscriptionId();
      const next = await ethers.deployContract("CoordinatorMock");
      await given.beacon.moveCoordinator(next, SETTINGS);
      return { ...given, next, subscription };
    }

    it("cannot be cancelled, but goes to the treasury", async () => {
      const { beacon, coordinator, treasury, subscription } = await loadFixture(movedWorld);
      await expect(beacon.closeSubscription(coordinator)).to.be.revertedWithCustomError(
        coordinator,
        "PendingRequestExists",
      );
      await expect(beacon.handOverSubscription(coordinator))
        .to.emit(beacon, "SubscriptionHandedOver")
        .withArgs(await coordinator.getAddress(), subscription);
      await coordinator.connect(treasury).acceptSubscriptionOwnerTransfer(subscription);
      expect(await coordinator.ownerOf(subscription)).to.equal(treasury.address);
      expect(await coordinator.nativeOf(subscription)).to.equal(PLENTY);
    });

    it("is handed over once, and no longer used after a return to its coordinator", async () => {
      const { beacon, coordinator, subscription } = await loadFixture(movedWorld);
      await beacon.handOverSubscription(coordinator);
      for (const call of [beacon.handOverSubscription(coordinator), beacon.closeSubscription(coordinator)]) {
        await expect(call)
          .to.be.revertedWithCustomError(beacon, "BeaconNoFormerSubscription")
          .withArgs(await coordinator.getAddress());
      }
      await beacon.moveCoordinator(coordinator, SETTINGS);
      expect(await beacon.subscriptionId()).not.to.equal(subscription);
    });

    it("is handed over by the owner alone, and only to the treasury once it is a former one", async () => {
      const { beacon, coordinator, next, stranger } = await loadFixture(movedWorld);
      await expect(beacon.connect(stranger).handOverSubscription(coordinator)).to.be.revertedWithCustomError(
        beacon,
        "OwnableUnauthorizedAccount",
      );
      await expect(beacon.handOverSubscription(next))
        .to.be.revertedWithCustomError(beacon, "BeaconNoFormerSubscription")
        .withArgs(await next.getAddress());
    });
  });
});
