/** Proposals in words: what each call does, to whom, with what, and what it changes from and to. */
import { formatEther, Interface, type FunctionFragment, type ParamType, type Result } from "ethers";
import type { Action } from "./build";
import type { Known } from "./contracts";
import { wordsOf } from "./units";

/** Reads the chain. */
export interface Reader {
  call(request: { to: string; data: string; from?: string; value?: bigint }): Promise<string>;
  getCode(address: string): Promise<string>;
}

/** An argument in words. */
export interface DecodedArgument {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
  readonly words: string;
}

/** What a call replaces: the answer of a view before, and what it will be. */
export interface Change {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** One call of a proposal in words. */
export interface DecodedAction {
  /** Name in the manifest; undefined for an address that is not in it. */
  readonly contract: string | undefined;
  readonly address: string;
  /** Whether there is code at the address. Calling an address without code succeeds and does nothing. */
  readonly hasCode: boolean;
  /** Signature; undefined where the data cannot be read. */
  readonly function: string | undefined;
  readonly arguments: readonly DecodedArgument[];
  /** Native coin, wei. */
  readonly value: bigint;
  readonly data: string;
  readonly change: Change | undefined;
  /** What a reader should be wary of. */
  readonly warnings: readonly string[];
}

/** Views that answer what a setter sets, where its name does not say so. `keys` arguments go into the view. */
const GETTERS: Readonly<Record<string, { readonly view: string; readonly keys: number } | undefined>> = {
  "CommonsTimelock.updateDelay": { view: "getMinDelay", keys: 0 },
  "CommonsGovernor.updateQuorumNumerator": { view: "quorumNumerator()", keys: 0 },
  "CommonsGovernor.setProposalThreshold": { view: "thresholdBps", keys: 0 },
  "CommonsGovernor.updateTimelock": { view: "timelock", keys: 0 },
  "CommonsGuardian.replaceHolder": { view: "holder", keys: 0 },
  "PaymentVault.setModule": { view: "scopesOf", keys: 1 },
  "JobEscrow.setVerifier": { view: "isVerifier", keys: 1 },
  "GovernedArbiter.setArbiter": { view: "isArbiter", keys: 1 },
  "RandomnessBeacon.setConsumer": { view: "isConsumer", keys: 1 },
};

/** Decodes calls against the contracts of a manifest, and reads what they would change. */
export async function decodeActions(
  actions: readonly Action[],
  known: ReadonlyMap<string, Known>,
  reader: Reader,
): Promise<DecodedAction[]> {
  const names = new Map([...known.values()].map(({ name, address }) => [address.toLowerCase(), name]));
  return Promise.all(actions.map((action) => decodeAction(action, known, names, reader)));
}

async function decodeAction(
  { target, value, data }: Action,
  known: ReadonlyMap<string, Known>,
  names: ReadonlyMap<string, string>,
  reader: Reader,
): Promise<DecodedAction> {
  const name = names.get(target.toLowerCase());
  const contract = name === undefined ? undefined : known.get(name);
  const hasCode = (await reader.getCode(target)) !== "0x";
  const warnings: string[] = [];
  if (contract === undefined) warnings.push(`${target} is not a contract of this deployment`);
  if (!hasCode && data !== "0x")
    warnings.push(`${target} has no code: the call would do nothing, or what comes there later`);
  const parsed = contract === undefined ? null : parse(contract.abi, data);
  if (contract !== undefined && parsed === null) warnings.push("the data is no call that this contract knows");
  const base = { contract: name, address: target, hasCode, value, data };
  if (contract === undefined || parsed === null) {
    return { ...base, function: undefined, arguments: [], change: undefined, warnings };
  }
  const { fragment, args } = parsed;
  const decoded = fragment.inputs.map((input, index): DecodedArgument => {
    const given: unknown = args[index];
    return { name: input.name, type: input.format(), value: plain(given), words: wordsOf(given, input, names) };
  });
  if (decoded.some(({ type, words }) => /^bytes(\[\d*\])*$/.test(type) && /0x[0-9a-f]/i.test(words))) {
    warnings.push("an argument is data, which may be a call of its own: put it into words with decode --calldata");
  }
  const change = await changeOf(contract, fragment, args, names, reader);
  return { ...base, function: fragment.format("sighash"), arguments: decoded, change, warnings };
}

function parse(abi: Interface, data: string): { fragment: FunctionFragment; args: Result } | null {
  try {
    const found = abi.parseTransaction({ data });
    // What follows the arguments is not part of the call that people read.
    if (found === null || abi.encodeFunctionData(found.fragment, found.args) !== data) return null;
    return found;
  } catch {
    return null;
  }
}

/** The view behind a setter: `setX` sets what `x`, `xOf` or `isX` answers, or what GETTERS says. */
async function changeOf(
  { name, address, abi }: Known,
  setter: FunctionFragment,
  args: Result,
  names: ReadonlyMap<string, string>,
  reader: Reader,
): Promise<Change | undefined> {
  const view = viewOf(name, abi, setter);
  if (view === undefined) return undefined;
  const keys = args.slice(0, view.inputs.length) as unknown[];
  const next = args.slice(view.inputs.length) as unknown[];
  const [input] = setter.inputs.slice(view.inputs.length);
  const output = view.outputs[0];
  if (input === undefined || output === undefined || next.length !== 1) return undefined;
  try {
    const answer = await reader.call({ to: address, data: abi.encodeFunctionData(view, keys) });
    const before: unknown = abi.decodeFunctionResult(view, answer)[0];
    const what = `${name}.${view.name}(${keys.map(String).join(", ")})`;
    return { what, from: wordsOf(before, input, names), to: wordsOf(next[0], input, names) };
  } catch {
    return undefined; // A view that refuses: there is nothing to compare with.
  }
}

function viewOf(name: string, abi: Interface, setter: FunctionFragment): FunctionFragment | undefined {
  const explicit = GETTERS[`${name}.${setter.name}`];
  const bare = setter.name.replace(/^set(?=[A-Z])/, "");
  const lower = bare.charAt(0).toLowerCase() + bare.slice(1);
  const wanted = explicit === undefined ? [lower, `${lower}Of`, `is${bare}`] : [explicit.view];
  const keys = explicit?.keys ?? setter.inputs.length - 1;
  return abi.fragments.find((each): each is FunctionFragment => {
    if (each.type !== "function") return false;
    const view = each as FunctionFragment;
    if (!view.constant || view.inputs.length !== keys || view.outputs.length !== 1) return false;
    if (!wanted.includes(view.name) && !wanted.includes(view.format("sighash"))) return false;
    const fits = view.inputs.every((input, index) => sameKind(input, setter.inputs[index]));
    return fits && sameKind(view.outputs[0], setter.inputs[keys]);
  });
}

/** A setter may take fewer bits than its view answers. */
function sameKind(one: ParamType | undefined, other: ParamType | undefined): boolean {
  const [left, right] = [one?.format(), other?.format()].map((type) => type?.replace(/^uint\d+$/, "uint"));
  return left !== undefined && left === right;
}

/** Whether the timelock could carry out a call at this moment; undefined when it could, else what the contract says. */
export async function dryRun(
  { target, value, data }: Action,
  timelock: string,
  reader: Reader,
  explain: (error: unknown) => { readonly sentence: string } | undefined,
): Promise<string | undefined> {
  try {
    await reader.call({ to: target, data, value, from: timelock });
    return undefined;
  } catch (error) {
    const refusal = explain(error);
    if (refusal === undefined) throw error;
    return refusal.sentence;
  }
}

/** A call in lines for people. */
export function actionLines(action: DecodedAction, number: number): string[] {
  const where = action.contract ?? "unknown contract";
  const lines = [`${number}. ${where} at ${action.address}: ${action.function ?? `data ${shortened(action.data)}`}`];
  for (const { name, words } of action.arguments) lines.push(`     ${name || "argument"}: ${words}`);
  if (action.value > 0n) lines.push(`     sends ${formatEther(action.value)} native coin`);
  if (action.change !== undefined) {
    lines.push(`     ${action.change.what}: ${action.change.from} -> ${action.change.to}`);
  }
  return [...lines, ...action.warnings.map((warning) => `     WARNING: ${warning}`)];
}

/** Named values for `--json`; unnamed ones as a list. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const result = value as Result;
  try {
    const named = result.toObject();
    if (!Object.keys(named).some((key) => key.startsWith("_"))) {
      return Object.fromEntries(Object.entries(named).map(([key, item]) => [key, plain(item)]));
    }
  } catch {
    // Not every value has a name.
  }
  return [...result].map(plain);
}

function shortened(data: string): string {
  return data.length <= 74 ? data : `${data.slice(0, 74)}... (${(data.length - 2) / 2} bytes)`;
}
