import { digestBytes, digestFromBytes, type Digest } from "../store";

/** Bytes do not have the layout they should have. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** Writes the fixed little-endian layouts of weights, checkpoints and labels, whatever the machine's own byte order. */
export class BinaryWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  raw(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  ascii(text: string): this {
    return this.raw(Buffer.from(text, "ascii"));
  }

  digest(digest: Digest): this {
    return this.raw(digestBytes(digest));
  }

  uint8(value: number): this {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
    return this;
  }

  uint16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  uint32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  float64s(values: Float64Array): this {
    for (let index = 0; index < values.length; index++) {
      this.#view.setFloat64(this.#at, values[index] as number, true);
      this.#at += 8;
    }
    return this;
  }

  /** The bytes. Throws when fewer were written than announced, which is a defect of the caller. */
  finish(): Uint8Array {
    if (this.#at !== this.#bytes.length) throw new RangeError(`wrote ${this.#at} of ${this.#bytes.length} bytes`);
    return this.#bytes;
  }
}

/** Reads what BinaryWriter wrote. Every method throws Malformed instead of reading past the end. */
export class BinaryReader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.bytes.length - this.#at;
  }

  raw(size: number): Uint8Array {
    return Uint8Array.from(this.bytes.subarray(this.#take(size), this.#at));
  }

  /** Demands a fixed text, such as a magic number. */
  expectAscii(text: string): void {
    if (this.left < text.length || Buffer.from(this.raw(text.length)).toString("latin1") !== text) {
      throw new Malformed(`does not begin with ${text}`);
    }
  }

  /** Demands a fixed number. */
  expectUint16(value: number, what: string): void {
    const found = this.uint16();
    if (found !== value) throw new Malformed(`${what} is ${found}, expected ${value}`);
  }

  digest(): Digest {
    return digestFromBytes(this.raw(32));
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Demands `count` numbers of absolute value at most `limit`; NaN and infinities never pass. */
  float64s(count: number, limit: number, what: string): Float64Array {
    const from = this.#take(count * 8);
    const values = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const value = this.#view.getFloat64(from + index * 8, true);
      if (!(value >= -limit && value <= limit)) throw new Malformed(`${what} ${index} is ${value}`);
      values[index] = value;
    }
    return values;
  }

  /** Demands that everything was read. */
  end(): void {
    if (this.left !== 0) throw new Malformed(`${this.left} bytes too many`);
  }

  #take(size: number): number {
    if (size > this.left) throw new Malformed(`ends ${size - this.left} bytes too early`);
    const from = this.#at;
    this.#at += size;
    return from;
  }
}
