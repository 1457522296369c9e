import { digestSchema, MemoryStore, type ContentStore, type Digest } from "../../store";
import { loadOf } from "../../workload/energy";
import { putCheaperModel } from "../../workload/faults";
import { runJob, type JobOutcome } from "../../workload/runner";
import type { Agreement } from "../../protocol/agreement";
import type { OperatorConfig } from "./config";

/** Where to go on from. */
export interface Start {
  readonly digest: Digest;
  /** Whether another operator wrote it. */
  readonly isForeign: boolean;
}

/** Work on one job in a child process. */
export interface Run {
  /** Ends the work; the promise still resolves. */
  stop(): void;
  readonly outcome: Promise<JobOutcome>;
}

export interface RunRequest {
  readonly agreement: Agreement;
  readonly kind: string;
  readonly start: Start | undefined;
  readonly store: ContentStore;
  readonly config: Pick<OperatorConfig, "childSeconds" | "childMemoryMiB" | "kindDirectories" | "foreignCheckpoints">;
  /** For tests and demonstrations: run a cheaper model. */
  readonly cheat: boolean;
  /** For tests and demonstrations: what is written never reaches the store. */
  readonly withhold: boolean;
  readonly onCheckpoint: (step: number, digest: Digest) => void;
  readonly onRejected: (reason: string) => void;
}

/** Starts the work on a job. Nothing but the result of the agreement's own model can come of it, unless told to cheat. */
export function startRun(request: RunRequest): Run {
  const { agreement, kind, start, config } = request;
  const store = request.withhold ? new MemoryStore(request.store) : request.store;
  const controller = new AbortController();
  const modelDescriptorDigest = digestSchema.parse(agreement.modelHash);
  const run = async (): Promise<JobOutcome> => {
    const substitute = request.cheat ? await putCheaperModel(store, kind, modelDescriptorDigest, config) : undefined;
    return runJob({
      kind,
      inputDigest: digestSchema.parse(agreement.inputDigest),
      modelDescriptorDigest,
      checkpointDigest: start?.digest,
      checkpointTrust: start?.isForeign === true && config.foreignCheckpoints === "replay" ? "replay" : "resume",
      substituteModelDigest: substitute,
      store,
      kindDirectories: config.kindDirectories,
      limits: {
        seconds: Math.min(config.childSeconds ?? Infinity, Number(agreement.terms.secondsPerAttempt)),
        memoryMiB: config.childMemoryMiB,
      },
      onCheckpoint: request.onCheckpoint,
      onCheckpointRejected: ({ reason, detail }) => request.onRejected(`${reason}: ${detail}`),
      signal: controller.signal,
    });
  };
  return { stop: () => controller.abort(), outcome: run() };
}

export { loadOf };
