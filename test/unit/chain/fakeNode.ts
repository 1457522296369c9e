import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { keccak256, toUtf8Bytes } from "ethers";

/** A JSON-RPC request as a node sees it. */
export interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What a node does with a request before its usual answer; undefined lets it through. */
export type Mischief = (request: Request, response: ServerResponse) => unknown;

export interface FakeLog {
  /** FAKE_ADDRESS when absent, whatever was asked for. */
  readonly address?: string;
  readonly topics: string[];
  readonly data?: string;
}

export interface FakeBlock {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: number;
  readonly logs: readonly FakeLog[];
}

export const FAKE_ADDRESS = `0x${"ab".repeat(20)}`;

/** The topic that stands for a name. */
export function topic(name: string): string {
  return keccak256(toUtf8Bytes(name));
}

/** A node of a made-up chain on the loopback: blocks and logs as told, and any mischief on top. */
export class FakeNode {
  readonly requests: Request[] = [];
  /** Asked in order; the first that answers something else than undefined (or ends the response) wins. */
  mischief: Mischief[] = [];
  chainId = 31337;
  blocks: FakeBlock[] = [];
  readonly #server: Server;
  #fork = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.mine([]);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get head(): FakeBlock {
    return this.blocks.at(-1) as FakeBlock;
  }

  /** Adds a block with these logs. */
  mine(logs: readonly FakeLog[] = []): FakeBlock {
    const number = this.blocks.length;
    const block: FakeBlock = {
      number,
      hash: keccak256(toUtf8Bytes(`${this.#fork}/${number}`)),
      parentHash: this.blocks.at(-1)?.hash ?? `0x${"0".repeat(64)}`,
      timestamp: this.timeOf(number),
      logs,
    };
    this.blocks.push(block);
    return block;
  }

  mineMany(count: number): void {
    for (let index = 0; index < count; index++) this.mine();
  }

  /** Drops the newest blocks; what is mined afterwards has other hashes. */
  fork(depth: number): void {
    this.blocks = this.blocks.slice(0, this.blocks.length - depth);
    this.#fork++;
  }

  count(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Request;
    this.requests.push(request);
    for (const trick of this.mischief) {
      const answer = await trick(request, response);
      if (response.writableEnded || response.destroyed) return;
      if (answer !== undefined)
        return void response.end(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...Object(answer) }));
    }
    response.end(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...this.reply(request) }));
  }

  /** Time of a block that is mined now. */
  protected timeOf(number: number): number {
    return 1_700_000_000 + number;
  }

  /** The honest answer, or refusal. */
  protected reply(request: Request): object {
    return { result: this.result(request) };
  }

  /** The honest answer. */
  result({ method, params }: Request): unknown {
    if (method === "eth_chainId") return `0x${this.chainId.toString(16)}`;
    if (method === "eth_getBlockByNumber") return this.#block(String(params[0]));
    if (method === "eth_getLogs") return this.#logs(params[0] as LogQuery);
    return null;
  }

  #block(tag: string): unknown {
    const block = tag === "latest" ? this.head : this.blocks[Number(tag)];
    if (block === undefined) return null;
    const { number, hash, parentHash, timestamp } = block;
    return { number: hex(number), hash, parentHash, timestamp: hex(timestamp), baseFeePerGas: "0x7" };
  }

  #logs(query: LogQuery): unknown[] {
    const found: unknown[] = [];
    for (const block of this.blocks.slice(Number(query.fromBlock), Number(query.toBlock) + 1)) {
      block.logs.forEach((log, index) => {
        const wanted = query.topics.every((allowed, at) => allowed === null || allowed.includes(log.topics[at] ?? ""));
        const isAsked = log.address === undefined || query.address.some((address) => isSame(address, log.address));
        if (wanted && isAsked) found.push(this.log(block, log, index));
      });
    }
    return found;
  }

  log(block: FakeBlock, log: FakeLog, index: number): Record<string, unknown> {
    return {
      address: log.address ?? FAKE_ADDRESS,
      topics: log.topics,
      data: log.data ?? "0x",
      blockNumber: hex(block.number),
      blockHash: block.hash,
      transactionHash: keccak256(toUtf8Bytes(`${block.hash}/${index}`)),
      logIndex: hex(index),
      removed: false,
    };
  }
}

function isSame(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

interface LogQuery {
  readonly address: readonly string[];
  readonly fromBlock: string;
  readonly toBlock: string;
  readonly topics: readonly (readonly string[] | null)[];
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
