/**
 * `npm run demo [-- --json]`: the whole economy on an embedded chain, every actor in a process of its own. With --json one
 * object on standard output, progress on standard error. Ends with code 0 only if everything was as promised.
 */
import { join } from "node:path";
import { isWell, playDemo } from "../src/demo/demo";
import { reportJson, reportText } from "../src/demo/report";

async function main(): Promise<void> {
  const isJson = process.argv.includes("--json");
  const say = (line: string): void => void (isJson ? process.stderr : process.stdout).write(`${line}\n`);
  try {
    const findings = await playDemo(join(__dirname, ".."), say);
    say(reportText(findings));
    if (isJson) process.stdout.write(`${JSON.stringify(reportJson(findings))}\n`);
    process.exitCode = isWell(findings) ? 0 : 1;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    process.stderr.write(`the demonstration failed: ${reason}\n`);
    if (isJson) process.stdout.write(`${JSON.stringify({ ok: false, reason })}\n`);
    process.exitCode = 1;
  }
}

void main();
