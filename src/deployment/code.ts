import { getBytes, hexlify, keccak256 } from "ethers";

/**
 * What code has to be at an address. Creation code carries the runtime code between its first INVALID instruction and the
 * end of the compiler's metadata (contracts that the constructor creates, and its data, may follow), with
 * zeros where the constructor writes immutable values and where a library writes its own address; everything else is the
 * same byte by byte, links to libraries included. That the zeros were replaced by the right values follows from the
 * address: CREATE2 derives it from the very init code, arguments included, that wrote them.
 */

const INVALID = 0xfe;
const PUSH1 = 0x60;
const PUSH20 = 0x73;
const PUSH32 = 0x7f;
/** Last key of solc's metadata (CBOR text "solc"); three bytes of version and two of the metadata's length follow. */
const SOLC_KEY = "64736f6c6343";
const AFTER_KEY = 5;

/** Code without a place that separates creation from runtime. */
export class NoRuntimeCode extends Error {
  override readonly name = "NoRuntimeCode";
}

/** Runtime code as creation code carries it. Throws NoRuntimeCode. */
export function runtimeTemplate(bytecode: string): Uint8Array {
  const code = getBytes(bytecode);
  for (let at = 0; at < code.length; at++) {
    const op = code[at] ?? 0;
    if (op === INVALID) return code.slice(at + 1, endOfRuntime(code, at + 1));
    if (op >= PUSH1 && op <= PUSH32) at += op - PUSH1 + 1;
  }
  throw new NoRuntimeCode("creation code without runtime code");
}

/** Of all ends of metadata the one that makes a length which the constructor names, as it copies that many bytes. */
function endOfRuntime(code: Uint8Array, start: number): number {
  const text = hexlify(code).slice(2);
  const constructor = text.slice(0, 2 * start);
  for (let key = text.lastIndexOf(SOLC_KEY); key !== -1; key = text.lastIndexOf(SOLC_KEY, key - 1)) {
    const end = (key + SOLC_KEY.length) / 2 + AFTER_KEY;
    const length = end - start;
    const push = length > 0xff ? `61${length.toString(16).padStart(4, "0")}` : `60${length.toString(16)}`;
    if (length > 0 && constructor.includes(push)) return end;
  }
  throw new NoRuntimeCode("creation code without runtime code");
}

/** Places of a template that a constructor fills: offset and length in bytes. */
export function blanksOf(template: Uint8Array): readonly (readonly [offset: number, length: number])[] {
  const blanks: (readonly [number, number])[] = [];
  if (template[0] === PUSH20 && isZero(template, 1, 20)) blanks.push([1, 20]);
  for (let at = 0; at + 32 < template.length; at++) {
    if (template[at] !== PUSH32 || !isZero(template, at + 1, 32)) continue;
    blanks.push([at + 1, 32]);
    at += 32;
  }
  return blanks;
}

function isZero(code: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) if (code[at] !== 0) return false;
  return true;
}

/** Hash of runtime code with its filled places blanked again: the same for every deployment of the same sources. */
export function blankedHash(code: Uint8Array, blanks: ReturnType<typeof blanksOf>): string {
  const copy = Uint8Array.from(code);
  for (const [offset, length] of blanks) copy.fill(0, offset, offset + length);
  return keccak256(copy);
}

/** Why found code is not what creation code makes; undefined when it is. */
export function codeFault(bytecode: string, found: string, address: string): string | undefined {
  const template = runtimeTemplate(bytecode);
  const code = getBytes(found);
  if (code.length !== template.length) return `${code.length} bytes of code where ${template.length} are expected`;
  const blanks = blanksOf(template);
  const [first] = blanks;
  if (first?.[0] === 1 && first[1] === 20 && hexlify(code.slice(1, 21)) !== address.toLowerCase()) {
    return "a library that takes another address for its own";
  }
  const [expected, hash] = [keccak256(template), blankedHash(code, blanks)];
  return hash === expected ? undefined : `code of hash ${hash} where ${expected} is expected`;
}
