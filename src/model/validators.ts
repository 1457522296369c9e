/**
 * The ValidatorRegistry in plain TypeScript: slow and obvious, for tests to compare the contract with. Amounts are gwei
 * units, times are seconds; a call that the contract refuses throws ValidatorRefusal with the name of the contract's error.
 *
 * Nothing is packed or kept as a count: who was available when, and which accuracy when, are read off full histories. A
 * pool is what `freeze` copies in the second of the question, so that a draw from it can't depend on what came later.
 */
import { AbiCoder, keccak256 } from "ethers";

const DAY = 86_400n;
const EPOCH = 7n * DAY;
const FREEZE = 3n * DAY;
const INITIAL = 500_000n;
const LEAST = 50_000n;
const MOST = 1_000_000n;
const FULL_WEIGHT = 20_000n;
const DOMAINS = 32;

/** Thrown where the contract reverts; `error` is the name of its custom error. */
export class ValidatorRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

export type SeatOutcome = "void" | "coherent" | "incoherent" | "silent";

export interface ValidatorTerms {
  minStake: bigint;
  unbonding: bigint;
  silenceBps: bigint;
  moduleCapPercent: bigint;
  gain: bigint;
  incoherentLoss: bigint;
  silentLoss: bigint;
}

/** A time during which a validator was available. */
interface Spell {
  readonly from: bigint;
  to?: bigint;
}

export interface ModelValidator {
  domains: number;
  stake: bigint;
  unbonding: bigint;
  unbondingEnds: bigint;
  owed: bigint;
  openSeats: number;
  spells: Spell[];
  /** Every accuracy it had, the first at its latest registration. */
  accuracies: { readonly since: bigint; readonly value: bigint }[];
}

/** A place of a frozen pool: who can be drawn from it, with which weight of 20,000. */
export type FrozenPlace = { readonly id: bigint; readonly weight: bigint } | undefined;

/** Seats of one draw. */
export interface ModelDraw {
  readonly seats: number;
  readonly tries: number;
  readonly seed: string;
  readonly excluded: readonly bigint[];
}

/** Who is seated by a draw from a frozen pool. */
export function drawSeats(pool: readonly FrozenPlace[], draw: ModelDraw): bigint[] {
  const seated: bigint[] = [];
  for (let number = 0; pool.length !== 0 && number < draw.tries && seated.length < draw.seats; number++) {
    const encoded = AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [draw.seed, number]);
    const random = BigInt(keccak256(encoded));
    const place = pool[Number((random >> 128n) % BigInt(pool.length))];
    if (place === undefined || (random & ((1n << 128n) - 1n)) % FULL_WEIGHT >= place.weight) continue;
    if (!seated.includes(place.id) && !draw.excluded.includes(place.id)) seated.push(place.id);
  }
  return seated;
}

/** The registry with one module that has every right. */
export class ValidatorsModel {
  readonly validators = new Map<bigint, ModelValidator>();
  /** Accuracy of who left. */
  readonly #left = new Map<bigint, bigint>();
  readonly lists: (bigint | undefined)[][] = Array.from({ length: DOMAINS }, () => []);
  readonly #takenOn = new Map<bigint, bigint>();
  deposited = 0n;
  withdrawn = 0n;
  slashed = 0n;

  constructor(public terms: ValidatorTerms) {}

  // Sums

  get stake(): bigint {
    return [...this.validators.values()].reduce((sum, { stake }) => sum + stake, 0n);
  }

  get unbonding(): bigint {
    return [...this.validators.values()].reduce((sum, { unbonding }) => sum + unbonding, 0n);
  }

  // Validators

  register(id: bigint, domains: number, stake: bigint, now: bigint): void {
    if (this.validators.has(id)) refuse("ValidatorsKnown");
    if (domains === 0) refuse("ValidatorsOutOfBounds");
    if (stake < this.terms.minStake) refuse("ValidatorsStakeShort");
    const kept = this.#left.get(id) ?? INITIAL;
    this.validators.set(id, {
      domains,
      stake,
      unbonding: 0n,
      unbondingEnds: 0n,
      owed: 0n,
      openSeats: 0,
      spells: [{ from: now }],
      accuracies: [{ since: 0n, value: kept < INITIAL ? kept : INITIAL }],
    });
    this.#join(id, domains);
    this.deposited += stake;
  }

  addStake(id: bigint, amount: bigint): void {
    const validator = this.validators.get(id) ?? refuse("ValidatorsUnknown");
    if (amount === 0n) refuse("ValidatorsZeroAmount");
    validator.stake += amount;
    this.deposited += amount;
  }

  setAvailable(id: bigint, available: boolean, now: bigint): void {
    const validator = this.validators.get(id) ?? refuse("ValidatorsNotWorker");
    if (available === isAvailable(validator)) refuse("ValidatorsSameAvailability");
    if (!available) {
      stop(validator, now);
      return;
    }
    if (!isOut(validator, now)) refuse("ValidatorsNotOutLongEnough");
    if (validator.stake < this.terms.minStake) refuse("ValidatorsStakeShort");
    if (validator.domains === 0) refuse("ValidatorsOutOfBounds");
    validator.spells.push({ from: now });
  }

  setDomains(id: bigint, domains: number, now: bigint): void {
    const validator = this.validators.get(id) ?? refuse("ValidatorsNotOwner");
    if (!isOut(validator, now)) refuse("ValidatorsNotOutLongEnough");
    if (validator.stake < this.terms.minStake) refuse("ValidatorsStakeShort");
    if (domains === 0) refuse("ValidatorsOutOfBounds");
    const old = validator.domains;
    this.#leave(id, old & ~domains);
    this.#join(id, domains & ~old);
    validator.domains = domains;
  }

  delist(id: bigint, now: bigint): void {
    const validator = this.validators.get(id) ?? refuse("ValidatorsNotOutLongEnough");
    if (!isOut(validator, now)) refuse("ValidatorsNotOutLongEnough");
    if (validator.stake >= this.terms.minStake) refuse("ValidatorsStakeEnough");
    if (validator.domains === 0) refuse("ValidatorsOutOfBounds");
    this.#leave(id, validator.domains);
    validator.domains = 0;
  }

  beginUnbond(id: bigint, amount: bigint | "all", now: bigint): void {
    const validator = this.validators.get(id) ?? refuse("ValidatorsNotOwner");
    if (validator.unbonding !== 0n) refuse("ValidatorsTrancheOpen");
    const part = amount === "all" ? validator.stake : amount;
    if (part === 0n) refuse("ValidatorsZeroAmount");
    if (part !== validator.stake && validator.stake - part < this.terms.minStake) refuse("ValidatorsStakeShort");
    validator.stake -= part;
    validator.unbonding = part;
    validator.unbondingEnds = now + this.terms.unbonding;
    if (validator.stake === 0n && isAvailable(validator)) stop(validator, now);
  }

  cancelUnbond(id: bigint): void {
    const validator = this.validators.get(id) ?? refuse("ValidatorsNotOwner");
    if (validator.unbonding === 0n) refuse("ValidatorsNoTranche");
    validator.stake += validator.unbonding;
    validator.unbonding = 0n;
  }

  /** Returns what is paid. */
  withdraw(id: bigint, now: bigint): bigint {
    const validator = this.validators.get(id) ?? refuse("ValidatorsNotOwner");
    const leaves = validator.stake === 0n && isOut(validator, now);
    if (validator.unbonding === 0n && !leaves) refuse("ValidatorsNoTranche");
    if (validator.openSeats !== 0) refuse("ValidatorsSeatsOpen");
    if (validator.unbonding !== 0n && now < validator.unbondingEnds) refuse("ValidatorsStillUnbonding");
    const taken = validator.owed < validator.unbonding ? validator.owed : validator.unbonding;
    const paid = validator.unbonding - taken;
    validator.unbonding = 0n;
    validator.owed -= taken;
    this.slashed += taken;
    this.withdrawn += paid;
    if (leaves) {
      this.#leave(id, validator.domains);
      this.#left.set(id, accuracyOf(validator));
      this.validators.delete(id);
    }
    return paid;
  }

  // Seats

  /** The pool of a domain as a question of this second freezes it. */
  freeze(domain: number, now: bigint): FrozenPlace[] {
    const began = now - (now % EPOCH);
    return (this.lists[domain] ?? []).map((id) => {
      const validator = id === undefined ? undefined : this.validators.get(id);
      const spell = validator?.spells.find(({ from, to }) => from < now && (to === undefined || to >= now));
      if (id === undefined || validator === undefined || spell === undefined) return undefined;
      const accuracy = validator.accuracies.filter(({ since }) => since < began).at(-1)?.value ?? 0n;
      return { id, weight: (accuracy * FULL_WEIGHT) / MOST };
    });
  }

  seat(ids: readonly bigint[]): void {
    for (const id of ids) this.#known(id).openSeats++;
  }

  endSeat(id: bigint, outcome: SeatOutcome, now: bigint): void {
    const validator = this.validators.get(id);
    if (validator === undefined || validator.openSeats === 0) return refuse("ValidatorsNoSeat");
    validator.openSeats--;
    const { gain, incoherentLoss, silentLoss } = this.terms;
    const by = { void: 0n, coherent: gain, incoherent: -incoherentLoss, silent: -silentLoss }[outcome];
    const sum = accuracyOf(validator) + by;
    validator.accuracies.push({ since: now, value: sum < LEAST ? LEAST : sum > MOST ? MOST : sum });
    if (outcome !== "silent") return;
    const silence = (this.terms.minStake * this.terms.silenceBps) / 10_000n;
    const unclaimed = validator.stake + validator.unbonding - validator.owed;
    validator.owed += silence < unclaimed ? silence : unclaimed;
    this.takeOwed(id, now);
  }

  takeOwed(id: bigint, now: bigint): bigint {
    const validator = this.validators.get(id);
    if (validator === undefined) return 0n;
    const day = now / DAY;
    const cap = ((this.stake + this.unbonding) * this.terms.moduleCapPercent + 99n) / 100n;
    const spent = this.#takenOn.get(day) ?? 0n;
    const left = cap > spent ? cap - spent : 0n;
    const taken = validator.owed < left ? validator.owed : left;
    const fromStake = taken < validator.stake ? taken : validator.stake;
    validator.owed -= taken;
    validator.stake -= fromStake;
    validator.unbonding -= taken - fromStake;
    this.#takenOn.set(day, spent + taken);
    this.slashed += taken;
    if (taken !== 0n && validator.stake < this.terms.minStake && isAvailable(validator)) stop(validator, now);
    return taken;
  }

  // Places

  #join(id: bigint, domains: number): void {
    for (const domain of bitsOf(domains)) {
      const list = this.lists[domain] as (bigint | undefined)[];
      const free = list.indexOf(undefined);
      list[free === -1 ? list.length : free] = id;
    }
  }

  #leave(id: bigint, domains: number): void {
    for (const domain of bitsOf(domains)) {
      const list = this.lists[domain] as (bigint | undefined)[];
      list[list.indexOf(id)] = undefined;
      while (list.length > 0 && list.at(-1) === undefined) list.pop();
    }
  }

  #known(id: bigint): ModelValidator {
    return this.validators.get(id) ?? refuse("unknown");
  }
}

/** Accuracy of a validator now. */
export function accuracyOf(validator: ModelValidator): bigint {
  return validator.accuracies.at(-1)?.value ?? 0n;
}

/** Whether it can be drawn for questions asked from now on. */
export function isAvailable(validator: ModelValidator): boolean {
  return validator.spells.at(-1)?.to === undefined;
}

function isOut(validator: ModelValidator, now: bigint): boolean {
  const to = validator.spells.at(-1)?.to;
  return to !== undefined && now >= to + FREEZE;
}

function stop(validator: ModelValidator, now: bigint): void {
  const spell = validator.spells.at(-1);
  if (spell !== undefined) spell.to = now;
}

function bitsOf(domains: number): number[] {
  return Array.from({ length: DOMAINS }, (_, domain) => domain).filter((domain) => (domains >>> domain) & 1);
}

function refuse(error: string): never {
  throw new ValidatorRefusal(error);
}
