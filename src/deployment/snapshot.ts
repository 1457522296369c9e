import { Interface, keccak256, type Provider } from "ethers";
import { interfaceOf, type ContractName } from "./contracts";
import { Lookup, Read, type Step, type Value } from "./plan";
import type { Plan } from "./predict";
import { canonical, isRevert, Reader } from "./reader";

/** What a deployment consists of besides its addresses: answers of views, as text, by what was asked. */
export type Snapshot = Readonly<Record<string, string>>;

const OWNED = new Interface([
  "function owner() view returns (address)",
  "function pendingOwner() view returns (address)",
]);

/** What of a snapshot moves in daily use, and proves nothing by moving. */
export const MOVING = /^(balance |VestingVault\.poolOf|VRFCoordinator)/;

/** Reads everything that says who owns what, who may do what, how contracts know each other, and where tokens are. */
export async function snapshot(
  provider: Pick<Provider, "call" | "getCode">,
  plans: readonly Plan[],
  holders: Readonly<Record<string, string>>,
): Promise<Snapshot> {
  const [first] = plans;
  if (first === undefined) return {};
  const lines = await Promise.all([
    ...[...first.creations.keys()].map((name) => ofContract(provider, first, name)),
    ...plans.flatMap((plan) => plan.steps.map((step) => ofStep(provider, plan, step))),
    ofBalances(provider, first, holders),
  ]);
  return Object.fromEntries(lines.flat().sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Lines = readonly (readonly [what: string, answer: string])[];

async function ofContract(
  provider: Pick<Provider, "call" | "getCode">,
  plan: Plan,
  name: ContractName,
): Promise<Lines> {
  const { address: to, contract } = plan.creation(name);
  const lines: (readonly [string, string])[] = [[`code of ${name}`, keccak256(await provider.getCode(to))]];
  for (const view of ["owner", "pendingOwner"] as const) {
    if (interfaceOf(contract).getFunction(view) === null) continue;
    try {
      const answer = await provider.call({ to, data: OWNED.encodeFunctionData(view) });
      lines.push([`${view} of ${name}`, canonical(OWNED.decodeFunctionResult(view, answer)[0])]);
    } catch (cause) {
      if (!isRevert(cause)) throw cause;
      lines.push([`${view} of ${name}`, "nothing"]);
    }
  }
  return lines;
}

async function ofStep(provider: Pick<Provider, "call">, plan: Plan, step: Step): Promise<Lines> {
  if (step.kind === "create2") return [];
  const reader = new Reader(provider, plan.creations);
  const [{ read: reading }] = step.kind === "call" ? step.unless : step.anyOf;
  return [[textOf(reading), (await reader.answer(reading)) ?? "nothing"]];
}

/** A view and its arguments, with contracts by name. */
export function textOf(value: Value): string {
  if (value instanceof Lookup) return `${value.contract}, ${value.name}`;
  if (value instanceof Read) return `${value.contract}.${value.method}(${value.args.map(textOf).join(", ")})`;
  if (typeof value === "object" && "contract" in value) return String(value.contract);
  return canonical(value);
}

async function ofBalances(
  provider: Pick<Provider, "call">,
  plan: Plan,
  holders: Readonly<Record<string, string>>,
): Promise<Lines> {
  const reader = new Reader(provider, plan.creations);
  const entries = Object.entries(holders).map(async ([name, address]) => {
    const reading = new Read("ComputeToken", "balanceOf", [address]);
    return [`balance of ${name}`, (await reader.answer(reading)) ?? "nothing"] as const;
  });
  return Promise.all(entries);
}

/** A line that is not what it was. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** Whether it is a balance, which moves in daily use. */
  readonly isMoving: boolean;
}

/** What differs between two snapshots; a line that only one has differs from "nothing". */
export function differencesOf(expected: Snapshot, found: Snapshot): readonly Difference[] {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return keys
    .map((what) => ({ what, expected: expected[what] ?? "nothing", found: found[what] ?? "nothing" }))
    .filter((line) => line.expected !== line.found)
    .map((line) => ({ ...line, isMoving: MOVING.test(line.what) }));
}
