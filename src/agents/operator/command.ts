import { Command, InvalidArgumentError } from "commander";
import { isAddress, MaxUint256, type Wallet } from "ethers";
import { keySourceSchema, KeyUnavailable, openKey, type KeySource } from "../../chain/keys";
import { WrongChain } from "../../chain/rpc";
import type { TransactionSender } from "../../chain/sender";
import { lockFolder, StateInUse } from "../../chain/stateFile";
import { formatTokens, parseTokens } from "../../protocol/amounts";
import { runAction, withCommonFlags, type ActionContext, type CliFlags } from "../shared/cli";
import { loadConfig } from "../shared/config";
import { CommandFailure, EXIT } from "../shared/exit";
import { isPassing } from "../shared/failures";
import { runLoop, stopSignal } from "../shared/loop";
import { call } from "../shared/money";
import { openSender, openSession, openWallet, sendReported, type Session } from "../shared/session";
import { operatorConfigSchema, type OperatorConfig } from "./config";
import { NO_METADATA, readGpu, registerGpu, withdrawEarnings, type GpuReport } from "./stake";

interface Opened {
  readonly session: Session;
  readonly config: OperatorConfig;
  /** The sender of the working key, or of the owner's. */
  senderOf(who: "operator" | "owner"): Promise<TransactionSender>;
}

function open(flags: CliFlags, context: ActionContext): Opened {
  const config = loadConfig(operatorConfigSchema, flags, process.env);
  const session = openSession(config, "operator", context.reporter);
  context.explain = session.explain;
  context.onEnd(() => session.close());
  const senderOf = async (who: "operator" | "owner"): Promise<TransactionSender> => {
    const wallet = await openWallet(who === "owner" ? (config.ownerKey ?? config.key) : config.key);
    const sender = openSender(session, wallet, "settled");
    await sender.recover();
    return sender;
  };
  return { session, config, senderOf };
}

/** Takes the state folder for this process until the action is over. */
function lock({ session }: Opened, context: ActionContext): void {
  const release = lockFolder(session.stateDir);
  context.onEnd(release);
}

async function run(flags: CliFlags): Promise<void> {
  await runAction(flags, true, async (context) => {
    const opened = open(flags, context);
    lock(opened, context);
    const { session, config } = opened;
    const sender = openSender(session, await openWallet(config.key), "mined");
    // The worker is loaded only where it is needed: the other commands start faster without it.
    const { OperatorAgent } = require("./agent") as typeof import("./agent");
    const { reporter } = context;
    const ownerSender = await ownerSenderOf(opened, sender, context);
    const agent = await OperatorAgent.open({ session, sender, ownerSender, config, reporter });
    context.onEnd(() => agent.close());
    const signal = stopSignal();
    if (config.misbehave !== undefined) {
      reporter.news(
        "misbehave",
        `WARNING: set to misbehave (${config.misbehave.how}); for tests and demonstrations only`,
      );
    }
    reporter.news("ready", `operator ${sender.address} follows chain ${session.chain.chainId}`, {
      address: sender.address,
      gpus: agent.gpus,
      jobs: agent.jobs.length,
    });
    const withdraw = withdrawer(opened, sender, ownerSender, context);
    let isRecovered = false;
    await runLoop({
      pollMs: session.pollMs,
      signal,
      tick: async () => {
        if (!isRecovered) await sender.recover();
        isRecovered = true;
        await agent.tick();
        await withdraw();
      },
      onFailure: (error, failures) => {
        if (error instanceof WrongChain) return false;
        const reason = session.explain(error)?.sentence ?? (error instanceof Error ? error.message : String(error));
        reporter.news("roundFailed", `round failed (${failures} in a row): ${reason}`, { failures, reason });
        return isPassing(error) || session.explain(error) !== undefined;
      },
    });
  });
}

/**
 * What sends as the owner while the agent runs: the working key's sender where no other key is configured, or needed. Without
 * the owner's key verdicts cannot be appealed; that holds up no work.
 */
async function ownerSenderOf(
  { session, config }: Opened,
  operator: TransactionSender,
  { reporter }: ActionContext,
): Promise<TransactionSender> {
  const { ownerKey, withdrawAbove, appeal } = config;
  const isAppealing = appeal && session.market.review !== undefined;
  if (ownerKey === undefined || (withdrawAbove === undefined && !isAppealing)) return operator;
  try {
    const wallet = await openWallet(ownerKey);
    return wallet.address === operator.address ? operator : openSender(session, wallet, "mined");
  } catch (error) {
    if (!(error instanceof KeyUnavailable) || withdrawAbove !== undefined) throw error;
    reporter.news("noAppeals", `verdicts of panels cannot be appealed: ${error.message}`);
    return operator;
  }
}

/** Wall clock between two tries of a withdrawal that failed, milliseconds. */
const WITHDRAWAL_PAUSE_MS = 600_000;

/**
 * What moves earnings out of the vault once they are above the configured sum. They belong to the owner: its key is needed,
 * and where the working key is another one, without it nothing is moved. A failure never holds up the work.
 */
function withdrawer(
  { session, config }: Opened,
  operator: TransactionSender,
  sender: TransactionSender,
  { reporter }: ActionContext,
): () => Promise<void> {
  const { withdrawAbove, payoutAddress } = config;
  if (withdrawAbove === undefined) return async () => undefined;
  const isOther = sender !== operator;
  const to = payoutAddress ?? sender.address;
  let nextTry = 0;
  return async () => {
    if (performance.now() < nextTry) return;
    try {
      if (isOther && sender.pendingKey !== undefined) await sender.recover();
      const account = await session.market.vault.accountOf(sender.address);
      if (account === 0n || (await session.market.vault.balanceOf(account)) <= withdrawAbove) return;
      const amount = await withdrawEarnings(session, sender, to, undefined, reporter);
      reporter.news("withdrawn", `withdrew ${formatTokens(amount)} tokens to ${to}`, { amount, to });
    } catch (error) {
      nextTry = performance.now() + WITHDRAWAL_PAUSE_MS;
      const reason = session.explain(error)?.sentence ?? (error instanceof Error ? error.message : String(error));
      reporter.news("withdrawalFailed", `earnings stay in the vault until the next try: ${reason}`, { reason });
      if (!isPassing(error) && session.explain(error) === undefined) throw error;
    }
  };
}

interface RegisterFlags extends CliFlags {
  readonly class: number;
  readonly region: number;
  readonly slots: number;
  readonly stake?: bigint;
  readonly operator?: string;
  readonly endpoint: string;
  readonly metadata?: string;
  readonly deviceEnv?: string;
  readonly deviceKeystore?: string;
  readonly approve?: boolean;
}

async function register(flags: RegisterFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session, config } = opened;
    const sender = await opened.senderOf("owner");
    const offer = {
      classId: flags.class,
      region: flags.region,
      slots: flags.slots,
      stake: flags.stake,
      operator: flags.operator ?? (await openWallet(config.key)).address,
      endpoint: flags.endpoint,
      metadataDigest: flags.metadata ?? NO_METADATA,
    };
    const registrant = { sender, device: await openDevice(flags) };
    const { gpu, isNew } = await registerGpu(session, registrant, offer, flags.approve === true, context.reporter);
    await noteRegistered(session, gpu);
    const report = await readGpu(session, gpu);
    context.reporter.answer(`GPU ${gpu} ${isNew ? "is registered" : "was registered already"}\n${gpuLines(report)}`, {
      ok: true,
      isNew,
      ...report,
    });
  });
}

/** A running agent sees the registration by itself; one that begins later is told. */
async function noteRegistered(session: Session, gpu: bigint): Promise<void> {
  const { noteGpu } = require("./agent") as typeof import("./agent");
  let release: () => void;
  try {
    release = lockFolder(session.stateDir);
  } catch (error) {
    if (error instanceof StateInUse) return;
    throw error;
  }
  try {
    await noteGpu(session, gpu);
  } finally {
    release();
  }
}

function openDevice(flags: RegisterFlags): Promise<Wallet> {
  const source: KeySource =
    flags.deviceKeystore === undefined
      ? keySourceSchema.parse({ env: flags.deviceEnv ?? "GPU_COMMONS_DEVICE_KEY" })
      : { keystore: flags.deviceKeystore, passwordEnv: "GPU_COMMONS_DEVICE_PASSWORD" };
  return openKey(source, process.env);
}

async function status(gpus: readonly string[], flags: CliFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, config } = open(flags, context);
    const { operatorStateFile } = require("./agent") as typeof import("./agent");
    const state = operatorStateFile(session).read();
    const configured = config.gpus === "all" ? (state?.gpus ?? []) : config.gpus.map(BigInt);
    const asked = gpus.length > 0 ? gpus.map(gpuNumber) : configured;
    const reports = await Promise.all(asked.map((gpu) => readGpu(session, gpu)));
    const jobs = (state?.jobs ?? []).map(({ jobId, gpu, attempt, kind }) => ({ jobId, gpu, attempt, kind }));
    const text = [...reports.map(gpuLines), `${jobs.length} jobs at hand`].join("\n");
    context.reporter.answer(text, { ok: true, gpus: reports, jobs });
  });
}

function gpuLines(report: GpuReport): string {
  const flags = [
    report.listed ? "listed" : "not listed",
    report.paused ? "paused" : "",
    report.leaving ? "leaving" : "",
  ];
  return [
    `GPU ${report.gpu}: class ${report.classId}, ${report.active} of ${report.slots} slots busy, ${flags.filter(Boolean).join(", ")}`,
    `  stake ${formatTokens(report.stake)}, locked ${formatTokens(report.locked)}, unbonding ${formatTokens(report.unbonding)}`,
    `  owner ${report.owner}: score ${Number(report.score) / 1e6}, ${report.completed} of ${report.attempted} jobs in 30 days, ` +
      `${formatTokens(report.earned)} tokens in the vault`,
  ].join("\n");
}

/** A command that sends one transaction of the registry and shows the GPU afterwards. */
async function change(
  flags: CliFlags,
  who: "operator" | "owner",
  gpuText: string,
  name: string,
  values: (
    gpu: bigint,
    session: Session,
    sender: TransactionSender,
  ) => Promise<readonly unknown[]> | readonly unknown[],
): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session } = opened;
    const gpu = gpuNumber(gpuText);
    const sender = await opened.senderOf(who);
    const { registry, at } = session.market;
    const intent = call(`${name}:${gpu}`, at.registry, registry.interface, name, await values(gpu, session, sender));
    await sendReported(sender, intent, context.reporter);
    const report = await readGpu(session, gpu);
    context.reporter.answer(gpuLines(report), { ok: true, ...report });
  });
}

async function withdraw(flags: CliFlags & { amount?: bigint; to?: string }): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const sender = await opened.senderOf("owner");
    const to = flags.to ?? opened.config.payoutAddress ?? sender.address;
    const amount = await withdrawEarnings(opened.session, sender, to, flags.amount, context.reporter);
    context.reporter.answer(`withdrew ${formatTokens(amount)} tokens to ${to}`, { ok: true, amount, to });
  });
}

function gpuNumber(text: string): bigint {
  if (!/^[1-9]\d{0,12}$/.test(text)) throw new CommandFailure(EXIT.usage, `${text.slice(0, 40)} is no GPU number`);
  return BigInt(text);
}

function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high)
      throw new InvalidArgumentError(`expected ${low} to ${high}`);
    return value;
  };
}

function tokens(text: string): bigint {
  try {
    return parseTokens(text);
  } catch {
    throw new InvalidArgumentError("expected tokens, such as 12.5");
  }
}

function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError("expected an address");
  return text;
}

/** The operator's commands: `register`, `run`, `status`, `pause`, `resume`, `withdraw` and the moves of stake. */
export function operatorProgram(): Command {
  const program = new Command("operator").description("Stake a GPU and work for it");
  const add = (name: string, description: string): Command =>
    withCommonFlags(program.command(name).description(description));

  add("run", "follow the chain and work").action(run);
  add("register", "stake a GPU, with a proof of possession by its device key")
    .requiredOption("--class <id>", "GPU class", whole(1, 255))
    .option("--region <id>", "region", whole(0, 11), 0)
    .option("--slots <n>", "jobs served at once", whole(1, 32), 1)
    .option("--stake <tokens>", "stake; the class minimum when absent", tokens)
    .option("--operator <address>", "working key; the configured key when absent", address)
    .option("--endpoint <url>", "where the node answers", "")
    .option("--metadata <digest>", "sha-256 digest of a description")
    .option("--device-env <name>", "environment variable with the device key (GPU_COMMONS_DEVICE_KEY)")
    .option("--device-keystore <file>", "keystore with the device key; password in GPU_COMMONS_DEVICE_PASSWORD")
    .option("--approve", "allow the registry to take exactly stake and fee")
    .action(register);
  add("status", "stake, score, jobs and earnings").argument("[gpus...]").action(status);
  add("pause", "take a GPU off the draw lists")
    .argument("<gpu>")
    .action((gpu: string, flags: CliFlags) => change(flags, "operator", gpu, "setPaused", (id) => [id, true]));
  add("resume", "put a GPU back on the draw lists")
    .argument("<gpu>")
    .action((gpu: string, flags: CliFlags) => change(flags, "operator", gpu, "setPaused", (id) => [id, false]));
  add("unbond", "begin to take stake out; all of it when no amount is given, and the GPU leaves")
    .argument("<gpu>")
    .option("--amount <tokens>", "part of the stake", tokens)
    .action((gpu: string, flags: CliFlags & { amount?: bigint }) =>
      change(flags, "owner", gpu, "beginUnbond", (id) => [id, flags.amount ?? MaxUint256]),
    );
  add("withdraw-stake", "take out stake that has unbonded")
    .argument("<gpu>")
    .option("--to <address>", "receiver; the owner when absent", address)
    .action((gpu: string, flags: CliFlags & { to?: string }) =>
      change(flags, "owner", gpu, "withdraw", (id, _session, sender) => [id, flags.to ?? sender.address]),
    );
  add("withdraw", "move earnings out of the vault")
    .option("--amount <tokens>", "part of the earnings", tokens)
    .option("--to <address>", "receiver; the configured payout address, or the owner, when absent", address)
    .action(withdraw);
  return program;
}
