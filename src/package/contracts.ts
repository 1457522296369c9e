/**
 * What the package shows of contracts/. A new contract is one line of PUBLIC_CONTRACTS; a new interface one of
 * PUBLIC_INTERFACES. Tests fail when a contract of the deployment, or an interface, is in neither list.
 */

/** Contracts with an ABI, typings, an artefact and an address, as `folder/Name`. */
export const PUBLIC_CONTRACTS = [
  "token/ComputeToken",
  "token/GenesisAllocator",
  "token/IssuableToken",
  "vesting/VestingVault",
  "sale/TokenSale",
  "sale/ProceedsSplitter",
  "emission/EmissionDistributor",
  "emission/EmissionController",
  "vault/PaymentVault",
  "randomness/RandomnessBeacon",
  "registry/GpuRegistry",
  "registry/RegistryLens",
  "registry/StakeVotes",
  "registry/ValidatorRegistry",
  "assets/AssetRegistry",
  "review/ReviewPanel",
  "review/ScoreBoard",
  "market/ServiceCatalog",
  "market/JobEscrow",
  "market/GovernedArbiter",
  "market/AttestationVerifier",
  "market/DisputeCourt",
  "market/TrainingChains",
  "governance/DelegationDesk",
  "governance/CompositeVotes",
  "governance/CommonsGovernor",
  "governance/CommonsTimelock",
  "governance/CommonsGuardian",
] as const;

/** Interfaces with an ABI and typings; what they import is in the package as Solidity. */
export const PUBLIC_INTERFACES = [
  "libraries/IGuardedPause",
  "token/IDelegable",
  "token/IGenesisAllocator",
  "token/IIssuableToken",
  "vesting/IVestingVault",
  "sale/IProceedsSplitter",
  "sale/ITokenSale",
  "emission/IEmissionController",
  "emission/IEmissionDistributor",
  "vault/IPaymentVault",
  "vault/IRoyaltySink",
  "vault/ISpendHook",
  "randomness/IRandomnessBeacon",
  "registry/IGpuRegistry",
  "registry/IRegistryLens",
  "registry/IStakeVotes",
  "registry/IValidatorRegistry",
  "assets/IAssetRegistry",
  "assets/ITrainingRecord",
  "review/IReviewPanel",
  "review/IScoreBoard",
  "market/IAttestationVerifier",
  "market/IDisputeCourt",
  "market/IDisputeResolver",
  "market/IGovernedArbiter",
  "market/IJobEscrow",
  "market/IResultVerifier",
  "market/ISequencerFeed",
  "market/IServiceCatalog",
  "market/ITrainingChains",
  "governance/ICommonsGovernor",
  "governance/ICommonsGuardian",
  "governance/ICommonsTimelock",
  "governance/ICompositeVotes",
  "governance/IDelegationDesk",
] as const;

/**
 * Libraries that public contracts are linked with: nobody calls them, but whoever deploys the artefacts needs theirs.
 */
export const LINKED_LIBRARIES = [
  "registry/RegistryTables",
  "registry/Enrolment",
  "registry/RegistryViews",
  "registry/RoundDesk",
  "registry/StakeDesk",
  "registry/Slashes",
  "market/DrawDesk",
  "review/ScoreSettlement",
  "market/JobExits",
  "market/Disputes",
] as const;

/** Deployed on local chains in the place of what public ones have: not in the package. */
export const FOREIGN_CONTRACTS = ["VRFCoordinatorV2_5Mock", "CurrencyStub"] as const;

/** Name of a contract of contracts/. */
export type PublicPath = (typeof PUBLIC_CONTRACTS | typeof PUBLIC_INTERFACES | typeof LINKED_LIBRARIES)[number];

/** `JobEscrow` of `market/JobEscrow`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Name of the constant that holds an ABI: `jobEscrowAbi`, `iJobEscrowAbi`. */
export function abiNameOf(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}Abi`;
}
