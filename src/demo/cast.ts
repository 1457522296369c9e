/** Who takes part in the demonstration, and what is asked of them. Data only. */

/** How a requester meets a delivered result. */
export type Manner =
  /** Downloads the files, recomputes what they claim, accepts. */
  | "accepts"
  /** Does the whole job again before paying; rejects what differs. */
  | "reexecutes"
  /** Never answers. */
  | "silent"
  /** Rejects whatever it gets. */
  | "rejects";

/** Ways of operators to break the rules, as the operator's configuration names them. */
export type Fault = "silentAfterFirstCheckpoint" | "otherModel" | "declineAll";

export interface OperatorRole {
  readonly name: string;
  readonly classId: number;
  /** GPUs staked, each with one slot. */
  readonly gpus: number;
  /** Breaks the rules in so many jobs; 0 for every one. */
  readonly fault?: { readonly how: Fault; readonly jobs: number };
}

export interface RequesterRole {
  readonly name: string;
  readonly manner: Manner;
}

/** Ids of the classes that the demonstration uses; deploy/data/gpu-classes.ts. */
export const CLASSES = { T4: 1, L4: 2, A10: 3 } as const;

/**
 * Six operators over three classes. A first wave asks every class for as many jobs as it has GPUs, all in one round, so
 * that each GPU is drawn for one of them, whatever the seed. The silent one shares its class with an owner of two, so that
 * its job goes on elsewhere most likely at once.
 */
export const OPERATORS: readonly OperatorRole[] = [
  { name: "Olga", classId: CLASSES.T4, gpus: 2 },
  { name: "Silas", classId: CLASSES.T4, gpus: 1, fault: { how: "silentAfterFirstCheckpoint", jobs: 0 } },
  { name: "Omar", classId: CLASSES.L4, gpus: 1 },
  { name: "Chet", classId: CLASSES.L4, gpus: 1, fault: { how: "otherModel", jobs: 0 } },
  { name: "Odile", classId: CLASSES.A10, gpus: 1 },
  { name: "Dinah", classId: CLASSES.A10, gpus: 1, fault: { how: "declineAll", jobs: 1 } },
];

export const REQUESTERS: readonly RequesterRole[] = [
  { name: "Ada", manner: "accepts" },
  { name: "Ben", manner: "reexecutes" },
  { name: "Cleo", manner: "silent" },
  { name: "Dan", manner: "rejects" },
];

/**
 * Owners of validators. A panel of three drawn from nine owners or more condemns without an arbiter. The first one's program
 * runs from the beginning and sees to every case; the others are woken when they are drawn: nine programs that watch would
 * leave two cores no time for work.
 */
export const VALIDATORS = ["Vera", "Vito", "Vida", "Viktor", "Viola", "Vasco", "Vesna", "Valentin", "Vanja"] as const;

/** Seats of a panel. */
export const SEATS = 3;

/** What the cast is told apart by in texts. */
export function describeOperator({ fault }: OperatorRole): string {
  if (fault === undefined) return "honest";
  const words: Record<Fault, string> = {
    silentAfterFirstCheckpoint: "goes silent after its first checkpoint",
    otherModel: "runs another model than agreed",
    declineAll: "declines its first job",
  };
  return words[fault.how];
}

/** A job to be posted. */
export interface JobOrder {
  readonly requester: string;
  readonly kind: "train-mlp" | "infer-batch";
  readonly classId: number;
}

const train = (requester: string, classId: number): JobOrder => ({ requester, kind: "train-mlp", classId });
const infer = (requester: string, classId: number): JobOrder => ({ requester, kind: "infer-batch", classId });

/** One training job for every GPU of every class. */
export const FIRST_WAVE: readonly JobOrder[] = [
  train("Ada", CLASSES.T4),
  train("Ada", CLASSES.T4),
  train("Ada", CLASSES.T4),
  train("Ben", CLASSES.L4),
  train("Ben", CLASSES.L4),
  train("Cleo", CLASSES.A10),
  train("Dan", CLASSES.A10),
];

/** Inference with the weights that the first wave trained. */
export const SECOND_WAVE: readonly JobOrder[] = [
  infer("Ada", CLASSES.T4),
  infer("Ada", CLASSES.T4),
  infer("Ben", CLASSES.L4),
  infer("Ben", CLASSES.L4),
  infer("Ada", CLASSES.A10),
];

/** What is posted again while a scene has not been played, by the fault that it is about. */
export const ENCORES: Readonly<Record<Fault, JobOrder>> = {
  silentAfterFirstCheckpoint: train("Ada", CLASSES.T4),
  otherModel: train("Ben", CLASSES.L4),
  declineAll: train("Cleo", CLASSES.A10),
};

/** Most jobs posted on top of the two waves. Each time the fault is drawn with probability 1/3 or more. */
export const MOST_ENCORES = 12;

/** Training: 8,000 of the 10,000 digits, the rest held out; more steps than a panel looks at, so that chains are opened. */
export const TRAINING = { train: 8_000, heldOut: 2_000, epochs: 6, hidden: 32 } as const;
export const INFERENCE = { count: 2_000 } as const;

/** Times of the jobs, seconds. A missing sign of life ends an attempt after `heartbeat`. */
export const TIMES = { secondsPerAttempt: 3_600, heartbeat: 600 } as const;
