import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { cidOf, digestOf } from "../../../src/store";

/** What the node does with a request instead of answering properly. Returning false falls through to the proper answer. */
export type Misbehaviour = (request: Seen, response: ServerResponse) => boolean;

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** Milliseconds at arrival. */
  readonly at: number;
}

/** An IPFS node's RPC on 127.0.0.1: block/put, block/get and block/stat as Kubo answers them, and faults on demand. */
export class FakeIpfsNode {
  readonly blocks = new Map<string, Buffer>();
  readonly seen: Seen[] = [];
  misbehave: Misbehaviour = () => false;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((done) => this.#server?.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise<void>((done) => (this.#server === undefined ? done() : this.#server.close(() => done())));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://node");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen: Seen = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      authorization: request.headers.authorization,
      at: Date.now(),
    };
    this.seen.push(seen);
    if (this.misbehave(seen, response)) return;
    if (seen.method !== "POST") return send(response, 405, "405 - Method Not Allowed");
    const cid = seen.query.get("arg") ?? "";
    if (seen.path === "/api/v0/block/put") return this.#put(request, Buffer.concat(chunks), seen, response);
    const block = this.blocks.get(cid);
    if (seen.path !== "/api/v0/block/get" && seen.path !== "/api/v0/block/stat")
      return send(response, 404, "404 page not found");
    if (block === undefined)
      return failure(response, `block was not found locally (offline): ipld: could not find ${cid}`);
    if (seen.path === "/api/v0/block/stat")
      return send(response, 200, JSON.stringify({ Key: cid, Size: block.length }));
    response.writeHead(200, { "content-type": "application/octet-stream" });
    response.end(block);
  }

  #put(request: IncomingMessage, body: Buffer, seen: Seen, response: ServerResponse): void {
    const boundary = /boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1];
    if (boundary === undefined) return failure(response, "file argument 'data' is required");
    if (seen.query.get("cid-codec") !== "raw" || seen.query.get("mhtype") !== "sha2-256")
      return failure(response, "unexpected codec");
    const from = body.indexOf("\r\n\r\n") + 4;
    const block = body.subarray(from, body.lastIndexOf(`\r\n--${boundary}--`));
    if (block.length > 1024 * 1024 && seen.query.get("allow-big-block") !== "true")
      return failure(response, "produced block is over 1MiB");
    const cid = cidOf(digestOf(block));
    this.blocks.set(cid, Buffer.from(block));
    send(response, 200, JSON.stringify({ Key: cid, Size: block.length }));
  }
}

/** An RPC error in Kubo's form. */
export function failure(response: ServerResponse, message: string): void {
  send(response, 500, JSON.stringify({ Message: message, Code: 0, Type: "error" }));
}

export function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
