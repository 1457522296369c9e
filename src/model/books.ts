/** Everyone's money in the reference model (jobMachine.ts): vault accounts, pots, stakes, locks, credits. Units of 1e9 wei. */
import { add, bondOf, bondReturned, least, lockOf, refuse, type MachineJob } from "./job";
import { payouts, slashedFirst, type Ending } from "./payouts";

const DAY = 86_400n;
const FREE_DECLINES = 3;
const FRAUD_DAYS = 180n;
const SLASH_HOLD = 96n * 3_600n;

/** A GPU with one slot. */
export interface MachineGpu {
  readonly owner: bigint;
  readonly classId: number;
  /** Addresses that work for it. */
  readonly workers: readonly string[];
  stake: bigint;
  locked: bigint;
  busy: boolean;
  declineDay: bigint;
  declines: number;
}

/** Figures of the registry that do not change. */
export interface Tariff {
  readonly treasury: bigint;
  readonly resolver: bigint;
  /** Pay of a timeout's caller, and cost of a decline too many, by class. */
  readonly callerPay: ReadonlyMap<number, bigint>;
}

interface Slash {
  readonly taken: bigint;
  readonly beneficiary: bigint;
  readonly toBeneficiary: bigint;
  readonly finder: bigint;
  readonly holdUntil: bigint;
  open: boolean;
}

/** Who has what. */
export class Books {
  readonly accounts = new Map<string, bigint>();
  readonly balances = new Map<bigint, bigint>();
  readonly authorised = new Set<bigint>();
  readonly gpus = new Map<bigint, MachineGpu>();
  readonly credits = new Map<bigint, bigint>();
  readonly drawFees = new Map<string, bigint>();
  readonly slashes: Slash[] = [];
  /** Until which UTC day a fraud bars an owner. */
  readonly barredUntil = new Map<bigint, bigint>();
  held = 0n;
  fees = 0n;
  royalties = 0n;
  registryFees = 0n;

  constructor(readonly tariff: Tariff) {}

  // The vault

  requireFunds(account: bigint, amount: bigint): void {
    if (!this.authorised.has(account)) refuse("VaultNotAuthorised");
    if (amount > (this.balances.get(account) ?? 0n)) refuse("VaultInsufficientBalance");
  }

  /** Into the pot of a job. */
  debit(job: MachineJob, amount: bigint, account = job.requester): void {
    add(this.balances, account, -amount);
    this.held += amount;
    job.paidIn += amount;
  }

  /** Out of the pot of a job, as its ending says. */
  pay(job: MachineJob, ending: Ending): void {
    const s = payouts(ending, job.pot, job, bondOf(job, ending));
    const returned = bondReturned(job, ending);
    const royalties = s.modelRoyalty + s.datasetRoyalty;
    const out = s.owner + s.requester + s.resolver + s.fee + royalties + returned;
    this.held -= out;
    job.paidOut += out;
    this.fees += s.fee;
    this.royalties += royalties;
    if (s.owner !== 0n) add(this.balances, this.gpu(job.gpu).owner, s.owner);
    add(this.balances, job.requester, s.requester);
    add(this.balances, this.tariff.resolver, s.resolver);
    if (job.accusation !== undefined) add(this.balances, job.accusation.account, returned);
  }

  /** Draw fees of a holder move to its account. */
  collect(from: string): void {
    const amount = this.drawFees.get(from) ?? 0n;
    if (amount === 0n) refuse("EscrowNothingToCollect");
    this.drawFees.set(from, 0n);
    this.held -= amount;
    add(this.balances, this.accounts.get(from) as bigint, amount);
  }

  // The registry

  gpu(id: bigint): MachineGpu {
    const gpu = this.gpus.get(id);
    if (gpu === undefined) throw new Error(`the model knows no GPU ${id}`);
    return gpu;
  }

  /** Refuses a GPU that cannot be named for a job. */
  requireNameable(job: MachineJob, isEntrant: boolean, now: bigint): void {
    const gpu = this.gpus.get(job.namedGpu) ?? refuse("RegistryUnknownGpu");
    if (isEntrant) refuse("RegistryFrozenEntrant");
    if (gpu.busy) refuse("RegistryNoFreeSlot");
    if (gpu.stake < gpu.locked + lockOf(job)) refuse("RegistryStakeShort");
    if ((this.barredUntil.get(gpu.owner) ?? 0n) > now / DAY) refuse("RegistryOwnerBarred");
  }

  /** A GPU takes the job: slot and lock. */
  seat(job: MachineJob): void {
    const gpu = this.gpu(job.gpu);
    gpu.busy = true;
    gpu.locked += lockOf(job);
  }

  /** The lock of the job, and its slot where it still has one, are free again. */
  release(job: MachineJob, slot: boolean): void {
    const gpu = this.gpu(job.gpu);
    gpu.locked -= lockOf(job);
    if (slot) gpu.busy = false;
  }

  /** Takes the caller's pay out of the stake of the job's GPU. */
  fine(job: MachineJob): bigint {
    const gpu = this.gpu(job.gpu);
    const paid = least(gpu.stake, this.tariff.callerPay.get(gpu.classId) ?? 0n);
    gpu.stake -= paid;
    return paid;
  }

  /** From the fourth decline of a GPU and day on, its owner pays the treasury. */
  countDecline(job: MachineJob, now: bigint): void {
    const gpu = this.gpu(job.gpu);
    gpu.declines = gpu.declineDay === now / DAY ? gpu.declines + 1 : 1;
    gpu.declineDay = now / DAY;
    if (gpu.declines > FREE_DECLINES) this.registryFees += this.fine(job);
  }

  /** The lock, or what the job cost the requester where that is more; held until it is final. */
  slash(job: MachineJob, reviewed: boolean, now: bigint): void {
    const gpu = this.gpu(job.gpu);
    const spent = slashedFirst(job.pot, job, reviewed);
    const lock = lockOf(job);
    const incident = (gpu.stake * 30n) / 100n;
    const taken = least(least(lock > spent ? lock : spent, incident > lock ? incident : lock), gpu.stake);
    gpu.stake -= taken;
    this.barredUntil.set(gpu.owner, now / DAY + FRAUD_DAYS);
    const holdUntil = now + SLASH_HOLD;
    const finder = job.accusation?.account ?? job.requester;
    this.slashes.push({ taken, beneficiary: job.requester, toBeneficiary: spent, finder, holdUntil, open: true });
  }

  /** @param number from 1 */
  finaliseSlash(number: number, now: bigint): void {
    const slash = this.slashes[number - 1];
    if (slash === undefined || !slash.open) refuse("RegistrySlashNotHeld");
    if (now < slash.holdUntil) refuse("RegistryStillHeld");
    slash.open = false;
    const first = least(slash.taken, slash.toBeneficiary);
    const finder = least(slash.taken / 10n, slash.taken - first);
    add(this.balances, slash.beneficiary, first);
    add(this.balances, slash.finder, finder);
    this.registryFees += slash.taken - first - finder;
  }

  /** Credits of an account, for the treasury also the registry's fees, move to its balance. */
  collectCredit(account: bigint): void {
    add(this.balances, account, this.credits.get(account) ?? 0n);
    this.credits.set(account, 0n);
    if (account !== this.tariff.treasury) return;
    add(this.balances, account, this.registryFees);
    this.registryFees = 0n;
  }
}
