import { digestOf, type Digest } from "./digest";
import { ContentMismatch, ContentTooLarge } from "./errors";

/** What `put` did: the content's digest (as on chain), its CID (as in files and IPFS) and its length in bytes. */
export interface Stored {
  readonly digest: Digest;
  readonly cid: string;
  readonly size: number;
}

export interface WaitOptions {
  /** Abandons the operation; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends WaitOptions {
  /** Longest content accepted, in bytes; never more than the store's own limit, which is the default. */
  readonly maxBytes?: number | undefined;
}

/**
 * Bytes addressed by their sha-256 digest. Every read is checked against the digest before it is returned, so a store is
 * trusted for availability only, never for content.
 */
export interface ContentStore {
  /** Stores bytes; storing the same bytes again is harmless. Throws ContentTooLarge, ContentMismatch, ContentUnavailable. */
  put(bytes: Uint8Array, options?: WaitOptions): Promise<Stored>;
  /** Returns the bytes. Throws ContentMissing, ContentMismatch, ContentTooLarge, ContentUnavailable. */
  get(digest: Digest, options?: GetOptions): Promise<Uint8Array>;
  /** Whether the store holds the content itself, which is not read or checked here. Throws ContentUnavailable. */
  has(digest: Digest, options?: WaitOptions): Promise<boolean>;
}

/** Longest block a store reads or writes unless configured otherwise: 64 MiB. */
export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** Returns `bytes` when they hash to `digest`; otherwise throws ContentMismatch. */
export function checked(digest: Digest, bytes: Uint8Array): Uint8Array {
  const found = digestOf(bytes);
  if (found !== digest) throw new ContentMismatch(digest, found);
  return bytes;
}

/** The smaller of a store's limit and the reader's. */
export function limitOf(storeMax: number, options: GetOptions | undefined): number {
  return Math.min(storeMax, options?.maxBytes ?? storeMax);
}

/** Throws ContentTooLarge when `size` exceeds `maxBytes`. */
export function assertSize(digest: Digest, size: number, maxBytes: number): void {
  if (size > maxBytes) throw new ContentTooLarge(digest, maxBytes, size);
}
