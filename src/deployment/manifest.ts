import type { Manifest } from "../chain/manifest";
import { manifestSchema } from "../chain/manifest";
import { FACTORIES, type Addresses, type ContractName } from "./contracts";
import type { Deployed, Executed } from "./execute";

/** The record of a deployment: where every contract is, and since which block. */
export function manifestOf(chainId: number, { deployed }: Pick<Executed, "deployed">): Manifest {
  const rows = Object.entries(deployed) as [ContractName, Deployed][];
  const contracts = rows.map(([name, { address, block, transaction }]) => [name, { address, block, transaction }]);
  const blockNumber = Math.min(...rows.map(([, { block }]) => block));
  return manifestSchema.parse({ chainId, blockNumber, contracts: Object.fromEntries(contracts) });
}

/** Addresses of a manifest's contracts that this version of the suite knows. */
export function addressesOf(manifest: Manifest): Addresses {
  const rows = Object.entries(manifest.contracts).filter(([name]) => name in FACTORIES);
  return Object.fromEntries(rows.map(([name, row]) => [name, (row as { address: string }).address])) as Addresses;
}
