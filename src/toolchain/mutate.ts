/**
 * Mutation testing: listed faults are planted one at a time in scratch copies, and the tests mapped to each must fail.
 * A fault that does not compile, or whose tests do not run, proves nothing and is an error, not a kill.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT, runBin, type RunResult } from "./run";
import { BUILD_FOLDERS, makeScratch, removeScratch } from "./scratch";
import { mochaSummary } from "./tests";

const mutantSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** The contract to change. */
  file: z.string().regex(/^contracts\/.+\.sol$/),
  /** Text that occurs exactly once in the file, and what takes its place. */
  find: z.string().min(1),
  replace: z.string(),
  /** What would go wrong if it were shipped. */
  why: z.string().min(10),
  /** Mocha files of which at least one test must fail. */
  tests: z.array(z.string().regex(/^test\/.+\.test\.ts$/)).min(1),
});
export const mutantsSchema = z.array(mutantSchema);
export type Mutant = z.infer<typeof mutantSchema>;

export type Verdict = "killed" | "survived" | "invalid";
export type MutantResult = { mutant: Mutant; verdict: Verdict; reason: string; seconds: number };

/** Reads test/mutants.json. */
export function readMutants(): Mutant[] {
  return mutantsSchema.parse(JSON.parse(readFileSync(join(ROOT, "test", "mutants.json"), "utf8")));
}

/** The mutated source; throws when the snippet is not there exactly once or nothing changes. */
export function plant(source: string, { id, file, find, replace }: Mutant): string {
  const pieces = source.split(find);
  if (pieces.length !== 2) throw new Error(`${id}: the snippet occurs ${pieces.length - 1} times in ${file}`);
  if (find === replace) throw new Error(`${id}: nothing changes`);
  return pieces.join(replace);
}

/** What is wrong with the list as it stands; empty when nothing is. */
export function listFindings(mutants: readonly Mutant[], root = ROOT): string[] {
  const twice = mutants.filter(({ id }, index) => mutants.findIndex((other) => other.id === id) < index);
  const broken = mutants.flatMap((mutant) => {
    const missing = [mutant.file, ...mutant.tests].filter((file) => !existsSync(join(root, file)));
    if (missing.length > 0) return [`${mutant.id}: ${missing.join(", ")} does not exist`];
    try {
      plant(readFileSync(join(root, mutant.file), "utf8"), mutant);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  return [...twice.map(({ id }) => `${id} is listed twice`), ...broken];
}

/** A sample of `size` mutants that depends on nothing but the seed and the ids. */
export function sampleMutants(mutants: readonly Mutant[], size: number, seed: string): Mutant[] {
  const rank = ({ id }: Mutant) => createHash("sha256").update(`${seed}:${id}`).digest("hex");
  return [...mutants].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, size);
}

/** Judges a mutant by how its compilation and its tests ended. */
export function judge(compiled: RunResult, tested: RunResult | undefined): { verdict: Verdict; reason: string } {
  if (compiled.code !== 0 || tested === undefined) return { verdict: "invalid", reason: "does not compile" };
  if (tested.timedOut) return { verdict: "killed", reason: "the tests ran out of time" };
  const summary = mochaSummary(tested.output);
  if (summary === undefined) return { verdict: "invalid", reason: "its tests did not run" };
  if (summary.failed > 0) return { verdict: "killed", reason: "" };
  return summary.passed > 0 && tested.code === 0
    ? { verdict: "survived", reason: `${summary.passed} tests passed` }
    : { verdict: "invalid", reason: "its tests ran nothing, or ended badly without a failure" };
}

export type EngineOptions = {
  /** Scratch copies at work side by side. */
  jobs: number;
  /** Longest time of one mutant's tests, in milliseconds. */
  timeoutMs: number;
  onResult: (result: MutantResult) => void;
};

/** Plants every given mutant and runs its tests. Throws when the tests fail without any fault. */
export async function runMutants(mutants: readonly Mutant[], options: EngineOptions): Promise<MutantResult[]> {
  const bench = await makeBench();
  const benches = [bench];
  try {
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
    const healthy = await hardhat(bench, ["test", "--no-compile", ...tests]);
    if (healthy.code !== 0) throw new Error(`the tests fail without any fault:\n${healthy.output}`);
    while (benches.length < Math.min(options.jobs, mutants.length)) benches.push(await makeBench());

    const queue = [...mutants];
    const results: MutantResult[] = [];
    const work = async (own: string) => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const result = await tryMutant(own, mutant, options.timeoutMs);
        results.push(result);
        options.onResult(result);
      }
    };
    await Promise.all(benches.map(work));
    return results;
  } finally {
    for (const own of benches) removeScratch(own);
  }
}

/** A compiled scratch copy, and in it what the compiler wrote, to go back to after each mutant. */
async function makeBench(): Promise<string> {
  const bench = makeScratch({ build: true });
  const compiled = await hardhat(bench, ["compile"]);
  if (compiled.code !== 0) throw new Error(`the contracts do not compile:\n${compiled.output}`);
  copyBuild(bench, pristine(bench));
  return bench;
}

async function tryMutant(bench: string, mutant: Mutant, timeoutMs: number): Promise<MutantResult> {
  const started = Date.now();
  const file = join(bench, mutant.file);
  const source = readFileSync(file, "utf8");
  writeFileSync(file, plant(source, mutant));
  const compiled = await hardhat(bench, ["compile"]);
  const test = () => hardhat(bench, ["test", "--no-compile", "--bail", ...mutant.tests], timeoutMs);
  const tested = compiled.code === 0 ? await test() : undefined;
  writeFileSync(file, source);
  copyBuild(pristine(bench), bench);
  return { mutant, ...judge(compiled, tested), seconds: (Date.now() - started) / 1_000 };
}

/** A fault may leave something unused, so warnings do not stop the compiler here. */
function hardhat(cwd: string, args: string[], timeoutMs?: number): Promise<RunResult> {
  const env = { ...process.env, SOLIDITY_WARNINGS: "allow" };
  return runBin("hardhat", args, { cwd, env, quiet: true, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

function pristine(bench: string): string {
  return join(bench, ".local", "build");
}

function copyBuild(from: string, to: string): void {
  for (const folder of BUILD_FOLDERS) {
    rmSync(join(to, folder), { recursive: true, force: true });
    cpSync(join(from, folder), join(to, folder), { recursive: true, preserveTimestamps: true });
  }
}
