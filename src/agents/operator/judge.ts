import type { Agreement } from "../../protocol/agreement";
import { weiOf } from "../../protocol/amounts";
import { JobMode } from "../../protocol/status";
import { ContentError, digestSchema, type ContentStore, type Digest } from "../../store";
import { describeJob } from "../../workload/execute";
import { WorkloadError } from "../../workload/errors";
import type { OperatorConfig } from "./config";

/** What an operator makes of a job that it was drawn for. */
export type Judgement =
  | { readonly verdict: "accept"; readonly kind: string }
  | { readonly verdict: "decline"; readonly reason: string; readonly inputUnavailable: boolean }
  /** The input cannot be had at present: ask again. */
  | { readonly verdict: "wait"; readonly reason: string };

type Terms = Pick<
  OperatorConfig,
  "minimumPay" | "minimumPayPerSecond" | "maximumSeconds" | "kinds" | "kindDirectories"
>;

const ZERO_HASH = `0x${"0".repeat(64)}`;

function decline(reason: string, inputUnavailable = false): Judgement {
  return { verdict: "decline", reason, inputUnavailable };
}

/** Judges what the agreement says, before any content is read; undefined when nothing speaks against it. */
export function judgeTerms(agreement: Agreement, config: Terms): Judgement | undefined {
  const { terms, lines } = agreement;
  const pay = weiOf(lines.compute);
  if (terms.mode === BigInt(JobMode.Proof)) return decline("its results need a proof that this operator cannot give");
  if (JobMode[Number(terms.mode)] === undefined)
    return decline("it is accepted in a way that this operator does not know");
  if (terms.gpuCount !== 1n) return decline(`it asks for ${terms.gpuCount} GPUs at once`);
  if (terms.secondsPerAttempt > BigInt(config.maximumSeconds)) {
    return decline(`it may take ${terms.secondsPerAttempt} s, the longest taken on is ${config.maximumSeconds} s`);
  }
  const least = config.minimumPayPerSecond * terms.secondsPerAttempt;
  if (pay < config.minimumPay || pay < least) return decline("it pays less than this operator's minimum");
  return undefined;
}

/**
 * Judges a job's content: it must be there, be of a kind that this operator knows, and name the very model and dataset of
 * the agreement, with the agreed parameters and no more units than are paid.
 * @throws Error only for failures of this program.
 */
export async function judgeContent(
  agreement: Agreement,
  config: Terms,
  store: ContentStore,
  signal?: AbortSignal,
): Promise<Judgement> {
  try {
    const inputDigest = digestSchema.parse(agreement.inputDigest);
    const modelDescriptorDigest = digestSchema.parse(agreement.modelHash);
    const { kindDirectories } = config;
    const offer = await describeJob({ store, inputDigest, modelDescriptorDigest, kindDirectories, signal });
    if (config.kinds !== undefined && !config.kinds.includes(offer.kind)) {
      return decline(`it is ${offer.kind} work, which this operator does not take on`);
    }
    if (offer.parametersHash !== agreement.parametersHash.toLowerCase()) {
      return decline("its parameters are not the ones agreed on");
    }
    if (BigInt(offer.units) > agreement.terms.units) {
      return decline(`it needs ${offer.units} units, ${agreement.terms.units} are paid`);
    }
    const dataset = agreement.datasetHash.toLowerCase();
    if (dataset !== ZERO_HASH && !offer.datasets.includes(dataset as Digest)) {
      return decline("its input does not use the dataset agreed on");
    }
    await requireContent(store, [modelDescriptorDigest, ...offer.datasets], signal);
    return { verdict: "accept", kind: offer.kind };
  } catch (cause) {
    signal?.throwIfAborted();
    return judgementOf(cause);
  }
}

/** Content that is too long for this program, or that is not what it says, will not get better: that is the job's fault. */
function judgementOf(cause: unknown): Judgement {
  if (cause instanceof WorkloadError) return decline(cause.message);
  if (!(cause instanceof ContentError)) throw cause;
  if (cause.code === "contentMissing" || cause.code === "contentUnavailable")
    return { verdict: "wait", reason: cause.message };
  return decline(cause.message);
}

async function requireContent(store: ContentStore, digests: readonly Digest[], signal?: AbortSignal): Promise<void> {
  for (const digest of digests) {
    // Reading proves more than asking: the bytes are there and hash to the digest.
    await store.get(digest, { signal });
  }
}
