import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeAddress, id, JsonRpcProvider, parseEther, Wallet } from "ethers";
import { presetOf } from "../../../deploy/presets";
import type { ChainFacts } from "../../chain/chains";
import { startDevChain, type DevChain } from "../../chain/devChain";
import { ROOT } from "../../toolchain/run";
import { deploymentSchema, type DeploymentRecord } from "../manifest";
import { localPayees } from "../settings";
import { differencesOf } from "../snapshot";
import { dress } from "./dress";
import { ChainProxy } from "./proxy";

/** How a command of the deployment's program ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What is left when a deployment is over; two runs of one plan must agree in all of it. */
export interface Outcome {
  readonly record: DeploymentRecord;
  /** Transactions of the deployer. */
  readonly nonce: number;
}

/** How a run is killed. */
export interface Killing {
  /** The transaction, counted from 1, that the process does not survive. */
  readonly at: number;
  /** Whether the transaction is still waiting for a block when the next run begins. */
  readonly inPool: boolean;
  /** Whether the state folder is lost together with the process. */
  readonly losesState: boolean;
}

/** Who deploys in rehearsals. */
export const DEPLOYER = new Wallet(id("deployer of the rehearsals"));
const SALE_DELAY = 30 * 86_400;
const SUFFICIENT = parseEther("1000000");

/**
 * A public chain in a process of its own: anvil with the chain's id and rules, everything that the suite asks of it in
 * place, and the deployment's program run against it as a person would.
 */
export class Rehearsal {
  #clean: string | undefined;
  #now = 0;
  child: ChildProcess | undefined;

  private constructor(
    readonly chain: ChainFacts,
    readonly dev: DevChain,
    readonly provider: JsonRpcProvider,
    readonly proxy: ChainProxy,
    readonly url: string,
    readonly folder: string,
  ) {}

  /** Starts a chain. Throws ChainNotStarted where anvil is not installed. */
  static async start(chain: ChainFacts): Promise<Rehearsal> {
    const dev = await startDevChain(ROOT, { chainId: chain.chainId, isRollup: chain.l1FeeOracle !== undefined });
    const provider = new JsonRpcProvider(dev.url, chain.chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 20,
    });
    const proxy = new ChainProxy(dev.url);
    const folder = mkdtempSync(join(tmpdir(), "gpu-commons-rehearsal-"));
    const rehearsal = new Rehearsal(chain, dev, provider, proxy, await proxy.start(), folder);
    await dress(provider, chain);
    await rehearsal.fund(SUFFICIENT);
    const { timestamp } = (await provider.getBlock("latest")) ?? { timestamp: 0 };
    rehearsal.#now = timestamp;
    rehearsal.configure();
    await provider.send("anvil_setAutomine", [false]);
    rehearsal.#clean = (await provider.send("evm_snapshot", [])) as string;
    return rehearsal;
  }

  get deployer(): string {
    return DEPLOYER.address;
  }

  get manifest(): string {
    return join(this.folder, "manifest.json");
  }

  get stateDir(): string {
    return join(this.folder, "state");
  }

  get #configFile(): string {
    return join(this.folder, "deploy.json");
  }

  /** Back to the chain without the suite, and no trace of it on disk. */
  async reset(): Promise<void> {
    await this.provider.send("evm_revert", [this.#clean]);
    this.#clean = (await this.provider.send("evm_snapshot", [])) as string;
    this.configure();
    rmSync(this.manifest, { force: true });
    rmSync(this.stateDir, { recursive: true, force: true });
    this.proxy.transactions = 0;
    this.#letMine();
  }

  /** Writes the configuration, with changes where given. */
  configure(changes: Readonly<Record<string, unknown>> = {}): void {
    writeFileSync(this.#configFile, JSON.stringify({ ...configOf(this.url, this.#now), ...changes }, null, 2));
  }

  fund(wei: bigint): Promise<unknown> {
    return this.provider.send("anvil_setBalance", [DEPLOYER.address, `0x${wei.toString(16)}`]);
  }

  /** Runs a command to its end. */
  command(name: string, ...args: string[]): Promise<Ended> {
    const places = ["--config", this.#configFile, "--manifest", this.manifest, "--state", this.stateDir];
    const own = [...(args.includes("--network") ? [] : ["--network", this.chain.name]), "--json", ...places];
    const program = ["--require", require.resolve("tsx/cjs"), join(ROOT, "scripts", "deploy.ts"), name];
    const running = spawn(process.execPath, [...program, ...own, ...args], {
      cwd: ROOT,
      env: { PATH: process.env["PATH"] ?? "", GPU_COMMONS_KEY: DEPLOYER.privateKey, GPU_COMMONS_POLL_MS: "50" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = running;
    let [out, err] = ["", ""];
    running.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    running.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    return new Promise((resolve) => running.once("close", (code) => resolve({ code, out, err })));
  }

  /** A command that has to succeed. */
  async succeed(name: string, ...args: string[]): Promise<Record<string, unknown>> {
    const { code, out, err } = await this.command(name, ...args);
    if (code !== 0) throw new Error(`deploy ${name} ended with ${code}: ${out}${err.slice(-2000)}`);
    return JSON.parse(out) as Record<string, unknown>;
  }

  /** A whole deployment without a disturbance. */
  async undisturbed(commands: readonly string[]): Promise<Outcome> {
    await this.reset();
    for (const name of commands) await this.succeed(name, "--yes");
    return this.outcome();
  }

  /** A deployment that is killed once, and gone on with. */
  async killed({ at, inPool, losesState }: Killing, commands: readonly string[]): Promise<Outcome> {
    await this.reset();
    let isDead = false;
    this.proxy.rule = (method) => {
      if (method !== "eth_sendRawTransaction" || isDead || this.proxy.transactions + 1 !== at) return "pass";
      isDead = true;
      return "drop";
    };
    this.proxy.after = async (method) => {
      if (method !== "eth_sendRawTransaction") return;
      if (isDead) this.child?.kill("SIGKILL");
      if (!isDead || !inPool) await this.mine();
    };
    for (const name of commands) {
      const { code, out, err } = await this.command(name, "--yes");
      if (code === null) break;
      if (code !== 0) throw new Error(`deploy ${name} ended with ${code}: ${out}${err.slice(-2000)}`);
    }
    if (!isDead) throw new Error(`there is no transaction ${at}`);
    if (losesState) rmSync(this.stateDir, { recursive: true, force: true });
    // The block with what was left in the pool comes when the next run has looked a few times.
    let looks = 0;
    this.proxy.rule = () => "pass";
    this.proxy.after = async (method) => {
      if (method === "eth_sendRawTransaction") await this.mine();
      if (method === "eth_getTransactionCount" && ++looks === 4) await this.mine();
    };
    for (const name of commands) await this.succeed(name, "--yes");
    return this.outcome();
  }

  #letMine(): void {
    this.proxy.rule = () => "pass";
    this.proxy.after = async (method) => {
      if (method === "eth_sendRawTransaction") await this.mine();
    };
  }

  /** As many blocks as make a transaction final enough. */
  async mine(): Promise<void> {
    await this.provider.send("anvil_mine", [`0x${(this.chain.confirmations + 1).toString(16)}`]);
  }

  async outcome(): Promise<Outcome> {
    const record = deploymentSchema.parse(JSON.parse(readFileSync(this.manifest, "utf8")));
    return { record, nonce: await this.provider.getTransactionCount(DEPLOYER.address) };
  }

  async stop(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.proxy.stop();
    this.provider.destroy();
    await this.dev.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whom a rehearsal names where a public chain leaves nothing to chance. */
function configOf(url: string, now: number): Record<string, unknown> {
  const someone = (name: string): string => computeAddress(id(`${name} of the rehearsals`));
  return {
    rpc: url,
    payees: localPayees(presetOf("vaiker")),
    guardian: someone("guardian"),
    arbiters: [someone("arbiter")],
    attestation: { signers: [someone("attester")], threshold: 1 },
    vestingStart: now,
    saleStart: now + SALE_DELAY,
    pendingSeconds: 60,
  };
}

/** What differs between two outcomes of one plan; empty when nothing does. */
export function outcomeFindings(expected: Outcome, found: Outcome): string[] {
  const findings: string[] = [];
  if (expected.nonce !== found.nonce) findings.push(`${found.nonce} transactions instead of ${expected.nonce}`);
  for (const [name, { address, initCodeHash }] of Object.entries(expected.record.contracts)) {
    const other = found.record.contracts[name];
    if (other?.address !== address) findings.push(`${name} is at ${other?.address} instead of ${address}`);
    else if (other.initCodeHash !== initCodeHash) findings.push(`${name} has other code`);
  }
  for (const { what, expected: wanted, found: other } of differencesOf(expected.record.state, found.record.state)) {
    if (!TIMED.test(what)) findings.push(`${what}: ${other} instead of ${wanted}`);
  }
  return findings;
}

/** What remembers the second of its creation: the guardian, in its code, when it expires; the emission when it began. */
const TIMED = /^(code of CommonsGuardian|EmissionDistributor\.startedAt)/;
