import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { HDNodeWallet, Transaction, Wallet } from "ethers";
import { ethers, network } from "hardhat";
import { chainOf } from "../../../src/chain/chains";
import { feesOf, raised } from "../../../src/chain/fees";
import { RpcClient, RpcFault } from "../../../src/chain/rpc";
import {
  journalSchema,
  journalToJson,
  NoGasMoney,
  NonceTaken,
  StillPending,
  TransactionRefused,
  TransactionSender,
  type Journal,
  type SenderOptions,
} from "../../../src/chain/sender";
import { lockFolderPatiently, StateFile } from "../../../src/chain/stateFile";
import { ChainServer } from "../../scenario/agents/chainServer";
import { rejection } from "../store/rejection";

const SINK = `0x${"5a".repeat(20)}`;
const chain = chainOf(31337);

describe("chain/sender", () => {
  let server: ChainServer;
  let rpc: RpcClient;
  let folder: string;
  let wallet: Wallet;
  let snapshot: unknown;

  before(async () => {
    server = new ChainServer(network.provider);
    await server.start();
  });

  after(async () => {
    await server.stop();
  });

  beforeEach(async () => {
    snapshot = await network.provider.send("evm_snapshot", []);
    folder = mkdtempSync(join(tmpdir(), "sender-"));
    server.tricks = [];
    rpc = new RpcClient({ urls: [server.url], chain, attempts: 3, timeoutMs: 2000, backoffMs: 1, maxBackoffMs: 2 });
    wallet = new Wallet(HDNodeWallet.createRandom().privateKey);
    await network.provider.send("hardhat_setBalance", [wallet.address, "0xde0b6b3a7640000"]);
  });

  afterEach(async () => {
    rpc.destroy();
    await network.provider.send("evm_setAutomine", [true]);
    await network.provider.send("evm_revert", [snapshot]);
    rmSync(folder, { recursive: true });
  });

  const journal = (): StateFile<Journal> => new StateFile(join(folder, "journal.json"), journalSchema, journalToJson);
  const open = (options: Partial<SenderOptions> = {}): TransactionSender =>
    new TransactionSender({ rpc, wallet, journal: journal(), pollMs: 5, ...options });
  const pay = (key: string, value = 1n) => ({ key, to: SINK, data: "0x", value });
  const received = (): Promise<bigint> => ethers.provider.getBalance(SINK);

  it("sends a transaction once and reports its cost", async () => {
    const mined = await open().send(pay("a", 5n));
    expect(mined).to.include({ key: "a", succeeded: true, gasUsed: 21_000n });
    expect(mined.gasCost).to.be.greaterThan(0n);
    expect(await received()).to.equal(5n);
    expect(journal().read()?.pending).to.equal(null);
  });

  it("takes turns: many at once use successive nonces", async () => {
    const sender = open();
    const mined = await Promise.all([1n, 2n, 3n, 4n].map((value) => sender.send(pay(`p${value}`, value))));
    expect(new Set(mined.map(({ hash }) => hash)).size).to.equal(4);
    expect(await received()).to.equal(10n);
    expect(await ethers.provider.getTransactionCount(wallet.address)).to.equal(4);
  });

  it("shares a key with another program: one transaction at a time, none twice", async () => {
    const lock = (): Promise<() => void> => lockFolderPatiently(join(folder, "turns"), 5000);
    const [one, two] = [open({ lock }), open({ lock })];
    const sent = [1n, 2n, 3n].flatMap((value) => [one.send(pay(`one ${value}`)), two.send(pay(`two ${value}`))]);
    expect(new Set((await Promise.all(sent)).map(({ hash }) => hash)).size).to.equal(6);
    expect(await received()).to.equal(6n);

    // What one of them left on its way, the other finishes first.
    server.tricks = [({ method }) => (method === "eth_sendRawTransaction" ? "drop" : undefined)];
    expect(await rejection(one.send(pay("left", 10n)))).to.be.instanceOf(RpcFault);
    server.tricks = [];
    await two.send(pay("next", 100n));
    expect(await received()).to.equal(116n);
  });

  it("goes on after a crash between sending and hearing, without paying twice", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    const first = await rejection(open({ giveUpAfterMs: 30 }).send(pay("a", 7n)));
    expect(first).to.be.instanceOf(StillPending);
    expect(journal().read()?.pending?.key).to.equal("a");
    await network.provider.send("evm_mine", []);
    const again = open();
    expect(again.pendingKey).to.equal("a");
    const mined = await again.send(pay("a", 7n));
    expect(mined.succeeded).to.equal(true);
    expect(await received()).to.equal(7n);
  });

  it("goes on after a crash between writing down and sending", async () => {
    server.tricks = [({ method }) => (method === "eth_sendRawTransaction" ? "drop" : undefined)];
    expect(await rejection(open().send(pay("a", 3n)))).to.be.instanceOf(RpcFault);
    expect(await received()).to.equal(0n);
    server.tricks = [];
    const mined = await open().recover();
    expect(mined?.key).to.equal("a");
    expect(await received()).to.equal(3n);
    expect(await open().recover()).to.equal(undefined);
  });

  it("counts a transaction as sent whose answer got lost", async () => {
    server.tricks = [
      ({ method, params }) => {
        if (method !== "eth_sendRawTransaction") return undefined;
        server.tricks = [];
        return network.provider.send(method, [...params]).then(() => "drop" as const);
      },
    ];
    const mined = await open().send(pay("a", 2n));
    expect(mined.succeeded).to.equal(true);
    expect(await received()).to.equal(2n);
    expect(await ethers.provider.getTransactionCount(wallet.address)).to.equal(1);
  });

  it("sends again what the pool dropped", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    const sending = open({ raiseAfterMs: 40 }).send(pay("a", 4n));
    await waitFor(async () => journal().read()?.pending?.versions.length === 1);
    const hash = journal().read()?.pending?.versions[0]?.hash;
    await waitFor(() => network.provider.send("hardhat_dropTransaction", [hash]) as Promise<boolean>);
    await waitFor(async () => (await pendingTransactions()).length === 1);
    await network.provider.send("evm_mine", []);
    expect((await sending).succeeded).to.equal(true);
    expect(await received()).to.equal(4n);
  });

  it("raises the fees of a transaction that stays in the pool, and takes whichever version is mined", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    const sending = open({ raiseAfterMs: 30 }).send(pay("a", 6n));
    await waitFor(async () => (journal().read()?.pending?.versions.length ?? 0) >= 3);
    const versions = journal().read()?.pending?.versions ?? [];
    expect(new Set(versions.map(({ raw }) => Transaction.from(raw).nonce)).size).to.equal(1);
    expect((versions[1]?.maxFee ?? 0n) * 100n).to.be.at.least((versions[0]?.maxFee ?? 0n) * 125n);
    await network.provider.send("evm_mine", []);
    await sending;
    expect(await received()).to.equal(6n);
  });

  it("never goes above the fee limit", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    const limit = 5_000_000_000n;
    const sending = rejection(open({ raiseAfterMs: 10, giveUpAfterMs: 200, maxFeePerGas: limit }).send(pay("a")));
    expect(await sending).to.be.instanceOf(StillPending);
    const versions = journal().read()?.pending?.versions ?? [];
    expect(versions.every(({ maxFee }) => maxFee <= limit)).to.equal(true);
  });

  it("says when its nonce was used by another program with the same key", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    expect(await rejection(open({ giveUpAfterMs: 20 }).send(pay("a")))).to.be.instanceOf(StillPending);
    const hash = journal().read()?.pending?.versions[0]?.hash;
    await network.provider.send("hardhat_dropTransaction", [hash]);
    await network.provider.send("evm_setAutomine", [true]);
    await wallet.connect(ethers.provider).sendTransaction({ to: SINK, value: 9n });
    expect(await rejection(open().recover())).to.be.instanceOf(NonceTaken);
    expect((await open().send(pay("b"))).succeeded).to.equal(true);
    expect(await received()).to.equal(10n);
  });

  it("sends nothing that would fail, and passes on why", async () => {
    const token = await ethers.deployContract("WordsHarness");
    const data = token.interface.encodeFunctionData("unpackJobWord", [0]);
    const refused = { key: "x", to: await token.getAddress(), data: `${data.slice(0, 10)}00`, value: 0n };
    const failure = await rejection(open().send(refused));
    expect(failure).to.be.instanceOf(TransactionRefused);
    expect(failure).to.have.property("mined", undefined);
    expect(await ethers.provider.getTransactionCount(wallet.address)).to.equal(0);
  });

  it("reports a transaction that failed in its block as refused, with what it cost", async () => {
    const harness = await ethers.deployContract("WordsHarness");
    const refused = { key: "x", to: await harness.getAddress(), data: "0xdeadbeef", gasLimit: 100_000n };
    const failure = await rejection(open().send(refused));
    expect(failure).to.be.instanceOf(TransactionRefused);
    expect((failure as TransactionRefused).mined?.succeeded).to.equal(false);
    expect(journal().read()?.pending).to.equal(null);
  });

  it("says when there is no money for gas, and forgets the transaction", async () => {
    await network.provider.send("hardhat_setBalance", [wallet.address, "0x1"]);
    expect(await rejection(open().send({ ...pay("a", 0n), gasLimit: 21_000n }))).to.be.instanceOf(NoGasMoney);
    expect(journal().read()?.pending).to.equal(null);
  });

  it("ignores a journal of another key or chain", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    await rejection(open({ giveUpAfterMs: 20 }).send(pay("a")));
    wallet = new Wallet(HDNodeWallet.createRandom().privateKey);
    expect(open().pendingKey).to.equal(undefined);
  });

  it("believes no receipt of another transaction, and none of a block that was replaced", async () => {
    const other = await (await ethers.getSigners())[0]?.sendTransaction({ to: SINK, value: 1n });
    const lies: unknown[] = [];
    server.tricks = [
      async ({ method, params }) => {
        if (method !== "eth_getTransactionReceipt" || lies.length >= 6) return undefined;
        const [hash] = lies.length % 2 === 0 ? [other?.hash] : (params as string[]);
        const result = (await network.provider.send("eth_getTransactionReceipt", [hash])) as object | null;
        lies.push(hash);
        return {
          result:
            result === null
              ? null
              : { ...result, ...(hash === other?.hash ? {} : { blockHash: `0x${"ee".repeat(32)}` }) },
        };
      },
    ];
    const mined = await open().send(pay("a", 5n));
    expect(lies).to.have.length(6);
    expect(mined.hash).to.not.equal(other?.hash);
    expect(await received()).to.equal(6n);
  });

  it("waits for as many blocks on top as it was told to", async () => {
    const sender = open({ confirmations: 3 });
    let isDone = false;
    const sent = sender.send(pay("a")).finally(() => (isDone = true));
    const heads: number[] = [];
    while (!isDone) {
      heads.push(await ethers.provider.getBlockNumber());
      if (journal().read()?.pending !== null) await network.provider.send("evm_mine", []);
    }
    const { blockNumber } = await sent;
    expect(Math.max(...heads)).to.be.at.least(blockNumber + 3);
  });

  it("sends anew what a reorg took out before it was deep enough", async () => {
    const before = await network.provider.send("evm_snapshot", []);
    let looks = 0;
    const sleep = async (): Promise<void> => {
      looks++;
      if (looks === 2) {
        await network.provider.send("evm_revert", [before]);
        await network.provider.send("evm_mine", []);
      }
      if (looks > 2) await network.provider.send("evm_mine", []);
    };
    const mined = await open({ confirmations: 5, sleep, raiseAfterMs: 0, now: () => looks }).send(pay("a", 5n));
    expect(await received()).to.equal(5n);
    expect(await ethers.provider.getTransactionReceipt(mined.hash)).to.include({ status: 1 });
  });

  it("fills the gap that a reorg, or a lie about the nonce, left before its transaction", async () => {
    const sender = open();
    const before = await network.provider.send("evm_snapshot", []);
    await sender.send(pay("a", 5n));
    await network.provider.send("evm_revert", [before]);
    await network.provider.send("evm_mine", []);
    expect((await sender.send(pay("b", 7n))).key).to.equal("b");
    expect(await received()).to.equal(7n);
    expect(await ethers.provider.getTransactionCount(wallet.address)).to.equal(2);

    let lies = 0;
    server.tricks = [
      ({ method }) => (method === "eth_getTransactionCount" && lies++ < 1 ? { result: "0x3" } : undefined),
    ];
    await open().send(pay("c", 1n));
    expect(await received()).to.equal(8n);
  });

  it("uses no nonce twice for an endpoint that lags", async () => {
    const sender = open();
    await sender.send(pay("a", 5n));
    server.tricks = [({ method }) => (method === "eth_getTransactionCount" ? { result: "0x0" } : undefined)];
    expect((await sender.send(pay("b", 7n))).key).to.equal("b");
    expect(await received()).to.equal(12n);
  });

  it("never pays more per gas than the chain's limit, whatever the endpoint says of fees", async () => {
    server.tricks = [
      ({ method }) => (method === "eth_maxPriorityFeePerGas" ? { result: "0xde0b6b3a7640000" } : undefined),
    ];
    const { hash } = await open().send(pay("a"));
    expect((await ethers.provider.getTransaction(hash))?.maxFeePerGas).to.equal(chain.maxFeePerGasWei);
  });

  it("knows the newest block that one of its transactions is in", async () => {
    const sender = open();
    expect(sender.newestBlock).to.equal(-1);
    await sender.send(pay("a"));
    expect(sender.newestBlock).to.equal(await ethers.provider.getBlockNumber());
  });

  async function pendingTransactions(): Promise<unknown[]> {
    return (await network.provider.send("eth_pendingTransactions", [])) as unknown[];
  }

  async function waitFor(condition: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      if (await condition()) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error("it did not happen in time");
  }
});

describe("chain/fees", () => {
  const head = { number: 1, hash: "", parentHash: "", timestamp: 1, baseFeePerGas: 100n };

  it("leaves room for the base fee to double, and pays the chain's least tip", () => {
    expect(feesOf(chain, head, 3n)).to.deep.equal({ maxFee: 203n, tip: 3n });
    expect(feesOf(chainOf(137), head, 3n).tip).to.equal(30_000_000_000n);
  });

  it("keeps to a limit", () => {
    expect(feesOf(chain, head, 3n, 150n)).to.deep.equal({ maxFee: 150n, tip: 3n });
    expect(feesOf(chain, head, 300n, 150n)).to.deep.equal({ maxFee: 150n, tip: 150n });
  });

  it("raises both fees by a quarter at least, and to the market's when that is more", () => {
    expect(raised({ maxFee: 100n, tip: 8n }, { maxFee: 50n, tip: 1n })).to.deep.equal({ maxFee: 126n, tip: 11n });
    expect(raised({ maxFee: 100n, tip: 8n }, { maxFee: 500n, tip: 40n })).to.deep.equal({ maxFee: 500n, tip: 40n });
  });
});
