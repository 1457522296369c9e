import { getBytes, Transaction } from "ethers";
import type { ChainFacts } from "../chain/chains";
import { feesOf } from "../chain/fees";
import { isRpcFault, readHead, type RpcClient } from "../chain/rpc";
import { dataFee } from "./externals";
import type { StepCost } from "./simulate";

/** What a step takes and costs at the present price. */
export interface PricedStep {
  readonly step: string;
  readonly gas: bigint;
  readonly bytes: number;
  /** Wei for gas. */
  readonly execution: bigint;
  /** Wei for the data, on chains that charge for it. */
  readonly data: bigint;
}

/** What is left to send and what it costs. */
export interface Price {
  readonly steps: readonly PricedStep[];
  readonly gas: bigint;
  /** Wei for a unit of gas: base fee and tip. */
  readonly gasPrice: bigint;
  readonly execution: bigint;
  readonly data: bigint;
  /** Coin that goes along with calls. */
  readonly value: bigint;
  /** Everything, with the margin: what the deployer should have. */
  readonly needed: bigint;
  /** The transaction with the most gas. */
  readonly largest: bigint;
}

/** On top of the estimate: prices and state move before the last transaction. */
export const MARGIN_PERCENT = 30n;
/** Gas limit above the estimate, as the sender sets it; it counts in the unsigned transaction. */
const LIMIT_PERCENT = 125n;

/**
 * Prices steps on the live chain. Gas is the larger of the simulation's and the live estimate, which knows the chain's own
 * schedule but cannot know steps whose contracts do not exist yet.
 */
export async function priceOf(
  rpc: RpcClient,
  chain: ChainFacts,
  sender: string,
  costs: readonly StepCost[],
): Promise<Price> {
  const [head, tip] = await Promise.all([readHead(rpc), suggestedTip(rpc)]);
  const fees = feesOf(chain, head, tip, chain.maxFeePerGasWei);
  const gasPrice = (head.baseFeePerGas ?? 0n) + fees.tip;
  const first = await rpc.getTransactionCount(sender, "latest");
  const steps: PricedStep[] = [];
  for (const [index, { step, gas: simulated, to, data, value }] of costs.entries()) {
    const gas = larger(simulated, await estimate(rpc, sender, { to, data, value }));
    const { unsignedSerialized } = Transaction.from({
      type: 2,
      chainId: chain.chainId,
      nonce: first + index,
      to,
      data,
      value,
      gasLimit: (gas * LIMIT_PERCENT) / 100n,
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.tip,
    });
    const l1 = chain.l1FeeOracle === undefined ? 0n : await dataFee(rpc, chain.l1FeeOracle, unsignedSerialized);
    steps.push({ step, gas, bytes: getBytes(data).length, execution: gas * gasPrice, data: l1 });
  }
  const sum = (of: (priced: PricedStep) => bigint): bigint => steps.reduce((total, priced) => total + of(priced), 0n);
  const [execution, data] = [sum((priced) => priced.execution), sum((priced) => priced.data)];
  const value = costs.reduce((total, cost) => total + cost.value, 0n);
  const needed = ((execution + data) * (100n + MARGIN_PERCENT)) / 100n + value;
  const largest = steps.reduce((most, { gas }) => larger(most, gas), 0n);
  return { steps, gas: sum(({ gas }) => gas), gasPrice, execution, data, value, needed, largest };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

async function suggestedTip(rpc: RpcClient): Promise<bigint> {
  try {
    return BigInt((await rpc.send("eth_maxPriorityFeePerGas", [])) as string);
  } catch (cause) {
    if (isRpcFault(cause)) throw cause;
    return 0n; // Not every node knows the method; the chain's floor applies.
  }
}

async function estimate(
  rpc: RpcClient,
  from: string,
  call: { readonly to: string; readonly data: string; readonly value: bigint },
): Promise<bigint> {
  try {
    return await rpc.estimateGas({ from, ...call });
  } catch (cause) {
    if (isRpcFault(cause)) throw cause;
    return 0n; // It needs what does not exist yet; the simulation knows.
  }
}
