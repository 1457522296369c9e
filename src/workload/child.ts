/**
 * The process that does one job and ends. It is started by runner.ts, reaches content through its parent alone, and is
 * given none of the parent's environment. It ends when the parent does, even in the middle of a loop that never yields.
 */
import { Worker } from "node:worker_threads";
import {
  cidOf,
  ContentError,
  type ContentErrorCode,
  type ContentStore,
  type Digest,
  type GetOptions,
  type Stored,
} from "../store";
import { WorkloadError } from "./errors";
import { execute, type JobEvent } from "./execute";
import { parentMessageSchema, shortened } from "./messages";
import type { ChildMessage, ChildUsage, FailureCode, ParentMessage, StartMessage } from "./messages";

/**
 * Runs in a thread of its own, so that it works while the job computes: ends the process when its parent is gone, which
 * shows in the parent's process id, or when its time is long over.
 */
const WATCHDOG = `
  const { workerData } = require("node:worker_threads");
  setInterval(() => {
    if (process.ppid !== workerData.parent || Date.now() > workerData.until) process.kill(process.pid, "SIGKILL");
  }, 500);
`;

/** A store's error, as the parent reported it. */
class RemoteContentError extends ContentError {
  constructor(
    readonly code: ContentErrorCode,
    digest: Digest | undefined,
    message: string,
  ) {
    super(digest, message);
  }
}

type Reply = Exclude<ParentMessage, StartMessage>;

/** The parent's store. Every read was verified by the parent. */
class ParentStore implements ContentStore {
  #nextId = 0;
  readonly #waiting = new Map<number, (reply: Reply) => void>();

  async put(bytes: Uint8Array): Promise<Stored> {
    const reply = await this.#ask((id) => ({ type: "put", id, bytes }));
    if (reply.type !== "stored") throw unexpected(reply);
    return { digest: reply.digest, cid: cidOf(reply.digest), size: reply.size };
  }

  async get(digest: Digest, options?: GetOptions): Promise<Uint8Array> {
    const maxBytes = options?.maxBytes;
    const reply = await this.#ask((id) => ({
      type: "get",
      id,
      digest,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    }));
    if (reply.type !== "found") throw unexpected(reply);
    return reply.bytes;
  }

  async has(digest: Digest): Promise<boolean> {
    const reply = await this.#ask((id) => ({ type: "has", id, digest }));
    if (reply.type !== "present") throw unexpected(reply);
    return reply.present;
  }

  settle(reply: Reply): void {
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }

  #ask(message: (id: number) => ChildMessage): Promise<Reply> {
    const id = this.#nextId++;
    return new Promise((done) => {
      this.#waiting.set(id, done);
      send(message(id));
    });
  }
}

function unexpected(reply: Reply): Error {
  if (reply.type === "storeError") return new RemoteContentError(reply.code, reply.digest, reply.message);
  return new Error(`the parent answered with ${reply.type}`);
}

function send(message: ChildMessage, sent?: () => void): void {
  process.send?.(message, undefined, undefined, sent);
}

function usage(): ChildUsage {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() };
}

function failure(cause: unknown): { code: FailureCode | "outOfMemory"; message: string } {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof WorkloadError || cause instanceof ContentError) return { code: cause.code, message };
  if (cause instanceof RangeError && /allocation failed/i.test(message)) return { code: "outOfMemory", message };
  return { code: "crashed", message: cause instanceof Error ? (cause.stack ?? message) : message };
}

async function work(start: StartMessage, store: ContentStore): Promise<void> {
  const watchdog = new Worker(WATCHDOG, {
    eval: true,
    execArgv: [],
    workerData: { parent: start.parent, until: start.until },
  });
  watchdog.unref();
  const { type: _, parent: __, until: ___, ...job } = start;
  const onEvent = (event: JobEvent): void =>
    send(
      event.type === "progress"
        ? { ...event, usage: usage() }
        : { ...event, ...("detail" in event ? { detail: shortened(event.detail) } : {}) },
    );
  let outcome: ChildMessage;
  try {
    const { resultDigest, resumedFrom } = await execute({ ...job, store, onEvent });
    outcome = { type: "delivered", resultDigest, resumedFrom, usage: usage() };
  } catch (cause) {
    const { code, message } = failure(cause);
    outcome = { type: "failed", code, message: shortened(message), usage: usage() };
  }
  send(outcome, () => process.exit(0));
}

function main(): void {
  const store = new ParentStore();
  process.once("disconnect", () => process.exit(0));
  process.on("message", (raw) => {
    const message = parentMessageSchema.parse(raw);
    if (message.type === "start") void work(message, store);
    else store.settle(message);
  });
}

if (require.main === module) main();
