import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { assertSize, checked, DEFAULT_MAX_BYTES, limitOf } from "./contentStore";
import type { ContentStore, GetOptions, Stored, WaitOptions } from "./contentStore";
import { cidOf, digestOf, parseDigest, type Digest } from "./digest";
import { ContentError, ContentMissing, ContentUnavailable } from "./errors";

/** A temporary file older than this belongs to a writer that died. */
const ABANDONED_MS = 60 * 60 * 1000;

export interface DirectoryStoreOptions {
  readonly path: string;
  /** Longest block read or written, in bytes. */
  readonly maxBytes?: number | undefined;
}

/**
 * Content in a local directory that many processes may share: `blocks/<2 characters>/<cid>`, each file written under a
 * temporary name, flushed and then renamed, so that a reader sees a whole block or none, also after a crash.
 */
export class DirectoryStore implements ContentStore {
  readonly #root: string;
  readonly #maxBytes: number;
  #cleaned: Promise<void> | undefined;

  constructor(options: DirectoryStoreOptions) {
    this.#root = resolve(options.path);
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  }

  async put(bytes: Uint8Array, options?: WaitOptions): Promise<Stored> {
    options?.signal?.throwIfAborted();
    const digest = digestOf(bytes);
    assertSize(digest, bytes.length, this.#maxBytes);
    const stored = { digest, cid: cidOf(digest), size: bytes.length };
    if (await this.#isIntact(digest)) return stored;
    try {
      await this.#write(digest, bytes, options?.signal);
    } catch (cause) {
      options?.signal?.throwIfAborted();
      throw unavailable(digest, cause);
    }
    return stored;
  }

  async get(digest: Digest, options?: GetOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const key = parseDigest(digest);
    try {
      const bytes = await this.#read(key, limitOf(this.#maxBytes, options));
      options?.signal?.throwIfAborted();
      return checked(key, bytes);
    } catch (cause) {
      options?.signal?.throwIfAborted();
      throw isMissing(cause) ? new ContentMissing(key) : unavailable(key, cause);
    }
  }

  async has(digest: Digest, options?: WaitOptions): Promise<boolean> {
    options?.signal?.throwIfAborted();
    const key = parseDigest(digest);
    try {
      return (await stat(this.#file(key))).isFile();
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw unavailable(key, cause);
    }
  }

  #file(digest: Digest): string {
    const cid = cidOf(digest);
    // The last character of a base32 CID carries too few bits to spread well; the two before it are uniform.
    return join(this.#root, "blocks", cid.slice(-3, -1), cid);
  }

  /** A damaged file counts as absent, so that storing the content again repairs it. */
  async #isIntact(digest: Digest): Promise<boolean> {
    try {
      checked(digest, await this.#read(digest, this.#maxBytes));
      return true;
    } catch {
      return false;
    }
  }

  async #read(digest: Digest, maxBytes: number): Promise<Uint8Array> {
    const handle = await open(this.#file(digest), "r");
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw new ContentUnavailable(digest, "its place is taken by something that is not a file");
      const { size } = found;
      assertSize(digest, size, maxBytes);
      return await readFully(handle, size);
    } finally {
      await handle.close();
    }
  }

  async #write(digest: Digest, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const target = this.#file(digest);
    const folder = join(target, "..");
    const drafts = join(this.#root, "drafts");
    await mkdir(folder, { recursive: true });
    await mkdir(drafts, { recursive: true });
    await (this.#cleaned ??= removeAbandoned(drafts));
    const draft = join(drafts, `${process.pid}-${randomBytes(8).toString("hex")}`);
    try {
      await writeFlushed(draft, bytes);
      signal?.throwIfAborted();
      await rename(draft, target);
    } catch (cause) {
      await rm(draft, { force: true });
      throw cause;
    }
    await flushFolder(folder);
  }
}

async function readFully(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the rename itself durable. Some platforms cannot open a folder; there the rename is as durable as it gets. */
async function flushFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch (cause) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL"].includes(codeOf(cause))) throw cause;
  } finally {
    await handle?.close();
  }
}

async function removeAbandoned(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    } catch (cause) {
      // Its writer renamed it, or another process removed it first.
      if (!isMissing(cause)) throw cause;
    }
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
}

function isMissing(cause: unknown): boolean {
  return codeOf(cause) === "ENOENT";
}

function unavailable(digest: Digest, cause: unknown): ContentError {
  if (cause instanceof ContentError) return cause;
  return new ContentUnavailable(digest, cause instanceof Error ? cause.message : String(cause), { cause });
}
