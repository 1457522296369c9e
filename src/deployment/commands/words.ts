import { formatEther, formatUnits } from "ethers";
import type { ChainFacts } from "../../chain/chains";
import type { StepReport } from "../execute";
import type { Price } from "../pricing";

const WEI_OF_SHOWN_DIGITS = 10n ** 10n;

/** An amount of the chain's coin for people, to eight places. */
export function coins(wei: bigint, { nativeSymbol }: Pick<ChainFacts, "nativeSymbol">): string {
  const shown = wei === 0n || wei >= WEI_OF_SHOWN_DIGITS ? wei - (wei % WEI_OF_SHOWN_DIGITS) : wei;
  return `${formatEther(shown).replace(/\.0$/, "")} ${nativeSymbol}`;
}

/** Gas with separators. */
export function gasText(gas: bigint): string {
  return gas.toLocaleString("en-US");
}

/** How many steps had each outcome. */
export function countsOf(reports: readonly StepReport[]): Readonly<Record<StepReport["outcome"], number>> {
  const count = (outcome: StepReport["outcome"]): number => reports.filter((each) => each.outcome === outcome).length;
  return { sent: count("sent"), skipped: count("skipped"), checked: count("checked"), planned: count("planned") };
}

/** Lines of a price: each step, then the sums. */
export function priceLines(price: Price, chain: ChainFacts): readonly string[] {
  const width = Math.max(20, ...price.steps.map(({ step }) => step.length));
  const rows = price.steps.map(({ step, gas, bytes, execution, data }) => {
    const cost = coins(execution + data, chain);
    return `  ${step.padEnd(width)} ${gasText(gas).padStart(12)} gas ${gasText(BigInt(bytes)).padStart(8)} bytes  ${cost}`;
  });
  const gwei = formatUnits(price.gasPrice, "gwei");
  return [
    ...rows,
    `${price.steps.length} transactions, ${gasText(price.gas)} gas (the largest ${gasText(price.largest)}) at ${gwei} gwei`,
    `gas ${coins(price.execution, chain)}, data fees ${coins(price.data, chain)}, sent along ${coins(price.value, chain)}`,
  ];
}
