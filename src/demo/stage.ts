import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  decodeBytes32String,
  hexlify,
  HDNodeWallet,
  JsonRpcProvider,
  NonceManager,
  parseEther,
  randomBytes,
  Wallet,
} from "ethers";
import { GPU_CLASSES } from "../../deploy/data/gpu-classes";
import { vaiker } from "../../deploy/presets/vaiker";
import type { IAssetRegistry } from "../../typechain-types";
import {
  connectSuite,
  DEFAULT_GOVERNANCE,
  DEFAULTS,
  execute,
  genesisRows,
  installFactory,
  LOCAL_BEACON,
  manifestOf,
  suitePlan,
  type Executed,
  type Plan,
  type SuiteConfig,
  type SuiteContracts,
} from "../deployment";
import { localPayees } from "../deployment/settings";
import { openStore, type ContentStore, type Digest } from "../store";
import { DIGITS_MLP, putDescriptor, putDigits, type MlpDescriptor } from "../workload";
import { OPERATORS, REQUESTERS, SEATS, TRAINING, VALIDATORS } from "./cast";
import { DEV_MNEMONIC, type DevChain } from "../chain/devChain";

/** Everyone with a key, by name. */
export const PEOPLE = [
  "deployer",
  "governance",
  "treasury",
  "faucet",
  "Mona (model)",
  "Dita (dataset)",
  "keeper",
  "arbiter",
  "attester",
  "oracle",
  ...REQUESTERS.map(({ name }) => name),
  ...OPERATORS.map(({ name }) => name),
  ...OPERATORS.map(({ name }) => workerOf(name)),
  ...VALIDATORS,
] as const;

/** The hot key of an operator; the owner's key stays away from the machine that works. */
export function workerOf(name: string): string {
  return `${name}'s node`;
}

/** The chain with the suite on it, the content store, and the keys of everyone. */
export interface Stage {
  readonly chain: DevChain;
  readonly provider: JsonRpcProvider;
  readonly suite: SuiteContracts & Required<Pick<SuiteContracts, "coordinator">>;
  readonly executed: Executed;
  readonly folder: string;
  readonly store: ContentStore;
  readonly manifestPath: string;
  readonly storeSetting: string;
  readonly content: StageContent;
  /** Wallets by name. A wallet sends either from here or from its owner's processes, never both at a time. */
  wallet(name: string): Wallet;
  nameOf(address: string): string;
  readonly names: ReadonlyMap<string, string>;
}

/** What is worked on. */
export interface StageContent {
  readonly model: MlpDescriptor;
  readonly modelDigest: Digest;
  readonly datasetDigest: Digest;
}

const COIN_EACH = parseEther("10");
const CHAIN_ID = 31337;
const GWEI = 10n ** 9n;
const TOKEN = 10n ** 18n;
/** Enough for the jobs of any requester and for any stake. */
const TOKENS_EACH = 50_000n * TOKEN;
/** Licence prices of model and dataset per use. */
const PRICES = { model: TOKEN, dataset: TOKEN / 2n, weights: TOKEN / 4n } as const;
/** Kinds of assets, IAssetRegistry.AssetKind. */
const KIND = { dataset: 2, model: 3, trainedModel: 4 } as const;
/** More than registering a validator takes. */
const REGISTERING_GAS = 500_000n;
/** Age of a commitment to mint, seconds. */
export const COMMITMENT_AGE = 61;

/** Deploys the suite, funds everyone and stores what is worked on. Keys are new in every run, and so are all seeds. */
export async function setStage(chain: DevChain): Promise<Stage> {
  const provider = new JsonRpcProvider(chain.url, CHAIN_ID, {
    staticNetwork: true,
    pollingInterval: 50,
    cacheTimeout: -1,
  });
  const folder = mkdtempSync(join(tmpdir(), "gpu-commons-demo-"));
  const wallets = new Map(PEOPLE.map((name) => [name as string, new Wallet(hexlify(randomBytes(32)), provider)]));
  const wallet = (name: string): Wallet => found(wallets, name);
  await payCoins(provider, [...wallets.values()]);
  const config = configOf(wallet, (await newestBlock(provider)).timestamp);
  await installFactory(provider, config.place);
  const plan = suitePlan(config);
  const executed = await execute(plan, {
    signers: { deployer: wallet("deployer"), owner: wallet("governance") },
  });
  const suite = connectSuite(executed.addresses, provider);
  if (suite.coordinator === undefined) throw new Error("the plan of a local chain deploys a coordinator");
  const manifestPath = join(folder, "manifest.json");
  writeFileSync(manifestPath, JSON.stringify(manifestOf(CHAIN_ID, executed), null, 2));
  const storeSetting = `directory:${join(folder, "store")}`;
  const store = openStore({ kind: "directory", path: join(folder, "store") });
  const names = namesOf(wallets, plan, config);
  return {
    chain,
    provider,
    suite: { ...suite, coordinator: suite.coordinator },
    executed,
    folder,
    store,
    manifestPath,
    storeSetting,
    content: await storeContent(store),
    wallet,
    nameOf: (address) => names.get(address.toLowerCase()) ?? address,
    names,
  };
}

/** Removes what the stage left on disk and closes its connection. */
export function strikeStage({ provider, folder }: Pick<Stage, "provider" | "folder">): void {
  provider.destroy();
  rmSync(folder, { recursive: true, force: true });
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`nobody is called ${name}`);
  return value;
}

/** Native coin for everyone, from an account that development chains are born with. */
async function payCoins(provider: JsonRpcProvider, to: readonly Wallet[]): Promise<void> {
  const rich = new NonceManager(HDNodeWallet.fromPhrase(DEV_MNEMONIC).connect(provider));
  const sent = [];
  for (const { address } of to) sent.push(await rich.sendTransaction({ to: address, value: COIN_EACH }));
  await Promise.all(sent.map((transaction) => transaction.wait()));
}

/** How long after the deployment the sale begins: the demonstration is over by then. */
const SALE_DELAY = 300 * 86_400;

function configOf(wallet: (name: string) => Wallet, now: number): SuiteConfig {
  return {
    owner: wallet("governance").address,
    treasury: wallet("treasury").address,
    preset: vaiker,
    // Tokens for everyone who stakes or pays.
    diverted: { "research-development": wallet("faucet").address },
    vestingStart: now,
    saleStart: now + SALE_DELAY,
    currency: { kind: "stub" },
    payees: localPayees(vaiker),
    governance: { ...DEFAULT_GOVERNANCE, guardian: wallet("governance").address },
    vrf: { kind: "mock", fundingWei: parseEther("1") },
    beacon: LOCAL_BEACON,
    gpuClasses: GPU_CLASSES,
    ...DEFAULTS,
    court: { ...DEFAULTS.court, seats: SEATS },
    attestation: { signers: [wallet("attester").address], threshold: 1 },
    arbiters: [wallet("arbiter").address],
  };
}

function namesOf(
  wallets: ReadonlyMap<string, Wallet>,
  { creations }: Plan,
  config: SuiteConfig,
): ReadonlyMap<string, string> {
  const people = [...wallets].map(([name, { address }]) => [address, name] as const);
  const contracts = [...creations.values()].map(({ name, address }) => [address, name] as const);
  const rows = genesisRows(config, creations);
  const shares = rows.map(({ destination, label }) => [destination, `share ${decodeBytes32String(label)}`] as const);
  return new Map([...shares, ...contracts, ...people].map(([address, name]) => [address.toLowerCase(), name]));
}

async function storeContent(store: ContentStore): Promise<StageContent> {
  const { layers, optimiser } = DIGITS_MLP;
  const model: MlpDescriptor = {
    ...DIGITS_MLP,
    layers: [layers[0] ?? 0, TRAINING.hidden, layers.at(-1) ?? 0],
    optimiser: { ...optimiser, batch: 16, learningRateMicro: 30_000 },
  };
  return { model, modelDigest: await putDescriptor(store, model), datasetDigest: await putDigits(store) };
}

/** Tokens for everyone who stakes or pays. */
export async function payTokens({ suite, wallet }: Stage): Promise<void> {
  const token = suite.token.connect(wallet("faucet"));
  for (const name of [...[...REQUESTERS, ...OPERATORS].map(({ name }) => name), ...VALIDATORS]) {
    await (await token.transfer(wallet(name).address, TOKENS_EACH)).wait();
  }
}

/** An asset that is to be minted. */
export interface AssetPlan {
  readonly kind: "dataset" | "model";
  readonly digest: Digest;
  readonly bytes: number;
  readonly price: keyof typeof PRICES;
}

/** A commitment that waits for its minute. */
export interface Committed {
  readonly owner: string;
  readonly mint: IAssetRegistry.MintStruct;
  readonly salt: string;
  readonly asset: bigint;
  readonly readyAt: number;
}

/** Commits to an asset; `mintCommitted` mints it a minute later. */
export async function commitAsset(stage: Stage, owner: string, plan: AssetPlan): Promise<Committed> {
  const { suite, wallet, provider } = stage;
  const mint = mintOf(plan);
  const asset = await suite.assets.assetId(mint.kind, mint.contentHash);
  const salt = hexlify(randomBytes(32));
  const commitment = await suite.assets.commitmentOf(wallet(owner).address, [asset], salt);
  await (await suite.assets.connect(wallet(owner)).commitMint(commitment)).wait();
  const { timestamp } = await newestBlock(provider);
  return { owner, mint, salt, asset, readyAt: timestamp + COMMITMENT_AGE };
}

/** Mints what was committed to. Returns the asset's id. */
export async function mintCommitted(
  { suite, wallet }: Stage,
  { owner, mint, salt, asset }: Committed,
): Promise<bigint> {
  await (await suite.assets.connect(wallet(owner)).mint(mint, salt)).wait();
  return asset;
}

/** Mints the result of a settled training job as a trained model of its requester. */
export async function mintTrained(
  { suite, wallet }: Stage,
  owner: string,
  jobId: bigint,
  digest: Digest,
): Promise<bigint> {
  const mint = { ...mintOf({ kind: "model", digest, bytes: 1, price: "weights" }), kind: KIND.trainedModel };
  await (await suite.assets.connect(wallet(owner)).mintTrained(mint, suite.escrow, jobId)).wait();
  return suite.assets.trainedAssetId(mint.contentHash, await suite.vault.accountOf(wallet(owner).address));
}

function mintOf({ kind, digest, bytes, price }: AssetPlan): IAssetRegistry.MintStruct {
  return {
    kind: KIND[kind],
    contentHash: digest,
    metadataDigest: digest,
    previewDigest: `0x${"0".repeat(64)}`,
    size: bytes,
    format: 1,
    flags: 0,
    priceGwei: PRICES[price] / GWEI,
  };
}

/** Stakes the least that a validator needs, with its owner's key as the working key. */
export async function registerValidator({ suite, wallet }: Stage, name: string): Promise<void> {
  const owner = wallet(name);
  const { minStakeGwei } = await suite.validators.terms();
  const stake = minStakeGwei * GWEI;
  await (await suite.token.connect(owner).approve(suite.validators, stake)).wait();
  const domains = 1n << BigInt(DEFAULTS.court.domain);
  // The first change of a pool in a second costs more than the others: an estimate may be of another second.
  await (
    await suite.validators.connect(owner).register(owner.address, domains, stake, { gasLimit: REGISTERING_GAS })
  ).wait();
}

/** What a service runs, and where. */
export interface ServicePlan {
  readonly by: string;
  readonly model: { readonly asset: bigint; readonly digest: Digest };
  readonly dataset: { readonly asset: bigint; readonly digest: Digest };
  readonly classId: number;
  /** Compute price of a unit, wei. */
  readonly pricePerUnit: bigint;
  readonly complexity: number;
  readonly secondsPerUnit: number;
}

/** Registers a service and has governance list it. Returns its id. */
export async function openService({ suite, wallet }: Stage, plan: ServicePlan): Promise<number> {
  const { model, dataset, classId, pricePerUnit, complexity, secondsPerUnit } = plan;
  const price = pricePerUnit / GWEI;
  const catalog = suite.catalog.connect(wallet(plan.by));
  await (await catalog.register(model.asset, model.digest, dataset.asset, dataset.digest, classId, price)).wait();
  const service = await suite.catalog.serviceCount();
  await (await suite.catalog.connect(wallet("governance")).list(service, complexity, secondsPerUnit, true)).wait();
  return Number(service);
}

/** Scores of the operators' owners as they count now. */
export async function readScores(stage: Stage): Promise<ReadonlyMap<string, bigint>> {
  const { suite, wallet } = stage;
  const rows = OPERATORS.map(async ({ name }) => {
    const account = await suite.vault.accountOf(wallet(name).address);
    return [name, await suite.registry.scoreOf(account)] as const;
  });
  return new Map(await Promise.all(rows));
}

/** The newest block's number and time. */
export async function newestBlock(provider: JsonRpcProvider): Promise<{ number: number; timestamp: number }> {
  const block = await provider.getBlock("latest");
  if (block === null) throw new Error("the chain has no block");
  return block;
}

/** Lets the chain's time pass until `time`, in one block. */
export async function passTime(provider: JsonRpcProvider, time: number): Promise<void> {
  const { timestamp } = await newestBlock(provider);
  if (time <= timestamp) return;
  await provider.send("evm_increaseTime", [time - timestamp]);
  await provider.send("evm_mine", []);
}
