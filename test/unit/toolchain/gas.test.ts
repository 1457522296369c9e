import { expect } from "chai";
import {
  count,
  excusedRows,
  gasFindings,
  innerFrames,
  polygonSurcharge,
  register,
  toMarkdown,
  unexplainedMisses,
  type ReportRow,
  type Step,
} from "../../../src/toolchain/gas";
import { GAS_ROWS } from "../../../src/toolchain/gas-rows";

const row = (gas: number, change: Partial<ReportRow> = {}): ReportRow => ({
  id: "deposit",
  gas,
  calldataBytes: 68,
  floor: 33_800,
  target: 48_000,
  peer: 33_807,
  note: "",
  polygon: gas,
  spent: { base: gas, calldata: 0, storageReads: 0, storageWrites: 0, logs: 0, accounts: 0, rest: 0 },
  ...change,
});
const step = (op: string, gasCost: number, change: Partial<Step> = {}): Step => ({
  op,
  gasCost,
  gas: 0,
  depth: 1,
  ...change,
});

describe("gas rows", () => {
  it("have one id each", () => {
    expect(new Set(GAS_ROWS.map(({ id }) => id)).size).to.equal(GAS_ROWS.length);
  });

  it("are measured once and only when known", () => {
    const measure = async () => ({ transactions: [] });
    expect(() => register("no_such_row", measure)).to.throw("no row is called");
    register("gov_vote", measure);
    expect(() => register("gov_vote", measure)).to.throw("registered twice");
  });
});

describe("gasFindings", () => {
  it("accepts a rise of 1% and any fall", () => {
    expect(gasFindings([row(40_000)], [row(40_400)], new Set())).to.deep.equal([]);
    expect(gasFindings([row(40_000)], [row(10_000)], new Set())).to.deep.equal([]);
  });

  it("finds a rise over 1% unless the commit message explains it", () => {
    expect(gasFindings([row(40_000)], [row(40_401)], new Set())).to.have.length(1);
    const excused = excusedRows("Check more\n\ngas: deposit the day's lowest balance is kept\ngas: slash\n");
    expect([...excused]).to.deep.equal(["deposit"]);
    expect(gasFindings([row(40_000)], [row(90_000)], excused)).to.deep.equal([]);
  });

  it("finds a row that is gone", () => {
    expect(gasFindings([row(40_000)], [], new Set())).to.deep.equal(["deposit: not measured any more"]);
  });
});

describe("unexplainedMisses", () => {
  it("wants a note for a missed target", () => {
    expect(unexplainedMisses([row(48_000)])).to.deep.equal([]);
    expect(unexplainedMisses([row(48_001)])).to.have.length(1);
    expect(unexplainedMisses([row(48_001, { note: "3,000 are checkpoints" })])).to.deep.equal([]);
    expect(unexplainedMisses([row(1e9, { target: null })])).to.deep.equal([]);
  });
});

describe("count", () => {
  it("sorts what steps spent, and counts the first touch of a contract in a transaction only", () => {
    const spent = { base: 0, calldata: 0, storageReads: 0, storageWrites: 0, logs: 0, accounts: 0, rest: 0 };
    const touch = (op: string, ...stack: string[]) => step(op, 100, { stack });
    const steps = [
      step("SLOAD", 2_100),
      step("SSTORE", 2_900),
      step("LOG3", 1_500),
      touch("EXTCODESIZE", "aa00"),
      touch("CALL", "aa00", "gas"),
      touch("STATICCALL", "bb00", "gas"),
      touch("DELEGATECALL", "cc00", "gas"),
      touch("STATICCALL", "1", "gas"),
      step("ADD", 3),
    ];
    count(spent, steps, "0xbb00");
    expect(spent).to.deep.equal({
      base: 0,
      calldata: 0,
      storageReads: 2_100,
      storageWrites: 2_900,
      logs: 1_500,
      accounts: 5_200,
      rest: 0,
    });
  });
});

describe("polygonSurcharge", () => {
  it("prices cold reads and cold writes only", () => {
    const warm = [step("SLOAD", 100), step("SSTORE", 100), step("SSTORE", 2_900), step("SSTORE", 20_000)];
    expect(polygonSurcharge(warm)).to.equal(0);
    expect(polygonSurcharge([...warm, step("SLOAD", 2_100)])).to.equal(3_360);
    expect(polygonSurcharge([...warm, step("SSTORE", 5_000), step("SSTORE", 22_100)])).to.equal(5_880);
  });
});

describe("innerFrames", () => {
  const to = "0x00000000000000000000000000000000000000aa";
  // Top of the stack last: gas, address, value, input offset.
  const call = (gas: number, selector: string, address = "aa"): Step =>
    step("CALL", 0, { gas, stack: ["4", "0", address, "ffff"], memory: [`00000000${selector}`.padEnd(64, "0")] });
  const steps = [
    call(1_000, "deadbeef"),
    step("SLOAD", 2_100, { depth: 2, gas: 800 }),
    step("POP", 2, { gas: 700 }),
    call(600, "deadbeef", "bb"),
    step("SLOAD", 2_100, { depth: 2, gas: 500 }),
    step("POP", 2, { gas: 450 }),
    call(400, "deadbeef"),
    step("STOP", 0, { depth: 2, gas: 300 }),
    step("POP", 2, { gas: 250 }),
  ];

  it("are the calls of that function of that contract, with what they cost the caller", () => {
    const frames = innerFrames({ steps }, { to, selector: "0xdeadbeef" });
    expect(frames.map(({ gas }) => gas)).to.deep.equal([300, 150]);
    expect(frames.map((frame) => polygonSurcharge(frame.steps))).to.deep.equal([3_360, 0]);
    expect(innerFrames({ steps }, { to, selector: "0xdeadbeef", nth: 1 }).map(({ gas }) => gas)).to.deep.equal([150]);
    expect(innerFrames({ steps }, { to, selector: "0xdeadbee0" })).to.deep.equal([]);
  });
});

describe("toMarkdown", () => {
  it("shows verdict, peer and note", () => {
    const text = toMarkdown([row(50_000, { note: "2,000 for votes" })]);
    expect(text).to.contain("| `deposit` | 50,000 | 48,000 | over by 2,000 | 33,800 | 33,807 Boundless | 68 |");
    expect(text).to.contain("| 2,000 for votes |");
  });
});
