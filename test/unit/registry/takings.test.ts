/** What a failed job takes from a GPU that holds next to nothing, and what many declines of one day cost. */
import { expect } from "chai";
import * as f from "./fixture";
import { as, asideWordOf } from "./rounds.fixture";

const LOCK = 5n;

describe("GpuRegistry takings", () => {
  it("pays the caller of a missed job no more than a leaving GPU still holds (I2, I20)", async () => {
    const w = await f.world();
    const gpu = await f.register(w, w.alice);
    const stake = await f.minStake(w);
    await w.registry.assignNamed(gpu, LOCK);
    await as(w, w.alice).beginUnbond(gpu, stake);
    await f.nextDay(30n);
    await expect(as(w, w.alice).withdraw(gpu, w.alice)).to.changeTokenBalance(w.token, w.alice, stake - LOCK * f.GWEI);
    expect(await w.registry.callerPayGwei(1)).to.be.above(LOCK);

    const caller = await f.accountOf(w, w.keeper);
    const missed = { lockGwei: LOCK, kind: f.Kind.NonCompletion, freeSlot: true, caller };
    await w.registry.conclude(f.outcomeOf(gpu, missed));
    expect((await w.registry.gpuOf(gpu)).unbonding).to.equal(0);
    expect(await w.registry.creditOf(caller)).to.equal(LOCK * f.GWEI);
    const { fees } = await w.lens.totals();
    expect(await w.token.balanceOf(w.registry)).to.equal(fees + LOCK * f.GWEI);
    await w.registry.collect(caller);
    expect(await w.token.balanceOf(w.registry)).to.equal(fees);
  });

  it("charges the 256th decline of a day like the 255th, and stops counting there", async () => {
    const w = await f.world();
    await f.nextDay();
    const gpu = await f.register(w, w.alice);
    for (let declines = 1; declines <= 254; declines++) await w.registry.recordDecline(gpu, 0);
    const charged = (await w.registry.callerPayGwei(1)) * f.GWEI;
    for (let more = 0; more < 3; more++) {
      await expect(w.registry.recordDecline(gpu, 0)).to.emit(w.registry, "Declined").withArgs(gpu, 255, charged);
    }
    expect((await asideWordOf(w, gpu)).declines).to.equal(255);
    expect(await w.registry.stakeOf(await f.accountOf(w, w.alice))).to.equal((await f.minStake(w)) - 254n * charged);
  });
});
