import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { formatEther, getAddress, parseEther } from "ethers";
import { z } from "zod";
import { GPU_CLASSES } from "../../deploy/data/gpu-classes";
import { vaiker } from "../../deploy/presets/vaiker";
import { confirm, runAction, type ActionContext, type CliFlags } from "../agents/shared/cli";
import { baseConfigShape, endpointsOf, loadConfig, manifestOf as manifestFile } from "../agents/shared/config";
import { CommandFailure, EXIT, EXIT_HELP } from "../agents/shared/exit";
import { endingOf } from "../agents/shared/failures";
import { openSender, openWallet, pollMsOf, sendReported } from "../agents/shared/session";
import { CHAINS, chainOf, type ChainFacts } from "../chain/chains";
import { addressSchema } from "../chain/manifest";
import { readBlock, RpcClient, BadAnswer } from "../chain/rpc";
import type { Mined, TransactionSender } from "../chain/sender";
import { lockFolder } from "../chain/stateFile";
import { explainRefusal } from "../protocol/revert";
import { beaconFor, DEFAULTS, genesisOf, LOCAL_BEACON, type SuiteConfig } from "./config";
import { FACTORIES, interfaceOf, type ContractName } from "./contracts";
import { execute, StepFailed, type Courier, type Executed, type StepReport } from "./execute";
import { manifestOf } from "./manifest";
import { isContract, knownFromManifest, recordIn } from "./record";
import { suitePlan } from "./suite";

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
  })
  .superRefine((config, context) => {
    if (CHAINS.find(({ chainId }) => chainId === config.chainId)?.isLocal === true) return;
    for (const name of ["treasury", "destinations", "arbiters", "attestation"] as const) {
      if (config[name] !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: "has to be named on a public chain" });
    }
  });

type DeployConfig = z.output<typeof deployConfigSchema>;

/** What is deployed by whom. @throws CommandFailure (usage) when the destinations do not fit the preset. */
export function suiteConfigOf(config: DeployConfig, chain: ChainFacts, deployer: string): SuiteConfig {
  const { treasury = deployer, arbiters = [deployer] } = config;
  const { attestation = { signers: [deployer], threshold: 1 } } = config;
  const parts = vaiker.allocations.flatMap((allocation) => allocation.parts);
  const own = chain.isLocal ? Object.fromEntries(parts.map(({ key }) => [key, deployer])) : {};
  const { vrf, sequencerUptimeFeed } = chain;
  if (vrf === undefined && !chain.isLocal) {
    throw new CommandFailure(EXIT.usage, `no VRF coordinator is known on ${chain.name}`);
  }
  return {
    owner: deployer,
    treasury,
    genesis: genesisFor({ ...own, ...config.destinations }),
    vrf:
      vrf === undefined
        ? { kind: "mock", fundingWei: parseEther("1") }
        : { kind: "live", coordinator: vrf.coordinator },
    beacon: vrf === undefined ? LOCAL_BEACON : beaconFor(vrf),
    gpuClasses: GPU_CLASSES,
    ...DEFAULTS,
    attestation,
    arbiters,
    ...(sequencerUptimeFeed === undefined ? {} : { sequencerFeed: sequencerUptimeFeed }),
  };
}

function genesisFor(destinations: Readonly<Record<string, string>>): SuiteConfig["genesis"] {
  try {
    return genesisOf(vaiker, destinations);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(EXIT.usage, `the destinations are wrong: ${reason}`, {}, { cause });
  }
}

interface DeployFlags extends CliFlags {
  readonly network?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

async function deploy(flags: DeployFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const config = loadConfig(deployConfigSchema, { ...flags, chain: chainFlag(flags.network) }, process.env);
    const urls = endpointsOf(config);
    const chain = chainOf(config.chainId);
    const isDry = flags.dryRun === true;
    const wallet = await openWallet(config.key);
    const steps = suitePlan(suiteConfigOf(config, chain, wallet.address));
    const rpc = new RpcClient({ urls, chain, timeoutMs: config.rpcTimeoutMs, attempts: config.rpcAttempts });
    context.onEnd(() => rpc.destroy());
    const interfaces = (Object.keys(FACTORIES) as ContractName[]).map(interfaceOf);
    context.explain = (error) => explainRefusal(error, interfaces);

    const genesis = await genesisHash(rpc);
    const origin = { genesis, deployer: wallet.address };
    // A local chain that began anew has nothing of the old one, and a key nothing of another's.
    const base = config.stateDir ?? join(".local", "deploy", String(chain.chainId));
    const stateDir = join(base, `${genesis.slice(2, 10)}-${wallet.address.slice(2, 10).toLowerCase()}`);
    if (!isDry) context.onEnd(lockFolder(stateDir));
    const record = recordIn(stateDir);
    const manifest = manifestFile(config);
    let known = { ...knownFromManifest(manifest, origin), ...record.read() };
    let spent = 0n;
    const note = (mined: Mined): void => {
      spent += mined.gasCost;
      const { key, succeeded, contractAddress, hash: transaction, blockNumber: block, gasUsed: gas } = mined;
      if (!isContract(key) || !succeeded || contractAddress === null) return;
      known = { ...known, [key]: { address: getAddress(contractAddress), block, transaction, gas } };
      record.write(known);
    };
    const session = { chain, config, rpc, stateDir, pollMs: pollMsOf(config, chain) };
    const sender = openSender(session, wallet, "settled", note);
    if (!isDry) {
      if (!chain.isLocal && flags.yes !== true) await confirm(`Deploy to ${chain.name} as ${wallet.address}?`);
      await sender.recover();
    }
    const courier = courierOf(sender, rpc, context);
    const onStep = (report: StepReport): void => tell(report, context);
    const executed = await explained(context, execute(steps, { courier, known, dryRun: isDry, onStep }));
    if (!isDry) {
      mkdirSync(dirname(manifest), { recursive: true });
      const content = { ...manifestOf(chain.chainId, executed), ...origin };
      writeFileSync(manifest, `${JSON.stringify(content, null, 2)}\n`);
    }
    answer(executed, context, {
      network: chain.name,
      chainId: chain.chainId,
      deployer: wallet.address,
      dryRun: isDry,
      manifest,
      gasCost: spent,
      symbol: chain.nativeSymbol,
    });
  });
}

/** Id of a network of the chain table by its name, as a flag. Throws CommandFailure (usage). */
function chainFlag(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const chain = CHAINS.find((candidate) => candidate.name === name);
  if (chain !== undefined) return String(chain.chainId);
  const names = CHAINS.map((candidate) => candidate.name).join(", ");
  throw new CommandFailure(EXIT.usage, `there is no network ${name}; known: ${names}`);
}

async function genesisHash(rpc: RpcClient): Promise<string> {
  const block = await readBlock(rpc, 0);
  if (block === undefined) throw new BadAnswer("the chain has no first block");
  return block.hash;
}

/** The sender as a courier: one key is deployer and owner. */
function courierOf(sender: TransactionSender, provider: RpcClient, { reporter }: ActionContext): Courier {
  return { provider, send: (_by, errand) => sendReported(sender, errand, reporter) };
}

function tell({ step, outcome, gas }: StepReport, { reporter }: ActionContext): void {
  if (outcome === "sent") reporter.news("step", `${step.id}: sent, ${gas} gas`, { step: step.id, outcome, gas });
  else reporter.detail("step", { step: step.id, outcome });
}

/** What stopped a deployment, with an exit code. A check that does not hold has no cause. */
async function explained(context: ActionContext, run: Promise<Executed>): Promise<Executed> {
  try {
    return await run;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const { step, cause } = error;
    if (cause === undefined) throw new CommandFailure(EXIT.checkFailed, error.message, { step }, { cause: error });
    const { exitCode, sentence, details } = endingOf(cause, context.explain);
    throw new CommandFailure(exitCode, `${step}: ${sentence}`, { ...details, step }, { cause: error });
  }
}

interface Summary {
  readonly network: string;
  readonly chainId: number;
  readonly deployer: string;
  readonly dryRun: boolean;
  readonly manifest: string;
  readonly gasCost: bigint;
  readonly symbol: string;
}

function answer({ deployed, reports }: Executed, { reporter }: ActionContext, summary: Summary): void {
  const { symbol, ...fields } = summary;
  const count = (outcome: StepReport["outcome"]): number => reports.filter((each) => each.outcome === outcome).length;
  const counts = {
    sent: count("sent"),
    skipped: count("skipped"),
    checked: count("checked"),
    planned: count("planned"),
  };
  const gasUsed = reports.reduce((sum, { gas }) => sum + gas, 0n);
  const text = summary.dryRun
    ? [
        ...reports.filter(({ outcome }) => outcome === "planned").map(({ step }) => `${step.kind} ${step.id}`),
        `${counts.planned} steps are left to do on ${summary.network}, ${counts.skipped} are done; nothing was sent`,
      ].join("\n")
    : [
        `the suite is on ${summary.network}: ${counts.sent} steps sent, ${counts.skipped} were done before`,
        `paid ${formatEther(summary.gasCost)} ${symbol} for gas; addresses are in ${summary.manifest}`,
      ].join("\n");
  const steps = reports.map(({ step, outcome, gas }) => ({ step: step.id, outcome, gas }));
  reporter.answer(text, { ok: true, ...fields, ...counts, gasUsed, contracts: deployed, steps });
}

/** The deployment's program: one command, safe to repeat. */
export function deployProgram(): Command {
  return new Command("deploy")
    .description("Deploy the suite, or go on where an earlier run stopped; nothing is sent twice")
    .option("--network <name>", `one of ${CHAINS.map(({ name }) => name).join(", ")} (default: local)`)
    .option("--dry-run", "send nothing, list what is left to do")
    .option("--yes", "do not ask before sending on a public chain")
    .option("--config <file>", "JSON configuration")
    .option("--rpc <urls>", "endpoints, comma separated")
    .option("--manifest <file>", "where to write the addresses (default: deployments/<chain id>.json)")
    .option("--state <folder>", "folder for the record of an unfinished deployment")
    .option("--json", "machine-readable output")
    .option("--verbose", "more news on standard error")
    .addHelpText("after", EXIT_HELP)
    .action(deploy);
}
