/** Tokens that misbehave, on every entry that moves tokens. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { FunctionFragment } from "ethers";
import { ethers } from "hardhat";
import { DAY, TERMS, TOKEN, treeOf, vestingWorld } from "./fixture";
import { played } from "../emission/fixture";

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

/**
 * A vault whose owner and grantor is its hostile token, so that only the guard is in its way. Schedule 1 votes and is half
 * over; Alice and the token have grants on it, and Alice offers hers to the token. A root with a leaf for Alice is on
 * schedule 1, and one on schedule 2, which has not begun. Schedule 3 is offered to the token.
 */
async function entangledWorld() {
  const { grantor, alice, bob, desk } = await vestingWorld();
  const token = await ethers.deployContract("HostileToken", [grantor.address, 10_000n * TOKEN]);
  const tokenAt = await token.getAddress();
  const vault = await ethers.deployContract("VestingVault", [token, desk.address, token]);
  const asToken = await played(token);
  const start = BigInt(await time.latest()) - 500n * DAY;
  const terms = { ...TERMS, start, cliff: 0n, duration: 1_000n * DAY, step: 0n, votes: true };
  const { root } = treeOf([{ beneficiary: alice.address, amount: GRANTED }]);
  await token.connect(grantor).approve(vault, ethers.MaxUint256);
  await token.connect(bob).approve(vault, ethers.MaxUint256);
  await token.connect(grantor).transfer(bob.address, POOL);
  for (const [index, begins] of [start, start + 600n * DAY].entries()) {
    await vault.createSchedule({ ...terms, start: begins }, token);
    await vault.connect(grantor).fund(index + 1, POOL + 3n * GRANTED);
    await vault.connect(asToken).grantByRoot(index + 1, root, GRANTED);
  }
  for (const beneficiary of [alice.address, tokenAt]) await vault.connect(asToken).grant(1, beneficiary, GRANTED);
  await vault.connect(alice).offerGrant(1, alice.address, token);
  await vault.createSchedule(terms, grantor.address);
  await vault.connect(grantor).offerGrantor(3, token);
  await token.connect(grantor).transfer(await vault.inbox(), POOL);
  return { vault, token, alice, bob, asToken, root };
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

    it("meets the guard or sound books at every entry, in the middle of every payment (I3, I40)", async () => {
      const { vault, token, alice, bob, asToken, root } = await loadFixture(entangledWorld);
      const face = vault.interface;
      const [vaultAt, tokenAt] = await Promise.all([vault.getAddress(), token.getAddress()]);
      const moving: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["fund", () => vault.connect(bob).fund(1, TOKEN)],
        ["fundWithPermit", () => vault.connect(bob).fundWithPermit(1, TOKEN, 0, 27, ethers.ZeroHash, ethers.ZeroHash)],
        ["allot", () => vault.connect(asToken).allot(1, TOKEN)],
        ["withdrawPool", () => vault.connect(asToken).withdrawPool(1, bob.address, TOKEN)],
        ["release", () => vault.connect(alice).release(1, alice.address)],
      ];
      const terms = { ...TERMS, start: 1n };
      const attacks: readonly (readonly [string, readonly unknown[], "stopped" | "done"])[] = [
        ["fund", [1, 1], "stopped"],
        ["fundWithPermit", [1, 1, 0, 27, ethers.ZeroHash, ethers.ZeroHash], "stopped"],
        ["allot", [1, 1], "stopped"],
        ["withdrawPool", [1, bob.address, 1], "stopped"],
        ["release", [1, alice.address], "stopped"],
        ["release", [1, tokenAt], "stopped"],
        ["createSchedule", [terms, tokenAt], "done"],
        ["renounceRevocation", [1], "done"],
        ["offerGrantor", [1, bob.address], "done"],
        ["acceptGrantor", [3], "done"],
        ["grant", [1, alice.address, POOL / 2n], "done"],
        ["grantMany", [1, [{ beneficiary: alice.address, amount: POOL / 2n }]], "done"],
        ["grantByRoot", [1, ethers.id("another root"), POOL / 2n], "done"],
        ["claimGrant", [1, root, alice.address, GRANTED, []], "done"],
        ["closeRoot", [2, root], "done"],
        ["revoke", [1, alice.address], "done"],
        ["revoke", [1, tokenAt], "done"],
        ["offerGrant", [1, tokenAt, bob.address], "done"],
        ["acceptGrant", [1, alice.address], "done"],
        ["delegate", [bob.address], "done"],
        ["transferOwnership", [bob.address], "done"],
      ];
      // Every entry of the vault: what is not tried here moves nothing and asks for the desk or a signature.
      const entries = face.fragments.filter((it) => it.type === "function" && !(it as FunctionFragment).constant);
      const names = entries.map((it) => (it as FunctionFragment).name);
      expect(
        [...new Set([...attacks.map(([name]) => name), "acceptOwnership", "delegateBySig", "delegateFor"])].sort(),
      ).to.deep.equal([...new Set(names)].sort());

      const reentrant = face.encodeErrorResult("ReentrancyGuardReentrantCall");
      const states = async () => {
        const grants = await Promise.all([alice.address, tokenAt].map((each) => vault.grantOf(1, each)));
        const outstanding = grants.map(({ total, paid }) => total - paid);
        const roots = [
          [1, root],
          [2, root],
          [1, ethers.id("another root")],
        ] as const;
        const reserved = await Promise.all(roots.map(async ([id, each]) => (await vault.rootOf(id, each)).left));
        const pools = await Promise.all([1, 2, 3].map((id) => vault.poolOf(id)));
        return { grants, outstanding, owed: [...outstanding, ...reserved, ...pools].reduce((sum, each) => sum + each) };
      };
      for (const [by, move] of moving) {
        for (const [name, args, ending] of attacks) {
          const what = `${by} > ${name}`;
          const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
          await token.setAttack(vaultAt, face.encodeFunctionData(name as "fund", args as never));
          const before = await token.balanceOf(vault);
          await move();
          const after = await states();
          expect(await token.attackSucceeded(), what).to.equal(ending === "done");
          if (ending === "stopped") expect(await token.attackResult(), what).to.equal(reentrant);
          // Sound to the wei: what is there is what is owed, and the payment itself happened once.
          expect(await token.balanceOf(vault), what).to.equal(after.owed);
          const paid = after.grants[0]?.paid ?? 0n;
          expect(await token.balanceOf(alice.address), what).to.equal(paid);
          const change = by === "release" ? -paid : by === "withdrawPool" ? -TOKEN : TOKEN;
          expect((await token.balanceOf(vault)) - before, what).to.equal(change);
          // Votes follow what is granted and not paid, for whoever is paid now.
          const units = new Map<string, bigint>();
          after.grants.forEach(({ payee }, i) =>
            units.set(payee, (units.get(payee) ?? 0n) + (after.outstanding[i] ?? 0n)),
          );
          for (const each of [alice.address, bob.address, tokenAt]) {
            expect(await vault.votingUnitsOf(each), what).to.equal(units.get(each) ?? 0n);
          }
          await ethers.provider.send("evm_revert", [snapshot]);
        }
      }
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
