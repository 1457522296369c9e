/**
 * `npm run mutate -- --all | --sample N [--seed S] | ID...  [--jobs J]`: plants the faults of test/mutants.json and wants each
 * found by its tests. The whole list is checked against the sources every time, whatever is run.
 */
import { Command } from "commander";
import {
  listFindings,
  readMutants,
  runMutants,
  sampleMutants,
  type Mutant,
  type MutantResult,
} from "../src/toolchain/mutate";
import { failWith } from "../src/toolchain/run";

const DEFAULT_SAMPLE = 8;
const TIMEOUT_MS = 600_000;

type Options = { all?: boolean; sample: string; seed: string; jobs: string };

async function main(argv: string[]): Promise<number> {
  const program = new Command("mutate")
    .argument("[ids...]", "run these mutants only")
    .option("--all", "run every mutant")
    .option("--sample <n>", "run so many", String(DEFAULT_SAMPLE))
    .option("--seed <text>", "decides which are sampled", "0")
    .option("--jobs <n>", "mutants side by side", "2")
    .parse(argv);
  const mutants = readMutants();
  const findings = listFindings(mutants);
  if (findings.length > 0) throw new Error(`test/mutants.json:\n${findings.join("\n")}`);

  const options = program.opts<Options>();
  const chosen = choose(mutants, program.args, options);
  console.log(`${chosen.length} of ${mutants.length} mutants`);
  const jobs = Number(options.jobs);
  const results = await runMutants(chosen, { jobs, timeoutMs: TIMEOUT_MS, onResult: show });
  const count = (verdict: string) => results.filter((result) => result.verdict === verdict).length;
  console.log(`mutants: ${count("killed")} killed, ${count("survived")} survived, ${count("invalid")} invalid`);
  return count("killed") === results.length ? 0 : 1;
}

function choose(mutants: readonly Mutant[], ids: readonly string[], options: Options): readonly Mutant[] {
  const unknown = ids.filter((id) => !mutants.some((mutant) => mutant.id === id));
  if (unknown.length > 0) throw new Error(`no mutant is called ${unknown.join(", ")}`);
  if (ids.length > 0) return mutants.filter(({ id }) => ids.includes(id));
  return options.all ? mutants : sampleMutants(mutants, Number(options.sample), options.seed);
}

function show({ mutant, verdict, reason, seconds }: MutantResult): void {
  const remark = verdict === "killed" ? reason : `${reason}; ${mutant.file}: ${mutant.why}`;
  console.log(`${verdict.padEnd(8)} ${mutant.id} (${seconds.toFixed(0)} s) ${remark}`.trimEnd());
}

main(process.argv).then((code) => process.exit(code), failWith);
