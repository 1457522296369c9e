import { isError } from "ethers";
import { BadAnswer, isRpcFault, type RpcClient } from "./rpc";

/** An event record, checked against what was asked for. */
export interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly logIndex: number;
}

/** Which logs: any of the addresses; per topic position one of the values, or anything where null. */
export interface LogFilter {
  readonly addresses: readonly string[];
  readonly topics?: readonly (readonly string[] | null)[] | undefined;
}

const TOO_LARGE = /range|too many|limit|more than|exceed|results|response size|large|timed? ?out/i;
/** Successes in a row after which a shrunk range is tried larger again. */
const GROW_AFTER = 16;

/**
 * Reads logs in ranges that the endpoint accepts: at most `cap` blocks, halved whenever a range is refused as too large and
 * grown back slowly. Every record must lie in its range and match the filter.
 */
export class LogReader {
  readonly #rpc: Pick<RpcClient, "send">;
  readonly #cap: number;
  #range: number;
  #successes = 0;

  constructor(rpc: Pick<RpcClient, "send">, cap: number) {
    this.#rpc = rpc;
    this.#cap = cap;
    this.#range = cap;
  }

  /** Blocks that one request may span at present. */
  get range(): number {
    return this.#range;
  }

  /**
   * Logs of blocks `from` to `to`, both included, ordered by block and index.
   * @throws RpcFault, BadAnswer, or the endpoint's refusal of a single block.
   */
  async read(filter: LogFilter, from: number, to: number): Promise<ChainLog[]> {
    const logs: ChainLog[] = [];
    let next = from;
    while (next <= to) {
      const end = Math.min(to, next + this.#range - 1);
      try {
        logs.push(...(await this.#request(filter, next, end)));
      } catch (cause) {
        if (end === next || !isTooLarge(cause)) throw cause;
        this.#range = Math.max(1, Math.floor((end - next + 1) / 2));
        this.#successes = 0;
        continue;
      }
      next = end + 1;
      this.#grow();
    }
    return logs;
  }

  #grow(): void {
    if (++this.#successes < GROW_AFTER || this.#range >= this.#cap) return;
    this.#range = Math.min(this.#cap, this.#range * 2);
    this.#successes = 0;
  }

  async #request(filter: LogFilter, from: number, to: number): Promise<ChainLog[]> {
    const query = {
      address: filter.addresses,
      topics: filter.topics ?? [],
      fromBlock: `0x${from.toString(16)}`,
      toBlock: `0x${to.toString(16)}`,
    };
    const raw: unknown = await this.#rpc.send("eth_getLogs", [query]);
    if (!Array.isArray(raw)) throw new BadAnswer("eth_getLogs did not answer with a list");
    const logs = raw.map((item) => parseLog(item, filter, from, to));
    logs.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
    return logs.filter((log, index) => !isSame(log, logs[index - 1]));
  }
}

function isSame(log: ChainLog, previous: ChainLog | undefined): boolean {
  return previous?.blockNumber === log.blockNumber && previous.logIndex === log.logIndex;
}

function isTooLarge(cause: unknown): boolean {
  // ethers wraps a JSON-RPC error of no known kind; a dead endpoint is no reason to ask for less.
  if (isRpcFault(cause) || !(cause instanceof Error)) return false;
  const inner = isError(cause, "UNKNOWN_ERROR") ? (cause.error as { message?: unknown } | undefined)?.message : "";
  return TOO_LARGE.test(`${cause.message} ${typeof inner === "string" ? inner : ""}`);
}

function parseLog(item: unknown, filter: LogFilter, from: number, to: number): ChainLog {
  if (typeof item !== "object" || item === null) throw new BadAnswer("a log is no object");
  const raw = item as Record<string, unknown>;
  const text = (name: string, pattern: RegExp): string => {
    const value = raw[name];
    if (typeof value !== "string" || !pattern.test(value)) throw new BadAnswer(`a log has no valid ${name}`);
    return value.toLowerCase();
  };
  if (raw["removed"] === true) throw new BadAnswer("a log of a removed block was sent as current");
  const topics = raw["topics"];
  const isTopic = (topic: unknown): topic is string => typeof topic === "string" && /^0x[0-9a-fA-F]{64}$/.test(topic);
  if (!Array.isArray(topics) || topics.length > 4 || !topics.every(isTopic)) throw new BadAnswer("a log has no topics");
  const log: ChainLog = {
    address: text("address", /^0x[0-9a-fA-F]{40}$/),
    topics: topics.map((topic) => topic.toLowerCase()),
    data: text("data", /^0x([0-9a-fA-F]{2})*$/),
    blockNumber: Number(text("blockNumber", /^0x[0-9a-fA-F]{1,12}$/)),
    blockHash: text("blockHash", /^0x[0-9a-fA-F]{64}$/),
    transactionHash: text("transactionHash", /^0x[0-9a-fA-F]{64}$/),
    logIndex: Number(text("logIndex", /^0x[0-9a-fA-F]{1,8}$/)),
  };
  if (log.blockNumber < from || log.blockNumber > to) {
    throw new BadAnswer(`a log of block ${log.blockNumber} was sent for blocks ${from} to ${to}`);
  }
  if (!matches(filter, log)) throw new BadAnswer("a log was sent that does not match the filter");
  return log;
}

function matches(filter: LogFilter, log: ChainLog): boolean {
  const addressed = filter.addresses.some((address) => address.toLowerCase() === log.address);
  const topics = filter.topics ?? [];
  return (
    addressed &&
    topics.every((allowed, index) => {
      const found = log.topics[index];
      return allowed === null || (found !== undefined && allowed.some((topic) => topic.toLowerCase() === found));
    })
  );
}
