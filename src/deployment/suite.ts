import { ZeroAddress } from "ethers";
import { tableHash } from "../../deploy/presets/allocation";
import type { SuiteConfig } from "./config";
import { atLeast, call, check, deploy, equal, read, ref, type Step } from "./plan";

/** Scope of a module of the vault (PaymentVault.SPEND). */
const SPEND = 1;
/** Scopes of the registry's modules: DRAW | RECORD | LOCK | SLASH. */
const ALL_REGISTRY_SCOPES = 15;

/** The whole suite as one plan: token, vault, beacon, registry, assets, market, and how they know each other. */
export function suitePlan(config: SuiteConfig): readonly Step[] {
  return [
    ...moneySteps(config),
    ...beaconSteps(config),
    ...registrySteps(config),
    ...assetSteps(config),
    ...marketSteps(config),
    ...wiringSteps(),
    ...genesisSteps(config),
    ...ownerChecks(config),
  ];
}

function moneySteps({ owner, treasury, genesis }: SuiteConfig): readonly Step[] {
  return [
    deploy("DelegationDesk", []),
    deploy("GenesisAllocator", [owner]),
    deploy("ComputeToken", [
      genesis.name,
      genesis.symbol,
      genesis.supply,
      ref("GenesisAllocator"),
      ref("DelegationDesk"),
    ]),
    deploy("PaymentVault", [ref("ComputeToken"), owner]),
    call({
      contract: "PaymentVault",
      method: "openAccount",
      args: [treasury],
      by: "deployer",
      unless: atLeast(read("PaymentVault", "accountOf", treasury), 1n),
      note: "of the treasury",
    }),
    call({
      contract: "PaymentVault",
      method: "setTreasury",
      args: [read("PaymentVault", "accountOf", treasury)],
      by: "owner",
      unless: equal(read("PaymentVault", "treasury"), read("PaymentVault", "accountOf", treasury)),
    }),
  ];
}

function beaconSteps({ owner, treasury, vrf, beacon }: SuiteConfig): readonly Step[] {
  if (vrf.kind === "live") return [deploy("RandomnessBeacon", [owner, treasury, vrf.coordinator, beacon])];
  return [
    // Fees in native coin: a thousandth of a coin per million gas, so that funding is seen to be spent.
    deploy("VRFCoordinatorV2_5Mock", [0n, 1_000_000_000n, 1n]),
    deploy("RandomnessBeacon", [owner, treasury, ref("VRFCoordinatorV2_5Mock"), beacon]),
    call({
      contract: "RandomnessBeacon",
      method: "fund",
      args: [],
      by: "deployer",
      value: vrf.fundingWei,
      unless: atLeast(read("VRFCoordinatorV2_5Mock", "s_totalNativeBalance"), vrf.fundingWei),
    }),
  ];
}

function registrySteps({ owner, registryTerms, gpuClasses }: SuiteConfig): readonly Step[] {
  return [
    deploy("RegistryTables", []),
    deploy("Enrolment", []),
    deploy("RegistryViews", []),
    deploy("RoundDesk", []),
    deploy("StakeDesk", []),
    deploy("Slashes", []),
    deploy(
      "GpuRegistry",
      [ref("PaymentVault"), owner, registryTerms],
      ["RegistryTables", "Enrolment", "RegistryViews", "RoundDesk", "StakeDesk", "Slashes"],
    ),
    deploy("RegistryLens", [ref("GpuRegistry")]),
    deploy("StakeVotes", [ref("GpuRegistry"), ref("DelegationDesk")]),
    call({
      contract: "GpuRegistry",
      method: "setVotes",
      args: [ref("StakeVotes")],
      by: "owner",
      unless: equal(read("GpuRegistry", "votes"), ref("StakeVotes")),
    }),
    ...gpuClasses.map(({ classId, name, value }) =>
      call({
        contract: "GpuRegistry",
        method: "setClass",
        args: [classId, name, value],
        by: "owner",
        unless: equal(read("GpuRegistry", "classOf", classId), value),
        note: name,
      }),
    ),
  ];
}

function assetSteps({ owner, fees }: SuiteConfig): readonly Step[] {
  return [
    deploy("AssetRegistry", [ref("PaymentVault"), owner]),
    deploy("ServiceCatalog", [ref("GpuRegistry"), ref("AssetRegistry"), fees, owner]),
  ];
}

function marketSteps({ owner, escrow, attestation, arbiters, sequencerFeed }: SuiteConfig): readonly Step[] {
  return [
    deploy("AttestationVerifier", [[...attestation.signers], attestation.threshold, owner]),
    deploy("GovernedArbiter", [ref("PaymentVault"), owner]),
    ...arbiters.map((arbiter) =>
      call({
        contract: "GovernedArbiter",
        method: "setArbiter",
        args: [arbiter, true],
        by: "owner",
        unless: equal(read("GovernedArbiter", "isArbiter", arbiter), true),
        note: arbiter,
      }),
    ),
    deploy("DrawDesk", []),
    deploy("JobExits", []),
    deploy(
      "JobEscrow",
      [
        owner,
        ref("PaymentVault"),
        ref("RandomnessBeacon"),
        ref("GpuRegistry"),
        ref("AssetRegistry"),
        ref("ServiceCatalog"),
        { ...escrow, resolver: ref("GovernedArbiter") },
      ],
      ["DrawDesk", "JobExits"],
    ),
    call({
      contract: "JobEscrow",
      method: "setVerifier",
      args: [ref("AttestationVerifier"), true],
      by: "owner",
      unless: equal(read("JobEscrow", "isVerifier", ref("AttestationVerifier")), true),
    }),
    ...(sequencerFeed === undefined
      ? []
      : [
          call({
            contract: "JobEscrow",
            method: "setSequencerFeed",
            args: [sequencerFeed],
            by: "owner",
            unless: equal(read("JobEscrow", "sequencerFeed"), sequencerFeed),
          }),
        ]),
  ];
}

/** Who may do what with whom. */
function wiringSteps(): readonly Step[] {
  const escrow = ref("JobEscrow");
  const royaltySink = ref("AssetRegistry");
  return [
    call({
      contract: "PaymentVault",
      method: "setModule",
      args: [escrow, SPEND],
      by: "owner",
      unless: equal(read("PaymentVault", "scopesOf", escrow), SPEND),
      note: "JobEscrow",
    }),
    // Holds royalties in the vault and pays them out; takes nothing from accounts.
    call({
      contract: "PaymentVault",
      method: "setModule",
      args: [royaltySink, 0],
      by: "owner",
      unless: equal(read("PaymentVault", "scopesOf", royaltySink), 0),
      note: "AssetRegistry",
    }),
    call({
      contract: "RandomnessBeacon",
      method: "setConsumer",
      args: [escrow, true],
      by: "owner",
      unless: equal(read("RandomnessBeacon", "isConsumer", escrow), true),
    }),
    call({
      contract: "GpuRegistry",
      method: "setModule",
      args: [escrow, ALL_REGISTRY_SCOPES],
      by: "owner",
      unless: equal(read("RegistryLens", "moduleOf", escrow), [ALL_REGISTRY_SCOPES, ALL_REGISTRY_SCOPES, 0]),
    }),
    call({
      contract: "AssetRegistry",
      method: "setTrainingRecord",
      args: [escrow, true],
      by: "owner",
      unless: equal(read("AssetRegistry", "isTrainingRecord", escrow), true),
    }),
  ];
}

/** Fixes the table, gives up the allocator, pays every destination. */
function genesisSteps({ genesis }: SuiteConfig): readonly Step[] {
  const hash = tableHash(genesis.rows);
  return [
    call({
      contract: "GenesisAllocator",
      method: "fixTable",
      args: [ref("ComputeToken"), hash],
      by: "owner",
      unless: equal(read("GenesisAllocator", "tableHash"), hash),
    }),
    call({
      contract: "GenesisAllocator",
      method: "renounceOwnership",
      args: [],
      by: "owner",
      unless: equal(read("GenesisAllocator", "owner"), ZeroAddress),
    }),
    call({
      contract: "GenesisAllocator",
      method: "execute",
      args: [genesis.rows],
      by: "deployer",
      unless: equal(read("GenesisAllocator", "executed"), true),
    }),
    check(equal(read("ComputeToken", "totalSupply"), genesis.supply)),
    check(equal(read("ComputeToken", "balanceOf", ref("GenesisAllocator")), 0n), "of the allocator"),
  ];
}

function ownerChecks({ owner, treasury }: SuiteConfig): readonly Step[] {
  return [
    ...OWNED.map((contract) => check(equal(read(contract, "owner"), owner))),
    check(equal(read("RandomnessBeacon", "treasury"), treasury)),
    check(equal(read("JobEscrow", "vault"), ref("PaymentVault"))),
    check(equal(read("GpuRegistry", "vault"), ref("PaymentVault"))),
  ];
}

/** Contracts with an owner, to become the timelock. */
export const OWNED = [
  "PaymentVault",
  "RandomnessBeacon",
  "GpuRegistry",
  "AssetRegistry",
  "ServiceCatalog",
  "AttestationVerifier",
  "GovernedArbiter",
  "JobEscrow",
] as const;
