import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JobStatus } from "../../protocol/status";
import { digestFromCid, digestSchema, type Digest } from "../../store";
import type { JobLimits } from "../../workload/runner";
import type { ResultManifest } from "../../workload/job";
import { readJob, requireStatus, type OpenedJob } from "./jobs";
import type { Session } from "../shared/session";

/** What is known of a result after looking at it. */
export interface ResultReport {
  readonly resultDigest: Digest;
  readonly manifest: ResultManifest | undefined;
  /** Files written, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Recomputed from the result's own files; undefined where the data does not say what is right. */
  readonly accuracy: { readonly correct: number; readonly total: number } | undefined;
  /** What is wrong with the files; empty when nothing is. */
  readonly problems: readonly string[];
  /** Digest that doing the job again gave; undefined when it was not done again, or did not come to a result. */
  readonly reexecuted: Digest | undefined;
  /** Whether doing it again gave the same; undefined as above. */
  readonly agrees: boolean | undefined;
  readonly ok: boolean;
}

const DELIVERED = [
  JobStatus.Delivered,
  JobStatus.Accused,
  JobStatus.Disputed,
  JobStatus.Settled,
  JobStatus.Refunded,
  JobStatus.Split,
] as const;

/** The digest that was delivered. Throws CommandFailure (wrongState) when nothing was. */
export async function deliveredDigest(session: Session, jobId: bigint, job: OpenedJob): Promise<Digest> {
  requireStatus(jobId, job.status, ...DELIVERED);
  return digestSchema.parse((await readJob(session, jobId)).result);
}

/** How closely a result is looked at. */
export interface Scrutiny {
  /** Do the whole job again. */
  readonly reexecute: boolean;
  readonly limits?: Partial<JobLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Looks at a result: recomputes from its files what can be (accuracy on held-out data, labels), and does the job again when
 * asked, which is the one check that no wrong result passes.
 * @throws WorkloadError when the job itself is wrong; ContentError when something cannot be read.
 */
export async function inspectResult(
  session: Session,
  job: OpenedJob,
  resultDigest: Digest,
  scrutiny: Scrutiny,
): Promise<ResultReport> {
  const { verifyResult } = require("../../workload/verify") as typeof import("../../workload/verify");
  const { store } = session;
  const inputDigest = digestSchema.parse(job.agreement.inputDigest);
  const modelDescriptorDigest = digestSchema.parse(job.agreement.modelHash);
  const reference = { store, inputDigest, modelDescriptorDigest, signal: scrutiny.signal };
  const { ok, manifest, problems, accuracy } = await verifyResult({ ...reference, resultDigest });
  const again = scrutiny.reexecute ? await executeAgain(reference, resultDigest, scrutiny) : undefined;
  return {
    resultDigest,
    manifest,
    files: {},
    accuracy,
    problems,
    reexecuted: again?.digest,
    agrees: again?.agrees,
    ok: ok && again?.agrees !== false,
  };
}

async function executeAgain(
  reference: { readonly store: Session["store"]; readonly inputDigest: Digest; readonly modelDescriptorDigest: Digest },
  expected: Digest,
  { limits, signal, onProgress }: Scrutiny,
): Promise<{ digest: Digest | undefined; agrees: boolean | undefined }> {
  const { reexecute } = require("../../workload/reexecute") as typeof import("../../workload/reexecute");
  const { outcome, agrees } = await reexecute({ ...reference, expected, limits, signal, onProgress });
  return { digest: outcome.status === "delivered" ? outcome.resultDigest : undefined, agrees };
}

/** Writes the files of a result into a folder; returns their paths by name. */
export async function downloadResult(
  session: Session,
  manifest: ResultManifest,
  folder: string,
): Promise<Record<string, string>> {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, string> = {};
  for (const [name, cid] of Object.entries(manifest.outputs)) {
    const path = join(folder, name);
    writeFileSync(path, await session.store.get(digestFromCid(cid)));
    files[name] = path;
  }
  return files;
}
