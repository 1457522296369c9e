import { expect } from "chai";
import { judge, listFindings, mutantsSchema, plant, sampleMutants, type Mutant } from "../../../src/toolchain/mutate";
import type { RunResult } from "../../../src/toolchain/run";

const mutant = (change: Partial<Mutant> = {}): Mutant => ({
  id: "first",
  file: "contracts/vault/PaymentVault.sol",
  find: "a < b",
  replace: "a <= b",
  why: "the boundary would belong to both sides",
  tests: ["test/unit/toolchain/mutate.test.ts"],
  ...change,
});
const ended = (code: number, output = "", timedOut = false): RunResult => ({ code, output, stdout: output, timedOut });

describe("plant", () => {
  it("replaces the one occurrence, as plain text", () => {
    expect(plant("if (a < b) {}", mutant({ replace: "$& $1" }))).to.equal("if ($& $1) {}");
  });

  it("refuses a snippet that is missing, ambiguous or unchanged", () => {
    expect(() => plant("if (b < a) {}", mutant())).to.throw("occurs 0 times");
    expect(() => plant("a < b; a < b", mutant())).to.throw("occurs 2 times");
    expect(() => plant("a < b", mutant({ replace: "a < b" }))).to.throw("nothing changes");
  });
});

describe("listFindings", () => {
  it("finds doubles, files that do not exist and snippets that are gone", () => {
    const file = "contracts/no/Such.sol";
    const list = [mutant({ file }), mutant({ file }), mutant({ id: "second", find: "no such snippet" })];
    const findings = listFindings(list);
    expect(findings[0]).to.equal("first is listed twice");
    expect(findings[1]).to.contain(file);
    expect(findings[3]).to.contain("occurs 0 times");
  });
});

describe("sampleMutants", () => {
  const many = Array.from({ length: 40 }, (_, index) => mutant({ id: `m${index}` }));
  const ids = (list: readonly Mutant[]) => list.map(({ id }) => id);

  it("depends on the seed and not on the order of the list", () => {
    const sample = ids(sampleMutants(many, 8, "seed"));
    expect(new Set(sample).size).to.equal(8);
    expect(ids(sampleMutants([...many].reverse(), 8, "seed"))).to.deep.equal(sample);
    expect(ids(sampleMutants(many, 8, "other"))).to.not.deep.equal(sample);
  });
});

describe("judge", () => {
  const compiled = ended(0);

  it("counts a failing test as a kill", () => {
    expect(judge(compiled, ended(1, "  3 passing (1s)\n  1 failing\n")).verdict).to.equal("killed");
    expect(judge(compiled, ended(128, "", true)).verdict).to.equal("killed");
  });

  it("counts passing tests as survival", () => {
    expect(judge(compiled, ended(0, "  3 passing (1s)\n")).verdict).to.equal("survived");
  });

  it("counts what proves nothing as invalid", () => {
    expect(judge(ended(1), undefined).verdict).to.equal("invalid");
    expect(judge(compiled, ended(1, "SyntaxError")).verdict).to.equal("invalid");
    expect(judge(compiled, ended(0, "  0 passing (1s)\n")).verdict).to.equal("invalid");
    expect(judge(compiled, ended(1, "  3 passing (1s)\n")).verdict).to.equal("invalid");
  });
});

describe("mutantsSchema", () => {
  it("wants a reason and mapped mocha tests", () => {
    expect(mutantsSchema.safeParse([mutant()]).success).to.equal(true);
    expect(mutantsSchema.safeParse([mutant({ why: "" })]).success).to.equal(false);
    expect(mutantsSchema.safeParse([mutant({ tests: [] })]).success).to.equal(false);
    expect(mutantsSchema.safeParse([mutant({ tests: ["test/invariant/X.t.sol"] })]).success).to.equal(false);
  });
});
