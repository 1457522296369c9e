import { computeAddress, id, parseEther } from "ethers";
import { z } from "zod";
import { GPU_CLASSES } from "../../deploy/data/gpu-classes";
import type { Preset } from "../../deploy/presets/schema";
import { baseConfigShape } from "../agents/shared/config";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { CHAINS, type ChainFacts } from "../chain/chains";
import { addressSchema } from "../chain/manifest";
import { beaconFor, DEFAULT_GOVERNANCE, DEFAULTS, LOCAL_BEACON, type SuiteConfig } from "./config";
import { payeeFaults } from "./economy";
import { saltOf } from "./predict";

/** A moment: seconds since 1970, or a date and time with its offset from UTC. */
const momentSchema = z.union([
  z.number().int().positive(),
  z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000)),
]);

/** What a public chain leaves to nobody's default. */
const NAMED = ["payees", "guardian", "arbiters", "attestation", "vestingStart", "saleStart"] as const;

/** zod schema of a deployment's configuration. On a local chain whatever is absent is the deployer's, or made up. */
export const deployConfigSchema = z
  .strictObject({
    ...baseConfigShape,
    /** Holder of the account that fees go to, receiver of unsold tokens; the timelock when absent. */
    treasury: addressSchema.optional(),
    /** Local chains only: receivers of vesting or treasury shares instead of the preset's, by part. */
    destinations: z.record(z.string(), addressSchema).optional(),
    /** Receivers of the sale's proceeds, by the line of the preset. */
    payees: z.record(z.string(), addressSchema).optional(),
    /** First holder of the guardian's rights. */
    guardian: addressSchema.optional(),
    /** When vesting begins. */
    vestingStart: momentSchema.optional(),
    /** When the first round of the sale begins: after the deployment. */
    saleStart: momentSchema.optional(),
    /** Who judges disputes of new jobs: panels of validators, or the arbiters alone. */
    resolver: z.enum(["court", "arbiter"]).default("court"),
    /** Who confirm a panel's guilt where the pool is small, and rule on disputes before the GovernedArbiter. */
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
    const isLocal = CHAINS.find(({ chainId }) => chainId === config.chainId)?.isLocal === true;
    const missing = isLocal ? [] : NAMED.filter((name) => config[name] === undefined);
    for (const name of missing) {
      context.addIssue({ code: "custom", path: [name], message: "has to be named on a public chain" });
    }
    if (isLocal || config.destinations === undefined) return;
    context.addIssue({ code: "custom", path: ["destinations"], message: "shares go where the preset says" });
  });

export type DeployConfig = z.output<typeof deployConfigSchema>;

/** What a chain tells that a deployment depends on. */
export interface ChainTime {
  /** Time of its first block, seconds. */
  readonly genesisTime: number;
}

const LOCAL_SALE_DELAY = 30 * 86_400;

/** What is deployed by whom. @throws CommandFailure (usage) when payees or destinations do not fit the preset. */
export function suiteConfigOf(
  config: DeployConfig,
  chain: ChainFacts,
  deployer: string,
  preset: Preset,
  { genesisTime }: ChainTime,
): SuiteConfig {
  const { vrf, usdc, sequencerUptimeFeed } = chain;
  if (!chain.isLocal && (vrf === undefined || usdc === undefined)) {
    throw new CommandFailure(EXIT.usage, `no VRF coordinator, or no USDC, is known on ${chain.name}`);
  }
  const { arbiters = [deployer], attestation = { signers: [deployer], threshold: 1 }, guardian = deployer } = config;
  const { treasury, destinations = {}, payees = localPayees(preset) } = config;
  const [fault] = payeeFaults(preset, payees);
  if (fault !== undefined) throw new CommandFailure(EXIT.usage, fault);
  return {
    ...DEFAULTS,
    place: { factory: chain.factory, salt: saltOf(config.salt) },
    owner: deployer,
    ...(treasury === undefined ? {} : { treasury }),
    preset,
    diverted: destinations,
    vestingStart: config.vestingStart ?? genesisTime,
    saleStart: config.saleStart ?? genesisTime + LOCAL_SALE_DELAY,
    currency: usdc === undefined ? { kind: "stub" } : { kind: "live", address: usdc },
    payees,
    governance: { ...DEFAULT_GOVERNANCE, guardian },
    vrf:
      vrf === undefined
        ? { kind: "mock", fundingWei: parseEther("1") }
        : { kind: "live", coordinator: vrf.coordinator },
    beacon: vrf === undefined ? LOCAL_BEACON : beaconFor(vrf),
    gpuClasses: GPU_CLASSES,
    attestation,
    arbiters,
    resolver: config.resolver === "court" ? "DisputeCourt" : "GovernedArbiter",
    ...(sequencerUptimeFeed === undefined ? {} : { sequencerFeed: sequencerUptimeFeed }),
  };
}

/** Somebody for each line of the proceeds, whom nobody is. */
export function localPayees(preset: Preset): Readonly<Record<string, string>> {
  return Object.fromEntries(preset.proceeds.map(({ key }) => [key, computeAddress(id(`local payee of ${key}`))]));
}
