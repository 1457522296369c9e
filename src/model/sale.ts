/**
 * The TokenSale and the ProceedsSplitter in plain TypeScript: slow and obvious, for tests to compare the contracts with.
 * Amounts are token wei and currency units, times are seconds; a call that the contract refuses throws SaleRefusal with the
 * name of the contract's error.
 */

const TOKEN = 10n ** 18n;
const GWEI = 10n ** 9n;
const DAY = 86_400n;
const MAX_PAUSE = 7n * DAY;
const EXPIRY = 30n * DAY;

/** Thrown where the contract reverts; `error` is the name of its custom error. */
export class SaleRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

export type ModelRound = {
  price: bigint;
  start: bigint;
  end: bigint;
  cap: bigint;
  perBuyer: bigint;
  minimum: bigint;
};

export type ModelPurchase = { buyer: string; round: number; amount: bigint; cost: bigint };

export type ModelStatus = "open" | "succeeded" | "failed";

/** A sale that has all its tokens and its final plan. */
export class SaleModel {
  status: ModelStatus = "open";
  readonly purchases: ModelPurchase[] = [];
  /** What each buyer was granted or refunded. */
  readonly granted = new Map<string, bigint>();
  readonly refunded = new Map<string, bigint>();
  readonly pauses: { from: bigint; until: bigint }[] = [];

  constructor(
    readonly tokensForSale: bigint,
    readonly softCap: bigint,
    readonly rounds: readonly ModelRound[],
  ) {}

  get sold(): bigint {
    return sum(this.purchases.map(({ amount }) => amount));
  }

  get raised(): bigint {
    return sum(this.purchases.map(({ cost }) => cost));
  }

  /** Bought by one buyer, or in one round, or both. */
  bought(by: { buyer?: string; round?: number }): bigint {
    const of = this.purchases.filter(
      ({ buyer, round }) => (by.buyer ?? buyer) === buyer && (by.round ?? round) === round,
    );
    return sum(of.map(({ amount }) => amount));
  }

  paid(buyer: string): bigint {
    return sum(this.purchases.filter((purchase) => purchase.buyer === buyer).map(({ cost }) => cost));
  }

  /** What can still be bought in a round, were it open. */
  left(round: number): bigint {
    return least(this.round(round).cap - this.bought({ round }), this.tokensForSale - this.sold);
  }

  /** The smallest whole number of units that is at least the exact price. */
  cost(round: number, amount: bigint): bigint {
    const exact = amount * this.round(round).price;
    return exact / TOKEN + (exact % TOKEN === 0n ? 0n : 1n);
  }

  buy(buyer: string, round: number, amount: bigint, maxCost: bigint, time: bigint): void {
    const terms = this.rounds[round];
    if (terms === undefined) throw new SaleRefusal("SaleUnknownRound");
    if (time < terms.start || time >= terms.end) throw new SaleRefusal("SaleRoundNotOpen");
    if (time < this.pausedUntil) throw new SaleRefusal("SaleIsPaused");
    if (this.status !== "open") throw new SaleRefusal("SaleWrongStatus");
    if (amount === 0n || amount % GWEI !== 0n) throw new SaleRefusal("SaleInvalidAmount");
    const left = this.left(round);
    if (amount > left) throw new SaleRefusal("SaleNotEnoughLeft");
    if (amount < terms.minimum && amount !== left) throw new SaleRefusal("SaleBelowMinimum");
    if (this.bought({ buyer, round }) + amount > terms.perBuyer) throw new SaleRefusal("SaleAboveLimit");
    const cost = this.cost(round, amount);
    if (cost > maxCost) throw new SaleRefusal("SaleCostAboveMaximum");
    this.purchases.push({ buyer, round, amount, cost });
  }

  get pausedUntil(): bigint {
    return this.pauses.at(-1)?.until ?? 0n;
  }

  get pauseLeft(): bigint {
    const length = (this.rounds.at(-1)?.end ?? 0n) - (this.rounds[0]?.start ?? 0n);
    const left = least(MAX_PAUSE, length / 4n) - sum(this.pauses.map(({ from, until }) => until - from));
    return left > 0n ? left : 0n;
  }

  pause(duration: bigint, time: bigint): void {
    if (this.status !== "open") throw new SaleRefusal("SaleWrongStatus");
    if (time < this.pausedUntil) throw new SaleRefusal("SaleIsPaused");
    if (duration === 0n || duration > this.pauseLeft) throw new SaleRefusal("SalePauseTooLong");
    this.pauses.push({ from: time, until: time + duration });
  }

  unpause(time: bigint): void {
    const last = this.pauses.at(-1);
    if (last === undefined || time >= last.until) throw new SaleRefusal("SaleNotPaused");
    last.until = time;
  }

  finalise(time: bigint): void {
    if (this.status !== "open") throw new SaleRefusal("SaleWrongStatus");
    const ended = time >= (this.rounds.at(-1)?.end ?? 0n);
    if (!ended && this.sold !== this.tokensForSale) throw new SaleRefusal("SaleNotEnded");
    this.status = this.sold !== 0n && this.raised >= this.softCap ? "succeeded" : "failed";
  }

  expire(time: bigint): void {
    if (this.status !== "open") throw new SaleRefusal("SaleWrongStatus");
    if (time < (this.rounds.at(-1)?.end ?? 0n) + EXPIRY) throw new SaleRefusal("SaleNotEnded");
    this.finalise(time);
  }

  claim(buyer: string): void {
    if (this.status !== "succeeded") throw new SaleRefusal("SaleWrongStatus");
    const amount = this.bought({ buyer });
    if (amount === 0n || this.granted.has(buyer)) throw new SaleRefusal("SaleNothingDue");
    this.granted.set(buyer, amount);
  }

  refund(buyer: string): void {
    if (this.status !== "failed") throw new SaleRefusal("SaleWrongStatus");
    const amount = this.paid(buyer);
    if (amount === 0n || this.refunded.has(buyer)) throw new SaleRefusal("SaleNothingDue");
    this.refunded.set(buyer, amount);
  }

  private round(round: number): ModelRound {
    const terms = this.rounds[round];
    if (terms === undefined) throw new SaleRefusal("SaleUnknownRound");
    return terms;
  }
}

/** Least that comes in once `tokens`, or all that the rounds offer, are sold: the cheapest first. Each round is rounded up. */
export function leastProceeds(rounds: readonly Pick<ModelRound, "price" | "cap">[], tokens: bigint): bigint {
  let left = tokens;
  let proceeds = 0n;
  for (const { price, cap } of [...rounds].sort((a, b) => (a.price < b.price ? -1 : 1))) {
    const sold = least(cap, left);
    left -= sold;
    proceeds += (sold * price + TOKEN - 1n) / TOKEN;
  }
  return proceeds;
}

/** What each payee gets of an amount: shares rounded down, the remainder to the last. */
export function shares(amount: bigint, bps: readonly bigint[]): bigint[] {
  const paid = bps.slice(0, -1).map((share) => (amount * share) / 10_000n);
  return [...paid, amount - sum(paid)];
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
