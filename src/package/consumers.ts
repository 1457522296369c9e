/** What `npm run test:consumers` works with: the packed package installed as a user would, and a chain with the suite. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startDevChain, type DevChain } from "../chain/devChain";
import {
  commitAsset,
  mintCommitted,
  openService,
  passTime,
  payTokens,
  setStage,
  strikeStage,
  type Stage,
} from "../demo/stage";
import { ROOT, run, runBin, type RunResult } from "../toolchain/run";
import { listPath, scenesOf, type Scene } from "./scenes";

/** Packages that users bring along; linked, so that nothing is downloaded. */
const PEERS = ["ethers", "viem", "@openzeppelin/contracts", "@types/node"] as const;

/** A folder with the package installed in its node_modules; the consumers are folders below it. */
export interface Shop {
  readonly folder: string;
  /** Everything that came with the package's installation, the package itself included. */
  readonly installed: readonly string[];
  /** Paths of the package's files. */
  readonly packed: readonly string[];
}

/** A command that was to succeed did not. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** Packs the repository and installs the tarball, offline. */
export async function openShop(): Promise<Shop> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gpu-commons-consumers-")));
  process.once("exit", () => closeShop(folder));
  const pack = await wanted(run("npm", ["pack", "--json", "--pack-destination", folder], { quiet: true }));
  const [packed] = JSON.parse(pack.stdout) as [{ filename: string; files: { path: string }[] }];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumers", private: true }));
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(folder, packed.filename)];
  await wanted(run("npm", install, { cwd: folder, quiet: true }));
  const modules = join(folder, "node_modules");
  const installed = readdirSync(modules).filter((name) => !name.startsWith("."));
  for (const name of PEERS) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(realpathSync(join(ROOT, "node_modules", name)), join(modules, name), "dir");
  }
  return { folder, installed, packed: packed.files.map(({ path }) => path) };
}

/** Removes the folder; what it links to stays. */
export function closeShop(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Copies a consumer's sources into the shop. Returns its folder. */
export function enter({ folder }: Shop, name: string): string {
  const target = join(folder, name);
  cpSync(join(ROOT, "test", "consumers", "projects", name), target, { recursive: true });
  return target;
}

/** Compiles a consumer, whose tsconfig says how. */
export function compile(folder: string): Promise<RunResult> {
  return runBin("tsc", ["-p", folder], { quiet: true });
}

/** Runs a compiled file of a consumer. Throws CommandFailed. */
export async function execute(folder: string, file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, ...env }, quiet: true, timeoutMs: 60_000 };
  return (await wanted(run(process.execPath, [join(folder, file)], options))).stdout;
}

/** Throws what a command said when it did not succeed. */
export async function wanted(running: Promise<RunResult>): Promise<RunResult> {
  const result = await running;
  if (result.code !== 0) throw new CommandFailed(result.output);
  return result;
}

/** A chain with the suite, a service to ask for, and a requester with tokens. */
export interface Market {
  /** What consumers read from the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What happens on the chain before an example of the guide runs, by the example's file; most need nothing. */
  readonly scenes: ReadonlyMap<string, Scene>;
  close(): Promise<void>;
}

const OWNERS = { model: "Mona (model)", dataset: "Dita (dataset)" } as const;
/** Each of them posts jobs of its own. */
export const REQUESTERS = { documentation: "Ada", projects: "Ben" } as const;
const T4 = 1;

/** Starts a chain of its own on the loopback interface and deploys the suite as the demonstration does. */
export async function openMarket(): Promise<Market> {
  const chain = await startDevChain(ROOT);
  try {
    const stage = await setStage(chain);
    await payTokens(stage);
    const service = await offerService(stage);
    const scenes = scenesOf(stage, REQUESTERS.documentation);
    return { env: environmentOf(stage, service), scenes, close: () => close(chain, stage) };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

async function close(chain: DevChain, stage: Stage): Promise<void> {
  strikeStage(stage);
  await chain.stop();
}

async function offerService(stage: Stage): Promise<number> {
  const { modelDigest, datasetDigest } = stage.content;
  const plans = [
    await commitAsset(stage, OWNERS.model, { kind: "model", digest: modelDigest, bytes: 1_000, price: "model" }),
    await commitAsset(stage, OWNERS.dataset, {
      kind: "dataset",
      digest: datasetDigest,
      bytes: 1_000,
      price: "dataset",
    }),
  ] as const;
  await passTime(stage.provider, Math.max(...plans.map(({ readyAt }) => readyAt)));
  const [model, dataset] = [await mintCommitted(stage, plans[0]), await mintCommitted(stage, plans[1])];
  return openService(stage, {
    by: OWNERS.model,
    model: { asset: model, digest: modelDigest },
    dataset: { asset: dataset, digest: datasetDigest },
    classId: T4,
    pricePerUnit: 10n ** 18n,
    complexity: 3,
    secondsPerUnit: 60,
  });
}

function environmentOf(stage: Stage, service: number): Record<string, string> {
  const { chain, manifestPath, wallet } = stage;
  return {
    RPC_URL: chain.url,
    MANIFEST: manifestPath,
    SERVICE: String(service),
    ALLOW_LIST: listPath(stage),
    PRIVATE_KEY: wallet(REQUESTERS.documentation).privateKey,
    OTHER_PRIVATE_KEY: wallet(REQUESTERS.projects).privateKey,
  };
}
