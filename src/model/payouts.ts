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
export type Ending = "settled" | "ruledValid" | "challengedWrongly" | "refunded" | "ruledAgainst" | "halved";

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

/** Bond of a challenge by anyone: the panel's fee, and a tenth of compute, rounded down, for the owner's waiting. */
export function challengeBond(l: PotLines): bigint {
  return l.reviewFee + l.compute / 10n;
}

/** What a slash makes good first: draw fees that were spent and, after a review, its fee. */
export function slashedFirst(l: PotLines, h: PotHistory, reviewed: boolean): bigint {
  return drawFeesSpent(l, h) + (reviewed ? l.reviewFee : 0n);
}

/** Bond of a canary's opening: the most that a conviction could take. */
export function canaryBond(lock: bigint, l: PotLines, h: PotHistory): bigint {
  const spent = slashedFirst(l, h, true);
  return lock > spent ? lock : spent;
}

/** The sums of one ending; `bond` is what a rejection added to the pot, or an accusation that was wrong. */
export function payouts(ending: Ending, l: PotLines, h: PotHistory, bond: bigint): PotSums {
  const charges = h.inputCharges * l.inputCharge;
  const unspent = l.drawReserve - drawFeesSpent(l, h) - charges;
  // Who challenges pays the panel; without a bond the job's own line does, as after a rejection.
  const byChallenger = ending === "challengedWrongly" && bond >= l.reviewFee;
  const reviewed = ["ruledValid", "challengedWrongly", "ruledAgainst"].includes(ending);
  const paid = reviewed ? ending !== "ruledAgainst" : ending === "settled";
  const owner = paid ? l.compute + bond - (byChallenger ? l.reviewFee : 0n) : ending === "halved" ? l.compute / 2n : 0n;
  const resolver = reviewed ? l.reviewFee : 0n;
  const fee = charges + (paid ? l.protocolFee : 0n);
  const modelRoyalty = paid ? l.modelRoyalty : 0n;
  const datasetRoyalty = paid ? l.datasetRoyalty : 0n;
  const requester = paid
    ? unspent + l.reviewFee - (byChallenger ? 0n : resolver)
    : l.compute - owner + l.modelRoyalty + l.datasetRoyalty + l.protocolFee + unspent + bond + l.reviewFee - resolver;
  return { owner, requester, resolver, fee, modelRoyalty, datasetRoyalty };
}
