import { z } from "zod";
import { LogReader, type ChainLog, type LogFilter } from "./logs";
import { BadAnswer, readBlock, readHead, type BlockInfo, type RpcClient } from "./rpc";

/** Where a follower stands; kept by its owner together with whatever the events led to. */
export interface Cursor {
  /** Newest block whose events were handed out; the block before the first one at the start. */
  readonly block: number;
  /** Number and hash of blocks handed out lately, ascending: how a reorg is noticed and how far it goes. */
  readonly hashes: readonly (readonly [number: number, hash: string])[];
}

/** zod schema of a stored cursor. */
export const cursorSchema: z.ZodType<Cursor> = z.object({
  block: z.number().int().min(-1),
  hashes: z.array(z.tuple([z.number().int().nonnegative(), z.string().regex(/^0x[0-9a-f]{64}$/)])),
});

/** What one poll found. */
export interface Batch {
  /** The chain's newest block: its number and its time, the only clock that agents compare deadlines with. */
  readonly head: BlockInfo;
  /** Events in order, each once per chain of blocks. */
  readonly logs: readonly ChainLog[];
  /** Where to go on after the events were dealt with. */
  readonly cursor: Cursor;
  /** Last block that is still the same when blocks were replaced: everything learnt after it must be read again. */
  readonly rolledBackTo: number | undefined;
  /** Whether the events reach up to the head; false while catching up. */
  readonly isCurrent: boolean;
}

export interface FollowerOptions {
  readonly rpc: RpcClient;
  readonly filter: LogFilter;
  /** First block that can hold an event. */
  readonly fromBlock: number;
  /** Most blocks of one poll. */
  readonly maxBlocks?: number | undefined;
  /** Polls in a row that may see an older head before the chain counts as shortened. */
  readonly staleLimit?: number | undefined;
}

/** The endpoint is behind what it showed before. Passes by itself, or the chain was shortened. */
export class StaleHead extends BadAnswer {
  override readonly name = "BadAnswer";
}

const DEFAULT_STALE_LIMIT = 10;
/** Polls' worth of log ranges taken at once while catching up. */
const RANGES_PER_POLL = 4;

/**
 * Follows the events of some contracts through an endpoint that may lag, drop out or change its mind. Poll, deal with the
 * batch, store its cursor together with the outcome: after a crash the same batch comes again, so dealing with an event
 * must be repeatable. An event is a hint where to look; what holds is what the contracts say when asked.
 */
export class EventFollower {
  readonly #rpc: RpcClient;
  readonly #filter: LogFilter;
  readonly #fromBlock: number;
  readonly #maxBlocks: number;
  readonly #staleLimit: number;
  readonly #logs: LogReader;
  #staleSeen = 0;

  constructor(options: FollowerOptions) {
    this.#rpc = options.rpc;
    this.#filter = options.filter;
    this.#fromBlock = options.fromBlock;
    this.#maxBlocks = options.maxBlocks ?? options.rpc.chain.logRange * RANGES_PER_POLL;
    this.#staleLimit = options.staleLimit ?? DEFAULT_STALE_LIMIT;
    this.#logs = new LogReader(options.rpc, options.rpc.chain.logRange);
  }

  /** The cursor of a follower that has seen nothing. */
  get start(): Cursor {
    return { block: this.#fromBlock - 1, hashes: [] };
  }

  /**
   * Reads what is new after a cursor.
   * @throws RpcFault or BadAnswer when the endpoint fails or contradicts itself; poll again later.
   */
  async poll(cursor: Cursor): Promise<Batch> {
    const head = await readHead(this.#rpc);
    const known = await this.#commonAncestor(cursor, head);
    const rolledBackTo = known.block < cursor.block ? known.block : undefined;
    if (head.number <= known.block) {
      return { head, logs: [], cursor: known, rolledBackTo, isCurrent: true };
    }
    const to = Math.min(head.number, known.block + this.#maxBlocks);
    const end = to === head.number ? head : await this.#block(to);
    const logs = await this.#logs.read(this.#filter, known.block + 1, to);
    await this.#assertSameChain(logs, end);
    const cursorAfter = { block: to, hashes: this.#remember(known.hashes, logs, end) };
    return { head, logs, cursor: cursorAfter, rolledBackTo, isCurrent: to === head.number };
  }

  /** The part of a cursor that the chain still agrees with. */
  async #commonAncestor(cursor: Cursor, head: BlockInfo): Promise<Cursor> {
    const newest = cursor.hashes.at(-1);
    if (newest === undefined) return cursor.block < this.#fromBlock ? this.start : cursor;
    const [number, hash] = newest;
    if (head.number < number) return this.#olderHead(cursor, head);
    this.#staleSeen = 0;
    if (head.number === number && head.hash === hash) return cursor;
    if (head.number === number + 1 && head.parentHash === hash) return cursor;
    if (head.number > number && (await this.#block(number)).hash === hash) return cursor;
    return this.#walkBack(cursor);
  }

  /** A head below the cursor: an endpoint that lags, until it has done so for long; then the chain is shorter now. */
  async #olderHead(cursor: Cursor, head: BlockInfo): Promise<Cursor> {
    const kept = cursor.hashes.find(([number]) => number === head.number);
    const replaced = kept !== undefined && kept[1] !== head.hash;
    if (!replaced && ++this.#staleSeen < this.#staleLimit) {
      throw new StaleHead(`the endpoint is at block ${head.number}, ${cursor.block} was seen before`);
    }
    this.#staleSeen = 0;
    return this.#walkBack({ ...cursor, hashes: cursor.hashes.filter(([number]) => number <= head.number) });
  }

  async #walkBack(cursor: Cursor): Promise<Cursor> {
    for (let index = cursor.hashes.length - 1; index >= 0; index--) {
      const [number, hash] = cursor.hashes[index] as readonly [number, string];
      const found = await readBlock(this.#rpc, number);
      if (found?.hash === hash) return { block: number, hashes: cursor.hashes.slice(0, index + 1) };
    }
    // Nothing that was remembered is left: everything that may have changed is read again.
    const oldest = cursor.hashes[0]?.[0] ?? cursor.block;
    return { block: Math.max(this.#fromBlock, oldest - this.#rpc.chain.reorgDepth) - 1, hashes: [] };
  }

  async #block(number: number): Promise<BlockInfo> {
    const block = await readBlock(this.#rpc, number);
    if (block === undefined) throw new BadAnswer(`the endpoint does not have block ${number}`);
    return block;
  }

  /** Logs and blocks are separate questions, perhaps to separate nodes: they must be of one chain. */
  async #assertSameChain(logs: readonly ChainLog[], end: BlockInfo): Promise<void> {
    const hashes = new Map<number, string>();
    for (const log of logs) {
      if ((hashes.get(log.blockNumber) ?? log.blockHash) !== log.blockHash) {
        throw new BadAnswer(`logs of block ${log.blockNumber} name two hashes`);
      }
      hashes.set(log.blockNumber, log.blockHash);
    }
    const after = await this.#block(end.number);
    if (after.hash !== end.hash || (hashes.get(end.number) ?? end.hash) !== end.hash) {
      throw new BadAnswer(`block ${end.number} changed while its logs were read`);
    }
  }

  #remember(known: Cursor["hashes"], logs: readonly ChainLog[], end: BlockInfo): Cursor["hashes"] {
    const hashes = new Map<number, string>(known);
    for (const log of logs) hashes.set(log.blockNumber, log.blockHash);
    hashes.set(end.number, end.hash);
    const sorted = [...hashes].sort(([a], [b]) => a - b);
    // One older hash is kept as an anchor below the deepest reorg expected.
    const oldest = sorted.findLastIndex(([number]) => number <= end.number - this.#rpc.chain.reorgDepth);
    return sorted.slice(Math.max(0, oldest));
  }
}
