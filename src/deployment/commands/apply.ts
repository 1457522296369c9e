import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { confirm, type ActionContext } from "../../agents/shared/cli";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { pollMsOf, sendReported } from "../../agents/shared/session";
import { decodeBytes32String } from "ethers";
import type { RpcClient } from "../../chain/rpc";
import { journalSchema, journalToJson, StillPending, TransactionSender, type Mined } from "../../chain/sender";
import { lockFolder, lockFolderPatiently, StateFile } from "../../chain/stateFile";
import { run } from "../../toolchain/run";
import { isContract, type ContractName } from "../contracts";
import { genesisRows } from "../economy";
import { execute, type Courier, type Deployed, type Executed, type StepReport } from "../execute";
import { installFactory } from "../factory";
import { changeSince, knownFrom, recordOf, saveRecord, type DeploymentRecord } from "../manifest";
import { originsOf } from "../origins";
import { addressIn, type Plan } from "../predict";
import { beginningOf, progressIn, type Progress } from "../progress";
import { snapshot } from "../snapshot";
import { costsOf, inspect, isDone, priceLeft, requireFunds } from "./costs";
import { explained, openWithKey, type DeployFlags, type Undertaking } from "./opening";
import { externalsOf, requireUnchanged } from "./plan";
import { coins, countsOf, gasText } from "./words";

type Opened = Awaited<ReturnType<typeof openWithKey>>;

/** `apply`: sends what is left of the plan, and nothing twice. */
export async function applyAction(flags: DeployFlags, context: ActionContext): Promise<void> {
  const opened = await openWithKey(flags, context);
  const { chain, rpc, plan, stateDir, deployer, manifest } = opened;
  context.onEnd(lockFolder(stateDir));
  const crew = await explained(context, prepare(opened, context));
  const left = await explained(context, inspect(opened, plan));
  if (await explained(context, isHandedOver(opened))) return answerHandedOver(opened, crew, context);
  if (!isDone(left)) {
    await explained(context, preflight(opened, left));
    if (!chain.isLocal && flags.yes !== true) await confirm(`Deploy to ${chain.name} as ${deployer}?`);
  }
  const executed = await explained(context, perform(opened, crew, plan, context));
  const record = await writeRecord(opened, executed, crew.progress.read());
  const counts = countsOf(executed.reports);
  const text = [
    `the suite is on ${chain.name}: ${counts.sent} steps sent, ${counts.skipped} were done before`,
    `paid ${coins(crew.spent(), chain)} for ${gasText(gasOf(executed.reports))} gas; addresses are in ${manifest}`,
  ].join("\n");
  context.reporter.answer(text, {
    ok: true,
    network: chain.name,
    chainId: chain.chainId,
    deployer,
    manifest,
    gasCost: crew.spent(),
    ...counts,
    gasUsed: gasOf(executed.reports),
    contracts: record.contracts,
    steps: executed.reports.map(({ step, outcome, gas }) => ({ step: step.id, outcome, gas })),
    balance: await rpc.getBalance(deployer),
  });
}

/** After the hand-over nothing is left for a deployer: what differs from the plan was decided by the governor. */
async function answerHandedOver(opened: Opened, crew: Crew, { reporter }: ActionContext): Promise<void> {
  const { chain, deployer, manifest } = opened;
  const record = await writeRecord(opened, { deployed: {} }, crew.progress.read());
  reporter.answer(`the suite on ${chain.name} is handed over: nothing is left to do; addresses are in ${manifest}`, {
    ok: true,
    network: chain.name,
    chainId: chain.chainId,
    deployer,
    manifest,
    handedOver: true,
    sent: 0,
    contracts: record.contracts,
  });
}

/** Whether the timelock owns everything and the deployer cannot appoint anybody any more. */
export async function isHandedOver({ rpc, plan, handover }: Undertaking): Promise<boolean> {
  const timelock = addressIn(plan.creations, "CommonsTimelock");
  const hasTimelock = (await rpc.getCode(timelock)) !== "0x";
  // With a contract missing, views of the hand-over would have nobody to ask.
  const codes = hasTimelock ? [...plan.creations.values()].map(({ address }) => rpc.getCode(address)) : ["0x"];
  if ((await Promise.all(codes)).includes("0x")) return false;
  return isDone(await inspect({ rpc }, handover));
}

/** Who sends, and what is noted on the way. */
export interface Crew {
  readonly sender: TransactionSender;
  readonly progress: StateFile<Progress>;
  spent(): bigint;
}

/** Looks at everything that must be right before the first transaction, and waits for what an earlier run left on its way. */
export async function prepare(opened: Opened, context: ActionContext): Promise<Crew> {
  const { chain, rpc, plan, stateDir } = opened;
  if (chain.isLocal) await installFactory(rpc, chain);
  await externalsOf(opened);
  requireUnchanged(opened);
  const progress = progressIn(stateDir);
  await requireSamePlan(opened, progress.read());
  progress.write({ ...beginningOf(plan), created: progress.read()?.created ?? {} });
  let spent = 0n;
  const note = (mined: Mined): void => {
    spent += mined.gasCost;
    const { key, succeeded, hash: transaction, blockNumber: block, gasUsed: gas } = mined;
    if (!succeeded || !isContract(key)) return;
    const known = progress.read() ?? beginningOf(plan);
    const { address } = plan.creation(key);
    progress.write({ ...known, created: { ...known.created, [key]: { address, block, transaction, gas } } });
  };
  const sender = senderOf(opened, note);
  const pending = sender.pendingKey;
  if (pending !== undefined) context.reporter.news("pending", `waiting for ${pending}, sent by an earlier run`);
  await sender.recover();
  await drain(opened, rpc);
  return { sender, progress, spent: () => spent };
}

/** A half-finished suite of other code or other arguments is not gone on with. Throws CommandFailure (checkFailed). */
async function requireSamePlan({ rpc, plan, stateDir }: Opened, progress: Progress | undefined): Promise<void> {
  if (progress === undefined) return;
  const there: [string, Progress["contracts"][string]][] = [];
  for (const [name, row] of Object.entries(progress.contracts)) {
    if ((await rpc.getCode(row.address)) !== "0x") there.push([name, row]);
  }
  const change = changeSince({ ...progress, contracts: Object.fromEntries(there) }, plan);
  if (change === undefined) return;
  const sentence = `a deployment was begun with another plan: ${change}; restore that, or name another salt and --state (now ${stateDir})`;
  throw new CommandFailure(EXIT.checkFailed, sentence);
}

/** Transactions of the key that no journal knows: they have to be in a block before anything is planned. */
async function drain({ chain, config, deployer }: Opened, rpc: RpcClient): Promise<void> {
  const pollMs = pollMsOf(config, chain);
  const patienceMs = config.pendingSeconds * 1000;
  for (let waited = 0; ; waited += pollMs) {
    const [mined, pending] = await Promise.all([
      rpc.getTransactionCount(deployer, "latest"),
      rpc.getTransactionCount(deployer, "pending"),
    ]);
    if (pending <= mined) return;
    if (waited >= patienceMs) {
      const nonces = pending - mined === 1 ? `nonce ${mined} is` : `nonces ${mined} to ${pending - 1} are`;
      throw new StillPending(
        `${nonces} stuck: sent by ${deployer}, not in a block after ${config.pendingSeconds} s, and not in the journal; wait, or ` +
          "replace with the same nonce and a higher fee, then run this again: nothing was sent",
      );
    }
    await sleep(pollMs);
  }
}

function senderOf(
  { chain, config, rpc, stateDir, wallet }: Opened,
  onMined: (mined: Mined) => void,
): TransactionSender {
  const name = `sender-${wallet.address.toLowerCase()}`;
  const { raiseAfterSeconds, maxFeePerGasGwei, pendingSeconds } = config;
  return new TransactionSender({
    rpc,
    wallet,
    journal: new StateFile(join(stateDir, `${name}.json`), journalSchema, journalToJson),
    lock: () => lockFolderPatiently(join(stateDir, name), pendingSeconds * 1000),
    onMined,
    confirmations: chain.confirmations,
    pollMs: Math.min(pollMsOf(config, chain), Math.max(chain.blockTimeMs / 2, 50)),
    giveUpAfterMs: pendingSeconds * 1000,
    raiseAfterMs: raiseAfterSeconds === undefined ? undefined : raiseAfterSeconds * 1000,
    maxFeePerGas: maxFeePerGasGwei === undefined ? undefined : BigInt(Math.round(maxFeePerGasGwei * 1e9)),
  });
}

/** Everything that is left can be paid for. On a local chain the coin is worth nothing. */
export async function preflight(opened: Undertaking, left: readonly StepReport[]): Promise<void> {
  if (opened.chain.isLocal) return;
  const costs = await costsOf(opened);
  await requireFunds(opened, await priceLeft(opened, costs, left));
}

/** Executes a plan with the crew. */
export function perform(opened: Opened, crew: Crew, plan: Plan, { reporter }: ActionContext): Promise<Executed> {
  const { rpc, chain } = opened;
  const courier: Courier = {
    provider: rpc,
    // One key is deployer and owner.
    send: (_by, errand) => sendReported(crew.sender, errand, reporter),
  };
  const onStep = ({ step, outcome, gas }: StepReport): void => {
    if (outcome === "sent")
      reporter.news("step", `${step.id}: sent, ${gasText(gas)} gas`, { step: step.id, outcome, gas });
    else reporter.detail("step", { step: step.id, outcome });
  };
  return execute(plan, { courier, onStep, patienceMs: chain.isLocal ? 0 : LAG_MS });
}

/** How long an endpoint may lag behind the one that told of a transaction. */
const LAG_MS = 15_000;

export function gasOf(reports: readonly StepReport[]): bigint {
  return reports.reduce((sum, { gas }) => sum + gas, 0n);
}

/** Writes the manifest: addresses, origins, and the state that `status` compares with. */
export async function writeRecord(
  undertaking: Undertaking,
  { deployed }: Pick<Executed, "deployed">,
  progress: Progress | undefined,
): Promise<DeploymentRecord> {
  const { rpc, plan, chain, genesis, deployer, preset, record: earlier, manifest } = undertaking;
  const known: Partial<Record<ContractName, Deployed>> = { ...knownFrom(earlier), ...progress?.created, ...deployed };
  const origins = await originsOf(rpc, plan, known);
  const state = await stateOf(undertaking);
  const record = recordOf({
    chainId: chain.chainId,
    genesis,
    deployer,
    preset: preset.id,
    plan,
    origins,
    state,
    commit: earlier === undefined ? await commitNow() : earlier.commit,
    handedOver: await isHandedOver(undertaking),
    earlier,
  });
  saveRecord(manifest, record);
  return record;
}

/** What `status` compares with. */
export function stateOf({ rpc, plan, handover, suite, deployer }: Undertaking): ReturnType<typeof snapshot> {
  const rows = genesisRows(suite, plan.creations);
  const shares = rows.map(({ destination, label }) => [`share ${decodeBytes32String(label)}`, destination] as const);
  const vault = addressIn(plan.creations, "VestingVault");
  const timelock = addressIn(plan.creations, "CommonsTimelock");
  return snapshot(rpc, [plan, handover], {
    ...Object.fromEntries(shares),
    "the vesting vault": vault,
    deployer,
    timelock,
  });
}

async function commitNow(): Promise<string> {
  const { code, output } = await run("git", ["rev-parse", "HEAD"], { quiet: true });
  return code === 0 ? output.trim() : "unknown";
}
