import { expect } from "chai";
import { countDemo, countForge, countGate, countMocha } from "../../../src/toolchain/ci";
import type { RunResult } from "../../../src/toolchain/run";

const ended = (code: number, output = ""): RunResult => ({ code, output, stdout: output, timedOut: false });
const failure = { passed: 0, failed: 1 };

describe("counts of the gates", () => {
  it("a gate counts as one", () => {
    expect(countGate(ended(0))).to.deep.equal({ passed: 1, failed: 0 });
    expect(countGate(ended(2))).to.deep.equal(failure);
  });

  it("mocha's tests count each", () => {
    expect(countMocha(ended(0, "  31 passing (2s)\n  1 pending\n"))).to.deep.equal({ passed: 31, failed: 0 });
    expect(countMocha(ended(2, "  31 passing (2s)\n  2 failing\n"))).to.deep.equal({ passed: 31, failed: 2 });
  });

  it("mocha that ends badly, early or without a test is a failure", () => {
    expect(countMocha(ended(1, "  31 passing (2s)\n"))).to.deep.equal({ passed: 31, failed: 1 });
    expect(countMocha(ended(0, "  0 passing (0ms)\n"))).to.deep.equal(failure);
    expect(countMocha(ended(1, "Error HH600: Compilation failed"))).to.deep.equal(failure);
  });

  it("forge's tests count each, and rare actions as failures", () => {
    expect(countForge(ended(0, "noise\nforge: 12 passed, 0 failed\n"))).to.deep.equal({ passed: 12, failed: 0 });
    expect(countForge(ended(1, "forge: 12 passed, 3 failed\n"))).to.deep.equal({ passed: 12, failed: 3 });
    expect(countForge(ended(1, "forge: 12 passed, 0 failed\n"))).to.deep.equal({ passed: 12, failed: 1 });
    expect(countForge(ended(1, "forge is missing"))).to.deep.equal(failure);
  });

  it("the demo must say that it went well to the wei", () => {
    const said = (ok: boolean, difference: string) => JSON.stringify({ ok, conservation: { difference } });
    expect(countDemo(ended(0, said(true, "0")))).to.deep.equal({ passed: 1, failed: 0 });
    expect(countDemo(ended(0, said(true, "1")))).to.deep.equal(failure);
    expect(countDemo(ended(0, said(false, "0")))).to.deep.equal(failure);
    expect(countDemo(ended(1, said(true, "0")))).to.deep.equal(failure);
    expect(countDemo(ended(0, "not json"))).to.deep.equal(failure);
  });
});
