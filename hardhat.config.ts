import "@nomicfoundation/hardhat-toolbox";
import { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } from "hardhat/builtin-tasks/task-names";
import { subtask, type HardhatUserConfig } from "hardhat/config";
import type { SolcBuild } from "hardhat/types";
import compiler from "./compiler.json";

// The compiler comes from npm, so that a machine without access to solc's download host builds the same bytes.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args: { solcVersion: string }): Promise<SolcBuild> => {
  const { version } = require("solc/package.json") as { version: string };
  if (args.solcVersion !== version) throw new Error(`solc ${args.solcVersion} was asked for, npm installed ${version}`);
  return { version, longVersion: version, compilerPath: require.resolve("solc/soljson.js"), isSolcJs: true };
});

const config: HardhatUserConfig = {
  solidity: { version: compiler.version, settings: compiler.settings },
  typechain: { outDir: "typechain-types", target: "ethers-v6" },
  networks: { hardhat: { allowUnlimitedContractSize: false } },
  mocha: { timeout: 120_000 },
};

export default config;
