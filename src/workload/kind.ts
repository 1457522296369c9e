import type { ContentStore, Digest, WaitOptions } from "../store";
import type { JobInput, ResultFiles } from "./job";

/** What a job turns out to need, read from its input alone. */
export interface JobDescription {
  /** Digests of the data the job reads, besides its input and its model; what the agreement lists as datasets. */
  readonly datasets: readonly Digest[];
  /** Units of work the job must be paid for, in the unit that its kind documents. */
  readonly units: number;
}

/** A step forward. `total` is the number of steps of an uninterrupted run; a resumed run starts above zero. */
export interface ProgressEvent {
  readonly type: "progress";
  readonly done: number;
  readonly total: number;
}

/** The state after step `step`, from which anyone can go on. Its bytes depend on the input and the step alone. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly bytes: Uint8Array;
}

export type WorkEvent = ProgressEvent | CheckpointEvent;

/** Everything a job is given. Content read through `store` is verified. */
export interface JobContext extends WaitOptions {
  readonly input: JobInput;
  /** The model's bytes. They hash to the input's model digest, except in an operator that was told to cheat. */
  readonly model: Uint8Array;
  readonly store: ContentStore;
}

export interface RunOptions {
  /** Where to go on from; already verified against its digest, and nothing more. */
  readonly checkpoint?: Uint8Array | undefined;
  /** To be awaited often: lets messages and timers through, and throws when the job was called off. */
  readonly breathe: () => Promise<void>;
}

/** What a result's own files say about it once recomputed. */
export interface Findings {
  /** What is wrong, empty when nothing is. */
  readonly problems: readonly string[];
  /** Recomputed share of right answers, where the data says what is right. */
  readonly accuracy?: { readonly correct: number; readonly total: number } | undefined;
}

/** A job whose input was found valid, with its data at hand. */
export interface PreparedJob {
  /**
   * Does the work, reporting each step. The files returned depend on the input and the model alone.
   * @throws WorkloadError invalidCheckpoint when the checkpoint is not one of this job.
   */
  run(options: RunOptions): AsyncGenerator<WorkEvent, ResultFiles, void>;
  /**
   * The step of a checkpoint of this job.
   * @throws WorkloadError invalidCheckpoint when it has not the form of one. A well-formed one may still be wrong.
   */
  stepOf(checkpoint: Uint8Array): number;
  /** Recomputes from a result's files what can be recomputed without repeating the job. */
  verify(files: ResultFiles): Promise<Findings>;
}

/** A kind of work. To add one, add a file `<id>.ts` that exports it as `kind` to a directory of kinds. */
export interface WorkloadKind {
  readonly id: string;
  /** Names of the files of a result. */
  readonly outputs: readonly string[];
  /** Reads what is needed to judge an offer, without touching any content. Throws WorkloadError invalidInput. */
  describe(input: JobInput): JobDescription;
  /**
   * Reads and checks everything the job names.
   * @throws WorkloadError invalidInput or invalidModel; any ContentError of the store.
   */
  validateInput(context: JobContext): Promise<PreparedJob>;
  /** For tests and demonstrations: a model that is less work than the one agreed on. */
  cheaperModel?(model: Uint8Array): Uint8Array;
}
