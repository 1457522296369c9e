import { readFileSync } from "node:fs";
import { getAddress, isAddress } from "ethers";
import { z } from "zod";

/** Contracts that a deployment of the market consists of. */
export const CONTRACT_NAMES = [
  "ComputeToken",
  "PaymentVault",
  "RandomnessBeacon",
  "GpuRegistry",
  "AssetRegistry",
  "ServiceCatalog",
  "JobEscrow",
  "GovernedArbiter",
  "AttestationVerifier",
  "StakeVotes",
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

/** Contracts that a deployment may have besides: disputes are then judged by drawn panels. All of them or none. */
export const REVIEW_CONTRACT_NAMES = ["ValidatorRegistry", "ReviewPanel", "DisputeCourt"] as const;

/** Contracts that a deployment with panels may have besides. */
export const TRAINING_CONTRACT_NAMES = ["TrainingChains"] as const;

export type ReviewContractName = (typeof REVIEW_CONTRACT_NAMES)[number];
export type TrainingContractName = (typeof TRAINING_CONTRACT_NAMES)[number];

/** zod schema of an address; accepts what EIP-55 accepts, yields the checksummed form. */
export const addressSchema = z
  .string()
  .refine((text) => isAddress(text), "expected an address")
  .transform((text) => getAddress(text));

const deployedSchema = z.looseObject({ address: addressSchema, block: z.number().int().nonnegative() });
const optionalSchema = deployedSchema.optional();

/**
 * A deployment as `deployments/<chainId>.json` records it: where each contract is and in which block it was created, so that
 * followers know where to begin. Deployment tools may add fields of their own.
 */
export const manifestSchema = z.looseObject({
  chainId: z.number().int().positive(),
  /** Earliest block that can hold an event of the suite. */
  blockNumber: z.number().int().nonnegative(),
  contracts: z.looseObject({
    ...(Object.fromEntries(CONTRACT_NAMES.map((name) => [name, deployedSchema])) as Record<
      ContractName,
      typeof deployedSchema
    >),
    ...(Object.fromEntries(
      [...REVIEW_CONTRACT_NAMES, ...TRAINING_CONTRACT_NAMES].map((name) => [name, optionalSchema]),
    ) as Record<ReviewContractName | TrainingContractName, typeof optionalSchema>),
  }),
});

export type Manifest = z.output<typeof manifestSchema>;

/** A manifest could not be read or is not one. */
export class InvalidManifest extends Error {
  override readonly name = "InvalidManifest";
}

/** Reads and checks a manifest file. Throws InvalidManifest. */
export function readManifest(path: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new InvalidManifest(`cannot read the manifest ${path}: ${String(cause)}`, { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw new InvalidManifest(`${path} is no manifest: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Default place of a chain's manifest. */
export function manifestPath(chainId: number, folder = "deployments"): string {
  return `${folder}/${chainId}.json`;
}
