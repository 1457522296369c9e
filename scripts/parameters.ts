/**
 * `npm run parameters`: fails when docs/parameters.md is not what the contracts say; `-- --write` writes it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parametersPage } from "../src/package/parameters";
import { failWith, ROOT } from "../src/toolchain/run";

const PAGE = join(ROOT, "docs", "parameters.md");

function main(args: string[]): number {
  const page = parametersPage();
  if (args.includes("--write")) {
    writeFileSync(PAGE, page);
    return 0;
  }
  if (readFileSync(PAGE, "utf8") !== page)
    throw new Error("docs/parameters.md is stale: npm run parameters -- --write");
  console.log("docs/parameters.md is current");
  return 0;
}

try {
  process.exit(main(process.argv.slice(2)));
} catch (error) {
  failWith(error);
}
