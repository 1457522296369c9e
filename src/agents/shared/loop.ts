import { setTimeout as sleep } from "node:timers/promises";
import { StaleHead } from "../../chain/follower";

/** A loop that goes on until told to stop. Times in milliseconds. */
export interface LoopOptions {
  /** One round of work. */
  readonly tick: () => Promise<void>;
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Told of a failed round. Returning false ends the loop with that failure. */
  readonly onFailure: (error: unknown, failures: number) => boolean;
  /** Longest pause after failures in a row. */
  readonly maxPauseMs?: number | undefined;
}

const DEFAULT_MAX_PAUSE_MS = 60_000;

/**
 * Repeats a round of work. After failures in a row the pause doubles, half of it random, so that agents spread out. An
 * endpoint that is behind answers well and catches up soon, or the chain became shorter: it is asked at the usual pace.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  let failures = 0;
  while (!options.signal.aborted) {
    let pause = options.pollMs;
    try {
      await options.tick();
      failures = 0;
    } catch (error) {
      if (options.signal.aborted) return;
      failures++;
      if (!options.onFailure(error, failures)) throw error;
      if (error instanceof StaleHead) failures--;
      const longest = options.pollMs * 2 ** Math.min(failures, 20);
      pause = Math.min(longest, options.maxPauseMs ?? DEFAULT_MAX_PAUSE_MS) * (0.5 + Math.random() / 2);
    }
    try {
      await sleep(pause, undefined, { signal: options.signal });
    } catch {
      return;
    }
  }
}

/** A signal that SIGINT and SIGTERM abort, for a clean end; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error("asked to stop"));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
