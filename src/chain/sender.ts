import { setTimeout as sleep } from "node:timers/promises";
import { isError, Transaction, type Wallet } from "ethers";
import { z } from "zod";
import { feesOf, raised, type Fees } from "./fees";
import { isRpcFault, readBlock, readHead, type RpcClient } from "./rpc";
import type { StateFile } from "./stateFile";

/** What a transaction is to do. `key` names its purpose: the same purpose is never on its way twice. */
export interface Intent {
  readonly key: string;
  /** null to create a contract. */
  readonly to: string | null;
  readonly data: string;
  readonly value?: bigint;
  /** Asked of the node when absent. */
  readonly gasLimit?: bigint;
}

/** A transaction in a block. */
export interface Mined {
  readonly key: string;
  readonly hash: string;
  readonly blockNumber: number;
  /** The contract that it created. */
  readonly contractAddress: string | null;
  readonly succeeded: boolean;
  readonly gasUsed: bigint;
  /** Wei paid for gas; data fees of an L1 come on top where the chain has them. */
  readonly gasCost: bigint;
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

/** The transaction would fail, or failed, in the contract; `cause` carries the revert data. */
export class TransactionRefused extends Error {
  override readonly name = "TransactionRefused";
  constructor(
    readonly key: string,
    options: ErrorOptions,
    /** Set when it was mined and failed all the same: its gas is spent. */
    readonly mined?: Mined,
  ) {
    super(`${key} was refused`, options);
  }
}

/** The signer cannot pay for the gas. */
export class NoGasMoney extends Error {
  override readonly name = "NoGasMoney";
}

/** The transaction is on its way and was not mined in time; it stays in the journal and is followed up. */
export class StillPending extends Error {
  override readonly name = "StillPending";
}

/** Its nonce was used by a transaction that this journal does not know: read the chain and decide anew. */
export class NonceTaken extends Error {
  override readonly name = "NonceTaken";
}

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const pendingSchema = z.object({
  key: z.string(),
  nonce: z.number().int().nonnegative(),
  to: z.string().nullable(),
  data: z.string(),
  value: decimal,
  gasLimit: decimal,
  /** Every signed form that was sent, with growing fees; any of them may be the one that is mined. */
  versions: z.array(z.object({ hash: z.string(), raw: z.string(), maxFee: decimal, tip: decimal })),
});

type Pending = z.output<typeof pendingSchema>;

/** zod schema of the sender's journal. */
export const journalSchema = z.object({
  chainId: z.number().int(),
  address: z.string(),
  pending: pendingSchema.nullable(),
});

export type Journal = z.output<typeof journalSchema>;

/** The JSON form of a journal. */
export function journalToJson(journal: Journal): unknown {
  return JSON.parse(
    JSON.stringify(journal, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
  );
}

/** Settings of a sender. Times in milliseconds. */
export interface SenderOptions {
  readonly rpc: RpcClient;
  readonly wallet: Wallet;
  readonly journal: StateFile<Journal>;
  readonly pollMs?: number | undefined;
  /** After this long without being mined, fees are raised. */
  readonly raiseAfterMs?: number | undefined;
  /** After this long the caller is told StillPending. */
  readonly giveUpAfterMs?: number | undefined;
  /** Never pay more per gas, wei; the chain's limit when absent. */
  readonly maxFeePerGas?: bigint | undefined;
  /**
   * Blocks on top of a transaction's own before it counts as mined; none when absent. For whoever does not look again:
   * agents read the chain before every step, and notice a block that was replaced by themselves.
   */
  readonly confirmations?: number | undefined;
  /**
   * Takes the key for one transaction, and returns how to give it back: several programs of one key share its journal.
   * Whoever comes later finishes first what an earlier one left on its way.
   */
  readonly lock?: (() => Promise<() => void>) | undefined;
  /** Told of every transaction that counts as mined, before the journal forgets it: what is noted here survives a crash. */
  readonly onMined?: ((mined: Mined) => void) | undefined;
  readonly sleep?: ((ms: number) => Promise<unknown>) | undefined;
  readonly now?: (() => number) | undefined;
}

const DEFAULT_POLL_MS = 500;
const DEFAULT_RAISE_AFTER_MS = 30_000;
const DEFAULT_GIVE_UP_AFTER_MS = 180_000;
/** A node that refused a transaction may have mined it all the same (it answered twice, or mines at once): look again. */
const REFUSAL_LOOKS = 4;
/** A used nonce without a receipt may be a lagging node: look again. */
const NONCE_LOOKS = 8;
/** A nonce above the account's next one may be a lagging node, too: look again before the gap is filled. */
const GAP_LOOKS = 8;
const TRANSFER_GAS = 21_000n;
/** Gas above the estimate, percent, for state that changes in between. */
const GAS_MARGIN_PERCENT = 25n;

/**
 * Sends the transactions of one key, one at a time. What is signed is written to the journal before it is sent, so that
 * after a crash the same bytes are followed up or sent again instead of new ones: a purpose is never paid for twice.
 * Transactions that stay in the pool are replaced with higher fees, dropped ones are sent again, and what a reorg took out is
 * waited for anew. What an endpoint says of a receipt is checked against the transaction and the chain.
 */
export class TransactionSender {
  readonly address: string;
  readonly #rpc: RpcClient;
  readonly #wallet: Wallet;
  readonly #journal: StateFile<Journal>;
  readonly #options: Required<Omit<SenderOptions, "rpc" | "wallet" | "journal" | "maxFeePerGas">>;
  readonly #maxFeePerGas: bigint;
  #pending: Pending | null;
  /** After a transaction was mined: what an endpoint that lags must not make us forget. */
  #nextNonce = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #newestBlock = -1;

  constructor(options: SenderOptions) {
    this.#rpc = options.rpc;
    this.#wallet = options.wallet;
    this.address = options.wallet.address;
    this.#journal = options.journal;
    this.#maxFeePerGas = options.maxFeePerGas ?? options.rpc.chain.maxFeePerGasWei;
    this.#options = {
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
      raiseAfterMs: options.raiseAfterMs ?? DEFAULT_RAISE_AFTER_MS,
      giveUpAfterMs: options.giveUpAfterMs ?? DEFAULT_GIVE_UP_AFTER_MS,
      confirmations: options.confirmations ?? 0,
      lock: options.lock ?? (async () => () => undefined),
      onMined: options.onMined ?? (() => undefined),
      sleep: options.sleep ?? ((ms) => sleep(ms)),
      now: options.now ?? (() => performance.now()),
    };
    this.#pending = this.#read();
  }

  #read(): Pending | null {
    const stored = this.#journal.read();
    const isOurs = stored?.chainId === this.#rpc.chain.chainId && stored.address === this.address;
    return isOurs ? stored.pending : null;
  }

  /** Newest block that one of our transactions is known to be in: an older head is a lagging endpoint. */
  get newestBlock(): number {
    return this.#newestBlock;
  }

  /** Purpose of the transaction on its way, if any. */
  get pendingKey(): string | undefined {
    return this.#pending?.key;
  }

  /** Follows up what an earlier run left on its way; returns how it ended, undefined when there was nothing. */
  recover(): Promise<Mined | undefined> {
    return this.#inTurn(async () => (this.#pending === null ? undefined : this.#followUp(this.#pending)));
  }

  /**
   * Sends a transaction and waits until it is in a block. When the same purpose is on its way already, waits for that.
   * @throws TransactionRefused, NoGasMoney, StillPending, NonceTaken, RpcFault.
   */
  send(intent: Intent): Promise<Mined> {
    return this.#inTurn(async () => {
      if (this.#pending !== null) {
        const earlier = await this.#followUp(this.#pending);
        if (earlier.key === intent.key) return this.#successful(earlier, intent);
      }
      const pending = await this.#prepare(intent);
      const mined = await this.#followUp(pending);
      return this.#successful(mined, intent);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const locked = async (): Promise<T> => {
      const release = await this.#options.lock();
      try {
        this.#pending = this.#read();
        return await work();
      } finally {
        release();
      }
    };
    const turn = this.#turn.then(locked, locked);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Fees that a transaction sent now would offer. */
  async marketFees(): Promise<Fees> {
    return feesOf(this.#rpc.chain, await readHead(this.#rpc), await this.#suggestedTip(), this.#maxFeePerGas);
  }

  /** Signs the first version and writes it down. Nothing has been sent yet. */
  async #prepare(intent: Intent): Promise<Pending> {
    const gasLimit = intent.gasLimit ?? (await this.#estimate(intent));
    const fees = await this.marketFees();
    const nonce = Math.max(await this.#rpc.getTransactionCount(this.address, "latest"), this.#nextNonce);
    const { key, to, data } = intent;
    const pending: Pending = { key, nonce, to, data, value: intent.value ?? 0n, gasLimit, versions: [] };
    await this.#sign(pending, fees);
    return pending;
  }

  async #estimate(intent: Intent): Promise<bigint> {
    let gas: bigint;
    try {
      const { to, data, value } = intent;
      gas = await this.#rpc.estimateGas({ from: this.address, to, data, value: value ?? 0n });
    } catch (cause) {
      throw this.#refusal(intent.key, cause);
    }
    const padded = gas + (gas * GAS_MARGIN_PERCENT) / 100n;
    const cap = this.#rpc.chain.transactionGasCap;
    return padded > cap ? cap : padded;
  }

  async #suggestedTip(): Promise<bigint> {
    try {
      return BigInt((await this.#rpc.send("eth_maxPriorityFeePerGas", [])) as string);
    } catch (cause) {
      if (isRpcFault(cause)) throw cause;
      return 0n; // Not every node knows the method; the chain's floor applies.
    }
  }

  async #sign(pending: Pending, fees: Fees): Promise<void> {
    const { nonce, to, data, value, gasLimit } = pending;
    const chainId = this.#rpc.chain.chainId;
    const fields = { type: 2, chainId, nonce, to, data, value, gasLimit };
    const raw = await this.#wallet.signTransaction({
      ...fields,
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.tip,
    });
    const { hash } = Transaction.from(raw);
    if (hash === null) throw new Error("a signed transaction has no hash");
    pending.versions.push({ hash, raw, maxFee: fees.maxFee, tip: fees.tip });
    this.#store(pending);
  }

  #store(pending: Pending | null): void {
    this.#pending = pending;
    this.#journal.write({ chainId: this.#rpc.chain.chainId, address: this.address, pending });
  }

  /** Sends, waits, raises fees and sends again, until one version is mined. */
  async #followUp(pending: Pending): Promise<Mined> {
    const started = this.#options.now();
    let raisedAt = started;
    let usedNonceSeen = 0;
    let gapSeen = 0;
    let refusal = await this.#broadcast(pending);
    for (let look = 0; ; look++) {
      const mined = await this.#findMined(pending);
      if (mined !== undefined && (await this.#isDeepEnough(mined))) {
        this.#newestBlock = Math.max(this.#newestBlock, mined.blockNumber);
        this.#nextNonce = pending.nonce + 1;
        this.#options.onMined(mined);
        this.#store(null);
        return mined;
      }
      const nonce = await this.#rpc.getTransactionCount(this.address, "latest");
      if (mined === undefined && nonce > pending.nonce && ++usedNonceSeen >= NONCE_LOOKS) {
        this.#store(null);
        throw new NonceTaken(`nonce ${pending.nonce} of ${this.address} was used by another transaction`);
      }
      if (refusal !== undefined && nonce <= pending.nonce && look >= REFUSAL_LOOKS) {
        if (pending.versions.length === 1) this.#store(null);
        throw this.#refusal(pending.key, refusal);
      }
      if (nonce < pending.nonce && ++gapSeen % GAP_LOOKS === 0) {
        await this.#fillGap(nonce);
        refusal = await this.#broadcast(pending);
      }
      const now = this.#options.now();
      if (now - started > this.#options.giveUpAfterMs) {
        throw new StillPending(`${pending.key} is not mined after ${Math.round((now - started) / 1000)} s`);
      }
      if (mined === undefined && now - raisedAt > this.#options.raiseAfterMs && nonce <= pending.nonce) {
        raisedAt = now;
        refusal = await this.#raise(pending);
      }
      await this.#options.sleep(this.#options.pollMs);
    }
  }

  /** Replaces a transaction by one with higher fees, or sends it again when the fee limit is reached. */
  async #raise(pending: Pending): Promise<unknown> {
    const last = pending.versions.at(-1);
    const market = await this.marketFees();
    const fees = last === undefined ? market : raised(last, market);
    if (fees.maxFee <= this.#maxFeePerGas) await this.#sign(pending, fees);
    return this.#broadcast(pending);
  }

  /** Sends the newest version. Returns why it was refused, undefined when it was taken or is known already. */
  async #broadcast(pending: Pending): Promise<unknown> {
    const raw = pending.versions.at(-1)?.raw;
    try {
      await this.#rpc.send("eth_sendRawTransaction", [raw]);
      return undefined;
    } catch (cause) {
      if (isRpcFault(cause)) throw cause; // It is in the journal: recover() or the next send() goes on.
      // A nonce that is too low was used, perhaps by this very transaction: the receipts will tell. One that is too high waits
      // for the gap before it.
      if (
        /already known|known transaction|already imported|underpriced|nonce (too (low|high)|gap)/i.test(
          messageOf(cause),
        )
      )
        return undefined;
      return cause;
    }
  }

  async #findMined(pending: Pending): Promise<Mined | undefined> {
    for (const { hash } of pending.versions) {
      const receipt = await this.#rpc.getTransactionReceipt(hash);
      if (receipt === null) continue;
      const { blockNumber, contractAddress, gasUsed, gasPrice } = receipt;
      // Another transaction's receipt would make a command answer with somebody else's job.
      if (receipt.hash.toLowerCase() !== hash.toLowerCase() || receipt.from !== this.address) continue;
      // A node may go on to give the receipt of a block that was replaced.
      if ((await readBlock(this.#rpc, blockNumber))?.hash !== receipt.blockHash.toLowerCase()) continue;
      const succeeded = receipt.status === 1;
      const logs = receipt.logs.map(({ address, topics, data }) => ({ address, topics, data }));
      const place = { hash, blockNumber, contractAddress };
      return { key: pending.key, ...place, succeeded, gasUsed, gasCost: gasUsed * gasPrice, logs };
    }
    return undefined;
  }

  async #isDeepEnough({ blockNumber }: Mined): Promise<boolean> {
    const { confirmations } = this.#options;
    return confirmations === 0 || (await readHead(this.#rpc)).number >= blockNumber + confirmations;
  }

  /**
   * A reorg took out an earlier transaction of ours, or an endpoint lied about the nonce: nothing is mined until every nonce
   * before has been used. Signing anew with the missing one could do the same thing twice; a transfer of nothing to
   * oneself cannot.
   */
  async #fillGap(nonce: number): Promise<void> {
    const { maxFee, tip } = await this.marketFees();
    const { chainId } = this.#rpc.chain;
    const fields = { type: 2, chainId, nonce, to: this.address, data: "0x", value: 0n, gasLimit: TRANSFER_GAS };
    const raw = await this.#wallet.signTransaction({ ...fields, maxFeePerGas: maxFee, maxPriorityFeePerGas: tip });
    try {
      await this.#rpc.send("eth_sendRawTransaction", [raw]);
    } catch (cause) {
      if (isRpcFault(cause)) throw cause;
      // The pool holds one for this nonce already, or it has been used meanwhile: the next look tells.
    }
  }

  async #successful(mined: Mined, intent: Intent): Promise<Mined> {
    if (mined.succeeded) return mined;
    const { to, data, value } = intent;
    let cause: unknown = new Error("it failed in its block and succeeds when tried again");
    try {
      await this.#rpc.call({ from: this.address, to, data, value: value ?? 0n, blockTag: mined.blockNumber });
    } catch (found) {
      if (isRpcFault(found)) throw found;
      cause = found;
    }
    throw new TransactionRefused(intent.key, { cause }, mined);
  }

  #refusal(key: string, cause: unknown): unknown {
    if (isRpcFault(cause)) return cause;
    if (isError(cause, "INSUFFICIENT_FUNDS") || /insufficient funds|enough funds/i.test(messageOf(cause))) {
      return new NoGasMoney(`${this.address} cannot pay for the gas of ${key}`, { cause });
    }
    return new TransactionRefused(key, { cause });
  }
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = (cause as { error?: { message?: unknown } }).error?.message;
  return typeof inner === "string" ? `${cause.message} ${inner}` : cause.message;
}
