import "@nomicfoundation/hardhat-toolbox";
import "./src/toolchain/hardhat";
import { availableParallelism } from "node:os";
import type { HardhatUserConfig } from "hardhat/config";
import compiler from "./compiler.json";

const config: HardhatUserConfig = {
  solidity: { version: compiler.version, settings: compiler.settings },
  typechain: { outDir: "typechain-types", target: "ethers-v6" },
  networks: { hardhat: { allowUnlimitedContractSize: false } },
  // What mocha takes when it runs files side by side.
  mocha: { timeout: 240_000, jobs: availableParallelism() },
};

export default config;
