import { join } from "node:path";
import { z } from "zod";
import { cursorSchema } from "../../chain/follower";
import { InvalidState, StateFile } from "../../chain/stateFile";
import { stateToJson } from "../operator/state";
import { reviewOf, type Session } from "../shared/session";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
const word = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as `0x${string}`);

const voteSchema = z.object({
  /** What was found: the right digest, or zero for content that cannot be had. */
  digest: word,
  /** Without it the vote can never be revealed. */
  salt: word,
  /** Claim and keccak256 hash of the ABI-encoded agreement that it is about: a reorg may bring others. */
  claim: word,
  agreement: word,
  reason: z.string(),
});

const seatSchema = z.object({
  question: word,
  /** Beacon round of the panel; with the question it names a seat. */
  round: z.number().int(),
  /** Job under review, once found. */
  jobId: decimal.optional(),
  /** Its ABI-encoded agreement, once found and checked. */
  agreement: z.string().optional(),
  /** Looks that came to nothing, and those of them that found content missing. */
  looks: z.number().int(),
  missing: z.number().int(),
  /** Chain time of the next look. */
  nextLook: z.number().int(),
  /** The right digest, where a look found it and the delivered files were missing. */
  known: z.object({ digest: word, agreement: word }).optional(),
  /** Votes that were, or were to be, sealed: written down before anything is sent, never changed. */
  votes: z.array(voteSchema),
  /** Block in which reveals were first seen open. */
  openedAt: z.number().int().optional(),
  /** Why no vote is given, or none can be revealed. */
  silent: z.string().optional(),
  /** Newest block when its question was over; it is forgotten once that is settled. */
  endedAt: z.number().int().optional(),
});

const caseSchema = z.object({
  jobId: decimal,
  question: word,
  /** ABI-encoded agreement, once found and checked. */
  agreement: z.string().optional(),
  endedAt: z.number().int().optional(),
});

const stateSchema = z.object({
  version: z.literal(1),
  chainId: z.number().int(),
  panel: z.string(),
  validator: decimal,
  cursor: cursorSchema,
  /** Chain time of the last check that no seat was overlooked. */
  sweptAt: z.number().int(),
  seats: z.array(seatSchema),
  /** Disputes that are kept moving. */
  cases: z.array(caseSchema),
});

/** A sealed vote. */
export type Vote = z.output<typeof voteSchema>;
/** A seat on a panel. */
export type Seat = z.output<typeof seatSchema>;
/** A dispute that comes, or came, before the panel. */
export type ReviewCase = z.output<typeof caseSchema>;
/** Everything that a validator keeps over a restart. */
export type ValidatorState = z.output<typeof stateSchema>;

/** The file that a validator's state is kept in. */
export function validatorStateFile({ stateDir }: Pick<Session, "stateDir">): StateFile<ValidatorState> {
  return new StateFile(join(stateDir, "validator.json"), stateSchema, stateToJson);
}

/**
 * The stored state of a validator, or a fresh one.
 * @param lookback blocks that a fresh one looks back on a public chain
 * @throws InvalidState when the stored one is of another deployment or validator.
 */
export async function openState(
  session: Session,
  file: StateFile<ValidatorState>,
  validator: bigint,
  lookback: number,
): Promise<ValidatorState> {
  const { chain, stateDir } = session;
  const { at, block: first } = reviewOf(session);
  const state = file.read();
  if (state === undefined) {
    const from = chain.isLocal ? first : Math.max(first, (await session.head()).number - lookback);
    const cursor = { block: from - 1, hashes: [] };
    return { version: 1, chainId: chain.chainId, panel: at.panel, validator, cursor, sweptAt: 0, seats: [], cases: [] };
  }
  if (state.chainId !== chain.chainId || state.panel !== at.panel || state.validator !== validator) {
    const sentence = `${stateDir} holds the state of another validator or deployment: give this one its own folder`;
    throw new InvalidState(sentence);
  }
  return state;
}
