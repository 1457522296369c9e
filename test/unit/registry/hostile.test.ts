/** The registry of a token that calls back, or that lies: no way in while money moves, and no view that is behind. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { gpuClassRow, GPU_DEVICES, type GpuDevice } from "../../../deploy/data/gpu-classes";
import type { GpuRegistry } from "../../../typechain-types";
import * as f from "./fixture";
import { as } from "./rounds.fixture";

/** A market like any other, but for its token; alice has GPU 1 and a matured tranche, the treasury fees to collect. */
async function hostileWorld() {
  const kind = await f.deployWorld();
  const { governor, module, alice, bob, treasury } = kind;
  const token = await ethers.deployContract("HostileToken", [alice.address, 1_000_000n * f.TOKEN]);
  const vault = await ethers.deployContract("PaymentVault", [token, governor.address]);
  const registry = await f.deployRegistry(await vault.getAddress(), governor.address);
  await registry.setClass(1, "only", gpuClassRow(GPU_DEVICES[0] as GpuDevice));
  await registry.setModule(module, f.DRAW | f.RECORD | f.LOCK | f.SLASH);
  await vault.openAccount(bob);
  await vault.setTreasury(await vault.accountOf(bob));
  await token.connect(alice).approve(registry, ethers.MaxUint256);
  const w = { ...kind, vault, treasury, registry: registry.connect(module) as GpuRegistry };
  const least = await f.minStake(w);
  await as(w, alice).register(await f.registrationOf(w, alice, { stake: 2n * least }));
  await as(w, alice).beginUnbond(1, least);
  await w.registry.slash(f.slashOf(1n, 1_000n, { fromLockGwei: 0n }));
  await f.nextDay(100n);
  return { w, token, least, account: await vault.accountOf(alice) };
}

type Hostile = Awaited<ReturnType<typeof hostileWorld>>;

/** Every call during which the token is called. */
const DOORS: Record<string, (h: Hostile) => Promise<unknown>> = {
  register: async ({ w }) => as(w, w.alice).register(await f.registrationOf(w, w.alice)),
  registerMany: async ({ w }) => as(w, w.alice).registerMany([await f.registrationOf(w, w.alice)]),
  addStake: ({ w }) => as(w, w.alice).addStake(1, f.TOKEN),
  withdraw: ({ w }) => as(w, w.alice).withdraw(1, w.carol),
  collect: ({ w }) => w.registry.collect(1),
  finaliseSlash: async ({ w, account }) => {
    const request = { fromLockGwei: 0n, finder: account, beneficiary: account, beneficiaryGwei: 10n };
    await w.registry.slash(f.slashOf(1n, 1_000n, request));
    await f.nextDay(10n);
    await w.registry.finaliseSlash(2);
  },
};

/** Every call that moves money, as the token would make it. */
async function waysIn({ w }: Hostile): Promise<Record<string, string>> {
  const { interface: face } = w.registry;
  const registration = await f.registrationOf(w, w.alice);
  const permit = { amount: 0, deadline: 0, v: 27, r: ethers.ZeroHash, s: ethers.ZeroHash };
  return {
    register: face.encodeFunctionData("register", [registration]),
    registerMany: face.encodeFunctionData("registerMany", [[registration]]),
    registerWithPermit: face.encodeFunctionData("registerWithPermit", [[registration], permit]),
    addStake: face.encodeFunctionData("addStake", [1, f.TOKEN]),
    withdraw: face.encodeFunctionData("withdraw", [1, w.dave.address]),
    finaliseSlash: face.encodeFunctionData("finaliseSlash", [1]),
    reverseSlash: face.encodeFunctionData("reverseSlash", [1]),
    collect: face.encodeFunctionData("collect", [1]),
  };
}

describe("GpuRegistry against hostile tokens", () => {
  describe("a token that calls back", () => {
    for (const [door, open] of Object.entries(DOORS)) {
      it(`finds no way in during ${door}, and does not stop it`, async () => {
        const h = await loadFixture(hostileWorld);
        const { w, token } = h;
        const refusal = w.registry.interface.getError("ReentrancyGuardReentrantCall")?.selector;
        let snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
        for (const [way, attack] of Object.entries(await waysIn(h))) {
          await token.setAttack(w.registry, attack);
          await open(h);
          expect(await token.victim(), `${way}: the token was called`).to.equal(ethers.ZeroAddress);
          expect(await token.attackSucceeded(), way).to.equal(false);
          expect(await token.attackResult(), way).to.equal(refusal);
          await ethers.provider.send("evm_revert", [snapshot]);
          snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
        }
      });
    }

    it("reads no view that is behind its call (I48)", async () => {
      const h = await loadFixture(hostileWorld);
      const { w, token, account } = h;
      const { interface: face } = w.registry;
      const views = {
        stakeOf: face.encodeFunctionData("stakeOf", [account]),
        gpuOf: face.encodeFunctionData("gpuOf", [1]),
        ledger: face.encodeFunctionData("wordOf", [f.Table.Ledger, 0]),
        credit: face.encodeFunctionData("creditOf", [account]),
      };
      const registry = await w.registry.getAddress();
      for (const door of ["addStake", "withdraw", "register"] as const) {
        for (const [name, view] of Object.entries(views)) {
          const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
          await token.setAttack(w.registry, view);
          await (DOORS[door] as (h: Hostile) => Promise<unknown>)(h);
          const inside = await token.attackResult();
          const after = await ethers.provider.call({ to: registry, data: view });
          expect(inside, `${name} during ${door}`).to.equal(after);
          await ethers.provider.send("evm_revert", [snapshot]);
        }
      }
    });
  });

  describe("a token that returns false", () => {
    it("moves neither stake nor tranche nor fees", async () => {
      const h = await loadFixture(hostileWorld);
      const { w, token, account } = h;
      const before = [
        await w.registry.gpuOf(1),
        await w.registry.stakeOf(account),
        await w.registry.wordOf(f.Table.Ledger, 0),
      ];
      await token.setLying(true);
      const registration = await f.registrationOf(w, w.alice);
      for (const call of [
        () => as(w, w.alice).register(registration),
        () => as(w, w.alice).registerMany([registration]),
        () => as(w, w.alice).addStake(1, f.TOKEN),
        () => as(w, w.alice).withdraw(1, w.carol),
        () => w.registry.collect(1),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(w.vault, "SafeERC20FailedOperation")
          .withArgs(await token.getAddress());
      }
      await token.setLying(false);
      expect([
        await w.registry.gpuOf(1),
        await w.registry.stakeOf(account),
        await w.registry.wordOf(f.Table.Ledger, 0),
      ]).to.deep.equal(before);
      await as(w, w.alice).withdraw(1, w.carol);
    });
  });

  describe("a token without a permit", () => {
    it("registers by the allowance alone", async () => {
      const { w } = await loadFixture(hostileWorld);
      const permit = { amount: 0, deadline: 0, v: 27, r: ethers.ZeroHash, s: ethers.ZeroHash };
      const registration = await f.registrationOf(w, w.alice);
      await expect(as(w, w.alice).registerWithPermit([registration], permit)).to.emit(w.registry, "GpuRegistered");
    });
  });
});
