import { z } from "zod";
import { cursorSchema } from "../../chain/follower";
import { digestSchema } from "../../store";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const canarySchema = z.object({
  inputDigest: digestSchema,
  expectedDigest: digestSchema,
  /** Token wei that its posting debits, and the chain time of that, from when it counts in the budget. */
  total: decimal,
  at: z.number().int(),
  /** Known once its posting was seen. */
  jobId: decimal.optional(),
  /** Once its delivery was seen: when to accept a right result. */
  acceptAt: z.number().int().optional(),
  isDelivered: z.boolean(),
  /** Block in which it was over; it is forgotten once that is settled and out of the budget. */
  endedAt: z.number().int().optional(),
});

/** A canary that the keeper answers for. */
export type Canary = z.output<typeof canarySchema>;

/** zod schema of a keeper's stored state. */
export const canaryStateSchema = z.object({
  version: z.literal(1),
  chainId: z.number().int(),
  escrow: z.string(),
  service: z.number().int(),
  cursor: cursorSchema,
  /** Newest block when the keeper began: postings up to it lead to no canary, but their inputs are known. */
  began: z.number().int(),
  /** Chain times at which canaries are to be posted. */
  waiting: z.array(z.number().int()),
  /** Time of the next one by number a day. */
  next: z.number().int().optional(),
  /** Inputs of the service's postings: one that comes again would be known for a canary. */
  seen: z.array(digestSchema),
  canaries: z.array(canarySchema),
});
/** What a keeper of canaries must not forget. */
export type CanaryKeeperState = z.output<typeof canaryStateSchema>;
