import { setTimeout as sleep } from "node:timers/promises";
import { JsonRpcApiProvider, Network, isError } from "ethers";
import type { JsonRpcError, JsonRpcPayload, JsonRpcResult } from "ethers";
import type { ChainFacts } from "./chains";

/** Settings of an endpoint client. Times in milliseconds. */
export interface RpcOptions {
  /** Endpoints of one chain; the next one is used when one fails. */
  readonly urls: readonly [string, ...string[]];
  readonly chain: ChainFacts;
  /** Longest single request with its answer. */
  readonly timeoutMs?: number | undefined;
  /** Requests made before giving up, the first included. */
  readonly attempts?: number | undefined;
  /** Wait before the second request; doubles from there, half of it random, up to `maxBackoffMs`. */
  readonly backoffMs?: number | undefined;
  readonly maxBackoffMs?: number | undefined;
  /** Told of every failed request that is tried again. */
  readonly onRetry?: ((failure: RpcFault, attempt: number) => void) | undefined;
}

/** An endpoint did not answer, answered with something else than JSON-RPC, or asked for patience. */
export class RpcFault extends Error {
  override readonly name: string = "RpcFault";
  constructor(
    readonly method: string,
    readonly origin: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${method} at ${origin}: ${reason}`, options);
  }
}

/** An endpoint is of another chain than the one configured. Asking again does not help. */
export class WrongChain extends RpcFault {
  override readonly name = "WrongChain";
  constructor(
    origin: string,
    readonly expected: number,
    readonly found: string,
  ) {
    super("eth_chainId", origin, `the endpoint is of chain ${found}, expected ${expected}`);
  }
}

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_ATTEMPTS = 6;
const DEFAULT_BACKOFF_MS = 200;
const DEFAULT_MAX_BACKOFF_MS = 10_000;
/** Longest answer accepted; a block range of logs of one busy contract stays far below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** JSON-RPC error codes that ask for patience: EIP-1474 limit exceeded, and the HTTP status some gateways put there. */
const PATIENCE_CODES: ReadonlySet<number> = new Set([-32005, 429]);
/** Messages of nodes that lag behind, or gateways that are overloaded. Contract reverts never read like this. */
const PATIENCE_MESSAGE =
  /header not found|block not found|unknown block|missing trie node|rate limit|too many requests|try again|timed? ?out|temporarily/i;
/** Log queries that are too large are the caller's business: it halves its range. */
const RANGE_MESSAGE = /range|results|logs|size/i;

/**
 * A JSON-RPC client that survives bad endpoints: time-outs, exponential back-off with jitter, rotation between endpoints,
 * and answers that are not JSON-RPC count as failures. Each endpoint must name the configured chain before it is believed.
 * Sending a signed transaction again is harmless, so every method is retried.
 */
export class RpcClient extends JsonRpcApiProvider {
  readonly chain: ChainFacts;
  readonly #urls: readonly string[];
  readonly #timeoutMs: number;
  readonly #attempts: number;
  readonly #backoffMs: number;
  readonly #maxBackoffMs: number;
  readonly #onRetry: ((failure: RpcFault, attempt: number) => void) | undefined;
  readonly #verified = new Set<string>();
  #current = 0;

  constructor(options: RpcOptions) {
    const network = Network.from(options.chain.chainId);
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1 });
    this.chain = options.chain;
    this.#urls = options.urls;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#attempts = options.attempts ?? DEFAULT_ATTEMPTS;
    this.#backoffMs = options.backoffMs ?? DEFAULT_BACKOFF_MS;
    this.#maxBackoffMs = options.maxBackoffMs ?? DEFAULT_MAX_BACKOFF_MS;
    this.#onRetry = options.onRetry;
  }

  override async send(method: string, params: unknown[] | Record<string, unknown>): Promise<unknown> {
    this._start();
    return super.send(method, params) as Promise<unknown>;
  }

  /** ethers' only way out to the network: one payload (batches are off). Rejects with RpcFault when every attempt failed. */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload];
    const answers: (JsonRpcResult | JsonRpcError)[] = [];
    for (const single of payloads) answers.push(await this.#retrying(single));
    return answers;
  }

  async #retrying(payload: JsonRpcPayload): Promise<JsonRpcResult | JsonRpcError> {
    for (let attempt = 1; ; attempt++) {
      const url = this.#urls[this.#current % this.#urls.length] as string;
      try {
        await this.#verify(url);
        return await this.#request(url, payload);
      } catch (cause) {
        if (!(cause instanceof RpcFault)) throw cause;
        const last = attempt >= this.#attempts || (cause instanceof WrongChain && this.#urls.length === 1);
        if (last || this.destroyed) throw cause;
        this.#current++;
        this.#onRetry?.(cause, attempt);
        const longest = Math.min(this.#backoffMs * 2 ** (attempt - 1), this.#maxBackoffMs);
        await sleep(longest * (0.5 + Math.random() / 2));
      }
    }
  }

  async #verify(url: string): Promise<void> {
    if (this.#verified.has(url)) return;
    const answer = await this.#request(url, { id: 0, jsonrpc: "2.0", method: "eth_chainId", params: [] });
    const found = "result" in answer ? String(answer.result) : `unknown (${answer.error.message})`;
    if (!/^0x[0-9a-f]+$/i.test(found))
      throw new RpcFault("eth_chainId", originOf(url), `answered ${found.slice(0, 80)}`);
    if (Number(found) !== this.chain.chainId)
      throw new WrongChain(originOf(url), this.chain.chainId, `${Number(found)}`);
    this.#verified.add(url);
  }

  async #request(url: string, payload: JsonRpcPayload): Promise<JsonRpcResult | JsonRpcError> {
    const fault = (reason: string, cause?: unknown): RpcFault =>
      new RpcFault(payload.method, originOf(url), reason, { cause });
    let text: string;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(payload),
        redirect: "error",
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      text = await response.text();
      if (!response.ok && parseAnswer(text, payload.id) === undefined) throw fault(`status ${response.status}`);
    } catch (cause) {
      if (cause instanceof RpcFault) throw cause;
      const timedOut = cause instanceof Error && cause.name === "TimeoutError";
      throw fault(timedOut ? `no answer in ${this.#timeoutMs} ms` : reasonOf(cause), cause);
    }
    if (text.length > MAX_ANSWER_BYTES) throw fault("the answer is too long");
    const answer = parseAnswer(text, payload.id);
    if (answer === undefined) throw fault("the answer is not JSON-RPC");
    if ("error" in answer && asksForPatience(payload.method, answer.error))
      throw fault(answer.error.message ?? "refused");
    return answer;
  }
}

function parseAnswer(text: string, id: number): JsonRpcResult | JsonRpcError | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || !("id" in json) || json.id !== id) return undefined;
  if ("error" in json) {
    const { error } = json;
    const wellFormed = typeof error === "object" && error !== null && "message" in error && "code" in error;
    if (!wellFormed || typeof error.message !== "string" || typeof error.code !== "number") return undefined;
    return { id, error: error as JsonRpcError["error"] };
  }
  return "result" in json ? { id, result: json.result } : undefined;
}

function asksForPatience(method: string, error: JsonRpcError["error"]): boolean {
  if (error.data !== undefined) return false;
  const message = error.message ?? "";
  if (method === "eth_getLogs" && RANGE_MESSAGE.test(message)) return false;
  return PATIENCE_CODES.has(error.code) || PATIENCE_MESSAGE.test(message);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error && cause.cause.message !== "" ? cause.cause.message : cause.message;
}

/** Scheme and host of an endpoint: keys hidden in its path or query never reach a message. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "the endpoint";
}

/** Whether a failure is the endpoint's and may pass, as opposed to a contract's refusal or a mistake of the caller. */
export function isRpcFault(error: unknown): boolean {
  if (error instanceof RpcFault || error instanceof BadAnswer) return true;
  const codes = ["BAD_DATA", "NETWORK_ERROR", "SERVER_ERROR", "TIMEOUT"] as const;
  return codes.some((code) => isError(error, code));
}

/** An endpoint answered in the right form with something that cannot be true. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}

/** What agents need of a block. Times in seconds. */
export interface BlockInfo {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: number;
  readonly baseFeePerGas: bigint | undefined;
}

const HASH = /^0x[0-9a-fA-F]{64}$/;
const QUANTITY = /^0x[0-9a-fA-F]{1,16}$/;

/** Block by number or tag; undefined when the endpoint does not have it. Throws BadAnswer when it is no such block. */
export async function readBlock(
  rpc: Pick<RpcClient, "send">,
  which: number | "latest" | "safe" | "finalized",
): Promise<BlockInfo | undefined> {
  const tag = typeof which === "number" ? `0x${which.toString(16)}` : which;
  const raw: unknown = await rpc.send("eth_getBlockByNumber", [tag, false]);
  if (raw === null || raw === undefined) return undefined;
  const field = (name: string, pattern: RegExp): string => {
    const value = (raw as Record<string, unknown>)[name];
    if (typeof value !== "string" || !pattern.test(value)) throw new BadAnswer(`block ${tag} has no valid ${name}`);
    return value.toLowerCase();
  };
  const block: BlockInfo = {
    number: Number(field("number", QUANTITY)),
    hash: field("hash", HASH),
    parentHash: field("parentHash", HASH),
    timestamp: Number(field("timestamp", QUANTITY)),
    baseFeePerGas: "baseFeePerGas" in Object(raw) ? BigInt(field("baseFeePerGas", /^0x[0-9a-fA-F]{1,32}$/)) : undefined,
  };
  if (typeof which === "number" && block.number !== which) {
    throw new BadAnswer(`asked for block ${which}, got ${block.number}`);
  }
  return block;
}

/** The newest block. Throws BadAnswer when the endpoint has none. */
export async function readHead(rpc: Pick<RpcClient, "send">): Promise<BlockInfo> {
  const head = await readBlock(rpc, "latest");
  if (head === undefined) throw new BadAnswer("the endpoint has no latest block");
  return head;
}

/** Time that the next block would have, seconds; undefined when the endpoint does not say. */
export async function readPendingTime(rpc: Pick<RpcClient, "send">): Promise<number | undefined> {
  const raw: unknown = await rpc.send("eth_getBlockByNumber", ["pending", false]);
  const time: unknown = (raw as { timestamp?: unknown } | null)?.timestamp;
  return typeof time === "string" && QUANTITY.test(time) ? Number(time) : undefined;
}
