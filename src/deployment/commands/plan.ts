import type { ActionContext } from "../../agents/shared/cli";
import { checkExternals } from "../externals";
import { changeSince } from "../manifest";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { MARGIN_PERCENT } from "../pricing";
import { costsOf, inspectBoth, priceLeft } from "./costs";
import { explained, open, type DeployFlags, type Undertaking } from "./opening";
import { coins, countsOf, priceLines } from "./words";

/** `plan`: predicts, checks, prices; sends nothing. */
export async function planAction(flags: DeployFlags, context: ActionContext): Promise<void> {
  const undertaking = await open(flags, context);
  const { chain, rpc, suite, plan, deployer, preset } = undertaking;
  const externals = await explained(context, externalsOf(undertaking));
  requireUnchanged(undertaking);
  const { plan: reports, handover } = await explained(context, inspectBoth(undertaking));
  const costs = await explained(context, costsOf(undertaking));
  const price = await priceLeft(undertaking, costs, [...reports, ...handover]);
  const balance = await rpc.getBalance(deployer);
  const isEnough = balance >= price.needed;
  const rows = [...plan.creations.values()].map(({ name, address, initCodeHash }) => ({ name, address, initCodeHash }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  const counts = countsOf(reports);
  const text = [
    `${preset.id} on ${chain.name}, by ${deployer}`,
    ...rows.map(({ name, address }) => `  ${name.padEnd(width)} ${address}`),
    ...externals.map(({ what, address, answers }) => `  ${what} at ${address}: ${answers}`),
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
