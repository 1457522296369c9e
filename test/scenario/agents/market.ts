import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { HDNodeWallet, Mnemonic, type Wallet } from "ethers";
import { ethers, network } from "hardhat";
import { JobStatus, jobStatus } from "../../../src/protocol/status";
import { jobWord } from "../../../src/protocol/words";
import { cidOf, DirectoryStore, digestOf, type Digest } from "../../../src/store";
import { createTrainingJob, putDescriptor, putImages, type JobInput, type MlpDescriptor } from "../../../src/workload";
import { putInput } from "../../../src/workload/job";
import {
  addGpu,
  CLASS,
  deploySuite,
  drawRound,
  fundRequester,
  giveTokens,
  Kind,
  mintAssets,
  postJob,
  settle,
  TOKEN,
  type Gpu,
  type Job,
  type World,
} from "../../fixtures/suite";
import { ChainServer } from "./chainServer";

const MNEMONIC = Mnemonic.fromPhrase("test test test test test test test test test test test junk");
const PATIENCE_MS = 90_000;

/** A line that an agent printed with --json. */
export interface News {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** An agent in a process of its own, as users run it. */
export class Agent {
  readonly news: News[] = [];
  stderr = "";
  exitCode: number | null | undefined;
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(
    script: string,
    args: readonly string[],
    /** Of its key. */
    readonly address: string,
    env: Readonly<Record<string, string>>,
  ) {
    const loader = ["--require", require.resolve("tsx/cjs")];
    this.#child = spawn(process.execPath, [...loader, `scripts/${script}.ts`, ...args], {
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.news.push(JSON.parse(line) as News);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = new Promise((resolve) => {
      this.#child.once("close", (code) => resolve((this.exitCode = code)));
    });
  }

  /** The first piece of news of a kind, from now or before. Throws when it does not come in time. */
  async hears(event: string, matches: (news: News) => boolean = () => true): Promise<News> {
    return eventually(
      `${event}; heard ${this.news.map((n) => n.event).join()} ${this.stderr.slice(-500)}`,
      async () => {
        if (this.exitCode !== undefined) throw new Error(`it ended with ${this.exitCode}: ${this.stderr}`);
        return this.news.find((news) => news.event === event && matches(news));
      },
    );
  }

  /** Ends the process at once, as a power failure would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** Asks the process to stop. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return this.exited;
  }
}

/** Asks until there is an answer. Throws after a while. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`it did not happen in time: ${what}`);
    await sleep(20);
  }
}

/** What jobs can be posted on: a service with dataset, one without, and their content. */
export interface Offer {
  readonly service: bigint;
  readonly bare: bigint;
  readonly modelHash: Digest;
  readonly datasetHash: Digest;
}

/** What an agreement says of a job's content. */
export type JobContent = Pick<JobInput, "digest" | "parametersHash">;

/** How much work a job is. */
export interface Work {
  readonly epochs: number;
}

/** 8 x 8 pictures in four classes: a bright quarter, and noise that a seeded stream would give. */
function pictures(): {
  width: number;
  height: number;
  classes: number;
  count: number;
  pixels: Uint8Array;
  labels: Uint8Array;
} {
  const [width, height, classes, count] = [8, 8, 4, 400];
  const labels = Uint8Array.from({ length: count }, (_, index) => index % classes);
  const pixels = Uint8Array.from({ length: count * width * height }, (_, at) => {
    const [image, x, y] = [Math.floor(at / 64), at % 8, Math.floor((at % 64) / 8)];
    const quarter = (x < 4 ? 0 : 1) + (y < 4 ? 0 : 2);
    return (((at * 2654435761) >>> 24) % 100) + (quarter === labels[image] ? 150 : 0);
  });
  return { width, height, classes, count, pixels, labels };
}

export const MODEL: MlpDescriptor = {
  version: 1,
  type: "mlp",
  layers: [64, 32, 4],
  activation: "relu",
  initialisation: "glorot-uniform",
  optimiser: { type: "sgd-momentum", batch: 16, learningRateMicro: 40_000, momentumMicro: 900_000, decayMicro: 0 },
};

/** Whose key an agent gets: one of the chain's accounts, or a wallet. */
export type Holder = HardhatEthersSigner | Wallet;

/** The private key of one of the chain's accounts, or of a wallet. */
export function keyOf(signer: Holder): string {
  if ("privateKey" in signer) return signer.privateKey;
  for (let index = 0; index < 40; index++) {
    const wallet = HDNodeWallet.fromMnemonic(MNEMONIC, `m/44'/60'/0'/0/${index}`);
    if (wallet.address === signer.address) return wallet.privateKey;
  }
  throw new Error(`${signer.address} is none of the chain's accounts`);
}

/** Folder of whoever posts. */
export const POSTER = "poster";

/** A market with content, reached by agents through an HTTP port. */
export class Market {
  readonly agents: Agent[] = [];
  readonly #answering = new AbortController();
  #answers: Promise<void> = Promise.resolve();

  private constructor(
    readonly world: World,
    readonly server: ChainServer,
    readonly folder: string,
    readonly store: DirectoryStore,
    readonly offer: Offer,
  ) {}

  /** For loadFixture: contracts, content and a funded requester. Nothing listens yet. */
  static async deploy(): Promise<{ readonly world: World; readonly offer: Offer }> {
    const world = await deploySuite();
    const { modelOwner, datasetOwner, owner, requester } = world.actors;
    const scratch = new DirectoryStore({ path: mkdtempSync(join(tmpdir(), "content-")) });
    const modelHash = await putDescriptor(scratch, MODEL);
    const datasetHash = await putImages(scratch, pictures());
    const [model] = await mintAssets(world, modelOwner, [
      { kind: Kind.Model, contentHash: modelHash, priceGwei: 10n ** 8n },
    ]);
    const [dataset] = await mintAssets(world, datasetOwner, [
      { kind: Kind.Dataset, contentHash: datasetHash, priceGwei: 5n * 10n ** 7n },
    ]);
    if (model === undefined || dataset === undefined) throw new Error("nothing was minted");
    await world.catalog.connect(modelOwner).register(model, modelHash, dataset, datasetHash, CLASS.T4, 10n ** 8n);
    const service = await world.catalog.serviceCount();
    await world.catalog.connect(modelOwner).register(model, modelHash, 0, ethers.ZeroHash, CLASS.T4, 10n ** 8n);
    const bare = await world.catalog.serviceCount();
    for (const id of [service, bare]) await world.catalog.connect(owner).list(id, 5, 60, true);
    await fundRequester(world, requester);
    return { world, offer: { service, bare, modelHash, datasetHash } };
  }

  /** Opens the port. */
  static async open({ world, offer }: Awaited<ReturnType<typeof Market.deploy>>): Promise<Market> {
    const server = new ChainServer(network.provider);
    await server.start();
    const folder = mkdtempSync(join(tmpdir(), "market-"));
    const store = new DirectoryStore({ path: join(folder, "store") });
    await putDescriptor(store, MODEL);
    await putImages(store, pictures());
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(world.manifest));
    return new Market(world, server, folder, store, offer);
  }

  /** Ends everything. `verbose`: shows first what the agents said last, for a test that failed. */
  async close(verbose = false): Promise<void> {
    if (verbose) process.stderr.write(`${this.#lastNews(12)}\n`);
    await Promise.all(this.agents.map((agent) => (agent.exitCode === undefined ? agent.kill() : undefined)));
    this.#answering.abort();
    await this.#answers;
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Begins to play the coordinator's part, for keepers: answers each round that waits, with the mock's own words. */
  answerRounds(): void {
    this.#answers = this.#answerRounds();
  }

  async #answerRounds(): Promise<void> {
    const { beacon, coordinator, actors } = this.world;
    const seen = new Set<bigint>();
    while (!this.#answering.signal.aborted) {
      const requests = await beacon.queryFilter(beacon.filters.RoundRequested());
      for (const { args } of requests.slice(-1)) {
        const { status } = await beacon.roundInfo(args.round);
        if (status !== 1n || seen.has(args.requestId)) continue;
        seen.add(args.requestId);
        await coordinator.connect(actors.stranger).fulfillRandomWords(args.requestId, beacon);
      }
      await sleep(50);
    }
  }

  /** Starts an agent. `name` is its state folder: the same name goes on where an earlier process ended. */
  start(
    script: "operator" | "keeper" | "arbiter" | "validator",
    name: string,
    signer: Holder,
    config: Readonly<Record<string, unknown>> = {},
    url = this.server.url,
  ): Agent {
    const command = script === "operator" || script === "validator" ? ["run"] : [];
    return this.#spawn(script, command, name, signer, config, url);
  }

  #spawn(
    script: string,
    command: readonly string[],
    name: string,
    signer: Holder,
    config: Readonly<Record<string, unknown>>,
    url: string,
    env: Readonly<Record<string, string>> = {},
  ): Agent {
    const stateDir = join(this.folder, name);
    mkdirSync(stateDir, { recursive: true });
    const path = join(this.folder, `${name}.config.json`);
    const shared = { rpc: url, manifest: join(this.folder, "manifest.json"), pollMs: 50, rpcTimeoutMs: 3000 };
    const store = `directory:${join(this.folder, "store")}`;
    writeFileSync(path, JSON.stringify({ ...shared, store, stateDir, ...config }));
    const keys = { GPU_COMMONS_KEY: keyOf(signer), ...env };
    const agent = new Agent(script, [...command, "--config", path, "--json"], signer.address, keys);
    this.agents.push(agent);
    return agent;
  }

  /** Starts a requester's command that runs until it is stopped. `name` is its state folder. */
  startJob(args: readonly string[], signer: Holder, name = POSTER): Agent {
    return this.#spawn("job", args, name, signer, {}, this.server.url);
  }

  /** Runs a command of an operator, a validator or a requester to its end; returns exit code and answer. */
  async command(
    script: "operator" | "validator" | "job",
    args: readonly string[],
    signer: Holder,
    options: {
      readonly name?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly config?: Record<string, unknown>;
    } = {},
  ): Promise<{ code: number | null; answer: Record<string, unknown> }> {
    const { name = `${script}-${signer.address}`, env, config = {} } = options;
    const agent = this.#spawn(script, args, name, signer, config, this.server.url, env);
    const code = await agent.exited;
    const answer = agent.news.at(-1) as Record<string, unknown> | undefined;
    if (answer === undefined) throw new Error(`${script} ${args.join(" ")} ended with ${code}: ${agent.stderr}`);
    return { code, answer };
  }

  /** Stakes a GPU by the operator's command; the owner is given the tokens. Returns its number. */
  async register(owner: HardhatEthersSigner, label: string): Promise<bigint> {
    await giveTokens(this.world, owner.address, 100_000n * TOKEN);
    const env = { GPU_COMMONS_DEVICE_KEY: ethers.id(`device ${label}`) };
    const args = ["register", "--class", String(CLASS.T4), "--stake", "50000", "--approve"];
    const { code, answer } = await this.command("operator", args, owner, { env, name: `register-${label}` });
    if (code !== 0) throw new Error(`registering failed: ${JSON.stringify(answer)}`);
    return BigInt(String(answer["gpu"]));
  }

  /** Posts a training job by the requester's command. Returns its id. */
  async post(work: Work, fields: Readonly<Record<string, unknown>> = {}): Promise<bigint> {
    const posting = this.startPosting(work, fields);
    const code = await posting.exited;
    const answer = posting.news.at(-1);
    if (code !== 0) throw new Error(`posting failed: ${JSON.stringify(answer)} ${posting.stderr}`);
    return BigInt(String(answer?.["jobId"]));
  }

  /** The requester's command that posts a training job. */
  startPosting(work: Work, fields: Readonly<Record<string, unknown>> = {}): Agent {
    const path = join(this.folder, "job.json");
    const training = {
      kind: "train-mlp",
      train: 300,
      heldOut: 100,
      epochs: work.epochs,
      seed: "seed",
      splitSeed: "split",
    };
    const job = {
      service: Number(this.offer.service),
      work: training,
      secondsPerAttempt: 3600,
      heartbeat: 600,
      ...fields,
    };
    writeFileSync(path, JSON.stringify(job));
    const { requester } = this.world.actors;
    const args = ["post", path, "--yes", "--authorise", "--deposit"];
    return this.#spawn("job", args, POSTER, requester, {}, this.server.url);
  }

  // SHORT WAYS, WITHOUT PROCESSES

  /** Stakes a GPU. */
  stake(owner: HardhatEthersSigner): Promise<Gpu> {
    return addGpu(this.world, owner);
  }

  /** The input of a training job, in the store. */
  training({ epochs }: Work, change: Partial<{ readonly model: MlpDescriptor }> = {}): Promise<JobInput> {
    const { datasetHash } = this.offer;
    const digest = (text: string): Digest => digestOf(Buffer.from(text));
    const [seed, splitSeed] = [digest("seed"), digest("split")];
    const request = {
      model: MODEL,
      dataset: datasetHash,
      splitSeed,
      train: 300,
      heldOut: 100,
      seed,
      epochs,
      ...change,
    };
    return createTrainingJob(this.store, request);
  }

  /** The input of a job that mistreats the process it runs in; test/unit/workload/kinds/misbehave.ts. */
  misdeed(deed: string): Promise<JobInput> {
    return putInput(this.store, {
      version: 1,
      kind: "misbehave",
      model: cidOf(this.offer.modelHash),
      parameters: { deed },
    });
  }

  /** The store loses a block; so does who keeps copies of it, where it is named by its folder. */
  lose(digest: Digest, keeper?: string): void {
    const cid = cidOf(digest);
    rmSync(join(this.folder, "store", "blocks", cid.slice(-3, -1), cid));
    if (keeper !== undefined) rmSync(join(this.folder, keeper, "kept"), { recursive: true });
  }

  /** Posts a job on an input, and draws it. There must be a GPU. */
  async draw(input: JobContent, service = this.offer.service): Promise<Job> {
    const job = await this.postOnly(input, service);
    await drawRound(this.world, [CLASS.T4]);
    return job;
  }

  /** Posts a job on an input. */
  postOnly({ digest: inputDigest, parametersHash }: JobContent, service = this.offer.service): Promise<Job> {
    const { requester } = this.world.actors;
    return postJob(this.world, requester, { id: service }, { inputDigest, parametersHash, units: 1000 });
  }

  /** The requester accepts; returns everyone's money. */
  async pay(job: Job, owner: HardhatEthersSigner): Promise<Record<string, bigint>> {
    await settle(this.world, job);
    return this.money(owner);
  }

  // LOOKING

  async status(jobId: bigint): Promise<JobStatus> {
    return jobStatus(jobWord.decode(await this.world.escrow.jobOf(jobId)).status);
  }

  /** Waits until a job has a status. */
  async reaches(jobId: bigint, status: JobStatus): Promise<void> {
    await eventually(`job ${jobId} is ${JobStatus[status]}`, async () => (await this.status(jobId)) === status).catch(
      async (error: Error) => {
        throw new Error(`${error.message}; it is ${JobStatus[await this.status(jobId)]}`);
      },
    );
  }

  #lastNews(count: number): string {
    const said = this.agents.map(({ news, stderr }) =>
      [...news.slice(-count).map((line) => JSON.stringify(line)), stderr.slice(-1500)].join("\n"),
    );
    return said.join("\n--\n");
  }

  /** Vault balances of everyone who is paid for a job, wei. */
  async money(owner: HardhatEthersSigner): Promise<Record<string, bigint>> {
    const { vault, assets, actors } = this.world;
    const balanceOf = async (holder: HardhatEthersSigner): Promise<bigint> =>
      vault.balanceOf(await vault.accountOf(holder));
    return {
      owner: await balanceOf(owner),
      requester: await balanceOf(actors.requester),
      held: await vault.heldBy(this.world.escrow),
      fees: await vault.feesOf(this.world.escrow),
      royalties: await vault.heldBy(assets),
    };
  }

  /** An agent's stored state. */
  state(name: string, file: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.folder, name, file), "utf8")) as Record<string, unknown>;
  }
}
