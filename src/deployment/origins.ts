import type { Provider } from "ethers";
import type { ContractName } from "./contracts";
import type { Deployed } from "./execute";
import { factoryInput, type Creation, type Plan } from "./predict";

/** When a contract was created; null where the chain's node keeps no history to tell. */
export interface Origin {
  readonly address: string;
  readonly block: number;
  readonly transaction: string | null;
  readonly gas: bigint | null;
}

type Chain = Pick<Provider, "getCode" | "getBlock" | "getBlockNumber" | "getTransactionReceipt">;

/**
 * Finds out when contracts were created, from the chain alone: by halving the range of blocks at whose end there is code,
 * and looking for the transaction in that block. Contracts are taken in the plan's order, so that each search begins where
 * the last one ended.
 * @param known what a record says; used where it is of the same address
 */
export async function originsOf(
  chain: Chain,
  plan: Plan,
  known: Readonly<Partial<Record<ContractName, Deployed>>>,
): Promise<Readonly<Partial<Record<ContractName, Origin>>>> {
  const origins: Partial<Record<ContractName, Origin>> = {};
  const head = await chain.getBlockNumber();
  let from = 0;
  for (const creation of plan.creations.values()) {
    const told = known[creation.name];
    const origin = told?.address === creation.address ? told : await search(chain, plan, creation, from, head);
    origins[creation.name] = origin;
    from = Math.max(from, origin.block - 1);
  }
  return origins;
}

async function search(chain: Chain, plan: Plan, creation: Creation, from: number, head: number): Promise<Origin> {
  const { address } = creation;
  const exists = async (block: number): Promise<boolean> => (await chain.getCode(address, block)) !== "0x";
  try {
    let [without, having] = [from, head];
    if (from !== 0 && (await exists(from))) [without, having] = [0, from];
    // Contracts of one deployment are close together: grow the range from the last one's block before halving it.
    for (let reach = 8; without !== 0 && without + reach < having; reach *= 4) {
      if (await exists(without + reach)) having = without + reach;
      else without += reach;
    }
    while (having - without > 1) {
      const middle = Math.floor((without + having) / 2);
      if (await exists(middle)) having = middle;
      else without = middle;
    }
    return await transactionIn(chain, plan, creation, having);
  } catch {
    // A node without the history of states. Nothing of the suite can have happened before block 0.
    return { address, block: from, transaction: null, gas: null };
  }
}

async function transactionIn(chain: Chain, plan: Plan, creation: Creation, number: number): Promise<Origin> {
  const { address } = creation;
  const block = await chain.getBlock(number, true);
  const input = factoryInput(creation);
  const factory = plan.place.factory.address;
  const found = block?.prefetchedTransactions.find(({ to, data }) => to === factory && data === input);
  if (found === undefined) return { address, block: number, transaction: null, gas: null };
  const receipt = await chain.getTransactionReceipt(found.hash);
  return { address, block: number, transaction: found.hash, gas: receipt?.gasUsed ?? null };
}
