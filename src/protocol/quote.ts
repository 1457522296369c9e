import { formatTokens, weiOf } from "./amounts";

/** A quote of the catalogue, units of 1e9 wei. Source: IServiceCatalog.Quote. */
export interface Quote {
  readonly compute: bigint;
  readonly modelRoyalty: bigint;
  readonly datasetRoyalty: bigint;
  readonly drawUnit: bigint;
  readonly drawReserve: bigint;
  readonly reviewFee: bigint;
  readonly protocolFee: bigint;
  readonly total: bigint;
}

const LINES: readonly (readonly [keyof Quote, string])[] = [
  ["compute", "compute"],
  ["modelRoyalty", "model royalty"],
  ["datasetRoyalty", "dataset royalty"],
  ["protocolFee", "protocol fee"],
  ["drawReserve", "draws (unspent part returns)"],
  ["reviewFee", "review (returns without one)"],
  ["total", "total"],
];

/** A quote as a table of tokens for people. */
export function formatQuote(quote: Quote, symbol: string): string {
  const amounts = LINES.map(([field]) => formatTokens(weiOf(quote[field])));
  const width = Math.max(...amounts.map((amount) => amount.length));
  const label = Math.max(...LINES.map(([, name]) => name.length));
  return LINES.map(([, name], index) => `${name.padEnd(label)}  ${amounts[index]?.padStart(width)} ${symbol}`).join(
    "\n",
  );
}

/** A quote in token wei, for machines. */
export function quoteInWei(quote: Quote): Record<keyof Quote, bigint> {
  const entries = [...LINES.map(([field]) => field), "drawUnit" as const].map((field) => [field, weiOf(quote[field])]);
  return Object.fromEntries(entries) as Record<keyof Quote, bigint>;
}
