import { dataSlice, getCreate2Address, keccak256, type JsonRpcProvider } from "ethers";
import { SAFE_SINGLETON_FACTORY } from "../chain/chains";
import { interfaceOf, type Addresses, type ContractName } from "../deployment";

/** Gas of one function over all its transactions. */
export interface GasStep {
  /** `Contract.function`, or `deploy Contract`. */
  readonly step: string;
  readonly transactions: number;
  readonly least: bigint;
  readonly mean: bigint;
  readonly most: bigint;
}

/** Gas of one transaction. */
export interface GasUse {
  readonly step: string;
  readonly gas: bigint;
}

/** Groups single uses by step, in the order of their first appearance. Means are rounded down. */
export function gasSteps(uses: readonly GasUse[]): readonly GasStep[] {
  const steps = new Map<string, bigint[]>();
  for (const { step, gas } of uses) steps.set(step, [...(steps.get(step) ?? []), gas]);
  return [...steps].map(([step, list]) => ({
    step,
    transactions: list.length,
    least: list.reduce((least, gas) => (gas < least ? gas : least)),
    mean: list.reduce((sum, gas) => sum + gas) / BigInt(list.length),
    most: list.reduce((most, gas) => (gas > most ? gas : most)),
  }));
}

/** Reads what every transaction to the suite used, block by block. */
export async function readGas(
  provider: JsonRpcProvider,
  addresses: Addresses,
  fromBlock: number,
): Promise<readonly GasUse[]> {
  const byAddress = new Map(
    (Object.entries(addresses) as [ContractName, string][]).map(([name, address]) => [address.toLowerCase(), name]),
  );
  const head = await provider.getBlockNumber();
  const uses: GasUse[] = [];
  for (let number = fromBlock; number <= head; number++) {
    const block = await provider.getBlock(number, true);
    for (const transaction of block?.prefetchedTransactions ?? []) {
      const receipt = await provider.getTransactionReceipt(transaction.hash);
      const created = createdBy(transaction);
      const name = byAddress.get((created ?? transaction.to ?? "").toLowerCase());
      if (receipt === null || receipt.status !== 1 || name === undefined) continue;
      const method = created === undefined ? interfaceOf(name).getFunction(transaction.data.slice(0, 10)) : null;
      const step = created === undefined ? `${name}.${method?.name ?? "unknown"}` : `deploy ${name}`;
      uses.push({ step, gas: receipt.gasUsed });
    }
  }
  return uses;
}

const SALT_BYTES = 32;

/** The contract that a transaction to the factory creates; undefined for any other. */
function createdBy({ to, data }: { readonly to: string | null; readonly data: string }): string | undefined {
  const { address } = SAFE_SINGLETON_FACTORY;
  if (to !== address) return undefined;
  return getCreate2Address(address, dataSlice(data, 0, SALT_BYTES), keccak256(dataSlice(data, SALT_BYTES)));
}
