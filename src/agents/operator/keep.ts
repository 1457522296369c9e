import { rmSync } from "node:fs";
import { join } from "node:path";
import { digestFromCid, type ContentStore, type Digest } from "../../store";
import type { ResultManifest } from "../../workload/job";
import { ContentKeeper, KEEP_MS } from "../shared/keep";
import type { Reporter } from "../shared/report";
import type { Session } from "../shared/session";

/**
 * Copies of an operator's results, each until its job is over: a right result that cannot be had when a panel looks for it
 * is no delivery.
 */
export class ResultKeeper {
  readonly #store: ContentStore;
  readonly #folder: string;
  readonly #lookAt = new Map<bigint, number>();

  constructor({ store, stateDir }: Pick<Session, "store" | "stateDir">) {
    this.#store = store;
    this.#folder = join(stateDir, "kept");
  }

  /**
   * Copies a result, and the checkpoints of its steps, which so are known to be in the store.
   * @throws ContentError when it cannot be read back: then it must not be delivered.
   */
  async keep(jobId: bigint, result: Digest, { outputs }: ResultManifest, steps: readonly Digest[] = []): Promise<void> {
    const files = [result, ...Object.values(outputs).map(digestFromCid), ...steps];
    const readAll = async (store: ContentStore): Promise<void> => {
      for (const digest of files) await store.get(digest);
    };
    await this.#of(jobId).keeping(readAll, () => result);
  }

  /** Puts back what the store has lost of a result, where the last look is long enough ago. */
  async look(jobId: bigint, result: Digest, reporter: Reporter): Promise<void> {
    if (performance.now() < (this.#lookAt.get(jobId) ?? 0)) return;
    this.#lookAt.set(jobId, performance.now() + KEEP_MS);
    await this.#of(jobId).putBack(result, reporter);
  }

  /** The job is over. */
  release(jobId: bigint): void {
    this.#lookAt.delete(jobId);
    rmSync(this.#folderOf(jobId), { recursive: true, force: true });
  }

  #of(jobId: bigint): ContentKeeper {
    return new ContentKeeper(this.#store, this.#folderOf(jobId));
  }

  /** Jobs share no copies: one that is over takes none from another. */
  #folderOf(jobId: bigint): string {
    return join(this.#folder, String(jobId));
  }
}
