/** Stake in force, the unbonding tranche, withdrawals and payouts into the vault. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { raceAt } from "../../fixtures/market";
import { expectBooks, expectIdleListed } from "./books";
import * as f from "./fixture";

const MIN = 2_400n * f.TOKEN;
const UNBONDING = 21n * f.DAY;

/** Alice's GPU with 100 tokens above the class minimum. */
async function staked(): Promise<{ w: f.World; gpu: bigint; account: bigint }> {
  const w = await f.world();
  const gpu = await f.register(w, w.alice, { stake: MIN + 100n * f.TOKEN });
  return { w, gpu, account: await f.accountOf(w, w.alice) };
}

/** The same when nothing is left of its stake: the lock of a job over all of it was slashed. */
async function emptied(): Promise<{ w: f.World; gpu: bigint; account: bigint }> {
  const { w, gpu, account } = await staked();
  await f.registerWhale(w);
  await w.registry.assignNamed(gpu, 2_500n * f.UNIT);
  await w.registry.slash(f.slashOf(gpu, 2_500n * f.UNIT));
  await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, freeSlot: true }));
  expect((await w.registry.gpuOf(gpu)).stake).to.equal(0n);
  return { w, gpu, account };
}

/** A tranche of 100 tokens, or of everything, and when it matures. */
async function unbonding(amount = 100n * f.TOKEN): Promise<{ w: f.World; gpu: bigint; endsAt: bigint }> {
  const { w, gpu } = await staked();
  await f.as(w, w.alice).beginUnbond(gpu, amount);
  return { w, gpu, endsAt: (await w.registry.gpuOf(gpu)).unbondingEnds };
}

describe("GpuRegistry: stake", () => {
  describe("addStake", () => {
    it("refuses an unknown GPU", async () => {
      const w = await f.world();
      for (const gpu of [0n, 1n, 2n ** 40n - 1n]) {
        await expect(f.as(w, w.alice).addStake(gpu, f.TOKEN))
          .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
          .withArgs(gpu);
      }
    });

    it("refuses nothing, and what is not whole units", async () => {
      const { w, gpu } = await staked();
      const units = await ethers.getContractAt("Units", w.registry);
      await expect(f.as(w, w.alice).addStake(gpu, 0)).to.be.revertedWithCustomError(w.registry, "RegistryZeroAmount");
      await expect(f.as(w, w.alice).addStake(gpu, f.GWEI - 1n))
        .to.be.revertedWithCustomError(units, "UnitsNotWhole")
        .withArgs(f.GWEI - 1n);
    });

    it("refuses a GPU that is leaving", async () => {
      const { w, gpu } = await unbonding(MIN + 100n * f.TOKEN);
      await expect(f.as(w, w.bob).addStake(gpu, f.TOKEN))
        .to.be.revertedWithCustomError(w.registry, "RegistryLeaving")
        .withArgs(gpu);
    });

    it("refuses a short allowance, more than 64 bits, and a sum above 64 bits", async () => {
      const { w, gpu } = await staked();
      await w.token.connect(w.bob).approve(w.registry, f.TOKEN);
      await expect(f.as(w, w.bob).addStake(gpu, 2n * f.TOKEN))
        .to.be.revertedWithCustomError(w.token, "ERC20InsufficientAllowance")
        .withArgs(w.registry, f.TOKEN, 2n * f.TOKEN);
      await expect(f.as(w, w.bob).addStake(gpu, ethers.MaxUint256 - (ethers.MaxUint256 % f.GWEI)))
        .to.be.revertedWithCustomError(w.registry, "SafeCastOverflowedUintDowncast")
        .withArgs(64, ethers.MaxUint256 / f.GWEI);
      await expect(f.as(w, w.bob).addStake(gpu, (2n ** 64n - 1n) * f.GWEI)).to.be.revertedWithPanic(0x11);
      expect((await w.registry.gpuOf(gpu)).stake).to.equal(MIN + 100n * f.TOKEN);
    });

    it("adds anybody's tokens to the stake in force", async () => {
      const { w, gpu, account } = await staked();
      const sent = f.as(w, w.bob).addStake(gpu, 7n * f.TOKEN);
      await expect(sent)
        .to.emit(w.registry, "StakeAdded")
        .withArgs(gpu, 7n * f.TOKEN, MIN + 107n * f.TOKEN);
      await expect(sent).to.changeTokenBalances(w.token, [w.bob, w.registry], [-7n * f.TOKEN, 7n * f.TOKEN]);
      expect(await w.registry.stakeOf(account)).to.equal(MIN + 107n * f.TOKEN);
      await expectBooks(w);
    });

    it("works while work is stopped, for a paused GPU, and for one with a tranche, which it neither shortens nor extends (I24, I44)", async () => {
      const { w, gpu, endsAt } = await unbonding();
      await f.as(w, w.alice).setPaused(gpu, true);
      await f.as(w, w.governor).setWorkStopped(true);
      await f.as(w, w.alice).addStake(gpu, f.TOKEN);
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.unbonding, view.unbondingEnds]).to.deep.equal([MIN + f.TOKEN, 100n * f.TOKEN, endsAt]);
    });

    it("adds one unit", async () => {
      const { w, gpu } = await staked();
      await f.as(w, w.alice).addStake(gpu, f.GWEI);
      expect((await w.registry.gpuOf(gpu)).stake).to.equal(MIN + 100n * f.TOKEN + f.GWEI);
    });
  });

  describe("beginUnbond", () => {
    it("refuses everybody but the owner's holder, the hot key included", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { operator: w.keeper.address });
      for (const caller of [w.bob, w.keeper, w.module, w.governor]) {
        await expect(f.as(w, caller).beginUnbond(gpu, MIN))
          .to.be.revertedWithCustomError(w.registry, "RegistryNotOwner")
          .withArgs(gpu, caller.address);
      }
      await expect(f.as(w, w.alice).beginUnbond(gpu + 1n, MIN))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
    });

    it("refuses what leaves less than the class minimum, more than the stake, and nothing", async () => {
      const { w, gpu } = await staked();
      for (const amount of [0n, 100n * f.TOKEN + f.GWEI, MIN + 100n * f.TOKEN - f.GWEI, MIN + 101n * f.TOKEN]) {
        await expect(f.as(w, w.alice).beginUnbond(gpu, amount))
          .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
          .withArgs(amount / f.GWEI, MIN / f.GWEI);
      }
    });

    it("refuses what is not whole units", async () => {
      const { w, gpu } = await staked();
      const units = await ethers.getContractAt("Units", w.registry);
      await expect(f.as(w, w.alice).beginUnbond(gpu, 1))
        .to.be.revertedWithCustomError(units, "UnitsNotWhole")
        .withArgs(1);
    });

    it("refuses a second tranche, matured or not, and a GPU that is leaving", async () => {
      const { w, gpu, endsAt } = await unbonding(50n * f.TOKEN);
      for (const at of [endsAt - 1n, endsAt]) {
        await time.setNextBlockTimestamp(at);
        await expect(f.as(w, w.alice).beginUnbond(gpu, f.TOKEN))
          .to.be.revertedWithCustomError(w.registry, "RegistryTrancheOpen")
          .withArgs(gpu);
      }
      await f.as(w, w.alice).withdraw(gpu, w.alice);
      await f.as(w, w.alice).beginUnbond(gpu, MIN + 50n * f.TOKEN);
      await expect(f.as(w, w.alice).beginUnbond(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryLeaving")
        .withArgs(gpu);
    });

    it("moves a part out of force for 21 days and leaves the GPU listed", async () => {
      const { w, gpu, account } = await staked();
      const at = BigInt(await time.latest()) + 10n;
      await time.setNextBlockTimestamp(at);
      const sent = f.as(w, w.alice).beginUnbond(gpu, 100n * f.TOKEN);
      await expect(sent)
        .to.emit(w.registry, "UnbondingBegun")
        .withArgs(gpu, 100n * f.TOKEN, at + UNBONDING);
      await expect(sent).not.to.emit(w.registry, "GpuRetired");
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.unbonding, view.unbondingEnds]).to.deep.equal([MIN, 100n * f.TOKEN, at + UNBONDING]);
      expect([view.leaving, view.listed]).to.deep.equal([false, true]);
      expect(await w.registry.stakeOf(account)).to.equal(MIN);
      expect((await w.lens.stakerOf(account)).gpus).to.equal(1n);
      await expectBooks(w);
    });

    it("takes a GPU whose whole stake unbonds out of its list and out of service", async () => {
      const { w, gpu, account } = await staked();
      await f.as(w, w.alice).beginUnbond(gpu, MIN + 100n * f.TOKEN);
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.leaving, view.listed]).to.deep.equal([0n, true, false]);
      expect(await w.lens.stakerOf(account)).to.deep.equal([0n, 0n, 0n, false]);
      expect((await w.lens.totals()).stake).to.equal(0n);
      await expectBooks(w);
      await expectIdleListed(w);
    });

    it("lets a GPU that holds nothing leave with 0 and retires it at once", async () => {
      const { w, gpu, account } = await emptied();
      const sent = f.as(w, w.alice).beginUnbond(gpu, 0);
      await expect(sent).to.emit(w.registry, "UnbondingBegun");
      await expect(sent).to.emit(w.registry, "GpuRetired").withArgs(gpu, account);
      expect((await w.registry.gpuOf(gpu)).leaving).to.equal(true);
      await expectIdleListed(w);
    });

    it("does not retire one that holds nothing while a job is open", async () => {
      const { w, gpu } = await emptied();
      await w.registry.assignNamed(gpu, 0);
      await expect(f.as(w, w.alice).beginUnbond(gpu, 0)).not.to.emit(w.registry, "GpuRetired");
    });

    it("binds a tranche by the term of its day: a change of the term moves neither (I24)", async () => {
      const { w, gpu, endsAt } = await unbonding();
      await f.as(w, w.governor).setTerms({ ...f.TERMS, unbonding: 60n * f.DAY });
      expect((await w.registry.gpuOf(gpu)).unbondingEnds).to.equal(endsAt);
      const other = await f.register(w, w.bob);
      const at = BigInt(await time.latest()) + 1n;
      await time.setNextBlockTimestamp(at);
      await f.as(w, w.bob).beginUnbond(other, MIN);
      expect((await w.registry.gpuOf(other)).unbondingEnds).to.equal(at + 60n * f.DAY);
    });

    it("works while work is stopped (I44)", async () => {
      const { w, gpu } = await staked();
      await f.as(w, w.governor).setWorkStopped(true);
      await f.as(w, w.alice).beginUnbond(gpu, 100n * f.TOKEN);
      expect((await w.registry.gpuOf(gpu)).unbonding).to.equal(100n * f.TOKEN);
    });
  });

  describe("cancelUnbond", () => {
    it("refuses everybody but the owner's holder, and when nothing unbonds", async () => {
      const { w, gpu } = await staked();
      await expect(f.as(w, w.alice).cancelUnbond(gpu))
        .to.be.revertedWithCustomError(w.registry, "RegistryNoTranche")
        .withArgs(gpu);
      await f.as(w, w.alice).beginUnbond(gpu, 100n * f.TOKEN);
      await expect(f.as(w, w.bob).cancelUnbond(gpu))
        .to.be.revertedWithCustomError(w.registry, "RegistryNotOwner")
        .withArgs(gpu, w.bob);
      await expect(f.as(w, w.alice).cancelUnbond(gpu + 1n))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
    });

    it("returns a part to the stake in force, also when it had matured", async () => {
      const { w, gpu } = await unbonding();
      await time.increase(30n * f.DAY);
      await expect(f.as(w, w.alice).cancelUnbond(gpu))
        .to.emit(w.registry, "UnbondingCancelled")
        .withArgs(gpu, 100n * f.TOKEN);
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.unbonding, view.unbondingEnds]).to.deep.equal([MIN + 100n * f.TOKEN, 0n, 0n]);
      await expectBooks(w);
    });

    it("brings a leaving GPU back into service and into its list", async () => {
      const { w, gpu } = await unbonding(MIN + 100n * f.TOKEN);
      await f.as(w, w.alice).cancelUnbond(gpu);
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.leaving, view.listed]).to.deep.equal([MIN + 100n * f.TOKEN, false, true]);
      expect((await w.lens.stakerOf(await f.accountOf(w, w.alice))).gpus).to.equal(1n);
      await expectIdleListed(w);
      await expectBooks(w);
    });

    it("does not bring one back with less than the class minimum, slashed or raised", async () => {
      const { w, gpu } = await unbonding(MIN + 100n * f.TOKEN);
      await f.changeClass(w, 1, { minStakeGwei: 2_500n * f.UNIT + 1n });
      await expect(f.as(w, w.alice).cancelUnbond(gpu))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
        .withArgs(2_500n * f.UNIT, 2_500n * f.UNIT + 1n);
      await f.changeClass(w, 1, { minStakeGwei: 2_400n * f.UNIT });
      await f.registerWhale(w);
      await w.registry.slash(f.slashOf(gpu, 101n * f.UNIT));
      await expect(f.as(w, w.alice).cancelUnbond(gpu))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
        .withArgs(2_399n * f.UNIT, 2_400n * f.UNIT);
      expect((await w.registry.gpuOf(gpu)).leaving).to.equal(true);
    });
  });

  describe("withdraw", () => {
    it("refuses the zero address, everybody but the owner's holder, and when nothing unbonds", async () => {
      const { w, gpu } = await staked();
      await expect(f.as(w, w.alice).withdraw(gpu, ethers.ZeroAddress)).to.be.revertedWithCustomError(
        w.registry,
        "RegistryZeroAddress",
      );
      await expect(f.as(w, w.bob).withdraw(gpu, w.bob))
        .to.be.revertedWithCustomError(w.registry, "RegistryNotOwner")
        .withArgs(gpu, w.bob);
      await expect(f.as(w, w.alice).withdraw(gpu + 1n, w.alice))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice))
        .to.be.revertedWithCustomError(w.registry, "RegistryNoTranche")
        .withArgs(gpu);
    });

    it("refuses the second before the tranche matures and pays at that second (I24)", async () => {
      const { w, gpu, endsAt } = await unbonding();
      await time.setNextBlockTimestamp(endsAt - 1n);
      await expect(f.as(w, w.alice).withdraw(gpu, w.bob))
        .to.be.revertedWithCustomError(w.registry, "RegistryStillUnbonding")
        .withArgs(endsAt);
      await time.setNextBlockTimestamp(endsAt);
      const sent = f.as(w, w.alice).withdraw(gpu, w.bob);
      await expect(sent)
        .to.emit(w.registry, "StakeWithdrawn")
        .withArgs(gpu, w.bob, 100n * f.TOKEN);
      await expect(sent).not.to.emit(w.registry, "GpuRetired");
      await expect(sent).to.changeTokenBalances(w.token, [w.registry, w.bob], [-100n * f.TOKEN, 100n * f.TOKEN]);
      await expect(f.as(w, w.alice).withdraw(gpu, w.bob)).to.be.revertedWithCustomError(
        w.registry,
        "RegistryNoTranche",
      );
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.unbonding, view.unbondingEnds]).to.deep.equal([MIN, 0n, 0n]);
      await expectBooks(w);
    });

    it("tells what it pays", async () => {
      const { w, gpu, endsAt } = await unbonding();
      await time.increaseTo(endsAt);
      expect(await f.as(w, w.alice).withdraw.staticCall(gpu, w.alice)).to.equal(100n * f.TOKEN);
    });

    it("retires a GPU that left with everything, while work is stopped too (I44)", async () => {
      const { w, gpu, endsAt } = await unbonding(MIN + 100n * f.TOKEN);
      await f.as(w, w.governor).setWorkStopped(true);
      await time.setNextBlockTimestamp(endsAt);
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice))
        .to.emit(w.registry, "GpuRetired")
        .withArgs(gpu, await f.accountOf(w, w.alice));
      await expectBooks(w);
    });

    it("pays nothing while locks cover all that is held, at equality too (I23)", async () => {
      const { w, gpu } = await staked();
      await w.registry.assignNamed(gpu, 2_500n * f.UNIT);
      await f.as(w, w.alice).beginUnbond(gpu, 100n * f.TOKEN);
      await time.increase(UNBONDING);
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeLocked")
        .withArgs(gpu, 2_500n * f.UNIT);
      await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 1, kind: f.Kind.Released }));
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice)).to.changeTokenBalance(w.token, w.alice, f.GWEI);
    });

    it("pays what no lock covers and keeps the rest in the tranche, matured (I23)", async () => {
      const { w, gpu } = await staked();
      await w.registry.assignNamed(gpu, 2_440n * f.UNIT);
      await f.as(w, w.alice).beginUnbond(gpu, MIN + 100n * f.TOKEN);
      await time.increase(UNBONDING);
      const sent = f.as(w, w.alice).withdraw(gpu, w.alice);
      await expect(sent).to.changeTokenBalance(w.token, w.alice, 60n * f.TOKEN);
      await expect(sent).not.to.emit(w.registry, "GpuRetired");
      const view = await w.registry.gpuOf(gpu);
      expect([view.unbonding, view.locked]).to.deep.equal([2_440n * f.TOKEN, 2_440n * f.TOKEN]);
      await expectBooks(w);
      await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 2_440n * f.UNIT, freeSlot: true }));
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice))
        .to.emit(w.registry, "GpuRetired")
        .withArgs(gpu, await f.accountOf(w, w.alice));
      expect(await w.token.balanceOf(w.alice)).to.equal(10_000_000n * f.TOKEN - 24n * f.TOKEN);
    });

    it("keeps no tranche back for a lock that the stake in force covers", async () => {
      const { w, gpu } = await staked();
      await w.registry.assignNamed(gpu, 2_400n * f.UNIT);
      await f.as(w, w.alice).beginUnbond(gpu, 100n * f.TOKEN);
      await time.increase(UNBONDING);
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice)).to.changeTokenBalance(w.token, w.alice, 100n * f.TOKEN);
    });

    it("does not retire a GPU whose job is still open", async () => {
      const { w, gpu } = await staked();
      await w.registry.assignNamed(gpu, 0);
      await f.as(w, w.alice).beginUnbond(gpu, MIN + 100n * f.TOKEN);
      await time.increase(UNBONDING);
      await expect(f.as(w, w.alice).withdraw(gpu, w.alice)).not.to.emit(w.registry, "GpuRetired");
    });
  });

  describe("unbonding and slashes in any order (I22)", () => {
    /** What Alice lost of 2,500 tokens when all she could withdraw is withdrawn, after `steps`. */
    async function lossAfter(steps: (w: f.World, gpu: bigint) => Promise<void>): Promise<bigint> {
      const { w, gpu } = await staked();
      await f.registerWhale(w);
      await w.registry.assignNamed(gpu, 1_000n * f.UNIT);
      await steps(w, gpu);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, freeSlot: true }));
      if (!(await w.registry.gpuOf(gpu)).leaving) {
        await f.as(w, w.alice).beginUnbond(gpu, (await w.registry.gpuOf(gpu)).stake);
      }
      await time.increase(UNBONDING);
      if ((await w.registry.gpuOf(gpu)).unbonding !== 0n) await f.as(w, w.alice).withdraw(gpu, w.alice);
      await expectBooks(w);
      return 10_000_000n * f.TOKEN - 24n * f.TOKEN - (await w.token.balanceOf(w.alice));
    }
    const slash = async (w: f.World, gpu: bigint): Promise<void> => {
      await w.registry.slash(f.slashOf(gpu, 1_000n * f.UNIT));
    };
    const unbond = async (w: f.World, gpu: bigint): Promise<void> => {
      await f.as(w, w.alice).beginUnbond(gpu, MIN + 100n * f.TOKEN);
    };

    it("cost the lock when slashed first, while unbonding, after maturity, and after a withdrawal", async () => {
      const orders: ((w: f.World, gpu: bigint) => Promise<void>)[] = [
        slash,
        async (w, gpu) => {
          await unbond(w, gpu);
          await slash(w, gpu);
        },
        async (w, gpu) => {
          await unbond(w, gpu);
          await time.increase(40n * f.DAY);
          await slash(w, gpu);
        },
        async (w, gpu) => {
          await unbond(w, gpu);
          await time.increase(40n * f.DAY);
          await f.as(w, w.alice).withdraw(gpu, w.alice);
          await slash(w, gpu);
        },
      ];
      for (const order of orders) expect(await lossAfter(order)).to.equal(1_000n * f.TOKEN);
    });

    it("cost the lock in the second of maturity, whoever comes first in the block", async () => {
      for (const first of ["withdraw", "slash"]) {
        const loss = await lossAfter(async (w, gpu) => {
          await unbond(w, gpu);
          const { unbondingEnds } = await w.registry.gpuOf(gpu);
          const racers = [
            (overrides: object) => f.as(w, w.alice).withdraw(gpu, w.alice, overrides),
            (overrides: object) => w.registry.slash(f.slashOf(gpu, 1_000n * f.UNIT), overrides),
          ];
          const done = await raceAt(unbondingEnds, first === "withdraw" ? racers : racers.reverse());
          expect(done).to.deep.equal([true, true]);
        });
        expect(loss, `${first} first`).to.equal(1_000n * f.TOKEN);
      }
    });

    it("an incident without a lock takes 30% of what is still there in that second", async () => {
      const { w, gpu, endsAt } = await unbonding(MIN + 100n * f.TOKEN);
      await f.registerWhale(w);
      const slashed = (overrides: object): ReturnType<typeof w.registry.slash> =>
        w.registry.slash(f.slashOf(gpu, 2_500n * f.UNIT, { fromLockGwei: 0 }), overrides);
      const withdrawn = (overrides: object): ReturnType<typeof w.registry.withdraw> =>
        f.as(w, w.alice).withdraw(gpu, w.alice, overrides);
      expect(await raceAt(endsAt, [slashed, withdrawn])).to.deep.equal([true, true]);
      expect((await w.lens.slashOf(1)).takenGwei).to.equal(750n * f.UNIT);
      expect(await w.token.balanceOf(w.alice)).to.equal(10_000_000n * f.TOKEN - 24n * f.TOKEN - 750n * f.TOKEN);
      await expectBooks(w);
    });
  });

  describe("collect", () => {
    it("pays nothing and says nothing when nothing is owed", async () => {
      const w = await f.world();
      const account = await f.accountOf(w, w.alice);
      expect(await w.registry.collect.staticCall(account)).to.equal(0n);
      await expect(w.registry.collect(account)).not.to.emit(w.registry, "Collected");
      await expect(w.registry.collect(w.treasury)).not.to.emit(w.registry, "Collected");
    });

    it("pays the treasury its fees, for any caller, once (I19)", async () => {
      const { w } = await staked();
      const sent = f.as(w, w.bob).collect(w.treasury);
      await expect(sent)
        .to.emit(w.registry, "Collected")
        .withArgs(w.treasury, 24n * f.TOKEN);
      await expect(sent).to.changeTokenBalances(w.token, [w.registry, w.vault], [-24n * f.TOKEN, 24n * f.TOKEN]);
      expect(await w.vault.balanceOf(w.treasury)).to.equal(24n * f.TOKEN);
      expect((await w.lens.totals()).fees).to.equal(0n);
      expect(await w.registry.collect.staticCall(w.treasury)).to.equal(0n);
      expect(await w.token.allowance(w.registry, w.vault)).to.equal(0n);
      await expectBooks(w);
    });

    it("pays a treasury both its fees and what it earned as a caller", async () => {
      const { w, gpu } = await staked();
      const caller = w.treasury;
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, caller }));
      expect(await w.registry.creditOf(caller)).to.equal((24n * f.TOKEN) / 10n);
      await expect(w.registry.collect(caller))
        .to.emit(w.registry, "Collected")
        .withArgs(caller, (264n * f.TOKEN) / 10n);
    });

    it("pays the fees to the treasury of the day, not to a former one", async () => {
      const { w } = await staked();
      const bob = await f.accountOf(w, w.bob);
      await w.vault.setTreasury(bob);
      await expect(w.registry.collect(w.treasury)).not.to.emit(w.registry, "Collected");
      await w.registry.collect(bob);
      expect(await w.vault.balanceOf(bob)).to.equal(24n * f.TOKEN);
    });

    it("refuses an account that the vault does not know, and keeps its credit until it is opened (I19)", async () => {
      const { w, gpu } = await staked();
      const unknown = (await f.accountOf(w, w.keeper)) + 1n;
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, caller: unknown }));
      await expect(w.registry.collect(unknown))
        .to.be.revertedWithCustomError(w.vault, "VaultUnknownAccount")
        .withArgs(unknown);
      expect(await w.registry.creditOf(unknown)).to.equal((24n * f.TOKEN) / 10n);
      await w.vault.openAccount(w.others[0]!);
      await f.as(w, w.bob).collect(unknown);
      expect(await w.vault.balanceOf(unknown)).to.equal((24n * f.TOKEN) / 10n);
      expect(await w.registry.creditOf(unknown)).to.equal(0n);
    });
  });
});
