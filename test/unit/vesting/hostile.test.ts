/** Tokens that misbehave, on every entry that moves tokens. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { TERMS, TOKEN, vestingWorld } from "./fixture";

const ENDED = { ...TERMS, start: 1n, cliff: 0n, duration: 2n, step: 0n };
/** Alice's grant in `hostileWorld`. */
const GRANTED = 100n * TOKEN;
const POOL = 1_000n * TOKEN;

/** A vault of a hostile token: schedule 1 has ended, Alice's grant waits to be paid; something waits in the inbox. */
async function hostileWorld() {
  const { owner, grantor, alice, bob, desk } = await vestingWorld();
  const token = await ethers.deployContract("HostileToken", [grantor.address, 10_000n * TOKEN]);
  const vault = (await ethers.deployContract("VestingVault", [token, desk.address, owner.address])).connect(grantor);
  await token.connect(grantor).approve(vault, ethers.MaxUint256);
  await vault.createSchedule(ENDED, grantor.address);
  await vault.createSchedule({ ...TERMS, start: 2n ** 40n - 1n }, grantor.address);
  await vault.fund(1, POOL + GRANTED);
  await vault.grant(1, alice.address, GRANTED);
  await token.connect(grantor).transfer(await vault.inbox(), POOL);
  /** Every entry that moves tokens. */
  const moving = [
    ["fund", () => vault.fund(1, TOKEN)],
    ["fundWithPermit", () => vault.fundWithPermit(1, TOKEN, 0, 27, ethers.ZeroHash, ethers.ZeroHash)],
    ["allot", () => vault.connect(owner).allot(1, TOKEN)],
    ["withdrawPool", () => vault.withdrawPool(1, bob.address, TOKEN)],
    ["release", () => vault.release(1, alice.address)],
  ] as const;
  return { owner, grantor, alice, bob, token, vault, moving };
}

describe("VestingVault against hostile tokens", () => {
  describe("a token that takes a fee on transfer", () => {
    it("cannot come in, and leaves no debt behind (I3)", async () => {
      const { vault, token, moving } = await loadFixture(hostileWorld);
      await token.setFee(1);
      const received = TOKEN - TOKEN / 10_000n;
      for (const [name, call] of moving.slice(0, 3)) {
        await expect(call(), name)
          .to.be.revertedWithCustomError(vault, "VestingTransferShort")
          .withArgs(TOKEN, received);
      }
      expect(await vault.poolOf(1)).to.equal(POOL);
      expect(await token.balanceOf(vault)).to.equal(POOL + GRANTED);
    });

    it("is not made up for by tokens that were sent to the vault", async () => {
      const { vault, token, grantor, moving } = await loadFixture(hostileWorld);
      await token.connect(grantor).transfer(vault, TOKEN);
      await token.setFee(1);
      for (const [name, call] of moving.slice(0, 3)) {
        await expect(call(), name).to.be.revertedWithCustomError(vault, "VestingTransferShort");
      }
    });

    it("goes out at the receiver's cost alone (I3)", async () => {
      const { vault, token, alice, moving } = await loadFixture(hostileWorld);
      await token.setFee(1);
      for (const [, call] of moving.slice(3)) await call();
      expect(await token.balanceOf(alice.address)).to.equal(GRANTED - GRANTED / 10_000n);
      expect(await token.balanceOf(vault)).to.equal(await vault.poolOf(1));
    });
  });

  describe("a token that returns false", () => {
    it("moves nothing and changes nothing", async () => {
      const { vault, token, alice, moving } = await loadFixture(hostileWorld);
      await token.setLying(true);
      for (const [name, call] of moving) {
        await expect(call(), name).to.be.revertedWithCustomError(vault, "SafeERC20FailedOperation");
      }
      expect(await vault.poolOf(1)).to.equal(POOL);
      expect((await vault.grantOf(1, alice.address)).paid).to.equal(0);
    });
  });

  describe("a token without permit", () => {
    it("is paid in by its allowance", async () => {
      const { vault, moving } = await loadFixture(hostileWorld);
      await moving[1][1]();
      expect(await vault.poolOf(1)).to.equal(POOL + TOKEN);
    });
  });

  describe("a token without votes", () => {
    it("is released by the beneficiary even on a schedule that votes, by nobody else", async () => {
      const { vault, grantor, alice, token } = await loadFixture(hostileWorld);
      await vault.createSchedule({ ...ENDED, votes: true }, grantor.address);
      await vault.fund(3, TOKEN);
      await vault.grant(3, alice.address, TOKEN);
      await expect(vault.release(3, alice.address)).to.be.reverted;
      await vault.connect(alice).release(3, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(TOKEN);
    });
  });

  describe("a token that calls back in the middle of a transfer", () => {
    it("cannot re-enter any entry that moves tokens (I3)", async () => {
      const { vault, token, owner, alice, moving } = await loadFixture(hostileWorld);
      // The token itself is owner and grantor, so that only the guard can stop it.
      await vault.connect(owner).transferOwnership(token);
      const guarded = [
        vault.interface.encodeFunctionData("fund", [1, 1]),
        vault.interface.encodeFunctionData("fundWithPermit", [1, 1, 0, 27, ethers.ZeroHash, ethers.ZeroHash]),
        vault.interface.encodeFunctionData("release", [1, alice.address]),
        vault.interface.encodeFunctionData("withdrawPool", [1, alice.address, 1]),
      ];
      const reentrant = vault.interface.encodeErrorResult("ReentrancyGuardReentrantCall");
      for (const attack of guarded) {
        for (const [name, call] of moving.slice(0, 4)) {
          await token.setAttack(vault, attack);
          await call();
          expect(await token.attackSucceeded(), name).to.equal(false);
          expect(await token.attackResult(), name).to.equal(reentrant);
        }
      }
      await token.setAttack(vault, guarded[2] ?? "0x");
      await vault.release(1, alice.address);
      expect(await token.attackSucceeded()).to.equal(false);
      expect(await token.balanceOf(alice.address)).to.equal(GRANTED);
      expect(await token.balanceOf(vault)).to.equal(await vault.poolOf(1));
    });

    it("cannot re-enter as the owner either", async () => {
      const { grantor, desk } = await loadFixture(vestingWorld);
      const token = await ethers.deployContract("HostileToken", [grantor.address, 10n * TOKEN]);
      const vault = (await ethers.deployContract("VestingVault", [token, desk.address, token])).connect(grantor);
      await vault.createSchedule(ENDED, grantor.address);
      await token.connect(grantor).approve(vault, ethers.MaxUint256);
      await token.connect(grantor).transfer(await vault.inbox(), TOKEN);
      await token.setAttack(vault, vault.interface.encodeFunctionData("allot", [1, 1]));
      await vault.fund(1, TOKEN);
      expect(await token.attackResult()).to.equal(vault.interface.encodeErrorResult("ReentrancyGuardReentrantCall"));
      // It went through the owner's check: outside of a transfer the same call works.
      await token.setAttack(vault, vault.interface.encodeFunctionData("allot", [1, 1]));
      await token.connect(grantor).transfer(grantor.address, 1n);
      expect(await token.attackSucceeded()).to.equal(true);
    });

    it("finds pool changes of the meantime kept", async () => {
      const { vault, token, grantor, bob } = await loadFixture(hostileWorld);
      // The token is the grantor of schedule 1 and grants while it is being funded.
      await vault.offerGrantor(1, token);
      await token.setAttack(vault, vault.interface.encodeFunctionData("acceptGrantor", [1]));
      await token.connect(grantor).transfer(grantor.address, 1n);
      expect(await vault.grantorOf(1)).to.equal(await token.getAddress());
      await token.setAttack(vault, vault.interface.encodeFunctionData("grant", [1, bob.address, POOL]));
      await vault.fund(1, TOKEN);
      expect(await token.attackSucceeded()).to.equal(true);
      expect(await vault.poolOf(1)).to.equal(TOKEN);
      expect(await token.balanceOf(vault)).to.equal(POOL + GRANTED + TOKEN);
    });

    it("finds the vault solvent whenever it looks (I3, I48)", async () => {
      const { vault, token, alice, moving } = await loadFixture(hostileWorld);
      for (const [name, call] of moving) {
        await token.setAttack(vault, vault.interface.encodeFunctionData("poolOf", [1]));
        const before = await token.balanceOf(vault);
        await call();
        const seen = BigInt(await token.attackResult());
        expect(seen, name).to.be.lessThanOrEqual(before);
      }
      await token.setAttack(vault, vault.interface.encodeFunctionData("releasableOf", [1, alice.address]));
      await vault.grant(1, alice.address, TOKEN);
      await vault.release(1, alice.address);
      expect(BigInt(await token.attackResult())).to.equal(0n);
    });
  });
});
