import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import compiler from "../../../compiler.json";
import { forgeEnvironment, forgeSummary } from "../../../src/toolchain/forge";
import { ROOT } from "../../../src/toolchain/run";
import { withoutMetadata } from "../../../src/toolchain/same-code";
import { actionSuccesses, sumSuccesses } from "../../../src/toolchain/successes";

describe("forge settings", () => {
  it("come from compiler.json and are not repeated in foundry.toml", () => {
    const env = forgeEnvironment("default");
    expect(env["FOUNDRY_OPTIMIZER_RUNS"]).to.equal(String(compiler.settings.optimizer.runs));
    expect(env["FOUNDRY_EVM_VERSION"]).to.equal(compiler.settings.evmVersion);
    expect(readFileSync(join(ROOT, "foundry.toml"), "utf8")).to.not.match(/^\s*(optimizer|evm_version|via_ir)/m);
  });
});

describe("withoutMetadata", () => {
  it("cuts the metadata by the length at its end", () => {
    expect(withoutMetadata("0x6001a26469706673aabb0008")).to.equal("6001");
    expect(withoutMetadata("0x6001a26469706673ccdd0008")).to.equal("6001");
  });

  it("leaves code without metadata whole", () => {
    expect(withoutMetadata("0x60016002")).to.equal("60016002");
    expect(withoutMetadata("")).to.equal("");
  });
});

describe("forgeSummary", () => {
  it("reads the closing line, with and without colours", () => {
    const line = "Ran 2 test suites in 1.52s (2.00s CPU time): 31 tests passed, 2 failed, 0 skipped (33 total tests)";
    expect(forgeSummary(`noise\n${line}\n`)).to.deep.equal({ passed: 31, failed: 2 });
    expect(forgeSummary(line.replace("31", "\x1b[32m31\x1b[0m"))).to.deep.equal({ passed: 31, failed: 2 });
  });

  it("is undefined when no test ran", () => {
    expect(forgeSummary("No tests found in project!")).to.equal(undefined);
  });
});

describe("successes of handler actions", () => {
  const handlers = [
    {
      handler: "VaultHandler",
      actions: new Map([
        ["0x00000001", "deposit"],
        ["0x00000002", "withdraw"],
      ]),
    },
  ];

  it("are summed over runs, also where two campaigns wrote at once", () => {
    const sums = sumSuccesses(["|VaultHandler.0x00000001=3||VaultHandler.0x00000001=4|\n\n", "|\n"]);
    expect(actionSuccesses(handlers, sums)).to.deep.equal([
      { handler: "VaultHandler", action: "deposit", successes: 7 },
      { handler: "VaultHandler", action: "withdraw", successes: 0 },
    ]);
  });

  it("of an unknown handler are refused", () => {
    expect(() => actionSuccesses(handlers, sumSuccesses(["|Typo.0x00000001=1|"]))).to.throw("Typo.0x00000001");
  });

  it("that cannot be read are refused", () => {
    expect(() => sumSuccesses(["|VaultHandler.0x0000=3|"])).to.throw("unreadable");
  });
});
