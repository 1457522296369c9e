import { z } from "zod";
import { tokensSchema } from "../operator/config";
import { baseConfigShape } from "../shared/config";

/** Things that a keeper does. */
export const TASK_KINDS = [
  "requestRound",
  "assign",
  "closeRound",
  "miss",
  "settle",
  "split",
  "convict",
  "expire",
  "refund",
  "slash",
  "fallback",
  "collect",
] as const;

export type TaskKind = (typeof TASK_KINDS)[number];

/** zod schema of a keeper's configuration. */
export const keeperConfigSchema = z
  .strictObject({
    ...baseConfigShape,
    /** What a token is worth in the chain's native coin, such as "0.00001"; what fees are weighed against gas with. */
    tokenPrice: tokensSchema.optional(),
    /** Do everything that can be done, whether or not it pays; for demonstrations, and for whoever runs the market. */
    always: z.boolean().default(false),
    /** A task must pay this much more than its gas, percent. */
    marginPercent: z.number().int().min(0).max(1000).default(10),
    tasks: z.array(z.enum(TASK_KINDS)).default([...TASK_KINDS]),
    /** Most jobs drawn, closed, or settled by one transaction; fewer where the gas cap says so. */
    batch: z.number().int().min(1).max(256).default(32),
    /** Draw fees are moved to the vault account once they exceed this many tokens. */
    collectAbove: tokensSchema.prefault("1"),
    /** Seconds between two looks at the queues of all classes, for jobs whose posting an endpoint hid. */
    sweepSeconds: z.number().int().min(1).max(86_400).default(60),
    /** On a public chain, how many blocks back a new keeper looks for open jobs. */
    lookbackBlocks: z.number().int().min(0).default(200_000),
  })
  .superRefine((config, context) => {
    if (config.always || config.tokenPrice !== undefined) return;
    const message = "say what a token is worth in native coin, or set always";
    context.addIssue({ code: "custom", path: ["tokenPrice"], message });
  });

/** A keeper's configuration. Amounts in wei. */
export type KeeperConfig = z.output<typeof keeperConfigSchema>;
