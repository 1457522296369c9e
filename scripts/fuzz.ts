/**
 * `npm run fuzz [-- --deep] [-- forge's own options]`: the fuzz and invariant suites of test/invariant under forge, then how
 * often each handler action succeeded. A run without options also fails when an action succeeded fewer than 100 times.
 */
import { findForge, forgeEnvironment, forgeSummary } from "../src/toolchain/forge";
import { failWith, run } from "../src/toolchain/run";
import {
  actionSuccesses,
  clearSuccesses,
  findHandlers,
  MIN_SUCCESSES,
  readSuccesses,
  type ActionSuccesses,
} from "../src/toolchain/successes";

async function main(args: string[]): Promise<number> {
  const options = args.filter((arg) => arg !== "--deep");
  const env = forgeEnvironment(args.includes("--deep") ? "deep" : "default");
  clearSuccesses();
  const result = await run(findForge(), ["test", ...options], { env });
  const summary = forgeSummary(result.output);
  if (summary === undefined) throw new Error("forge ran no test");

  const rows = actionSuccesses(findHandlers(), readSuccesses());
  const ran = new Set(rows.filter((row) => row.successes > 0).map((row) => row.handler));
  const rare = report(options.length > 0 ? rows.filter((row) => ran.has(row.handler)) : rows);
  const failed = summary.failed + rare;
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

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
