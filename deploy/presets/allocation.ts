/** From a preset and the addresses of its destinations to the table that the GenesisAllocator executes. */
import { AbiCoder, encodeBytes32String, keccak256 } from "ethers";
import { addressSchema } from "../../src/chain/manifest";
import { BPS, partsOf, TOKEN_DECIMALS, type Preset } from "./schema";

/** One line of the genesis table, as IGenesisAllocator.Allocation. */
export type AllocationRow = {
  destination: string;
  /** Token wei. */
  amount: bigint;
  /** Key of the preset's part as bytes32. */
  label: string;
};

/** Genesis supply of a preset in token wei. */
export function supplyWei(preset: Preset): bigint {
  return preset.token.supply.value * 10n ** TOKEN_DECIMALS;
}

/**
 * Rows of the genesis table in the preset's order; their amounts add up to the supply exactly.
 * @param destinations receiver of each part, by the part's key; no more and no fewer
 * @throws when a destination is missing, superfluous, zero or no address
 */
export function allocationRows(preset: Preset, destinations: Readonly<Record<string, string>>): AllocationRow[] {
  const parts = partsOf(preset);
  const superfluous = Object.keys(destinations).filter((key) => !parts.some((part) => part.key === key));
  if (superfluous.length !== 0) throw new Error(`${preset.id} has no part ${superfluous.join(", ")}`);

  // Exact: the wei of a whole token are a multiple of one hundred percent in bps.
  return parts.map((part) => ({
    destination: destinationOf(preset, part.key, destinations[part.key]),
    amount: (supplyWei(preset) * BigInt(part.shareBps.value)) / BigInt(BPS),
    label: encodeBytes32String(part.key),
  }));
}

function destinationOf(preset: Preset, key: string, given: string | undefined): string {
  if (given === undefined) throw new Error(`${preset.id} needs a destination for ${key}`);
  const address = addressSchema.parse(given);
  if (BigInt(address) === 0n) throw new Error(`the destination for ${key} is the zero address`);
  return address;
}

/** Hash of a table as GenesisAllocator.fixTable takes it: keccak256(abi.encode(Allocation[])). */
export function tableHash(rows: readonly AllocationRow[]): string {
  const type = "tuple(address destination,uint256 amount,bytes32 label)[]";
  return keccak256(AbiCoder.defaultAbiCoder().encode([type], [rows]));
}
