/**
 * `npm run test:consumers [-- mocha options of hardhat test]`: packs the package, installs it in small consumers, and has them
 * compile and run against a chain with the suite; runs the examples of docs/dapp.md.
 */
import { failWith, runBin } from "../src/toolchain/run";

async function main(args: string[]): Promise<number> {
  const { code } = await runBin("hardhat", ["test", ...args, "test/consumers/consumers.test.ts"]);
  return code;
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
