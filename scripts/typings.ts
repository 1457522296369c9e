/**
 * `npm run typings`: compiles, writes typechain-types/ anew and fails when what is committed differs.
 * `npm run typings -- --write` only writes.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { failWith, ROOT, run, runBin } from "../src/toolchain/run";

async function main(args: string[]): Promise<number> {
  rmSync(join(ROOT, "typechain-types"), { recursive: true, force: true });
  const { code } = await runBin("hardhat", ["typechain"]);
  if (code !== 0 || args.includes("--write")) return code;

  const committed = await run("git", ["ls-files", "typechain-types"], { quiet: true });
  const changed = await run("git", ["status", "--porcelain", "typechain-types"], { quiet: true });
  if (committed.output === "") throw new Error("typechain-types/ is not committed");
  if (changed.output !== "") {
    throw new Error(`typechain-types/ is stale; commit what was just written:\n${changed.output}`);
  }
  console.log("typechain-types/ is current");
  return 0;
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
