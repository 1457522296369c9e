/** Rows of the deployment: everything that a deployer sends, and the largest of it. */
import { ethers } from "hardhat";
import { execute, handoverPlan, installFactory, suitePlan, type StepReport } from "../../src/deployment";
import { register as row } from "../../src/toolchain/gas";
import { castActors } from "../fixtures/actors";
import { freshConfig } from "../fixtures/suite";

type Sent = StepReport & { readonly transaction: string };

async function deployed(): Promise<readonly Sent[]> {
  const actors = castActors(await ethers.getSigners());
  const config = await freshConfig(actors);
  await installFactory(ethers.provider, config.place);
  const signers = { deployer: actors.deployer, owner: actors.owner };
  const plan = suitePlan(config);
  const all: StepReport[] = [];
  for (const part of [plan, handoverPlan(config, plan)]) all.push(...(await execute(part, { signers })).reports);
  return all.filter((report): report is Sent => report.transaction !== undefined);
}

const CAP = 2 ** 24;

row("deploy_all", async () => {
  const sent = await deployed();
  return {
    transactions: sent.map(({ transaction }) => transaction),
    note: `${sent.length} transactions, preset vaiker; on a local chain with a coordinator and a currency of its own`,
  };
});

row("deploy_largest", async () => {
  const sent = await deployed();
  const largest = sent.reduce((most, each) => (each.gas > most.gas ? each : most));
  return {
    transactions: [largest.transaction],
    note: `${largest.step.id}; a transaction may take ${CAP.toLocaleString("en-US")} (EIP-7825), the target is half of it`,
  };
});
