import { cidOf, digestFromCid, digestOf, type Digest } from "../store";
import { WorkloadError } from "./errors";
import { breather, openJob, type JobReference } from "./execute";
import { getManifest, type JobInput, type ResultFiles, type ResultManifest } from "./job";
import type { Findings, WorkloadKind } from "./kind";

/** Longest file of a result, in bytes. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** What can be said about a result without repeating the job. */
export interface ResultVerification extends Findings {
  /** No problem was found. An operator who ran another model of the same shape is found out by re-execution alone. */
  readonly ok: boolean;
  readonly manifest?: ResultManifest | undefined;
}

/**
 * Checks a result from its files: that it answers this input and model, that its files are well-formed, and that what they
 * claim is what they yield. For training the accuracy is recomputed from the weights on the held-out images; for inference
 * every label is.
 * @throws WorkloadError when the job itself, not the result, is wrong; a ContentError when something cannot be read, which
 * says nothing about the result.
 */
export async function verifyResult(
  reference: JobReference & { readonly resultDigest: Digest },
): Promise<ResultVerification> {
  const { input, kind, prepared } = await openJob(reference);
  let manifest: ResultManifest | undefined;
  try {
    manifest = await getManifest(reference.store, reference.resultDigest, reference);
    const problems = mismatches(manifest, input, kind);
    if (problems.length > 0) return { ok: false, problems, manifest };
    const findings = await prepared.verify(await fetchFiles(reference, manifest));
    return { ...findings, ok: findings.problems.length === 0, manifest };
  } catch (cause) {
    if (!(cause instanceof WorkloadError && cause.code === "invalidResult")) throw cause;
    return { ok: false, problems: [cause.message], manifest };
  }
}

/** The verdict on a checkpoint. `expected` is the digest that the job yields at its step. */
export interface CheckpointVerification {
  readonly ok: boolean;
  readonly step?: number;
  readonly expected?: Digest;
  readonly problem?: string;
}

/**
 * Checks a checkpoint by doing the job from its beginning up to the checkpoint's step, in this process, storing nothing.
 * @throws WorkloadError when the job itself is wrong; ContentError when something cannot be read.
 */
export async function verifyCheckpoint(
  reference: JobReference & { readonly checkpointDigest: Digest },
): Promise<CheckpointVerification> {
  const { store, signal, checkpointDigest } = reference;
  const { prepared } = await openJob(reference);
  let step: number;
  try {
    step = prepared.stepOf(await store.get(checkpointDigest, { signal }));
  } catch (cause) {
    if (!(cause instanceof WorkloadError && cause.code === "invalidCheckpoint")) throw cause;
    return { ok: false, problem: cause.message };
  }
  for await (const event of prepared.run({ breathe: breather(signal) })) {
    if (event.type !== "checkpoint" || event.step !== step) continue;
    const expected = digestOf(event.bytes);
    const ok = expected === checkpointDigest;
    return { ok, step, expected, ...(ok ? {} : { problem: `at step ${step} the job yields ${expected}` }) };
  }
  return { ok: false, step, problem: `the job has no step ${step}` };
}

function mismatches(manifest: ResultManifest, input: JobInput, kind: WorkloadKind): string[] {
  const problems: string[] = [];
  if (manifest.kind !== kind.id) problems.push(`it is the result of a ${manifest.kind} job`);
  if (manifest.input !== cidOf(input.digest)) problems.push("it answers another input");
  if (manifest.model !== cidOf(input.modelDigest)) problems.push("it names another model");
  const names = Object.keys(manifest.outputs).sort().join();
  if (names !== [...kind.outputs].sort().join()) problems.push(`its files are ${names}`);
  return problems;
}

async function fetchFiles(reference: JobReference, manifest: ResultManifest): Promise<ResultFiles> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, cid] of Object.entries(manifest.outputs)) {
    files[name] = await reference.store.get(digestFromCid(cid), { signal: reference.signal, maxBytes: MAX_FILE_BYTES });
  }
  return files;
}
