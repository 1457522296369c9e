/**
 * The VestingVault in plain TypeScript: slow and obvious, for tests to compare the contract with and for tools that draw
 * curves. Amounts are token wei, times are seconds; a call that the contract refuses throws VestingRefusal with the name of
 * the contract's error.
 */

const BPS = 10_000n;
const MAX_AMOUNT = 2n ** 96n - 1n;
const MAX_ROOTS = 23;
const ROOT_LAPSE = 730n * 86_400n;

/** Thrown where the contract reverts; `error` is the name of its custom error. */
export class VestingRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

export type ModelTerms = {
  start: bigint;
  cliff: bigint;
  duration: bigint;
  step: bigint;
  startBps: bigint;
  revocable: boolean;
  votes: boolean;
};

type Curve = Pick<ModelTerms, "start" | "cliff" | "duration" | "step" | "startBps">;

/** What of `total` has vested at `time`. */
export function vestedAmount(total: bigint, { start, cliff, duration, step, startBps }: Curve, time: bigint): bigint {
  if (time < start) return 0n;
  if (time >= start + duration) return total;
  const first = (total * startBps) / BPS;
  if (time < start + cliff) return first;
  // Whole steps that have passed, each worth as much as the seconds it has.
  const length = step === 0n ? 1n : step;
  const steps = (time - start) / length;
  return first + ((total - first) * (steps * length)) / duration;
}

export type ModelLeaf = { beneficiary: string; amount: bigint };

export type ModelGrant = {
  total: bigint;
  paid: bigint;
  revokedAt: bigint;
  payee: string;
  offeredTo: string | undefined;
};

type Root = { left: bigint; setAt: bigint; leaves: readonly ModelLeaf[]; claimed: Set<string> };

type Schedule = {
  terms: ModelTerms;
  grantor: string;
  offeredTo: string | undefined;
  pool: bigint;
  grants: Map<string, ModelGrant>;
  roots: Map<string, Root>;
};

export class VestingModel {
  /** Schedules by id, from 1. */
  readonly schedules = new Map<bigint, Schedule>();
  /** Delegates that accounts chose, by account. */
  readonly delegates = new Map<string, string>();
  /** Accounts with a delegate on the token. */
  readonly delegatedOnToken = new Set<string>();
  /** What each account was paid. */
  readonly received = new Map<string, bigint>();
  /** Tokens that wait in the inbox. */
  inbox = 0n;

  createSchedule(terms: ModelTerms, grantor: string): bigint {
    const fits =
      terms.start > 0n && terms.cliff <= terms.duration && terms.step <= terms.duration && terms.startBps <= BPS;
    refuseUnless(fits, "VestingOutOfBounds");
    const id = BigInt(this.schedules.size + 1);
    const empty = { pool: 0n, grants: new Map(), roots: new Map() };
    this.schedules.set(id, { terms: { ...terms }, grantor, offeredTo: undefined, ...empty });
    return id;
  }

  renounceRevocation(caller: string, id: bigint): void {
    const { terms } = this.#asGrantor(caller, id);
    refuseUnless(terms.revocable, "VestingNotRevocable");
    terms.revocable = false;
  }

  offerGrantor(caller: string, id: bigint, to: string): void {
    this.#asGrantor(caller, id).offeredTo = to;
  }

  acceptGrantor(caller: string, id: bigint): void {
    const schedule = this.schedules.get(id);
    refuseUnless(schedule?.offeredTo === caller, "VestingNotOffered");
    if (schedule === undefined) return;
    schedule.grantor = caller;
    schedule.offeredTo = undefined;
  }

  fund(id: bigint, amount: bigint): void {
    refuseUnless(amount > 0n, "VestingZeroAmount");
    const schedule = this.schedules.get(id);
    if (schedule === undefined) throw new VestingRefusal("VestingUnknownSchedule");
    this.#addToPool(schedule, amount);
  }

  /** Refused by the token where the inbox holds less, with an error of the token. */
  allot(id: bigint, amount: bigint): void {
    this.fund(id, amount);
    this.inbox -= amount;
  }

  withdrawPool(caller: string, id: bigint, amount: bigint): void {
    const schedule = this.#asGrantor(caller, id);
    refuseUnless(amount > 0n, "VestingZeroAmount");
    this.#takeFromPool(schedule, amount);
  }

  grantMany(caller: string, id: bigint, rows: readonly ModelLeaf[]): void {
    const schedule = this.#asGrantor(caller, id);
    for (const { beneficiary, amount } of rows) {
      refuseUnless(amount > 0n, "VestingZeroAmount");
      refuseUnless(this.grantOf(id, beneficiary).revokedAt === 0n, "VestingAlreadyRevoked");
    }
    this.#takeFromPool(
      schedule,
      rows.reduce((sum, { amount }) => sum + amount, 0n),
    );
    for (const { beneficiary, amount } of rows) this.#grantIn(schedule, beneficiary).total += amount;
  }

  grantByRoot(
    caller: string,
    id: bigint,
    root: string,
    total: bigint,
    leaves: readonly ModelLeaf[],
    now: bigint,
  ): void {
    const schedule = this.#asGrantor(caller, id);
    refuseUnless(total > 0n, "VestingZeroAmount");
    refuseUnless(!schedule.roots.has(root), "VestingRootKnown");
    refuseUnless(total <= schedule.pool, "VestingPoolShort");
    refuseUnless(schedule.roots.size < MAX_ROOTS, "VestingTooManyRoots");
    this.#takeFromPool(schedule, total);
    schedule.roots.set(root, { left: total, setAt: now, leaves, claimed: new Set() });
  }

  claimGrant(id: bigint, root: string, { beneficiary, amount }: ModelLeaf): void {
    const schedule = this.schedules.get(id);
    const found = schedule?.roots.get(root);
    if (schedule === undefined || found === undefined) throw new VestingRefusal("VestingUnknownRoot");
    const known = found.leaves.some((leaf) => leaf.beneficiary === beneficiary && leaf.amount === amount);
    refuseUnless(known, "VestingInvalidProof");
    refuseUnless(!found.claimed.has(beneficiary), "VestingAlreadyClaimed");
    refuseUnless(amount <= found.left, "VestingRootShort");
    found.left -= amount;
    found.claimed.add(beneficiary);
    const grant = this.#grantIn(schedule, beneficiary);
    const kept = grant.revokedAt === 0n ? amount : vestedAmount(amount, schedule.terms, grant.revokedAt);
    grant.total += kept;
    this.#addToPool(schedule, amount - kept);
  }

  closeRoot(caller: string, id: bigint, root: string, now: bigint): void {
    const schedule = this.#asGrantor(caller, id);
    const found = schedule.roots.get(root);
    if (found === undefined) throw new VestingRefusal("VestingUnknownRoot");
    refuseUnless(found.left > 0n, "VestingRootShort");
    const { terms } = schedule;
    const untouched = terms.revocable && vestedAmount(found.left, terms, now) === 0n;
    const end = terms.start + terms.duration;
    const lapsed = now >= (end > found.setAt ? end : found.setAt) + ROOT_LAPSE;
    refuseUnless(untouched || lapsed, "VestingRootOpen");
    this.#addToPool(schedule, found.left);
    found.left = 0n;
  }

  release(caller: string, id: bigint, beneficiary: string, now: bigint): bigint {
    const amount = this.releasableOf(id, beneficiary, now);
    refuseUnless(amount > 0n, "VestingNothingToRelease");
    const schedule = this.#known(id);
    const grant = this.#grantIn(schedule, beneficiary);
    const allowed = !schedule.terms.votes || caller === grant.payee || this.delegatedOnToken.has(grant.payee);
    refuseUnless(allowed, "VestingPayeeNotDelegated");
    grant.paid += amount;
    this.received.set(grant.payee, (this.received.get(grant.payee) ?? 0n) + amount);
    return amount;
  }

  revoke(caller: string, id: bigint, beneficiary: string, now: bigint): void {
    const schedule = this.#asGrantor(caller, id);
    refuseUnless(schedule.terms.revocable, "VestingNotRevocable");
    const { total, revokedAt } = this.grantOf(id, beneficiary);
    refuseUnless(revokedAt === 0n, "VestingAlreadyRevoked");
    refuseUnless(total > 0n, "VestingNoGrant");
    const vested = vestedAmount(total, schedule.terms, now);
    const grant = this.#grantIn(schedule, beneficiary);
    grant.total = vested;
    grant.revokedAt = now;
    this.#addToPool(schedule, total - vested);
  }

  offerGrant(caller: string, id: bigint, beneficiary: string, to: string): void {
    const { payee, total } = this.grantOf(id, beneficiary);
    refuseUnless(caller === payee, "VestingOnlyPayee");
    refuseUnless(total > 0n, "VestingNoGrant");
    this.#grantIn(this.#known(id), beneficiary).offeredTo = to;
  }

  acceptGrant(caller: string, id: bigint, beneficiary: string): void {
    refuseUnless(this.grantOf(id, beneficiary).offeredTo === caller, "VestingNotOffered");
    const grant = this.#grantIn(this.#known(id), beneficiary);
    grant.payee = caller;
    grant.offeredTo = undefined;
  }

  grantOf(id: bigint, beneficiary: string): Readonly<ModelGrant> {
    return this.schedules.get(id)?.grants.get(beneficiary) ?? emptyGrant(beneficiary);
  }

  vestedOf(id: bigint, beneficiary: string, now: bigint): bigint {
    const { total, revokedAt } = this.grantOf(id, beneficiary);
    if (total === 0n || revokedAt !== 0n) return total;
    return vestedAmount(total, this.#known(id).terms, now);
  }

  releasableOf(id: bigint, beneficiary: string, now: bigint): bigint {
    return this.vestedOf(id, beneficiary, now) - this.grantOf(id, beneficiary).paid;
  }

  /** Everything that the vault owes, by going through it. */
  get owed(): bigint {
    let sum = 0n;
    for (const { pool, grants, roots } of this.schedules.values()) {
      sum += pool;
      for (const { total, paid } of grants.values()) sum += total - paid;
      for (const { left } of roots.values()) sum += left;
    }
    return sum;
  }

  /** Votes of `delegate`, by going through all grants of schedules that vote. */
  votesOf(delegate: string): bigint {
    let sum = 0n;
    for (const { terms, grants } of this.schedules.values()) {
      if (!terms.votes) continue;
      for (const { total, paid, payee } of grants.values()) {
        if (this.delegates.get(payee) === delegate) sum += total - paid;
      }
    }
    return sum;
  }

  #known(id: bigint): Schedule {
    const schedule = this.schedules.get(id);
    if (schedule === undefined) throw new VestingRefusal("VestingUnknownSchedule");
    return schedule;
  }

  #asGrantor(caller: string, id: bigint): Schedule {
    const schedule = this.schedules.get(id);
    if (schedule?.grantor !== caller) throw new VestingRefusal("VestingOnlyGrantor");
    return schedule;
  }

  #grantIn({ grants }: Schedule, beneficiary: string): ModelGrant {
    const found = grants.get(beneficiary) ?? emptyGrant(beneficiary);
    grants.set(beneficiary, found);
    return found;
  }

  #addToPool(schedule: Schedule, amount: bigint): void {
    refuseUnless(schedule.pool + amount <= MAX_AMOUNT, "VestingAmountTooLarge");
    schedule.pool += amount;
  }

  #takeFromPool(schedule: Schedule, amount: bigint): void {
    refuseUnless(amount <= schedule.pool, "VestingPoolShort");
    schedule.pool -= amount;
  }
}

function emptyGrant(beneficiary: string): ModelGrant {
  return { total: 0n, paid: 0n, revokedAt: 0n, payee: beneficiary, offeredTo: undefined };
}

function refuseUnless(condition: boolean, error: string): void {
  if (!condition) throw new VestingRefusal(error);
}
