import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** A state file exists and cannot be understood. It is never overwritten: it may hold the only copy of a salt. */
export class InvalidState extends Error {
  override readonly name = "InvalidState";
}

/** Another process works on the same state. */
export class StateInUse extends Error {
  override readonly name = "StateInUse";
}

/**
 * A value kept in a file. Writes go to a temporary file, are flushed, and are then renamed over the old one, so that a crash
 * leaves the old value or the new one. The schema turns the JSON into the value; bigints must be stored as text.
 */
export class StateFile<T> {
  constructor(
    readonly path: string,
    private readonly schema: z.ZodType<T>,
    private readonly toJson: (value: T) => unknown,
  ) {}

  /** The stored value, undefined when there is none yet. Throws InvalidState. */
  read(): T | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
      throw new InvalidState(`cannot read ${this.path}`, { cause });
    }
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw new InvalidState(`${this.path} is damaged: not JSON`, { cause });
    }
    const parsed = this.schema.safeParse(json);
    if (!parsed.success) throw new InvalidState(`${this.path} is damaged: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  }

  /** Replaces the stored value; it is on disk when this returns. */
  write(value: T): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const draft = `${this.path}.${process.pid}.${randomBytes(4).toString("hex")}`;
    try {
      const file = openSync(draft, "wx", 0o600);
      try {
        writeFileSync(file, `${JSON.stringify(this.toJson(value))}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, this.path);
    } catch (cause) {
      rmSync(draft, { force: true });
      throw cause;
    }
    flushFolder(dirname(this.path));
  }
}

/** Makes the rename durable, where the platform can open a folder. */
function flushFolder(path: string): void {
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(folder);
  } catch {
    // Some file systems refuse to flush a folder; there the rename is as durable as it gets.
  } finally {
    closeSync(folder);
  }
}

/** Who holds a lock. */
interface LockOwner {
  readonly pid: number;
  /** When the process began, in the kernel's ticks; undefined where the system does not tell. */
  readonly began: string | undefined;
}

/**
 * Takes a folder for this process, so that two agents never work on one state; returns how to give it back. The lock of a
 * process that died is taken over, also when its id has been given to another one since: in a container that starts again,
 * the new process often has the id of the old one. Throws StateInUse.
 */
export function lockFolder(path: string): () => void {
  mkdirSync(path, { recursive: true });
  const file = join(path, "lock");
  // A link appears with its content at once: nobody can see a lock without an owner.
  const draft = join(path, `lock.${process.pid}.${randomBytes(4).toString("hex")}`);
  writeFileSync(draft, [process.pid, beginningOf(process.pid) ?? ""].join(" ").trim() + "\n", { flag: "wx" });
  try {
    takeLink(draft, file, path);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (ownerOf(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

const LOCK_POLL_MS = 100;

/** As `lockFolder`, and waits for whoever has the folder now. Throws StateInUse after `patienceMs`. */
export async function lockFolderPatiently(path: string, patienceMs: number): Promise<() => void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return lockFolder(path);
    } catch (error) {
      if (!(error instanceof StateInUse) || performance.now() > until) throw error;
    }
    await sleep(LOCK_POLL_MS);
  }
}

function takeLink(draft: string, file: string, path: string): void {
  for (let tries = 0; ; tries++) {
    try {
      linkSync(draft, file);
      return;
    } catch (cause) {
      const taken = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
      if (!taken || tries > 3) throw cause;
    }
    const owner = ownerOf(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new StateInUse(`process ${owner.pid} works on ${path}; if it is another program, remove ${file}`);
    }
    rmSync(file, { force: true });
  }
}

function ownerOf(file: string): LockOwner | undefined {
  try {
    const [id, began] = readFileSync(file, "utf8").trim().split(" ");
    const pid = Number(id);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, began } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the very process that took the lock still runs. Where in doubt, it does. */
function isAlive({ pid, began }: LockOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EPERM")) return false;
  }
  const now = beginningOf(pid);
  return began === undefined || now === undefined || now === began;
}

/** When a process began. Source: proc(5), field 22 of stat; the second one may hold spaces and brackets. */
function beginningOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .at(19);
  } catch {
    return undefined;
  }
}
