/** Attacks on the registry that once worked, each as its attacker would run it. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./fixture";
import { as, gpuWordOf } from "./rounds.fixture";

describe("GpuRegistry regressions", () => {
  describe("beginUnbond", () => {
    describe("given a stranger who adds a speck of stake before every attempt to leave", () => {
      it("lets the owner leave with all there is, whatever that is by then", async () => {
        const w = await f.world();
        const gpu = await f.register(w, w.alice);
        const stake = await f.minStake(w);
        await as(w, w.bob).addStake(gpu, f.GWEI);

        await expect(as(w, w.alice).beginUnbond(gpu, stake))
          .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
          .withArgs(stake / f.GWEI, stake / f.GWEI);
        const sent = as(w, w.alice).beginUnbond(gpu, ethers.MaxUint256);
        await expect(sent).not.to.be.reverted;
        const { leaving, unbonding, unbondingEnds, stake: left } = await w.registry.gpuOf(gpu);
        await expect(sent)
          .to.emit(w.registry, "UnbondingBegun")
          .withArgs(gpu, stake + f.GWEI, unbondingEnds);
        expect([leaving, left, unbonding]).to.deep.equal([true, 0n, stake + f.GWEI]);
      });

      it("leaves at once when nothing is in force", async () => {
        const w = await f.world();
        await f.register(w, w.bob, { stake: 1_000_000n * f.TOKEN });
        const gpu = await f.register(w, w.alice);
        const { stake } = await gpuWordOf(w, gpu);
        await w.registry.assignNamed(gpu, stake);
        await w.registry.slash(f.slashOf(gpu, stake));
        await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, freeSlot: true }));
        await expect(as(w, w.alice).beginUnbond(gpu, ethers.MaxUint256))
          .to.emit(w.registry, "GpuRetired")
          .withArgs(gpu, await f.accountOf(w, w.alice));
      });
    });
  });

  describe("continueSlash", () => {
    describe("given that all stake of the registry unbonds", () => {
      it("takes a deferred slash all the same, so that leaving first saves and delays nothing for ever (I22)", async () => {
        const w = await f.world();
        const gpu = await f.register(w, w.alice);
        const { stake } = await gpuWordOf(w, gpu);
        await w.registry.slash(f.slashOf(gpu, stake, { fromLockGwei: 0 }));
        await as(w, w.alice).beginUnbond(gpu, ethers.MaxUint256);
        expect((await w.lens.totals()).stake).to.equal(0n);

        let days = 0;
        for (; (await w.lens.slashOf(1)).pendingGwei !== 0n; days++) {
          await f.nextDay();
          const held = (await w.registry.gpuOf(gpu)).unbonding / f.GWEI;
          expect(await w.registry.continueSlash.staticCall(1)).to.be.greaterThan(0n);
          await w.registry.continueSlash(1);
          // A twentieth of all there is, rounded up.
          const most = (held * 5n + 99n) / 100n;
          expect(held - (await w.registry.gpuOf(gpu)).unbonding / f.GWEI).to.be.within(1n, most);
        }
        expect(days).to.equal(6);
        expect((await w.registry.gpuOf(gpu)).locked).to.equal(0n);
        expect((await w.lens.slashOf(1)).takenGwei).to.equal((stake * 30n) / 100n);
      });

      it("takes the last gwei, of which a twentieth is nothing", async () => {
        const w = await f.world();
        const gpu = await f.register(w, w.alice);
        const { stake } = await gpuWordOf(w, gpu);
        await w.registry.slash(f.slashOf(gpu, stake / 20n, { fromLockGwei: 0 }));
        await w.registry.slash(f.slashOf(gpu, 3n, { fromLockGwei: 0 }));
        await as(w, w.alice).beginUnbond(gpu, ethers.MaxUint256);
        await time.increase(f.TERMS.unbonding);
        await as(w, w.alice).withdraw(gpu, w.alice);
        expect((await w.registry.gpuOf(gpu)).unbonding).to.equal(3n * f.GWEI);

        for (const left of [2n, 1n, 0n]) {
          await f.nextDay();
          await w.registry.continueSlash(2);
          expect((await w.lens.slashOf(2)).pendingGwei).to.equal(left);
        }
        expect((await w.registry.gpuOf(gpu)).unbonding).to.equal(0n);
      });
    });
  });

  describe("dropFromRound", () => {
    describe("given a module that got its rights back after its round was closed with them", () => {
      it("still lets it drop the jobs of that round, so that they are not bound to it for ever (I15)", async () => {
        const w = await f.world();
        await w.registry.openRound(1, 2, 0);
        await as(w, w.governor).setModule(w.module, f.RECORD);
        await as(w, w.governor).setModule(w.module, f.DRAW | f.RECORD);
        await as(w, w.governor).setWorkStopped(true);
        await expect(w.registry.dropFromRound(2)).not.to.be.reverted;
        expect((await w.registry.openRoundInfo()).round).to.equal(0n);
      });

      it("counts exactly again from its next round on", async () => {
        const w = await f.world();
        await w.registry.openRound(1, 2, 0);
        await as(w, w.governor).setModule(w.module, 0);
        await as(w, w.governor).setModule(w.module, f.DRAW);
        await w.registry.openRound(2, 1, 0);
        await expect(w.registry.dropFromRound(2))
          .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
          .withArgs(2, 0, 1);
        await w.registry.dropFromRound(1);
        await expect(w.registry.dropFromRound(1))
          .to.be.revertedWithCustomError(w.registry, "RegistryNoOpenRound")
          .withArgs(w.module.address);
      });
    });
  });

  describe("register", () => {
    describe("given a device whose owner left with 10 points, and an owner who rested for a month", () => {
      it("starts the rest of the cut score with the registration, as for a fresh owner", async () => {
        const w = await f.world();
        const device = ethers.Wallet.createRandom();
        const dormant = await f.register(w, w.carol);
        await as(w, w.carol).beginUnbond(dormant, ethers.MaxUint256);
        await f.nextDay(12n);

        const gpu = await f.register(w, w.alice, { device });
        for (let i = 0; i < 4; i++) {
          await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, worst: true }));
        }
        await as(w, w.alice).beginUnbond(gpu, ethers.MaxUint256);
        await f.nextDay(22n);
        await as(w, w.alice).withdraw(gpu, w.alice);
        const carol = await f.accountOf(w, w.carol);
        expect(await w.registry.scoreOf(await f.accountOf(w, w.alice))).to.equal(10n * f.POINT);

        await f.register(w, w.carol, { device });
        expect(await w.registry.scoreOf(carol)).to.equal(10n * f.POINT);
        await f.nextDay(29n);
        expect(await w.registry.scoreOf(carol)).to.equal(10n * f.POINT);
        await f.nextDay();
        expect(await w.registry.scoreOf(carol)).to.equal(20n * f.POINT);
      });

      it("keeps the window of the owner exact across that cut (I27)", async () => {
        const w = await f.world();
        const device = ethers.Wallet.createRandom();
        const gpu = await f.register(w, w.alice, { device });
        for (let i = 0; i < 4; i++) {
          await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, worst: true }));
        }
        const other = await f.register(w, w.carol);
        const carol = await f.accountOf(w, w.carol);
        await as(w, w.alice).beginUnbond(gpu, ethers.MaxUint256);
        await as(w, w.carol).beginUnbond(other, ethers.MaxUint256);
        await f.nextDay(20n);
        await w.registry.conclude(f.outcomeOf(other, { gain: false }));
        await w.registry.conclude(f.outcomeOf(other, { kind: f.Kind.NonCompletion }));
        await f.nextDay(2n);
        await as(w, w.alice).withdraw(gpu, w.alice);

        await f.register(w, w.carol, { device });
        expect(await w.registry.scoreOf(carol)).to.equal(10n * f.POINT);
        expect(await w.registry.windowOf(carol)).to.deep.equal([1n, 2n]);
        await f.nextDay(27n);
        expect(await w.registry.windowOf(carol)).to.deep.equal([1n, 2n]);
        await f.nextDay();
        expect(await w.registry.windowOf(carol)).to.deep.equal([0n, 0n]);
      });
    });
  });

  describe("scoreOf", () => {
    it("is 0 for an account that never registered a GPU, and so is its weight", async () => {
      const w = await f.world();
      const stranger = await f.accountOf(w, w.dave);
      for (const account of [stranger, 0n, 999n]) {
        expect(await w.registry.scoreOf(account)).to.equal(0n);
        const { score, drawWeight, known } = await w.lens.reputationOf(account);
        expect([score, drawWeight, known]).to.deep.equal([0n, 0n, false]);
      }
    });
  });
});
