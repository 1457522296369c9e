import { id } from "ethers";
import { z } from "zod";
import { join } from "node:path";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { StateFile } from "../../chain/stateFile";
import { ROOT } from "../../toolchain/run";
import { execute, type StepReport } from "../execute";
import type { Plan } from "../predict";
import { MARGIN_PERCENT, priceOf, type Price } from "../pricing";
import { simulate, type StepCost } from "../simulate";
import { coins } from "./words";
import { withoutProofs } from "./handover";
import type { Undertaking } from "./opening";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const costsSchema = z.object({
  plan: z.string(),
  costs: z.array(z.object({ step: z.string(), gas: decimal, to: z.string(), data: z.string(), value: decimal })),
});

/** Reads what is done of a plan. Sends nothing. */
export async function inspect({ rpc }: Pick<Undertaking, "rpc">, plan: Plan): Promise<readonly StepReport[]> {
  const courier = {
    provider: rpc,
    send: () => Promise.reject(new Error("nothing is sent while looking")),
  };
  return (await execute(plan, { courier, dryRun: true })).reports;
}

/** Whether nothing is left to send. Checks may still not hold. */
export function isDone(reports: readonly StepReport[]): boolean {
  return reports.every(({ outcome, step }) => outcome !== "planned" || step.kind === "check");
}

/** What is done of plan and hand-over. The second can only be looked at when the first is done. */
export async function inspectBoth(undertaking: Pick<Undertaking, "rpc" | "plan" | "handover">): Promise<{
  readonly plan: readonly StepReport[];
  readonly handover: readonly StepReport[];
}> {
  const { plan, handover } = undertaking;
  const reports = await inspect(undertaking, plan);
  if (isDone(reports)) return { plan: reports, handover: await inspect(undertaking, handover) };
  const planned = handover.steps.map((step): StepReport => ({ step, outcome: "planned", gas: 0n }));
  return { plan: reports, handover: planned };
}

/** Gas of every transaction of plans, from a simulation that is kept beside the deployment's state. */
export async function costsOf(undertaking: Undertaking): Promise<readonly StepCost[]> {
  const { chain, deployer, stateDir } = undertaking;
  const plans = [undertaking.plan, withoutProofs(undertaking)];
  const toJson = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? `${item}` : item)));
  const kept = new StateFile(join(stateDir, "gas.json"), costsSchema, toJson);
  const plan = fingerprint(plans);
  const earlier = readQuietly(kept);
  if (earlier?.plan === plan) return earlier.costs;
  const costs = await simulate(ROOT, chain, deployer, plans);
  kept.write({ plan, costs });
  return costs;
}

function readQuietly<T>(file: StateFile<T>): T | undefined {
  try {
    return file.read();
  } catch {
    return undefined; // It only saves time.
  }
}

/** Identifies everything that transactions follow from. */
function fingerprint(plans: readonly Plan[]): string {
  const text = JSON.stringify(
    plans.map(({ steps, creations }) => [steps, [...creations.values()].map(({ address }) => address)]),
    (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value),
  );
  return id(text);
}

/** Price of the steps that are left. */
export async function priceLeft(
  { rpc, chain, deployer }: Pick<Undertaking, "rpc" | "chain" | "deployer">,
  costs: readonly StepCost[],
  reports: readonly StepReport[],
): Promise<Price> {
  const left = new Set(reports.filter(({ outcome }) => outcome === "planned").map(({ step }) => step.id));
  return priceOf(
    rpc,
    chain,
    deployer,
    costs.filter(({ step }) => left.has(step)),
  );
}

/** Throws CommandFailure (funds) when the deployer does not have what is needed. */
export async function requireFunds(
  { rpc, chain, deployer }: Pick<Undertaking, "rpc" | "chain" | "deployer">,
  price: Price,
): Promise<bigint> {
  const balance = await rpc.getBalance(deployer);
  if (balance >= price.needed) return balance;
  const sentence =
    `${deployer} has ${coins(balance, chain)}, the steps left need ${coins(price.needed, chain)} ` +
    `(with ${MARGIN_PERCENT}% on top): nothing was sent`;
  throw new CommandFailure(EXIT.funds, sentence, { balance, needed: price.needed });
}
