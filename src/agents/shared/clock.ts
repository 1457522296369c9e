import { readPendingTime, type BlockInfo } from "../../chain/rpc";
import type { Session } from "./session";

/**
 * The chain's clock for what opens with time, seconds. A local chain makes blocks only when someone transacts: there, the
 * time that its next block would have is asked for, or a quiet chain would never get anywhere.
 */
export async function clockOf(session: Pick<Session, "chain" | "rpc">, head: BlockInfo): Promise<number> {
  if (!session.chain.isLocal) return head.timestamp;
  return Math.max(head.timestamp, (await readPendingTime(session.rpc)) ?? 0);
}
