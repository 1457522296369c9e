import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JsonRpcProvider, type TransactionReceipt } from "ethers";

/** A chain in a process of its own, on the loopback interface. */
export interface DevChain {
  readonly url: string;
  readonly program: "anvil" | "hardhat";
  readonly child: ChildProcess;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** No chain came up. */
export class ChainNotStarted extends Error {
  override readonly name = "ChainNotStarted";
}

const CHAIN_ID = 31337;
/** Accounts with native coin that both programs know by default: of the public test mnemonic. */
export const DEV_MNEMONIC = "test test test test test test test test test test test junk";
const START_MS = 60_000;

/** How a chain is to be. Only anvil can be another than the local one. */
export interface DevChainOptions {
  /** 31337 when absent. */
  readonly chainId?: number;
  /** Rules and fees of an OP-stack rollup instead of Ethereum's. */
  readonly isRollup?: boolean;
  /** "manual" leaves transactions in the pool until somebody mines. */
  readonly mining?: "automatic" | "manual";
}

/**
 * Starts anvil where it is installed (an optional dependency), else a Hardhat node.
 * @throws ChainNotStarted, also where only anvil could do what is asked and it is not installed
 */
export async function startDevChain(root: string, options: DevChainOptions = {}): Promise<DevChain> {
  const port = await freePort();
  const anvil = findAnvil(root);
  if (anvil === undefined && Object.keys(options).length !== 0) {
    throw new ChainNotStarted("anvil is not installed for this platform, and no other program can be such a chain");
  }
  const program = anvil === undefined ? "hardhat" : "anvil";
  const child = anvil === undefined ? spawnHardhat(root, port) : spawnAnvil(anvil, port, options);
  const output: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  // Nobody reads the node's log; a full pipe would stop it.
  child.stdout?.resume();
  const url = `http://127.0.0.1:${port}`;
  try {
    await answering(url, child);
  } catch (cause) {
    child.kill("SIGKILL");
    throw new ChainNotStarted(`${program} did not come up: ${output.join("").slice(-2000)}`, { cause });
  }
  return { url, program, child, stop: () => stopChild(child) };
}

function spawnAnvil(binary: string, port: number, options: DevChainOptions): ChildProcess {
  const { chainId = CHAIN_ID, isRollup = false, mining = "automatic" } = options;
  const place = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId)];
  const rules = isRollup ? ["--network", "optimism", "--hardfork", "isthmus"] : ["--hardfork", "prague"];
  const args = [...place, "--mnemonic", DEV_MNEMONIC, ...rules, ...(mining === "manual" ? ["--no-mining"] : [])];
  return spawn(binary, [...args, "--silent"], { stdio: ["ignore", "pipe", "pipe"] });
}

function spawnHardhat(root: string, port: number): ChildProcess {
  const cli = require.resolve("hardhat/internal/cli/bootstrap", { paths: [root] });
  const args = [cli, "node", "--hostname", "127.0.0.1", "--port", String(port)];
  return spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
}

/** The binary of the optional dependency for this platform; undefined when it is not installed. */
export function findAnvil(root: string): string | undefined {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  try {
    const folder = dirname(require.resolve(`${name}/package.json`, { paths: [root] }));
    const binary = join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const provider = new JsonRpcProvider(url, CHAIN_ID, { staticNetwork: true });
  try {
    for (const until = Date.now() + START_MS; Date.now() < until; await sleep(100)) {
      if (child.exitCode !== null) throw new ChainNotStarted(`it ended with code ${child.exitCode}`);
      try {
        await provider.send("eth_chainId", []);
        return;
      } catch {
        // Not yet.
      }
    }
    throw new ChainNotStarted(`no answer within ${START_MS / 1000} s`);
  } finally {
    provider.destroy();
  }
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Asks a process to end, and makes it end two seconds later. */
export function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 2_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

const RECEIPT_POLL_MS = 10;

/**
 * Waits for a receipt by asking again and again. A development chain makes no block without a transaction, so whoever waits
 * for the next block's event may wait for ever.
 */
export async function receiptOn(provider: JsonRpcProvider, hash: string): Promise<TransactionReceipt> {
  for (;;) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
    await sleep(RECEIPT_POLL_MS);
  }
}
