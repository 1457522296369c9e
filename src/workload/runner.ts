import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { ContentError, type ContentStore, type Digest } from "../store";
import { WorkloadError } from "./errors";
import type { CheckpointRejection, CheckpointTrust } from "./execute";
import { getManifest, type ResultManifest } from "./job";
import {
  childMessageSchema,
  type ChildMessage,
  type ChildUsage,
  type FailureCode,
  type ParentMessage,
} from "./messages";

/** What a job may use. */
export interface JobLimits {
  /** Longest time from start to result, in seconds, the start of the process included. */
  readonly seconds: number;
  /** Most memory of the process, in MiB; about 100 are needed before any work. */
  readonly memoryMiB: number;
  /** Most bytes written to the store, checkpoints included. */
  readonly outputBytes: number;
}

/** Ten minutes, 512 MiB of memory, 1 GiB of output. */
export const DEFAULT_LIMITS: JobLimits = { seconds: 600, memoryMiB: 512, outputBytes: 1024 * 1024 * 1024 };

export interface RunJobOptions {
  /** The kind agreed on. */
  readonly kind: string;
  readonly inputDigest: Digest;
  /** The model hash agreed on; a job whose input names another model fails with modelMismatch. */
  readonly modelDescriptorDigest: Digest;
  /** Checkpoint to go on from. One that cannot be used is reported, and the job starts over. */
  readonly checkpointDigest?: Digest | undefined;
  /** `resume` (default) checks a checkpoint's form and goes on from it; `replay` starts over and compares with it. */
  readonly checkpointTrust?: CheckpointTrust | undefined;
  readonly store: ContentStore;
  readonly limits?: Partial<JobLimits> | undefined;
  /** Directories searched for kinds before the built-in one. */
  readonly kindDirectories?: readonly string[] | undefined;
  /** A checkpoint is in the store. */
  readonly onCheckpoint?: ((step: number, digest: Digest) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly onCheckpointRejected?: ((rejection: Omit<CheckpointRejection, "type">) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For tests and demonstrations only: runs this model and claims to have run the agreed one. */
  readonly substituteModelDigest?: Digest | undefined;
}

/** What a job used. */
export interface JobUsage {
  readonly elapsedSeconds: number;
  /** Seconds of processor time, as far as the child reported it. */
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

/** How a job ended. Whatever it was, the process is gone. */
export type JobOutcome =
  | {
      readonly status: "delivered";
      readonly resultDigest: Digest;
      readonly manifest: ResultManifest;
      /** Step of the checkpoint that the work went on from; 0 when it began at the beginning. */
      readonly resumedFrom: number;
      readonly usage: JobUsage;
    }
  | { readonly status: "timedOut" | "outOfMemory" | "cancelled"; readonly usage: JobUsage }
  | { readonly status: "failed"; readonly code: FailureCode; readonly message: string; readonly usage: JobUsage };

type Ending =
  | {
      readonly status: "delivered";
      readonly resultDigest: Digest;
      readonly manifest: ResultManifest;
      readonly resumedFrom: number;
    }
  | { readonly status: "timedOut" | "outOfMemory" | "cancelled" }
  | { readonly status: "failed"; readonly code: FailureCode; readonly message: string };

const MIB = 1024 * 1024;
/** Between two looks at the child's memory. */
const POLL_MS = 50;
/** The child's own watchdog strikes this long after the parent should have. */
const GRACE_MS = 5_000;
/** How much of the child's error output is kept. */
const STDERR_CHARACTERS = 4_000;
/** What the child is given of the environment: enough to start, and nothing that could be a key. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "SystemRoot"];

/**
 * Does a job in a child process within limits of time, memory and output.
 *
 * The child has no environment and reaches content only through `store`, in this process. It is killed by its process id
 * when the job is over, called off, or beyond a limit, and ends by itself should this process die. The promise resolves
 * once the child is gone; it rejects only with what a callback threw.
 */
export function runJob(options: RunJobOptions): Promise<JobOutcome> {
  return new Run(options).outcome;
}

class Run {
  readonly outcome: Promise<JobOutcome>;
  readonly #limits: JobLimits;
  readonly #started = process.hrtime.bigint();
  readonly #written = new Set<Digest>();
  readonly #over = new AbortController();
  readonly #child: ChildProcess | undefined;
  #ending: Ending | undefined;
  /** Settles once what the child delivered was looked up; never rejects. */
  #delivery: Promise<void> | undefined;
  #callbackError: { readonly cause: unknown } | undefined;
  #outputBytes = 0;
  #cpuMicros = 0;
  #peakBytes = 0;
  #lastStep = 0;
  #stderr = "";
  #resolve: (outcome: JobOutcome) => void = () => {};
  #reject: (cause: unknown) => void = () => {};
  #elapsedSeconds = 0;

  constructor(private readonly options: RunJobOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (options.signal?.aborted === true) {
      this.#end({ status: "cancelled" });
      this.#finish();
      return;
    }
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    const entry = join(__dirname, `child${extname(__filename)}`);
    // From TypeScript sources, the child needs the same loader as any other program here.
    const loader = extname(entry) === ".ts" ? ["--require", require.resolve("tsx/cjs")] : [];
    const child = fork(entry, [], {
      cwd: __dirname,
      env: Object.fromEntries(
        PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
      ),
      execArgv: [...loader, `--max-old-space-size=${this.#limits.memoryMiB}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS);
    });
    child.on("message", (raw) => this.#receive(raw));
    child.once("error", (cause) => this.#end({ status: "failed", code: "crashed", message: cause.message }));
    // "close" comes after "exit" and after the last of the error output.
    child.once("close", (code, signal) => void this.#closed(code, signal));
    this.#watch(child);
    this.#send(
      {
        type: "start",
        inputDigest: this.options.inputDigest,
        kind: this.options.kind,
        modelDescriptorDigest: this.options.modelDescriptorDigest,
        checkpointDigest: this.options.checkpointDigest,
        checkpointTrust: this.options.checkpointTrust,
        substituteModelDigest: this.options.substituteModelDigest,
        // The child has a working directory of its own.
        kindDirectories: (this.options.kindDirectories ?? []).map((directory) => resolve(directory)),
        parent: process.pid,
        until: Date.now() + this.#limits.seconds * 1000 + GRACE_MS,
      },
      child,
    );
    return child;
  }

  /** Starts everything that may call the job off, and arranges for its end with the job. */
  #watch(child: ChildProcess): void {
    const timeout = setTimeout(() => this.#end({ status: "timedOut" }), this.#limits.seconds * 1000);
    const poll = setInterval(() => this.#noteMemory(peakMemoryOf(child.pid)), POLL_MS);
    const cancel = (): void => this.#end({ status: "cancelled" });
    const kill = (): void => void child.kill("SIGKILL");
    this.options.signal?.addEventListener("abort", cancel, { once: true });
    process.once("exit", kill);
    this.#over.signal.addEventListener("abort", () => {
      clearTimeout(timeout);
      clearInterval(poll);
      this.options.signal?.removeEventListener("abort", cancel);
      process.removeListener("exit", kill);
    });
  }

  /** The first ending counts. From then on the child is of no more use. */
  #end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#elapsedSeconds = Number(process.hrtime.bigint() - this.#started) / 1e9;
    this.#over.abort();
    if (this.#child === undefined) return;
    // Never started, or already gone: there will be no second "close".
    if (this.#child.pid === undefined) this.#finish();
    else this.#child.kill("SIGKILL");
  }

  async #closed(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    // A child leaves as soon as it has said what it delivers, and the store may be slow to show it.
    await this.#delivery;
    this.#end(this.#accident(code, signal));
    this.#finish();
  }

  #accident(code: number | null, signal: NodeJS.Signals | null): Ending {
    if (/heap out of memory|Allocation failed/.test(this.#stderr)) return { status: "outOfMemory" };
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const said = this.#stderr.trim();
    const message = `the process ended by ${how} without an outcome${said === "" ? "" : `: ${said}`}`;
    return { status: "failed", code: "crashed", message };
  }

  #finish(): void {
    if (this.#callbackError !== undefined) return this.#reject(this.#callbackError.cause);
    if (this.#ending === undefined) return;
    const usage: JobUsage = {
      elapsedSeconds: this.#elapsedSeconds,
      cpuSeconds: this.#cpuMicros / 1e6,
      peakMemoryBytes: this.#peakBytes,
    };
    this.#resolve({ ...this.#ending, usage });
  }

  #receive(raw: unknown): void {
    if (this.#ending !== undefined) return;
    const parsed = childMessageSchema.safeParse(raw);
    if (!parsed.success) return this.#fail("protocol", "the process sent a message of unknown form");
    const message = parsed.data;
    if (message.type === "get" || message.type === "put" || message.type === "has") void this.#serve(message);
    else if (message.type === "delivered") this.#delivery ??= this.#deliver(message);
    else this.#note(message);
  }

  #note(message: Exclude<ChildMessage, { type: "get" | "put" | "has" | "delivered" }>): void {
    switch (message.type) {
      case "progress":
        this.#noteUsage(message.usage);
        return this.#call(() => this.options.onProgress?.(message.done, message.total));
      case "checkpoint":
        if (!this.#written.has(message.digest) || message.step <= this.#lastStep) {
          return this.#fail(
            "protocol",
            `the process reported a checkpoint of step ${message.step} that it did not write`,
          );
        }
        this.#lastStep = message.step;
        return this.#call(() => this.options.onCheckpoint?.(message.step, message.digest));
      case "checkpointRejected": {
        const { digest, reason, detail } = message;
        return this.#call(() => this.options.onCheckpointRejected?.({ digest, reason, detail }));
      }
      case "failed":
        this.#noteUsage(message.usage);
        if (message.code === "outOfMemory") return this.#end({ status: "outOfMemory" });
        return this.#fail(message.code, message.message);
    }
  }

  async #deliver(message: Extract<ChildMessage, { type: "delivered" }>): Promise<void> {
    this.#noteUsage(message.usage);
    const { resultDigest, resumedFrom } = message;
    if (!this.#written.has(resultDigest))
      return this.#fail("protocol", "the process reported a result that it did not write");
    try {
      const manifest = await getManifest(this.options.store, resultDigest, { signal: this.#over.signal });
      this.#end({ status: "delivered", resultDigest, manifest, resumedFrom });
    } catch (cause) {
      this.#failWith(cause);
    }
  }

  async #serve(request: Extract<ChildMessage, { type: "get" | "put" | "has" }>): Promise<void> {
    const { id } = request;
    try {
      this.#send(await this.#ask(request));
    } catch (cause) {
      if (this.#ending !== undefined) return;
      if (!(cause instanceof ContentError)) return this.#failWith(cause);
      const { code, digest, message } = cause;
      this.#send({ type: "storeError", id, code, digest, message });
    }
  }

  async #ask(request: Extract<ChildMessage, { type: "get" | "put" | "has" }>): Promise<ParentMessage> {
    const { store } = this.options;
    const { id } = request;
    const { signal } = this.#over;
    if (request.type === "has") return { type: "present", id, present: await store.has(request.digest, { signal }) };
    if (request.type === "get") {
      return { type: "found", id, bytes: await store.get(request.digest, { signal, maxBytes: request.maxBytes }) };
    }
    this.#outputBytes += request.bytes.length;
    if (this.#outputBytes > this.#limits.outputBytes) {
      this.#fail("outputTooLarge", `the job wrote more than ${this.#limits.outputBytes} bytes`);
      signal.throwIfAborted();
    }
    const { digest, size } = await store.put(request.bytes, { signal });
    this.#written.add(digest);
    return { type: "stored", id, digest, size };
  }

  #send(message: ParentMessage, child = this.#child): void {
    // A child that is gone is reported by "close"; a message that no longer reaches it is no error of its own.
    if (child?.connected === true) child.send(message, () => {});
  }

  #fail(code: FailureCode, message: string): void {
    this.#end({ status: "failed", code, message });
  }

  #failWith(cause: unknown): void {
    if (cause instanceof ContentError || cause instanceof WorkloadError) return this.#fail(cause.code, cause.message);
    this.#fail("crashed", cause instanceof Error ? cause.message : String(cause));
  }

  /** Calls the caller back. What it throws is the caller's own error: it stops the job and rejects the promise. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (cause) {
      this.#callbackError = { cause };
      this.#end({ status: "cancelled" });
    }
  }

  #noteUsage(usage: ChildUsage): void {
    this.#cpuMicros = Math.max(this.#cpuMicros, usage.cpuMicros);
    this.#noteMemory(usage.residentBytes);
  }

  #noteMemory(bytes: number | undefined): void {
    if (bytes === undefined) return;
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
    if (this.#peakBytes > this.#limits.memoryMiB * MIB) this.#end({ status: "outOfMemory" });
  }
}

/**
 * Most memory a process has had resident so far, in bytes, where /proc tells it; so no peak between two looks is missed.
 * Source: proc(5), VmHWM.
 */
function peakMemoryOf(pid: number | undefined): number | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return peak === undefined ? undefined : Number(peak) * 1024;
  } catch {
    return undefined;
  }
}
