/**
 * Emission and issuance in plain TypeScript: slow and obvious, for tests to compare the contracts with and for the release
 * curves. Amounts are token wei, times are seconds; a call that a contract refuses throws EmissionRefusal with the name of
 * the contract's error.
 */

const DAY = 86_400n;

/** Thrown where a contract reverts; `error` is the name of its custom error. */
export class EmissionRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

/** Emitted in the first `elapsed` seconds: period after period pays half of what is left, the odd wei first. */
export function emitted(pool: bigint, period: bigint, elapsed: bigint): bigint {
  let paid = 0n;
  for (let left = elapsed; left > 0n && paid < pool; left -= period) {
    const rest = pool - paid;
    const payment = rest - rest / 2n;
    if (left < period) return paid + (payment * left) / period;
    paid += payment;
  }
  return paid;
}

/** Most that is drawn at once after a long wait: thirty days of the first period, rounded up. */
export function allowanceCapacity(pool: bigint, period: bigint): bigint {
  const numerator = pool * 30n * DAY;
  const denominator = 2n * period;
  return numerator / denominator + (numerator % denominator === 0n ? 0n : 1n);
}

/** The EmissionDistributor, seen from its drawer. */
export class DistributorModel {
  startedAt: bigint | undefined;
  drawn = 0n;
  private spent = 0n;
  private spentAt = 0n;

  constructor(
    readonly pool: bigint,
    readonly period: bigint,
  ) {}

  start(time: bigint, balance: bigint): void {
    if (this.startedAt !== undefined) throw new EmissionRefusal("DistributorAlreadyStarted");
    if (balance < this.pool) throw new EmissionRefusal("DistributorNotFunded");
    this.startedAt = time;
  }

  emittedAt(time: bigint): bigint {
    return this.startedAt === undefined ? 0n : emitted(this.pool, this.period, time - this.startedAt);
  }

  /** What the allowance holds; ten days fill it. */
  allowanceLeft(time: bigint): bigint {
    return allowanceCapacity(this.pool, this.period) - this.spentNow(time);
  }

  drawable(time: bigint): bigint {
    const undrawn = this.emittedAt(time) - this.drawn;
    const allowance = this.allowanceLeft(time);
    return undrawn < allowance ? undrawn : allowance;
  }

  draw(amount: bigint, time: bigint): void {
    if (amount === 0n) throw new EmissionRefusal("DistributorZeroAmount");
    if (amount > this.emittedAt(time) - this.drawn) throw new EmissionRefusal("DistributorAboveEmission");
    if (amount > this.allowanceLeft(time)) throw new EmissionRefusal("DistributorAboveAllowance");
    this.drawn += amount;
    this.spent = this.spentNow(time) + amount;
    this.spentAt = time;
  }

  private spentNow(time: bigint): bigint {
    const refilled = ((time - this.spentAt) * allowanceCapacity(this.pool, this.period)) / (10n * DAY);
    return refilled < this.spent ? this.spent - refilled : 0n;
  }
}

type Announcement = { amount: bigint; time: bigint };

/** The EmissionController and the supply of its token, both slots filled. */
export class ControllerModel {
  /** Everything ever minted after genesis, in order of time. */
  readonly mints: { amount: bigint; time: bigint }[] = [];
  readonly open = new Map<bigint, Announcement>();
  announced = 0n;

  constructor(readonly genesis: bigint) {}

  /** Supply after everything that was minted up to and in second `time`. */
  supplyAt(time: bigint): bigint {
    return this.mints.reduce((sum, mint) => (mint.time <= time ? sum + mint.amount : sum), this.genesis);
  }

  mintable(time: bigint): bigint {
    const opening = this.supplyAt(time - 365n * DAY);
    return (opening * 2n) / 100n - (this.supplyAt(time) - opening);
  }

  announce(amount: bigint, time: bigint): bigint {
    if (amount === 0n) throw new EmissionRefusal("ControllerZeroAmount");
    if (amount > (this.supplyAt(time) * 2n) / 100n) throw new EmissionRefusal("ControllerAboveBound");
    this.announced += 1n;
    this.open.set(this.announced, { amount, time });
    return this.announced;
  }

  cancel(id: bigint): void {
    if (!this.open.delete(id)) throw new EmissionRefusal("ControllerNotAnnounced");
  }

  execute(id: bigint, time: bigint): void {
    const announcement = this.open.get(id);
    if (announcement === undefined) throw new EmissionRefusal("ControllerNotAnnounced");
    const age = time - announcement.time;
    if (age < 7n * DAY) throw new EmissionRefusal("ControllerTooEarly");
    if (age >= 21n * DAY) throw new EmissionRefusal("ControllerExpired");
    if (announcement.amount > this.mintable(time)) throw new EmissionRefusal("ControllerAboveBound");
    this.open.delete(id);
    this.mints.push({ amount: announcement.amount, time });
  }
}
