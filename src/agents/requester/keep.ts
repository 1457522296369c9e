import { join } from "node:path";
import { z } from "zod";
import { StateFile } from "../../chain/stateFile";
import type { Reporter } from "../shared/report";
import type { Session } from "../shared/session";
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

/** Everything that an operator reads to do a job. */
const recordSchema = z.strictObject({ version: z.literal(1), content: z.array(digestSchema) });
type KeptRecord = z.infer<typeof recordSchema>;

/** Outcome of putting a job's content back. */
export interface Restored {
  /** What the store had lost and has again. */
  readonly restored: readonly Digest[];
  /** What neither the store nor this folder has. */
  readonly lost: readonly Digest[];
}

/**
 * Copies of what a requester's jobs are made of. In a dispute the requester answers for the content that it brought: what a
 * store loses in between is put back from here. The folder may be cleared once no job is open.
 */
export class JobKeeper {
  readonly #store: ContentStore;
  readonly #kept: ContentStore;
  readonly #folder: string;

  /** @param stateDir the requester's folder */
  constructor(store: ContentStore, stateDir: string) {
    this.#store = store;
    this.#folder = join(stateDir, "kept");
    this.#kept = new DirectoryStore({ path: this.#folder });
  }

  /** Runs work on the store and keeps what passes; by `inputOf` its result the copies are found again. */
  async keeping<T>(work: (store: ContentStore) => Promise<T>, inputOf: (result: T) => Digest): Promise<T> {
    const store = new KeepingStore(this.#store, this.#kept);
    const result = await work(store);
    this.#recordOf(inputOf(result)).write({ version: 1, content: [...store.seen] });
    return result;
  }

  /** Puts back what the store has lost of a job. Nothing is known of one that was posted elsewhere. Throws ContentError. */
  async restore(input: Digest): Promise<Restored> {
    const [restored, lost]: [Digest[], Digest[]] = [[], []];
    for (const digest of this.#recordOf(input).read()?.content ?? []) {
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

  /** One file per input: commands that run side by side share none. */
  #recordOf(input: Digest): StateFile<KeptRecord> {
    return new StateFile(join(this.#folder, "jobs", `${cidOf(input)}.json`), recordSchema, (record) => record);
  }
}

/** Puts back what the store has lost of a job, and says so. A store that is down is no reason to do nothing else. */
export async function putBack(
  { store, stateDir }: Pick<Session, "store" | "stateDir">,
  input: Digest,
  reporter: Reporter,
): Promise<void> {
  try {
    const { restored, lost } = await new JobKeeper(store, stateDir).restore(input);
    const fields = { restored: restored.map(cidOf), lost: lost.map(cidOf) };
    if (restored.length > 0)
      reporter.news("putBack", `put back ${restored.length} files that the store had lost`, fields);
    if (lost.length > 0)
      reporter.news("lost", `${lost.length} files of the job are neither in the store nor here`, fields);
  } catch (error) {
    if (!(error instanceof ContentError)) throw error;
    reporter.news("storeFailed", `the store could not be looked at: ${error.message}`, { code: error.code });
  }
}
