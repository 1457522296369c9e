/** Token, vault and GpuRegistry, all real; modules are plain signers, because the registry only asks who calls. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseWallet, Result, TypedDataDomain } from "ethers";
import { ethers } from "hardhat";
import { GPU_DEVICES, gpuClassRow } from "../../../deploy/data/gpu-classes";
import { registryWord } from "../../../src/model/registryWords";
import type {
  ComputeToken,
  DelegationDesk,
  GpuRegistry,
  PaymentVault,
  RegistryLens,
  StakeVotes,
} from "../../../typechain-types";
import type { IGpuRegistry } from "../../../typechain-types/contracts/registry/GpuRegistry";

export type GpuClass = IGpuRegistry.GpuClassStruct;
export type Terms = IGpuRegistry.TermsStruct;
export type Registration = IGpuRegistry.RegistrationStruct;
export type Outcome = IGpuRegistry.OutcomeStruct;
export type DrawRequest = IGpuRegistry.DrawRequestStruct;
export type SlashRequest = IGpuRegistry.SlashRequestStruct;

export const GWEI = 10n ** 9n;
export const TOKEN = 10n ** 18n;
/** One token in gwei units. */
export const UNIT = 10n ** 9n;
export const DAY = 86_400n;
/** One point of score. */
export const POINT = 1_000_000n;

export const DRAW = 1;
export const RECORD = 2;
export const LOCK = 4;
export const SLASH = 8;
export const ANY_REGION = 255;
export const Kind = { Released: 0, Success: 1, NonCompletion: 2, Fraud: 3 } as const;
export const Table = {
  Hub: 0,
  Ledger: 1,
  Penalties: 2,
  Gpu: 3,
  Bond: 4,
  Aside: 5,
  Device: 6,
  Owner: 7,
  Staker: 8,
  Class: 9,
  Pool: 10,
  Joined: 11,
  Module: 12,
  Slash: 13,
  Claim: 14,
} as const;

/** Defaults of SPEC 12. */
export const TERMS: Terms = {
  gainPercent: 100,
  lossMinPercent: 100,
  lossMaxPercent: 100,
  fraudPercent: 100,
  dayCapPercent: 100,
  probationShare: 10,
  probationJobs: 5,
  freeDeclines: 3,
  finderBps: 1_000,
  incidentPercent: 30,
  moduleCapPercent: 5,
  registrationFeeBps: 100,
  callerPayBps: 10,
  unbonding: 21n * DAY,
};

/** Names of the external libraries that GpuRegistry is linked with. */
export const REGISTRY_LIBRARIES = [
  "Enrolment",
  "RegistryTables",
  "RegistryViews",
  "RoundDesk",
  "Slashes",
  "StakeDesk",
] as const;

export interface World {
  governor: HardhatEthersSigner;
  /** Module with every right. */
  module: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  carol: HardhatEthersSigner;
  dave: HardhatEthersSigner;
  requester: HardhatEthersSigner;
  keeper: HardhatEthersSigner;
  others: HardhatEthersSigner[];
  token: ComputeToken;
  vault: PaymentVault;
  registry: GpuRegistry;
  lens: RegistryLens;
  votes: StakeVotes;
  desk: DelegationDesk;
  /** Account of the treasury. */
  treasury: bigint;
}

/** Deploys the registry's libraries and the registry, or a harness of it that takes the same arguments. */
export async function deployRegistry(
  vault: string,
  owner: string,
  terms: Terms = TERMS,
  name = "GpuRegistry",
): Promise<GpuRegistry> {
  const libraries: Record<string, string> = {};
  for (const library of REGISTRY_LIBRARIES) {
    libraries[library] = await (await ethers.deployContract(library)).getAddress();
  }
  const factory = await ethers.getContractFactory(name, { libraries });
  return (await factory.deploy(vault, owner, terms)) as unknown as GpuRegistry;
}

/** A market with the ten classes, a module with every right, and owners who hold and allowed 10 million tokens each. */
export async function deployWorld(registryName = "GpuRegistry"): Promise<World> {
  const [governor, module, alice, bob, carol, dave, requester, keeper, treasurer, ...others] =
    (await ethers.getSigners()) as [
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      ...HardhatEthersSigner[],
    ];
  const supply = 1_000_000_000n * TOKEN;
  const desk = await ethers.deployContract("DelegationDesk");
  const token = await ethers.deployContract("ComputeToken", ["VaikerAI", "VAIK", supply, governor.address, desk]);
  const vault = await ethers.deployContract("PaymentVault", [token, governor.address]);
  const registry = await deployRegistry(await vault.getAddress(), governor.address, TERMS, registryName);
  const lens = await ethers.deployContract("RegistryLens", [registry]);
  const votes = await ethers.deployContract("StakeVotes", [registry, desk]);

  await registry.setVotes(votes);
  for (const [index, device] of GPU_DEVICES.entries()) {
    await registry.setClass(index + 1, device.name, gpuClassRow(device));
  }
  await registry.setModule(module, DRAW | RECORD | LOCK | SLASH);
  await vault.openAccount(treasurer);
  const treasury = await vault.accountOf(treasurer);
  await vault.setTreasury(treasury);
  for (const actor of [alice, bob, carol, dave, requester, keeper]) {
    await vault.openAccount(actor);
    await token.transfer(actor, 10_000_000n * TOKEN);
    await token.connect(actor).approve(registry, ethers.MaxUint256);
  }
  return {
    governor,
    module,
    alice,
    bob,
    carol,
    dave,
    requester,
    keeper,
    others,
    token,
    vault,
    registry: registry.connect(module),
    lens,
    votes,
    desk,
    treasury,
  };
}

/** The same market for every test of a file, restored from a snapshot. */
export function world(): Promise<World> {
  return loadFixture(deployDefault);
}

/** The clock stands at 01:00, so that no test crosses midnight by the hour it is started. */
async function deployDefault(): Promise<World> {
  const w = await deployWorld();
  await nextDay();
  return w;
}

/** The registry as `caller` calls it. */
export function as(w: Pick<World, "registry">, caller: HardhatEthersSigner): GpuRegistry {
  return w.registry.connect(caller);
}

/** Account of a holder in the vault. */
export function accountOf(w: World, holder: { address: string }): Promise<bigint> {
  return w.vault.accountOf(holder.address);
}

/** EIP-712 proof of possession, signed by the device key; of another domain where `change` says so. */
export async function possession(
  w: Pick<World, "registry">,
  device: BaseWallet,
  value: { owner: string; classId: number; region: number; nonce: bigint },
  change: TypedDataDomain = {},
): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: "GPU Commons Registry",
    version: "1",
    chainId,
    verifyingContract: await w.registry.getAddress(),
    ...change,
  };
  const types = {
    Possession: [
      { name: "owner", type: "address" },
      { name: "classId", type: "uint8" },
      { name: "region", type: "uint8" },
      { name: "device", type: "address" },
      { name: "nonce", type: "uint256" },
    ],
  };
  return device.signTypedData(domain, types, { ...value, device: device.address });
}

export interface Wish {
  device?: BaseWallet;
  classId?: number;
  region?: number;
  slots?: number;
  operator?: string;
  /** Token wei; the class minimum when missing. */
  stake?: bigint;
}

/** A complete registration of a fresh device for `owner`, with a valid proof of possession. */
export async function registrationOf(w: World, owner: { address: string }, wish: Wish = {}): Promise<Registration> {
  const device = wish.device ?? ethers.Wallet.createRandom();
  const classId = wish.classId ?? 1;
  const region = wish.region ?? 0;
  const { nonce } = await w.registry.deviceOf(device.address);
  return {
    classId,
    region,
    slots: wish.slots ?? 1,
    device: device.address,
    operator: wish.operator ?? ethers.ZeroAddress,
    stake: wish.stake ?? (await minStake(w, classId)),
    metadataDigest: ethers.sha256(ethers.toUtf8Bytes(device.address)),
    endpoint: "https://node.example:8443",
    possession: await possession(w, device, { owner: owner.address, classId, region, nonce }),
  };
}

/** Least stake of a class in token wei. */
export async function minStake(w: World, classId = 1): Promise<bigint> {
  return (await w.registry.classOf(classId)).minStakeGwei * GWEI;
}

/** Registers one GPU and returns its id. */
export async function register(w: World, owner: HardhatEthersSigner, wish: Wish = {}): Promise<bigint> {
  await as(w, owner).register(await registrationOf(w, owner, wish));
  return newest(w);
}

/** Registers a GPU of Dave with a stake beside which the daily cap of a module's slashes does not count. */
export async function registerWhale(w: World): Promise<bigint> {
  return register(w, w.dave, { stake: 9_000_000n * TOKEN, region: 11 });
}

/** Id of the newest GPU. */
export async function newest(w: World): Promise<bigint> {
  return (await w.lens.totals()).gpus;
}

/** A draw of class 1 in any region, for a requester who owns nothing, that locks 5 tokens. */
export function drawOf(change: Partial<DrawRequest> = {}): DrawRequest {
  return {
    classId: 1,
    region: ANY_REGION,
    firstTry: 0,
    tries: 16,
    seed: ethers.ZeroHash,
    lockGwei: 5n * UNIT,
    priceGwei: UNIT,
    requester: 0,
    payeeA: 0,
    payeeB: 0,
    ...change,
  };
}

/** A success that raises the score. */
export function outcomeOf(gpu: bigint, change: Partial<Outcome> = {}): Outcome {
  return {
    gpu,
    lockGwei: 0,
    kind: Kind.Success,
    freeSlot: false,
    scored: true,
    gain: true,
    halfGain: false,
    worst: false,
    complexity: 5,
    creditedSeconds: 3_600,
    requester: 1_000,
    caller: 0,
    ...change,
  };
}

/** A slash of `amountGwei` out of a lock of the same size, to the treasury. */
export function slashOf(gpu: bigint, amountGwei: bigint, change: Partial<SlashRequest> = {}): SlashRequest {
  return {
    gpu,
    amountGwei,
    fromLockGwei: amountGwei,
    finder: 0,
    beneficiary: 0,
    beneficiaryGwei: 0,
    holdUntil: 0,
    ...change,
  };
}

/** Seed of a label. */
export function seedOf(label: string | number): string {
  return ethers.id(`seed ${label}`);
}

/** Opens the next round for `jobs` jobs and returns its number. */
export async function openRound(w: World, jobs = 1): Promise<bigint> {
  const round = (await roundNumber(w)) + 1n;
  await w.registry.openRound(round, jobs, 0);
  return round;
}

/** Number of the latest round, open or not. */
export async function roundNumber(w: World): Promise<bigint> {
  return registryWord.decode(await w.registry.wordOf(Table.Hub, 0)).round;
}

/** Drops what is left of the open round. */
export async function closeRound(w: World): Promise<void> {
  const { remaining } = await w.registry.openRoundInfo();
  if (remaining !== 0n) await w.registry.dropFromRound(remaining);
}

/** Draws with fresh seeds until some GPU is drawn; returns it. The round must be open. */
export async function drawAny(w: World, change: Partial<DrawRequest> = {}): Promise<bigint> {
  for (let i = 0; i < 200; i++) {
    const request = drawOf({ seed: seedOf(`any ${i}`), ...change });
    const { gpu } = await w.registry.draw.staticCall(request);
    if (gpu === 0n) continue;
    await w.registry.draw(request);
    return gpu;
  }
  throw new Error("nobody was drawn in 3,200 tries");
}

/** GPUs of a list, entrants first, then those who joined behind. */
export async function listed(w: World, classId = 1, region = 0): Promise<bigint[]> {
  const { entrants, joined } = await w.registry.listOf(classId, region);
  const ids: bigint[] = [];
  for (let i = 0n; i < entrants + joined; i++) ids.push(await w.registry.listedAt(classId, region, i));
  return ids;
}

/** Fields of a struct that a view returned. */
export function plain(struct: object): Record<string, unknown> {
  return (struct as Result).toObject();
}

/** Changes some fields of a class and leaves the others. */
export async function changeClass(w: World, classId: number, change: Partial<GpuClass>): Promise<void> {
  const row = plain(await w.registry.classOf(classId)) as unknown as GpuClass;
  await as(w, w.governor).setClass(classId, "changed", { ...row, ...change });
}

/** Current UTC day. */
export async function today(): Promise<bigint> {
  return BigInt(await time.latest()) / DAY;
}

/** Moves the clock to 01:00 of the UTC day `days` after today. */
export async function nextDay(days = 1n): Promise<void> {
  await time.increaseTo(((await today()) + days) * DAY + 3_600n);
}
