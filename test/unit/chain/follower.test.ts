import { expect } from "chai";
import { chainOf, type ChainFacts } from "../../../src/chain/chains";
import { cursorSchema, EventFollower, type Batch, type Cursor } from "../../../src/chain/follower";
import { LogReader } from "../../../src/chain/logs";
import { BadAnswer, RpcClient } from "../../../src/chain/rpc";
import { rejection } from "../store/rejection";
import { FAKE_ADDRESS, FakeNode, topic, type FakeLog } from "./fakeNode";

const A = topic("A");
const B = topic("B");
const filter = { addresses: [FAKE_ADDRESS], topics: [[A, B]] };
const named = (name: string, value = name): FakeLog => ({ topics: [topic(name), topic(value)] });

describe("chain/follower and chain/logs", () => {
  let node: FakeNode;
  let rpc: RpcClient;

  async function connect(facts: Partial<ChainFacts> = {}): Promise<RpcClient> {
    const chain = { ...chainOf(31337), ...facts };
    const url = await node.start();
    rpc = new RpcClient({ urls: [url], chain, attempts: 3, timeoutMs: 300, backoffMs: 1, maxBackoffMs: 2 });
    return rpc;
  }

  beforeEach(() => {
    node = new FakeNode();
  });

  afterEach(async () => {
    rpc.destroy();
    await node.stop();
  });

  describe("LogReader", () => {
    const tooLarge = (limit: number) => (request: { method: string; params: readonly unknown[] }) => {
      if (request.method !== "eth_getLogs") return undefined;
      const query = request.params[0] as { fromBlock: string; toBlock: string };
      const blocks = Number(query.toBlock) - Number(query.fromBlock) + 1;
      return blocks > limit
        ? { error: { code: -32602, message: `block range too large, max is ${limit}` } }
        : undefined;
    };

    it("keeps to the chain's cap and loses nothing", async () => {
      for (let index = 0; index < 100; index++) node.mine(index % 7 === 0 ? [named("A", `${index}`)] : []);
      const logs = await new LogReader(await connect(), 16).read(filter, 0, 100);
      expect(logs.map((log) => log.blockNumber)).to.deep.equal([...Array(15).keys()].map((index) => 1 + index * 7));
      expect(node.count("eth_getLogs")).to.equal(7);
    });

    it("halves its range when the endpoint refuses it, and grows it again later", async () => {
      node.mineMany(200);
      node.mischief = [tooLarge(10)];
      const reader = new LogReader(await connect(), 64);
      await reader.read(filter, 1, 200);
      expect(reader.range).to.be.at.most(16);
      node.mischief = [];
      await reader.read(filter, 1, 200);
      await reader.read(filter, 1, 200);
      expect(reader.range).to.be.greaterThan(16);
    });

    it("passes on a refusal of a single block", async () => {
      node.mineMany(3);
      node.mischief = [tooLarge(0)];
      const failure = await rejection(new LogReader(await connect(), 8).read(filter, 1, 3));
      expect(String(failure)).to.contain("range too large");
    });

    const lies: [string, (log: Record<string, unknown>) => unknown][] = [
      ["of another address", (log) => ({ ...log, address: `0x${"cd".repeat(20)}` })],
      ["of another event", (log) => ({ ...log, topics: [topic("C")] })],
      ["outside the range", (log) => ({ ...log, blockNumber: "0x63" })],
      ["that was removed", (log) => ({ ...log, removed: true })],
      ["without a block hash", (log) => ({ ...log, blockHash: null })],
      ["with odd data", (log) => ({ ...log, data: "0x1" })],
    ];
    for (const [name, lie] of lies) {
      it(`refuses a log ${name}`, async () => {
        const block = node.mine([named("A")]);
        const log = node.log(block, named("A"), 0);
        node.mischief = [({ method }) => (method === "eth_getLogs" ? { result: [lie(log)] } : undefined)];
        expect(await rejection(new LogReader(await connect(), 8).read(filter, 1, 1))).to.be.instanceOf(BadAnswer);
      });
    }

    it("sorts logs and drops doubles", async () => {
      const block = node.mine([named("A"), named("B")]);
      const [first, second] = [node.log(block, named("A"), 0), node.log(block, named("B"), 1)];
      node.mischief = [({ method }) => (method === "eth_getLogs" ? { result: [second, first, second] } : undefined)];
      const logs = await new LogReader(await connect(), 8).read(filter, 1, 1);
      expect(logs.map((log) => log.logIndex)).to.deep.equal([0, 1]);
    });
  });

  describe("EventFollower", () => {
    let follower: EventFollower;
    let cursor: Cursor;

    async function follow(facts: Partial<ChainFacts> = {}, fromBlock = 1): Promise<void> {
      follower = new EventFollower({ rpc: await connect(facts), filter, fromBlock, staleLimit: 3 });
      cursor = follower.start;
    }

    async function poll(): Promise<Batch> {
      const batch = await follower.poll(cursor);
      cursor = batch.cursor;
      return batch;
    }

    const blocksOf = (batch: Batch): number[] => batch.logs.map((log) => log.blockNumber);

    it("hands out every event once, in order, and nothing when nothing is new", async () => {
      node.mine([named("A"), named("B")]);
      node.mine();
      node.mine([named("B")]);
      await follow();
      expect(blocksOf(await poll())).to.deep.equal([1, 1, 3]);
      expect(blocksOf(await poll())).to.deep.equal([]);
      node.mine([named("A")]);
      const batch = await poll();
      expect(blocksOf(batch)).to.deep.equal([4]);
      expect(batch.head.timestamp).to.equal(node.head.timestamp);
      expect(batch.rolledBackTo).to.equal(undefined);
    });

    it("goes on from a stored cursor after a restart", async () => {
      node.mine([named("A")]);
      await follow();
      await poll();
      node.mine([named("B")]);
      cursor = cursorSchema.parse(JSON.parse(JSON.stringify(cursor)));
      follower = new EventFollower({ rpc, filter, fromBlock: 1 });
      expect(blocksOf(await poll())).to.deep.equal([2]);
    });

    it("catches up in bounded steps", async () => {
      node.mineMany(99);
      node.mine([named("A")]);
      await follow({ logRange: 10 });
      const first = await poll();
      expect([first.cursor.block, first.isCurrent]).to.deep.equal([40, false]);
      let last = first;
      for (let polls = 0; !last.isCurrent && polls < 5; polls++) last = await poll();
      expect(blocksOf(last)).to.deep.equal([100]);
    });

    it("walks back to the last common block when blocks are replaced", async () => {
      node.mine([named("A", "kept")]);
      node.mine([named("A", "lost")]);
      node.mine();
      await follow();
      await poll();
      node.fork(2);
      node.mine();
      node.mine([named("A", "moved")]);
      node.mine();
      const batch = await poll();
      expect(batch.rolledBackTo).to.equal(1);
      expect(blocksOf(batch)).to.deep.equal([3]);
      expect((await poll()).rolledBackTo).to.equal(undefined);
    });

    it("notices a replaced head of the same height", async () => {
      node.mineMany(5);
      await follow();
      await poll();
      node.fork(1);
      node.mine([named("B")]);
      expect(blocksOf(await poll())).to.deep.equal([5]);
    });

    it("notices at once a shorter chain whose tip replaced a block it remembers", async () => {
      node.mineMany(2);
      node.mine([named("A")]);
      node.mineMany(2);
      await follow();
      await poll();
      node.fork(3);
      node.mine([named("B")]);
      const batch = await poll();
      expect([batch.rolledBackTo, blocksOf(batch)]).to.deep.equal([0, [3]]);
    });

    it("reads everything again that a reorg deeper than its memory may have changed", async () => {
      node.mineMany(20);
      await follow({ reorgDepth: 4 });
      await poll();
      node.fork(15);
      node.mine([named("A")]);
      node.mineMany(20);
      const batch = await poll();
      expect(batch.rolledBackTo).to.be.at.most(16);
    });

    it("waits while an endpoint shows an older head, then believes it", async () => {
      node.mineMany(10);
      await follow();
      await poll();
      const { blocks } = node;
      node.blocks = blocks.slice(0, 8);
      for (let stale = 0; stale < 2; stale++) {
        expect(String(await rejection(poll()))).to.contain("is at block 7, 10 was seen before");
      }
      node.blocks = blocks;
      expect(blocksOf(await poll())).to.deep.equal([]);
      expect(cursor.block).to.equal(10);
      node.blocks = blocks.slice(0, 8);
      await rejection(poll());
      await rejection(poll());
      expect((await poll()).rolledBackTo).to.be.at.most(7);
    });

    it("refuses logs whose block hash is not the one of their block", async () => {
      const block = node.mine([named("A")]);
      const log = { ...node.log(block, named("A"), 0), blockHash: topic("elsewhere") };
      await follow();
      node.mischief = [({ method }) => (method === "eth_getLogs" ? { result: [log] } : undefined)];
      const before = cursor;
      expect(await rejection(poll())).to.be.instanceOf(BadAnswer);
      expect(cursor).to.equal(before);
      node.mischief = [];
      expect(blocksOf(await poll())).to.deep.equal([1]);
    });

    it("refuses a range whose last block changes while its logs are read", async () => {
      node.mineMany(3);
      await follow();
      node.mischief = [
        ({ method }) => {
          if (method === "eth_getLogs") {
            node.mischief = [];
            node.fork(1);
            node.mine([named("A")]);
          }
          return undefined;
        },
      ];
      expect(await rejection(poll())).to.be.instanceOf(BadAnswer);
      expect(blocksOf(await poll())).to.deep.equal([3]);
    });

    it("remembers only as many hashes as a reorg can be deep", async () => {
      await follow({ reorgDepth: 8 });
      for (let index = 0; index < 60; index++) {
        node.mine([named("A")]);
        await poll();
      }
      expect(cursor.hashes).to.have.length.within(8, 10);
    });
  });
});
