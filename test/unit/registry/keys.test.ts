/** Hot keys, availability, and bringing lists in line. */
import { expect } from "chai";
import { ethers } from "hardhat";
import { expectIdleListed } from "./books";
import * as f from "./fixture";

const MIN = 2_400n * f.TOKEN;

describe("GpuRegistry: keys and availability", () => {
  describe("setOperator", () => {
    it("refuses everybody but the owner's holder, the hot key included, and an unknown GPU", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { operator: w.keeper.address });
      for (const caller of [w.keeper, w.bob, w.governor]) {
        await expect(f.as(w, caller).setOperator(gpu, caller))
          .to.be.revertedWithCustomError(w.registry, "RegistryNotOwner")
          .withArgs(gpu, caller.address);
      }
      await expect(f.as(w, w.alice).setOperator(7, w.bob))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(7);
    });

    it("names a hot key, changes it, and takes it away; the former one works no more", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const registry = f.as(w, w.alice);
      await expect(registry.setOperator(gpu, w.keeper))
        .to.emit(w.registry, "OperatorChanged")
        .withArgs(gpu, ethers.ZeroAddress, w.keeper.address);
      expect((await w.registry.gpuOf(gpu)).operator).to.equal(w.keeper.address);
      await expect(registry.setOperator(gpu, w.bob))
        .to.emit(w.registry, "OperatorChanged")
        .withArgs(gpu, w.keeper.address, w.bob.address);
      expect(await w.registry.worksFor(gpu, w.keeper)).to.equal(false);
      expect(await w.registry.worksFor(gpu, w.bob)).to.equal(true);
      await expect(registry.setOperator(gpu, ethers.ZeroAddress))
        .to.emit(w.registry, "OperatorChanged")
        .withArgs(gpu, w.bob.address, ethers.ZeroAddress);
      expect(await w.registry.worksFor(gpu, w.bob)).to.equal(false);
      expect((await w.registry.gpuOf(gpu)).operator).to.equal(w.alice.address);
    });

    it("keeps the tranche of the same word, which keeps the key", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { stake: MIN + f.TOKEN });
      await f.as(w, w.alice).beginUnbond(gpu, f.TOKEN);
      await f.as(w, w.alice).setOperator(gpu, w.keeper);
      const { operator, unbonding, unbondingEnds } = await w.registry.gpuOf(gpu);
      expect([operator, unbonding]).to.deep.equal([w.keeper.address, f.TOKEN]);
      await f.as(w, w.alice).cancelUnbond(gpu);
      expect((await w.registry.gpuOf(gpu)).operator).to.equal(w.keeper.address);
      expect(unbondingEnds > 0n).to.equal(true);
    });

    it("works while work is stopped (I44)", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await f.as(w, w.governor).setWorkStopped(true);
      await f.as(w, w.alice).setOperator(gpu, w.keeper);
      expect((await w.registry.gpuOf(gpu)).operator).to.equal(w.keeper.address);
    });
  });

  describe("worksFor", () => {
    it("is true for hot key and owner's holder, false for all others, the zero address and unknown GPUs", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { operator: w.keeper.address });
      const bare = await f.register(w, w.alice);
      const answer = (id: bigint, caller: { address: string } | string): Promise<boolean> =>
        w.registry.worksFor(id, typeof caller === "string" ? caller : caller.address);
      expect(await answer(gpu, w.keeper)).to.equal(true);
      expect(await answer(gpu, w.alice)).to.equal(true);
      expect(await answer(bare, w.keeper)).to.equal(false);
      expect(await answer(gpu, w.bob)).to.equal(false);
      // Has a word of its own without a hot key after its key was taken away.
      await f.as(w, w.alice).setOperator(gpu, ethers.ZeroAddress);
      for (const id of [gpu, bare, 0n, 99n]) expect(await answer(id, ethers.ZeroAddress)).to.equal(false);
      for (const id of [0n, 99n]) expect(await answer(id, w.alice)).to.equal(false);
      // Registered nothing, so that the registry knows no account of theirs.
      expect(await answer(0n, w.others[0]!)).to.equal(false);
    });
  });

  describe("setEndpoint", () => {
    it("refuses strangers and an unknown GPU", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { operator: w.keeper.address });
      await expect(f.as(w, w.bob).setEndpoint(gpu, ethers.id("x"), "x"))
        .to.be.revertedWithCustomError(w.registry, "RegistryNotWorker")
        .withArgs(gpu, w.bob.address);
      await expect(f.as(w, w.alice).setEndpoint(5, ethers.id("x"), "x"))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(5);
    });

    it("announces what owner or hot key says", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { operator: w.keeper.address });
      for (const caller of [w.alice, w.keeper]) {
        await expect(f.as(w, caller).setEndpoint(gpu, ethers.id("meta"), "https://else.example"))
          .to.emit(w.registry, "EndpointChanged")
          .withArgs(gpu, ethers.id("meta"), "https://else.example");
      }
    });
  });

  describe("setPaused", () => {
    it("refuses strangers and an unknown GPU", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await expect(f.as(w, w.bob).setPaused(gpu, true))
        .to.be.revertedWithCustomError(w.registry, "RegistryNotWorker")
        .withArgs(gpu, w.bob.address);
      await expect(f.as(w, w.alice).setPaused(gpu + 1n, true))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
    });

    it("takes a GPU off its list and back, for owner and hot key, and twice does no harm", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice, { operator: w.keeper.address });
      const other = await f.register(w, w.bob);
      for (const caller of [w.alice, w.keeper]) {
        for (const paused of [true, true, false, false]) {
          await expect(f.as(w, caller).setPaused(gpu, paused)).to.emit(w.registry, "GpuPaused").withArgs(gpu, paused);
          const view = await w.registry.gpuOf(gpu);
          expect([view.paused, view.listed]).to.deep.equal([paused, !paused]);
          expect((await f.listed(w)).includes(other)).to.equal(true);
          await expectIdleListed(w);
        }
      }
    });

    it("does not list a GPU whose slots are all in use, or that is leaving", async () => {
      const w = await f.world();
      const busy = await f.register(w, w.alice);
      await w.registry.assignNamed(busy, 0);
      const leaving = await f.register(w, w.bob);
      await f.as(w, w.bob).beginUnbond(leaving, MIN);
      for (const [owner, gpu] of [
        [w.alice, busy],
        [w.bob, leaving],
      ] as const) {
        await f.as(w, owner).setPaused(gpu, true);
        await f.as(w, owner).setPaused(gpu, false);
        expect((await w.registry.gpuOf(gpu)).listed).to.equal(false);
      }
      expect(await f.listed(w)).to.deep.equal([]);
    });

    it("works while work is stopped (I44)", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await f.as(w, w.governor).setWorkStopped(true);
      await f.as(w, w.alice).setPaused(gpu, true);
      expect(await f.listed(w)).to.deep.equal([]);
    });

    it("leaves a frozen entrant of an open round where it is, as a flag", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await f.openRound(w);
      await f.as(w, w.alice).setPaused(gpu, true);
      const view = await w.registry.gpuOf(gpu);
      expect([view.paused, view.listed]).to.deep.equal([true, true]);
      expect(await w.registry.listOf(1, 0)).to.deep.equal([1n, 0n]);
    });
  });

  describe("prune", () => {
    it("refuses while a round is open, and unknown GPUs", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      const round = await f.openRound(w);
      await expect(f.as(w, w.bob).prune([gpu]))
        .to.be.revertedWithCustomError(w.registry, "RegistryRoundOpen")
        .withArgs(round);
      await f.closeRound(w);
      await expect(f.as(w, w.bob).prune([gpu, 9n]))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(9);
      await f.as(w, w.bob).prune([]);
    });

    it("takes off what was flagged during a round, once, and leaves the idle ones", async () => {
      const w = await f.world();
      const paused = await f.register(w, w.alice);
      const leaving = await f.register(w, w.bob);
      const idle = await f.register(w, w.carol);
      await f.openRound(w);
      await f.as(w, w.alice).setPaused(paused, true);
      await f.as(w, w.bob).beginUnbond(leaving, MIN);
      await f.closeRound(w);
      await expectIdleListed(w, [paused, leaving]);
      expect(await f.listed(w)).to.deep.equal([paused, leaving, idle]);
      await f.as(w, w.keeper).prune([paused, leaving, idle, paused]);
      expect(await f.listed(w)).to.deep.equal([idle]);
      await expectIdleListed(w);
    });
  });
});
