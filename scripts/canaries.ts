/**
 * `npm run canaries -- [--simulate] [--jobs N] [--seed TEXT] [--docs] [--json]`: break-even rates of canaries, and a run of
 * the contracts that checks them. Exit codes are those of src/agents/shared/exit.ts.
 */
import hre from "hardhat";
import { runProgram } from "../src/agents/shared/cli";
import { canariesProgram } from "../src/economy/canaryCommand";
import type { CanaryMarket } from "../src/economy/canarySimulation";

async function openMarket(): Promise<CanaryMarket> {
  await hre.run("compile", { quiet: true });
  const { canaryMarketOf, deployCanaryWorld } = await import("../test/fixtures/canaries.js");
  return canaryMarketOf(await deployCanaryWorld());
}

void runProgram(canariesProgram(openMarket), process.argv);
