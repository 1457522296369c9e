import { expect } from "chai";
import { chainOf, type ChainFacts } from "../../../src/chain/chains";
import { BadAnswer, isRpcFault, readBlock, readHead, RpcClient, RpcFault, WrongChain } from "../../../src/chain/rpc";
import { rejection } from "../store/rejection";
import { FakeNode, type Mischief } from "./fakeNode";

const chain: ChainFacts = chainOf(31337);

/** Does something to the first `times` requests of a method. */
function first(times: number, method: string, mischief: Mischief): Mischief {
  let left = times;
  return (request, response) => (request.method === method && left-- > 0 ? mischief(request, response) : undefined);
}

describe("chain/rpc", () => {
  let node: FakeNode;
  let url: string;
  let clients: RpcClient[];

  beforeEach(async () => {
    node = new FakeNode();
    url = await node.start();
    clients = [];
  });

  afterEach(async () => {
    for (const client of clients) client.destroy();
    await node.stop();
  });

  function connect(urls: [string, ...string[]] = [url], attempts = 4): RpcClient {
    const client = new RpcClient({ urls, chain, attempts, timeoutMs: 300, backoffMs: 1, maxBackoffMs: 4 });
    clients.push(client);
    return client;
  }

  describe("when an endpoint misbehaves for a while", () => {
    const mischiefs: Record<string, Mischief> = {
      "hangs up": (_request, response) => void response.destroy(),
      "does not answer in time": () => new Promise((resolve) => setTimeout(resolve, 1000)),
      "answers with a page": (_request, response) => void response.end("<html>bad gateway</html>"),
      "answers with status 503": (_request, response) => void response.writeHead(503).end("busy"),
      "answers another request": (request) => ({ id: request.id + 1, result: "0x1" }),
      "answers without result": () => ({ nothing: true }),
      "answers with a malformed error": () => ({ error: "oops" }),
      "asks for patience": () => ({ error: { code: -32005, message: "limit exceeded" } }),
      "lags behind": () => ({ error: { code: -32000, message: "header not found" } }),
    };
    for (const [name, mischief] of Object.entries(mischiefs)) {
      it(`asks again: ${name}`, async () => {
        node.mineMany(4);
        node.mischief = [first(2, "eth_getBlockByNumber", mischief)];
        expect((await readHead(connect())).number).to.equal(4);
        expect(node.count("eth_getBlockByNumber")).to.equal(3);
      });
    }
  });

  it("gives up after the attempts allowed, naming host and method but not the rest of the address", async () => {
    node.mischief = [(_request, response) => void response.destroy()];
    const failure = await rejection(readHead(connect([`${url}secret-key`])));
    expect(failure).to.be.instanceOf(RpcFault);
    expect(String(failure))
      .to.match(/eth_chainId at http:\/\/127\.0\.0\.1:\d+: /)
      .and.not.contain("secret");
    expect(node.requests).to.have.length(4);
    expect(isRpcFault(failure)).to.equal(true);
  });

  it("goes to the next endpoint when one fails", async () => {
    const other = new FakeNode();
    const otherUrl = await other.start();
    other.mineMany(9);
    node.mischief = [(_request, response) => void response.destroy()];
    try {
      expect((await readHead(connect([url, otherUrl]))).number).to.equal(9);
    } finally {
      await other.stop();
    }
  });

  it("refuses an endpoint of another chain, before asking it anything else", async () => {
    node.chainId = 1;
    const failure = await rejection(readHead(connect()));
    expect(failure).to.be.instanceOf(WrongChain);
    expect(String(failure)).to.contain("chain 1, expected 31337");
    expect(node.requests.map((request) => request.method)).to.deep.equal(["eth_chainId"]);
  });

  it("does not ask again when a contract refuses", async () => {
    const data = "0x08c379a0";
    node.mischief = [first(9, "eth_call", () => ({ error: { code: 3, message: "execution reverted", data } }))];
    const failure = await rejection(connect().call({ to: url.slice(0, 0) || `0x${"11".repeat(20)}`, data: "0x" }));
    expect(failure).to.have.property("code", "CALL_EXCEPTION");
    expect(isRpcFault(failure)).to.equal(false);
    expect(node.count("eth_call")).to.equal(1);
  });

  describe("readBlock", () => {
    it("reads number, hashes, time and base fee", async () => {
      const mined = node.mine();
      const block = await readBlock(connect(), mined.number);
      expect(block).to.deep.equal({
        number: mined.number,
        hash: mined.hash,
        parentHash: mined.parentHash,
        timestamp: mined.timestamp,
        baseFeePerGas: 7n,
      });
      expect(await readBlock(connect(), 99)).to.equal(undefined);
    });

    const lies: Record<string, unknown> = {
      "another block": {
        number: "0x5",
        hash: `0x${"1".repeat(64)}`,
        parentHash: `0x${"1".repeat(64)}`,
        timestamp: "0x1",
      },
      "a block without hash": { number: "0x0", parentHash: `0x${"1".repeat(64)}`, timestamp: "0x1" },
      "a word": "banana",
      "a time that is text": {
        number: "0x0",
        hash: `0x${"1".repeat(64)}`,
        parentHash: `0x${"1".repeat(64)}`,
        timestamp: "now",
      },
    };
    for (const [name, result] of Object.entries(lies)) {
      it(`refuses ${name}`, async () => {
        node.mischief = [first(9, "eth_getBlockByNumber", () => ({ result }))];
        const failure = await rejection(readBlock(connect(), 0));
        expect(failure).to.be.instanceOf(BadAnswer);
        expect(isRpcFault(failure)).to.equal(true);
      });
    }
  });
});
