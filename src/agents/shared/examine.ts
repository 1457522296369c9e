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
import type { JobLimits, JobOutcome } from "../../workload/runner";
import { doSegment } from "../../workload/segment";
import type { Agreement } from "../../protocol/agreement";
import { UNOPENED, type ChainEvidence, type OpenedSegment } from "./chains";

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
      /** Whether the verdict rests on content that the store may have again. */
      readonly isForMissing?: boolean;
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
  /** Chain of checkpoints that the result stands on: a few segments are done again instead of the whole job. */
  readonly chain?: ChainEvidence | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does a disputed job again and compares digests. The right result is the one that the agreement's own input and model give;
 * a right result that cannot be had is no delivery. What the requester withholds, or asked for in a way that nobody can
 * carry out, is never held against the operator.
 *
 * With a chain, what was drawn of it stands for the whole job. Not opened in time, refuted, or without the content of a
 * checkpoint that was drawn, it speaks against the result by a digest that all who look at it name.
 * @throws Error only for failures of this program.
 */
export async function examine(request: ExaminationRequest): Promise<Examination> {
  const { resultDigest, store, known, signal } = request;
  try {
    const rightDigest = known ?? (await (request.chain === undefined ? doAgain(request) : doSegments(request)));
    if (typeof rightDigest !== "string") return rightDigest;
    if (rightDigest !== resultDigest) {
      return { verdict: Verdict.Invalid, rightDigest, reason: "doing the job again gave another result" };
    }
    const missing = await missingFile(store, resultDigest, signal);
    if (missing !== undefined) return { verdict: Verdict.Unavailable, rightDigest, reason: missing };
    const what = request.chain === undefined ? "the job" : "the segments that were drawn";
    return { verdict: Verdict.Valid, rightDigest, reason: `doing ${what} again gave the same result` };
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
  return outcome.status === "delivered" ? outcome.resultDigest : undone(outcome);
}

/** Why a job that did not come to its end says nothing of the result. */
function undone(outcome: JobOutcome): Examination {
  const hasFailed = outcome.status === "failed";
  const reason = hasFailed ? `${outcome.code}: ${outcome.message}` : outcome.status;
  const obstacle = hasFailed ? obstacleOf(outcome.code) : "failed";
  const sentence = `doing the job again came to no result: ${reason}`;
  return { verdict: undefined, obstacle, reason: sentence, isFinal: false };
}

/** The delivered digest when every segment that was opened leads where it should, or what speaks against it. */
async function doSegments(request: ExaminationRequest): Promise<Digest | Examination> {
  const { chain, resultDigest } = request;
  if (chain?.opened === undefined) return wrong(UNOPENED, "its segments were not opened to the panel in time");
  for (const opened of chain.opened) {
    const found = await doOpened(request, opened, chain.segments);
    if (found !== undefined) return found;
  }
  return resultDigest;
}

/** Undefined when the segment ends where it was said to end. */
async function doOpened(
  { agreement, store, limits, kindDirectories, signal }: ExaminationRequest,
  { segment, start, end }: OpenedSegment,
  segments: number,
): Promise<Examination | undefined> {
  const outcome = await doSegment({
    store,
    inputDigest: digestSchema.parse(agreement.inputDigest),
    modelDescriptorDigest: digestSchema.parse(agreement.modelHash),
    segment,
    segments,
    start,
    limits,
    kindDirectories,
    signal,
  });
  switch (outcome.status) {
    case "done":
      return outcome.end === end ? undefined : wrong(outcome.end, `segment ${segment} of its chain leads elsewhere`);
    case "refuted":
      return wrong(UNOPENED, `its chain is refuted: ${outcome.reason}`);
    case "missing":
      return { ...wrong(UNOPENED, `a checkpoint of its chain is gone: ${outcome.reason}`), isForMissing: true };
    case "undone":
      return undone(outcome.outcome);
  }
}

const wrong = (rightDigest: Digest, reason: string) => ({ verdict: Verdict.Invalid, rightDigest, reason }) as const;

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
