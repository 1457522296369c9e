/**
 * `npm run gas`: measures the rows of test/gas on the embedded chain and writes gas/report.json and gas/REPORT.md.
 * `npm run gas -- --check` writes nothing and fails when a row costs over 1% more than the committed report says, or that
 * report over 1% more than its parent commit's, unless HEAD's message has a line `gas: <id> <reason>`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import hre from "hardhat";
import {
  excusedRows,
  gasFindings,
  measureAll,
  reportSchema,
  toMarkdown,
  unexplainedMisses,
  type Report,
} from "../src/toolchain/gas";
import { failWith, ROOT, run } from "../src/toolchain/run";

const JSON_FILE = join(ROOT, "gas", "report.json");
const MARKDOWN_FILE = join(ROOT, "gas", "REPORT.md");
const MEASURES = join(ROOT, "test", "gas");

async function main(args: string[]): Promise<number> {
  await hre.run("compile", { quiet: true });
  const files = existsSync(MEASURES) ? readdirSync(MEASURES).filter((file) => file.endsWith(".gas.ts")) : [];
  for (const file of files.sort()) require(join(MEASURES, file));
  const report = await measureAll(hre.ethers.provider);
  if (report.length === 0) throw new Error("gas: test/gas/*.gas.ts registers no row");

  console.log(toMarkdown(report));
  const findings = [...(await checkFindings(args.includes("--check"), report)), ...unexplainedMisses(report)];
  for (const finding of findings) console.log(finding);
  console.log(`gas: ${report.length} rows, ${findings.length} findings`);
  return findings.length === 0 ? 0 : 1;
}

async function checkFindings(check: boolean, report: Report): Promise<string[]> {
  if (!check) {
    mkdirSync(join(ROOT, "gas"), { recursive: true });
    writeFileSync(JSON_FILE, `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(MARKDOWN_FILE, toMarkdown(report));
    return [];
  }
  const committed = reportSchema.parse(JSON.parse(readFileSync(JSON_FILE, "utf8")));
  const message = await run("git", ["log", "-1", "--format=%B"], { quiet: true });
  const parent = await run("git", ["show", "HEAD^:gas/report.json"], { quiet: true });
  const excused = excusedRows(message.output);
  const unreported = report.filter(({ id }) => !committed.some((row) => row.id === id));
  return [
    ...gasFindings(committed, report, excused),
    ...(parent.code === 0 ? gasFindings(reportSchema.parse(JSON.parse(parent.output)), committed, excused) : []),
    ...unreported.map(({ id }) => `${id}: missing in the committed report; run npm run gas`),
  ];
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
