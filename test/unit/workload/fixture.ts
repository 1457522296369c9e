import { digestOf, MemoryStore, type Digest } from "../../../src/store";
import {
  createTrainingJob,
  DIGITS_MLP,
  execute,
  loadDigits,
  putImages,
  selectImages,
  type ImageSet,
  type JobEvent,
  type JobInput,
  type MlpDescriptor,
  type TrainingRequest,
} from "../../../src/workload";

/** A digest to use as a seed. */
export const seedOf = (text: string): Digest => digestOf(Buffer.from(text));

let digits: ImageSet | undefined;
/** The 10,000 digits, read once per process. */
export function allDigits(): ImageSet {
  return (digits ??= loadDigits());
}

/** Every 25th digit: 400 of them, all ten classes. */
export function someDigits(): ImageSet {
  return selectImages(
    allDigits(),
    Array.from({ length: 400 }, (_, index) => index * 25),
  );
}

/** A network small enough to be trained many times in a test. */
export const SMALL_MLP: MlpDescriptor = {
  ...DIGITS_MLP,
  layers: [784, 8, 10],
  optimiser: { ...DIGITS_MLP.optimiser, batch: 16 },
};

export interface SmallJob {
  readonly store: MemoryStore;
  readonly dataset: Digest;
  readonly input: JobInput;
}

/** A training job over 400 digits, four epochs unless told otherwise. */
export async function smallJob(change: Partial<TrainingRequest> = {}): Promise<SmallJob> {
  const store = new MemoryStore();
  const dataset = await putImages(store, someDigits());
  const request: TrainingRequest = {
    model: SMALL_MLP,
    dataset,
    splitSeed: seedOf("split"),
    train: 300,
    heldOut: 100,
    seed: seedOf("training"),
    epochs: 4,
    ...change,
  };
  return { store, dataset, input: await createTrainingJob(store, request) };
}

export interface Run {
  readonly resultDigest: Digest;
  readonly resumedFrom: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** Digest of each step's checkpoint, by step. */
  readonly checkpoints: ReadonlyMap<number, Digest>;
  readonly events: readonly JobEvent[];
}

/** Does a job in this process and keeps what was reported. */
export async function run(
  { store, input }: Pick<SmallJob, "store" | "input">,
  options: Partial<Parameters<typeof execute>[0]> = {},
): Promise<Run> {
  const events: JobEvent[] = [];
  const done = await execute({ store, inputDigest: input.digest, onEvent: (event) => events.push(event), ...options });
  const checkpoints = new Map<number, Digest>();
  for (const event of events) if (event.type === "checkpoint") checkpoints.set(event.step, event.digest);
  return {
    resultDigest: done.resultDigest,
    resumedFrom: done.resumedFrom,
    outputs: done.manifest.outputs,
    checkpoints,
    events,
  };
}
