import type { Fees } from "../../chain/fees";
import { TransactionRefused, type Intent, type TransactionSender } from "../../chain/sender";
import type { Session } from "./session";

/**
 * Simulates a transaction at the fees that will be offered: the price of a round depends on them.
 * @returns the gas that it takes
 * @throws TransactionRefused when the contract would refuse it, RpcFault.
 */
export async function estimateGas(
  session: Pick<Session, "rpc" | "explain">,
  sender: Pick<TransactionSender, "address">,
  intent: Intent,
  { maxFee, tip }: Fees,
): Promise<bigint> {
  const { to, data, value } = intent;
  const fees = { maxFeePerGas: maxFee, maxPriorityFeePerGas: tip };
  try {
    return await session.rpc.estimateGas({ from: sender.address, to, data, value: value ?? 0n, ...fees });
  } catch (cause) {
    if (session.explain(cause) === undefined) throw cause;
    throw new TransactionRefused(intent.key, { cause });
  }
}

/** A gas limit with room for state that changes in between, within the chain's cap. */
export function paddedGas({ chain }: Pick<Session, "chain">, gas: bigint): bigint {
  const more = gas + gas / 4n;
  return more > chain.transactionGasCap ? chain.transactionGasCap : more;
}
