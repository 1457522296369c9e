/**
 * Canonical JSON: RFC 8785 without fractions. Keys ascend by UTF-16 code units, there is no white space, and the only
 * numbers are safe integers, so that equal values have equal bytes in every engine and language.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deepest nesting accepted, so that hostile input cannot exhaust the stack. */
const MAX_DEPTH = 16;

/** Bytes are not the canonical form of any value, or a value has no canonical form. */
export class NotCanonical extends Error {
  override readonly name = "NotCanonical";
}

/**
 * The canonical bytes of a value, UTF-8.
 * @throws NotCanonical for fractions, unsafe integers, negative zero, undefined, lone surrogates, or nesting beyond 16 levels.
 */
export function encodeCanonical(value: Json): Uint8Array {
  return Uint8Array.from(Buffer.from(write(value, 0), "utf8"));
}

/**
 * Reads canonical bytes. Accepts only what `encodeCanonical` writes, so no value has two spellings.
 * @throws NotCanonical otherwise.
 */
export function decodeCanonical(bytes: Uint8Array): Json {
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) as Json;
  } catch (cause) {
    throw new NotCanonical("not JSON in UTF-8", { cause });
  }
  if (Buffer.compare(encodeCanonical(value), bytes) !== 0) throw new NotCanonical("JSON, but not in canonical form");
  return value;
}

function write(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new NotCanonical(`nested deeper than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return writeInteger(value);
  if (typeof value === "string") return writeString(value);
  if (isList(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw new NotCanonical(`a ${typeof value} has no canonical form`);
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${writeString(key)}:${write(value[key] as Json, depth + 1)}`);
  return `{${fields.join(",")}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new NotCanonical(`${value} is not a safe integer`);
  return String(value);
}

function writeString(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new NotCanonical("a text holds half a surrogate pair");
  return JSON.stringify(value);
}
