import { existsSync, readdirSync } from "node:fs";
import { expect } from "chai";
import {
  addHits,
  coverageFindings,
  exceptionsSchema,
  hitMapSchema,
  PARTS,
  partsOf,
  recordFindings,
  recordSchema,
  renewRecord,
  sampleParts,
  type Summary,
} from "../../../src/toolchain/coverage";

const full = { total: 10, covered: 10, pct: 100 };
const part = { total: 10, covered: 9, pct: 90 };
const files = ["contracts/token/A.sol"];
const summary = (branches: typeof full): Summary => ({
  "contracts/token/A.sol": { lines: full, statements: full, functions: full, branches },
});
const exception = (floor: number) => ({
  "contracts/token/A.sol": { branches: { floor, why: "the second way cannot be reached, because ..." } },
});

describe("coverageFindings", () => {
  it("is empty at 100%", () => {
    expect(coverageFindings(summary(full), files, {})).to.deep.equal([]);
  });

  it("finds one metric below 100%", () => {
    expect(coverageFindings(summary(part), files, {})).to.deep.equal([
      "contracts/token/A.sol: branches 90% (9 of 10), floor 100%",
    ]);
  });

  it("accepts an exception down to its floor", () => {
    expect(coverageFindings(summary(part), files, exception(90))).to.deep.equal([]);
    expect(coverageFindings(summary(part), files, exception(91))).to.have.length(1);
  });

  it("finds an exception that is not needed any more", () => {
    expect(coverageFindings(summary(full), files, exception(90))).to.deep.equal([
      "contracts/token/A.sol: the exception for branches is not needed",
    ]);
  });

  it("finds a contract that was never measured", () => {
    expect(coverageFindings({}, files, {})).to.deep.equal(["contracts/token/A.sol: not in the report"]);
  });

  it("refuses an exception without a reason", () => {
    const nothing = { "contracts/token/A.sol": { lines: { floor: 90, why: "" } } };
    expect(exceptionsSchema.safeParse(nothing).success).to.equal(false);
    expect(exceptionsSchema.safeParse(exception(90)).success).to.equal(true);
  });
});

describe("addHits", () => {
  const file = "contracts/token/A.sol";
  const run = (hits: number) =>
    hitMapSchema.parse({
      [file]: {
        path: "/nowhere/A.sol",
        l: { 7: hits },
        s: { 1: hits },
        f: { 1: 1 },
        b: { 1: [hits, 0] },
        fnMap: { 1: "f" },
      },
    });
  const pathOf = (name: string) => `/repository/${name}`;

  it("adds every kind of hit, keeps the maps, and names the source's own place", () => {
    expect(addHits([run(0), run(2), run(3)], pathOf)).to.deep.equal({
      [file]: {
        path: `/repository/${file}`,
        l: { 7: 5 },
        s: { 1: 5 },
        f: { 1: 3 },
        b: { 1: [5, 0] },
        fnMap: { 1: "f" },
      },
    });
  });

  it("refuses runs of other contracts", () => {
    expect(() => addHits([run(1), {}], pathOf)).to.throw("not of the same contracts");
    const longer = { [file]: { ...run(1)[file]!, l: { 7: 1, 8: 1 } } };
    expect(() => addHits([longer, run(1)], pathOf)).to.throw("not of the same contracts");
  });
});

describe("parts of the coverage", () => {
  it("are folders of contracts that exist, and their tests", () => {
    for (const part of Object.keys(PARTS)) expect(existsSync(`contracts/${part}`), part).to.equal(true);
    const others = readdirSync("contracts").filter((folder) => !(folder in PARTS));
    expect(others.sort()).to.deep.equal(["libraries", "mocks"]);
  });

  it("are named", () => {
    expect(partsOf(["sale", "vault"])).to.deep.equal(["sale", "vault"]);
    expect(() => partsOf(["libraries"])).to.throw("no part is called libraries");
    expect(() => partsOf(["toString"])).to.throw("no part is called toString");
  });

  it("are sampled by the seed alone, and each comes up but the two that take long", () => {
    expect(sampleParts(2, "a")).to.deep.equal(sampleParts(2, "a"));
    const seen = new Set(Array.from({ length: 200 }, (_, seed) => sampleParts(1, String(seed))).flat());
    const short = Object.keys(PARTS).filter((part) => part !== "market" && part !== "registry");
    expect([...seen].sort()).to.deep.equal(short.sort());
  });
});

describe("the record of what runs reached", () => {
  const whole = { lines: full, statements: full, functions: full, branches: full };
  const half = { ...whole, branches: { total: 2, covered: 1, pct: 50 } };
  const [a, b] = ["contracts/token/A.sol", "contracts/libraries/B.sol"];
  const sources = { [a]: "contract A {}", [b]: "library B {}" };
  const changed = { ...sources, [b]: "library B { }" };
  const record = renewRecord({}, { [a]: whole, [b]: whole }, sources, {});

  it("is of exactly these contracts", () => {
    expect(recordSchema.parse(record)).to.deep.equal(record);
    expect(recordFindings(record, sources)).to.deep.equal([]);
    expect(recordFindings(record, changed)).to.have.lengthOf(1);
    expect(recordFindings({}, sources)).to.have.lengthOf(2);
    expect(recordFindings(record, { [a]: sources[a] as string })).to.have.lengthOf(1);
  });

  it("renews what a run found at its floor, and keeps the rest as it was", () => {
    const part = renewRecord(record, { [a]: whole, [b]: half }, changed, {});
    expect(recordFindings(part, changed)).to.have.lengthOf(1);
    const renewed = renewRecord(part, { [a]: half, [b]: whole }, changed, {});
    expect(recordFindings(renewed, changed)).to.deep.equal([]);
    expect(renewed[a]).to.deep.equal(record[a]);
    const excused = { [b]: { branches: { floor: 50, why: "a reason of twenty letters" } } };
    expect(recordFindings(renewRecord(record, { [b]: half }, changed, excused), changed)).to.deep.equal([]);
  });

  it("does not enter what was never at its floor, and forgets what is gone", () => {
    expect(Object.keys(renewRecord({}, { [a]: half, [b]: whole }, sources, {}))).to.deep.equal([b]);
    expect(Object.keys(renewRecord(record, {}, { [a]: sources[a] as string }, {}))).to.deep.equal([a]);
  });
});
