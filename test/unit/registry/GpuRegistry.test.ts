import { expect } from "chai";
import * as f from "./fixture";

describe("GpuRegistry", () => {
  it("carries a GPU from registration through a draw to a settled success", async () => {
    const w = await f.world();
    const gpu = await f.register(w, w.alice);
    await f.openRound(w, 1);
    expect(await f.drawAny(w)).to.equal(gpu);
    expect((await w.registry.gpuOf(gpu)).locked).to.equal(5n * f.TOKEN);
    expect((await w.registry.openRoundInfo()).round).to.equal(0n);

    await w.registry.finishWork(gpu, w.alice, 1_000, 100);
    await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 5n * f.UNIT }));
    const after = await w.registry.gpuOf(gpu);
    expect([after.active, after.locked, after.listed]).to.deep.equal([0n, 0n, true]);
    expect(await w.registry.scoreOf(await f.accountOf(w, w.alice))).to.equal(50_435_838n);
  });
});
