/**
 * The PaymentVault in plain TypeScript: slow and obvious, for tests to compare the contract with. Amounts are token wei,
 * times are seconds; a call that the contract refuses throws VaultRefusal with the name of the contract's error.
 */

const DAY = 86_400n;
const GWEI = 10n ** 9n;
/** Unit of the low-water marks, token wei. */
const LOW_UNIT = 10n ** 14n;
/** Scope of a module that may debit. */
export const SPEND = 1n;
const MAX_LIABILITIES = (2n ** 64n - 1n) * GWEI;

/** Thrown where the contract reverts; `error` is the name of its custom error. */
export class VaultRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

/** A payment out of a module's held sum. */
export type ModelPayment = { account: bigint; amount: bigint };

type Account = {
  holder: string;
  balance: bigint;
  /** Every balance the account ever had, from the second it began; the past is never forgotten. */
  history: { time: bigint; balance: bigint }[];
  authorised: Set<string>;
};

type Module = { scopes: bigint; held: bigint; fees: bigint };

export class VaultModel {
  /** Accounts by id; id 0 never exists. */
  readonly accounts = new Map<bigint, Account>();
  readonly modules = new Map<string, Module>();
  treasury = 0n;
  /** Tokens that reached the vault past its deposits and were not skimmed yet. */
  surplus = 0n;

  /** Everything owed, by adding it all up. */
  get liabilities(): bigint {
    const balances = sum([...this.accounts.values()].map(({ balance }) => balance));
    return balances + sum([...this.modules.values()].map(({ held, fees }) => held + fees));
  }

  /** Id of the holder's account, 0 when it has none. */
  accountOf(holder: string): bigint {
    for (const [id, account] of this.accounts) if (account.holder === holder) return id;
    return 0n;
  }

  /** Opens an account, or returns the one there is. */
  openAccount(holder: string, time: bigint): bigint {
    const existing = this.accountOf(holder);
    if (existing !== 0n) return existing;
    const id = BigInt(this.accounts.size) + 1n;
    this.accounts.set(id, { holder, balance: 0n, history: [{ time, balance: 0n }], authorised: new Set() });
    return id;
  }

  /** Adds a module or changes its scopes. */
  setModule(module: string, scopes: bigint): void {
    const known = this.modules.get(module);
    if (known === undefined) this.modules.set(module, { scopes, held: 0n, fees: 0n });
    else known.scopes = scopes;
  }

  /** Directs fees and surplus to an account. */
  setTreasury(id: bigint): void {
    this.account(id);
    this.treasury = id;
  }

  /** Lets a module debit the holder's account, or no more. */
  setAuthorisation(holder: string, module: string, allowed: boolean, time: bigint): void {
    this.module(module);
    const { authorised } = this.account(this.openAccount(holder, time));
    if (allowed) authorised.add(module);
    else authorised.delete(module);
  }

  /** Pays tokens in; the payer is assumed to have them. */
  deposit(id: bigint, amount: bigint, time: bigint): void {
    if (amount === 0n) throw new VaultRefusal("VaultZeroAmount");
    if (this.liabilities + amount > MAX_LIABILITIES) throw new VaultRefusal("VaultAmountTooLarge");
    this.move(id, amount, time);
  }

  /** Pays tokens out to the holder. */
  withdraw(holder: string, amount: bigint, time: bigint): void {
    if (amount === 0n) throw new VaultRefusal("VaultZeroAmount");
    const id = this.accountOf(holder);
    if (id === 0n) throw new VaultRefusal("VaultNoAccount");
    this.take(id, amount, time);
  }

  /** A module takes from an account into its held sum. */
  debit(caller: string, id: bigint, amount: bigint, time: bigint): void {
    const module = this.module(caller);
    if ((module.scopes & SPEND) === 0n) throw new VaultRefusal("VaultMissingScope");
    requireWhole(amount);
    if (!this.account(id).authorised.has(caller)) throw new VaultRefusal("VaultNotAuthorised");
    this.take(id, amount, time);
    module.held += amount;
  }

  /** A module pays out of its held sum. */
  release(caller: string, payments: ModelPayment[], fee: bigint, sink: string, royalty: bigint, time: bigint): void {
    for (const amount of [...payments.map((payment) => payment.amount), fee, royalty]) requireWhole(amount);
    const module = this.module(caller);
    const total = sum(payments.map(({ amount }) => amount)) + fee + royalty;
    if (total > module.held) throw new VaultRefusal("VaultInsufficientHeld");
    const paid = payments.filter(({ amount }) => amount !== 0n);
    for (const { account } of paid) this.account(account);
    const receiver = royalty === 0n ? undefined : this.module(sink);

    module.held -= total;
    module.fees += fee;
    for (const { account, amount } of paid) this.move(account, amount, time);
    if (receiver !== undefined) receiver.held += royalty;
  }

  /** Moves a module's fees to the treasury. */
  collectFees(module: string, time: bigint): void {
    const { fees } = this.module(module);
    if (fees === 0n) return;
    this.move(this.treasury, fees, time);
    this.module(module).fees = 0n;
  }

  /** Somebody sends tokens without depositing them. */
  donate(amount: bigint): void {
    this.surplus += amount;
  }

  /** Credits the surplus to the treasury. */
  skim(time: bigint): void {
    if (this.surplus === 0n) return;
    this.move(this.treasury, this.surplus, time);
    this.surplus = 0n;
  }

  /**
   * Lowest balance since the UTC day before the one of `time` began, rounded down to 1e14 wei, from the whole history: what
   * the balance was when that day began, and every balance from then on.
   */
  lowestBalance(id: bigint, time: bigint): bigint {
    const { history } = this.account(id);
    const since = (time / DAY - 1n) * DAY;
    const before = history.filter((entry) => entry.time < since).at(-1)?.balance ?? 0n;
    const during = history.filter((entry) => entry.time >= since).map(({ balance }) => balance);
    const lowest = during.reduce((low, balance) => (balance < low ? balance : low), before);
    return lowest - (lowest % LOW_UNIT);
  }

  private take(id: bigint, amount: bigint, time: bigint): void {
    if (amount > this.account(id).balance) throw new VaultRefusal("VaultInsufficientBalance");
    this.move(id, -amount, time);
  }

  private move(id: bigint, by: bigint, time: bigint): void {
    const account = this.account(id);
    account.balance += by;
    account.history.push({ time, balance: account.balance });
  }

  private account(id: bigint): Account {
    const account = this.accounts.get(id);
    if (account === undefined) throw new VaultRefusal("VaultUnknownAccount");
    return account;
  }

  private module(address: string): Module {
    const module = this.modules.get(address);
    if (module === undefined) throw new VaultRefusal("VaultUnknownModule");
    return module;
  }
}

function requireWhole(amount: bigint): void {
  if (amount % GWEI !== 0n) throw new VaultRefusal("VaultAmountNotWhole");
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
