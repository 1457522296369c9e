import { LogReader } from "../../chain/logs";
import { actFaults, actTopics, reachTimelock, type ActLog } from "../acts";
import type { DeploymentRecord } from "../manifest";
import { addressIn } from "../predict";
import { ownedIn } from "../suite";
import type { Undertaking } from "./opening";

/** What only the logs of the owned contracts can tell: rights that an owner gave besides the plan's. */
export async function ownersFaults(
  { rpc, chain, plan }: Pick<Undertaking, "rpc" | "chain" | "plan">,
  { blockNumber }: Pick<DeploymentRecord, "blockNumber">,
): Promise<readonly string[]> {
  const addresses = ownedIn(plan).map((name) => addressIn(plan.creations, name));
  const filter = { addresses, topics: [actTopics(plan)] };
  const reader = new LogReader(rpc, chain.logRange);
  const head = await rpc.getBlockNumber();
  const logs: ActLog[] = [];
  // After the hand-over there are years that nobody need read.
  for (let from = blockNumber; from <= head && !reachTimelock(logs, plan); from += chain.logRange) {
    logs.push(...(await reader.read(filter, from, Math.min(head, from + chain.logRange - 1))));
  }
  return actFaults(logs, plan);
}
