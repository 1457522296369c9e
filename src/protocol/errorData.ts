/** Decodes the data of a revert by a table of errors, without an ABI library. */

/** An error: its name, and its inputs in order as `type name`. */
export type ErrorEntry = readonly [name: string, inputs: readonly string[]];

/** Errors by selector, `0x` and eight lower-case digits. */
export type ErrorTable = Readonly<Record<string, ErrorEntry>>;

/** A decoded error. Whole numbers are bigint, fixed bytes and addresses lower-case hexadecimal text. */
export interface DecodedError {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What solc itself reverts with. */
const BUILT_IN: ErrorTable = {
  "0x08c379a0": ["Error", ["string message"]],
  "0x4e487b71": ["Panic", ["uint256 code"]],
};

const WORD = 64;
const SELECTOR = 8;

/** Decodes revert data; undefined when the table has no such error, or the values are not those of one. */
export function decodeErrorData(table: ErrorTable, data: string): DecodedError | undefined {
  const hex = data.replace(/^0x/, "").toLowerCase();
  const selector = `0x${hex.slice(0, SELECTOR)}`;
  const entry = Object.hasOwn(table, selector) ? table[selector] : BUILT_IN[selector];
  if (entry === undefined) return undefined;
  const body = hex.slice(SELECTOR);
  const [name, inputs] = entry;
  const values: Record<string, unknown> = {};
  for (const [index, input] of inputs.entries()) {
    const [type = "", label = String(index)] = input.split(" ");
    const value = valueAt(body, index * WORD, type);
    if (value === undefined) return undefined;
    values[label] = value;
  }
  return { name, values };
}

function wordAt(body: string, at: number): string | undefined {
  const word = body.slice(at, at + WORD);
  return word.length === WORD ? word : undefined;
}

function valueAt(body: string, at: number, type: string): unknown {
  const word = wordAt(body, at);
  if (word === undefined) return undefined;
  const whole = /^(u?)int(\d+)$/.exec(type);
  if (whole?.[1] === "u") return unsigned(word, Number(whole[2]));
  if (whole !== null) return BigInt.asIntN(Number(whole[2]), BigInt(`0x${word}`));
  if (type === "address") return /^0{24}/.test(word) ? `0x${word.slice(24)}` : undefined;
  if (type === "bool") return unsigned(word, 1) === undefined ? undefined : word.endsWith("1");
  const fixed = /^bytes(\d+)$/.exec(type)?.[1];
  if (fixed !== undefined) return `0x${word.slice(0, Number(fixed) * 2)}`;
  return type === "string" || type === "bytes" ? dynamic(body, word, type) : undefined;
}

function unsigned(word: string, bits: number): bigint | undefined {
  const value = BigInt(`0x${word}`);
  return value >> BigInt(bits) === 0n ? value : undefined;
}

function dynamic(body: string, offset: string, type: "string" | "bytes"): string | undefined {
  const at = Number(BigInt(`0x${offset}`)) * 2;
  const lengthWord = wordAt(body, at);
  if (lengthWord === undefined) return undefined;
  const length = Number(BigInt(`0x${lengthWord}`)) * 2;
  const content = body.slice(at + WORD, at + WORD + length);
  if (content.length !== length) return undefined;
  if (type === "bytes") return `0x${content}`;
  const bytes = Uint8Array.from(content.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return new TextDecoder().decode(bytes);
}
