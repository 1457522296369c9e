/** Why a contract refused, without any library: works on what ethers, viem and endpoints throw. */
import { decodeErrorData, type ErrorTable } from "./errorData";
import { sentenceOf } from "./sentences";

/** Why a contract refused, for people and for machines. */
export interface Refusal {
  /** Name of the custom error, `Error` or `Panic`, or `unknown` when there was nothing to decode. */
  readonly name: string;
  /** Its values by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** One sentence. */
  readonly sentence: string;
}

/** A refusal from name and values. */
export function refusalOf(name: string, values: Readonly<Record<string, unknown>>): Refusal {
  return { name, values, sentence: sentenceOf(name, values) };
}

/** A refusal that nothing known explains. */
export function unknownRefusal(data: string): Refusal {
  if (data === "0x") return { name: "unknown", values: {}, sentence: "the contract refused without saying why" };
  return { name: "unknown", values: { data }, sentence: `the contract refused with ${data.slice(0, 74)}` };
}

/**
 * Explains revert data.
 * @param table errors that may appear, by selector
 * @param data `0x` and the data, as an endpoint gives it
 */
export function explainErrorData(table: ErrorTable, data: string): Refusal {
  const found = decodeErrorData(table, data);
  return found === undefined ? unknownRefusal(data) : refusalOf(found.name, found.values);
}

/**
 * Revert data inside an error or its causes: from eth_call, eth_estimateGas or a replay, whichever library threw it.
 * @returns undefined when the error is no refusal by a contract
 */
export function revertDataOf(error: unknown): string | undefined {
  let known: string | undefined;
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 16; cause = cause.cause, depth++) {
    const { code, data, raw, info, error: inner } = cause as Thrown;
    const found = hexIn(raw) ?? hexIn(data) ?? dataIn(data) ?? dataIn(inner) ?? dataIn(info?.error);
    if (found !== undefined && found !== "0x") return found;
    // It is a refusal, and a cause further down may say why.
    if (found === "0x" || code === "CALL_EXCEPTION" || REVERTS.has(cause.name)) known = "0x";
  }
  return known;
}

/** What viem calls a revert. */
const REVERTS: ReadonlySet<string> = new Set(["ContractFunctionRevertedError", "ExecutionRevertedError"]);

/** Where ethers, viem and endpoints put revert data. */
interface Thrown {
  readonly code?: unknown;
  readonly data?: unknown;
  readonly raw?: unknown;
  readonly error?: unknown;
  readonly info?: { readonly error?: unknown };
}

function hexIn(value: unknown): string | undefined {
  return typeof value === "string" && /^0x([0-9a-f]{2})*$/i.test(value) ? value : undefined;
}

/** Nodes put the data in `data`, or in an object there, or only say that it reverted. */
function dataIn(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { data, message } = error as { data?: unknown; message?: unknown };
  if (typeof data === "object" && data !== null) return dataIn(data);
  return hexIn(data) ?? (typeof message === "string" && /revert/i.test(message) ? "0x" : undefined);
}
