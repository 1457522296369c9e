import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A JSON-RPC request on its way to the chain. */
export interface RpcRequest {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Who answers requests in the end. */
export interface RpcTarget {
  request(request: { method: string; params: unknown[] }): Promise<unknown>;
}

/**
 * What happens to a request: `result` or `error` replace the answer, `status` is one of HTTP without an answer, "drop" hangs
 * up, undefined lets it through.
 */
export type Trick = (request: RpcRequest) => Promise<TrickAnswer> | TrickAnswer;
export type TrickAnswer =
  { result: unknown } | { error: unknown } | { status: number } | "drop" | "garbage" | undefined;

/**
 * The embedded chain behind an HTTP port on the loopback, as agents in other processes see it; with tricks, an endpoint
 * that drops, delays and lies.
 */
export class ChainServer {
  readonly counts = new Map<string, number>();
  tricks: Trick[] = [];
  readonly #server: Server;
  #url = "";

  constructor(private readonly target: RpcTarget) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.#url;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return; // The client was killed in the middle of its request.
    }
    const request = JSON.parse(Buffer.concat(chunks).toString("utf8")) as RpcRequest;
    this.counts.set(request.method, (this.counts.get(request.method) ?? 0) + 1);
    const answer = (await this.#tricked(request)) ?? (await this.#honest(request));
    if (answer === "drop") return void response.destroy();
    if (answer === "garbage") return void response.end('{"jsonrpc":"2.0","id":');
    if ("status" in answer) return void response.writeHead(answer.status).end("have patience");
    response.end(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...answer }));
  }

  async #tricked(request: RpcRequest): Promise<TrickAnswer> {
    for (const trick of this.tricks) {
      const answer = await trick(request);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  async #honest({ method, params }: RpcRequest): Promise<{ result: unknown } | { error: unknown }> {
    try {
      return { result: await this.target.request({ method, params: [...params] }) };
    } catch (cause) {
      // As nodes do it: code, message, and the revert data where there is any.
      const { code, message, data } = cause as { code?: number; message?: string; data?: unknown };
      const revert = typeof data === "object" && data !== null && "data" in data ? data.data : data;
      return {
        error: {
          code: code ?? -32000,
          message: message ?? "failed",
          ...(typeof revert === "string" ? { data: revert } : {}),
        },
      };
    }
  }
}
