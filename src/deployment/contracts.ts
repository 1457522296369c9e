import { id, type ContractRunner, type Interface } from "ethers";
import type {
  AssetRegistry,
  AttestationVerifier,
  ComputeToken,
  DelegationDesk,
  GenesisAllocator,
  GovernedArbiter,
  GpuRegistry,
  JobEscrow,
  PaymentVault,
  RandomnessBeacon,
  RegistryLens,
  ServiceCatalog,
  StakeVotes,
  VRFCoordinatorV2_5Mock,
} from "../../typechain-types";
import { VRFCoordinatorV2_5Mock__factory } from "../../typechain-types/factories/@chainlink/contracts/src/v0.8/vrf/mocks/VRFCoordinatorV2_5Mock__factory";
import { AssetRegistry__factory } from "../../typechain-types/factories/contracts/assets/AssetRegistry__factory";
import { DelegationDesk__factory } from "../../typechain-types/factories/contracts/governance/DelegationDesk__factory";
import { AttestationVerifier__factory } from "../../typechain-types/factories/contracts/market/AttestationVerifier__factory";
import { DrawDesk__factory } from "../../typechain-types/factories/contracts/market/DrawDesk__factory";
import { GovernedArbiter__factory } from "../../typechain-types/factories/contracts/market/GovernedArbiter__factory";
import { JobEscrow__factory } from "../../typechain-types/factories/contracts/market/JobEscrow__factory";
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
import { ComputeToken__factory } from "../../typechain-types/factories/contracts/token/ComputeToken__factory";
import { GenesisAllocator__factory } from "../../typechain-types/factories/contracts/token/GenesisAllocator__factory";
import { PaymentVault__factory } from "../../typechain-types/factories/contracts/vault/PaymentVault__factory";

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
  AssetRegistry: AssetRegistry__factory,
  ServiceCatalog: ServiceCatalog__factory,
  AttestationVerifier: AttestationVerifier__factory,
  GovernedArbiter: GovernedArbiter__factory,
  DrawDesk: DrawDesk__factory,
  JobExits: JobExits__factory,
  JobEscrow: JobEscrow__factory,
} as const;

export type ContractName = keyof typeof FACTORIES;

/** Source files of the libraries that others are linked with; part of solc's placeholder. */
export const LIBRARY_SOURCES = {
  RegistryTables: "contracts/registry/RegistryTables.sol",
  Enrolment: "contracts/registry/Enrolment.sol",
  RegistryViews: "contracts/registry/RegistryViews.sol",
  RoundDesk: "contracts/registry/RoundDesk.sol",
  StakeDesk: "contracts/registry/StakeDesk.sol",
  Slashes: "contracts/registry/Slashes.sol",
  DrawDesk: "contracts/market/DrawDesk.sol",
  JobExits: "contracts/market/JobExits.sol",
} as const;

export type LibraryName = keyof typeof LIBRARY_SOURCES;

/** The contracts that people and programs talk to, typed. `coordinator` is there on local chains only. */
export interface SuiteContracts {
  readonly token: ComputeToken;
  readonly desk: DelegationDesk;
  readonly allocator: GenesisAllocator;
  readonly vault: PaymentVault;
  readonly beacon: RandomnessBeacon;
  readonly registry: GpuRegistry;
  readonly lens: RegistryLens;
  readonly stakeVotes: StakeVotes;
  readonly assets: AssetRegistry;
  readonly catalog: ServiceCatalog;
  readonly escrow: JobEscrow;
  readonly arbiter: GovernedArbiter;
  readonly attestation: AttestationVerifier;
  readonly coordinator?: VRFCoordinatorV2_5Mock;
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
  const coordinator = addresses.VRFCoordinatorV2_5Mock;
  return {
    token: ComputeToken__factory.connect(at("ComputeToken"), runner),
    desk: DelegationDesk__factory.connect(at("DelegationDesk"), runner),
    allocator: GenesisAllocator__factory.connect(at("GenesisAllocator"), runner),
    vault: PaymentVault__factory.connect(at("PaymentVault"), runner),
    beacon: RandomnessBeacon__factory.connect(at("RandomnessBeacon"), runner),
    registry: GpuRegistry__factory.connect(at("GpuRegistry"), runner),
    lens: RegistryLens__factory.connect(at("RegistryLens"), runner),
    stakeVotes: StakeVotes__factory.connect(at("StakeVotes"), runner),
    assets: AssetRegistry__factory.connect(at("AssetRegistry"), runner),
    catalog: ServiceCatalog__factory.connect(at("ServiceCatalog"), runner),
    escrow: JobEscrow__factory.connect(at("JobEscrow"), runner),
    arbiter: GovernedArbiter__factory.connect(at("GovernedArbiter"), runner),
    attestation: AttestationVerifier__factory.connect(at("AttestationVerifier"), runner),
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
  return `__$${id(`${LIBRARY_SOURCES[library]}:${library}`).slice(2, 36)}$__`;
}
