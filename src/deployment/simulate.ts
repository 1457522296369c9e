import { JsonRpcProvider, parseEther, type Provider } from "ethers";
import type { ChainFacts } from "../chain/chains";
import { receiptOn, startDevChain } from "../chain/devChain";
import { execute, type Courier, type Errand } from "./execute";
import type { Plan } from "./predict";
import { dress } from "./rehearsal/dress";

/** What a step of a plan takes, as measured. */
export interface StepCost {
  readonly step: string;
  readonly gas: bigint;
  readonly to: string;
  readonly data: string;
  readonly value: bigint;
}

/**
 * Runs plans in full on a development chain of their own, which is thrown away: every transaction with its exact gas on
 * Ethereum's schedule. Nothing is asked of the real chain and no key is needed.
 * @param root folder of the repository
 */
export async function simulate(
  root: string,
  chain: ChainFacts,
  sender: string,
  plans: readonly Plan[],
): Promise<StepCost[]> {
  const dev = await startDevChain(root);
  const provider = new JsonRpcProvider(dev.url, undefined, { pollingInterval: 10, cacheTimeout: -1 });
  try {
    await dress(provider, chain);
    const costs: StepCost[] = [];
    const courier = await impersonating(provider, sender, (cost) => costs.push(cost));
    for (const plan of plans) await execute(plan, { courier });
    return costs;
  } finally {
    provider.destroy();
    await dev.stop();
  }
}

/** Sends as an address whose key nobody has here. */
async function impersonating(
  provider: JsonRpcProvider,
  sender: string,
  note: (cost: StepCost) => void,
): Promise<Courier & { readonly provider: Provider }> {
  await provider.send("hardhat_impersonateAccount", [sender]);
  await provider.send("hardhat_setBalance", [sender, `0x${parseEther("1000000").toString(16)}`]);
  return {
    provider,
    async send(_by, { key, to, data, value }: Errand) {
      const fields = { from: sender, to, data, value: `0x${value.toString(16)}` };
      const hash = (await provider.send("eth_sendTransaction", [fields])) as string;
      const receipt = await receiptOn(provider, hash);
      if (receipt.status !== 1) throw new Error(`${key} failed in the rehearsal`);
      note({ step: key, gas: receipt.gasUsed, to, data, value });
      return receipt;
    },
  };
}
