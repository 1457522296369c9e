import { join } from "node:path";
import { getAddress, isAddress, type Interface, type Wallet } from "ethers";
import type { Preset } from "../../../deploy/presets/schema";
import type { ActionContext, CliFlags } from "../../agents/shared/cli";
import { endpointsOf, loadConfig, manifestOf as manifestFile } from "../../agents/shared/config";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { endingOf } from "../../agents/shared/failures";
import { openWallet } from "../../agents/shared/session";
import { CHAINS, chainOf, type ChainFacts } from "../../chain/chains";
import { BadAnswer, readBlock, RpcClient, type BlockInfo } from "../../chain/rpc";
import { explainRefusal } from "../../protocol/revert";
import type { SuiteConfig } from "../config";
import { InvalidDestination } from "../economy";
import { FACTORIES, interfaceOf, type ContractName } from "../contracts";
import { Occupied, StepFailed } from "../execute";
import { ExternalFault } from "../externals";
import { FactoryMissing } from "../factory";
import { handoverPlan } from "../handover";
import { readRecord, type DeploymentRecord } from "../manifest";
import type { Plan } from "../predict";
import { DEFAULT_PRESET, presetNamed } from "../presets";
import { deployConfigSchema, suiteConfigOf, type DeployConfig } from "../settings";
import { suitePlan } from "../suite";
import { NotCompiled } from "../verification/compiled";
import { ServiceFault } from "../verification/http";

/** Flags of the deployment's commands. */
export interface DeployFlags extends CliFlags {
  readonly network?: string;
  readonly preset?: string;
  /** Address of the deployer, where no key is at hand. */
  readonly deployer?: string;
  readonly yes?: boolean;
  readonly only?: string;
}

/** What every command works on. */
export interface Undertaking {
  readonly chain: ChainFacts;
  readonly config: DeployConfig;
  readonly rpc: RpcClient;
  readonly preset: Preset;
  readonly suite: SuiteConfig;
  readonly plan: Plan;
  /** What follows once the plan is done. */
  readonly handover: Plan;
  readonly deployer: string;
  /** Hash of the chain's first block. */
  readonly genesis: string;
  /** Where the manifest is, and what it says if it is of this chain. */
  readonly manifest: string;
  readonly record: DeploymentRecord | undefined;
  readonly stateDir: string;
}

/** Opens chain, configuration and plan. Throws CommandFailure. */
export async function open(flags: DeployFlags, context: ActionContext): Promise<Undertaking> {
  return opened(flags, context, (record) => deployerOf(flags, configOf(flags), record));
}

/** The same with the deployer's key. */
export async function openWithKey(
  flags: DeployFlags,
  context: ActionContext,
): Promise<Undertaking & { readonly wallet: Wallet }> {
  const wallet = await openWallet(configOf(flags).key);
  const undertaking = await opened(flags, context, async () => wallet.address);
  return { ...undertaking, wallet };
}

async function opened(
  flags: DeployFlags,
  context: ActionContext,
  findDeployer: (record: DeploymentRecord | undefined) => Promise<string>,
): Promise<Undertaking> {
  const config = configOf(flags);
  const urls = endpointsOf(config);
  const chain = chainOf(config.chainId);
  const interfaces = (Object.keys(FACTORIES) as ContractName[]).map((name): Interface => interfaceOf(name));
  context.explain = (error) => explainRefusal(error, interfaces);
  const rpc = new RpcClient({ urls, chain, timeoutMs: config.rpcTimeoutMs, attempts: config.rpcAttempts });
  context.onEnd(() => rpc.destroy());
  const { hash: genesis, timestamp: genesisTime } = await firstBlock(rpc);
  const manifest = manifestFile(config);
  const stored = readRecord(manifest);
  // A local chain that began anew has nothing of the old one.
  const record = stored?.genesis === genesis && stored.chainId === chain.chainId ? stored : undefined;
  const deployer = await findDeployer(record);
  if (record !== undefined && record.deployer !== deployer) {
    const sentence = `${manifest} is of a deployment by ${record.deployer}, the key given is that of ${deployer}`;
    throw new CommandFailure(EXIT.usage, sentence);
  }
  const preset = presetNamed(flags.preset ?? record?.preset ?? DEFAULT_PRESET);
  const suite = suiteConfigOf(config, chain, deployer, preset, { genesisTime });
  const base = config.stateDir ?? join(".local", "deploy", String(chain.chainId));
  const stateDir = join(base, `${genesis.slice(2, 10)}-${deployer.slice(2, 10).toLowerCase()}`);
  const plan = planned(suite);
  const handover = handoverPlan(suite, plan);
  return { chain, config, rpc, preset, suite, plan, handover, deployer, genesis, manifest, record, stateDir };
}

function configOf(flags: DeployFlags): DeployConfig {
  return loadConfig(deployConfigSchema, { ...flags, chain: chainFlag(flags.network) }, process.env);
}

/** Id of a network of the chain table by its name, as a flag. Throws CommandFailure (usage). */
function chainFlag(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const chain = CHAINS.find((candidate) => candidate.name === name);
  if (chain !== undefined) return String(chain.chainId);
  const names = CHAINS.map((candidate) => candidate.name).join(", ");
  throw new CommandFailure(EXIT.usage, `there is no network ${name}; known: ${names}`);
}

/** Whose deployment is looked at: the one named, the record's, or the key's. */
async function deployerOf(
  { deployer }: DeployFlags,
  { key }: DeployConfig,
  record: DeploymentRecord | undefined,
): Promise<string> {
  if (deployer !== undefined) {
    if (!isAddress(deployer)) throw new CommandFailure(EXIT.usage, `${deployer} is no address`);
    return getAddress(deployer);
  }
  return record?.deployer ?? (await openWallet(key)).address;
}

async function firstBlock(rpc: RpcClient): Promise<BlockInfo> {
  const block = await readBlock(rpc, 0);
  if (block === undefined) throw new BadAnswer("the chain has no first block");
  return block;
}

/** The plan of a configuration. Throws CommandFailure (usage) when shares would go where they may not. */
function planned(suite: SuiteConfig): Plan {
  try {
    return suitePlan(suite);
  } catch (cause) {
    if (!(cause instanceof InvalidDestination)) throw cause;
    throw new CommandFailure(EXIT.usage, `the destinations are wrong: ${cause.message}`, {}, { cause });
  }
}

/** Gives what stops a deployment an exit code. A check that does not hold has no cause. */
export async function explained<T>(context: ActionContext, run: Promise<T>): Promise<T> {
  try {
    return await run;
  } catch (error) {
    throw failureOf(error, context);
  }
}

function failureOf(error: unknown, context: ActionContext): unknown {
  const options = { cause: error };
  const fail = (code: ConstructorParameters<typeof CommandFailure>[0], details: Record<string, unknown> = {}) =>
    new CommandFailure(code, error instanceof Error ? error.message : String(error), details, options);
  if (error instanceof FactoryMissing) return fail(error.isOther ? EXIT.checkFailed : EXIT.notFound);
  if (error instanceof ExternalFault) return fail(error.isMissing ? EXIT.notFound : EXIT.checkFailed);
  if (error instanceof NotCompiled) return fail(EXIT.usage);
  if (error instanceof ServiceFault) return fail(EXIT.chain);
  if (!(error instanceof StepFailed)) return error;
  const { step, cause } = error;
  if (error instanceof Occupied || cause === undefined) return fail(EXIT.checkFailed, { step });
  const { exitCode, sentence, details } = endingOf(cause, context.explain);
  return new CommandFailure(exitCode, `${step}: ${sentence}`, { ...details, step }, options);
}
