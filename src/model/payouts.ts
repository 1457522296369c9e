/** Plain model of contracts/market/Payouts.sol, in units of 1e9 wei. Source of the rules: SPEC 6 and docs/state-machines.md. */

/** What a job's agreement says about money. */
export interface PotLines {
  compute: bigint;
  modelRoyalty: bigint;
  datasetRoyalty: bigint;
  protocolFee: bigint;
  /** Price of one draw call, in units of 1e14 wei. */
  drawUnit: bigint;
  drawReserve: bigint;
  reviewFee: bigint;
  inputCharge: bigint;
}

/** What happened to a job before it ended. */
export interface PotHistory {
  drawFees: bigint;
  inputCharges: bigint;
}

/** Who gets what at the end. */
export interface PotSums {
  owner: bigint;
  requester: bigint;
  resolver: bigint;
  fee: bigint;
  modelRoyalty: bigint;
  datasetRoyalty: bigint;
}

/** How a job can end, as far as money is concerned. */
export type Ending = "settled" | "ruledValid" | "refunded" | "ruledAgainst" | "halved";

const GWEI_PER_DRAW_UNIT = 100_000n;

/** Everything that posting debits. */
export function potTotal(l: PotLines): bigint {
  return l.compute + l.modelRoyalty + l.datasetRoyalty + l.protocolFee + l.drawReserve + l.reviewFee;
}

/** Draw fees that left the pot while the job waited. */
export function drawFeesSpent(l: PotLines, h: PotHistory): bigint {
  return h.drawFees * l.drawUnit * GWEI_PER_DRAW_UNIT;
}

/** Bond of a rejection: the lesser of the review fee and a tenth of compute, rounded down. */
export function rejectionBond(l: PotLines): bigint {
  const tenth = l.compute / 10n;
  return l.reviewFee < tenth ? l.reviewFee : tenth;
}

/** The sums of one ending; `bond` is what a rejection added to the pot. */
export function payouts(ending: Ending, l: PotLines, h: PotHistory, bond: bigint): PotSums {
  const charges = h.inputCharges * l.inputCharge;
  const unspent = l.drawReserve - drawFeesSpent(l, h) - charges;
  const paid = ending === "settled" || ending === "ruledValid";
  const reviewed = ending === "ruledValid" || ending === "ruledAgainst";
  const owner = paid ? l.compute + bond : ending === "halved" ? l.compute / 2n : 0n;
  const resolver = reviewed ? l.reviewFee : 0n;
  const fee = charges + (paid ? l.protocolFee : 0n);
  const modelRoyalty = paid ? l.modelRoyalty : 0n;
  const datasetRoyalty = paid ? l.datasetRoyalty : 0n;
  const requester = paid
    ? unspent + l.reviewFee - resolver
    : l.compute - owner + l.modelRoyalty + l.datasetRoyalty + l.protocolFee + unspent + bond + l.reviewFee - resolver;
  return { owner, requester, resolver, fee, modelRoyalty, datasetRoyalty };
}
