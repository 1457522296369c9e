/**
 * What a job costs, in plain arithmetic: a reference for ServiceCatalog's quote and offer. Sums in units of 1e9 wei. Source:
 * SPEC 6 and 12; contracts/market/IServiceCatalog.sol.
 */

/** What governance charges. */
export interface QuoteFees {
  readonly feeBps: bigint;
  readonly drawUnit: bigint;
  readonly validatorFee: bigint;
}

/** What a service and its class say about a price. */
export interface QuotedService {
  readonly pricePerUnit: bigint;
  /** Price per use of the model. */
  readonly modelPrice: bigint;
  /** Price per use of the dataset; 0n without one. */
  readonly datasetPrice: bigint;
  /** Token rate of the GPU class per second. */
  readonly classRate: bigint;
  /** What "input unavailable" costs in the class. */
  readonly inputCharge: bigint;
  /** Reference seconds and complexity of one unit, undefined while unlisted. */
  readonly listing: { readonly secondsPerUnit: bigint; readonly complexity: bigint } | undefined;
}

/** Every line of a price, as the catalogue quotes it. */
export interface ModelQuote {
  readonly compute: bigint;
  readonly modelRoyalty: bigint;
  readonly datasetRoyalty: bigint;
  readonly drawUnit: bigint;
  readonly drawReserve: bigint;
  readonly reviewFee: bigint;
  readonly protocolFee: bigint;
  readonly total: bigint;
}

/** What of a service counts for reputation. */
export interface ModelStanding {
  readonly complexity: bigint;
  readonly referenceSeconds: bigint;
}

const MINIMUM_SECONDS = 60n;
const DRAW_CALLS = 6n;
const INPUT_CHARGES = 3n;
const VALIDATORS = 5n;
const BPS = 10_000n;
const DAY = 86_400n;

/** The price of `units` of a service; `named` when the requester names the GPU, so that nothing is drawn. */
export function quoteOf(service: QuotedService, fees: QuoteFees, units: bigint, named: boolean): ModelQuote {
  const minimum = MINIMUM_SECONDS * service.classRate;
  const asked = units * service.pricePerUnit;
  const compute = asked < minimum ? minimum : asked;
  const { modelPrice: modelRoyalty, datasetPrice: datasetRoyalty } = service;
  const taxed = compute + modelRoyalty + datasetRoyalty;
  // Against the payer: a begun unit is a whole one.
  const protocolFee = (taxed * fees.feeBps + BPS - 1n) / BPS;
  const drawUnit = named ? 0n : fees.drawUnit;
  const drawReserve = named ? 0n : DRAW_CALLS * drawUnit + INPUT_CHARGES * service.inputCharge;
  const reviewFee = VALIDATORS * fees.validatorFee;
  const total = taxed + protocolFee + drawReserve + reviewFee;
  return { compute, modelRoyalty, datasetRoyalty, drawUnit, drawReserve, reviewFee, protocolFee, total };
}

/** Complexity and reference seconds of `units` of a service; an unlisted one is of complexity 1 and has no seconds. */
export function standingOf({ listing }: QuotedService, units: bigint): ModelStanding {
  if (listing === undefined) return { complexity: 1n, referenceSeconds: 0n };
  const seconds = units * listing.secondsPerUnit;
  return { complexity: listing.complexity, referenceSeconds: seconds < DAY ? seconds : DAY };
}
