import { setImmediate as nextTurn } from "node:timers/promises";
import { ContentError, digestOf, type ContentStore, type Digest } from "../store";
import { WorkloadError } from "./errors";
import { getInput, putResult, type JobInput, type ResultFiles, type ResultManifest } from "./job";
import type { JobDescription, PreparedJob, WorkloadKind } from "./kind";
import { loadKind } from "./registry";

/** Longest model read, in bytes. */
const MAX_MODEL_BYTES = 32 * 1024 * 1024;
/** Time between two turns given to messages and timers. */
const BREATH_MS = 15;

/** Which job: its input, and what the parties agreed about it. */
export interface JobReference {
  readonly store: ContentStore;
  readonly inputDigest: Digest;
  /** The kind agreed on; any when absent. */
  readonly kind?: string | undefined;
  /** The model hash agreed on; the input's when absent. */
  readonly modelDescriptorDigest?: Digest | undefined;
  /** Directories searched for kinds before the built-in one. */
  readonly kindDirectories?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How far a checkpoint of someone else is trusted: go on from it, or start over and compare. */
export type CheckpointTrust = "resume" | "replay";

export interface ExecuteOptions extends JobReference {
  /** Checkpoint to go on from. One that is unavailable or malformed is reported, and the job starts over. */
  readonly checkpointDigest?: Digest | undefined;
  /** Default: resume. */
  readonly checkpointTrust?: CheckpointTrust | undefined;
  /**
   * Runs this model and claims to have run the agreed one. For tests and demonstrations of a dishonest operator only:
   * whoever re-executes the job gets another result digest.
   */
  readonly substituteModelDigest?: Digest | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
}

/** What is reported while a job runs. Checkpoints are in the store by then. */
export type JobEvent =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "checkpoint"; readonly step: number; readonly digest: Digest }
  | CheckpointRejection;

/** Why the checkpoint that was given is not used: it cannot be read, has not the form of one, or is not what the job yields. */
export interface CheckpointRejection {
  readonly type: "checkpointRejected";
  readonly digest: Digest;
  readonly reason: "unavailable" | "malformed" | "poisoned";
  readonly detail: string;
}

export interface Execution {
  readonly resultDigest: Digest;
  readonly manifest: ResultManifest;
  /** Step of the checkpoint that the work went on from; 0 when it began at the beginning. */
  readonly resumedFrom: number;
}

/** A job as an operator judges an offer, before any data is read. */
export interface JobOffer extends JobDescription {
  readonly kind: string;
  readonly inputDigest: Digest;
  readonly modelDigest: Digest;
  readonly parametersHash: Digest;
}

/**
 * Reads what an operator compares with the agreement before it accepts a job.
 * @throws WorkloadError invalidInput, unknownKind, modelMismatch; any ContentError of the store.
 */
export async function describeJob(reference: JobReference): Promise<JobOffer> {
  const { input, kind } = await openInput(reference);
  const { datasets, units } = kind.describe(input);
  const { digest: inputDigest, modelDigest, parametersHash } = input;
  return { kind: kind.id, inputDigest, modelDigest, parametersHash, datasets, units };
}

/**
 * Does a job in this process and stores its checkpoints and its result.
 * @throws WorkloadError for a job that cannot be done; any ContentError of the store; the signal's reason.
 */
export async function execute(options: ExecuteOptions): Promise<Execution> {
  const { input, prepared } = await openJob(options);
  const checkpoint = await fetchCheckpoint(options);
  if (checkpoint === undefined) return finish(options, input, prepared, undefined);
  try {
    // A malformed checkpoint is found out here, before any work.
    const step = prepared.stepOf(checkpoint);
    if (options.checkpointTrust === "replay") return await finish(options, input, prepared, undefined, step);
    return await finish(options, input, prepared, checkpoint, step);
  } catch (cause) {
    if (!(cause instanceof WorkloadError && cause.code === "invalidCheckpoint")) throw cause;
    reject(options, digestOf(checkpoint), "malformed", cause.message);
    return finish(options, input, prepared, undefined);
  }
}

/** The input of a job and its kind, checked against what was agreed. */
export async function openInput(reference: JobReference): Promise<{ input: JobInput; kind: WorkloadKind }> {
  const input = await getInput(reference.store, reference.inputDigest, reference);
  if (reference.kind !== undefined && input.kind !== reference.kind) {
    throw new WorkloadError("invalidInput", `the input is a ${input.kind} job, ${reference.kind} was agreed on`);
  }
  const agreed = reference.modelDescriptorDigest;
  if (agreed !== undefined && agreed !== input.modelDigest) {
    throw new WorkloadError("modelMismatch", `the input names the model ${input.modelDigest}, ${agreed} was agreed on`);
  }
  return { input, kind: loadKind(input.kind, reference.kindDirectories) };
}

/** A job with its data, ready to run or to be verified. */
export async function openJob(
  options: JobReference & Pick<ExecuteOptions, "substituteModelDigest">,
): Promise<{ input: JobInput; kind: WorkloadKind; prepared: PreparedJob }> {
  const { input, kind } = await openInput(options);
  const { store, signal } = options;
  const modelDigest = options.substituteModelDigest ?? input.modelDigest;
  const model = await store.get(modelDigest, { signal, maxBytes: MAX_MODEL_BYTES });
  return { input, kind, prepared: await kind.validateInput({ input, model, store, signal }) };
}

/** Lets messages and timers through at most every few milliseconds; throws when the signal has been raised. */
export function breather(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await nextTurn();
    signal?.throwIfAborted();
    last = performance.now();
  };
}

async function finish(
  options: ExecuteOptions,
  input: JobInput,
  prepared: PreparedJob,
  checkpoint: Uint8Array | undefined,
  step = 0,
): Promise<Execution> {
  const { store, signal } = options;
  const work = prepared.run({ checkpoint, breathe: breather(signal) });
  let files: ResultFiles | undefined;
  while (files === undefined) {
    const turn = await work.next();
    if (turn.done === true) files = turn.value;
    else if (turn.value.type === "progress") options.onEvent?.(turn.value);
    else {
      const { digest } = await store.put(turn.value.bytes, { signal });
      if (checkpoint === undefined && turn.value.step === step) compare(options, digest);
      options.onEvent?.({ type: "checkpoint", step: turn.value.step, digest });
    }
  }
  const { digest, manifest } = await putResult(store, input, files, { signal });
  return { resultDigest: digest, manifest, resumedFrom: checkpoint === undefined ? 0 : step };
}

/** In a replay: whether the checkpoint that was given is the one that the job yields. */
function compare(options: ExecuteOptions, right: Digest): void {
  const given = options.checkpointDigest;
  if (given !== undefined && given !== right) reject(options, given, "poisoned", `the job yields ${right} at its step`);
}

async function fetchCheckpoint(options: ExecuteOptions): Promise<Uint8Array | undefined> {
  const { store, signal, checkpointDigest } = options;
  if (checkpointDigest === undefined) return undefined;
  try {
    return await store.get(checkpointDigest, { signal });
  } catch (cause) {
    if (!(cause instanceof ContentError)) throw cause;
    reject(options, checkpointDigest, "unavailable", cause.message);
    return undefined;
  }
}

function reject(options: ExecuteOptions, digest: Digest, reason: CheckpointRejection["reason"], detail: string): void {
  options.onEvent?.({ type: "checkpointRejected", digest, reason, detail });
}
