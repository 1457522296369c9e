import { z } from "zod";
import { cursorSchema } from "../../chain/follower";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const jobSchema = z.object({
  jobId: decimal,
  /** ABI-encoded agreement. */
  agreement: z.string(),
  ticket: decimal,
  front: z.boolean(),
  /** As last read from the chain; every task reads them again. */
  status: z.number().int(),
  due: z.number().int(),
  refundDue: z.boolean(),
  /** Newest block when nothing was left to do about it; it is forgotten once that is settled. */
  endedAt: z.number().int().optional(),
});

const slashSchema = z.object({ slash: decimal, holdUntil: z.number().int(), pending: decimal });

/** zod schema of a keeper's stored state. */
export const keeperStateSchema = z.object({
  version: z.literal(1),
  chainId: z.number().int(),
  escrow: z.string(),
  cursor: cursorSchema,
  jobs: z.array(jobSchema),
  slashes: z.array(slashSchema),
});

/** An open job as a keeper knows it. */
export type KeeperJob = z.output<typeof jobSchema>;
/** A slash that is not final yet. */
export type KeeperSlash = z.output<typeof slashSchema>;
/** Everything that a keeper keeps over a restart. */
export type KeeperState = z.output<typeof keeperStateSchema>;
