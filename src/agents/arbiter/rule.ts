import { Verdict } from "../../protocol/status";
import { ContentError, digestFromCid, digestSchema, type ContentStore, type Digest } from "../../store";
import { WorkloadError } from "../../workload/errors";
import { getManifest } from "../../workload/job";
import { reexecute } from "../../workload/reexecute";
import type { JobLimits } from "../../workload/runner";
import type { Agreement } from "../../protocol/agreement";

/** What an arbiter finds about a disputed result. */
export type Finding =
  | {
      readonly verdict: Verdict.Valid | Verdict.Invalid | Verdict.Unavailable;
      readonly rightDigest: Digest;
      readonly reason: string;
    }
  /** Nothing can be said: no ruling is given, and the dispute is split in the end. */
  | { readonly verdict: undefined; readonly reason: string; readonly isFinal: boolean };

export interface RulingRequest {
  readonly agreement: Agreement;
  readonly resultDigest: Digest;
  readonly store: ContentStore;
  readonly limits: Partial<JobLimits>;
  readonly kindDirectories?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does a disputed job again and compares digests. The right result is the one that the agreement's own input and model give;
 * a right result that cannot be had is no delivery. What the requester withholds, or asked for in a way that nobody can
 * carry out, is never held against the operator.
 * @throws Error only for failures of this program.
 */
export async function examine(request: RulingRequest): Promise<Finding> {
  const { agreement, resultDigest, store, limits, kindDirectories, signal } = request;
  try {
    const { outcome } = await reexecute({
      store,
      inputDigest: digestSchema.parse(agreement.inputDigest),
      modelDescriptorDigest: digestSchema.parse(agreement.modelHash),
      limits,
      kindDirectories,
      signal,
    });
    if (outcome.status !== "delivered") {
      const reason = outcome.status === "failed" ? `${outcome.code}: ${outcome.message}` : outcome.status;
      return { verdict: undefined, reason: `doing the job again came to no result: ${reason}`, isFinal: false };
    }
    const rightDigest = outcome.resultDigest;
    if (rightDigest !== resultDigest) {
      return { verdict: Verdict.Invalid, rightDigest, reason: "doing the job again gave another result" };
    }
    const missing = await missingFile(store, resultDigest, signal);
    if (missing !== undefined) return { verdict: Verdict.Unavailable, rightDigest, reason: missing };
    return { verdict: Verdict.Valid, rightDigest, reason: "doing the job again gave the same result" };
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof WorkloadError) return { verdict: undefined, reason: cause.message, isFinal: true };
    if (cause instanceof ContentError) return { verdict: undefined, reason: cause.message, isFinal: false };
    throw cause;
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
