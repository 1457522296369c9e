import { MemoryStore, type Digest } from "../store";
import { describeJob, type CheckpointRejection, type JobReference } from "./execute";
import { runJob, type JobLimits, type JobOutcome, type JobUsage } from "./runner";

/** One segment of a chain of checkpoints: what lies between the checkpoints of two steps that follow each other. */
export interface SegmentOfWork {
  /** 0 for the first, which begins with the input. */
  readonly segment: number;
  /** Segments of the chain: steps of the job. */
  readonly segments: number;
  /** Checkpoint of step `segment`; undefined for the first segment. */
  readonly start: Digest | undefined;
}

export interface SegmentOptions extends JobReference, SegmentOfWork {
  readonly limits?: Partial<JobLimits> | undefined;
}

/** What doing a segment again came to. */
export type SegmentOutcome =
  /** Digest of the checkpoint of step `segment` + 1, of the result for the last segment. */
  | { readonly status: "done"; readonly end: Digest; readonly usage: JobUsage }
  /** `start` is no checkpoint of that step of this job, or the job has not so many steps: no such chain is right. */
  | { readonly status: "refuted"; readonly reason: string }
  /** The store does not have `start`. */
  | { readonly status: "missing"; readonly reason: string }
  /** The job could not be done here. */
  | { readonly status: "undone"; readonly outcome: JobOutcome };

/**
 * Does one segment of a job again, in a child process that is ended at the next checkpoint. Nothing is written to the store.
 * @throws WorkloadError when the job itself is wrong; any ContentError of the store for its input.
 */
export async function doSegment(options: SegmentOptions): Promise<SegmentOutcome> {
  const { store, limits, kindDirectories, segment, segments, start } = options;
  const { kind, inputDigest, modelDigest } = await describeJob(options);
  const over = new AbortController();
  const signal = options.signal === undefined ? over.signal : AbortSignal.any([options.signal, over.signal]);
  const isLast = segment + 1 === segments;
  let first: { step: number; digest: Digest } | undefined;
  let rejection: Omit<CheckpointRejection, "type"> | undefined;
  const outcome = await runJob({
    kind,
    inputDigest,
    modelDescriptorDigest: modelDigest,
    checkpointDigest: start,
    store: new MemoryStore(store),
    limits,
    kindDirectories,
    signal,
    onCheckpoint: (step, digest) => {
      const isSecond = first !== undefined;
      first ??= { step, digest };
      // The last segment goes on to the result, unless the job goes on beyond it.
      if (!isLast || isSecond || step !== segments) over.abort();
    },
    onCheckpointRejected: (rejected) => {
      rejection = rejected;
      over.abort();
    },
  });
  if (rejection !== undefined) {
    const reason = `checkpoint ${rejection.digest}: ${rejection.detail}`;
    return rejection.reason === "unavailable" ? { status: "missing", reason } : { status: "refuted", reason };
  }
  const wasAborted = outcome.status === "cancelled" && over.signal.aborted;
  if (outcome.status !== "delivered" && !wasAborted) return { status: "undone", outcome };
  if (first !== undefined && first.step !== segment + 1) {
    return { status: "refuted", reason: `segment ${segment} leads to step ${first.step} of the job` };
  }
  // A last segment without a step of its own would leave the true last one unlooked at.
  const isEnded = isLast === (outcome.status === "delivered");
  if (first === undefined || !isEnded) return { status: "refuted", reason: `the job has not ${segments} steps` };
  const end = outcome.status === "delivered" ? outcome.resultDigest : first.digest;
  return { status: "done", end, usage: outcome.usage };
}
