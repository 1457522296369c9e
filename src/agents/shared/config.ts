import { readFileSync } from "node:fs";
import { z } from "zod";
import { chainOf, UnknownChain } from "../../chain/chains";
import { keySourceSchema } from "../../chain/keys";
import { manifestPath } from "../../chain/manifest";
import { storeConfigSchema } from "../../store";
import { CommandFailure, EXIT } from "./exit";

const urlSchema = z.url({ protocol: /^https?$/ });

/** Settings that all agents share. A key is only ever named by where it is kept. */
export const baseConfigShape = {
  chainId: z.number().int().positive().default(31337),
  /** Endpoints, tried in turn; the chain's public ones when absent. */
  rpc: z.union([urlSchema.transform((url) => [url]), z.array(urlSchema).min(1)]).optional(),
  /** Addresses of the deployment; deployments/<chainId>.json when absent. */
  manifest: z.string().min(1).optional(),
  store: storeConfigSchema.prefault("directory:.local/store"),
  stateDir: z.string().min(1).optional(),
  key: keySourceSchema.optional(),
  /** Between two looks at the chain, milliseconds. */
  pollMs: z.number().int().min(50).max(600_000).optional(),
  rpcTimeoutMs: z.number().int().min(100).max(600_000).optional(),
  rpcAttempts: z.number().int().min(1).max(50).optional(),
  /** Pending this long, a transaction's fees are raised. */
  raiseAfterSeconds: z.number().min(1).max(3600).optional(),
  /** Highest fee per gas ever paid, in gwei of the native coin. */
  maxFeePerGasGwei: z.number().positive().max(1_000_000).optional(),
} as const;

const baseConfigSchema = z.strictObject(baseConfigShape);

/** The shared part of an agent's configuration. */
export type BaseConfig = z.output<typeof baseConfigSchema>;

/** Flags that every command has; they win over the environment, which wins over the file. */
export interface CommonFlags {
  readonly config?: string | undefined;
  readonly chain?: string | undefined;
  readonly rpc?: string | undefined;
  readonly manifest?: string | undefined;
  readonly store?: string | undefined;
  readonly state?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variables that settings may come from. */
export const SETTING_ENV = {
  chainId: "GPU_COMMONS_CHAIN_ID",
  rpc: "GPU_COMMONS_RPC",
  manifest: "GPU_COMMONS_MANIFEST",
  store: "GPU_COMMONS_STORE",
  stateDir: "GPU_COMMONS_STATE_DIR",
  pollMs: "GPU_COMMONS_POLL_MS",
} as const;

/**
 * Puts a configuration together: flags over environment over file over defaults. `extra` are a command's own flags.
 * @throws CommandFailure (usage) that names what is wrong, and where it came from.
 */
export function loadConfig<T>(
  schema: z.ZodType<T>,
  flags: CommonFlags,
  env: Environment,
  extra: Readonly<Record<string, unknown>> = {},
): T {
  const file = flags.config === undefined ? {} : readJsonFile(flags.config, "configuration");
  if (typeof file !== "object" || file === null || Array.isArray(file)) {
    throw new CommandFailure(EXIT.usage, `${flags.config} is no JSON object`);
  }
  const merged = { ...file, ...environmentSettings(env), ...flagSettings(flags), ...extra };
  const parsed = schema.safeParse(merged);
  if (!parsed.success) {
    throw new CommandFailure(EXIT.usage, `the configuration is wrong: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** Reads a JSON file. Throws CommandFailure (usage). */
export function readJsonFile(path: string, what: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? "it is not JSON" : "it cannot be read";
    throw new CommandFailure(EXIT.usage, `the ${what} ${path} is of no use: ${reason}`, {}, { cause });
  }
}

function environmentSettings(env: Environment): Record<string, unknown> {
  return defined({
    chainId: numberOf(env[SETTING_ENV.chainId]),
    rpc: listOf(env[SETTING_ENV.rpc]),
    manifest: env[SETTING_ENV.manifest],
    store: env[SETTING_ENV.store],
    stateDir: env[SETTING_ENV.stateDir],
    pollMs: numberOf(env[SETTING_ENV.pollMs]),
  });
}

function flagSettings(flags: CommonFlags): Record<string, unknown> {
  return defined({
    chainId: numberOf(flags.chain),
    rpc: listOf(flags.rpc),
    manifest: flags.manifest,
    store: flags.store,
    stateDir: flags.state,
  });
}

function defined(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function listOf(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : text.split(",").map((item) => item.trim());
}

/** Text that is no number stays text, for the schema to complain about. */
function numberOf(text: string | undefined): unknown {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

/** Endpoints of a configuration, the chain's public ones when it names none. Throws CommandFailure (usage). */
export function endpointsOf(config: Pick<BaseConfig, "chainId" | "rpc">): readonly [string, ...string[]] {
  try {
    const urls = config.rpc ?? chainOf(config.chainId).publicRpcs;
    return urls as readonly string[] as readonly [string, ...string[]];
  } catch (cause) {
    if (cause instanceof UnknownChain) throw new CommandFailure(EXIT.usage, cause.message, {}, { cause });
    throw cause;
  }
}

/** Manifest file of a configuration. */
export function manifestOf(config: Pick<BaseConfig, "chainId" | "manifest">): string {
  return config.manifest ?? manifestPath(config.chainId);
}
