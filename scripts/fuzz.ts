/**
 * `npm run fuzz -- [--deep] [--compare] [forge's own options]`: the fuzz and invariant suites of test/invariant under forge,
 * then how often each handler action succeeded; fewer than 100 times is a failure. With options of forge only the handlers
 * that ran are judged. `--compare` also wants forge's code to be that of Hardhat's last compile.
 */
import { findForge, forgeEnvironment, forgeSummary } from "../src/toolchain/forge";
import { failWith, run } from "../src/toolchain/run";
import { compareBuilds } from "../src/toolchain/same-code";
import {
  actionSuccesses,
  clearSuccesses,
  findHandlers,
  MIN_SUCCESSES,
  readSuccesses,
  type ActionSuccesses,
} from "../src/toolchain/successes";

async function main(args: string[]): Promise<number> {
  const options = args.filter((arg) => arg !== "--deep" && arg !== "--compare");
  const env = forgeEnvironment(args.includes("--deep") ? "deep" : "default");
  clearSuccesses();
  const result = await run(findForge(), ["test", ...options], { env });
  const summary = forgeSummary(result.output);
  if (summary === undefined) throw new Error("forge ran no test");

  const rows = actionSuccesses(findHandlers(), readSuccesses());
  const ran = new Set(rows.filter((row) => row.successes > 0).map((row) => row.handler));
  const rare = report(options.length > 0 ? rows.filter((row) => ran.has(row.handler)) : rows);
  const foreign = args.includes("--compare") ? compare() : 0;
  const failed = summary.failed + rare + foreign;
  console.log(`forge: ${summary.passed} passed, ${failed} failed`);
  return result.code === 0 && failed === 0 ? 0 : 1;
}

/** Prints the table; returns how many actions were too rare. */
function report(rows: readonly ActionSuccesses[]): number {
  const width = Math.max(0, ...rows.map((row) => row.handler.length + row.action.length + 1));
  for (const { handler, action, successes } of rows) {
    const remark = successes < MIN_SUCCESSES ? `  too rare, ${MIN_SUCCESSES} needed` : "";
    console.log(`${`${handler}.${action}`.padEnd(width)} ${String(successes).padStart(8)}${remark}`);
  }
  return rows.filter((row) => row.successes < MIN_SUCCESSES).length;
}

/** Prints what forge built differently; returns how many contracts. */
function compare(): number {
  const { same, different } = compareBuilds();
  for (const contract of different) console.log(`${contract}: forge built other code than Hardhat`);
  console.log(`${same.length} contracts have the same code in forge and Hardhat`);
  return different.length + (same.length === 0 ? 1 : 0);
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
