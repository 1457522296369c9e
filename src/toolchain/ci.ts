/** The gates of continuous integration: how each command's end is judged and counted. */
import { z } from "zod";
import type { RunResult } from "./run";
import { mochaSummary } from "./tests";

export type Count = { passed: number; failed: number };

/** A gate without tests of its own counts as one. */
export function countGate(result: RunResult): Count {
  return result.code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Mocha's tests, each counted; a bad end without a failed test counts as one failure, so does running none. */
export function countMocha(result: RunResult): Count {
  const summary = mochaSummary(result.output);
  if (summary === undefined) return { passed: 0, failed: 1 };
  const silent = summary.failed === 0 && (result.code !== 0 || summary.passed === 0) ? 1 : 0;
  return { passed: summary.passed, failed: summary.failed + silent };
}

/** The closing line of scripts/fuzz.ts: forge's tests, and handler actions that were too rare among the failures. */
export function countForge(result: RunResult): Count {
  const line = /^forge: (\d+) passed, (\d+) failed$/m.exec(result.output);
  if (line === null) return { passed: 0, failed: 1 };
  const [passed, failed] = [Number(line[1]), Number(line[2])];
  return { passed, failed: failed === 0 && (result.code !== 0 || passed === 0) ? 1 : failed };
}

const demoSchema = z.object({ ok: z.literal(true), conservation: z.object({ difference: z.literal("0") }) });

/** The demo's one JSON object must say that all went well and that no wei was lost. */
export function countDemo(result: RunResult): Count {
  let said: unknown;
  try {
    said = JSON.parse(result.stdout);
  } catch {
    return { passed: 0, failed: 1 };
  }
  return result.code === 0 && demoSchema.safeParse(said).success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
