import { parseEther } from "ethers";
import { z } from "zod";
import { GPU_CLASSES } from "../../deploy/data/gpu-classes";
import type { Preset } from "../../deploy/presets/schema";
import { baseConfigShape } from "../agents/shared/config";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { CHAINS, type ChainFacts } from "../chain/chains";
import { addressSchema } from "../chain/manifest";
import { beaconFor, DEFAULTS, genesisOf, LOCAL_BEACON, type SuiteConfig } from "./config";
import { saltOf } from "./predict";

/** zod schema of a deployment's configuration. On a local chain whatever is absent is the deployer's own address. */
export const deployConfigSchema = z
  .strictObject({
    ...baseConfigShape,
    /** Holder of the account that fees go to. */
    treasury: addressSchema.optional(),
    /** Receiver of each part of the supply, by the part's key in the preset. */
    destinations: z.record(z.string(), addressSchema).optional(),
    /** Who may rule on disputes. */
    arbiters: z.array(addressSchema).min(1).optional(),
    /** Who attests results, and how many of them must. */
    attestation: z
      .strictObject({ signers: z.array(addressSchema).min(1), threshold: z.number().int().positive() })
      .optional(),
    /** Another name gives another suite of the same code and owner. */
    salt: z.string().min(1).max(64).default("1"),
    /** How long a transaction may stay out of a block before the program gives up, seconds. */
    pendingSeconds: z.number().min(1).max(86_400).default(180),
    /** Services that sources are published at, instead of the chain table's. */
    verifiers: z
      .array(
        z.strictObject({
          kind: z.enum(["etherscan", "blockscout", "sourcify"]),
          api: z.url({ protocol: /^https?$/ }),
          pages: z.url({ protocol: /^https?$/ }),
        }),
      )
      .optional(),
  })
  .superRefine((config, context) => {
    if (CHAINS.find(({ chainId }) => chainId === config.chainId)?.isLocal === true) return;
    for (const name of ["treasury", "destinations", "arbiters", "attestation"] as const) {
      if (config[name] !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: "has to be named on a public chain" });
    }
  });

export type DeployConfig = z.output<typeof deployConfigSchema>;

/** What is deployed by whom. @throws CommandFailure (usage) when the destinations do not fit the preset. */
export function suiteConfigOf(config: DeployConfig, chain: ChainFacts, deployer: string, preset: Preset): SuiteConfig {
  const { treasury = deployer, arbiters = [deployer] } = config;
  const { attestation = { signers: [deployer], threshold: 1 } } = config;
  const parts = preset.allocations.flatMap((allocation) => allocation.parts);
  const own = chain.isLocal ? Object.fromEntries(parts.map(({ key }) => [key, deployer])) : {};
  const { vrf, sequencerUptimeFeed } = chain;
  if (vrf === undefined && !chain.isLocal) {
    throw new CommandFailure(EXIT.usage, `no VRF coordinator is known on ${chain.name}`);
  }
  return {
    ...DEFAULTS,
    place: { factory: chain.factory, salt: saltOf(config.salt) },
    owner: deployer,
    treasury,
    genesis: genesisFor(preset, { ...own, ...config.destinations }),
    vrf:
      vrf === undefined
        ? { kind: "mock", fundingWei: parseEther("1") }
        : { kind: "live", coordinator: vrf.coordinator },
    beacon: vrf === undefined ? LOCAL_BEACON : beaconFor(vrf),
    gpuClasses: GPU_CLASSES,
    attestation,
    arbiters,
    ...(sequencerUptimeFeed === undefined ? {} : { sequencerFeed: sequencerUptimeFeed }),
  };
}

function genesisFor(preset: Preset, destinations: Readonly<Record<string, string>>): SuiteConfig["genesis"] {
  try {
    return genesisOf(preset, destinations);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(EXIT.usage, `the destinations are wrong: ${reason}`, {}, { cause });
  }
}
