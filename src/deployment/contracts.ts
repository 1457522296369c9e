import { id, type ContractRunner, type Interface } from "ethers";
import type {
  AssetRegistry,
  ReviewPanel,
  ScoreBoard,
  AttestationVerifier,
  CommonsGovernor,
  CommonsGuardian,
  CommonsTimelock,
  CompositeVotes,
  ComputeToken,
  CurrencyStub,
  DelegationDesk,
  EmissionController,
  EmissionDistributor,
  GenesisAllocator,
  GovernedArbiter,
  DisputeCourt,
  GpuRegistry,
  JobEscrow,
  PaymentVault,
  ProceedsSplitter,
  RandomnessBeacon,
  RegistryLens,
  ServiceCatalog,
  StakeVotes,
  ValidatorRegistry,
  TokenSale,
  TrainingChains,
  VestingVault,
  VRFCoordinatorV2_5Mock,
} from "../../typechain-types";
import { VRFCoordinatorV2_5Mock__factory } from "../../typechain-types/factories/@chainlink/contracts/src/v0.8/vrf/mocks/VRFCoordinatorV2_5Mock__factory";
import { AssetRegistry__factory } from "../../typechain-types/factories/contracts/assets/AssetRegistry__factory";
import { ReviewPanel__factory } from "../../typechain-types/factories/contracts/review/ReviewPanel__factory";
import { ScoreBoard__factory } from "../../typechain-types/factories/contracts/review/ScoreBoard__factory";
import { ScoreSettlement__factory } from "../../typechain-types/factories/contracts/review/ScoreSettlement__factory";
import { DelegationDesk__factory } from "../../typechain-types/factories/contracts/governance/DelegationDesk__factory";
import { AttestationVerifier__factory } from "../../typechain-types/factories/contracts/market/AttestationVerifier__factory";
import { DrawDesk__factory } from "../../typechain-types/factories/contracts/market/DrawDesk__factory";
import { GovernedArbiter__factory } from "../../typechain-types/factories/contracts/market/GovernedArbiter__factory";
import { DisputeCourt__factory } from "../../typechain-types/factories/contracts/market/DisputeCourt__factory";
import { JobEscrow__factory } from "../../typechain-types/factories/contracts/market/JobEscrow__factory";
import { Disputes__factory } from "../../typechain-types/factories/contracts/market/Disputes__factory";
import { TrainingChains__factory } from "../../typechain-types/factories/contracts/market/TrainingChains__factory";
import { JobExits__factory } from "../../typechain-types/factories/contracts/market/JobExits__factory";
import { ServiceCatalog__factory } from "../../typechain-types/factories/contracts/market/ServiceCatalog__factory";
import { RandomnessBeacon__factory } from "../../typechain-types/factories/contracts/randomness/RandomnessBeacon__factory";
import { Enrolment__factory } from "../../typechain-types/factories/contracts/registry/Enrolment__factory";
import { GpuRegistry__factory } from "../../typechain-types/factories/contracts/registry/GpuRegistry__factory";
import { RegistryLens__factory } from "../../typechain-types/factories/contracts/registry/RegistryLens__factory";
import { RegistryTables__factory } from "../../typechain-types/factories/contracts/registry/RegistryTables__factory";
import { RegistryViews__factory } from "../../typechain-types/factories/contracts/registry/RegistryViews__factory";
import { RoundDesk__factory } from "../../typechain-types/factories/contracts/registry/RoundDesk__factory";
import { Slashes__factory } from "../../typechain-types/factories/contracts/registry/Slashes__factory";
import { StakeDesk__factory } from "../../typechain-types/factories/contracts/registry/StakeDesk__factory";
import { StakeVotes__factory } from "../../typechain-types/factories/contracts/registry/StakeVotes__factory";
import { ValidatorRegistry__factory } from "../../typechain-types/factories/contracts/registry/ValidatorRegistry__factory";
import { ComputeToken__factory } from "../../typechain-types/factories/contracts/token/ComputeToken__factory";
import { GenesisAllocator__factory } from "../../typechain-types/factories/contracts/token/GenesisAllocator__factory";
import { PaymentVault__factory } from "../../typechain-types/factories/contracts/vault/PaymentVault__factory";

import { CommonsGovernor__factory } from "../../typechain-types/factories/contracts/governance/CommonsGovernor__factory";
import { CommonsGuardian__factory } from "../../typechain-types/factories/contracts/governance/CommonsGuardian__factory";
import { CommonsTimelock__factory } from "../../typechain-types/factories/contracts/governance/CommonsTimelock__factory";
import { CompositeVotes__factory } from "../../typechain-types/factories/contracts/governance/CompositeVotes__factory";
import { EmissionController__factory } from "../../typechain-types/factories/contracts/emission/EmissionController__factory";
import { EmissionDistributor__factory } from "../../typechain-types/factories/contracts/emission/EmissionDistributor__factory";
import { IssuableToken__factory } from "../../typechain-types/factories/contracts/token/IssuableToken__factory";
import { ProceedsSplitter__factory } from "../../typechain-types/factories/contracts/sale/ProceedsSplitter__factory";
import { TokenSale__factory } from "../../typechain-types/factories/contracts/sale/TokenSale__factory";
import { VestingVault__factory } from "../../typechain-types/factories/contracts/vesting/VestingVault__factory";
import { CurrencyStub__factory } from "../../typechain-types/factories/contracts/mocks/deployment/CurrencyStub__factory";

/** Factories of everything that a deployment creates, by contract name. One contract of each. */
export const FACTORIES = {
  VRFCoordinatorV2_5Mock: VRFCoordinatorV2_5Mock__factory,
  DelegationDesk: DelegationDesk__factory,
  GenesisAllocator: GenesisAllocator__factory,
  ComputeToken: ComputeToken__factory,
  PaymentVault: PaymentVault__factory,
  RandomnessBeacon: RandomnessBeacon__factory,
  RegistryTables: RegistryTables__factory,
  Enrolment: Enrolment__factory,
  RegistryViews: RegistryViews__factory,
  RoundDesk: RoundDesk__factory,
  StakeDesk: StakeDesk__factory,
  Slashes: Slashes__factory,
  GpuRegistry: GpuRegistry__factory,
  RegistryLens: RegistryLens__factory,
  StakeVotes: StakeVotes__factory,
  ValidatorRegistry: ValidatorRegistry__factory,
  AssetRegistry: AssetRegistry__factory,
  ReviewPanel: ReviewPanel__factory,
  ScoreSettlement: ScoreSettlement__factory,
  ScoreBoard: ScoreBoard__factory,
  ServiceCatalog: ServiceCatalog__factory,
  AttestationVerifier: AttestationVerifier__factory,
  GovernedArbiter: GovernedArbiter__factory,
  DisputeCourt: DisputeCourt__factory,
  TrainingChains: TrainingChains__factory,
  DrawDesk: DrawDesk__factory,
  JobExits: JobExits__factory,
  Disputes: Disputes__factory,
  JobEscrow: JobEscrow__factory,
  CommonsGovernor: CommonsGovernor__factory,
  CommonsGuardian: CommonsGuardian__factory,
  CommonsTimelock: CommonsTimelock__factory,
  CompositeVotes: CompositeVotes__factory,
  EmissionController: EmissionController__factory,
  EmissionDistributor: EmissionDistributor__factory,
  IssuableToken: IssuableToken__factory,
  ProceedsSplitter: ProceedsSplitter__factory,
  TokenSale: TokenSale__factory,
  VestingVault: VestingVault__factory,
  CurrencyStub: CurrencyStub__factory,
} as const;

export type ContractName = keyof typeof FACTORIES;

/** Whether a deployment creates a contract of that name. */
export function isContract(name: string): name is ContractName {
  return Object.hasOwn(FACTORIES, name);
}

/** Folder of each contract's source; part of the placeholders of libraries, and of what explorers are told. */
const SOURCE_FOLDERS: Readonly<Record<ContractName, string>> = {
  VRFCoordinatorV2_5Mock: "@chainlink/contracts/src/v0.8/vrf/mocks",
  DelegationDesk: "contracts/governance",
  GenesisAllocator: "contracts/token",
  ComputeToken: "contracts/token",
  PaymentVault: "contracts/vault",
  RandomnessBeacon: "contracts/randomness",
  RegistryTables: "contracts/registry",
  Enrolment: "contracts/registry",
  RegistryViews: "contracts/registry",
  RoundDesk: "contracts/registry",
  StakeDesk: "contracts/registry",
  Slashes: "contracts/registry",
  GpuRegistry: "contracts/registry",
  RegistryLens: "contracts/registry",
  StakeVotes: "contracts/registry",
  ValidatorRegistry: "contracts/registry",
  AssetRegistry: "contracts/assets",
  ReviewPanel: "contracts/review",
  ScoreSettlement: "contracts/review",
  ScoreBoard: "contracts/review",
  ServiceCatalog: "contracts/market",
  AttestationVerifier: "contracts/market",
  GovernedArbiter: "contracts/market",
  DisputeCourt: "contracts/market",
  TrainingChains: "contracts/market",
  DrawDesk: "contracts/market",
  JobExits: "contracts/market",
  Disputes: "contracts/market",
  JobEscrow: "contracts/market",
  CommonsGovernor: "contracts/governance",
  CommonsGuardian: "contracts/governance",
  CommonsTimelock: "contracts/governance",
  CompositeVotes: "contracts/governance",
  EmissionController: "contracts/emission",
  EmissionDistributor: "contracts/emission",
  IssuableToken: "contracts/token",
  ProceedsSplitter: "contracts/sale",
  TokenSale: "contracts/sale",
  VestingVault: "contracts/vesting",
  CurrencyStub: "contracts/mocks/deployment",
};

/** Path of a contract's source as the compiler knows it. */
export function sourceOf(name: ContractName): string {
  return `${SOURCE_FOLDERS[name]}/${name}.sol`;
}

/** Libraries that others are linked with. */
export type LibraryName =
  | "RegistryTables"
  | "Enrolment"
  | "RegistryViews"
  | "RoundDesk"
  | "StakeDesk"
  | "Slashes"
  | "ScoreSettlement"
  | "DrawDesk"
  | "JobExits"
  | "Disputes";

/**
 * The contracts that people and programs talk to, typed. `coordinator` and `currency` are there on local chains only,
 * `distributor` and `controller` where the preset has emission or issuance.
 */
export interface SuiteContracts {
  readonly token: ComputeToken;
  readonly desk: DelegationDesk;
  readonly allocator: GenesisAllocator;
  readonly vault: PaymentVault;
  readonly beacon: RandomnessBeacon;
  readonly registry: GpuRegistry;
  readonly lens: RegistryLens;
  readonly stakeVotes: StakeVotes;
  readonly validators: ValidatorRegistry;
  readonly panel: ReviewPanel;
  readonly scores: ScoreBoard;
  readonly court: DisputeCourt;
  readonly chains: TrainingChains;
  readonly assets: AssetRegistry;
  readonly catalog: ServiceCatalog;
  readonly escrow: JobEscrow;
  readonly arbiter: GovernedArbiter;
  readonly attestation: AttestationVerifier;
  readonly vesting: VestingVault;
  readonly sale: TokenSale;
  readonly splitter: ProceedsSplitter;
  readonly distributor?: EmissionDistributor;
  readonly controller?: EmissionController;
  readonly timelock: CommonsTimelock;
  readonly governor: CommonsGovernor;
  readonly guard: CommonsGuardian;
  readonly votes: CompositeVotes;
  readonly coordinator?: VRFCoordinatorV2_5Mock;
  readonly currency?: CurrencyStub;
}

/** Where each contract is. */
export type Addresses = Readonly<Partial<Record<ContractName, string>>>;

/** An address that should be known is not. */
export class UnknownAddress extends Error {
  override readonly name = "UnknownAddress";
  constructor(readonly contract: string) {
    super(`the deployment has no ${contract}`);
  }
}

/** Typed contracts at known addresses. Throws UnknownAddress. */
export function connectSuite(addresses: Addresses, runner: ContractRunner): SuiteContracts {
  const at = (name: ContractName): string => {
    const address = addresses[name];
    if (address === undefined) throw new UnknownAddress(name);
    return address;
  };
  const { VRFCoordinatorV2_5Mock: coordinator, CurrencyStub: currency } = addresses;
  const { EmissionDistributor: distributor, EmissionController: controller } = addresses;
  return {
    token: ComputeToken__factory.connect(at("ComputeToken"), runner),
    desk: DelegationDesk__factory.connect(at("DelegationDesk"), runner),
    allocator: GenesisAllocator__factory.connect(at("GenesisAllocator"), runner),
    vault: PaymentVault__factory.connect(at("PaymentVault"), runner),
    beacon: RandomnessBeacon__factory.connect(at("RandomnessBeacon"), runner),
    registry: GpuRegistry__factory.connect(at("GpuRegistry"), runner),
    lens: RegistryLens__factory.connect(at("RegistryLens"), runner),
    stakeVotes: StakeVotes__factory.connect(at("StakeVotes"), runner),
    validators: ValidatorRegistry__factory.connect(at("ValidatorRegistry"), runner),
    panel: ReviewPanel__factory.connect(at("ReviewPanel"), runner),
    scores: ScoreBoard__factory.connect(at("ScoreBoard"), runner),
    court: DisputeCourt__factory.connect(at("DisputeCourt"), runner),
    chains: TrainingChains__factory.connect(at("TrainingChains"), runner),
    assets: AssetRegistry__factory.connect(at("AssetRegistry"), runner),
    catalog: ServiceCatalog__factory.connect(at("ServiceCatalog"), runner),
    escrow: JobEscrow__factory.connect(at("JobEscrow"), runner),
    arbiter: GovernedArbiter__factory.connect(at("GovernedArbiter"), runner),
    attestation: AttestationVerifier__factory.connect(at("AttestationVerifier"), runner),
    vesting: VestingVault__factory.connect(at("VestingVault"), runner),
    sale: TokenSale__factory.connect(at("TokenSale"), runner),
    splitter: ProceedsSplitter__factory.connect(at("ProceedsSplitter"), runner),
    timelock: CommonsTimelock__factory.connect(at("CommonsTimelock"), runner),
    governor: CommonsGovernor__factory.connect(at("CommonsGovernor"), runner),
    guard: CommonsGuardian__factory.connect(at("CommonsGuardian"), runner),
    votes: CompositeVotes__factory.connect(at("CompositeVotes"), runner),
    ...(distributor === undefined ? {} : { distributor: EmissionDistributor__factory.connect(distributor, runner) }),
    ...(controller === undefined ? {} : { controller: EmissionController__factory.connect(controller, runner) }),
    ...(currency === undefined ? {} : { currency: CurrencyStub__factory.connect(currency, runner) }),
    ...(coordinator === undefined ? {} : { coordinator: VRFCoordinatorV2_5Mock__factory.connect(coordinator, runner) }),
  };
}

/** ABI of a contract. */
export function interfaceOf(name: ContractName): Interface {
  return FACTORIES[name].createInterface();
}

/** A contract's bytecode still asks for a library. */
export class UnlinkedLibrary extends Error {
  override readonly name = "UnlinkedLibrary";
  constructor(readonly contract: ContractName) {
    super(`the bytecode of ${contract} asks for a library that the plan does not link`);
  }
}

/** Creation code of a contract with its libraries linked, without constructor arguments. Throws UnlinkedLibrary. */
export function linkedBytecode(name: ContractName, libraries: Readonly<Partial<Record<LibraryName, string>>>): string {
  let bytecode: string = FACTORIES[name].bytecode;
  for (const [library, address] of Object.entries(libraries) as [LibraryName, string][]) {
    bytecode = bytecode.replaceAll(placeholderOf(library), address.slice(2).toLowerCase());
  }
  if (bytecode.includes("__$")) throw new UnlinkedLibrary(name);
  return bytecode;
}

/** What solc writes where the address of a library belongs. */
export function placeholderOf(library: LibraryName): string {
  return `__$${id(`${sourceOf(library)}:${library}`).slice(2, 36)}$__`;
}
