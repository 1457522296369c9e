import { formatTokens, weiOf } from "../amounts";
import { formatJobId } from "../jobId";
import { jobStatus, JobStatus } from "../status";

/** Values of a custom error by name, as ethers, viem or `decodeErrorData` give them. */
export type Values = Readonly<Record<string, unknown>>;

/** Makes a sentence of an error's values. */
export type Sentence = (values: Values) => string;

/** Sentences by name of the error. */
export type Sentences = Readonly<Record<string, Sentence>>;

/** A sentence asks for a value that the error does not have. */
export class MissingValue extends Error {
  override readonly name = "MissingValue";
}

/** The value as it is. */
export function text(values: Values, name: string): string {
  if (!(name in values)) throw new MissingValue(`the error has no value ${name}`);
  return String(values[name]);
}

/** The value as a number. */
export function big(values: Values, name: string): bigint {
  return BigInt(text(values, name));
}

/** `job 12/0/3`. Throws InvalidJobId for ids of no job. */
export function job(values: Values): string {
  return `job ${formatJobId(big(values, "jobId"))}`;
}

/** Seconds since 1970 as a date; the word `never` beyond what a date can say. */
export function time(values: Values, name: string): string {
  const seconds = big(values, name);
  return seconds > 8_640_000_000_000n ? "never" : new Date(Number(seconds) * 1000).toISOString();
}

/** Days since 1970 as a date. */
export function day(values: Values, name: string): string {
  return new Date(Number(big(values, name)) * 86_400_000).toISOString().slice(0, 10);
}

/** Name of a job's status, in lower case. */
export function status(values: Values, name = "status"): string {
  return JobStatus[jobStatus(big(values, name))].toLowerCase();
}

/** Wei as tokens of 18 decimals. */
export function tokens(values: Values, name: string): string {
  return `${formatTokens(big(values, name))} tokens`;
}

/** Units of 1e9 wei as tokens of 18 decimals. */
export function gweiTokens(values: Values, name: string): string {
  return `${formatTokens(weiOf(big(values, name)))} tokens`;
}

/** `5 is outside of 1 to 3`, of an error with value, low and high. */
export function outOfBounds(values: Values): string {
  const high = big(values, "high");
  const bounds =
    high === 2n ** 256n - 1n
      ? `below ${text(values, "low")}, the least allowed`
      : `outside of ${text(values, "low")} to ${high}`;
  return `${text(values, "value")} is ${bounds}`;
}
