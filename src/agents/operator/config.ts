import { z } from "zod";
import { keySourceSchema } from "../../chain/keys";
import { chainOf } from "../../chain/chains";
import { InvalidAmount, parseTokens } from "../../protocol/amounts";
import { addressSchema } from "../../chain/manifest";
import { baseConfigShape } from "../shared/config";

/** Decimal number of tokens, as wei. */
export const tokensSchema = z.string().transform((text, context) => {
  try {
    return parseTokens(text);
  } catch (cause) {
    if (!(cause instanceof InvalidAmount)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});

/** Ways to break the rules, for tests and demonstrations on a local chain. */
export const MISBEHAVIOURS = [
  /** Works up to its first checkpoint, then shows no more sign of life. */
  "silentAfterFirstCheckpoint",
  /** Shows no sign of life at all. */
  "silent",
  /** Runs a cheaper model than the agreement's and claims otherwise. */
  "otherModel",
  /** Gives every job back. */
  "declineAll",
  /** Delivers a digest that stands for nothing. */
  "garbageResult",
  /** Does the work and delivers its digest, but stores no file of it. */
  "withholdResult",
  /** Names a checkpoint of made-up content, then shows no more sign of life. */
  "poisonedCheckpoint",
  /** Seals a result and never reveals it. */
  "commitWithoutReveal",
] as const;

export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

const misbehaveSchema = z.union([
  z.enum(MISBEHAVIOURS).transform((how) => ({ how, jobs: 1 })),
  /** `jobs`: how many jobs to misbehave in before working honestly; 0 for every job. */
  z.strictObject({ how: z.enum(MISBEHAVIOURS), jobs: z.number().int().min(0) }),
]);

const configSchema = z.strictObject({
  ...baseConfigShape,
  /** Key that owns stake and earnings, where it is not the working key. */
  ownerKey: keySourceSchema.optional(),
  /** GPUs to work for; "all" for every GPU whose operator is the working key. */
  gpus: z.union([z.literal("all"), z.array(z.number().int().positive()).min(1)]).default("all"),
  /** Least pay for a job, tokens. */
  minimumPay: tokensSchema.prefault("0"),
  /** Least pay per second of the work time agreed on, tokens. */
  minimumPayPerSecond: tokensSchema.prefault("0"),
  /** Longest work time taken on, seconds. */
  maximumSeconds: z.number().int().min(60).max(259_200).default(259_200),
  /** Kinds of work taken on; all that this program knows when absent. */
  kinds: z.array(z.string()).min(1).optional(),
  /** Directories with further kinds of work. */
  kindDirectories: z.array(z.string()).default([]),
  /** Jobs worked on at the same time. */
  maxParallel: z.number().int().min(1).max(64).default(1),
  /** Limits of a job's process. */
  childSeconds: z.number().int().min(1).max(259_200).optional(),
  childMemoryMiB: z.number().int().min(16).max(1_048_576).default(512),
  /** Tries of a job that crashed before it is left. */
  childAttempts: z.number().int().min(1).max(10).default(2),
  /** How long a missing input is asked for again before the job is declined, seconds; never longer than acceptance allows. */
  inputPatienceSeconds: z.number().int().min(0).max(7200).default(120),
  /** Least seconds between two checkpoints named on chain. */
  checkpointSeconds: z.number().int().min(0).max(86_400).default(60),
  /**
   * Whether to start over and compare with another operator's checkpoint, to go on from it, or to ignore it. Whoever goes on
   * from a checkpoint answers for the result with its stake, and a false one cannot be told from a right one without
   * doing the work: "resume" is for operators who would rather lose a lock now and then than the time.
   */
  foreignCheckpoints: z.enum(["resume", "replay", "ignore"]).default("replay"),
  /** Seal the result and reveal it in a second transaction, instead of both in one. */
  commitReveal: z.boolean().default(false),
  /** Settle one's own delivered jobs after the requester's silence, and end one's own unruled disputes. */
  settleOwn: z.boolean().default(true),
  /**
   * Do one's own job again when a panel found against it, and appeal when the result was right; the bond comes from the
   * owner's vault account, which the court is then allowed to debit. Needs the owner's key.
   */
  appeal: z.boolean().default(true),
  /** Commits to the checkpoints of long jobs before the delivery, so that a dispute looks at a few of them (91,000 gas). */
  proveTraining: z.boolean().default(true),
  /** Move earnings out of the vault once they exceed this many tokens; needs the owner's key. */
  withdrawAbove: tokensSchema.optional(),
  /** Where earnings go; the owner when absent. */
  payoutAddress: addressSchema.optional(),
  /** Chain seconds between two checks that no assignment was overlooked. */
  sweepSeconds: z.number().int().min(1).max(86_400).default(60),
  misbehave: misbehaveSchema.optional(),
});

/** zod schema of an operator's configuration. */
export const operatorConfigSchema = configSchema.superRefine((config, context) => {
  if (config.misbehave === undefined) return;
  const isLocal = config.chainId === 31337 && chainOf(config.chainId).isLocal;
  if (isLocal) return;
  context.addIssue({ code: "custom", path: ["misbehave"], message: "misbehaviour is for the local chain 31337 only" });
});

/** An operator's configuration. Amounts in token wei. */
export type OperatorConfig = z.output<typeof operatorConfigSchema>;
