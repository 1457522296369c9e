import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { assertSize, checked, DEFAULT_MAX_BYTES, limitOf } from "./contentStore";
import type { ContentStore, GetOptions, Stored, WaitOptions } from "./contentStore";
import { cidOf, digestFromCid, digestOf, parseDigest, type Digest } from "./digest";
import { ContentError, ContentMismatch, ContentMissing, ContentTooLarge, ContentUnavailable } from "./errors";

export interface HttpStoreOptions {
  /** Base URL of the node's RPC, for example `http://127.0.0.1:5001`. */
  readonly url: string;
  /** Value of the Authorization header, for hosted nodes. */
  readonly authorization?: string | undefined;
  /** Longest block read or written, in bytes. */
  readonly maxBytes?: number | undefined;
  /** Longest single request with its answer, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Requests made before giving up, the first included. */
  readonly attempts?: number | undefined;
  /** Wait before the second request, in milliseconds; doubles from there up to 20 times, and half of it is random. */
  readonly backoffMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_ATTEMPTS = 4;
const DEFAULT_BACKOFF_MS = 250;
/** Longest text read of an answer that is not content. */
const MAX_TEXT_BYTES = 16 * 1024;
const RETRY_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The answer of block/put and block/stat. Source: Kubo RPC v0 reference. */
const blockSchema = z.object({ Key: z.string().max(256), Size: z.number().int().nonnegative() });
/** An error of the RPC, sent with status 500. Source: Kubo RPC v0 reference. */
const failureSchema = z.object({ Message: z.string() });

/** An answer worth asking for again. */
class Transient extends Error {
  constructor(
    message: string,
    readonly retryAfterMs: number = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface Call {
  readonly digest: Digest;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: FormData;
  readonly signal: AbortSignal | undefined;
}

/**
 * Content on an IPFS node, through its RPC API (`/api/v0/block/put|get|stat`). Blocks are stored with the raw codec, pinned,
 * and addressed by sha2-256. Unreachable, slow, truncating and lying nodes are asked again with growing pauses, then reported.
 */
export class HttpStore implements ContentStore {
  readonly #base: URL;
  readonly #authorization: string | undefined;
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  readonly #attempts: number;
  readonly #backoffMs: number;

  constructor(options: HttpStoreOptions) {
    const url = new URL(options.url);
    // fetch refuses credentials inside a URL, and they must not reach an error message.
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.#authorization =
      options.authorization ??
      (credentials === ":" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`);
    url.username = "";
    url.password = "";
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    this.#base = url;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#attempts = options.attempts ?? DEFAULT_ATTEMPTS;
    this.#backoffMs = options.backoffMs ?? DEFAULT_BACKOFF_MS;
  }

  async put(bytes: Uint8Array, options?: WaitOptions): Promise<Stored> {
    const digest = digestOf(bytes);
    assertSize(digest, bytes.length, this.#maxBytes);
    const body = new FormData();
    body.append("data", new Blob([Uint8Array.from(bytes)]), "block");
    const query = { "cid-codec": "raw", mhtype: "sha2-256", pin: "true", "allow-big-block": "true" };
    const call: Call = { digest, path: "block/put", query, body, signal: options?.signal };
    return this.#retrying(call, async (response) => {
      const { Key } = parseAs(blockSchema, await readBody(response, MAX_TEXT_BYTES));
      if (keyDigest(Key) !== digest) throw new ContentMismatch(digest, Key);
      return { digest, cid: cidOf(digest), size: bytes.length };
    });
  }

  async get(digest: Digest, options?: GetOptions): Promise<Uint8Array> {
    const key = parseDigest(digest);
    const maxBytes = limitOf(this.#maxBytes, options);
    // The node is told the same limit, so that it stops looking for peers when nobody waits any more.
    const query = { arg: cidOf(key), timeout: `${this.#timeoutMs}ms` };
    const call: Call = { digest: key, path: "block/get", query, signal: options?.signal };
    return this.#retrying(call, async (response) => checked(key, await readContent(response, maxBytes, key)));
  }

  async has(digest: Digest, options?: WaitOptions): Promise<boolean> {
    const key = parseDigest(digest);
    const call: Call = {
      digest: key,
      path: "block/stat",
      query: { arg: cidOf(key), offline: "true" },
      signal: options?.signal,
    };
    try {
      return await this.#retrying(call, async (response) => {
        const { Key } = parseAs(blockSchema, await readBody(response, MAX_TEXT_BYTES));
        if (keyDigest(Key) !== key) throw new ContentMismatch(key, Key);
        return true;
      });
    } catch (cause) {
      if (cause instanceof ContentMissing) return false;
      throw cause;
    }
  }

  async #retrying<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      call.signal?.throwIfAborted();
      try {
        return await read(await this.#send(call));
      } catch (cause) {
        call.signal?.throwIfAborted();
        const final = cause instanceof ContentMissing || cause instanceof ContentTooLarge || isRefusal(cause);
        if (final || attempt >= this.#attempts) throw this.#failure(call.digest, cause, attempt);
        await this.#pause(attempt, cause instanceof Transient ? cause.retryAfterMs : 0, call.signal);
      }
    }
  }

  async #send(call: Call): Promise<Response> {
    const url = new URL(`api/v0/${call.path}`, this.#base);
    for (const [name, value] of Object.entries(call.query)) url.searchParams.set(name, value);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const init: RequestInit = {
      method: "POST",
      redirect: "error",
      signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
    };
    if (this.#authorization !== undefined) init.headers = { authorization: this.#authorization };
    if (call.body !== undefined) init.body = call.body;
    const response = await fetch(url, init);
    if (!response.ok) throw await refused(call.digest, response);
    return response;
  }

  async #pause(attempt: number, atLeastMs: number, signal: AbortSignal | undefined): Promise<void> {
    const longest = this.#backoffMs * Math.min(2 ** (attempt - 1), 20);
    // A node may ask for patience, but not for more than one request may take.
    const asked = Math.min(atLeastMs, this.#timeoutMs);
    const wait = Math.max(longest * (0.5 + Math.random() / 2), asked);
    try {
      await sleep(wait, undefined, signal === undefined ? {} : { signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw cause;
    }
  }

  #failure(digest: Digest, cause: unknown, attempts: number): ContentError {
    if (cause instanceof ContentError) return cause;
    const reason = cause instanceof Error ? describe(cause) : String(cause);
    return new ContentUnavailable(digest, `${this.#base.origin}, request ${attempts}: ${reason}`, { cause });
  }
}

/** A final answer that will not change by asking again. */
function isRefusal(cause: unknown): boolean {
  return cause instanceof ContentUnavailable;
}

async function refused(digest: Digest, response: Response): Promise<Error> {
  const text = Buffer.from(await readBody(response, MAX_TEXT_BYTES)).toString("utf8");
  const parsed = failureSchema.safeParse(parseJson(text));
  const message = parsed.success ? parsed.data.Message : text.trim().slice(0, 200);
  const isAnswer = parsed.success && (response.status === 500 || response.status === 404);
  if (isAnswer && /could not find|not found/i.test(message)) return new ContentMissing(digest);
  const reason = `status ${response.status}${message === "" ? "" : `, ${message}`}`;
  if (!RETRY_STATUS.has(response.status)) return new ContentUnavailable(digest, reason);
  return new Transient(reason, retryAfterMs(response.headers.get("retry-after")));
}

/** Source: RFC 9110, section 10.2.3; only the form in seconds is honoured. */
function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;
}

/** An answer longer than its reader accepts. */
class BodyTooLong extends Transient {
  constructor(maxBytes: number) {
    super(`the answer has more than ${maxBytes} bytes`);
  }
}

/** Reads an answer chunk by chunk and stops as soon as it is too long, whatever its header said. */
async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(response.headers.get("content-length") ?? "0");
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw new BodyTooLong(maxBytes);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // undici types the stream's chunks as unknown; the fetch standard makes them Uint8Array.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLong(maxBytes);
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks, size));
}

/** Content that is too long stays so: that is final, where a bloated error page is not. */
async function readContent(response: Response, maxBytes: number, digest: Digest): Promise<Uint8Array> {
  try {
    return await readBody(response, maxBytes);
  } catch (cause) {
    throw cause instanceof BodyTooLong ? new ContentTooLarge(digest, maxBytes) : cause;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseAs<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  const parsed = schema.safeParse(parseJson(Buffer.from(body).toString("utf8")));
  if (!parsed.success) throw new Transient("the answer is not the one of an IPFS node");
  return parsed.data;
}

function keyDigest(key: string): Digest | undefined {
  try {
    return digestFromCid(key);
  } catch {
    return undefined;
  }
}

function describe(cause: Error): string {
  if (cause.name === "TimeoutError") return "no complete answer in time";
  return cause.cause instanceof Error && cause.cause.message !== ""
    ? `${cause.message} (${cause.cause.message})`
    : cause.message;
}
