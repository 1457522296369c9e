/** Agents on a chain that takes blocks back, and behind endpoints that drop, delay and lie: the same money, or nothing done. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { network } from "hardhat";
import { JobStatus } from "../../src/protocol/status";
import { CLASS, dueOf, drawRound, statusOf, type Job } from "../fixtures/suite";
import { ChainServer, type Trick } from "./agents/chainServer";
import { Market, type Agent } from "./agents/market";

const WORK = { epochs: 100 };

describe("agents on a chain that misbehaves", function () {
  this.timeout(120_000);
  let market: Market;
  let job: Job;
  /** Money of a run without trouble. */
  let plain: Record<string, bigint>;

  const open = async (): Promise<void> => {
    market = await Market.open(await loadFixture(Market.deploy));
    await market.stake(market.world.actors.ownerA);
    job = await market.postOnly(await market.training(WORK));
  };
  const draw = (): Promise<unknown> => drawRound(market.world, [CLASS.T4]);
  const startOperator = (config: Record<string, unknown> = {}): Agent =>
    market.start("operator", "a", market.world.actors.ownerA, { checkpointSeconds: 0, sweepSeconds: 1, ...config });
  const send = (method: string, ...params: unknown[]): Promise<unknown> => network.provider.send(method, params);
  const deliveries = async (): Promise<number> => {
    const { escrow } = market.world;
    return (await escrow.queryFilter(escrow.filters.JobDelivered(job.id))).length;
  };
  const expectPlain = async (): Promise<void> => {
    await market.reaches(job.id, JobStatus.Delivered);
    expect(await deliveries()).to.equal(1);
    expect(await market.pay(job, market.world.actors.ownerA)).to.deep.equal(plain);
  };

  before(async () => {
    await open();
    await draw();
    startOperator();
    await market.reaches(job.id, JobStatus.Delivered);
    plain = await market.pay(job, market.world.actors.ownerA);
    await market.close();
  });

  beforeEach(open);

  afterEach(async function () {
    await market.close(this.currentTest?.state === "failed");
  });

  describe("a reorg", () => {
    it("that removes an assignment ends the work, and the next draw begins it anew", async () => {
      const before = await send("evm_snapshot");
      await draw();
      const operator = startOperator();
      await operator.hears("beat");
      await send("evm_revert", before);
      await mine(3);
      await operator.hears("reorg");
      await operator.hears("ended", ({ status }) => status === "Posted");
      expect(await statusOf(market.world, job)).to.equal(BigInt(JobStatus.Posted));
      await draw();
      await expectPlain();
    });

    it("that removes a delivery has it delivered again, out of what is at hand", async () => {
      await draw();
      let before: unknown;
      market.server.tricks = [
        async ({ method }) => {
          // The only transaction: nothing is accepted before, as no checkpoint is named.
          if (method === "eth_sendRawTransaction") before ??= await send("evm_snapshot");
          return undefined;
        },
      ];
      const operator = startOperator({ checkpointSeconds: 3600 });
      await operator.hears("delivered");
      await send("evm_revert", before);
      await mine(3);
      expect(await statusOf(market.world, job)).to.equal(BigInt(JobStatus.Assigned));
      await expectPlain();
      expect(operator.news.filter(({ event }) => event === "started")).to.have.length(1);
    });
  });

  describe("an endpoint", () => {
    it("that hangs up, answers nonsense, asks for patience and is late changes nothing", async () => {
      let turn = 0;
      const troubles: Trick[] = [
        () => "drop",
        () => "garbage",
        () => ({ status: 429 }),
        () => ({ error: { code: -32005, message: "rate limit exceeded" } }),
        () => ({ status: 502 }),
        () => new Promise((resolve) => setTimeout(() => resolve("drop"), 400)),
      ];
      // Every third request fails, in turn in each of these ways.
      market.server.tricks = [
        (request) => (turn++ % 3 === 0 ? troubles[Math.floor(turn / 3) % troubles.length]?.(request) : undefined),
      ];
      const operator = startOperator({ rpcTimeoutMs: 300 });
      await draw();
      await expectPlain();
      // Each way of failing came up at least twice, however slow the machine was.
      expect(turn).to.be.greaterThan(2 * 3 * troubles.length);
      expect(operator.exitCode).to.equal(undefined);
    });

    it("that hides events is found out by the count of jobs", async () => {
      let hidden = 0;
      market.server.tricks = [
        async ({ method, params }) => {
          // Only the search for jobs of one GPU gets an honest answer: its filter has three topics.
          if (method !== "eth_getLogs" || (params[0] as { topics: unknown[] }).topics.length === 3) return undefined;
          hidden++;
          return { result: [] };
        },
      ];
      const operator = startOperator({ gpus: [1] });
      await operator.hears("ready");
      await draw();
      await operator.hears("assigned");
      market.server.tricks = [];
      await expectPlain();
      expect(hidden).to.be.greaterThan(0);
    });

    it("that shows old blocks, old nonces and other transactions' receipts changes nothing", async () => {
      let turn = 0;
      const old = async (): Promise<{ result: unknown }> => {
        const head = Number(await send("eth_blockNumber"));
        return { result: await send("eth_getBlockByNumber", `0x${(head - 2).toString(16)}`, false) };
      };
      const [posted] = await market.world.escrow.queryFilter(market.world.escrow.filters.JobPosted());
      market.server.tricks = [
        async ({ method, params }) => {
          if (turn++ % 2 === 0) return undefined;
          if (method === "eth_getBlockByNumber" && params[0] === "latest") return old();
          if (method === "eth_getTransactionCount") return { result: "0x0" };
          if (method === "eth_getTransactionReceipt") {
            return { result: await send("eth_getTransactionReceipt", posted?.transactionHash) };
          }
          return undefined;
        },
      ];
      const operator = startOperator();
      await draw();
      await expectPlain();
      expect(operator.exitCode).to.equal(undefined);
    });

    it("that dies has the job missed, and nothing but that; the operator is there for the next one", async () => {
      await draw();
      const operator = startOperator({ rpcAttempts: 2 });
      await operator.hears("beat");
      market.server.tricks = [() => "drop"];
      await operator.hears("roundFailed");
      await time.increaseTo((await dueOf(market.world, job)) + 1n);
      const { escrow, actors } = market.world;
      await escrow.connect(actors.stranger).miss(job.id, job.agreement);
      market.server.tricks = [];
      await operator.hears("ended");
      expect(await deliveries()).to.equal(0);
      await draw();
      await market.reaches(job.id, JobStatus.Delivered);
      expect((await market.pay(job, actors.ownerA))["owner"]).to.equal(plain["owner"]);
    });

    it("of another chain is refused before anything is asked of it", async () => {
      const other = new ChainServer(network.provider);
      const url = await other.start();
      other.tricks = [({ method }) => (method === "eth_chainId" ? { result: "0x1" } : undefined)];
      const operator = market.start("operator", "a", market.world.actors.ownerA, {}, url);
      expect(await operator.exited).to.equal(2);
      expect([...other.counts.keys()]).to.deep.equal(["eth_chainId"]);
      await other.stop();
    });
  });
});
