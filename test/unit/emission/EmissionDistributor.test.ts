import { loadFixture, setCode, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { allowanceCapacity } from "../../../src/model/emission";
import {
  anyContract,
  DAY,
  DELEGATED_CODE,
  distributorWorld,
  drawingWorld,
  GENESIS,
  PERIOD,
  played,
  POOL,
  YEAR,
} from "./fixture";

const CAPACITY = allowanceCapacity(POOL, PERIOD);

describe("EmissionDistributor", () => {
  describe("constructor", () => {
    it("fixes token, pool, period and owner, and asks for nothing that depends on time", async () => {
      const { distributor, token, owner } = await loadFixture(distributorWorld);
      expect(await distributor.token()).to.equal(await token.getAddress());
      expect(await distributor.pool()).to.equal(POOL);
      expect(await distributor.period()).to.equal(PERIOD);
      expect(await distributor.owner()).to.equal(owner.address);
      expect(await distributor.startedAt()).to.equal(0);
      expect(await distributor.drawer()).to.equal(ethers.ZeroAddress);
      expect(await distributor.drawn()).to.equal(0);
    });

    it("refuses no token, no pool, no owner, and periods out of bounds", async () => {
      const { distributor, token, owner } = await loadFixture(distributorWorld);
      const [min, max] = [180n * DAY, 3_650n * DAY];
      const deploy = (args: unknown[]) => ethers.deployContract("EmissionDistributor", args);
      await expect(deploy([ethers.ZeroAddress, POOL, PERIOD, owner.address]))
        .to.be.revertedWithCustomError(distributor, "DistributorInvalidAddress")
        .withArgs(ethers.ZeroAddress);
      await expect(deploy([token, 0, PERIOD, owner.address])).to.be.revertedWithCustomError(
        distributor,
        "DistributorZeroPool",
      );
      await expect(deploy([token, POOL, PERIOD, ethers.ZeroAddress])).to.be.revertedWithCustomError(
        distributor,
        "OwnableInvalidOwner",
      );
      for (const period of [0n, min - 1n, max + 1n]) {
        await expect(deploy([token, POOL, period, owner.address]))
          .to.be.revertedWithCustomError(distributor, "DistributorPeriodOutOfBounds")
          .withArgs(period, min, max);
      }
      for (const period of [min, max]) await deploy([token, POOL, period, owner.address]);
    });

    it("takes the least and the greatest pool", async () => {
      const { token, owner } = await loadFixture(distributorWorld);
      for (const pool of [1n, 2n ** 128n - 1n]) {
        const distributor = await ethers.deployContract("EmissionDistributor", [token, pool, PERIOD, owner.address]);
        expect(await distributor.allowanceCapacity()).to.equal(allowanceCapacity(pool, PERIOD));
        expect(await distributor.allowanceCapacity()).to.be.greaterThan(0);
        expect(await distributor.allowanceLeft()).to.equal(await distributor.allowanceCapacity());
      }
    });
  });

  describe("start", () => {
    it("waits for the whole pool (I28)", async () => {
      const { distributor, token } = await loadFixture(distributorWorld);
      await expect(distributor.start())
        .to.be.revertedWithCustomError(distributor, "DistributorNotFunded")
        .withArgs(0, POOL);
      await token.transfer(distributor, POOL - 1n);
      await time.increase(YEAR);
      await expect(distributor.start())
        .to.be.revertedWithCustomError(distributor, "DistributorNotFunded")
        .withArgs(POOL - 1n, POOL);
      expect(await distributor.emittedAt(2n ** 255n)).to.equal(0);
      expect(await distributor.drawable()).to.equal(0);
    });

    it("is for anyone, once, and begins with its second", async () => {
      const { distributor, token, stranger } = await loadFixture(distributorWorld);
      await token.transfer(distributor, POOL + 1n);
      const tx = distributor.connect(stranger).start();
      await expect(tx).to.emit(distributor, "EmissionStarted");
      const began = BigInt(await time.latest());
      expect(await distributor.startedAt()).to.equal(began);
      expect(await distributor.emittedAt(began)).to.equal(0);
      await time.increase(DAY);
      await expect(distributor.start())
        .to.be.revertedWithCustomError(distributor, "DistributorAlreadyStarted")
        .withArgs(began);
      expect(await distributor.startedAt()).to.equal(began);
    });
  });

  describe("emittedAt", () => {
    it("pays half of what is left in each period, evenly per second", async () => {
      const { distributor, began } = await loadFixture(drawingWorld);
      expect(await distributor.emittedAt(0)).to.equal(0);
      expect(await distributor.emittedAt(began - 1n)).to.equal(0);
      expect(await distributor.emittedAt(began + 1n)).to.equal(POOL / 2n / PERIOD);
      expect(await distributor.emittedAt(began + PERIOD / 2n)).to.equal(POOL / 4n);
      expect(await distributor.emittedAt(began + PERIOD)).to.equal(POOL / 2n);
      expect(await distributor.emittedAt(began + PERIOD + PERIOD / 2n)).to.equal((POOL * 5n) / 8n);
      for (const k of [2n, 3n, 7n]) {
        expect(await distributor.emittedAt(began + k * PERIOD)).to.equal(POOL - POOL / 2n ** k);
      }
    });

    it("reaches exactly the pool, and stays there for ever (I28)", async () => {
      const { distributor, began } = await loadFixture(drawingWorld);
      expect(await distributor.emittedAt(began + 89n * PERIOD)).to.equal(POOL);
      expect(await distributor.emittedAt(began + 88n * PERIOD)).to.equal(POOL - 1n);
      expect(await distributor.emittedAt(2n ** 255n)).to.equal(POOL);
      expect(await distributor.emittedAt(2n ** 256n - 1n)).to.equal(POOL);
    });
  });

  describe("setDrawer", () => {
    it("names a contract, once", async () => {
      const { distributor, drawer } = await loadFixture(distributorWorld);
      await expect(distributor.setDrawer(drawer.address)).to.emit(distributor, "DrawerSet").withArgs(drawer.address);
      expect(await distributor.drawer()).to.equal(drawer.address);
      const other = await anyContract();
      for (const next of [drawer.address, await other.getAddress()]) {
        await expect(distributor.setDrawer(next))
          .to.be.revertedWithCustomError(distributor, "DistributorDrawerAlreadySet")
          .withArgs(drawer.address);
      }
    });

    it("refuses strangers, keys, nobody, and keys with delegated code", async () => {
      const { distributor, drawer, alice, stranger } = await loadFixture(distributorWorld);
      await expect(distributor.connect(stranger).setDrawer(drawer.address))
        .to.be.revertedWithCustomError(distributor, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
      await setCode(alice.address, DELEGATED_CODE);
      for (const key of [ethers.ZeroAddress, stranger.address, alice.address]) {
        await expect(distributor.setDrawer(key))
          .to.be.revertedWithCustomError(distributor, "DistributorNotContract")
          .withArgs(key);
      }
    });

    it("takes a contract of one byte", async () => {
      const { distributor, alice } = await loadFixture(distributorWorld);
      await setCode(alice.address, "0x00");
      await distributor.setDrawer(alice.address);
      expect(await distributor.drawer()).to.equal(alice.address);
    });
  });

  describe("draw", () => {
    it("pays what was emitted to whom the drawer says", async () => {
      const { distributor, token, drawer, alice, stranger, began } = await loadFixture(drawingWorld);
      await time.setNextBlockTimestamp(began + DAY);
      const day = POOL / 2n / 730n;
      await expect(distributor.connect(drawer).draw(alice.address, day))
        .to.emit(distributor, "Drawn")
        .withArgs(alice.address, day, day);
      await time.setNextBlockTimestamp(began + 2n * DAY);
      await expect(distributor.connect(drawer).draw(stranger.address, 1n))
        .to.emit(distributor, "Drawn")
        .withArgs(stranger.address, 1, day + 1n);
      expect(await token.balanceOf(alice.address)).to.equal(day);
      expect(await token.balanceOf(stranger.address)).to.equal(1);
      expect(await distributor.drawn()).to.equal(day + 1n);
      expect(await token.balanceOf(distributor)).to.equal(POOL - day - 1n);
    });

    it("refuses everybody but the drawer, the owner too, also before there is one (I4)", async () => {
      const { distributor, owner, stranger } = await loadFixture(drawingWorld);
      await time.increase(DAY);
      for (const caller of [owner, stranger]) {
        await expect(distributor.connect(caller).draw(caller.address, 1))
          .to.be.revertedWithCustomError(distributor, "DistributorOnlyDrawer")
          .withArgs(caller.address);
      }
      const before = await loadFixture(distributorWorld);
      await expect(before.distributor.connect(owner).draw(owner.address, 1))
        .to.be.revertedWithCustomError(distributor, "DistributorOnlyDrawer")
        .withArgs(owner.address);
    });

    it("refuses nothing, and the distributor itself or nobody as receiver", async () => {
      const { distributor, token, drawer } = await loadFixture(drawingWorld);
      await time.increase(DAY);
      await expect(distributor.connect(drawer).draw(drawer.address, 0)).to.be.revertedWithCustomError(
        distributor,
        "DistributorZeroAmount",
      );
      await expect(distributor.connect(drawer).draw(distributor, 1))
        .to.be.revertedWithCustomError(distributor, "DistributorInvalidAddress")
        .withArgs(await distributor.getAddress());
      await expect(distributor.connect(drawer).draw(ethers.ZeroAddress, 1)).to.be.revertedWithCustomError(
        token,
        "ERC20InvalidReceiver",
      );
      expect(await distributor.drawn()).to.equal(0);
    });

    it("stops at what was emitted, to the wei, whatever else it holds (I6, I28)", async () => {
      const { distributor, token, drawer, began } = await loadFixture(drawingWorld);
      await token.transfer(distributor, POOL);
      const at = began + 10n * DAY;
      const emitted = (POOL * 10n) / 730n / 2n;
      await time.setNextBlockTimestamp(at);
      await expect(distributor.connect(drawer).draw(drawer.address, emitted + 1n))
        .to.be.revertedWithCustomError(distributor, "DistributorAboveEmission")
        .withArgs(emitted + 1n, emitted);
      await time.setNextBlockTimestamp(at + 1n);
      const then = await distributor.emittedAt(at + 1n);
      await distributor.connect(drawer).draw(drawer.address, then);
      expect(await distributor.drawn()).to.equal(then);
      await time.setNextBlockTimestamp(at + 2n);
      const more = (await distributor.emittedAt(at + 2n)) - then;
      await expect(distributor.connect(drawer).draw(drawer.address, more + 1n))
        .to.be.revertedWithCustomError(distributor, "DistributorAboveEmission")
        .withArgs(more + 1n, more);
    });

    it("pays out what waited at 30 days at once and 3 days a day, and loses nothing (I32)", async () => {
      const world = await loadFixture(distributorWorld);
      const { distributor, token, drawer } = world;
      await token.transfer(distributor, POOL);
      await distributor.start();
      await time.increase(5n * YEAR);
      await distributor.setDrawer(drawer.address);
      expect(await distributor.drawn()).to.equal(0);
      expect(await distributor.drawable()).to.equal(CAPACITY);

      const draw = distributor.connect(drawer);
      await expect(draw.draw(drawer.address, CAPACITY + 1n))
        .to.be.revertedWithCustomError(distributor, "DistributorAboveAllowance")
        .withArgs(CAPACITY + 1n, CAPACITY);
      await draw.draw(drawer.address, CAPACITY);
      const first = BigInt(await time.latest());
      expect(await distributor.allowanceLeft()).to.equal(0);
      expect(await distributor.drawable()).to.equal(0);

      await time.setNextBlockTimestamp(first + DAY);
      await expect(draw.draw(drawer.address, CAPACITY / 10n + 1n))
        .to.be.revertedWithCustomError(distributor, "DistributorAboveAllowance")
        .withArgs(CAPACITY / 10n + 1n, CAPACITY / 10n);
      await time.setNextBlockTimestamp(first + 10n * DAY);
      await draw.draw(drawer.address, CAPACITY);
      // It never holds more than when it is full.
      await time.increase(YEAR);
      expect(await distributor.allowanceLeft()).to.equal(CAPACITY);
    });

    it("pays out the whole pool in the end, to the last wei (I28)", async () => {
      const { token, owner, drawer } = await loadFixture(distributorWorld);
      const pool = 1_000_003n;
      const distributor = await ethers.deployContract("EmissionDistributor", [token, pool, PERIOD, owner.address]);
      await token.transfer(distributor, pool);
      await distributor.start();
      await distributor.setDrawer(drawer.address);
      await time.increase(25n * PERIOD);
      for (let left = pool; left > 0n;) {
        const part = await distributor.drawable();
        await distributor.connect(drawer).draw(owner.address, part);
        left -= part;
        await time.increase(10n * DAY);
      }
      expect(await distributor.drawn()).to.equal(pool);
      expect(await token.balanceOf(distributor)).to.equal(0);
    });

    it("is not re-entered by its token, and nothing is counted when the token refuses", async () => {
      const { owner, alice } = await loadFixture(distributorWorld);
      const token = await ethers.deployContract("HostileToken", [owner.address, GENESIS]);
      const distributor = await ethers.deployContract("EmissionDistributor", [token, POOL, PERIOD, owner.address]);
      await token.transfer(distributor, POOL);
      await distributor.start();
      // The token itself is the drawer, so that only the guard is in its way.
      await distributor.setDrawer(token);
      const drawer = await played(token);
      await time.increase(DAY);

      await token.setLying(true);
      await expect(distributor.connect(drawer).draw(alice.address, 5)).to.be.revertedWithCustomError(
        distributor,
        "SafeERC20FailedOperation",
      );
      await token.setLying(false);
      expect(await distributor.drawn()).to.equal(0);
      await token.setAttack(distributor, distributor.interface.encodeFunctionData("draw", [alice.address, 5]));
      await distributor.connect(drawer).draw(alice.address, 5);
      expect(await token.attackSucceeded()).to.equal(false);
      expect(await token.attackResult()).to.equal(
        distributor.interface.encodeErrorResult("ReentrancyGuardReentrantCall"),
      );
      expect(await distributor.drawn()).to.equal(5);
      expect(await token.balanceOf(alice.address)).to.equal(5);
    });
  });

  describe("owner", () => {
    it("cannot leave, moves in two steps, and has no function but naming the drawer (I45, I46)", async () => {
      const { distributor, owner, alice, drawer } = await loadFixture(distributorWorld);
      await expect(distributor.renounceOwnership()).to.be.revertedWithCustomError(distributor, "OwnershipRequired");
      await distributor.transferOwnership(alice.address);
      expect(await distributor.owner()).to.equal(owner.address);
      await distributor.connect(alice).acceptOwnership();
      await distributor.connect(alice).setDrawer(drawer.address);
      const changing = distributor.interface.fragments
        .filter((it) => it.type === "function" && !(it as { constant?: boolean }).constant)
        .map((it) => (it as { name?: string }).name);
      expect(changing.sort()).to.deep.equal(
        // renounceOwnership is view: it only reverts.
        ["acceptOwnership", "draw", "setDrawer", "start", "transferOwnership"],
      );
    });
  });
});
