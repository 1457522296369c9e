import { expect } from "chai";
import { loadOf, meterEnergy } from "../../../src/workload";

describe("meterEnergy", () => {
  it("is power times time in milliwatt-hours, rounded up", () => {
    expect(meterEnergy(3600, { watts: 70 }, 1)).to.equal(70_000n);
    expect(meterEnergy(1, { watts: 70 }, 1)).to.equal(20n);
    expect(meterEnergy(0, { watts: 70 }, 1)).to.equal(0n);
  });

  it("adds the load's part of what lies above idle", () => {
    expect(meterEnergy(3600, { watts: 700, idleWatts: 100 }, 0)).to.equal(100_000n);
    expect(meterEnergy(3600, { watts: 700, idleWatts: 100 }, 0.5)).to.equal(400_000n);
    expect(meterEnergy(3600, { watts: 700, idleWatts: 100, slots: 4 }, 0.5)).to.equal(100_000n);
  });

  it("takes a load outside 0 to 1 for the nearest", () => {
    expect(meterEnergy(36, { watts: 300 }, 7)).to.equal(meterEnergy(36, { watts: 300 }, 1));
    expect(meterEnergy(36, { watts: 300, idleWatts: 30 }, -1)).to.equal(300n);
  });

  it("load is processor time per time, at most 1", () => {
    expect(loadOf({ elapsedSeconds: 4, cpuSeconds: 1 })).to.equal(0.25);
    expect(loadOf({ elapsedSeconds: 1, cpuSeconds: 1.3 })).to.equal(1);
    expect(loadOf({ elapsedSeconds: 0, cpuSeconds: 0 })).to.equal(0);
  });
});
