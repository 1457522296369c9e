/** The ValidatorRegistry of a token that calls back, lies, or takes a fee: no way in while money moves, none is lost. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./validators.fixture";
import { as } from "./validators.fixture";

/** Alice has a matured tranche and stake; something was slashed. */
async function hostileWorld() {
  const w = await f.world();
  const alice = await f.register(w, w.alice, { stake: 2n * f.MIN_STAKE });
  await f.pass(1n);
  await f.seat(w, alice, 1);
  await f.end(w, alice, f.Outcome.Silent);
  await as(w, w.alice).beginUnbond(alice, f.GWEI);
  await f.pass(f.UNBONDING);
  return { w, alice };
}

type Hostile = Awaited<ReturnType<typeof hostileWorld>>;

/** Every call during which the token is called. */
const DOORS: Record<string, (h: Hostile) => Promise<unknown>> = {
  register: ({ w }) => as(w, w.bob).register(w.bob, 1, f.MIN_STAKE),
  addStake: ({ w, alice }) => as(w, w.bob).addStake(alice, f.TOKEN),
  withdraw: ({ w, alice }) => as(w, w.alice).withdraw(alice, w.carol),
  collectSlashes: ({ w }) => w.registry.collectSlashes(),
};

/** Every call that changes something and that anybody may make, as the token would make it. */
async function waysIn({ w, alice }: Hostile): Promise<Record<string, string>> {
  const { interface: face } = w.registry;
  return {
    register: face.encodeFunctionData("register", [w.bob.address, 1, f.MIN_STAKE]),
    addStake: face.encodeFunctionData("addStake", [alice, f.TOKEN]),
    setOperator: face.encodeFunctionData("setOperator", [alice, w.bob.address]),
    setAvailable: face.encodeFunctionData("setAvailable", [alice, false]),
    setDomains: face.encodeFunctionData("setDomains", [alice, 2]),
    delist: face.encodeFunctionData("delist", [alice]),
    beginUnbond: face.encodeFunctionData("beginUnbond", [alice, f.TOKEN]),
    cancelUnbond: face.encodeFunctionData("cancelUnbond", [alice]),
    withdraw: face.encodeFunctionData("withdraw", [alice, w.bob.address]),
    takeSeats: face.encodeFunctionData("takeSeats", [await f.request(w)]),
    endSeats: face.encodeFunctionData("endSeats", [[], []]),
    takeOwed: face.encodeFunctionData("takeOwed", [alice]),
    collectSlashes: face.encodeFunctionData("collectSlashes"),
  };
}

describe("ValidatorRegistry against hostile tokens", () => {
  describe("a token that calls back", () => {
    for (const [door, open] of Object.entries(DOORS)) {
      it(`finds no way in during ${door}, and does not stop it`, async () => {
        const h = await loadFixture(hostileWorld);
        const { w } = h;
        const refusal = w.registry.interface.getError("ReentrancyGuardReentrantCall")?.selector;
        let snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
        for (const [way, attack] of Object.entries(await waysIn(h))) {
          await w.token.setAttack(w.registry, attack);
          await open(h);
          expect(await w.token.victim(), `${way}: the token was called`).to.equal(ethers.ZeroAddress);
          expect(await w.token.attackSucceeded(), way).to.equal(false);
          expect(await w.token.attackResult(), way).to.equal(refusal);
          await ethers.provider.send("evm_revert", [snapshot]);
          snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
        }
      });
    }

    it("reads no view that is behind its call (I48)", async () => {
      const h = await loadFixture(hostileWorld);
      const { w, alice } = h;
      const { interface: face } = w.registry;
      const registry = await w.registry.getAddress();
      const views = {
        validatorOf: face.encodeFunctionData("validatorOf", [alice]),
        totals: face.encodeFunctionData("totals"),
        listedAt: face.encodeFunctionData("listedAt", [0, 1]),
      };
      for (const [door, open] of Object.entries(DOORS)) {
        for (const [name, view] of Object.entries(views)) {
          const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
          await w.token.setAttack(w.registry, view);
          await open(h);
          const inside = await w.token.attackResult();
          const after = await ethers.provider.call({ to: registry, data: view });
          expect(inside, `${name} during ${door}`).to.equal(after);
          await ethers.provider.send("evm_revert", [snapshot]);
        }
      }
    });
  });

  describe("a token that returns false", () => {
    it("moves nothing", async () => {
      const h = await loadFixture(hostileWorld);
      const { w, alice } = h;
      const state = async () => [await f.stateOf(w, alice), await f.totals(w), await w.registry.poolOf(0)];
      const before = await state();
      await w.token.setLying(true);
      for (const [door, open] of Object.entries(DOORS)) {
        await expect(open(h), door)
          .to.be.revertedWithCustomError(w.registry, "SafeERC20FailedOperation")
          .withArgs(await w.token.getAddress());
      }
      await w.token.setLying(false);
      expect(await state()).to.deep.equal(before);
      for (const open of Object.values(DOORS)) await open(h);
    });
  });

  describe("a token that takes a fee", () => {
    it("is refused wherever stake comes in, and in the treasury's account (I2)", async () => {
      const h = await loadFixture(hostileWorld);
      const { w, alice } = h;
      await w.token.setFee(1);
      for (const [door, amount] of [
        ["register", f.MIN_STAKE],
        ["addStake", f.TOKEN],
      ] as const) {
        const open = DOORS[door] as (h: Hostile) => Promise<unknown>;
        await expect(open(h), door)
          .to.be.revertedWithCustomError(w.registry, "ValidatorsTransferShort")
          .withArgs(amount, amount - amount / 10_000n);
      }
      await expect(w.registry.collectSlashes()).to.be.revertedWithCustomError(w.vault, "VaultTransferShort");
      await f.totals(w);
      // Who leaves bears the fee of its own withdrawal.
      const call = as(w, w.alice).withdraw(alice, w.carol);
      await expect(call).to.changeTokenBalance(w.token, w.registry, -f.GWEI);
      await f.totals(w);
    });
  });
});
