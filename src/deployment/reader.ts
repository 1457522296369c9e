import type { Provider } from "ethers";
import { interfaceOf } from "./contracts";
import { Lookup, Read, Ref, type Condition, type Value } from "./plan";
import { addressIn, type Creations } from "./predict";

/** Puts answers of a chain and predicted addresses in the place of what a plan defers. */
export class Reader {
  constructor(
    readonly provider: Pick<Provider, "call">,
    private readonly creations: Creations,
  ) {}

  resolveAll(values: readonly Value[]): Promise<unknown[]> {
    return Promise.all(values.map((value) => this.resolve(value)));
  }

  async resolve(value: Value): Promise<unknown> {
    if (value instanceof Ref) return addressIn(this.creations, value.contract);
    if (value instanceof Read) {
      const abi = interfaceOf(value.contract);
      const data = abi.encodeFunctionData(value.method, await this.resolveAll(value.args));
      const answer = await this.provider.call({ to: addressIn(this.creations, value.contract), data });
      const results = abi.decodeFunctionResult(value.method, answer);
      return results.length === 1 ? (results[0] as unknown) : [...results];
    }
    if (value instanceof Lookup) return value.find(this.provider, addressIn(this.creations, value.contract));
    if (Array.isArray(value)) return this.resolveAll(value as readonly Value[]);
    if (typeof value !== "object") return value;
    const fields = Object.entries(value as Record<string, Value>);
    return Object.fromEntries(await Promise.all(fields.map(async ([key, part]) => [key, await this.resolve(part)])));
  }

  /** The answer of a view as text; undefined where it reverts, as views of what is not set yet do. */
  async answer(reading: Value): Promise<string | undefined> {
    try {
      return canonical(await this.resolve(reading));
    } catch (cause) {
      if (isRevert(cause)) return undefined;
      throw cause;
    }
  }

  async anyHolds(conditions: readonly Condition[], lenient: boolean): Promise<boolean> {
    for (const condition of conditions) if (await this.holds(condition, lenient)) return true;
    return false;
  }

  /** @param lenient a view that reverts (nothing is set yet) counts as not holding */
  async holds(condition: Condition, lenient: boolean): Promise<boolean> {
    let found: unknown;
    try {
      found = await this.resolve(condition.read);
    } catch (cause) {
      if (lenient && isRevert(cause)) return false;
      throw cause;
    }
    const wanted = await this.resolve(condition.value);
    if (condition.is === "atLeast") return BigInt(found as bigint) >= BigInt(wanted as bigint);
    const isSame = canonical(found) === canonical(shapedLike(found, wanted));
    return condition.is === "equal" ? isSame : !isSame;
  }
}

/** Whether a contract refused, as opposed to a chain that cannot be asked. Hardhat's provider gives the data alone. */
export function isRevert(cause: unknown): boolean {
  const { code, data } = cause as { readonly code?: unknown; readonly data?: unknown };
  return code === "CALL_EXCEPTION" || (typeof data === "string" && data.startsWith("0x"));
}

/** Puts the fields of a struct in the order of the ABI's answer. */
function shapedLike(answer: unknown, wanted: unknown): unknown {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return wanted;
  const named = answer as { toObject?: () => Record<string, unknown> };
  const order = named.toObject === undefined ? Object.keys(wanted) : Object.keys(named.toObject());
  return order.map((key) => (wanted as Record<string, unknown>)[key]);
}

/** One text per value: numbers in decimal, hexadecimal text in lower case, lists in brackets. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    return canonical([...(value as Iterable<unknown>)]);
  }
  const text = String(value);
  return /^0x[0-9a-fA-F]*$/.test(text) ? text.toLowerCase() : text;
}
