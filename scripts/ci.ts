/**
 * The gates after installation (.ci/run): each is timed and counted, all run even when one fails, and the output of one that
 * failed is shown. Full logs are in .local/ci/.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { countDemo, countForge, countGate, countMocha, type Count } from "../src/toolchain/ci";
import { failWith, ROOT, run, type RunResult } from "../src/toolchain/run";

type Gate = { name: string; command: string[]; count: (result: RunResult) => Count };

const LOGS = join(ROOT, ".local", "ci");
const MUTANTS = "6";

const script = (name: string, ...args: string[]): string[] => ["npm", "run", "--silent", name, "--", ...args];

/** Gates of one row run side by side; those that write the same files, or want the machine alone, are in different rows. */
function plan(commit: string): Gate[][] {
  return [
    [{ name: "compile", command: script("compile"), count: countGate }],
    [{ name: "typings", command: script("typings"), count: countGate }],
    [{ name: "lint", command: script("lint"), count: countGate }],
    [{ name: "test", command: ["npm", "test"], count: countMocha }],
    [{ name: "fuzz", command: script("fuzz"), count: countForge }],
    [{ name: "gas", command: script("gas", "--check"), count: countGate }],
    [{ name: "consumers", command: script("test:consumers"), count: countMocha }],
    [{ name: "demo", command: script("demo", "--json"), count: countDemo }],
    [{ name: "coverage", command: script("coverage", "--check", "--seed", commit), count: countGate }],
    [{ name: "mutate", command: script("mutate", "--sample", MUTANTS, "--seed", commit), count: countGate }],
  ];
}

async function main(): Promise<number> {
  mkdirSync(LOGS, { recursive: true });
  const commit = (await run("git", ["rev-parse", "HEAD"], { quiet: true })).output.trim();
  const total: Count = { passed: 0, failed: 0 };
  for (const row of plan(commit)) {
    for (const { passed, failed } of await Promise.all(row.map(pass))) {
      total.passed += passed;
      total.failed += failed;
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function pass({ name, command, count }: Gate): Promise<Count> {
  const [program = "", ...args] = command;
  const started = Date.now();
  console.log(`== ${name}`);
  const result = await run(program, args, { quiet: true });
  const counted = count(result);
  writeFileSync(join(LOGS, `${name}.log`), result.output);
  if (counted.failed > 0) console.log(result.output.trimEnd());
  const seconds = Math.round((Date.now() - started) / 1_000);
  const verdict = counted.failed === 0 ? "ok" : "failed";
  console.log(`== ${name}: ${verdict} (${seconds} s; ${counted.passed} passed, ${counted.failed} failed)`);
  return counted;
}

main().then((code) => process.exit(code), failWith);
