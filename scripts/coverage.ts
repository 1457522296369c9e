/**
 * `npm run coverage`: solidity-coverage over the whole suite in a scratch copy, so that instrumented artifacts never reach
 * the working tree; then the floor. The report is left in coverage/.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import {
  coverageFindings,
  exceptionsSchema,
  summarySchema,
  type Exceptions,
  type Summary,
} from "../src/toolchain/coverage";
import { failWith, ROOT, runBin } from "../src/toolchain/run";
import { makeScratch, removeScratch } from "../src/toolchain/scratch";

/**
 * The tests that reach contracts: those of stores, work and command lines would only take time. Those of the protocol
 * compare the words of the market with their libraries. Properties are left out: units and scenarios have to reach every
 * line and branch by themselves, and each property would take minutes with counters in it.
 */
const UNITS = [
  "assets",
  "emission",
  "governance",
  "libraries",
  "market",
  "protocol",
  "randomness",
  "registry",
  "sale",
  "token",
  "vault",
  "vesting",
];
const TESTS = `{test/unit/{${UNITS.join(",")}},test/scenario/market}/**/*.test.ts`;
const REPORT = join(ROOT, "coverage");

async function main(): Promise<number> {
  const scratch = makeScratch({ build: false });
  let code: number;
  try {
    const args = ["coverage", "--solcoverjs", "src/toolchain/solcover.cjs", "--testfiles", TESTS];
    const env = { ...process.env, SOLIDITY_COVERAGE: "true", NODE_OPTIONS: "--max-old-space-size=8192" };
    ({ code } = await runBin("hardhat", args, { cwd: scratch, env }));
    rmSync(REPORT, { recursive: true, force: true });
    if (existsSync(join(scratch, "coverage"))) cpSync(join(scratch, "coverage"), REPORT, { recursive: true });
  } finally {
    removeScratch(scratch);
  }
  if (!existsSync(join(REPORT, "coverage-summary.json"))) throw new Error("coverage: no report was written");

  const findings = coverageFindings(readSummary(), contractFiles(), readExceptions());
  for (const finding of findings) console.log(finding);
  if (code !== 0) console.log("coverage: tests failed under instrumentation");
  console.log(`coverage floor: ${findings.length === 0 ? "held" : `${findings.length} findings`}`);
  return code === 0 && findings.length === 0 ? 0 : 1;
}

function readSummary(): Summary {
  return summarySchema.parse(JSON.parse(readFileSync(join(REPORT, "coverage-summary.json"), "utf8")));
}

function contractFiles(): string[] {
  return readdirSync(join(ROOT, "contracts"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sol") && !file.startsWith("mocks"))
    .map((file) => posix.join("contracts", file));
}

function readExceptions(): Exceptions {
  const file = join(ROOT, "docs", "coverage-exceptions.json");
  return existsSync(file) ? exceptionsSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
}

main().then((code) => process.exit(code), failWith);
