/** Fields of packed words as tests describe them, independent of the libraries under test. */
import fc from "fast-check";

/** One field of a word: its lowest bit and its width. */
export type Field = { readonly shift: bigint; readonly bits: bigint };

/** Value of a field. */
export function get(word: bigint, { shift, bits }: Field): bigint {
  return (word >> shift) & ((1n << bits) - 1n);
}

/** The word with another value of a field, which must fit. */
export function set(word: bigint, { shift, bits }: Field, value: bigint): bigint {
  const mask = ((1n << bits) - 1n) << shift;
  return (word & ~mask) | (value << shift);
}

/** Values of all fields of a layout, in its order. */
export function all(word: bigint, layout: Readonly<Record<string, Field>>): bigint[] {
  return Object.values(layout).map((field) => get(word, field));
}

/** Numbers of so many bits, with the extremes often. */
export function uint(bits: bigint): fc.Arbitrary<bigint> {
  const max = (1n << bits) - 1n;
  return fc.oneof(fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, max));
}

/** Any word, also one whose unused bits are set. */
export const anyWord = uint(256n);
