/** Grants: making them, releasing, revoking, moving them to another account. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { plain, at, MONTH, owedBy, POOL, TOKEN, untilNow, vestingWorld } from "./fixture";

const LINEAR = 3;
const THOUSAND = 1_000n * TOKEN;

/** Alice has 1,000 on schedule 1 (10% at the start, cliff 12, monthly steps) and on schedule 3 (linear). */
async function grantWorld() {
  const world = await vestingWorld();
  await world.vault.grant(1, world.alice.address, THOUSAND);
  await world.vault.grant(LINEAR, world.alice.address, THOUSAND);
  return world;
}

/** 10% at the start and the rest by months, as the terms of schedule 1 say. */
const afterMonths = (months: bigint) => THOUSAND / 10n + ((THOUSAND * 9n) / 10n / 48n) * months;

describe("VestingVault: grants", () => {
  describe("grant", () => {
    it("moves from the pool to the beneficiary, and pays nobody", async () => {
      const { vault, token, alice } = await loadFixture(vestingWorld);
      await expect(vault.grant(1, alice.address, TOKEN))
        .to.emit(vault, "Granted")
        .withArgs(1, alice.address, TOKEN);
      expect(plain(await vault.grantOf(1, alice.address))).to.deep.equal({
        total: TOKEN,
        paid: 0n,
        revokedAt: 0n,
        payee: alice.address,
      });
      expect(await vault.poolOf(1)).to.equal(POOL - TOKEN);
      expect(await token.balanceOf(alice.address)).to.equal(0);
      expect(await vault.vestedOf(1, alice.address)).to.equal(0);
    });

    it("adds to what was granted before, without delay and without taking back (I33)", async () => {
      const { vault, token, alice, start, end } = await loadFixture(grantWorld);
      await at(start + 24n * MONTH);
      await vault.release(1, alice.address);
      const before = await token.balanceOf(alice.address);
      expect(before).to.equal(afterMonths(24n));
      await at(start + 24n * MONTH + 10n);
      await vault.grant(1, alice.address, THOUSAND);
      // The new thousand vests by the schedule's own clock: the same part of it has vested at once.
      expect(await vault.vestedOf(1, alice.address)).to.equal(2n * before);
      expect(await vault.releasableOf(1, alice.address)).to.equal(before);
      await vault.release(1, alice.address);
      await at(end);
      await vault.release(1, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(2n * THOUSAND);
    });

    it("refuses nothing, nobody, the vault itself, and more than the pool", async () => {
      const { vault, alice } = await loadFixture(vestingWorld);
      const calls = (beneficiary: string, amount: bigint) => [
        () => vault.grant(1, beneficiary, amount),
        () => vault.grantMany(1, [{ beneficiary, amount }]),
      ];
      const wrong = [
        [alice.address, 0n, "VestingZeroAmount"],
        [ethers.ZeroAddress, 1n, "VestingZeroAddress"],
        [await vault.getAddress(), 1n, "VestingSelfRecipient"],
        [alice.address, POOL + 1n, "VestingPoolShort"],
      ] as const;
      for (const [beneficiary, amount, error] of wrong) {
        for (const call of calls(beneficiary, amount)) {
          await expect(call()).to.be.revertedWithCustomError(vault, error);
        }
      }
      expect(await vault.poolOf(1)).to.equal(POOL);
    });

    it("keeps schedules apart", async () => {
      const { vault, alice } = await loadFixture(grantWorld);
      await vault.grant(2, alice.address, 5n);
      expect((await vault.grantOf(1, alice.address)).total).to.equal(THOUSAND);
      expect((await vault.grantOf(2, alice.address)).total).to.equal(5n);
      await vault.revoke(2, alice.address);
      expect((await vault.grantOf(1, alice.address)).revokedAt).to.equal(0);
    });

    it("fails where one account's grants would add up to more than 96 bits", async () => {
      const { grantor, alice, terms } = await loadFixture(vestingWorld);
      const big = await ethers.deployContract("HostileToken", [grantor.address, 2n ** 97n]);
      const vault = await ethers.deployContract("VestingVault", [big, grantor.address, grantor.address]);
      await big.connect(grantor).approve(vault, ethers.MaxUint256);
      await vault.createSchedule(terms, grantor.address);
      await vault.connect(grantor).fund(1, 2n ** 96n - 1n);
      await vault.connect(grantor).grant(1, alice.address, 2n ** 96n - 1n);
      await vault.connect(grantor).fund(1, 1n);
      await expect(vault.connect(grantor).grant(1, alice.address, 1n)).to.be.revertedWithPanic(0x11);
    });
  });

  describe("grantMany", () => {
    it("grants every row and takes the sum from the pool once", async () => {
      const { vault, alice, bob } = await loadFixture(vestingWorld);
      const rows = [
        { beneficiary: alice.address, amount: 1n },
        { beneficiary: bob.address, amount: 20n },
        { beneficiary: alice.address, amount: 300n },
      ];
      const tx = vault.grantMany(1, rows);
      for (const { beneficiary, amount } of rows) {
        await expect(tx).to.emit(vault, "Granted").withArgs(1, beneficiary, amount);
      }
      expect((await vault.grantOf(1, alice.address)).total).to.equal(301n);
      expect((await vault.grantOf(1, bob.address)).total).to.equal(20n);
      expect(await vault.poolOf(1)).to.equal(POOL - 321n);
    });

    it("grants all or none", async () => {
      const { vault, alice, bob } = await loadFixture(vestingWorld);
      const rows = [
        { beneficiary: alice.address, amount: POOL },
        { beneficiary: bob.address, amount: 1n },
      ];
      await expect(vault.grantMany(1, rows))
        .to.be.revertedWithCustomError(vault, "VestingPoolShort")
        .withArgs(1, POOL, POOL + 1n);
      expect((await vault.grantOf(1, alice.address)).total).to.equal(0);
      await vault.grantMany(1, []);
      expect(await vault.poolOf(1)).to.equal(POOL);
    });

    it("is not lost to sums of 2^96 and more", async () => {
      const { vault, alice } = await loadFixture(vestingWorld);
      const row = { beneficiary: alice.address, amount: 2n ** 95n };
      await expect(vault.grantMany(1, [row])).to.be.revertedWithCustomError(vault, "VestingPoolShort");
      // Two of them overflow the total of the account before the pool is asked.
      await expect(vault.grantMany(1, [row, row])).to.be.revertedWithPanic(0x11);
      const rows = [alice.address, await vault.token()].map((beneficiary) => ({ ...row, beneficiary }));
      await expect(vault.grantMany(1, rows))
        .to.be.revertedWithCustomError(vault, "VestingPoolShort")
        .withArgs(1, POOL, 2n ** 96n);
    });
  });

  describe("release", () => {
    it("pays nothing before the start, the part at the start, the cliff, each step, and everything at the end (I33)", async () => {
      const { vault, token, alice, stranger, start, end } = await loadFixture(grantWorld);
      const moments: [bigint, bigint][] = [
        [start - 1n, 0n],
        [start, afterMonths(0n)],
        [start + 12n * MONTH - 1n, afterMonths(0n)],
        [start + 12n * MONTH, afterMonths(12n)],
        [start + 13n * MONTH - 1n, afterMonths(12n)],
        [start + 13n * MONTH, afterMonths(13n)],
        [start + 30n * MONTH + 5n, afterMonths(30n)],
        [end - 1n, afterMonths(47n)],
        [end, THOUSAND],
      ];
      let paid = 0n;
      for (const [when, vested] of moments) {
        await at(when);
        const call = vault.connect(stranger).release(1, alice.address);
        if (vested === paid) {
          await expect(call).to.be.revertedWithCustomError(vault, "VestingNothingToRelease").withArgs(1, alice.address);
        } else {
          await expect(call)
            .to.emit(vault, "Released")
            .withArgs(1, alice.address, vested - paid);
        }
        paid = vested;
        expect(await token.balanceOf(alice.address), `at ${when - start}`).to.equal(vested);
      }
      expect(await owedBy(vault, 1, [alice.address])).to.equal(POOL - THOUSAND);
    });

    it("pays every second on a linear schedule", async () => {
      const { vault, token, alice, start } = await loadFixture(grantWorld);
      for (const seconds of [1n, 2n, 1_000n, 24n * MONTH]) {
        await at(start + seconds);
        await vault.release(LINEAR, alice.address);
        expect(await token.balanceOf(alice.address)).to.equal((THOUSAND * seconds) / (48n * MONTH));
      }
    });

    it("tells beforehand what it pays", async () => {
      const { vault, alice, start } = await loadFixture(grantWorld);
      await untilNow(start + 20n * MONTH);
      expect(await vault.releasableOf(1, alice.address)).to.equal(afterMonths(20n));
      expect(await vault.release.staticCall(1, alice.address)).to.equal(afterMonths(20n));
      await vault.release(1, alice.address);
      expect(await vault.releasableOf(1, alice.address)).to.equal(0);
      expect(await vault.vestedOf(1, alice.address)).to.equal(afterMonths(20n));
      expect((await vault.grantOf(1, alice.address)).paid).to.equal(afterMonths(20n));
    });

    it("pays nothing where nothing was granted", async () => {
      const { vault, bob, alice, end } = await loadFixture(grantWorld);
      await untilNow(end);
      for (const [schedule, beneficiary] of [
        [1, bob],
        [2, alice],
        [4, alice],
        [0, alice],
      ] as const) {
        expect(await vault.releasableOf(schedule, beneficiary.address)).to.equal(0);
        expect(await vault.vestedOf(schedule, beneficiary.address)).to.equal(0);
        await expect(vault.release(schedule, beneficiary.address)).to.be.revertedWithCustomError(
          vault,
          "VestingNothingToRelease",
        );
      }
    });

    it("does not touch the schedule's word", async () => {
      const { vault, alice, end } = await loadFixture(grantWorld);
      await untilNow(end);
      const before = [await vault.poolOf(1), await vault.termsOf(1)];
      await vault.release(1, alice.address);
      expect([await vault.poolOf(1), await vault.termsOf(1)]).to.deep.equal(before);
    });

    it("I44 has no switch: it works when owner and grantor are gone", async () => {
      const { vault, token, alice, owner, stranger, end } = await loadFixture(grantWorld);
      await vault.connect(owner).transferOwnership(stranger.address);
      await vault.withdrawPool(1, stranger.address, await vault.poolOf(1));
      await at(end);
      await vault.connect(stranger).release(1, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(THOUSAND);
    });
  });

  describe("revoke", () => {
    it("I34 returns the unvested part to the pool, leaves the vested part, and stops the clock", async () => {
      const { vault, token, alice, start, end } = await loadFixture(grantWorld);
      await at(start + 20n * MONTH);
      await vault.release(1, alice.address);
      await at(start + 25n * MONTH);
      const vested = afterMonths(25n);
      await expect(vault.revoke(1, alice.address))
        .to.emit(vault, "GrantRevoked")
        .withArgs(1, alice.address, vested, THOUSAND - vested);
      expect(await token.balanceOf(alice.address)).to.equal(afterMonths(20n));
      expect(await vault.poolOf(1)).to.equal(POOL - vested);
      expect((await vault.grantOf(1, alice.address)).revokedAt).to.equal(start + 25n * MONTH);
      await untilNow(end + 1n);
      expect(await vault.vestedOf(1, alice.address)).to.equal(vested);
      await vault.release(1, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(vested);
      await expect(vault.release(1, alice.address)).to.be.revertedWithCustomError(vault, "VestingNothingToRelease");
      // The pool can be taken out, all of it, and nothing is missing.
      await vault.withdrawPool(1, alice.address, POOL - vested);
      expect(await token.balanceOf(vault)).to.equal(2n * POOL);
    });

    it("I34 before the start returns everything, after the end nothing", async () => {
      const { vault, alice, bob, end } = await loadFixture(grantWorld);
      await vault.grant(1, bob.address, TOKEN);
      await vault.revoke(1, alice.address);
      expect(await vault.poolOf(1)).to.equal(POOL - TOKEN);
      await at(end);
      await expect(vault.revoke(1, bob.address)).to.emit(vault, "GrantRevoked").withArgs(1, bob.address, TOKEN, 0n);
      expect(await vault.releasableOf(1, alice.address)).to.equal(0);
      expect(await vault.releasableOf(1, bob.address)).to.equal(TOKEN);
    });

    it("happens once, and ends the grant for good", async () => {
      const { vault, alice } = await loadFixture(grantWorld);
      await vault.revoke(1, alice.address);
      const calls = [
        () => vault.revoke(1, alice.address),
        () => vault.grant(1, alice.address, 1n),
        () => vault.grantMany(1, [{ beneficiary: alice.address, amount: 1n }]),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(vault, "VestingAlreadyRevoked").withArgs(1, alice.address);
      }
      expect(await vault.poolOf(1)).to.equal(POOL);
    });

    it("needs a grant and a schedule that allows it", async () => {
      const { vault, alice, bob } = await loadFixture(grantWorld);
      await expect(vault.revoke(1, bob.address))
        .to.be.revertedWithCustomError(vault, "VestingNoGrant")
        .withArgs(1, bob.address);
      await expect(vault.revoke(LINEAR, alice.address))
        .to.be.revertedWithCustomError(vault, "VestingNotRevocable")
        .withArgs(LINEAR);
    });
  });

  describe("a grant that moves to another account", () => {
    it("I35 is offered and accepted, and keeps key and amounts", async () => {
      const { vault, token, alice, bob, stranger, start, end } = await loadFixture(grantWorld);
      await at(start + 20n * MONTH);
      await vault.release(1, alice.address);
      await expect(vault.connect(alice).offerGrant(1, alice.address, bob.address))
        .to.emit(vault, "PayeeOffered")
        .withArgs(1, alice.address, bob.address);
      expect(await vault.offeredPayeeOf(1, alice.address)).to.equal(bob.address);
      expect((await vault.grantOf(1, alice.address)).payee).to.equal(alice.address);
      await expect(vault.connect(stranger).acceptGrant(1, alice.address))
        .to.be.revertedWithCustomError(vault, "VestingNotOffered")
        .withArgs(1, stranger.address);
      await expect(vault.connect(bob).acceptGrant(1, alice.address))
        .to.emit(vault, "PayeeChanged")
        .withArgs(1, alice.address, alice.address, bob.address);

      expect(plain(await vault.grantOf(1, alice.address))).to.deep.equal({
        total: THOUSAND,
        paid: afterMonths(20n),
        revokedAt: 0n,
        payee: bob.address,
      });
      expect(await vault.offeredPayeeOf(1, alice.address)).to.equal(ethers.ZeroAddress);
      await at(end);
      await vault.connect(stranger).release(1, alice.address);
      expect(await token.balanceOf(bob.address)).to.equal(THOUSAND - afterMonths(20n));
      // Alice's grant of another schedule is still hers, and Bob has no key of his own.
      expect((await vault.grantOf(LINEAR, alice.address)).payee).to.equal(alice.address);
      expect((await vault.grantOf(1, bob.address)).total).to.equal(0);
    });

    it("does not mix with a grant that the new payee has already", async () => {
      const { vault, token, alice, bob, end } = await loadFixture(grantWorld);
      await vault.grant(1, bob.address, TOKEN);
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await vault.connect(bob).acceptGrant(1, alice.address);
      await vault.revoke(1, bob.address);
      await at(end);
      await vault.release(1, alice.address);
      expect(await token.balanceOf(bob.address)).to.equal(THOUSAND);
      expect(await vault.releasableOf(1, bob.address)).to.equal(0);
    });

    it("cannot run away from a revocation that is on its way", async () => {
      const { vault, alice, bob } = await loadFixture(grantWorld);
      const decided = vault.interface.encodeFunctionData("revoke", [1, alice.address]);
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await vault.connect(bob).acceptGrant(1, alice.address);
      const [, grantor] = await ethers.getSigners();
      await grantor?.sendTransaction({ to: vault, data: decided });
      expect((await vault.grantOf(1, alice.address)).total).to.equal(0);
      expect(await vault.poolOf(1)).to.equal(POOL);
    });

    it("takes with it what is granted to its key later", async () => {
      const { vault, token, alice, bob, end } = await loadFixture(grantWorld);
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await vault.connect(bob).acceptGrant(1, alice.address);
      await vault.grant(1, alice.address, TOKEN);
      await at(end);
      await vault.release(1, alice.address);
      expect(await token.balanceOf(bob.address)).to.equal(THOUSAND + TOKEN);
    });

    it("can be moved on, and back, by whoever is paid, and by nobody else", async () => {
      const { vault, token, alice, bob, grantor, owner, end } = await loadFixture(grantWorld);
      for (const by of [bob, grantor, owner]) {
        await expect(vault.connect(by).offerGrant(1, alice.address, by.address))
          .to.be.revertedWithCustomError(vault, "VestingOnlyPayee")
          .withArgs(1, alice.address, by.address);
      }
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await vault.connect(bob).acceptGrant(1, alice.address);
      await expect(vault.connect(alice).offerGrant(1, alice.address, alice.address)).to.be.revertedWithCustomError(
        vault,
        "VestingOnlyPayee",
      );
      await vault.connect(bob).offerGrant(1, alice.address, alice.address);
      await vault.connect(alice).acceptGrant(1, alice.address);
      await at(end);
      await vault.release(1, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(THOUSAND);
    });

    it("is offered in vain when the offer is taken back, or was taken", async () => {
      const { vault, alice, bob } = await loadFixture(grantWorld);
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await vault.connect(alice).offerGrant(1, alice.address, ethers.ZeroAddress);
      const accept = () => vault.connect(bob).acceptGrant(1, alice.address);
      await expect(accept()).to.be.revertedWithCustomError(vault, "VestingNotOffered");
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await accept();
      await expect(accept()).to.be.revertedWithCustomError(vault, "VestingNotOffered");
    });

    it("must exist", async () => {
      const { vault, bob } = await loadFixture(grantWorld);
      await expect(vault.connect(bob).offerGrant(1, bob.address, bob.address))
        .to.be.revertedWithCustomError(vault, "VestingNoGrant")
        .withArgs(1, bob.address);
    });
  });
});
