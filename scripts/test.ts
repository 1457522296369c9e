/**
 * `npm test [-- files or mocha options of hardhat test]`: the unit, property and scenario tests; all of them, side by side in
 * as many processes as there are cores, unless files are named.
 */
import { failWith, runBin } from "../src/toolchain/run";
import { testFiles } from "../src/toolchain/tests";

async function main(args: string[]): Promise<number> {
  const named = args.some((arg) => arg.endsWith(".ts"));
  const { code } = await runBin("hardhat", ["test", ...args, ...(named ? [] : ["--parallel", ...testFiles()])]);
  return code;
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
