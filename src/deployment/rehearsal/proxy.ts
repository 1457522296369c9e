import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request: "pass" goes on to the chain, "drop" does, too, but the caller never hears of it. */
export type Ruling = "pass" | "drop";

/**
 * Stands between a deployment and its chain, so that a rehearsal can kill at an exact transaction and make blocks come.
 * Listens on the loopback only.
 */
export class ChainProxy {
  /** Transactions that were handed to the chain. */
  transactions = 0;
  /** Asked before each request reaches the chain, told after it. */
  rule: (method: string) => Ruling = () => "pass";
  after: (method: string) => Promise<void> = async () => undefined;
  readonly #server: Server;

  constructor(private readonly target: string) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString("utf8");
      const { method } = JSON.parse(body) as { method: string };
      const ruling = this.rule(method);
      if (method === "eth_sendRawTransaction") this.transactions++;
      const answer = await fetch(this.target, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      const text = await answer.text();
      await this.after(method);
      if (ruling === "drop") return void response.destroy();
      response.writeHead(200, { "content-type": "application/json" });
      response.end(text);
    } catch {
      response.destroy(); // The caller was killed in the middle of its request, or the chain is gone.
    }
  }
}
