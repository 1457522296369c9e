/** Tokens, hooks and callers that misbehave. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { HostileToken, PaymentVault, SpendHookMock } from "../../../typechain-types";
import { INSTRUMENTED } from "../../fixtures/instrumented";
import { changes, GWEI, moneyOf, SPEND, TOKEN, vaultWorld, type VaultWorld } from "./fixture";

const Mode = { Record: 0, Revert: 1, BurnGas: 2, ReturnBomb: 3, RevertBomb: 4, ReEnter: 5, Work: 6 } as const;
const HOOK_GAS = 60_000n;

/** A vault of a hostile token; Alice is account 1 and has 1,000 units inside and outside. */
async function hostileWorld() {
  const { owner, alice, bob, module } = await vaultWorld();
  const token = await ethers.deployContract("HostileToken", [alice.address, 2_000n * TOKEN]);
  const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
  await token.connect(alice).approve(vault, ethers.MaxUint256);
  await vault.connect(alice).depositFor(alice.address, 1_000n * TOKEN);
  await vault.setTreasury(1);
  await vault.setModule(module.address, SPEND);
  await vault.connect(alice).setAuthorisation(module.address, true);
  return { owner, alice, bob, module, token, vault };
}

describe("PaymentVault against hostile contracts", () => {
  describe("a token that takes a fee on transfer", () => {
    it("cannot be deposited, and leaves no debt behind (I6)", async () => {
      const { vault, token, alice } = await loadFixture(hostileWorld);
      await token.setFee(1);
      const received = TOKEN - TOKEN / 10_000n;
      for (const call of [
        () => vault.connect(alice).deposit(1, TOKEN),
        () => vault.connect(alice).depositFor(alice.address, TOKEN),
        () => vault.connect(alice).depositWithPermit(alice.address, TOKEN, 0, 27, ethers.ZeroHash, ethers.ZeroHash),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(vault, "VaultTransferShort").withArgs(TOKEN, received);
      }
      expect(await vault.liabilities()).to.equal(1_000n * TOKEN);
      expect(await token.balanceOf(vault)).to.equal(1_000n * TOKEN);
    });

    it("is not made up for by a surplus that others sent", async () => {
      const { vault, token, alice } = await loadFixture(hostileWorld);
      await token.connect(alice).transfer(vault, TOKEN);
      await token.setFee(1);
      await expect(vault.connect(alice).deposit(1, TOKEN)).to.be.revertedWithCustomError(vault, "VaultTransferShort");
    });
  });

  describe("a token that returns false", () => {
    it("can be neither deposited nor withdrawn, and no balance changes", async () => {
      const { vault, token, alice } = await loadFixture(hostileWorld);
      await token.setLying(true);
      const refused = [vault.connect(alice).deposit(1, TOKEN), vault.connect(alice).withdraw(TOKEN, alice.address)];
      for (const call of refused) await expect(call).to.be.revertedWithCustomError(vault, "SafeERC20FailedOperation");
      expect(await vault.balanceOf(1)).to.equal(1_000n * TOKEN);
      expect(await vault.liabilities()).to.equal(1_000n * TOKEN);
    });
  });

  describe("a token without permit", () => {
    it("is deposited by its allowance", async () => {
      const { vault, alice } = await loadFixture(hostileWorld);
      await vault.connect(alice).depositWithPermit(alice.address, TOKEN, 0, 27, ethers.ZeroHash, ethers.ZeroHash);
      expect(await vault.balanceOf(1)).to.equal(1_001n * TOKEN);
    });
  });

  describe("a token that calls back in the middle of a transfer", () => {
    /** Calls back during a deposit and during a withdrawal; returns what the callback met. */
    async function meet(vault: PaymentVault, token: HostileToken, attack: string) {
      const [, alice] = await ethers.getSigners();
      const met: { success: boolean; result: string }[] = [];
      for (const act of [
        () => vault.connect(alice).deposit(1, TOKEN),
        () => vault.connect(alice).withdraw(TOKEN, alice?.address ?? ""),
      ]) {
        await token.setAttack(vault, attack);
        await act();
        met.push({ success: await token.attackSucceeded(), result: await token.attackResult() });
      }
      return met;
    }

    it("cannot re-enter any entry that calls the token or the hook (I6)", async () => {
      const { vault, token, alice } = await loadFixture(hostileWorld);
      const guarded: [string, readonly unknown[]][] = [
        ["deposit", [1, 1]],
        ["depositFor", [alice.address, 1]],
        ["depositWithPermit", [alice.address, 1, 0, 27, ethers.ZeroHash, ethers.ZeroHash]],
        ["withdraw", [1, alice.address]],
        ["debit", [1, GWEI, 0]],
        ["debitHolder", [alice.address, GWEI, 0]],
        ["skim", []],
      ];
      const reentrant = vault.interface.encodeErrorResult("ReentrancyGuardReentrantCall");
      for (const [name, args] of guarded) {
        const attack = vault.interface.encodeFunctionData(name as "deposit", args as [number, number]);
        for (const met of await meet(vault, token, attack)) {
          expect(met, name).to.deep.equal({ success: false, result: reentrant });
        }
      }
      expect(await vault.liabilities()).to.equal(1_000n * TOKEN);
      expect(await token.balanceOf(vault)).to.equal(1_000n * TOKEN);
    });

    it("may use entries without foreign calls, and moves nobody's money (I6)", async () => {
      const { vault, token, module } = await loadFixture(hostileWorld);
      await vault.connect(module).debit(1, 5n * GWEI, 0);
      await vault.connect(module).release([], 5n * GWEI);
      const attack = vault.interface.encodeFunctionData("collectFees", [module.address]);
      const met = await meet(vault, token, attack);
      expect(met.map(({ success }) => success)).to.deep.equal([true, true]);
      expect(await vault.balanceOf(1)).to.equal(1_000n * TOKEN);
      expect(await token.balanceOf(vault)).to.equal(await vault.liabilities());
    });

    it("finds the vault solvent whenever it looks (I6, I48)", async () => {
      const { vault, token, alice } = await loadFixture(hostileWorld);
      for (const act of [
        () => vault.connect(alice).deposit(1, TOKEN),
        () => vault.connect(alice).withdraw(TOKEN, alice.address),
      ]) {
        await token.setAttack(vault, vault.interface.encodeFunctionData("liabilities"));
        await act();
        const seen = BigInt(await token.attackResult());
        expect(seen).to.be.lessThanOrEqual(1_000n * TOKEN);
      }
    });
  });

  describe("a spend hook", () => {
    async function hookWorld(): Promise<VaultWorld & { hook: SpendHookMock }> {
      const world = await vaultWorld();
      const hook = await ethers.deployContract("SpendHookMock");
      await world.vault.setSpendHook(hook);
      return { ...world, hook };
    }

    for (const mode of ["Revert", "BurnGas", "ReturnBomb", "RevertBomb"] as const) {
      it(`that misbehaves (${mode}) is reported and blocks nothing`, async () => {
        const world = await loadFixture(hookWorld);
        const { vault, module, aliceId, hook } = world;
        await hook.setMode(Mode[mode]);
        const before = await moneyOf(world);
        const tx = await vault.connect(module).debit(aliceId, GWEI, 7);
        await expect(tx).to.emit(vault, "SpendHookFailed").withArgs(aliceId, GWEI, 7);
        await expect(tx).to.emit(vault, "Debited").withArgs(aliceId, module.address, GWEI, 7);
        expect(changes(before, await moneyOf(world))).to.deep.equal({ alice: -GWEI, held: GWEI });
        const receipt = await tx.wait();
        if (!INSTRUMENTED) expect(receipt?.gasUsed).to.be.lessThan(45_000n + HOOK_GAS);
      });
    }

    it("that works is not reported", async () => {
      const { vault, module, aliceId } = await loadFixture(hookWorld);
      await expect(vault.connect(module).debit(aliceId, GWEI, 0)).not.to.emit(vault, "SpendHookFailed");
    });

    it("cannot re-enter (I6)", async () => {
      const world = await loadFixture(hookWorld);
      const { vault, alice, aliceId, module, hook } = world;
      // The hook is even a module that Alice authorised.
      await vault.setModule(hook, SPEND);
      await vault.connect(alice).setAuthorisation(hook, true);
      await hook.setMode(Mode.ReEnter);
      const before = await moneyOf(world);
      for (const attack of [
        vault.interface.encodeFunctionData("debit", [aliceId, GWEI, 0]),
        vault.interface.encodeFunctionData("debitHolder", [alice.address, GWEI, 0]),
        vault.interface.encodeFunctionData("skim"),
      ]) {
        await hook.setAttack(vault, attack);
        await vault.connect(module).debit(aliceId, GWEI, 0);
        expect(await hook.attackSucceeded()).to.equal(false);
      }
      expect(changes(before, await moneyOf(world))).to.deep.equal({ alice: -3n * GWEI, held: 3n * GWEI });
    });

    it("@gas cannot be starved: with any gas limit the debit reverts or the hook is told", async () => {
      const { vault, module, aliceId, hook } = await loadFixture(hookWorld);
      // A first call makes the hook's counter non-zero; every later one needs about 58,000 of the 60,000 gas.
      await hook.setWork(204);
      await vault.connect(module).debit(aliceId, GWEI, 0);
      await hook.setMode(Mode.Work);
      let calls = await hook.calls();
      let short = 0;
      let passed = 0;
      for (let gasLimit = 40_000n; gasLimit < 160_000n; gasLimit += 500n) {
        const tx = vault.connect(module).debit(aliceId, GWEI, 0, { gasLimit });
        const status = await tx.then(
          async (sent) => (await sent.wait())?.status ?? 0,
          () => 0,
        );
        const told = await hook.calls();
        expect(told - calls, `gas limit ${gasLimit}`).to.equal(BigInt(status));
        calls = told;
        if (status === 1) ++passed;
        else ++short;
      }
      expect(short).to.be.greaterThan(20);
      expect(passed).to.be.greaterThan(20);
    });

    it("says how much gas was missing", async () => {
      const { vault, module, aliceId } = await loadFixture(hookWorld);
      await expect(vault.connect(module).debit(aliceId, GWEI, 0, { gasLimit: 90_000n })).to.be.revertedWithCustomError(
        vault,
        "VaultHookGasShort",
      );
    });
  });
});
