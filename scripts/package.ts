/**
 * `npm run package`, and before `npm pack` by itself: compiles the contracts and builds dist/ for the npm package.
 */
import { buildPackage, distFiles } from "../src/package/build";
import { failWith, runBin } from "../src/toolchain/run";

async function main(): Promise<number> {
  // Standard output belongs to npm pack.
  const compiled = await runBin("hardhat", ["compile", "--no-typechain"], { quiet: true });
  if (compiled.code !== 0) throw new Error(compiled.output.trimEnd());
  await buildPackage();
  console.error(`dist/: ${distFiles().length} files`);
  return 0;
}

main().then((code) => process.exit(code), failWith);
