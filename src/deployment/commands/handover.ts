import { confirm, type ActionContext } from "../../agents/shared/cli";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { LogReader } from "../../chain/logs";
import { lockFolder } from "../../chain/stateFile";
import { deployersRights, historyFaults, historyOf, historyTopics } from "../handover";
import type { DeploymentRecord } from "../manifest";
import { addressIn, Plan } from "../predict";
import { gasOf, perform, preflight, prepare, writeRecord } from "./apply";
import { inspect, isDone } from "./costs";
import { ownersFaults } from "./acts";
import { explained, openWithKey, type DeployFlags, type Undertaking } from "./opening";
import { coins, countsOf, gasText } from "./words";

/** `handover`: gives everything to the timelock, and proves that the deployer has nothing left. */
export async function handoverAction(flags: DeployFlags, context: ActionContext): Promise<void> {
  const opened = await openWithKey(flags, context);
  const { chain, suite, plan, handover, stateDir, deployer, manifest } = opened;
  const rights = deployersRights(suite);
  if (rights.length !== 0) {
    const sentence = `by the configuration the deployer ${rights.join(", ")}: name others, nothing was sent`;
    throw new CommandFailure(EXIT.wrongState, sentence);
  }
  context.onEnd(lockFolder(stateDir));
  const crew = await explained(context, prepare(opened, context));
  const before = await explained(context, inspect(opened, plan));
  const missing = before.find(({ outcome }) => outcome === "planned");
  if (missing !== undefined) {
    throw new CommandFailure(
      EXIT.wrongState,
      `the deployment is not finished (${missing.step.id} is left): run apply first`,
    );
  }
  // Known before the first step: from which block on events are read.
  const told = opened.record ?? (await writeRecord(opened, { deployed: {} }, crew.progress.read()));
  refuseFaults(await explained(context, ownersFaults(opened, told)), "nothing was sent");
  const left = await explained(context, inspect(opened, handover));
  if (!isDone(left)) {
    await explained(context, preflight(opened, left));
    const question = `Give everything on ${chain.name} to the timelock, for ever?`;
    if (!chain.isLocal && flags.yes !== true) await confirm(question);
  }
  const executed = await explained(context, perform(opened, crew, handover, context));
  const after = await explained(context, inspect(opened, plan));
  refuseFaults([
    ...after.filter(({ outcome }) => outcome === "planned").map(({ step }) => `${step.id} was undone`),
    ...(await explained(context, ownersFaults(opened, told))),
    ...(await explained(context, timelockFaults(opened, told))),
  ]);
  const record = await writeRecord(opened, executed, crew.progress.read());
  const counts = countsOf(executed.reports);
  const timelock = addressIn(plan.creations, "CommonsTimelock");
  const text = [
    `everything on ${chain.name} belongs to the timelock ${timelock}: ${counts.sent} steps sent, ${counts.skipped} were done before`,
    `proved: ${counts.checked} checks, every role of the timelock and every operation in it, every act of an owner before it; ${deployer} holds no role and no token`,
    `paid ${coins(crew.spent(), chain)} for ${gasText(gasOf(executed.reports))} gas; ${manifest} says so`,
  ].join("\n");
  context.reporter.answer(text, {
    ok: true,
    network: chain.name,
    chainId: chain.chainId,
    deployer,
    timelock,
    gasCost: crew.spent(),
    ...counts,
    gasUsed: gasOf(executed.reports),
    handedOver: record.handedOver,
    steps: executed.reports.map(({ step, outcome, gas }) => ({ step: step.id, outcome, gas })),
  });
}

/** @throws CommandFailure (checkFailed) */
function refuseFaults(faults: readonly string[], note?: string): void {
  if (faults.length === 0) return;
  const sentence = ["the proof failed", faults.join("; "), ...(note === undefined ? [] : [note])].join(": ");
  throw new CommandFailure(EXIT.checkFailed, sentence, { faults });
}

/** What only the timelock's logs can tell: other holders of its roles, and operations that wait in it. */
async function timelockFaults(undertaking: Undertaking, record: DeploymentRecord): Promise<readonly string[]> {
  const { rpc, chain, plan } = undertaking;
  const filter = { addresses: [addressIn(plan.creations, "CommonsTimelock")], topics: [historyTopics()] };
  const from = record.contracts["CommonsTimelock"]?.block ?? record.blockNumber;
  const logs = await new LogReader(rpc, chain.logRange).read(filter, from, await rpc.getBlockNumber());
  return historyFaults(historyOf(logs), plan);
}

/** Steps of a hand-over without its proofs, for a simulation: configurations of local chains would not pass them. */
export function withoutProofs({ handover, plan }: Pick<Undertaking, "handover" | "plan">): Plan {
  const steps = handover.steps.filter(({ kind }) => kind !== "check");
  return new Plan(steps, plan.place, plan.creations);
}
