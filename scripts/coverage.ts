/**
 * `npm run coverage`: solidity-coverage over the contracts' unit tests, in two processes with a scratch copy each, so that
 * instrumented artifacts never reach the working tree; then the floor. The report is left in coverage/.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import {
  addHits,
  coverageFindings,
  exceptionsSchema,
  hitMapSchema,
  summarySchema,
  type Exceptions,
  type HitMap,
  type Summary,
} from "../src/toolchain/coverage";
import { failWith, ROOT, runBin } from "../src/toolchain/run";
import { makeScratch, removeScratch } from "../src/toolchain/scratch";

/**
 * The tests that reach contracts, one row a process: those of stores, work and command lines would only take time. Those of
 * the protocol compare the words of the market with their libraries. Properties and most scenarios are left out: units have
 * to reach every line and branch by themselves, and each property would take minutes with counters in it. The scenarios of
 * these two files are the units of fallback draws and of the escrow's guard. The market's take as long as all others.
 */
const ROWS = [
  "test/unit/market/**/*.test.ts",
  "test/{scenario/market/{fallback,reentry},unit/{assets,emission,governance,libraries,protocol,randomness,registry,review,sale,token,vault,vesting}/**/*}.test.ts",
];
const REPORT = join(ROOT, "coverage");
const REPORTS = ["json-summary", "html", "lcov", "text"];

/** What this file uses of solidity-coverage's fork of istanbul, which has no types. */
type Istanbul = {
  Collector: new () => { add(map: HitMap): void };
  Reporter: new (
    config: boolean,
    folder: string,
  ) => { add(report: string): void; write(collector: object, sync: boolean, done: (error?: Error) => void): void };
};

async function main(): Promise<number> {
  const runs = await Promise.all(ROWS.map(measure));
  const maps = runs.flatMap(({ hits }) => (hits === undefined ? [] : [hits]));
  if (maps.length < runs.length) throw new Error("coverage: a run ended without measuring anything");
  await report(addHits(maps, (file) => join(ROOT, file)));
  const findings = coverageFindings(readSummary(), contractFiles(), readExceptions());
  for (const finding of findings) console.log(finding);
  const passed = runs.every(({ code }) => code === 0);
  if (!passed) console.log("coverage: tests failed under instrumentation");
  console.log(`coverage floor: ${findings.length === 0 ? "held" : `${findings.length} findings`}`);
  return passed && findings.length === 0 ? 0 : 1;
}

/** Runs tests on instrumented contracts. */
async function measure(tests: string): Promise<{ code: number; hits?: HitMap }> {
  const scratch = makeScratch({ build: false });
  try {
    const args = ["coverage", "--solcoverjs", "src/toolchain/solcover.cjs", "--testfiles", tests];
    const env = { ...process.env, SOLIDITY_COVERAGE: "true", NODE_OPTIONS: "--max-old-space-size=8192" };
    const { code, output } = await runBin("hardhat", args, { cwd: scratch, env, quiet: true });
    console.log(`== ${tests}\n${output.trimEnd()}`);
    const file = join(scratch, "coverage.json");
    if (!existsSync(file)) return { code };
    return { code, hits: hitMapSchema.parse(JSON.parse(readFileSync(file, "utf8"))) };
  } finally {
    removeScratch(scratch);
  }
}

async function report(hits: HitMap): Promise<void> {
  rmSync(REPORT, { recursive: true, force: true });
  const { Collector, Reporter } = createRequire(require.resolve("solidity-coverage/package.json"))(
    "sc-istanbul",
  ) as Istanbul;
  const collector = new Collector();
  collector.add(hits);
  const reporter = new Reporter(false, REPORT);
  for (const kind of REPORTS) reporter.add(kind);
  await new Promise<void>((resolve, reject) => {
    reporter.write(collector, true, (error) => (error ? reject(error) : resolve()));
  });
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
