import { MemoryStore, type ContentStore, type Digest } from "../store";
import { describeJob, type JobReference } from "./execute";
import { runJob, type JobLimits, type JobOutcome, type RunJobOptions } from "./runner";

export interface ReexecuteOptions extends JobReference {
  readonly limits?: Partial<JobLimits> | undefined;
  /** The result digest that someone delivered. */
  readonly expected?: Digest | undefined;
  readonly onProgress?: RunJobOptions["onProgress"];
}

export interface Reexecution {
  readonly outcome: JobOutcome;
  /** Whether the delivered result is the right one; undefined when none was given or the job was not completed. */
  readonly agrees: boolean | undefined;
  /** Reads through to the store, and holds the files of the right result, which are written nowhere else. */
  readonly scratch: ContentStore;
}

/**
 * Does a job again, from its beginning, in a child process: the one check that no wrong result passes. Nothing is written
 * to the store.
 * @throws WorkloadError when the job itself is wrong; any ContentError of the store for its input.
 */
export async function reexecute(options: ReexecuteOptions): Promise<Reexecution> {
  const { store, limits, kindDirectories, signal, onProgress, expected } = options;
  const { kind, inputDigest, modelDigest } = await describeJob(options);
  const scratch = new MemoryStore(store);
  const outcome = await runJob({
    kind,
    inputDigest,
    modelDescriptorDigest: modelDigest,
    store: scratch,
    limits,
    kindDirectories,
    onProgress,
    signal,
  });
  const isKnown = outcome.status === "delivered" && expected !== undefined;
  return { outcome, agrees: isKnown ? outcome.resultDigest === expected : undefined, scratch };
}
