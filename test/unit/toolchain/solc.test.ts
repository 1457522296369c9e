import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import compiler from "../../../compiler.json";
import { strictDiagnostics, type Diagnostic } from "../../../src/toolchain/diagnostics";

const SOLC = join(__dirname, "../../../src/toolchain/solc.cjs");

describe("solc wrapper", () => {
  it("reports the version that compiler.json names", () => {
    const { stdout } = spawnSync(SOLC, ["--version"], { encoding: "utf8" });
    expect(stdout).to.contain(`Version: ${compiler.longVersion}`);
    expect(compiler.longVersion.startsWith(`${compiler.version}+`)).to.equal(true);
  });

  it("compiles an input that overflows the stack of solc-js", () => {
    const content = `// SPDX-License-Identifier: MIT\npragma solidity ${compiler.version};\ncontract C {}\n`;
    const outputSelection = { "*": { "*": ["evm.bytecode.object"] } };
    const input = { language: "Solidity", sources: { "C.sol": { content } }, settings: { outputSelection } };
    const { stdout } = spawnSync(SOLC, ["--standard-json"], {
      encoding: "utf8",
      input: JSON.stringify(input) + " ".repeat(12_000_000),
      maxBuffer: 1e9,
    });
    const output = JSON.parse(stdout) as { contracts: { "C.sol": { C: { evm: { bytecode: { object: string } } } } } };
    expect(output.contracts["C.sol"].C.evm.bytecode.object).to.match(/^60/);
  });

  it("refuses any other use", () => {
    expect(spawnSync(SOLC, ["C.sol"]).status).to.not.equal(0);
  });
});

describe("strictDiagnostics", () => {
  const diagnostic = (severity: Diagnostic["severity"], file?: string): Diagnostic => ({
    severity,
    message: "said",
    ...(file === undefined ? {} : { sourceLocation: { file } }),
  });

  it("raises warnings of our own sources, and those without a place, to errors", () => {
    const strict = strictDiagnostics([diagnostic("warning", "contracts/token/T.sol"), diagnostic("warning")]);
    expect(strict.map((d) => d.severity)).to.deep.equal(["error", "error"]);
  });

  it("drops warnings of packages and keeps their errors", () => {
    const packages = "@openzeppelin/contracts/X.sol";
    const strict = strictDiagnostics([diagnostic("warning", packages), diagnostic("error", packages)]);
    expect(strict).to.deep.equal([diagnostic("error", packages)]);
  });
});
