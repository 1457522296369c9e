import { loadFixture, setCode, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { EmissionController } from "../../../typechain-types";
import {
  anyContract,
  controllerWorld,
  DAY,
  DELEGATED_CODE,
  fixedToken,
  GENESIS,
  issuableToken,
  issuingWorld,
  YEAR,
} from "./fixture";

const DELAY = 7n * DAY;
const GRACE = 14n * DAY;
const SHARE = (GENESIS * 2n) / 100n;

/** Announces an amount and waits until it can be minted; the next block is the first that can. */
async function ripe(controller: EmissionController, amount: bigint): Promise<bigint> {
  await controller.announce(amount);
  const announced = BigInt(await time.latest());
  await time.setNextBlockTimestamp(announced + DELAY);
  return controller.announcements();
}

describe("EmissionController", () => {
  describe("constructor", () => {
    it("holds only its owner in its init code, and starts with empty slots", async () => {
      const { controller, owner, stranger } = await loadFixture(controllerWorld);
      const factory = await ethers.getContractFactory("EmissionController");
      const { data } = await factory.getDeployTransaction(stranger.address);
      expect(data).to.equal(factory.bytecode + stranger.address.slice(2).toLowerCase().padStart(64, "0"));
      await expect(factory.deploy(ethers.ZeroAddress)).to.be.revertedWithCustomError(controller, "OwnableInvalidOwner");
      expect(await controller.owner()).to.equal(owner.address);
      expect(await controller.token()).to.equal(ethers.ZeroAddress);
      expect(await controller.rewards()).to.equal(ethers.ZeroAddress);
      expect(await controller.openingSupply()).to.equal(0);
      expect(await controller.mintable()).to.equal(0);
      expect(await controller.announcementOf(0)).to.deep.equal([0, 0, 0]);
    });

    it("has the bounds of SPEC 2, which nobody can set", async () => {
      const { controller } = await loadFixture(controllerWorld);
      expect(await controller.DELAY()).to.equal(DELAY);
      expect(await controller.GRACE()).to.equal(GRACE);
      expect(await controller.WINDOW()).to.equal(YEAR);
      expect(await controller.CAP_BPS()).to.equal(200);
      const changing = controller.interface.fragments
        .filter((it) => it.type === "function" && !(it as { constant?: boolean }).constant)
        .map((it) => (it as { name?: string }).name);
      expect(changing.sort()).to.deep.equal(
        ["acceptOwnership", "announce", "cancel", "execute", "setRewards", "setToken", "transferOwnership"].sort(),
      );
    });
  });

  describe("setToken", () => {
    it("names the token that it mints, once", async () => {
      const { controller, token, alice } = await loadFixture(controllerWorld);
      const address = await token.getAddress();
      await expect(controller.setToken(token)).to.emit(controller, "TokenSet").withArgs(address, GENESIS);
      expect(await controller.token()).to.equal(address);
      expect(await controller.genesisSupply()).to.equal(GENESIS);
      expect(await controller.openingSupply()).to.equal(GENESIS);
      expect(await controller.mintable()).to.equal(SHARE);
      const another = await issuableToken(alice.address, await controller.getAddress());
      await expect(controller.setToken(another))
        .to.be.revertedWithCustomError(controller, "ControllerTokenAlreadySet")
        .withArgs(address);
    });

    it("refuses strangers, keys, a token of another minter, and one that nobody mints", async () => {
      const { controller, token, alice, stranger } = await loadFixture(controllerWorld);
      await expect(controller.connect(stranger).setToken(token))
        .to.be.revertedWithCustomError(controller, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
      await setCode(alice.address, DELEGATED_CODE);
      for (const key of [ethers.ZeroAddress, stranger.address, alice.address]) {
        await expect(controller.setToken(key))
          .to.be.revertedWithCustomError(controller, "ControllerNotContract")
          .withArgs(key);
      }
      const foreign = await issuableToken(alice.address, stranger.address);
      await expect(controller.setToken(foreign))
        .to.be.revertedWithCustomError(controller, "ControllerWrongMinter")
        .withArgs(await foreign.getAddress(), stranger.address);
      await expect(controller.setToken(await fixedToken(alice.address))).to.be.reverted;
    });
  });

  describe("setRewards", () => {
    it("names a contract, once, and after the token", async () => {
      const { controller, token, rewards } = await loadFixture(controllerWorld);
      await expect(controller.setRewards(rewards)).to.be.revertedWithCustomError(controller, "ControllerTokenNotSet");
      await controller.setToken(token);
      const address = await rewards.getAddress();
      await expect(controller.setRewards(rewards)).to.emit(controller, "RewardsSet").withArgs(address);
      expect(await controller.rewards()).to.equal(address);
      await expect(controller.setRewards(await anyContract()))
        .to.be.revertedWithCustomError(controller, "ControllerRewardsAlreadySet")
        .withArgs(address);
    });

    it("refuses strangers, keys, nobody, and keys with delegated code", async () => {
      const { controller, token, rewards, alice, stranger } = await loadFixture(controllerWorld);
      await controller.setToken(token);
      await expect(controller.connect(stranger).setRewards(rewards))
        .to.be.revertedWithCustomError(controller, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
      await setCode(alice.address, DELEGATED_CODE);
      for (const key of [ethers.ZeroAddress, stranger.address, alice.address]) {
        await expect(controller.setRewards(key))
          .to.be.revertedWithCustomError(controller, "ControllerNotContract")
          .withArgs(key);
      }
    });
  });

  describe("announce", () => {
    it("opens an announcement for 7 to 21 days later", async () => {
      const { controller } = await loadFixture(issuingWorld);
      const at = BigInt(await time.latest()) + 100n;
      await time.setNextBlockTimestamp(at);
      await expect(controller.announce(5n))
        .to.emit(controller, "IssuanceAnnounced")
        .withArgs(1, 5, at + DELAY, at + DELAY + GRACE);
      await controller.announce(6n);
      expect(await controller.announcements()).to.equal(2);
      expect(await controller.announcementOf(1)).to.deep.equal([5n, at + DELAY, at + DELAY + GRACE]);
      expect((await controller.announcementOf(2)).amount).to.equal(6);
      expect(await controller.announcementOf(3)).to.deep.equal([0, 0, 0]);
    });

    it("refuses until the rewards slot is filled, so that nothing can be minted before (I9)", async () => {
      const { controller, token } = await loadFixture(controllerWorld);
      await expect(controller.announce(1)).to.be.revertedWithCustomError(controller, "ControllerRewardsNotSet");
      await controller.setToken(token);
      await expect(controller.announce(1)).to.be.revertedWithCustomError(controller, "ControllerRewardsNotSet");
      await expect(controller.execute(1)).to.be.revertedWithCustomError(controller, "ControllerNotAnnounced");
      expect(await token.totalSupply()).to.equal(GENESIS);
    });

    it("refuses strangers, nothing, and what can never be within the bound", async () => {
      const { controller, stranger } = await loadFixture(issuingWorld);
      await expect(controller.connect(stranger).announce(1))
        .to.be.revertedWithCustomError(controller, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
      await expect(controller.announce(0)).to.be.revertedWithCustomError(controller, "ControllerZeroAmount");
      await expect(controller.announce(SHARE + 1n))
        .to.be.revertedWithCustomError(controller, "ControllerAboveBound")
        .withArgs(SHARE + 1n, SHARE);
      await expect(controller.announce(2n ** 255n)).to.be.revertedWithCustomError(controller, "ControllerAboveBound");
      await controller.announce(SHARE);
    });
  });

  describe("execute", () => {
    it("mints to the rewards contract alone, for anyone, once (I8, I9)", async () => {
      const { controller, token, rewards, stranger } = await loadFixture(issuingWorld);
      const id = await ripe(controller, 77n);
      const tx = controller.connect(stranger).execute(id);
      await expect(tx)
        .to.emit(controller, "IssuanceExecuted")
        .withArgs(id, 77, GENESIS + 77n);
      await expect(tx).to.changeTokenBalance(token, rewards, 77);
      expect(await token.totalSupply()).to.equal(GENESIS + 77n);
      expect(await controller.announcementOf(id)).to.deep.equal([0, 0, 0]);
      await expect(controller.execute(id))
        .to.be.revertedWithCustomError(controller, "ControllerNotAnnounced")
        .withArgs(id);
    });

    it("waits 7 days to the second, and lapses 14 days later", async () => {
      const { controller } = await loadFixture(issuingWorld);
      for (const amount of [1n, 2n]) await controller.announce(amount);
      const { executableAt: first } = await controller.announcementOf(1);
      const { executableAt: second, expiresAt } = await controller.announcementOf(2);
      await time.setNextBlockTimestamp(first - 1n);
      await expect(controller.execute(1))
        .to.be.revertedWithCustomError(controller, "ControllerTooEarly")
        .withArgs(1, first);
      await time.setNextBlockTimestamp(first);
      await controller.execute(1);
      expect(expiresAt).to.equal(second + GRACE);
      await time.setNextBlockTimestamp(expiresAt);
      await expect(controller.execute(2))
        .to.be.revertedWithCustomError(controller, "ControllerExpired")
        .withArgs(2, expiresAt);
      await controller.announce(3n);
      const third = await controller.announcementOf(3);
      await time.setNextBlockTimestamp(third.expiresAt - 1n);
      await controller.execute(3);
    });

    it("mints no more than 2% of the opening supply in any 365 days, whatever the edges", async () => {
      const { controller, token } = await loadFixture(issuingWorld);
      const first = await ripe(controller, SHARE);
      await controller.execute(first);
      const minted = BigInt(await time.latest());
      expect(await controller.mintable()).to.equal(0);
      expect(await controller.openingSupply()).to.equal(GENESIS);

      // A second before the first amount leaves the window, not a wei more.
      await time.increaseTo(minted + YEAR - DELAY - 10n);
      await controller.announce(1n);
      await controller.announce((SHARE * 102n) / 100n);
      await time.setNextBlockTimestamp(minted + YEAR - 1n);
      await expect(controller.execute(2))
        .to.be.revertedWithCustomError(controller, "ControllerAboveBound")
        .withArgs(1, 0);

      // In the second in which it leaves, 2% of the supply that it made.
      await time.setNextBlockTimestamp(minted + YEAR);
      await controller.execute(3);
      expect(await token.totalSupply()).to.equal(GENESIS + SHARE + (SHARE * 102n) / 100n);
      expect(await controller.openingSupply()).to.equal(GENESIS + SHARE);
      expect(await controller.mintable()).to.equal(0);
      // What is above the bound stays open and may fit later.
      await expect(controller.execute(2)).to.be.revertedWithCustomError(controller, "ControllerAboveBound");
      expect((await controller.announcementOf(2)).amount).to.equal(1);
    });

    it("adds up amounts of one window, also of one second", async () => {
      const { controller, token } = await loadFixture(issuingWorld);
      const half = SHARE / 2n;
      for (const amount of [half, half, 1n]) await controller.announce(amount);
      await time.increase(DELAY);
      await ethers.provider.send("evm_setAutomine", [false]);
      const gasLimit = 500_000;
      const sent = [];
      for (const id of [1, 2, 3]) sent.push(await controller.execute(id, { gasLimit }));
      await ethers.provider.send("evm_mine", []);
      await ethers.provider.send("evm_setAutomine", [true]);
      const receipts = await Promise.all(sent.map(({ hash }) => ethers.provider.getTransactionReceipt(hash)));
      expect(new Set(receipts.map((receipt) => receipt?.blockNumber)).size).to.equal(1);
      expect(receipts.map((receipt) => receipt?.status)).to.deep.equal([1, 1, 0]);
      expect(await token.totalSupply()).to.equal(GENESIS + SHARE);
    });

    it("is not re-entered in the middle of a mint", async () => {
      const { owner } = await loadFixture(issuingWorld);
      const controller = await ethers.deployContract("EmissionController", [owner.address]);
      const token = await ethers.deployContract("ReenteringIssuable", [controller]);
      await controller.setToken(token);
      await controller.setRewards(token);
      await controller.announce(SHARE);
      await controller.announce(SHARE);
      await time.increase(DELAY);
      await token.setNext(2);
      await controller.execute(1);
      expect(await token.refusal()).to.equal(controller.interface.encodeErrorResult("ReentrancyGuardReentrantCall"));
      expect(await token.totalSupply()).to.equal(GENESIS + SHARE);
      await expect(controller.execute(2)).to.be.revertedWithCustomError(controller, "ControllerAboveBound");
    });
  });

  describe("cancel", () => {
    it("withdraws an announcement for good, also a lapsed one", async () => {
      const { controller } = await loadFixture(issuingWorld);
      for (const amount of [1n, 2n]) await controller.announce(amount);
      await expect(controller.cancel(1)).to.emit(controller, "IssuanceCancelled").withArgs(1);
      await time.increase(DELAY);
      await expect(controller.execute(1)).to.be.revertedWithCustomError(controller, "ControllerNotAnnounced");
      await time.increase(GRACE);
      await controller.cancel(2);
      for (const id of [1, 2, 3]) {
        await expect(controller.cancel(id))
          .to.be.revertedWithCustomError(controller, "ControllerNotAnnounced")
          .withArgs(id);
      }
    });

    it("is the owner's", async () => {
      const { controller, stranger } = await loadFixture(issuingWorld);
      await controller.announce(1);
      await expect(controller.connect(stranger).cancel(1))
        .to.be.revertedWithCustomError(controller, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
    });
  });

  describe("owner", () => {
    it("cannot leave, and moves in two steps (I46)", async () => {
      const { controller, owner, alice } = await loadFixture(controllerWorld);
      await expect(controller.renounceOwnership()).to.be.revertedWithCustomError(controller, "OwnershipRequired");
      await controller.transferOwnership(alice.address);
      expect(await controller.owner()).to.equal(owner.address);
      await controller.connect(alice).acceptOwnership();
      expect(await controller.owner()).to.equal(alice.address);
    });
  });
});
