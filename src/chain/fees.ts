import type { ChainFacts } from "./chains";
import type { BlockInfo } from "./rpc";

/** EIP-1559 fees of a transaction, wei per gas. */
export interface Fees {
  readonly maxFee: bigint;
  readonly tip: bigint;
}

/** Nodes replace a pending transaction only by one that pays at least 10% more (geth's default); a quarter is safe. */
const RAISE_PERCENT = 125n;

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/**
 * Fees at the newest block: room for the base fee to double, the node's suggested tip but no less than the chain's floor,
 * and never more than `limit` in all.
 */
export function feesOf(chain: ChainFacts, head: BlockInfo, suggestedTip: bigint, limit?: bigint): Fees {
  const tip = larger(suggestedTip, chain.minPriorityFeeWei);
  const maxFee = 2n * (head.baseFeePerGas ?? 0n) + tip;
  if (limit === undefined || maxFee <= limit) return { maxFee, tip };
  return { maxFee: limit, tip: smaller(tip, limit) };
}

/** Fees that replace a pending transaction: a quarter above the last ones, and no less than the market's. */
export function raised(last: Fees, market: Fees): Fees {
  const up = (fee: bigint): bigint => (fee * RAISE_PERCENT) / 100n + 1n;
  const tip = larger(up(last.tip), market.tip);
  return { tip, maxFee: larger(larger(up(last.maxFee), market.maxFee), tip) };
}

/** Room for the base fee to rise until a transaction is mined, percent. */
const BASE_FEE_MARGIN_PERCENT = 25n;

/** What a unit of gas will cost, wei, if the base fee rises until the transaction is mined. */
export function expectedGasPrice({ maxFee, tip }: Fees, { baseFeePerGas }: Pick<BlockInfo, "baseFeePerGas">): bigint {
  const baseFee = baseFeePerGas ?? 0n;
  return smaller(baseFee + (baseFee * BASE_FEE_MARGIN_PERCENT) / 100n + tip, maxFee);
}
