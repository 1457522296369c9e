import type { ActionContext } from "../../agents/shared/cli";
import { readHead } from "../../chain/rpc";
import { checkExternals } from "../externals";
import type { StepReport } from "../execute";
import { changeSince } from "../manifest";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { Read } from "../plan";
import { MARGIN_PERCENT } from "../pricing";
import { Reader } from "../reader";
import { costsOf, inspectBoth, priceLeft } from "./costs";
import { disputesLine, plannedDisputes } from "./disputes";
import { explained, open, type DeployFlags, type Undertaking } from "./opening";
import { coins, countsOf, priceLines } from "./words";

/** `plan`: predicts, checks, prices; sends nothing. */
export async function planAction(flags: DeployFlags, context: ActionContext): Promise<void> {
  const undertaking = await open(flags, context);
  const { chain, rpc, suite, plan, deployer, preset } = undertaking;
  const externals = await explained(context, externalsOf(undertaking));
  requireUnchanged(undertaking);
  const { plan: reports, handover } = await explained(context, inspectBoth(undertaking));
  await explained(context, requireTimes(undertaking, reports));
  const costs = await explained(context, costsOf(undertaking));
  const price = await priceLeft(undertaking, costs, [...reports, ...handover]);
  const balance = await rpc.getBalance(deployer);
  const isEnough = balance >= price.needed;
  const rows = [...plan.creations.values()].map(({ name, address, initCodeHash }) => ({ name, address, initCodeHash }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  const counts = countsOf(reports);
  const disputes = plannedDisputes(plan, suite.resolver, suite.court);
  const text = [
    `${preset.id} on ${chain.name}, by ${deployer}`,
    ...rows.map(({ name, address }) => `  ${name.padEnd(width)} ${address}`),
    ...externals.map(({ what, address, answers }) => `  ${what} at ${address}: ${answers}`),
    disputesLine(disputes),
    ...priceLines(price, chain),
    `needed with ${MARGIN_PERCENT}% on top: ${coins(price.needed, chain)}; the deployer has ${coins(balance, chain)}`,
    `${counts.planned} steps of the deployment are left to do, ${counts.skipped} are done; nothing was sent`,
  ].join("\n");
  const fields = { network: chain.name, chainId: chain.chainId, preset: preset.id, deployer, ...counts };
  const { steps, gas, gasPrice, execution, data, needed, largest } = price;
  const cost = { gas, gasPrice, execution, dataFees: data, needed, largest, balance, steps };
  context.reporter.answer(text, {
    ok: isEnough,
    ...(isEnough ? {} : { exitCode: EXIT.funds }),
    ...fields,
    place: { factory: suite.place.factory.address, salt: suite.place.salt },
    contracts: Object.fromEntries(rows.map(({ name, ...row }) => [name, row])),
    externals,
    disputes,
    ...cost,
  });
  if (!isEnough) process.exitCode = EXIT.funds;
}

/** Everything that the suite relies on answers as it should. Local chains have none of it; the factory is put there. */
export async function externalsOf({ chain, rpc, suite }: Undertaking): ReturnType<typeof checkExternals> {
  return chain.isLocal ? [] : checkExternals(rpc, chain, suite);
}

/** Throws CommandFailure (checkFailed) when the plan is another one than the manifest is of. */
export function requireUnchanged({ record, plan, manifest }: Undertaking): void {
  const change = record === undefined ? undefined : changeSince(record, plan);
  if (change === undefined) return;
  const sentence = `${manifest} is of another suite: ${change}; restore that, or name another salt and manifest`;
  throw new CommandFailure(EXIT.checkFailed, sentence);
}

/** Contracts whose terms run from their creation, and the view that tells until when. */
const TERMS = [
  { contract: "CommonsGuardian", view: "expiresAt" },
  { contract: "ProceedsSplitter", view: "lockedUntil" },
] as const;

const YEAR = 365 * 86_400;
/** How long a deployment may take from its first contract to its last. */
const LONGEST_DEPLOYMENT = 30 * 86_400;

/**
 * Times that must fit: the sale begins after its rounds are set, and nothing was created so long ago that its terms have
 * partly run out. Anybody who knows the configuration could create a contract of the plan a year ahead.
 * @throws CommandFailure (usage, checkFailed)
 */
export async function requireTimes(undertaking: Undertaking, reports: readonly StepReport[]): Promise<void> {
  const { rpc, plan, suite } = undertaking;
  const { timestamp } = await readHead(rpc);
  const isSaleLeft = reports.some(({ step, outcome }) => step.id === "TokenSale.setRounds" && outcome === "planned");
  if (isSaleLeft && suite.saleStart <= timestamp) {
    const then = new Date(suite.saleStart * 1000).toISOString();
    throw new CommandFailure(EXIT.usage, `saleStart lies in the past (${then}): nothing was sent`);
  }
  if (reports.every(({ outcome }) => outcome !== "planned")) return;
  const terms = { CommonsGuardian: YEAR, ProceedsSplitter: suite.payeeLock };
  const reader = new Reader(rpc, plan.creations);
  for (const { contract, view } of TERMS) {
    const { address } = plan.creation(contract);
    if ((await rpc.getCode(address)) === "0x") continue;
    const until = Number(await reader.resolve(new Read(contract, view, [])));
    if (until >= timestamp + terms[contract] - LONGEST_DEPLOYMENT) continue;
    const sentence = `${contract} at ${address} was created long ago, and its term ends early: choose another salt`;
    throw new CommandFailure(EXIT.checkFailed, sentence);
  }
}
