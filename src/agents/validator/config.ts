import { z } from "zod";
import { keySourceSchema } from "../../chain/keys";
import { tokensSchema } from "../operator/config";
import { baseConfigShape } from "../shared/config";
import { examineConfigShape } from "../shared/examine";

/** zod schema of a validator's configuration. */
export const validatorConfigSchema = z.strictObject({
  ...baseConfigShape,
  ...examineConfigShape,
  /** Looks that must have found files missing before the vote is unavailable: about four hours with the default pauses. */
  unavailableLooks: z.number().int().min(1).max(100).default(9),
  /** Key that owns stake and earnings, where it is not the working key. */
  ownerKey: keySourceSchema.optional(),
  /** Vault account of the validator worked for; the working key's own when absent. */
  validator: z.number().int().min(1).max(1_099_511_627_775).optional(),
  /** Disputed jobs done again at the same time. */
  maxParallel: z.number().int().min(1).max(16).default(1),
  /**
   * The last look at a dispute begins this long before the commit window ends, seconds; a third of it is kept free for the
   * transaction.
   */
  marginSeconds: z.number().int().min(60).max(21_600).default(1800),
  /** Whether to open cases, request rounds, draw, rebind, count and conclude for everybody. */
  keep: z.boolean().default(true),
  /** Most that a round may cost, native coin. */
  maxRoundPrice: tokensSchema.prefault("0.01"),
  /** Chain seconds between two checks that no seat was overlooked. */
  sweepSeconds: z.number().int().min(1).max(86_400).default(3600),
  /** On a public chain, how many blocks back a new validator looks for seats and cases. */
  lookbackBlocks: z.number().int().min(0).default(200_000),
});

/** A validator's configuration. Amounts in wei. */
export type ValidatorConfig = z.output<typeof validatorConfigSchema>;
