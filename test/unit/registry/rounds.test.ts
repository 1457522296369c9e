import { expect } from "chai";
import * as f from "./fixture";
import { as, gpuWordOf, setScopes } from "./rounds.fixture";

describe("GpuRegistry rounds", () => {
  describe("openRound", () => {
    it("refuses a caller without the right to draw", async () => {
      const w = await f.world();
      await setScopes(w, w.dave, f.RECORD | f.LOCK | f.SLASH);
      for (const caller of [w.alice, w.governor, w.dave]) {
        await expect(as(w, caller).openRound(1, 1, 0))
          .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
          .withArgs(caller.address, f.DRAW);
      }
    });

    it("refuses while work is stopped", async () => {
      const w = await f.world();
      await as(w, w.governor).setWorkStopped(true);
      await expect(w.registry.openRound(1, 1, 0)).to.be.revertedWithCustomError(w.registry, "RegistryPaused");
    });

    it("refuses no jobs and more than 65,535", async () => {
      const w = await f.world();
      for (const jobs of [0, 65_536, 2 ** 32 - 1]) {
        await expect(w.registry.openRound(1, jobs, 0))
          .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
          .withArgs(jobs, 1, 65_535);
      }
      await w.registry.openRound(1, 65_535, 0);
    });

    it("refuses a number that is not above the latest, open or closed", async () => {
      const w = await f.world();
      await expect(w.registry.openRound(0, 1, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(0, 1, 2n ** 32n - 1n);
      await w.registry.openRound(7, 1, 0);
      await w.registry.dropFromRound(1);
      await expect(w.registry.openRound(7, 1, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(7, 8, 2n ** 32n - 1n);
    });

    it("refuses a second round unless the same module names the one it replaces", async () => {
      const w = await f.world();
      await setScopes(w, w.dave, f.DRAW);
      await w.registry.openRound(3, 2, 0);
      for (const [caller, replaces] of [
        [w.module, 0],
        [w.module, 2],
        [w.dave, 3],
      ] as const) {
        await expect(as(w, caller).openRound(4, 1, replaces))
          .to.be.revertedWithCustomError(w.registry, "RegistryRoundOpen")
          .withArgs(3);
      }
      await expect(w.registry.openRound(4, 1, 3))
        .to.emit(w.registry, "RoundOpened")
        .withArgs(4, 1, w.module.address);
    });

    it("opens and tells round, jobs and module", async () => {
      const w = await f.world();
      expect(await w.registry.openRoundInfo()).to.deep.equal([0n, 0n, "0x0000000000000000000000000000000000000000"]);
      await expect(w.registry.openRound(9, 5, 0))
        .to.emit(w.registry, "RoundOpened")
        .withArgs(9, 5, w.module.address);
      expect(await w.registry.openRoundInfo()).to.deep.equal([9n, 5n, w.module.address]);
    });
  });

  describe("dropFromRound", () => {
    it("refuses who runs no open round", async () => {
      const w = await f.world();
      await expect(w.registry.dropFromRound(1))
        .to.be.revertedWithCustomError(w.registry, "RegistryNoOpenRound")
        .withArgs(w.module.address);
      await setScopes(w, w.dave, f.DRAW);
      await w.registry.openRound(1, 1, 0);
      for (const caller of [w.dave, w.alice, w.governor]) {
        await expect(as(w, caller).dropFromRound(1))
          .to.be.revertedWithCustomError(w.registry, "RegistryNoOpenRound")
          .withArgs(caller.address);
      }
    });

    it("refuses more jobs than are left", async () => {
      const w = await f.world();
      await w.registry.openRound(1, 3, 0);
      await expect(w.registry.dropFromRound(4))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(4, 0, 3);
    });

    it("closes the round with the last job, not before", async () => {
      const w = await f.world();
      await w.registry.openRound(1, 3, 0);
      await expect(w.registry.dropFromRound(2)).not.to.emit(w.registry, "RoundClosed");
      expect((await w.registry.openRoundInfo()).remaining).to.equal(1n);
      await expect(w.registry.dropFromRound(1)).to.emit(w.registry, "RoundClosed").withArgs(1);
      expect((await w.registry.openRoundInfo()).round).to.equal(0n);
    });

    it("works while work is stopped", async () => {
      const w = await f.world();
      await w.registry.openRound(1, 1, 0);
      await as(w, w.governor).setWorkStopped(true);
      await expect(w.registry.dropFromRound(1)).to.emit(w.registry, "RoundClosed").withArgs(1);
    });
  });

  describe("given a module whose rights are taken during its round", () => {
    it("closes the round, lets the module drop and conclude, but not draw or open; others may open", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await w.registry.assignNamed(gpu, f.UNIT);
      await w.registry.openRound(1, 2, 0);
      await setScopes(w, w.dave, f.DRAW);
      await expect(as(w, w.governor).setModule(w.module, 0)).to.emit(w.registry, "RoundClosed").withArgs(1);

      await expect(w.registry.draw(f.drawOf()))
        .to.be.revertedWithCustomError(w.registry, "RegistryNoOpenRound")
        .withArgs(w.module.address);
      await expect(w.registry.openRound(2, 1, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.module.address, f.DRAW);
      await expect(w.registry.assignNamed(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.module.address, f.DRAW);
      await w.registry.dropFromRound(2);

      await as(w, w.dave).openRound(2, 1, 0);
      await w.registry.dropFromRound(1);
      expect((await w.registry.openRoundInfo()).remaining).to.equal(1n, "the round of another module is untouched");

      await w.registry.finishWork(gpu, w.alice, 20, 0);
      await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: f.UNIT }));
      const word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked]).to.deep.equal([0n, 0n]);
      await expect(w.registry.slash(f.slashOf(gpu, 1n))).to.emit(w.registry, "Slashed");
    });
  });

  describe("assignNamed", () => {
    it("refuses a caller without the right, work stopped, and an unknown GPU", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await setScopes(w, w.dave, f.RECORD | f.LOCK | f.SLASH);
      await expect(as(w, w.dave).assignNamed(gpu, 1))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.dave.address, f.DRAW);
      await expect(w.registry.assignNamed(gpu + 1n, 1))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
      await as(w, w.governor).setWorkStopped(true);
      await expect(w.registry.assignNamed(gpu, 1)).to.be.revertedWithCustomError(w.registry, "RegistryPaused");
    });

    it("refuses a GPU that leaves", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await as(w, w.alice).beginUnbond(gpu, await f.minStake(w));
      await expect(w.registry.assignNamed(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryLeaving")
        .withArgs(gpu);
    });

    it("refuses a frozen entrant, and takes one that joined after the request", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const round = await f.openRound(w);
      const late = await f.register(w, w.bob);
      await expect(w.registry.assignNamed(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryFrozenEntrant")
        .withArgs(gpu, round);
      await expect(w.registry.assignNamed(late, 0)).to.emit(w.registry, "GpuNamed").withArgs(late, 0);
    });

    it("refuses a GPU without a free slot", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { slots: 2 });
      await w.registry.assignNamed(gpu, 0);
      await w.registry.assignNamed(gpu, 0);
      await expect(w.registry.assignNamed(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryNoFreeSlot")
        .withArgs(gpu);
    });

    it("refuses a lock above the unlocked stake, takes one of exactly that (I23)", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { slots: 3 });
      const { stake } = await gpuWordOf(w, gpu);
      await w.registry.assignNamed(gpu, f.UNIT);
      await expect(w.registry.assignNamed(gpu, stake - f.UNIT + 1n))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeShort")
        .withArgs(gpu, stake - f.UNIT, stake - f.UNIT + 1n);
      await w.registry.assignNamed(gpu, stake - f.UNIT);
      expect((await gpuWordOf(w, gpu)).locked).to.equal(stake);
    });

    it("refuses a barred owner", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud }));
      await expect(w.registry.assignNamed(gpu, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryOwnerBarred")
        .withArgs(await f.accountOf(w, w.alice));
    });

    it("takes slot and lock, and takes the GPU off its list with the last slot", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { slots: 2 });
      await expect(w.registry.assignNamed(gpu, f.UNIT)).to.emit(w.registry, "GpuNamed").withArgs(gpu, f.UNIT);
      expect(await f.listed(w)).to.deep.equal([gpu]);
      await w.registry.assignNamed(gpu, f.UNIT);
      expect(await f.listed(w)).to.deep.equal([]);
      const word = await gpuWordOf(w, gpu);
      expect([word.active, word.locked]).to.deep.equal([2n, 2n * f.UNIT]);
    });
  });

  describe("locks block exit (I23)", () => {
    it("keeps back what a lock covers when a whole stake leaves, and pays it once the lock is released", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const stake = await f.minStake(w);
      const lock = 7n * f.UNIT;
      await w.registry.assignNamed(gpu, lock);
      await as(w, w.alice).beginUnbond(gpu, stake);
      await f.nextDay(60n);
      await expect(as(w, w.alice).withdraw(gpu, w.keeper)).to.changeTokenBalances(
        w.token,
        [w.keeper, w.registry],
        [stake - lock * f.GWEI, -(stake - lock * f.GWEI)],
      );
      await expect(as(w, w.alice).withdraw(gpu, w.keeper))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeLocked")
        .withArgs(gpu, lock);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, lockGwei: lock, freeSlot: true }));
      await expect(as(w, w.alice).withdraw(gpu, w.keeper)).to.changeTokenBalance(w.token, w.keeper, lock * f.GWEI);
    });
  });

  describe("lists between rounds", () => {
    it("hold exactly the idle GPUs after joins, pauses, assignments, releases and exits", async () => {
      const w = await f.world();
      const gpus: bigint[] = [];
      for (const owner of [w.alice, w.bob, w.carol, w.dave]) gpus.push(await f.register(w, owner));
      const [a, b, c, d] = gpus as [bigint, bigint, bigint, bigint];
      const idle = async (): Promise<bigint[]> => (await f.listed(w)).sort((x, y) => Number(x - y));
      await as(w, w.alice).setPaused(a, true);
      expect(await idle()).to.deep.equal([b, c, d]);
      await w.registry.assignNamed(b, 1);
      expect(await idle()).to.deep.equal([c, d]);
      await as(w, w.carol).beginUnbond(c, await f.minStake(w));
      expect(await idle()).to.deep.equal([d]);
      await as(w, w.alice).setPaused(a, false);
      await w.registry.finishWork(b, w.bob, 20, 0);
      expect(await idle()).to.deep.equal([a, b, d]);
      await as(w, w.carol).cancelUnbond(c);
      expect(await idle()).to.deep.equal([a, b, c, d]);
      for (const [i, gpu] of gpus.entries()) expect((await w.registry.gpuOf(gpu)).listed, String(i)).to.equal(true);
    });

    it("drop a GPU paused during the round once somebody prunes it", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const other = await f.register(w, w.bob);
      await f.openRound(w);
      await as(w, w.alice).setPaused(gpu, true);
      expect(await f.listed(w)).to.deep.equal([gpu, other]);
      await f.closeRound(w);
      await as(w, w.keeper).prune([gpu, other]);
      expect(await f.listed(w)).to.deep.equal([other]);
    });
  });
});
