import { assertSize, checked, DEFAULT_MAX_BYTES, limitOf } from "./contentStore";
import type { ContentStore, GetOptions, Stored, WaitOptions } from "./contentStore";
import { cidOf, digestOf, parseDigest, type Digest } from "./digest";
import { ContentMissing } from "./errors";

/**
 * A store in this process's memory. With a base store it reads through and keeps what is written to itself, so that work
 * can be repeated for checking without leaving anything behind.
 */
export class MemoryStore implements ContentStore {
  readonly #blocks = new Map<Digest, Uint8Array>();

  constructor(
    private readonly base?: ContentStore,
    private readonly maxBytes: number = DEFAULT_MAX_BYTES,
  ) {}

  async put(bytes: Uint8Array, options?: WaitOptions): Promise<Stored> {
    options?.signal?.throwIfAborted();
    const digest = digestOf(bytes);
    assertSize(digest, bytes.length, this.maxBytes);
    this.#blocks.set(digest, Uint8Array.from(bytes));
    return { digest, cid: cidOf(digest), size: bytes.length };
  }

  async get(digest: Digest, options?: GetOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const key = parseDigest(digest);
    const found = this.#blocks.get(key);
    if (found === undefined) {
      if (this.base === undefined) throw new ContentMissing(key);
      return this.base.get(key, { ...options, maxBytes: limitOf(this.maxBytes, options) });
    }
    assertSize(key, found.length, limitOf(this.maxBytes, options));
    return checked(key, Uint8Array.from(found));
  }

  async has(digest: Digest, options?: WaitOptions): Promise<boolean> {
    options?.signal?.throwIfAborted();
    const key = parseDigest(digest);
    return this.#blocks.has(key) || (this.base !== undefined && this.base.has(key, options));
  }
}
