import { expect } from "chai";
import type { GpuRegistry } from "../../../typechain-types";
import { closeRound, listed, openRound, register, world } from "./fixture";

describe("DrawLists", () => {
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
