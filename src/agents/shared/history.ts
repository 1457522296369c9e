import { LogReader } from "../../chain/logs";
import { BadAnswer } from "../../chain/rpc";
import { type Agreement, type JobPlace } from "../../protocol/agreement";
import { hashAgreement } from "../../protocol/hashes";
import { decodeEscrowEvent, escrowTopics, numberTopic, type EscrowEvent } from "../../protocol/events";
import type { Session } from "./session";

/** An escrow event and where it is. */
export interface PlacedEvent {
  readonly event: EscrowEvent;
  readonly block: number;
}

/** The events of one job so far, oldest first. */
export interface JobHistory {
  readonly posted: PlacedEvent & { readonly event: Extract<EscrowEvent, { name: "JobPosted" }> };
  readonly events: readonly PlacedEvent[];
}

/** The posting of a job could not be found: the endpoint hides it, or has pruned it. Asking again may help. */
export class HistoryUnavailable extends BadAnswer {
  override readonly name = "BadAnswer";
}

/** Where an agreement of a session's escrow holds. */
export function placeOf(session: Session, jobId: bigint): JobPlace {
  return { chainId: BigInt(session.chain.chainId), escrow: session.market.at.escrow, jobId };
}

/**
 * Reads the events of one job, searching backwards from the newest block until its posting is found, and checks the
 * agreement against the hash that the escrow stores: an endpoint cannot make one up.
 * @param hint block of the posting, when known: the search is then a single look
 * @throws HistoryUnavailable, RpcFault.
 */
export async function readHistory(session: Session, jobId: bigint, hint?: number): Promise<JobHistory> {
  const { rpc, chain, market } = session;
  const reader = new LogReader(rpc, chain.logRange);
  const filter = { addresses: [market.at.escrow], topics: [escrowTopics(), [numberTopic(jobId)]] };
  const head = (await session.head()).number;
  const first = hint ?? market.manifest.contracts.JobEscrow.block;
  const events: PlacedEvent[] = [];
  for (let to = head; to >= first; to -= chain.logRange) {
    const from = Math.max(first, to - chain.logRange + 1);
    const logs = await reader.read(filter, from, to);
    const found = logs.flatMap((log) => {
      const event = decodeEscrowEvent(log);
      return event?.jobId === jobId ? [{ event, block: log.blockNumber }] : [];
    });
    events.unshift(...found);
    if (found.some(({ event }) => event.name === "JobPosted")) break;
  }
  const posted = events.find(isPosted);
  // A reorg may have moved the posting: look everywhere once.
  if (posted === undefined && hint !== undefined) return readHistory(session, jobId);
  if (posted === undefined) throw new HistoryUnavailable(`the posting of job ${jobId} was not found in the events`);
  await assertAgreed(session, jobId, posted.event.agreement);
  return { posted, events };
}

function isPosted(placed: PlacedEvent): placed is JobHistory["posted"] {
  return placed.event.name === "JobPosted";
}

/** Compares an agreement with the hash stored on chain. Throws HistoryUnavailable when they differ. */
export async function assertAgreed(session: Session, jobId: bigint, agreement: Agreement): Promise<void> {
  const stored = await session.market.escrow.agreementHashOf(jobId);
  if (hashAgreement(placeOf(session, jobId), agreement) !== stored) {
    throw new HistoryUnavailable(`the agreement in the events is not the one that the escrow stores for job ${jobId}`);
  }
}

/** The latest checkpoint that anyone named for a job; undefined when there is none. */
export function latestCheckpoint(events: readonly PlacedEvent[]): { step: number; digest: string } | undefined {
  for (const { event } of [...events].reverse()) {
    if (event.name !== "JobCheckpointed" || event.step === 0n || /^0x0+$/.test(event.checkpointDigest)) continue;
    return { step: Number(event.step), digest: event.checkpointDigest };
  }
  return undefined;
}

/** The ticket under which a job waits, from its posting or its last return to the queue. */
export function latestTicket(events: readonly PlacedEvent[]): { ticket: bigint; front: boolean } | undefined {
  for (const { event } of [...events].reverse()) {
    if (event.name === "JobRequeued") return { ticket: event.ticket, front: event.front };
    if (event.name === "JobPosted") return { ticket: event.ticket, front: false };
  }
  return undefined;
}
