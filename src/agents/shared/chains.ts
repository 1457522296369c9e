import { keccak256, toUtf8Bytes } from "ethers";
import { LogReader, type ChainLog } from "../../chain/logs";
import type { Intent } from "../../chain/sender";
import { decodeSegmentsOpened, numberTopic, segmentsTopic } from "../../protocol/events";
import { openingsOf, UNOPENED_TEXT } from "../../protocol/training";
import { digestSchema, ZERO_DIGEST, type Digest } from "../../store";
import { HistoryUnavailable } from "./history";
import { call } from "./money";
import { reviewOf, type Session } from "./session";

/** What a panel votes for when a chain cannot be checked for the operator's fault. */
export const UNOPENED: Digest = digestSchema.parse(keccak256(toUtf8Bytes(UNOPENED_TEXT)));

/** Hash of joined hexadecimal, as the contracts hash chains. */
export const hashJoined = (joined: string): string => keccak256(joined);

/** How the present panel of a job looks at its chain. Times in seconds of the chain. */
export interface ChainCheck {
  /** Length of the chain. */
  readonly segments: number;
  /** Segments to open, in order. */
  readonly drawn: readonly number[];
  readonly lot: bigint;
  /** Last second to open them. */
  readonly openEnd: number;
  readonly opened: boolean;
}

/** One segment as it was opened. */
export interface OpenedSegment {
  readonly segment: number;
  /** Undefined for the first segment. */
  readonly start: Digest | undefined;
  readonly end: Digest;
}

/** What a panel knows of a chain when it begins to look. */
export interface ChainEvidence {
  readonly segments: number;
  /** Undefined when nothing was opened in time. */
  readonly opened: readonly OpenedSegment[] | undefined;
}

/**
 * The check of a job's chain by the panel that is drawn; undefined where there is none: the job has no chain, its requester did
 * not consent to a look at a part of it, or nothing is drawn yet. Then a panel does the whole job again. Throws RpcFault.
 */
export async function readCheck(session: Session, jobId: bigint): Promise<ChainCheck | undefined> {
  const { chains } = reviewOf(session);
  if (chains === undefined) return undefined;
  const { escrow } = session.market.at;
  const { drawn, lot, openEnd, opened } = await chains.contract.checkOf(escrow, jobId);
  if (drawn.length === 0) return undefined;
  const { segments } = await chains.contract.chainOf(escrow, jobId);
  return { segments: Number(segments), drawn: drawn.map(Number), lot, openEnd: Number(openEnd), opened };
}

/** Events of a job's chain, from the newest range of blocks to the first. */
async function* chainLogs(session: Session, jobId: bigint, topic: string): AsyncGenerator<ChainLog> {
  const { chains, block } = reviewOf(session);
  const { rpc, chain, market } = session;
  if (chains === undefined) return;
  const reader = new LogReader(rpc, chain.logRange);
  const escrow = numberTopic(BigInt(market.at.escrow));
  const filter = { addresses: [chains.address], topics: [[topic], [escrow], [numberTopic(jobId)]] };
  for (let to = (await session.head()).number; to >= block; to -= chain.logRange) {
    yield* await reader.read(filter, Math.max(block, to - chain.logRange + 1), to);
  }
}

/**
 * What was opened to the panel of a check.
 * @throws HistoryUnavailable when the endpoint does not show it, RpcFault.
 */
export async function readOpened(
  session: Session,
  jobId: bigint,
  check: ChainCheck,
): Promise<readonly OpenedSegment[]> {
  for await (const log of chainLogs(session, jobId, segmentsTopic())) {
    const event = decodeSegmentsOpened(log);
    if (event?.lot !== check.lot) continue;
    return check.drawn.map((segment, place) => {
      const start = digestSchema.parse(event.starts[place]);
      const end = digestSchema.parse(event.ends[place]);
      return { segment, start: start === ZERO_DIGEST ? undefined : start, end };
    });
  }
  throw new HistoryUnavailable(`the opened segments of job ${jobId} were not found in the events`);
}

/** The transaction by which an operator commits to a chain. Undefined where the deployment has no place for it. */
export function commitChainCall(session: Session, jobId: bigint, root: string, segments: number): Intent | undefined {
  const { chains } = reviewOf(session);
  if (chains === undefined) return undefined;
  const values = [session.market.at.escrow, jobId, root, segments];
  return call(`commitChain:${jobId}`, chains.address, chains.contract.interface, "commitChain", values);
}

/** Length of a job's chain, 0 where it has none. Throws RpcFault. */
export async function chainLength(session: Session, jobId: bigint): Promise<number> {
  const { chains } = session.market.review ?? {};
  if (chains === undefined) return 0;
  return Number((await chains.contract.chainOf(session.market.at.escrow, jobId)).segments);
}

/** The transaction by which a requester has its job's chain looked at, one segment for certain, instead of the whole job. */
export function nameSegmentCall(session: Session, jobId: bigint, segment: number): Intent {
  const { chains } = reviewOf(session);
  if (chains === undefined) throw new RangeError("the deployment has no chains of training");
  const values = [session.market.at.escrow, jobId, segment];
  return call(`nameSegment:${jobId}`, chains.address, chains.contract.interface, "nameSegment", values);
}

/** The transaction that opens what was drawn of a chain. Throws RangeError for segments that it does not have. */
export function openCall(session: Session, jobId: bigint, checkpoints: readonly Digest[], check: ChainCheck): Intent {
  const { chains } = reviewOf(session);
  if (chains === undefined) throw new RangeError("the deployment has no chains of training");
  const openings = openingsOf(checkpoints, check.drawn, hashJoined);
  const values = [session.market.at.escrow, jobId, openings];
  return call(`open:${jobId}:${check.lot}`, chains.address, chains.contract.interface, "open", values);
}
