/**
 * `npm run lint [-- --fix]`: solhint, prettier, the TypeScript compiler and the house rules that no linter knows.
 * `--fix` lets prettier write what it would complain of.
 */
import { houseFindings } from "../src/toolchain/house";
import { failWith, runBin } from "../src/toolchain/run";

const SOLIDITY = ["contracts/**/*.sol", "test/invariant/**/*.sol"];
const FORMATTED = ["{contracts,deploy,scripts,src,test}/**/*.{cjs,json,sol,ts}", "*.{json,ts}", ".solhint.json"];

async function command(name: string, args: string[]): Promise<{ name: string; code: number; output: string }> {
  const { code, output } = await runBin(name, args, { quiet: true });
  return { name, code, output };
}

async function main(args: string[]): Promise<number> {
  const format = args.includes("--fix") ? ["--write", "--log-level", "warn"] : ["--list-different"];
  const results = await Promise.all([
    command("solhint", ["--noPoster", "--disc", "--max-warnings", "0", ...SOLIDITY]),
    command("prettier", [...format, "--no-error-on-unmatched-pattern", ...FORMATTED]),
    command("tsc", ["--noEmit"]),
  ]);
  const house = houseFindings();
  results.push({ name: "house rules", code: house.length === 0 ? 0 : 1, output: house.join("\n") });

  for (const { name, code, output } of results) {
    console.log(`${name}: ${code === 0 ? "ok" : "failed"}`);
    if (code !== 0) console.log(output.trimEnd());
  }
  return results.every(({ code }) => code === 0) ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
