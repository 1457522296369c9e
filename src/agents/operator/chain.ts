/** Chains of training checkpoints: what an operator remembers of a job's steps, commits to, and opens to a panel. */
import { chainOf, DRAWN_SEGMENTS } from "../../protocol/training";
import type { Digest } from "../../store";
import { hashJoined } from "../shared/chains";
import type { OperatorJob } from "./state";

/** Steps remembered at most: each is written down with the whole state. */
const MAX_STEPS = 2_000;

/**
 * Notes the checkpoint of a step. Work that began anew repeats steps; work that went on from somebody else's checkpoint does
 * not know those before: then there is no chain.
 */
export function noteStep(job: Pick<OperatorJob, "steps">, step: number, digest: Digest): void {
  const steps = job.steps ?? [];
  if (step > Math.min(steps.length + 1, MAX_STEPS)) return;
  job.steps = [...steps.slice(0, step - 1), digest];
}

/**
 * The chain of a finished job: its checkpoints, the result in the place of the last. Undefined without checkpoints, with a gap,
 * or when a panel would look at all of it anyway.
 */
export function chainOfJob({ steps, checkpoint, result }: OperatorJob): readonly Digest[] | undefined {
  if (steps === undefined || result === undefined || steps.length <= DRAWN_SEGMENTS) return undefined;
  if (checkpoint === undefined || checkpoint.step !== steps.length) return undefined;
  return [...steps.slice(0, -1), result.digest];
}

/** Root of a chain. */
export function rootOf(chain: readonly Digest[]): string {
  return chainOf(chain, hashJoined).root;
}
