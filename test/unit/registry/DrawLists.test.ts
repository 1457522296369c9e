import { expect } from "chai";
import { gpuWord } from "../../../src/model/registryWords";
import type { GpuRegistry } from "../../../typechain-types";
import { as, closeRound, listed, openRound, register, roundNumber, Table, type World, world } from "./fixture";
import { gpuWordOf, setMapped, stateSlot } from "./rounds.fixture";

/** Most GPUs of a list. */
const MOST = 65_535n;

/** A market where storage says that a list is `length` long; its last place is the one that a GPU of alice stands in. */
async function crowded(length: bigint): Promise<{ w: World; last: bigint }> {
  const w = await world();
  const last = await register(w, w.alice);
  const state = await stateSlot(w);
  const pool = await w.registry.wordOf(Table.Pool, 1);
  await setMapped(w, "pools", 1n, (pool & ~0xffffn) | length, state);
  const position = length - 1n;
  await setMapped(w, "lists", (1n << 24n) | (position / 6n), last << (40n * (position % 6n)), state);
  await setMapped(w, "gpus", last, gpuWord.encode({ ...(await gpuWordOf(w, last)), position }), state);
  expect(await w.registry.listedAt(1, 0, position)).to.equal(last);
  return { w, last };
}

describe("DrawLists", () => {
  describe("isEntrant", () => {
    it("is not true of a GPU that left its list before the request, whatever place it had", async () => {
      const w = await world();
      const paused = await register(w, w.alice);
      const idle = await register(w, w.bob);
      await as(w, w.alice).setPaused(paused, true);
      await openRound(w);
      // Both words say that the GPU stands first, but one of them is out of date.
      for (const gpu of [paused, idle]) expect((await gpuWordOf(w, gpu)).position).to.equal(0n);
      await expect(w.registry.assignNamed(idle, 1))
        .to.be.revertedWithCustomError(w.registry, "RegistryFrozenEntrant")
        .withArgs(idle, await roundNumber(w));
      await expect(w.registry.assignNamed(paused, 1)).to.emit(w.registry, "GpuNamed").withArgs(paused, 1);
      expect(await listed(w)).to.deep.equal([idle]);
    });
  });

  describe("join", () => {
    describe("given a list of 65,535", () => {
      it("takes no more; the GPU is registered, and listed by anyone when there is room", async () => {
        const { w, last } = await crowded(MOST);
        const gpu = await register(w, w.bob);
        await as(w, w.keeper).prune([gpu]);
        expect((await gpuWordOf(w, gpu)).listed).to.equal(false);
        expect(await w.registry.listOf(1, 0)).to.deep.equal([MOST, 0n]);
        await as(w, w.alice).setPaused(last, true);
        expect(await w.registry.listOf(1, 0)).to.deep.equal([MOST - 1n, 0n]);
        await as(w, w.keeper).prune([gpu]);
        expect(await w.registry.listOf(1, 0)).to.deep.equal([MOST, 0n]);
        expect(await w.registry.listedAt(1, 0, MOST - 1n)).to.equal(gpu);
        const { listed, position } = await gpuWordOf(w, gpu);
        expect([listed, position]).to.deep.equal([true, MOST - 1n]);
      });

      it("leaves other regions and classes open", async () => {
        const { w } = await crowded(MOST);
        const elsewhere = await register(w, w.bob, { region: 1 });
        const another = await register(w, w.bob, { classId: 2 });
        expect(await listed(w, 1, 1)).to.deep.equal([elsewhere]);
        expect(await listed(w, 2, 0)).to.deep.equal([another]);
        expect(await w.registry.listOf(1, 0)).to.deep.equal([MOST, 0n]);
      });

      it("counts the energy of work of a GPU that it does not take back, and frees its slot", async () => {
        for (const open of [false, true]) {
          const { w, last } = await crowded(MOST);
          const gpu = await register(w, w.bob);
          await w.registry.assignNamed(gpu, 1);
          if (open) await openRound(w);
          const { watts } = await w.registry.classOf(1);
          const energy = watts * 1_000n;
          await w.registry.finishWork(gpu, w.bob, energy, 3_600);
          expect(await w.lens.energyOf(1)).to.equal(energy);
          const { listed, active } = await gpuWordOf(w, gpu);
          expect([listed, active]).to.deep.equal([false, 0n]);
          expect(await w.registry.listOf(1, 0)).to.deep.equal([MOST, 0n]);
          expect(await w.registry.listedAt(1, 0, MOST - 1n)).to.equal(last);
        }
      });
    });

    it("counts the GPUs that joined behind the entrants: no list ever holds more than 65,535", async () => {
      const { w } = await crowded(MOST - 1n);
      await openRound(w);
      const behind = await register(w, w.bob);
      const outside = await register(w, w.carol);
      const state = async () => [...(await w.registry.listOf(1, 0)), (await gpuWordOf(w, outside)).listed];
      expect(await state()).to.deep.equal([MOST - 1n, 1n, false]);
      await closeRound(w);
      expect(await state()).to.deep.equal([MOST, 0n, false]);
      expect(await w.registry.listedAt(1, 0, MOST - 1n)).to.equal(behind);
      // A GPU that leaves makes room, also in the next round.
      await as(w, w.bob).setPaused(behind, true);
      await openRound(w);
      await as(w, w.carol).setPaused(outside, true);
      await as(w, w.carol).setPaused(outside, false);
      expect(await state()).to.deep.equal([MOST - 1n, 1n, true]);
    });
  });

  describe("remove", () => {
    describe("given a GPU that joined an empty list during a round", () => {
      it("takes it off when it is paused, and leaves those that joined after it", async () => {
        const w = await world();
        await openRound(w);
        const first = await register(w, w.alice);
        const second = await register(w, w.bob);
        await (w.registry.connect(w.alice) as GpuRegistry).setPaused(first, true);
        expect(await listed(w)).to.deep.equal([second]);
        await (w.registry.connect(w.bob) as GpuRegistry).setPaused(second, true);
        expect(await listed(w)).to.deep.equal([]);
      });

      it("takes it off when a named job uses its only slot", async () => {
        const w = await world();
        await openRound(w);
        const gpu = await register(w, w.alice);
        await w.registry.assignNamed(gpu, 1);
        expect(await listed(w)).to.deep.equal([]);
        await closeRound(w);
        expect((await w.registry.gpuOf(gpu)).listed).to.equal(false);
      });
    });
  });
});
