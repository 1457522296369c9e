import { createHash } from "node:crypto";
import { digestBytes, type Digest } from "../store";

/**
 * A stream of pseudo-random numbers in integer arithmetic: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", 2018). Not for secrets; for work that everyone can repeat.
 */
export class RandomStream {
  readonly #state: Uint32Array;

  /** Starts from four 32-bit words, not all zero. */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Uint32Array.from(state);
    if (this.#state.every((word) => word === 0)) throw new RangeError("the state must not be all zero");
  }

  /** The next 32 bits, as an unsigned integer. */
  uint32(): number {
    const state = this.#state;
    const s1 = state[1] as number;
    const scrambled = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    state[2] = (state[2] as number) ^ (state[0] as number);
    state[3] = (state[3] as number) ^ s1;
    state[1] = s1 ^ (state[2] as number);
    state[0] = (state[0] as number) ^ (state[3] as number);
    state[2] = (state[2] as number) ^ shifted;
    state[3] = rotateLeft(state[3] as number, 11);
    return scrambled;
  }

  /** A uniform integer from 0 to below `bound` (1 to 2^32), without bias: the incomplete last interval is rejected. */
  below(bound: number): number {
    const accepted = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const value = this.uint32();
      if (value < accepted) return value % bound;
    }
  }

  /** A uniform multiple of 2^-53 from 0 to below 1. */
  unit(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** Shuffles in place (Fisher and Yates), every order equally likely. */
  shuffle(values: Uint32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const chosen = this.below(last + 1);
      const kept = values[last] as number;
      values[last] = values[chosen] as number;
      values[chosen] = kept;
    }
  }
}

/**
 * The stream that belongs to a seed, a purpose and a number: its state is the head of
 * sha-256(seed ‖ number as 32 bits ‖ purpose). Streams of different purposes are independent, so work can resume at any
 * number without the history of the stream.
 */
export function randomStream(seed: Digest, purpose: string, number = 0): RandomStream {
  const counter = Buffer.alloc(4);
  counter.writeUInt32LE(number);
  const hash = createHash("sha256").update(digestBytes(seed)).update(counter).update(purpose, "ascii").digest();
  return new RandomStream([hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)]);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
