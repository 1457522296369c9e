import { join } from "node:path";
import { z } from "zod";
import { StateFile } from "../../chain/stateFile";
import type { Reporter } from "./report";
import {
  cidOf,
  digestSchema,
  DirectoryStore,
  ContentError,
  type ContentStore,
  type Digest,
  type GetOptions,
  type Stored,
  type WaitOptions,
} from "../../store";

/** A store that copies whatever is written to it or read from it into another one, and knows what that was. */
export class KeepingStore implements ContentStore {
  readonly #seen = new Set<Digest>();

  constructor(
    private readonly base: ContentStore,
    private readonly kept: ContentStore,
  ) {}

  /** Digests of what passed through. */
  get seen(): readonly Digest[] {
    return [...this.#seen];
  }

  async put(bytes: Uint8Array, options?: WaitOptions): Promise<Stored> {
    const stored = await this.base.put(bytes, options);
    await this.#keep(bytes, options);
    return stored;
  }

  async get(digest: Digest, options?: GetOptions): Promise<Uint8Array> {
    const bytes = await this.base.get(digest, options);
    await this.#keep(bytes, options);
    return bytes;
  }

  has(digest: Digest, options?: WaitOptions): Promise<boolean> {
    return this.base.has(digest, options);
  }

  async #keep(bytes: Uint8Array, options?: WaitOptions): Promise<void> {
    const { digest } = await this.kept.put(bytes, options);
    this.#seen.add(digest);
  }
}

/** Everything that one digest stands for: an input and what it names, a result and its files. */
const recordSchema = z.strictObject({ version: z.literal(1), content: z.array(digestSchema) });
type KeptRecord = z.infer<typeof recordSchema>;

/** Outcome of putting content back. */
export interface Restored {
  /** What the store had lost and has again. */
  readonly restored: readonly Digest[];
  /** What neither the store nor this folder has. */
  readonly lost: readonly Digest[];
}

/** Milliseconds between two looks for what a store has lost. */
export const KEEP_MS = 60_000;

/**
 * Copies of the content that a party brought. In a dispute each party answers for its own: what a store loses in between is
 * put back from here.
 */
export class ContentKeeper {
  readonly #store: ContentStore;
  readonly #kept: ContentStore;
  readonly #folder: string;

  constructor(store: ContentStore, folder: string) {
    this.#store = store;
    this.#folder = folder;
    this.#kept = new DirectoryStore({ path: folder });
  }

  /** Runs work on the store and keeps what passes; by the digest that `nameOf` its outcome gives the copies are found again. */
  async keeping<T>(work: (store: ContentStore) => Promise<T>, nameOf: (outcome: T) => Digest): Promise<T> {
    const store = new KeepingStore(this.#store, this.#kept);
    const outcome = await work(store);
    this.#recordOf(nameOf(outcome)).write({ version: 1, content: [...store.seen] });
    return outcome;
  }

  /** Puts back what the store has lost. Nothing is known of what was never kept here. Throws ContentError. */
  async restore(name: Digest): Promise<Restored> {
    const [restored, lost]: [Digest[], Digest[]] = [[], []];
    for (const digest of this.#recordOf(name).read()?.content ?? []) {
      if (await this.#store.has(digest)) continue;
      try {
        await this.#store.put(await this.#kept.get(digest));
        restored.push(digest);
      } catch (cause) {
        if (!(cause instanceof ContentError && cause.code === "contentMissing")) throw cause;
        lost.push(digest);
      }
    }
    return { restored, lost };
  }

  /** Puts back what the store has lost, and says so. A store that is down is no reason to do nothing else. */
  async putBack(name: Digest, reporter: Reporter): Promise<void> {
    try {
      const { restored, lost } = await this.restore(name);
      const fields = { name, restored: restored.map(cidOf), lost: lost.map(cidOf) };
      const of = `of ${cidOf(name)}`;
      if (restored.length > 0)
        reporter.news("putBack", `put back ${restored.length} files ${of} that the store had lost`, fields);
      if (lost.length > 0)
        reporter.news("lost", `${lost.length} files ${of} are neither in the store nor here`, fields);
    } catch (error) {
      if (!(error instanceof ContentError)) throw error;
      reporter.news("storeFailed", `the store could not be looked at: ${error.message}`, { name, code: error.code });
    }
  }

  /** One file per name: commands that run side by side share none. */
  #recordOf(name: Digest): StateFile<KeptRecord> {
    return new StateFile(join(this.#folder, "names", `${cidOf(name)}.json`), recordSchema, (record) => record);
  }
}
