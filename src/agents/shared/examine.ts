import { z } from "zod";
import { Verdict } from "../../protocol/status";
import {
  ContentError,
  digestFromCid,
  digestSchema,
  type ContentErrorCode,
  type ContentStore,
  type Digest,
} from "../../store";
import { WorkloadError, type WorkloadErrorCode } from "../../workload/errors";
import { getManifest } from "../../workload/job";
import type { FailureCode } from "../../workload/messages";
import { reexecute } from "../../workload/reexecute";
import type { JobLimits } from "../../workload/runner";
import type { Agreement } from "../../protocol/agreement";

/** Settings of whoever does disputed jobs again. */
export const examineConfigShape = {
  /** Limits of doing a job again. */
  childSeconds: z.number().int().min(1).max(1_209_600).default(7200),
  childMemoryMiB: z.number().int().min(16).max(1_048_576).default(1024),
  kindDirectories: z.array(z.string()).default([]),
  /** Looks at a dispute that came to nothing before it is left. */
  attempts: z.number().int().min(1).max(100).default(24),
  /** Pause after the first look that came to nothing, seconds; doubles with each, up to six hours. */
  retrySeconds: z.number().int().min(1).max(21_600).default(60),
  /** Looks that must have found content missing before whoever brought it answers for that. */
  unavailableLooks: z.number().int().min(1).max(100).default(6),
} as const;

const LONGEST_PAUSE_SECONDS = 21_600;

/** Pause after a look that came to nothing, seconds; `looks` before it. */
export function pauseAfter(looks: number, retrySeconds: number): number {
  return Math.min(retrySeconds * 2 ** looks, LONGEST_PAUSE_SECONDS);
}

/**
 * Why doing a job again gave nothing: content that the requester brought (input, model, dataset) is not in the store; the job
 * is such that nobody can carry it out; this program does not know such work; or it failed here (memory, time, a store that
 * is down), and another try may not.
 */
export type Obstacle = "missing" | "malformed" | "unknownKind" | "failed";

/**
 * Why nothing speaks against a result whose job cannot be done again for what the requester brought; undefined for obstacles
 * that say nothing of anybody. The operator had the content when it accepted, and guilt is what somebody can show: else a
 * requester would get its work for nothing by hiding the input.
 */
export function requestersFault(obstacle: Obstacle, reason: string): string | undefined {
  if (obstacle === "missing") return `what the requester brought is gone, nothing speaks against the result: ${reason}`;
  if (obstacle === "malformed") return `nobody can do this job, nothing speaks against the result: ${reason}`;
  return undefined;
}

/** What is found about a disputed result. */
export type Examination =
  | {
      readonly verdict: Verdict.Valid | Verdict.Invalid | Verdict.Unavailable;
      readonly rightDigest: Digest;
      readonly reason: string;
    }
  /** Nothing can be said of the result. */
  | {
      readonly verdict: undefined;
      readonly obstacle: Obstacle;
      readonly reason: string;
      /** Whether another look would find the same. */
      readonly isFinal: boolean;
    };

export interface ExaminationRequest {
  readonly agreement: Agreement;
  readonly resultDigest: Digest;
  readonly store: ContentStore;
  readonly limits: Partial<JobLimits>;
  readonly kindDirectories?: readonly string[] | undefined;
  /** The right digest, where an earlier look found it: only the delivered files are looked for then. */
  readonly known?: Digest | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does a disputed job again and compares digests. The right result is the one that the agreement's own input and model give;
 * a right result that cannot be had is no delivery. What the requester withholds, or asked for in a way that nobody can
 * carry out, is never held against the operator.
 * @throws Error only for failures of this program.
 */
export async function examine(request: ExaminationRequest): Promise<Examination> {
  const { resultDigest, store, known, signal } = request;
  try {
    const rightDigest = known ?? (await doAgain(request));
    if (typeof rightDigest !== "string") return rightDigest;
    if (rightDigest !== resultDigest) {
      return { verdict: Verdict.Invalid, rightDigest, reason: "doing the job again gave another result" };
    }
    const missing = await missingFile(store, resultDigest, signal);
    if (missing !== undefined) return { verdict: Verdict.Unavailable, rightDigest, reason: missing };
    return { verdict: Verdict.Valid, rightDigest, reason: "doing the job again gave the same result" };
  } catch (cause) {
    signal?.throwIfAborted();
    const isFinal = cause instanceof WorkloadError;
    if (!isFinal && !(cause instanceof ContentError)) throw cause;
    return { verdict: undefined, obstacle: obstacleOf(cause.code), reason: cause.message, isFinal };
  }
}

/** The right digest, or why there is none. */
async function doAgain(request: ExaminationRequest): Promise<Digest | Examination> {
  const { agreement, store, limits, kindDirectories, signal } = request;
  const { outcome } = await reexecute({
    store,
    inputDigest: digestSchema.parse(agreement.inputDigest),
    modelDescriptorDigest: digestSchema.parse(agreement.modelHash),
    limits,
    kindDirectories,
    signal,
  });
  if (outcome.status === "delivered") return outcome.resultDigest;
  const hasFailed = outcome.status === "failed";
  const reason = hasFailed ? `${outcome.code}: ${outcome.message}` : outcome.status;
  const obstacle = hasFailed ? obstacleOf(outcome.code) : "failed";
  const sentence = `doing the job again came to no result: ${reason}`;
  return { verdict: undefined, obstacle, reason: sentence, isFinal: false };
}

function obstacleOf(code: WorkloadErrorCode | ContentErrorCode | FailureCode): Obstacle {
  switch (code) {
    case "contentMissing":
      return "missing";
    case "invalidInput":
    case "invalidModel":
    case "modelMismatch":
      return "malformed";
    case "unknownKind":
      return "unknownKind";
    default:
      return "failed";
  }
}

/** What of a result the store does not hold; undefined when everything is there. Failures of the store are thrown. */
async function missingFile(store: ContentStore, digest: Digest, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const manifest = await getManifest(store, digest, { signal });
    for (const cid of Object.values(manifest.outputs)) await store.get(digestFromCid(cid), { signal });
    return undefined;
  } catch (cause) {
    if (cause instanceof ContentError && cause.code === "contentMissing") return cause.message;
    throw cause;
  }
}
