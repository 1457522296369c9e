import { z } from "zod";
import { cursorSchema } from "../../chain/follower";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
const digest = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as `0x${string}`);

/** What an operator must not forget about a job it was drawn for. */
const jobSchema = z.object({
  jobId: decimal,
  gpu: decimal,
  /** Number of the draw; another one is another assignment. */
  attempt: decimal,
  /** ABI-encoded agreement, once found and checked. */
  agreement: z.string().optional(),
  /** Block of the posting, where known. */
  postedAt: z.number().int().optional(),
  /** Kind of work, once the input was read. */
  kind: z.string().optional(),
  /** Chain time of the first look, and of our last sign of life. */
  seenAt: z.number().int(),
  namedAt: z.number().int().optional(),
  /** Chain time of our first sign of life, from which the contract counts. */
  acceptedAt: z.number().int().optional(),
  /** Newest checkpoint in the store; what to go on from after a restart. */
  checkpoint: z.object({ step: z.number().int(), digest }).optional(),
  /** Checkpoint of each step from the first on, as far as we know them. */
  steps: z.array(digest).optional(),
  /** Root of the chain that was committed to. */
  chainRoot: digest.optional(),
  /** Step of the newest checkpoint named on chain by us. */
  namedStep: z.number().int(),
  result: z.object({ digest, load: z.number(), resumedFrom: z.number().int() }).optional(),
  /** Salt of a sealed result; without it the result can never be revealed. */
  salt: digest.optional(),
  /** Runs that ended without a result. */
  failedRuns: z.number().int(),
  /** Why the job is given back, once decided. */
  refusal: z.object({ reason: z.string(), inputUnavailable: z.boolean() }).optional(),
  /** The job was given up after it was accepted: it will be missed. */
  abandoned: z.string().optional(),
  /** What doing it again showed after a panel found against it: an appeal is worth its bond, or not. */
  defence: z.enum(["right", "hopeless"]).optional(),
  misbehaves: z.string().optional(),
  /** Newest block when nothing was left to do; the job is forgotten once that is settled. */
  endedAt: z.number().int().optional(),
});

/** One job of an operator. */
export type OperatorJob = z.output<typeof jobSchema>;

/** zod schema of an operator's stored state. */
export const operatorStateSchema = z.object({
  version: z.literal(1),
  chainId: z.number().int(),
  escrow: z.string(),
  cursor: cursorSchema,
  /** Chain time of the last check that no assignment was overlooked. */
  sweptAt: z.number().int(),
  /** GPUs known to be ours, when they are not listed in the configuration. */
  gpus: z.array(decimal),
  /** Blocks of postings that may concern us, so that an agreement is found in one look. */
  posted: z.array(z.tuple([decimal, z.number().int()])),
  jobs: z.array(jobSchema),
  misbehaved: z.number().int(),
});

/** Everything that an operator keeps over a restart. */
export type OperatorState = z.output<typeof operatorStateSchema>;

/** The JSON form of a state: bigints as decimal text. */
export function stateToJson(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value)));
}
