/**
 * `npm run coverage`: solidity-coverage over the contracts' unit tests, in two processes with a scratch copy each, so that
 * instrumented artifacts never reach the working tree; then the floor. The report is left in coverage/, the record of it in
 * docs/coverage.json.
 *
 * `npm run coverage -- PART...` measures the contracts of some folders by their own tests and the libraries' alone, and renews
 * the record of what it found at its floor; `-- --check [--sample N] [--seed S]` wants the record to be of the present
 * contracts and measures a sample of the folders anew.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { Command } from "commander";
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
  summarySchema,
  type CoverageRecord,
  type Exceptions,
  type HitMap,
  type Part,
  type Sources,
  type Summary,
} from "../src/toolchain/coverage";
import { failWith, ROOT, runBin } from "../src/toolchain/run";
import { makeScratch, removeScratch } from "../src/toolchain/scratch";

/**
 * The tests that reach contracts, in two rows that take as long: those of stores, work and command lines would only take
 * time. Those of the protocol compare the words of the market with their libraries. Properties and most scenarios are left
 * out: units have to reach every line and branch by themselves, and each property would take minutes with counters in it.
 * The scenarios of the market's part are the units of fallback draws and of the escrow's guard.
 */
const LIBRARY_TESTS = ["test/unit/libraries/**/*.test.ts", "test/unit/protocol/**/*.test.ts"];
const ROWS = [[PARTS.market], [...Object.values(PARTS).filter((tests) => tests !== PARTS.market), ...LIBRARY_TESTS]];
const REPORT = join(ROOT, "coverage");
const RECORD = join(ROOT, "docs", "coverage.json");
const REPORTS = ["json-summary", "html", "lcov", "text"];

/** What this file uses of solidity-coverage's fork of istanbul, which has no types. */
type Istanbul = {
  Collector: new () => { add(map: HitMap): void };
  Reporter: new (
    config: boolean,
    folder: string,
  ) => { add(report: string): void; write(collector: object, sync: boolean, done: (error?: Error) => void): void };
};

type Options = { check?: boolean; sample: string; seed: string };
type Measured = { code: number; hits?: HitMap };

async function main(argv: string[]): Promise<number> {
  const program = new Command("coverage")
    .argument("[parts...]", `measure some of ${Object.keys(PARTS).join(", ")}`)
    .option("--check", "want the record to be of these contracts, and measure a sample")
    .option("--sample <n>", "folders that a check measures", "1")
    .option("--seed <text>", "decides which they are", "0")
    .parse(argv);
  const { check = false, sample, seed } = program.opts<Options>();
  if (check) {
    const findings = recordFindings(readRecord(), readSources());
    return conclude([...findings, ...(await measureParts(sampleParts(Number(sample), seed), []))]);
  }
  const parts = partsOf(program.args);
  return conclude(await (parts.length > 0 ? measureParts(parts, LIBRARY_TESTS) : measureAll()));
}

function conclude(findings: readonly string[]): number {
  for (const finding of findings) console.log(finding);
  console.log(`coverage floor: ${findings.length === 0 ? "held" : `${findings.length} findings`}`);
  return findings.length === 0 ? 0 : 1;
}

async function measureAll(): Promise<string[]> {
  const sources = readSources();
  const { summary, failures } = await measureRows(ROWS);
  if (failures.length === 0) renew(summary, sources);
  return [...failures, ...coverageFindings(summary, Object.keys(sources), readExceptions())];
}

/** Each part by its own tests, and what else there is to reach libraries; all in one run, since compiling takes longer than most of them. */
async function measureParts(parts: readonly Part[], besides: readonly string[]): Promise<string[]> {
  if (parts.length === 0) return [];
  console.log(`coverage: ${parts.join(", ")}`);
  const sources = readSources();
  const { summary, failures } = await measureRows([[...parts.map((part) => PARTS[part]), ...besides]]);
  if (failures.length === 0 && besides.length > 0) renew(summary, sources);
  const isOf = (file: string) => parts.some((part) => file.startsWith(`contracts/${part}/`));
  const exceptions = Object.entries(readExceptions()).filter(([file]) => isOf(file));
  return [...failures, ...coverageFindings(summary, contractFiles().filter(isOf), Object.fromEntries(exceptions))];
}

/** Writes down what a run without failures reached. A check writes nothing. */
function renew(summary: Summary, sources: Sources): void {
  const record = renewRecord(readRecord(), summary, sources, readExceptions());
  const lines = Object.entries(record).map(([file, entry]) => `  ${JSON.stringify(file)}: ${JSON.stringify(entry)}`);
  writeFileSync(RECORD, `{\n${lines.join(",\n")}\n}\n`);
}

async function measureRows(rows: readonly (readonly string[])[]): Promise<{ summary: Summary; failures: string[] }> {
  const runs = await Promise.all(rows.map(measure));
  const maps = runs.flatMap(({ hits }) => (hits === undefined ? [] : [hits]));
  if (maps.length < runs.length) throw new Error("coverage: a run ended without measuring anything");
  await report(addHits(maps, (file) => join(ROOT, file)));
  const failed = runs.some(({ code }) => code !== 0);
  return { summary: readSummary(), failures: failed ? ["tests failed under instrumentation"] : [] };
}

/** Runs tests on instrumented contracts. */
async function measure(tests: readonly string[]): Promise<Measured> {
  const scratch = makeScratch({ build: false });
  try {
    const files = tests.length === 1 ? tests.join() : `{${tests.join(",")}}`;
    const args = ["coverage", "--solcoverjs", "src/toolchain/solcover.cjs", "--testfiles", files];
    const env = { ...process.env, SOLIDITY_COVERAGE: "true", NODE_OPTIONS: "--max-old-space-size=8192" };
    const { code, output } = await runBin("hardhat", args, { cwd: scratch, env, quiet: true });
    console.log(`== ${files}\n${output.trimEnd()}`);
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

function readSources(): Sources {
  return Object.fromEntries(contractFiles().map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
}

function readRecord(): CoverageRecord {
  return existsSync(RECORD) ? recordSchema.parse(JSON.parse(readFileSync(RECORD, "utf8"))) : {};
}

function readExceptions(): Exceptions {
  const file = join(ROOT, "docs", "coverage-exceptions.json");
  return existsSync(file) ? exceptionsSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
}

main(process.argv).then((code) => process.exit(code), failWith);
